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
from sim.engine.state import RECORDS, TABLES, TRAITS, of_firms, shares_of, world_by_world
from sim.foundation.columns import LOG_DTYPE
from sim.foundation.lanes import LANES
from sim.foundation.months import number_in_year
from sim.foundation.world import World
from sim.scenario.keys import luck_key
from sim.scenario.model import Scenario


@dataclass(frozen=True)
class Feed:
    """Some worlds before their first month, and all they will be handed.

    ``opened``   the worlds as they are laid out, before month 0 has run, as ordinary records, never changed (take
                 ``fresh()``): ``firms`` (worlds, firms), ``market`` (worlds,), ``shares`` (worlds, firms, markets),
                 ``sizes`` (worlds, markets)
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
        """A copy of the opened worlds."""
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


def apart(tile: World) -> World:
    """A copy of a tile, its worlds one after the other in ordinary records, as ``Feed.opened`` has them."""
    worlds = tile.worlds
    return tile._replace(
        firms=world_by_world(tile.firms, worlds),
        market=world_by_world(tile.market, worlds)[:, 0],
        assume=world_by_world(tile.assume, worlds)[:, 0],
        shares=shares_of(tile).copy(),
        sizes=tile.sizes[:, :worlds].T.copy(),
        luck=world_by_world(tile.luck, worlds),
        chance=world_by_world(tile.chance, worlds)[:, 0],
        told=tile.told.copy(),
    )


def side_by_side(records: np.ndarray, lanes: np.dtype) -> np.ndarray:
    """``records`` (worlds, ...) of at most LANES worlds as (...) records in lanes: what state.world_by_world undoes."""
    out = np.zeros(records.shape[1:], lanes)
    for name in records.dtype.names or ():
        out[name][..., : len(records)] = np.moveaxis(np.asarray(records[name]), 0, -1)
    return out


def ending_of(worlds: World, events: np.ndarray) -> Ending:
    """The ending of worlds as ``apart`` gives them; ``events`` in any order."""
    order = np.argsort(events, order=LOG_DTYPE.names, kind="stable")
    return Ending(
        np.array(worlds.firms).copy(), np.array(worlds.market).copy(), worlds.shares.copy(), np.array(events)[order]
    )


def _traits(tile: World) -> np.ndarray:
    return np.stack([of_firms(tile, name) for name in TRAITS], axis=-1)


def _assumed(tile: World) -> np.ndarray:
    return np.asarray(world_by_world(tile.assume, tile.worlds)[:, 0])


def _tiles(first: int, worlds: int) -> list[tuple[int, int]]:
    """First world and number of worlds of tiles that have as many as there are lanes."""
    return [(first + offset, min(LANES, worlds - offset)) for offset in range(0, worlds, LANES)]


def gather(scenario: Scenario, first: int, worlds: int, told: bool = False) -> Feed:
    """Take ``worlds`` worlds from ``first`` on through the engine's phases and keep what they were handed."""
    feeds = [_gathered(scenario, *tile, told) for tile in _tiles(first, worlds)]
    opened = {
        name: np.concatenate([np.asarray(getattr(feed.opened, name)) for feed in feeds]).view(
            type(getattr(feeds[0].opened, name))
        )
        for name in (*RECORDS, *TABLES)
    }
    axis = {"assume": 1, "traits": 1, "luck": 0, "chance": 0}
    joined = {name: np.concatenate([getattr(feed, name) for feed in feeds], axis=at) for name, at in axis.items()}
    whole = feeds[0].opened._replace(**opened, worlds=worlds)
    return Feed(feeds[0].problem, first, whole, feeds[0].version, **joined)


def _gathered(scenario: Scenario, first: int, worlds: int, told: bool) -> Feed:
    problem = prepare(scenario)
    ticks, seed = problem.ticks, problem.luck_seed
    with patch.object(simulate, "opening", lambda tile: None):
        tile, assumed = simulate._opened(simulate._start(problem, first, worlds, told), first, worlds, {})
    opened = apart(tile)
    version = np.zeros(ticks + 1, dtype=np.int64)
    assume, traits, lucks, chances = [_assumed(tile)], [_traits(tile)], [], []
    market_key = np.array([luck_key("market")], dtype=np.int64)
    firm_out, market_out = luck.numbers_of(tile.luck), luck.numbers_of(tile.chance)
    opening(tile)
    for tick in range(1, ticks + 1):
        month = problem.start + tick - 1
        if month in assumed.moments:
            assumed.change(month)
            assume.append(_assumed(tile))
            traits.append(_traits(tile))
        version[tick] = len(assume) - 1
        luck.fill(firm_out, worlds, seed, problem.keys, first, month, luck.FIRM_DOMAIN, luck.FIRM_NORMAL)
        luck.fill(market_out, worlds, seed, market_key, first, month, luck.MARKET_DOMAIN, luck.MARKET_NORMAL)
        lucks.append(np.asarray(world_by_world(tile.luck, worlds)))
        chances.append(np.asarray(world_by_world(tile.chance, worlds)[:, 0]))
        for phase in ORDER:
            if number_in_year(month) in phase.months:
                phase.run(tile._replace(tick=tick, month=month))
        tile.told[0] = 0
    return Feed(
        problem,
        first,
        opened,
        version,
        np.stack(assume),
        np.stack(traits),
        np.stack(lucks, axis=1),
        np.stack(chances, axis=1),
    )


def by_engine(scenario: Scenario, feed: Feed) -> Ending:
    """The worlds of ``feed`` by the engine itself: its calendar, its own draws, its own assumptions.

    The feed has at most LANES worlds.
    """
    told: list[np.ndarray] = []

    def see(tile: World) -> None:
        told.append(taken(tile))

    everything = bool(feed.opened.told[1])
    problem = prepare(scenario)
    start = simulate._start(problem, feed.first, feed.worlds, everything)
    end = simulate._run(start, feed.first, feed.worlds, {}, see)
    return ending_of(apart(end), np.concatenate(told))
