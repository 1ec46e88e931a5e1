"""Worker processes on this machine: whether they can be had here, how they start and end; loky's, and on Linux forked
from a server that is warm (``forked``).
"""

from __future__ import annotations

import logging
import multiprocessing
import multiprocessing.connection
import multiprocessing.resource_tracker
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, as_completed
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from sim.foundation.errors import RunError

Item = TypeVar("Item")
Receipt = TypeVar("Receipt")
WATCH_SECONDS = 0.5  # how often a worker looks whether its parent is still there
IDLE_WORKER_SECONDS = 300.0  # after which a worker without work ends
INTERRUPTS = ("SIGINT", "SIGTERM", "SIGHUP")
SWITCH = "JOBLIB_MULTIPROCESSING"  # 0: no worker processes, as joblib understands it
ONE_THREAD = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "BLIS_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS",
        "NUMBA_NUM_THREADS",
        "NUMEXPR_NUM_THREADS",
    ),
    "1",
)  # for workers: as many as there are processors, and each computes in one thread
FORKS = (
    sys.platform == "linux" and not sys.flags.ignore_environment
)  # elsewhere a fork may hang in the system's own libraries
log = logging.getLogger("shakeout")


class Unavailable(Exception):
    """No worker process can be started here; says why."""


@dataclass
class _Pool:
    """The workers that wait for work between two calls of ``map_over``."""

    executor: Any
    size: int


_waiting: dict[int, _Pool] = {}  # of the process that started them: what is forked from it leaves them alone
_failed: list[str] = []  # why starting workers failed in this process, if it did


def nothing() -> None:
    """What is done meanwhile if nothing is asked for."""


def why_none() -> str | None:
    """Why this process can have no workers of its own; None if it can, as far as can be told without trying."""
    if os.environ.get(SWITCH, "1").strip() == "0":
        return f"{SWITCH} is 0"
    if multiprocessing.parent_process() is not None:
        return "this process is itself a worker of another one"
    if threading.current_thread() is not threading.main_thread():
        return "this is not the main thread"
    if not sys.executable:
        return "the interpreter has no program of its own that could be started"
    return _failed[0] if _failed else None


def waiting() -> int:
    """How many workers of this process wait for work."""
    pool = _waiting.get(os.getpid())
    return 0 if pool is None else pool.size


def map_over(
    task: Callable[[Item], Receipt],
    items: Sequence[Item],
    jobs: int,
    on_done: Callable[[Receipt], None],
    meanwhile: Callable[[], None] = nothing,
) -> None:
    """Call ``task`` on every item in at most ``jobs`` workers, and ``on_done`` here with each receipt as it comes in.
    From before they are started ``meanwhile`` is called once in a thread here, and has ended at the end.

    Unavailable, before the first receipt, if no worker can be started. What ``task`` raises is raised here; a worker
    that dies is a RunError. If anything is raised, an interrupt for instance, the workers are ended.
    """
    aside = threading.Thread(target=meanwhile, name="meanwhile")
    with _deaf():
        aside.start()
    try:
        for future in as_completed(_submitted(task, items, jobs)):
            on_done(future.result())
        aside.join()
    except BaseException as error:
        end()
        from loky.process_executor import BrokenProcessPool

        if isinstance(error, BrokenProcessPool):
            raise RunError(
                "a worker process died (killed, or out of memory); finished blocks are kept: "
                "run the same command again to take the run up, if need be with fewer --jobs"
            ) from error
        raise


def _submitted(task: Callable[[Item], Receipt], items: Sequence[Item], jobs: int) -> list[Future[Receipt]]:
    """Every item on its way to a worker: to those that wait, or to new ones."""
    least = min(jobs, len(items))
    if not _still_there(least, jobs):
        end()
    try:
        _track()
        with _undisturbed():
            if os.getpid() not in _waiting:
                _waiting[os.getpid()] = _started(least)
            return [_waiting[os.getpid()].executor.submit(task, item) for item in items]
    except (ImportError, OSError, NotImplementedError) as error:
        _failed[:] = [f"worker processes cannot be started: {error}"]
        raise Unavailable(_failed[0]) from error


def _still_there(least: int, most: int) -> bool:
    """Whether workers of this process wait, as many as are wanted, and answer."""
    pool = _waiting.get(os.getpid())
    if pool is None or not least <= pool.size <= most:
        return False
    try:
        with _undisturbed():
            answer = pool.executor.submit(os.getpid)
        return int(answer.result()) != os.getpid()
    except Exception:  # one of them was killed while it waited
        return False


def begin_ahead() -> None:
    """Have workers that will be wanted soon start the sooner, where they are forked: their server starts to load what
    they need. Nothing happens where there can be none.
    """
    if not FORKS or why_none() is not None:
        return
    with suppress(ImportError, OSError, NotImplementedError):  # said by who wants workers
        multiprocessing.resource_tracker.ensure_running()
        with _undisturbed():
            _ensure_server()


def _ensure_server() -> None:
    from sim.study import forked

    forked.ensure_running(ONE_THREAD)


def _track() -> None:
    """Have the trackers of shared resources run before ``_deaf``: starting one lets SIGINT through again."""
    from loky.backend import resource_tracker

    multiprocessing.resource_tracker.ensure_running()
    resource_tracker.ensure_running()


def _started(size: int) -> _Pool:
    from loky import ProcessPoolExecutor

    warnings.filterwarnings("ignore", "Failed to kill subprocesses")  # loky without psutil and pgrep; it kills them
    how: dict[str, Any] = {"timeout": IDLE_WORKER_SECONDS, "initializer": _begin, "initargs": (os.getpid(),)}
    if FORKS:
        from sim.study import forked

        _ensure_server()
        how["context"] = forked.Context()
    executor = ProcessPoolExecutor(size, env=dict(ONE_THREAD), **how)
    return _Pool(executor, size)


def end() -> None:
    """End the workers of this process that wait or work, whatever they do."""
    pool = _waiting.pop(os.getpid(), None)
    if pool is not None:
        pool.executor.shutdown(wait=True, kill_workers=True)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Inside, an interrupt waits until the end, and processes that are started are deaf to Ctrl-C.

    A terminal sends it to all processes at once, also to those that are still starting; it is for the parent to say
    what becomes of its workers. For the main thread.
    """
    came: list[int] = []
    before = {}
    for name in INTERRUPTS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) not in (None, signal.SIG_IGN):
            before[number] = signal.signal(number, lambda number, _frame: came.append(number))
    try:
        with _deaf():
            yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if came:
            signal.raise_signal(came[0])


@contextmanager
def _deaf() -> Iterator[None]:
    """Inside, SIGINT is held back from this thread, and for good from the processes and threads it starts."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(parent: int) -> None:
    """What a worker does first: see to it that it ends with its parent, even if that was killed and could not say so.

    ``parent`` is the process that started it; in that process itself nothing is done.
    """
    if os.getpid() == parent:
        return

    told = multiprocessing.parent_process()
    pipe = None if told is None else told.sentinel  # of a forked worker: at its end as soon as the parent is gone

    def watch() -> None:
        if pipe is not None:
            multiprocessing.connection.wait([pipe])
        while os.getppid() == parent:
            time.sleep(WATCH_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="watch the parent").start()
    with suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    from sim.foundation import jit

    jit.without_blas()
