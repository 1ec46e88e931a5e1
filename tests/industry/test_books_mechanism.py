"""Books: half-years are closed, twelve months are added up, the first year in profit is noted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from worlds import giant, later, rows, startup, step_as_plain, told, world

from sim.foundation.columns import NEVER
from sim.industry import books


def _years(revenues, flows, **values):
    """Close a half-year after each pair of a half-year's revenue and operating cash flow."""
    w = world(startup(**values))
    for half, (revenue, flow) in enumerate(zip(revenues, flows, strict=True), 1):
        w.firms[0].revenue_total += revenue
        w.firms[0].flow_total += flow
        books.step(later(w, 6 * half))
    return w


def test_trailing_twelve_months_by_hand():
    firm = _years([10.0, 60.0, 15.0], [-30.0, 5.0, -20.0]).firms[0]
    assert (firm.ttm_revenue, firm.ttm_flow, firm.halves) == (75.0, -15.0, 3)


def test_after_one_half_year_there_are_no_twelve_months():
    w = _years([10.0], [5.0], ttm_revenue=90.0)
    assert (w.firms[0].ttm_revenue, w.firms[0].profitable_month) == (90.0, NEVER)


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(-1e6, 1e6)), min_size=2, max_size=12))
def test_it_is_the_sum_of_the_last_two_half_years(halves):
    w = _years([r for r, _ in halves], [f for _, f in halves])
    assert w.firms[0].ttm_revenue == approx(halves[-1][0] + halves[-2][0], abs=1e-6)
    assert w.firms[0].ttm_flow == approx(halves[-1][1] + halves[-2][1], abs=1e-6)


def test_the_first_year_in_profit_is_noted_once():
    w = _years([10.0, 20.0, 30.0, 40.0, 50.0], [-5.0, -4.0, 4.0, 3.0, -50.0])
    assert w.firms[0].profitable_month == 18, "the year of half-years 2 and 3 is the first at or above zero"
    assert told(w) == ["profitable"]


def test_no_revenue_no_profit_and_giants_are_not_noted():
    assert _years([0.0, 0.0], [0.0, 0.0]).firms[0].profitable_month == NEVER
    assert _years([9.0, 9.0], [1.0, 1.0], kind=1).firms[0].profitable_month == NEVER


def test_gone_firms_books_stay_closed():
    w = world(startup(status=3, revenue_total=50.0), startup(status=0))
    before = rows(w)
    books.step(w)
    assert rows(w) == before


@given(st.floats(0, 1e6), st.floats(-1e6, 1e6), st.integers(0, 4))
def test_compiled_as_plain(revenue, flow, halves):
    firm = startup(revenue_total=revenue, flow_total=flow, halves=halves, revenue_half=revenue / 3, flow_year=flow / 7)
    assert step_as_plain(books.step, lambda: world(firm, giant()))
