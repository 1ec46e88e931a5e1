"""A value that changes by itself: ``series`` steps at its dates, ``line`` runs straight from one date to the next.

Before its first date a value has the first number, after its last date the last. Dates may lie outside the run: a
series says how something was, a run looks at a part of it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np

from sim.foundation.months import month_text, span_of_dates
from sim.scenario.model import LINE, SERIES, Value
from sim.scenario.node import Node

SERIES_KINDS = (SERIES, LINE)
MAX_POINTS = 1800
MOST_TOLD = 12  # dates of a sentence
SERIES_FORM = "{2023-07: 0.1, 2024-07: 0.2}"


def parse(kind: str, node: Node, number: Callable[[Node], float]) -> tuple[tuple[float, ...], tuple[int, ...]]:
    """(numbers, months) of the mapping of months to numbers at ``node``; ``number`` reads one of them."""
    form = f"{kind}: {SERIES_FORM}, months in rising order from {span_of_dates()}"
    entries = node.mapping(form)
    if not entries:
        raise node.error("no date", allowed=form)
    if len(entries) > MAX_POINTS:
        raise node.error(f"{len(entries):,} dates", allowed=f"at most {MAX_POINTS:,}")
    months = [Node(text, below.key, below.file, below.line).month() for text, below in entries.items()]
    nodes = list(entries.values())
    for place, (before, after) in enumerate(itertools.pairwise(months), start=1):
        if after <= before:
            found = f"{month_text(after)} after {month_text(before)}"
            raise nodes[place].error("dates out of order", found=found, allowed=form)
    return tuple(number(below) for below in nodes), tuple(months)


def over(value: Value, start: int, ticks: int) -> np.ndarray:
    """(ticks,) the number of ``value`` in every calendar month from ``start`` on."""
    months = np.arange(start, start + ticks)
    if value.kind == LINE:
        return _straight(months, np.array(value.months), np.array(value.numbers))
    latest = np.searchsorted(value.months, months, side="right") - 1
    steps: np.ndarray = np.array(value.numbers)[np.maximum(latest, 0)]
    return steps


def _straight(months: np.ndarray, dates: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """(months,) the line through ``numbers`` at ``dates``, one operation after the other: NumPy's own may be fused."""
    if len(dates) == 1:
        return np.full(len(months), numbers[0])
    inside = np.clip(months, dates[0], dates[-1])
    before = np.clip(np.searchsorted(dates, inside, side="right") - 1, 0, len(dates) - 2)
    part = (inside - dates[before]) / (dates[before + 1] - dates[before])
    found: np.ndarray = numbers[before] + part * (numbers[before + 1] - numbers[before])
    return np.where(part == 1.0, numbers[before + 1], found)


def in_words(value: Value, number: Callable[[float], str], month: Callable[[int], str]) -> str:
    """The dates and numbers of ``value``, the first and last where there are many."""
    numbers = [number(x) for x in value.numbers]
    dates = [month(m) for m in value.months]
    if len(dates) > MOST_TOLD:
        kind = "steps" if value.kind == SERIES else "points on straight lines"
        return f"{len(dates)} {kind}, {numbers[0]} in {dates[0]} to {numbers[-1]} in {dates[-1]}"
    if value.kind == SERIES:
        return ", ".join(f"{x} from {date}" for x, date in zip(numbers, dates, strict=True))
    return "straight from " + " to ".join(f"{x} in {date}" for x, date in zip(numbers, dates, strict=True))
