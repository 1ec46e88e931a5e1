"""Closure: a firm closes when its cash is at or below zero, or by chance at a hazard that may fall with age.

hazard(age) = hazard_month + newness_month * 2 ** (-age / newness_half_life)         age: months since entry, 0 at first
Makeham's law of mortality with a falling term, the liability of newness: Freeman, Carroll & Hannan (1983).
Being out of money closes a firm whatever is switched off: it is what cash means. Sources: S000-05, S001-22, S001-29.
"""

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.causes import CLOSING_HAZARD, NEWNESS, OUT_OF_MONEY
from sim.foundation.columns import CLOSED, EVENT, INDEPENDENT, STARTUP
from sim.foundation.jit import law
from sim.foundation.maths import exp, log
from sim.foundation.world import tell

CLOSURE = EVENT["closure"]

MECHANISM = Mechanism(
    "closure",
    "A startup closes when its cash is at or below zero, or by chance.",
    "A startup closes only when its cash is at or below zero.",
    (
        Assumption("hazard_month", 0, "probability a month", 0, 1, "closing by chance alone, at any age"),
        Assumption(
            "newness_month",
            0,
            "probability a month",
            0,
            1,
            "what newness adds to that chance in a firm's first month",
            "form: Freeman, Carroll & Hannan (1983); size: assumption",
        ),
        Assumption("newness_half_life", 12, "months", 0.1, 600, "months since entry in which what newness adds halves"),
    ),
)


@law
def newness(age, assume):
    """What newness adds to the chance of closing, a month; ``age`` months since entry."""
    return assume.closure_newness_month * exp(-log(2.0) * age / assume.closure_newness_half_life)


@law
def months_since_entry(firm, tick):
    """Age of a firm in full months, 0 in its first; one there at the opening came in the month of its date."""
    return tick - max(firm.entry_month, firm.enters_month)


@law
def why_closed(firm, u, assume, tick):
    """Cause for which a firm closes this month, -1 if it does not; ``u`` its luck."""
    if firm.cash <= 0.0:
        return OUT_OF_MONEY
    if assume.closure_on == 0.0:
        return -1
    if u < assume.closure_hazard_month:
        return CLOSING_HAZARD
    if u >= assume.closure_hazard_month + assume.closure_newness_month:  # newness adds no more than that
        return -1
    added = newness(float(months_since_entry(firm, tick)), assume)
    return NEWNESS if u < assume.closure_hazard_month + added else -1


@law
def step(world):
    """Who closes this month."""
    market, assume = world.market, world.assume
    for f in range(world.firms.shape[0]):
        firm = world.firms[f]
        if firm.status != INDEPENDENT or firm.kind != STARTUP:
            continue
        why = why_closed(firm, world.luck[f].u_closure, assume, world.tick)
        if why < 0:
            continue
        saw = firm.cash
        if why == CLOSING_HAZARD:
            saw = assume.closure_hazard_month
        elif why == NEWNESS:
            saw = float(months_since_entry(firm, world.tick))
        market.left_closed += firm.cash
        firm.cash_left = firm.cash
        firm.status = CLOSED
        firm.exit_month = world.tick
        tell(world, f, CLOSURE, firm.cash, why, saw)
