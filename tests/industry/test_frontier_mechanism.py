"""Frontier: more research spending, smaller gap; what keeping pace costs is bounded by what startups can bear."""

from __future__ import annotations

import itertools
import math

from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from worlds import (
    assumed,
    bounded,
    compiled_as_plain,
    frontier_moves,
    giant,
    keep_pace,
    later,
    rows,
    startup,
    step_as_plain,
    world,
)

from sim.engine.simulate import trace
from sim.industry import frontier
from sim.scenario.load import load_mapping

ALL = bounded(*(f"frontier_{a.name}" for a in frontier.MECHANISM.assumptions))
MONEY = st.floats(0, 1e5)
FIRM = bounded("efficiency", "focus")


def _firm(**values):
    return world(startup(**values)).firms[0]


def test_speed_by_hand():
    """floor + (start - floor) / 2 after one half-life, a twelfth of it a month."""
    assume = assumed(frontier_speed_year=1.0, frontier_speed_floor_year=0.4, frontier_slowing_half_life=18)
    assert frontier.speed_month(assume, 0) == approx(1.0 / 12, rel=1e-14)
    assert frontier.speed_month(assume, 18) == approx(0.7 / 12, rel=1e-14)
    assert frontier.speed_month(assume, 18 * 60) == approx(0.4 / 12, rel=1e-9)


def test_effort_by_hand():
    """(research * efficiency * focus / cost) ** concavity * talent ** elasticity * flywheel, at most the cap."""
    assume = assumed(frontier_concavity=0.5, frontier_talent_elasticity=0.25, frontier_effort_cap=2.0)
    firm = _firm(efficiency=1.5, focus=0.6, talent=16.0, flywheel=1.1)
    assert frontier.effort(40.0, firm, assume, 100.0) == approx(math.sqrt(0.36) * 2.0 * 1.1, rel=1e-14)
    assert frontier.effort(4000.0, firm, assume, 100.0) == 2.0


def test_gap_by_hand():
    assume = assumed(frontier_catch_up=0.5, frontier_noise_month=0.02)
    assert frontier.next_gap(0.4, 0.1, 0.9, assume, -1.5) == approx(0.4 + 0.1 * (1 - 0.9 * 1.2) - 0.03, rel=1e-12)


STANDS = {"frontier_speed_year": 0.0, "frontier_speed_floor_year": 0.0}
COSTS = bounded("frontier_cost_month", "frontier_cost_per_generation", "frontier_means_share")


def test_cost_by_hand():
    """cost_month * cost_per_generation ** frontier = 450, as far as half of startups' means bear it, else those."""
    assume = assumed(frontier_cost_month=50.0, frontier_cost_per_generation=3.0, frontier_means_share=0.5)
    assert frontier.cost_of_pace(0.0, 2.0, 1000.0, assume) == approx(450.0, rel=1e-14)
    assert frontier.cost_of_pace(0.0, 2.0, 600.0, assume) == approx(300.0, rel=1e-14)
    assert frontier.cost_of_pace(400.0, 2.0, 600.0, assume) == approx(400.0, rel=1e-14), "it does not fall again"
    assert frontier.cost_of_pace(0.0, 2.0, 10.0, assume) == approx(50.0, rel=1e-14), "the opening's cost is borne"


def test_means_by_hand():
    """What is raised fades by an 18th a month: 180 leaves 170; with revenue 20 and grants 10 a firm has 200."""
    w = world(
        startup(raised_smooth=180.0, smooth_revenue=20.0, grant_month=10.0),
        startup(raised_smooth=36.0, pivot_month=0),
        startup(smooth_revenue=900.0, status=3),
        giant(smooth_revenue=9000.0),
        market={"frontier": 9.0},
        frontier_means_share=0.5,
        frontier_cost_month=1.0,
        **STANDS,
    )
    frontier_moves(w)
    assert w.market.frontier_cost == approx(0.5 * (200.0 + 34.0), rel=1e-13)
    assert list(w.firms.raised_smooth[:2]) == approx([170.0, 34.0], rel=1e-14)


def test_without_means_the_cost_of_the_opening_is_the_limit():
    w = world(startup(), market={"frontier": 400.0}, frontier_cost_per_generation=20.0, frontier_cost_month=30.0)
    frontier_moves(w)
    assert w.market.frontier_cost == 30.0


@given(COSTS, st.floats(0, 800), st.floats(0, 50), st.floats(0, 1e7), st.floats(0, 1e7), st.floats(0, 1e6))
def test_a_further_frontier_and_richer_startups_never_make_pace_cheaper(values, height, higher, means, more, before):
    assume = assumed(**values)
    cost = frontier.cost_of_pace(before, height, means, assume)
    assert math.isfinite(cost) and cost >= 0.0
    assert cost <= max(before, values["frontier_cost_month"], values["frontier_means_share"] * means)
    assert frontier.cost_of_pace(before, height + higher, means, assume) >= cost
    assert frontier.cost_of_pace(before, height, means + more, assume) >= cost


def test_what_releases_teach_makes_research_worth_more():
    """Research of 20 with know-how 2 does what 40 does without."""
    gaps = []
    for research, know_how in ((20.0, 2.0), (40.0, 1.0), (20.0, 1.0)):
        market = {"know_how": know_how, "frontier_cost": 50.0, "frontier_speed": 0.1}
        w = world(startup(research=research, gap=0.5), market=market)
        keep_pace(w)
        gaps.append(float(w.firms[0].gap))
    assert gaps[0] == gaps[1] < gaps[2]


def test_it_rises_more_slowly_as_time_passes_and_fast_again_after_a_shift():
    w = world(startup(), frontier_speed_year=1.2, frontier_speed_floor_year=0.3)
    speeds, heights = [], []
    for tick in range(1, 40):
        frontier_moves(later(w, tick))
        speeds.append(float(w.market.frontier_speed))
        heights.append(float(w.market.frontier))
    assert all(b < a for a, b in itertools.pairwise(speeds))
    assert all(b > a for a, b in itertools.pairwise(heights))
    w.market.shift_month = 39
    frontier_moves(later(w, 40))
    assert w.market.frontier_speed == approx(speeds[0], rel=1e-12)


def test_one_that_opens_later_has_slowed_and_is_fast_again_after_a_shift():
    """``age_months`` months on, the frontier is as fast as it would be had the opening been so much earlier."""
    early = world(startup(), frontier_speed_year=1.2)
    late = world(startup(), frontier_speed_year=1.2, frontier_age_months=33)
    frontier_moves(later(early, 40))
    frontier_moves(later(late, 7))
    assert late.market.frontier_speed == early.market.frontier_speed
    early.market.shift_month = late.market.shift_month = 10
    frontier_moves(later(early, 12))
    frontier_moves(later(late, 12))
    assert late.market.frontier_speed == early.market.frontier_speed


def test_open_source_starts_at_its_lag_behind_the_slowed_frontier():
    """lag * (floor + (start - floor) / 2 ** (age / half-life)) / 12 = 12 * (0.3 + 0.8 / 4) / 12."""
    firms = {"a": {"kind": "startup"}}
    stated = {"speed_year": 1.1, "speed_floor_year": 0.3, "slowing_half_life": 14, "age_months": 28}
    said = {"start": "2023-07", "end": "2023-07", "firms": firms, "assumptions": {"frontier": stated}}
    assert trace(load_mapping(said), 0).market["open_gap"][0] == approx(0.5, rel=1e-14)


def test_age_at_the_opening_by_hand():
    """A scenario that starts 18 months after a shift starts as slow as one that has run for 18 months."""
    speeds = []
    for age, tick in ((18, 1), (0, 19)):
        w = world(startup(), tick=tick, frontier_age_months=age)
        frontier_moves(w)
        speeds.append(float(w.market.frontier_speed))
    assert speeds[0] == speeds[1]


def test_no_research_no_effort_and_the_frontier_leaves():
    assume = assumed(frontier_noise_month=0.0)
    assert frontier.effort(0.0, _firm(), assume, 50.0) == 0.0
    assert frontier.next_gap(0.3, 0.1, 0.0, assume, 0.0) == approx(0.4, rel=1e-14)


def test_keeping_pace_exactly_is_the_limit():
    assume = assumed(frontier_catch_up=0.0, frontier_noise_month=0.0, frontier_effort_cap=10.0)
    firm = _firm(efficiency=1.0, focus=1.0, talent=1.0)
    assert frontier.effort(50.0, firm, assume, 50.0) == 1.0
    assert frontier.next_gap(0.7, 0.1, 1.0, assume, 0.0) == 0.7


@given(ALL, FIRM, MONEY, MONEY, st.floats(0, 5), st.floats(0, 0.5), st.floats(-6, 6))
def test_more_research_spending_smaller_gap(values, traits, research, more, gap, speed, z):
    assume, firm = assumed(**values), _firm(**traits)
    little, much = (frontier.effort(r, firm, assume, 50.0) for r in (research, research + more))
    assert 0.0 <= little <= much <= values["frontier_effort_cap"]
    assert frontier.next_gap(gap, speed, much, assume, z) <= frontier.next_gap(gap, speed, little, assume, z)


def test_more_research_spending_strictly_smaller_gap():
    w = world(startup(research=20.0, gap=0.5), startup(research=40.0, gap=0.5))
    w.market.open_gap, w.market.frontier_cost, w.market.frontier_speed = 5.0, 50.0, 0.1
    keep_pace(w)
    assert w.firms[1].gap < w.firms[0].gap


@given(ALL, MONEY, st.floats(0, 10), st.floats(0, 10))
def test_no_talent_no_capability(values, research, talent, more):
    assume = assumed(**values)
    few, many = _firm(talent=talent), _firm(talent=talent + more)
    assert frontier.effort(research, many, assume, 50.0) >= frontier.effort(research, few, assume, 50.0)


def test_giants_money_counts_concavely():
    """Fifty times the budget is far from fifty times the effort."""
    assume = assumed(frontier_effort_cap=10.0, frontier_concavity=0.35)
    small, large = (frontier.effort(r, _firm(), assume, 50.0) for r in (10.0, 500.0))
    assert small < large < 5.0 * small


def test_its_own_model_falls_behind_whatever_open_source_gives_away():
    """What it offers is no further behind than that (demand); the gap of its own work is."""
    w = world(startup(gap=2.0), market={"open_gap": 0.3, "frontier_speed": 0.1, "frontier_cost": 50.0})
    keep_pace(w)
    assert w.firms[0].gap == approx(2.1, rel=1e-14)


def test_off_the_frontier_stands_still_and_every_firm_keeps_its_gap():
    w = world(
        startup(gap=0.7, z_research=3.0),
        market={"frontier": 1.5, "open_gap": 0.1, "frontier_speed": 0.2},
        frontier_on=0.0,
        frontier_cost_month=60.0,
    )
    before = rows(w)
    for tick in (1, 2, 3):
        frontier_moves(later(w, tick))
        keep_pace(later(w, tick))
    assert (w.market.frontier, w.market.frontier_speed, w.market.frontier_cost) == (1.5, 0.0, 60.0)
    assert rows(w) == before


@given(ALL, FIRM, st.floats(0, 200), MONEY, st.floats(0, 20), st.floats(-6, 6))
def test_compiled_as_plain(values, traits, age, research, gap, z):
    assume, firm = assumed(**values), _firm(**traits, talent=1.7)
    assert compiled_as_plain(frontier.speed_month, assume, age)
    assert compiled_as_plain(frontier.effort, research, firm, assume, 50.0)
    assert compiled_as_plain(frontier.next_gap, gap, 0.1, 0.9, assume, z)
    for step in (frontier_moves, keep_pace):
        assert step_as_plain(step, lambda: world(startup(gap=gap, research=research, z_research=z, **traits), **values))
