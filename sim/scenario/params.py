"""Every assumption as a row, for ``shakeout params`` and the documentation."""

from __future__ import annotations

from typing import Any

from sim.foundation.assumption import Assumption
from sim.foundation.errors import InputError, nearest_of
from sim.laws.catalogue import ASSUMPTIONS, FIRM_ASSUMPTIONS


def rows(word: str | None = None) -> list[dict[str, Any]]:
    """path, unit, default, low, high, source, says of every assumption whose path, unit or sentence has ``word``."""
    every = [_row(path, assumption) for path, assumption in ASSUMPTIONS.items()]
    every += [_row(f"firms.<id>.{name}", assumption) for name, assumption in FIRM_ASSUMPTIONS.items()]
    if word is None:
        return every
    wanted = word.casefold()
    found = [row for row in every if any(wanted in row[key].casefold() for key in ("path", "unit", "says", "source"))]
    if not found:
        names = dict.fromkeys(part for row in every for part in (row["path"], *row["path"].split(".")[1:]))
        allowed = "a word of a path, a unit, a source or a description"
        raise InputError("no assumption has this word", found=word, allowed=allowed, nearest=nearest_of(wanted, names))
    return found


def _row(path: str, assumption: Assumption) -> dict[str, Any]:
    return {
        "path": path,
        "unit": assumption.unit,
        "default": assumption.default,
        "low": assumption.low,
        "high": assumption.high,
        "source": assumption.source,
        "says": assumption.says,
    }
