"""Strategic money: who is chosen, how much it gets, and what becomes of its price."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from worlds import assumed, bounded, compiled_as_plain, giant, rows, startup, step_as_plain, told, world

from sim.foundation.causes import CHOSEN
from sim.foundation.columns import NEVER
from sim.industry import strategic

ALL = bounded(*(f"strategic_{a.name}" for a in strategic.MECHANISM.assumptions))
EXACT = {
    "strategic_hazard_month": 0.125,
    "strategic_ties_weight": 1.0,
    "strategic_size_weight": 1.0,
    "strategic_raised_weight": 0.5,
    "strategic_pivot_share": 0.5,
    "strategic_cheque_least": 300.0,
    "strategic_cheque_tail": 2.0,
    "strategic_most_share": 0.5,
}
WORTH = {"value": 4000.0, "raised": 500.0}


def _month(*firms, tick=9, powder=5000.0, **assume):
    w = world(*firms, tick=tick, market={"dry_powder": powder}, told=True, **{**EXACT, **assume})
    strategic.step(w)
    return w


def test_the_weight_by_hand():
    """Ties of 0.4, a quarter of all value, a tenth of all money raised at half weight; a pivoted firm counts half."""
    w = world(
        startup(state_ties=0.4, value=1000.0, raised=50.0),
        startup(state_ties=0.4, value=1000.0, raised=50.0, pivot_month=9),
        startup(state_ties=0.4, value=1000.0, raised=50.0, pivot_month=10),
    )
    weights = [strategic.weight_of(firm, 4000.0, 500.0, assumed(**EXACT), 9) for firm in w.firms]
    assert weights == approx([0.7, 0.35, 0.7], rel=1e-14)


def test_the_cheque_by_hand():
    """Pareto's law with exponent 2: a quarter of the cheques are above twice the least, up to half of the value."""
    assume = assumed(**EXACT)
    assert strategic.cheque(0.25, 1e6, assume) == approx(600.0, rel=1e-14)
    assert strategic.cheque(0.01, 1e6, assume) == approx(3000.0, rel=1e-14)
    assert strategic.cheque(0.01, 4000.0, assume) == 2000.0
    assert strategic.cheque(1.0, 1e6, assume) == 300.0


def test_a_round_by_hand():
    """It alone may be chosen: chance 1/8 whatever its weight; a cheque of 600 at 4,000 before."""
    for u, chosen in ((0.124, True), (0.126, False)):
        w = _month(startup(**WORTH, founders_stake=0.5, cash=70.0, u_strategic=u, u_cheque=0.25))
        firm, market = w.firms[0], w.market
        assert told(w) == (["strategic round"] if chosen else [])
        paid = 600.0 if chosen else 0.0
        assert firm.strategic_in == market.strategic_paid == approx(paid, rel=1e-14)
        assert firm.cash == approx(70.0 + paid, rel=1e-14)
        assert firm.raised == approx(500.0 + paid, rel=1e-14)
        assert firm.value == approx(4000.0 + paid, rel=1e-14)
        assert firm.founders_stake == approx(0.5 * 4000.0 / (4000.0 + paid), rel=1e-14)
        assert (market.dry_powder, market.venture_paid, firm.venture_in, firm.raised_year) == (5000.0, 0.0, 0.0, 0.0)
        if chosen:
            assert firm.post_money == firm.value
            assert firm.raised_smooth == approx(600.0 / 18.0, rel=1e-14)
            row = w.log[0]
            assert (row.value, row.cause, row.saw) == (approx(600.0), CHOSEN, 1.0)


def test_the_chance_is_shared_by_weight_by_hand():
    """Values of 3,000 and 1,000 and nothing else: weights 3/4 and 1/4, mean 5/8, chances 0.15 and 0.05 a month."""
    alone = {"strategic_ties_weight": 0.0, "strategic_raised_weight": 0.0}
    for u, chosen in ((0.049, [True, True]), (0.051, [True, False]), (0.149, [True, False]), (0.151, [False, False])):
        firms = (startup(value=v, u_strategic=u) for v in (3000.0, 1000.0))
        assert [bool(m > 0.0) for m in _month(*firms, **alone).firms.strategic_in] == chosen


@pytest.mark.parametrize("crowd", [1, 40])
def test_a_crowd_that_nobody_would_choose_brings_nobody_a_cheque(crowd):
    for u, chosen in ((0.149, True), (0.151, False)):
        firms = [startup(value=3000.0, u_strategic=u), startup(value=1000.0, u_strategic=0.0)]
        w = _month(*firms, *(startup(value=0.0, u_strategic=0.0) for _ in range(crowd)), strategic_ties_weight=0.0)
        assert [bool(m > 0.0) for m in w.firms.strategic_in] == [chosen, True, *(False for _ in range(crowd))]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_two_chosen_in_one_month_are_chosen_on_the_same_footing_whatever_their_rows(order):
    """What the first gets does not change the weight of the second, and the rows do not matter."""
    firms = [startup(value=v, raised=r, u_strategic=0.03, u_cheque=c) for v, r, c in
             ((1024.0, 256.0, 0.25), (2048.0, 512.0, 0.0625), (1024.0, 256.0, 0.5))]  # fmt: skip
    w = _month(*(firms[k] for k in order))
    shares = {float(row.value): float(row.saw) for row in w.log[:3]}
    assert [shares[x] for x in sorted(shares)] == [0.25, 0.25, 0.5]
    assert [float(w.firms.strategic_in[order.index(k)]) for k in range(3)] == [
        strategic.cheque(c, v, assumed(**EXACT)) for v, c in ((1024.0, 0.25), (2048.0, 0.0625), (1024.0, 0.5))
    ]


def test_a_strategic_round_ends_a_call_and_the_wait_for_a_round():
    w = _month(startup(**WORTH, called_month=4, owed=90.0, last_round_month=1, u_strategic=0.0, u_cheque=0.5))
    firm = w.firms[0]
    assert (firm.called_month, firm.owed, firm.last_round_month) == (NEVER, 0.0, 9)


def test_a_strategic_round_ends_a_search_for_money():
    """Nobody refuses it any more; who is not chosen goes on asking."""
    seeking = {**WORTH, "seeking_month": 3, "refused_months": 5}
    w = _month(startup(**seeking, u_strategic=0.0, u_cheque=0.5), startup(**seeking))
    assert [(int(f.seeking_month), int(f.refused_months)) for f in w.firms] == [(NEVER, 0), (3, 5)]


@pytest.mark.parametrize(
    "who", [{"kind": 1}, {"status": 0}, {"status": 2}, {"status": 3}, {"listing_month": 9}, {"seeks_capital": 0.0}]
)
def test_who_is_never_chosen_and_takes_no_part_of_the_chance(who):
    w = _month(startup(**WORTH, u_strategic=0.0, **who), startup(**WORTH, u_strategic=0.124, u_cheque=0.5))
    assert w.firms[0].strategic_in == 0.0
    assert w.firms[1].strategic_in > 0.0
    assert w.log[0].saw == 1.0


def test_a_firm_that_lists_next_month_may_still_be_chosen():
    assert _month(startup(**WORTH, u_strategic=0.0, u_cheque=0.5, listing_month=10)).firms[0].strategic_in > 0.0


@given(ALL, st.floats(0, 10), st.floats(0, 1e5), st.floats(0, 1e4), st.floats(0, 5))
def test_more_ties_value_and_money_raised_no_less_weight(values, ties, worth, raised, more):
    """And a firm that has left the general race weighs no more than before."""
    assume = assumed(**values)
    base = {"state_ties": ties, "value": worth, "raised": raised}
    better = ({"state_ties": ties + more}, {"value": worth + more}, {"raised": raised + more})
    w = world(startup(**base), *(startup(**{**base, **b}) for b in better), startup(**base, pivot_month=0))
    weights = [strategic.weight_of(firm, 2e5, 2e4, assume, 9) for firm in w.firms]
    assert all(weight >= weights[0] for weight in weights[1:-1])
    assert weights[-1] <= weights[0]


@pytest.mark.parametrize("change", [{"state_ties": 1.0}, {"value": 9000.0}, {"raised": 900.0}])
def test_ties_value_and_money_raised_bring_strategic_money(change):
    """A firm's draw between its chance and that of one like the others: only the better one is chosen."""
    base = {**WORTH, "state_ties": 0.1, "u_strategic": 0.126}
    plain_one = _month(startup(**base), startup(**base)).firms
    better = _month(startup(**{**base, **change}), startup(**base)).firms
    assert list(plain_one.strategic_in) == [0.0, 0.0]
    assert better[0].strategic_in > 0.0 == better[1].strategic_in


@given(st.floats(2**-33, 1), st.floats(2**-33, 1), ALL, st.floats(1, 1e6))
def test_cheques_lie_between_the_least_and_what_the_value_lets(u, other, values, worth):
    assume = assumed(**values)
    one, two = strategic.cheque(u, worth, assume), strategic.cheque(other, worth, assume)
    most = values["strategic_most_share"] * worth
    assert min(values["strategic_cheque_least"], most) * (1 - 1e-12) <= one <= most
    assert (one >= two) if u <= other else (one <= two)


def test_off_there_are_no_strategic_investors():
    for off in ({"strategic_on": 0.0}, {"strategic_hazard_month": 0.0}):
        w = world(startup(**WORTH, u_strategic=0.0), told=True, **{**EXACT, **off})
        before = rows(w)
        strategic.step(w)
        assert rows(w) == before and told(w) == [] and w.market.strategic_paid == 0.0


@given(ALL, st.floats(0, 10), st.floats(0, 1e5), st.floats(2**-33, 1), st.floats(2**-33, 1))
def test_compiled_as_plain(values, ties, worth, u, v):
    firm = startup(state_ties=ties, value=worth + 1.0, raised=20.0, u_strategic=u, u_cheque=v)
    w = world(firm, **values)
    assert compiled_as_plain(strategic.weight_of, w.firms[0], 2e5, 100.0, w.assume, 1)
    assert compiled_as_plain(strategic.cheque, v, worth, w.assume)
    firms = firm, startup(**WORTH, pivot_month=0, u_strategic=v, u_cheque=u), giant()
    assert step_as_plain(strategic.step, lambda: world(*firms, told=True, **values))
