"""Forecasts by scenario: grouped by document, scored, and printed in any width."""

from __future__ import annotations

import sys

import pytest
from rich.console import Console

from sim.cli import terminal
from sim.outcomes.forecasts import OTHER_SOURCES, WHAT_HAPPENED, group_of, labels, score, side_by_side


def row(scenario, claim, probability, source="S001-01", happened=None, says="It comes."):
    """A row of a ledger."""
    low, high = (None, None) if probability is None else (max(probability - 0.1, 0.0), min(probability + 0.1, 1.0))
    given = {
        "scenario": scenario,
        "claim": claim,
        "says": says,
        "asked": "It comes by 2030",
        "source": source,
        "happened": happened,
    }
    return {**given, "probability": probability, "low": low, "high": high, "worlds": 100}


@pytest.fixture
def ledgers():
    return {
        "base": [
            row("base", "sure", 0.9),
            row("base", "later", 0.2, "S003-03"),
            row("base", "page", 0.6, "P-MK-05"),
            row("base", "seen", 0.8, happened=True),
            row("base", "not-seen", 0.8, happened=False),
        ],
        "other": [
            row("other", "first", 0.7, "S000-01"),
            row("other", "sure", 0.4, says="Other words."),
            row("other", "later", None, "S003-03"),
            row("other", "seen", 0.3, happened=True),
        ],
    }


def test_documents():
    assert group_of("S001-19", False) == "document 001"
    assert group_of("P-HK-01, S002-06 and S001-01", False) == "document 002"
    assert group_of("P-MK-05", False) == group_of("", False) == OTHER_SOURCES
    assert group_of("S001-19", True) == WHAT_HAPPENED


def test_the_same_id_is_the_same_claim_and_documents_come_in_order(ledgers):
    found = side_by_side(ledgers)
    assert [(one.group, one.claim) for one in found] == [
        ("document 000", "first"),
        ("document 001", "sure"),
        ("document 003", "later"),
        (OTHER_SOURCES, "page"),
        (WHAT_HAPPENED, "seen"),
        (WHAT_HAPPENED, "not-seen"),
    ]
    assert list(found[1].rows) == ["base", "other"]
    assert found[1].says == "It comes."
    assert list(found[0].rows) == ["other"]


def test_a_claim_and_a_fact_of_one_id_are_two(ledgers):
    ledgers["base"].append(row("base", "sure", 0.1, happened=True))
    assert [one.group for one in side_by_side(ledgers) if one.claim == "sure"] == ["document 001", WHAT_HAPPENED]


def test_right_is_more_than_half_and_facts_are_held_to_what_happened(ledgers):
    found = {one.claim: one for one in side_by_side(ledgers)}
    assert [found["sure"].right(name) for name in ("base", "other")] == [True, False]
    assert [found["later"].right(name) for name in ("base", "other")] == [False, None]
    assert [found["seen"].right(name) for name in ("base", "other")] == [True, False]
    assert [found["not-seen"].right(name) for name in ("base", "other")] == [False, None]
    assert score(found.values(), "base") == (3, 5)
    assert score(found.values(), "other") == (1, 3)
    half = side_by_side({"x": [row("x", "even", 0.5)]})
    assert half[0].right("x") is False


def test_labels():
    assert labels(["a", "b", "a", "a"]) == ["a", "b", "a (2)", "a (3)"]


def test_the_matrix_as_printed(ledgers, capsys):
    terminal.claims_matrix(side_by_side(ledgers), list(ledgers))
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == ["claim", "base", "other"]
    cells = {line.split()[0]: line.split()[1:] for line in lines if line.startswith("   ") and line.strip()}
    assert cells["sure"] == ["90.0", "±10.0", "40.0", "±10.0"]
    assert cells["later"] == ["20.0", "±10.0", "–"]
    assert cells["first"] == ["–", "70.0", "±10.0"]
    assert next(line for line in lines if line.startswith(" document 003")).split()[2:] == ["0", "of", "1", "–"]
    assert next(line for line in lines if line.startswith(f" {WHAT_HAPPENED}")).split()[2:] == [
        "1",
        "of",
        "2",
        "0",
        "of",
        "1",
    ]
    assert "not-seen: It comes. (happened: no); asked: It comes by 2030 [S001-01]" in lines


@pytest.mark.parametrize("width", [40, 80, 120, 200])
@pytest.mark.parametrize("scenarios", [1, 6, 7, 40])
def test_no_name_and_no_number_is_broken_at_any_width(scenarios, width, monkeypatch, capsys):
    """At 40 columns a line is longer than the terminal, as one scenario and a long id need it."""
    monkeypatch.setattr(terminal, "console", lambda: Console(file=sys.stdout, width=width, markup=False))
    names = [f"scenario-with-a-name-{number}" for number in range(scenarios)]
    claims = ["short", "a-claim-with-an-id-of-more-letters-than-anybody-needs-to-tell-it"]
    ledgers = {name: [row(name, claim, 0.5, says="word " * 60) for claim in claims] for name in names}
    terminal.claims_matrix(side_by_side(ledgers), names)
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= max(width, len(claims[1]) + 1)
    assert out.count("50.0 ±10.0") == 2 * scenarios
    heads = [line for line in out.splitlines() if line.startswith(" claim ")]
    assert sum(len(line.split()) - 1 for line in heads) == scenarios


def test_no_claims(capsys):
    terminal.claims_matrix([], ["base"])
    assert capsys.readouterr().out == "No claims and no facts are stated.\n"
