"""Pivot: a firm that is behind with little runway, or has no lead left, leaves the general race for good."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from worlds import (
    JANUARY_2024,
    assumed,
    bounded,
    compiled_as_plain,
    giant,
    later,
    rows,
    startup,
    step_as_plain,
    told,
    world,
)

from sim.foundation.causes import FELL_BEHIND, FORCED, LEAD_GONE, NO_PACE
from sim.foundation.columns import HOT, NEVER, NORMAL
from sim.industry import pivot

ALL = bounded(*(f"pivot_{a.name}" for a in pivot.MECHANISM.assumptions))
LOST = {"gap": 2.0, "plan_runway": 1.0, "u_pivot": 0.0}
CERTAIN = {
    "pivot_hazard": 1.0,
    "pivot_runway": 12.0,
    "pivot_gap": 0.3,
    "pivot_gap_range": 0.5,
    "pivot_lead_hazard": 0.0,
}


def _pivots(climate=NORMAL, open_gap=0.0, **values):
    assume = {
        k: values.pop(k) for k in list(values) if k.startswith("pivot_") and k not in ("pivot_month", "pivot_readiness")
    }
    w = world(startup(**values), market={"climate": climate, "open_gap": open_gap}, **assume)
    pivot.step(w)
    return bool(w.firms[0].pivot_month == 1)


def test_urgency_by_hand():
    """Runway 3 of 12 months: 0.75; half-way through the range of gaps: 0.5."""
    assume = assumed(pivot_runway=12.0, pivot_gap=0.4, pivot_gap_range=0.6)
    assert pivot.urgency(0.7, 3.0, assume) == approx(0.375, rel=1e-13)
    assert pivot.urgency(5.0, 0.0, assume) == 1.0
    assert pivot.urgency(0.4, 0.0, assume) == 0.0
    assert pivot.urgency(5.0, 12.0, assume) == 0.0


def test_chance_by_hand():
    """readiness * (hazard * urgency + pressure_hazard * pressure + lead_hazard * lead gone)
    = 2 * (0.1 * 0.375 + 0.02 * 1.5 + 0.04 * 0.75) = 0.195: a lead of 0.2 where 0.8 is worth a model of one's own.
    """
    values = {
        "gap": 0.7,
        "plan_runway": 3.0,
        "pressure": 1.5,
        "pivot_readiness": 2.0,
        "pivot_runway": 12.0,
        "pivot_gap": 0.4,
    }
    values |= {"pivot_gap_range": 0.6, "pivot_hazard": 0.1, "pivot_pressure_hazard": 0.02}
    values |= {"pivot_lead_hazard": 0.04, "pivot_lead": 0.8, "open_gap": 0.9}
    assert _pivots(u_pivot=0.1949, **values)
    assert not _pivots(u_pivot=0.1951, **values)


def test_a_lead_that_is_gone_by_hand():
    assume = assumed(pivot_lead=0.8)
    gone = [pivot.lead_gone(lead, assume) for lead in (2.0, 0.8, 0.2, 0.0, -3.0)]
    assert gone == approx([0.0, 0.0, 0.75, 1.0, 1.0], abs=1e-14)


def test_the_leader_keeps_its_model_by_hand():
    """A lead of 0.2 of 0.8: chance 0.75 for who is second, none for the startup nearest to the frontier."""
    held = {"pivot_lead": 0.8, "pivot_lead_hazard": 1.0, "pivot_hazard": 0.1, "pivot_pressure_hazard": 0.02}
    held |= {"pivot_runway": 12.0, "pivot_gap": 0.4, "pivot_gap_range": 0.6}
    firms = (startup(gap=0.7, plan_runway=60.0, u_pivot=0.7) for _ in range(2))
    w = world(*firms, market={"climate": NORMAL, "open_gap": 0.9, "leader": 0}, **held)
    assert pivot.parts_of(w.firms[0], True, w.market, w.assume) == (0.0, 0.0, 0.0)
    assert pivot.parts_of(w.firms[1], False, w.market, w.assume) == approx((0.0, 0.0, 0.75), rel=1e-13)
    pivot.step(w)
    assert list(w.firms.pivot_month) == [NEVER, 1]
    assert list(w.log["cause"][: w.told[0]]) == [LEAD_GONE]


def test_a_leader_leaves_for_want_of_money_or_pace_by_hand():
    """0.1 * 0.375 for urgency and 0.02 * 1.5 for pressure: 0.0675, and nothing for the lead that is gone."""
    held = {"pivot_lead": 0.8, "pivot_lead_hazard": 1.0, "pivot_hazard": 0.1, "pivot_pressure_hazard": 0.02}
    held |= {"pivot_runway": 12.0, "pivot_gap": 0.4, "pivot_gap_range": 0.6}
    for u, month in ((0.0674, 1), (0.0676, NEVER)):
        firm = startup(gap=0.7, plan_runway=3.0, pressure=1.5, u_pivot=u)
        w = world(firm, market={"climate": NORMAL, "open_gap": 0.9, "leader": 0}, **held)
        pivot.step(w)
        assert w.firms[0].pivot_month == month
        if month == 1:
            assert w.log["cause"][0] == FELL_BEHIND


@given(ALL, st.floats(0, 5), st.floats(0, 5), st.floats(0, 60), st.floats(0, 3), st.sampled_from([HOT, NORMAL]))
def test_leading_never_makes_a_firm_more_likely_to_leave(values, gap, open_gap, runway, pressure, climate):
    """And makes no difference where there is no open source."""
    firm = startup(gap=gap, plan_runway=runway, pressure=pressure)
    w = world(firm, market={"climate": climate, "open_gap": open_gap}, **values)
    chances = [pivot.chance_of(w.firms[0], leads, w.market, w.assume) for leads in (True, False)]
    assert 0.0 <= chances[0] <= chances[1]
    w.assume.open_source_on = 0.0
    assert pivot.chance_of(w.firms[0], True, w.market, w.assume) == pivot.chance_of(
        w.firms[0], False, w.market, w.assume
    )


def test_what_is_told_is_the_part_of_the_chance_that_weighed_most():
    """Short of cash and 0.75 urgent at 0.1: 0.075; pressure 1.5 at 0.02: 0.03; lead 0.2 of 0.8 at 0.04: 0.03."""
    by_hand = {"pivot_runway": 12.0, "pivot_gap": 0.4, "pivot_gap_range": 0.3, "pivot_lead": 0.8}
    for hazard, pressed, lead, cause, saw in (
        (0.1, 0.02, 0.04, FELL_BEHIND, 0.7),
        (0.03, 0.02, 0.039, NO_PACE, 0.7),
        (0.03, 0.02, 0.041, LEAD_GONE, 0.2),
    ):
        rates = {"pivot_hazard": hazard, "pivot_pressure_hazard": pressed, "pivot_lead_hazard": lead}
        firm = startup(gap=0.7, plan_runway=3.0, pressure=1.5, u_pivot=0.0)
        w = world(firm, market={"climate": NORMAL, "open_gap": 0.9}, **by_hand, **rates)
        pivot.step(w)
        assert w.log["cause"][0] == cause and w.log["saw"][0] == approx(saw)


def test_without_open_source_no_lead_is_lost():
    """The release is what takes it: a firm with money that keeps pace leaves for no other reason."""
    lost = {"gap": 0.1, "plan_runway": 120.0, "u_pivot": 0.5, "pivot_lead_hazard": 1.0, "pivot_lead": 0.5}
    assert _pivots(open_gap=0.1, **lost)
    assert not _pivots(open_gap=0.6, **lost), "who leads by what is worth it stays: the limit"
    w = world(startup(gap=0.1, u_pivot=0.0, plan_runway=120.0), open_source_on=0.0, pivot_lead_hazard=1.0)
    pivot.step(w)
    assert w.firms[0].pivot_month == NEVER


@given(ALL, st.floats(0, 5), st.floats(0, 25), st.floats(0, 25), st.floats(2**-33, 1))
def test_a_release_never_keeps_a_firm_in_the_race(values, gap, open_gap, gained, u):
    """Closer open source, smaller lead: no less likely to leave."""
    firm = {"gap": gap, "plan_runway": 60.0, "u_pivot": u}
    far, near = (_pivots(open_gap=g, **firm, **values) for g in (open_gap + gained, open_gap))
    assert near >= far


def test_decided_by_the_scenario():
    """In its month whatever its means; at no other; never: not even when it is lost and out of the race."""
    w = world(
        startup(gap=0.0, plan_runway=120.0, pivots=float(JANUARY_2024 + 5), keeps_core=1.0, u_deep=0.5),
        startup(**LOST, pivots=float(JANUARY_2024 + 5), keeps_core=0.0, u_deep=0.5),
        startup(**LOST, pivots=-1.0, out_of_race=1),
        **CERTAIN,
    )
    for tick in range(1, 12):
        pivot.step(later(w, tick))
        assert list(w.firms.pivot_month[:2]) == ([6, 6] if tick >= 6 else [NEVER, NEVER])
    assert w.firms[2].pivot_month == NEVER
    assert list(w.firms.deep[:2]) == [1, 0]
    assert told(w) == ["pivot", "pivot"]
    assert [int(cause) for cause in w.log["cause"][:2]] == [FORCED, FORCED]


@given(ALL, st.floats(0, 5), st.floats(0, 60), st.floats(2**-33, 1))
def test_out_of_the_race_leaves_whatever_the_assumptions(values, gap, runway, u):
    """For want of a release (releases), unless the mechanism is off."""
    assert _pivots(gap=gap, plan_runway=runway, u_pivot=u, out_of_race=1, **values)
    assert not _pivots(gap=gap, plan_runway=runway, u_pivot=u, out_of_race=1, **values, pivot_on=0.0)


def test_leaving_by_hand():
    firm = {**LOST, "talent": 1.3, "research_ambition": 1.5, "keeps_core": 0.4}
    w = world(
        startup(**firm, spread=0.8, u_deep=0.39),
        startup(**firm, u_deep=0.41),
        market={"frontier_cost": 60.0},
        tick=7,
        **CERTAIN,
    )
    pivot.step(w)
    assert list(w.firms.pivot_month) == [7, 7]
    assert list(w.firms.deep) == [1, 0]
    assert list(w.firms.talent_before) == [1.3, 1.3]
    assert list(w.firms.pivot_cost) == approx([72.0, 90.0], rel=1e-14)
    assert told(w) == ["pivot", "pivot"]


def test_building_on_open_source_by_hand():
    costs = []
    for gap in (0.3, 0.6, 5.0):
        w = world(startup(), market={"open_gap": gap}, pivot_build_ref=0.6)
        pivot.step(w)
        costs.append(float(w.market.build_cost))
    assert costs == approx([0.5, 1.0, 1.0], rel=1e-14)


def test_it_is_absorbing():
    w = world(startup(**LOST), **CERTAIN)
    pivot.step(w)
    for tick in range(2, 60):
        w.firms[0].gap, w.firms[0].plan_runway = 0.0, 120.0
        pivot.step(later(w, tick))
    assert w.firms[0].pivot_month == 1
    assert told(w) == ["pivot"]


@pytest.mark.parametrize(
    "who", [{"kind": 1}, {"status": 0}, {"status": 3}, {"gap": 0.3}, {"plan_runway": 12.0}, {"pivot_readiness": 0.0}]
)
def test_who_never_leaves(who):
    """Giants, who is not there, who keeps pace, who has money, who is not ready."""
    assert _pivots(**LOST, **CERTAIN)
    assert not _pivots(**{**LOST, **CERTAIN, **who})


@given(
    ALL,
    st.floats(0, 5),
    st.floats(0, 5),
    st.floats(0, 60),
    st.floats(0, 60),
    st.floats(0, 3),
    st.floats(0, 3),
    st.floats(2**-33, 1),
)
def test_further_behind_poorer_or_pressed_no_less_likely_to_leave(
    values, gap, behind, runway, longer, pressure, more, u
):
    def leaves(gap, runway, pressure):
        return _pivots(gap=gap, plan_runway=runway, pressure=pressure, u_pivot=u, **values)

    base = leaves(gap, runway + longer, pressure)
    assert leaves(gap + behind, runway + longer, pressure) >= base
    assert leaves(gap, runway, pressure) >= base
    assert leaves(gap, runway + longer, pressure + more) >= base


def test_hot_capital_keeps_firms_in_the_race():
    values = {**LOST, **CERTAIN, "u_pivot": 0.3, "pivot_hot_share": 0.2}
    assert _pivots(NORMAL, **values)
    assert not _pivots(HOT, **values)


@given(ALL, st.floats(0, 5), st.floats(0, 60))
def test_urgency_is_a_share(values, gap, runway):
    assert 0.0 <= pivot.urgency(gap, runway, assumed(**values)) <= 1.0


def test_off_nobody_leaves_the_general_race():
    w = world(startup(**LOST, pressure=3.0, out_of_race=1), pivot_on=0.0, **CERTAIN)
    before = rows(w)
    pivot.step(w)
    assert rows(w) == before
    assert w.firms[0].pivot_month == NEVER


@given(ALL, st.floats(0, 5), st.floats(0, 60), st.floats(0, 3), st.floats(2**-33, 1), st.sampled_from([HOT, NORMAL]))
def test_compiled_as_plain(values, gap, runway, pressure, u, climate):
    assert compiled_as_plain(pivot.urgency, gap, runway, assumed(**values))
    assert compiled_as_plain(pivot.lead_gone, gap - 2.0, assumed(**values))
    firms = startup(gap=gap, plan_runway=runway, pressure=pressure, u_pivot=u, u_deep=u), giant(gap=gap, u_pivot=0.0)
    for leader in (-1, 0):
        market = {"climate": climate, "frontier_cost": 40.0, "open_gap": 0.4, "leader": leader}
        assert compiled_as_plain(
            pivot.chance_of, world(*firms).firms[0], leader == 0, world(market=market).market, assumed(**values)
        )
        assert step_as_plain(pivot.step, lambda market=market: world(*firms, market=market, **values))


def test_who_left_before_the_start_keeps_what_is_likelier_and_cuts_from_the_plan_of_the_opening():
    left = {"pivot_month": -3, "research_ambition": 0.5}
    firms = startup(keeps_core=0.5, **left), startup(keeps_core=0.4, **left), startup(keeps_core=1.0, pivot_month=NEVER)
    w = world(*firms, tick=0, frontier_cost_month=80.0)
    pivot.at_opening(w)
    assert w.firms["deep"].tolist() == [1, 0, 0]
    assert w.firms["pivot_cost"].tolist() == [40.0, 40.0, 0.0]
