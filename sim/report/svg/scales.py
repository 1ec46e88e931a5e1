"""Scales: where on a drawing a number or a date of a plotly axis lies, and which ticks the axis has."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sim.foundation.months import MONTHS_A_YEAR
from sim.report.svg.elements import lines_of
from sim.words.months import short_month

LONGEST_MONTH = 31  # days
MOST_TICKS_DRAWN = 6  # where an axis does not say its ticks
ROOM = 0.05  # beyond the data at both ends, in shares of its span
NICE = (1.0, 2.0, 5.0, 10.0)
MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200)
EPOCH = 2000 * MONTHS_A_YEAR  # the calendar month from which steps of months count


class Tick(NamedTuple):
    """A place on an axis, in its own numbers, and the lines written there."""

    at: float
    lines: list[str]


class Scale(NamedTuple):
    """``low`` lies at pixel ``start`` and ``high`` at pixel ``end``; with ``dates`` numbers are calendar months."""

    low: float
    high: float
    start: float
    end: float
    dates: bool
    ticks: Sequence[Tick]

    def at(self, value: Any) -> float:
        """The pixel of a number or of a date (YYYY-MM-DD or YYYY-MM)."""
        return self.along((number_of(value, self.dates) - self.low) / (self.high - self.low))

    def along(self, share: float) -> float:
        """The pixel at a share of the way."""
        return self.start + share * (self.end - self.start)

    def shown(self) -> list[Tick]:
        """The ticks that lie on it."""
        low, high = sorted((self.low, self.high))
        slack = 1e-6 * (high - low)
        return [tick for tick in self.ticks if low - slack <= tick.at <= high + slack]


def number_of(value: Any, dates: bool) -> float:
    """A value as a number; of a date its calendar month, days being parts of it."""
    if not dates:
        return float(value)
    year, month, *day = str(value).split("-")
    return int(year) * MONTHS_A_YEAR + int(month) - 1 + ((int(day[0]) - 1) / LONGEST_MONTH if day else 0.0)


def scale_of(axis: dict[str, Any], values: Iterable[Any], start: float, end: float) -> Scale:
    """The scale of a plotly axis between two pixels; ``values`` are what is drawn along it, None among them."""
    dates = axis.get("type") == "date"
    low, high = ends_of(axis, [number_of(value, dates) for value in values if value is not None], dates)
    return Scale(low, high, start, end, dates, ticks_of(axis, low, high, dates))


def ends_of(axis: dict[str, Any], numbers: Sequence[float], dates: bool) -> tuple[float, float]:
    """The first and the last number of an axis: those that it says, or those of the data with some room."""
    if "range" in axis:
        low, high = (number_of(end, dates) for end in axis["range"])
        return (low, high) if low != high else (low - 1, high + 1)
    low, high = min(numbers, default=0.0), max(numbers, default=1.0)
    to_zero = axis.get("rangemode") == "tozero"
    low, high = (min(low, 0.0), max(high, 0.0)) if to_zero else (low, high)
    room = ROOM * (high - low) or 0.5
    return (low if to_zero and low == 0 else low - room), high + room


def ticks_of(axis: dict[str, Any], low: float, high: float, dates: bool) -> list[Tick]:
    """The ticks of an axis: those that it lists, those of its step, or a few at round numbers."""
    form = axis.get("tickformat", "")
    if axis.get("showticklabels") is False:
        return []
    if "tickvals" in axis:
        said = axis.get("ticktext") or [None] * len(axis["tickvals"])
        places = [number_of(value, dates) for value in axis["tickvals"]]
        return [
            Tick(at, [written(at, form, dates)] if text is None else lines_of(text))
            for at, text in zip(places, said, strict=True)
        ]
    first, last = sorted((low, high))
    step = axis.get("dtick") or nice_step(last - first, axis.get("nticks", MOST_TICKS_DRAWN), dates)
    width, origin = (float(step[1:]), EPOCH) if isinstance(step, str) else (float(step), EPOCH if dates else 0)
    numbers = range(math.ceil((first - origin) / width - 1e-6), math.floor((last - origin) / width + 1e-6) + 1)
    return [Tick(origin + n * width, [written(origin + n * width, form, dates)]) for n in numbers]


def nice_step(span: float, most: int, dates: bool) -> float:
    """The smallest round step of which ``span`` has at most so many."""
    if dates:
        return next((step for step in MONTH_STEPS if span <= step * most), MONTH_STEPS[-1])
    power = 10.0 ** math.floor(math.log10(span / most))
    return next(nice * power for nice in NICE if span <= nice * power * most * (1 + 1e-9))


def written(value: float, form: str, dates: bool) -> str:
    """A tick as its axis writes it: ``form`` is d3's, of which axes of ours use %, g, f and dates."""
    if dates:
        month = round(value)
        return str(month // MONTHS_A_YEAR) if form == "%Y" else _dated(short_month(month), form)
    if form.endswith("%"):
        said = f"{value:{form}}"
    else:
        said = f"{value:,.6g}" if not form else f"{value:{form.replace('~', '')}}"
    return said.replace("-", "−") if float(f"{value:.9f}") else said.removeprefix("-")


def _dated(said: str, form: str) -> str:
    return f"{said[:-4]}{said[-2:]}" if form == "%b %y" else said
