"""Pivot: who is behind and short of cash, or has no lead worth its cost, leaves the general race; burn falls.

chance a month = pivot_readiness * (hazard * urgency + pressure_hazard * pressure + lead_hazard * lead gone),
           hot_share of it while capital is hot; certain for who is out of the race for want of a release
lead gone = 1 - lead over open source / ``lead``, in [0, 1]: who leads by less than is worth a model of its own; 0 for
           the startup nearest to the frontier, whose model is what it has
urgency  = how far plan_runway is below ``runway``, in [0, 1], times how far the gap is above ``gap``, in [0, 1];
           plan_runway: months of the full plan that cash pays for
pressure = what the first law adds for a firm that cannot keep pace
What is told is the largest of the three parts of the chance; of equal ones the first.
A scenario may decide it instead (``pivots``): in its month the firm leaves, deep with chance keeps_core,
whatever its means.
Sources: S000-08, S000-14, P-01-06, P-BC-04 (pivots), S001-18 (absorbing), S003-01, S000-20, S003-21. Sizes: D,
assumption.
"""

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.causes import FELL_BEHIND, FORCED, LEAD_GONE, NO_PACE, NO_RELEASE, PIVOTED_ALREADY, SWITCHED_OFF
from sim.foundation.columns import EVENT, HOT, INDEPENDENT, NEVER, STARTUP
from sim.foundation.decision import BY_RULE, decision, due
from sim.foundation.formulas import TINY
from sim.foundation.jit import law
from sim.foundation.world import tell

PIVOT, CANNOT_PIVOT = EVENT["pivot"], EVENT["cannot pivot"]

MECHANISM = Mechanism(
    "pivot",
    "A firm that is behind the frontier, or has no lead over open source left, leaves the general race for good.",
    "Nobody leaves the general race while alive.",
    (
        Assumption("hazard", 0.06, "probability a month", 0, 1, "chance at full urgency"),
        Assumption(
            "lead_hazard",
            0.085,
            "probability a month",
            0,
            1,
            "chance of a firm that has no lead over open source left",
            "S003-01, S001-05; size: D",
        ),
        Assumption(
            "lead", 0.35, "generations", 0.01, 20, "lead over open source that is worth a model of one's own", "D"
        ),
        Assumption(
            "hot_share",
            0.35,
            "share",
            0,
            1,
            "share of that chance left while capital is hot",
            "S001-02, S003-02; size: D",
        ),
        Assumption(
            "pressure_hazard", 0.025, "probability a month", 0, 1, "chance per unit of the first law's pressure", "D"
        ),
        Assumption("runway", 18, "months", 0, 60, "months of its full plan in cash below which leaving becomes urgent"),
        Assumption("gap", 0.2, "generations", 0, 20, "gap above which leaving becomes urgent"),
        Assumption("gap_range", 0.45, "generations", 0.01, 20, "how much more gap makes it fully urgent"),
        Assumption("deep_research", 0.15, "share", 0, 1, "research that a deep pivot keeps", "D"),
        Assumption(
            "light_research",
            0.1,
            "share",
            0,
            1,
            "research that a light pivot keeps",
            "S000-20, S003-21; share: D",
        ),
        Assumption("overhead", 0.65, "share", 0, 1, "overhead that a pivot keeps", "P-BC-04; share: D"),
        Assumption("keeps_lines", 0.3, "share", 0, 1, "effort a pivoted firm keeps in general lines"),
        Assumption("vertical_mix", 1.0, "weight", 0, 10, "effort a pivoted firm puts into verticals"),
        Assumption("build_ref", 0.6, "generations", 0.01, 20, "gap of open source at which building on it costs par"),
        Assumption(
            "may_list",
            1,
            "switch",
            0,
            1,
            "whether pivoted firms may list",
            "P-BC-06; switch: assumption",
            whole=True,
            labels=((1, "pivoted firms may list"), (0, "pivoted firms may not list")),
        ),
    ),
    (
        Assumption("pivot_readiness", 1, "ratio", 0, 20, "how ready a firm is to leave the general race"),
        decision("pivots", "leaves the general race"),
        Assumption(
            "keeps_core", 0.5, "probability", 0, 1, "that its pivot, decided or not, is deep: keeps core technology"
        ),
    ),
)


@law
def at_opening(world):
    """Who left the general race before the start: deep if that is what is more likely, at the cost of the opening."""
    assume = world.assume
    for f in range(world.firms.shape[0]):
        firm = world.firms[f]
        if firm.pivot_month <= world.tick:
            firm.deep = 1 if firm.keeps_core >= 0.5 else 0
            firm.pivot_cost = firm.research_ambition * assume.frontier_cost_month


@law
def urgency(gap, plan_runway, assume):
    """How urgent it is to leave, in [0, 1]."""
    short = min(max(1.0 - plan_runway / max(assume.pivot_runway, TINY), 0.0), 1.0)
    behind = min(max((gap - assume.pivot_gap) / assume.pivot_gap_range, 0.0), 1.0)
    return short * behind


@law
def lead_gone(lead, assume):
    """How far the lead over open source, generations, has gone that makes a model of one's own worth its cost."""
    return min(max(1.0 - lead / assume.pivot_lead, 0.0), 1.0)


@law
def leave(world, f, why, saw):
    """The firm leaves the general race."""
    firm = world.firms[f]
    firm.pivot_month = world.tick
    firm.deep = 1 if world.luck[f].u_deep < firm.keeps_core else 0
    firm.talent_before = firm.talent
    firm.pivot_cost = firm.research_ambition * firm.spread * world.market.frontier_cost
    tell(world, f, PIVOT, float(firm.deep), why, saw)


@law
def parts_of(firm, leads, market, assume):
    """What urgency, pressure and a lead that has gone each add to the chance of leaving, before readiness."""
    urgent = assume.pivot_hazard * urgency(firm.gap, firm.plan_runway, assume)
    pressed = assume.pivot_pressure_hazard * firm.pressure
    gone = 0.0
    if assume.open_source_on == 1.0 and not leads:
        gone = assume.pivot_lead_hazard * lead_gone(market.open_gap - firm.gap, assume)
    return urgent, pressed, gone


@law
def chance_of(firm, leads, market, assume):
    """Chance of leaving by rule this month."""
    urgent, pressed, gone = parts_of(firm, leads, market, assume)
    chance = (urgent + pressed + gone) * firm.pivot_readiness
    return chance * assume.pivot_hot_share if market.climate == HOT else chance


@law
def leave_by_rule(world, f):
    """The firm leaves, and the log says which part of the chance was the largest."""
    firm, market = world.firms[f], world.market
    urgent, pressed, gone = parts_of(firm, market.leader == f, market, world.assume)
    if urgent >= max(pressed, gone):
        leave(world, f, FELL_BEHIND, firm.gap)
    elif pressed >= gone:
        leave(world, f, NO_PACE, firm.gap)
    else:
        leave(world, f, LEAD_GONE, market.open_gap - firm.gap)


@law
def leave_as_decided(world, f):
    """The scenario has the firm leave this month: it does if it is still in, else the log says why not."""
    firm = world.firms[f]
    if firm.pivot_month != NEVER:
        tell(world, f, CANNOT_PIVOT, firm.cash, PIVOTED_ALREADY, float(world.tick - firm.pivot_month))
    elif world.assume.pivot_on == 0.0:
        tell(world, f, CANNOT_PIVOT, firm.cash, SWITCHED_OFF, 0.0)
    else:
        leave(world, f, FORCED, firm.keeps_core)


@law
def step(world):
    """Who leaves this month; and what building on open source costs."""
    market, assume = world.market, world.assume
    market.build_cost = 1.0
    if assume.open_source_on == 1.0:
        market.build_cost = min(market.open_gap / assume.pivot_build_ref, 1.0)
    for f in range(world.firms.shape[0]):
        firm = world.firms[f]
        if firm.status != INDEPENDENT or firm.kind != STARTUP:
            continue
        if due(firm.pivots, world.month):
            leave_as_decided(world, f)
        if assume.pivot_on == 0.0 or firm.pivot_month != NEVER or firm.pivots != BY_RULE:
            continue
        if firm.out_of_race == 1:
            leave(world, f, NO_RELEASE, float(world.tick - firm.release_month))
        elif world.luck[f].u_pivot < chance_of(firm, market.leader == f, market, assume):
            leave_by_rule(world, f)
