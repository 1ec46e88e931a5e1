"""Paradigm shift: rare; today's leads shrink, the order is partly redrawn, the frontier is fast again.

gap' = (1 - shrink) * gap + redraw * |z|,  for every firm in the general race
Sources: S002-16, S002-19 (today's advantage may be overturned; no one has a permanent advantage). Sizes: assumption.
"""

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.causes import PARADIGM
from sim.foundation.columns import EVENT, INDEPENDENT
from sim.foundation.jit import law
from sim.foundation.world import tell

SHIFT = EVENT["shift"]

MECHANISM = Mechanism(
    "paradigm",
    "Rare shifts shrink today's leads and redraw part of the order.",
    "No paradigm shift ever comes.",
    (
        Assumption(
            "shift_hazard_month", 0.012, "probability a month", 0, 1, "chance of a shift", "S002-16; rate: assumption"
        ),
        Assumption(
            "shift",
            0,
            "switch",
            0,
            1,
            "whether a shift comes in this month for sure",
            whole=True,
            labels=((1, "a shift comes for sure"), (0, "a shift comes by chance alone")),
        ),
        Assumption("shrink", 0.5, "share", 0, 1, "share of every gap that a shift wipes out"),
        Assumption("redraw", 0.3, "generations", 0, 5, "new gap drawn at a shift, half-normal scale"),
    ),
)


@law
def step(world):
    """A shift, if it comes this month."""
    market, assume = world.market, world.assume
    if assume.paradigm_on == 0.0:
        return
    dated = assume.paradigm_shift == 1.0
    if not dated and world.chance.u_shift >= assume.paradigm_shift_hazard_month:
        return
    before = world.firms[market.leader].gap if market.leader >= 0 else 0.0
    for f in range(world.firms.shape[0]):
        firm = world.firms[f]
        if firm.status == INDEPENDENT and firm.pivot_month > world.tick:
            firm.gap = (1.0 - assume.paradigm_shrink) * firm.gap + assume.paradigm_redraw * abs(world.luck[f].z_shift)
    market.shift_month = world.tick
    tell(world, -1, SHIFT, assume.paradigm_shrink, PARADIGM, before)
