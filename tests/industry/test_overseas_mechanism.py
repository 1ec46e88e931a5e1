"""Overseas: no domestic price war there, but barriers and compliance risk."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from worlds import bounded, demand_month, overseas_month, startup, state, step_as_plain, world

from sim.foundation.columns import ABROAD, API
from sim.industry import overseas

ALL = bounded(*(f"overseas_{a.name}" for a in overseas.MECHANISM.assumptions))


def _held(*firms, **assume):
    w = world(*firms, market={"open_gap": 0.5}, **assume)
    w.shares[:] = 0.2
    return w


def test_a_compliance_case_by_hand():
    w = _held(
        startup(overseas=0.5, u_compliance=0.0), overseas_compliance_hazard_month=0.01, overseas_compliance_loss=0.25
    )
    overseas_month(w)
    assert list(w.shares[0, ABROAD:]) == approx([0.15] * 4, rel=1e-14)
    assert list(w.shares[0, :ABROAD]) == [0.2] * 4


def test_who_sells_nothing_abroad_has_no_case():
    w = _held(startup(overseas=0.0, u_compliance=0.0), overseas_compliance_hazard_month=1.0)
    before = state(w)
    overseas_month(w)
    assert state(w) == before


@given(ALL, st.floats(2**-33, 1 - 2**-33), st.floats(0, 1))
def test_more_risk_no_more_business_abroad(values, u, more):
    held = []
    for hazard in (
        values["overseas_compliance_hazard_month"],
        min(values["overseas_compliance_hazard_month"] + more, 1.0),
    ):
        w = _held(startup(overseas=0.5, u_compliance=u), **{**values, "overseas_compliance_hazard_month": hazard})
        overseas_month(w)
        held.append(float(w.shares[0, ABROAD]))
    assert 0.0 <= held[1] <= held[0]


@given(st.floats(0.1, 1000), st.floats(0, 1000))
def test_higher_barriers_fewer_customers_abroad(barrier, more):
    shares = []
    for level in (barrier, min(barrier + more, 1000.0)):
        w = world(startup(overseas=0.5), market={"open_gap": 0.5}, overseas_barrier=level)
        demand_month(w)
        shares.append((float(w.shares[0, ABROAD + API]), float(w.shares[0, API])))
    assert shares[1][0] <= shares[0][0]
    assert shares[1][1] == shares[0][1], "home is a market of its own"


def test_more_effort_abroad_more_customers_there_and_fewer_at_home():
    shares = []
    for effort in (0.2, 0.6):
        w = world(startup(overseas=effort), market={"open_gap": 0.5})
        demand_month(w)
        shares.append((float(w.shares[0, API]), float(w.shares[0, ABROAD + API])))
    assert shares[1][0] < shares[0][0]
    assert shares[1][1] > shares[0][1]


def test_off_nobody_sells_abroad():
    w = _held(startup(overseas=0.9), startup(overseas=0.1), overseas_on=0.0)
    overseas_month(w)
    demand_month(w)
    assert (w.shares[:, ABROAD:] == 0.0).all()
    assert (w.shares[:, :ABROAD] > 0.0).all()


@given(ALL, st.floats(0, 1), st.floats(0, 1))
def test_compiled_as_plain(values, effort, u):
    assert step_as_plain(overseas_month, lambda: _held(startup(overseas=effort, u_compliance=u), **values))
