"""The practical limit: the same law steps in one compiled loop, world by world, with no calendar and no recording.

The loops are swapped (worlds outside, months inside), so that one world's state never leaves the processor's
first-level cache. The month is written out by hand here, for the second time.
"""

from __future__ import annotations

import numpy as np

from sim.engine.state import FIRM_DTYPE, TRAITS
from sim.foundation.columns import LOG_DTYPE
from sim.foundation.jit import law
from sim.foundation.world import World
from sim.industry import (
    acquisition,
    books,
    burn,
    climate,
    closure,
    demand,
    endgame,
    entry,
    exchange,
    frontier,
    inference,
    marketing,
    open_source,
    overseas,
    paradigm,
    pivot,
    price_war,
    receivables,
    redemption,
    releases,
    rounds,
    spin_off,
    strategic,
    take_off,
    talent,
    value,
)
from sim.laws import listing, scale, vertical
from tools.benchmarks.feed import Ending, Feed, ending_of

MONTHS_A_YEAR = 12
QUARTER = 3
HALF_YEAR = 6
FIRST_TRAIT = FIRM_DTYPE.names.index(TRAITS[0])
ROWS_PER_FIRM_MONTH = 10  # of the log; more than one firm can tell


@law
def fused(
    firms, market, shares, sizes, log, told, cells, version, assume, traits, luck, chance, start, first_trait, keep
):  # type: ignore[no-untyped-def]
    """All months of every world; ``cells`` are ``firms`` as plain numbers, ``keep`` 1 keeps the log of all worlds."""
    for w in range(market.shape[0]):
        world = World(
            firms[w], market[w], assume[0, w], shares[w], sizes[w], luck[w, 0], chance[w, 0], log, told, 0, start - 1
        )
        rounds.at_opening(world)
        pivot.at_opening(world)
        demand.measure(world)
        entry.step(world)
        endgame.step(world)
        for tick in range(1, version.shape[0]):
            v, month = version[tick], start + tick - 1
            if v != version[tick - 1]:
                cells[w, :, first_trait : first_trait + traits.shape[3]] = traits[v, w]
            world = World(
                firms[w],
                market[w],
                assume[v, w],
                shares[w],
                sizes[w],
                luck[w, tick - 1],
                chance[w, tick - 1],
                log,
                told,
                tick,
                month,
            )
            endgame.new_year(world)
            frontier.advance(world)
            paradigm.step(world)
            open_source.step(world)
            inference.step(world)
            climate.step(world)
            price_war.step(world)
            demand.measure(world)
            entry.step(world)
            burn.open_month(world)
            scale.step(world)
            vertical.step(world)
            overseas.step(world)
            releases.age(world)
            take_off.step(world)
            demand.step(world)
            receivables.step(world)
            marketing.plan(world)
            burn.step(world)
            burn.settle(world)
            marketing.step(world)
            frontier.keep_pace(world)
            releases.step(world)
            talent.step(world)
            if (month + 1) % QUARTER == 0:
                talent.poach(world)
            value.step(world)
            rounds.step(world)
            strategic.step(world)
            exchange.step(world)
            listing.step(world)
            redemption.step(world)
            if (month + 1) % HALF_YEAR == 0:
                books.step(world)
                listing.report(world)
            listing.test(world)
            pivot.step(world)
            spin_off.step(world)
            acquisition.step(world)
            closure.step(world)
            demand.forget(world)
            endgame.step(world)
        if keep == 0:
            told[0] = 0


class Fused:
    """The worlds of a feed, ready to run once."""

    def __init__(self, feed: Feed, keep: bool = False) -> None:
        self.feed = feed
        self.keep = keep
        self.tile = feed.fresh()
        self.told = np.array([0, feed.opened.told[1]])
        rows = (len(feed.problem.ids) + 1) * ROWS_PER_FIRM_MONTH * feed.ticks
        self.log = np.zeros(rows * (feed.worlds if keep else 1), LOG_DTYPE).view(np.recarray)
        shape = (feed.worlds, len(feed.problem.ids), len(FIRM_DTYPE.names or ()))
        self.cells = np.asarray(self.tile.firms).view(np.ndarray).view("<f8").reshape(shape)

    def run(self) -> None:
        """Run all worlds to the end."""
        feed, tile = self.feed, self.tile
        fused(
            tile.firms,
            tile.market,
            tile.shares,
            tile.sizes,
            self.log,
            self.told,
            self.cells,
            feed.version,
            feed.assume.view(np.recarray),
            feed.traits,
            feed.luck.view(np.recarray),
            feed.chance.view(np.recarray),
            feed.problem.start,
            FIRST_TRAIT,
            int(self.keep),
        )

    def ending(self) -> Ending:
        """How the worlds ended; the feed must have been run with ``keep``."""
        return ending_of(self.tile, np.asarray(self.log[: self.told[0]], dtype=LOG_DTYPE))
