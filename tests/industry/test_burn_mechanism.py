"""Burn: planned spending follows ambition and runway; cash falls by exactly spending minus collections."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from worlds import bounded, compiled_as_plain, giant, later, startup, step_as_plain, world

from sim.foundation.columns import COLD, HOT, NORMAL
from sim.industry import burn

ALL = bounded(*(f"burn_{a.name}" for a in burn.MECHANISM.assumptions))
MONEY = st.floats(0, 1e6)
MARKET = {"frontier_cost": 50.0, "marketing_budget": 10.0, "climate": NORMAL}


def _spent(market=None, **values):
    """What a startup of this description spends in its first month, with its row."""
    assume = {
        k: values.pop(k)
        for k in list(values)
        if k.startswith(("burn_", "pivot_d", "pivot_l", "pivot_o", "pivot_keeps"))
    }
    w = world(startup(**values), market={**MARKET, **(market or {})}, **assume)
    burn.step(w)
    return w.firms[0]


def test_affordable_share_by_hand():
    """(free cash / months + income - fixed) / plan, between least and most."""
    assert burn.affordable_share(600.0, 12.0, 30.0, 20.0, 100.0, 0.1, 1.0) == approx(0.6, rel=1e-14)
    assert burn.affordable_share(6000.0, 12.0, 30.0, 20.0, 100.0, 0.1, 1.25) == 1.25
    assert burn.affordable_share(-600.0, 12.0, 30.0, 20.0, 100.0, 0.1, 1.0) == 0.1
    assert burn.affordable_share(600.0, 12.0, 30.0, 20.0, 0.0, 0.1, 1.0) == 1.0


def test_runway_by_hand():
    assert burn.runway_months(100.0, 8.0) == 12.5
    assert burn.runway_months(100.0, 0.0) == 120.0
    assert burn.runway_months(100.0, -5.0) == 120.0
    assert burn.runway_months(1e9, 1.0) == 120.0
    assert burn.runway_months(-5.0, 1.0) == 0.0


def test_a_month_by_hand():
    """Plenty of money: 2 * 50 research, 3 * 10 marketing, overhead 14 * 1.5 * e^0.12, and the cost of revenue."""
    w = world(
        startup(cash=1e6, research_ambition=2.0, marketing_intensity=3.0, talent=1.5, cost_of_revenue=7.0),
        market=MARKET,
        tick=12,
        burn_overhead_month=14.0,
        burn_wage_growth_year=0.12,
        burn_most=1.0,
    )
    burn.step(w)
    firm = w.firms[0]
    overhead = 14.0 * 1.5 * math.exp(0.12)
    assert (firm.research, firm.marketing) == approx((100.0, 30.0), rel=1e-14)
    assert firm.overhead == approx(overhead, rel=1e-14)
    assert firm.spending == approx(137.0 + overhead, rel=1e-14)


def test_planned_runway_by_hand():
    """600 in cash; the whole plan is 50 + 10 + 20 a month, 7 of cost, income 12 smoothed and 5 of grants: 600 / 70."""
    values = {"cash": 600.0, "cost_of_revenue": 7.0, "smooth_revenue": 12.0, "grant_month": 5.0, "restructured": 0.2}
    firm = _spent(**values, burn_overhead_month=25.0, burn_wage_growth_year=0.0)
    assert firm.overhead == approx(20.0, rel=1e-14), "a fifth went with a side business"
    assert firm.plan_runway == approx(600.0 / 70.0, rel=1e-13)


def test_thrift_by_hand():
    """Three months of spending are kept back; of the rest a share is free, spread over ten months: 0.5 * 300 / 10."""
    values = {"cash": 600.0, "last_spending": 100.0, "free_share": 0.5, "started": 1}
    assume = {"burn_reserve_months": 3.0, "burn_plan_months": 10.0, "burn_overhead_month": 0.0, "burn_least": 0.0}
    firm = _spent(**values, **assume, burn_close_loop_at=0.5)
    assert firm.research + firm.marketing == approx(15.0, rel=1e-13)
    earning = _spent(**values, **assume, burn_close_loop_at=0.5, smooth_revenue=50.0)
    assert earning.research + earning.marketing == approx(50.0, rel=1e-13), "it lives from its revenue"
    hot = _spent({"climate": HOT}, **values, **assume, burn_close_loop_at=0.5, smooth_revenue=50.0)
    assert hot.research + hot.marketing == approx(65.0, rel=1e-13), "unless capital is hot"
    poor = _spent(**{**values, "cash": 0.0}, **assume, burn_close_loop_at=0.0, burn_most=1.0)
    assert poor.research + poor.marketing == 0.0, "a reserve that is missing is not spent"


def test_a_pivoted_firm_by_hand():
    """Research 0.3 (deep) or 0.1 (light) of the plan of its pivot, times the cost of building on open source."""
    values = {
        "burn_overhead_month": 10.0,
        "burn_wage_growth_year": 0.0,
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
        assert firm.overhead == approx(5.0, rel=1e-14)


def test_settle_by_hand():
    w = world(
        startup(cash=100.0, collections=30.0, spending=45.0, grant_month=5.0),
        giant(cash=70.0, collections=1.0, spending=9.0),
    )
    burn.settle(w)
    firm = w.firms[0]
    assert firm.cash == 100.0 + 30.0 - 45.0 + 5.0
    assert (firm.operating_flow, firm.smooth_flow, firm.burn, firm.grant_in) == (-15.0, -15.0, 10.0, 5.0)
    assert (firm.runway, firm.flow_total) == (9.0, -15.0)
    assert w.market.grants_paid == 5.0
    assert w.firms[1].cash == 70.0, "giants are open accounts"
    firm.collections = 165.0
    burn.settle(later(w, 2))
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
    burn.step(w)
    burn.settle(w)
    firm = w.firms[0]
    assert firm.spending == approx(firm.research + firm.marketing + firm.overhead + firm.cost_of_revenue, rel=1e-12)
    scale = max(cash, collections, firm.spending, grant)
    assert firm.cash - cash == approx(firm.collections + firm.grant_in - firm.spending, abs=1e-12 * scale)
    assert min(firm.research, firm.marketing, firm.overhead, firm.spending) >= 0.0
    assert 0.0 <= firm.runway <= 120.0


@given(ALL, MONEY, MONEY, st.sampled_from([HOT, NORMAL, COLD]), st.floats(0, 1e4))
def test_less_cash_no_more_research(values, cash, more, climate, last):
    """A firm with little runway cuts research before it dies."""
    poor, rich = (_spent({"climate": climate}, cash=c, last_spending=last, **values) for c in (cash, cash + more))
    assert poor.research <= rich.research
    assert poor.spending <= rich.spending


def test_it_cuts_research_before_it_dies():
    rich, poor = _spent(cash=5000.0), _spent(cash=100.0)
    assert 0.0 < poor.research < rich.research


@given(ALL, MONEY, st.floats(0, 100), st.floats(0, 100))
def test_more_ambition_no_less_planned(values, cash, ambition, more):
    low, high = (_spent(cash=cash, research_ambition=a, **values) for a in (ambition, ambition + more))
    assert high.plan_runway <= low.plan_runway


def test_more_ambition_more_research():
    low, high = (_spent(cash=1e6, research_ambition=a) for a in (0.5, 1.0))
    assert high.research > low.research


def test_a_cold_climate_makes_a_firm_careful():
    normal, cold = (_spent({"climate": c}, cash=400.0, burn_cold_caution=2.0) for c in (NORMAL, COLD))
    assert cold.research < normal.research


def test_a_pivot_cuts_research_and_burn_and_a_light_one_more():
    race = _spent(cash=1e6)
    deep, light = (_spent(cash=1e6, pivot_month=0, pivot_cost=50.0, deep=d) for d in (1, 0))
    assert light.research < deep.research < race.research
    assert light.spending < deep.spending < race.spending


def test_giants_spend_their_plan():
    w = world(giant(cash=0.0, research_ambition=3.0), market=MARKET)
    burn.step(w)
    assert w.firms[0].research == approx(150.0, rel=1e-14)


def test_off_spending_is_the_constant_burn_month():
    w = world(
        startup(cash=90.0, burn_month=12.0, cost_of_revenue=7.0, research_ambition=5.0), market=MARKET, burn_on=0.0
    )
    for tick in (1, 2, 3):
        burn.step(later(w, tick))
        burn.settle(later(w, tick))
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
            spin_off_in=3.0,
            grant_in=3.0,
            spending=4.0,
        )
    )
    burn.open_month(w)
    firm = w.firms[0]
    assert firm.cash_open == 9.0
    for name in ("venture_in", "ipo_in", "placement_in", "spin_off_in", "grant_in", "collections", "spending"):
        assert firm[name] == 0.0, name


@given(ALL, MONEY, MONEY, st.floats(0, 100), st.sampled_from([HOT, NORMAL, COLD]), st.booleans(), st.booleans())
def test_compiled_as_plain(values, cash, cost, ambition, climate, pivoted, deep):
    assert compiled_as_plain(burn.affordable_share, cash, 12.0, 3.0, cost, 70.0, 0.1, 1.2)
    assert compiled_as_plain(burn.runway_months, cash, cost)
    firm = startup(
        cash=cash, cost_of_revenue=cost, research_ambition=ambition, pivot_month=0 if pivoted else 99, deep=int(deep)
    )
    for step in (burn.step, burn.settle, burn.open_month):
        assert step_as_plain(step, lambda: world(firm, giant(), market={**MARKET, "climate": climate}, **values))
