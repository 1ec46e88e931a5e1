"""Closure: at or below zero cash, or by chance at a constant hazard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from worlds import assumed, compiled_as_plain, giant, rows, startup, step_as_plain, told, world

from sim.foundation.causes import CLOSING_HAZARD, NEWNESS
from sim.foundation.columns import CLOSED, INDEPENDENT
from sim.industry import closure


def _status(**values):
    assume = {k: values.pop(k) for k in list(values) if k.startswith("closure_")}
    w = world(startup(**values), tick=4, **assume)
    closure.step(w)
    return int(w.firms[0].status)


def test_out_of_money_by_hand():
    w = world(startup(cash=-3.0), startup(cash=0.0), startup(cash=0.01), tick=4)
    closure.step(w)
    assert list(w.firms.status) == [CLOSED, CLOSED, INDEPENDENT]
    assert list(w.firms.exit_month[:2]) == [4, 4]
    assert list(w.firms.cash_left) == [-3.0, 0.0, 0.0]
    assert w.market.left_closed == -3.0
    assert told(w) == ["closure", "closure"]


@given(st.floats(0, 1), st.floats(2**-33, 1 - 2**-33))
def test_by_chance(hazard, u):
    assert _status(cash=100.0, u_closure=u, closure_hazard_month=hazard) == (CLOSED if u < hazard else INDEPENDENT)


def test_what_newness_adds_by_hand():
    """0.04 in the first month, half of it after 18 months, a quarter after 36; the constant hazard stays."""
    assume = assumed(closure_newness_month=0.04, closure_newness_half_life=18.0)
    assert [closure.newness(float(age), assume) for age in (0, 18, 36)] == approx([0.04, 0.02, 0.01], rel=1e-14)


@pytest.mark.parametrize(
    ("enters", "entry", "tick", "age"),
    [(1, 0, 1, 0), (1, 0, 4, 3), (0, 0, 1, 1), (-23, -23, 1, 24), (7, 7, 7, 0), (7, 10, 12, 2)],
)
def test_months_since_entry(enters, entry, tick, age):
    """There from the start, for two years before it, on its date, and by chance some months after its date."""
    w = world(startup(enters_month=enters, entry_month=entry))
    assert closure.months_since_entry(w.firms[0], tick) == age


@pytest.mark.parametrize(("u", "why"), [(0.005, CLOSING_HAZARD), (0.025, NEWNESS), (0.031, -1)])
def test_the_log_tells_newness_from_the_hazard_at_any_age(u, why):
    """A hazard of 0.01 at any age and 0.02 for newness, 18 months after entry."""
    chances = {"closure_hazard_month": 0.01, "closure_newness_month": 0.04, "closure_newness_half_life": 18.0}
    w = world(startup(cash=9.0, u_closure=u, enters_month=2, entry_month=2), tick=20, **chances)
    closure.step(w)
    row = w.log[0]
    seen = {CLOSING_HAZARD: 0.01, NEWNESS: 18.0}
    assert (told(w), row.cause, row.saw) == ((["closure"], why, seen[why]) if why >= 0 else ([], 0, 0.0))


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6), st.floats(0, 1), st.floats(0, 1), st.floats(2**-33, 1))
def test_more_cash_or_less_hazard_never_closes_a_firm(cash, more, hazard, riskier, u):
    base = _status(cash=cash, u_closure=u, closure_hazard_month=hazard)
    assert _status(cash=cash + more, u_closure=u, closure_hazard_month=hazard) <= base
    assert _status(cash=cash, u_closure=u, closure_hazard_month=min(hazard + riskier, 1.0)) >= base


@pytest.mark.parametrize("who", [{"status": 0}, {"status": 2}, {"kind": 1}])
def test_giants_and_who_is_not_there_never_close(who):
    w = world(startup(cash=-1.0, **who), closure_hazard_month=1.0)
    before = rows(w)
    closure.step(w)
    assert rows(w) == before


def test_off_a_startup_closes_only_out_of_money():
    off = {"closure_on": 0.0, "closure_hazard_month": 1.0, "closure_newness_month": 1.0}
    assert _status(cash=1.0, u_closure=0.0, **off) == INDEPENDENT
    assert _status(cash=0.0, **off) == CLOSED


@given(st.floats(-10, 10), st.floats(0, 1), st.floats(2**-33, 1), st.floats(0, 1), st.floats(0.1, 600))
def test_compiled_as_plain(cash, hazard, u, newness, half_life):
    firms = startup(cash=cash, u_closure=u), giant(cash=-1.0), startup(u_closure=0.0)
    chances = {"hazard_month": hazard, "newness_month": newness, "newness_half_life": half_life}
    assume = {f"closure_{name}": value for name, value in chances.items()}
    assert step_as_plain(closure.step, lambda: world(*firms, tick=7, **assume))
    assert compiled_as_plain(closure.newness, 7.0, assumed(**assume))
