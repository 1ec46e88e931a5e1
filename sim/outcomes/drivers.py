"""What drives an outcome: how much of its variance an uncertain assumption explains, and how much is chance.

Of an outcome Y that is 1 or 0 in each world, Var(Y) = Var(E[Y|X]) + E[Var(Y|X)], X being all assumptions a world
drew. The second part is chance: luck decides between worlds that drew the same. It is measured by giving the same
draws other luck: Var(E[Y|X]) is the covariance of the two.

The first-order index (Sobol 1993) of one assumption, Var(E[Y|X_i]) / Var(Y), is estimated from the worlds of one run:
they are sorted by X_i and cut into groups of equal size, and the variance between groups is corrected for what chance
alone puts there (epsilon squared, Kelley 1935). Its test is that of the analysis of variance. Its interval comes from
the noncentral F distribution (Steiger 2004), which takes the draws as given; where the spread of the draws makes it
wider, as their influence function says, it is that wide. Testing many assumptions at once, their p-values are held
against Holm's (1979) bounds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.outcomes.intervals import Z, wilson

GROUPS = (5, 20)  # of equal size, in which the mean of the outcome is taken: at least and at most
WORLDS_A_GROUP = 100  # that a group should have before there are more groups
LEVEL = 0.05  # family-wise error of the test
MOST_NONCENTRAL = 1e7


class Estimate(NamedTuple):
    """An estimate with its 95% interval."""

    value: float
    low: float
    high: float


class Effect(NamedTuple):
    """An index with its 95% interval, and the probability of so large an index by chance alone."""

    value: float
    low: float
    high: float
    p: float


class Fifths(NamedTuple):
    """The share of worlds in which the outcome is true among the fifth of worlds that drew the lowest values of an
    assumption (``up_to`` a value), and the fifth that drew the highest (``from_``), each with Wilson's interval."""

    lowest: Estimate
    highest: Estimate
    up_to: float
    from_: float
    worlds: tuple[int, int]


def grouped(x: np.ndarray, groups: int) -> np.ndarray:
    """(n,) group of every value of ``x``: equal values in one group, groups of nearly equal size, 0 the lowest."""
    values, place, counts = np.unique(x, return_inverse=True, return_counts=True)
    if values.size <= groups:
        return np.asarray(place)
    middle = np.cumsum(counts) - counts / 2
    return np.asarray(np.minimum((middle * groups / x.size).astype(int), groups - 1)[place])


def first_order(x: np.ndarray, y: np.ndarray) -> Effect:
    """First-order index of the assumption that drew ``x`` (n,) on the outcome ``y`` (n,).

    It is that of the group means: where the outcome's mean is a straight line in x, 1% less with ten groups than the
    index itself. All zero and p = 1 where ``y`` or ``x`` does not vary, or there are too few worlds.
    """
    n = y.size
    _, group = np.unique(grouped(x, min(max(n // WORLDS_A_GROUP, GROUPS[0]), GROUPS[1])), return_inverse=True)
    counts = np.bincount(group)
    k = counts.size
    total = float(((y - y.mean()) ** 2).sum()) if n else 0.0
    if k < 2 or n < 2 * k or total == 0:
        return Effect(0.0, 0.0, 0.0, 1.0)
    means = np.bincount(group, weights=y) / counts
    within = float(((y - means[group]) ** 2).sum())
    if within <= total * np.finfo(float).eps * n:
        return Effect(1.0, 1.0, 1.0, 0.0)
    value = 1 - (within / (n - k)) / (total / (n - 1))
    statistic = ((total - within) / (k - 1)) / (within / (n - k))
    low, high = (noncentral / (noncentral + n) for noncentral in _noncentral(statistic, k - 1, n - k))
    raw, centred, explained = 1 - within / total, y - y.mean(), means[group] - y.mean()
    influence = (2 * centred * explained - explained**2 - raw * centred**2) / (total / n)
    half = Z * math.sqrt(float((influence**2).sum())) / n
    from scipy.special import fdtrc

    p = float(fdtrc(k - 1, n - k, statistic))
    return Effect(max(value, 0.0), max(0.0, min(low, value - half)), min(1.0, max(high, value + half)), p)


def _noncentral(statistic: float, first: int, second: int) -> tuple[float, float]:
    """The 95% interval of the noncentrality of an F statistic with so many degrees of freedom."""
    from scipy.optimize import brentq
    from scipy.special import ncfdtr

    def at(share: float) -> float:
        def beyond(noncentral: float) -> float:
            return float(ncfdtr(first, second, noncentral, statistic)) - share

        if beyond(0.0) <= 0:
            return 0.0
        top = max(1.0, first * statistic)
        while beyond(top) > 0 and top < MOST_NONCENTRAL:
            top *= 2
        return float(brentq(beyond, 0.0, top, xtol=1e-9 * top)) if beyond(top) <= 0 else MOST_NONCENTRAL

    return at(0.975), at(0.025)


def chance_share(y: np.ndarray, again: np.ndarray) -> Estimate:
    """The share of the variance of an outcome that is chance, from the same draws with other luck, (n,) each.

    One minus the correlation of the two; the interval is taken on Fisher's scale. A correlation below zero, which only
    chance can bring about, counts as zero: it is no reason for a narrow interval. Nor is an outcome that few worlds
    have: the spread is at least 1/sqrt(n), that of independent outcomes. NaN where the outcome does not vary.
    """
    n = y.size
    mean = (y.mean() + again.mean()) / 2 if n else 0.0
    variance = (((y - mean) ** 2).sum() + ((again - mean) ** 2).sum()) / 2
    if n < 4 or variance == 0:
        return Estimate(math.nan, math.nan, math.nan)
    product, square = (y - mean) * (again - mean), ((y - mean) ** 2 + (again - mean) ** 2) / 2
    correlation = float(product.sum() / variance)
    if abs(correlation) >= 1:
        return Estimate(1 - correlation, 1 - correlation, 1 - correlation)
    error = math.sqrt(float(((product - correlation * square) ** 2).sum())) / variance
    centre, spread = math.atanh(max(correlation, 0.0)), Z * max(error / (1 - correlation**2), 1 / math.sqrt(n))
    shares = [1 - math.tanh(z) for z in (centre, centre + spread, centre - spread)]
    value, low, high = (min(max(share, 0.0), 1.0) for share in shares)
    return Estimate(value, low, high)


def fifths(x: np.ndarray, y: np.ndarray) -> Fifths:
    """The outcome in the fifth of worlds with the lowest and the highest draws (ties as they fall)."""
    size = max(1, y.size // 5)
    order = np.argsort(x, kind="stable")
    ends = order[:size], order[-size:]
    estimates = []
    for worlds in ends:
        share = float(y[worlds].mean())
        low, high = wilson(share, size)
        estimates.append(Estimate(share, float(low), float(high)))
    return Fifths(estimates[0], estimates[1], float(x[ends[0]].max()), float(x[ends[1]].min()), (size, size))


def significant(p: Sequence[float], level: float = LEVEL) -> list[bool]:
    """Which of many tests are significant with a family-wise error of ``level`` (Holm 1979)."""
    order = sorted(range(len(p)), key=lambda i: p[i])
    passed = [False] * len(p)
    for rank, i in enumerate(order):
        if p[i] > level / (len(p) - rank):
            break
        passed[i] = True
    return passed


def ranks(effects: Sequence[Effect], passed: Sequence[bool]) -> list[int | None]:
    """The rank of every effect that ``passed`` its test, None of the others.

    One more than the number of effects that are clearly larger (whose interval lies above its own), so effects that
    cannot be told apart share a rank.
    """
    clear = [effect for effect, ok in zip(effects, passed, strict=True) if ok]
    return [
        1 + sum(other.low > effect.high for other in clear) if ok else None
        for effect, ok in zip(effects, passed, strict=True)
    ]
