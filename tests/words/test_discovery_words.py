"""Conditions of a tree as clauses, and its leaves as sentences."""

from __future__ import annotations

import math

import pytest

import sim
from sim.outcomes.discovery import Absent, Condition, Node
from sim.outcomes.drivers import Estimate
from sim.outcomes.market_state import BEGUN, HAS_BEGUN, MARKET, NUMBER_OF, QUANTITY, STATE, Feature
from sim.words.discovery import (
    LESS,
    LIKE_ALL,
    MORE,
    against_all,
    condition_in_words,
    leaf_in_words,
    node_in_words,
)

INFINITE = math.inf


@pytest.fixture(scope="module")
def scenario():
    return sim.load("six-dragons")


def of(name: str, low: float, high: float, firm: str = "minimax", kind: str = QUANTITY) -> Condition:
    return Condition(Feature(kind, firm, name), low, high)


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (of("runway", -INFINITE, 14), "MiniMax has cash for less than 14 months"),
        (of("runway", 9, 14), "MiniMax has cash for at least 9 months and less than 14 months"),
        (of("cash", 2900, INFINITE), "MiniMax has at least RMB 2,900 million in cash"),
        (of("revenue", -INFINITE, 55.5), "MiniMax earns less than RMB 55.5 million a month"),
        (of("gap", 0.23, INFINITE), "MiniMax is at least 0.23 generations behind the frontier"),
        (of("users", -INFINITE, 20), "MiniMax has less than 20 million monthly users"),
        (of("listed", 1, INFINITE, kind=STATE), "MiniMax has listed"),
        (of("listed", -INFINITE, 1, kind=STATE), "MiniMax has not listed"),
        (of("listed", 3, INFINITE, MARKET, NUMBER_OF), "at least three startups have listed"),
        (of("listed", -INFINITE, 1, MARKET, NUMBER_OF), "no startup has listed"),
        (of("listed", -INFINITE, 2, MARKET, NUMBER_OF), "at most one startup has listed"),
        (of("general", 3, 6, MARKET, NUMBER_OF), "three to five startups are in the general race"),
        (of("independent", 1, 2, MARKET, NUMBER_OF), "exactly one startup is independent"),
        (of("dry_powder", -INFINITE, 5e4, MARKET), "the dry powder is less than RMB 50,000 million"),
        (of("concentration", 0.3, INFINITE, MARKET), "the concentration of revenue (HHI) is at least 0.3"),
        (of(HAS_BEGUN, 1, INFINITE, MARKET, BEGUN), "the endgame has begun"),
        (of(HAS_BEGUN, -INFINITE, 1, MARKET, BEGUN), "the endgame has not begun"),
    ],
)
def test_conditions(scenario, condition, said):
    assert condition_in_words(scenario, condition, Absent(0, 0, 100)) == said


def test_who_is_not_there_is_said(scenario):
    poor, independent = of("cash", -INFINITE, 500), of("independent", -INFINITE, 1, kind=STATE)
    less = "MiniMax has less than RMB 500 million in cash"
    assert condition_in_words(scenario, poor, Absent(3, 0, 100)) == f"{less}, or is gone"
    assert condition_in_words(scenario, poor, Absent(3, 2, 100)) == f"{less}, or is gone or has not entered"
    assert condition_in_words(scenario, poor, Absent(100, 0, 100)) == "MiniMax is gone"
    assert condition_in_words(scenario, independent, Absent(0, 100, 100)) == "MiniMax has not entered"


def test_a_leaf_names_a_firm_once(scenario):
    conditions = (
        of("cash", -INFINITE, 500),
        of("listed", 3, INFINITE, MARKET, NUMBER_OF),
        of("runway", -INFINITE, 14),
    )
    leaf = Node(3, 2, "below", None, math.nan, conditions, 200, 0.2, 200, Estimate(0.19, 0.16, 0.23), {})
    says = node_in_words(scenario, leaf)
    assert says == (
        "MiniMax has less than RMB 500 million in cash, it has cash for less than 14 months and at least three "
        "startups have listed"
    )
    assert leaf_in_words(says, leaf.share).endswith("have listed: 19% (95% interval 16 to 23%)")


def test_a_leaf_is_told_apart_only_where_its_interval_is():
    assert against_all(Estimate(0.19, 0.16, 0.23), 0.2) == LIKE_ALL
    assert against_all(Estimate(0.19, 0.16, 0.23), 0.3) == LESS
    assert against_all(Estimate(0.19, 0.16, 0.23), 0.1) == MORE
    assert against_all(Estimate(math.nan, math.nan, math.nan), 0.1) == LIKE_ALL
