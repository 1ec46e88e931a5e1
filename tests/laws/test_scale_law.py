"""First iron law: a number by hand, limits, signs, compiled as plain."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from worlds import assumed, bounded, compiled_as_plain, giant, rows, scale_month, startup, world

from sim.foundation.columns import NEVER
from sim.industry import price_war
from sim.laws import scale

REVENUE = st.floats(0, 1e5)
ALL = bounded(*(f"scale_{a.name}" for a in scale.MECHANISM.assumptions))


def test_unit_cost_by_hand():
    """exp(-s * (learning * log(1 + revenue / ref) + ecosystem * (reach - 1) / (full - 1)))."""
    assume = assumed(
        scale_strength=2.0, scale_learning=0.1, scale_volume_ref=10.0, scale_ecosystem=0.4, scale_reach_full=5.0
    )
    assert scale.unit_cost(30.0, 2.0, assume) == approx(math.exp(-2.0 * (0.1 * math.log(4.0) + 0.4 * 0.25)), rel=1e-14)
    assert scale.unit_cost(30.0, 50.0, assume) == approx(math.exp(-2.0 * (0.1 * math.log(4.0) + 0.4)), rel=1e-14)


def test_flywheel_pressure_and_door_by_hand():
    assume = assumed(
        scale_strength=2.0,
        scale_flywheel=0.3,
        scale_users_ref=10.0,
        scale_tolerated_gap=0.5,
        scale_most_pressure=3.0,
        scale_door_ref=400.0,
    )
    assert scale.flywheel(30.0, assume) == approx(1.0 + 2.0 * 0.3 * 0.75, rel=1e-14)
    assert scale.pressure(1.25, assume) == approx(2.0 * 1.5, rel=1e-14)
    assert scale.pressure(9.0, assume) == approx(2.0 * 3.0, rel=1e-14)
    assert scale.pressure(0.5, assume) == 0.0
    assert scale.door(600.0, assume) == approx(1.0 / 4.0, rel=1e-14)


def test_spread_by_hand():
    """(own / mean) ** (s * spread): twice the mean at strength 1 and exponent 0.5 plans sqrt(2) as much research."""
    assume = assumed(scale_strength=1.0, scale_spread=0.5, scale_spread_most=4.0)
    assert scale.spread(80.0, 40.0, assume) == approx(math.sqrt(2.0), rel=1e-14)
    assert scale.spread(10.0, 40.0, assume) == approx(0.5, rel=1e-14)
    assert scale.spread(1e9, 40.0, assume) == approx(4.0, rel=1e-14)
    assert scale.spread(0.0, 40.0, assume) == approx(0.25, rel=1e-14), "who has nothing plans the least, not none"
    assert scale.spread(0.0, 0.0, assume) == 1.0, "where nobody has means nobody has more than others"


def test_prices_follow_the_lowest_unit_cost_by_hand():
    """A giant without revenue but with a full ecosystem: exp(-0.5) ** 0.4, for everybody."""
    w = world(
        startup(),
        giant(reach=6.0),
        scale_strength=1.0,
        scale_ecosystem=0.5,
        scale_reach_full=6.0,
        scale_match=0.4,
    )
    scale_month(w)
    assert w.market.scale_price == approx(math.exp(-0.2), rel=1e-14)
    w.assume.scale_price_floor = 0.9
    scale_month(w)
    assert w.market.scale_price == 0.9


def test_means_spread_over_startups_in_the_race_only():
    """Means of 60 and 20: mean (60^2 + 20^2) / 80 = 50. Giants and who has left neither count nor are spread over."""
    w = world(
        startup(raised_smooth=30.0, smooth_revenue=20.0, grant_month=10.0),
        startup(raised_smooth=20.0),
        startup(raised_smooth=900.0, pivot_month=0),
        giant(smooth_revenue=5000.0),
        scale_strength=1.0,
        scale_spread=1.0,
        scale_spread_most=10.0,
    )
    scale_month(w)
    assert list(w.firms.spread) == approx([1.2, 0.4, 1.0, 1.0], rel=1e-14)


@pytest.mark.parametrize("crowd", [1, 40])
def test_a_crowd_without_means_makes_nobody_large(crowd):
    firms = [startup(raised_smooth=60.0), startup(raised_smooth=20.0)]
    sizes = {"scale_strength": 1.0, "scale_spread": 1.0, "scale_spread_most": 10.0}
    alone, among = world(*firms, **sizes), world(*firms, *(startup() for _ in range(crowd)), **sizes)
    scale_month(alone)
    scale_month(among)
    assert list(among.firms.spread[:2]) == list(alone.firms.spread)
    assert among.firms.spread[2:] == approx(0.1), "who has nothing plans the least"


def test_one_alone_in_the_race_is_the_limit_of_spread():
    for means in (0.0, 7.0, 1e6):
        w = world(startup(raised_smooth=means), scale_strength=3.0, scale_spread=3.0)
        scale_month(w)
        assert w.firms[0].spread == 1.0


def test_the_step_writes_what_the_functions_say():
    big = startup(smooth_revenue=80.0, reach=3.0, users=12.0, gap=2.0)
    w = world(big, giant(smooth_revenue=500.0, gap=2.0), scale_strength=1.0, scale_winner_take=0.7)
    scale_month(w)
    firm = w.firms[0]
    assert firm.unit_cost == scale.unit_cost(80.0, 3.0, w.assume)
    assert firm.flywheel == scale.flywheel(12.0, w.assume)
    assert firm.pressure == scale.pressure(2.0, w.assume) > 0.0
    assert w.firms[1].pressure == 0.0, "giants are not pushed out"
    assert w.market.taking == approx(1.7, rel=1e-14)
    assert w.market.door == scale.door(580.0, w.assume) < 1.0


def test_who_left_the_race_is_no_incumbent_and_feels_no_pressure():
    w = world(startup(smooth_revenue=500.0, gap=3.0, pivot_month=0), scale_strength=1.0)
    scale_month(w)
    assert w.market.door == 1.0
    assert w.firms[0].pressure == 0.0


def _neutral(**assume):
    rich = startup(smooth_revenue=900.0, users=50.0, gap=5.0, reach=6.0)
    w = world(rich, startup(smooth_revenue=5.0), giant(smooth_revenue=5e4), **assume)
    scale_month(w)
    return w


def test_off_and_strength_0_are_the_neutral_form():
    """Cost and prices do not depend on size, research follows ambition, demand quality and reach, the door is open."""
    for w in (_neutral(scale_on=0.0), _neutral(scale_strength=0.0)):
        assert (w.market.taking, w.market.door, w.market.scale_price) == (1.0, 1.0, 1.0)
        for firm in w.firms:
            assert (firm.unit_cost, firm.flywheel, firm.pressure, firm.spread) == (1.0, 1.0, 0.0, 1.0)
    assert rows(_neutral(scale_on=0.0)) == rows(_neutral(scale_strength=0.0))
    assert rows(_neutral()) != rows(_neutral(scale_strength=0.0)), "at strength 1 it does something"


def test_a_small_firm_without_users_is_the_limit():
    assume = assumed(scale_strength=3.0)
    assert scale.unit_cost(0.0, 1.0, assume) == 1.0
    assert scale.flywheel(0.0, assume) == 1.0
    assert scale.pressure(0.0, assume) == 0.0
    assert scale.door(0.0, assume) == 1.0


@given(ALL, st.floats(0, 1e9), st.floats(1e-3, 1e9), st.floats(0, 1e9))
def test_spread_is_bounded_symmetric_and_rises_with_means(values, own, mean, more):
    """k times the mean multiplies research by what a k-th of the mean divides it by."""
    assume = assumed(**values)
    most = values["scale_spread_most"]
    spread = scale.spread(own, mean, assume)
    assert 1.0 / most <= spread <= most
    assert scale.spread(own + more, mean, assume) >= spread
    assert scale.spread(mean, mean, assume) == 1.0
    if own >= 1e-3:
        assert spread * scale.spread(mean, own, assume) == approx(1.0, rel=1e-9)
    assert scale.spread(own, mean, assumed(**{**values, "scale_strength": 0.0})) == 1.0


@given(ALL, st.floats(0, 2), st.floats(0, 1), REVENUE, st.floats(0, 1e5))
def test_more_scale_anywhere_never_dearer_for_anybody(values, stronger, closer, revenue, more):
    """Of strength, of how closely prices follow, and of the largest seller's revenue."""

    def price(revenue, **changed):
        w = world(startup(), giant(smooth_revenue=revenue), **{**values, **changed})
        scale_month(w)
        return float(w.market.scale_price)

    base = price(revenue)
    assert values["scale_price_floor"] <= base <= 1.0
    assert price(revenue + more) <= base
    assert price(revenue, scale_strength=values["scale_strength"] + stronger) <= base * (1 + 1e-12)
    assert price(revenue, scale_match=min(values["scale_match"] + closer, 1.0)) <= base * (1 + 1e-12)


def test_ecosystems_of_giants_reach_startups_through_price():
    """A severity that a reach without effect could not show: `ecosystem` 0 and 3 are not the same to a startup."""
    prices = []
    for ecosystem in (0.0, 0.3, 3.0):
        w = world(startup(), giant(reach=6.0), scale_strength=1.0, scale_ecosystem=ecosystem, scale_price_floor=0.01)
        scale_month(w)
        price_war.step(w)
        prices.append((float(w.market.api_price), float(w.market.project_price)))
    assert prices[0] == (1.0, 1.0)
    assert prices[0] > prices[1] > prices[2]


@given(ALL, REVENUE, st.floats(0, 1e5), st.floats(0.01, 100), st.floats(0, 100))
def test_larger_and_better_connected_is_cheaper(values, revenue, more, reach, wider):
    assume = assumed(**values)
    cost = scale.unit_cost(revenue, reach, assume)
    assert 0.0 < cost <= 1.0
    assert scale.unit_cost(revenue + more, reach, assume) <= cost
    assert scale.unit_cost(revenue, reach + wider, assume) <= cost


@given(ALL, st.floats(0, 3), REVENUE, st.floats(0, 1e3), st.floats(0, 20))
def test_more_strength_more_of_everything(values, more, revenue, users, gap):
    """Cheaper for the large, stronger flywheel, more pressure on who is behind, a door that closes further."""
    weak = assumed(**values)
    strong = assumed(**{**values, "scale_strength": values["scale_strength"] + more})
    assert scale.unit_cost(revenue, 3.0, strong) <= scale.unit_cost(revenue, 3.0, weak)
    assert scale.flywheel(users, strong) >= scale.flywheel(users, weak)
    assert scale.pressure(gap, strong) >= scale.pressure(gap, weak)
    assert scale.door(revenue, strong) <= scale.door(revenue, weak)


@given(ALL, st.floats(0, 1e3), st.floats(0, 1e3), st.floats(0, 20), st.floats(0, 20))
def test_users_improve_quality_and_gaps_press(values, users, more, gap, further):
    assume = assumed(**values)
    assert scale.flywheel(users + more, assume) >= scale.flywheel(users, assume) >= 1.0
    assert scale.pressure(gap + further, assume) >= scale.pressure(gap, assume) >= 0.0
    assert scale.door(users + more, assume) <= scale.door(users, assume) <= 1.0


def test_at_the_documents_claim_the_signs_are_strict():
    assume = assumed(scale_strength=1.0)
    assert scale.unit_cost(100.0, 1.0, assume) < scale.unit_cost(10.0, 1.0, assume)
    assert scale.unit_cost(10.0, 4.0, assume) < scale.unit_cost(10.0, 1.0, assume)
    assert scale.flywheel(50.0, assume) > scale.flywheel(5.0, assume)
    assert scale.pressure(1.0, assume) > 0.0
    assert scale.door(1000.0, assume) < scale.door(100.0, assume) < 1.0


@given(ALL, REVENUE, st.floats(0.01, 100), st.floats(0, 1e4), st.floats(0, 20))
def test_compiled_as_plain(values, revenue, reach, users, gap):
    assume = assumed(**values)
    assert compiled_as_plain(scale.unit_cost, revenue, reach, assume)
    assert compiled_as_plain(scale.flywheel, users, assume)
    assert compiled_as_plain(scale.pressure, gap, assume)
    assert compiled_as_plain(scale.door, revenue, assume)
    assert compiled_as_plain(scale.spread, revenue, users, assume)


def test_firms_that_are_not_there_do_not_count():
    there = world(startup(smooth_revenue=100.0), startup(smooth_revenue=700.0, status=3, exit_month=1))
    alone = world(startup(smooth_revenue=100.0), startup(status=0, entry_month=NEVER))
    scale_month(there)
    scale_month(alone)
    assert there.market.door == alone.market.door
