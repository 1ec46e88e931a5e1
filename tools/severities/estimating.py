"""An estimate with its 95% interval from numbers of each world; the world is the sampling unit."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sim.outcomes.intervals import ratio_wilson, t_quantile
from tools.students_t import t_interval


class Estimate(NamedTuple):
    """A number and the ends of its interval; NaN where there is nothing to go by."""

    value: float
    low: float
    high: float


def mean(values: ArrayLike, level: float = 0.95) -> Estimate:
    """The mean over worlds. Of differences in the same worlds it is the paired difference."""
    return Estimate(*t_interval(values, level))


def share(part: ArrayLike, whole: ArrayLike) -> Estimate:
    """Per cent of all ``whole`` of all worlds that are ``part``: (worlds,) counts, pooled."""
    a, b = np.asarray(part, float), np.asarray(whole, float)
    if b.sum() == 0:
        return Estimate(math.nan, math.nan, math.nan)
    low, high = ratio_wilson(a.sum(), b.sum(), ((a * a).sum(), (a * b).sum(), (b * b).sum()))
    return Estimate(100.0 * a.sum() / b.sum(), 100.0 * float(low), 100.0 * float(high))


def times(one: tuple[ArrayLike, ArrayLike], other: tuple[ArrayLike, ArrayLike]) -> Estimate:
    """How many times a rate is another one, both as (events, months at risk) of each world.

    The interval is that of the logarithm, linearised in the four sums, with Student's t.
    """
    sums = [np.asarray(counts, float) for counts in (*one, *other)]
    if any(counts.sum() <= 0.0 for counts in sums):
        return Estimate(math.nan, math.nan, math.nan)
    parts = [counts / counts.sum() for counts in sums]
    moved = parts[0] - parts[1] - parts[2] + parts[3]
    worlds = moved.size
    value = math.log(sums[0].sum() / sums[1].sum()) - math.log(sums[2].sum() / sums[3].sum())
    if worlds < 2:
        return Estimate(math.exp(value), math.nan, math.nan)
    half = float(t_quantile(worlds - 1)) * math.sqrt(worlds * moved.var(ddof=1))
    return Estimate(math.exp(value), math.exp(value - half), math.exp(value + half))


def of_worlds(flags: ArrayLike) -> Estimate:
    """Per cent of worlds, (worlds,) flags."""
    return share(flags, np.ones(np.shape(flags)))


def largest(columns: ArrayLike) -> Estimate:
    """The largest mean of the columns of (worlds, columns), with its own interval."""
    table = np.asarray(columns, float)
    return mean(table[:, int(table.mean(axis=0).argmax())])
