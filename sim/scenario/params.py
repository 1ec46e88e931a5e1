"""Every assumption as a row, for ``shakeout params`` and the documentation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sim.foundation.assumption import Assumption
from sim.foundation.currency import DEFAULT_CURRENCY, unit_in
from sim.foundation.errors import InputError, nearest_of
from sim.laws.catalogue import ASSUMPTIONS, FIRM_ASSUMPTIONS, MECHANISMS
from sim.scenario import decided
from sim.scenario.basis import MEANINGS, rests_on

TABLE_HEAD = ("path", "unit", "default", "bounds", "rests on", "source", "what it is")


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
        "bounds": decided.shown_bounds(assumption),
        "rests_on": rests_on(assumption.source),
        "source": assumption.source,
        "says": assumption.explained,
    }


def default_text(row: dict[str, Any]) -> str:
    """The default of a row as it is written."""
    return row["default"] if isinstance(row["default"], str) else f"{row['default']:g}"


def markdown() -> str:
    """docs/assumptions.md: every mechanism with its sentences, and a table of the assumptions it declares."""
    parts = [
        "# Every assumption",
        "This file is made from the declarations beside the laws by `python -m tools.docs`; do not edit it. "
        "`shakeout params [WORD]` prints the same. A source is an id of [evidence.csv](evidence.csv), a paper, or the "
        f"word *assumption*. Bounds are inclusive. Money is in {DEFAULT_CURRENCY}, as the defaults are; a scenario in "
        "another `currency` shows its own. What the flagship scenario states or leaves uncertain is in "
        "`scenarios/six-dragons.yaml`; the rest are these defaults.",
        _marks(),
    ]
    for mechanism in MECHANISMS:
        prefix = f"assumptions.{mechanism.name}."
        parts += [f"## {mechanism.name}", f"*On:* {mechanism.says}", f"*Off:* {mechanism.off}"]
        parts.append(_table((prefix, assumption) for assumption in mechanism.all_assumptions()))
        if mechanism.firm:
            parts.append("Of single firms:")
            parts.append(_table(("firms.<id>.", assumption) for assumption in mechanism.firm))
    return "\n\n".join(parts) + "\n"


def _table(assumptions: Iterable[tuple[str, Assumption]]) -> str:
    lines = [TABLE_HEAD, ("---",) * len(TABLE_HEAD)]
    for prefix, assumption in assumptions:
        row = _row(f"`{prefix}{assumption.name}`", assumption)
        says = "the switch of the mechanism" if assumption.name == "on" else row["says"]
        lines.append((row["path"], row["unit"], default_text(row), row["bounds"], row["rests_on"], row["source"], says))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _marks() -> str:
    """What the marks of a size mean, and how many sizes have which; switches and decisions have no size."""
    sizes = [a for a in (*ASSUMPTIONS.values(), *FIRM_ASSUMPTIONS.values()) if not (a.labels or a.decides)]
    counted = Counter(rests_on(assumption.source) for assumption in sizes)
    said = "; ".join(f"*{mark}*, {meaning} ({counted[mark]})" for mark, meaning in MEANINGS.items())
    return (
        "*Rests on* is of the size, whatever the mechanism rests on, and is read from the source and from the dates of "
        f"the evidence: {said}. In brackets: how many of the {len(sizes)} sizes below."
    )
