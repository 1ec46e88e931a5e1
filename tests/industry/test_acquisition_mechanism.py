"""Acquisition: a firm that needs a buyer gets offers, the more the more a giant would gain, within giants' capacity."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from worlds import JANUARY_2024, assumed, bounded, compiled_as_plain, giant, rows, startup, step_as_plain, told, world

from sim.foundation.causes import ABANDONED, ACQUISITION_HAZARD, REDEEMED, REFUSED
from sim.foundation.columns import ACQUIRED, INDEPENDENT, NEVER
from sim.industry import acquisition, closure

ALL = bounded(*(f"acquisition_{a.name}" for a in acquisition.MECHANISM.assumptions))
JUNE = JANUARY_2024 + 5
POOR = {
    "runway": 2.0,
    "refused_months": 9,
    "cash": 300.0,
    "receivables": 50.0,
    "value": 700.0,
    "talent": 0.0,
    "users": 0.0,
    "u_offer": 0.0,
}  # costs 350 + 0.2 * 350
RICH_ONE = {**POOR, "runway": 90.0, "refused_months": 0}  # no seller
RICH = {"capacity_left": 5000.0, "acquisition_appetite": 1.0, "u_bid": 0.5}
EXACT = {
    "acquisition_distress_runway": 6.0,
    "acquisition_refused_months": 8.0,
    "acquisition_offer_month": 0.1,
    "acquisition_bargain": 0.2,
    "acquisition_control_premium": 0.3,
    "acquisition_talent_gain": 0.5,
    "acquisition_users_gain": 0.3,
    "acquisition_least_price": 100.0,
}


def _month(*firms, month=JUNE, **assume):
    w = world(*firms, month=month, tick=9, **{**EXACT, **assume})
    acquisition.step(w)
    return w


def test_price_by_hand():
    """Net cash of 350 and a fifth of the way to a value of 700; of a listed firm 1.3 times its value."""
    w = world(
        startup(cash=300.0, receivables=50.0, value=700.0),
        startup(cash=300.0, receivables=50.0, value=200.0),
        startup(cash=-20.0, receivables=0.0, value=0.0),
        startup(cash=300.0, receivables=50.0, value=700.0, listing_month=9),
        startup(cash=300.0, value=50.0, listing_month=3),
        **EXACT,
    )
    prices = [acquisition.price_of(firm, w.assume, 9) for firm in w.firms]
    assert prices == approx([420.0, 350.0, 100.0, 910.0, 100.0], rel=1e-14)


def test_at_no_bargain_a_price_is_net_cash_and_at_a_whole_one_it_is_stand_alone_value():
    firm = world(startup(cash=300.0, receivables=50.0, value=700.0)).firms[0]
    for bargain, price in ((0.0, 350.0), (1.0, 700.0)):
        assume = assumed(**{**EXACT, "acquisition_bargain": bargain})
        assert acquisition.price_of(firm, assume, 9) == approx(price, rel=1e-14)


@given(ALL, st.floats(-50, 1e4), st.floats(0, 1e4), st.floats(0, 1e6))
def test_a_price_lies_between_liquidation_and_stand_alone_value(values, cash, receivables, worth):
    assume = assumed(**values)
    w = world(startup(cash=cash, receivables=receivables, value=worth), startup(value=worth, listing_month=0))
    price, listed = (acquisition.price_of(firm, assume, 9) for firm in w.firms)
    net, least = max(cash, 0.0) + receivables, values["acquisition_least_price"]
    assert max(net, least) <= price <= max(net, worth, least) * (1 + 1e-12)
    assert listed >= worth, "nobody sells a listed firm below its market value"


def test_who_is_for_sale_and_why():
    """A sale needs a seller: short of cash and refused or abandoned, or called by its investors."""
    short = {"runway": 5.9}
    w = world(
        startup(**short),
        startup(runway=6.0, refused_months=8),
        startup(runway=60.0, abandoned_month=3),
        startup(**short, refused_months=7),
        startup(**short, refused_months=8),
        startup(**short, abandoned_month=3),
        startup(**short, refused_months=9, abandoned_month=3),
        startup(runway=60.0, called_month=4, owed=10.0),
        startup(runway=60.0, called_month=4, owed=0.0),
        startup(**short, refused_months=9, called_month=4, owed=10.0),
        **EXACT,
    )
    assert [acquisition.why_for_sale(f, w.assume) for f in w.firms] == [
        *(-1, -1, -1, -1),
        *(REFUSED, ABANDONED, ABANDONED),
        *(REDEEMED, -1, REDEEMED),
    ]


def test_what_a_buyer_gains_by_hand():
    """1 + 0.5 * 1.2 for talent + 0.3 * log(1 + 4) for four million users."""
    firm = world(startup(talent=1.2, users=4.0)).firms[0]
    assert acquisition.gain(firm, assumed(**EXACT)) == approx(1.6 + 0.3 * math.log(5.0), rel=1e-14)


@given(ALL, st.floats(0, 3), st.floats(0, 100), st.floats(0, 3))
def test_more_talent_and_more_users_no_less_to_gain(values, talent, users, more):
    assume = assumed(**values)
    w = world(
        startup(talent=talent, users=users),
        startup(talent=talent + more, users=users),
        startup(talent=talent, users=users + more),
    )
    gains = [acquisition.gain(firm, assume) for firm in w.firms]
    assert gains[0] >= 1.0 and gains[1] >= gains[0] and gains[2] >= gains[0]


def test_a_purchase_by_hand():
    """The price goes to the shareholders, the cash goes with the firm: nothing enters the firm's account."""
    w = _month(startup(**POOR), giant(**RICH))
    firm, market = w.firms[0], w.market
    assert (firm.status, firm.exit_month, firm.cash, firm.cash_left) == (ACQUIRED, 9, 300.0, 300.0)
    assert market.acquirers_paid == approx(420.0, rel=1e-14)
    assert market.left_acquired == 300.0
    assert w.firms[1].capacity_left == approx(5000.0 - 420.0, rel=1e-14)
    assert told(w) == ["acquisition"]


def test_the_chance_by_hand():
    """0.1 times an appetite of 1 + 2: 0.3 a month; times 1.5 for a talent of 1."""
    giants = giant(**RICH), giant(**{**RICH, "acquisition_appetite": 2.0})
    for talent, chance in ((0.0, 0.3), (1.0, 0.45)):
        for u, status in ((chance - 0.01, ACQUIRED), (chance + 0.01, INDEPENDENT)):
            assert _month(startup(**{**POOR, "talent": talent, "u_offer": u}), *giants).firms[0].status == status


def test_the_highest_own_score_wins():
    eager = giant(**{**RICH, "acquisition_appetite": 2.0, "u_bid": 0.5})
    keen = giant(**{**RICH, "acquisition_appetite": 1.0, "u_bid": 0.9})
    w = _month(startup(**POOR), keen, eager)
    assert (w.firms[1].capacity_left, w.firms[2].capacity_left) == (5000.0, 4580.0)
    unlucky = giant(**{**RICH, "acquisition_appetite": 1.5, "u_bid": 0.4})
    w = _month(startup(**POOR), keen, unlucky)
    assert (w.firms[1].capacity_left, w.firms[2].capacity_left) == (4580.0, 5000.0)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_of_two_firms_and_money_for_one_luck_decides_and_not_the_row(order):
    """Alike but for their draws, 0.07 and 0.02 of 0.1: the offer to the second comes earlier in the month."""
    firms = startup(**{**POOR, "u_offer": 0.07}), startup(**{**POOR, "u_offer": 0.02}), giant(**RICH)
    w = _month(*({**firms[k], **({"capacity_left": 500.0} if k == 2 else {})} for k in order))
    assert w.firms[order.index(1)].status == ACQUIRED
    assert w.firms[order.index(0)].status == INDEPENDENT


def test_an_offer_that_hung_on_a_giant_who_has_spent_is_gone():
    """The first costs 420 and takes the only giant that could; the other giant alone offers with chance 0.1."""
    firms = startup(**{**POOR, "u_offer": 0.02}), startup(**{**POOR, "u_offer": 0.15})
    giants = giant(**{**RICH, "capacity_left": 700.0, "u_bid": 0.9}), giant(**RICH)
    assert list(_month(*firms, *giants).firms.status[:2]) == [ACQUIRED, INDEPENDENT]
    assert list(_month(*firms[1:], *giants).firms.status[:1]) == [ACQUIRED], "chance 0.2 while both can pay"


def test_deals_are_made_in_the_order_of_luck():
    """0.5 of the acquisition hazard comes before 0.6 of the chance of an offer."""
    offered, by_chance = {**POOR, "u_offer": 0.06}, {**RICH_ONE, "u_offer": 0.5}
    buyer = giant(**{**RICH, "capacity_left": 500.0})
    w = _month(startup(**offered), startup(**by_chance, u_bought=0.01), buyer, acquisition_hazard_month=0.02)
    assert list(w.firms.status[:2]) == [INDEPENDENT, ACQUIRED]
    w = _month(startup(**offered), startup(**by_chance, u_bought=0.014), buyer, acquisition_hazard_month=0.02)
    assert list(w.firms.status[:2]) == [ACQUIRED, ACQUIRED]
    assert (w.market.acquirers_paid, w.market.outsiders_paid) == (approx(420.0), approx(420.0))


@given(st.floats(0, 1), st.floats(2**-33, 1 - 2**-33))
def test_bought_by_chance(hazard, u):
    w = _month(startup(runway=90.0, cash=1000.0, u_bought=u), giant(**RICH), acquisition_hazard_month=hazard)
    assert (w.firms[0].status == ACQUIRED) == (u < hazard)


def test_a_purchase_by_chance_by_hand():
    """The giant pays, as in any deal; without one that can or will, a buyer from outside does, in a named account."""
    for buyer, who in (
        (giant(**RICH), 1),
        (giant(**{**RICH, "capacity_left": 400.0}), -1),
        (giant(**{**RICH, "acquisition_appetite": 0.0}), -1),
        (startup(), -1),
    ):
        w = _month(startup(**{**RICH_ONE, "u_offer": 0.5, "u_bought": 0.01}), buyer, acquisition_hazard_month=0.02)
        assert (w.firms[0].status, w.firms[0].cash_left, w.market.left_acquired) == (ACQUIRED, 300.0, 300.0)
        paid = (w.market.acquirers_paid, w.market.outsiders_paid)
        assert paid == ((approx(420.0), 0.0) if who == 1 else (0.0, approx(420.0)))
        row = w.log[0]
        assert (row.other, row.cause, row.saw) == (who, ACQUISITION_HAZARD, 0.02)


def test_the_log_says_why_a_firm_was_sold_and_what_the_rule_saw():
    """Month 9: called in month 4, refused for 9 months, abandoned in month 2."""
    cases = (
        ({"runway": 90.0, "called_month": 4, "owed": 5.0}, REDEEMED, 5.0),
        ({}, REFUSED, 9.0),
        ({"abandoned_month": 2}, ABANDONED, 7.0),
    )
    for own, cause, saw in cases:
        row = _month(startup(**{**POOR, **own}), giant(**RICH)).log[0]
        assert (row.cause, row.saw, row.other, row.value) == (cause, saw, 1, approx(420.0))


def test_capacity_is_a_years_and_is_used_up():
    """Room for one: the second firm for sale finds no buyer until January."""
    buyer = giant(**{**RICH, "capacity_left": 500.0, "buying_capacity_year": 500.0})
    w = _month(startup(**POOR), startup(**{**POOR, "u_offer": 0.01}), buyer)
    assert list(w.firms.status[:2]) == [ACQUIRED, INDEPENDENT]
    w = _month(
        startup(**POOR), giant(**{**RICH, "capacity_left": 0.0, "buying_capacity_year": 500.0}), month=JANUARY_2024 + 12
    )
    assert w.firms[0].status == ACQUIRED
    w = _month(startup(**POOR), giant(**{**RICH, "capacity_left": 0.0, "buying_capacity_year": 500.0}))
    assert w.firms[0].status == INDEPENDENT


@given(
    st.lists(st.tuples(st.floats(0, 5), st.floats(0, 1)), min_size=1, max_size=5),
    st.floats(-50, 2000),
    st.floats(0, 3000),
    st.floats(0, 3000),
    st.floats(0, 1),
)
def test_more_capacity_fewer_closures(firms, cash, capacity, more, offer):
    """The same distressed firms of one price and the same luck: the month ends with no more of them closed.

    Of two prices it need not be so: a dearer firm that can now be paid may take the room of a cheaper one.
    """
    closed = []
    for level in (capacity, capacity + more):
        w = _month(
            *(startup(**{**POOR, "runway": r, "cash": cash, "u_offer": u}) for r, u in firms),
            giant(**{**RICH, "capacity_left": level}),
            acquisition_offer_month=offer,
            acquisition_bargain=0.0,
        )
        assert w.firms[-1].capacity_left >= 0.0
        closure.step(w)
        closed.append(told(w).count("closure"))
    assert closed[1] <= closed[0]


def test_more_capacity_strictly_fewer_closures():
    closed = []
    for capacity in (0.0, 1000.0):
        w = _month(
            startup(**{**POOR, "cash": -1.0, "receivables": 0.0, "value": 0.0}),
            giant(**{**RICH, "capacity_left": capacity}),
        )
        closure.step(w)
        closed.append(told(w).count("closure"))
    assert closed == [1, 0]


@given(ALL, st.floats(0, 50), st.floats(0, 50), st.floats(2**-33, 1))
def test_more_appetite_no_fewer_purchases(values, appetite, more, u):
    bought = []
    for level in (appetite, min(appetite + more, 50.0)):
        w = _month(
            startup(**{**POOR, "u_offer": u}),
            giant(**{**RICH, "acquisition_appetite": level, "capacity_left": 1e9}),
            **values,
        )
        bought.append(bool(w.firms[0].status == ACQUIRED))
    assert bought[0] <= bought[1]


@pytest.mark.parametrize(
    "who", [{"status": 0}, {"status": 3}, {"kind": 1}, {"runway": 60.0}, {"refused_months": 0}, {"refused_months": 7}]
)
def test_who_is_never_bought(who):
    w = _month(startup(**{**POOR, **who}), giant(**RICH), acquisition_offer_month=1.0)
    assert "acquisition" not in told(w)


def test_a_giant_that_is_not_there_buys_nothing_and_its_row_does_not_change():
    w = world(startup(**POOR), giant(**RICH, status=0), month=JANUARY_2024, **EXACT)
    before = rows(w)
    acquisition.step(w)
    assert rows(w) == before


def test_off_nobody_is_bought():
    w = world(
        startup(**POOR),
        startup(**POOR, abandoned_month=0),
        giant(**RICH),
        month=JUNE,
        acquisition_on=0.0,
        acquisition_offer_month=1.0,
    )
    before = rows(w)
    acquisition.step(w)
    assert rows(w) == before


@given(
    ALL,
    st.floats(0, 20),
    st.floats(-10, 1e4),
    st.integers(0, 20),
    st.floats(2**-33, 1),
    st.integers(0, 11),
    st.sampled_from([0, NEVER]),
)
def test_compiled_as_plain(values, runway, cash, refused, u, month, listed):
    own = {"runway": runway, "cash": cash, "refused_months": refused, "u_offer": u, "users": 3.0, "value": 900.0}
    firm = startup(**own, listing_month=listed)
    w = world(firm, **values)
    assert compiled_as_plain(acquisition.why_for_sale, w.firms[0], w.assume)
    assert compiled_as_plain(acquisition.price_of, w.firms[0], w.assume, 9)
    assert compiled_as_plain(acquisition.gain, w.firms[0], w.assume)
    called = startup(called_month=1, owed=9.0, u_offer=0.0)
    firms = firm, startup(abandoned_month=1, u_offer=0.0), called, giant(**RICH), giant(**{**RICH, "u_bid": u})
    assert step_as_plain(acquisition.step, lambda: world(*firms, month=JANUARY_2024 + month, tick=9, **values))
