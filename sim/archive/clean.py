"""Which finished blocks nobody needs any more, and their removal.

A folder of blocks is needed by every finished run and study in the same results folder whose manifest names its stem:
it is taken from there when the run is opened, extended or made again. The others only save time if their question is
asked once more.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.archive import atomic, folder
from sim.archive.blocks import ABOUT
from sim.archive.digest import HEX_DIGITS
from sim.foundation import folder_lock, regular_files
from sim.foundation.errors import InputError
from sim.foundation.file_paths import expanded

DAY_SECONDS = 24 * 3600.0
STEM = re.compile(rf"[0-9a-f]{{{HEX_DIGITS}}}")
LONGEST_ABOUT = 1 << 16  # bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """The finished blocks of one stem: how many bytes, of which scenario and seed, when last written, if needed."""

    path: Path
    bytes: int
    scenario: str
    seed: int | None
    written: float
    needed: bool


def kept_blocks(out: Path) -> list[Kept]:
    """The folders of blocks in the results folder ``out``, by name. What shakeout did not make is not among them.

    InputError if ``out`` is not a results folder.
    """
    blocks = out / folder.BLOCKS
    runs = list(folder.manifests(out)) if out.is_dir() else []
    if not blocks.is_dir() and not runs:
        raise InputError(
            "not a results folder", key="--out", found=str(out), allowed="a folder in which shakeout keeps results"
        )
    needed = {stem for manifest in runs for stem in _stems(manifest)}
    found = sorted(blocks.iterdir()) if blocks.is_dir() else []
    return [_kept(path, path.name in needed) for path in found if _is_ours(path)]


def clean(out: Path | str, older_than: float | None = None, dry_run: bool = False) -> list[Kept]:
    """Remove the blocks in ``out`` that no kept run needs, or with ``dry_run`` only say which; those concerned.

    ``older_than``: only what was written more than so many days ago. InputError if ``out`` is not a results folder,
    or while a run is at work in it.
    """
    out = expanded(out)
    if older_than is not None and not older_than >= 0:
        raise InputError("no such age", key="--older-than", found=older_than, allowed="a number of days from 0")
    if dry_run or not (out / folder.BLOCKS).is_dir():
        return _unneeded(out, older_than)
    try:
        held = folder_lock.alone(out / folder.BLOCKS)
    except OSError as error:
        raise folder.unwritable(out / folder.BLOCKS, error) from error
    if held is None:
        allowed = "a folder in which no run is at work: try again when it is done"
        raise InputError("a run is at work in this results folder", key="--out", found=str(out), allowed=allowed)
    with held:
        unneeded = _unneeded(out, older_than)
        for one in unneeded:
            atomic.remove(one.path)
    return [one for one in unneeded if not one.path.exists()]


def _unneeded(out: Path, older_than: float | None) -> list[Kept]:
    latest = time.time() - (older_than or 0.0) * DAY_SECONDS
    return [one for one in kept_blocks(out) if not one.needed and (older_than is None or one.written < latest)]


def _is_ours(path: Path) -> bool:
    return STEM.fullmatch(path.name) is not None and path.is_dir() and not path.is_symlink()


def _kept(path: Path, needed: bool) -> Kept:
    size, written = 0, 0.0
    for file in path.iterdir():
        try:
            about = file.lstat()
        except OSError:  # a part that is gone already
            continue
        size, written = size + about.st_size, max(written, about.st_mtime)
    said = _about(path)
    return Kept(path, size, str(said.get("scenario", "")), said.get("seed"), written or path.stat().st_mtime, needed)


def _about(path: Path) -> dict[str, Any]:
    try:
        with regular_files.reading(path / ABOUT) as file:
            said = json.loads(file.read(LONGEST_ABOUT))
    except (OSError, ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _stems(manifest: Any) -> Iterator[str]:
    """The stems that a manifest names, at any depth."""
    if isinstance(manifest, dict):
        for key, value in manifest.items():
            if key == "stem" and isinstance(value, str):
                yield value
            elif key == "stems" and isinstance(value, list):
                yield from (stem for stem in value if isinstance(stem, str))
            else:
                yield from _stems(value)
    elif isinstance(manifest, list):
        for value in manifest:
            yield from _stems(value)
