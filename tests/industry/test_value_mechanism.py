"""Value: log value = log fundamental + premium; the feedback among listed peers is bounded."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from worlds import assumed, bounded, compiled_as_plain, giant, later, startup, step_as_plain, world

from sim.foundation.columns import COLD, HOT, NORMAL
from sim.industry import value

ALL = bounded(*(f"value_{a.name}" for a in value.MECHANISM.assumptions))
MONEY = st.floats(0, 1e6)
PREMIUM = st.floats(-2, 2)
SURE = {"value_noise_month": 0.0}


def test_fundamental_by_hand():
    """multiple * (hope * prospect + (1 - hope) * revenue * growth) + cash."""
    assume = assumed(value_hope=0.25, value_least=5.0)
    assert value.fundamental(400.0, 100.0, 1.5, 70.0, 8.0, assume) == approx(8.0 * (100.0 + 112.5) + 70.0, rel=1e-14)
    assert value.fundamental(400.0, 100.0, 1.5, -70.0, 8.0, assume) == approx(1700.0, rel=1e-14)
    assert value.fundamental(0.0, 0.0, 1.5, 0.0, 8.0, assume) == 5.0


def test_premium_by_hand():
    assume = assumed(value_reversion=0.1, value_noise_month=0.05, value_cap=2.0)
    assert value.next_premium(0.5, 1.5, -2.0, assume) == approx(0.5, abs=1e-14)
    assert value.next_premium(1.99, 5.0, 1.0, assume) == 2.0
    assert value.next_premium(-1.99, -5.0, -1.0, assume) == -2.0


def test_value_by_hand():
    """Normal climate, no growth: 6 * (0.5 * 200 + 0.5 * 12 * 10) + 40, times e ** premium."""
    w = world(
        startup(cash=40.0, prospect=200.0, smooth_revenue=10.0, premium=0.8, anchored=1),
        value_multiple_normal=6.0,
        value_hope=0.5,
        demand_growth_floor_year=0.0,
        value_reversion=0.25,
        **SURE,
    )
    value.step(w)
    assert w.firms[0].premium == approx(0.6, rel=1e-14)
    assert w.firms[0].value == approx((6.0 * 160.0 + 40.0) * math.exp(0.6), rel=1e-13)


def test_revenue_grows_to_the_horizon_by_hand():
    """Revenue of 10 a month, growing 0.2 a year for 30 months."""
    firm = startup(cash=0.0, smooth_revenue=10.0, anchored=1)
    w = world(
        firm, value_multiple_normal=5.0, value_hope=0.0, demand_growth_floor_year=0.2, value_horizon_months=30, **SURE
    )
    value.step(w)
    assert w.firms[0].value == approx(5.0 * 120.0 * math.exp(0.5), rel=1e-13)


def test_peers_by_hand():
    """Listed startups' mean premium carries over to all, the scarcity premium is shared among the listed."""
    w = world(
        startup(listing_month=0, premium=1.0, anchored=1),
        startup(listing_month=0, premium=0.4, anchored=1),
        startup(premium=0.0, anchored=1),
        startup(listing_month=0, premium=9.0, status=3),
        value_peer_gain=0.5,
        value_reversion=0.1,
        exchange_scarcity=0.8,
        market={"sentiment": 0.1},
        **SURE,
    )
    value.step(w)
    assert (w.market.listed, w.market.peer_premium) == (2.0, approx(0.7, rel=1e-14))
    assert w.firms[2].premium == approx(0.1 * 0.35, rel=1e-13)
    assert w.firms[0].premium == approx(1.0 + 0.1 * (0.35 + 0.4 + 0.1 - 1.0), rel=1e-13)


def test_a_known_valuation_at_entry_is_taken_up_once():
    w = world(startup(cash=100.0, entry_valuation=150.0, prospect=0.0), value_hope=0.0)
    value.step(w)
    assert w.firms[0].value == approx(150.0, rel=1e-12)
    assert w.firms[0].premium == approx(math.log(1.5), rel=1e-12)
    assert w.firms[0].anchored == 1


def test_without_news_a_premium_reverts_to_nothing():
    w = world(startup(premium=2.0, anchored=1), **SURE)
    for tick in range(1, 600):
        value.step(later(w, tick))
    assert w.firms[0].premium == approx(0.0, abs=1e-9)


def _loop(premiums, sentiment, months, **assume):
    """Premiums of listed and unlisted startups after ``months`` of nothing but the peer loop."""
    firms = [startup(premium=p, anchored=1, listing_month=0) for p in premiums]
    w = world(*firms, startup(premium=0.0, anchored=1), market={"sentiment": sentiment}, **SURE, **assume)
    for tick in range(1, months + 1):
        value.step(later(w, tick))
    return [float(p) for p in w.firms.premium]


@given(
    bounded("value_reversion", "value_peer_gain", "exchange_scarcity"),
    st.lists(st.floats(-1, 1), min_size=1, max_size=4),
    st.floats(0.01, 0.5),
)
def test_the_peer_loop_has_a_gain_below_one(values, premiums, shock):
    """A shock to every listed premium is smaller a month later, and what it adds to the unlisted is smaller still."""
    roomy = {**values, "value_cap": 5.0}
    calm = _loop(premiums, 0.0, 1, **roomy)
    shocked = _loop([p + shock for p in premiums], 0.0, 1, **roomy)
    moved = [b - a for a, b in zip(calm, shocked, strict=True)]
    assert all(0.0 <= m < shock for m in moved[:-1])
    assert 0.0 <= moved[-1] < shock


@given(bounded("value_peer_gain", "exchange_scarcity"), st.integers(1, 4), st.floats(-0.3, 0.3))
def test_a_lasting_shock_moves_peers_by_a_bounded_multiple(values, listed, push):
    """Total gain 1 / (1 - peer_gain): the loop converges and never explodes."""
    roomy = {**values, "value_cap": 5.0, "value_reversion": 0.5, "exchange_scarcity": 0.0}
    end = _loop([0.0] * listed, push, 400, **roomy)
    gain = values["value_peer_gain"]
    assert end[0] == approx(push / (1.0 - gain), abs=1e-6)
    assert end[-1] == approx(gain * push / (1.0 - gain), abs=1e-6)


def test_the_declared_gain_cannot_reach_one():
    declared = {a.name: a for a in value.MECHANISM.assumptions}["peer_gain"]
    assert declared.high < 1.0


@given(ALL, MONEY, MONEY, MONEY, MONEY, st.sampled_from([HOT, NORMAL, COLD]))
def test_more_revenue_more_prospect_more_cash_no_lower_value(values, prospect, revenue, cash, more, climate):
    def worth(prospect, revenue, cash):
        w = world(startup(prospect=prospect, smooth_revenue=revenue, cash=cash), market={"climate": climate}, **values)
        value.step(w)
        return float(w.firms[0].value)

    base = worth(prospect, revenue, cash)
    assert base >= values["value_least"]
    for better in (
        (prospect + more, revenue, cash),
        (prospect, revenue + more, cash),
        (prospect, revenue, cash + more),
    ):
        assert worth(*better) >= base


def test_a_colder_climate_a_lower_value():
    values = []
    for climate in (HOT, NORMAL, COLD):
        w = world(
            startup(smooth_revenue=20.0),
            market={"climate": climate},
            value_multiple_hot=9.0,
            value_multiple_normal=6.0,
            value_multiple_cold=3.0,
        )
        value.step(w)
        values.append(float(w.firms[0].value))
    assert values[0] > values[1] > values[2]


def test_scarcity_is_shared_as_more_list():
    """The only listed firm is worth a premium that the tenth is not."""
    alone, crowded = (_loop([0.0] * n, 0.0, 200, exchange_scarcity=0.9, value_peer_gain=0.3)[0] for n in (1, 9))
    assert 0.0 < crowded < alone


@given(PREMIUM, st.floats(0.01, 3), st.integers(1, 20))
def test_a_refused_firm_does_not_recover_at_the_documents_claim(premium, strength, months):
    """A premium below its mean stays there while capital refuses; with the law neutral refusal moves nothing."""

    def after(refused, **law):
        w = world(startup(premium=premium, anchored=1, refused_months=refused), **SURE, **law)
        value.step(w)
        return float(w.firms[0].premium)

    assert after(months, listing_strength=strength) <= after(0, listing_strength=strength)
    for neutral in ({"listing_strength": 0.0}, {"listing_on": 0.0}):
        assert after(months, **neutral) == after(0, **neutral)
    if premium < -0.01:
        assert after(months, listing_strength=1.0) == approx(premium, rel=1e-12)


def test_an_abandoned_firm_stays_at_its_discount():
    w = world(startup(premium=-1.5, anchored=1, listing_month=-30, abandoned_month=0, z_value=5.0))
    value.step(w)
    assert w.firms[0].premium == -1.5


def test_off_value_is_net_cash_alone():
    w = world(
        startup(cash=321.0, smooth_revenue=50.0, premium=1.0, anchored=1),
        startup(cash=-5.0),
        value_on=0.0,
        value_least=2.0,
    )
    value.step(w)
    assert list(w.firms.value) == [321.0, 2.0]
    assert list(w.firms.premium) == [0.0, 0.0]


def test_giants_and_gone_firms_are_not_valued():
    w = world(giant(cash=50.0), startup(status=3, value=7.0))
    value.step(w)
    assert list(w.firms.value) == [0.0, 7.0]


@given(ALL, MONEY, PREMIUM, st.floats(-6, 6), st.sampled_from([HOT, NORMAL, COLD]), st.integers(0, 9))
def test_compiled_as_plain(values, money, premium, z, climate, refused):
    assume = assumed(**values)
    assert compiled_as_plain(value.multiple, climate, assume)
    assert compiled_as_plain(value.fundamental, money, 3.0, 1.7, 20.0, 6.0, assume)
    assert compiled_as_plain(value.next_premium, premium, 0.3, z, assume)
    firms = (
        startup(cash=money, premium=premium, anchored=1, z_value=z, listing_month=0),
        startup(smooth_revenue=money, premium=premium, anchored=1, z_value=z, refused_months=refused),
        startup(entry_valuation=money),
    )
    assert step_as_plain(value.step, lambda: world(*firms, market={"climate": climate}, **values))


@pytest.mark.parametrize("z", [-9.0, 9.0])
def test_the_premium_is_capped(z):
    w = world(startup(anchored=1, z_value=z), value_noise_month=1.0, value_cap=1.2)
    value.step(w)
    assert abs(w.firms[0].premium) == 1.2
