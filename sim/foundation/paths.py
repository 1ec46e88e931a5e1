"""Paths as people write them."""

from __future__ import annotations

from pathlib import Path

from sim.foundation.errors import InputError


def expanded(path: Path | str) -> Path:
    """``path`` with a leading ``~`` or ``~name`` as that home. InputError if nobody is called so."""
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise InputError("no such home", found=str(path), allowed="a path; ~ stands for your home") from error
