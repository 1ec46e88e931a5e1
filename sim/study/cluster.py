"""Blocks on a Dask cluster: the only file that knows Dask, and it imports it when a cluster is first asked for.

The workers need no disk in common with this process: what they made then comes here to be kept (executor.py). How much
is under way at once is bounded by the number of workers, so that neither they nor this process fill up with results.
"""

from __future__ import annotations

import asyncio
import functools
import importlib.util
import logging
import re
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from sim.archive import digest
from sim.foundation.errors import InputError, RunError
from sim.study.processes import Item

ADDRESS = re.compile(r"(?:(?:tcp|tls)://)?(?:\[[0-9a-fA-F:]+\]|[^\s\[\]/:]+):(?P<port>\d{1,5})/?")
CONNECT_SECONDS = 6.0  # to reach the scheduler
PROBE_SECONDS = 1.0  # to learn whether anything listens where a scheduler was not reached in time
ANSWER_SECONDS = 60.0  # for the scheduler's answer, once it was reached
WORKERLESS_SECONDS = 60.0  # how long a cluster may be without any worker
LOOK_SECONDS = 2.0  # how often to look how many workers there are
MOST_AT_ONCE = 8  # results fetched together
UNFINISHED = ("pending", "lost")  # lost: its worker died before what it made was fetched, it is made again
LATE_TIMES = 10.0  # so many times the slowest block so far, and a worker is taken for stopped
LATE_SECONDS = 60.0  # but not before this
FIRST_SECONDS = 900.0  # for the first block, before which a worker compiles: nothing to compare it with yet
TOGETHER_SECONDS = 0.5  # so long what ends is collected while workers have more to do, to be fetched at once
AHEAD = 2  # blocks under way for every thread of a worker: one computed, one waiting
BLOCKS_ARE_KEPT = "finished blocks are kept: the same command takes the run up again"


class _NoAnswer(RunError):
    """No answer in time."""


class Cluster:
    """The workers of the Dask scheduler at an address; it is connected to when there is something to compute.

    InputError if the address is none, or if Dask is not installed.
    """

    def __init__(self, scheduler: str) -> None:
        match = ADDRESS.fullmatch(scheduler)
        if match is None or not 0 < int(match["port"]) < 1 << 16:
            allowed = "tcp://HOST:PORT or tls://HOST:PORT, as `dask scheduler` prints it"
            raise InputError("not the address of a scheduler", key="--scheduler", found=scheduler, allowed=allowed)
        if importlib.util.find_spec("distributed") is None:
            raise InputError(
                "a cluster needs the package distributed, which is not installed",
                key="--backend dask",
                allowed="after: pip install 'shakeout[cluster]'",
            )
        self.scheduler = scheduler if "://" in scheduler else f"tcp://{scheduler}"
        self._client: Any = None
        self._at_once = MOST_AT_ONCE
        self._unreachable: list[Any] = []  # futures whose worker has a block and does not hand it over

    def map(self, compute: Callable[[Item], Any], items: Sequence[Item], on_made: Callable[[Item, Any], None]) -> None:
        """Call ``compute`` on every item, on any worker, and ``on_made`` here with what it made, as it comes in.

        An item whose worker dies, or takes much longer than others did, is computed by another one. What ``compute``
        raises is raised here. InputError if no scheduler can be reached; RunError if it is lost, if there are no
        workers, or if one runs another version.
        """
        client = self._connected()
        task, room, late = functools.partial(_checked, compute, digest.computed_by()), _Room(self), _Late(self)
        waiting, under_way, news = deque(enumerate(items)), dict[Any, tuple[int, Item]](), threading.Event()
        done: set[int] = set()
        together = 0.0
        try:
            while len(done) < len(items):
                free, where = room.now(late.stopped) - late.busy(under_way), late.elsewhere()
                given = [waiting.popleft() for _ in range(0 if where == [] else min(free, len(waiting)))]
                futures = client.map(task, [item for _, item in given], pure=False, workers=where) if given else []
                for future, one in zip(futures, given, strict=True):
                    under_way[future] = one
                    late.began(future)
                    future.add_done_callback(lambda _: news.set())
                news.clear()
                ended = [future for future in under_way if future.status not in UNFINISHED]
                if not ended:
                    waiting.extendleft(under_way[future] for future in late.given_up(under_way))
                    news.wait(LOOK_SECONDS)
                    together = time.monotonic() + TOGETHER_SECONDS
                    continue
                if waiting and AHEAD * len(ended) < len(under_way) and time.monotonic() < together:
                    news.wait(together - time.monotonic())  # nobody has run out of work yet
                    continue
                together = time.monotonic() + TOGETHER_SECONDS
                fetched = self._fetched(ended)
                waiting.extendleft(under_way.pop(future) for future in self._unreachable)
                self._unreachable.clear()
                for future, made in fetched:
                    number, item = under_way.pop(future)
                    late.ended(future)
                    if number not in done:  # or another worker was faster
                        done.add(number)
                        on_made(item, made)
        finally:
            with suppress(Exception):
                self._answer(client.cancel, list(under_way))

    def _fetched(self, ended: Sequence[Any]) -> list[tuple[Any, Any]]:
        """Some of those that ended, with what they made; what one raised is raised when nothing is left to fetch.

        What is here is let go of at once: it is not computed again if its worker dies. A worker may also die before
        that; what it had made is then made again, so nothing may be waited for.
        """
        finished = [future for future in ended if future.status == "finished"][: self._at_once]
        if not finished:
            self._answer(self._client.gather, ended)
            return []
        try:
            made = self._answer(self._client.gather, finished)
        except _NoAnswer:
            if len(finished) == 1:  # whoever made it is stopped: it is made again
                self._unreachable += finished
                self._at_once = MOST_AT_ONCE
            else:
                self._at_once = 1
            return []
        self._at_once = MOST_AT_ONCE
        for future in finished:
            future.release()
        return list(zip(finished, made, strict=True))

    @property
    def connected(self) -> bool:
        """Whether it has had something to compute."""
        return self._client is not None

    def threads(self) -> dict[str, int]:
        """How many blocks each worker computes at a time. RunError if the scheduler does not answer."""
        return dict(self._answer(self._client.nthreads))

    def places(self) -> int:
        """How many items are computed at a time. It is connected to, if it was not; errors are those of ``map``."""
        self._connected()
        return sum(self.threads().values())

    def holders(self) -> dict[str, str]:
        """The worker that each block under way was given to, by the key of its future."""

        async def ask(asynchronous: bool) -> Any:
            return await self._client.scheduler.processing(workers=None)

        held = self._answer(ask)
        return {key: worker for worker, keys in held.items() for key in keys}

    def close(self) -> None:
        """Let go of the scheduler, if it was connected to."""
        if self._client is not None:
            with suppress(Exception):
                self._client.close(timeout=CONNECT_SECONDS)
            self._client = None

    def _connected(self) -> Any:
        """The client, with workers that were looked at: each would compute what this process would."""
        if self._client is None:
            self._client = self._connect()
            wanted = digest.computed_by()
            with suppress(_NoAnswer):  # one of them may be stopped; each block is checked where it is computed
                for worker, found in self._answer(self._client.run, digest.computed_by, on_error="return").items():
                    _check(worker, found, wanted)
        return self._client

    def _connect(self) -> Any:
        from distributed import Client
        from distributed.comm.core import connect

        async def knock() -> None:  # a client would wait for ever for something that listens and does not answer
            async with asyncio.timeout(CONNECT_SECONDS):
                comm = await connect(self.scheduler, timeout=CONNECT_SECONDS - 1)
                await comm.close()

        for name in ("distributed", "distributed.client"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        try:
            with ThreadPoolExecutor(1) as apart:  # a notebook has a loop of its own running here
                apart.submit(asyncio.run, knock()).result()
            return Client(self.scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
        except Exception as error:  # whatever stands there, or whatever this address makes of Dask's own settings
            raise InputError(
                f"no Dask scheduler can be reached there: {_why(self.scheduler, error)}",
                key="--scheduler",
                found=self.scheduler,
                allowed="the address that `dask scheduler` prints, no firewall between; or leave out --backend dask",
            ) from error

    def _answer(self, ask: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """What the scheduler answers. RunError if it is lost; what a worker raised is raised here."""
        from distributed import CancelledError
        from distributed.scheduler import KilledWorker

        call = functools.partial(ask, *arguments, **options, asynchronous=True)
        try:
            return self._client.sync(call, callback_timeout=ANSWER_SECONDS)
        except KilledWorker as error:
            raise RunError(
                f"one block ended several workers of the cluster (out of memory?): {_line(error)}; {BLOCKS_ARE_KEPT}"
            ) from error
        except (OSError, CancelledError) as error:
            kind = _NoAnswer if isinstance(error, TimeoutError) else RunError
            raise kind(
                f"the Dask cluster at {self.scheduler} does not answer any more ({_line(error)}); {BLOCKS_ARE_KEPT}"
            ) from error


class _Room:
    """How many items may be under way, by the number of workers there are; RunError if there are none for long."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.looked, self.manned = 0.0, time.monotonic()
        self.items = 0

    def now(self, stopped: set[str]) -> int:
        """Look again from time to time; workers that seem ``stopped`` do not count."""
        if time.monotonic() - self.looked > LOOK_SECONDS:
            threads = self.cluster.threads()
            self.items = AHEAD * sum(count for worker, count in threads.items() if worker not in stopped)
            self.looked = time.monotonic()
            if self.items:
                self.manned = self.looked
        if self.looked - self.manned > WORKERLESS_SECONDS:
            mute = f" ({', '.join(sorted(stopped))} took a block and gave nothing back)" if stopped else ""
            raise RunError(
                f"the Dask scheduler at {self.cluster.scheduler} has had no worker that computes for "
                f"{WORKERLESS_SECONDS:.0f} seconds{mute}; start some with "
                f"`dask worker {self.cluster.scheduler} --nthreads 1`; {BLOCKS_ARE_KEPT}"
            )
        return self.items


class _Late:
    """Blocks that take much longer than others did: their worker is taken for stopped, and they are given to another.

    Whichever comes first counts, both would be the same; a worker that gives something back is no longer stopped.
    """

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.stopped: set[str] = set()
        self.lost: dict[Any, str] = {}  # futures that were given up, and who holds them
        self.since: dict[Any, float] = {}
        self.slowest = 0.0

    def began(self, future: Any) -> None:
        """A block is under way."""
        self.since[future] = time.monotonic()

    def ended(self, future: Any) -> None:
        """A block is here."""
        took = time.monotonic() - self.since.pop(future)
        back = self.lost.pop(future, None)
        if back is None:
            self.slowest = max(self.slowest, took)
        else:
            self.stopped.discard(back)

    def busy(self, under_way: dict[Any, Any]) -> int:
        """How many of those under way are not given up."""
        return len(under_way) - len(self.lost)

    def elsewhere(self) -> list[str] | None:
        """The workers that are not stopped; None for all."""
        return [worker for worker in self.cluster.threads() if worker not in self.stopped] if self.stopped else None

    def given_up(self, under_way: dict[Any, Any]) -> list[Any]:
        """Those that are late now, and whatever else their workers hold."""
        limit = max(LATE_SECONDS, LATE_TIMES * self.slowest) if self.slowest else FIRST_SECONDS
        now = time.monotonic()
        if all(now - self.since[future] <= limit for future in under_way if future not in self.lost):
            return []
        holders = self.cluster.holders()
        held = {future: holders.get(future.key, "") for future in under_way}  # "": those it was meant for are gone
        overdue = {future: worker for future, worker in held.items() if now - self.since[future] > limit}
        self.stopped |= set(overdue.values()) - {""}
        new = {
            future: worker
            for future, worker in held.items()
            if future not in self.lost and (future in overdue or worker in self.stopped)
        }
        self.lost |= new
        return list(new)


def _checked(compute: Callable[[Item], Any], wanted: dict[str, Any], item: Item) -> Any:
    """``compute`` on a worker, which may have joined late: it must be what was looked at before the start."""
    from distributed import get_worker

    _check(get_worker().address, digest.computed_by(), wanted)
    return compute(item)


def _check(worker: str, found: dict[str, Any] | BaseException, wanted: dict[str, Any]) -> None:
    """RunError if a worker would compute other bytes than this process."""
    if found == wanted:
        return
    if isinstance(found, BaseException):
        what = f"shakeout does not answer there ({_line(found)})"
    else:
        apart = sorted(key for key in found.keys() | wanted.keys() if found.get(key) != wanted.get(key))
        what = "; ".join(f"{key} {found.get(key)}, here {wanted.get(key)}" for key in apart)
    raise RunError(
        f"the worker {worker} is not made as this process is: {what}; the same version of shakeout and of its "
        f"libraries must run on every machine, or results would depend on who computed them; {BLOCKS_ARE_KEPT}"
    )


def _why(scheduler: str, error: BaseException) -> str:
    """What stands in the way of a connection, in words."""
    if scheduler.startswith("tls://") and isinstance(error, TypeError):  # Dask was not told of any certificates
        return "tls:// needs certificates: Dask reads where they are from its settings distributed.comm.tls"
    cause = error.__cause__ or error
    if isinstance(cause, (TimeoutError, asyncio.CancelledError)):
        return _met(scheduler)
    return re.sub(r"^in <.*?>: (?:\w+: )?", "", _line(cause))


def _met(scheduler: str) -> str:
    """What a plain connection meets: Dask's last try may be cut off by its time limit, whatever stood in the way."""
    place = urlsplit(scheduler)
    try:
        with socket.create_connection((place.hostname, place.port), PROBE_SECONDS):
            return "something listens there, but does not answer as a scheduler does"
    except OSError as error:
        return _line(error)


def _line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
