"""What a finished folder is made of: size and SHA-256 of every file, and a seal on the manifest that lists them.

What was altered since it was written is found before anything of it is shown.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from io import BufferedReader
from pathlib import Path
from typing import Any, NamedTuple

from sim.archive.digest import digest_of
from sim.foundation import regular_files
from sim.foundation.errors import first_line

ALTERED = "was altered since it was written"
SEAL = "seal"  # key of the manifest: digest of all its other entries


def files_in(folder: Path) -> dict[str, dict[str, Any]]:
    """Size and SHA-256 of every file in ``folder``, by its path within."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with regular_files.reading(path) as file:
                found[path.relative_to(folder).as_posix()] = {"bytes": path.stat().st_size, "sha256": _sha256(file)}
    return found


class Fault(NamedTuple):
    """What is wrong with a file of a finished folder."""

    name: str
    problem: str
    missing: bool = False


def faults(folder: Path, files: Mapping[str, Any], sizes_only: bool = False) -> Iterator[Fault]:
    """The ``files`` of ``folder`` that are not as the manifest says, one after the other.

    ``sizes_only``: they are not read, for who shows nothing of what they hold.
    """
    for name, about in files.items():
        try:
            with regular_files.reading(folder / name) as file:
                size = os.fstat(file.fileno()).st_size
                if size != about["bytes"] or not (sizes_only or _sha256(file) == about["sha256"]):
                    yield Fault(name, ALTERED)
        except FileNotFoundError:
            yield Fault(name, "is missing", missing=True)
        except (OSError, ValueError, KeyError, TypeError) as error:
            yield Fault(name, f"cannot be read: {first_line(error)}")


def content(folder: Path, files: Mapping[str, Any], name: str) -> bytes:
    """The file called ``name``, exactly as it was written. ValueError or OSError if it is not, or is not listed."""
    about = files.get(name)
    if not isinstance(about, Mapping):
        raise ValueError("the manifest does not list it")
    with regular_files.reading(folder / name) as file:
        same_size = os.fstat(file.fileno()).st_size == about.get("bytes")
        found = file.read() if same_size else b""
    if not same_size or hashlib.sha256(found).hexdigest() != about.get("sha256"):
        raise ValueError(ALTERED)
    return found


def seal(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """``manifest`` with its seal."""
    return {**manifest, SEAL: _digest(manifest)}


def is_sound(manifest: Mapping[str, Any]) -> bool:
    """Whether ``manifest`` is as it was written; early versions wrote no seal."""
    return SEAL not in manifest or manifest[SEAL] == _digest(manifest)


def _sha256(file: BufferedReader) -> str:
    return hashlib.file_digest(file, "sha256").hexdigest()


def _digest(manifest: Mapping[str, Any]) -> str:
    """Digest of what a reader of the JSON text gets, without the seal."""
    return digest_of(json.loads(json.dumps({key: value for key, value in manifest.items() if key != SEAL})))
