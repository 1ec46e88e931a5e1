"""Rounds: how much new dry powder comes in, by climate, open exits and returns of listed peers."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from worlds import bounded, world

from sim.foundation.columns import COLD, HOT, NORMAL
from sim.industry import rounds


def test_the_inflow_by_hand():
    """1,000 of a normal climate, half as much again from exits open for half of the year, e ** 0.2 from dear peers."""
    pull = {"rounds_inflow_normal": 1000.0, "rounds_exit_pull": 1.0, "rounds_return_pull": 0.5}
    w = world(market={"climate": NORMAL, "exits": 0.5, "peer_returns": 0.4}, **pull, rounds_return_most=1.0)
    assert rounds.inflow(w.market, w.assume) == approx(1500.0 * math.exp(0.2), rel=1e-14)
    for returns, most in ((9.0, 1.0), (-9.0, -1.0)):
        w = world(market={"climate": NORMAL, "peer_returns": returns}, **pull, rounds_return_most=1.0)
        assert rounds.inflow(w.market, w.assume) == approx(1000.0 * math.exp(most), rel=1e-14)


def test_without_pull_the_inflow_is_the_climates():
    none = {"rounds_exit_pull": 0.0, "rounds_return_pull": 0.0, "rounds_inflow_cold": 650.0}
    w = world(market={"climate": COLD, "exits": 1.0, "peer_returns": 2.0}, **none)
    assert rounds.inflow(w.market, w.assume) == 650.0


@given(
    bounded("rounds_exit_pull", "rounds_return_pull", "rounds_return_most"),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(-3, 3),
    st.floats(0, 3),
    st.sampled_from([HOT, NORMAL, COLD]),
)
def test_open_exits_and_dear_peers_bring_no_less_capital(values, one, two, returns, more, climate):
    def flows(exits, returns):
        market = {"climate": climate, "exits": exits, "peer_returns": returns}
        w = world(market=market, **values)
        return float(rounds.inflow(w.market, w.assume))

    assert flows(max(one, two), returns) >= flows(min(one, two), returns)
    assert flows(one, returns + more) >= flows(one, returns)
