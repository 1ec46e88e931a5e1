"""Climate: hot, normal or cold; dated where the scenario says so, a Markov chain elsewhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import assumed, bounded, compiled_as_plain, step_as_plain, told, world

from sim.foundation.columns import COLD, HOT, NORMAL
from sim.industry import climate

ALL = bounded("climate_turn_month", "climate_to_cold")
U = st.floats(2**-33, 1 - 2**-33)
REGIMES = st.sampled_from([HOT, NORMAL, COLD])


def test_turning_by_hand():
    assume = assumed(climate_turn_month=0.1, climate_to_cold=0.6)
    assert climate.turned(NORMAL, 0.05, 0.5, assume) == COLD
    assert climate.turned(NORMAL, 0.05, 0.7, assume) == HOT
    assert climate.turned(NORMAL, 0.15, 0.5, assume) == NORMAL
    assert climate.turned(COLD, 0.05, 0.9, assume) == NORMAL
    assert climate.turned(HOT, 0.05, 0.1, assume) == NORMAL


@given(REGIMES, U, U)
def test_it_never_turns_at_no_chance_and_always_at_certainty(now, u, v):
    assert climate.turned(now, u, v, assumed(climate_turn_month=0.0)) == now
    assert climate.turned(now, u, v, assumed(climate_turn_month=1.0)) != now


@given(ALL, REGIMES, U, U)
def test_it_passes_through_normal(values, now, u, v):
    after = climate.turned(now, u, v, assumed(**values))
    assert abs(after - now) <= 1


@given(st.floats(0, 1), st.floats(0, 1), U, U)
def test_more_chance_of_cold_never_warmer(share, more, u, v):
    milder, colder = (assumed(climate_turn_month=0.5, climate_to_cold=min(c, 1.0)) for c in (share, share + more))
    assert climate.turned(NORMAL, u, v, colder) >= climate.turned(NORMAL, u, v, milder)


@pytest.mark.parametrize("regime", [HOT, NORMAL, COLD])
def test_a_dated_climate_needs_no_luck(regime):
    w = world(market={"climate": COLD}, climate_regime=regime, told=True)
    climate.step(w)
    assert w.market.climate == regime
    assert told(w) == ([] if regime == COLD else ["climate"])


def test_by_chance_it_turns_in_the_market():
    w = world(chance={"u_climate": 0.0, "u_turn": 0.0}, climate_turn_month=0.1, climate_to_cold=0.5)
    climate.step(w)
    assert w.market.climate == COLD


def test_off_it_is_always_normal():
    w = world(market={"climate": HOT}, chance={"u_climate": 0.0, "u_turn": 0.0}, climate_on=0.0, climate_regime=COLD)
    climate.step(w)
    assert w.market.climate == NORMAL


@given(ALL, REGIMES, st.sampled_from([-1, HOT, NORMAL, COLD]), U, U)
def test_compiled_as_plain(values, now, regime, u, v):
    assert compiled_as_plain(climate.turned, now, u, v, assumed(**values))
    chance = {"u_climate": u, "u_turn": v}
    assert step_as_plain(
        climate.step, lambda: world(market={"climate": now}, chance=chance, told=True, climate_regime=regime, **values)
    )
