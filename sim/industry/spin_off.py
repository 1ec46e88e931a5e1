"""Spin-off: once, a firm under pressure sells a side business: some cash, less overhead.

Sources: S004-03 (tens of millions of dollars), S004-04 (revenue without funding burden), S004-05, S004-06.
"""

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.causes import SIDE_BUSINESS
from sim.foundation.columns import EVENT, INDEPENDENT, NEVER, STARTUP
from sim.foundation.jit import law
from sim.foundation.world import tell

SPIN_OFF = EVENT["spin-off"]

MECHANISM = Mechanism(
    "spin_off",
    "Once, a firm under pressure sells a side business.",
    "Nobody sells a side business.",
    (
        Assumption("runway", 10, "months", 0, 60, "runway below which a firm is under pressure"),
        Assumption("hazard_month", 0.05, "probability a month", 0, 1, "chance while under pressure, at readiness 1"),
        Assumption("proceeds", 150, "¤", 0, 1e5, "cash from the sale", "S004-03"),
        Assumption("relief", 0.12, "share", 0, 1, "overhead that goes with it", "S004-04; share: assumption"),
    ),
    (
        Assumption(
            "spin_off_readiness",
            0.3,
            "ratio",
            0,
            20,
            "how ready a firm is to split",
            "S004-05, S004-06; ratio: assumption",
        ),
    ),
)


@law
def step(world):
    """Who sells a side business this month."""
    market, assume = world.market, world.assume
    if assume.spin_off_on == 0.0:
        return
    for f in range(world.firms.shape[0]):
        firm = world.firms[f]
        if firm.status != INDEPENDENT or firm.kind != STARTUP or firm.spin_off_month != NEVER:
            continue
        if firm.runway >= assume.spin_off_runway:
            continue
        if world.luck[f].u_spin_off < assume.spin_off_hazard_month * firm.spin_off_readiness:
            firm.spin_off_month = world.tick
            firm.restructured = assume.spin_off_relief
            firm.spin_off_in += assume.spin_off_proceeds
            firm.cash += assume.spin_off_proceeds
            market.spin_off_paid += assume.spin_off_proceeds
            tell(world, f, SPIN_OFF, assume.spin_off_proceeds, SIDE_BUSINESS, firm.runway)
