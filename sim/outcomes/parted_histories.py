"""Where two histories of one world part: the first state that differs, and the first event that only one of them has.

Both are traces of the same world under two assumptions that begin in the same month.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.engine.simulate import Trace
from sim.foundation.columns import EVENT, FIRM_COLUMNS, FIRST_TRACE_EVENT, INDEPENDENT, Column
from sim.foundation.states import MARKET

# what a reader wants to hear first when several things differ at once
TELLING = ("status", "listing_month", "pivot_month", "value", "cash", "revenue", "spending", "gap", "talent", "users")
GATHERED = (EVENT["refused"], EVENT["poached"])  # told as sums of a year or a row, not one by one


class FirstState(NamedTuple):
    """The first state that differs: ``firm`` is an id; values are those at the end of the month."""

    tick: int
    firm: str
    column: Column
    base: float
    variant: float


class FirstEvent(NamedTuple):
    """The first event (its code) that happens in one history and not in the other, in that month."""

    tick: int
    firm: str
    event: int
    in_base: bool


def first_state(base: Trace, variant: Trace, firm: str) -> FirstState | None:
    """The first month in which the state of a firm that both have differs; of several firms ``firm`` goes first."""
    ids = [id for id in base.ids if id in variant.ids]
    ids.sort(key=lambda id: id != firm)
    mine, theirs = ([side.ids.index(id) for id in ids] for side in (base, variant))
    months = min(len(base.firms), len(variant.firms))
    columns = {column.name: column for column in FIRM_COLUMNS}
    order = [*(name for name in TELLING if name in columns), *(name for name in columns if name not in TELLING)]
    differs = np.zeros((months, len(ids), len(order)), bool)
    for at, name in enumerate(order):
        one, other = base.firms[name][:months, mine], variant.firms[name][:months, theirs]
        differs[:, :, at] = (one != other) & ~((one != one) & (other != other))
    if not differs.any():
        return None
    tick = int(np.argmax(differs.any(axis=(1, 2))))
    row = int(np.argmax(differs[tick].any(axis=1)))
    name = order[int(np.argmax(differs[tick, row]))]
    values = (base.firms[name][tick, mine[row]], variant.firms[name][tick, theirs[row]])
    return FirstState(tick, ids[row], columns[name], float(values[0]), float(values[1]))


def first_event(base: Trace, variant: Trace, firm: str) -> FirstEvent | None:
    """The first event that one history has and the other has not, in that month; milestones and ``firm`` go first."""
    mine, theirs = _happened(base), _happened(variant)
    apart = [FirstEvent(*what, what in mine) for what in mine ^ theirs]
    first = min((one.tick for one in apart), default=None)
    return min(
        (one for one in apart if one.tick == first),
        key=lambda one: (one.event >= FIRST_TRACE_EVENT, one.firm != firm, one[:3], not one.in_base),
        default=None,
    )


def _happened(side: Trace) -> set[tuple[int, str, int]]:
    """(tick, firm id or MARKET, event) of everything told one by one."""
    return {
        (int(row["month"]), side.ids[row["firm"]] if row["firm"] >= 0 else MARKET, int(row["event"]))
        for row in side.events
        if row["event"] not in GATHERED
    }


def path_of(side: Trace, firm: str, name: str) -> np.ndarray:
    """(ticks + 1,) a quantity of the firm, NaN while it is not independent."""
    if firm not in side.ids:
        return np.full(len(side.firms), np.nan)
    row = side.ids.index(firm)
    there = side.firms["status"][:, row] == INDEPENDENT
    return np.where(there, side.firms[name][:, row], np.nan)
