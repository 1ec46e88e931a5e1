"""Decisions of a scenario: done in their month if they can be, at no other time; else the log says why."""

from __future__ import annotations

import pytest
from pytest import approx
from worlds import JANUARY_2024, giant, later, startup, told, world

from sim.foundation import causes
from sim.foundation.columns import INDEPENDENT, NEVER
from sim.industry import exchange, pivot, rounds, strategic

NOW, NEXT = float(JANUARY_2024), float(JANUARY_2024 + 1)
EAGER = {"gap": 2.0, "plan_runway": 1.0, "u_pivot": 0.0}
READY = {"ttm_revenue": 300.0, "value": 6000.0, "entry_age": 5.0, "listing_appetite": 1.0, "u_listing": 0.0}
GATE = {
    "exchange_revenue_gate": 250.0,
    "exchange_cap_gate": 5000.0,
    "exchange_cap_gate_early": 9000.0,
    "exchange_years_of_research": 3.0,
    "exchange_listing_hazard": 1.0,
    "exchange_first_day": 0.0,
}
SOUGHT = {"value": 4000.0, "burn": 50.0, "spending": 50.0, "cash": 100.0, "plan_runway": 100.0, "users": 1.0}
MONEY = {"rounds_bar_normal": -10.0, "rounds_bar_hot": -10.0, "rounds_bar_cold": -10.0, "rounds_noise": 0.0}


def why(w):
    """(event, cause) of all that was told."""
    return list(zip(told(w), (int(cause) for cause in w.log["cause"][: w.told[0]]), strict=True))


# pivots


def test_a_decided_pivot_needs_no_urgency_and_the_rule_does_not_fire_beside_it():
    w = world(
        startup(pivots=NOW, gap=0.0, plan_runway=60.0, keeps_core=1.0),
        startup(pivots=NOW, gap=0.0, plan_runway=60.0, keeps_core=0.0, u_deep=0.0),
        startup(pivots=NEXT, **EAGER),
        startup(pivots=-1.0, **EAGER),
        startup(pivots=0.0, **EAGER),
        pivot_hazard=1.0,
    )
    pivot.step(w)
    assert list(w.firms.pivot_month) == [1, 1, NEVER, NEVER, 1]
    assert list(w.firms.deep[:2]) == [1, 0], "keeps_core says how"
    assert why(w) == [("pivot", causes.FORCED), ("pivot", causes.FORCED), ("pivot", causes.FELL_BEHIND)]
    pivot.step(later(w, 2))
    assert list(w.firms.pivot_month) == [1, 1, 2, NEVER, 1]


def test_a_pivot_that_cannot_be():
    w = world(startup(pivots=NOW), startup(pivots=NEXT), pivot_on=0.0)
    pivot.step(w)
    assert list(w.firms.pivot_month) == [NEVER, NEVER]
    assert why(w) == [("cannot pivot", causes.SWITCHED_OFF)]
    w = world(startup(pivots=NOW, pivot_month=-7), tick=1)
    pivot.step(w)
    assert w.firms[0].pivot_month == -7 and w.log["saw"][0] == 8.0
    assert why(w) == [("cannot pivot", causes.PIVOTED_ALREADY)]


# listings


def _exchange(*firms, **assume):
    w = world(*firms, **{**GATE, **assume})
    exchange.step(w)
    return w


def test_a_decided_listing_needs_no_luck_and_a_never_is_never():
    w = _exchange(
        startup(**{**READY, "u_listing": 0.999, "listing_appetite": 0.0}, lists=NOW),
        startup(**READY, lists=NEXT),
        startup(**READY, lists=-1.0),
        startup(**READY, lists=0.0),
    )
    assert list(w.firms.listing_month) == [1, NEVER, NEVER, 1]
    assert why(w) == [("listing", causes.FORCED_LISTING), ("listing", causes.GATE_PASSED)]
    exchange.step(later(w, 2))
    assert list(w.firms.listing_month) == [1, 2, NEVER, 1]


@pytest.mark.parametrize(
    ("firm", "assume", "cause"),
    [
        ({}, {"exchange_window": 0.0}, causes.WINDOW_SHUT),
        ({"value": 4999.0}, {}, causes.GATE_NOT_PASSED),
        ({"entry_age": 2.0}, {}, causes.TOO_YOUNG),
        ({"entry_age": 2.0, "value": 4999.0}, {}, causes.TOO_YOUNG),
        ({"pivot_month": 0}, {"pivot_may_list": 0.0}, causes.PIVOTED_MAY_NOT),
        ({"listing_month": -3}, {}, causes.LISTED_ALREADY),
        ({}, {"exchange_on": 0.0}, causes.SWITCHED_OFF),
    ],
)
def test_a_listing_that_cannot_be(firm, assume, cause):
    w = _exchange(startup(**{**READY, **firm}, lists=NOW), **assume)
    assert w.firms[0].listing_month == firm.get("listing_month", NEVER)
    assert why(w) == [("cannot list", cause)]
    before = int(w.told[0])
    exchange.step(later(w, 2))
    assert "cannot list" not in told(w)[before:] and "listing" not in told(w)[before:], "one month, no other"


# rounds


def _rounds(*firms, market=None, **assume):
    w = world(*firms, market={"dry_powder": 9000.0, **(market or {})}, **{**MONEY, **assume})
    rounds.step(w)
    return w


def test_a_decided_round_closes_in_its_month_though_nothing_is_needed():
    w = _rounds(startup(**SOUGHT, raises=NOW), startup(**SOUGHT, raises=NEXT), startup(**SOUGHT, raises=-1.0))
    assert list(w.firms.rounds) == [1, 0, 0]
    assert w.firms[0].cash == approx(100.0 + w.firms[0].venture_in) and w.firms[0].venture_in > 0.0
    rounds.step(later(w, 2))
    assert list(w.firms.rounds) == [1, 1, 0]
    rounds.step(later(w, 3))
    assert list(w.firms.rounds) == [1, 1, 0]


def test_who_never_raises_is_never_refused_either():
    w = _rounds(startup(**{**SOUGHT, "plan_runway": 1.0}, raises=-1.0, refused_months=5, seeking_month=-9))
    assert (w.firms[0].seeking_month, w.firms[0].refused_months) == (NEVER, 0)


@pytest.mark.parametrize(
    ("firm", "market", "assume", "cause"),
    [
        ({}, {}, {"rounds_bar_normal": 10.0}, causes.SCORE_LOW),
        ({}, {"dry_powder": 0.0}, {"rounds_inflow_normal": 0.0}, causes.POWDER_LOW),
        ({"listing_month": 0}, {}, {}, causes.LISTED_ALREADY),
        ({"seeks_capital": 0.0}, {}, {}, causes.OWN_MONEY),
        ({}, {}, {"rounds_on": 0.0}, causes.SWITCHED_OFF),
    ],
)
def test_a_round_that_cannot_be(firm, market, assume, cause):
    w = _rounds(startup(**{**SOUGHT, **firm}, raises=NOW), market=market, **assume)
    assert w.firms[0].rounds == 0 and w.firms[0].venture_in == 0.0
    assert why(w) == [("cannot raise", cause)]


def test_no_strategic_money_either_for_who_does_not_raise():
    firms = [
        startup(value=5000.0, raised=100.0, u_strategic=0.0, u_cheque=0.5, raises=r) for r in (0.0, -1.0, NEXT, NOW)
    ]
    w = world(*firms, strategic_hazard_month=1.0)
    strategic.step(w)
    assert [bool(x > 0.0) for x in w.firms.strategic_in] == [True, False, False, True]


@pytest.mark.parametrize("who", [{"status": INDEPENDENT + 1}, {"status": 0}])
def test_nothing_is_told_of_who_is_gone_or_not_there(who):
    """Nor of giants, who neither pivot nor list nor raise."""
    decided = {"pivots": NOW, "lists": NOW, "raises": NOW}
    for make in (startup(**{**READY, **decided, **who}), giant(**READY, **decided)):
        for step, on in ((pivot.step, "pivot_on"), (exchange.step, "exchange_on"), (rounds.step, "rounds_on")):
            for switch in (0.0, 1.0):
                w = world(make, **{**GATE, on: switch})
                step(w)
                assert told(w) == []
