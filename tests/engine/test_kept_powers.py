"""Powers and logarithms that are kept between changes are those of the month, also after a dated change."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from industries import LIVELY, scenario, walk
from worlds import later, startup, world

from sim.foundation.maths import power
from sim.industry import burn

EVENTS = {
    "moves": {"date": "2025-01", "set": {"firms.abroad.overseas": 0.2, "firms.crowd.overseas": {"plus": 0.3}}},
    "winners": {"date": "2025-06", "until": "2025-09", "set": {"assumptions.scale.winner_take": {"times": 2}}},
    "home": {"date": "2026-02", "until": "2026-04", "set": {"assumptions.overseas.on": 0}},
}


def test_a_dated_change_refreshes_how_efforts_are_split():
    seen = walk(scenario(LIVELY, events=EVENTS), 8)
    living = seen.firms["status"][1:] == 1
    overseas, taking = seen.firms["overseas"][1:], seen.market["taking"][1:]
    abroad_on = seen.assume["overseas_on"][1:]
    values = set()
    for month, w, f in np.argwhere(living):
        exponent, there = float(taking[month, w]), float(overseas[month, w, f])
        firm = seen.firms[month + 1, w, f]
        assert firm["part_home"] == power(1.0 - there, exponent)
        assert firm["part_abroad"] == (power(there, exponent) if abroad_on[month, w] == 1.0 else 0.0)
        values.add((there, exponent, float(abroad_on[month, w])))
    assert len({exponent for _, exponent, _ in values}) == 2 and {on for *_, on in values} == {0.0, 1.0}
    assert len({there for there, *_ in values}) >= 4


SHARES = st.just(0.0) | st.floats(1e-6, 1.0)


@given(SHARES, SHARES, st.integers(0, 40))
def test_leases_that_have_ended_change_nothing_and_are_not_looked_at(keep, least, months):
    """The organisation of a pivoted firm is the same as if its powers were taken in every month."""
    w = world(startup(pivot_month=0, organisation=3.0), burn_keep_pivoted=keep, pivot_overhead=least)
    by_hand = 3.0
    for tick in range(1, months + 1):
        now = later(w, tick)
        burn.wages(now)
        burn.shrink(now, 0)
        by_hand *= burn.shrinks(w.firms[0], w.assume, tick)
        assert w.firms[0].organisation == by_hand


def test_a_dated_change_of_leases_counts_from_its_month():
    w = world(startup(pivot_month=0), burn_keep_pivoted=0.5, pivot_overhead=0.25)
    for tick, least, organisation in ((1, 0.25, 0.5), (2, 0.25, 0.25), (8, 0.25, 0.25), (9, 0.0, 0.125)):
        w.assume.pivot_overhead = least
        now = later(w, tick)
        burn.wages(now)
        burn.shrink(now, 0)
        assert w.firms[0].organisation == organisation
