"""Exchange: gate, window, IPO cash, scarcity premium, unlocks at 6 and 12 months, placements."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from worlds import assumed, bounded, compiled_as_plain, giant, later, rows, startup, step_as_plain, told, world

from sim.foundation.columns import NEVER
from sim.industry import exchange

ALL = bounded(*(f"exchange_{a.name}" for a in exchange.MECHANISM.assumptions))
READY = {
    "ttm_revenue": 300.0,
    "value": 6000.0,
    "entry_age": 5.0,
    "listing_appetite": 1.0,
    "u_listing": 0.0,
    "plan_runway": 60.0,
}
GATE = {
    "exchange_revenue_gate": 250.0,
    "exchange_cap_gate": 5000.0,
    "exchange_cap_gate_early": 9000.0,
    "exchange_years_of_research": 3.0,
    "exchange_sentiment_noise": 0.0,
}


def _month(*firms, tick=1, **assume):
    w = world(*firms, told=True, tick=tick, **{**GATE, **assume})
    exchange.step(w)
    return w


def test_the_gate_by_hand():
    assume = assumed(**GATE)

    def passes(tick=1, **change):
        return bool(exchange.passes_gate(world(startup(**{**READY, **change})).firms[0], assume, tick))

    assert passes()
    assert not passes(ttm_revenue=249.0), "no commercial company"
    assert not passes(value=4999.0), "too small"
    assert passes(ttm_revenue=0.0, value=9000.0), "large enough without revenue"
    assert not passes(entry_age=2.0, tick=11), "2 years and 11 months of research"
    assert passes(entry_age=2.0, tick=12)
    assert not passes(entry_age=2.0, tick=20, entry_month=10), "research counts from its entry"
    assert passes(entry_age=2.0, tick=22, entry_month=10)


def test_a_listing_by_hand():
    w = _month(startup(**READY, cash=100.0, founders_stake=0.5), exchange_ipo_share=0.1, exchange_first_day=0.2)
    firm = w.firms[0]
    assert firm.listing_month == 1
    assert firm.ipo_in == firm.raised == w.market.exchange_paid == approx(600.0, rel=1e-14)
    assert firm.cash == approx(700.0, rel=1e-14)
    assert firm.founders_stake == approx(0.5 * 6000.0 / 6600.0, rel=1e-14)
    assert firm.premium == approx(0.2, rel=1e-14)
    assert firm.value == approx(6000.0 * math.exp(0.2), rel=1e-13)
    assert firm.expected_revenue == 300.0
    assert told(w) == ["listing"]


def test_value_moves_by_what_the_cap_leaves_of_a_change():
    """A premium of 0.95 under a cap of 1 gains 0.05 on the first day, not 0.2, and so does the value."""
    w = _month(startup(**READY, premium=0.95), exchange_first_day=0.2, value_cap=1.0)
    assert w.firms[0].premium == 1.0
    assert w.firms[0].value == approx(6000.0 * math.exp(0.05), rel=1e-13)


def test_unlocks_by_hand():
    listed = startup(listing_month=1, premium=1.0, value=5000.0, plan_runway=60.0)
    w = world(listed, told=True, exchange_unlock_6=0.1, exchange_unlock_12=0.3, exchange_sentiment_noise=0.0)
    premiums = {}
    for tick in range(2, 20):
        exchange.step(later(w, tick))
        premiums[tick] = float(w.firms[0].premium)
    assert premiums[6] == 1.0
    assert premiums[7] == premiums[12] == approx(0.9, rel=1e-14)
    assert premiums[13] == premiums[19] == approx(0.6, rel=1e-14)
    assert w.firms[0].value == approx(5000.0 * math.exp(-0.4), rel=1e-13)
    assert told(w) == ["unlock", "unlock"]


def test_a_placement_by_hand_and_at_most_once_a_year():
    listed = startup(listing_month=-40, value=5000.0, plan_runway=5.0, cash=10.0)
    w = world(
        listed, told=True, exchange_placement_share=0.1, exchange_placement_discount=0.05, exchange_sentiment_noise=0.0
    )
    exchange.step(w)
    assert w.firms[0].placement_in == w.market.exchange_paid == approx(500.0, rel=1e-14)
    assert w.firms[0].cash == approx(510.0, rel=1e-14)
    assert w.firms[0].value == approx(5000.0 * math.exp(-0.05), rel=1e-13)
    for tick in range(2, 13):
        exchange.step(later(w, tick))
    assert told(w) == ["placement"]
    exchange.step(later(w, 13))
    assert told(w) == ["placement", "placement"]


@pytest.mark.parametrize("change", [{"abandoned_month": 0}, {"plan_runway": 60.0}, {"listing_month": 0}, {"status": 3}])
def test_who_places_no_shares(change):
    """Abandoned firms, those with money, those listed less than half a year ago, those that are gone."""
    w = _month(startup(**{"listing_month": -40, "value": 5000.0, "plan_runway": 5.0, **change}))
    assert w.market.exchange_paid == 0.0


@given(ALL, st.floats(-1, 1))
def test_closed_window_nobody_lists(values, sentiment):
    w = world(startup(**READY), market={"sentiment": sentiment}, **{**values, "exchange_window": 0.0})
    exchange.step(w)
    assert w.firms[0].listing_month == NEVER
    assert w.market.exchange_paid == 0.0


def test_open_window_somebody_lists():
    assert _month(startup(**READY), exchange_window=1.0, exchange_listing_hazard=0.1).firms[0].listing_month == 1


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 3), st.floats(0, 3), st.floats(2**-33, 1))
def test_wider_window_and_more_appetite_no_fewer_listings(window, wider, appetite, more, u):
    def lists(window, appetite):
        firm = startup(**{**READY, "u_listing": u, "listing_appetite": appetite})
        return bool(
            _month(firm, exchange_window=min(window, 1.0), exchange_listing_hazard=0.5).firms[0].listing_month == 1
        )

    assert lists(window, appetite) <= lists(window + wider, appetite)
    assert lists(window, appetite) <= lists(window, appetite + more)


@given(
    bounded("exchange_revenue_gate", "exchange_cap_gate", "exchange_cap_gate_early"),
    st.floats(0, 1),
    st.floats(0, 1e6),
    st.floats(0, 1e7),
)
def test_relaxed_rules_shut_nobody_out(values, relaxed, revenue, worth):
    firm = world(startup(**{**READY, "ttm_revenue": revenue, "value": worth})).firms[0]
    strict, easy = assumed(**values), assumed(**{name: relaxed * gate for name, gate in values.items()})
    assert exchange.passes_gate(firm, strict, 1) <= exchange.passes_gate(firm, easy, 1)


def test_nobody_lists_twice():
    w = _month(startup(**READY), exchange_listing_hazard=1.0)
    for tick in range(2, 40):
        exchange.step(later(w, tick))
    assert told(w).count("listing") == 1
    assert w.firms[0].listing_month == 1


@pytest.mark.parametrize("who", [{"status": 3}, {"status": 2}, {"status": 0}, {"kind": 1}])
def test_who_is_gone_or_not_there_or_a_giant_never_lists(who):
    w = _month(startup(**{**READY, **who}), exchange_listing_hazard=1.0)
    assert w.firms[0].listing_month == NEVER


def test_pivoted_firms_list_only_where_they_may():
    for may, month in ((1.0, 1), (0.0, NEVER)):
        w = _month(startup(**READY, pivot_month=0), exchange_listing_hazard=1.0, pivot_may_list=may)
        assert w.firms[0].listing_month == month


def test_sentiment_reverts_and_stays_bounded():
    w = world(market={"sentiment": 0.8}, exchange_sentiment_noise=0.0, exchange_sentiment_reversion=0.25)
    exchange.step(w)
    assert w.market.sentiment == approx(0.6, rel=1e-14)
    w = world(chance={"z_sentiment": 8.0}, exchange_sentiment_noise=1.0, exchange_sentiment_reversion=0.01)
    for tick in range(1, 50):
        exchange.step(later(w, tick))
    assert 0.0 < w.market.sentiment < 5.0


def test_off_nobody_lists_and_listed_firms_have_no_unlocks_and_no_placements():
    listed = startup(listing_month=-5, premium=1.0, value=5000.0, plan_runway=2.0)
    w = world(startup(**READY), listed, told=True, exchange_on=0.0, **GATE)
    before = rows(w)
    for tick in range(1, 14):
        exchange.step(later(w, tick))
    assert rows(w) == before and told(w) == []
    assert w.market.exchange_paid == 0.0


@given(ALL, st.floats(0, 1e4), st.floats(0, 1e6), st.floats(2**-33, 1), st.integers(-20, 1), st.floats(0, 60))
def test_compiled_as_plain(values, revenue, worth, u, listed, runway):
    firm = {**READY, "ttm_revenue": revenue, "value": worth + 1.0, "u_listing": u, "plan_runway": runway}
    w = world(startup(**firm), **values)
    assert compiled_as_plain(exchange.passes_gate, w.firms[0], w.assume, 30)
    chance = {"z_sentiment": 4.0 * u - 2.0}
    firms = startup(**firm), startup(**firm, listing_month=listed), giant()
    assert step_as_plain(exchange.step, lambda: world(*firms, told=True, chance=chance, **values))
