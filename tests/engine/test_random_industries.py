"""Any valid scenario keeps every invariant: mechanisms on or off, assumptions and firms anywhere in their bounds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import test_accounts
import test_invariants
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from industries import Walk, walk

from sim.foundation.assumption import Assumption
from sim.laws.catalogue import ASSUMPTIONS, FIRM_ASSUMPTIONS, MECHANISMS
from sim.scenario.load import load_mapping

WORLDS = 3
MOST_FIRMS = 6
INVARIANTS: tuple[Callable[[Walk], None], ...] = (
    test_invariants.test_every_value_stays_finite,
    test_invariants.test_every_value_stays_inside_its_bounds,
    test_invariants.test_shares_and_the_outside_option_sum_to_one,
    test_invariants.test_a_gone_firms_row_never_changes_again,
    test_invariants.test_statuses_only_go_forward,
    test_invariants.test_what_happens_once_is_dated_once,
    test_invariants.test_nothing_happens_after_a_firm_left_or_before_it_came,
    test_invariants.test_events_and_dates_tell_the_same_story,
    test_invariants.test_a_firm_is_abandoned_after_it_listed,
    test_accounts.test_change_in_cash_is_inflows_minus_outflows,
    test_accounts.test_a_months_opening_balance_is_the_last_ones_closing_balance,
)


def value_of(declared: Assumption) -> st.SearchStrategy[Any]:
    """Anything the declaration allows, its bounds and its neighbourhood among it; now and then uncertain."""
    low, high = declared.low, declared.high
    if declared.decides:
        return st.sampled_from(["rule", "never", *(f"2024-{month:02d}" for month in range(1, 7))])
    if declared.whole:
        return st.integers(int(low), int(high))
    least, most = sorted((declared.default * 0.2, declared.default * 5))
    near = st.floats(max(low, least), max(min(high, most), low))
    inside = st.one_of(st.just(low), st.just(high), st.just(declared.default), near, st.floats(low, high))
    number = inside.map(lambda x: float(min(max(x, low), high)))
    spread = st.tuples(number, number).map(lambda two: {"uniform": sorted(two)})
    return st.one_of(number, number, spread)


def dated(declared: Assumption) -> st.SearchStrategy[Any]:
    """What an event may do to it."""
    if declared.whole:
        return value_of(declared)
    return st.one_of(value_of(declared), st.floats(0, 3).map(lambda x: {"times": x}))


@st.composite
def industries(draw: st.DrawFn, longest: int = 20) -> dict[str, Any]:
    """A valid scenario as plain data, of at most ``longest`` months."""
    months = draw(st.integers(6, longest))
    last = 2024 * 12 + months - 1
    firms = {}
    for number in range(draw(st.integers(1, MOST_FIRMS))):
        firm: dict[str, Any] = {"kind": draw(st.sampled_from(["startup", "startup", "startup", "giant"]))}
        for name in draw(st.sets(st.sampled_from(sorted(FIRM_ASSUMPTIONS)), max_size=10)):
            firm[name] = draw(value_of(FIRM_ASSUMPTIONS[name]))
        if draw(st.integers(0, 4)) == 0:
            firm["enters"] = "2024-04"
        elif firm["kind"] == "startup" and draw(st.integers(0, 4)) == 0:
            firm[draw(st.sampled_from(["listed", "pivoted"]))] = "2023-05"
        if draw(st.integers(0, 9)) == 0:
            firm["copies"] = 3
        firms[f"firm-{number}"] = firm
    assumptions: dict[str, dict[str, Any]] = {}
    for mechanism in draw(st.sets(st.sampled_from([m.name for m in MECHANISMS]), max_size=6)):
        assumptions[mechanism] = {"on": 0}
    for path in draw(st.sets(st.sampled_from(sorted(ASSUMPTIONS)), max_size=14)):
        _, mechanism, name = path.split(".")
        assumptions.setdefault(mechanism, {})[name] = draw(value_of(ASSUMPTIONS[path]))
    events = {}
    for number, path in enumerate(draw(st.lists(st.sampled_from(sorted(ASSUMPTIONS)), max_size=3))):
        events[f"event-{number}"] = {"date": "2024-03", "set": {path: draw(dated(ASSUMPTIONS[path]))}}
    return {
        "name": "random",
        "start": "2024-01",
        "end": f"{last // 12}-{last % 12 + 1:02d}",
        "seed": draw(st.integers(0, 2**32 - 1)),
        "firms": firms,
        "assumptions": assumptions,
        "events": events,
    }


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(industries())
def test_every_invariant_holds_in_any_industry(data: dict[str, Any]) -> None:
    history = walk(load_mapping(data), WORLDS)
    for invariant in INVARIANTS:
        invariant(history)


@pytest.mark.slow
@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
@given(industries(longest=100))
def test_every_invariant_holds_in_many_industries_over_eight_years(data: dict[str, Any]) -> None:
    """So long that what overflows has the time to, and that listed firms are tested and abandoned."""
    history = walk(load_mapping(data), WORLDS)
    for invariant in INVARIANTS:
        invariant(history)


def test_fifty_years_of_the_fastest_and_dearest_frontier_stay_finite() -> None:
    """Costs, plans and asks would overflow a float if what keeping pace costs were not bounded by startups' means."""
    fastest = {"speed_year": 5, "speed_floor_year": 5, "cost_month": 10000, "cost_per_generation": 20}
    firms = {"firm-0": {"research_ambition": 100}, "firm-1": {"kind": "giant", "research_ambition": 100}}
    for share in (0, 0.5, 100):
        assumptions = {"frontier": {**fastest, "means_share": share}}
        data = {"name": "fast", "start": "2024-01", "end": "2073-12", "firms": firms, "assumptions": assumptions}
        history = walk(load_mapping(data), WORLDS)
        test_invariants.test_every_value_stays_finite(history)
        assert history.market["frontier"].max() > 200.0, "its trend alone would be 20 ** 200"


def test_eight_years_in_which_everything_feeds_on_itself_stay_finite() -> None:
    """Scale that lowers prices that raise volume, releases every month that teach, capability that opens demand."""
    data = {
        "name": "fed",
        "start": "2024-01",
        "end": "2031-12",
        "firms": {"firm-0": {"cash": 1e6}, "firm-1": {"kind": "giant", "reach": 100, "research_ambition": 100}},
        "assumptions": {
            "scale": {
                "strength": 3,
                "learning": 2,
                "volume_ref": 0.01,
                "ecosystem": 3,
                "match": 1,
                "price_floor": 1e-4,
            },
            "open_source": {"lag_months": 60, "pace": 1, "release": 0.95, "teaches": 5, "learned_most": 1000},
            "demand": {"opening": 10, "threshold": 0, "volume_elasticity": 2, "opened_most": 1e4},
            "frontier": {"speed_year": 5, "speed_floor_year": 5, "means_share": 100},
        },
    }
    history = walk(load_mapping(data), WORLDS)
    test_invariants.test_every_value_stays_finite(history)
    assert history.market["scale_price"].min() == 1e-4
    assert history.market["know_how"].max() == 1000.0
