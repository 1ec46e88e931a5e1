"""What interrupts the command line (Ctrl-C, SIGTERM, SIGHUP): one message, exit code 130, never a traceback."""

from __future__ import annotations

import _thread
import os
import signal
import sys
import threading
from contextlib import suppress
from types import FrameType
from typing import Any, NoReturn

INTERRUPTED = 130
SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
AGAIN_SECONDS = 0.02  # until an interrupt that was swallowed or put off comes again
IMPORTING = "<frozen importlib._bootstrap>"  # the file that imports, as Python names it
_came: list[int] = []  # the signals that came


def leave() -> None:
    """From now on an interrupt ends the process at once: nothing has begun yet, or everything is done."""
    _handle(_leave)


def tell() -> None:
    """From now on an interrupt is raised as KeyboardInterrupt, so that what has begun is ended in order."""
    _handle(_raise)


def came() -> bool:
    """Whether there was an interrupt: whatever goes wrong after that is a consequence."""
    return bool(_came)


def _handle(handler: Any) -> None:
    """Install ``handler`` for what is not ignored (``nohup``, for instance, has SIGHUP ignored)."""
    for name in SIGNALS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) in (
            signal.SIG_DFL,
            signal.default_int_handler,
            _leave,
            _raise,
        ):
            signal.signal(number, handler)
            sys.unraisablehook = _unraisable


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    with suppress(OSError):
        os.write(2, b"shakeout: interrupted\n")
    os._exit(INTERRUPTED)


def _raise(number: int, frame: FrameType | None) -> None:
    """Raise the interrupt, or do so a little later while a library is imported: half of one is of no use to anybody.

    Libraries written in C print what is raised in them, or crash, or end the process by the signal.
    """
    _came.append(number)
    if _imports(frame):
        _soon()
    else:
        raise KeyboardInterrupt


def _imports(frame: FrameType | None) -> bool:
    """Whether ``frame`` is part of an import."""
    while frame is not None:
        if frame.f_code.co_filename == IMPORTING:
            return True
        frame = frame.f_back
    return False


def _soon() -> None:
    """Have the interrupt come again."""
    again = threading.Timer(AGAIN_SECONDS, _again)
    again.daemon = True  # not when everything has ended meanwhile
    again.start()


def _again() -> None:
    """Interrupt what is still at work, as soon as whoever holds interrupts back for a while lets them through."""
    number = _came[-1] if _came else signal.SIGINT
    handler = signal.getsignal(number)
    if handler is _raise:
        _interrupt_main(number)
    elif handler is not _leave:
        _soon()


def _interrupt_main(number: int) -> None:
    """Have the main thread handle the signal ``number`` now, also if it waits."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, number)
    else:
        _thread.interrupt_main(signal.Signals(number))


def _unraisable(what: Any) -> None:
    """Python swallows what is raised in a callback or a destructor: the interrupt comes again."""
    if what.exc_type is not None and issubclass(what.exc_type, KeyboardInterrupt):
        _soon()
    else:
        sys.__unraisablehook__(what)
