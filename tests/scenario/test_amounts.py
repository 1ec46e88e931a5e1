"""Amounts: what a fact may measure, and what is said of a wrong one."""

from __future__ import annotations

from typing import Any

import pytest
from small_scenario import minimal
from test_propositions import FIRMS

from sim.foundation.errors import InputError
from sim.foundation.months import month_of
from sim.scenario.load import load_mapping
from sim.scenario.model import LARGEST, SUM, Probe

YEAR = ["2024-01", "2024-12"]
MONTHS = (month_of("2024-01"), month_of("2024-12"))
CASH = {"firm": "a", "quantity": "cash", "at": "2024-06"}
REVENUE = {"firm": "a", "quantity": "revenue", "sum": YEAR}


def stated(**fact: Any) -> Any:
    """The scenario with one fact, a number."""
    return load_mapping(minimal(firms=FIRMS, groups={"both": ["a", "b"]}, facts={"f": {"reported": 1, **fact}}))


def measured(measure: Any) -> Any:
    return stated(measure=measure).reported[0].measure


@pytest.mark.parametrize(
    ("measure", "probes"),
    [
        (CASH, {Probe("a", "cash", month_of("2024-06"))}),
        (REVENUE, {Probe("a", "revenue", MONTHS[1], MONTHS[0], SUM)}),
        ({**REVENUE, "times": 12}, {Probe("a", "revenue", MONTHS[1], MONTHS[0], SUM)}),
        ({"firm": "a", "quantity": "burn_month", "mean": YEAR}, {Probe("a", "burn_month", MONTHS[1], MONTHS[0], SUM)}),
        (
            {"of": "both", "quantity": "revenue", "largest": YEAR},
            {Probe(firm, "revenue", MONTHS[1], MONTHS[0], LARGEST) for firm in ("a", "b")},
        ),
        (
            {"market": "business_at_home", "sum": YEAR},
            {Probe(None, "business_at_home", MONTHS[1], MONTHS[0], SUM)},
        ),
        (
            {"ratio": [CASH, {"plus": [CASH, REVENUE]}]},
            {Probe("a", "cash", month_of("2024-06")), Probe("a", "revenue", MONTHS[1], MONTHS[0], SUM)},
        ),
    ],
)
def test_what_may_be_measured_and_what_worlds_are_asked_for(measure, probes):
    assert set(stated(measure=measure).probes) == probes


def test_dates_are_months_and_shares_of_a_whole_stay():
    assert measured(REVENUE) == {"firm": "a", "quantity": "revenue", "sum": MONTHS}
    assert measured({"ratio": [CASH, REVENUE], "times": 2})["times"] == 2.0


@pytest.mark.parametrize(
    ("measure", "words"),
    [
        ({}, "no amount"),
        ({"firm": "a", "quantity": "cash"}, "0 of at, sum, mean, largest"),
        ({**CASH, "sum": YEAR}, "2 of at, sum, mean, largest"),
        ({"quantity": "cash", "at": "2024-06"}, "0 of firm, of"),
        ({**CASH, "of": "both"}, "2 of firm, of"),
        ({**CASH, "quantity": "csh"}, "nearest: cash"),
        ({**REVENUE, "sum": ["2024-12", "2024-01"]}, "last month before the first"),
        ({**REVENUE, "sum": ["2024-01"]}, "a list of 1"),
        ({**REVENUE, "sum": ["2024-01", "2099-01"]}, "after the horizon"),
        ({"firm": "b", "quantity": "cash", "at": "2024-06"}, "the accounts of a giant are open"),
        ({"of": "both", "quantity": "cash", "at": "2024-06"}, "the accounts of a giant are open"),
        ({"of": "lab", "quantity": "cash", "at": "2024-06"}, "no firm that stands alone"),
        ({"market": "venture_year", "sum": YEAR}, "observed once a year"),
        ({"market": "venture_year", "at": "2024-06"}, "a December"),
        ({"ratio": [CASH]}, "a list of 1"),
        ({"ratio": [CASH, REVENUE], "plus": [CASH, CASH]}, "more than one amount"),
        ({**CASH, "times": -1}, "outside its bounds"),
    ],
)
def test_what_may_not_be_measured(measure, words):
    with pytest.raises(InputError) as caught:
        measured(measure)
    assert words in str(caught.value)


def test_what_was_reported_is_a_number_a_range_or_a_bound():
    for reported, ends in (
        (3, (3.0, 3.0)),
        ([1, 2], (1.0, 2.0)),
        ({"at_least": 5}, (5.0, float("inf"))),
        ({"at_most": 5}, (float("-inf"), 5.0)),
    ):
        fact = stated(measure=CASH, reported=reported).reported[0]
        assert (fact.low, fact.high) == ends


@pytest.mark.parametrize(
    ("reported", "words"),
    [
        ([2, 1], "low above high"),
        ({}, "no bound"),
        ({"at_least": 1, "at_most": 2}, "two bounds"),
        ("many", "not a number"),
    ],
)
def test_a_wrong_report_is_told(reported, words):
    with pytest.raises(InputError, match=words):
        stated(measure=CASH, reported=reported)


def test_a_fact_is_an_event_or_a_number():
    with pytest.raises(InputError, match="happened"):
        stated(measure=CASH, happened=True)
    with pytest.raises(InputError, match="reported"):
        load_mapping(minimal(firms=FIRMS, facts={"f": {"measure": CASH}}))
