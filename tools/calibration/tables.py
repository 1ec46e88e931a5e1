"""The tables of docs/calibration.md, made from a hindcast of the flagship."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from sim.outcomes.hindcast import (
    ALL_CLASSES,
    BASE_RATE,
    BRIER,
    LOG_SCORE,
    ONE_HALF,
    OUTSIDE_ALL,
    OUTSIDE_MIDDLE,
    TEST_WINDOW,
    TRAINING_WINDOW,
    WORLDS,
)
from sim.scenario.basis import TEST as X
from sim.scenario.basis import rests_on
from sim.scenario.evidence import ID
from sim.scenario.model import Scenario
from sim.study.hindcast import Hindcast
from sim.words.hindcast import reported_in_words

INSIDE_ASKED = 0.75  # of the numbers, inside the 90% interval
Row = Mapping[str, Any]


def left_out() -> dict[str, str]:
    """Row of the evidence -> why it gives no fact."""
    reasons = YAML(typ="safe").load(Path(__file__).with_name("left_out.yaml").read_text(encoding="utf-8"))
    return {row: reason for reason, rows in reasons.items() for row in rows}


def rows_of(frame: Any, window: str) -> list[dict[str, Any]]:
    """The rows of a frame that are of a window."""
    found: list[dict[str, Any]] = frame[frame["window"] == window].to_dict("records")
    return found


def number(value: float, unit: str) -> str:
    """A number as a table shows it."""
    if unit == "share":
        return f"{100 * value:.0f}%"
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:.2f}"


def share(value: float) -> str:
    """A probability: "31%"; "below 1%" and "above 99%" where it would round to none or all."""
    if 0.0 < value < 0.01:
        return "below 1%"
    return "above 99%" if 0.99 < value < 1.0 else f"{100 * value:.0f}%"


def table(head: str, rules: str, rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join([head, rules, *(f"| {' | '.join(row)} |" for row in rows)])


def sources(row: Row) -> str:
    """The rows of the evidence that a fact names, without those of the number before."""
    return ", ".join(ID.findall(row["source"].partition("; before:")[0]))


def evidence_said(row: Row) -> str:
    """What a training fact rests on, in the words of its source: what stands behind the ids."""
    return re.sub(r"^.*?; ", "", row["source"])


def reported(row: Row) -> str:
    return reported_in_words(row["reported_low"], row["reported_high"], lambda x: number(x, row["unit"]))


def span(row: Row, low: str, high: str) -> str:
    return f"{number(row[low], row['unit'])} to {number(row[high], row['unit'])}"


def training_table(done: Hindcast) -> str:
    """met: the median is in the range; near: the band of 5 to 95% reaches it; missed: it does not."""
    rows = []
    for row in rows_of(done.number_forecasts, TRAINING_WINDOW):
        low, high = _ends(row)
        verdict = (
            "met"
            if low <= row["p50"] <= high
            else "missed"
            if row["inside"] in (OUTSIDE_MIDDLE, OUTSIDE_ALL)
            else "near"
        )
        found = (number(row["p50"], row["unit"]), span(row, "p05", "p95"), verdict)
        rows.append(("T", row["says"], reported(row), evidence_said(row), sources(row), *found))
    return table(
        "| | what | counts as met | evidence | source | median | 5-95% | |",
        "| --- | --- | ---: | --- | --- | ---: | ---: | --- |",
        rows,
    )


def _ends(row: Row) -> tuple[float, float]:
    """The ends of what was reported; infinite where there is none."""
    low, high = row["reported_low"], row["reported_high"]
    return (-math.inf if math.isnan(low) else low, math.inf if math.isnan(high) else high)


def events_table(done: Hindcast) -> str:
    rows = []
    for row in rows_of(done.event_forecasts, TEST_WINDOW):
        ends = f"{100 * row['low']:.0f}-{100 * row['high']:.0f}%"
        said = (row["class"], row["says"], sources(row), "yes" if row["happened"] else "no")
        rows.append(("X", *said, share(row["probability"]), ends, share(row["base_rate"])))
    return table(
        "| | class | event | source | happened | share of worlds | 95% | base rate of the others |",
        "| --- | --- | --- | --- | --- | ---: | ---: | ---: |",
        rows,
    )


def scores_table(done: Hindcast) -> str:
    """Both scores, of all events and of each class, for the worlds, the base rate and a guess of one half."""
    found = {(row["class"], row["score"], row["forecast"]): row for row in rows_of(done.scores, TEST_WINDOW)}
    events = rows_of(done.event_forecasts, TEST_WINDOW)
    rows = []
    for kind in dict.fromkeys([ALL_CLASSES, *(row["class"] for row in events)]):
        own = [row for row in events if kind in (ALL_CLASSES, row["class"])]
        scores = [
            f"{found[kind, score, way]['value']:.3f}"
            for score in (BRIER, LOG_SCORE)
            for way in (WORLDS, BASE_RATE, ONE_HALF)
        ]
        count = f"{len(own)} ({sum(bool(row['happened']) for row in own)} happened)"
        rows.append(("**all**" if kind == ALL_CLASSES else kind, count, *scores))
    return table(
        "| class | events | Brier, worlds | base rate | one half | log, worlds | base rate | one half |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        rows,
    )


def quantities_table(done: Hindcast) -> str:
    rows = []
    for row in rows_of(done.number_forecasts, TEST_WINDOW):
        if math.isnan(row["p50"]):
            found = ("", "", "", "", "too few worlds")
        else:
            middle = (number(row["p50"], row["unit"]), span(row, "p25", "p75"), span(row, "p05", "p95"))
            found = (*middle, share(row["place"]), row["inside"])
        rows.append(("X", row["says"], reported(row), sources(row), *found, f"{int(row['worlds']):,}"))
    return table(
        "| | quantity | reported | source | median | 25-75% | 5-95% | worlds below it | inside | worlds |",
        "| --- | --- | ---: | --- | ---: | ---: | ---: | ---: | --- | ---: |",
        rows,
    )


def coverage_table(done: Hindcast) -> str:
    """How many of the quantities lie inside each interval."""
    rows = []
    for row in rows_of(done.scores, TEST_WINDOW):
        if row["score"].startswith("inside"):
            inside = round(row["value"] * row["facts"])
            exact = f"{100 * row['low']:.0f}-{100 * row['high']:.0f}%"
            level = row["score"].removeprefix("inside ")
            rows.append((level, f"{inside} of {row['facts']}", f"{row['value']:.0%}", exact))
    return table("| interval | quantities inside | share | exact 95% |", "| ---: | ---: | ---: | ---: |", rows)


def misses_text(done: Hindcast) -> str:
    """Quantities outside the 90% interval, each with the reason we see; and facts outside every world."""
    why = {fact.id: fact for fact in done.scenario.reported}
    rows = []
    out = [row for row in rows_of(done.number_forecasts, TEST_WINDOW) if row["inside"] in (OUTSIDE_MIDDLE, OUTSIDE_ALL)]
    for row in out:
        low = row["place"] > 0.5
        reason = why[row["fact"]].too_low if low else why[row["fact"]].too_high
        rows.append((row["says"], f"too {'low' if low else 'high'}", reason or "we do not know"))
    none = [row["says"] for row in out if row["inside"] == OUTSIDE_ALL] + [row["says"] for row in impossible(done)]
    said = "; ".join(f"*{says}*" for says in none) if none else "none"
    head = table("| outside the 90% interval | the model is | why we think so |", "| --- | --- | --- |", rows)
    return f"{head}\n\nOutside every one of the {done.scenario.worlds:,} worlds: {said}."


def impossible(done: Hindcast) -> list[dict[str, Any]]:
    """Events that no world did."""
    return [
        row
        for row in rows_of(done.event_forecasts, TEST_WINDOW)
        if row["probability"] == (0.0 if row["happened"] else 1.0)
    ]


def asked_table(done: Hindcast) -> str:
    """What is asked of facts of X, what was found, and whether it is met."""
    found = {
        (row["score"], row["forecast"]): row for row in rows_of(done.scores, TEST_WINDOW) if row["class"] == ALL_CLASSES
    }
    inside, mine, base = found["inside 90%", WORLDS], found[BRIER, WORLDS]["value"], found[BRIER, BASE_RATE]["value"]
    outside = sum(row["inside"] == OUTSIDE_ALL for row in rows_of(done.number_forecasts, TEST_WINDOW)) + len(
        impossible(done)
    )
    number_inside = round(inside["value"] * inside["facts"])
    rows = [
        (
            "quantities inside the 90% interval",
            f"at least {INSIDE_ASKED:.0%}",
            f"{inside['value']:.0%} ({number_inside} of {inside['facts']})",
            met(inside["value"] >= INSIDE_ASKED),
        ),
        (f"facts outside every one of {done.scenario.worlds:,} worlds", "none", str(outside), met(outside == 0)),
        ("Brier score of events against the base rate", "lower", f"{mine:.3f} against {base:.3f}", met(mine < base)),
    ]
    return table("| asked | | found | |", "| --- | ---: | ---: | --- |", rows)


def met(yes: bool) -> str:
    return "met" if yes else "**not met**"


def inputs_of_x(scenario: Scenario) -> dict[str, str]:
    """Path -> source of every value, set or dated, of the scenario that rests on X (scenario/basis.py)."""
    found = {f"firms.{firm.id}.{name}": value.source for firm in scenario.firms for name, value in firm.values.items()}
    found |= {path: value.source for path, value in scenario.assumptions.items()}
    found |= {f"{change.path} ({change.origin})": change.value.source for change in scenario.changes}
    return {path: source for path, source in found.items() if rests_on(source) == X}


def inputs_text(inputs: Mapping[str, str]) -> str:
    """The values of the scenario that rest on X."""
    said = "; ".join(f"`{path}` ({source})" for path, source in inputs.items())
    return f"Inputs of the flagship that rest on X: {said or 'none'}."
