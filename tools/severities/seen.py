"""What the rows look at: how worlds end, from the engine's blocks, and what firms went through, month by month."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

import sim
from sim.engine.block import BLOCK_WORLDS
from sim.engine.simulate import simulate, watch
from sim.engine.state import of_market, world_by_world
from sim.foundation.columns import GIANT, INDEPENDENT, NEVER, STARTUP
from sim.foundation.months import month_of
from sim.foundation.world import World
from sim.outcomes.fates import event_months, states_at
from sim.scenario.layout import layout_of
from sim.scenario.model import Scenario
from sim.study.variants import variants_of

ROOT = Path(__file__).resolve().parents[2]
FLAGSHIP = "six-dragons"
SIX = ("zhipu", "minimax", "moonshot", "stepfun", "baichuan", "zero-one")
SEVEN = (*SIX, "deepseek")
ZOMBIE_RESEARCH, ZOMBIE_RUNWAY = 0.02, 60.0  # below this share of the frontier's cost, above these months
REFUSED_LONG = 12  # months
FAR_BEHIND = 1e9  # generations, of who is not there
CLASSES = ("unlisted in loss", "untested in loss", "abandoned in loss", "racer", "deep pivoter", "light pivoter")


def tick(scenario: Scenario, date: str) -> int:
    """The tick of the calendar month ``YYYY-MM``."""
    month = month_of(date)
    assert month is not None
    return month - scenario.start + 1


@dataclass(frozen=True)
class Ended:
    """How every world of a scenario went: ``histories`` (worlds, firms), ``endgame`` (worlds,) ticks or NEVER."""

    scenario: Scenario
    histories: np.ndarray
    endgame: np.ndarray

    def rows(self, firms: tuple[str, ...]) -> list[int]:
        ids = layout_of(self.scenario).ids
        return [ids.index(firm) for firm in firms]

    def column(self, name: str, firms: tuple[str, ...] = SIX) -> np.ndarray:
        """(worlds, firms) a column of the histories."""
        return np.asarray(self.histories[name][:, self.rows(firms)])

    def state(self, name: str, date: str, firms: tuple[str, ...] = SIX) -> np.ndarray:
        """(worlds, firms) who is in a state at the end of a month."""
        return states_at(event_months(self.histories), tick(self.scenario, date))[name][:, self.rows(firms)]


class Watched:
    """What the state shows month by month and no block keeps, counted world by world.

    ``months``, ``exits``  class of CLASSES -> (worlds,) firm-months at risk of the six, and exits in the month after
    ``zombies``, ``left``  (worlds,) of the seven at the horizon: research and cash like a zombie's, independent
    ``refused``            (worlds, 6) first tick with REFUSED_LONG months of refusals, or NEVER
    ``startup_leads``      (worlds,) at ``date`` the best startup is nearer to the frontier than every giant
    """

    def __init__(self, scenario: Scenario, date: str) -> None:
        worlds = scenario.worlds
        self.last, self.looked_at = scenario.ticks, tick(scenario, date)
        self.months = {name: np.zeros(worlds) for name in CLASSES}
        self.exits = {name: np.zeros(worlds) for name in CLASSES}
        self.zombies, self.left = np.zeros(worlds), np.zeros(worlds)
        self.refused = np.full((worlds, len(SIX)), NEVER, np.int64)
        self.startup_leads = np.zeros(worlds, bool)
        self._before: dict[str, np.ndarray] = {}
        watch(scenario, 0, worlds, self._see)

    def _see(self, ids: tuple[str, ...], tile: World) -> None:
        worlds = of_market(tile, "world")
        firms = world_by_world(tile.firms, tile.worlds)
        six = firms[:, [ids.index(firm) for firm in SIX]]
        there = six["status"] == INDEPENDENT
        if tile.tick > 1:
            for name, before in self._before.items():
                self.months[name][worlds] += before.sum(axis=1)
                self.exits[name][worlds] += (before & ~there).sum(axis=1)
        if tile.tick > 0:
            self._before = classes(six, tile.tick)
        refused = self.refused[worlds]
        self.refused[worlds] = np.where(
            there & (six["refused_months"] >= REFUSED_LONG), np.minimum(refused, tile.tick), refused
        )
        if tile.tick == self.looked_at:
            gap = np.where(firms["status"] == INDEPENDENT, firms["gap"], FAR_BEHIND)
            best = [np.where(firms["kind"] == kind, gap, FAR_BEHIND).min(axis=1) for kind in (STARTUP, GIANT)]
            self.startup_leads[worlds] = best[0] < best[1]
        if tile.tick == self.last:
            seven = firms[:, [ids.index(firm) for firm in SEVEN]]
            idle = seven["research"] < ZOMBIE_RESEARCH * of_market(tile, "frontier_cost")[:, None]
            left = seven["status"] == INDEPENDENT
            self.left[worlds] = left.sum(axis=1)
            self.zombies[worlds] = (left & idle & (seven["runway"] > ZOMBIE_RUNWAY)).sum(axis=1)


def classes(firms: np.ndarray, tick: int) -> dict[str, np.ndarray]:
    """Class of CLASSES -> (worlds, firms) who is in it at the end of ``tick``; in loss by smoothed cash flow."""
    there = firms["status"] == INDEPENDENT
    loss = there & (firms["smooth_flow"] < 0.0)
    listed, tested = firms["listing_month"] <= tick, firms["test_month"] <= tick
    pivoted, deep = firms["pivot_month"] <= tick, firms["deep"] == 1
    found = (
        loss & ~listed,
        loss & listed & ~tested & (firms["abandoned_month"] > tick),
        loss & (firms["abandoned_month"] <= tick),
        there & ~pivoted,
        there & pivoted & deep,
        there & pivoted & ~deep,
    )
    return dict(zip(CLASSES, found, strict=True))


@dataclass
class Runs:
    """The worlds of every scenario that is asked for, each simulated once; all have the same luck."""

    worlds: int
    _ended: dict[tuple[str, tuple[str, ...]], Ended] = field(default_factory=dict)
    _loaded: dict[str, Scenario] = field(default_factory=dict)

    def scenario(self, sets: tuple[str, ...] = (), name: str = FLAGSHIP) -> Scenario:
        """The scenario ``name`` of the library with ``sets``, PATH=VALUE texts as the command line takes them."""
        if name not in self._loaded:
            self._loaded[name] = sim.load(ROOT / "scenarios" / f"{name}.yaml", worlds=self.worlds)
        base = self._loaded[name]
        return variants_of(base, sets, ())[0].scenario if sets else base

    def ended(self, sets: tuple[str, ...] = (), name: str = FLAGSHIP) -> Ended:
        """How its worlds ended."""
        if (name, sets) not in self._ended:
            scenario = self.scenario(sets, name)
            firsts = range(0, self.worlds, BLOCK_WORLDS)
            blocks = [simulate(scenario, first, min(BLOCK_WORLDS, self.worlds - first)) for first in firsts]
            histories = np.concatenate([block.histories for block in blocks])
            endgame = np.concatenate([block.endgame for block in blocks])
            self._ended[name, sets] = Ended(scenario, histories, endgame)
        return self._ended[name, sets]

    def watched(self, sets: tuple[str, ...] = (), date: str = "2026-06") -> Watched:
        """The flagship with ``sets``, seen month by month."""
        return Watched(self.scenario(sets), date)

    @cached_property
    def flagship(self) -> Watched:
        return self.watched()
