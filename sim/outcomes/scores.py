"""Scores of forecasts against facts: how good were probabilities, and where do numbers lie in their intervals.

Brier score   mean of (p - happened)^2                                                           Brier (1950)
log score     mean of -log(probability given to what came about), in nats                        Good (1952)
              A share of n that is 0 or 1 is first moved half a case inwards, to 1/(2n) or 1 - 1/(2n): n worlds did not
              see it, which is not to say that it cannot be. n is the number of cases it is a share of.
base rate     for each event the share of the other events of its class that happened; 1/2 where it has no other
coverage      share of facts inside their intervals, with the exact binomial interval    Clopper & Pearson (1934)
CRPS          mean over worlds of |x - y| less half the mean over pairs of |x - x'|: the distance of a whole forecast
              from a number, in its unit; of one number the plain distance       Gneiting & Raftery (2007), eq. 21

Means of scores come with Student's interval over facts. Facts of one history depend on each other, so that the truth
is less sure than that.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.outcomes.intervals import t_quantile

NO_KNOWLEDGE = 0.5


class Forecast(NamedTuple):
    """A probability that is a share of ``cases``, and whether the event happened."""

    probability: float
    cases: int
    happened: bool


class Interval(NamedTuple):
    """An estimate or a forecast by its ends; NaN where there is none."""

    low: float
    high: float

    def holds(self, low: float, high: float) -> bool:
        """True if any of the range from ``low`` to ``high`` lies in it (a point: low = high)."""
        return low <= self.high and high >= self.low


class Mean(NamedTuple):
    """The mean of some scores, its interval (NaN for fewer than two) and their number."""

    value: float
    low: float
    high: float
    facts: int


def inwards(probability: float, cases: int) -> float:
    """``probability``, at least half a case of ``cases`` away from 0 and from 1."""
    edge = 1.0 / (2 * cases)
    return min(max(probability, edge), 1.0 - edge)


def brier(forecast: Forecast) -> float:
    """Squared distance of the probability from 1 (happened) or 0."""
    return (forecast.probability - forecast.happened) ** 2


def surprise(forecast: Forecast) -> float:
    """Minus the logarithm of the probability given to what came about: the log score."""
    p = inwards(forecast.probability, forecast.cases)
    return -math.log(p if forecast.happened else 1.0 - p)


def leave_one_out(happened: Sequence[bool]) -> list[Forecast]:
    """For every event of a class the share of the others that happened; 1/2, as of two cases, where there is none."""
    others = len(happened) - 1
    if others < 1:
        return [Forecast(NO_KNOWLEDGE, 2, event) for event in happened]
    return [Forecast((sum(happened) - event) / others, others, event) for event in happened]


def crps(values: np.ndarray, fact: float) -> float:
    """Continuous ranked probability score of ``values`` (worlds,) against ``fact``, in their unit."""
    ordered = np.sort(values)
    n = ordered.size
    spread = float(np.sum((2 * np.arange(1, n + 1) - n - 1) * ordered)) / (n * n)  # half the mean over pairs
    return float(np.abs(ordered - fact).mean()) - spread


def middle(values: np.ndarray, level: float) -> Interval:
    """The interval between the quantiles (1 - level) / 2 and (1 + level) / 2."""
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high))


def place(values: np.ndarray, fact: float) -> float:
    """Share of ``values`` below ``fact``, those equal to it counted half."""
    return float(((values < fact).sum() + 0.5 * (values == fact).sum()) / values.size)


def coverage(inside: int, facts: int, level: float = 0.95) -> Interval:
    """Exact binomial interval of a share (Clopper and Pearson), if facts were independent."""
    from scipy.stats import binomtest

    found = binomtest(inside, facts).proportion_ci(level, method="exact")
    return Interval(float(found.low), float(found.high))


def mean_of(scores: Sequence[float]) -> Mean:
    """Mean of ``scores`` with Student's 95% interval over them."""
    n = len(scores)
    if not n:
        return Mean(math.nan, math.nan, math.nan, 0)
    mean = math.fsum(scores) / n
    if n < 2:
        return Mean(mean, math.nan, math.nan, n)
    half = float(t_quantile(n - 1)) * float(np.std(scores, ddof=1)) / math.sqrt(n)
    return Mean(mean, mean - half, mean + half, n)
