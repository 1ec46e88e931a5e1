"""The facts of the flagship: enough of each kind, in their window, none left out without a reason; and their tables."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest

import sim
from sim.foundation.months import month_of
from sim.outcomes.hindcast import TEST_WINDOW, TRAINING_WINDOW, date_of, window_of
from sim.scenario.evidence import ID, known
from sim.study.hindcast import facts_of
from sim.study.how import TRAINING_ENDS
from tools.calibration import tables
from tools.calibration.__main__ import DOCUMENT, FLAGSHIP, written

FIRST, LAST = month_of("2025-01"), month_of("2026-04")


@pytest.fixture(scope="module")
def flagship():
    return sim.load(FLAGSHIP)


def of_window(facts, window):
    return [fact for fact in facts if window_of(fact, month_of(TRAINING_ENDS)) == window]


def test_there_are_enough_facts_and_things_that_did_not_happen(flagship):
    events = of_window(flagship.facts, TEST_WINDOW)
    assert len(events) >= 26 and len(of_window(flagship.reported, TEST_WINDOW)) >= 29
    assert sum(not event.happened for event in events) >= 6
    assert len(of_window(flagship.reported, TRAINING_WINDOW)) >= 25


def test_no_fact_is_later_than_april_2026(flagship):
    assert max(date_of(fact) for fact in facts_of(flagship)) == LAST


def test_every_class_but_one_event_has_company(flagship):
    kinds = [event.kind for event in of_window(flagship.facts, TEST_WINDOW)]
    assert "" not in kinds
    assert {kind for kind in kinds if kinds.count(kind) == 1} == set()


def test_every_fact_names_rows_of_the_evidence(flagship):
    for fact in facts_of(flagship):
        named = ID.findall(fact.source)
        assert named and set(named) <= known().keys(), fact.id


def test_no_row_of_the_evidence_of_these_months_is_left_out_without_a_reason(flagship):
    used = {row for fact in of_window(facts_of(flagship), TEST_WINDOW) for row in ID.findall(fact.source)}
    pages = {row["id"] for row in known().values() if re.search("2025|2026", row["date"]) and row["id"][0] == "P"}
    left_out = tables.left_out()
    assert sorted(pages - used - left_out.keys()) == []
    assert sorted(left_out.keys() & used) == []
    assert left_out.keys() <= known().keys()


@pytest.fixture(scope="module")
def done():
    return sim.hindcast(FLAGSHIP, worlds=128)


def changed(done, frame, **columns):
    """``done`` with the first test row of a frame changed."""
    rows = getattr(done, frame).copy()
    first = rows.index[rows["window"] == TEST_WINDOW][0]
    for name, value in columns.items():
        rows.loc[first, name] = value
    return dataclasses.replace(done, **{frame: rows})


def test_a_miss_is_told_with_its_side_and_reason_and_a_hit_is_not(done):
    says = done.number_forecasts[done.number_forecasts["window"] == TEST_WINDOW].iloc[0]["says"]
    hit = tables.misses_text(changed(done, "number_forecasts", inside="50%", place=0.5))
    assert f"| {says} |" not in hit
    low = tables.misses_text(changed(done, "number_forecasts", inside="no", place=0.99))
    assert f"| {says} | too low | the part of a year" in low
    assert f"| {says} | too high | we do not know" in tables.misses_text(
        changed(done, "number_forecasts", inside="no", place=0.01)
    )
    all_ = tables.misses_text(changed(done, "number_forecasts", inside="outside all", place=1.0))
    assert f"*{says}*" in all_.partition("Outside every one")[2]


def test_what_is_asked_is_met_or_not_by_the_numbers(done):
    rows = done.scores.copy()

    def asked(inside, mine):
        own = (rows["window"] == TEST_WINDOW) & (rows["class"] == "all") & (rows["forecast"] == "worlds")
        rows.loc[own & (rows["score"] == "inside 90%"), "value"] = inside
        rows.loc[own & (rows["score"] == "Brier"), "value"] = mine
        return tables.asked_table(dataclasses.replace(done, scores=rows))

    assert asked(0.75, 0.1).count("| met |") >= 2
    assert asked(0.74, 0.9).count("**not met**") >= 2


def test_tables_of_events_have_the_worlds_then_the_base_rate(done):
    text = tables.events_table(changed(done, "event_forecasts", probability=0.8, low=0.79, high=0.81, base_rate=0.5))
    assert "| yes | 80% | 79-81% | 50% |" in text
    assert text.count("\n| X |") == (done.event_forecasts["window"] == TEST_WINDOW).sum()


def test_the_document_has_a_place_for_every_table():
    text = DOCUMENT.read_text(encoding="utf-8")
    names = re.findall(r"<!-- (?!end)(\w+) -->", text)
    marks = {name: f"NEW {name}" for name in names}
    assert [line for line in written(text, marks).splitlines() if line.startswith("NEW")] == list(marks.values())
    with pytest.raises(ValueError, match="no <!-- nothing -->"):
        written(text, {"nothing": ""})


def test_words_around_the_tables_quote_no_results():
    outside = re.sub(r"<!-- (?!end)\w+ -->.*?<!-- end -->", "", DOCUMENT.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert re.findall(r"\d+ of \d+", outside) == []


def test_inputs_that_rest_on_facts_after_2024_are_told(flagship):
    told = tables.inputs_of_x(flagship)
    assert "P-HK-06" in told["assumptions.exchange.window (events.technology-channel)"]
    assert tables.inputs_text({}) == "Inputs of the flagship that rest on X: none."


def test_every_fact_of_the_flagship_is_asked_of_every_world(done):
    events, numbers = done.event_forecasts.set_index("fact"), done.number_forecasts.set_index("fact")
    assert (events["worlds"] == 128).all()
    assert (numbers["worlds"] <= 128).all() and numbers.loc["venture", "worlds"] == 128
    assert isinstance(done.scores, pd.DataFrame) and np.isfinite(done.scores["facts"]).all()
