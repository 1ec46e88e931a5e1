"""Facts against worlds laid out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from synthetic_runs import START, block_of, firm, scenario, still

from sim.foundation.columns import ACQUIRED
from sim.outcomes.amounts import amounts
from sim.outcomes.claims import holds
from sim.outcomes.hindcast import (
    BASE_RATE,
    BRIER,
    CRPS,
    DEFAULTS,
    FEWEST_WORLDS,
    PERSISTENCE,
    TEST_WINDOW,
    TRAINING_WINDOW,
    WORLDS,
    Judged,
    Seen,
    distances,
    event_scores,
    events_told,
    measured,
    number_scores,
    seen_in,
    window_of,
)
from sim.scenario.model import LARGEST, SUM, Claim, Probe, Reported

FIRMS = (firm("a"), firm("b"), firm("g", "giant"))
END = START + 11
YEAR = (START, END)
PROBES = (
    Probe("a", "cash", END),
    Probe("a", "revenue", END, START, SUM),
    Probe("b", "revenue", END, START, SUM),
    Probe("a", "money_in", END, START, LARGEST),
    Probe("b", "money_in", END, START, LARGEST),
    Probe("a", "gap", END),
    Probe("b", "gap", END),
    Probe("g", "gap", END),
)
REVENUE = {"firm": "a", "quantity": "revenue", "sum": YEAR}
MOST = {"firm": "a", "quantity": "money_in", "largest": YEAR}
RAISED = {"of": "pair", "quantity": "money_in", "largest": YEAR, "above": 1.0}
NAN = np.nan
#               cash  revenue   largest    gaps of a, b, g
VALUES = [
    [10.0, 100.0, 20.0, 5.0, 7.0, 0.1, 0.2, 0.3],
    [20.0, 200.0, 30.0, 0.0, 8.0, 0.3, 0.2, 0.1],
    [NAN, 50.0, 40.0, 2.0, NAN, NAN, 0.2, 0.4],  # a is bought in month 6, b never raised
]


def asked(facts=(), reported=()):
    import dataclasses

    made = scenario(FIRMS, 12, {"pair": ("a", "b"), "startups": ("a", "b"), "giants": ("g",)}, (), facts, PROBES)
    return dataclasses.replace(made, reported=reported)


def worlds(made):
    histories = still(3, 3)
    histories["exit_month"][2, 0], histories["fate"][2, 0] = 6, ACQUIRED
    return block_of(made, histories, probes=np.array(VALUES))


def same(found, expected):
    np.testing.assert_allclose(found, expected)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"firm": "a", "quantity": "cash", "at": END}, [10, 20, NAN]),
        ({"firm": "a", "quantity": "cash", "at": END, "times": 2.0}, [20, 40, NAN]),
        ({"firm": "a", "quantity": "revenue", "sum": YEAR}, [100, 200, 50]),
        ({"firm": "a", "quantity": "revenue", "mean": YEAR}, [100 / 12, 200 / 12, 50 / 12]),
        ({"of": "pair", "quantity": "revenue", "sum": YEAR}, [120, 230, 90]),
        ({"of": "pair", "quantity": "money_in", "largest": YEAR}, [7, 8, 2]),
        ({"ratio": (REVENUE, {**REVENUE, "firm": "b"})}, [5, 200 / 30, 1.25]),
        ({"ratio": ({**REVENUE, "firm": "b"}, MOST)}, [4, NAN, 20]),
        (
            {"plus": ({"firm": "a", "quantity": "cash", "at": END}, {"firm": "a", "quantity": "revenue", "sum": YEAR})},
            [110, 220, NAN],
        ),
    ],
)
def test_amounts(said, expected):
    made = asked()
    same(amounts(said, worlds(made), made), expected)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"firm": "a", "quantity": "money_in", "largest": YEAR, "above": 1.0}, [1, 0, 1]),
        ({"of": "pair", "quantity": "revenue", "sum": YEAR, "above": 100.0}, [1, 1, 0]),
        (
            {"count": RAISED, "between": (2, 2)},
            [1, 0, 0],
        ),
        ({"count": RAISED, "at_least": 1}, [1, 1, 1]),
        ({"firm": "a", "among": 1, "of": "pair", "at": END}, [1, 0, 0]),
        ({"firm": "b", "among": 1, "of": "pair", "at": END}, [0, 1, 1]),
        ({"firm": "a", "among": 2, "of": "pair", "at": END}, [1, 1, 0]),  # who is gone leads nobody
        ({"leads": "startups", "at": END}, [1, 0, 1]),
        ({"leads": "giants", "at": END}, [0, 1, 0]),
    ],
)
def test_propositions_on_amounts(said, expected):
    made = asked()
    same(holds(said, worlds(made), made), expected)


def fact(**more):
    return Reported("f", "says", "P-1", REVENUE, None, 120.0, 120.0, 0.1, **more)


def test_a_number_counts_where_its_firm_is_there_at_the_end_and_given_is_true():
    made = asked(reported=(fact(),))
    same(measured(made.reported[0], worlds(made), made), [100, 200, NAN])
    given = {"firm": "a", "quantity": "money_in", "largest": YEAR, "above": 1.0}
    made = asked(reported=(Reported("f", "", "", REVENUE, given, 1.0, 1.0, 0.1),))
    same(measured(made.reported[0], worlds(made), made), [100, NAN, NAN])


def test_the_window_is_that_of_the_last_month():
    assert window_of(fact(), END) == TRAINING_WINDOW
    assert window_of(fact(), END - 1) == TEST_WINDOW


def event(name, tick, happened, **more):
    when = {"firm": "a", "fate": "acquired", "by": START + tick - 1}
    return Claim(name, name, "P-1", when, None, happened, "exit", **more)


def test_events_are_scored_beside_their_base_rate_persistence_and_defaults():
    facts = (event("early", 5, False, before=False), event("late", 7, True, before=False))
    made = asked(facts)
    seen = seen_in(made, [worlds(made)])
    plain = seen_in(made, [block_of(made, still(2, 3), probes=np.array(VALUES[:2]))])  # nobody is bought there
    told = {one.fact.id: one for one in events_told(seen, plain, START)}
    late = told["late"].forecasts
    assert late[WORLDS].probability == pytest.approx(1 / 3) and late[WORLDS].cases == 3
    assert (late[BASE_RATE].probability, late[DEFAULTS].probability, late[PERSISTENCE].probability) == (0.0, 0.0, 0.0)
    rows = {
        (s.score, s.forecast): s
        for s in event_scores(list(told.values()))
        if s.window == TEST_WINDOW and s.kind == "all"
    }
    assert rows[BRIER, WORLDS].mean.value == pytest.approx(((2 / 3) ** 2 + 0) / 2)
    assert rows[BRIER, BASE_RATE].mean.value == pytest.approx((1 + 1) / 2)
    assert rows[BRIER, BASE_RATE].gain.value == pytest.approx(1 - (4 / 9) / 2)
    assert told["late"].impossible is False and events_told(plain, plain, START)[1].impossible is True


def judged(reported=(120.0, 120.0), values=None, before=None):
    values = np.arange(200.0) if values is None else values
    return Judged(fact(before=before), TEST_WINDOW, values, np.arange(200.0) * 2)


def test_crps_is_in_units_of_the_spread_of_the_defaults():
    found = distances(judged(values=np.full(200, 110.0), before=100.0))
    unit = float((np.arange(200.0) * 2).std())
    assert found[WORLDS] == pytest.approx(10 / unit)
    assert found[PERSISTENCE] == pytest.approx(20 / unit)
    assert math.isnan(distances(judged(before=None))[PERSISTENCE])


def test_few_worlds_judge_nothing():
    few = judged(values=np.arange(FEWEST_WORLDS - 1.0))
    assert not few.counts and math.isnan(distances(few)[WORLDS])
    rows = {row.score: row for row in number_scores([few]) if row.window == TEST_WINDOW and row.forecast == WORLDS}
    assert rows[CRPS].mean.facts == 0 and rows["inside 90%"].mean.facts == 0


def test_where_a_number_lies():
    assert judged(values=np.arange(160.0)).where == "90%"
    assert judged(values=np.arange(60.0, 180.0)).where == "50%"
    assert judged(values=np.append(np.zeros(199), 300.0)).where == "no"
    assert judged(values=np.zeros(200)).where == "outside all"
    assert judged(values=np.zeros(200)).too_low


def test_a_scenario_without_facts_has_nothing_to_tell():
    assert seen_in(asked(), [worlds(asked())]) == Seen(asked(), {}, {}, 3)
