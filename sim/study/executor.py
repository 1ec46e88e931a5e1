"""Where blocks are computed: in this process, by local workers, or on a cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sim.foundation.whole_numbers import whole
from sim.study import processes
from sim.study.processes import Item, Receipt

if TYPE_CHECKING:
    from sim.study.cluster import Cluster

Made = TypeVar("Made")
IN_PROCESS_ITEMS = 2  # starting workers costs more than so few blocks
_CLUSTER: ContextVar[Cluster | None] = ContextVar("the cluster in use", default=None)


@dataclass(frozen=True, slots=True)
class Kept(Generic[Item, Made, Receipt]):
    """A task whose result is kept on this machine: a local worker keeps it itself, a worker elsewhere sends it here."""

    compute: Callable[[Item], Made]
    keep: Callable[[Item, Made], Receipt]

    def __call__(self, item: Item) -> Receipt:
        return self.keep(item, self.compute(item))


@contextmanager
def on_cluster(scheduler: str) -> Iterator[None]:
    """Inside, blocks are computed by the workers of the Dask scheduler at this address.

    InputError if it is no address or Dask is missing. The scheduler is asked for when there is something to compute.
    """
    from sim.study.cluster import Cluster

    cluster = Cluster(scheduler)
    before = _CLUSTER.set(cluster)
    try:
        yield
    finally:
        _CLUSTER.reset(before)
        cluster.close()


def is_local() -> bool:
    """Whether blocks are computed on this machine."""
    return _CLUSTER.get() is None


def workers(jobs: int | None) -> int:
    """How many local workers to use: ``jobs``, or one for every processor; 1 where there can be none.

    InputError below 1.
    """
    if jobs is not None:
        jobs = whole("--jobs", jobs, 1)
    if processes.why_none() is not None:
        return 1
    if jobs is not None:
        return jobs
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def map_blocks(
    task: Callable[[Item], Receipt],
    items: Sequence[Item],
    jobs: int,
    on_done: Callable[[Receipt], None],
) -> None:
    """Call ``task`` on every item, in any order, and ``on_done`` with each receipt as it comes in.

    A task that keeps its own result (it writes its block to the disk) is ``Kept``, and returns a small receipt; task
    and items must pickle. With one job, or very few items, or where no worker can be had (in a worker of someone else,
    in a thread, without semaphores), everything happens in this process, to the same result; ``on_cluster`` there.
    What ``task`` raises is raised here; a local worker that dies is a RunError. What is finished by then is kept.
    """
    cluster = _CLUSTER.get()
    if cluster is not None:
        if items:
            _map_on(cluster, task, items, on_done)
        return
    if jobs > 1 and len(items) > IN_PROCESS_ITEMS:
        reason = processes.why_none()
        try:
            if reason is None:
                return processes.map_over(task, items, jobs, on_done)
        except processes.Unavailable as unavailable:
            reason = str(unavailable)
        processes.log.info("everything is computed in this process: %s", reason)
    for item in items:
        on_done(task(item))


def _map_on(
    cluster: Cluster, task: Callable[[Item], Receipt], items: Sequence[Item], on_done: Callable[[Receipt], None]
) -> None:
    compute: Callable[[Item], Any] = task.compute if isinstance(task, Kept) else task

    def made_there(item: Item, made: Any) -> None:
        on_done(task.keep(item, made) if isinstance(task, Kept) else made)

    cluster.map(compute, items, made_there)
