"""Scores: how good were the probabilities of events, and how often did intervals hold what was reported.

Brier score   mean of (p - happened)^2                                                           Brier (1950)
log score     mean of -log(probability given to what came about), in nats                        Good (1952)
              A share of n that is 0 or 1 is first moved half a case inwards, to 1/(2n) or 1 - 1/(2n): n worlds did not
              see it, which is not to say that it cannot be. n is the number of cases it is a share of.
base rate     for each event the share of the other events of its class that happened; 1/2 where it has no other
coverage      share of facts inside their intervals, with the exact binomial interval    Clopper & Pearson (1934)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

NO_KNOWLEDGE = 0.5


class Forecast(NamedTuple):
    """A probability that is a share of ``cases``, and whether the event happened."""

    probability: float
    cases: int
    happened: bool


def inwards(probability: float, cases: int) -> float:
    """``probability``, at least half a case of ``cases`` away from 0 and from 1."""
    edge = 1.0 / (2 * cases)
    return min(max(probability, edge), 1.0 - edge)


def brier(forecasts: Sequence[Forecast]) -> float:
    """Mean squared distance of the probabilities from 1 (happened) or 0."""
    return math.fsum((f.probability - f.happened) ** 2 for f in forecasts) / len(forecasts)


def log_score(forecasts: Sequence[Forecast]) -> float:
    """Mean of minus the logarithm of the probability that was given to what came about."""
    return math.fsum(surprise(f) for f in forecasts) / len(forecasts)


def surprise(forecast: Forecast) -> float:
    """Minus the logarithm of the probability given to what came about."""
    p = inwards(forecast.probability, forecast.cases)
    return -math.log(p if forecast.happened else 1.0 - p)


def leave_one_out(happened: Sequence[bool]) -> list[Forecast]:
    """For every event of a class the share of the others that happened; 1/2, as of two cases, where there is none."""
    others = len(happened) - 1
    if others < 1:
        return [Forecast(NO_KNOWLEDGE, 2, event) for event in happened]
    return [Forecast((sum(happened) - event) / others, others, event) for event in happened]


class Interval(NamedTuple):
    """The ends of an interval that holds the middle ``level`` of the worlds."""

    low: float
    high: float

    def holds(self, low: float, high: float) -> bool:
        """True if any of the range from ``low`` to ``high`` lies in it (a point: low = high)."""
        return low <= self.high and high >= self.low


def middle(values: np.ndarray, level: float) -> Interval:
    """The interval between the quantiles (1 - level) / 2 and (1 + level) / 2."""
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high))


def coverage(inside: int, facts: int, level: float = 0.95) -> Interval:
    """Exact binomial interval of a share (Clopper and Pearson), if facts were independent."""
    from scipy.stats import binomtest

    found = binomtest(inside, facts).proportion_ci(level, method="exact")
    return Interval(float(found.low), float(found.high))


def place(values: np.ndarray, reported: float) -> float:
    """Share of ``values`` below ``reported``, those equal to it counted half."""
    return float(((values < reported).sum() + 0.5 * (values == reported).sum()) / values.size)
