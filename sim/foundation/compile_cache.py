"""The folders that compiled laws are kept in: one for every version of the sources, and only a few of them.

Whoever uses a folder holds a lock on it for as long as he lives. A folder is removed only by who gets it for himself
alone, so never under the feet of another process.

Every file of compiled code ends with its SHA-256. One that is damaged is as if it were not there: its law is compiled
again. Unchecked, a flipped bit would be a wrong result, or a crash.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from numba.core.caching import IndexDataCacheFile

from sim.foundation import folder_lock, regular_files

KEPT_VERSIONS = 5
IDLE_SECONDS = 3600.0  # a folder used since then is not removed
REMOVED = ".removed-"
OURS = re.compile(rf"[0-9a-f]{{16}}|{re.escape(REMOVED)}.*")
_held: list[IO[bytes]] = []  # open for as long as this process lives


def use(folder: Path) -> None:
    """Create ``folder`` if need be, and keep others from removing it while this process lives.

    When it is new, others beside it that were not used for a while are removed. OSError if it cannot be written.
    """
    new = not folder.exists()
    _held.append(folder_lock.shared(folder))
    with tempfile.TemporaryFile(dir=folder):
        pass
    if new:
        prune(folder.parent)


def temporary() -> Path:
    """A folder of this user alone among the temporary ones: the same for all his processes, if it can be had."""
    if hasattr(os, "getuid"):
        path = Path(tempfile.gettempdir()) / f"shakeout-{os.getuid()}"
        with suppress(OSError):
            path.mkdir(mode=0o700, exist_ok=True)
            about = path.lstat()
            if stat.S_ISDIR(about.st_mode) and about.st_uid == os.getuid() and not about.st_mode & 0o077:
                return path
    return Path(tempfile.mkdtemp(prefix="shakeout-"))


_Files: Any = IndexDataCacheFile  # nothing in Numba is typed


class Sealed(_Files):  # type: ignore[misc]
    """Numba's files of one compiled function, each with its SHA-256 at the end, which unpickling does not read."""

    def load(self, key: Any) -> Any:
        """What was compiled for ``key``, or None if it is not there or damaged."""
        try:
            return super().load(key)
        except Exception:
            return None

    def save(self, key: Any, data: Any) -> None:
        """Keep what was compiled; on a full disk it serves this process alone."""
        with suppress(OSError):
            super().save(key, data)

    def _load_index(self) -> Any:
        return super()._load_index() if _sound(Path(self._index_path)) else {}

    def _load_data(self, name: str) -> Any:
        if not _sound(Path(self._data_path(name))):
            raise OSError("damaged")
        return super()._load_data(name)

    @contextmanager
    def _open_for_write(self, filepath: str) -> Iterator[IO[bytes]]:
        content = io.BytesIO()
        yield content
        with super()._open_for_write(filepath) as file:
            file.write(content.getvalue() + hashlib.sha256(content.getvalue()).digest())


def seal(compiled: Any) -> None:
    """Have the files of a compiled function checked when they are loaded."""
    compiled._cache._cache_file.__class__ = Sealed


def _sound(path: Path) -> bool:
    try:
        with regular_files.reading(path) as file:
            content = memoryview(file.read())
    except OSError:
        return False
    size = hashlib.sha256().digest_size
    return hashlib.sha256(content[:-size]).digest() == content[-size:]


def prune(base: Path) -> None:
    """Remove the folders in ``base`` that were not used for a while, but for the few used last and those in use."""
    folders = sorted((path for path in base.iterdir() if OURS.fullmatch(path.name)), key=_last_use, reverse=True)
    for folder in folders[KEPT_VERSIONS:]:
        if time.time() - _last_use(folder) > IDLE_SECONDS:
            _remove(folder)


def _remove(folder: Path) -> None:
    try:
        held = folder_lock.alone(folder)
        if held is not None:
            with held:
                aside = Path(tempfile.mkdtemp(prefix=REMOVED, dir=folder.parent))
                folder.rename(aside / folder.name)
                shutil.rmtree(aside, ignore_errors=True)
    except OSError:
        return  # not ours to remove, or gone already


def _last_use(folder: Path) -> float:
    for path in (folder / folder_lock.IN_USE, folder):
        try:
            return path.stat().st_mtime
        except OSError:
            continue
    return 0.0
