"""Everything moves: a scenario in which what it has at one value, and no source gives, varies by a stated share.

A sensitivity ranks what a scenario leaves uncertain, and is silent of the rest, which may hold the larger lever. Here
the rest is drawn too: evenly from 25% below to 25% above its value, of a rule's value of 0 from 0 to a stated share of
its bounds, never beyond the bounds. The share is a convention and no knowledge: it makes levers comparable, and says
nothing of how wrong a value may be. Left alone are whole numbers, switches and decisions, of which a quarter means
nothing; values whose size a fact or a paper gives; what a firm has none of (bounds of money are guards against typing
errors, and a share of them would drown it); and values of classes, of which each member would draw its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from sim.laws.catalogue import ASSUMPTIONS, FIRM_ASSUMPTIONS
from sim.scenario.basis import ASSUMPTION, DOCUMENTS, UNSAID, rests_on
from sim.scenario.load import with_sets
from sim.scenario.model import Scenario, Value
from sim.scenario.value import Range, range_of

EITHER_WAY = 0.25  # of a value
OF_BOUNDS = 0.001  # of the width of its bounds, for a value of 0: 0.1% a month is 9% in the run, and turns few fates
UNSOURCED = (ASSUMPTION, DOCUMENTS, UNSAID)  # a size that defines a law's strength (D) is no fact either
NOTE_MOVED = "moved, to see whether it matters"
DIGITS_MOVED = 6  # of a bound: it is a convention


class Moved(NamedTuple):
    """A value that the scenario states at ``path``, and between which it is drawn instead."""

    path: str
    value: float
    low: float
    high: float


class Stated(NamedTuple):
    """A value of the scenario: at ``path``, doing ``op`` (set, times or plus) with what may be ``within``."""

    path: str
    op: str
    value: Value
    within: Range


def everything(scenario: Scenario) -> tuple[Scenario, list[Moved]]:
    """``scenario`` with all moved that can be, and what was moved."""
    found = [(one, Moved(one.path, one.value.numbers[0], *ends)) for one in _stated(scenario) if (ends := _ends(one))]
    wide = with_sets(scenario, [_set_text(one, moved) for one, moved in found])
    return replace(wide, notices=scenario.notices), [moved for _, moved in found]


def _stated(scenario: Scenario) -> Iterator[Stated]:
    """Every value that may be moved by its path: of the industry, of single firms that enter, of events."""
    for path, value in scenario.assumptions.items():
        yield Stated(path, "set", value, range_of("set", ASSUMPTIONS[path]))
    for firm in scenario.firms:
        if not firm.copies and firm.enters is not None:
            for name, value in firm.values.items():
                yield Stated(f"firms.{firm.id}.{name}", "set", value, range_of("set", FIRM_ASSUMPTIONS[name]))
    for change in scenario.changes:
        declared = ASSUMPTIONS.get(change.path) or FIRM_ASSUMPTIONS[change.path.rpartition(".")[2]]
        yield Stated(f"{change.origin}.set.{change.path}", change.op, change.value, range_of(change.op, declared))


def _ends(one: Stated) -> tuple[float, float] | None:
    """Between what a value is drawn; None where it stays what it is."""
    if one.value.kind != "number" or one.within.whole or rests_on(one.value.source) not in UNSOURCED:
        return None
    value, low, high = one.value.numbers[0], one.within.low, one.within.high
    if value == 0 and not one.path.startswith("assumptions."):  # a firm that has none of it, an event that takes all
        return None
    half = EITHER_WAY * abs(value) if value else OF_BOUNDS * (high - low)
    ends = max(value - half, low), min(value + half, high)
    return None if ends[0] == ends[1] else (_tidy(ends[0]), _tidy(ends[1]))


def _tidy(value: float) -> float:
    return float(f"{value:.{DIGITS_MOVED}g}")


def _set_text(one: Stated, moved: Moved) -> str:
    """The ``--set`` that draws it; its source stays."""
    drawn = {"uniform": [moved.low, moved.high]}
    stated = drawn if one.op == "set" else {one.op: drawn}
    return (
        f"{one.path}={json.dumps({**stated, 'source': one.value.source, 'note': 'moved, to see whether it matters'})}"
    )
