"""Where blocks are computed: in this process, by local workers, or on a cluster."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from sim.archive import atomic
from sim.foundation.whole_numbers import whole
from sim.study import processes
from sim.study.processes import Item

if TYPE_CHECKING:
    from sim.study.cluster import Cluster

Made = TypeVar("Made")
IN_PROCESS_ITEMS = 2  # starting workers costs more than so few blocks; those that wait take one, too
HERE_WORLDS = 2048  # of so many blocks: written out, as NumPy is imported with the size of one, and the server waits
MOST_TOGETHER = 4  # blocks that a worker of a cluster is given at once
LEAST_TURNS = 16  # so many times each has its turn at least: nobody waits long for the last
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


def begin_ahead(worlds: int | None, jobs: int | None) -> None:
    """Have workers start the sooner, if a question in so many ``worlds`` (None: that is not known yet) will want some.

    For who has a second's work of his own before the first block is asked for.
    """
    if not is_local() or (jobs is not None and jobs < 2) or workers(jobs) < 2:
        return
    if worlds is None or worlds > HERE_WORLDS:
        processes.begin_ahead()


def end_workers() -> None:
    """End the local workers that wait: those who come next begin afresh."""
    processes.end()


def _as_made(_item: Any, made: Any) -> Any:
    return made


def map_blocks(
    compute: Callable[[Item], Any],
    items: Sequence[Item],
    jobs: int,
    on_done: Callable[[Any], None],
    keep: Callable[[Item, Any], Any] = _as_made,
    disk: Path | None = None,
    meanwhile: Callable[[], None] = processes.nothing,
) -> None:
    """Call ``compute`` on every item, in any order, and ``on_done`` with what comes of each as it comes in. Where local
    workers do it, ``meanwhile`` is called once in a thread here.

    ``keep`` makes of what was computed what is handed on: it writes a block to the folder ``disk`` and gives a small
    receipt. A worker that sees the folder does that itself, as all local ones do; another one of a cluster sends here
    what it made. What is called, and items, must pickle. With one job, or very few items while no worker waits, or
    where no worker can be had (in a worker of someone else, in a thread, without semaphores), everything happens in
    this process, to the same result; ``on_cluster`` there. What is raised is raised here; a local worker that dies is a
    RunError. What is finished by then is kept.
    """
    cluster = _CLUSTER.get()
    if cluster is None:
        return _map_here(functools.partial(_kept, compute, keep), items, jobs, on_done, meanwhile)
    if items:
        with _mark(disk) as mark:
            task = functools.partial(_each, functools.partial(_kept_if_seen, compute, keep, mark))

            def take(handful: Sequence[Item], made: _Handful) -> None:
                for item, found in zip(handful, made.found, strict=False):
                    on_done(found.what if found.seen else keep(item, found.what))
                if made.error is not None:
                    raise made.error

            cluster.map(task, _handfuls(items, cluster.places()), take)


def map_kept(
    work: Callable[[Item], Any], items: Sequence[Item], jobs: int, on_done: Callable[[Any], None], disk: Path
) -> None:
    """As ``map_blocks``, of ``work`` that reads what is kept in the folder ``disk`` and may write there: by workers of
    a cluster that has computed something, if they see it, else here.
    """
    cluster = _CLUSTER.get()
    if cluster is not None and cluster.connected and items:
        unseen: list[Item] = []
        with _mark(disk) as mark:
            task = functools.partial(_worked_if_seen, work, mark)
            cluster.map(task, items, lambda item, found: on_done(found.what) if found.seen else unseen.append(item))
        items = unseen
    _map_here(work, items, jobs, on_done)


def by_who_waits(task: Callable[[Item], Made], items: Sequence[Item]) -> list[Made]:
    """What ``task`` makes of each of ``items``, in order: by local workers if some wait, who have the laws in memory,
    else here. What is called, and items, must pickle.
    """
    made: dict[int, Made] = {}
    numbered = list(enumerate(items))
    _map_here(functools.partial(_numbered, task), numbered, processes.waiting(), lambda one: made.update([one]))
    return [made[number] for number, _ in numbered]


def _numbered(task: Callable[[Item], Made], item: tuple[int, Item]) -> tuple[int, Made]:
    return item[0], task(item[1])


def places(jobs: int) -> int:
    """How many blocks are computed at a time by ``jobs`` local workers, or by the cluster that has computed some."""
    cluster = _CLUSTER.get()
    return cluster.places() if cluster is not None and cluster.connected else jobs


class _Found(NamedTuple):
    """What a worker of a cluster gives, and whether it saw the folder that this process writes to."""

    seen: bool
    what: Any


class _Handful(NamedTuple):
    """What a worker of a cluster gives for some blocks that it was given at once, up to the one that failed, if any."""

    found: list[_Found]
    error: Exception | None


def _handfuls(items: Sequence[Item], places: int) -> list[Sequence[Item]]:
    """``items`` a few at a time, if there are many for each of the ``places`` that work at a time."""
    size = min(max(len(items) // (max(places, 1) * LEAST_TURNS), 1), MOST_TOGETHER)
    return [items[first : first + size] for first in range(0, len(items), size)]


def _each(task: Callable[[Item], _Found], handful: Sequence[Item]) -> _Handful:
    found: list[_Found] = []
    for item in handful:
        try:
            found.append(task(item))
        except Exception as error:
            return _Handful(found, error)
    return _Handful(found, None)


@contextmanager
def _mark(disk: Path | None) -> Iterator[Path | None]:
    """Inside, a file in ``disk`` whose name nobody can know but from here: who sees it sees the same folder."""
    if disk is None:
        yield None
        return
    with atomic.part_of(disk.absolute() / "mark") as mark:
        mark.touch()
        yield mark


def _seen(mark: Path | None) -> bool:
    return mark is not None and mark.exists()


def _kept_if_seen(
    compute: Callable[[Item], Any], keep: Callable[[Item, Any], Any], mark: Path | None, item: Item
) -> _Found:
    made = compute(item)
    return _Found(True, keep(item, made)) if _seen(mark) else _Found(False, made)


def _worked_if_seen(work: Callable[[Item], Any], mark: Path | None, item: Item) -> _Found:
    return _Found(True, work(item)) if _seen(mark) else _Found(False, None)


def _map_here(
    task: Callable[[Item], Any],
    items: Sequence[Item],
    jobs: int,
    on_done: Callable[[Any], None],
    meanwhile: Callable[[], None] = processes.nothing,
) -> None:
    """By local workers, or in this process."""
    if jobs > 1 and items and (processes.waiting() or len(items) > IN_PROCESS_ITEMS):
        reason = processes.why_none()
        try:
            if reason is None:
                return processes.map_over(task, items, jobs, on_done, meanwhile)
        except processes.Unavailable as unavailable:
            reason = str(unavailable)
        processes.log.info("everything is computed in this process: %s", reason)
    for item in items:
        on_done(task(item))


def _kept(compute: Callable[[Item], Any], keep: Callable[[Item, Any], Any], item: Item) -> Any:
    return keep(item, compute(item))
