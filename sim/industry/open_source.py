"""Open source: follows the frontier with a lag, jumps at releases, resets prices, and is what pivoted firms build on.

open_gap'  = open_gap + pace * (lag_months * speed - open_gap);   a release then closes release_jump of it, or as dated
api_reset' = (api_reset + heal * (1 - api_reset)) * exp(-reset * generations gained in the release), then at least
             price_floor
know_how'  = know_how * exp(teaches * generations gained in the release), at most learned_most: everybody's research
Sources: S003-17 (Llama 3.1, Mistral Large 2, DeepSeek V2.5), S003-18 (a client's offer cut to a tenth), S001-05.
"""

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.causes import OPEN_RELEASE
from sim.foundation.columns import EVENT
from sim.foundation.jit import law
from sim.foundation.maths import exp
from sim.foundation.world import tell

RELEASE = EVENT["release"]

MECHANISM = Mechanism(
    "open_source",
    "Open source follows the frontier with a lag and jumps at releases.",
    "There is no open source: nobody builds for himself, adopts it or learns from it, prices are not reset.",
    (
        Assumption(
            "lag_months",
            12,
            "months",
            0,
            60,
            "how far open source follows behind the frontier",
            "S003-17; lag: assumption",
        ),
        Assumption("pace", 0.08, "share a month", 0.001, 1, "how fast its gap goes to what the lag implies"),
        Assumption("release_hazard_month", 0.05, "probability a month", 0, 1, "chance of a release that jumps"),
        Assumption("release_jump", 0.25, "share", 0, 0.95, "share of its gap that a release closes"),
        Assumption("release", 0, "share", 0, 0.95, "a dated release: share of the gap closed in every month in force"),
        Assumption(
            "reset",
            1.2,
            "log per generation",
            0,
            10,
            "how much a release resets API prices",
            "S003-18; size: assumption",
        ),
        Assumption("heal", 0.05, "share a month", 0, 1, "how fast prices recover from a reset"),
        Assumption(
            "teaches",
            0.2,
            "log per generation",
            0,
            5,
            "how much cheaper a release makes everybody's research",
            "S003-23; size: assumption",
        ),
        Assumption(
            "learned_most", 10, "ratio", 1, 1000, "most that releases together make research cheaper by, for everybody"
        ),
        Assumption("price_floor", 0.01, "ratio", 0.0001, 1, "lowest API price over its trend that releases lead to"),
    ),
)


@law
def at_opening(world, speed):
    """Open source lies its lag behind a frontier of this speed, generations a month."""
    world.market.open_gap = world.assume.open_source_lag_months * speed


@law
def step(world):
    """Open source's month: it follows, it may release, prices are reset."""
    market, assume, chance = world.market, world.assume, world.chance
    market.open_jump = 0.0
    if assume.open_source_on == 0.0:
        market.api_reset = 1.0
        return
    target = assume.open_source_lag_months * market.frontier_speed
    market.open_gap += assume.open_source_pace * (target - market.open_gap)
    closes = assume.open_source_release
    if chance.u_release < assume.open_source_release_hazard_month:
        closes = max(closes, assume.open_source_release_jump)
    market.api_reset += assume.open_source_heal * (1.0 - market.api_reset)
    if closes > 0.0:
        market.open_jump = closes * market.open_gap
        market.open_gap -= market.open_jump
        reset = market.api_reset * exp(-assume.open_source_reset * market.open_jump)
        market.api_reset = max(reset, assume.open_source_price_floor)
        learned = market.know_how * exp(assume.open_source_teaches * market.open_jump)
        market.know_how = max(min(learned, assume.open_source_learned_most), market.know_how)
        if world.told[1] == 1:
            tell(world, -1, RELEASE, market.open_jump, OPEN_RELEASE, market.open_gap)
