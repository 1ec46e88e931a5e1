"""Burn: a plan carried out while cash lasts, cut slowly when it does not; cash falls by spending minus collections."""

from __future__ import annotations

import math

import pytest
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
    open_month,
    settle,
    startup,
    step_as_plain,
    world,
)

from sim.foundation.columns import COLD, HOT, NEVER, NORMAL
from sim.industry import burn

ALL = bounded(*(f"burn_{a.name}" for a in burn.MECHANISM.assumptions))
MONEY = st.floats(0, 1e6)
RUNNING = {"started": 1, "research": 100.0, "last_spending": 100.0}
MARKET = {"frontier_cost": 50.0, "marketing_budget": 10.0, "climate": NORMAL}


def _spent(market=None, **values):
    """What a startup of this description spends in its first month, with its row."""
    assume = {
        k: values.pop(k)
        for k in list(values)
        if k.startswith(("burn_", "pivot_d", "pivot_l", "pivot_o", "pivot_keeps")) and k != "burn_month"
    }
    w = world(startup(**values), market={**MARKET, **(market or {})}, **assume)
    decide_spending(w)
    return w.firms[0]


def test_runway_by_hand():
    assert burn.runway_months(100.0, 8.0) == 12.5
    assert burn.runway_months(100.0, 0.0) == 120.0
    assert burn.runway_months(100.0, -5.0) == 120.0
    assert burn.runway_months(1e9, 1.0) == 120.0
    assert burn.runway_months(-5.0, 1.0) == 0.0


def test_a_month_by_hand():
    """Plenty of money: 2 * 50 research, 3 * 10 marketing, (14 * 1.5 + 80 * 0.1) * e^0.12, and the cost of revenue."""
    w = world(
        startup(
            cash=1e6,
            research_ambition=2.0,
            marketing_intensity=3.0,
            organisation=1.5,
            people_lost=0.1,
            talent=0.4,
            cost_of_revenue=7.0,
        ),
        market=MARKET,
        tick=12,
        burn_overhead_month=14.0,
        burn_replacing=80.0,
        burn_wage_growth_year=0.12,
    )
    decide_spending(w)
    firm = w.firms[0]
    overhead = (14.0 * 1.5 + 80.0 * 0.1) * math.exp(0.12)
    assert (firm.research, firm.marketing) == approx((100.0, 30.0), rel=1e-14)
    assert firm.overhead == approx(overhead, rel=1e-14)
    assert firm.spending == approx(137.0 + overhead, rel=1e-14)
    assert firm.last_spending == firm.spending


def test_planned_runway_by_hand():
    """600 in cash; the whole plan is 50 + 10 + 20 a month, 7 of cost, income 12 smoothed and 5 of grants: 600 / 70."""
    values = {"cash": 600.0, "cost_of_revenue": 7.0, "smooth_revenue": 12.0, "grant_month": 5.0, "restructured": 0.2}
    firm = _spent(**values, burn_overhead_month=25.0, burn_wage_growth_year=0.0)
    assert firm.overhead == approx(20.0, rel=1e-14), "a fifth went with a side business"
    assert firm.plan_runway == approx(600.0 / 70.0, rel=1e-13)


@pytest.mark.parametrize(
    ("runway", "climate", "cutting", "cuts"),
    [
        (5.9, NORMAL, 0, 1),
        (6.0, NORMAL, 0, 0),
        (14.9, NORMAL, 1, 1),  # between the thresholds it goes on with what it did
        (14.9, NORMAL, 0, 0),
        (15.0, NORMAL, 1, 0),
        (8.9, COLD, 0, 1),  # both are half as long again in a cold climate
        (15.0, COLD, 1, 1),
        (22.5, COLD, 1, 0),
        (5.9, HOT, 0, 1),
        (15.0, HOT, 1, 0),
    ],
)
def test_two_thresholds_by_hand(runway, climate, cutting, cuts):
    assume = assumed(burn_cut_runway=6.0, burn_resume_runway=15.0, burn_cold_caution=1.5)
    assert burn.cuts(cutting, runway, climate, assume) == cuts


def test_one_threshold_is_the_limit():
    """A firm that would resume before it cuts resumes where it cuts."""
    assume = assumed(burn_cut_runway=6.0, burn_resume_runway=2.0)
    assert [burn.cuts(c, r, NORMAL, assume) for c in (0, 1) for r in (5.9, 6.0)] == [1, 0, 1, 0]


def test_a_firm_cuts_and_recovers_by_hand():
    """A plan of 100, no other cost: it cuts at 500 in cash, still at 1,400, and keeps to its plan again at 1,500."""
    w = world(
        startup(research_ambition=2.0, marketing_intensity=0.0, organisation=0.0, **RUNNING),
        market=MARKET,
        burn_cut_runway=6.0,
        burn_resume_runway=15.0,
        burn_keep_month=0.5,
        burn_ramp_month=1.0,
        burn_floor_month=30.0,
        burn_wage_growth_year=0.0,
    )
    research = []
    for tick, cash in enumerate((600.0, 500.0, 1400.0, 1400.0, 1500.0, 1500.0), 1):
        w.firms[0].cash = cash
        decide_spending(later(w, tick))
        research.append(float(w.firms[0].research))
    assert research == approx([100.0, 50.0, 30.0, 30.0, 60.0, 100.0], rel=1e-13)


def test_research_is_a_commitment_by_hand():
    """It keeps 0.9 of last month's at least, and grows by a fifth at most, from a team's cost of 60 at least."""
    assume = assumed(burn_ramp_month=0.2, burn_floor_month=60.0)
    for before, aim, reached in (
        (100.0, 10.0, 90.0),
        (100.0, 95.0, 95.0),
        (100.0, 110.0, 110.0),
        (100.0, 500.0, 120.0),
        (0.0, 500.0, 72.0),
        (0.0, 50.0, 50.0),
    ):
        assert burn.reached(before, aim, 0.9, assume) == approx(reached, rel=1e-14)


def test_what_a_cutting_firm_aims_at_by_hand():
    """A team of 20 at pay that has grown by half, and a tenth of its marketing; of a smaller plan all."""
    assume = {"burn_floor_month": 20.0, "burn_floor_pivoted": 4.0, "burn_marketing_floor": 0.1}
    w = world(startup(cutting=1), startup(cutting=1, pivot_month=1), market={"wage_growth": 1.5}, **assume)
    racer, pivoted = w.firms[0], w.firms[1]
    assert burn.aimed_at(racer, 200.0, 50.0, 9.0, w.market, w.assume, 1) == approx((30.0, 5.0), rel=1e-14)
    assert burn.aimed_at(racer, 25.0, 50.0, 9.0, w.market, w.assume, 1) == approx((25.0, 5.0), rel=1e-14)
    assert burn.aimed_at(pivoted, 200.0, 50.0, 9.0, w.market, w.assume, 1) == approx((6.0, 5.0), rel=1e-14)


def test_the_squeeze_and_a_hot_climate_by_hand():
    """Of a plan of 200 and 50 a squeezed firm aims at 0.3; while capital is hot all is stretched by 1.2."""
    assume = {"burn_floor_month": 20.0, "burn_marketing_floor": 0.1, "burn_most": 1.2}
    w = world(startup(free_share=0.3), startup(free_share=0.01), market={"wage_growth": 1.0}, **assume)
    aim = (200.0, 50.0, 9.0, w.market, w.assume, 1)
    assert burn.aimed_at(w.firms[0], *aim) == approx((60.0, 15.0), rel=1e-14)
    assert burn.aimed_at(w.firms[1], *aim) == approx((20.0, 5.0), rel=1e-14), "never below the floor"
    w.market.climate = HOT
    assert burn.aimed_at(w.firms[0], *aim) == approx((72.0, 18.0), rel=1e-13)


@pytest.mark.parametrize(
    ("firm", "climate", "lives"),
    [
        ({}, NORMAL, True),
        ({}, COLD, True),
        ({}, HOT, False),
        ({"listing_month": 0}, HOT, True),
        ({"smooth_revenue": 49.0}, NORMAL, False),
        ({"started": 0}, NORMAL, False),
    ],
)
def test_who_lives_from_revenue(firm, climate, lives):
    """Revenue of half its spending, unless capital is hot; a listed firm in any climate."""
    w = world(startup(**{"started": 1, "smooth_revenue": 50.0, "last_spending": 100.0, **firm}))
    assert burn.lives_from_revenue(w.firms[0], climate, assumed(burn_close_loop_at=0.5), 1) == lives


def test_living_from_revenue_by_hand():
    """Revenue 50, fixed cost 30 and a 36th of 720 in cash leave 40 for a plan of 100: 0.4 of it; the floor stays."""
    assume = {"burn_close_loop_at": 0.5, "burn_loop_months": 36.0, "burn_floor_month": 10.0}
    earns = {"started": 1, "smooth_revenue": 50.0, "last_spending": 100.0}
    w = world(startup(**earns, cash=720.0), startup(**earns, cash=-9.0), market={"wage_growth": 1.0}, **assume)
    assert burn.aimed_at(w.firms[0], 80.0, 20.0, 30.0, w.market, w.assume, 1) == approx((32.0, 8.0), rel=1e-13)
    research, _ = burn.aimed_at(w.firms[1], 80.0, 20.0, 70.0, w.market, w.assume, 1)
    assert research == 10.0, "fixed cost above revenue leaves nothing but the floor"


def test_a_pivot_shrinks_the_organisation_by_hand():
    """Leases leave 0.8 a month until 0.5 is left: 0.8, 0.64, 0.512, 0.5, and so on."""
    w = world(
        startup(organisation=2.0, pivot_month=3), startup(organisation=2.0), burn_keep_pivoted=0.8, pivot_overhead=0.5
    )
    left = []
    for tick in range(1, 10):
        w.firms[0].organisation *= burn.shrinks(w.firms[0], w.assume, tick)
        assert burn.shrinks(w.firms[1], w.assume, tick) == 1.0
        left.append(float(w.firms[0].organisation))
    assert left == approx([2.0, 2.0, 2.0, 1.6, 1.28, 1.024, 1.0, 1.0, 1.0], rel=1e-13)


def test_a_pivoted_firm_by_hand():
    """Research 0.3 (deep) or 0.1 (light) of the plan of its pivot, times the cost of building on open source."""
    values = {
        "burn_overhead_month": 10.0,
        "burn_wage_growth_year": 0.0,
        "burn_keep_pivoted": 0.6,
        "burn_floor_pivoted": 1.0,
        "pivot_overhead": 0.5,
        "pivot_keeps_lines": 0.2,
    }
    values |= {
        "pivot_deep_research": 0.3,
        "pivot_light_research": 0.1,
        "cash": 1e6,
        "pivot_month": 0,
        "pivot_cost": 40.0,
    }
    market = {"build_cost": 0.5}
    for deep, kept in ((1, 0.3), (0, 0.1)):
        firm = _spent(market, deep=deep, **values)
        assert firm.research == approx(40.0 * kept * 0.5, rel=1e-14)
        assert firm.marketing == approx(10.0 * 0.2, rel=1e-14)
        assert firm.overhead == approx(6.0, rel=1e-14), "leases end month by month"
        firm = _spent(market, deep=deep, started=1, research=40.0, **values)
        assert firm.research == approx(24.0, rel=1e-14), "and so does research"


def test_scale_spreads_the_cost_of_research():
    assert _spent(cash=1e6, spread=1.5).research == approx(75.0, rel=1e-14)


def test_a_firm_dies_with_its_plan_in_hand():
    """Leases that cannot be left (keep 1): cash of 1,000 and a plan of 100 last ten months, cutting or not."""
    w = world(
        startup(cash=1000.0, research_ambition=2.0, marketing_intensity=0.0, organisation=0.0),
        market=MARKET,
        burn_keep_month=1.0,
        burn_floor_month=0.0,
    )
    cash = []
    for tick in range(1, 11):
        decide_spending(later(w, tick))
        settle(later(w, tick))
        cash.append(float(w.firms[0].cash))
    assert cash == [1000.0 - 100.0 * n for n in range(1, 11)]
    assert w.firms[0].cutting == 1


def test_without_commitments_or_a_floor_research_stops_at_once():
    firm = _spent(
        cash=100.0, started=1, research=50.0, burn_keep_month=0.0, burn_floor_month=0.0, burn_marketing_floor=0.0
    )
    assert (firm.cutting, firm.research, firm.marketing) == (1, 0.0, 0.0)


def test_settle_by_hand():
    w = world(
        startup(cash=100.0, collections=30.0, spending=45.0, grant_month=5.0),
        giant(cash=70.0, collections=1.0, spending=9.0),
    )
    settle(w)
    firm = w.firms[0]
    assert firm.cash == 100.0 + 30.0 - 45.0 + 5.0
    assert (firm.operating_flow, firm.smooth_flow, firm.burn, firm.grant_in) == (-15.0, -15.0, 10.0, 5.0)
    assert (firm.runway, firm.flow_total) == (9.0, -15.0)
    assert w.market.grants_paid == 5.0
    assert w.firms[1].cash == 70.0, "giants are open accounts"
    firm.collections = 165.0
    settle(later(w, 2))
    assert firm.smooth_flow == approx(-15.0 + (120.0 + 15.0) / 12, rel=1e-14)
    assert firm.burn == approx(10.0 + (-125.0 - 10.0) / 3, rel=1e-14)
    assert firm.flow_total == 105.0


@given(ALL, MONEY, MONEY, MONEY, MONEY, st.floats(0, 1e4))
def test_cash_falls_by_exactly_spending_minus_collections(values, cash, collections, cost, grant, budget):
    w = world(
        startup(cash=cash, collections=collections, cost_of_revenue=cost, grant_month=grant),
        market={**MARKET, "marketing_budget": budget},
        **values,
    )
    decide_spending(w)
    settle(w)
    firm = w.firms[0]
    assert firm.spending == approx(firm.research + firm.marketing + firm.overhead + firm.cost_of_revenue, rel=1e-12)
    scale = max(cash, collections, firm.spending, grant)
    assert firm.cash - cash == approx(firm.collections + firm.grant_in - firm.spending, abs=1e-12 * scale)
    assert min(firm.research, firm.marketing, firm.overhead, firm.spending) >= 0.0
    assert 0.0 <= firm.runway <= 120.0


FIRM = st.fixed_dictionaries(
    {
        "cash": MONEY,
        "research": st.floats(0, 1e4),
        "last_spending": st.floats(0, 1e4),
        "smooth_revenue": st.floats(0, 1e4),
        "cutting": st.integers(0, 1),
        "started": st.integers(0, 1),
        "free_share": st.floats(0, 1),
        "pivot_month": st.sampled_from([0, NEVER]),
    }
)
CLIMATE = st.sampled_from([HOT, NORMAL, COLD])


@given(ALL, FIRM, MONEY, CLIMATE)
def test_less_cash_no_more_research(values, firm, more, climate):
    """A firm with little runway cuts research before it dies."""
    poor = _spent({"climate": climate}, **firm, **values)
    rich = _spent({"climate": climate}, **{**firm, "cash": firm["cash"] + more}, **values)
    assert poor.research <= rich.research
    assert poor.spending <= rich.spending
    assert poor.cutting >= rich.cutting


@given(ALL, FIRM, st.sampled_from(["burn_keep_month", "burn_ramp_month", "burn_floor_month"]), st.floats(0, 1))
def test_heavier_commitments_no_less_research(values, firm, name, more):
    high = 1.0 if name == "burn_keep_month" else 1e4
    free = {**firm, "pivot_month": NEVER}
    heavier = {**values, name: min(values[name] + more, high)}
    assert _spent(**free, **heavier).research >= _spent(**free, **values).research


@given(ALL, FIRM, CLIMATE)
def test_research_falls_and_grows_only_so_fast(values, firm, climate):
    after = _spent({"climate": climate}, **{**firm, "started": 1}, **values).research
    keep = values["burn_keep_month" if firm["pivot_month"] == NEVER else "burn_keep_pivoted"]
    most = max(firm["research"], values["burn_floor_month"]) * (1.0 + values["burn_ramp_month"])
    assert keep * firm["research"] <= after <= most * (1 + 1e-12)


@given(ALL, FIRM, st.floats(0.02, 10), st.floats(0, 5), st.floats(0, 5))
def test_losing_people_saves_nothing(values, firm, talent, lost, more):
    """Pay follows the organisation, not the talent that is left; who has gone costs replacement."""
    base, fewer = (_spent(**firm, talent=t, people_lost=lost, **values) for t in (10.0, talent))
    assert fewer.spending == base.spending
    worse = _spent(**firm, people_lost=lost + more, **values)
    assert worse.overhead >= base.overhead and worse.plan_runway <= base.plan_runway


@given(ALL, FIRM)
def test_cold_no_more_research_and_earlier_cuts_no_more(values, firm):
    normal, cold = (_spent({"climate": c}, **firm, **values) for c in (NORMAL, COLD))
    assert cold.research <= normal.research
    early = {**values, "burn_cut_runway": min(values["burn_cut_runway"] + 5.0, 60.0)}
    assert _spent(**firm, **early).research <= normal.research


def test_it_cuts_research_before_it_dies():
    running = {**RUNNING, "research_ambition": 2.0, "burn_floor_month": 5.0, "burn_keep_month": 0.9}
    rich, poor = _spent(cash=5000.0, **running), _spent(cash=100.0, **running)
    assert 0.0 < poor.research < rich.research


@given(ALL, MONEY, st.floats(0, 100), st.floats(0, 100))
def test_more_ambition_no_less_planned(values, cash, ambition, more):
    low, high = (_spent(cash=cash, research_ambition=a, **values) for a in (ambition, ambition + more))
    assert high.plan_runway <= low.plan_runway


def test_more_ambition_more_research():
    low, high = (_spent(cash=1e6, research_ambition=a) for a in (0.5, 1.0))
    assert high.research > low.research


def test_a_cold_climate_makes_a_firm_careful():
    """1,000 in cash for a plan of 120 are 8 months and more: enough for 6, not for 12."""
    running = {**RUNNING, "research_ambition": 2.0, "burn_floor_month": 5.0, "burn_keep_month": 0.9}
    running |= {"burn_cut_runway": 6.0, "burn_overhead_month": 10.0}
    normal, cold = (_spent({"climate": c}, cash=1000.0, burn_cold_caution=2.0, **running) for c in (NORMAL, COLD))
    assert cold.research < normal.research


def test_a_pivot_cuts_research_and_burn_and_a_light_one_more():
    race = _spent(cash=1e6)
    deep, light = (_spent(cash=1e6, pivot_month=0, pivot_cost=50.0, deep=d) for d in (1, 0))
    assert light.research < deep.research < race.research
    assert light.spending < deep.spending < race.spending


def test_giants_spend_their_plan():
    w = world(giant(cash=0.0, research_ambition=3.0), market=MARKET)
    decide_spending(w)
    assert w.firms[0].research == approx(150.0, rel=1e-14)


def test_off_spending_is_the_constant_burn_month():
    w = world(
        startup(cash=90.0, burn_month=12.0, cost_of_revenue=7.0, research_ambition=5.0), market=MARKET, burn_on=0.0
    )
    for tick in (1, 2, 3):
        decide_spending(later(w, tick))
        settle(later(w, tick))
        firm = w.firms[0]
        assert (firm.spending, firm.research, firm.marketing, firm.overhead) == (12.0, 0.0, 0.0, 0.0)
    assert firm.cash == 54.0
    assert firm.plan_runway == approx(66.0 / 12.0), "planned runway: cash before the month over the constant burn"


def test_a_new_month_opens_empty():
    w = world(
        startup(
            cash=9.0,
            cash_open=1.0,
            venture_in=3.0,
            ipo_in=3.0,
            placement_in=3.0,
            strategic_in=3.0,
            redeemed=3.0,
            spin_off_in=3.0,
            grant_in=3.0,
            spending=4.0,
        )
    )
    open_month(w)
    firm = w.firms[0]
    assert firm.cash_open == 9.0
    flows = ("venture_in", "ipo_in", "placement_in", "strategic_in", "redeemed", "spin_off_in", "grant_in")
    for name in (*flows, "collections", "spending"):
        assert firm[name] == 0.0, name


@given(ALL, FIRM, MONEY, st.floats(0, 100), CLIMATE, st.booleans())
def test_compiled_as_plain(values, firm, cost, ambition, climate, deep):
    assume = assumed(**values)
    assert compiled_as_plain(burn.runway_months, firm["cash"], cost)
    assert compiled_as_plain(burn.cuts, firm["cutting"], 7.0, climate, assume)
    assert compiled_as_plain(burn.reached, firm["research"], cost, values["burn_keep_month"], assume)
    described = startup(**firm, cost_of_revenue=cost, research_ambition=ambition, deep=int(deep))
    for step in (decide_spending, settle, open_month):
        assert step_as_plain(step, lambda: world(described, giant(), market={**MARKET, "climate": climate}, **values))
