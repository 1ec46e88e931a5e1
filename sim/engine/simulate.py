"""Simulate a block of worlds, or one world with everything told: a pure function of scenario, seed and worlds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.engine import calendar, luck
from sim.engine.block import BLOCK_WORLDS, Block
from sim.engine.dated import Assumed
from sim.engine.month import Phase, opening
from sim.engine.problem import Problem, Seeds, prepare
from sim.engine.recorder import Recorder
from sim.engine.state import new_tile
from sim.foundation.columns import LOG_DTYPE, NEVER
from sim.foundation.world import World
from sim.scenario.keys import firm_key
from sim.scenario.model import Probe, Scenario

TILE_WORLDS = 128  # the state of so many worlds stays in the processor's second-level cache
TIE_BITS = 0x7FFFFFFF


def _opened(problem: Problem, first: int, worlds: int, told: bool, clipped: dict[str, int]) -> tuple[World, Assumed]:
    """A tile at month 0: firms in their rows, assumptions drawn, the opening state computed."""
    tile = new_tile(worlds, len(problem.ids), told)
    tile = tile._replace(tick=0, month=problem.start - 1)
    tile.market["world"] = first + np.arange(worlds)
    tile.firms["kind"] = problem.kinds
    tile.firms["series"] = problem.series
    tile.firms["tie"] = problem.keys & TIE_BITS
    tile.firms["enters_month"] = problem.enters
    tile.firms["listing_month"] = np.where(problem.listed <= 0, problem.listed, NEVER)
    tile.firms["pivot_month"] = np.where(problem.pivoted <= 0, problem.pivoted, NEVER)
    assumed = Assumed(problem, tile, first, clipped)
    for row in np.flatnonzero(problem.pivoted <= 0):
        tile.firms["deep"][:, row] = tile.firms["keeps_core"][:, row] >= 0.5
        tile.firms["pivot_cost"][:, row] = tile.firms["research_ambition"][:, row] * tile.assume["frontier_cost_month"]
    tile.market["dry_powder"] = tile.assume["rounds_powder_start"]
    assume = tile.assume
    half_lives = assume["frontier_age_months"] / assume["frontier_slowing_half_life"]
    slowed = (assume["frontier_speed_year"] - assume["frontier_speed_floor_year"]) * (1.0 - 0.5**half_lives)
    tile.market["open_gap"] = assume["open_source_lag_months"] * (assume["frontier_speed_year"] - slowed) / 12.0
    opening(tile)
    return tile, assumed


def _run(problem: Problem, first: int, worlds: int, told: bool, clipped: dict[str, int], each_month) -> World:  # type: ignore[no-untyped-def]
    """Take a tile through all months; ``each_month(tile)`` sees the opening and the end of every month."""
    tile, assumed = _opened(problem, first, worlds, told, clipped)
    each_month(tile)
    firm_out = tile.luck.view("<f8").reshape(worlds, len(problem.ids), -1)
    market_out = tile.chance.view("<f8").reshape(worlds, 1, -1)
    firm_words = luck.scratch(firm_out.shape[2], worlds)
    market_words = luck.scratch(market_out.shape[2], worlds)
    market_key = np.array([firm_key("market")], dtype=np.int64)

    def at(tick: int) -> World:
        return tile._replace(tick=tick, month=problem.start + tick - 1)

    def change(tick: int) -> None:
        assumed.change(problem.start + tick - 1)

    def wake(tick: int) -> None:
        month, seed = problem.start + tick - 1, problem.luck_seed
        luck.fill(firm_out, firm_words, seed, problem.keys, first, month, luck.FIRM_DOMAIN, luck.FIRM_NORMAL)
        luck.fill(market_out, market_words, seed, market_key, first, month, luck.MARKET_DOMAIN, luck.MARKET_NORMAL)

    def phase(p: Phase, tick: int) -> None:
        p.run(at(tick))

    def record(tick: int) -> None:
        each_month(at(tick))

    moments = [problem.tick_of(month) for month in assumed.moments]
    calendar.run(problem.start, problem.ticks, moments, change, wake, phase, record)
    return at(problem.ticks)


def simulate(scenario: Scenario, first: int, worlds: int, seeds: Seeds | None = None) -> Block:
    """The block of ``worlds`` worlds from world ``first`` on; ``seeds`` stand in for the scenario's."""
    problem = prepare(scenario, seeds)
    recorder = Recorder(problem, scenario.probes, first, worlds)
    for offset in range(0, worlds, TILE_WORLDS):
        size = min(TILE_WORLDS, worlds - offset)
        end = _run(
            problem,
            first + offset,
            size,
            False,
            recorder.clipped,
            lambda tile, offset=offset: recorder.month(tile, offset),
        )
        recorder.finish(end, offset)
    return recorder.block()


@dataclass(frozen=True)
class Trace:
    """One world with everything told.

    ``events`` (events,) columns.LOG_DTYPE in the order they happened, trace-only events among them;
    ``firms`` (ticks + 1, firms) and ``market`` (ticks + 1,): the record arrays at the opening and after every month.
    """

    world: int
    ids: tuple[str, ...]
    events: np.ndarray
    firms: np.ndarray
    market: np.ndarray


def trace(scenario: Scenario, world: int) -> Trace:
    """Replay one world of the scenario, alone; its history is that of the same world in any run."""
    problem = prepare(scenario)
    firms: list[np.ndarray] = []
    market: list[np.ndarray] = []
    told: list[np.ndarray] = []

    def see(tile: World) -> None:
        firms.append(np.array(tile.firms[0]))
        market.append(np.array(tile.market))
        told.append(np.array(tile.log[: tile.told[0]], dtype=LOG_DTYPE))
        tile.told[0] = 0

    _run(problem, world, 1, True, {}, see)
    return Trace(world, problem.ids, np.concatenate(told), np.stack(firms), np.concatenate(market))


def warm_up(scenario: Scenario) -> None:
    """Compile every kernel, or load it from the cache: one world of the scenario."""
    probes: tuple[Probe, ...] = ()
    problem = prepare(scenario)
    recorder = Recorder(problem, probes, 0, 1)
    _run(problem, 0, 1, False, {}, lambda tile: recorder.month(tile, 0))


assert BLOCK_WORLDS % TILE_WORLDS == 0
