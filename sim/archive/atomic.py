"""Files and folders that are there whole or not at all, whoever else is writing beside us."""

from __future__ import annotations

import os
import shutil
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = ".part-"
STALE_SECONDS = 24 * 3600.0


def part_path(target: Path) -> Path:
    """A name beside ``target`` that nobody else uses: it carries the host, the process and a random part."""
    return target.parent / f"{PREFIX}{_host()}.{os.getpid()}.{uuid.uuid4().hex[:12]}"


def write_bytes(target: Path, content: bytes) -> None:
    """Write ``content`` beside ``target``, flush it to the disk and move it into place. OSError if that fails."""
    part = part_path(target)
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def assembled(target: Path) -> Iterator[Path]:
    """Yield a new folder beside ``target``; at the end move it into place whole.

    Nothing is left if the body fails. A ``target`` that is already there is replaced (callers look first
    whether it is worth keeping); if someone else puts theirs there in between, theirs stays.
    """
    part = part_path(target)
    part.mkdir(parents=True)
    try:
        yield part
        _place(part, target)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _place(part: Path, target: Path) -> None:
    old = part_path(target)
    with suppress(FileNotFoundError):
        target.rename(old)
    try:
        part.rename(target)
    except OSError:
        if not target.is_dir():
            raise
    finally:
        remove(old)


def remove(path: Path) -> None:
    """Remove a file, a link or a whole folder, if it is there and can be removed."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def clear_stale(folder: Path) -> None:
    """Remove what killed processes left half-written in ``folder``; what a living process writes is left alone."""
    for part in folder.glob(f"{PREFIX}*"):
        if _is_stale(part):
            remove(part)


def _is_stale(part: Path) -> bool:
    host, process, _ = (*part.name.removeprefix(PREFIX).split("."), "", "")[:3]
    if host == _host() and not _is_alive(process):
        return True
    try:
        return time.time() - part.stat().st_mtime > STALE_SECONDS
    except OSError:
        return False


def _host() -> str:
    return "".join(c if c.isalnum() else "-" for c in socket.gethostname())[:40]


def _is_alive(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, ValueError, OverflowError):
        return False
    except OSError:
        return True
    return True
