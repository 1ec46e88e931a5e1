"""Blocks on a Dask cluster: the only file that knows Dask, and it imports it when a cluster is first asked for.

The workers compute and send what they made to this process, which keeps it: they need no disk in common. How much is
under way at once is bounded by the number of workers, so that neither they nor this process fill up with results.
"""

from __future__ import annotations

import asyncio
import functools
import importlib.util
import logging
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sim.archive import digest
from sim.foundation.errors import InputError, RunError

Item = TypeVar("Item")
Made = TypeVar("Made")
ADDRESS = re.compile(r"(?:(?:tcp|tls)://)?(?:\[[0-9a-fA-F:]+\]|[^\s\[\]/:]+):(?P<port>\d{1,5})/?")
CONNECT_SECONDS = 10.0  # to reach the scheduler
ANSWER_SECONDS = 60.0  # for the scheduler's answer, once it was reached
WORKERLESS_SECONDS = 60.0  # how long a cluster may be without any worker
LOOK_SECONDS = 2.0  # how often to look how many workers there are
MOST_AT_ONCE = 16  # results fetched together
NOT_YET = ("pending", "lost")  # lost: its worker died before what it made was fetched, it is made again
AHEAD = 2  # blocks under way for every thread of a worker: one computed, one waiting
KEPT = "finished blocks are kept: the same command takes the run up again"


class _Late(RunError):
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

    def map(
        self, compute: Callable[[Item], Made], items: Sequence[Item], on_made: Callable[[Item, Made], None]
    ) -> None:
        """Call ``compute`` on every item, on any worker, and ``on_made`` here with what it made, as it comes in.

        An item whose worker dies is computed by another one. What ``compute`` raises is raised here. RunError if the
        scheduler cannot be reached or is lost, if there are no workers, or if one runs another version.
        """
        client = self._connected()
        task, room = _Checked(compute, digest.computed_by()), _Room(self)
        waiting, under_way, news = deque(items), dict[Any, Item](), threading.Event()
        try:
            while waiting or under_way:
                for _ in range(min(room.now() - len(under_way), len(waiting))):
                    item = waiting.popleft()
                    future = client.submit(task, item, pure=False)
                    under_way[future] = item
                    future.add_done_callback(lambda _: news.set())
                news.clear()
                ended = [future for future in under_way if future.status not in NOT_YET]
                if not ended:
                    news.wait(LOOK_SECONDS)
                    continue
                for future, made in self._fetched(ended):
                    on_made(under_way.pop(future), made)
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
        except _Late:
            self._at_once = 1
            return []
        self._at_once = MOST_AT_ONCE
        for future in finished:
            future.release()
        return list(zip(finished, made, strict=True))

    def threads(self) -> int:
        """How many blocks the workers compute at a time. RunError if the scheduler does not answer."""
        return sum(self._answer(self._client.nthreads).values())

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
        except (OSError, ValueError, AssertionError) as error:
            raise RunError(
                f"the Dask scheduler at {self.scheduler} cannot be reached within {CONNECT_SECONDS:.0f} seconds "
                f"({_line(error.__cause__ or error)}); start one with `dask scheduler`, give --scheduler the address "
                "it prints, and make sure that no firewall stands between; or leave out --backend dask"
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
                f"one block ended several workers of the cluster (out of memory?): {_line(error)}; {KEPT}"
            ) from error
        except (OSError, CancelledError) as error:
            kind = _Late if isinstance(error, TimeoutError) else RunError
            raise kind(
                f"the Dask cluster at {self.scheduler} does not answer any more ({_line(error)}); {KEPT}"
            ) from error


class _Room:
    """How many items may be under way, by the number of workers there are; RunError if there are none for long."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.looked, self.manned = 0.0, time.monotonic()
        self.items = 0

    def now(self) -> int:
        """Look again from time to time."""
        if time.monotonic() - self.looked > LOOK_SECONDS:
            self.items = AHEAD * self.cluster.threads()
            self.looked = time.monotonic()
            if self.items:
                self.manned = self.looked
        if self.looked - self.manned > WORKERLESS_SECONDS:
            raise RunError(
                f"the Dask scheduler at {self.cluster.scheduler} has had no worker for {WORKERLESS_SECONDS:.0f} "
                f"seconds; start some with `dask worker {self.cluster.scheduler} --nthreads 1`; {KEPT}"
            )
        return self.items


@dataclass(frozen=True, slots=True)
class _Checked(Generic[Item, Made]):
    """``compute`` on a worker, which may have joined late: it must be what was looked at before the start."""

    compute: Callable[[Item], Made]
    wanted: dict[str, Any]

    def __call__(self, item: Item) -> Made:
        from distributed import get_worker

        _check(get_worker().address, digest.computed_by(), self.wanted)
        return self.compute(item)


def _check(worker: str, found: dict[str, Any] | BaseException, wanted: dict[str, Any]) -> None:
    """RunError if a worker would compute other bytes than this process."""
    if found == wanted:
        return
    if isinstance(found, BaseException):
        what = f"shakeout does not answer there ({_line(found)})"
    else:
        there, here = _flat(found), _flat(wanted)
        apart = sorted(key for key in there.keys() | here.keys() if there.get(key) != here.get(key))
        what = "; ".join(f"{key} {there.get(key)}, here {here.get(key)}" for key in apart)
    raise RunError(
        f"the worker {worker} is not made as this process is: {what}; the same version of shakeout and of its "
        "libraries, on the same kind of processor, must run on every machine, or results would depend on who computed "
        f"them; {KEPT}"
    )


def _flat(made: dict[str, Any]) -> dict[str, Any]:
    return {**{key: value for key, value in made.items() if key != "machine"}, **made["machine"]}


def _line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
