"""What must always hold, in every world and month of several scenarios."""

from __future__ import annotations

import numpy as np
import pytest
from industries import DATED, LIVELY, STATE, Walk, scenario, walk

from sim.foundation.columns import (
    ACQUIRED,
    CLOSED,
    COLD,
    EVENT,
    HOT,
    INDEPENDENT,
    MILESTONE_COLUMNS,
    NEVER,
    NOT_ENTERED,
    STARTUP,
)

ONCE = (*MILESTONE_COLUMNS.values(), "entry_month", "exit_month", "spin_off_month")
NOT_NEGATIVE = """gap effort talent drawn pressure users receivables backlog value raised revenue smooth_revenue
collections spending research marketing overhead bad_debt venture_in ipo_in placement_in spin_off_in grant_in post_money
prospect ask"""
NOT_NEGATIVE_IN_THE_MARKET = """frontier frontier_speed open_gap open_jump inference_cost api_price project_price
dry_powder venture_paid exchange_paid grants_paid spin_off_paid acquirers_paid
outsiders_paid"""
FIRM_BOUNDS = {
    "runway": (0.0, 120.0),
    "plan_runway": (0.0, 120.0),
    "founders_stake": (0.0, 1.0),
    "footing": (0.0, 1.0),
    "restructured": (0.0, 1.0),
    "vertical_bad_debt": (0.0, np.inf),
    "vertical_pull": (0.0, 1.0),
    "vertical_delay": (1.0, np.inf),
    "unit_cost": (0.0, 1.0),
    "flywheel": (1.0, np.inf),
    "organisation": (0.0, np.inf),
    "people_lost": (0.0, np.inf),
    "cutting": (0, 1),
    "capacity_left": (0.0, np.inf),
    **dict.fromkeys(NOT_NEGATIVE.split(), (0.0, np.inf)),
}
MARKET_BOUNDS = {
    "war_depth": (0.0, 0.99),
    "door": (0.0, 1.0),
    "copied": (0.0, 1.0),
    "window": (0.0, 1.0),
    "build_cost": (0.0, 1.0),
    "api_reset": (0.0, 1.0),
    "concentration": (0.0, 1.0 + 1e-12),
    "top_four_share": (0.0, 1.0 + 1e-12),
    "climate": (HOT, COLD),
    "taking": (1.0, np.inf),
    **dict.fromkeys(NOT_NEGATIVE_IN_THE_MARKET.split(), (0.0, np.inf)),
}


def test_every_value_stays_finite(history: Walk):
    for part in (history.firms, history.market, history.assume):
        for name in part.dtype.names:
            assert np.isfinite(part[name]).all(), name
    assert np.isfinite(history.shares).all() and np.isfinite(history.sizes).all()


def test_every_value_stays_inside_its_bounds(history: Walk):
    there = history.firms["status"] != NOT_ENTERED
    for name, (low, high) in FIRM_BOUNDS.items():
        values = history.firms[name][there]
        assert (values >= low).all() and (values <= high).all(), name
    for name, (low, high) in MARKET_BOUNDS.items():
        values = history.market[name]
        assert (values >= low).all() and (values <= high).all(), name
    cap = history.assume["value_cap"][:, :, None] + 1e-12
    here = history.firms["status"] == INDEPENDENT  # one that is gone keeps the premium of its last month
    assert (np.abs(history.firms["premium"]) <= cap)[here].all()
    assert (history.firms["exit_month"][history.firms["status"] == INDEPENDENT] == NEVER).all()


def test_shares_and_the_outside_option_sum_to_one(history: Walk):
    """Every share is at least zero and the firms' shares of a market add up to at most one: the rest is outside."""
    assert (history.shares >= 0.0).all()
    assert (history.shares.sum(axis=2) <= 1.0 + 1e-9).all()
    nobody = history.firms["status"] != INDEPENDENT
    assert (history.shares[nobody] == 0.0).all()


def test_a_gone_firms_row_never_changes_again(history: Walk):
    gone = history.firms["status"][:-1] > INDEPENDENT
    assert (history.firms[1:][gone] == history.firms[:-1][gone]).all()


def test_nothing_happens_to_a_firm_before_it_enters():
    """Not one byte of its row changes, in a scenario where everything else does."""
    history = walk(scenario(LIVELY), 32)
    outside = history.firms["status"] == NOT_ENTERED
    assert outside[1:].any()
    opening = np.broadcast_to(history.firms[:1], history.firms.shape)
    assert (history.firms[outside] == opening[outside]).all()


def test_nobody_enters_before_his_date(history: Walk):
    """On the date where no chance decides, never before it; at the opening if the date has come."""
    end = history.firms[-1]
    entered = end["entry_month"] < NEVER
    by_chance = end["entry_hazard_month"] > 0
    assert (end["entry_month"][entered & by_chance] >= end["enters_month"][entered & by_chance]).all()
    on_date = entered & ~by_chance
    due = np.where(end["enters_month"] <= 1, np.minimum(end["enters_month"], 0), end["enters_month"])
    switched_off = (history.assume["entry_on"][-1] == 0)[:, None]
    assert ((end["entry_month"] == due) | switched_off)[on_date].all()
    dated = ~by_chance & (end["enters_month"] < len(history.firms)) & ~switched_off
    assert entered[dated].all()


def test_nor_do_dated_changes_touch_more_than_its_strategy():
    history = walk(scenario(DATED), 32)
    outside = history.firms["status"] == NOT_ENTERED
    opening = np.broadcast_to(history.firms[:1], history.firms.shape)
    for name in STATE:
        assert (history.firms[name][outside] == opening[name][outside]).all(), name


def test_statuses_only_go_forward(history: Walk):
    before, after = history.firms["status"][:-1], history.firms["status"][1:]
    assert (after >= before).all()
    moved = after != before
    assert (np.isin(after[moved], (INDEPENDENT, ACQUIRED, CLOSED))).all()
    assert (before[moved & (after > INDEPENDENT)] <= INDEPENDENT).all()
    giants = history.firms["kind"] != STARTUP
    assert (history.firms["status"][giants] <= INDEPENDENT).all()


def test_what_happens_once_is_dated_once(history: Walk):
    """Milestones are absorbing: nobody lists twice, nobody un-pivots; a date is the month in which it was set."""
    months = np.arange(len(history.firms))[:, None, None]
    for name in ONCE:
        dates = history.firms[name]
        changed = dates[1:] != dates[:-1]
        assert (dates[:-1][changed] == NEVER).all(), name
        assert (dates[1:][changed] == np.broadcast_to(months, dates.shape)[1:][changed]).all(), name


def test_nothing_happens_after_a_firm_left_or_before_it_came(history: Walk):
    end = history.firms[-1]
    for name in ONCE:
        dated = (end[name] < NEVER) & (end[name] > 0)
        assert (end[name][dated] <= end["exit_month"][dated]).all(), name
        assert (end[name][dated] >= end["entry_month"][dated]).all(), name
    events = history.events[history.events["firm"] >= 0]
    rows = end[events["world"], events["firm"]]
    assert (events["month"] >= rows["entry_month"]).all()
    assert (events["month"] <= rows["exit_month"]).all()


def test_events_and_dates_tell_the_same_story(history: Walk):
    """One event for each listing, pivot, abandonment, first profit and exit of a run, in the month of the date."""
    end = history.firms[-1]
    pairs = {"listed": "listing", "pivoted": "pivot", "abandoned": "abandonment", "profitable": "profitable"}
    dates = {pairs[m]: end[column] for m, column in MILESTONE_COLUMNS.items()}
    dates["acquisition"] = np.where(end["status"] == ACQUIRED, end["exit_month"], NEVER)
    dates["closure"] = np.where(end["status"] == CLOSED, end["exit_month"], NEVER)
    for event, months in dates.items():
        told = history.events[history.events["event"] == EVENT[event]]
        happened = np.argwhere((months > 0) & (months < NEVER))
        assert sorted(map(tuple, happened)) == sorted(zip(told["world"], told["firm"], strict=True)), event
        assert (months[told["world"], told["firm"]] == told["month"]).all(), event


def test_a_firm_is_abandoned_after_it_listed(history: Walk):
    abandoned = history.firms[-1]["abandoned_month"]
    listed = history.firms[-1]["listing_month"]
    assert (listed[abandoned < NEVER] < abandoned[abandoned < NEVER]).all()


def test_nobody_is_abandoned_in_the_month_of_its_first_profitable_year(history: Walk):
    """The test comes after the reports of its month, and whoever earned money over a year passes it."""
    end = history.firms[-1]
    abandoned = end["abandoned_month"] < NEVER
    assert (end["abandoned_month"][abandoned] != end["profitable_month"][abandoned]).all()


@pytest.mark.parametrize(
    "name", ["pivot", "listing", "acquisition", "closure", "abandonment", "round", "down round", "spin-off"]
)
def test_the_lively_scenario_is_lively(name):
    """The invariants above would hold of an industry in which nothing happens; in this one everything does."""
    assert (walk(scenario(LIVELY), 48).events["event"] == EVENT[name]).sum() >= 5
