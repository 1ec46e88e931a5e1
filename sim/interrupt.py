"""What interrupts the command line (Ctrl-C, SIGTERM, SIGHUP): one message, exit code 130, never a traceback."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress
from types import FrameType
from typing import Any, NoReturn

INTERRUPTED = 130
SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
AGAIN_SECONDS = 0.02  # until an interrupt that was swallowed comes again
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


def _raise(number: int, _frame: FrameType | None) -> NoReturn:
    _came.append(number)
    raise KeyboardInterrupt


def _again() -> None:
    """Interrupt once more what is still at work; at its end Python takes the handlers away, and a signal would kill."""
    if signal.getsignal(signal.SIGINT) is _raise:
        signal.raise_signal(signal.SIGINT)


def _unraisable(what: Any) -> None:
    """Python swallows what is raised in a callback or a destructor: the interrupt comes again."""
    if what.exc_type is not None and issubclass(what.exc_type, KeyboardInterrupt):
        again = threading.Timer(AGAIN_SECONDS, _again)
        again.daemon = True  # not when everything has ended meanwhile
        again.start()
    else:
        sys.__unraisablehook__(what)
