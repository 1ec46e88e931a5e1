"""The name of a method on a page is that of the function that computed the interval."""

from __future__ import annotations

from typing import Any

import made_up
import pytest

from sim.outcomes import differences, fates, intervals
from sim.report.pages import compare, what_if
from sim.report.run_reader import reader_of
from sim.report.tables import of_run


def test_pages_name_what_computes(monkeypatch: pytest.MonkeyPatch, run: Any) -> None:
    """Another method in the place that computes gives another name on the pages, and no other."""
    assert "Tango" in str(what_if.terms()) and "Tango" in str(compare.terms())
    assert "design effect" not in str((what_if.terms(), compare.terms()))
    monkeypatch.setattr(differences, "PAIRED_SHARES", intervals.pooled_wilson)
    assert "design effect" in str(what_if.terms()) and "design effect" in str(compare.terms())
    assert "Tango" not in str((what_if.terms(), compare.terms()))
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
