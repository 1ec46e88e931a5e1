"""Every number of the state is finite, or the run fails: the look at the state, and the place of what is not finite.

The recorder refuses what it records, every month; the whole state is looked at each half-year and at the end, which
costs one per cent of a run. A world that fails is replayed law by law, so that the first law to fail is found.

What is infinite or not a number has an exponent of ones: the look adds to every exponent what then carries, integer
operations that compile to vectors.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from sim.engine import month
from sim.engine.month import one
from sim.foundation.columns import FIRM_COLUMNS, MARKET_COLUMNS, MARKETS, Column
from sim.foundation.jit import compile_for, law, uncached
from sim.foundation.world import World

EXPONENT = np.int64(0x3FF8000000000000)  # where a float, shifted by one bit, has its exponent
LAST = 0x0008000000000000  # its last bit: added to an exponent that is all ones it carries into the bit above
CARRY = 0x4000000000000000


def _masks(columns: tuple[Column, ...]) -> np.ndarray:
    """The exponent bits of the columns that are floats; no bits of those that are whole numbers."""
    return np.array([0 if column.whole else EXPONENT for column in columns], np.int64)


FIRM_MASKS, MARKET_MASKS = _masks(FIRM_COLUMNS), _masks(MARKET_COLUMNS)


class Place(NamedTuple):
    """A number that is not finite: of which firm (row, -1 the market), in which column, and what it is."""

    row: int
    column: str
    value: float


@law
def first_unsound(firms, market, shares, sizes, firm_masks, market_masks):  # type: ignore[no-untyped-def]
    """The first world of a tile with a number that is not finite, -1 if there is none; all as int64 words."""
    for w in range(firms.shape[0]):
        bad = 0
        for f in range(firms.shape[1]):
            for k in range(firm_masks.shape[0]):
                bad |= (firms[w, f, k] >> 1 & firm_masks[k]) + LAST
            for k in range(shares.shape[2]):
                bad |= (shares[w, f, k] >> 1 & EXPONENT) + LAST
        for k in range(market_masks.shape[0]):
            bad |= (market[w, k] >> 1 & market_masks[k]) + LAST
        for k in range(sizes.shape[1]):
            bad |= (sizes[w, k] >> 1 & EXPONENT) + LAST
        if bad & CARRY:
            return w
    return -1


def _words(tile: World) -> tuple[np.ndarray, ...]:
    worlds, firms = tile.firms.shape
    return (
        tile.firms.view(np.ndarray).view(np.int64).reshape(worlds, firms, -1),
        tile.market.view(np.ndarray).view(np.int64).reshape(worlds, -1),
        tile.shares.view(np.int64),
        tile.sizes.view(np.int64),
        FIRM_MASKS,
        MARKET_MASKS,
    )


def unsound(tile: World) -> int:
    """The first world of ``tile``, counted within it, whose state holds a number that is not finite; -1 if none."""
    return int(first_unsound(*_words(tile)))


def place(tile: World) -> Place:
    """The first number of the tile's first world that is not finite. ValueError if all are."""
    for name, part in (("firms", FIRM_COLUMNS), ("market", MARKET_COLUMNS)):
        for column in (column for column in part if not column.whole):
            values = np.atleast_1d(np.asarray(getattr(tile, name)[column.name][0], float))
            for row in np.flatnonzero(~np.isfinite(values)):
                return Place(int(row) if name == "firms" else -1, column.name, float(values[row]))
    for row, k in np.argwhere(~np.isfinite(tile.shares[0])):
        return Place(int(row), f"share of {MARKETS[k]}", float(tile.shares[0, row, k]))
    for (k,) in np.argwhere(~np.isfinite(tile.sizes[0])):
        return Place(-1, f"size of {MARKETS[k]}", float(tile.sizes[0, k]))
    raise ValueError("every number is finite")


def law_called(name: str) -> Callable[[World], Any]:
    """The law ``name`` ("module.function", as month.steps gives it) alone, run on every world of a tile."""
    module, function = name.split(".")
    step = getattr(getattr(month, module), function)

    def run(tile):  # type: ignore[no-untyped-def]
        for w in range(tile.market.shape[0]):
            step(one(tile, w))

    return uncached(run)


def in_words(found: Place, ids: tuple[str, ...]) -> str:
    """What is not finite, of whom: "zhipu's cash is not a number"."""
    whose = f"{ids[found.row]}'s" if found.row >= 0 else "the market's"
    what = "is not a number" if math.isnan(found.value) else "is infinite"
    return f"{whose} {found.column} {what}"


def compile_look(tile: World) -> None:
    """Compile the look at the state into the cache."""
    compile_for(first_unsound, *_words(tile))
