"""Frontier: technology rises, more slowly as time passes; a firm's gap to it follows what the firm puts in.

speed      = floor + (start - floor) * 2 ** (-age / half-life)    generations a year; age: months since the last
             paradigm shift, before any age_months and those since the opening
trend      = cost_month * cost_per_generation ** frontier                                       RMB million a month
cost'      = min(trend, max(means_share * means of all startups, cost, cost_month))
             so the cost follows its trend as far as the industry can bear it (Sutton 1998), and never falls for want
             of means: who cannot pay leaves
effort     = (research * know_how * efficiency * focus / cost) ** concavity * talent ** talent_elasticity * flywheel,
             at most effort_cap
gap'       = max(gap + speed * (1 - effort * (1 + catch_up * gap)) + noise, 0); what it offers may be closer: demand
Sources: S003-19 (the pace slowed after GPT-4), S000-15 to S000-17 (training cost per generation), S001-03, P-ZP-17.
"""

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.branches import mostly
from sim.foundation.columns import NEVER, STARTUP
from sim.foundation.firm_means import RAISED_MONTHS, means_of
from sim.foundation.formulas import TINY
from sim.foundation.jit import law
from sim.foundation.maths import exp, log, power
from sim.foundation.months import MONTHS_A_YEAR

DEAD_CALM = 1e-9
HUGE = 1e300  # a power that overflows counts as this

MECHANISM = Mechanism(
    "frontier",
    "The frontier rises, more slowly as time passes; a firm's gap follows effort.",
    "The frontier stands still, its cost is constant, and every firm keeps its gap.",
    (
        Assumption(
            "speed_year", 1.3, "generations a year", 0, 5, "speed of the frontier at the start and after a shift"
        ),
        Assumption(
            "speed_floor_year", 0.3, "generations a year", 0, 5, "speed it slows to", "S003-19; rate: assumption"
        ),
        Assumption("slowing_half_life", 14, "months", 1, 240, "half-life of the excess speed"),
        Assumption("age_months", 0, "months", 0, 600, "months since the last shift, at the opening"),
        Assumption("cost_month", 40, "¤ a month", 0, 1e4, "cost of keeping pace at the opening", "P-ZP-16"),
        Assumption("cost_per_generation", 3.0, "ratio", 1, 20, "cost of one generation over the one before"),
        Assumption(
            "means_share",
            0.35,
            "ratio",
            0,
            100,
            "cost that startups' means can bear, over what they raise and earn in a month",
            "form: Sutton (1998); size: D",
        ),
        Assumption("concavity", 0.35, "exponent", 0.05, 1, "returns of effort to spending"),
        Assumption("talent_elasticity", 0.3, "exponent", 0, 2, "effort's elasticity to talent"),
        Assumption("effort_cap", 1.5, "ratio", 0.1, 10, "most that any budget can do"),
        Assumption("catch_up", 0.7, "1 / generation", 0, 10, "how much easier following is than leading"),
        Assumption("noise_month", 0.035, "generations", 0, 1, "luck in research, standard deviation a month"),
        Assumption(
            "adoption_gap", 0.1, "generations", 0, 5, "what the offer of a firm that adopts open source stays behind it"
        ),
    ),
    (
        Assumption("gap", 0.4, "generations", 0, 20, "gap to the frontier at entry", entry_only=True),
        Assumption("efficiency", 1, "ratio", 0.05, 50, "research done per unit of money"),
        Assumption(
            "focus", 1, "share", 0.01, 1, "how far models are the firm's main business", "S002-07; size: assumption"
        ),
    ),
)


@law
def speed_month(assume, age):
    """Speed of the frontier, generations a month, ``age`` months after the last shift (or the opening)."""
    excess = assume.frontier_speed_year - assume.frontier_speed_floor_year
    slowing = exp(-log(2.0) * age / assume.frontier_slowing_half_life)
    return (assume.frontier_speed_floor_year + excess * slowing) / MONTHS_A_YEAR


@law
def effort(research, firm, assume, cost):
    """Effort relative to what keeps pace with the frontier."""
    money = max(research * firm.efficiency * firm.focus / max(cost, DEAD_CALM), 0.0)
    people = max(firm.talent, TINY)
    raw = exp(assume.frontier_concavity * log(money) + assume.frontier_talent_elasticity * log(people))
    return min(raw * firm.flywheel, assume.frontier_effort_cap)


@law
def no_means(world):
    """Before means are added up."""
    world.market.means = 0.0


@law
def add_means(world, f):
    """What startups raise, earn and are given in a month, RMB million; what they once raised fades."""
    firm = world.firms[f]
    if firm.kind == STARTUP:
        firm.raised_smooth -= firm.raised_smooth / RAISED_MONTHS
        world.market.means += means_of(firm)


@law
def cost_of_pace(before, frontier, means, assume):
    """Cost of keeping pace, RMB million a month: its trend, as far as startups' ``means`` bear it."""
    trend = assume.frontier_cost_month * min(power(assume.frontier_cost_per_generation, frontier), HUGE)
    borne = max(assume.frontier_means_share * means, before)
    return min(trend, max(borne, assume.frontier_cost_month))


@law
def next_gap(gap, speed, effort_now, assume, z):
    """Gap after a month of this effort and this luck, before adoption; speed in generations a month."""
    progress = effort_now * (1.0 + assume.frontier_catch_up * gap)
    return max(gap + speed * (1.0 - progress) + assume.frontier_noise_month * z, 0.0)


@law
def advance(world):
    """The frontier's own month."""
    market, assume = world.market, world.assume
    if assume.frontier_on == 0.0:
        market.frontier_speed = 0.0
        market.frontier_cost = assume.frontier_cost_month
        return
    age = world.tick + assume.frontier_age_months if market.shift_month == NEVER else world.tick - market.shift_month
    market.frontier_speed = speed_month(assume, age)
    market.frontier += market.frontier_speed
    market.frontier_cost = cost_of_pace(market.frontier_cost, market.frontier, market.means, assume)


@law
def keep_pace(world, f):
    """A firm's gap follows what it spent on research this month."""
    firm, market, assume = world.firms[f], world.market, world.assume
    if mostly(assume.frontier_on == 1.0):
        firm.effort = effort(firm.research * market.know_how, firm, assume, market.frontier_cost)
        firm.gap = next_gap(firm.gap, market.frontier_speed, firm.effort, assume, world.luck[f].z_research)
