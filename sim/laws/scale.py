"""First iron law, scale: general models are a game for a few.

"The larger the scale and the more users, the lower the costs and the stronger the competitiveness" (S001-19).
With strength s:
unit_cost = exp(-s * (learning * log(1 + revenue / volume_ref) + ecosystem * reach above a startup's, in [0, 1]))
price     = max(lowest unit_cost of all, giants too, ** match, price_floor)      everybody's at home, from next month
spread    = (means / mean means of the startups in the general race) ** (s * spread), in [1 / spread_most, spread_most];
            in the mean every means counts by itself (sum of squares / sum): a crowd without any makes nobody large
flywheel  = 1 + s * flywheel * users / (users + users_ref)          quality attracts users, users improve quality
taking    = 1 + s * winner_take                                                  demand is winner-take-most
pressure  = s * min(max(gap / tolerated_gap - 1, 0), most_pressure)              who cannot keep pace must pivot or fail
door      = 1 / (1 + s * revenue of all in the general race / door_ref)          the door closes as incumbents grow
Neutral form (s = 0): unit cost and prices do not depend on size, research follows ambition alone, users do not improve
quality, demand is shared in proportion to quality and reach, only money forces a pivot, the door stays open.
Sources: S001-19, S001-30, S000-18, S001-03; spread: form after Sutton (1998), Klepper (1996).
"""

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.branches import pick
from sim.foundation.columns import NEVER, STARTUP
from sim.foundation.firm_means import means_of
from sim.foundation.formulas import TINY
from sim.foundation.jit import law
from sim.foundation.maths import exp, log, power

MECHANISM = Mechanism(
    "scale",
    "General models are a game for a few: scale lowers cost, users improve quality, the winner takes most, "
    "the door closes.",
    "The neutral form: neither cost nor price depends on size, research follows ambition alone, demand follows quality "
    "and reach, the door stays open.",
    (
        Assumption("strength", 1, "dial", 0, 3, "0: neutral form; 1: the documents' claim", "S001-19"),
        Assumption("learning", 0.12, "log per log", 0, 2, "unit cost's fall with own revenue", "D"),
        Assumption("volume_ref", 20, "¤ a month", 0.01, 1e5, "revenue that counts as one step of scale"),
        Assumption("ecosystem", 0.54, "log", 0, 3, "unit cost's fall with a full ecosystem", "S001-19; size: D"),
        Assumption("reach_full", 6, "ratio", 1.01, 100, "reach that counts as a full ecosystem"),
        Assumption("flywheel", 0.12, "share", 0, 3, "most that users add to effort", "S003-20; size: D"),
        Assumption("users_ref", 30, "million", 0.01, 1e4, "users that give half of it"),
        Assumption(
            "match",
            0.58,
            "share",
            0,
            1,
            "how far prices follow the lowest unit cost in the market",
            "S001-19; size: D",
        ),
        Assumption("price_floor", 0.01, "ratio", 0.0001, 1, "lowest price over its trend that this leads to"),
        Assumption(
            "spread",
            0.5,
            "exponent",
            0,
            3,
            "how far research follows a firm's means over the mean of the race",
            "form: Sutton (1998), Klepper (1996); size: D",
        ),
        Assumption("spread_most", 2, "ratio", 1, 20, "most that means multiply or divide research by"),
        Assumption("winner_take", 0.5, "exponent", 0, 5, "added to the exponent of demand", "D"),
        Assumption(
            "tolerated_gap", 0.25, "generations", 0.01, 20, "gap up to which a firm still counts in the race", "D"
        ),
        Assumption("most_pressure", 3, "ratio", 0, 20, "most pressure on one who is behind", "D"),
        Assumption("door_ref", 2500, "¤ a month", 0.1, 1e7, "incumbents' revenue that closes the door half", "D"),
    ),
)


@law
def unit_cost(revenue, reach, assume):
    """Unit cost over that of a small firm without ecosystem; revenue in RMB million a month."""
    own = assume.scale_learning * log(1.0 + max(revenue, 0.0) / assume.scale_volume_ref)
    full = min(max((reach - 1.0) / (assume.scale_reach_full - 1.0), 0.0), 1.0)
    return exp(-assume.scale_strength * (own + assume.scale_ecosystem * full))


@law
def spread(own, mean, assume):
    """Research over ambition at means ``own`` where startups in the race have ``mean``, both RMB million a month."""
    if mean <= TINY:
        return 1.0
    most = assume.scale_spread_most
    ratio = min(max(own / mean, 1.0 / (most * most)), most * most)
    raw = exp(assume.scale_strength * assume.scale_spread * log(ratio))
    return min(max(raw, 1.0 / most), most)


@law
def flywheel(users, assume):
    """Effort multiplier from users (millions)."""
    return 1.0 + assume.scale_strength * assume.scale_flywheel * users / (users + assume.scale_users_ref)


@law
def pressure(gap, assume):
    """Pressure on a firm in the general race that falls behind."""
    over = (gap - assume.scale_tolerated_gap) / assume.scale_tolerated_gap
    return assume.scale_strength * min(max(over, 0.0), assume.scale_most_pressure)


@law
def door(incumbents, assume):
    """How far the door stands open; incumbents' revenue in RMB million a month."""
    return 1.0 / (1.0 + assume.scale_strength * incumbents / assume.scale_door_ref)


@law
def is_on(assume):
    """True where the law is in force."""
    return (assume.scale_on == 1.0) & (assume.scale_strength > 0.0)


@law
def open_month(world):
    """Before the race is measured."""
    market = world.market
    market.race_revenue, market.race_means, market.race_squares, market.lowest_cost = 0.0, 0.0, 0.0, 1.0


@law
def measure(world, f):
    """What scale does to the firm's cost and quality, and the pressure on it; what it brings into the race."""
    firm, market, assume = world.firms[f], world.market, world.assume
    on, in_race = is_on(assume), firm.pivot_month == NEVER
    if in_race:
        market.race_revenue += firm.smooth_revenue
        if firm.kind == STARTUP:
            own = means_of(firm)
            market.race_means += own
            market.race_squares += own * own
    firm.unit_cost = pick(on, unit_cost(firm.smooth_revenue, firm.reach, assume), 1.0)
    market.lowest_cost = min(market.lowest_cost, firm.unit_cost)
    firm.flywheel = pick(on, flywheel(firm.users, assume), 1.0)
    firm.pressure = pick(on & in_race & (firm.kind == STARTUP), pressure(firm.gap, assume), 0.0)


@law
def share_out(world, f):
    """How much more than their share of means startups in the race spread their research over."""
    firm, market, assume = world.firms[f], world.market, world.assume
    rival = is_on(assume) & (firm.kind == STARTUP) & (firm.pivot_month == NEVER)
    rivals = market.race_squares / max(market.race_means, TINY)
    firm.spread = pick(rival, spread(means_of(firm), rivals, assume), 1.0)


@law
def step(world):
    """What scale does to prices, demand and the door this month."""
    market, assume = world.market, world.assume
    on = is_on(assume)
    market.scale_price = max(power(market.lowest_cost, assume.scale_match), assume.scale_price_floor) if on else 1.0
    market.taking = 1.0 + assume.scale_strength * assume.scale_winner_take if on else 1.0
    market.door = door(market.race_revenue, assume) if on else 1.0
