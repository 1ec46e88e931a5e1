"""The scenarios that come with the package, by name: ``six-dragons`` is its file, wherever that was installed."""

from __future__ import annotations

import difflib
from pathlib import Path

from sim.foundation.file_paths import carried, expanded

FLAGSHIP = "six-dragons"
_SHOWN = 3


def folder() -> Path:
    """Where they are."""
    return carried("shipped", "scenarios")


def names() -> list[str]:
    """The names of all, in alphabetical order."""
    return sorted(path.stem for path in folder().glob("*.yaml"))


def named(name: str) -> Path | None:
    """The file of the shipped scenario ``name``; None if there is none."""
    return folder() / f"{name}.yaml" if name in names() else None


def file_of(asked: str | Path) -> Path:
    """The file that ``asked`` stands for: the one of that name where there is one, else the shipped scenario's.

    A name that is neither stays as it is.
    """
    path = expanded(asked)
    try:
        found = path.is_file()
    except (OSError, ValueError):  # a name no file can have
        found = False
    return path if found else named(str(path)) or path


def known(asked: str) -> str:
    """What may stand where ``asked`` did: a file, or the shipped names closest to it."""
    near = difflib.get_close_matches(Path(asked).stem[:200], names(), n=_SHOWN, cutoff=0.4) or [FLAGSHIP]
    return f"a scenario file, or the name of a scenario that comes with shakeout, such as {', '.join(near)}"
