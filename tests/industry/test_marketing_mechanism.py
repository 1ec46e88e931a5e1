"""Marketing: users are bought at a cost that rises with rivals' spending; when spending stops, users decay."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from worlds import assumed, bounded, compiled_as_plain, later, startup, state, step_as_plain, users_bought, world

from sim.foundation.columns import CONSUMER, LINES
from sim.industry import marketing

ABROAD = len(LINES) + CONSUMER
ALL = bounded(*(f"marketing_{a.name}" for a in marketing.MECHANISM.assumptions))
SPENDING = st.floats(0, 1e4)


def _market(*firms, pool=100.0, share=0.2, **assume):
    w = world(*firms, **assume)
    w.sizes[CONSUMER], w.sizes[ABROAD] = pool, 2.0 * pool
    w.shares[:, CONSUMER] = share
    return w


def test_budget_by_hand():
    """Growth of 0.9 a year that halves every 12 months: after 12 months half of 0.9 / ln 2 is behind us."""
    assume = assumed(marketing_budget_month=10.0, marketing_budget_growth_year=0.9, marketing_budget_half_life=12)
    assert marketing.budget(assume, 0) == 10.0
    assert marketing.budget(assume, 12) == approx(10.0 * math.exp(0.45 / math.log(2.0)), rel=1e-13)


def test_the_plan_is_the_budget_of_the_month():
    w = world(tick=7)
    marketing.plan(w)
    assert w.market.marketing_budget == marketing.budget(w.assume, 7) > 0.0


def test_cost_per_acquisition_by_hand():
    assume = assumed(marketing_cpa=20.0, marketing_pressure_ref=100.0, marketing_pressure_elasticity=0.5)
    assert marketing.cost_per_acquisition(300.0, assume) == approx(40.0, rel=1e-14)
    assert marketing.cost_per_acquisition(0.0, assume) == 20.0


def test_users_bought_by_hand():
    """Half of 40 million, at 20 RMB a user, are 1 million users, a quarter abroad; a tenth of the old ones leave.

    Half: consumers have 0.3 of a mix of 0.6.
    """
    mix = {"mix_consumer": 0.3, "mix_api": 0.2, "mix_projects": 0.06, "mix_vertical": 0.04}
    w = _market(
        startup(marketing=40.0, overseas=0.25, **mix),
        marketing_cpa=20.0,
        marketing_pressure_elasticity=0.0,
        marketing_churn_month=0.1,
    )
    users_bought(w)
    assert w.shares[0, CONSUMER] * 100.0 == approx(18.0 + 0.75, rel=1e-12)
    assert w.shares[0, ABROAD] * 200.0 == approx(0.25, rel=1e-12)


def test_who_sells_to_business_buys_no_users():
    """The limits: all of it of who sells to consumers alone, nothing of who does not, nor of who sells nothing."""
    mix = {f"mix_{line}": 0.0 for line in LINES}
    for own, part in (({"mix_consumer": 0.2}, 40.0), ({"mix_api": 0.2, "mix_vertical": 0.3}, 0.0), ({}, 0.0)):
        w = _market(startup(marketing=40.0, overseas=0.25, **{**mix, **own}), marketing_churn_month=0.0)
        meant = [marketing.to_consumers(w.firms[0], place) for place in (0, 1)]
        assert meant == approx([0.75 * part, 0.25 * part], rel=1e-14)
        users_bought(w)
        assert (w.shares[0, CONSUMER] > 0.2) == (part > 0.0)


@given(bounded("mix_consumer", "mix_api", "mix_projects", "mix_vertical"), st.floats(0, 5), SPENDING)
def test_the_more_a_firm_turns_to_consumers_the_more_it_advertises_to_them(mix, more, spending):
    w = world(*(startup(**{**mix, "mix_consumer": mix["mix_consumer"] + m}, marketing=spending) for m in (0.0, more)))
    less, much = (marketing.to_consumers(firm, 0) + marketing.to_consumers(firm, 1) for firm in w.firms)
    assert 0.0 <= less <= much * (1 + 1e-12) and much <= spending * (1 + 1e-12)


def test_never_more_than_half_of_those_who_use_none():
    w = _market(startup(marketing=1e9, overseas=0.0), share=0.2, marketing_churn_month=0.0)
    users_bought(w)
    assert w.shares[0, CONSUMER] == approx(0.2 + 0.4, rel=1e-12)


@given(st.floats(0.001, 1), st.floats(0, 1))
def test_spending_stops_users_decay(churn, share):
    w = _market(startup(marketing=0.0), share=share, marketing_churn_month=churn)
    for tick in range(1, 13):
        users_bought(later(w, tick))
    assert w.shares[0, CONSUMER] == approx(share * (1 - churn) ** 12, rel=1e-9, abs=1e-300)
    assert w.shares[0, CONSUMER] < share or share == 0.0


@given(ALL, SPENDING, SPENDING, st.floats(0, 0.5))
def test_who_spends_more_has_no_fewer_users(values, spending, more, share):
    shares = []
    for amount in (spending, spending + more):
        w = _market(
            startup(marketing=amount, overseas=0.0),
            startup(),
            share=share,
            **{**values, "marketing_pressure_elasticity": 0.5},
        )
        users_bought(w)
        shares.append(float(w.shares[0, CONSUMER]))
        assert (w.shares >= 0).all() and (w.shares.sum(axis=0) <= 1 + 1e-12).all()
    assert shares[1] >= shares[0] - 1e-12


@given(ALL, SPENDING, SPENDING, SPENDING)
def test_rivals_spending_makes_users_dearer(values, own, rivals, more):
    assume = assumed(**values)
    assert marketing.cost_per_acquisition(rivals + more, assume) >= marketing.cost_per_acquisition(rivals, assume)
    bought = []
    for amount in (rivals, rivals + more):
        w = _market(startup(marketing=own, overseas=0.0), startup(marketing=amount), share=0.1, **values)
        users_bought(w)
        bought.append(float(w.shares[0, CONSUMER]))
    assert bought[1] <= bought[0] + 1e-12


def test_rivals_spending_strictly():
    quiet, loud = (_market(startup(marketing=30.0), startup(marketing=m)) for m in (0.0, 300.0))
    users_bought(quiet)
    users_bought(loud)
    assert loud.shares[0, CONSUMER] < quiet.shares[0, CONSUMER]


def test_off_nobody_advertises_and_users_neither_come_nor_churn():
    w = _market(startup(marketing=50.0), marketing_on=0.0)
    marketing.plan(w)
    assert w.market.marketing_budget == 0.0
    before, market = state(w), w.market.copy()
    users_bought(w)
    for sum_of_the_month in ("advertised", "bought_by", "taken", "wanted", "filled"):
        w.market[sum_of_the_month] = market[sum_of_the_month]
    assert state(w) == before, "all that differs is sums that nothing else reads"


def test_where_nobody_sells_abroad_nobody_buys_users_there():
    w = _market(startup(marketing=50.0, overseas=0.9), overseas_on=0.0)
    users_bought(w)
    assert w.shares[0, ABROAD] == 0.0


@given(ALL, SPENDING, st.floats(0, 1), st.integers(0, 90))
def test_compiled_as_plain(values, spending, share, tick):
    assume = assumed(**values)
    assert compiled_as_plain(marketing.budget, assume, tick)
    assert compiled_as_plain(marketing.cost_per_acquisition, spending, assume)
    seller = world(startup(marketing=spending, mix_consumer=share)).firms[0]
    assert all(compiled_as_plain(marketing.to_consumers, seller, place) for place in (0, 1))
    firms = startup(marketing=spending), startup(marketing=3.0)
    assert step_as_plain(users_bought, lambda: _market(*firms, share=share / 2, **values))
    assert np.isfinite(marketing.budget(assume, tick))
