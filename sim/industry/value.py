"""Value: what the business is worth, at a premium or a discount, and the cash.

forward      = hope * prospect + (1 - hope) * revenue a year * growth to the horizon     (pivoted: verticals only)
own growth   = log(revenue smoothed over a year / over two), in [0, growth_most]
business     = multiple(climate) * (1 + growth_multiple * own growth) * forward, at least ``least``
premium'     = premium + reversion * (target - premium) + drift', in [-cap, cap]
drift'       = momentum * drift + noise * z * exp(tail * z ** 2 / 2)                              Tukey's h
noise        = noise_month, of a listed firm * (1 + float_noise * exp(-float / float_ref)); on the exchange the premium
               reverts by reversion_listed
target       = peer_gain * mean premium of listed startups; an unlisted firm loses shut_discount * (1 - window); a
               listed firm adds scarcity * exp(-float / float_ref) / number listed + sentiment; a firm refused by
               capital does not revert upwards (second law); an abandoned one keeps its discount
value        = business * exp(premium) + max(cash, 0): cash is worth what it is
Total feedback gain peer_gain < 1, or the loop peers, rounds, capability, listing, peers would explode.
Sources: S003-06, S003-07 (20 billion, rounds of 5 billion), P-MK-06, P-ZP-47, S002-03 (premium above fundamentals),
Hong, Scheinkman & Xiong (2006) and Ofek & Richardson (2003) for the float, Tukey (1977) for the tails.
"""

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.columns import COLD, HOT, NEVER, STARTUP
from sim.foundation.equity import scarce, scarce_float
from sim.foundation.formulas import TINY
from sim.foundation.jit import law
from sim.foundation.maths import exp, log
from sim.foundation.months import HALF_YEAR, MONTHS_A_YEAR

MECHANISM = Mechanism(
    "value",
    "Value is a multiple of forward revenue, times a premium that reverts to its mean, and the cash.",
    "Value is net cash alone, without multiple or premium.",
    (
        Assumption("horizon_months", 30, "months", 1, 120, "how far ahead investors look"),
        Assumption(
            "hope",
            0.7,
            "share",
            0,
            1,
            "weight of the revenue within reach against revenue earned",
            "S002-14, S002-17; weight: assumption",
        ),
        Assumption("outside", 36, "ratio", 0.01, 1000, "what investors expect others to win, over one firm at par"),
        Assumption(
            "multiple_hot",
            10.4,
            "ratio",
            0,
            200,
            "forward revenue multiple in a hot climate",
            "P-MM-39, P-MM-40, P-BC-03, S003-06; level: assumption",
        ),
        Assumption("multiple_normal", 10.3, "ratio", 0, 200, "forward revenue multiple in a normal climate"),
        Assumption("multiple_cold", 10.2, "ratio", 0, 200, "forward revenue multiple in a cold climate"),
        Assumption("reversion", 0.08, "share a month", 0.001, 1, "how fast a premium reverts"),
        Assumption("noise_month", 0.06, "log", 0, 1, "luck of the premium a month, scale"),
        Assumption(
            "reversion_listed",
            0.2,
            "share a month",
            0.001,
            1,
            "the same on the exchange, where shares trade every day",
            "D",
        ),
        Assumption(
            "float_noise",
            3,
            "ratio",
            0,
            20,
            "what the smallest float adds to that luck",
            "form: Hong, Scheinkman & Xiong (2006); size: assumption",
        ),
        Assumption(
            "tail",
            0.2,
            "exponent",
            0,
            0.45,
            "heaviness of its tails: Tukey's h, 0 for the normal distribution",
            "form: Tukey (1977); size: assumption",
        ),
        Assumption(
            "momentum",
            0.4,
            "share",
            0,
            0.95,
            "share of that luck that goes on into the next month",
            "form: Hong, Scheinkman & Xiong (2006); size: assumption",
        ),
        Assumption("growth_multiple", 0.5, "ratio per log", 0, 10, "what a year's growth adds to the multiple"),
        Assumption(
            "growth_most", 2.0, "log a year", 0, 5, "most growth that counts, of one that had next to no revenue"
        ),
        Assumption(
            "shut_discount",
            0.35,
            "log",
            0,
            3,
            "discount of an unlisted firm while the listing window is shut",
            "form: Jeng & Wells (2000); size: assumption",
        ),
        Assumption(
            "float_ref",
            0.15,
            "share",
            0.01,
            1,
            "traded share at which two thirds of the scarcity premium are gone",
            "form: Ofek & Richardson (2003); size: assumption",
        ),
        Assumption("peer_gain", 0.35, "ratio", 0, 0.9, "how far listed peers' premium carries over to others"),
        Assumption("cap", 2.5, "log", 0.1, 5, "largest premium or discount", "P-ZP-58; size: assumption"),
        Assumption("least", 5, "¤", 0.001, 1e4, "a firm's name is worth that much"),
    ),
    (
        Assumption("valuation", 0, "¤", 0, 1e8, "valuation at entry; 0: what the fundamentals say", entry_only=True),
        Assumption("founders_stake", 0.7, "share", 0, 1, "founders' stake at entry", entry_only=True),
    ),
)


@law
def multiple(climate, assume):
    """Forward revenue multiple in this climate."""
    if climate == HOT:
        return assume.value_multiple_hot
    return assume.value_multiple_cold if climate == COLD else assume.value_multiple_normal


@law
def growth_of(firm, assume):
    """Own growth, log a year and at least 0: revenue smoothed over a year against over two."""
    if firm.slow_revenue <= TINY or firm.smooth_revenue <= firm.slow_revenue:
        return 0.0
    return min(log(firm.smooth_revenue / firm.slow_revenue), assume.value_growth_most)


@law
def business(prospect, revenue_year, growth, times, assume):
    """What a business is worth, RMB million, from revenue within reach and revenue earned, both RMB million a year."""
    forward = assume.value_hope * prospect + (1.0 - assume.value_hope) * revenue_year * growth
    return max(times * forward, assume.value_least)


@law
def shock(z, noise, assume):
    """Luck of the premium this month, of scale ``noise``: Tukey's h of a normal draw."""
    return noise * z * exp(0.5 * assume.value_tail * z * z)


@law
def noise_of(firm, assume, tick):
    """Scale of that luck, log: larger for a listed firm, the fewer of its shares are traded."""
    if firm.listing_month > tick:
        return assume.value_noise_month
    scarce = scarce_float(firm.float_share, assume.value_float_ref)
    return assume.value_noise_month * (1.0 + assume.value_float_noise * scarce)


@law
def next_premium(premium, target, drift, reversion, assume):
    """Premium a month later."""
    moved = premium + reversion * (target - premium) + drift
    return min(max(moved, -assume.value_cap), assume.value_cap)


@law
def target_premium(firm, market, assume, tick):
    """What the premium reverts to: peers carry over; scarcity adds to listed ones, a shut window costs others."""
    target = assume.value_peer_gain * market.peer_premium
    if firm.listing_month <= tick:
        return (
            target
            + scarce(firm.float_share, market.listed, assume.exchange_scarcity, assume.value_float_ref)
            + market.sentiment
        )
    return target - assume.value_shut_discount * (1.0 - market.window)


@law
def open_month(world):
    """Before listed startups are counted."""
    world.market.listed, world.market.peer_premium = 0.0, 0.0


@law
def add_peer(world, f):
    """Listed startups, and their premiums."""
    firm = world.firms[f]
    if firm.kind == STARTUP and firm.listing_month <= world.tick:
        world.market.peer_premium += firm.premium
        world.market.listed += 1.0


@law
def measure_peers(world):
    """Mean premium of listed independent startups; the multiple of the month, and growth to the horizon."""
    market, assume = world.market, world.assume
    market.peer_premium = market.peer_premium / market.listed if market.listed > 0.0 else 0.0
    market.peer_returns += (market.peer_premium - market.peer_returns) / HALF_YEAR
    market.multiple = multiple(market.climate, assume)
    market.growth_ahead = exp(assume.demand_growth_floor_year * (assume.value_horizon_months / MONTHS_A_YEAR))


@law
def step(world, f):
    """A startup is valued."""
    firm, market, assume = world.firms[f], world.market, world.assume
    if firm.kind != STARTUP:
        return
    if assume.value_on == 0.0:
        firm.value = max(firm.cash, assume.value_least)
        firm.premium = 0.0
        return
    held = min(assume.listing_strength, 1.0) if assume.listing_on == 1.0 else 0.0
    own = market.multiple * (1.0 + assume.value_growth_multiple * growth_of(firm, assume))
    base = business(firm.prospect, firm.smooth_revenue * MONTHS_A_YEAR, market.growth_ahead, own, assume)
    cash = max(firm.cash, 0.0)
    luck = shock(world.luck[f].z_value, noise_of(firm, assume, world.tick), assume)
    firm.drift = assume.value_momentum * firm.drift + luck
    if firm.anchored == 0:
        firm.anchored = 1
        if firm.entry_valuation > 0.0:
            known = log(max(firm.entry_valuation - cash, assume.value_least) / base)
            firm.premium = min(max(known, -assume.value_cap), assume.value_cap)
    elif firm.abandoned_month == NEVER:
        target = target_premium(firm, market, assume, world.tick)
        listed = firm.listing_month <= world.tick
        reversion = assume.value_reversion_listed if listed else assume.value_reversion
        if firm.refused_months > 0:  # the second law holds a refused firm's premium down
            target -= held * max(target - firm.premium, 0.0)
        firm.premium = next_premium(firm.premium, target, firm.drift, reversion, assume)
    else:  # the discount stays, within the cap in force
        firm.premium = min(max(firm.premium, -assume.value_cap), assume.value_cap)
    firm.value = base * exp(firm.premium) + cash
