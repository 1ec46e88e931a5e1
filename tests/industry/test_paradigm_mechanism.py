"""Paradigm shifts: leads shrink, the order is partly redrawn, the frontier is fast again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from worlds import bounded, frontier_moves, giant, later, rows, startup, step_as_plain, told, world

from sim.foundation.columns import NEVER
from sim.industry import paradigm

ALL = bounded("paradigm_shrink", "paradigm_redraw", "paradigm_shift_hazard_month")
SHIFT = {"u_shift": 0.0}


def test_a_shift_by_hand():
    """(1 - shrink) * gap + redraw * |z|."""
    w = world(
        startup(gap=0.8, z_shift=-1.5),
        giant(gap=0.2, z_shift=0.5),
        chance=SHIFT,
        paradigm_shift_hazard_month=0.1,
        paradigm_shrink=0.75,
        paradigm_redraw=0.2,
        tick=5,
    )
    paradigm.step(w)
    assert list(w.firms.gap) == approx([0.2 + 0.3, 0.05 + 0.1], rel=1e-14)
    assert w.market.shift_month == 5
    assert told(w) == ["shift"]


def test_the_log_says_how_far_behind_the_leader_was():
    for leader, saw in ((1, 0.3), (-1, 0.0)):
        w = world(startup(gap=0.9), startup(gap=0.3), market={"leader": leader}, paradigm_shift=1.0)
        paradigm.step(w)
        assert w.log["saw"][0] == saw


def test_a_dated_shift_needs_no_luck():
    w = world(startup(), paradigm_shift=1.0, paradigm_shift_hazard_month=0.0)
    paradigm.step(w)
    assert w.market.shift_month == 1


def test_who_left_the_general_race_is_not_redrawn():
    w = world(
        startup(gap=0.8, z_shift=2.0, pivot_month=1), startup(status=3), chance=SHIFT, paradigm_shift_hazard_month=1.0
    )
    before = rows(w)
    paradigm.step(w)
    assert rows(w) == before


def test_no_shrink_and_no_redraw_is_the_limit():
    w = world(
        startup(gap=0.8, z_shift=2.0),
        chance=SHIFT,
        paradigm_shift_hazard_month=1.0,
        paradigm_shrink=0.0,
        paradigm_redraw=0.0,
    )
    paradigm.step(w)
    assert w.firms[0].gap == 0.8


@given(ALL, st.floats(0, 5), st.floats(0, 5))
def test_todays_leads_shrink(values, gap, behind):
    """Before the new draw, the distance between any two shrinks."""
    values = {**values, "paradigm_redraw": 0.0}
    w = world(startup(gap=gap), startup(gap=gap + behind), paradigm_shift=1.0, **values)
    paradigm.step(w)
    assert abs(w.firms[1].gap - w.firms[0].gap) <= behind * (1 + 1e-12) + 1e-12
    assert (w.firms.gap >= 0.0).all()


def test_the_order_is_partly_redrawn():
    w = world(startup(gap=0.1, z_shift=2.0), startup(gap=0.3, z_shift=0.1), paradigm_shift=1.0, paradigm_redraw=0.3)
    paradigm.step(w)
    assert w.firms[0].gap > w.firms[1].gap


def test_the_frontier_is_fast_again():
    w = world(startup(), tick=60)
    frontier_moves(w)
    slow = float(w.market.frontier_speed)
    w.assume.paradigm_shift = 1.0
    paradigm.step(w)
    frontier_moves(later(w, 61))
    assert w.market.frontier_speed > slow


@given(st.floats(0, 1), st.floats(0, 1), st.floats(2**-33, 1 - 2**-33))
def test_more_hazard_more_shifts(hazard, more, u):
    happened = []
    for level in (hazard, min(hazard + more, 1.0)):
        w = world(startup(), chance={"u_shift": u}, paradigm_shift_hazard_month=level)
        paradigm.step(w)
        happened.append(w.market.shift_month != NEVER)
    assert happened[0] <= happened[1]


def test_off_no_shift_ever_comes():
    w = world(startup(gap=0.8), chance=SHIFT, paradigm_on=0.0, paradigm_shift=1.0, paradigm_shift_hazard_month=1.0)
    before = rows(w)
    paradigm.step(w)
    assert rows(w) == before
    assert w.market.shift_month == NEVER and told(w) == []


@given(ALL, st.floats(0, 5), st.floats(-6, 6))
def test_compiled_as_plain(values, gap, z):
    assert step_as_plain(
        paradigm.step, lambda: world(startup(gap=gap, z_shift=z), chance=SHIFT, paradigm_shift=1.0, **values)
    )
