"""Inference: unit cost falls fast, then slower, may rise when compute is scarce; lower cost, higher gross margin."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from worlds import assumed, bounded, compiled_as_plain, demand_month, later, startup, step_as_plain, world

from sim.industry import inference

ALL = bounded(*(f"inference_{a.name}" for a in inference.MECHANISM.assumptions))


def test_decline_by_hand():
    assume = assumed(inference_decline_year=0.9, inference_decline_floor_year=0.3, inference_half_life=12)
    assert inference.decline_year(assume, 0) == approx(0.9, rel=1e-14)
    assert inference.decline_year(assume, 12) == approx(0.6, rel=1e-14)


def test_cost_by_hand():
    """A year of a constant 99% a year: the trend is a hundredth; what is not passed on is left of it."""
    w = world(
        inference_decline_year=0.99,
        inference_decline_floor_year=0.99,
        inference_pass_through=0.5,
        inference_scarcity=3.0,
    )
    for tick in range(1, 13):
        inference.step(later(w, tick))
    assert w.market.inference_trend == approx(0.01, rel=1e-12)
    assert w.market.inference_cost == approx(0.1 * 3.0, rel=1e-12)


def test_no_decline_is_the_limit():
    w = world(inference_decline_year=0.0, inference_decline_floor_year=0.0, inference_scarcity=1.0)
    inference.step(w)
    assert w.market.inference_cost == 1.0


def test_full_pass_through_leaves_scarcity_alone():
    w = world(inference_pass_through=1.0, inference_scarcity=2.5)
    inference.step(w)
    assert w.market.inference_cost == 2.5


@given(bounded(*(f"inference_{a.name}" for a in inference.MECHANISM.assumptions)), st.integers(1, 90))
def test_the_trend_only_falls(values, tick):
    w = world(tick=tick, **values)
    inference.step(w)
    assert 0.0 < w.market.inference_trend <= 1.0


def test_it_falls_fast_at_first_then_slower():
    w = world(inference_decline_year=0.95, inference_decline_floor_year=0.3, inference_pass_through=0.0)
    costs = [1.0]
    for tick in range(1, 37):
        inference.step(later(w, tick))
        costs.append(float(w.market.inference_cost))
    falls = [b / a for a, b in itertools.pairwise(costs)]
    assert falls == sorted(falls) and falls[0] < falls[-1] < 1.0


@given(st.floats(0.2, 20), st.floats(0, 5))
def test_scarcity_raises_cost(scarcity, more):
    costs = []
    for level in (scarcity, min(scarcity + more, 20.0)):
        w = world(inference_scarcity=level)
        inference.step(w)
        costs.append(float(w.market.inference_cost))
    assert costs[0] <= costs[1]


@given(st.floats(0.01, 20), st.floats(0.01, 20))
def test_lower_cost_higher_gross_margin(one, other):
    """The same firm with the same customers: the cheaper serving is, the larger the share of revenue it keeps."""
    profits, margins = [], []
    for cost in sorted((one, other), reverse=True):
        w = world(startup(), market={"inference_cost": cost, "open_gap": 0.5})
        demand_month(w)
        profits.append(float(w.firms[0].gross_profit))
        margins.append(float(w.firms[0].api_margin))
    assert profits[0] <= profits[1]
    assert margins[0] <= margins[1]


def test_lower_cost_strictly_higher_gross_margin():
    profits = []
    for cost in (1.0, 0.5):
        w = world(startup(), market={"inference_cost": cost, "open_gap": 0.5})
        demand_month(w)
        profits.append(float(w.firms[0].gross_profit / w.firms[0].revenue))
    assert profits[0] < profits[1]


def test_off_unit_cost_stays_what_it_was_at_the_opening():
    w = world(market={"inference_cost": 0.3}, inference_on=0.0, inference_scarcity=5.0)
    for tick in (1, 2, 3):
        inference.step(later(w, tick))
    assert w.market.inference_cost == 1.0


@given(ALL, st.integers(1, 90), st.floats(0.001, 1))
def test_compiled_as_plain(values, tick, trend):
    assert compiled_as_plain(inference.decline_year, assumed(**values), tick)
    assert step_as_plain(inference.step, lambda: world(tick=tick, market={"inference_trend": trend}, **values))
