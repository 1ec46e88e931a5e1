"""Closure: a firm closes when its cash is at or below zero, or by chance at a constant hazard.

Being out of money closes a firm whatever is switched off: it is what cash means. Sources: S000-05, S001-22, S001-29.
"""

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.causes import CLOSING_HAZARD, OUT_OF_MONEY
from sim.foundation.columns import CLOSED, EVENT, INDEPENDENT, STARTUP
from sim.foundation.jit import law
from sim.foundation.world import tell

CLOSURE = EVENT["closure"]

MECHANISM = Mechanism(
    "closure",
    "A startup closes when its cash is at or below zero, or by chance.",
    "A startup closes only when its cash is at or below zero.",
    (Assumption("hazard_month", 0, "probability a month", 0, 1, "closing by chance alone, for limiting cases"),),
)


@law
def step(world):
    """Who closes this month."""
    market, assume = world.market, world.assume
    for f in range(world.firms.shape[0]):
        firm = world.firms[f]
        if firm.status != INDEPENDENT or firm.kind != STARTUP:
            continue
        broke = firm.cash <= 0.0
        unlucky = assume.closure_on == 1.0 and world.luck[f].u_closure < assume.closure_hazard_month
        if not broke and not unlucky:
            continue
        market.left_closed += firm.cash
        firm.cash_left = firm.cash
        firm.status = CLOSED
        firm.exit_month = world.tick
        if broke:
            tell(world, f, CLOSURE, firm.cash, OUT_OF_MONEY, firm.cash)
        else:
            tell(world, f, CLOSURE, firm.cash, CLOSING_HAZARD, assume.closure_hazard_month)
