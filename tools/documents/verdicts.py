"""Verdicts by stated rules, from numbers alone."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from tools.documents.found import Beside, Moved, Told
from tools.severities.estimating import Estimate

HALF = 0.5
BORNE_OUT, CONTRADICTED, OPEN, UNASKED = "borne out", "contradicted", "open", "not asked"
DIFFERS, IN_PART = "differs between scenarios", "borne out in part"
MOST_NAMED = 3  # mechanisms each way: more are not read


def of_forecast(told: Told) -> str:
    """Of a forecast in a scenario: the interval of luck, made longer at both ends by the spread between draws (the
    upper end of its standard deviation), above one half, below it, or across it. Unasked where it counts in no world;
    open where the spread is not known.
    """
    value, low, high = told.probability
    if math.isnan(value):
        return UNASKED
    if any(math.isnan(part) for part in (low, high, told.sd.high)):
        return OPEN
    if low - told.sd.high > HALF:
        return BORNE_OUT
    return CONTRADICTED if high + told.sd.high < HALF else OPEN


def of_outcome(found: Estimate, sign: int) -> str:
    """Of what a law speaks of: the interval of the paired difference on the side of ``sign``, on the other, or across
    none.
    """
    ends = (sign * found.low, sign * found.high)
    return BORNE_OUT if min(ends) > 0.0 else CONTRADICTED if max(ends) < 0.0 else OPEN


def together(verdicts: Iterable[str], mixed: str) -> str:
    """One verdict of several: theirs if they are the same, else ``mixed``."""
    found = set(verdicts)
    return found.pop() if len(found) == 1 else mixed


def of_law(verdicts: Iterable[str]) -> str:
    """Of a law, from its outcomes in all scenarios: in part where some are borne out and some are not; contradicted
    where some are and none is borne out.
    """
    found = list(verdicts)
    return together(found, IN_PART if BORNE_OUT in found else CONTRADICTED)


def movers(moved: Sequence[Moved], way: int) -> list[Moved]:
    """The mechanisms that move the probability most, up (+1) or down (-1), when they are switched off; only those
    whose interval leaves out no difference.
    """
    sure = [one for one in moved if min(way * one.points.low, way * one.points.high) > 0.0]
    return sorted(sure, key=lambda one: -abs(one.points.value))[:MOST_NAMED]


def turners(moved: Sequence[Moved], way: int) -> list[Moved]:
    """The mechanisms without which it is more (+1) or less (-1) likely than not, the strongest first."""
    half = 100.0 * HALF
    sure = [one for one in moved if min(way * (one.share.low - half), way * (one.share.high - half)) > 0.0]
    return sorted(sure, key=lambda one: -way * one.share.value)


def helpers(beside: Sequence[Beside], sign: int) -> list[Beside]:
    """The mechanisms without which the difference that a law makes moves most to the side of ``sign``; only those that
    surely do.
    """
    sure = [one for one in beside if min(sign * one.change.low, sign * one.change.high) > 0.0]
    return sorted(sure, key=lambda one: -abs(one.change.value))[:MOST_NAMED]
