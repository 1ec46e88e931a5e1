"""What goes into a few worlds, prefilled: their opening, the assumptions in force in every month, and every draw.

All implementations of the month eat the same feed, so that they differ in nothing but how they run the laws.
"""

from __future__ import annotations

from dataclasses import dataclass
from unittest.mock import patch

import numpy as np

from sim.engine import luck, simulate
from sim.engine.month import ORDER, opening
from sim.engine.prepared import Problem, prepare
from sim.engine.recorder import taken
from sim.engine.state import TRAITS
from sim.foundation.columns import LOG_DTYPE
from sim.foundation.months import number_in_year
from sim.foundation.world import World
from sim.scenario.keys import luck_key
from sim.scenario.model import Scenario


@dataclass(frozen=True)
class Feed:
    """Some worlds before their first month, and all they will be handed.

    ``opened``   the tile as it is laid out, before month 0 has run; never changed, take ``fresh()``
    ``version``  (ticks + 1,) which row of ``assume`` and ``traits`` is in force in a month
    ``assume``   (versions, worlds) records; ``traits`` (versions, worlds, firms, state.TRAITS) float64
    ``luck``     (worlds, ticks, firms) records; ``chance`` (worlds, ticks) records; month t is at t - 1
    """

    problem: Problem
    first: int
    opened: World
    version: np.ndarray
    assume: np.ndarray
    traits: np.ndarray
    luck: np.ndarray
    chance: np.ndarray

    @property
    def worlds(self) -> int:
        """Number of worlds."""
        return int(self.opened.market.shape[0])

    @property
    def ticks(self) -> int:
        """Number of months."""
        return self.problem.ticks

    @property
    def firm_months(self) -> int:
        """Number of firm-months in all worlds together."""
        return self.worlds * self.ticks * len(self.problem.ids)

    def fresh(self) -> World:
        """A copy of the opened tile."""
        return World(*(part.copy() if isinstance(part, np.ndarray) else part for part in self.opened))


@dataclass(frozen=True)
class Ending:
    """How some worlds ended: every column of every firm and market, all shares, and everything told.

    ``events`` are columns.LOG_DTYPE, sorted by their own columns: the order within a month is not compared.
    """

    firms: np.ndarray
    market: np.ndarray
    shares: np.ndarray
    events: np.ndarray

    def difference(self, other: Ending) -> str | None:
        """The first column in which two endings differ in a bit, None if there is none."""
        for part in ("firms", "market", "events"):
            one, two = getattr(self, part), getattr(other, part)
            if one.shape != two.shape:
                return f"{part}: {one.shape} against {two.shape}"
            for column in one.dtype.names:
                if one[column].tobytes() != two[column].tobytes():
                    return f"{part}.{column}"
        return None if self.shares.tobytes() == other.shares.tobytes() else "shares"


def ending_of(tile: World, events: np.ndarray) -> Ending:
    """The ending of a tile; ``events`` in any order."""
    order = np.argsort(events, order=LOG_DTYPE.names, kind="stable")
    return Ending(
        np.array(tile.firms).copy(), np.array(tile.market).copy(), tile.shares.copy(), np.array(events)[order]
    )


def _traits(tile: World) -> np.ndarray:
    return np.stack([np.asarray(tile.firms[name]) for name in TRAITS], axis=-1)


def gather(scenario: Scenario, first: int, worlds: int, told: bool = False) -> Feed:
    """Take ``worlds`` worlds from ``first`` on through the engine's phases and keep what they were handed."""
    problem = prepare(scenario)
    firms, ticks, seed = len(problem.ids), problem.ticks, problem.luck_seed
    with patch("sim.engine.month.opening", lambda tile: None):
        tile, assumed = simulate._opened(simulate._start(problem, first, worlds, told), first, worlds, {})
    opened = World(*(part.copy() if isinstance(part, np.ndarray) else part for part in tile))
    version = np.zeros(ticks + 1, dtype=np.int64)
    assume, traits = [np.array(tile.assume)], [_traits(tile)]
    lucks, chances = np.zeros((worlds, ticks, firms), luck.FIRM_LUCK), np.zeros((worlds, ticks), luck.MARKET_LUCK)
    market_key = np.array([luck_key("market")], dtype=np.int64)
    firm_out = tile.luck.view("<f8").reshape(worlds, firms, -1)
    market_out = tile.chance.view("<f8").reshape(worlds, 1, -1)
    firm_words, market_words = luck.scratch(firm_out.shape[2], worlds), luck.scratch(market_out.shape[2], worlds)
    opening(tile)
    for tick in range(1, ticks + 1):
        month = problem.start + tick - 1
        if month in assumed.moments:
            assumed.change(month)
            assume.append(np.array(tile.assume))
            traits.append(_traits(tile))
        version[tick] = len(assume) - 1
        luck.fill(firm_out, firm_words, seed, problem.keys, first, month, luck.FIRM_DOMAIN, luck.FIRM_NORMAL)
        luck.fill(market_out, market_words, seed, market_key, first, month, luck.MARKET_DOMAIN, luck.MARKET_NORMAL)
        lucks[:, tick - 1], chances[:, tick - 1] = tile.luck, tile.chance
        for phase in ORDER:
            if number_in_year(month) in phase.months:
                phase.run(tile._replace(tick=tick, month=month))
        tile.told[0] = 0
    return Feed(problem, first, opened, version, np.stack(assume), np.stack(traits), lucks, chances)


def by_engine(scenario: Scenario, feed: Feed) -> Ending:
    """The worlds of ``feed`` by the engine itself: its calendar, its own draws, its own assumptions."""
    told: list[np.ndarray] = []

    def see(tile: World) -> None:
        told.append(taken(tile))

    everything = bool(feed.opened.told[1])
    problem = prepare(scenario)
    start = simulate._start(problem, feed.first, feed.worlds, everything)
    end = simulate._run(start, feed.first, feed.worlds, {}, see)
    return ending_of(end, np.concatenate(told))
