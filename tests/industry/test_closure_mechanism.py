"""Closure: at or below zero cash, or by chance at a constant hazard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import giant, rows, startup, step_as_plain, told, world

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
    off = {"closure_on": 0.0, "closure_hazard_month": 1.0}
    assert _status(cash=1.0, u_closure=0.0, **off) == INDEPENDENT
    assert _status(cash=0.0, **off) == CLOSED


@given(st.floats(-10, 10), st.floats(0, 1), st.floats(2**-33, 1))
def test_compiled_as_plain(cash, hazard, u):
    firms = startup(cash=cash, u_closure=u), giant(cash=-1.0), startup(u_closure=0.0)
    assert step_as_plain(closure.step, lambda: world(*firms, closure_hazard_month=hazard))
