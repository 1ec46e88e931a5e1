"""Redemption: the investors of an unlisted firm that has gone long without a round may call their money.

patience  = months_without since the last round (or entry)
hazard    = hazard_month * (1 - founders' stake) * (1 + shut * (1 - window)), once patience is over, a month
call      once: it owes share_called of what investors paid in, and pays pay_share of its cash a month until that is
          paid, or somebody buys it, a round closes or it lists: a firm that is called is for sale (acquisition)
Sources: S001-20 (early investors need exits), S001-22; form: Black & Gilson (1998). Sizes: D, assumption.
"""

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.causes import CALLED
from sim.foundation.columns import EVENT, INDEPENDENT, NEVER, STARTUP
from sim.foundation.equity import forget_call
from sim.foundation.jit import law
from sim.foundation.world import tell

CALL = EVENT["redemption"]

MECHANISM = Mechanism(
    "redemption",
    "Investors of an unlisted firm long without a round may call their money, the more so while exits are shut.",
    "Nobody calls money back.",
    (
        Assumption(
            "months_without", 24, "months", 0, 240, "months without a round after which money may be called", "D"
        ),
        Assumption(
            "hazard_month",
            0.02,
            "probability a month",
            0,
            1,
            "chance of a call, where investors hold all and the window is open",
            "D",
        ),
        Assumption("shut", 8, "ratio", 0, 20, "what a shut window adds to that chance", "D"),
        Assumption("share_called", 0.3, "share", 0, 2, "share of the money paid in that is called"),
        Assumption("pay_share", 0.15, "share a month", 0, 1, "share of its cash that a called firm pays a month"),
    ),
)


@law
def hazard(firm, window, waited, assume):
    """Chance of a call this month, ``waited`` months after the last round."""
    if waited < assume.redemption_months_without or firm.raised <= 0.0:
        return 0.0
    shut = 1.0 + assume.redemption_shut * (1.0 - window)
    return assume.redemption_hazard_month * (1.0 - firm.founders_stake) * shut


@law
def step(world):
    """Who is called, and who pays."""
    market, assume = world.market, world.assume
    if assume.redemption_on == 0.0:
        for f in range(world.firms.shape[0]):
            if world.firms[f].status == INDEPENDENT:
                forget_call(world.firms[f])
        return
    for f in range(world.firms.shape[0]):
        firm = world.firms[f]
        if firm.status != INDEPENDENT or firm.kind != STARTUP or firm.listing_month <= world.tick:
            continue
        last = firm.last_round_month if firm.last_round_month < NEVER else firm.entry_month
        waited = world.tick - last
        if firm.called_month == NEVER:
            if world.luck[f].u_redemption >= hazard(firm, market.window, waited, assume):
                continue
            firm.called_month = world.tick
            firm.owed = assume.redemption_share_called * firm.raised
            tell(world, f, CALL, firm.owed, CALLED, float(waited))
        paid = min(firm.owed, assume.redemption_pay_share * max(firm.cash, 0.0))
        firm.owed -= paid
        firm.cash -= paid
        firm.redeemed += paid
        market.redeemed_paid += paid
