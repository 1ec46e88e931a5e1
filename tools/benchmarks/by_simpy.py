"""The natural way with SimPy: one process per firm and world, and one for the industry of every world."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import simpy

from sim.foundation.months import number_in_year
from tools.benchmarks.feed import Ending, Feed
from tools.benchmarks.month_by_hand import MONTH
from tools.benchmarks.plain import Firm, PlainWorld, ending, firm_parts, industry_parts

PARTS_A_MONTH = 64  # part k of month m is done at m + (k + 1) / 64, exact in binary
assert len(MONTH) + 1 < PARTS_A_MONTH


def _instant(tick: int, place: int) -> float:
    return tick + (place + 1) / PARTS_A_MONTH


def industry(env: simpy.Environment, world: PlainWorld) -> Generator[Any, Any, None]:
    """What happens to all firms at once, month after month."""
    for tick in range(1, world.ticks + 1):
        yield env.timeout(tick - env.now)
        world.change(tick)
        now, month = world.world(tick), number_in_year(world.start + tick - 1)
        for place, part, steps in industry_parts():
            if month in part.months:
                yield env.timeout(_instant(tick, place) - env.now)
                for step in steps:
                    step(now)


def firm(env: simpy.Environment, world: PlainWorld, f: int) -> Generator[Any, Any, None]:
    """What firm ``f`` does for itself, month after month, until it is gone."""
    for tick in range(1, world.ticks + 1):
        month = number_in_year(world.start + tick - 1)
        own = None
        for place, part, steps in firm_parts():
            if month in part.months:
                yield env.timeout(_instant(tick, place) - env.now)
                if own is None:
                    own = world.own(f, tick)
                for step in steps:
                    step(own)
        if world.is_gone(f):
            return


class BySimPy:
    """The worlds of a feed, ready to run once."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        firms = range(len(feed.problem.ids))
        self.worlds = [PlainWorld(feed, w, [Firm() for _ in firms]) for w in range(feed.worlds)]

    def run(self) -> None:
        """Run all worlds to the end."""
        for world in self.worlds:
            env = simpy.Environment()
            env.process(industry(env, world))
            for f in range(len(world.firms)):
                env.process(firm(env, world, f))
            env.run()

    def ending(self) -> Ending:
        """How the worlds ended."""
        return ending(self.feed, self.worlds)
