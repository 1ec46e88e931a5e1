"""Redemption: who is called, what it owes and pays, and what ends a call."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from worlds import assumed, bounded, compiled_as_plain, giant, later, rows, startup, step_as_plain, told, world

from sim.foundation.causes import CALLED
from sim.foundation.columns import NEVER
from sim.industry import redemption

ALL = bounded(*(f"redemption_{a.name}" for a in redemption.MECHANISM.assumptions))
EXACT = {
    "redemption_months_without": 24.0,
    "redemption_hazard_month": 0.1,
    "redemption_shut": 1.5,
    "redemption_share_called": 0.3,
    "redemption_pay_share": 0.25,
}
WAITED = {"raised": 1000.0, "founders_stake": 0.6, "last_round_month": 6, "cash": 400.0}  # 24 months in month 30


def _month(*firms, tick=30, window=1.0, **assume):
    w = world(*firms, tick=tick, market={"window": window}, told=True, **{**EXACT, **assume})
    redemption.step(w)
    return w


def test_the_chance_by_hand():
    """0.1 times the 0.4 that investors hold; 2.5 times as much while the window is shut; 1.75 when it is half open."""
    firm = world(startup(**WAITED)).firms[0]
    assume = assumed(**EXACT)
    chances = [redemption.hazard(firm, window, 24.0, assume) for window in (1.0, 0.5, 0.0)]
    assert chances == approx([0.04, 0.07, 0.1], rel=1e-14)
    assert redemption.hazard(firm, 1.0, 23.0, assume) == 0.0, "patience lasts 24 months"


def test_investors_who_hold_nothing_or_paid_nothing_call_nothing():
    assume = assumed(**EXACT)
    for change in ({"founders_stake": 1.0}, {"raised": 0.0}):
        assert redemption.hazard(world(startup(**{**WAITED, **change})).firms[0], 0.0, 99.0, assume) == 0.0


def test_a_call_and_its_payments_by_hand():
    """It owes 300 of 1,000, and pays a quarter of its cash a month: of 400 first 100, then 75, and so on."""
    w = _month(startup(**WAITED, u_redemption=0.039))
    firm, market = w.firms[0], w.market
    assert told(w) == ["redemption"]
    row = w.log[0]
    assert (row.value, row.cause, row.saw) == (approx(300.0), CALLED, 24.0)
    assert (firm.called_month, firm.redeemed, firm.cash) == (30, approx(100.0), approx(300.0))
    paid = [100.0]
    for tick in range(31, 40):
        firm.redeemed = 0.0  # a new month's flows
        redemption.step(later(w, tick))
        paid.append(float(firm.redeemed))
    assert paid[:4] == approx([100.0, 75.0, 56.25, 42.1875], rel=1e-13)
    assert paid[4] == approx(300.0 - 273.4375, rel=1e-12) and paid[5:] == [0.0] * 5
    assert firm.owed == 0.0 and firm.called_month == 30 and told(w) == ["redemption"], "money is called once"
    assert market.redeemed_paid == approx(300.0, rel=1e-14)
    assert firm.cash == approx(100.0, rel=1e-13)


def test_luck_above_the_chance_nothing_is_called():
    w = _month(startup(**WAITED, u_redemption=0.041))
    assert (w.firms[0].called_month, w.firms[0].owed, w.market.redeemed_paid, told(w)) == (NEVER, 0.0, 0.0, [])


def test_who_has_never_raised_a_round_here_waits_from_its_entry():
    own = {**WAITED, "last_round_month": NEVER, "entry_month": 6, "u_redemption": 0.0}
    assert _month(startup(**own), tick=29).firms[0].called_month == NEVER
    assert _month(startup(**own), tick=30).firms[0].called_month == 30


def test_nobody_pays_out_of_an_empty_purse():
    w = _month(startup(**{**WAITED, "cash": -5.0}, u_redemption=0.0))
    assert (w.firms[0].redeemed, w.firms[0].cash, w.firms[0].owed) == (0.0, -5.0, approx(300.0))


@pytest.mark.parametrize("who", [{"kind": 1}, {"status": 0}, {"status": 2}, {"status": 3}, {"listing_month": 30}])
def test_who_is_never_called(who):
    w = _month(startup(**WAITED, u_redemption=0.0, **who))
    assert (w.firms[0].called_month, w.market.redeemed_paid, told(w)) == (NEVER, 0.0, [])


@given(ALL, st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 120), st.floats(0, 120))
def test_a_shut_window_a_smaller_stake_and_a_longer_wait_no_fewer_calls(values, one, two, stake, less, waited, more):
    """The more firmly exits are shut, the more investors hold and the longer they have waited."""
    assume = assumed(**values)
    w = world(startup(raised=5.0, founders_stake=stake), startup(raised=5.0, founders_stake=stake * less))
    base = redemption.hazard(w.firms[0], max(one, two), waited, assume)
    assert redemption.hazard(w.firms[0], min(one, two), waited, assume) >= base
    assert redemption.hazard(w.firms[1], max(one, two), waited, assume) >= base
    assert redemption.hazard(w.firms[0], max(one, two), waited + more, assume) >= base


def test_a_shut_window_calls_money_that_an_open_one_leaves():
    called = [_month(startup(**WAITED, u_redemption=0.06), window=w).firms[0].called_month for w in (1.0, 0.0)]
    assert called == [NEVER, 30]


@given(ALL, st.floats(-100, 1e5), st.floats(0, 1e5), st.floats(0, 1))
def test_nobody_pays_more_than_it_owes_or_has(values, cash, raised, u):
    w = _month(startup(**{**WAITED, "cash": cash, "raised": raised}, u_redemption=u), **values)
    firm = w.firms[0]
    assert 0.0 <= firm.redeemed <= max(cash, 0.0)
    assert firm.redeemed + firm.owed <= values["redemption_share_called"] * raised * (1 + 1e-12)
    assert firm.owed >= 0.0 and firm.cash == approx(cash - firm.redeemed, rel=1e-12, abs=1e-12)
    assert w.market.redeemed_paid == firm.redeemed


def test_off_nobody_calls_money_back():
    w = world(startup(**WAITED, u_redemption=0.0), told=True, tick=30, **EXACT, redemption_on=0.0)
    before = rows(w)
    redemption.step(w)
    assert rows(w) == before and told(w) == [] and w.market.redeemed_paid == 0.0


def test_switched_off_a_call_under_way_lapses_and_a_gone_firms_row_stays():
    called = {**WAITED, "called_month": 28, "owed": 200.0}
    w = _month(startup(**called), startup(**called, status=3), redemption_on=0.0)
    assert (w.firms[0].called_month, w.firms[0].owed, w.firms[0].redeemed) == (NEVER, 0.0, 0.0)
    assert (w.firms[1].called_month, w.firms[1].owed) == (28, 200.0)


@given(ALL, st.floats(-10, 1e4), st.floats(0, 1), st.floats(0, 1))
def test_compiled_as_plain(values, cash, window, u):
    firm = startup(**{**WAITED, "cash": cash}, u_redemption=u)
    w = world(firm, **values)
    assert compiled_as_plain(redemption.hazard, w.firms[0], window, 30.0, w.assume)
    firms = firm, startup(**WAITED, called_month=4, owed=50.0), giant()
    assert step_as_plain(
        redemption.step, lambda: world(*firms, told=True, tick=30, market={"window": window}, **values)
    )
