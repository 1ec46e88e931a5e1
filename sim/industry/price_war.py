"""Price war: giants cut API and project prices at home, dated or by chance; the cut fades.

price abroad  = api_reset * scarcity ** scarcity_passed       what compute costs more, sellers of API pass on in part
api price     = demand.api_price * (1 - depth) * price of scale * price abroad                                at home
project price = (1 - project_share * depth) * price of scale
Sources: S003-15 (B2B revenue halved in half a year), P-PR-01 to P-PR-04 (cuts of May 2024), P-ZP-34 to P-ZP-37.
"""

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.causes import GIANTS_CUT
from sim.foundation.columns import EVENT, GIANT, INDEPENDENT
from sim.foundation.jit import law
from sim.foundation.maths import power
from sim.foundation.world import tell

WAR = EVENT["price war"]

MECHANISM = Mechanism(
    "price_war",
    "Giants cut API and project prices, and the cut fades.",
    "Nobody starts a price war.",
    (
        Assumption(
            "depth",
            0,
            "share",
            0,
            0.99,
            "a dated war: price cut while it is in force",
            "P-PR-01, P-PR-02, P-PR-03; size: assumption",
        ),
        Assumption("hazard_month", 0.015, "probability a month", 0, 1, "chance that a giant starts a war"),
        Assumption("depth_low", 0.2, "share", 0, 0.99, "shallowest war by chance"),
        Assumption("depth_high", 0.6, "share", 0, 0.99, "deepest war by chance"),
        Assumption("fade_month", 0.08, "share a month", 0, 1, "how fast a cut fades"),
        Assumption(
            "project_share",
            0.35,
            "share",
            0,
            1,
            "project price cut over API price cut",
            "P-ZP-30, P-ZP-33; ratio: assumption",
        ),
    ),
)


@law
def passed_on(assume):
    """What sellers of API add to their price because compute is scarce, as a ratio."""
    return power(assume.inference_scarcity, assume.inference_scarcity_passed) if assume.inference_on == 1.0 else 1.0


@law
def step(world):
    """Depth of the war in force, and the prices that follow from it."""
    market, assume, chance = world.market, world.assume, world.chance
    depth = 0.0
    if assume.price_war_on == 1.0:
        giants = 0
        for f in range(world.firms.shape[0]):
            if world.firms[f].kind == GIANT and world.firms[f].status == INDEPENDENT:
                giants += 1
        depth = market.war_depth * (1.0 - assume.price_war_fade_month)
        if giants > 0 and chance.u_war < assume.price_war_hazard_month:
            low, high = assume.price_war_depth_low, assume.price_war_depth_high
            depth = max(depth, min(low, high) + abs(high - low) * chance.u_depth)
            if world.told[1] == 1:
                tell(world, -1, WAR, depth, GIANTS_CUT, depth)
        depth = max(depth, assume.price_war_depth)
    market.war_depth = depth
    market.api_price_abroad = market.api_reset * passed_on(assume)
    market.api_price = assume.demand_api_price * (1.0 - depth) * market.scale_price * market.api_price_abroad
    market.project_price = (1.0 - assume.price_war_project_share * depth) * market.scale_price
