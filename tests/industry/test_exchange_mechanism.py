"""Exchange: gate, window, IPO cash, a float that unlocks at 6 and 12 months, placements."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from worlds import (
    JANUARY_2024,
    assumed,
    bounded,
    compiled_as_plain,
    giant,
    later,
    rows,
    startup,
    step_as_plain,
    told,
    world,
)

from sim.foundation.causes import LISTED_SHORT, SHARES_DEAR
from sim.foundation.columns import NEVER
from sim.foundation.equity import move_premium, traded
from sim.industry import entry, exchange

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
    assert firm.value == approx(700.0 + 5900.0 * math.exp(0.2), rel=1e-13), "what is not cash is dearer"
    assert firm.expected_revenue == 300.0
    assert told(w) == ["listing"]


def test_value_moves_by_what_the_cap_leaves_of_a_change():
    """A premium of 0.95 under a cap of 1 gains 0.05 on the first day, not 0.2, and so does the business of 6,000."""
    w = _month(startup(**READY, premium=0.95, cash=0.0), exchange_first_day=0.2, exchange_ipo_share=0.1, value_cap=1.0)
    assert w.firms[0].premium == 1.0
    assert w.firms[0].value == approx(600.0 + 6000.0 * math.exp(0.05), rel=1e-13)


def test_a_premium_moves_all_but_the_cash_by_hand():
    """5,000 with 1,000 of cash lose half of 4,000: two fifths of the price. A debt is no cash, and nothing stays."""
    half = math.log(2.0)
    for cash, price, left, fell in (
        (1000.0, 5000.0, 3000.0, 0.4),
        (-80.0, 5000.0, 2500.0, 0.5),
        (9000.0, 5000.0, 5000.0, 0.0),
        (0.0, 0.0, 0.0, 0.0),
    ):
        firm = world(startup(cash=cash, value=price, premium=0.5)).firms[0]
        assert move_premium(firm, -half, 2.0) == approx(fell, rel=1e-14, abs=1e-15)
        assert (firm.value, firm.premium) == approx((left, 0.5 - half), rel=1e-14)
    firm = world(startup(cash=1000.0, value=5000.0, premium=1.9)).firms[0]
    assert move_premium(firm, 0.5, 2.0) == approx(1.0 - (1000.0 + 4000.0 * math.exp(0.1)) / 5000.0, rel=1e-12)
    assert firm.premium == 2.0


@given(st.floats(-1e5, 1e5), st.floats(0, 1e6), st.floats(-2, 2), st.floats(-5, 5))
def test_a_price_moves_with_its_premium_and_never_below_its_cash(cash, price, premium, change):
    firm = world(startup(cash=cash, value=price, premium=premium)).firms[0]
    fell = move_premium(firm, change, 2.0)
    assert fell <= 1.0 and -2.0 <= firm.premium <= 2.0
    assert (firm.value <= price * (1 + 1e-12)) if change <= 0.0 else (firm.value >= price * (1 - 1e-12))
    assert firm.value >= min(max(cash, 0.0), price) * (1 - 1e-12)


def test_a_listing_ends_the_search_and_the_call():
    """Whoever can sell on the exchange asks no fund for money, and preferred shares become common ones."""
    w = _month(startup(**READY, seeking_month=-5, refused_months=4, called_month=-2, owed=90.0))
    firm = w.firms[0]
    assert firm.listing_month == 1
    assert (firm.seeking_month, firm.refused_months, firm.called_month, firm.owed) == (NEVER, 0, NEVER, 0.0)


def test_at_listing_the_ipo_share_is_traded_and_the_money_counts_as_means():
    firm = _month(startup(**READY), exchange_ipo_share=0.1).firms[0]
    assert firm.float_share == 0.1
    assert firm.raised_smooth == approx(600.0 / 18.0, rel=1e-14)


FLOAT = {"exchange_scarcity": 0.8, "value_float_ref": 0.5, "exchange_unlock_6": 0.1, "exchange_unlock_12": 0.3}


def test_unlocks_by_hand():
    """Traded shares go from 0.1 to 0.2 to 0.5; scarcity, 0.8 * e ** -(share / 0.5), of the only one goes down.

    Of 5,000 the 1,000 in cash keep their price.
    """
    listed = startup(listing_month=1, premium=1.0, value=5000.0, cash=1000.0, plan_runway=60.0, float_share=0.1)
    still = {"exchange_sentiment_noise": 0.0, "exchange_placement_share": 0.0}
    w = world(listed, told=True, market={"listed": 1.0}, **FLOAT, **still)
    premiums, floats = {}, {}
    for tick in range(2, 20):
        exchange.step(later(w, tick))
        premiums[tick], floats[tick] = float(w.firms[0].premium), float(w.firms[0].float_share)
    first = 0.8 * (math.exp(-0.2) - math.exp(-0.4))
    both = 0.8 * (math.exp(-0.2) - math.exp(-1.0))
    assert (floats[6], floats[7], floats[12], floats[13], floats[19]) == approx((0.1, 0.2, 0.2, 0.5, 0.5), rel=1e-14)
    assert premiums[6] == 1.0
    assert premiums[7] == premiums[12] == approx(1.0 - first, rel=1e-13)
    assert premiums[13] == premiums[19] == approx(1.0 - both, rel=1e-13)
    assert w.firms[0].value == approx(1000.0 + 4000.0 * math.exp(-both), rel=1e-13)
    assert told(w) == ["unlock", "unlock"]
    assert w.log[0].saw == approx(0.8 * (1.0 - math.exp(-first)), rel=1e-12)


def test_a_firm_that_starts_listed_has_the_float_of_its_age():
    """0.1 at the IPO, 0.2 more after six months, 0.4 more after twelve; on entry as if it had been there."""
    assert [traded(age, 0.1, 0.2, 0.4) for age in (-5, 0, 5, 6, 11, 12, 99)] == approx(
        [0.1, 0.1, 0.1, 0.3, 0.3, 0.7, 0.7], rel=1e-14
    )
    assert traded(12, 0.5, 0.4, 0.4) == 1.0
    unlocks = {"exchange_ipo_share": 0.1, "exchange_unlock_6": 0.2, "exchange_unlock_12": 0.4}
    w = world(*(startup(status=0, listing_month=month) for month in (-12, -6, -1, NEVER)), tick=0, **unlocks)
    entry.step(w)
    assert list(w.firms.float_share) == approx([0.7, 0.3, 0.1, 0.1], rel=1e-14)


def test_a_float_is_never_more_than_all_shares():
    w = _month(startup(listing_month=1, float_share=0.9, plan_runway=60.0), tick=13, exchange_unlock_12=0.5)
    assert w.firms[0].float_share == 1.0


@given(
    bounded("exchange_scarcity", "value_float_ref", "exchange_unlock_6", "exchange_unlock_12"),
    st.floats(0, 1),
    st.sampled_from([7, 13]),
    st.integers(1, 9),
)
def test_an_unlock_never_raises_a_price(values, traded, tick, listed):
    firm = startup(listing_month=1, premium=0.5, value=900.0, plan_runway=60.0, float_share=traded)
    calm = {"exchange_placement_share": 0.0, "exchange_sentiment_noise": 0.0}
    w = world(firm, tick=tick, market={"listed": float(listed)}, **values, **calm)
    exchange.step(w)
    assert w.firms[0].premium <= 0.5 and w.firms[0].value <= 900.0 * (1 + 1e-12)
    if values["exchange_scarcity"] == 0.0:
        assert w.firms[0].premium == 0.5, "without scarcity a float says nothing"


PLACES = {
    "exchange_placement_share": 0.1,
    "exchange_placement_discount": 0.05,
    "exchange_placement_pause": 6.0,
    "exchange_placement_runway": 18.0,
    "exchange_placement_premium": 0.5,
    "exchange_sentiment_noise": 0.0,
}
PUBLIC = {"listing_month": -40, "value": 5000.0, "plan_runway": 60.0, "cash": 10.0}


def test_a_placement_by_hand_and_its_pause():
    """A firm short of cash sells a tenth of 5,000, and again six months later."""
    w = world(startup(**{**PUBLIC, "plan_runway": 5.0}), told=True, **PLACES)
    exchange.step(w)
    assert w.firms[0].placement_in == w.market.exchange_paid == approx(500.0, rel=1e-14)
    assert w.firms[0].cash == approx(510.0, rel=1e-14)
    assert w.firms[0].value == approx(510.0 + 4990.0 * math.exp(-0.05), rel=1e-13)
    assert (w.log[0].cause, w.log[0].saw) == (LISTED_SHORT, 5.0)
    for tick in range(2, 7):
        exchange.step(later(w, tick))
    assert told(w) == ["placement"]
    exchange.step(later(w, 7))
    assert told(w) == ["placement", "placement"]


def test_a_firm_whose_shares_are_dear_places_without_need():
    for premium, placed in ((0.5, ["placement"]), (0.49, [])):
        w = world(startup(**PUBLIC, premium=premium), told=True, **PLACES)
        exchange.step(w)
        assert told(w) == placed
        if placed:
            assert (w.log[0].cause, w.log[0].saw) == (SHARES_DEAR, 0.5)
            assert w.firms[0].premium == approx(0.45, rel=1e-14)


@pytest.mark.parametrize("change", [{"abandoned_month": 0}, {"plan_runway": 60.0}, {"listing_month": 0}, {"status": 3}])
def test_who_places_no_shares(change):
    """Abandoned firms, those with money and no premium, those listed a month ago, those that are gone."""
    w = _month(startup(**{**PUBLIC, "plan_runway": 5.0, **change}), **PLACES)
    assert w.market.exchange_paid == 0.0


def test_investors_who_hold_a_firm_push_it_to_list_by_hand():
    """Appetite of 0.5, times 1 + 0.4 * the 0.75 that founders no longer hold."""
    firm = world(startup(listing_appetite=0.5, founders_stake=0.25)).firms[0]
    assert exchange.wants_to_list(firm, assumed(exchange_investors_push=0.4)) == approx(0.65, rel=1e-14)
    assert exchange.wants_to_list(firm, assumed(exchange_investors_push=0.0)) == 0.5
    for u, month in ((0.064, 1), (0.066, NEVER)):
        own = {"founders_stake": 0.25, "listing_appetite": 0.5, "u_listing": u}
        push = {"exchange_investors_push": 0.4, "exchange_listing_hazard": 0.1}
        assert _month(startup(**{**READY, **own}), **push).firms[0].listing_month == month


@given(bounded("exchange_investors_push"), st.floats(0, 10), st.floats(0, 1), st.floats(0, 1))
def test_the_less_founders_hold_the_more_a_firm_wants_to_list(values, appetite, one, two):
    w = world(*(startup(listing_appetite=appetite, founders_stake=stake) for stake in sorted((one, two))), **values)
    few, many = (exchange.wants_to_list(firm, w.assume) for firm in w.firms)
    assert few >= many >= appetite


@pytest.mark.parametrize("month", [JANUARY_2024, JANUARY_2024 + 1, -1])
def test_a_listing_that_the_scenario_decides_comes_in_its_month_and_in_no_other(month):
    """Whatever its appetite and luck; ``never`` is -1."""
    own = {**READY, "listing_appetite": 0.0, "u_listing": 0.9, "lists": month}
    w = _month(startup(**own), startup(**{**READY, "lists": -1}), exchange_listing_hazard=1.0)
    exchange.step(later(w, 2))
    exchange.step(later(w, 3))
    expected = {JANUARY_2024: 1, JANUARY_2024 + 1: 2, -1: NEVER}[month]
    assert list(w.firms.listing_month) == [expected, NEVER]


@pytest.mark.parametrize("obstacle", [{"exchange_window": 0.0}, {"exchange_cap_gate": 7000.0}])
def test_a_decided_listing_still_needs_an_open_window_and_the_gate(obstacle):
    w = _month(startup(**{**READY, "lists": JANUARY_2024}), **obstacle)
    exchange.step(later(w, 2))
    assert w.firms[0].listing_month == NEVER


def test_exits_are_the_window_smoothed_over_a_year_by_hand():
    """From nothing: a twelfth after a month of an open window, then 11/12 of the way is left; shut again it fades."""
    w = world(market={"exits": 0.0}, exchange_window=1.0)
    exchange.step(w)
    assert w.market.exits == approx(1.0 / 12.0, rel=1e-14)
    exchange.step(later(w, 2))
    assert w.market.exits == approx(1.0 - (11.0 / 12.0) ** 2, rel=1e-14)
    for shut in ({"exchange_window": 0.0}, {"exchange_on": 0.0}):
        w = world(market={"exits": 0.6}, **shut)
        exchange.step(w)
        assert (w.market.window, w.market.exits) == (0.0, approx(0.55, rel=1e-14))


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
    assert compiled_as_plain(exchange.wants_to_list, w.firms[0], w.assume)
    chance = {"z_sentiment": 4.0 * u - 2.0}
    firms = startup(**firm), startup(**firm, listing_month=listed), giant()
    assert step_as_plain(exchange.step, lambda: world(*firms, told=True, chance=chance, **values))
