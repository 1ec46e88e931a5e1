"""The axis of a sweep over decisions: months on a scale of dates, ``rule`` and ``never`` as places of their own.

``rule`` stands left of the months and ``never`` right of them. A line joins months alone: what lies between them has a
meaning, and between a month and ``never`` nothing does.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from sim.foundation.months import month_of, month_text
from sim.report.html import style
from sim.report.html.plotly_values import month_day
from sim.report.pictures.traces import upright
from sim.report.pictures.value_axis import VALUE, ValueAxis, said
from sim.scenario.model import Scenario
from sim.study.axes import Axis, Coordinate
from sim.study.decisions import BY_RULE_WORD, NEVER_WORD

LEAST_GAP = 2.0  # months between the scale and the places beside it
GAP_SHARE = 0.15  # of the months on the scale: the least gap, where they are many
HALF_WIDTH = 0.25  # of the gap: half the width of what stands alone
MOST_MONTHS = 5  # that are written below the axis
ASIDE = 0.1  # of a month: so far from any month stands what is written for several
DAYS = 28
DIVIDER = "#c3cbd1"
NO_LINE = "A line joins months alone; rule and never stand beside them, as they are no dates."


class DecisionAxis(ValueAxis):
    """The axis of a decision: where none is a month, what there is stands on both sides of the opening."""

    def __init__(self, axis: Axis, scenario: Scenario) -> None:
        super().__init__(axis, scenario)
        self.months = [month for one in axis.chosen if (month := month_of(one)) is not None]
        self.first, self.last = (self.months or [scenario.start])[0], (self.months or [scenario.start])[-1]
        span, steps = self.last - self.first, max(len(self.months) - 1, 1)
        self.gap = max(LEAST_GAP, GAP_SHARE * span, span / steps)

    def month(self, decision: str) -> float:
        """The calendar month at which ``decision`` is drawn."""
        found = month_of(decision)
        beside = {BY_RULE_WORD: self.first - self.gap, NEVER_WORD: self.last + self.gap}
        return beside[decision] if found is None else float(found)

    def at(self, value: str, aside: float = 0.0) -> str:
        """The same as plotly draws it, ``aside`` of the gap to its right."""
        return _day(self.month(value) + aside * self.gap)

    def parts(self) -> list[list[str]]:
        """The decisions that a line joins: rule, the months, never; without those that nobody asked for."""
        parts = itertools.groupby(self.axis.chosen, lambda one: one if month_of(one) is None else "")
        return [list(part) for _, part in parts]

    def x_axis(self, small: bool = False) -> dict[str, Any]:
        """An axis of dates with the decisions written below it: of many months some, in a ``small`` panel the first and
        the last below their middle.
        """
        ends = (self.at(self.axis.chosen[0], -2 * HALF_WIDTH), self.at(self.axis.chosen[-1], 2 * HALF_WIDTH))
        ticks = {self.at(one): said(one) for part in self.parts() for one in _some(part)}
        if small and len(self.months) > 1:
            ticks = {self.at(one): said(one) for one in self.axis.chosen if month_of(one) is None}
            first, last = (said(month_text(month)) for month in (self.first, self.last))
            ticks[_day((self.first + self.last) / 2 + ASIDE)] = f"{first}<br>to {last}"
        return style.axis(
            type="date",
            range=list(ends),
            tickvals=list(ticks),
            ticktext=list(ticks.values()),
            hoverformat="%b %Y",
            showgrid=False,
            **({"tickangle": 0} if small else {}),
        )

    @property
    def stated(self) -> str | None:
        """The decision of the scenario, if it is one of the axis or between its months."""
        stated = str(super().stated)
        month = month_of(stated)
        inside = month is not None and self.first <= month <= self.last
        return stated if stated in self.axis.chosen or inside else None

    def marks(self) -> dict[str, Any]:
        """Shapes of a layout: thin lines between the scale and what stands beside it, and the dotted line."""
        between = [(self.month(a[-1]) + self.month(b[0])) / 2 for a, b in itertools.pairwise(self.parts())]
        lines = [upright(_day(month), DIVIDER, 1, "") for month in between]
        return {"shapes": [*lines, *super().marks().get("shapes", [])]}

    def notes(self) -> tuple[str, ...]:
        """What a caption says of lines: why some points are not joined, and what the dotted one is."""
        return (NO_LINE if len(self.axis.chosen) > 1 else "", *super().notes())

    def curve(self, rows: pd.DataFrame, colour: str, *how: str) -> list[dict[str, Any]]:
        """Months joined, all else a point with its interval as a bar."""
        data = []
        for part in self.parts():
            band, line = super().curve(rows[rows[self.axis.name].isin(part)], colour, *how)
            if len(part) == 1 and band["x"]:
                left, right = (self.at(part[0], aside) for aside in (-HALF_WIDTH, HALF_WIDTH))
                low, high = band["y"][1], band["y"][0]
                band = {**band, "x": [left, right, right, left], "y": [high, high, low, low]}
            data += [band, {**line, "meta": {"x": [self.axis.name, part, ""], **line["meta"]}}]
        return data


def looks(values: Sequence[Coordinate]) -> dict[Coordinate, tuple[str, str]]:
    """Colour and dash of a line for every value: a scale of colours, which rule and never are no part of."""
    beside = {BY_RULE_WORD: (style.MUTED, "dot"), NEVER_WORD: (VALUE, "dash")}
    scale = style.shades([value for value in values if value not in beside])
    return {value: beside[str(value)] if value in beside else (scale[value], "solid") for value in values}


def _some(decisions: list[str]) -> list[str]:
    """At most MOST_MONTHS of ``decisions``, the first and the last among them."""
    kept = {round(i * (len(decisions) - 1) / (MOST_MONTHS - 1)) for i in range(MOST_MONTHS)}
    return [one for i, one in enumerate(decisions) if i in kept]


def _day(month: float) -> str:
    whole = max(math.floor(month), 0)
    return f"{month_day(whole)[:-2]}{1 + int(max(month - whole, 0.0) * DAYS):02d}"
