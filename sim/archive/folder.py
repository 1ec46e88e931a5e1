"""Run folders: ``<results>/<scenario>/<run>/``, written whole or not at all, opened without executing anything."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from sim.archive import atomic, inventory
from sim.foundation import folder_lock, regular_files
from sim.foundation.errors import InputError, RunError, first_line
from sim.foundation.file_paths import expanded

if TYPE_CHECKING:
    import pandas as pd

    from sim.archive.dictionary import Table

MANIFEST = "manifest.json"
SCENARIO = "scenario.yaml"
BLOCKS = ".blocks"
SLUG_LIMIT = 60
MANIFEST_LIMIT = 16 << 20  # bytes; a manifest has a few thousand


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A finished folder: ``path``, and its ``manifest`` as plain data."""

    path: Path
    manifest: dict[str, Any]

    @property
    def bytes(self) -> int:
        """Size of all files that the manifest lists."""
        return sum(about.get("bytes", 0) for about in self.manifest["files"].values())

    def frame(self, name: str, table: Table | None = None) -> pd.DataFrame:
        """The file called ``name`` (for instance "fates.csv", "firms.parquet"), declared by ``table`` where it is not
        one of a run. InputError if it is not sound.
        """
        from sim.archive import tables

        try:
            return tables.parsed(name, inventory.content(self.path, self.manifest["files"], name), table)
        except (OSError, ValueError, KeyError) as error:
            raise InputError(f"cannot be read: {first_line(error)}", file=str(self.path / name)) from error


def slug(name: str) -> str:
    """A folder name for ``name``, which may be any text: letters a-z, digits and hyphens, at most 69 characters.

    Where that loses something, eight digits of a digest keep different names apart.
    """
    short = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:SLUG_LIMIT].strip("-")
    if short and short == name:
        return short
    mark = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{short}-{mark}" if short else f"scenario-{mark}"


def run_path(out: Path, name: str, digest: str) -> Path:
    """Where the run of the scenario called ``name`` belongs. InputError if something else stands in its way."""
    parent = out / slug(name)
    if os.path.lexists(parent) and not parent.is_dir():
        raise unwritable(parent, NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)))
    return parent / digest


def prepare(out: Path | str) -> Path:
    """Create the results folder if need be and make sure that it can be written; InputError if it cannot."""
    place = expanded(out)
    for folder in (place, place / BLOCKS):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            atomic.clear_stale(folder)
            atomic.write_bytes(folder / ".writable", b"")
            (folder / ".writable").unlink(missing_ok=True)
        except (OSError, ValueError) as error:
            raise unwritable(folder, error) from error
    return place


def unwritable(folder: Path, error: Exception) -> InputError:
    """What to say of a results folder, or a folder in it, that cannot be written."""
    return InputError(
        f"the results folder cannot be written: {first_line(error)}",
        key="--out",
        found=str(folder),
        allowed="a folder that exists or can be created, with leave to write in it",
    )


def at_work(out: Path) -> IO[bytes]:
    """Keep ``clean`` from removing blocks in ``out`` until what is returned is closed or forgotten."""
    try:
        return folder_lock.shared(out / BLOCKS)
    except OSError as error:
        raise unwritable(out / BLOCKS, error) from error


@contextmanager
def written(target: Path, manifest: dict[str, Any]) -> Iterator[Path]:
    """Yield a new folder to write the files of a run into; then add the manifest and move it to ``target`` whole.

    ``manifest`` is completed here: how long the body took, when it ended, size and digest of every file. What stands
    at ``target`` is replaced; if it was altered since it was written, a notice in ``manifest`` says so to who asked
    now. RunError if the files cannot be written; nothing is left then.
    """
    started = time.perf_counter()
    notice = _spoiled(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        atomic.clear_stale(target.parent)
        with atomic.assembled(target) as part:
            yield part
            manifest.setdefault("timings", {})["write_seconds"] = round(time.perf_counter() - started, 3)
            manifest["finished"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            manifest["files"] = inventory.files_in(part)
            manifest.update(inventory.seal(manifest))
            (part / MANIFEST).write_text(to_json(manifest), encoding="utf-8")
    except OSError as error:
        raise RunError(f"{target}: {first_line(error)}; finished blocks are kept") from error
    if notice is not None:
        manifest["notices"] = [*manifest.get("notices", ()), notice]


def _spoiled(target: Path) -> str | None:
    """A sentence about what was altered in the folder at ``target``; None if nothing was, or there is no folder."""
    if not os.path.lexists(target):
        return None
    try:
        found = next(inventory.faults(target, _opened(target).manifest["files"]), None)
        what = None if found is None else f"{found.name} {found.problem}"
    except InputError as error:
        what = error.problem
    return None if what is None else f"{target}: {what}; it was made again from its blocks"


@contextmanager
def extended(target: Path, *patterns: str) -> Iterator[Path]:
    """Yield a new folder; at the end move those of its files that match ``patterns`` into the finished ``target``.

    The manifest does not list them: they can be made again from what it lists. RunError if they cannot be written.
    """
    try:
        with atomic.part_of(target) as part:
            part.mkdir()
            yield part
            for pattern in patterns:
                for file in part.glob(pattern):
                    place = target / file.relative_to(part)
                    place.parent.mkdir(exist_ok=True)
                    file.replace(place)
    except OSError as error:
        raise RunError(f"{target}: {first_line(error)}; the rest of the folder is whole") from error


def finished(path: Path, sizes_only: bool = False) -> RunFolder | None:
    """The run folder at ``path`` if it is there and as it was written, in every byte of every file it lists.

    ``sizes_only``: in the size of every file, for who shows only what the manifest says.
    """
    try:
        folder = _opened(path)
    except InputError:
        return None
    return None if any(inventory.faults(path, folder.manifest["files"], sizes_only)) else folder


def open_run(path: Path) -> RunFolder:
    """The run folder at ``path``. InputError if it is not one, or something in it was altered since it was written.

    Files may be missing: what is not there cannot deceive. Nothing in it is executed, whoever made it.
    """
    folder = _opened(path)
    for fault in inventory.faults(path, folder.manifest["files"]):
        if not fault.missing:
            raise InputError(
                fault.problem,
                file=str(path / fault.name),
                allowed="a folder as shakeout has written it: run the scenario again to have one",
            )
    return folder


def _opened(path: Path) -> RunFolder:
    """The folder at ``path`` by its manifest alone. InputError if there is none, or it was altered."""
    try:
        with regular_files.reading(path / MANIFEST) as file:
            text = file.read(MANIFEST_LIMIT + 1)
        if len(text) > MANIFEST_LIMIT:
            raise ValueError(f"larger than {MANIFEST_LIMIT} bytes")
        manifest = json.loads(text.decode("utf-8"))
        if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), dict):
            raise ValueError("not the manifest of a run")
        if not inventory.is_sound(manifest):
            raise ValueError(f"{MANIFEST} {inventory.ALTERED}")
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(
            f"not a result folder: {first_line(error)}",
            file=str(path),
            allowed=f"a folder that shakeout has written, with its {MANIFEST}",
        ) from error
    return RunFolder(path, manifest)


def list_runs(out: Path) -> list[RunFolder]:
    """Every complete folder in the results folder ``out``, the oldest first. InputError if ``out`` is not a folder."""
    out = expanded(out)
    if not out.is_dir():
        raise InputError("there is no such results folder", key="--out", found=str(out))
    found = [finished(file.parent, sizes_only=True) for file in sorted(out.glob(f"*/*/{MANIFEST}"))]
    return sorted((run for run in found if run), key=lambda run: (str(run.manifest.get("finished", "")), str(run.path)))


def manifests(out: Path) -> Iterator[dict[str, Any]]:
    """The manifest of every folder in the results folder ``out``, whatever has become of its other files."""
    for file in sorted(out.glob(f"*/*/{MANIFEST}")):
        with suppress(InputError):
            yield _opened(file.parent).manifest


def to_json(data: Any, indent: int | None = 2) -> str:
    """``data`` as the text of a JSON file. Bytes of a file name that are no text are escaped, as JSON can."""
    text = json.dumps(data, indent=indent, ensure_ascii=False, allow_nan=False) + "\n"
    return re.sub("[\ud800-\udfff]", lambda lone: f"\\u{ord(lone[0]):04x}", text)


def plain_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table, with numbers as JSON knows them."""
    return [{str(key): number(value) for key, value in row.items()} for row in frame.to_dict("records")]


def number(value: Any) -> Any:
    """``value`` as JSON knows it: NumPy's numbers as Python's, what is not a number as None."""
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and value != value else value
