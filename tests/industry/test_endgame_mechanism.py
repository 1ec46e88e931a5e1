"""Landscape and endgame: counted, ranked and measured at the end of the month; nothing moves a firm."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from worlds import JANUARY_2024, giant, later, rows, startup, step_as_plain, told, world

from sim.foundation.columns import NEVER
from sim.industry import endgame

DECEMBER = JANUARY_2024 + 11
CALM = {
    "endgame_calm_months": 12.0,
    "endgame_slow_speed_year": 0.5,
}


def _observed(*firms, month=DECEMBER, tick=12, **assume):
    w = world(*firms, month=month, tick=tick, **assume)
    endgame.step(w)
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
    endgame.new_year(w)
    assert list(w.firms.raised_year) == [0.0, 30.0], "a gone firm's row never changes again"
    w = world(startup(raised_year=50.0), month=DECEMBER)
    endgame.new_year(w)
    assert w.firms[0].raised_year == 50.0


def test_a_world_without_startups_is_extinct_only_if_there_was_one():
    w = world(giant(), startup(status=0))
    endgame.step(w)
    endgame.step(later(w, 2))
    assert w.market.extinct_month == NEVER
    w.firms[1].status = 1
    endgame.step(later(w, 3))
    w.firms[1].status = 3
    for tick in (4, 5):
        endgame.step(later(w, tick))
    assert w.market.extinct_month == 4


def _play(w, first, last):
    for tick in range(first, last + 1):
        endgame.step(later(w, tick))
    return int(w.market.endgame_month)


EARNING = {"halves": 4, "ttm_flow": 1.0}


def _settled(told=False, **market):
    """Four startups that earn money in January 2024; the first three lead by gap, and nobody knows who led before."""
    firms = [startup(gap=g, **EARNING) for g in (0.1, 0.2, 0.3, 0.4)]
    return world(*firms, market={"frontier_speed": 0.4 / 12, **market}, told=told, **CALM)


def test_endgame_by_hand():
    """Three lead in June 2024 (tick 6) and still in June 2025 (tick 18); no half-year end before that can know it."""
    w = _settled()
    assert _play(w, 1, 17) == NEVER
    assert (w.market.leader_year, w.market.leader_half) == (0, 0), "June and December 2024"
    assert _play(w, 18, 18) == 18
    assert _play(w, 19, 60) == 18, "it is reached once"


def test_the_log_names_the_lowest_flow_of_the_leaders():
    w = _settled(told=True)
    for row, flow in enumerate((9.0, 2.5, 7.0, -50.0)):
        w.firms[row].ttm_flow = flow
    _play(w, 1, 18)
    assert told(w) == ["endgame"]
    assert (w.log["value"][0], w.log["saw"][0]) == (2.5, 2.5)


@pytest.mark.parametrize(("shift", "comes"), [(NEVER, 18), (6, 18), (7, 24), (12, 24), (13, 30)])
def test_the_roadmap_needs_twelve_calm_months(shift, comes):
    """A shift twelve months before a half-year end is long enough ago; eleven are not."""
    assert _play(_settled(shift_month=shift), 1, 30) == comes


@pytest.mark.parametrize(("speed", "comes"), [(0.49, 18), (0.51, NEVER)])
def test_the_roadmap_needs_a_slow_frontier(speed, comes):
    assert _play(_settled(frontier_speed=speed / 12), 1, 30) == comes


@pytest.mark.parametrize(
    ("row", "firm", "comes"),
    [
        (2, {"ttm_flow": -0.1}, NEVER),
        (2, {"ttm_flow": 0.0}, 18),
        (0, {"halves": 1}, NEVER),  # no twelve months were reported yet
        (3, {"ttm_flow": -50.0}, 18),  # the fourth does not matter
        (2, {"ttm_flow": 1.0, "smooth_flow": -9.0, "operating_flow": -9.0}, 18),  # nor what is not twelve months
    ],
)
def test_each_leader_has_paid_for_itself_for_twelve_months(row, firm, comes):
    w = _settled()
    for name, value in firm.items():
        w.firms[row][name] = value
    assert _play(w, 1, 30) == comes


@pytest.mark.parametrize(("changes", "comes"), [(5, 18), (6, 18), (7, 24), (12, 24), (13, 30), (18, 30)])
def test_a_change_among_the_three_starts_the_year_anew(changes, comes):
    """The fourth overtakes: the three of the next half-year end lead a year from then, if nothing else happens."""
    w = _settled()
    if changes > 1:
        _play(w, 1, changes - 1)
    w.firms[3].gap = 0.05
    assert _play(w, changes, 40) == comes


def test_only_both_ends_of_the_year_count():
    """Who leads for a month in between, or in the December between two Junes, does not matter; nor does the order."""
    w = _settled()
    _play(w, 1, 8)
    w.firms[3].gap = 0.05
    _play(w, 9, 14)
    w.firms[3].gap = 0.9
    w.firms[0].gap = 0.25
    assert _play(w, 15, 18) == 18
    assert (w.market.leader, w.market.second, w.market.third) == (1, 0, 2)


@pytest.mark.parametrize(("enters", "gap", "comes"), [(8, 0.05, 24), (8, 0.9, 18), (14, 0.25, 30), (18, 0.05, 30)])
def test_an_entrant_among_the_three_blocks_the_endgame_for_a_year(enters, gap, comes):
    """One that comes in behind them does not."""
    w = _settled()
    newcomer = w.firms[3]
    newcomer.status = 0
    _play(w, 1, enters - 1)
    newcomer.status, newcomer.entry_month, newcomer.gap = 1, enters, gap
    assert _play(w, enters, 40) == comes


@pytest.mark.parametrize(("goes", "comes"), [(5, 18), (9, 24), (18, 30)])
def test_one_of_the_three_that_leaves_blocks_it_for_a_year(goes, comes):
    """Gone or pivoted, it leads no more, and the fourth moves up."""
    for gone in ({"status": 2}, {"pivot_month": goes}):
        w = _settled()
        _play(w, 1, goes - 1)
        for name, value in gone.items():
            w.firms[1][name] = value
        assert _play(w, goes, 40) == comes


def test_the_leading_three_by_hand():
    """By gap, then by lot; whoever is gone, has pivoted or is a giant does not count; -1 where there is nobody."""
    gaps_and_lots = ((0.3, 0.1), (0.0, 0.9), (0.0, 0.2), (0.0, 0.5))
    firms = [startup(gap=g, lot=u) for g, u in gaps_and_lots]
    w = _observed(*firms, startup(gap=0.0, lot=0.0, pivot_month=2), startup(status=2), giant(lot=0.0))
    assert (w.market.leader, w.market.second, w.market.third) == (2, 3, 1)
    w = _observed(giant(), startup(gap=0.4), startup(gap=0.1))
    assert (w.market.leader, w.market.second, w.market.third) == (2, 1, -1)


@pytest.mark.parametrize(
    ("three", "before", "same"),
    [
        ((0, 1, 2), (0, 1, 2), True),
        ((0, 1, 2), (2, 0, 1), True),  # the three may change places
        ((0, 1, 2), (0, 1, 3), False),
        ((0, 1, -1), (0, 1, -1), True),  # where fewer are left, those count
        ((0, -1, -1), (0, -1, -1), True),
        ((0, 1, -1), (0, 1, 2), False),  # one of three has left
        ((0, 1, 2), (0, 1, -1), False),  # one has come
        ((0, 1, -1), (0, -1, -1), False),
        ((0, -1, -1), (-1, -1, -1), False),
        ((-1, -1, -1), (-1, -1, -1), False),  # nobody leads nobody
        ((-1, -1, -1), (0, 1, 2), False),
    ],
)
def test_the_same_three_lead_only_if_none_left_and_none_came(three, before, same):
    assert bool(endgame.same_three(three, before)) == same
    if three[0] >= 0 and before[0] >= 0:
        assert bool(endgame.same_three(before, three)) == same


def test_the_lowest_flow_by_hand():
    """Of those there are; where one has no twelve months yet, no flow is high enough."""
    w = world(startup(halves=2, ttm_flow=4.0), startup(halves=2, ttm_flow=-3.0), startup(halves=1, ttm_flow=9.0))
    assert endgame.lowest_flow(w.firms, (0, 1, -1)) == -3.0
    assert endgame.lowest_flow(w.firms, (0, -1, -1)) == 4.0
    assert endgame.lowest_flow(w.firms, (0, 1, 2)) == -np.inf


@given(st.integers(-24, 18), st.floats(0, 1.0), st.lists(st.floats(-5, 5), min_size=4, max_size=4), st.floats(0, 5))
def test_more_calm_a_slower_frontier_or_more_flow_never_delays_it(shift, speed, flows, better):
    def comes(shift_month, frontier_speed, more):
        w = _settled(shift_month=shift_month, frontier_speed=frontier_speed / 12)
        for row, flow in enumerate(flows):
            w.firms[row].ttm_flow = flow + more
        return _play(w, 1, 24)

    base = comes(shift, speed, 0.0)
    assert comes(shift - 6, speed, 0.0) <= base
    assert comes(shift, speed / 2, 0.0) <= base
    assert comes(shift, speed, better) <= base


def test_without_startups_there_is_no_endgame():
    assert _play(world(giant(**EARNING), **CALM), 1, 40) == NEVER


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
    st.lists(
        st.tuples(st.floats(0, 2), st.floats(0, 1e4), st.floats(0, 1e4), st.floats(-5, 5)), min_size=1, max_size=7
    ),
    st.integers(-1, 2),
)
def test_compiled_as_plain(firms, third):
    described = [startup(gap=g, revenue=r, raised_year=y, ttm_flow=s, halves=2) for g, r, y, s in firms]
    market = {"leader_year": 0, "second_year": 1, "third_year": third, "frontier_speed": 0.01}
    for step in (endgame.step, endgame.new_year):
        for month in (DECEMBER, JANUARY_2024 + 12):
            assert step_as_plain(
                step,
                lambda m=month: world(
                    *described, giant(revenue=3.0), month=m, tick=12, market=market, told=True, **CALM
                ),
            )


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=8))
def test_concentration_lies_between_equal_shares_and_monopoly(revenues):
    w = _observed(*(startup(revenue=r) for r in revenues))
    if sum(revenues) > 1e-9:
        sellers = int(np.count_nonzero(revenues))
        assert 1.0 / sellers - 1e-9 <= w.market.concentration <= 1.0 + 1e-9
