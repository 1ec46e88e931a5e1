"""Burn: what a firm spends are commitments; it carries out its plan while cash lasts, and cuts slowly when it does not.

full plan     research = research_ambition * spread * cost of the frontier          (pivoted: what the pivot keeps)
plan_runway   months of the full plan that cash pays for, revenue and grants counted in
cutting       begins where plan_runway is below cut_runway and ends where it reaches resume_runway; a cold climate makes
              both longer by cold_caution                                           two thresholds: Dixit (1989)
aim           cutting: the floor, a team's cost; else the full plan, a listed firm's squeezed by the second law, and
              stretched by ``most`` while capital is hot.
              Whose revenue is close_loop_at of spending, while capital is not hot or once it is listed: no more than
              revenue and a part of its cash pay for; never below the floor
research'     aim, but no less than keep_month * research, and growing by ramp_month at most  Hamermesh & Pfann (1996)
overhead      pay of the organisation, and of replacing who left; who leaves saves nothing. After a pivot a month
              leaves keep_pivoted of the organisation, down to pivot.overhead
cash'         = cash + collections + grants - spending           (what investors bring and take is added elsewhere)
Sources: P-ZP-16, P-ZP-17, P-ZP-21 (research and pay at Zhipu), P-ZP-23, P-MM-28 (outflows), S003-23, S000-20.
"""

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.branches import mostly, pick
from sim.foundation.columns import COLD, HOT, LONGEST_RUNWAY, NEVER, STARTUP
from sim.foundation.formulas import TINY
from sim.foundation.jit import law
from sim.foundation.maths import exp, log, power
from sim.foundation.months import MONTHS_A_YEAR, QUARTER

LONGEST_LEASES = 1e6  # months: leases that never end

MECHANISM = Mechanism(
    "burn",
    "Spending is commitments: a firm keeps to its plan while cash lasts and can cut only slowly when it does not.",
    "Spending is the constant burn_month.",
    (
        Assumption("cut_runway", 6.5, "months", 0, 60, "months of its full plan in cash below which a firm cuts", "D"),
        Assumption("resume_runway", 15, "months", 0, 120, "months of it above which it keeps to its plan again"),
        Assumption(
            "cold_caution",
            1.1,
            "ratio",
            1,
            5,
            "how much longer both are in a cold climate",
            "S003-23; size: assumption",
        ),
        Assumption(
            "keep_month",
            0.94,
            "share a month",
            0,
            1,
            "least of last month's research that leases and severance leave",
            "form: Hamermesh & Pfann (1996); size: D",
        ),
        Assumption("ramp_month", 0.3, "share a month", 0, 10, "most that research grows in a month", "D"),
        Assumption(
            "floor_month",
            60,
            "¤ a month",
            0,
            1e4,
            "research team that a firm in the race keeps to the end, at opening pay",
            "D",
        ),
        Assumption(
            "floor_pivoted", 2, "¤ a month", 0, 1e4, "research team that a pivoted firm keeps, at opening pay", "D"
        ),
        Assumption(
            "keep_pivoted",
            0.8,
            "share a month",
            0,
            1,
            "least of research and organisation that a month leaves after a pivot",
        ),
        Assumption("marketing_floor", 0.15, "share", 0, 1, "share of its marketing plan that a firm keeps to the end"),
        Assumption(
            "close_loop_at",
            0.5,
            "share",
            0,
            10,
            "revenue over spending at which a firm lives from its revenue unless capital is hot",
            "S000-24, S002-14; share: assumption",
        ),
        Assumption("loop_months", 36, "months", 1, 600, "months over which it then spreads its cash"),
        Assumption("most", 1.0, "ratio", 1, 10, "most a firm stretches its plan while capital is hot", "D"),
        Assumption(
            "overhead_month",
            12,
            "¤ a month",
            0,
            1e4,
            "overhead and pay outside research of an organisation of size 1",
            "P-ZP-13, P-ZP-17, P-ZP-22, P-ZP-28 (what is left of 2024's loss: about 5); level: assumption",
        ),
        Assumption("wage_growth_year", 0.175, "log a year", -0.5, 2, "growth of pay", "S002-11; rate: D"),
        Assumption("replacing", 75, "¤", 0, 1e5, "cost of replacing one index point of talent, at opening pay", "D"),
    ),
    (
        Assumption("cash", 1000, "¤", 0, 1e7, "cash at entry", entry_only=True),
        Assumption("burn_month", 0, "¤ a month", 0, 1e6, "spending where the mechanism is off"),
        Assumption("research_ambition", 1, "ratio", 0, 100, "planned research over the cost of the frontier"),
        Assumption("grant_month", 0, "¤ a month", 0, 1e6, "money from a parent or grants", "P-DS-01; size: assumption"),
    ),
)


@law
def runway_months(cash, burn):
    """Months of cash at this burn, capped where burn is small or not positive."""
    months = min(max(cash / max(burn, TINY), 0.0), LONGEST_RUNWAY)
    return pick(burn <= TINY, LONGEST_RUNWAY, months)


@law
def plan(firm, market, assume, tick):
    """Research and marketing of the full plan, and overhead, RMB million this month."""
    pivoted = firm.pivot_month <= tick
    research = firm.research_ambition * firm.spread * market.frontier_cost
    kept = pick(firm.deep == 1, assume.pivot_deep_research, assume.pivot_light_research)
    research = pick(pivoted, min(research, firm.pivot_cost) * kept * market.build_cost, research)
    people = firm.organisation * (1.0 - firm.restructured) * assume.burn_overhead_month
    overhead = (people + assume.burn_replacing * firm.people_lost) * market.wage_growth
    marketing = firm.marketing_intensity * market.marketing_budget * pick(pivoted, assume.pivot_keeps_lines, 1.0)
    return research, marketing, overhead


@law
def shrinks(firm, assume, tick):
    """What is left of last month's organisation after a pivot: it goes to ``pivot.overhead`` as leases end."""
    months = tick - firm.pivot_month
    if months < 1:
        return 1.0
    kept, least = assume.burn_keep_pivoted, assume.pivot_overhead
    return max(power(kept, months), least) / max(max(power(kept, months - 1), least), TINY)


@law
def cuts(cutting, runway, climate, assume):
    """1 if a firm cuts this month; it goes on with what it did between the two thresholds."""
    caution = pick(climate == COLD, assume.burn_cold_caution, 1.0)
    resumes = runway >= max(assume.burn_resume_runway, assume.burn_cut_runway) * caution
    return pick(runway < assume.burn_cut_runway * caution, 1, pick(resumes, 0, cutting))


@law
def lives_from_revenue(firm, climate, assume, tick):
    """True once revenue covers enough of spending for a firm to close its loop; while capital is hot only if listed."""
    covered = firm.smooth_revenue >= assume.burn_close_loop_at * firm.last_spending
    return (firm.started == 1) & ((climate != HOT) | (firm.listing_month <= tick)) & covered


@law
def aimed_at(firm, research, marketing, fixed, market, assume, tick):
    """Research and marketing that a startup aims at this month."""
    team = pick(firm.pivot_month == NEVER, assume.burn_floor_month, assume.burn_floor_pivoted)
    floor = min(team * market.wage_growth, research)
    least = min(assume.burn_marketing_floor, 1.0) * marketing
    share = firm.free_share * pick(market.climate == HOT, assume.burn_most, 1.0)
    means = firm.smooth_revenue - fixed + max(firm.cash, 0.0) / assume.burn_loop_months
    earned = min(share, max(means, 0.0) / max(research + marketing, TINY))
    share = pick(lives_from_revenue(firm, market.climate, assume, tick), earned, share)
    cuts_all = firm.cutting == 1
    return (
        pick(cuts_all, floor, max(share * research, floor)),
        pick(cuts_all, least, max(share * marketing, least)),
    )


@law
def reached(before, aim, keep, assume):
    """Research of this month: last month's falls and grows only so fast; growth starts from a team's cost at least."""
    least = keep * before
    most = max(before, assume.burn_floor_month) * (1.0 + assume.burn_ramp_month)
    return max(min(aim, most), least)


@law
def spend(firm, market, assume, tick):
    """Decide the month's spending of a firm. Giants carry out their whole plan."""
    research, marketing, overhead = plan(firm, market, assume, tick)
    if mostly(firm.kind == STARTUP):
        fixed = overhead + firm.cost_of_revenue
        firm.plan_runway = runway_months(
            firm.cash, research + marketing + fixed - firm.smooth_revenue - firm.grant_month
        )
        firm.cutting = cuts(firm.cutting, firm.plan_runway, market.climate, assume)
        research, marketing = aimed_at(firm, research, marketing, fixed, market, assume, tick)
        keep = pick(firm.pivot_month == NEVER, assume.burn_keep_month, assume.burn_keep_pivoted)
        research = pick(firm.started == 1, reached(firm.research, research, keep, assume), research)
    firm.research = research
    firm.marketing = marketing
    firm.overhead = overhead
    firm.spending = research + marketing + overhead + firm.cost_of_revenue
    firm.last_spending = firm.spending


@law
def wages(world):
    """How far pay has grown since the opening, and for how many months leases end after a pivot."""
    assume = world.assume
    world.market.wage_growth = exp(assume.burn_wage_growth_year * world.tick / MONTHS_A_YEAR)
    end = (assume.pivot_overhead > 0.0) & (assume.burn_keep_pivoted < 1.0)
    pace = pick(end, log(assume.burn_keep_pivoted), -1.0)
    world.market.leases = pick(end, log(assume.pivot_overhead) / pace, LONGEST_LEASES)


@law
def shrink(world, f):
    """The organisation of a pivoted firm shrinks as leases end."""
    firm = world.firms[f]
    months = world.tick - firm.pivot_month
    ended = (months < 1) | (months > world.market.leases + 2.0)
    if not mostly(ended | (world.assume.burn_on == 0.0)):
        firm.organisation *= shrinks(firm, world.assume, world.tick)


@law
def step(world, f):
    """Spending of the month is decided; money moves in ``settle``."""
    firm = world.firms[f]
    if mostly(world.assume.burn_on == 1.0):
        spend(firm, world.market, world.assume, world.tick)
    else:
        firm.plan_runway = runway_months(firm.cash, firm.burn_month - firm.smooth_revenue - firm.grant_month)
        firm.research, firm.marketing, firm.overhead = 0.0, 0.0, 0.0
        firm.spending = firm.burn_month
        firm.last_spending = firm.burn_month


@law
def settle(world, f):
    """Money moves: collections and grants in, spending out; burn and runway follow."""
    firm = world.firms[f]
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
        firm.burn += (net - firm.burn) / QUARTER
    firm.runway = runway_months(firm.cash, firm.burn)


@law
def open_month(world, f):
    """Yesterday's cash is today's opening balance; this month's inflows start at zero."""
    firm = world.firms[f]
    firm.cash_open = firm.cash
    firm.venture_in, firm.ipo_in, firm.placement_in = 0.0, 0.0, 0.0
    firm.strategic_in, firm.redeemed = 0.0, 0.0
    firm.spin_off_in, firm.grant_in = 0.0, 0.0
    firm.collections, firm.spending = 0.0, 0.0
