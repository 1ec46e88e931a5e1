"""Rounds: firms seek money, investors score them, dry powder goes to the best first; dilution; down rounds."""

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
    giant,
    later,
    rows,
    startup,
    step_as_plain,
    told,
    world,
)

from sim.foundation.causes import TERMS_GOOD
from sim.foundation.columns import COLD, HOT, NEVER, NORMAL
from sim.industry import rounds

WEIGHTS = bounded(
    *(
        f"rounds_{a.name}"
        for a in rounds.MECHANISM.assumptions
        if a.name.startswith(("test_", "early_", "leap", "pivot", "deep", "stale", "last_price", "noise"))
    )
)
NEEDY = {
    "plan_runway": 5.0,
    "runway": 5.0,
    "burn": 30.0,
    "cash": 150.0,
    "value": 4000.0,
    "seeking_month": -20,
    "z_score": 0.0,
}
OPEN = {"rounds_bar_hot": -10.0, "rounds_bar_normal": -10.0, "rounds_bar_cold": -10.0}
EXACT = {
    "rounds_months_asked": 20.0,
    "rounds_ambition_growth": 1.5,
    "rounds_dilution_least": 0.1,
    "rounds_dilution_most": 0.4,
    "rounds_size_least": 100.0,
    "rounds_inflow_normal": 1000.0,
    "rounds_powder_cap": 50000.0,
    "rounds_draw_most": 0.5,
}


def _month(*firms, powder=20000.0, climate=NORMAL, tick=1, **assume):
    w = world(
        *firms, market={"dry_powder": powder, "climate": climate, "open_gap": 0.8}, told=True, tick=tick, **assume
    )
    rounds.step(w)
    return w


def test_score_by_hand():
    assume = assumed(
        rounds_four_tests=0.25,
        rounds_test_core=1.0,
        rounds_test_loop=2.0,
        rounds_test_cost=0.5,
        rounds_test_global=3.0,
        rounds_early_users=0.4,
        rounds_early_leap=1.5,
        rounds_leap_par=0.6,
        rounds_pivot_discount=0.7,
        rounds_noise=0.5,
    )
    values = {"gap": 0.3, "smooth_revenue": 20.0, "spending": 50.0, "efficiency": 2.0, "overseas": 0.2, "users": 9.0}
    w = world(startup(**values), startup(**values, pivot_month=1), market={"open_gap": 0.8})
    four = 1.0 * 0.5 + 2.0 * 0.4 + 0.5 * math.log(2.0) + 3.0 * 0.2
    early = 0.4 * math.log(10.0) + 1.5 * 0.3
    expected = 0.25 * four + 0.75 * early + 0.5 * -1.2
    assert rounds.score_of(w.firms[0], w.market, assume, 1, -1.2) == approx(expected, rel=1e-13)
    assert rounds.score_of(w.firms[1], w.market, assume, 1, -1.2) == approx(expected - 0.7, rel=1e-13)


def test_what_investors_hold_against_a_firm_by_hand():
    """A last price 1.5 times today's, a pivot that keeps core technology, half a year without a new model."""
    assume = assumed(
        rounds_last_price=0.6, rounds_pivot_discount=0.7, rounds_deep_discount=0.3, rounds_stale_discount=0.4
    )
    base = {"value": 2000.0, "gap": 0.3}
    w = world(
        startup(**base),
        startup(**base, post_money=3000.0),
        startup(**base, pivot_month=1, deep=1),
        startup(**base, pivot_month=1, deep=0),
        startup(**base, stale=0.5),
    )
    scores = [rounds.score_of(firm, w.market, assume, 1, 0.0) for firm in w.firms]
    lost = [scores[0] - score for score in scores]
    assert lost == approx([0.0, 0.6 * math.log(1.5), 0.3, 0.7, 0.2], rel=1e-12, abs=1e-13)


@given(st.floats(1, 1e6), st.floats(1, 1e6), st.floats(0, 20))
def test_a_last_price_that_the_business_has_outgrown_stands_in_the_way(post, worth, weight):
    """The more the further it lies above today's value; one below it neither helps nor hurts."""
    w = world(startup(value=worth), startup(value=worth, post_money=post), startup(value=worth, post_money=2 * post))
    assume = assumed(rounds_last_price=weight)
    free, one, two = (rounds.score_of(firm, w.market, assume, 1, 0.0) for firm in w.firms)
    assert free >= one >= two
    if post <= worth:
        assert one == free
    if weight == 0.0:
        assert two == free


def test_resizing_by_hand():
    """Dilution is amount / (value + amount): 10% of 900 is 100, 40% is 600."""
    assume = assumed(rounds_dilution_least=0.1, rounds_dilution_most=0.4)
    assert rounds.resized(50.0, 900.0, assume) == approx(100.0, rel=1e-14)
    assert rounds.resized(300.0, 900.0, assume) == 300.0
    assert rounds.resized(9000.0, 900.0, assume) == approx(600.0, rel=1e-14)


def test_a_round_by_hand():
    """20 months of 1.5 times a burn of 30, less 150 in cash: 750 at 4,000 before; powder 20,000 + 1,000."""
    w = _month(startup(**NEEDY, founders_stake=0.5), **OPEN, **EXACT)
    firm, market = w.firms[0], w.market
    assert firm.venture_in == firm.raised == firm.raised_year == market.venture_paid == approx(750.0, rel=1e-14)
    assert firm.cash == approx(900.0, rel=1e-14)
    assert firm.post_money == firm.value == approx(4750.0, rel=1e-14)
    assert firm.founders_stake == approx(0.5 * 4000.0 / 4750.0, rel=1e-14)
    assert market.dry_powder == approx(21000.0 - 750.0, rel=1e-14)
    assert (firm.rounds, firm.last_round_month, firm.seeking_month, firm.refused_months) == (1, 1, NEVER, 0)
    assert firm.raised_smooth == approx(750.0 / 18.0, rel=1e-14)
    assert told(w) == ["round"]


def test_a_round_in_hot_capital_by_hand():
    """It needs 750 but sells a fifth of itself: 0.2 / 0.8 of 4,000."""
    hot = {**OPEN, **EXACT, "rounds_dilution_hot": 0.2, "rounds_inflow_hot": 0.0}
    assert _month(startup(**NEEDY), climate=HOT, **hot).firms[0].venture_in == approx(1000.0, rel=1e-14)
    assert _month(startup(**{**NEEDY, "burn": 50.0}), climate=HOT, **hot).firms[0].venture_in == approx(
        1350.0, rel=1e-14
    )


def test_a_price_that_has_risen_sells_as_much_as_hot_capital_by_hand():
    """It needs 750; worth e ** 0.5 times its last post-money it sells a fifth of itself, 1,000; a bit less, 750."""
    risen = {**OPEN, **EXACT, "rounds_dilution_hot": 0.2, "rounds_good_terms": 0.5}
    for post, amount in ((4000.0 / math.exp(0.501), 1000.0), (4000.0 / math.exp(0.499), 750.0), (0.0, 750.0)):
        w = _month(startup(**NEEDY, post_money=post), **risen)
        assert w.firms[0].venture_in == approx(amount, rel=1e-14)
    w = _month(startup(**{**NEEDY, "burn": 50.0}, post_money=1000.0), **risen)
    assert w.firms[0].venture_in == approx(1350.0, rel=1e-14), "who needs more asks for more"


@given(st.floats(1, 1e5), st.floats(0, 1e5), st.floats(0, 0.5), st.floats(0, 5))
def test_who_has_risen_asks_for_no_less(worth, post, hot, terms):
    asks = []
    for last in (0.0, post):
        w = _month(startup(**{**NEEDY, "value": worth}, post_money=last), powder=1e7, **OPEN,
                   rounds_last_price=0.0, rounds_dilution_hot=hot, rounds_good_terms=terms)  # fmt: skip
        asks.append(float(w.firms[0].ask))
    assert asks[1] >= asks[0] > 0.0


def test_the_log_says_how_far_from_the_bar_it_was():
    for bar, event in ((-1.0, "round"), (3.0, "refused")):
        w = _month(startup(**NEEDY), rounds_bar_normal=bar)
        assert told(w) == [event]
        assert w.log["saw"][0] == w.firms[0].score - bar


def test_short_powder_is_prorated_by_score_by_hand():
    """Two ask 750 each of a pool of 0.5 * 2,000; one scores better: shares go as exp(concentration * score)."""
    w = _month(
        startup(**NEEDY, gap=0.2),
        startup(**NEEDY, gap=0.4),
        powder=1000.0,
        **{**OPEN, **EXACT, "rounds_dilution_least": 0.05},
        rounds_concentration=1.0,
    )
    one, other = w.firms[0], w.firms[1]
    weight = math.exp(-(one.score - other.score))
    assert one.score > other.score
    assert one.venture_in == approx(1000.0 / (1.0 + weight), rel=1e-12)
    assert one.venture_in + other.venture_in == approx(1000.0, rel=1e-12)
    assert w.market.dry_powder == approx(1000.0, rel=1e-12)


def test_a_down_round_is_a_value_below_the_last_post_money():
    for post, event in ((3999.0, "round"), (4000.0, "round"), (4001.0, "down round")):
        w = _month(startup(**NEEDY, post_money=post, rounds=1, last_round_month=-20), **OPEN, **EXACT)
        assert told(w) == [event]


def test_a_round_below_the_least_size_fails_and_counts_as_refused():
    w = _month(startup(**NEEDY), powder=0.0, **{**OPEN, **EXACT, "rounds_inflow_normal": 100.0})
    assert told(w) == ["round failed"]
    assert (w.firms[0].venture_in, w.firms[0].refused_months, w.firms[0].rounds) == (0.0, 1, 0)
    assert w.market.dry_powder == 100.0


def test_a_round_fails_for_less_than_the_least_size_alone_by_hand():
    """Half of a powder of 240 is 120, of 4,000 less than the 0.1 of it that was asked: it closes; 99 does not."""
    for powder, closes in ((240.0, True), (198.0, False)):
        w = _month(startup(**NEEDY), powder=powder, **{**OPEN, **EXACT, "rounds_inflow_normal": 0.0})
        assert told(w) == (["round"] if closes else ["round failed"])
        assert w.firms[0].venture_in == (approx(120.0, rel=1e-14) if closes else 0.0)
        if not closes:
            assert (w.log["value"][0], w.log["saw"][0]) == (approx(99.0, rel=1e-14), 198.0)


def test_below_the_bar_a_firm_is_refused_month_after_month():
    w = _month(startup(**NEEDY), rounds_bar_normal=10.0)
    rounds.step(later(w, 2))
    assert told(w) == ["refused", "refused"]
    assert w.firms[0].refused_months == 2


def test_who_has_money_enough_gives_up_seeking_and_is_refused_no_more():
    waiting = {**NEEDY, "refused_months": 4}
    short, rich = (_month(startup(**{**waiting, **own}), rounds_bar_normal=10.0) for own in ({}, {"plan_runway": 60.0}))
    assert (short.firms[0].seeking_month, short.firms[0].refused_months) == (-20, 5)
    assert (rich.firms[0].seeking_month, rich.firms[0].refused_months) == (NEVER, 0)
    hot = _month(startup(**{**waiting, "plan_runway": 60.0}), climate=HOT, rounds_bar_hot=10.0)
    assert hot.firms[0].refused_months == 5, "while capital is hot everybody asks"


def test_with_rounds_off_nobody_seeks_or_is_refused():
    gone = startup(**{**NEEDY, "refused_months": 4, "status": 3})
    w = _month(startup(**{**NEEDY, "refused_months": 4}), gone, rounds_on=0.0)
    assert (w.firms[0].seeking_month, w.firms[0].refused_months) == (NEVER, 0)
    assert (w.firms[1].seeking_month, w.firms[1].refused_months) == (-20, 4), "a gone firm's row stays as it was"


def test_raising_takes_months():
    firm = {**NEEDY, "seeking_month": NEVER}
    w = _month(startup(**firm), **OPEN, rounds_months_normal=3.0)
    for tick in (2, 3):
        rounds.step(later(w, tick))
    assert told(w) == ["seeks money"]
    rounds.step(later(w, 4))
    assert told(w) == ["seeks money", "round"]


@pytest.mark.parametrize(
    "firm",
    [{"plan_runway": 60.0}, {"seeks_capital": 0.0}, {"listing_month": 0}, {"status": 3}, {"status": 0}, {"kind": 1}],
)
def test_who_does_not_seek_gets_nothing(firm):
    w = _month(startup(**{**NEEDY, "seeking_month": NEVER, **firm}), **OPEN, rounds_months_normal=0.0, tick=50)
    assert w.market.venture_paid == 0.0
    assert told(w) == []


def test_hot_capital_is_taken_by_firms_that_do_not_need_it():
    comfortable = {**NEEDY, "plan_runway": 60.0, "seeking_month": NEVER}
    raised = [
        float(_month(startup(**comfortable), climate=c, tick=30, **OPEN, rounds_months_hot=0.0).firms[0].venture_in)
        for c in (HOT, NORMAL, COLD)
    ]
    assert raised[0] > 0.0 == raised[1] == raised[2]


@pytest.mark.parametrize("since", ["round", "entry"])
def test_hot_capital_pauses_after_a_round(since):
    """Seven months in which nobody is asked again; who has not raised yet counts from its entry."""
    comfortable = {**NEEDY, "plan_runway": 60.0, "seeking_month": NEVER}
    when = {"last_round_month": 20} if since == "round" else {"last_round_month": NEVER, "entry_month": 20}
    seeks = [
        int(_month(startup(**comfortable, **when), climate=HOT, tick=tick, rounds_hot_pause=7.0).firms[0].seeking_month)
        for tick in (26, 27, 28)
    ]
    assert seeks == [NEVER, 27, 28]


RISEN = {**NEEDY, "plan_runway": 60.0, "seeking_month": NEVER, "last_round_month": 10}
TERMS = {"rounds_good_terms": 0.5, "rounds_good_month": 0.2, "rounds_hot_pause": 7.0, "rounds_bar_normal": 10.0}


def test_a_firm_whose_price_has_risen_raises_without_need():
    """From e ** 0.5 times the last post-money on, with chance 0.2 a month, seven months after the last round."""
    high = 4000.0 / math.exp(0.51)  # the last post-money
    for post, u, tick, seeks in (
        (high, 0.19, 17, True),
        (high, 0.21, 17, False),
        (high, 0.19, 16, False),
        (4000.0 / math.exp(0.49), 0.19, 17, False),
        (0.0, 0.19, 17, False),
    ):
        w = _month(startup(**RISEN, post_money=post, u_terms=u), tick=tick, **TERMS)
        assert told(w) == (["seeks money"] if seeks else [])
        assert w.firms[0].seeking_month == (17 if seeks else NEVER)
        if seeks:
            assert (w.log[0].cause, w.log[0].saw) == (TERMS_GOOD, 7.0)


def test_a_firm_without_need_gives_up_when_its_price_has_come_down():
    seeking = {**RISEN, "seeking_month": 12, "refused_months": 2}
    high, low = (_month(startup(**seeking, post_money=post), tick=14, **TERMS) for post in (2000.0, 3900.0))
    assert (high.firms[0].seeking_month, high.firms[0].refused_months) == (12, 2), "still asking"
    assert (low.firms[0].seeking_month, low.firms[0].refused_months) == (NEVER, 0)


def test_new_money_ends_a_call():
    w = _month(startup(**NEEDY, called_month=-3, owed=80.0), **OPEN, **EXACT)
    assert (w.firms[0].called_month, w.firms[0].owed) == (NEVER, 0.0)


def test_the_powder_is_a_stock_with_a_cap():
    w = _month(startup(), powder=900.0, rounds_inflow_normal=300.0, rounds_powder_cap=1000.0)
    assert w.market.dry_powder == 1000.0
    w = _month(startup(), powder=900.0, rounds_inflow_normal=50.0, rounds_powder_cap=1000.0)
    assert w.market.dry_powder == 950.0


@given(
    st.lists(
        st.tuples(st.floats(0, 2), st.floats(1, 200), st.floats(100, 1e5), st.floats(-3, 3)), min_size=1, max_size=5
    ),
    st.floats(0, 3e4),
    bounded(
        "rounds_draw_most", "rounds_concentration", "rounds_dilution_least", "rounds_dilution_most", "rounds_size_least"
    ),
    st.sampled_from([HOT, NORMAL, COLD]),
)
def test_money_comes_from_the_powder_within_the_bounds_of_dilution(firms, powder, values, climate):
    rivals = [startup(**{**NEEDY, "gap": g, "burn": b, "value": v, "z_score": z}) for g, b, v, z in firms]
    w = _month(*rivals, powder=powder, climate=climate, **OPEN, **values, rounds_powder_cap=1e7)
    inflow = {
        HOT: w.assume.rounds_inflow_hot,
        NORMAL: w.assume.rounds_inflow_normal,
        COLD: w.assume.rounds_inflow_cold,
    }[climate]
    paid = float(w.firms.venture_in.sum())
    before = powder + inflow
    assert paid <= values["rounds_draw_most"] * before * (1 + 1e-12)
    assert w.market.dry_powder == approx(before - paid, abs=1e-9 * before)
    assert w.market.venture_paid == approx(paid, rel=1e-12)
    for firm, (_, _, value, _) in zip(w.firms, firms, strict=True):
        if firm.venture_in > 0.0:
            dilution = firm.venture_in / (firm.venture_in + value)
            least, most = values["rounds_dilution_least"], values["rounds_dilution_most"]
            assert dilution <= most + 1e-9
            if firm.venture_in >= firm.ask:  # the powder paid for all of it
                assert dilution >= min(least, most) - 1e-9
            assert firm.venture_in >= values["rounds_size_least"]
            assert firm.post_money == approx(value + firm.venture_in, rel=1e-12)


@given(WEIGHTS, st.floats(0, 1), st.floats(-3, 3))
def test_investors_prefer_the_better_on_every_test(values, weight, z):
    """Core technology, a closed loop, low cost, global reach; early on users and a leap in performance."""
    assume = assumed(**values, rounds_four_tests=weight)
    base = {"gap": 0.5, "smooth_revenue": 10.0, "spending": 50.0, "efficiency": 1.0, "overseas": 0.2, "users": 5.0}
    better = ({"gap": 0.1}, {"smooth_revenue": 40.0}, {"efficiency": 2.0}, {"overseas": 0.9}, {"users": 50.0})
    w = world(
        startup(**base),
        *(startup(**{**base, **change}) for change in better),
        startup(**base, pivot_month=0),
        market={"open_gap": 0.8},
    )
    scores = [rounds.score_of(firm, w.market, assume, 1, z) for firm in w.firms]
    assert all(score >= scores[0] for score in scores[1:-1])
    assert scores[-1] <= scores[0], "a firm out of the general race scores less"


@pytest.mark.parametrize(
    "change", [{"gap": 0.1}, {"smooth_revenue": 40.0}, {"efficiency": 2.0}, {"overseas": 0.9}, {"users": 50.0}]
)
def test_investors_strictly_prefer_the_better(change):
    base = {"gap": 0.5, "smooth_revenue": 10.0, "spending": 50.0, "efficiency": 1.0, "overseas": 0.2, "users": 5.0}
    w = world(startup(**base), startup(**{**base, **change}), market={"open_gap": 0.8}, rounds_four_tests=0.5)
    worse, better = (rounds.score_of(firm, w.market, w.assume, 1, 0.0) for firm in w.firms)
    assert better > worse


@given(st.floats(-3, 3), bounded("rounds_bar_hot", "rounds_bar_normal", "rounds_bar_cold", low=-2, high=2))
def test_a_higher_bar_no_more_rounds(z, bars):
    """Colder capital asks for more: with ordered bars, who raises in the cold raises in the warm."""
    hot, normal, cold = sorted(bars.values())
    bars = {"rounds_bar_hot": hot, "rounds_bar_normal": normal, "rounds_bar_cold": cold}
    raised = [
        _month(startup(**{**NEEDY, "z_score": z}), climate=c, **bars).firms[0].rounds for c in (HOT, NORMAL, COLD)
    ]
    assert raised[0] >= raised[1] >= raised[2]


@given(st.floats(0, 20), st.floats(0, 5))
def test_money_concentrates_on_the_top(concentration, more):
    shares = []
    for level in (concentration, min(concentration + more, 20.0)):
        w = _month(
            startup(**NEEDY, gap=0.2),
            startup(**NEEDY, gap=0.5),
            powder=500.0,
            **{**OPEN, **EXACT, "rounds_size_least": 0.0, "rounds_dilution_least": 0.0, "rounds_inflow_normal": 0.0},
            rounds_concentration=level,
        )
        shares.append(float(w.firms[0].venture_in / max(w.market.venture_paid, 1e-9)))
    assert 0.5 - 1e-9 <= shares[0] <= shares[1] + 1e-9


def test_off_nobody_raises_venture_money():
    w = _month(startup(**NEEDY), powder=700.0, rounds_on=0.0, **OPEN)
    assert (w.market.venture_paid, w.market.dry_powder, w.firms[0].rounds) == (0.0, 700.0, 0)
    assert told(w) == []


@given(
    WEIGHTS,
    st.floats(0, 1),
    st.floats(-3, 3),
    st.floats(0, 2),
    st.floats(100, 1e5),
    st.sampled_from([HOT, NORMAL, COLD]),
)
def test_compiled_as_plain(values, weight, z, gap, value, climate):
    firm = startup(**{**NEEDY, "gap": gap, "value": value, "z_score": z, "users": 7.0, "spending": 3.0})
    w = world(firm, market={"open_gap": 0.8}, rounds_four_tests=weight, **values)
    assert compiled_as_plain(rounds.score_of, w.firms[0], w.market, w.assume, 1, z)
    assert compiled_as_plain(rounds.resized, 300.0, value, w.assume)
    assert compiled_as_plain(rounds.by_climate, climate, 1.0, 2.0, 3.0)
    assert compiled_as_plain(rounds.inflow, w.market, w.assume)

    def make():
        rivals = firm, startup(**NEEDY), giant()
        return world(
            *rivals, market={"dry_powder": 800.0, "climate": climate}, told=True, rounds_four_tests=weight, **values
        )

    assert step_as_plain(rounds.step, make)


def test_gone_and_future_firms_are_left_alone():
    w = world(startup(**NEEDY, status=3, ask=500.0), startup(**NEEDY, status=0), market={"dry_powder": 9000.0}, **OPEN)
    before = rows(w)
    rounds.step(w)
    assert rows(w) == before


def test_dry_powder_waits_at_the_opening():
    w = world(rounds_powder_start=123.0, tick=0)
    rounds.at_opening(w)
    assert w.market.dry_powder == 123.0
