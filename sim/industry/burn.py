"""Burn: planned spending follows ambition; a firm plans to make its cash last and cuts research before it dies.

research_plan = research_ambition * frontier_cost      (pivoted: what the pivot keeps)
scale         = (free_share * (cash - reserve_months * spending) / months + revenue + grants - fixed cost)
                / (research_plan + marketing_plan), in [least, 1], in a hot climate up to most; fixed cost = overhead +
                cost of revenue; months = plan_months, cold_caution times as many in a cold climate; once revenue is
                close_loop_at of spending and capital is not hot, a firm lives from its revenue: neither free cash nor
                grants are spent. Giants carry out their whole plan.
spending      = scale * (research_plan + marketing_plan) + overhead + cost of revenue
cash'         = cash + collections + grants - spending           (rounds, listing, placements and spin-offs add theirs)
Sources: P-ZP-16, P-ZP-17, P-ZP-21 (research and pay at Zhipu), P-ZP-23, P-MM-28 (outflows), S003-23, S000-20.
"""

import math

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.columns import COLD, HOT, INDEPENDENT, LONGEST_RUNWAY, STARTUP
from sim.foundation.jit import law

MONTHS_A_YEAR = 12.0
MONTHS_A_QUARTER = 3.0
TINY = 1e-12

MECHANISM = Mechanism(
    "burn",
    "Planned spending follows ambition and cash: a firm short of cash cuts research before it dies.",
    "Spending is the constant burn_month.",
    (
        Assumption("plan_months", 11, "months", 1, 60, "a firm plans to make its cash last so long"),
        Assumption("reserve_months", 3, "months", 0, 36, "months of spending that are kept back"),
        Assumption(
            "close_loop_at",
            0.5,
            "share",
            0,
            10,
            "revenue over spending at which a firm lives from its revenue unless capital is hot",
            "S000-24, S002-14; share: assumption",
        ),
        Assumption(
            "cold_caution", 1.1, "ratio", 1, 5, "how much longer in a cold climate", "S003-23; size: assumption"
        ),
        Assumption("least", 0.05, "share", 0, 1, "least share of planned research and marketing a firm can live with"),
        Assumption("most", 1.1, "ratio", 1, 10, "most a firm stretches its plan while capital is hot"),
        Assumption(
            "overhead_month",
            12,
            "¤ a month",
            0,
            1e4,
            "overhead and pay outside research at talent 1",
            "P-ZP-13, P-ZP-17, P-ZP-22, P-ZP-28 (what is left of 2024's loss: about 5); level: assumption",
        ),
        Assumption("wage_growth_year", 0.12, "log a year", -0.5, 2, "growth of pay", "S002-11; rate: assumption"),
    ),
    (
        Assumption("cash", 1000, "¤", 0, 1e7, "cash at entry", entry_only=True),
        Assumption("burn_month", 0, "¤ a month", 0, 1e6, "spending where the mechanism is off"),
        Assumption("research_ambition", 1, "ratio", 0, 100, "planned research over the cost of the frontier"),
        Assumption("grant_month", 0, "¤ a month", 0, 1e6, "money from a parent or grants", "P-DS-01"),
    ),
)


@law
def affordable_share(free_cash, plan_months, revenue, fixed, plan, least, most):
    """Share of the discretionary plan a firm allows itself; ``free_cash`` is what it has beyond its reserve."""
    if plan <= TINY:
        return 1.0
    return min(max((free_cash / plan_months + revenue - fixed) / plan, least), most)


@law
def runway_months(cash, burn):
    """Months of cash at this burn, capped where burn is small or not positive."""
    if burn <= TINY:
        return LONGEST_RUNWAY
    return min(max(cash / burn, 0.0), LONGEST_RUNWAY)


@law
def plan(firm, market, assume, tick):
    """Planned research and marketing, and overhead, RMB million this month."""
    pivoted = firm.pivot_month <= tick
    research = firm.research_ambition * market.frontier_cost
    overhead = assume.burn_overhead_month * firm.talent * market.wage_growth
    if pivoted:
        kept = assume.pivot_deep_research if firm.deep == 1 else assume.pivot_light_research
        research = min(research, firm.pivot_cost) * kept * market.build_cost
        overhead *= assume.pivot_overhead
    overhead *= 1.0 - firm.restructured
    marketing = firm.marketing_intensity * market.marketing_budget
    if pivoted:
        marketing *= assume.pivot_keeps_lines
    return research, marketing, overhead


@law
def lives_from_revenue(firm, climate, assume):
    """True once revenue covers enough of spending for a firm to close its loop, and capital is not hot."""
    if climate == HOT or firm.started == 0:
        return False
    return firm.smooth_revenue >= assume.burn_close_loop_at * firm.last_spending


@law
def allowed(firm, planned, fixed, climate, assume):
    """Share of the discretionary plan a startup allows itself this month."""
    months = assume.burn_plan_months * (assume.burn_cold_caution if climate == COLD else 1.0)
    most = assume.burn_most if climate == HOT else 1.0
    free = firm.cash - assume.burn_reserve_months * firm.last_spending
    income = firm.smooth_revenue + firm.grant_month
    if lives_from_revenue(firm, climate, assume):
        free, income = min(free, 0.0), firm.smooth_revenue
    elif free > 0.0:
        free *= firm.free_share
    return affordable_share(free, months, income, fixed, planned, assume.burn_least, most)


@law
def spend(firm, market, assume, tick):
    """Decide the month's spending of a firm."""
    research, marketing, overhead = plan(firm, market, assume, tick)
    if firm.kind == STARTUP:
        fixed, planned = overhead + firm.cost_of_revenue, research + marketing
        firm.plan_runway = runway_months(firm.cash, planned + fixed - firm.smooth_revenue - firm.grant_month)
        share = allowed(firm, planned, fixed, market.climate, assume)
        research *= share
        marketing *= share
    firm.research = research
    firm.marketing = marketing
    firm.overhead = overhead
    firm.spending = research + marketing + overhead + firm.cost_of_revenue
    firm.last_spending = firm.spending


@law
def step(world):
    """Spending of the month is decided; money moves in ``settle``."""
    world.market.wage_growth = math.exp(world.assume.burn_wage_growth_year * world.tick / MONTHS_A_YEAR)
    for f in range(world.firms.shape[0]):
        firm = world.firms[f]
        if firm.status != INDEPENDENT:
            continue
        if world.assume.burn_on == 1.0:
            spend(firm, world.market, world.assume, world.tick)
        else:
            firm.research, firm.marketing, firm.overhead = 0.0, 0.0, 0.0
            firm.spending = firm.burn_month
            firm.last_spending = firm.burn_month
            firm.plan_runway = runway_months(firm.cash, firm.burn_month - firm.smooth_revenue - firm.grant_month)


@law
def settle(world):
    """Money moves: collections and grants in, spending out; burn and runway follow."""
    for f in range(world.firms.shape[0]):
        firm = world.firms[f]
        if firm.status != INDEPENDENT:
            continue
        first = firm.started == 0
        firm.started = 1
        firm.grant_in = firm.grant_month
        world.market.grants_paid += firm.grant_in
        firm.operating_flow = firm.collections - firm.spending
        if firm.kind == STARTUP:  # giants are open accounts
            firm.cash += firm.operating_flow + firm.grant_in
        firm.flow_total += firm.operating_flow
        net = firm.spending - firm.collections - firm.grant_in
        if first:
            firm.smooth_flow, firm.burn = firm.operating_flow, net
        else:
            firm.smooth_flow += (firm.operating_flow - firm.smooth_flow) / MONTHS_A_YEAR
            firm.burn += (net - firm.burn) / MONTHS_A_QUARTER
        firm.runway = runway_months(firm.cash, firm.burn)


@law
def open_month(world):
    """Yesterday's cash is today's opening balance; this month's inflows start at zero."""
    for f in range(world.firms.shape[0]):
        firm = world.firms[f]
        if firm.status != INDEPENDENT:
            continue
        firm.cash_open = firm.cash
        firm.venture_in, firm.ipo_in, firm.placement_in = 0.0, 0.0, 0.0
        firm.spin_off_in, firm.grant_in = 0.0, 0.0
        firm.collections, firm.spending = 0.0, 0.0
