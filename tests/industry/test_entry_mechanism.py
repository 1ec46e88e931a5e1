"""Entry: on a firm's date, or from then on by chance, while the door is open."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from worlds import giant, rows, startup, state, step_as_plain, told, world

from sim.foundation.causes import BY_CHANCE, ON_DATE
from sim.foundation.columns import INDEPENDENT, LINES, NEVER, NOT_ENTERED
from sim.industry import demand, entry

OUTSIDE = {"status": NOT_ENTERED, "entry_month": NEVER, "cash": 0.0, "gap": 0.0, "talent": 1.0}
STOCKS = {
    "entry_cash": 500.0,
    "entry_gap": 0.3,
    "entry_talent": 0.8,
    "entry_founders_stake": 0.6,
    "entry_receivables": 9.0,
}
STOCKS |= {"entry_valuation": 3000.0, "entry_revenue_year": 120.0, "entry_users": 0.0}


def _late(**values):
    return startup(**{**OUTSIDE, **STOCKS, "enters_month": 5, **values})


def _month(*firms, tick=5, door=1.0, **assume):
    w = world(*firms, tick=tick, market={"door": door}, **assume)
    demand.measure(w)
    entry.step(w)
    return w


def test_a_firm_enters_on_its_date_with_what_it_owns():
    firm = _month(_late()).firms[0]
    assert (firm.status, firm.entry_month) == (INDEPENDENT, 5)
    assert (firm.cash, firm.cash_open, firm.gap, firm.talent) == (500.0, 500.0, 0.3, 0.8)
    assert (firm.founders_stake, firm.receivables, firm.value, firm.post_money) == (0.6, 9.0, 3000.0, 3000.0)
    assert (firm.ttm_revenue, firm.smooth_revenue, firm.expected_revenue) == (120.0, 10.0, 120.0)


def test_nobody_enters_before_his_date_and_nobody_twice():
    w = _month(_late(), tick=4)
    assert w.firms[0].status == NOT_ENTERED and told(w) == []
    w = _month(_late(), startup(enters_month=0))
    assert told(w) == ["entry"]
    before = rows(w)
    entry.step(w)
    assert rows(w) == before


def test_the_door_by_hand():
    """Half closed: half of late_gap further behind, footing one half; a giant brings its own footing."""
    big = giant(**{**OUTSIDE, **STOCKS, "enters_month": 5})
    w = _month(_late(), big, door=0.5, entry_late_gap=0.8)
    assert list(w.firms.gap) == approx([0.7, 0.7], rel=1e-14)
    assert list(w.firms.footing) == [0.5, 1.0]


@given(st.floats(0.01, 1), st.floats(0.01, 1), st.floats(0, 10))
def test_a_more_closed_door_never_helps(one, other, late_gap):
    ends = []
    for door in sorted((one, other)):
        firm = _month(_late(), door=door, entry_late_gap=late_gap).firms[0]
        ends.append((float(firm.gap), float(firm.footing)))
    assert ends[0][0] >= ends[1][0] and ends[0][1] <= ends[1][1]


@given(st.floats(0, 1), st.floats(0, 1), st.floats(2**-33, 1 - 2**-33))
def test_entry_by_chance_needs_luck_and_an_open_door(hazard, door, u):
    w = _month(_late(entry_hazard_month=hazard, u_entry=u), door=door)
    assert (w.firms[0].status == INDEPENDENT) == (hazard == 0.0 or u < hazard * door)


def test_the_log_says_why_it_entered():
    w = _month(_late(), _late(entry_hazard_month=1.0, u_entry=0.0), door=0.75)
    assert list(w.log["cause"][:2]) == [ON_DATE, BY_CHANCE]
    assert w.log["saw"][1] == 0.75


def test_revenue_and_users_become_shares():
    """10 a month, split over API, projects and verticals by effort 1 : 2 : 1, a quarter abroad; 2 million users."""
    firm = _late(mix_api=1.0, mix_projects=2.0, mix_vertical=1.0, overseas=0.25, entry_users=2.0)
    sizes = dict.fromkeys((f"demand_{line}_{place}" for line in LINES[1:] for place in ("home", "abroad")), 50.0)
    sizes |= {"demand_pool_home": 100.0, "demand_pool_abroad": 50.0, "demand_projects_home": 150.0}
    rates = ("growth_year", "growth_floor_year", "pool_growth_year", "pool_floor_year")
    w = _month(firm, **sizes, **{f"demand_{r}": 0.0 for r in rates})
    earned = w.shares[0] * w.sizes
    assert list(earned) == approx([1.5, 1.875, 3.75, 1.875, 0.5, 0.625, 1.25, 0.625], rel=1e-12)


STILL = {f"demand_{r}": 0.0 for r in ("growth_year", "growth_floor_year", "pool_growth_year", "pool_floor_year")}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("tick", [0, 5])
def test_a_pool_that_cannot_hold_all_entrants_is_shared_in_proportion(order, tick):
    """200 and 300 million users enter a pool of 250 in one month: 100 and 150, whoever is named first."""
    users = (200.0, 300.0)
    firms = [_late(entry_users=users[k], overseas=0.0, enters_month=tick) for k in order]
    w = _month(*firms, tick=tick, demand_pool_home=250.0, **STILL)
    assert list(w.firms.users) == approx([users[k] / 2 for k in order], rel=1e-14)
    assert list(w.shares[:, 0] * w.sizes[0]) == approx([users[k] / 2 for k in order], rel=1e-14)


def test_those_who_are_there_keep_what_they_have_and_entrants_share_the_rest():
    """Home: 0.6 taken of 100, 30 and 50 come: half of each. Abroad 30 and 50 fit into 100."""
    firms = [_late(entry_users=u, overseas=0.5) for u in (60.0, 100.0)]
    w = world(startup(users=60.0), *firms, tick=5, demand_pool_home=100.0, demand_pool_abroad=100.0, **STILL)
    w.shares[0, 0] = 0.6
    demand.measure(w)
    entry.step(w)
    assert list(w.shares[:, 0]) == approx([0.6, 0.15, 0.25], rel=1e-14)
    assert list(w.shares[:, 4]) == approx([0.0, 0.3, 0.5], rel=1e-14)
    assert list(w.firms.users) == approx([60.0, 45.0, 75.0], rel=1e-14)


def test_revenue_is_shared_in_proportion_too():
    """120 a year each in API alone, a market of 8 a month: 4 each."""
    firms = [_late(mix_api=1.0, mix_projects=0.0, mix_vertical=0.0, overseas=0.0) for _ in range(2)]
    w = _month(*firms, demand_api_home=8.0, **STILL)
    assert list(w.shares[:, 1] * w.sizes[1]) == approx([4.0, 4.0], rel=1e-14)


@given(st.floats(0, 1e7), st.floats(0, 1e4), st.lists(st.floats(0, 1), min_size=8, max_size=8))
def test_nobody_enters_into_more_than_is_left(revenue, users, taken):
    w = world(startup(), _late(entry_revenue_year=revenue, entry_users=users), tick=5)
    w.shares[0] = taken
    demand.measure(w)
    entry.step(w)
    assert (w.shares >= 0.0).all()
    assert (w.shares.sum(axis=0) <= 1.0 + 1e-12).all()
    assert np.isfinite(w.shares).all()


def test_at_the_opening_those_whose_date_has_come_are_there_whatever_the_switch():
    for on in (1.0, 0.0):
        w = _month(_late(enters_month=1), _late(enters_month=-20), _late(enters_month=2), tick=0, door=0.1, entry_on=on)
        assert list(w.firms.status) == [INDEPENDENT, INDEPENDENT, NOT_ENTERED]
        assert list(w.firms.entry_month[:2]) == [0, -20]
        assert list(w.firms.gap[:2]) == [0.3, 0.3], "no door at the opening"
        assert told(w) == []


def test_off_nobody_enters_after_the_opening():
    w = world(_late(), _late(entry_hazard_month=1.0, u_entry=0.0), tick=50, entry_on=0.0)
    before = state(w)
    entry.step(w)
    assert state(w) == before


@pytest.mark.parametrize("status", [2, 3])
def test_who_is_gone_never_comes_back(status):
    w = _month(_late(status=status), tick=60)
    assert w.firms[0].status == status


@given(st.floats(0.01, 1), st.floats(0, 1), st.floats(2**-33, 1), st.floats(0, 1e5), st.floats(0, 100), st.floats(0, 1))
def test_compiled_as_plain(door, hazard, u, revenue, users, overseas):
    firm = _late(entry_hazard_month=hazard, u_entry=u, entry_revenue_year=revenue, entry_users=users, overseas=overseas)

    def make():
        w = world(startup(), firm, tick=6, market={"door": door})
        demand.measure(w)
        return w

    assert step_as_plain(entry.step, make)
