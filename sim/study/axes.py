"""What a study varies, from texts or from a mapping: an assumption between two values ("PATH=LO:HI:N"), or decisions
of a firm ("PATH=rule,2025-01,never").

Whatever varies is fixed in every world at the value in turn, as a ``--set`` does; all else, luck included, stays.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sim.foundation.assumption import Assumption
from sim.foundation.errors import InputError, shown
from sim.scenario import decided
from sim.scenario.load import with_sets
from sim.scenario.model import Scenario, Value
from sim.scenario.node import Node, from_plain, range_text
from sim.scenario.override import assumption_at, nearest_path
from sim.scenario.value import Range, range_of
from sim.scenario.varied import Varied
from sim.study import decisions, overwritten

GRID_FORM, SPAN_FORM = "PATH=LO:HI:N", "PATH=LO:HI"
MOST_PATHS = 2  # of a grid
MOST_POINTS = 441  # in a whole grid: 21 by 21
DIGITS = 12  # of a grid's values: 0.3, not 0.30000000000000004
_DATED = re.compile(r"(?P<numbers>[^@]*)@(?P<when>[^@]*)", re.DOTALL)
Vary = str | Iterable[str] | Mapping[str, Sequence[float | str]]
Coordinate = float | str  # on an axis: a number, or a decision as it is written


class Axis(Varied):
    """What varies, with the texts that ask for it and put its values in force."""

    @property
    def numbers(self) -> str:
        """Its range as it is asked for: LO:HI:N, or LO:HI where there is no grid; decisions with commas."""
        if self.chosen:
            return ",".join(self.chosen)
        return f"{self.low:.12g}:{self.high:.12g}" + (f":{self.points}" if self.points else "")

    @property
    def form(self) -> str:
        """What stands for ``numbers`` where others are meant."""
        return "DECISIONS" if self.chosen else (GRID_FORM if self.points else SPAN_FORM).partition("=")[2]

    @property
    def text(self) -> str:
        """What follows ``--vary`` to ask for it again."""
        return f"{self.path}={self.numbers}" + (f"@{self.when}" if self.when else "")

    @property
    def whole(self) -> bool:
        """True if only whole numbers make sense."""
        return range_of(self.op, self.declared).whole

    def values(self) -> list[Coordinate]:
        """The values of the grid, ascending; decisions as they are written."""
        return [*self.chosen] or [tidy(value) for value in np.linspace(self.low, self.high, self.points)]

    def set_text(self, value: Coordinate) -> str:
        """The ``--set`` that puts ``value`` in force in every world."""
        if isinstance(value, str):
            stated = value
        else:
            number = str(int(value)) if self.whole else repr(float(value))
            stated = number if self.op == "set" else f"{{{self.op}: {number}}}"
        return f"{self.path}={stated}" + (f"@{self.when}" if self.when else "")

    def stated_in(self, scenario: Scenario) -> Value | None:
        """What the scenario states at the path for all months; None where what varies is dated."""
        return None if self.when else overwritten.stated(scenario)[self.path]


def at(scenario: Scenario, axes: Sequence[Axis], point: Sequence[Coordinate]) -> Scenario:
    """``scenario`` with every axis at its coordinate of ``point``, in all worlds."""
    return with_sets(scenario, [axis.set_text(value) for axis, value in zip(axes, point, strict=True)])


def axes_of(scenario: Scenario, vary: Vary, grid: bool) -> tuple[Axis, ...]:
    """The axes that ``vary`` asks for: texts "PATH=LO:HI:N" (without N where there is no ``grid``), or a mapping of
    paths to (low, high, points); of a decision on a grid "PATH=rule,2025-01:2027-01:5,never", or a list of such parts.
    InputError if one of them makes no sense, or there are none or too many: a grid has two at most, a range is one.
    """
    form, most = (GRID_FORM, MOST_PATHS) if grid else (SPAN_FORM, 1)
    if isinstance(vary, Mapping):
        asked = [_of_mapping(str(path), given) for path, given in vary.items()]
    else:
        asked = [_of_text(text, form) for text in ([vary] if isinstance(vary, str) else vary)]
    if not 1 <= len(asked) <= most:
        allowed = f"--vary {form}, once" + (" or twice" if most > 1 else "")
        raise InputError("nothing varies" if not asked else "too much varies at once", key="--vary", allowed=allowed)
    root = from_plain(scenario.resolved)
    axes = tuple(_axis(scenario, root, *parts, grid) for parts in asked)
    if len({axis.name for axis in axes}) < len(axes):
        raise InputError("the same path twice", key="--vary", found=axes[0].name, allowed="two different paths")
    total = math.prod(axis.points for axis in axes)
    if total > MOST_POINTS:
        raise InputError("too many points", key="--vary", found=total, allowed=f"a grid of at most {MOST_POINTS}")
    return axes


Parts = tuple[str, str, str, Any]  # label for messages, path, dates, values: a text of --vary, or what a mapping has


def _of_text(text: str, form: str) -> Parts:
    label = f"--vary {shown(str(text))}"
    path, equals, rest = str(text).partition("=")
    dated = _DATED.fullmatch(rest)
    if not equals or not path.strip():
        raise _not(form, label)
    return label, path.strip(), dated["when"].strip() if dated else "", dated["numbers"] if dated else rest


def _of_mapping(path: str, given: Any) -> Parts:
    label = f"vary {shown(path)}"
    path, _, when = path.partition("@")
    return label, path, when, given


def _numbers(label: str, given: Any, form: str) -> list[Any]:
    """The parts of LO:HI:N, or what a mapping has for it."""
    wanted = form.count(":") + 1
    if label.startswith("--vary"):
        numbers = [part.strip() for part in given.split(":")]
        if len(numbers) != wanted:
            raise _not(form, label)
        return numbers
    if isinstance(given, str) or not isinstance(given, Iterable) or len(found := list(given)) != wanted:
        names = "(low, high, points)" if wanted == 3 else "(low, high)"
        raise InputError("not a range", key=label, found=shown(given), allowed=f"a path and {names}")
    return found


def _not(form: str, label: str) -> InputError:
    example = f"assumptions.listing.strength=0:2{':5' if form == GRID_FORM else ''}"
    return InputError(f"not {form}", key=label, allowed=f"{form}, for instance {example}")


def _axis(scenario: Scenario, root: Node, label: str, path: str, when: str, given: Any, grid: bool) -> Axis:
    declared, op = _declared(scenario, root, label, path)
    if declared.decides and not grid:
        allowed = f"an assumption with numbers; sweep puts decisions in force in turn: --vary {path}=rule,2025-01,never"
        raise InputError("a decision has no range", key=label, found=path, allowed=allowed)
    if declared.decides:
        chosen = decisions.chosen(label, given, MOST_POINTS)
        axis = Axis(path, declared.low, declared.high, len(chosen), declared, when, op, chosen)
    else:
        numbers = _numbers(label, given, GRID_FORM if grid else SPAN_FORM)
        axis = _range(label, numbers, Axis(path, 0.0, 0.0, 0, declared, when, op))
    tried = axis.values() if axis.chosen else [axis.low]  # a month may be one in which it cannot be
    for value in tried:
        try:
            at(scenario, [axis], [value])
        except InputError as error:
            raise InputError(error.problem, **error.parts | {"file": None, "line": None, "key": label}) from None
    overwritten.refuse(scenario, label, axis.set_text(tried[0]), axis.numbers, axis.form)
    return axis


def _range(label: str, numbers: list[Any], axis: Axis) -> Axis:
    """``axis`` with the range that ``numbers`` ask for: lowest, highest and, on a grid, how many."""
    within = range_of(axis.op, axis.declared)
    low, high = (_number(label, number, within) for number in numbers[:2])
    if low > high:
        raise InputError("LO above HI", key=label, found=f"{low:g} to {high:g}", allowed="LO below HI")
    points = _points(label, numbers[2]) if numbers[2:] else 0
    if low == high and points != 1:
        raise InputError("a range of no width", key=label, found=f"{low:g} to {high:g}", allowed="LO below HI")
    if points == 1 and low != high:
        allowed = "at least 2 points from LO to HI, or LO = HI"
        raise InputError("a grid of one point", key=label, found=f"{low:g} to {high:g} in 1 point", allowed=allowed)
    axis = replace(axis, low=low, high=high, points=points)
    fractions = [value for value in axis.values() if value != int(value)] if axis.whole else []
    if fractions:
        allowed = "as many points as give whole numbers: their distance is (HI - LO) / (N - 1)"
        raise InputError("points between whole numbers", key=label, found=f"{fractions[0]:g}", allowed=allowed)
    return axis


def _declared(scenario: Scenario, root: Node, label: str, path: str) -> tuple[Assumption, str]:
    """The assumption at ``path`` and what a value there does to it (set, times or plus)."""
    change = overwritten.change_at(scenario, path)
    declared = assumption_at(path if change is None else change.path, root)
    if declared is None:
        allowed = "assumptions.<mechanism>.<name> or firms.<id>.<assumption>, or events.<id>.set.<one of these>"
        near = nearest_path(path, root)
        raise InputError(
            "nothing that can vary", key=label, found=path, allowed=allowed, nearest=near if near != path else None
        )
    return declared, "set" if change is None else change.op


def _number(label: str, given: Any, within: Range) -> float:
    allowed = range_text(within.low, within.high)
    if within.whole:
        allowed = allowed.replace("a number", "a whole number")
    number = _float(given)
    if not within.low <= number <= within.high or (within.whole and number != int(number)):
        problem = (
            "out of bounds" if math.isfinite(number) and not within.low <= number <= within.high else "no such value"
        )
        raise InputError(problem, key=label, found=shown(given), allowed=allowed)
    return number


def _points(label: str, given: Any) -> int:
    points = _float(given)
    if not (1 <= points <= MOST_POINTS and points == int(points)):
        allowed = f"a whole number from 1 to {MOST_POINTS}"
        raise InputError("no such number of points", key=label, found=shown(given), allowed=allowed)
    return int(points)


def _float(given: Any) -> float:
    """NaN for what is no number."""
    try:
        return float(given)
    except (TypeError, ValueError):
        return math.nan


def tidy(value: float) -> float:
    """``value`` without the last digits, which only say how it was computed."""
    return float(f"{float(value):.{DIGITS}g}")


def notes(scenario: Scenario, axes: Sequence[Axis], points: Iterable[Scenario]) -> list[str]:
    """What a reader must know of what varies: values that were uncertain, and events that overwrite them."""
    said = []
    for axis in axes:
        value = axis.stated_in(scenario)
        if value is not None and value.uncertain:
            numbers = ", ".join(decided.written(x) if axis.declared.decides else f"{x:g}" for x in value.numbers)
            drawn = f"is uncertain in the scenario ({value.kind}: {numbers}); here it has the same value in every world"
            said.append(f"{axis.name} {drawn}")
        elif value is not None and value.changing:
            said.append(f"{axis.name} changes over the months in the scenario; here it has the same value in all")
    for point in points:
        said += [notice.replace("what --set gave it", "the value that varies") for notice in point.notices]
    return list(dict.fromkeys(said))
