"""Every assumption as a row: what ``shakeout params`` prints, and docs/assumptions.md shows."""

from __future__ import annotations

from typing import Any

from sim.foundation.assumption import Assumption
from sim.foundation.currency import unit_in
from sim.foundation.errors import InputError, nearest_of
from sim.laws.catalogue import ASSUMPTIONS, FIRM_ASSUMPTIONS
from sim.scenario import decided
from sim.scenario.basis import rests_on


def rows(word: str | None = None) -> list[dict[str, Any]]:
    """path, unit, default, bounds, rests_on, source, says of every assumption whose path, unit or text has ``word``.

    The default is a number, or the text of a decision; the bounds are a text.
    """
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
        "unit": unit_in(assumption.unit),
        "default": decided.stated_as(assumption, assumption.default),
        "bounds": decided.DECISION_FORM if assumption.decides else f"{assumption.low:g} to {assumption.high:g}",
        "rests_on": rests_on(assumption.source),
        "source": assumption.source,
        "says": assumption.explained,
    }


def default_text(row: dict[str, Any]) -> str:
    """The default of a row as it is written."""
    return row["default"] if isinstance(row["default"], str) else f"{row['default']:g}"
