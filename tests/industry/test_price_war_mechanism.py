"""Price war: giants cut API and project prices at home; deeper war, less revenue and shorter runways."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from worlds import (
    assumed,
    bounded,
    compiled_as_plain,
    decide_spending,
    demand_month,
    giant,
    later,
    receivables_month,
    settle,
    startup,
    step_as_plain,
    told,
    world,
)

from sim.foundation.columns import LINES
from sim.industry import price_war

ALL = bounded(*(f"price_war_{a.name}" for a in price_war.MECHANISM.assumptions), "demand_api_price")
EQUAL_MARKETS = {f"demand_switching_{line}": 0.0 for line in LINES} | {
    f"demand_{line}_{place}": 100.0 for line in ("pool", "api", "projects", "vertical") for place in ("home", "abroad")
}
NO_CHANCE = {"price_war_hazard_month": 0.0}
STARTS = {"u_war": 0.0, "u_depth": 0.5}


def test_a_dated_war_by_hand():
    w = world(
        market={"api_reset": 0.9},
        price_war_depth=0.6,
        price_war_hazard_month=0.0,
        price_war_project_share=0.5,
        demand_api_price=0.8,
    )
    price_war.step(w)
    assert w.market.war_depth == 0.6
    assert w.market.api_price == approx(0.8 * 0.4 * 0.9, rel=1e-14)
    assert w.market.project_price == approx(0.7, rel=1e-14)


def test_prices_start_from_where_scale_has_brought_them_by_hand():
    w = world(
        market={"scale_price": 0.7, "api_reset": 0.9}, price_war_depth=0.5, price_war_project_share=0.4, **NO_CHANCE
    )
    price_war.step(w)
    assert w.market.api_price == approx(0.5 * 0.9 * 0.7, rel=1e-14)
    assert w.market.project_price == approx(0.8 * 0.7, rel=1e-14)
    w.assume.price_war_on = 0.0
    price_war.step(w)
    assert (w.market.api_price, w.market.project_price) == approx((0.63, 0.7), rel=1e-14)


def test_scarce_compute_adds_to_what_api_costs_by_hand():
    """Compute four times as dear, half of it passed on in logs: twice the price, at home and abroad; projects none."""
    scarce = {"inference_scarcity": 4.0, "inference_scarcity_passed": 0.5}
    w = world(market={"api_reset": 0.9}, price_war_depth=0.5, **NO_CHANCE, **scarce)
    assert price_war.passed_on(w.assume) == approx(2.0, rel=1e-14)
    price_war.step(w)
    assert w.market.api_price_abroad == approx(1.8, rel=1e-14)
    assert w.market.api_price == approx(0.5 * 1.8, rel=1e-14)
    without = world(price_war_depth=0.5, **NO_CHANCE)
    price_war.step(without)
    assert w.market.project_price == without.market.project_price


@pytest.mark.parametrize(
    "none", [{"inference_scarcity": 1.0}, {"inference_scarcity_passed": 0.0}, {"inference_on": 0.0}]
)
def test_without_scarcity_or_what_is_passed_on_prices_are_those_of_open_source(none):
    """The limits, and off: with the cost of inference goes its scarcity."""
    w = world(
        market={"api_reset": 0.9}, **NO_CHANCE, **{"inference_scarcity": 4.0, "inference_scarcity_passed": 0.5, **none}
    )
    price_war.step(w)
    assert w.market.api_price_abroad == 0.9


@given(
    bounded("inference_scarcity", "inference_scarcity_passed"), st.floats(1, 5), st.floats(0, 0.5), st.floats(0.01, 1)
)
def test_scarcer_compute_never_cheaper_api(values, scarcer, passed, reset):
    """And where it is scarce, never cheaper the more of it is passed on."""
    prices = []
    for more in ({}, {"inference_scarcity": min(values["inference_scarcity"] * scarcer, 20.0)}):
        w = world(market={"api_reset": reset}, **{**values, **more})
        price_war.step(w)
        prices.append((float(w.market.api_price), float(w.market.api_price_abroad)))
    assert prices[0][0] <= prices[1][0] and prices[0][1] <= prices[1][1]
    dear = {"inference_scarcity": max(values["inference_scarcity"], 1.0)}
    less, more = (assumed(**dear, inference_scarcity_passed=share) for share in (passed, min(2 * passed, 1.0)))
    assert price_war.passed_on(less) <= price_war.passed_on(more)


def test_a_war_and_cheap_scale_at_home_move_no_price_abroad():
    w = world(market={"api_reset": 0.8, "scale_price": 0.5}, price_war_depth=0.9, demand_api_price=0.3, **NO_CHANCE)
    price_war.step(w)
    assert w.market.api_price_abroad == 0.8


@given(ALL, st.floats(0.0001, 1), st.floats(0.0001, 1))
def test_cheaper_scale_never_dearer_prices(values, one, other):
    prices = []
    for scale_price in sorted((one, other)):
        w = world(market={"scale_price": scale_price}, **values)
        price_war.step(w)
        prices.append((float(w.market.api_price), float(w.market.project_price)))
    assert prices[0][0] <= prices[1][0] and prices[0][1] <= prices[1][1]


def test_a_war_by_chance_by_hand_and_its_fading():
    w = world(
        giant(),
        chance=STARTS,
        told=True,
        price_war_hazard_month=0.1,
        price_war_depth_low=0.2,
        price_war_depth_high=0.6,
        price_war_fade_month=0.25,
    )
    price_war.step(w)
    assert w.market.war_depth == approx(0.4, rel=1e-14)
    assert told(w) == ["price war"]
    w.chance.u_war = 0.9
    price_war.step(later(w, 2))
    assert w.market.war_depth == approx(0.3, rel=1e-14)


def test_without_a_giant_nobody_starts_one():
    for firms in ((startup(),), (startup(), giant(status=0))):
        w = world(*firms, chance=STARTS, price_war_hazard_month=1.0)
        price_war.step(w)
        assert w.market.war_depth == 0.0


def test_it_fades_to_peace():
    w = world(giant(), market={"war_depth": 0.9}, price_war_hazard_month=0.0, price_war_fade_month=0.2)
    for tick in range(1, 200):
        price_war.step(later(w, tick))
    assert w.market.api_price == approx(1.0, abs=1e-12)
    assert w.market.project_price == approx(1.0, abs=1e-12)


def _month(depth, **values):
    """A firm's month in a war of this depth, from prices to runway."""
    w = world(
        startup(cash=300.0, **values),
        market={"open_gap": 0.5, "frontier_cost": 40.0},
        price_war_depth=depth,
        price_war_hazard_month=0.0,
        receivables_on=0.0,
        burn_overhead_month=200.0,
    )
    w.shares[0] = 0.2
    price_war.step(w)
    demand_month(w)
    receivables_month(w)
    decide_spending(w)
    settle(w)
    return w


@given(ALL, st.floats(0, 0.99), st.floats(0, 0.99))
def test_deeper_war_lower_prices(values, one, other):
    prices = []
    for depth in sorted((one, other)):
        w = world(market={"api_reset": 0.9}, **{**values, "price_war_depth": depth, "price_war_hazard_month": 0.0})
        price_war.step(w)
        prices.append((float(w.market.api_price), float(w.market.project_price)))
    assert prices[1][0] <= prices[0][0] and prices[1][1] <= prices[0][1]


def test_deeper_war_less_revenue_thinner_margins_and_shorter_runways():
    wars = [_month(depth).firms[0] for depth in (0.0, 0.3, 0.6)]
    for column in ("revenue_api", "revenue_projects", "api_margin", "project_margin", "cash", "runway"):
        values = [float(firm[column]) for firm in wars]
        assert values[0] > values[1] > values[2], column
    assert [f.revenue_consumer for f in wars] == [wars[0].revenue_consumer] * 3


@given(st.floats(0, 1), st.floats(0, 0.9))
def test_a_firm_abroad_loses_less(overseas, depth):
    """Revenue lost to a domestic war, of two firms that differ in nothing but where they sell."""
    lost = []
    for share in (0.0, 0.5 * overseas, overseas):
        worlds = []
        for d in (0.0, depth):
            w = world(startup(overseas=share), price_war_depth=d, price_war_hazard_month=0.0, **EQUAL_MARKETS)
            w.shares[0, :4], w.shares[0, 4:] = 0.2 * (1.0 - share), 0.2 * share
            price_war.step(w)
            demand_month(w)
            worlds.append(float(w.firms[0].revenue))
        lost.append(worlds[0] - worlds[1])
    assert lost[0] + 1e-12 >= lost[1] >= lost[2] - 1e-12


def test_a_firm_abroad_loses_nothing_at_all_at_the_limit():
    revenues = []
    for depth in (0.0, 0.8):
        w = world(startup(), price_war_depth=depth, price_war_hazard_month=0.0, **EQUAL_MARKETS)
        w.shares[0, 4:] = 0.2
        price_war.step(w)
        demand_month(w)
        revenues.append(float(w.firms[0].revenue))
    assert revenues[0] == revenues[1] > 0.0


def test_off_nobody_starts_a_price_war():
    w = world(
        giant(),
        market={"war_depth": 0.5},
        chance=STARTS,
        price_war_on=0.0,
        price_war_hazard_month=1.0,
        price_war_depth=0.5,
    )
    price_war.step(w)
    assert (w.market.war_depth, w.market.api_price, w.market.project_price) == (0.0, 1.0, 1.0)


@given(ALL, st.floats(0, 0.99), st.sampled_from([0.0, 0.99]), st.floats(0, 1))
def test_compiled_as_plain(values, depth, u, u_depth):
    chance = {"u_war": u, "u_depth": u_depth}
    assert compiled_as_plain(price_war.passed_on, assumed(inference_scarcity=1.0 + depth, inference_scarcity_passed=u))
    assert step_as_plain(
        price_war.step, lambda: world(giant(), market={"war_depth": depth}, chance=chance, told=True, **values)
    )
