"""Landscape and endgame: counted, ranked and measured at the end of the month; nothing moves a firm."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from worlds import JANUARY_2024, giant, later, rows, startup, step_as_plain, told, world

from sim.foundation.columns import NEVER
from sim.industry import landscape

DECEMBER = JANUARY_2024 + 11
CALM = {
    "endgame_calm_months": 12.0,
    "endgame_slow_speed_year": 0.5,
    "endgame_hold_months": 12.0,
}


def _observed(*firms, month=DECEMBER, tick=12, **assume):
    w = world(*firms, month=month, tick=tick, **assume)
    landscape.step(w)
    return w


def test_counts_by_hand():
    w = _observed(startup(), startup(pivot_month=3), startup(status=2), startup(status=3), startup(status=0), giant())
    assert (w.market.independents, w.market.general) == (2, 1)


def test_concentration_by_hand():
    """Shares of 50, 30 and 20%: 0.25 + 0.09 + 0.04; who is gone does not count."""
    w = _observed(startup(revenue=30.0), startup(revenue=20.0), giant(revenue=50.0), startup(revenue=900.0, status=3))
    assert w.market.concentration == approx(0.38, rel=1e-14)
    assert _observed(startup(revenue=7.0)).market.concentration == 1.0
    assert _observed(startup()).market.concentration == 0.0


def test_leader_has_the_smallest_gap_and_of_equal_gaps_the_lower_lot():
    w = _observed(
        giant(gap=0.0), startup(gap=0.5), startup(gap=0.2), startup(gap=0.1, pivot_month=1), startup(gap=0.0, status=3)
    )
    assert w.market.leader == 2
    a, b = startup(gap=0.2, lot=0.8), startup(gap=0.2, lot=0.3)
    assert [int(_observed(*pair).market.leader) for pair in ((a, b), (b, a))] == [1, 0]
    assert _observed(giant()).market.leader == -1


def test_the_years_venture_money_by_hand():
    raised = [50.0, 40.0, 30.0, 20.0, 10.0]
    firms = [startup(raised_year=r) for r in raised]
    gone_this_year, gone_before = (
        startup(raised_year=100.0, status=3, exit_month=5),
        startup(raised_year=999.0, status=2, exit_month=0),
    )
    w = _observed(*firms, gone_this_year, gone_before)
    assert w.market.venture_year == 250.0
    assert w.market.top_four_share == approx(220.0 / 250.0, rel=1e-14)
    assert _observed(startup()).market.top_four_share == 0.0


@given(st.lists(st.sampled_from([0.0, 0.25, 0.5, 5.0, 20.0, 70.5, 300.25]), min_size=1, max_size=8))
def test_the_top_four_share_is_that_of_a_sort(raised):
    w = _observed(*(startup(raised_year=r) for r in raised))
    top, total = sum(sorted(raised)[-4:]), sum(raised)
    assert w.market.venture_year == approx(total, rel=1e-12)
    assert w.market.top_four_share == approx(top / total if total else 0.0, rel=1e-12)


def test_it_is_observed_in_december_and_starts_anew_in_january():
    w = _observed(startup(raised_year=50.0), month=DECEMBER - 1)
    assert w.market.venture_year == 0.0
    w = world(startup(raised_year=50.0), startup(raised_year=30.0, status=3), month=JANUARY_2024 + 12)
    landscape.new_year(w)
    assert list(w.firms.raised_year) == [0.0, 30.0], "a gone firm's row never changes again"
    w = world(startup(raised_year=50.0), month=DECEMBER)
    landscape.new_year(w)
    assert w.firms[0].raised_year == 50.0


def test_a_world_without_startups_is_extinct_only_if_there_was_one():
    w = world(giant(), startup(status=0))
    landscape.step(w)
    landscape.step(later(w, 2))
    assert w.market.extinct_month == NEVER
    w.firms[1].status = 1
    landscape.step(later(w, 3))
    w.firms[1].status = 3
    for tick in (4, 5):
        landscape.step(later(w, tick))
    assert w.market.extinct_month == 4


def _play(w, first, last):
    for tick in range(first, last + 1):
        landscape.step(later(w, tick))
    return int(w.market.endgame_month)


def _settled(**market):
    firms = [startup(gap=g, smooth_flow=1.0) for g in (0.1, 0.2, 0.3, 0.4)]
    three = {"leader": 0, "second": 1, "third": 2}
    return world(*firms, market={"frontier_speed": 0.4 / 12, **three, **market}, **CALM)


def test_endgame_by_hand():
    """The same three lead from month 1 on: twelve months later the endgame is dated to the first of them."""
    w = _settled()
    assert _play(w, 1, 11) == NEVER
    assert _play(w, 12, 12) == 1


@pytest.mark.parametrize(
    "broken",
    [{"shift_month": 8}, {"frontier_speed": 0.6 / 12}, {"entered": 1}],
)
def test_each_criterion_is_needed(broken):
    """The roadmap has set (no shift, slow frontier), the leaders are locked (no entrant)."""
    assert _play(_settled(**broken), 1, 15) == NEVER


def test_the_commercial_loop_of_the_top_three_is_needed():
    w = _settled()
    w.firms[2].smooth_flow = -0.1
    assert _play(w, 1, 30) == NEVER
    w = _settled()
    w.firms[3].smooth_flow = -50.0
    assert _play(w, 1, 12) == 1, "the fourth does not matter"


def test_months_of_an_unchanged_order_are_counted():
    w = _settled()
    _play(w, 1, 5)
    assert w.market.order_months == 5
    w.firms[3].gap = 0.05
    _play(w, 6, 6)
    assert w.market.order_months == 0


def test_the_leading_three_by_hand():
    """By gap, then by lot; whoever is gone, has pivoted or is a giant does not count; -1 where there is nobody."""
    gaps_and_lots = ((0.3, 0.1), (0.0, 0.9), (0.0, 0.2), (0.0, 0.5))
    firms = [startup(gap=g, lot=u) for g, u in gaps_and_lots]
    w = _observed(*firms, startup(gap=0.0, lot=0.0, pivot_month=2), startup(status=2), giant(lot=0.0))
    assert (w.market.leader, w.market.second, w.market.third) == (2, 3, 1)
    w = _observed(giant(), startup(gap=0.4), startup(gap=0.1))
    assert (w.market.leader, w.market.second, w.market.third) == (2, 1, -1)


@pytest.mark.parametrize(
    ("before", "gaps", "same"),
    [
        ((0, 1, 2), (0.1, 0.2, 0.3), True),
        ((2, 0, 1), (0.1, 0.2, 0.3), True),  # the three may change places
        ((0, 1, 3), (0.1, 0.2, 0.3), False),
        ((0, 1, -1), (0.1, 0.2), True),
        ((0, 1, 2), (0.1, 0.2), False),  # one of three has left
        ((0, 1, -1), (0.1,), False),
        ((0, -1, -1), (0.1, 0.2), False),  # one has come
        ((-1, -1, -1), (0.1,), False),
        ((-1, -1, -1), (), False),
    ],
)
def test_the_same_three_lead_only_if_none_left_and_none_came(before, gaps, same):
    market = dict(zip(("leader", "second", "third"), before, strict=True))
    w = world(*(startup(gap=g) for g in gaps), startup(status=3), market={**market, "order_months": 7})
    landscape.step(w)
    assert w.market.order_months == (8 if same else 0)


def test_a_change_among_the_three_starts_the_clock_anew():
    w = _settled()
    _play(w, 1, 6)
    w.firms[3].gap = 0.05
    assert _play(w, 7, 18) == NEVER
    assert _play(w, 19, 19) == 8


def test_a_shift_long_ago_is_forgiven():
    assert _play(_settled(shift_month=-11), 1, 12) == 1


def test_without_startups_there_is_no_endgame():
    assert _play(world(giant(smooth_flow=9.0), **CALM), 1, 40) == NEVER


def test_off_the_endgame_is_not_looked_for():
    w = _settled()
    w.assume.endgame_on = 0.0
    assert _play(w, 1, 40) == NEVER
    assert (w.market.independents, w.market.leader) == (4, 0), "the landscape is observed all the same"


def test_nothing_here_moves_a_firm():
    w = _settled()
    before = rows(w)
    _play(w, 1, 20)
    assert rows(w) == before
    assert told(w) == []


@given(
    st.lists(st.tuples(st.floats(0, 2), st.floats(0, 1e4), st.floats(0, 1e4), st.floats(-5, 5)), min_size=1, max_size=7)
)
def test_compiled_as_plain(firms):
    described = [startup(gap=g, revenue=r, raised_year=y, smooth_flow=s) for g, r, y, s in firms]
    for step in (landscape.step, landscape.new_year):
        for month in (DECEMBER, JANUARY_2024 + 12):
            assert step_as_plain(step, lambda m=month: world(*described, giant(revenue=3.0), month=m, tick=12, **CALM))


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=8))
def test_concentration_lies_between_equal_shares_and_monopoly(revenues):
    w = _observed(*(startup(revenue=r) for r in revenues))
    if sum(revenues) > 1e-9:
        sellers = int(np.count_nonzero(revenues))
        assert 1.0 / sellers - 1e-9 <= w.market.concentration <= 1.0 + 1e-9
