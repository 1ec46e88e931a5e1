"""What pages of sweeps, flip points and sensitivities share: a run of the scenario, names of what varies, curves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from sim.foundation.currency import unit_in
from sim.foundation.months import month_of
from sim.laws.catalogue import ASSUMPTIONS, declared_at
from sim.report.html import style
from sim.report.pictures import traces
from sim.report.pictures.traces import upright
from sim.scenario import decided
from sim.scenario.model import Scenario
from sim.study.axes import Axis, Coordinate
from sim.words.changes import path_in_words, when_in_words
from sim.words.months import short_month
from sim.words.numbers import significant
from sim.words.text import capital, lower, shorten

VALUE = "#b5482e"  # of marks on the axis of what varies


def name_of(path: str, scenario: Scenario, limit: int = 90) -> str:
    """What is assumed at ``path``, in words: "Zhipu: cash at entry"; a dated path says since when."""
    event, _, inner = path.partition(".set.") if path.startswith("events.") else ("", "", path)
    inner, at, when = inner.partition("@")
    declared = declared_at(inner)
    said = capital(declared.says) if declared else inner
    if inner.rpartition(".")[2] in ("strength", "on") and inner in ASSUMPTIONS:
        said = capital(path_in_words(scenario, inner).removeprefix("the "))
    if declared and declared.decides:
        said = f"When it {declared.decides}"
    if inner.startswith("firms."):
        firm = inner.split(".")[1]
        names = {known.id: known.name for known in scenario.firms}
        said = f"{names.get(firm, firm)}: {lower(said)}"
    said += f" (event {event.removeprefix('events.')})" if event else ""
    dated = f", {when_in_words(when)}" if at else ""
    return shorten(said, limit - len(dated)) + dated


def title_of(axis: Axis, scenario: Scenario) -> str:
    """The title of an axis: what varies, since when, in which unit; a decision has none."""
    if axis.declared.decides:
        return name_of(axis.name, scenario)
    declared = unit_in(axis.declared.unit, scenario.currency)
    unit = {"set": declared, "times": "factor", "plus": f"more {declared}"}[axis.op]
    return f"{name_of(axis.name, scenario)} ({unit})"


def value_axis(axis: Axis, **settings: Any) -> dict[str, Any]:
    """A linear axis over the range of what varies."""
    room = (axis.high - axis.low) * 0.02 or 0.5
    base = {"range": [axis.low - room, axis.high + room], "zeroline": False}
    return style.axis(**{**base, **settings})


def said(value: Coordinate) -> str:
    """A value of what varies as axes, keys and tables say it: "0.5", "rule", "never", "Jan 2026"."""
    if not isinstance(value, str):
        return significant(value, 4)
    month = month_of(value)
    return value if month is None else short_month(month)


def stated_value(axis: Axis, scenario: Scenario) -> Coordinate | None:
    """The value the scenario states where it is a number inside the range, or a decision; None otherwise."""
    value = scenario.assumptions.get(axis.path)
    if axis.path.startswith("firms."):
        _, id, name = axis.path.split(".")
        value = next(firm.values[name] for firm in scenario.firms if firm.id == id)
    if value is None or value.uncertain or value.changing or axis.when:
        return None
    return decided.stated_as(axis.declared, value.numbers[0]) if axis.low <= value.numbers[0] <= axis.high else None


def marked(axis: Axis, scenario: Scenario) -> dict[str, Any]:
    """Shapes of a layout: a dotted line at the value the scenario states, if it lies in the range."""
    stated = stated_value(axis, scenario)
    return {} if stated is None else {"shapes": [upright(stated, VALUE)]}


def stated_note(axis: Axis, scenario: Scenario) -> str:
    """What the dotted line is."""
    stated = stated_value(axis, scenario)
    return "" if stated is None else f"Dotted line: the scenario's own value, {said(stated)}."


def curve(
    x: Sequence[Coordinate],
    rows: pd.DataFrame,
    colour: str,
    name: str = "",
    dash: str = "solid",
    group: str = "",
    say: str = ".1%",
) -> list[dict[str, Any]]:
    """A line through ``estimate`` with the band from ``low`` to ``high``; ``say`` is the format of the hover text."""
    look = {"color": colour, "width": 2.2, "dash": dash}
    hover = f"%{{y:{say}}} (%{{customdata[0]:{say}}} to %{{customdata[1]:{say}}})"
    return traces.curve(x, rows, "estimate", look, group, name, hover=hover, mode="lines+markers")


def source(scenario: Scenario, kind: str, each: str = "") -> str:
    """Source line of every figure."""
    worlds = f"{scenario.worlds:,} worlds{each}"
    return f"Source: Shakeout, {kind} of scenario {shorten(scenario.name, 60)}, n = {worlds}, seed {scenario.seed}."
