"""What drives an outcome: how much of its variance an uncertain assumption explains, and how much is chance.

Of an outcome Y that is 1 or 0 in each world, Var(Y) = Var(E[Y|X]) + E[Var(Y|X)], X being all assumptions a world
drew. The second part is chance: luck decides between worlds that drew the same. It is measured by giving the same
draws other luck: Var(E[Y|X]) is the covariance of the two.

The first-order index (Sobol 1993) of one assumption, Var(E[Y|X_i]) / Var(Y), is estimated from the worlds of one run:
they are sorted by X_i and cut into groups of equal size, and the variance between groups is corrected for what chance
alone puts there (epsilon squared, Kelley 1935). Groups are cut again where the parts clearly differ, so that a
jump within a group is not lost. The test is that of the analysis of variance; of an outcome that is true or false,
its distribution comes from dealing the true worlds out to the groups at random, since the F distribution takes rare
outcomes for drivers too often. The interval comes from the noncentral F distribution (Steiger 2004), which takes the
draws as given; where the spread of the draws makes it wider, as their influence function says, it is that wide.
Testing many assumptions at once, their p-values are held against Holm's (1979) bounds.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.outcomes.intervals import Z, wilson

GROUPS = (5, 20)  # of equal size, in which the mean of the outcome is taken: at least and at most
WORLDS_A_GROUP = 100  # that a group should have before there are more groups
FEWEST_IN_PART = 3  # worlds in each part of a group that is cut again
CUT_AT = 0.001  # groups are cut again if their parts differ so much by chance alone with at most this probability
DEALS = 50_000  # random deals of true worlds to groups, for the test of an outcome that is true or false
LEVEL = 0.05  # family-wise error of the test
FEWEST_EVENTS = 50  # worlds in which an outcome comes true, and in which it does not: with fewer, nothing is ranked
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
    assumption (``up_to`` a value), and the fifth that drew the highest (``from_``), each with Wilson's interval.

    ``worlds``: how many there are at each end; more or fewer than a fifth where many worlds drew the same value.
    """

    lowest: Estimate
    highest: Estimate
    up_to: float
    from_: float
    worlds: tuple[int, int]


def grouped(place: np.ndarray, counts: np.ndarray, groups: int) -> np.ndarray:
    """(n,) group of every value: equal values in one group, groups of nearly equal size, 0 the lowest.

    ``place`` (n,) is that of every value among the different ones, ``counts`` says how many there are of each. Those
    of twice as many groups lie within these.
    """
    if counts.size <= groups:
        return place
    middle = np.cumsum(counts) - counts / 2
    return np.asarray(np.minimum((middle * groups / place.size).astype(int), groups - 1)[place])


def first_order(x: np.ndarray, y: np.ndarray) -> Effect:
    """First-order index of the assumption that drew ``x`` (n,) on the outcome ``y`` (n,).

    It is that of the group means: where the outcome's mean is a straight line in x, 1% less with ten groups than the
    index itself. All zero and p = 1 where ``y`` or ``x`` does not vary, or there are too few worlds.
    """
    n = y.size
    total = float(((y - y.mean()) ** 2).sum()) if n else 0.0
    place, counts = np.unique(x, return_inverse=True, return_counts=True)[1:]
    parts = min(max(n // WORLDS_A_GROUP, GROUPS[0]), GROUPS[1])
    group, k, within = _analysed(grouped(place, counts, parts), y)
    if k < 2 or n < 2 * k or total == 0:
        return Effect(0.0, 0.0, 0.0, 1.0)
    p = _p_of(total, within, y, group, k)
    none = total * np.finfo(float).eps * n  # what rounding leaves of a variance of zero
    while within > none and n >= 2 * FEWEST_IN_PART * parts and counts.size > parts:
        parts *= 2
        cut, many, inside = _analysed(grouped(place, counts, parts), y)
        if inside <= none or _f_p((within - inside) / (many - k), inside, many - k, n - many) <= CUT_AT:
            group, k, within = cut, many, inside
    if within <= none:
        return Effect(1.0, 1.0, 1.0, p)
    value = 1 - (within / (n - k)) / (total / (n - 1))
    statistic = ((total - within) / (k - 1)) / (within / (n - k))
    low, high = (noncentral / (noncentral + n) for noncentral in _noncentral(statistic, k - 1, n - k))
    means = np.bincount(group, weights=y) / np.bincount(group)
    raw, centred, explained = 1 - within / total, y - y.mean(), means[group] - y.mean()
    influence = (2 * centred * explained - explained**2 - raw * centred**2) / (total / n)
    half = Z * math.sqrt(float((influence**2).sum())) / n
    return Effect(max(value, 0.0), max(0.0, min(low, value - half)), min(1.0, max(high, value + half)), p)


def _analysed(group: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, int, float]:
    """The groups (n,) numbered without gaps, how many there are, and the squares of ``y`` about their means."""
    used = np.bincount(group) > 0
    group = (np.cumsum(used) - 1)[group]
    means = np.bincount(group, weights=y) / np.bincount(group)
    return group, means.size, float(((y - means[group]) ** 2).sum())


def _p_of(total: float, within: float, y: np.ndarray, group: np.ndarray, k: int) -> float:
    """Probability of group means as far apart as these by chance alone."""
    if np.isin(y, (0.0, 1.0)).all():
        counts = np.bincount(group)
        true = int(y.sum())
        apart = float((np.bincount(group, weights=y) ** 2 / counts).sum())
        return float((1 + (_dealt(tuple(counts.tolist()), true) >= apart * (1 - 1e-12)).sum()) / (1 + DEALS))
    return _f_p((total - within) / (k - 1), within, k - 1, y.size - k) if within > 0 else 0.0


@functools.lru_cache(maxsize=64)
def _dealt(counts: tuple[int, ...], true: int) -> np.ndarray:
    """(DEALS,) the sum over groups of (true worlds)^2 / worlds, where ``true`` worlds fall into groups at random."""
    deals = np.random.default_rng(0).multivariate_hypergeometric(counts, true, DEALS, method="marginals")
    return np.asarray((deals**2 / np.array(counts)).sum(axis=1))


def _f_p(between: float, within: float, first: int, second: int) -> float:
    """Probability of so large an F by chance: ``between`` is a mean square, ``within`` a sum of squares."""
    from scipy.special import fdtrc

    return float(fdtrc(first, second, between / (within / second)))


def _noncentral(statistic: float, first: int, second: int) -> tuple[float, float]:
    """The 95% interval of the noncentrality of an F statistic with so many degrees of freedom.

    Found by bisection: scipy.special.ncfdtrinc is off by up to 0.4% and knows nothing beyond 10,000.
    """
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
    """The outcome in the fifth of worlds with the lowest and the highest draws.

    Worlds that drew the same value stay together: an end holds as many whole values as fit in a fifth, at least one.
    """
    values, place, counts = np.unique(x, return_inverse=True, return_counts=True)
    fifth = max(1, y.size // 5)
    below = max(1, int((np.cumsum(counts) <= fifth).sum()))
    above = max(1, int((np.cumsum(counts[::-1]) <= fifth).sum()))
    ends = place < below, place >= values.size - above
    sizes = [int(end.sum()) for end in ends]
    shares = [float(y[end].mean()) for end in ends]
    lowest, highest = (
        Estimate(share, *(float(bound) for bound in wilson(share, size)))
        for share, size in zip(shares, sizes, strict=True)
    )
    return Fifths(lowest, highest, float(values[below - 1]), float(values[-above]), (sizes[0], sizes[1]))


def significant_by_holm(p: Sequence[float], level: float = LEVEL) -> list[bool]:
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
