"""Spin-off: once, a firm under pressure sells a side business: some cash, less burn."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from worlds import bounded, decide_spending, later, rows, startup, step_as_plain, told, world

from sim.foundation.columns import NEVER
from sim.industry import spin_off

ALL = bounded(*(f"spin_off_{a.name}" for a in spin_off.MECHANISM.assumptions), "spin_off_readiness")
PRESSED = {"runway": 3.0, "u_spin_off": 0.0, "cash": 40.0, "spin_off_readiness": 1.0}


def _month(tick=1, **values):
    assume = {
        k: values.pop(k)
        for k in list(values)
        if k.startswith("spin_off_") and k not in ("spin_off_readiness", "spin_off_month")
    }
    w = world(startup(**values), tick=tick, **assume)
    spin_off.step(w)
    return w


def test_by_hand():
    w = _month(**PRESSED, spin_off_proceeds=150.0, spin_off_relief=0.2, spin_off_hazard_month=0.1)
    firm = w.firms[0]
    assert (firm.cash, firm.spin_off_in, w.market.spin_off_paid) == (190.0, 150.0, 150.0)
    assert (firm.spin_off_month, firm.restructured) == (1, 0.2)
    assert told(w) == ["spin-off"]


def test_it_costs_less_to_run_afterwards():
    """Overhead falls by the share that went with the side business."""
    before, after = (world(startup(restructured=r), market={"frontier_cost": 50.0}) for r in (0.0, 0.2))
    decide_spending(before)
    decide_spending(after)
    assert after.firms[0].overhead == approx(0.8 * before.firms[0].overhead, rel=1e-14)


def test_once():
    w = _month(**PRESSED, spin_off_hazard_month=1.0)
    for tick in range(2, 30):
        spin_off.step(later(w, tick))
    assert told(w) == ["spin-off"]


@pytest.mark.parametrize(
    "who", [{"runway": 60.0}, {"spin_off_readiness": 0.0}, {"status": 3}, {"status": 0}, {"kind": 1}]
)
def test_who_sells_nothing(who):
    w = _month(**{**PRESSED, **who}, spin_off_hazard_month=1.0)
    assert w.firms[0].spin_off_month == NEVER and w.market.spin_off_paid == 0.0


@given(ALL, st.floats(0, 60), st.floats(0, 60), st.floats(2**-33, 1))
def test_more_pressure_no_less_likely(values, runway, longer, u):
    sold = [
        bool(_month(runway=r, u_spin_off=u, **values).firms[0].spin_off_month == 1) for r in (runway, runway + longer)
    ]
    assert sold[0] >= sold[1]


def test_off_nobody_sells_a_side_business():
    w = world(startup(**PRESSED), spin_off_on=0.0, spin_off_hazard_month=1.0)
    before = rows(w)
    spin_off.step(w)
    assert rows(w) == before


@given(ALL, st.floats(0, 60), st.floats(2**-33, 1))
def test_compiled_as_plain(values, runway, u):
    readiness = values.pop("spin_off_readiness")
    firm = startup(runway=runway, u_spin_off=u, spin_off_readiness=readiness)
    assert step_as_plain(spin_off.step, lambda: world(firm, **values))
