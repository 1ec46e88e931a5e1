"""What every size rests on: training facts, the documents, test facts, a paper or nothing; no default on test facts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.foundation.assumption import Assumption
from sim.foundation.months import month_of
from sim.laws.catalogue import ASSUMPTIONS, FIRM_ASSUMPTIONS
from sim.scenario import basis, evidence
from sim.scenario.basis import rests_on
from sim.scenario.load import load, load_text
from sim.scenario.model import Scenario
from sim.scenario.params import rows
from tools.docs.documents import assumptions

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = sorted((ROOT / "scenarios").glob("*.yaml"))
JANUARY_2025 = month_of("2025-01")
DEFAULTS = {**ASSUMPTIONS, **{f"firms.<id>.{name}": declared for name, declared in FIRM_ASSUMPTIONS.items()}}


@pytest.mark.parametrize(
    ("source", "mark"),
    [
        ("P-ZP-16", "T"),  # of 2023
        ("P-ZP-24", "X"),  # of the first half of 2025
        ("P-ZP-23, P-ZP-24", "X"),  # what needs a fact of 2025 rests on it
        ("P-MK-02", "X"),  # of 2023 to 2025
        ("P-MK-02; growth from 2023 to 2024: T", "T"),
        ("S001-21", "D"),  # 24 to 36 months, said in April 2026
        ("S001-10", "X"),  # Zhipu's loss of 2025, though a document reports it
        ("S003-13", "T"),  # a document of 2024
        ("S001-17", ""),  # says that Kimi has a niche, not how large it is
        ("S001-17; size: assumption", "assumption"),
        ("S001-21; size: D", "D"),
        ("D", "D"),
        ("assumption", "assumption"),
        ("form: Sutton (1998)", "paper"),
        ("form: Sutton (1998); size: assumption", "assumption"),
        ("--set", ""),
        ("our own view of Datang", ""),
    ],
)
def test_marks_by_hand(source, mark):
    assert rests_on(source) == mark


def unmarked(declared: Assumption) -> str:
    """What is wrong with the mark of a default; "" where nothing is."""
    mark = rests_on(declared.source)
    if mark == basis.UNSAID:
        return "no source says the size"
    return "a size fitted to facts after 2024" if mark == basis.TEST else ""


def test_every_default_has_a_mark_and_none_rests_on_facts_after_2024():
    wrong = {path: f"{unmarked(declared)}: {declared.source}" for path, declared in DEFAULTS.items()}
    assert {path: text for path, text in wrong.items() if not text.startswith(":")} == {}


@pytest.mark.parametrize("source", ["P-HK-18", "P-ZP-54, P-MM-42", "S001-17", "common sense", "P-ZP-23, P-ZP-24"])
def test_a_default_with_later_evidence_alone_or_with_none_is_flagged(source):
    assert unmarked(Assumption("a", 1, "ratio", 0, 2, "what it is", source))
    assert not unmarked(Assumption("a", 1, "ratio", 0, 2, "what it is", f"{source}; size: assumption"))


def stated(scenario: Scenario) -> Iterator[tuple[str, str, int]]:
    """(path, source, last calendar month in which it can be an input) of every value and change."""
    for path, value in scenario.assumptions.items():
        yield path, value.source, scenario.start
    for firm in scenario.firms:
        enters = scenario.start if firm.enters is None else max(firm.enters, scenario.start)
        for name, value in firm.values.items():
            yield f"firms.{firm.id}.{name}", value.source, enters
    for change in scenario.changes:
        until = scenario.end if change.last is None else change.last
        yield f"{change.origin}: {change.path}", change.value.source, until


def problems(scenario: Scenario) -> list[str]:
    """Values without a mark, and sizes on test facts that are no inputs of that time."""
    found = []
    for path, source, last in stated(scenario):
        mark = rests_on(source)
        if mark == basis.UNSAID:
            found.append(f"{path}: no source says the size: {source}")
        elif mark == basis.TEST and last < JANUARY_2025:
            found.append(f"{path}: a size before 2025 fitted to facts after 2024: {source}")
    return found


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_value_of_a_scenario_has_a_mark_and_test_facts_are_inputs_of_their_time(path):
    assert problems(load(path)) == []


TEXT = """
name: small
start: 2023-07
end: 2026-08
firms:
  alpha:
    name: Alpha
    kind: startup
    enters: {enters}
    cash: {{value: 100, source: "{cash}"}}
events:
  e: {{date: 2023-08, until: {until}, set: {{assumptions.exchange.window: 0.5}}, source: P-HK-06}}
"""


@pytest.mark.parametrize(
    ("enters", "cash", "until", "wrong"),
    [
        ("2023-07", "P-ZP-02", "2025-05", 0),
        ("2023-07", "P-ZP-25", "2025-05", 1),  # cash of June 2025 for a firm that enters in 2023
        ("2025-06", "P-ZP-25", "2025-05", 0),
        ("2023-07", "S001-17", "2025-05", 1),
        ("2023-07", "P-ZP-02", "2024-12", 1),  # the channel of May 2025 in an event that ends before
    ],
)
def test_a_test_fact_is_an_input_of_its_time_only(enters, cash, until, wrong):
    assert len(problems(load_text(TEXT.format(enters=enters, cash=cash, until=until)))) == wrong


def test_who_says_that_a_size_is_of_the_training_years_names_a_fact_of_them():
    sources = {declared.source for declared in DEFAULTS.values()}
    sources |= {source for path in SCENARIOS for _, source, _ in stated(load(path))}
    said = [source for source in sources if source.endswith(": T")]
    assert len(said) > 3
    for source in said:
        named = [evidence.known()[id] for id in evidence.ID.findall(source)]
        told = [row for row in named if min(basis.years({"date": row["date"] + " " + row["fact"]})) <= 2024]
        assert told, source


def test_marks_are_shown_beside_the_source():
    row = next(row for row in rows() if row["path"] == "assumptions.listing.test_from")
    assert (row["rests_on"], row["source"]) == ("D", "S001-21")
    assert "| 24 | 1 to 240 | D | S001-21 |" in assumptions()
    assert all(meaning in assumptions() for meaning in basis.MEANINGS.values())
