"""What propositions and facts ask of worlds month by month: quantities at a month, summed over months, their largest.

A plan of numbers is made once of the probes (scenario/model.py) and one compiled loop goes through it every month.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from sim.foundation.columns import FIRM_COLUMNS, INDEPENDENT, MARKET_COLUMNS, MARKETS, Column
from sim.foundation.jit import compile_for, law
from sim.foundation.lanes import LANES
from sim.foundation.measured import MEASURED
from sim.foundation.world import World
from sim.scenario.model import AT, LARGEST, SUM, Probe

HOWS = (AT, SUM, LARGEST)  # their codes are their places
WHOLE_BITS = 1 << 20  # added to the place of a column of whole numbers: its bits are read as those of an integer
NO_COLUMN = -1  # no column: of a term the factor alone
MARKET_ROW = -1


def _numbered(columns: Sequence[Column], *more: str) -> dict[str, int]:
    """Column -> its code: its place in the record, plus WHOLE_BITS if it holds whole numbers; ``more`` come after."""
    codes = {column.name: place + (WHOLE_BITS if column.whole else 0) for place, column in enumerate(columns)}
    return codes | {name: len(columns) + place for place, name in enumerate(more)}


CODES_OF_FIRMS = _numbered(FIRM_COLUMNS)
CODES_OF_MARKET = _numbered(MARKET_COLUMNS, *MARKETS)
STATUS = CODES_OF_FIRMS["status"] - WHOLE_BITS


class Plan(NamedTuple):
    """The probes as numbers.

    ``rows`` (probes, 6): row of the firm or MARKET_ROW, first and last tick, code of how, column it is divided by or
    NO_COLUMN, 1 if what is not asked for is missing rather than 0. ``terms`` (terms, 3): probe and two columns or
    NO_COLUMN, with their ``factors`` (terms,). ``where`` (columns, 2): probe and column. Sorted by probe; ``from_``
    (probes + 1, 2) says where those of each begin.
    """

    rows: np.ndarray
    terms: np.ndarray
    factors: np.ndarray
    where: np.ndarray
    begins: np.ndarray


def plan_of(probes: Sequence[Probe], row_of: Callable[[str], int], tick_of: Callable[[int], int]) -> Plan:
    """The plan of ``probes``; ``row_of`` gives the row of a firm, ``tick_of`` the tick of a calendar month."""
    rows, terms, factors, where, begins = [], [], [], [], [(0, 0)]
    for number, probe in enumerate(probes):
        asked, place = MEASURED[probe.quantity], _places(probe)
        row = MARKET_ROW if probe.firm is None else row_of(probe.firm)
        ticks = tick_of(probe.month if probe.first is None else probe.first), tick_of(probe.month)
        rows.append((row, *ticks, HOWS.index(probe.how), place(asked.over), int(asked.missing)))
        terms += [(number, place(term.column), place(term.times)) for term in asked.terms]
        factors += [term.factor for term in asked.terms]
        where += [(number, place(name)) for name in asked.where]
        begins.append((len(terms), len(where)))
    return Plan(
        np.array(rows, np.int64).reshape(-1, 6),
        np.array(terms, np.int64).reshape(-1, 3),
        np.array(factors, float),
        np.array(where, np.int64).reshape(-1, 2),
        np.array(begins, np.int64),
    )


def _places(probe: Probe) -> Callable[[str], int]:
    """The place of a column among those that the probe looks at."""
    columns = CODES_OF_MARKET if probe.firm is None else CODES_OF_FIRMS
    return lambda name: columns[name] if name else NO_COLUMN


@law
def times(x, firms, firm_counts, market, market_counts, sizes, row, column, worlds):  # type: ignore[no-untyped-def]
    """Multiply ``x`` (worlds,) by a column of a firm, or of the market and the sizes of markets."""
    if row != MARKET_ROW:
        if column < WHOLE_BITS:
            for w in range(worlds):
                x[w] *= firms[row, column, w]
        else:
            for w in range(worlds):
                x[w] *= float(firm_counts[row, column - WHOLE_BITS, w])
    elif column >= WHOLE_BITS:
        for w in range(worlds):
            x[w] *= float(market_counts[0, column - WHOLE_BITS, w])
    elif column < market.shape[1]:
        for w in range(worlds):
            x[w] *= market[0, column, w]
    else:
        for w in range(worlds):
            x[w] *= sizes[column - market.shape[1], w]


@law
def tally(  # type: ignore[no-untyped-def]
    firms, firm_counts, market, market_counts, sizes, worlds, asked, rows, terms, factors, where, begins, out
):
    """Look at a tile of ``worlds`` worlds for the probes ``asked`` and bring ``out`` (worlds, probes) up to date.

    NaN is what has not been seen: at a month in which the firm is not active, over months in none of which it was.
    """
    x, one, above = np.empty(worlds), np.empty(worlds), np.empty(worlds)
    for p in asked:
        row = rows[p, 0]
        conditions = begins[p + 1, 1] - begins[p, 1]
        above[:] = 0.0 if conditions > 0 else 1.0
        for k in range(begins[p, 1], begins[p + 1, 1]):
            one[:] = 1.0
            times(one, firms, firm_counts, market, market_counts, sizes, row, where[k, 1], worlds)
            for w in range(worlds):
                above[w] += one[w]
        x[:] = 0.0
        for k in range(begins[p, 0], begins[p + 1, 0]):
            one[:] = 1.0
            for column in terms[k, 1:]:
                if column != NO_COLUMN:
                    times(one, firms, firm_counts, market, market_counts, sizes, row, column, worlds)
            for w in range(worlds):
                x[w] += factors[k] * one[w]
        if rows[p, 4] != NO_COLUMN:
            one[:] = 1.0
            times(one, firms, firm_counts, market, market_counts, sizes, row, rows[p, 4], worlds)
            for w in range(worlds):
                x[w] /= one[w]
        how, leaves_out = rows[p, 3], rows[p, 5] == 1
        for w in range(worlds):
            if row != MARKET_ROW and firm_counts[row, STATUS, w] != INDEPENDENT:
                continue
            if not above[w] > 0.0:
                if leaves_out:
                    continue
                x[w] = 0.0
            before = out[w, p]
            if how == 0 or math.isnan(before):
                out[w, p] = x[w]
            elif how == 1:
                out[w, p] = before + x[w]
            else:
                out[w, p] = max(before, x[w])


def asked_at(plan: Plan, ticks: int) -> list[np.ndarray]:
    """Which probes are to be looked at, by tick from 0 to ``ticks``."""
    return [np.flatnonzero((plan.rows[:, 1] <= tick) & (tick <= plan.rows[:, 2])) for tick in range(ticks + 1)]


def cells(tile: World) -> tuple[Any, ...]:
    """The tile's columns as plain numbers, those of firms and of the market also as whole ones; sizes; worlds.

    (firms, columns, LANES) twice, (1, columns, LANES) twice, (markets, LANES).
    """
    records = (tile.firms, tile.market)
    firms, market = ([part.view(kind).reshape(len(part), -1, LANES) for kind in ("<f8", "<i8")] for part in records)
    return (*firms, *market, tile.sizes, tile.worlds)


def compile_tally(tile: World) -> None:
    """Compile ``tally`` into the cache."""
    nothing = plan_of((), lambda _firm: 0, lambda month: month)
    compile_for(tally, *cells(tile), np.zeros(0, np.int64), *nothing, np.zeros((1, 0)))
