"""The name of a method on a page is that of the function that computed the interval."""

from __future__ import annotations

from typing import Any

import made_up
import pytest

from sim.outcomes import differences, fates, intervals
from sim.report.pages import compare, sensitivity, whatif
from sim.report.pages import report as run_page
from sim.report.run_reader import reader_of
from sim.report.tables import of_run
from sim.words import numbers


def test_pages_name_what_computes(monkeypatch: pytest.MonkeyPatch, run: Any) -> None:
    """Another method in the place that computes gives another name on the pages, and no other."""
    assert "Tango" in str(whatif.terms()) and "Tango" in str(compare.terms())
    assert "design effect" not in str((whatif.terms(), compare.terms()))
    monkeypatch.setattr(differences, "PAIRED_SHARES", intervals.pooled_wilson)
    assert "design effect" in str(whatif.terms()) and "design effect" in str(compare.terms())
    assert "Tango" not in str((whatif.terms(), compare.terms()))
    assert intervals.METHODS[fates.OF_FIRM] in of_run.fates_table(reader_of(run)).caption
    assert intervals.METHODS[fates.OF_GROUP] in of_run.fates_table(reader_of(run)).caption


def test_the_named_method_is_the_one_that_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The share of a firm changes with OF_FIRM: the name and the numbers have one source."""
    made = made_up.scenario((made_up.firm("alpha", "Alpha"),), ticks=24, claims=())
    counts = fates.FateCounts(made)
    counts.add(made_up.block(made, 100))
    monkeypatch.setattr(fates, "OF_FIRM", lambda share, worlds: (share * 0 - 1, share * 0 + 2))
    _, low, high = counts.incidence("alpha", "closed")
    assert set(low) == {-1.0} and set(high) == {2.0}


def test_the_numbers_of_a_design_are_those_it_is_made_with(monkeypatch: pytest.MonkeyPatch) -> None:
    """By hand: 4 values have steps of 4 / (2 x 3) = two thirds; without a twentieth on each side 90% are left."""
    said = sensitivity.designs()["morris"]
    assert "the middle 90% of all distributions" in said and "one step, two thirds of that range" in said
    monkeypatch.setattr(sensitivity, "STEP", 6 / (2 * (6 - 1)))
    monkeypatch.setattr(sensitivity, "TAIL", 0.1)
    other = sensitivity.designs()["morris"]
    assert "the middle 80% of all distributions" in other and "one step, three fifths of that range" in other


def test_counts_on_the_page_of_a_run_are_those_of_its_tables(run: Any) -> None:
    """What a line to click on counts is what lies behind it; each of the seven startups has a value of its own."""
    sections = {section.id: section for section in run_page.document_of(run).sections}
    values, left = sections["assumptions"].blocks[-2:]
    assert values.summary == "Values of single firms (7 firms)" and len(values.blocks) == 7
    assert left.summary.startswith(f"Defaults: {len(left.blocks[0].rows)} assumptions")
    assert sections["worlds"].title == "Three worlds as they went"
    evidence = sections["evidence"].blocks[0]
    assert evidence.summary == numbers.count(len(evidence.blocks[0].rows), "fact").capitalize()
