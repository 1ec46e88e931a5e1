"""Second iron law: numbers by hand, limits, signs with the state forced (listed, refused), compiled as plain."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from worlds import (
    ALL_OFF,
    JANUARY_2024,
    assumed,
    bounded,
    compiled_as_plain,
    later,
    phase_of,
    rows,
    startup,
    step_as_plain,
    told,
    world,
)

from sim.foundation.columns import NEVER
from sim.laws import listing

ALL = bounded(*(f"listing_{a.name}" for a in listing.MECHANISM.assumptions))
STRONG = bounded(*(f"listing_{a.name}" for a in listing.MECHANISM.assumptions), low=0.01)
MONEY = st.floats(0, 1e5)
LOSS = st.floats(-1e5, -1e-6)
PROFIT = st.floats(0, 1e5)

LOSING = {
    "listing_month": -30,
    "test_month": 1,
    "smooth_flow": -50.0,
    "smooth_revenue": 10.0,
    "ttm_flow": -600.0,
    "ttm_revenue": 120.0,
    "expected_revenue": 200.0,
    "halves": 4,
    "value": 5000.0,
    "premium": 0.5,
}
QUIET = {**ALL_OFF, "listing_on": 1.0}
EARNING = {**LOSING, "smooth_flow": 5.0, "ttm_flow": 60.0}


def _month(firm, **assume):
    """A listed firm's month with both a report and its profitability test, in the month's order."""
    w = world(startup(**firm), **assume)
    for step in (listing.step, listing.report, listing.test):
        step(w)
    return w


def test_report_by_hand():
    """s * (report_cut * shortfall + loss_cut * loss): 40% short, a loss of half the revenue.

    A tenth above the path makes up for half of a loss as large as revenue; far above it, for all of it.
    """
    assume = assumed(listing_strength=2.0, listing_report_cut=0.5, listing_loss_cut=0.1)
    assert listing.report_loss(60.0, 100.0, -30.0, assume) == approx(2.0 * (0.5 * 0.4 + 0.1 * 0.5), rel=1e-14)
    assert listing.report_loss(100.0, 100.0, -900.0, assume) == approx(2.0 * 0.1, rel=1e-14), "on the path, capped loss"
    assert listing.report_loss(110.0, 100.0, -900.0, assume) == approx(2.0 * (0.1 - 0.05), rel=1e-12)
    assert listing.report_loss(130.0, 100.0, -900.0, assume) == 0.0, "a beat never raises a price"
    assert listing.report_loss(60.0, 100.0, 0.0, assume) == 0.0
    mild = assumed(listing_strength=2.0, listing_report_cut=0.05, listing_loss_cut=0.1)
    assert listing.report_loss(900.0, 100.0, -900.0, mild) == approx(2.0 * 0.05, rel=1e-14), (
        "a beat counts as 1 at most"
    )


def test_the_profitability_test_by_hand():
    """At half strength a loss of (1 / 0.5 - 1) * loss_allowed of revenue is still allowed."""
    half = assumed(listing_strength=0.5, listing_loss_allowed=0.8)
    assert listing.passes_test(-80.0, 100.0, half)
    assert not listing.passes_test(-80.1, 100.0, half)
    full = assumed(listing_strength=1.0)
    assert listing.passes_test(0.0, 100.0, full)
    assert not listing.passes_test(-0.1, 100.0, full)


def test_squeeze_by_hand():
    """1 - s * squeeze * (months listed / test_from, at most 1), at least squeeze_least."""
    assume = assumed(listing_strength=1.5, listing_squeeze=0.4, listing_squeeze_least=0.1, listing_test_from=24)
    assert listing.squeeze(-1.0, 6.0, assume) == approx(1.0 - 1.5 * 0.4 * 0.25, rel=1e-14)
    assert listing.squeeze(-1.0, 60.0, assume) == approx(1.0 - 1.5 * 0.4, rel=1e-14)
    assert listing.squeeze(0.0, 60.0, assume) == 1.0
    hard = assumed(listing_strength=3.0, listing_squeeze=0.9, listing_squeeze_least=0.1)
    assert listing.squeeze(-1.0, 60.0, hard) == 0.1


def test_a_report_cuts_the_premium_and_sets_the_next_path():
    """And the price at once: of 5,000 the 1,000 in cash keep theirs; told is the share by which it fell."""
    w = world(
        startup(**LOSING, cash=1000.0),
        listing_strength=1.0,
        listing_report_cut=0.6,
        listing_loss_cut=0.12,
        listing_path_growth_year=0.4,
    )
    listing.report(w)
    firm = w.firms[0]
    assert firm.premium == approx(0.5 - (0.6 * 0.4 + 0.12 * 1.0), rel=1e-12)
    assert firm.expected_revenue == approx(120.0 * 1.2, rel=1e-14)
    assert firm.value == approx(1000.0 + 4000.0 * math.exp(-0.36), rel=1e-12)
    assert told(w) == ["report cut"]
    assert w.log["saw"][0] == 120.0 / 200.0
    assert w.log["value"][0] == approx(0.8 * (1.0 - math.exp(-0.36)), rel=1e-12)


def test_a_refused_firm_shrinks_every_month_refused():
    w = world(startup(refused_months=3, premium=0.2), listing_strength=2.0, listing_refused_shrink=0.05)
    for tick in (1, 2, 3):
        listing.step(later(w, tick))
    assert w.firms[0].premium == approx(0.2 - 3 * 0.1, rel=1e-12)


def test_a_firm_that_is_not_refused_does_not_shrink():
    w = world(startup(refused_months=0, premium=0.2), listing_strength=3.0)
    listing.step(w)
    assert w.firms[0].premium == 0.2


@given(st.floats(2.0**-33, 1 - 2.0**-33), st.integers(-100, 40), st.integers(0, 100), st.integers(0, 100))
def test_the_test_comes_between_its_months_once(u, listed, low, high):
    w = world(startup(listing_month=listed, u_test=u), listing_test_from=low, listing_test_to=high, tick=41)
    listing.test(w)
    drawn = int(w.firms[0].test_month)
    assert min(low, high) <= drawn - listed <= max(low, high)
    w.luck[0].u_test = 1 - u
    listing.test(w)
    assert w.firms[0].test_month == drawn, "drawn once"


@pytest.mark.parametrize("firm", [{"listing_month": NEVER}, {"listing_month": -30, "smooth_flow": 3.0}])
def test_who_is_not_listed_or_earns_money_spends_freely_again(firm):
    w = world(startup(free_share=0.2, **firm), listing_strength=2.0)
    listing.step(w)
    assert w.firms[0].free_share == 1.0


def test_the_test_looks_at_reported_months_and_before_a_year_of_reports_at_smoothed_ones():
    books = {"listing_month": -30, "test_month": 1, "smooth_revenue": 10.0, "ttm_revenue": 120.0}
    for halves, ttm, smooth, fails in (
        (2, -1.0, 5.0, True),
        (2, 1.0, -5.0, False),
        (1, -1.0, 5.0, False),
        (1, 1.0, -5.0, True),
    ):
        w = world(startup(**books, halves=halves, ttm_flow=ttm, smooth_flow=smooth), listing_strength=1.0, told=True)
        listing.test(w)
        assert w.log["saw"][0] == (ttm if halves == 2 else 12.0 * smooth), "the log names the number that was judged"
        assert (w.firms[0].abandoned_month == 1) == fails


def test_both_ends_of_the_test_window_are_reached():
    months = set()
    for u in (0.0001, 0.9999):
        w = world(startup(listing_month=1, u_test=u), listing_test_from=24, listing_test_to=36)
        listing.test(w)
        months.add(int(w.firms[0].test_month) - 1)
    assert months == {24, 36}


def test_who_fails_is_abandoned_near_the_floor_once():
    """And its price falls at once by what the premium of 0.5 loses, e ** -2, cash apart; told is the price before."""
    law = {"listing_strength": 1.0, "listing_abandoned_discount": 1.5, "value_cap": 2.5}
    w = world(startup(**LOSING, cash=1000.0), **law)
    listing.test(w)
    assert (w.firms[0].abandoned_month, w.firms[0].premium) == (1, -1.5)
    assert w.firms[0].value == approx(1000.0 + 4000.0 * math.exp(-2.0), rel=1e-13)
    assert told(w) == ["abandonment"]
    assert w.log["value"][0] == 5000.0
    deep = world(startup(**{**LOSING, "premium": -2.0}, cash=0.0), **law)
    listing.test(deep)
    assert (deep.firms[0].premium, deep.firms[0].value) == (-2.0, 5000.0), "a deeper discount stays"
    listing.test(w)
    listing.report(w)
    assert told(w) == ["abandonment"], "abandoned once, and nobody reads its reports"


def test_people_leave_an_abandoned_firm_by_hand():
    """At strength 1.5 a share of 1.5 * 0.2 of a talent of 2 leaves, beside 0.1 that left before; founders stay."""
    people = {"talent": 2.0, "people_lost": 0.1}
    law = {"listing_strength": 1.5, "listing_abandoned_people": 0.2}
    w = world(startup(**LOSING, **people), startup(**LOSING, talent=0.03), talent_least=0.025, **law)
    listing.test(w)
    assert w.firms[0].talent == approx(1.4, rel=1e-14)
    assert w.firms[0].people_lost == approx(0.7, rel=1e-14)
    assert w.firms[1].talent == approx(0.025, rel=1e-14)
    w = world(startup(**LOSING, **people), talent_on=0.0, **law)
    listing.test(w)
    assert w.firms[0].abandoned_month == 1
    assert (w.firms[0].talent, w.firms[0].people_lost) == (2.0, 0.1), "with talent off every firm keeps its own"


def test_an_abandoned_firm_is_squeezed_no_more():
    w = world(startup(**LOSING, free_share=0.2), listing_strength=1.0)
    listing.step(w)
    assert w.firms[0].free_share < 1.0
    listing.test(w)
    listing.step(later(w, 2))
    assert w.firms[0].free_share == 1.0


def test_the_test_sees_the_half_year_that_closes_in_its_month():
    """June, the month of the test: a year that the half-year's books turn from -10 to +2 passes; +10 to -2 fails."""
    june = JANUARY_2024 + 5
    for before, flows, passes in ((-10.0, (-4.0, 6.0), True), (10.0, (4.0, -6.0), False)):
        firm = {**LOSING, "halves": 2, "test_month": 6, "ttm_flow": before, "revenue_total": 120.0}
        firm |= {"flow_year": 0.0, "flow_half": flows[0], "flow_total": sum(flows)}
        w = world(startup(**firm), tick=6, month=june, listing_strength=1.0, **QUIET)
        for phase in ("reports", "exits"):
            phase_of(phase)(w)
        assert w.firms[0].ttm_flow == sum(flows)
        assert (w.firms[0].abandoned_month == NEVER) == passes
        assert (w.firms[0].profitable_month == 6) == passes, "nobody is abandoned in its first profitable year's month"


def test_a_report_tells_what_was_lost_not_what_was_asked():
    """0.36 asked of a premium 0.1 above its cap: 0.1 is lost, and the share that costs is told; at the cap nothing."""
    cuts = {"listing_strength": 1.0, "listing_report_cut": 0.6, "listing_loss_cut": 0.12, "value_cap": 1.0}
    w = world(*(startup(**{**LOSING, "premium": premium}, cash=0.0) for premium in (-0.9, -1.0)), **cuts)
    listing.report(w)
    assert list(w.firms.premium) == approx([-1.0, -1.0], rel=1e-14)
    assert told(w) == ["report cut"]
    assert (w.log["firm"][0], w.log["value"][0]) == (0, approx(1.0 - math.exp(-0.1), rel=1e-12))
    assert w.firms[1].expected_revenue > 0.0


def test_nobody_is_tested_in_another_month():
    w = world(startup(**LOSING), tick=2, listing_strength=1.0)
    listing.test(w)
    assert w.firms[0].abandoned_month == NEVER


def test_off_and_strength_0_move_nothing():
    """Reports, tests and refusals move nothing; the market's expectation is bookkeeping and goes on."""
    for firm in (LOSING, {"refused_months": 9, "premium": 0.3}):
        before = world(startup(**firm))
        for switch in ({"listing_on": 0.0}, {"listing_strength": 0.0}):
            w = _month(firm, **switch)
            for column in ("premium", "value", "abandoned_month", "free_share", "refused_months"):
                assert w.firms[0][column] == before.firms[0][column], column
            assert told(w) == []
        assert rows(_month(firm, listing_strength=1.0), "premium") != rows(before, "premium")


@given(ALL, PROFIT, MONEY, MONEY)
def test_a_profitable_listed_firm_passes_untouched(values, flow, revenue, expected):
    firm = {
        **EARNING,
        "smooth_flow": flow,
        "ttm_flow": flow,
        "ttm_revenue": revenue,
        "smooth_revenue": revenue,
        "expected_revenue": expected,
    }
    assert rows(_month(firm, **values)) == rows(_month(firm, **{**values, "listing_strength": 0.0}))


@given(STRONG, LOSS, MONEY, MONEY, st.floats(0, 100), st.floats(0.01, 3))
def test_losses_cost_a_listed_firm_more_the_stronger_the_law(values, flow, revenue, expected, age, more):
    weak = assumed(**values)
    strong = assumed(**{**values, "listing_strength": values["listing_strength"] + more})
    assert (
        listing.report_loss(revenue, expected, flow, strong) >= listing.report_loss(revenue, expected, flow, weak) >= 0
    )
    assert listing.squeeze(flow, age, strong) <= listing.squeeze(flow, age, weak) <= 1.0
    assert listing.passes_test(flow, revenue, weak) or not listing.passes_test(flow, revenue, strong)


@given(STRONG, st.floats(0, 1))
def test_an_unprofitable_listed_firm_is_worth_no_more_than_without_the_law(values, path):
    firm = {**LOSING, "expected_revenue": 120.0 + 1000.0 * path}
    with_law, without = _month(firm, **values), _month(firm, **{**values, "listing_strength": 0.0})
    assert with_law.firms[0].premium <= without.firms[0].premium
    assert with_law.firms[0].free_share <= without.firms[0].free_share


def test_at_the_documents_claim_the_signs_are_strict():
    with_law, without = _month(LOSING, listing_strength=1.0), _month(LOSING, listing_strength=0.0)
    assert with_law.firms[0].premium < without.firms[0].premium
    assert with_law.firms[0].free_share < without.firms[0].free_share
    assert with_law.firms[0].abandoned_month == 1
    assert without.firms[0].abandoned_month == NEVER


@given(ALL, LOSS, st.floats(0, 1e5), MONEY, MONEY)
def test_a_worse_report_costs_more(values, flow, deeper, revenue, expected):
    assume = assumed(**values)
    lost = listing.report_loss(revenue, expected, flow, assume)
    assert listing.report_loss(revenue, expected, flow - deeper, assume) >= lost
    assert listing.report_loss(revenue, expected + deeper, flow, assume) >= lost
    assert lost >= 0.0


@given(STRONG, st.floats(-1e5, 1e5), MONEY, MONEY, st.floats(0, 100))
def test_compiled_as_plain(values, flow, revenue, expected, age):
    assume = assumed(**values)
    assert compiled_as_plain(listing.report_loss, revenue, expected, flow, assume)
    assert compiled_as_plain(listing.passes_test, flow, revenue, assume)
    assert compiled_as_plain(listing.squeeze, flow, age, assume)
    firms = startup(**{**LOSING, "ttm_flow": flow, "ttm_revenue": revenue}), startup(refused_months=2)
    for step in (listing.step, listing.report, listing.test):
        assert step_as_plain(step, lambda: world(*firms, told=True, **values))


@pytest.mark.parametrize("cap", [0.1, 1.0])
def test_the_premium_stays_within_its_cap(cap):
    w = _month({**LOSING, "premium": -cap + 0.01}, listing_strength=3.0, listing_report_cut=3.0, value_cap=cap)
    assert w.firms[0].premium == -cap
    w = world(
        startup(refused_months=2, premium=-cap + 0.01), listing_strength=3.0, listing_refused_shrink=1.0, value_cap=cap
    )
    listing.step(w)
    assert w.firms[0].premium == -cap
