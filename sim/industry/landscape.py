"""Landscape and endgame: observed at the end of the month; nothing here moves a firm.

Endgame (S002-01): the first of 12 consecutive months in which
  the roadmap is set    no shift within ``calm_months`` and a frontier slower than ``slow_speed_year``
  the loop is closed    smoothed operating cash flow of the top three startups in the general race is at or above zero
  the leaders are locked  the same three lead as the month before, and nobody entered
"""

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.causes import CRITERIA_HELD
from sim.foundation.columns import EVENT, INDEPENDENT, NEVER, STARTUP
from sim.foundation.jit import law
from sim.foundation.world import tell

ENDGAME = EVENT["endgame"]
MONTHS_A_YEAR = 12
HALF_YEAR = 6
LAST_MONTH_OF_YEAR = 11
TOP_FUNDED = 4
TINY = 1e-12

MECHANISM = Mechanism(
    "endgame",
    "The endgame is reached when roadmap, commercial loop and leaders have held for a year.",
    "The endgame is not looked for.",
    (
        Assumption(
            "calm_months",
            12,
            "months",
            1,
            120,
            "months without a shift for the roadmap to count as set",
            "S002-01; months: assumption",
        ),
        Assumption(
            "slow_speed_year",
            0.5,
            "generations a year",
            0,
            5,
            "a slower frontier counts as set",
            "S002-01; speed: assumption",
        ),
        Assumption("hold_months", 12, "months", 1, 60, "months all three criteria must hold"),
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
def next_leader(firms, last):
    """Row of the startup in the general race that comes right after ``last`` (-1: the leading one), -1 if none."""
    best = -1
    for f in range(firms.shape[0]):
        if f == last or not in_race(firms[f]):
            continue
        if (last < 0 or ahead(firms, last, f)) and (best < 0 or ahead(firms, f, best)):
            best = f
    return best


@law
def leading(world):
    """Rows of the leading three startups in the general race, first to third; -1 where there are not so many."""
    first = next_leader(world.firms, -1)
    second = next_leader(world.firms, first) if first >= 0 else -1
    third = next_leader(world.firms, second) if second >= 0 else -1
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
def earns(firms, row):
    """True if the startup in ``row`` (or nobody, -1) had a year of operating cash flow at or above zero."""
    return row < 0 or (firms[row].halves >= 2 and firms[row].ttm_flow >= 0.0)


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
    if world.month % MONTHS_A_YEAR == LAST_MONTH_OF_YEAR:
        market.venture_year, market.top_four_share = funded_share(world)


@law
def new_year(world):
    """In January the year's venture money starts at zero."""
    if world.month % MONTHS_A_YEAR == 0:
        for f in range(world.firms.shape[0]):
            if world.firms[f].status == INDEPENDENT:
                world.firms[f].raised_year = 0.0


@law
def look_for_endgame(world):
    """The three criteria, at the end of every half-year, when books are closed."""
    market, assume = world.market, world.assume
    first, second, third = leading(world)
    market.leader, market.second, market.third = first, second, third
    if world.month % HALF_YEAR != HALF_YEAR - 1:
        return
    three, before = (first, second, third), (market.leader_year, market.second_year, market.third_year)
    same = first >= 0 and within(three, before) and within(before, three) and True
    market.leader_year, market.second_year, market.third_year = (
        market.leader_half,
        market.second_half,
        market.third_half,
    )
    market.leader_half, market.second_half, market.third_half = three
    market.order_months = market.order_months + HALF_YEAR if same else 0
    if assume.endgame_on == 0.0 or market.endgame_month != NEVER:
        return
    earning = earns(world.firms, first) and earns(world.firms, second) and earns(world.firms, third)
    calm = market.shift_month == NEVER or world.tick - market.shift_month >= assume.endgame_calm_months
    slow = market.frontier_speed * MONTHS_A_YEAR <= assume.endgame_slow_speed_year
    market.criteria_months = MONTHS_A_YEAR if calm and slow and earning and same else 0
    if market.criteria_months > 0:
        market.endgame_month = world.tick
        if world.told[1] == 1:
            tell(world, -1, ENDGAME, float(market.endgame_month), CRITERIA_HELD, float(market.criteria_months))


@law
def step(world):
    """The end of the month is observed."""
    observe(world)
    look_for_endgame(world)
