"""Files and folders that are there whole or not at all, whoever else is writing beside us.

What is being written is a part: a file or folder with a name of its own beside its target, and a lock that its writer
holds. The system lets go of the lock when the writer ends, however it ends: a part whose lock can be taken is stale.
Neither the name of the host nor the number of a process is asked for: containers share them.
"""

from __future__ import annotations

import errno
import os
import shutil
import time
import uuid
import weakref
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

PREFIX = ".part-"
LOCK = ".lock"  # ends the name of a part's lock
OLD = ".old"  # ends the name of what a part replaces
STALE_SECONDS = 24 * 3600.0  # of a part without a lock: where the file system has none, or of an earlier version
NO_LOCKS = (OSError, NotImplementedError)  # what taking a lock raises where the file system has none


def write_bytes(target: Path, content: bytes) -> None:
    """Write ``content`` beside ``target``, flush it to the disk and move it into place. OSError if that fails."""
    with part_of(target) as part:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)


@contextmanager
def assembled(target: Path) -> Iterator[Path]:
    """Yield a new folder beside ``target``; at the end move it into place whole.

    Nothing is left if the body fails. A ``target`` that is already there is replaced (callers look first
    whether it is worth keeping); if someone else puts theirs there in between, theirs stays.
    """
    with part_of(target) as part:
        part.mkdir()
        yield part
        _place(part, target)


@contextmanager
def part_of(target: Path) -> Iterator[Path]:
    """Yield the path of a part of ``target``, which nobody else uses or removes; nothing is left of it at the end.

    The folder of ``target`` is created if need be.
    """
    from filelock import FileLock, Timeout

    target.parent.mkdir(parents=True, exist_ok=True)
    while True:
        part = target.parent / f"{PREFIX}{uuid.uuid4().hex}"
        lock = FileLock(_lock_of(part))
        try:
            lock.acquire(blocking=False)
        except Timeout:
            continue  # somebody takes it for stale, between its making and its taking: another name
        except NO_LOCKS:
            break
        if _lock_of(part).exists():
            break  # else it was removed as stale at that moment
        lock.release()
    try:
        yield part
    finally:
        remove(part)
        remove(_old_of(part))
        _lock_of(part).unlink(missing_ok=True)
        lock.release()


class Scratch:
    """A folder in ``folder`` that goes with this object, or with its process, however that ends."""

    def __init__(self, folder: Path) -> None:
        held, maker = ExitStack(), os.getpid()
        self.path = held.enter_context(part_of(folder / "scratch"))
        self.path.mkdir()
        self._end = weakref.finalize(self, lambda: held.close() if os.getpid() == maker else None)

    def close(self) -> None:
        """Remove the folder now."""
        self._end()


def clear_stale(folder: Path) -> None:
    """Remove what killed processes left half-written in ``folder``; what a living process writes is left alone.

    That the living one is seen takes a file system whose locks hold for all who write there, as those of local disks,
    NFS and SMB do.
    """
    for part in sorted({_part_of(path) for path in folder.glob(f"{PREFIX}*")}):
        if _lock_of(part).exists():
            _clear_locked(part)
        elif _age(part) > STALE_SECONDS:
            remove(part)
            remove(_old_of(part))


def _clear_locked(part: Path) -> None:
    """Remove a part, and its lock, if its lock can be taken."""
    from filelock import FileLock, Timeout

    lock = FileLock(_lock_of(part))
    with suppress(Timeout, *NO_LOCKS):
        lock.acquire(blocking=False)
    if lock.is_locked:
        remove(part)
        remove(_old_of(part))
        _lock_of(part).unlink(missing_ok=True)
        lock.release()


def _place(part: Path, target: Path) -> None:
    with suppress(FileNotFoundError):
        target.rename(_old_of(part))
    while True:
        try:
            part.rename(target)
        except OSError as error:
            if target.is_dir():
                return  # somebody else put theirs there
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise  # else theirs was there a moment ago, and is being replaced
        else:
            return


def remove(path: Path) -> None:
    """Remove a file, a link or a whole folder, if it is there and can be removed."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _lock_of(part: Path) -> Path:
    return part.with_name(part.name + LOCK)


def _old_of(part: Path) -> Path:
    return part.with_name(part.name + OLD)


def _part_of(path: Path) -> Path:
    """The part that ``path`` is, or belongs to."""
    return path.with_name(path.name.removesuffix(LOCK).removesuffix(OLD))


def _age(part: Path) -> float:
    """Seconds since the part was changed; 0 if it is gone."""
    for path in (part, _old_of(part)):
        with suppress(OSError):
            return time.time() - path.stat().st_mtime
    return 0.0
