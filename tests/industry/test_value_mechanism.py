"""Value: the business at a premium or a discount, and the cash; the feedback among listed peers is bounded."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from worlds import assumed, bounded, compiled_as_plain, giant, later, startup, step_as_plain, valuation, world

from sim.foundation.columns import COLD, HOT, NEVER, NORMAL
from sim.foundation.equity import scarce
from sim.industry import value

ALL = bounded(*(f"value_{a.name}" for a in value.MECHANISM.assumptions))
MONEY = st.floats(0, 1e6)
PREMIUM = st.floats(-2, 2)
SURE = {"value_noise_month": 0.0}


def test_a_business_by_hand():
    """multiple * (hope * prospect + (1 - hope) * revenue * growth), at least what a name is worth."""
    assume = assumed(value_hope=0.25, value_least=5.0)
    assert value.business(400.0, 100.0, 1.5, 8.0, assume) == approx(8.0 * (100.0 + 112.5), rel=1e-14)
    assert value.business(0.0, 0.0, 1.5, 8.0, assume) == 5.0


def test_premium_by_hand():
    """A tenth of the way from 0.5 to 1.5, less 0.1: 0.5; half of the way: 0.9."""
    assume = assumed(value_cap=2.0)
    assert value.next_premium(0.5, 1.5, -0.1, 0.1, assume) == approx(0.5, abs=1e-14)
    assert value.next_premium(0.5, 1.5, -0.1, 0.5, assume) == approx(0.9, abs=1e-14)
    assert value.next_premium(1.99, 5.0, 1.0, 0.1, assume) == 2.0
    assert value.next_premium(-1.99, -5.0, -1.0, 0.1, assume) == -2.0


def test_a_shock_by_hand():
    """0.05 * 2 * e ** (0.2 * 4 / 2); without a tail the normal draw itself."""
    heavy, normal = (assumed(value_tail=h) for h in (0.2, 0.0))
    assert value.shock(2.0, 0.05, heavy) == approx(0.1 * math.exp(0.4), rel=1e-14)
    assert value.shock(-2.0, 0.05, heavy) == -value.shock(2.0, 0.05, heavy)
    assert value.shock(2.0, 0.05, normal) == 0.1


def test_few_traded_shares_move_more_by_hand():
    """0.05 * (1 + 2 / e) with the reference traded, three times 0.05 with none; an unlisted firm has 0.05."""
    w = world(
        startup(listing_month=9, float_share=0.15),
        startup(listing_month=9, float_share=0.0),
        startup(listing_month=10),
        value_noise_month=0.05,
        value_float_noise=2.0,
        value_float_ref=0.15,
    )
    assert [value.noise_of(firm, w.assume, 9) for firm in w.firms] == approx(
        [0.05 * (1.0 + 2.0 / math.e), 0.15, 0.05], rel=1e-14
    )
    flat = {"anchored": 1, "z_value": 1.0, "float_share": 0.15}
    own = {"value_tail": 0.0, "value_momentum": 0.0, "value_noise_month": 0.05, "value_float_ref": 0.15}
    w = world(startup(**flat, listing_month=0), startup(**flat), **own, value_float_noise=2.0)
    valuation(w)
    assert list(w.firms.drift) == approx([0.05 * (1.0 + 2.0 / math.e), 0.05], rel=1e-14)


@given(st.floats(0, 1), st.floats(0, 1), bounded("value_noise_month", "value_float_noise", "value_float_ref"))
def test_more_traded_shares_no_more_noise(one, two, values):
    """And never less than that of an unlisted firm; without ``float_noise`` exactly as much."""
    shares = sorted((one, two))
    w = world(*(startup(listing_month=0, float_share=share) for share in shares), startup(), **values)
    few, many, unlisted = (value.noise_of(firm, w.assume, 1) for firm in w.firms)
    assert few >= many >= unlisted == values["value_noise_month"]
    if values["value_float_noise"] == 0.0:
        assert few == unlisted


def test_a_listed_premium_reverts_at_the_pace_of_the_exchange_by_hand():
    """From 0.5 to 0: a quarter of the way in a month on the exchange, a tenth off it, listed from next month on too."""
    firms = (startup(premium=0.5, anchored=1, listing_month=month, float_share=1.0) for month in (0, NEVER, 2))
    alone = {"value_peer_gain": 0.0, "value_shut_discount": 0.0, "exchange_scarcity": 0.0}
    w = world(*firms, value_reversion=0.1, value_reversion_listed=0.25, **alone, **SURE)
    valuation(w)
    assert list(w.firms.premium) == approx([0.375, 0.45, 0.45], rel=1e-14)


@given(st.floats(0.01, 6), st.floats(0, 2), st.floats(0, 0.45), st.floats(0, 0.45))
def test_heavier_tails_larger_shocks_the_more_the_rarer(z, rarer, one, two):
    light, heavy = (assumed(value_tail=h) for h in sorted((one, two)))
    ratios = [value.shock(x, 0.05, heavy) / value.shock(x, 0.05, light) for x in (z, z + rarer)]
    assert all(ratio >= 1.0 - 1e-12 for ratio in ratios)
    assert ratios == sorted(ratios) or ratios == approx(sorted(ratios), rel=1e-12)


def test_luck_goes_on_by_hand():
    """A shock of 0.2 and momentum of a half: 0.2 in its month, 0.1 and 0.05 in the next; 0.4 in the end."""
    quiet = {"value_noise_month": 0.1, "value_tail": 0.0, "value_momentum": 0.5, "value_cap": 5.0}
    flat = {"value_reversion": 0.001, "value_peer_gain": 0.0, "value_shut_discount": 0.0}
    w = world(startup(anchored=1, z_value=2.0), **{**quiet, **flat})
    premiums = [0.0]
    for tick in range(1, 60):
        valuation(later(w, tick))
        premiums.append(float(w.firms[0].premium))
        w.luck["z_value"] = 0.0
    moved = [b - a for a, b in itertools.pairwise(premiums)]
    assert moved[:3] == approx([0.2, 0.1, 0.05], abs=1e-3)
    assert premiums[12] == approx(0.4, abs=5e-3)
    w = world(startup(anchored=1, z_value=2.0), **{**quiet, **flat, "value_momentum": 0.0})
    valuation(w)
    assert (w.firms[0].premium, w.firms[0].drift) == (approx(0.2, rel=1e-14), approx(0.2, rel=1e-14))
    w.luck["z_value"] = 0.0
    valuation(later(w, 2))
    assert w.firms[0].drift == 0.0, "without momentum luck is forgotten"


def test_growth_by_hand():
    """20 a month over a year against 10 over two: log 2; a shrinking firm grows 0, one from nothing the most."""
    assume = assumed(value_growth_most=2.0)
    w = world(
        startup(smooth_revenue=20.0, slow_revenue=10.0),
        startup(smooth_revenue=10.0, slow_revenue=20.0),
        startup(smooth_revenue=20.0, slow_revenue=0.001),
        startup(smooth_revenue=20.0, slow_revenue=0.0),
    )
    assert [value.growth_of(firm, assume) for firm in w.firms] == [approx(math.log(2.0), rel=1e-14), 0.0, 2.0, 0.0]


def test_growth_raises_the_multiple_by_hand():
    """5 * (1 + 0.5 * log 2) times 240 a year."""
    firm = startup(cash=0.0, smooth_revenue=20.0, slow_revenue=10.0, anchored=1)
    flat = {"value_hope": 0.0, "value_shut_discount": 0.0, "demand_growth_floor_year": 0.0}
    w = world(firm, value_multiple_normal=5.0, value_growth_multiple=0.5, **flat, **SURE)
    valuation(w)
    assert w.firms[0].value == approx(5.0 * (1.0 + 0.5 * math.log(2.0)) * 240.0, rel=1e-13)


@given(ALL, MONEY, MONEY, MONEY)
def test_faster_growth_no_lower_value(values, revenue, before, less):
    """The same revenue of the last year after less in the year before."""
    w = world(
        *(startup(smooth_revenue=revenue, slow_revenue=slow) for slow in (before + 1.0, (before + 1.0) / (1.0 + less))),
        **values,
    )
    valuation(w)
    assert w.firms[1].value >= w.firms[0].value


def test_a_shut_window_costs_private_value_by_hand():
    """A premium goes a tenth of the way to -0.4 while the window is shut, to -0.1 if it is open to three quarters."""
    for window, premium in ((1.0, 0.0), (0.75, -0.01), (0.0, -0.04)):
        w = world(startup(anchored=1), market={"window": window}, value_reversion=0.1, value_shut_discount=0.4, **SURE)
        valuation(w)
        assert w.firms[0].premium == approx(premium, abs=1e-14)
    listed = world(startup(anchored=1, listing_month=0), market={"window": 0.0}, exchange_scarcity=0.0, **SURE)
    valuation(listed)
    assert listed.firms[0].premium == 0.0, "who is listed needs no window"


@given(ALL, st.floats(0, 1), st.floats(0, 1), PREMIUM)
def test_a_wider_window_no_lower_a_private_value(values, one, two, premium):
    worth = []
    for window in sorted((one, two)):
        w = world(startup(premium=premium, anchored=1, smooth_revenue=9.0), market={"window": window}, **values)
        valuation(w)
        worth.append(float(w.firms[0].value))
    assert worth[0] <= worth[1]


def test_scarcity_by_hand():
    """0.9 for the only listed firm as its float goes to nothing; e ** -1 of it at the reference, half with a second."""
    assert scarce(0.0, 1.0, 0.9, 0.15) == 0.9
    assert scarce(0.15, 1.0, 0.9, 0.15) == approx(0.9 * math.exp(-1.0), rel=1e-14)
    assert scarce(0.15, 2.0, 0.9, 0.15) == approx(0.45 * math.exp(-1.0), rel=1e-14)
    assert scarce(1.0, 1.0, 0.9, 0.01) == approx(0.0, abs=1e-12), "all shares are traded"


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 20), st.floats(0, 3), st.floats(0.01, 1))
def test_a_larger_float_and_more_listed_no_more_scarcity(one, two, listed, scarcity, ref):
    small, large = sorted((one, two))
    assert scarce(small, listed, scarcity, ref) >= scarce(large, listed, scarcity, ref) >= 0.0
    assert scarce(small, listed, scarcity, ref) >= scarce(small, listed + 1, scarcity, ref)


def test_cash_is_worth_what_it_is_by_hand():
    """A name of 5 at a discount of e ** -2, and the cash at none, whatever burns; a debt takes nothing off."""
    poor = {"premium": -2.0, "anchored": 1, "abandoned_month": 0, "burn": 1000.0}
    w = world(*(startup(**poor, cash=cash) for cash in (5000.0, 0.0, -70.0)), value_least=5.0, **SURE)
    valuation(w)
    name = 5.0 * math.exp(-2.0)
    assert list(w.firms.value) == approx([5000.0 + name, name, name], rel=1e-14)


@given(ALL, st.floats(0, 1e6), st.floats(0, 1e6), PREMIUM)
def test_a_yuan_of_cash_adds_a_yuan_of_value(values, cash, more, premium):
    """At any premium."""
    w = world(*(startup(cash=c, premium=premium, anchored=1, prospect=50.0) for c in (cash, cash + more)), **values)
    valuation(w)
    assert w.firms[1].value - w.firms[0].value == approx(more, rel=1e-9, abs=1e-9 * w.firms[1].value)


def test_value_by_hand():
    """Normal climate, no growth: 6 * (0.5 * 200 + 0.5 * 12 * 10), times e ** premium, and 40 of cash."""
    w = world(
        startup(cash=40.0, prospect=200.0, smooth_revenue=10.0, premium=0.8, anchored=1),
        value_multiple_normal=6.0,
        value_hope=0.5,
        demand_growth_floor_year=0.0,
        value_reversion=0.25,
        **SURE,
    )
    valuation(w)
    assert w.firms[0].premium == approx(0.6, rel=1e-14)
    assert w.firms[0].value == approx(6.0 * 160.0 * math.exp(0.6) + 40.0, rel=1e-13)


def test_revenue_grows_to_the_horizon_by_hand():
    """Revenue of 10 a month, growing 0.2 a year for 30 months."""
    firm = startup(cash=0.0, smooth_revenue=10.0, anchored=1)
    w = world(
        firm, value_multiple_normal=5.0, value_hope=0.0, demand_growth_floor_year=0.2, value_horizon_months=30, **SURE
    )
    valuation(w)
    assert w.firms[0].value == approx(5.0 * 120.0 * math.exp(0.5), rel=1e-13)


def test_peers_by_hand():
    """Listed startups' mean premium carries over to all, and a sixth of the way to half a year's memory of it."""
    w = world(
        startup(listing_month=0, premium=1.0, anchored=1, float_share=0.25),
        startup(listing_month=0, premium=0.4, anchored=1, float_share=0.25),
        startup(premium=0.0, anchored=1),
        startup(listing_month=0, premium=9.0, status=3),
        value_peer_gain=0.5,
        value_reversion=0.1,
        value_reversion_listed=0.2,
        exchange_scarcity=0.8,
        value_float_ref=0.5,
        market={"sentiment": 0.1},
        **SURE,
    )
    valuation(w)
    assert (w.market.listed, w.market.peer_premium) == (2.0, approx(0.7, rel=1e-14))
    assert w.market.peer_returns == approx(0.7 / 6.0, rel=1e-14)
    assert w.firms[2].premium == approx(0.1 * 0.35, rel=1e-13)
    assert w.firms[0].premium == approx(1.0 + 0.2 * (0.35 + 0.4 * math.exp(-0.5) + 0.1 - 1.0), rel=1e-13)


def test_a_known_valuation_at_entry_is_taken_up_once():
    """150 with 100 in cash: a business of 50, ten times its name of 5; one below its cash has a business of 5."""
    firms = (startup(cash=100.0, entry_valuation=known, prospect=0.0) for known in (150.0, 60.0))
    w = world(*firms, value_hope=0.0, value_least=5.0, value_cap=3.0)
    valuation(w)
    assert list(w.firms.value) == approx([150.0, 105.0], rel=1e-12)
    assert list(w.firms.premium) == approx([math.log(10.0), 0.0], rel=1e-12, abs=1e-14)
    assert list(w.firms.anchored) == [1, 1]


def test_without_news_a_premium_reverts_to_nothing():
    w = world(startup(premium=2.0, anchored=1), **SURE)
    for tick in range(1, 600):
        valuation(later(w, tick))
    assert w.firms[0].premium == approx(0.0, abs=1e-9)


def _loop(premiums, sentiment, months, **assume):
    """Premiums of listed and unlisted startups after ``months`` of nothing but the peer loop."""
    firms = [startup(premium=p, anchored=1, listing_month=0) for p in premiums]
    w = world(*firms, startup(premium=0.0, anchored=1), market={"sentiment": sentiment}, **SURE, **assume)
    for tick in range(1, months + 1):
        valuation(later(w, tick))
    return [float(p) for p in w.firms.premium]


@given(
    bounded("value_reversion", "value_reversion_listed", "value_peer_gain", "exchange_scarcity"),
    st.lists(st.floats(-1, 1), min_size=1, max_size=4),
    st.floats(0.01, 0.5),
)
def test_the_peer_loop_has_a_gain_below_one(values, premiums, shock):
    """A shock to every listed premium is smaller a month later, and what it adds to the unlisted is smaller still."""
    roomy = {**values, "value_cap": 5.0}
    calm = _loop(premiums, 0.0, 1, **roomy)
    shocked = _loop([p + shock for p in premiums], 0.0, 1, **roomy)
    moved = [b - a for a, b in zip(calm, shocked, strict=True)]
    assert all(0.0 <= m < shock for m in moved[:-1])
    assert 0.0 <= moved[-1] < shock


@given(bounded("value_peer_gain", "exchange_scarcity"), st.integers(1, 4), st.floats(-0.3, 0.3))
def test_a_lasting_shock_moves_peers_by_a_bounded_multiple(values, listed, push):
    """Total gain 1 / (1 - peer_gain): the loop converges and never explodes."""
    roomy = {
        **values,
        "value_cap": 5.0,
        "exchange_scarcity": 0.0,
        "value_reversion": 0.5,
        "value_reversion_listed": 0.5,
    }
    end = _loop([0.0] * listed, push, 400, **roomy)
    gain = values["value_peer_gain"]
    assert end[0] == approx(push / (1.0 - gain), abs=1e-6)
    assert end[-1] == approx(gain * push / (1.0 - gain), abs=1e-6)


def test_the_declared_gain_cannot_reach_one():
    declared = {a.name: a for a in value.MECHANISM.assumptions}["peer_gain"]
    assert declared.high < 1.0


@given(ALL, MONEY, MONEY, MONEY, MONEY, st.sampled_from([HOT, NORMAL, COLD]))
def test_more_revenue_more_prospect_more_cash_no_lower_value(values, prospect, revenue, cash, more, climate):
    def worth(prospect, revenue, cash):
        w = world(startup(prospect=prospect, smooth_revenue=revenue, cash=cash), market={"climate": climate}, **values)
        valuation(w)
        return float(w.firms[0].value)

    base = worth(prospect, revenue, cash)
    assert base >= values["value_least"]
    for better in (
        (prospect + more, revenue, cash),
        (prospect, revenue + more, cash),
        (prospect, revenue, cash + more),
    ):
        assert worth(*better) >= base


def test_a_colder_climate_a_lower_value():
    values = []
    for climate in (HOT, NORMAL, COLD):
        w = world(
            startup(smooth_revenue=20.0),
            market={"climate": climate},
            value_multiple_hot=9.0,
            value_multiple_normal=6.0,
            value_multiple_cold=3.0,
        )
        valuation(w)
        values.append(float(w.firms[0].value))
    assert values[0] > values[1] > values[2]


def test_scarcity_is_shared_as_more_list():
    """The only listed firm is worth a premium that the tenth is not."""
    alone, crowded = (_loop([0.0] * n, 0.0, 200, exchange_scarcity=0.9, value_peer_gain=0.3)[0] for n in (1, 9))
    assert 0.0 < crowded < alone


@given(PREMIUM, st.floats(0.01, 3), st.integers(1, 20))
def test_a_refused_firm_does_not_recover_at_the_documents_claim(premium, strength, months):
    """A premium below its mean stays there while capital refuses; with the law neutral refusal moves nothing."""

    def after(refused, **law):
        w = world(startup(premium=premium, anchored=1, refused_months=refused), **SURE, **law)
        valuation(w)
        return float(w.firms[0].premium)

    assert after(months, listing_strength=strength) <= after(0, listing_strength=strength)
    for neutral in ({"listing_strength": 0.0}, {"listing_on": 0.0}):
        assert after(months, **neutral) == after(0, **neutral)
    if premium < -0.01:
        assert after(months, listing_strength=1.0) == approx(premium, rel=1e-12)


def test_an_abandoned_firm_stays_at_its_discount():
    w = world(startup(premium=-1.5, anchored=1, listing_month=-30, abandoned_month=0, z_value=5.0))
    valuation(w)
    assert w.firms[0].premium == -1.5


def test_off_value_is_net_cash_alone():
    w = world(
        startup(cash=321.0, smooth_revenue=50.0, premium=1.0, anchored=1),
        startup(cash=-5.0),
        value_on=0.0,
        value_least=2.0,
    )
    valuation(w)
    assert list(w.firms.value) == [321.0, 2.0]
    assert list(w.firms.premium) == [0.0, 0.0]


def test_without_noise_tails_and_momentum_say_nothing():
    worth = []
    for tail, momentum in ((0.0, 0.0), (0.45, 0.95)):
        w = world(startup(anchored=1, z_value=3.0), value_tail=tail, value_momentum=momentum, **SURE)
        valuation(w)
        worth.append(float(w.firms[0].value))
    assert worth[0] == worth[1]


def test_giants_and_gone_firms_are_not_valued():
    w = world(giant(cash=50.0), startup(status=3, value=7.0))
    valuation(w)
    assert list(w.firms.value) == [0.0, 7.0]


@given(ALL, MONEY, PREMIUM, st.floats(-6, 6), st.sampled_from([HOT, NORMAL, COLD]), st.integers(0, 9))
def test_compiled_as_plain(values, money, premium, z, climate, refused):
    assume = assumed(**values)
    assert compiled_as_plain(value.multiple, climate, assume)
    assert compiled_as_plain(value.business, money, 3.0, 1.7, 6.0, assume)
    assert compiled_as_plain(value.next_premium, premium, 0.3, z, 0.1, assume)
    assert compiled_as_plain(value.shock, z, 0.1, assume)
    assert compiled_as_plain(value.noise_of, world(startup(listing_month=0, float_share=0.1)).firms[0], assume, 1)
    assert compiled_as_plain(scarce, abs(premium), 3.0, 0.9, 0.15)
    firms = (
        startup(cash=money, premium=premium, anchored=1, z_value=z, listing_month=0),
        startup(smooth_revenue=money, premium=premium, anchored=1, z_value=z, refused_months=refused),
        startup(entry_valuation=money),
    )
    assert step_as_plain(valuation, lambda: world(*firms, market={"climate": climate}, **values))


@pytest.mark.parametrize("z", [-9.0, 9.0])
def test_the_premium_is_capped(z):
    w = world(startup(anchored=1, z_value=z), value_noise_month=1.0, value_cap=1.2)
    valuation(w)
    assert abs(w.firms[0].premium) == 1.2
