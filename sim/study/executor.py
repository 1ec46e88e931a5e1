"""Where blocks are computed: in this process, by local workers, or on a cluster."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from sim.foundation.whole_numbers import whole
from sim.study import processes
from sim.study.processes import Item

if TYPE_CHECKING:
    from sim.study.cluster import Cluster

IN_PROCESS_ITEMS = 2  # starting workers costs more than so few blocks
_CLUSTER: ContextVar[Cluster | None] = ContextVar("the cluster in use", default=None)


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


def _as_made(_item: Any, made: Any) -> Any:
    return made


def map_blocks(
    compute: Callable[[Item], Any],
    items: Sequence[Item],
    jobs: int,
    on_done: Callable[[Any], None],
    keep: Callable[[Item, Any], Any] = _as_made,
) -> None:
    """Call ``compute`` on every item, in any order, and ``on_done`` with what comes of each as it comes in.

    ``keep`` makes of what was computed what is handed on: it writes a block to the disk and gives a small receipt. A
    local worker does that itself, a worker of a cluster sends here what it made. What is called, and items, must
    pickle. With one job, or very few items, or where no worker can be had (in a worker of someone else, in a thread,
    without semaphores), everything happens in this process, to the same result; ``on_cluster`` there. What is raised
    is raised here; a local worker that dies is a RunError. What is finished by then is kept.
    """
    cluster = _CLUSTER.get()
    if cluster is not None:
        if items:
            cluster.map(compute, items, lambda item, made: on_done(keep(item, made)))
        return
    task = functools.partial(_kept, compute, keep)
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


def _kept(compute: Callable[[Item], Any], keep: Callable[[Item, Any], Any], item: Item) -> Any:
    return keep(item, compute(item))
