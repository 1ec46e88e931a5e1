"""Marketing: users are bought at a cost per acquisition that rises with rivals' spending; they churn.

cost    = cpa * (1 + all firms' marketing / pressure_ref) ** pressure_elasticity
bought  = marketing * the consumers' part of the firm's mix / cost (million users), never more than bought_most of
          those who use none: who sells to business advertises to business
Sources: S003-10, S003-11, P-MS-04 to P-MS-07 (Kimi), P-ZP-22, P-MM-35, S003-12 (budgets doubled or tripled in 2024).
"""

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.branches import mostly
from sim.foundation.columns import CONSUMER, LINE_COUNT
from sim.foundation.formulas import TINY
from sim.foundation.jit import law
from sim.foundation.maths import exp, log, power
from sim.foundation.months import MONTHS_A_YEAR

MECHANISM = Mechanism(
    "marketing",
    "Users are bought at a cost that rises with rivals' spending; they churn.",
    "Nobody advertises, and bought users neither come nor churn.",
    (
        Assumption(
            "budget_month",
            8,
            "¤ a month",
            0,
            1e4,
            "budget of a firm of intensity 1 at the opening",
            "P-ZP-22; level: assumption",
        ),
        Assumption("budget_growth_year", 1.1, "log a year", 0, 5, "growth of budgets at the opening", "S003-12"),
        Assumption("budget_half_life", 14, "months", 1, 240, "half-life of that growth"),
        Assumption(
            "cpa",
            9,
            "¤ per million users",
            0.1,
            1e4,
            "cost per acquisition without rivals",
            "S003-10, P-MS-06, P-MS-07; size: T",
        ),
        Assumption("pressure_ref", 150, "¤ a month", 1, 1e5, "rivals' spending that counts as one step"),
        Assumption(
            "pressure_elasticity",
            0.7,
            "elasticity",
            0,
            3,
            "CPA's answer to rivals' spending",
            "P-MS-06; size: assumption",
        ),
        Assumption("bought_most", 0.5, "share", 0, 1, "most of those who use none that can be bought in a month"),
        Assumption(
            "churn_month", 0.05, "share a month", 0, 1, "users who leave in a month", "P-MS-07; rate: assumption"
        ),
    ),
    (Assumption("marketing_intensity", 1, "ratio", 0, 100, "planned marketing over the common budget"),),
)


@law
def budget(assume, tick):
    """Common marketing budget of the month, RMB million."""
    decay = log(2.0) / assume.marketing_budget_half_life
    growth = assume.marketing_budget_growth_year * (1.0 - exp(-decay * tick)) / decay / MONTHS_A_YEAR
    return assume.marketing_budget_month * exp(growth)


@law
def cost_per_acquisition(pressure, assume):
    """RMB per user at this total of marketing a month."""
    step_up = 1.0 + pressure / assume.marketing_pressure_ref
    return assume.marketing_cpa * power(step_up, assume.marketing_pressure_elasticity)


@law
def to_consumers(firm, place):
    """Marketing of the month that is meant for consumers at home (place 0) or abroad (1), by the firm's mix."""
    if firm.marketing <= 0.0:
        return 0.0
    there = firm.overseas if place == 1 else 1.0 - firm.overseas
    mix = firm.mix_consumer + firm.mix_api + firm.mix_projects + firm.mix_vertical
    return firm.marketing * there * firm.mix_consumer / max(mix, TINY)


@law
def plan(world):
    """The common budget of this month; what all spend is added up after it."""
    on = world.assume.marketing_on == 1.0
    world.market.marketing_budget = budget(world.assume, world.tick) if on else 0.0
    world.market.advertised = 0.0


@law
def add_up(world, f):
    """What firms spend on marketing in this month."""
    world.market.advertised += world.firms[f].marketing


@law
def is_at(assume, place):
    """True where there is advertising at home (place 0), and abroad (1) a market too."""
    return (assume.marketing_on == 1.0) & ((place == 0) | (assume.overseas_on == 1.0))


@law
def ask_price(world, place):
    """What a unit of marketing buys at a place, before anybody does."""
    market = world.market
    cpa = cost_per_acquisition(market.advertised, world.assume)
    market.bought_by = 1.0 / (cpa * max(world.sizes[place * LINE_COUNT + CONSUMER], TINY))
    market.wanted, market.taken = 0.0, 0.0


@law
def lose(world, f, place):
    """Users at a place who leave, and users whom the firm wants to buy there."""
    market, k = world.market, place * LINE_COUNT + CONSUMER
    if mostly(is_at(world.assume, place)):
        world.shares[f, k] *= 1.0 - world.assume.marketing_churn_month
        market.taken += world.shares[f, k]
        market.wanted += to_consumers(world.firms[f], place) * market.bought_by


@law
def fill(world, place):
    """How many of those who are wanted at a place can be had."""
    market = world.market
    free = max(1.0 - market.taken, 0.0) * world.assume.marketing_bought_most
    market.filled = min(free / max(market.wanted, TINY), 1.0)


@law
def buy(world, f, place):
    """Users whom the firm buys at a place."""
    market, k = world.market, place * LINE_COUNT + CONSUMER
    if mostly(is_at(world.assume, place)):
        world.shares[f, k] += market.filled * market.bought_by * to_consumers(world.firms[f], place)
