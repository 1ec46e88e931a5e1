"""Regular files alone: opening a pipe waits for its other end, and a device may never end."""

from __future__ import annotations

import os
import stat
from io import BufferedReader, FileIO
from pathlib import Path

AT_ONCE = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def reading(path: Path) -> BufferedReader:
    """The regular file at ``path``, open for reading. OSError for anything else."""
    return BufferedReader(_opened(path, os.O_RDONLY, "rb"))


def adding(path: Path) -> FileIO:
    """The regular file at ``path``, made if need be, open for writing at its end. OSError for anything else."""
    return _opened(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, "ab")


def _opened(path: Path, flags: int, mode: str) -> FileIO:
    descriptor = os.open(path, flags | AT_ONCE, 0o666)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError("not a file")
        return FileIO(descriptor, mode)
    except BaseException:
        os.close(descriptor)
        raise
