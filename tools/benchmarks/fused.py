"""The practical limit: the same law steps in one compiled loop over a tile's months, with no calendar and no recording.

Worlds lie side by side as in the engine, since vectors over worlds are faster than one world after the other whose
state stays in the first-level cache. The calendar, which phase wakes in which month, is written out by hand here, for
the second time; luck lies ready.
"""

from __future__ import annotations

import numpy as np

from sim.engine.luck import FIRM_LUCK, MARKET_LUCK
from sim.engine.month import capital, exits, opening, operations, poaching, reports, technology, trade
from sim.engine.state import (
    ASSUME_LANES,
    CHANCE_LANES,
    FIRM_LANES,
    LUCK_LANES,
    MARKET_LANES,
    RECORDS,
    TABLES,
    TRAITS,
)
from sim.foundation.columns import LOG_DTYPE
from sim.foundation.jit import law
from sim.foundation.lanes import LANES
from sim.foundation.world import World
from tools.benchmarks.feed import Ending, Feed, apart, ending_of, side_by_side

QUARTER = 3
HALF_YEAR = 6
FIRST_TRAIT = FIRM_LANES.names.index(TRAITS[0])
ROWS_PER_FIRM_MONTH = 10  # of the log; more than one firm can tell


@law
def fused(tile, cells, version, assume, traits, luck, chance, start, first_trait, keep):  # type: ignore[no-untyped-def]
    """All months of a tile; ``cells`` are its firms as plain numbers, ``keep`` 1 keeps the log of all months.

    ``assume`` (versions, 1) and ``luck`` (months, firms), ``chance`` (months, 1) are records in lanes, ``traits``
    (versions, firms, traits, LANES).
    """
    opening(tile)
    for tick in range(1, version.shape[0]):
        v, month = version[tick], start + tick - 1
        if v != version[tick - 1]:
            cells[:, first_trait : first_trait + traits.shape[2]] = traits[v]
        now = World(
            tile.firms,
            tile.market,
            assume[v],
            tile.shares,
            tile.sizes,
            luck[tick - 1],
            chance[tick - 1],
            tile.log,
            tile.told,
            tick,
            month,
            tile.worlds,
        )
        technology(now)
        trade(now)
        operations(now)
        if (month + 1) % QUARTER == 0:
            poaching(now)
        capital(now)
        if (month + 1) % HALF_YEAR == 0:
            reports(now)
        exits(now)
        if keep == 0:
            tile.told[0] = 0


class FusedTile:
    """Worlds ``at`` to ``at + worlds - 1`` of a feed, at most LANES."""

    def __init__(self, feed: Feed, at: int, worlds: int, keep: bool) -> None:
        chosen, opened = slice(at, at + worlds), feed.opened
        records = dict(zip(RECORDS, (FIRM_LANES, MARKET_LANES, ASSUME_LANES, LUCK_LANES, CHANCE_LANES), strict=True))
        parts = {
            name: side_by_side(np.asarray(getattr(opened, name))[chosen].reshape(worlds, -1), lanes)
            for name, lanes in records.items()
        }
        for name in TABLES:
            whole = getattr(opened, name)[chosen]
            parts[name] = np.zeros((*whole.shape[1:], LANES))
            parts[name][..., :worlds] = np.moveaxis(whole, 0, -1)
        rows = worlds * (len(feed.problem.ids) + 1) * ROWS_PER_FIRM_MONTH * (feed.ticks if keep else 1)
        self.tile = opened._replace(
            **parts,
            log=np.zeros(rows, opened.log.dtype).view(np.recarray),
            told=np.array([0, opened.told[1]]),
            tick=0,
            month=feed.problem.start - 1,
            worlds=worlds,
        )
        traits = np.zeros((*feed.traits.shape[:1], *feed.traits.shape[2:], LANES))
        traits[..., :worlds] = np.moveaxis(feed.traits[:, chosen], 1, -1)
        self.arguments = (
            self.tile.firms.view("<f8").reshape(len(self.tile.firms), -1, LANES),
            feed.version,
            side_by_side(np.moveaxis(feed.assume[:, chosen], 1, 0)[..., None], ASSUME_LANES),
            traits,
            side_by_side(feed.luck[chosen].astype(FIRM_LUCK, copy=False), LUCK_LANES),
            side_by_side(feed.chance[chosen].astype(MARKET_LUCK, copy=False)[..., None], CHANCE_LANES),
            feed.problem.start,
            FIRST_TRAIT,
            int(keep),
        )


class Fused:
    """The worlds of a feed, ready to run once."""

    def __init__(self, feed: Feed, keep: bool = False) -> None:
        starts = range(0, feed.worlds, LANES)
        self.tiles = [FusedTile(feed, at, min(LANES, feed.worlds - at), keep) for at in starts]

    def run(self) -> None:
        """Run all worlds to the end."""
        for one in self.tiles:
            fused(one.tile, *one.arguments)

    def ending(self) -> Ending:
        """How the worlds ended; the feed must have been run with ``keep`` and fit into one tile."""
        (one,) = self.tiles
        tile = one.tile
        return ending_of(apart(tile), np.asarray(tile.log[: tile.told[0]], dtype=LOG_DTYPE))
