"""Talent: leaves distressed and pivoting firms, is poached, arrives with cash and reputation."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from worlds import (
    assumed,
    bounded,
    compiled_as_plain,
    decide_spending,
    giant,
    later,
    rows,
    startup,
    step_as_plain,
    talent_month,
    told,
    world,
)

from sim.industry import talent

ALL = bounded(*(f"talent_{a.name}" for a in talent.MECHANISM.assumptions))
FINE = {"runway": 60.0}


def test_attraction_by_hand():
    """poaching * cash / (cash + ref) * exp(-gap); a giant's means are 1."""
    w = world(
        startup(poaching=2.0, cash=300.0, gap=0.5),
        giant(poaching=3.0, gap=1.0),
        startup(cash=-50.0),
        talent_cash_ref=900.0,
    )
    assert talent.attraction(w.firms[0], w.assume) == approx(2.0 * 0.25 * math.exp(-0.5), rel=1e-14)
    assert talent.attraction(w.firms[1], w.assume) == approx(3.0 * math.exp(-1.0), rel=1e-14)
    assert talent.attraction(w.firms[2], w.assume) == 0.0


def test_leaving_by_hand():
    assume = assumed(
        talent_leaving_month=0.01, talent_distress_runway=6, talent_distress_month=0.03, talent_exodus_month=0.05
    )
    firms = world(
        startup(**FINE),
        startup(runway=5.9),
        startup(**FINE, pivot_month=3),
        startup(runway=1.0, pivot_month=3),
        giant(runway=0.0),
    ).firms
    assert [talent.leaving_share(f, assume, 15) for f in firms] == approx([0.01, 0.04, 0.06, 0.09, 0.01], rel=1e-12)
    months = [tick for tick in range(30) if talent.leaving_share(firms[2], assume, tick) > 0.01]
    assert months == list(range(4, 16)), "the twelve months after that of the pivot, which ends with it"


def test_next_talent_by_hand():
    assume = assumed(talent_arrival_month=0.04, talent_ceiling=2.0, talent_least=0.02)
    assert talent.next_talent(1.0, 0.1, 0.5, assume) == approx(0.9 + 0.04 * 0.5 * 0.5, rel=1e-14)
    assert talent.next_talent(0.02, 1.0, 0.0, assume) == 0.02
    assert talent.next_talent(3.0, 0.1, 0.5, assume) == approx(2.7, rel=1e-14), "nobody arrives, nobody is sent away"


def test_a_month_by_hand():
    """An attraction a = e^-0.5 / 4 draws a / (1 + a) of 0.04, half of it at half the ceiling; a tenth leave."""
    firm = startup(poaching=1.0, cash=300.0, gap=0.5, talent=1.0, **FINE)
    w = world(firm, talent_cash_ref=900.0, talent_leaving_month=0.1, talent_arrival_month=0.04, talent_ceiling=2.0)
    talent_month(w)
    drawn = 0.25 * math.exp(-0.5)
    assert w.firms[0].talent == approx(0.9 + 0.04 * 0.5 * drawn / (1.0 + drawn), rel=1e-13)
    assert w.firms[0].people_lost == approx(0.1, rel=1e-14), "all who leave are replaced, whoever arrives"


def test_poaching_by_hand():
    """Both lose 10% of what the other's attraction draws; what is lost goes where attraction is."""
    w = world(
        startup(poaching=1.0, cash=1e18, gap=0.0, talent=2.0),
        giant(poaching=3.0, gap=0.0, talent=1.0),
        talent_poach_quarter=0.1,
        talent_ceiling=5.0,
    )
    talent.poach(w)
    lost = 0.1 * 0.75 * 2.0 + 0.1 * 0.25
    assert w.firms[0].talent == approx(2.0 - 0.15 + lost * 0.25, rel=1e-12)
    assert w.firms[1].talent == approx(1.0 - 0.025 + lost * 0.75, rel=1e-12)
    assert list(w.firms.drawn) == approx([0.25, 0.75], rel=1e-12)
    assert list(w.firms.people_lost) == approx([0.15, 0.025], rel=1e-12)


def test_people_lost_are_those_of_one_month():
    """A tenth leaves each month, 0.1 then 0.09; who is poached comes on top; off, nobody is replaced."""
    w = world(
        startup(talent=1.0, **FINE, people_lost=7.0, poaching=0.0),
        startup(status=3, people_lost=7.0),
        giant(),
        talent_leaving_month=0.1,
        talent_arrival_month=0.0,
        talent_poach_quarter=0.2,
    )
    lost = []
    talent_month(w)
    lost.append(float(w.firms[0].people_lost))
    talent_month(later(w, 2))
    lost.append(float(w.firms[0].people_lost))
    talent.poach(later(w, 2))
    lost.append(float(w.firms[0].people_lost))
    assert lost == approx([0.1, 0.09, 0.09 + 0.2 * 0.81], rel=1e-12)
    w.assume.talent_on = 0.0
    talent_month(later(w, 3))
    assert list(w.firms.people_lost[:2]) == [0.0, 7.0], "a gone firm's row never changes again"


def test_what_leaves_costs_next_months_budget():
    """0.1 of a point left at 80 a point: 8 more overhead the month after, at opening pay."""
    overhead = []
    for leaving in (0.0, 0.1):
        w = world(
            startup(talent=1.0, organisation=1.0, **FINE),
            talent_leaving_month=leaving,
            burn_replacing=80.0,
            burn_overhead_month=12.0,
            burn_wage_growth_year=0.0,
        )
        talent_month(w)
        decide_spending(later(w, 2))
        overhead.append(float(w.firms[0].overhead))
    assert overhead == approx([12.0, 20.0], rel=1e-13)


def test_the_pivot_month_shows_the_exodus():
    """5% a month for a year after a pivot: nearly half have left, and it is told once."""
    w = world(
        startup(pivot_month=1, talent=1.0, talent_before=1.0, **FINE),
        startup(talent=1.0, **FINE),
        talent_leaving_month=0.0,
        talent_exodus_month=0.05,
        talent_arrival_month=0.0,
        talent_exodus_told=0.25,
    )
    history = []
    for tick in range(1, 20):
        talent_month(later(w, tick))
        history.append(float(w.firms[0].talent))
    assert (history[0], history[1]) == approx((1.0, 0.95), rel=1e-14)
    assert history[12] == approx(0.95**12, rel=1e-12)
    assert history[18] == history[12]
    assert w.firms[1].talent == 1.0
    assert told(w) == ["exodus"]


@given(ALL, st.floats(0.02, 5), st.floats(0, 60), st.floats(0, 1e5))
def test_distress_and_pivots_cost_people(values, people, runway, cash):
    def after(**change):
        w = world(startup(talent=people, talent_before=people, runway=runway, cash=cash, **change), **values)
        talent_month(w)
        return float(w.firms[0].talent)

    calm = after()
    assert after(pivot_month=0) <= calm
    w = world(startup(talent=people, runway=0.0, cash=cash), **values)
    talent_month(w)
    assert w.firms[0].talent <= calm


def test_distress_and_pivots_cost_people_strictly():
    w = world(startup(**FINE), startup(runway=2.0), startup(**FINE, pivot_month=0))
    talent_month(w)
    assert w.firms[1].talent < w.firms[0].talent
    assert w.firms[2].talent < w.firms[0].talent


@given(ALL, st.floats(0, 1e5), st.floats(0, 1e5), st.floats(0, 5), st.floats(0, 5))
def test_people_go_where_cash_and_reputation_are(values, cash, more, gap, behind):
    assume = assumed(**values)
    w = world(
        startup(cash=cash, gap=gap + behind), startup(cash=cash + more, gap=gap + behind), startup(cash=cash, gap=gap)
    )
    poor, rich, ahead = (talent.attraction(f, assume) for f in w.firms)
    assert rich >= poor and ahead >= poor >= 0.0
    talents = []
    for firm in w.firms:
        pull = talent.attraction(firm, assume)
        talents.append(talent.next_talent(1.0, 0.05, pull / (1.0 + pull), assume))
    assert talents[1] >= talents[0] and talents[2] >= talents[0]


@given(ALL, st.floats(0, 50), st.floats(0, 50))
def test_poachers_gain_and_the_poached_lose(values, poaching, more):
    """The more attractive the giant, the fewer people the startup is left with."""
    left = []
    for level in (poaching, min(poaching + more, 50.0)):
        w = world(startup(cash=1000.0, talent=1.0), giant(poaching=level, talent=1.0), **values)
        talent.poach(w)
        left.append(float(w.firms[0].talent))
    assert left[1] <= left[0] + 1e-12


@given(ALL, st.lists(st.tuples(st.floats(0.02, 3), st.floats(0, 1e4), st.floats(0, 5)), min_size=1, max_size=5))
def test_poaching_makes_no_people(values, firms):
    w = world(*(startup(talent=t, cash=c, gap=g) for t, c, g in firms), giant(), **values)
    before = float(w.firms.talent.sum())
    talent.poach(w)
    assert w.firms.talent.sum() <= before * (1 + 1e-12)
    assert (w.firms.talent >= 0.0).all()


@given(ALL, st.floats(0.02, 10), st.floats(0, 60), st.floats(0, 1e5), st.integers(1, 20))
def test_talent_stays_between_founders_and_ceiling(values, people, runway, cash, pivot):
    w = world(startup(talent=people, runway=runway, cash=cash, pivot_month=pivot), giant(), **values)
    for tick in range(1, 25):
        talent_month(later(w, tick))
        talent.poach(later(w, tick))
    assert (w.firms.talent >= min(values["talent_least"], values["talent_ceiling"], people, 1.0) - 1e-12).all()
    assert w.firms[0].talent <= max(values["talent_ceiling"], people, values["talent_least"]) * (1 + 1e-12)


def test_nobody_to_be_drawn_to_is_the_limit():
    w = world(startup(cash=0.0), startup(poaching=0.0))
    before = rows(w)
    talent.poach(w)
    assert rows(w) == before


def test_off_every_firm_keeps_the_talent_it_entered_with():
    w = world(startup(runway=1.0, pivot_month=1, talent=1.3), giant(), startup(talent=0.4), talent_on=0.0)
    before = rows(w)
    for tick in range(1, 13):
        talent_month(later(w, tick))
        talent.poach(later(w, tick))
    assert rows(w) == before


@given(ALL, st.floats(0.02, 10), st.floats(0, 60), st.floats(-10, 1e5), st.floats(0, 5), st.integers(1, 20))
def test_compiled_as_plain(values, people, runway, cash, gap, pivot):
    firm = startup(talent=people, talent_before=people, runway=runway, cash=cash, gap=gap, pivot_month=pivot)
    w = world(firm, **values)
    assert compiled_as_plain(talent.attraction, w.firms[0], w.assume)
    assert compiled_as_plain(talent.leaving_share, w.firms[0], w.assume, 12)
    assert compiled_as_plain(talent.next_talent, people, 0.1, 0.4, w.assume)
    for step in (talent_month, talent.poach):
        assert step_as_plain(step, lambda: world(firm, giant(), startup(), tick=12, told=True, **values))
