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
from sim.engine.month import Step, at_hand, each_firm, each_firm_at, each_world, each_world_at
from sim.foundation.columns import FIRM_COLUMNS, MARKET_COLUMNS, MARKETS, Column
from sim.foundation.jit import compile_for, law, uncached
from sim.foundation.lanes import LANES
from sim.foundation.world import World

EXPONENT = np.int64(0x3FF8000000000000)  # where a float, shifted by one bit, has its exponent
LAST = 0x0008000000000000  # its last bit: added to an exponent that is all ones it carries into the bit above
CARRY = 0x4000000000000000


def _masks(columns: tuple[Column, ...]) -> np.ndarray:
    """The exponent bits of the columns that are floats; no bits of whole numbers, and of what passes within a month."""
    return np.array([0 if column.whole or column.passing else EXPONENT for column in columns], np.int64)


FIRM_MASKS, MARKET_MASKS = _masks(FIRM_COLUMNS), _masks(MARKET_COLUMNS)


@law
def first_unsound(firms, market, shares, sizes, firm_masks, market_masks, worlds):  # type: ignore[no-untyped-def]
    """The first world of a tile with a number that is not finite, -1 if there is none; all as int64 words in lanes."""
    bad = np.zeros(worlds, np.int64)
    for f in range(firms.shape[0]):
        for k in range(firm_masks.shape[0]):
            if firm_masks[k] != 0:
                _carry(firms[f, k], bad)
        for k in range(shares.shape[1]):
            _carry(shares[f, k], bad)
    for k in range(market_masks.shape[0]):
        if market_masks[k] != 0:
            _carry(market[0, k], bad)
    for k in range(sizes.shape[0]):
        _carry(sizes[k], bad)
    for w in range(worlds):
        if bad[w] & CARRY:
            return w
    return -1


@law
def _carry(row, bad):  # type: ignore[no-untyped-def]
    for w in range(bad.shape[0]):
        bad[w] |= (row[w] >> 1 & EXPONENT) + LAST


def _words(tile: World) -> tuple[Any, ...]:
    return (
        tile.firms.view(np.int64).reshape(len(tile.firms), -1, LANES),
        tile.market.view(np.int64).reshape(1, -1, LANES),
        tile.shares.view(np.int64),
        tile.sizes.view(np.int64),
        FIRM_MASKS,
        MARKET_MASKS,
        tile.worlds,
    )


def unsound(tile: World) -> int:
    """The first world of ``tile``, counted within it, whose state holds a number that is not finite; -1 if none."""
    return int(first_unsound(*_words(tile)))


def in_words(tile: World, ids: tuple[str, ...]) -> str:
    """The first number of the tile's first world that is not finite, and whose: "zhipu's cash is not a number"."""
    numbers = (
        *((id, c.name, tile.firms[c.name][f, 0]) for c in FIRM_COLUMNS if not c.whole for f, id in enumerate(ids)),
        *((None, c.name, tile.market[c.name][0, 0]) for c in MARKET_COLUMNS if not c.whole and not c.passing),
        *((id, f"share of {m}", tile.shares[f, k, 0]) for f, id in enumerate(ids) for k, m in enumerate(MARKETS)),
        *((None, f"size of {m}", tile.sizes[k, 0]) for k, m in enumerate(MARKETS)),
    )
    id, column, value = next(found for found in numbers if not math.isfinite(found[2]))
    whose = f"{id}'s" if id is not None else "the market's"
    return f"{whose} {column} {'is not a number' if math.isnan(value) else 'is infinite'}"


def law_called(step: Step) -> Callable[[World], Any]:
    """A step of a phase alone, as month.steps gives it, run on every world of a tile."""
    module, function = step.name.split(".")
    rule, at = getattr(getattr(month, module), function), step.at

    def for_worlds(worlds):  # type: ignore[no-untyped-def]
        each_world(at_hand(worlds), rule)

    def for_worlds_at(worlds):  # type: ignore[no-untyped-def]
        each_world_at(at_hand(worlds), rule, at)

    def for_firms(worlds):  # type: ignore[no-untyped-def]
        each_firm(at_hand(worlds), rule)

    def for_firms_at(worlds):  # type: ignore[no-untyped-def]
        each_firm_at(at_hand(worlds), rule, at)

    if at is None:
        return uncached(for_firms if step.of_firm else for_worlds)
    return uncached(for_firms_at if step.of_firm else for_worlds_at)


def compile_look(tile: World) -> None:
    """Compile the look at the state into the cache."""
    compile_for(first_unsound, *_words(tile))
