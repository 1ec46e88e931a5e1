"""Values: a number, a distribution, or either with a source and a note; and how uncertain ones are drawn.

``uniform: [low, high]``, ``triangular: [low, mode, high]``, ``normal: [mean, sd]``, ``lognormal: [median, log_sd]``,
``choice: [...]`` (equally likely). Normal and lognormal are truncated at the bounds and renormalised; the others are
refused beyond them. Draws are inverse CDFs of one uniform number, so that luck stays a pure function. A value that
changes over the months is a ``series`` or a ``line`` of numbers (series.py).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sim.foundation.assumption import Assumption
from sim.foundation.maths import log
from sim.foundation.months import FIRST_MONTH, LAST_MONTH
from sim.foundation.normal import exp_of_each, truncated_normal
from sim.scenario import decided, series
from sim.scenario.grammar import ASSUMED, SOURCE_AND_NOTE
from sim.scenario.model import JOINT, LINE, Value
from sim.scenario.node import Node, list_of, range_text

DISTRIBUTIONS = {  # what the numbers are, for messages and the schema
    "uniform": ("low", "high"),
    "triangular": ("low", "mode", "high"),
    "normal": ("mean", "sd"),
    "lognormal": ("median", "log_sd"),
    "choice": ("number", "..."),
}
OPS = ("set", "times", "plus")
MAX_CHOICES = 1000
MAX_FACTOR = 1e6
MAX_LOG_SD = 10.0
MAX_SD_WIDTHS = 10.0  # a normal wider than this many times its bounds is a uniform by another name
VALUE_FORMS = ("value", *DISTRIBUTIONS, *series.SERIES_KINDS)
_VALUE_KEYS = (*VALUE_FORMS, *SOURCE_AND_NOTE)
DATED_ITSELF = "an event is dated itself; a series is the value that a file states, or an undated --set"


class Range(NamedTuple):
    """What a value may be. Of a ``decision`` low and high are the first and the last month that it may name."""

    low: float
    high: float
    whole: bool = False
    decision: bool = False

    def within(self, first: int | None, last: int | None) -> Range:
        """Of a decision: the same with the months ``first`` to ``last``; None leaves an end as it is."""
        if not self.decision:
            return self
        return self._replace(low=self.low if first is None else first, high=self.high if last is None else last)


def range_of(op: str, assumption: Assumption) -> Range:
    """The range of a change's own value: ``set`` takes the assumption's bounds, ``times`` a factor of zero or more,
    ``plus`` at most the width of the bounds either way; of a decision, which can only be set, all months. Pass its low
    and high to ``quantile``."""
    if assumption.decides:
        return Range(FIRST_MONTH, LAST_MONTH, True, True)
    if op == "times":
        return Range(0.0, MAX_FACTOR)
    if op == "plus":
        width = assumption.high - assumption.low
        return Range(-width, width, assumption.whole)
    return Range(assumption.low, assumption.high, assumption.whole)


def parse(node: Node, within: Range, source: str = ASSUMED, fixed: str = "") -> Value:
    """The Value that ``node`` states; ``source`` where it names none.

    ``fixed`` says why it cannot be a series, where it cannot.
    """
    if not isinstance(node.data, dict):
        return Value("number", (_number(node, within),), source)
    forms = [key for key in node.data if key in VALUE_FORMS]
    entries = node.fields(_VALUE_KEYS)
    if len(forms) != 1:
        raise node.wrong("not one value", f"a number, or exactly one of {list_of(VALUE_FORMS)}")
    source, note = SOURCE_AND_NOTE["source"].of(entries, "source", source), SOURCE_AND_NOTE["note"].of(entries, "note")
    kind, inner = forms[0], entries[forms[0]]
    if kind == "value":
        if not isinstance(inner.data, dict):
            return Value("number", (_number(inner, within),), source, note)
        kinds = inner.fields(VALUE_FORMS[1:])
        if len(kinds) != 1:
            raise inner.wrong("not one distribution", f"exactly one of {list_of(VALUE_FORMS[1:])}")
        kind, inner = next(iter(kinds.items()))
    if kind not in series.SERIES_KINDS:
        return Value(kind, _distribution(kind, inner, within), source, note)
    numbers, months = _series(kind, inner, within, fixed)
    return Value(kind, numbers, source, note, months)


def _series(kind: str, node: Node, within: Range, fixed: str) -> tuple[tuple[float, ...], tuple[int, ...]]:
    """The numbers and months of a value that changes."""
    if fixed:
        allowed = decided.DECISION_FORM if within.decision else "a number or a distribution"
        raise node.error(f"a {kind} where none can be: {fixed}", allowed=allowed)
    if kind == LINE and within.whole:
        raise node.error("a line of a whole number", allowed="series: {...}, which steps from one to the next")
    return series.parse(kind, node, lambda below: _number(below, within))


def parse_change(
    node: Node,
    assumption: Assumption,
    source: str = ASSUMED,
    fixed: str = DATED_ITSELF,
    months: tuple[int | None, int | None] = (None, None),
) -> tuple[str, Value]:
    """(op, Value) of one entry of an event's ``set``: a value, or a mapping with ``times`` or ``plus``.

    ``fixed`` says why the value cannot be a series; ``months`` are the first and last that a decision may name.
    """
    ops = [key for key in node.data if key in OPS[1:]] if isinstance(node.data, dict) else []
    if not ops:
        if isinstance(node.data, dict) and not any(key in node.data for key in VALUE_FORMS):
            node.fields((*OPS[1:], *_VALUE_KEYS))
        return "set", parse(node, range_of("set", assumption).within(*months), source, fixed)
    entries = node.fields((*OPS[1:], *SOURCE_AND_NOTE))
    if len(ops) != 1:
        raise node.wrong("both times and plus", "one of them")
    if assumption.decides:
        raise node.wrong(f"{ops[0]} of a decision", decided.DECISION_FORM)
    if ops[0] == "times" and assumption.whole:
        raise node.wrong("a whole number cannot be multiplied", "a whole number, or plus with a whole number")
    value = parse(entries[ops[0]], range_of(ops[0], assumption), source, DATED_ITSELF)
    source, note = (SOURCE_AND_NOTE[name].of(entries, name, getattr(value, name)) for name in SOURCE_AND_NOTE)
    return ops[0], Value(value.kind, value.numbers, source, note)


def changed(value: Value, op: str, by: float) -> Value | None:
    """``value`` times or plus ``by`` (>= 0 for times), as a distribution of the same kind; None if there is none."""
    kind, numbers = value.kind, value.numbers
    if op == "plus":
        if kind == "lognormal":
            return None
        moved = (numbers[0] + by, numbers[1]) if kind == "normal" else tuple(x + by for x in numbers)
    elif kind in ("normal", "lognormal") and by == 0:
        kind, moved = "number", (0.0,)
    elif kind == "lognormal":
        moved = (numbers[0] * by, numbers[1])
    else:
        moved = tuple(x * by for x in numbers)
    return Value(kind, moved, value.source, value.note, value.months)


def why_fixed(assumption: Assumption) -> str:
    """Why a value of ``assumption`` cannot be a series; "" if it can."""
    if assumption.decides:
        return "a decision is one thing at a time; a dated event, or a dated --set, takes another from a month on"
    return "a stock is read once, when its firm enters" if assumption.entry_only else ""


def _number(node: Node, within: Range) -> float:
    if within.decision:
        return decided.parse(node, int(within.low), int(within.high))
    if within == Range(0, 1, True) and not (isinstance(node.data, int | float) and not isinstance(node.data, bool)):
        raise node.wrong("not a number", "1 (on) or 0 (off)", node.meant("1", "0"))
    if within.whole:
        return float(node.whole(int(within.low), int(within.high)))
    return node.number(within.low, within.high)


def _distribution(kind: str, node: Node, within: Range) -> tuple[float, ...]:
    """The numbers of a distribution, checked against each other and against the bounds."""
    names = DISTRIBUTIONS[kind]
    form = f"{kind}: [{', '.join(names)}]"
    if kind == "choice":
        items = node.items(f"{form}, up to {MAX_CHOICES} numbers", 1, MAX_CHOICES)
        return tuple(_number(item, within) for item in items)
    if within.decision:
        raise node.wrong(f"{kind} of a decision", f"{decided.DECISION_FORM}, or choice: [...] of such")
    if within.whole:
        raise node.wrong(f"{kind} of a whole number", "a whole number, or choice: [...] of whole numbers")
    items = node.items(form, len(names), len(names))
    if kind in ("uniform", "triangular"):
        numbers = tuple(item.number(within.low, within.high) for item in items)
        if list(numbers) != sorted(numbers):
            raise node.wrong(f"{names[0]} above {names[-1]}, or out of order", f"{form} in rising order")
        return numbers
    centre = items[0].number(within.low, within.high)
    spread = items[1].number()
    widest = MAX_LOG_SD if kind == "lognormal" else min(MAX_SD_WIDTHS * (within.high - within.low), 1e12)
    if kind == "lognormal" and centre <= 0:
        raise items[0].wrong("a median at or below zero", "a number above 0")
    if not 0 < spread <= widest:
        raise items[1].wrong("a spread outside its bounds", f"above 0, {range_text(-math.inf, widest)}")
    return centre, spread


def quantile(value: Value, u: np.ndarray, low: float, high: float) -> np.ndarray:
    """Inverse CDF: the values, same shape as ``u``, that the uniform numbers ``u`` in [0, 1] stand for.

    ``low`` and ``high`` are the bounds at which normal and lognormal are truncated (infinite allowed).
    """
    u = np.asarray(u, dtype=float)
    numbers = value.numbers
    if value.kind == "number":
        return np.full(u.shape, numbers[0])
    if value.kind in ("choice", JOINT):
        picked: np.ndarray = np.array(numbers)[np.minimum((u * len(numbers)).astype(int), len(numbers) - 1)]
        return picked
    if value.kind == "uniform":
        return clipped(numbers[0] + u * (numbers[1] - numbers[0]), numbers[0], numbers[1])
    if value.kind == "triangular":
        return _triangular(u, numbers[0], numbers[1], numbers[2])
    centre, spread = numbers
    if value.kind == "normal":
        return _truncated_normal(u, centre, spread, low, high)
    log_low = log(low) if low > 0 else -math.inf
    logs = _truncated_normal(u, log(centre), spread, log_low, log(high))
    return clipped(exp_of_each(logs), low, high)


def _triangular(u: np.ndarray, low: float, mode: float, high: float) -> np.ndarray:
    if high == low:
        return np.full(u.shape, low)
    turn = (mode - low) / (high - low)  # the CDF at the mode
    rising = low + np.sqrt(u * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - u) * (high - low) * (high - mode))
    return clipped(np.where(u < turn, rising, falling), low, high)


def _truncated_normal(u: np.ndarray, mean: float, sd: float, low: float, high: float) -> np.ndarray:
    standard = truncated_normal(u, (low - mean) / sd, (high - mean) / sd)
    return clipped(mean + sd * standard, low, high)


def clipped(x: np.ndarray, low: float, high: float) -> np.ndarray:
    """``x`` with what rounding left outside [low, high] put on the bound."""
    inside: np.ndarray = np.minimum(np.maximum(x, low), high)
    return inside
