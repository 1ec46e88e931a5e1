"""Take-off: now and then a product wins far more customers than its maker's means explain, and it fades."""

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
    rows,
    startup,
    step_as_plain,
    take_off_month,
    world,
)

from sim.foundation.columns import API, CONSUMER, LINES, PROJECTS, VERTICAL
from sim.industry import take_off
from sim.laws.catalogue import ASSUMPTIONS

ALL = bounded(*(f"take_off_{a.name}" for a in take_off.MECHANISM.assumptions))
LUCK = st.floats(2.0**-33, 1.0 - 2.0**-33)
EXACT = {
    "take_off_chance_month": 0.04,
    "take_off_size": 0.5,
    "take_off_fade_month": 0.1,
    "take_off_most": 3.0,
    "take_off_pays": 0.25,
}
TAKES_OFF = 0.04 / math.e  # log(chance / u) is 1


def test_a_month_by_hand():
    """A tenth of 2 fades; a draw of chance / e adds 0.5 * 1, one of chance / e ** 2 twice that."""
    assume = assumed(**EXACT)
    assert take_off.after(2.0, 0.041, assume) == approx(1.8, rel=1e-14)
    assert take_off.after(2.0, TAKES_OFF, assume) == approx(2.3, rel=1e-14)
    assert take_off.after(0.0, 0.04 / math.e**2, assume) == approx(1.0, rel=1e-14)
    assert take_off.after(2.9, TAKES_OFF / 100.0, assume) == 3.0, "at most"


def test_at_the_limits_of_chance_and_size_nothing_takes_off():
    for nothing in ({"take_off_chance_month": 0.0}, {"take_off_size": 0.0}):
        assert take_off.after(0.0, 2.0**-33, assumed(**{**EXACT, **nothing})) == 0.0


def test_what_is_added_has_the_mean_it_says():
    """Over evenly spread draws a month adds chance * size: 0.04 * 0.5 = 0.02, less e ** -6 of it for the cap of 3."""
    assume, draws = assumed(**EXACT), 50_000
    total = sum(take_off.after(0.0, (k + 0.5) / draws, assume) for k in range(draws))
    assert total / draws == approx(0.02 * (1.0 - math.exp(-6.0)), rel=1e-3)


@given(ALL, st.floats(0, 10), st.floats(0, 5), LUCK, LUCK)
def test_rarer_luck_a_larger_hit_and_never_one_below_nothing(values, hit, more, one, two):
    """And who had more of it has no less of it later."""
    assume = assumed(**values)
    rare, common = sorted((one, two))
    small = take_off.after(hit, common, assume)
    assert 0.0 <= small <= take_off.after(hit, rare, assume) <= values["take_off_most"]
    assert small <= take_off.after(hit + more, common, assume)


def test_one_draw_lets_a_consumer_product_take_off_or_api_never_both():
    w = world(startup(u_take_off=TAKES_OFF), startup(u_take_off=0.04 + TAKES_OFF), startup(u_take_off=0.5), **EXACT)
    take_off_month(w)
    assert list(w.firms.hit_consumer) == approx([0.5, 0.0, 0.0], rel=1e-13)
    assert list(w.firms.hit_api) == approx([0.0, 0.5, 0.0], rel=1e-13)
    assert ASSUMPTIONS["assumptions.take_off.chance_month"].high == 0.5, "or API would have no room left in the draw"


def test_a_giants_product_takes_off_too():
    w = world(giant(u_take_off=0.04 + TAKES_OFF), **EXACT)
    take_off_month(w)
    assert w.firms[0].hit_api == approx(0.5, rel=1e-13)


def test_who_has_left_the_general_race_makes_no_new_one_and_what_it_had_fades():
    lucky = {"u_take_off": TAKES_OFF, "hit_consumer": 2.0, "hit_api": 1.0}
    w = world(startup(**lucky, pivot_month=1), startup(**lucky, pivot_month=2), **EXACT)
    take_off_month(w)
    assert list(w.firms.hit_consumer) == approx([1.8, 2.3], rel=1e-14)
    assert list(w.firms.hit_api) == approx([0.9, 0.9], rel=1e-14)


def test_without_new_luck_it_fades_to_nothing():
    w = world(startup(hit_consumer=3.0, hit_api=1.0), **EXACT)
    for tick in range(1, 400):
        take_off_month(later(w, tick))
    assert (w.firms[0].hit_consumer, w.firms[0].hit_api) == (approx(0.0, abs=1e-12), approx(0.0, abs=1e-12))


@pytest.mark.parametrize("status", [0, 2, 3])
def test_the_row_of_a_firm_that_is_gone_or_not_there_stays_as_it_was(status):
    for switch in (1.0, 0.0):
        w = world(
            startup(status=status, hit_consumer=2.0, hit_api=2.0, u_take_off=TAKES_OFF), take_off_on=switch, **EXACT
        )
        before = rows(w)
        take_off_month(w)
        assert rows(w) == before


@pytest.mark.parametrize(("hit", "line"), [("hit_consumer", CONSUMER), ("hit_api", API)])
def test_a_product_that_took_off_pulls_customers_by_hand(hit, line):
    """A hit of log 2 in a line is twice the pull there, and no more in any other."""
    firms = startup(**{hit: math.log(2.0)}), startup()
    w = world(*firms, market={"open_gap": 0.5})
    demand_month(w)
    assert w.shares[0, line] / w.shares[1, line] == approx(2.0, rel=1e-12)
    assert w.shares[0, PROJECTS] == w.shares[1, PROJECTS] and w.shares[0, VERTICAL] == w.shares[1, VERTICAL]


def test_its_customers_pay_more_by_hand():
    """1 + 0.25 * 2 times the revenue of that line, at home and abroad, at no higher cost; users are users."""
    found = []
    for hits in ({}, {"hit_consumer": 2.0}, {"hit_api": 2.0}):
        still = {f"demand_switching_{line}": 0.0 for line in LINES}
        w = world(startup(**hits), market={"api_price": 0.5, "api_price_abroad": 0.8}, **still, **EXACT)
        w.shares[0] = 0.1
        demand_month(w)
        found.append(w.firms[0])
    plain, consumer, api = found
    dearer = 1.5
    assert consumer.revenue_consumer == approx(dearer * plain.revenue_consumer, rel=1e-13)
    assert consumer.revenue_api == plain.revenue_api and consumer.users == plain.users
    assert api.revenue_api == approx(dearer * plain.revenue_api, rel=1e-13)
    assert api.revenue_consumer == plain.revenue_consumer
    assert consumer.cost_of_revenue == api.cost_of_revenue == plain.cost_of_revenue
    assert 1.0 - api.api_margin == approx((1.0 - plain.api_margin) / dearer, rel=1e-12)


@given(ALL, st.floats(0, 3), st.floats(0, 3))
def test_a_larger_hit_no_fewer_customers_and_no_less_revenue(values, hit, more):
    shares, revenues = [], []
    for size in (hit, hit + more):
        w = world(startup(hit_consumer=size, hit_api=size), startup(), market={"open_gap": 0.5}, **values)
        demand_month(w)
        shares.append(w.shares[0].copy())
        revenues.append(float(w.firms[0].revenue))
    assert (shares[1] >= shares[0] * (1 - 1e-12)).all()
    assert revenues[1] >= revenues[0] * (1 - 1e-12)


def test_off_no_product_takes_off():
    """Customers follow effort, capability, reach and price alone: luck and what was there say nothing."""
    worlds = []
    for own in ({}, {"hit_consumer": 2.0, "hit_api": 1.0, "u_take_off": TAKES_OFF}):
        w = world(startup(**own), startup(), market={"open_gap": 0.5}, take_off_on=0.0, **EXACT)
        take_off_month(w)
        demand_month(w)
        worlds.append(w)
    assert rows(worlds[0]) == rows(worlds[1])
    assert (worlds[0].shares == worlds[1].shares).all()
    assert (worlds[1].firms[0].hit_consumer, worlds[1].firms[0].hit_api) == (0.0, 0.0)


@given(ALL, st.floats(0, 10), LUCK)
def test_compiled_as_plain(values, hit, u):
    assert compiled_as_plain(take_off.after, hit, u, assumed(**values))
    own = {"hit_consumer": hit, "hit_api": hit / 2.0, "u_take_off": u}
    firms = startup(**own), startup(**own, pivot_month=0), giant(**own), startup(**own, status=3)
    assert step_as_plain(take_off_month, lambda: world(*firms, **values))
