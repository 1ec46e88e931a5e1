"""The month's order, in one place: which rules run, one after the other, and at which rhythm.

A phase is one compiled loop over the worlds of a tile that runs its steps in the order written here. The calendar
(calendar.py) wakes phase k of month m at m + k/64, so this file is also the order within a month.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

from sim.foundation.branches import mostly
from sim.foundation.columns import API, CONSUMER, INDEPENDENT, PROJECTS, VERTICAL
from sim.foundation.jit import law, view
from sim.foundation.lanes import held, lane, rows, table
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

AT_HOME, OVERSEAS = 0, 1  # places


@view
def at_hand(tile):
    """A tile as laws need it: where its numbers lie."""
    return World(
        held(tile.firms),
        held(tile.market),
        held(tile.assume),
        held(tile.shares),
        held(tile.sizes),
        held(tile.luck),
        held(tile.chance),
        held(tile.log),
        held(tile.told),
        tile.tick,
        tile.month,
        tile.worlds,
    )


@view
def one(tile, w):
    """World ``w`` of a tile at hand."""
    return World(
        rows(tile.firms, w),
        lane(tile.market, w),
        lane(tile.assume, w),
        table(tile.shares, w),
        table(tile.sizes, w),
        rows(tile.luck, w),
        lane(tile.chance, w),
        tile.log,
        tile.told,
        tile.tick,
        tile.month,
        1,
    )


@view
def each_world(tile, rule):
    """Run a rule of the market in all worlds, side by side."""
    for w in range(tile.worlds):
        rule(one(tile, w))


@view
def each_firm(tile, rule):
    """Run a rule of what an independent firm does for itself: firm by firm, in all worlds side by side."""
    for f in range(tile.firms.shape[0]):
        for w in range(tile.worlds):
            world = one(tile, w)
            if mostly(world.firms[f].status == INDEPENDENT):
                rule(world, f)


@view
def each_world_at(tile, rule, at):
    """``each_world`` of a rule for one line of business, or for one place."""
    for w in range(tile.worlds):
        rule(one(tile, w), at)


@view
def each_firm_at(tile, rule, at):
    """``each_firm`` of a rule for one line of business, or for one place."""
    for f in range(tile.firms.shape[0]):
        for w in range(tile.worlds):
            world = one(tile, w)
            if mostly(world.firms[f].status == INDEPENDENT):
                rule(world, f, at)


@law
def opening(worlds):
    """Month 0: open source lags, dry powder waits, firms have pivoted, and those that are there own what they own."""
    tile = at_hand(worlds)
    for w in range(tile.worlds):
        world = one(tile, w)
        open_source.at_opening(world, frontier.speed_month(world.assume, world.assume.frontier_age_months))
    each_world(tile, rounds.at_opening)
    each_world(tile, pivot.at_opening)
    each_world(tile, demand.measure)
    each_world(tile, entry.step)
    each_world(tile, endgame.step)


@law
def technology(worlds):
    """The frontier moves, open source follows, serving gets cheaper, capital and prices turn."""
    tile = at_hand(worlds)
    each_world(tile, endgame.new_year)
    each_world(tile, frontier.no_means)
    each_firm(tile, frontier.add_means)
    each_world(tile, frontier.advance)
    each_world(tile, paradigm.step)
    each_world(tile, open_source.step)
    each_world(tile, inference.step)
    each_world(tile, climate.step)
    each_world(tile, price_war.step)
    each_world(tile, demand.measure)
    each_world(tile, entry.step)


@law
def trade(worlds):
    """What scale and verticals do to firms, what customers choose, and what they pay."""
    tile = at_hand(worlds)
    each_firm(tile, burn.open_month)
    each_world(tile, scale.open_month)
    each_firm(tile, scale.measure)
    each_firm(tile, scale.share_out)
    each_world(tile, scale.step)
    each_world(tile, vertical.open_month)
    each_firm(tile, vertical.move_in)
    each_world(tile, vertical.copy)
    each_firm(tile, vertical.step)
    each_firm(tile, overseas.step)
    each_firm(tile, releases.age)
    each_firm(tile, take_off.step)
    each_firm(tile, demand.part)
    each_firm(tile, demand.offer)
    each_world_at(tile, demand.open_line, CONSUMER)
    each_firm_at(tile, demand.weigh, CONSUMER)
    each_firm_at(tile, demand.choose, CONSUMER)
    each_world_at(tile, demand.open_line, API)
    each_firm_at(tile, demand.weigh, API)
    each_firm_at(tile, demand.choose, API)
    each_world_at(tile, demand.open_line, PROJECTS)
    each_firm_at(tile, demand.weigh, PROJECTS)
    each_firm_at(tile, demand.choose, PROJECTS)
    each_world_at(tile, demand.open_line, VERTICAL)
    each_firm_at(tile, demand.weigh, VERTICAL)
    each_firm_at(tile, demand.choose, VERTICAL)
    each_world(tile, demand.look_ahead)
    each_firm(tile, demand.weigh_prospect)
    each_firm(tile, demand.prospect)
    each_firm(tile, demand.bill)


@law
def operations(worlds):
    """Firms collect, decide their spending, pay, buy users, and research."""
    tile = at_hand(worlds)
    each_firm(tile, receivables.step)
    each_world(tile, marketing.plan)
    each_world(tile, burn.wages)
    each_firm(tile, burn.shrink)
    each_firm(tile, burn.step)
    each_firm(tile, burn.settle)
    each_firm(tile, marketing.add_up)
    each_world_at(tile, marketing.ask_price, AT_HOME)
    each_firm_at(tile, marketing.lose, AT_HOME)
    each_world_at(tile, marketing.fill, AT_HOME)
    each_firm_at(tile, marketing.buy, AT_HOME)
    each_world_at(tile, marketing.ask_price, OVERSEAS)
    each_firm_at(tile, marketing.lose, OVERSEAS)
    each_world_at(tile, marketing.fill, OVERSEAS)
    each_firm_at(tile, marketing.buy, OVERSEAS)
    each_firm(tile, frontier.keep_pace)
    each_firm(tile, releases.step)
    each_firm(tile, talent.step)
    each_firm(tile, talent.tell_exodus)


@law
def poaching(worlds):
    """Talent moves between firms."""
    tile = at_hand(worlds)
    each_world(tile, talent.poach)


@law
def capital(worlds):
    """Firms are valued, raise money, list and place shares."""
    tile = at_hand(worlds)
    each_world(tile, value.open_month)
    each_firm(tile, value.add_peer)
    each_world(tile, value.measure_peers)
    each_firm(tile, value.step)
    each_world(tile, rounds.step)
    each_world(tile, strategic.step)
    each_world(tile, exchange.step)
    each_world(tile, listing.step)
    each_world(tile, redemption.step)


@law
def reports(worlds):
    """Half-years are closed and reported."""
    tile = at_hand(worlds)
    each_world(tile, books.step)
    each_world(tile, listing.report)


@law
def exits(worlds):
    """Listed firms are tested on what is reported; firms pivot, split, are bought or close; the month is observed."""
    tile = at_hand(worlds)
    each_world(tile, listing.test)
    each_world(tile, pivot.step)
    each_world(tile, spin_off.step)
    each_world(tile, acquisition.step)
    each_world(tile, closure.step)
    each_world(tile, demand.forget)
    each_world(tile, endgame.step)


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
    Phase(2, "trade", EVERY_MONTH, trade),
    Phase(3, "operations", EVERY_MONTH, operations),
    Phase(4, "poaching", QUARTER_ENDS, poaching),
    Phase(5, "capital", EVERY_MONTH, capital),
    Phase(6, "reports", HALF_YEAR_ENDS, reports),
    Phase(7, "exits", EVERY_MONTH, exits),
)
DATED, RECORD = 0, 8
PARTS = 64  # phase k of month m fires at m + k / PARTS, exact in binary


class Step(NamedTuple):
    """A rule of a phase: "module.function", whether it is a firm's own, the line or place it is for (None: of all)."""

    name: str
    of_firm: bool
    at: int | None


def steps(phase: Phase) -> list[Step]:
    """The rules of a phase in the order in which it runs them: its lines "each_...(tile, rule, at)"."""
    function: Any = getattr(phase.run, "py_func", phase.run)
    (parsed,) = ast.parse(inspect.getsource(function)).body
    found: list[Step] = []
    for line in parsed.body:  # type: ignore[attr-defined]  # of a function
        match line:
            case ast.Expr(ast.Call(ast.Name(called), [_, rule, *at])):
                of_firm, places = called.startswith("each_firm"), [globals()[ast.unparse(place)] for place in at]
                found.append(Step(ast.unparse(rule), of_firm, *places or [None]))
    return found
