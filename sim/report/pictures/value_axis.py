"""What pages of sweeps, flip points and sensitivities share: a run of the scenario, names of what varies, curves."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.foundation.currency import unit_in
from sim.laws.catalogue import ASSUMPTIONS, declared_at
from sim.report.html import style
from sim.report.pictures.traces import curve, upright
from sim.scenario import decided
from sim.scenario.model import Scenario
from sim.study.axes import Axis, Coordinate
from sim.words.changes import path_in_words, when_in_words
from sim.words.months import date_in_short
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


def said(value: Coordinate) -> str:
    """A value of what varies as axes, keys and tables say it: "0.5", "rule", "never", "Jan 2026"."""
    return date_in_short(value) if isinstance(value, str) else significant(value, 4)


class ValueAxis:
    """The axis of a number that varies, with a dotted line at the scenario's own value."""

    def __init__(self, axis: Axis, scenario: Scenario) -> None:
        self.axis, self.scenario = axis, scenario

    def at(self, value: Any) -> Any:
        """Where plotly draws ``value``."""
        return value

    def x_axis(self, small: bool = False) -> dict[str, Any]:
        """The axis of a panel over the range of what varies, with few ticks in a ``small`` one."""
        room = (self.axis.high - self.axis.low) * 0.02 or 0.5
        few = {"nticks": 5} if small else {}
        return style.axis(range=[self.axis.low - room, self.axis.high + room], hoverformat=".4g", **few)

    @property
    def stated(self) -> Coordinate | None:
        """The value the scenario states where it is a number inside the range, or a decision; None otherwise."""
        axis, value = self.axis, self.axis.stated_in(self.scenario)
        if value is None or value.uncertain or value.changing or axis.path.startswith("events."):
            return None
        return decided.stated_as(axis.declared, value.numbers[0]) if axis.low <= value.numbers[0] <= axis.high else None

    def marks(self) -> dict[str, Any]:
        """Shapes of a layout: the dotted line, if that value lies in the range."""
        return {} if self.stated is None else {"shapes": [upright(self.at(self.stated), VALUE)]}

    def notes(self) -> tuple[str, ...]:
        """What a caption says of lines: what the dotted one is."""
        return () if self.stated is None else (f"Dotted line: the scenario's own value, {said(self.stated)}.",)

    def curve(
        self, rows: pd.DataFrame, colour: str, name: str = "", dash: str = "solid", group: str = "", say: str = ".1%", /
    ) -> list[dict[str, Any]]:
        """A line through ``estimate`` with the band from ``low`` to ``high``; ``say``: the format of the hover text."""
        look = {"color": colour, "width": 2.2, "dash": dash}
        hover = f"%{{y:{say}}} (%{{customdata[0]:{say}}} to %{{customdata[1]:{say}}})"
        x = [self.at(value) for value in rows[self.axis.name]]
        return curve(x, rows, "estimate", look, group, name, hover=hover, mode="lines+markers")


def source(scenario: Scenario, kind: str, each: str = "") -> str:
    """Source line of every figure."""
    worlds = f"{scenario.worlds:,} worlds{each}"
    return f"Source: Shakeout, {kind} of scenario {shorten(scenario.name, 60)}, n = {worlds}, seed {scenario.seed}."
