"""Landscape and endgame: observed at the end of the month; nothing here moves a firm.

Endgame (S002-01), on twelve-month figures: the first end of a half-year (June, December) at which
  the roadmap is set      no shift within ``calm_months`` and a frontier slower than ``slow_speed_year``
  the loop is closed      operating cash flow of the twelve months just reported is at or above zero for each leader
  the leaders are locked  the same three startups of the general race lead as a year ago, in any order
The leaders are the three nearest to the frontier (fewer where fewer are left, at least one). Who entered within the
year did not lead a year ago, so an entrant among them means that they are not locked.
"""

import math

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.causes import CRITERIA_HELD
from sim.foundation.columns import EVENT, INDEPENDENT, NEVER, STARTUP
from sim.foundation.formulas import TINY
from sim.foundation.jit import law
from sim.foundation.months import DECEMBER, HALF_YEAR, JANUARY, MONTHS_A_YEAR
from sim.foundation.world import tell

ENDGAME_EVENT = EVENT["endgame"]
TOP_FUNDED = 4

MECHANISM = Mechanism(
    "endgame",
    "The endgame is reached when roadmap, commercial loop and leaders have held for a year.",
    "The endgame is not looked for.",
    (
        Assumption(
            "calm_months",
            24,
            "months",
            1,
            120,
            "months without a shift for the roadmap to count as set",
            "S002-01; months: D",
        ),
        Assumption(
            "slow_speed_year",
            0.37,
            "generations a year",
            0,
            5,
            "a slower frontier counts as set",
            "S002-01; speed: D",
        ),
    ),
)


@law
def in_race(firm):
    """True for an independent startup in the general race."""
    return firm.status == INDEPENDENT and firm.kind == STARTUP and firm.pivot_month == NEVER


@law
def ahead(firms, a, b):
    """True if startup ``a`` leads ``b``: smaller gap; of equal gaps the lower lot, drawn once per world and firm."""
    if firms[a].gap != firms[b].gap:
        return firms[a].gap < firms[b].gap
    return firms[a].lot < firms[b].lot


@law
def leading(world):
    """Rows of the leading three startups in the general race, first to third; -1 where there are not so many."""
    firms, first, second, third = world.firms, -1, -1, -1
    for f in range(firms.shape[0]):
        if not in_race(firms[f]) or (third >= 0 and ahead(firms, third, f)):
            continue
        if first < 0 or ahead(firms, f, first):
            first, second, third = f, first, second
        elif second < 0 or ahead(firms, f, second):
            second, third = f, second
        else:
            third = f
    return first, second, third


@law
def one_of(row, three):
    """True if ``row`` is one of three rows."""
    return row == three[0] or row == three[1] or row == three[2]


@law
def within(some, others):
    """True if each of three rows is one of three others."""
    return one_of(some[0], others) and one_of(some[1], others) and one_of(some[2], others)


@law
def same_three(three, before):
    """True if the same startups lead as ``before``: none of them left, none came, and there is one at least."""
    return three[0] >= 0 and within(three, before) and within(before, three)


@law
def lowest_flow(firms, three):
    """Lowest operating cash flow of the twelve months last reported among the three; minus infinity if one has none."""
    lowest = math.inf
    for k in range(len(three)):
        if three[k] >= 0:
            firm = firms[three[k]]
            lowest = min(lowest, firm.ttm_flow if firm.halves >= 2 else -math.inf)
    return lowest


@law
def roadmap_set(market, assume, tick):
    """True if the last shift is long ago and the frontier slow."""
    calm = market.shift_month == NEVER or tick - market.shift_month >= assume.endgame_calm_months
    return calm and market.frontier_speed * MONTHS_A_YEAR <= assume.endgame_slow_speed_year


@law
def raised_this_year(world, f):
    """Venture money of the calendar year that ends; what one gone in an earlier year raised is history."""
    firm = world.firms[f]
    return firm.raised_year if firm.exit_month > world.tick - MONTHS_A_YEAR else 0.0


@law
def funded_share(world):
    """Venture money of the calendar year, and the share of the four that raised most."""
    firms = world.firms
    total, top, below, last = 0.0, 0.0, 0, -1.0
    for f in range(firms.shape[0]):
        total += raised_this_year(world, f)
    remaining = TOP_FUNDED
    bound = total + 1.0
    while remaining > 0:
        last = -1.0
        below = 0
        for f in range(firms.shape[0]):
            amount = raised_this_year(world, f)
            if amount < bound and amount > last:
                last, below = amount, 1
            elif amount == last:
                below += 1
        if last <= 0.0:
            break
        taken = min(below, remaining)
        top += last * taken
        remaining -= taken
        bound = last
    return total, (top / total if total > TINY else 0.0)


@law
def observe(world):
    """Count, rank and measure at the end of the month."""
    firms, market = world.firms, world.market
    independents, general, revenue = 0, 0, 0.0
    for f in range(firms.shape[0]):
        firm = firms[f]
        if firm.status == INDEPENDENT:
            revenue += firm.revenue
            if firm.kind == STARTUP:
                independents += 1
                if firm.pivot_month == NEVER:
                    general += 1
    market.independents, market.general = independents, general
    squares = 0.0
    if revenue > TINY:
        for f in range(firms.shape[0]):
            if firms[f].status == INDEPENDENT:
                share = firms[f].revenue / revenue
                squares += share * share
    market.concentration = squares
    if independents == 0 and market.extinct_month == NEVER and market.ever_entered == 1:
        market.extinct_month = world.tick
    if independents > 0:
        market.ever_entered = 1
    if world.month % MONTHS_A_YEAR == DECEMBER:
        market.venture_year, market.top_four_share = funded_share(world)


@law
def new_year(world):
    """In January the year's venture money starts at zero."""
    if world.month % MONTHS_A_YEAR == JANUARY:
        for f in range(world.firms.shape[0]):
            if world.firms[f].status == INDEPENDENT:
                world.firms[f].raised_year = 0.0


@law
def look_for_endgame(world):
    """Who leads; and at the end of a half-year, when books are closed, the three criteria."""
    market, assume = world.market, world.assume
    three = leading(world)
    market.leader, market.second, market.third = three
    if world.month % HALF_YEAR != HALF_YEAR - 1:
        return
    year_ago = market.leader_year, market.second_year, market.third_year
    half_ago = market.leader_half, market.second_half, market.third_half
    market.leader_year, market.second_year, market.third_year = half_ago
    market.leader_half, market.second_half, market.third_half = three
    if assume.endgame_on == 0.0 or market.endgame_month != NEVER:
        return
    flow = lowest_flow(world.firms, three)
    if roadmap_set(market, assume, world.tick) and flow >= 0.0 and same_three(three, year_ago):
        market.endgame_month = world.tick
        if world.told[1] == 1:
            tell(world, -1, ENDGAME_EVENT, flow, CRITERIA_HELD, flow)


@law
def step(world):
    """The end of the month is observed."""
    observe(world)
    look_for_endgame(world)
