"""Where blocks are computed: in this process, by local workers, or on a cluster. The only file that knows joblib."""

from __future__ import annotations

import functools
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sim.foundation.errors import InputError, RunError

if TYPE_CHECKING:
    from sim.study.cluster import Cluster

Item = TypeVar("Item")
Made = TypeVar("Made")
Receipt = TypeVar("Receipt")
IN_PROCESS_ITEMS = 2  # starting workers costs more than so few blocks
WATCH_SECONDS = 0.5  # how often a worker looks whether its parent is still there
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
    """How many local workers to use: ``jobs``, or one for every processor. InputError below 1."""
    if jobs is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if jobs < 1:
        raise InputError("too few workers", key="--jobs", found=jobs, allowed="a whole number from 1")
    return jobs


def map_blocks(
    task: Callable[[Item], Receipt],
    items: Sequence[Item],
    jobs: int,
    on_done: Callable[[Receipt], None],
) -> None:
    """Call ``task`` on every item, in any order, and ``on_done`` with each receipt as it comes in.

    A task that keeps its own result (it writes its block to the disk) is ``Kept``, and returns a small receipt; task
    and items must pickle. With one job, or very few items, everything happens in this process; ``on_cluster`` there.
    What ``task`` raises is raised here; a local worker that dies is a RunError. What is finished by then is kept.
    """
    cluster = _CLUSTER.get()
    if cluster is not None:
        if items:
            _map_on(cluster, task, items, on_done)
        return
    if jobs == 1 or len(items) <= IN_PROCESS_ITEMS:
        for item in items:
            on_done(task(item))
        return
    _map_local(task, items, min(jobs, len(items)), on_done)


def _map_on(
    cluster: Cluster, task: Callable[[Item], Receipt], items: Sequence[Item], on_done: Callable[[Receipt], None]
) -> None:
    compute: Callable[[Item], Any] = task.compute if isinstance(task, Kept) else task

    def made_there(item: Item, made: Any) -> None:
        on_done(task.keep(item, made) if isinstance(task, Kept) else made)

    cluster.map(compute, items, made_there)


def _map_local(
    task: Callable[[Item], Receipt],
    items: Sequence[Item],
    jobs: int,
    on_done: Callable[[Receipt], None],
) -> None:
    from joblib import Parallel, delayed, parallel_config
    from joblib.externals.loky.process_executor import BrokenProcessPool

    watched = _Watched(task, os.getpid())
    with parallel_config(backend="loky", inner_max_num_threads=1):
        pool = Parallel(n_jobs=jobs, return_as="generator_unordered", batch_size=1, max_nbytes=None)
        receipts = pool(delayed(watched)(item) for item in items)
        try:
            for receipt in receipts:
                on_done(receipt)
        except BrokenProcessPool as error:
            raise RunError(
                "a worker process died (killed, or out of memory); finished blocks are kept: "
                "run the same command again to take the run up, if need be with fewer --jobs"
            ) from error
        finally:
            receipts.close()


@dataclass(frozen=True, slots=True)
class _Watched(Generic[Item, Receipt]):
    """``task`` in a worker that ends with its parent, even if the parent was killed and could not say so."""

    task: Callable[[Item], Receipt]
    parent: int

    def __call__(self, item: Item) -> Receipt:
        _begin(self.parent)
        return self.task(item)


@functools.cache
def _begin(parent: int) -> None:
    """What a worker does once, before its first item."""
    from sim.foundation import jit

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(WATCH_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="watch the parent").start()
    jit.without_blas()
