"""A folder is in use as long as a process that uses it lives: a lock that any number share, or one has alone.

The system lets go of a lock when its holder ends, however it ends. filelock shares locks only through an SQLite
database, which must not be removed with its folder; hence the system's own call.
"""

from __future__ import annotations

import os
import sys
import time
from io import FileIO
from pathlib import Path

from sim.foundation import regular_files

IN_USE = "in use"  # the file that is locked; its time is that of the last use
RETRY_SECONDS = 0.02


def shared(folder: Path) -> FileIO:
    """Create ``folder`` if need be and use it together with others, until what is returned is closed.

    Waits while somebody has it alone. OSError if it cannot be written.
    """
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        file = regular_files.adding(folder / IN_USE)
        if _locked(file, alone=False) and _is(file, folder / IN_USE):
            os.utime(folder / IN_USE)
            return file
        file.close()  # somebody is just removing it
        time.sleep(RETRY_SECONDS)


def alone(folder: Path) -> FileIO | None:
    """Use ``folder`` without others, until what is returned is closed; None if they are in the way.

    Where there are no locks somebody always is. OSError if it cannot be written.
    """
    file = regular_files.adding(folder / IN_USE)
    if _locked(file, alone=True) and _is(file, folder / IN_USE):
        return file
    file.close()
    return None


def _is(file: FileIO, path: Path) -> bool:
    """Whether ``path`` is still the open ``file``."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except OSError:
        return False


def _locked(file: FileIO, alone: bool) -> bool:
    """Lock ``file`` at once, shared or ``alone``; False if others are in the way."""
    if sys.platform == "win32":
        return not alone
    import fcntl

    try:
        fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system that knows no locks
        return not alone
    return True
