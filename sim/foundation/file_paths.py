"""Paths as people write them, and where the package lies with what comes with it."""

from __future__ import annotations

from pathlib import Path

from sim.foundation.errors import InputError

PACKAGE = Path(__file__).resolve().parent.parent


def carried(installed: str, beside: str) -> Path:
    """The folder of what comes with the package: inside an installed one (setup.py), or beside it in a checkout."""
    return PACKAGE / installed if (PACKAGE / installed).is_dir() else PACKAGE.parent / beside


def expanded(path: Path | str) -> Path:
    """``path`` with a leading ``~`` or ``~name`` as that home. InputError if nobody is called so."""
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise InputError("no such home", found=str(path), allowed="a path; ~ stands for your home") from error
