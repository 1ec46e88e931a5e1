"""Inference: the unit cost of serving falls by up to 99% a year at first, then slower; scarcity raises it.

trend'         = trend * (1 - decline) ** (1/12),  decline = floor + (start - floor) * 2 ** (-tick / half-life)
inference_cost = trend ** (1 - pass_through) * scarcity        relative to a price that passes the trend on
Sources: S003-13 (99% in a year), P-PR-05 (90% a year), P-PR-06 (95% a year, derived), P-ZP-59 (scarcity).
"""

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.jit import law
from sim.foundation.maths import exp, log, power
from sim.foundation.months import MONTHS_A_YEAR

MECHANISM = Mechanism(
    "inference",
    "The unit cost of inference falls, fast at first, and may rise when compute is scarce.",
    "The unit cost of inference stays what it was at the opening.",
    (
        Assumption(
            "decline_year",
            0.95,
            "share a year",
            0,
            0.995,
            "first year's fall of unit cost",
            "S003-13, P-PR-05, P-PR-06",
        ),
        Assumption("decline_floor_year", 0.3, "share a year", 0, 0.995, "yearly fall it slows to"),
        Assumption("half_life", 84, "months", 1, 240, "half-life of the excess fall", "S003-13; size: D"),
        Assumption("pass_through", 0.97, "share", 0, 1, "share of the fall that competition passes on to prices"),
        Assumption("scarcity", 1, "ratio", 0.2, 20, "unit cost when compute is scarce over when it is not"),
        Assumption(
            "scarcity_passed",
            0.5,
            "share",
            0,
            1,
            "share of that, in logs, that sellers of API add to prices",
            "P-ZP-59; size: assumption",
        ),
    ),
)


@law
def decline_year(assume, tick):
    """Share by which unit cost falls, at a yearly rate."""
    excess = assume.inference_decline_year - assume.inference_decline_floor_year
    return assume.inference_decline_floor_year + excess * exp(-log(2.0) * tick / assume.inference_half_life)


@law
def step(world):
    """Unit cost of inference this month."""
    market, assume = world.market, world.assume
    if assume.inference_on == 0.0:
        market.inference_cost = 1.0
        return
    market.inference_trend *= power(1.0 - decline_year(assume, world.tick), 1.0 / MONTHS_A_YEAR)
    kept = 1.0 - assume.inference_pass_through
    market.inference_cost = power(market.inference_trend, kept) * assume.inference_scarcity
