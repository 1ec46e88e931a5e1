"""The month's order, in one place: which rules run, one after the other, and at which rhythm.

A phase is one compiled loop over the worlds of a tile that runs its steps in the order written here. The calendar
(calendar.py) wakes phase k of month m at m + k/64, so this file is also the order within a month.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import Any, NamedTuple

from sim.foundation.jit import law, view
from sim.foundation.months import MONTHS_A_YEAR
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


@view
def one(tile, w):
    """World ``w`` of a tile."""
    return World(
        tile.firms[w],
        tile.market[w],
        tile.assume[w],
        tile.shares[w],
        tile.sizes[w],
        tile.luck[w],
        tile.chance[w],
        tile.log,
        tile.told,
        tile.tick,
        tile.month,
    )


@law
def opening(tile):
    """Month 0: open source lags, dry powder waits, firms have pivoted, and those that are there own what they own."""
    for w in range(tile.market.shape[0]):
        world = one(tile, w)
        open_source.at_opening(world, frontier.speed_month(world.assume, world.assume.frontier_age_months))
        rounds.at_opening(world)
        pivot.at_opening(world)
        demand.measure(world)
        entry.step(world)
        endgame.step(world)


@law
def technology(tile):
    """The frontier moves, open source follows, serving gets cheaper, capital and prices turn."""
    for w in range(tile.market.shape[0]):
        world = one(tile, w)
        endgame.new_year(world)
        frontier.advance(world)
        paradigm.step(world)
        open_source.step(world)
        inference.step(world)
        climate.step(world)
        price_war.step(world)
        demand.measure(world)
        entry.step(world)


@law
def operations(tile):
    """Firms serve customers, collect, decide their spending, pay, and research."""
    for w in range(tile.market.shape[0]):
        world = one(tile, w)
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


@law
def poaching(tile):
    """Talent moves between firms."""
    for w in range(tile.market.shape[0]):
        talent.poach(one(tile, w))


@law
def capital(tile):
    """Firms are valued, raise money, list and place shares."""
    for w in range(tile.market.shape[0]):
        world = one(tile, w)
        value.step(world)
        rounds.step(world)
        strategic.step(world)
        exchange.step(world)
        listing.step(world)
        redemption.step(world)


@law
def reports(tile):
    """Half-years are closed and reported."""
    for w in range(tile.market.shape[0]):
        world = one(tile, w)
        books.step(world)
        listing.report(world)


@law
def exits(tile):
    """Listed firms are tested on what is reported; firms pivot, split, are bought or close; the month is observed."""
    for w in range(tile.market.shape[0]):
        world = one(tile, w)
        listing.test(world)
        pivot.step(world)
        spin_off.step(world)
        acquisition.step(world)
        closure.step(world)
        demand.forget(world)
        endgame.step(world)


class Phase(NamedTuple):
    """Phase number k (its place within a month), its name, the calendar months it wakes in (1-12), what it runs."""

    k: int
    name: str
    months: tuple[int, ...]
    run: Callable[..., Any]


EVERY_MONTH = tuple(range(1, MONTHS_A_YEAR + 1))
QUARTER_ENDS = (3, 6, 9, 12)
HALF_YEAR_ENDS = (6, 12)

# k = 0 belongs to dated events and to luck, k = 8 to the recorder (calendar.py).
ORDER: tuple[Phase, ...] = (
    Phase(1, "technology", EVERY_MONTH, technology),
    Phase(2, "operations", EVERY_MONTH, operations),
    Phase(3, "poaching", QUARTER_ENDS, poaching),
    Phase(4, "capital", EVERY_MONTH, capital),
    Phase(5, "reports", HALF_YEAR_ENDS, reports),
    Phase(6, "exits", EVERY_MONTH, exits),
)
DATED, RECORD = 0, 8
PARTS = 64  # phase k of month m fires at m + k / PARTS, exact in binary


def steps(phase: Phase) -> list[str]:
    """The calls of a phase in the order in which it makes them for a world, as "module.function"."""
    function: Any = getattr(phase.run, "py_func", phase.run)
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    named = [(call.lineno, ast.unparse(call.func)) for call in calls]
    return [name for _, name in sorted(named) if not name.startswith("tile.")]
