"""Every number of the state is finite, or the run fails: the look at the state, and the place of what is not finite.

The recorder refuses what it records, every month; the whole state is looked at each half-year and at the end, which
costs one per cent of a run. A world that fails is replayed law by law, so that the first law to fail is found.

What is infinite or not a number has an exponent of ones: the look adds to every exponent what then carries, integer
operations that compile to vectors.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

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


def in_words(tile: World, ids: tuple[str, ...]) -> str:
    """The first number of the tile's first world that is not finite, and whose: "zhipu's cash is not a number"."""
    numbers = (
        *((id, c.name, tile.firms[c.name][0, f]) for c in FIRM_COLUMNS if not c.whole for f, id in enumerate(ids)),
        *((None, c.name, tile.market[c.name][0]) for c in MARKET_COLUMNS if not c.whole),
        *((id, f"share of {m}", tile.shares[0, f, k]) for f, id in enumerate(ids) for k, m in enumerate(MARKETS)),
        *((None, f"size of {m}", tile.sizes[0, k]) for k, m in enumerate(MARKETS)),
    )
    id, column, value = next(found for found in numbers if not math.isfinite(found[2]))
    whose = f"{id}'s" if id is not None else "the market's"
    return f"{whose} {column} {'is not a number' if math.isnan(value) else 'is infinite'}"


def law_called(name: str) -> Callable[[World], Any]:
    """The law ``name`` ("module.function", as month.steps gives it) alone, run on every world of a tile."""
    module, function = name.split(".")
    step = getattr(getattr(month, module), function)

    def run(tile):  # type: ignore[no-untyped-def]
        for w in range(tile.market.shape[0]):
            step(one(tile, w))

    return uncached(run)


def compile_look(tile: World) -> None:
    """Compile the look at the state into the cache."""
    compile_for(first_unsound, *_words(tile))
