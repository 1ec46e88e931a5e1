"""Open source: follows the frontier with a lag, jumps at releases, resets prices, carries pivoted firms."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from worlds import bounded, demand_month, later, startup, step_as_plain, told, world

from sim.industry import demand, frontier, open_source, pivot

ALL = bounded(*(f"open_source_{a.name}" for a in open_source.MECHANISM.assumptions))
RELEASED = {"u_release": 0.0}


def test_it_follows_by_hand():
    """open_gap + pace * (lag * speed - open_gap)."""
    w = world(
        market={"open_gap": 0.5, "frontier_speed": 0.1},
        open_source_lag_months=12,
        open_source_pace=0.25,
        open_source_release_hazard_month=0.0,
    )
    open_source.step(w)
    assert w.market.open_gap == approx(0.5 + 0.25 * (1.2 - 0.5), rel=1e-14)


def test_a_release_by_hand():
    w = world(
        market={"open_gap": 0.8, "frontier_speed": 0.0, "api_reset": 0.9},
        chance=RELEASED,
        told=True,
        open_source_lag_months=0,
        open_source_pace=0.25,
        open_source_release_hazard_month=0.1,
        open_source_release_jump=0.5,
        open_source_reset=2.0,
        open_source_heal=0.1,
    )
    open_source.step(w)
    assert w.market.open_jump == approx(0.3, rel=1e-14)
    assert w.market.open_gap == approx(0.3, rel=1e-14)
    assert w.market.api_reset == approx(0.91 * math.exp(-0.6), rel=1e-14)
    assert told(w) == ["release"]


def test_what_a_release_teaches_by_hand():
    """know_how * exp(teaches * generations gained): a release that gains 0.4 at 0.5 makes research exp(0.2) cheaper."""
    values = {"open_source_pace": 0.001, "open_source_lag_months": 0, "open_source_release_hazard_month": 0.0}
    values |= {"open_source_release": 0.5, "open_source_teaches": 0.5, "open_source_learned_most": 2.0}
    w = world(market={"open_gap": 0.8 / 0.999, "know_how": 1.1}, **values)
    open_source.step(w)
    assert w.market.open_jump == approx(0.4, rel=1e-12)
    assert w.market.know_how == approx(1.1 * math.exp(0.2), rel=1e-12)
    for tick in range(2, 200):
        w.market.open_gap = 0.8
        open_source.step(later(w, tick))
    assert w.market.know_how == 2.0, "in the end there is no more to learn"


def test_without_a_release_nothing_is_learned_and_nothing_forgotten():
    w = world(market={"open_gap": 1.0, "know_how": 1.3}, open_source_release_hazard_month=0.0)
    for tick in range(1, 50):
        open_source.step(later(w, tick))
    assert w.market.know_how == 1.3


@given(ALL, st.floats(0.01, 25), st.floats(0, 0.95), st.floats(0, 0.95), st.floats(1, 10))
def test_a_larger_release_never_teaches_less(values, gap, one, other, known):
    """And never more than there is to learn; nothing is forgotten."""
    learned = []
    for size in sorted((one, other)):
        changed = {"open_source_release": size, "open_source_release_hazard_month": 0.0}
        w = world(market={"open_gap": gap, "know_how": known}, **{**values, **changed})
        open_source.step(w)
        learned.append(float(w.market.know_how))
    assert known <= learned[0] <= learned[1] <= max(values["open_source_learned_most"], known)


def test_a_dated_release_needs_no_luck():
    w = world(
        market={"open_gap": 1.0}, open_source_release=0.4, open_source_release_hazard_month=0.0, open_source_pace=0.001
    )
    open_source.step(w)
    assert w.market.open_jump > 0.0


def test_a_month_without_a_release_has_no_jump():
    w = world(market={"open_gap": 1.0, "open_jump": 0.4}, open_source_release_hazard_month=0.0)
    open_source.step(w)
    assert w.market.open_jump == 0.0


def test_it_converges_to_its_lag_and_prices_heal():
    """The limit of many months: lag * speed, and a price without resets."""
    w = world(
        market={"open_gap": 3.0, "frontier_speed": 0.05, "api_reset": 0.1},
        open_source_lag_months=10,
        open_source_release_hazard_month=0.0,
    )
    for tick in range(1, 500):
        open_source.step(later(w, tick))
    assert w.market.open_gap == approx(0.5, rel=1e-9)
    assert w.market.api_reset == approx(1.0, rel=1e-9)


@given(ALL, st.floats(0, 3), st.floats(0, 0.4), st.sampled_from([0.0, 0.5, 1 - 2**-33]), st.floats(0, 60))
def test_shorter_lag_smaller_gap(values, gap, speed, u, shorter):
    lags = values["open_source_lag_months"], max(values["open_source_lag_months"] - shorter, 0.0)
    gaps = []
    for lag in lags:
        w = world(
            market={"open_gap": gap, "frontier_speed": speed},
            chance={"u_release": u},
            **{**values, "open_source_lag_months": lag},
        )
        open_source.step(w)
        gaps.append(float(w.market.open_gap))
        assert w.market.open_gap >= 0.0 and 0.0 < w.market.api_reset <= 1.0
    assert gaps[1] <= gaps[0]


@given(st.floats(0, 3), st.floats(0.01, 3))
def test_closer_open_source_takes_api_customers_and_makes_pivots_cheaper(gap, further):
    """Customers build for themselves on it, and pivoted firms build on it."""
    shares, costs = [], []
    for open_gap in (gap, gap + further):
        w = world(startup(gap=0.3), market={"open_gap": open_gap})
        demand_month(w)
        pivot.step(w)
        shares.append(float(w.shares[0, demand.API]))
        costs.append(float(w.market.build_cost))
    assert shares[0] <= shares[1]
    assert costs[0] <= costs[1] <= 1.0


def test_closer_open_source_strictly():
    near, far = (world(startup(gap=0.3), market={"open_gap": g}, pivot_build_ref=0.6) for g in (0.2, 0.5))
    for w in (near, far):
        demand_month(w)
        pivot.step(w)
    assert near.shares[0, demand.API] < far.shares[0, demand.API]
    assert near.market.build_cost < far.market.build_cost < 1.0


@given(ALL, st.floats(0.01, 3), st.floats(0, 0.9), st.floats(0, 0.05))
def test_a_larger_release_resets_prices_further(values, gap, jump, more):
    resets = []
    for size in (jump, jump + more):
        w = world(
            market={"open_gap": gap}, **{**values, "open_source_release": size, "open_source_release_hazard_month": 0.0}
        )
        open_source.step(w)
        resets.append(float(w.market.api_reset))
    assert resets[1] <= resets[0]


def test_off_there_is_no_open_source():
    """Nobody builds for himself at home, adopts it (offer_gap) or learns from it, prices are not reset."""
    w = world(
        startup(gap=0.5), market={"open_gap": 0.4, "api_reset": 0.3}, chance=RELEASED, open_source_on=0.0, told=True
    )
    open_source.step(w)
    assert (w.market.open_gap, w.market.open_jump, w.market.api_reset, w.market.know_how) == (0.4, 0.0, 1.0, 1.0)
    assert told(w) == []
    w = world(startup(mix_api=0.01, gap=3.0), open_source_on=0.0, demand_switching_api=1.0)
    demand_month(w)
    assert w.shares[0, demand.API] == 1.0, "the only seller has the whole market"
    assert w.firms[0].offer_gap == 3.0


@given(ALL, st.floats(0, 3), st.floats(0, 0.4), st.sampled_from([0.0, 0.5]))
def test_compiled_as_plain(values, gap, speed, u):
    def make():
        return world(market={"open_gap": gap, "frontier_speed": speed}, chance={"u_release": u}, told=True, **values)

    assert step_as_plain(open_source.step, make)


def test_its_gap_at_the_opening_by_hand():
    """Half the excess of 1 generation a year is left after one half-life: a lag of 6 months behind 0.8 a year."""
    w = world(
        frontier_speed_year=1.3,
        frontier_speed_floor_year=0.3,
        frontier_slowing_half_life=14.0,
        frontier_age_months=14.0,
        open_source_lag_months=6.0,
    )
    open_source.at_opening(w, frontier.speed_month(w.assume, 14.0))
    assert w.market.open_gap == approx(0.4, rel=1e-14)
