"""Climate: capital is hot, normal or cold; dated where the scenario says so, a Markov chain elsewhere.

Sources: S001-02 (the bubble of 2023-24), S003-08, S004-09 (hesitant investors from late 2024).
Turning rates: assumption.
"""

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.causes import CLIMATE_TURNED
from sim.foundation.columns import COLD, EVENT, HOT, NORMAL
from sim.foundation.jit import law
from sim.foundation.world import tell

CLIMATE = EVENT["climate"]

MECHANISM = Mechanism(
    "climate",
    "The capital climate is hot, normal or cold, dated or by chance.",
    "The capital climate is always normal.",
    (
        Assumption(
            "regime",
            -1,
            "code",
            -1,
            2,
            "climate that is set",
            "S001-02, S003-08; code: assumption",
            whole=True,
            labels=(
                (-1, "the climate for capital turns by chance"),
                (0, "capital is hot"),
                (1, "the climate for capital is normal"),
                (2, "capital is cold"),
            ),
        ),
        Assumption("turn_month", 0.05, "probability a month", 0, 1, "chance that the climate turns"),
        Assumption("to_cold", 0.5, "probability", 0, 1, "that a normal climate turns cold and not hot"),
    ),
)


@law
def turned(climate, u_climate, u_turn, assume):
    """Next month's climate by chance."""
    if u_climate >= assume.climate_turn_month:
        return climate
    if climate != NORMAL:
        return NORMAL
    return COLD if u_turn < assume.climate_to_cold else HOT


@law
def step(world):
    """The climate of this month."""
    market, assume = world.market, world.assume
    before = market.climate
    if assume.climate_on == 0.0:
        market.climate = NORMAL
    elif assume.climate_regime >= 0.0:
        market.climate = int(assume.climate_regime)
    else:
        market.climate = turned(before, world.chance.u_climate, world.chance.u_turn, assume)
    if world.told[1] == 1 and market.climate != before:
        tell(world, -1, CLIMATE, float(market.climate), CLIMATE_TURNED, float(market.climate))
