"""Releases: without a model of its own near the frontier a firm loses customers, then its place in the race."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from worlds import (
    assumed,
    bounded,
    compiled_as_plain,
    demand_month,
    giant,
    later,
    models_age,
    models_released,
    rows,
    startup,
    step_as_plain,
    told,
    world,
)

from sim.foundation.causes import NO_RELEASE
from sim.foundation.columns import API, CONSUMER, NEVER, PROJECTS, VERTICAL
from sim.industry import pivot, releases

ALL = bounded(*(f"releases_{a.name}" for a in releases.MECHANISM.assumptions))
MONTHS = st.integers(0, 1800)


def test_stale_years_by_hand():
    """A model counts as new for 6 months: one that is 15 months old has been stale for nine, 0.75 years."""
    assume = assumed(releases_fresh_months=6.0)
    assert releases.stale_years(15, assume) == approx(0.75, rel=1e-14)
    assert releases.stale_years(6, assume) == 0.0


def _aged(tick, **assume):
    w = world(
        startup(release_month=3),
        startup(release_month=3, pivot_month=5),
        giant(release_month=8),
        tick=tick,
        **{"releases_fresh_months": 6.0, **assume},
    )
    models_age(w)
    return list(w.firms.stale)


def test_age_by_hand():
    """In month 21 a model of month 3 is 18 months old: stale for a year. A pivoted firm sells no model of its own."""
    assert _aged(21) == approx([1.0, 0.0, 7 / 12], rel=1e-14)


def test_who_has_a_model_near_the_frontier():
    """At the gap, not beyond it, and by its own work: what open source offers does not count."""
    w = world(
        startup(gap=0.5, release_month=0, stale=0.8),
        startup(gap=0.51, release_month=0, stale=0.8),
        market={"open_gap": 0.1},
        tick=9,
        releases_near_gap=0.5,
    )
    models_released(w)
    assert list(w.firms.release_month) == [9, 0]
    assert list(w.firms.stale) == [0.0, 0.8], "who has shipped one is new at once, also to investors"


def test_out_of_the_race_by_hand():
    """Twelve months without one: in the race in month 14, out in month 15."""
    for tick, out in ((14, 0), (15, 1)):
        w = world(startup(gap=2.0, release_month=3), tick=tick, releases_months_without=12.0)
        models_released(w)
        assert w.firms[0].out_of_race == out
    w.firms[0].gap = 0.0
    models_released(later(w, 16))
    assert w.firms[0].out_of_race == 0, "a model near the frontier brings it back"


def test_who_is_out_of_the_race_leaves_it():
    """Whatever luck says and however much cash there is; giants do not, nor who leaves by decision only."""
    rich = {"gap": 2.0, "plan_runway": 120.0, "out_of_race": 1, "release_month": 2}
    w = world(startup(**rich), giant(**rich), startup(**rich, pivots=-1.0), tick=20)
    pivot.step(w)
    assert list(w.firms.pivot_month) == [20, NEVER, NEVER]
    assert told(w) == ["pivot"]
    assert (w.log["cause"][0], w.log["saw"][0]) == (NO_RELEASE, 18.0)


@pytest.mark.parametrize("line", [CONSUMER, API, PROJECTS, VERTICAL])
def test_a_stale_model_loses_customers_by_hand(line):
    """Effort times exp(-loss * years): of two firms alike, one stale for half a year at a loss of 2 wins 1/e."""
    w = world(startup(stale=0.5), startup(), market={"open_gap": 0.5}, releases_stale_loss=2.0)
    demand_month(w)
    assert w.firms[0].fresh == approx(math.exp(-1.0), rel=1e-14)
    assert w.shares[0, line] / w.shares[1, line] == approx(math.exp(-1.0), rel=1e-12)
    assert w.firms[0].prospect < w.firms[1].prospect


def test_a_firm_that_keeps_releasing_is_the_limit():
    """It loses nobody, however hard a stale model would cost it."""
    w = world(startup(gap=0.1), releases_fresh_months=1.0, releases_stale_loss=10.0, releases_months_without=1.0)
    for tick in range(1, 60):
        models_age(later(w, tick))
        models_released(later(w, tick))
        assert (w.firms[0].stale, w.firms[0].out_of_race) == (0.0, 0)


@given(ALL, MONTHS, MONTHS)
def test_the_longer_the_staler(values, months, longer):
    assume = assumed(**values)
    assert 0.0 <= releases.stale_years(months, assume) <= releases.stale_years(months + longer, assume)


@given(ALL, st.floats(0, 150), st.floats(0, 150), st.sampled_from([CONSUMER, API, PROJECTS, VERTICAL]))
def test_a_staler_model_never_has_more_customers(values, stale, more, line):
    shares = []
    for years in (stale, stale + more):
        w = world(startup(stale=years), startup(), market={"open_gap": 0.5}, **values)
        demand_month(w)
        shares.append(float(w.shares[0, line]))
    assert shares[1] <= shares[0]


@given(ALL, st.floats(0, 20), st.floats(0, 20), st.integers(0, 40))
def test_further_behind_never_fresher_nor_safer(values, gap, behind, tick):
    w = world(startup(gap=gap), startup(gap=gap + behind), tick=tick, **values)
    for firm in w.firms:
        firm.release_month = 0
    models_released(w)
    assert w.firms[1].release_month <= w.firms[0].release_month
    assert w.firms[1].out_of_race >= w.firms[0].out_of_race


def test_off_nobody_loses_customers_or_its_place_for_want_of_a_model():
    assert _aged(500, releases_on=0.0) == [0.0, 0.0, 0.0]
    w = world(startup(gap=9.0, release_month=0, out_of_race=1), tick=500, releases_on=0.0)
    models_released(w)
    assert w.firms[0].out_of_race == 0


def test_gone_and_future_firms_are_left_alone():
    w = world(startup(status=3, gap=0.0, exit_month=1), startup(status=0, gap=0.0), tick=30)
    before = rows(w)
    models_age(w)
    models_released(w)
    assert rows(w) == before


@given(ALL, MONTHS, st.floats(0, 20))
def test_compiled_as_plain(values, months, gap):
    assert compiled_as_plain(releases.stale_years, months, assumed(**values))
    for step in (models_age, models_released):
        assert step_as_plain(step, lambda: world(startup(gap=gap, release_month=0), giant(), tick=months, **values))
