"""Simulate a block of worlds, or one world with everything told: a pure function of scenario, seed and worlds."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.engine import calendar, finite, luck
from sim.engine.block import Block
from sim.engine.dated import Assumed, draw_base, put, put_certain
from sim.engine.draws import Slot
from sim.engine.month import HALF_YEAR_ENDS, ORDER, Phase, opening, steps
from sim.engine.prepared import Problem, Seeds, prepare
from sim.engine.recorder import Recorder, compile_record, taken
from sim.engine.state import copied, new_tile, of_firms, of_market, world_by_world
from sim.foundation.columns import ROWS
from sim.foundation.errors import RunError
from sim.foundation.jit import compile_for
from sim.foundation.lanes import LANES
from sim.foundation.months import month_text, number_in_year
from sim.foundation.whole_numbers import whole
from sim.foundation.world import World
from sim.scenario.keys import luck_key
from sim.scenario.model import Scenario

OPENING = "opening"
MAX_WORLD = 2**32 - 1  # the counter of luck has 32 bits for the world: the next one would be world 0 again
# slowest first
KERNELS = ("trade", "capital", "operations", "record", "exits", OPENING, "technology", "reports", "poaching")


class Start(NamedTuple):
    """All that the tiles of a block start from: ``tile`` holds what is the same in every world, ``drawn`` what each
    world from ``first`` on drew.
    """

    problem: Problem
    tile: World
    first: int
    drawn: list[tuple[Slot, np.ndarray]]


def _start(problem: Problem, first: int, worlds: int, told: bool, tile_worlds: int | None = None) -> Start:
    """The start of ``worlds`` worlds from ``first`` on, in tiles of at most ``tile_worlds`` (default: in one)."""
    tile = new_tile(tile_worlds or worlds, len(problem.ids), told)
    firms = tile.firms
    firms["kind"] = problem.kinds[:, None]
    firms["enters_month"] = problem.enters[:, None]
    firms["listing_month"] = problem.listed[:, None]
    firms["pivot_month"] = problem.pivoted[:, None]
    put_certain(problem, tile)
    return Start(problem, tile._replace(tick=0, month=problem.start - 1), first, draw_base(problem, first, worlds))


def _opened(start: Start, first: int, worlds: int, clipped: dict[str, int]) -> tuple[World, Assumed]:
    """The tile of ``worlds`` worlds from ``first`` on at month 0: assumptions drawn, the opening state computed."""
    problem, tile = start.problem, copied(start.tile, worlds)
    of_market(tile, "world")[:] = first + np.arange(worlds)
    of_firms(tile, "lot")[:] = luck.lots(problem.luck_seed, problem.keys, first, worlds)
    for slot, numbers in start.drawn:
        put(tile, slot, numbers[first - start.first :][:worlds])
    assumed = Assumed(problem, tile, first, clipped)
    opening(tile)
    return tile, assumed


def _run(
    start: Start,
    first: int,
    worlds: int,
    clipped: dict[str, int],
    each_month: Callable[[World], None],
    stepped: Callable[[Phase, World], None] | None = None,
) -> World:
    """Take a tile through all months; ``each_month(tile)`` sees the opening and the end of every month.

    RunError if a number of the state is not finite. A replay that looks for the law that made it so runs the phases by
    ``stepped`` and looks for itself.
    """
    problem = start.problem
    tile, assumed = _opened(start, first, worlds, clipped)

    def end_month(tile: World) -> None:
        due = tile.tick == problem.ticks or number_in_year(tile.month) in HALF_YEAR_ENDS
        if due and stepped is None and (bad := finite.unsound(tile)) >= 0:
            raise _not_finite(problem, first + bad)
        try:
            each_month(tile)
        except ValueError:  # the recorder's: what is not finite has no bin
            if stepped is None and (bad := finite.unsound(tile)) >= 0:
                raise _not_finite(problem, first + bad) from None
            raise

    end_month(tile)
    now = tile
    firm_out, market_out = luck.numbers_of(tile.luck), luck.numbers_of(tile.chance)
    market_key = np.array([luck_key("market")], dtype=np.int64)

    def change(tick: int) -> None:
        assumed.change(problem.start + tick - 1)

    def wake(tick: int) -> None:
        nonlocal now
        now = tile._replace(tick=tick, month=problem.start + tick - 1)
        month, seed = now.month, problem.luck_seed
        luck.fill(firm_out, worlds, seed, problem.keys, first, month, luck.FIRM_DOMAIN, luck.FIRM_NORMAL)
        luck.fill(market_out, worlds, seed, market_key, first, month, luck.MARKET_DOMAIN, luck.MARKET_NORMAL)

    def phase(p: Phase, _tick: int) -> None:
        if stepped is None:
            p.run(now)
        else:
            stepped(p, now)

    def record(_tick: int) -> None:
        end_month(now)

    moments = [problem.tick_of(month) for month in assumed.moments]
    calendar.run(problem.start, problem.ticks, moments, change, wake, phase, record)
    return now


class _Found(Exception):
    """The first number that was not finite: when, of whom, and after which law."""


def _not_finite(problem: Problem, world: int) -> RunError:
    """The error of a world whose state is not finite: it is replayed law by law, and looked at after each."""
    laws = {step: finite.law_called(step) for phase in ORDER for step in steps(phase)}

    def look(law: str, tile: World) -> None:
        if finite.unsound(tile) >= 0:
            raise _Found(f"{month_text(tile.month)}: {finite.in_words(tile, problem.ids)} after {law}")

    def stepped(phase: Phase, tile: World) -> None:
        for step in steps(phase):
            laws[step](tile)
            look(f"{step.name} (phase {phase.name})", tile)

    def month_ends(tile: World) -> None:
        tile.told[0] = 0
        look(f"the {OPENING}", tile)

    what = "a number is not finite"
    try:
        _run(_start(problem, world, 1, False), world, 1, {}, month_ends, stepped)
    except _Found as found:
        what = str(found)
    return RunError(
        f"world {world}, {what}. The assumptions lead this world beyond what a number can hold; blocks that finished "
        "are kept"
    )


def _tiles(problem: Problem, first: int, worlds: int) -> Iterator[tuple[Start, int, int]]:
    """The tiles of ``worlds`` worlds from ``first`` on: what each starts from, its first world, how many it has."""
    most = min(LANES, worlds)
    start = _start(problem, first, worlds, False, most)
    for offset in range(0, worlds, most):
        yield start, first + offset, min(most, worlds - offset)


def watch(scenario: Scenario, first: int, worlds: int, see: Callable[[tuple[str, ...], World], None]) -> None:
    """Show the state of ``worlds`` worlds from ``first`` on: ``see(ids, tile)`` at the opening and after every month.

    Tiles come one after the other, each from its opening to the horizon; ``of_market(tile, "world")`` says which
    worlds it holds, ``ids`` whose row is which, and the first ``tile.told[0]`` rows of ``tile.log`` what happened in
    the month. What is seen changes with the next month: keep copies.
    """
    problem = prepare(scenario)

    def month(tile: World) -> None:
        see(problem.ids, tile)
        tile.told[0] = 0

    for tile in _tiles(problem, first, worlds):
        _run(*tile, {}, month)


def simulate(scenario: Scenario, first: int, worlds: int, seeds: Seeds | None = None) -> Block:
    """The block of ``worlds`` worlds from world ``first`` on; ``seeds`` stand in for the scenario's."""
    problem = prepare(scenario, seeds)
    recorder = Recorder(problem, scenario.probes, first, worlds)
    for tile in _tiles(problem, first, worlds):
        offset = tile[1] - first
        end = _run(*tile, recorder.clipped, functools.partial(recorder.month, offset=offset))
        recorder.finish(end, offset)
    return recorder.block()


@dataclass(frozen=True)
class Trace:
    """One world with everything told, its firms in the order of the file.

    ``events`` (events,) columns.LOG_DTYPE in the order they happened, trace-only events among them;
    ``firms`` (ticks + 1, firms) and ``market`` (ticks + 1,): the record arrays at the opening and after every month.
    """

    world: int
    ids: tuple[str, ...]
    events: np.ndarray
    firms: np.ndarray
    market: np.ndarray


def trace(scenario: Scenario, world: int) -> Trace:
    """Replay one world of the scenario, alone; its history is that of the same world in any run.

    InputError if there is no such world: luck knows those from 0 to MAX_WORLD.
    """
    world = whole("--world", world, 0, MAX_WORLD)
    problem = prepare(scenario)
    firms: list[np.ndarray] = []
    market: list[np.ndarray] = []
    events: list[np.ndarray] = []

    def see(tile: World) -> None:
        firms.append(world_by_world(tile.firms, 1)[0])
        market.append(world_by_world(tile.market, 1)[:, 0])
        events.append(taken(tile))

    _run(_start(problem, world, 1, True), world, 1, {}, see)
    seen = np.concatenate(market)
    for name in ROWS:
        seen[name] = problem.place_of(seen[name])
    return Trace(world, problem.layout.ids, problem.told(np.concatenate(events)), problem.filed(np.stack(firms)), seen)


def compile_kernel(name: str) -> None:
    """Compile one of ``KERNELS``, the phases of the month, the opening and the recorder, into the cache."""
    if name == "record":
        compile_record(new_tile(1, 1, False))
        finite.compile_look(new_tile(1, 1, False))
        return
    run = {OPENING: opening, **{phase.name: phase.run for phase in ORDER}}[name]
    compile_for(run, new_tile(1, 1, False))


def warm_up(scenario: Scenario) -> None:
    """Compile what is left to compile, and load all kernels: one world of the scenario."""
    problem = prepare(scenario)
    recorder = Recorder(problem, scenario.probes, 0, 1)
    recorder.finish(_run(_start(problem, 0, 1, False), 0, 1, {}, lambda tile: recorder.month(tile, 0)), 0)
