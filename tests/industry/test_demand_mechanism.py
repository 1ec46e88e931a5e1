"""Demand: eight markets that grow; shares by capability, reach and price; shares and the outside option sum to 1."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from worlds import (
    JANUARY_2024,
    assumed,
    bounded,
    compiled_as_plain,
    demand_month,
    giant,
    rows,
    startup,
    step_as_plain,
    world,
)

from sim.foundation.columns import API, CONSUMER, LINES, PROJECTS, VERTICAL
from sim.foundation.formulas import growth_log, season
from sim.industry import demand

ABROAD = len(LINES)
NO_SWITCHING = {f"demand_switching_{line}": 0.0 for line in LINES}
RATES = ("growth_year", "growth_floor_year", "pool_growth_year", "pool_floor_year", "arpu_growth_year")
NO_GROWTH = {f"demand_{name}": 0.0 for name in RATES}
SIZE_NAMES = [f"{line}_{place}" for place in ("home", "abroad") for line in ("pool", "api", "projects", "vertical")]
MARKET = {"open_gap": 0.5}
SIZES = bounded(*(f"demand_{a.name}" for a in demand.MECHANISM.assumptions if a.name.endswith(("_home", "_abroad"))))
KINDS = ("quality", "outside", "switching", "reach")
PULLS = bounded(*(f"demand_{a.name}" for a in demand.MECHANISM.assumptions if a.name.split("_")[0] in KINDS))
TRAITS = bounded("mix_consumer", "mix_api", "mix_projects", "mix_vertical", "reach", "overseas", "niche")
NICHES = bounded("demand_niche_loyal", "demand_niche_pays", "demand_thin_delivery")


def test_growth_by_hand():
    """The integral of floor + (first - floor) * 2 ** (-t / half-life), over a year at twice the half-life."""
    excess = (1.2 - 0.2) * 12 / math.log(2.0) * (1 - 0.25)
    assert growth_log(1.2, 0.2, 12.0, 24) == approx((0.2 * 24 + excess) / 12, rel=1e-14)
    assert growth_log(1.2, 0.2, 12.0, 0) == 0.0


def test_season_by_hand():
    """Zhipu earned most in the second half: 70% there is 1.4 of an even month, 0.6 before."""
    assert season(JANUARY_2024, 0.7) == approx(0.6, rel=1e-14)
    assert season(JANUARY_2024 + 5, 0.7) == approx(0.6, rel=1e-14)
    assert season(JANUARY_2024 + 6, 0.7) == approx(1.4, rel=1e-14)
    assert sum(season(JANUARY_2024 + m, 0.86) for m in range(12)) == approx(12.0, rel=1e-14)


def test_shares_by_hand():
    """Half the API customers choose anew: weight over the sum of weights and of self-building on open source.

    weight = (mix * reach ** elasticity * effort at home * exp(-quality * gap)) ** taking.
    """
    a = startup(mix_api=0.4, overseas=0.75, gap=0.0)
    b = startup(mix_api=0.2, overseas=0.0, gap=1.0, reach=4.0)
    w = world(
        a,
        b,
        market={"open_gap": 2.0, "taking": 2.0},
        demand_switching_api=0.5,
        demand_quality_api=1.0,
        demand_outside_api=3.0,
        demand_reach_business=0.5,
    )
    w.shares[0, API] = 0.2
    demand_month(w)
    weights = 0.1**2, (0.2 * 2.0 * math.exp(-1.0)) ** 2, 3.0 * math.exp(-2.0) ** 2
    assert w.shares[0, API] == approx(0.2 + 0.5 * (weights[0] / sum(weights) - 0.2), rel=1e-12)
    assert w.shares[1, API] == approx(0.5 * weights[1] / sum(weights), rel=1e-12)


def test_the_bill_by_hand():
    """Nobody switches and nothing grows: 100 million users at home, 200 abroad, and so on; prices are what they are."""
    w = world(
        startup(unit_cost=0.5, vertical_margin=0.4, vertical_delay=4.0, backlog=10.0),
        market={"api_price": 0.5, "api_price_abroad": 0.8, "inference_cost": 0.9, "project_price": 0.75},
        month=JANUARY_2024 + 6,
        demand_volume_elasticity=0.5,
        demand_arpu_home=0.2,
        demand_arpu_abroad=1.0,
        demand_consumer_cost=0.3,
        demand_api_cost=0.4,
        demand_project_cost=0.3,
        demand_second_half_share=0.6,
        **NO_SWITCHING,
        **NO_GROWTH,
        **{f"demand_{name}": size for name, size in zip(SIZE_NAMES, [100, 80, 60, 50, 200, 40, 30, 20], strict=True)},
    )
    w.shares[0] = [0.1, 0.2, 0.3, 0.1, 0.05, 0.1, 0.2, 0.5]
    demand_month(w)
    firm = w.firms[0]
    assert firm.users == approx(20.0, rel=1e-14)
    assert firm.revenue_consumer == approx(10 * 0.2 + 10 * 1.0, rel=1e-14)
    home, abroad = 16 * math.sqrt(0.5), 4 * math.sqrt(0.8)
    assert firm.revenue_api == approx(home + abroad, rel=1e-14)
    api_cost = 0.4 * 0.9 * 0.5 * (home / 0.5 + abroad / 0.8)
    assert firm.api_margin == approx(1 - api_cost / (home + abroad), rel=1e-13)
    assert firm.revenue_projects == approx((18 * 0.75 + 6) * 1.2, rel=1e-14)
    assert firm.project_margin == approx(1 - 0.3 / 0.75, rel=1e-14)
    assert firm.revenue_vertical == approx((10 + 15 * 1.2) / 4, rel=1e-14)
    assert firm.backlog == approx((10 + 15 * 1.2) * 0.75, rel=1e-14)
    cost = 20 * 0.3 * 0.45 + api_cost + firm.revenue_projects * 0.4 + firm.revenue_vertical * 0.6
    assert firm.cost_of_revenue == approx(cost, rel=1e-13)
    assert firm.gross_profit == approx(firm.revenue - cost, rel=1e-12)
    assert firm.smooth_revenue == approx(firm.revenue / 12, rel=1e-13)


def test_prospects_by_hand():
    """Revenue a year two years ahead, shared by capability at par effort against the outside option.

    Business grows by 0.6 and pools by 0.24 a year, revenue per user by 0.12; a pivoted firm competes for verticals,
    as far as giants leave them to it.
    """
    firms = (
        startup(gap=0.5),
        startup(gap=1.0, footing=0.5, pivot_month=0, vertical_pull=0.6),
        startup(gap=0.2, vertical_pull=0.5),
        giant(gap=0.0),
    )
    idle = startup(gap=0.0, mix_consumer=0.0, mix_api=0.0, mix_projects=0.0, mix_vertical=0.0)
    sizes = dict(zip(SIZE_NAMES, [100, 80, 60, 50, 200, 40, 30, 20], strict=True))
    rates = {"growth_year": 0.6, "growth_floor_year": 0.6, "pool_growth_year": 0.24, "pool_floor_year": 0.24}
    w = world(
        *firms,
        idle,
        market={"open_gap": 1.0, "taking": 2.0},
        demand_arpu_home=0.5,
        demand_arpu_abroad=1.0,
        demand_arpu_growth_year=0.12,
        demand_quality_projects=1.5,
        value_outside=4.0,
        value_horizon_months=24,
        tick=12,
        **{f"demand_{name}": value for name, value in (sizes | rates).items()},
    )
    demand_month(w)
    consumers = (100 * 0.5 + 200 * 1.0) * math.exp(0.24 * 3 + 0.12 * 3)
    business = math.exp(0.6 * 3)
    everything, verticals = 12 * (consumers + (80 + 60 + 50 + 40 + 30 + 20) * business), 12 * 70 * business
    weights = [math.exp(-1.5), 0.5 * 0.6 * math.exp(-3.0), math.exp(-0.6), 1.0, 0.0]
    total = sum(weights) + 4.0 * math.exp(-3.0)
    reach = [everything, verticals, everything, everything, everything]
    expected = [r * weight / total for r, weight in zip(reach, weights, strict=True)]
    assert list(w.firms.prospect) == approx(expected, rel=1e-12)
    w.assume.overseas_on = 0.0
    demand_month(w)
    home = 12 * (100 * 0.5 * math.exp(0.24 * 3 + 0.12 * 3) + (80 + 60 + 50) * business)
    assert w.firms[0].prospect == approx(home * weights[0] / total, rel=1e-12)
    assert w.firms[1].prospect == approx(12 * 50 * business * weights[1] / total, rel=1e-12)


def test_one_line_of_business_is_enough_to_have_prospects():
    none = {f"mix_{line}": 0.0 for line in LINES}
    for line in LINES:
        w = world(startup(**{**none, f"mix_{line}": 0.1}), market=MARKET)
        demand_month(w)
        assert w.firms[0].prospect > 0.0


def test_markets_are_measured_by_hand():
    w = world(
        demand_api_home=40.0,
        demand_pool_abroad=500.0,
        demand_growth_year=0.6,
        demand_growth_floor_year=0.6,
        demand_pool_growth_year=0.24,
        demand_pool_floor_year=0.24,
        demand_arpu_growth_year=0.12,
        tick=10,
    )
    demand.measure(w)
    assert w.sizes[API] == approx(40.0 * math.exp(0.5), rel=1e-12)
    assert w.sizes[ABROAD + CONSUMER] == approx(500.0 * math.exp(0.2), rel=1e-12)
    assert w.market.arpu_growth == approx(math.exp(0.1), rel=1e-14)


def test_a_seller_without_rivals_or_alternatives_is_the_limit():
    w = world(startup(mix_projects=0.1, overseas=0.0), open_source_on=0.0, demand_switching_projects=1.0)
    demand_month(w)
    assert w.shares[0, PROJECTS] == 1.0


@given(
    SIZES,
    PULLS,
    NICHES,
    st.lists(TRAITS, min_size=1, max_size=4),
    st.floats(0, 5),
    st.floats(1, 6),
    st.integers(1, 4),
    st.floats(0, 1),
)
def test_shares_and_the_outside_option_sum_to_one(sizes, pulls, niches, traits, gap, taking, months, held):
    """Every share is at least 0 and what firms hold together is at most 1, in all eight markets, with niches too."""
    firms = [startup(gap=gap * k, **t) for k, t in enumerate(traits)]
    w = world(*firms, giant(reach=20.0), market={**MARKET, "taking": taking}, **sizes, **pulls, **niches)
    w.shares[:] = held / w.shares.shape[0]
    for _ in range(months):
        demand_month(w)
    assert np.isfinite(w.shares).all()
    assert (w.shares >= 0.0).all()
    assert (w.shares.sum(axis=0) <= 1.0 + 1e-12).all()
    assert np.isfinite(w.firms.revenue).all() and (w.firms.revenue >= 0.0).all()


def _share(line, **values):
    w = world(startup(**values), startup(), market=MARKET)
    demand_month(w)
    return float(w.shares[0, line])


@pytest.mark.parametrize("line", [CONSUMER, API, PROJECTS, VERTICAL])
def test_capability_reach_and_effort_win_customers(line):
    """Strictly, in every line."""
    par = _share(line)
    assert _share(line, gap=0.1) > par > _share(line, gap=1.0)
    assert _share(line, reach=3.0) > par > _share(line, reach=0.5)
    assert _share(line, **{f"mix_{LINES[line]}": 2.0}) > par
    assert _share(line, footing=0.5) < par, "a latecomer's foot is not in the door"


@given(PULLS, st.sampled_from([CONSUMER, API, PROJECTS, VERTICAL]), st.floats(0, 5), st.floats(0, 5), st.floats(1, 6))
def test_never_fewer_customers_for_the_better(pulls, line, gap, behind, taking):
    shares = []
    for g in (gap, gap + behind):
        w = world(startup(gap=g), startup(gap=1.0), market={**MARKET, "taking": taking}, **pulls)
        demand_month(w)
        shares.append(float(w.shares[0, line]))
    assert shares[0] >= shares[1]


def test_the_winner_takes_more_with_the_first_law():
    """A higher exponent widens the ratio between a leader and a follower."""
    ratios = []
    for taking in (1.0, 1.5, 2.0):
        w = world(startup(gap=0.1), startup(gap=0.6), market={**MARKET, "taking": taking})
        demand_month(w)
        ratios.append(float(w.shares[0, API] / w.shares[1, API]))
    assert ratios[0] < ratios[1] < ratios[2]


def test_giants_and_self_builders_take_customers():
    alone = world(startup(), market=MARKET)
    against = world(startup(), giant(reach=8.0), market=MARKET)
    more_open = world(startup(), market=MARKET, demand_outside_api=10.0)
    for w in (alone, against, more_open):
        demand_month(w)
    assert against.shares[0, API] < alone.shares[0, API]
    assert more_open.shares[0, API] < alone.shares[0, API]


def test_shares_govern_new_and_switching_users_only():
    """Nobody switches: nobody loses a customer, however far behind he is."""
    w = world(startup(gap=9.0), giant(), market=MARKET, **NO_SWITCHING)
    w.shares[0] = 0.3
    demand_month(w)
    assert (w.shares[0] == 0.3).all()


def test_loyal_customers_by_hand():
    """Half a niche at 0.8: 0.6 of its customers choose when others' do, so 1 - 0.4 * 0.5 = 0.8 of the market does."""
    niche, plain = startup(mix_api=0.5, niche=0.5, overseas=0.0), startup(mix_api=0.5, overseas=0.0)
    w = world(niche, plain, open_source_on=0.0, demand_niche_loyal=0.8, demand_switching_api=0.1)
    w.shares[0, API], w.shares[1, API] = 0.5, 0.3
    demand_month(w)
    assert w.shares[0, API] == approx(0.5 + 0.1 * (0.5 * 0.8 - 0.6 * 0.5), rel=1e-13)
    assert w.shares[1, API] == approx(0.3 + 0.1 * (0.5 * 0.8 - 0.3), rel=1e-13)


def test_a_full_niche_of_loyal_customers_is_the_limit():
    """Nobody of them ever leaves, and a firm without effort keeps exactly what it has."""
    w = world(
        startup(gap=9.0, niche=1.0, **{f"mix_{line}": 0.0 for line in LINES}),
        giant(),
        market=MARKET,
        demand_niche_loyal=1.0,
        demand_switching_api=1.0,
    )
    w.shares[0] = 0.3
    for _ in range(50):
        demand_month(w)
    assert (w.shares[0] == 0.3).all()


@given(PULLS, st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 0.9), st.floats(0, 5))
def test_a_stronger_niche_never_loses_more_customers_nor_earns_less_of_each(pulls, loyal, one, other, held, gap):
    kept, paid = [], []
    for niche in sorted((one, other)):
        w = world(startup(niche=niche, gap=gap), startup(), market=MARKET, demand_niche_loyal=loyal, **pulls)
        w.shares[0] = held
        demand_month(w)
        kept.append(w.shares[0].copy())
        paid.append(float(w.firms[0].revenue_consumer / max(w.firms[0].users, 1e-9)))
    assert (kept[1] >= kept[0] - 1e-12).all()
    assert paid[1] >= paid[0] * (1 - 1e-12)


def test_a_niche_pays_by_hand():
    """Half a niche at 0.6: 1.3 times the price, in consumer products, at home and abroad."""
    revenues = []
    for niche in (0.0, 0.5):
        w = world(startup(niche=niche), market={**MARKET, "scale_price": 0.5}, demand_niche_pays=0.6, **NO_SWITCHING)
        w.shares[0] = 0.1
        demand_month(w)
        revenues.append((float(w.firms[0].revenue_consumer), float(w.firms[0].revenue_projects)))
    assert revenues[1][0] == approx(1.3 * revenues[0][0], rel=1e-13)
    assert revenues[1][1] == revenues[0][1]


def test_prices_that_follow_scale_reach_consumers_at_home_only():
    revenues = []
    for price in (1.0, 0.4):
        market = {**MARKET, "scale_price": price}
        w = world(startup(), market=market, demand_arpu_home=0.5, demand_arpu_abroad=2.0, **NO_SWITCHING, **NO_GROWTH)
        w.shares[0, CONSUMER], w.shares[0, ABROAD + CONSUMER] = 0.1, 0.2
        demand_month(w)
        home, abroad = w.sizes[CONSUMER] * 0.1 * 0.5, w.sizes[ABROAD + CONSUMER] * 0.2 * 2.0
        assert w.firms[0].revenue_consumer == approx(home * price + abroad, rel=1e-13)
        revenues.append(float(w.firms[0].revenue_consumer))
    assert revenues[1] < revenues[0]


def test_capability_opens_business_demand_by_hand():
    """exp(opening * (frontier - threshold)) = exp(0.3 * 2), at most opened_most; not below the threshold."""
    assume = assumed(demand_opening=0.3, demand_threshold=1.5, demand_opened_most=5.0)
    assert demand.opened_by(3.5, assume) == approx(math.exp(0.6), rel=1e-14)
    assert demand.opened_by(1.5, assume) == demand.opened_by(0.0, assume) == 1.0
    assert demand.opened_by(700.0, assume) == approx(5.0, rel=1e-14)


def test_what_capability_opens_are_api_and_projects():
    """Not consumers, nor verticals, whose clients pay for delivery."""
    sizes = []
    for frontier in (1.0, 4.0):
        w = world(market={"frontier": frontier}, demand_opening=0.3, demand_threshold=1.5)
        demand.measure(w)
        sizes.append(w.sizes.copy())
    ratio = sizes[1] / sizes[0]
    opened = math.exp(0.3 * 2.5)
    expected = {CONSUMER: 1.0, API: opened, PROJECTS: opened, VERTICAL: 1.0}
    assert list(ratio) == approx([expected[line % ABROAD] for line in range(2 * ABROAD)], rel=1e-13)


@given(bounded("demand_threshold", "demand_opening", "demand_opened_most"), st.floats(0, 800), st.floats(0, 50))
def test_a_further_frontier_never_opens_less(values, frontier, further):
    assume = assumed(**values)
    little, much = demand.opened_by(frontier, assume), demand.opened_by(frontier + further, assume)
    assert 1.0 <= little <= much <= values["demand_opened_most"] * (1 + 1e-12)


def test_what_a_firm_offers_by_hand():
    """Its own model, or one that anybody can download, 0.1 behind; API customers look at its own work alone."""
    firms = startup(gap=0.3), startup(gap=2.0), startup(gap=0.6)
    w = world(*firms, market={"open_gap": 0.5}, frontier_adoption_gap=0.1)
    demand_month(w)
    assert list(w.firms.offer_gap) == approx([0.3, 0.6, 0.6], rel=1e-14)
    for line in (CONSUMER, PROJECTS, VERTICAL):
        assert w.shares[1, line] == w.shares[2, line] > 0.0
    assert w.shares[1, API] < w.shares[2, API]


def test_thin_delivery_by_hand():
    """A firm that pays for an organisation of 1.2 and has people for 0.9 lacks a quarter: 1 + 2 * 0.25 of the cost."""
    costs = []
    for talent in (1.2, 0.9, 1.5):
        w = world(
            startup(talent=talent, organisation=1.2),
            demand_thin_delivery=2.0,
            **NO_SWITCHING,
            **{f"demand_{line}_{place}": 0.0 for line in ("pool", "api") for place in ("home", "abroad")},
        )
        w.shares[0, PROJECTS], w.shares[0, VERTICAL] = 0.3, 0.2
        demand_month(w)
        costs.append(float(w.firms[0].cost_of_revenue))
    assert costs[1] == approx(1.5 * costs[0], rel=1e-13)
    assert costs[2] == costs[0] > 0.0, "more people than it pays for save nothing"


@given(NICHES, st.floats(0, 5), st.floats(0, 5), st.floats(0, 5))
def test_fewer_people_never_deliver_cheaper(values, talent, more, organisation):
    costs = []
    for people in (talent + more, talent):
        w = world(startup(talent=people, organisation=organisation), **values, **NO_SWITCHING)
        w.shares[0] = 0.2
        demand_month(w)
        costs.append(float(w.firms[0].cost_of_revenue))
    assert costs[1] >= costs[0]


def test_orders_are_booked_at_the_price_a_lead_commands():
    w = world(startup(vertical_price=1.2, vertical_delay=1.0), month=JANUARY_2024, **NO_SWITCHING)
    w.shares[0, VERTICAL] = 0.2
    demand_month(w)
    even = w.sizes[VERTICAL] * 0.2 * season(JANUARY_2024, w.assume.demand_second_half_share)
    assert w.firms[0].revenue_vertical == approx(1.2 * even, rel=1e-13)


def test_a_failed_test_costs_clients_by_hand():
    """exp(-strength * abandoned_clients) of a listed firm's effort, and of its prospects."""
    w = world(
        startup(abandoned_month=1), startup(), market=MARKET, listing_strength=2.0, listing_abandoned_clients=0.25
    )
    demand_month(w)
    assert w.firms[0].fresh == approx(math.exp(-0.5), rel=1e-14)
    assert w.shares[0, API] / w.shares[1, API] == approx(math.exp(-0.5), rel=1e-12)
    w.assume.listing_on = 0.0
    demand_month(w)
    assert w.firms[0].fresh == 1.0


def test_a_price_cut_is_answered_by_volume_but_costs_revenue():
    revenues = []
    for price in (1.0, 0.5):
        w = world(startup(), market={**MARKET, "api_price": price}, demand_volume_elasticity=0.5)
        demand_month(w)
        revenues.append(float(w.firms[0].revenue_api))
    assert 0.5 * revenues[0] < revenues[1] < revenues[0]


def test_a_pivoted_firm_turns_to_verticals():
    race, left = startup(mix_vertical=0.05), startup(mix_vertical=0.05, pivot_month=0)
    w = world(race, left, market=MARKET, pivot_keeps_lines=0.3, pivot_vertical_mix=1.0)
    demand_month(w)
    assert w.shares[1, VERTICAL] > w.shares[0, VERTICAL]
    assert w.shares[1, API] < w.shares[0, API]


def test_customers_of_a_firm_that_is_gone_choose_anew():
    w = world(startup(status=3), startup())
    w.shares[:] = 0.25
    demand.forget(w)
    assert (w.shares[0] == 0.0).all() and (w.shares[1] == 0.25).all()


def test_off_there_is_no_revenue():
    w = world(startup(smooth_revenue=120.0, backlog=50.0), giant(), market=MARKET, demand_on=0.0)
    w.shares[:] = 0.2
    demand_month(w)
    for name in (
        "revenue",
        "revenue_consumer",
        "revenue_api",
        "revenue_projects",
        "revenue_vertical",
        "cost_of_revenue",
    ):
        assert (w.firms[name] == 0.0).all(), name
    for _ in range(400):
        demand_month(w)
    assert w.firms[0].smooth_revenue == approx(0.0, abs=1e-9), "what was earned before is forgotten"


@given(PULLS, SIZES, TRAITS, st.floats(0, 5), st.floats(1, 6), st.integers(0, 90))
def test_compiled_as_plain(pulls, sizes, traits, gap, taking, tick):
    assume = assumed(**pulls, **sizes)
    assert compiled_as_plain(growth_log, 1.3, 0.2, 20.0, tick)
    assert compiled_as_plain(demand.opened_by, gap, assume)
    assert compiled_as_plain(season, tick, 0.7)
    assert compiled_as_plain(demand.grown, assume, tick)
    firms = startup(gap=gap, **traits), giant()
    for step in (demand_month, demand.measure, demand.forget):
        assert step_as_plain(
            step, lambda: world(*firms, tick=tick, market={**MARKET, "taking": taking}, **pulls, **sizes)
        )


def test_gone_and_future_firms_are_left_alone():
    w = world(startup(status=2), startup(status=0), startup(), market=MARKET)
    before = rows(w)[: 2 * w.firms.dtype.itemsize]
    demand_month(w)
    assert rows(w)[: 2 * w.firms.dtype.itemsize] == before
    assert (w.shares[:2] == 0.0).all()
