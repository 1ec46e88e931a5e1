"""Intervals: Wilson, design-effect Wilson, Tango and Newcombe for differences, Student's t for means; 95%.

Every function takes arrays (broadcast) and gives (low, high) of the same shape; where there is nothing to go by
both are NaN. The world is the sampling unit: what rests on the spread between worlds is estimated from it with n - 1
and takes Student's t with n - 1 degrees of freedom in place of the normal quantile, and one world gives no interval.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

Z = 1.959963984540054  # standard normal quantile of 0.975
BISECTIONS = 50  # halvings of the range from -1 to 1
OUTSIDE = 0.025  # outside of an interval, on each side
RANKS_OFF = 3  # more than the normal approximation of a binomial quantile is off
LEAST_WORLDS = 2  # one world shows no spread between worlds
Bounds = tuple[np.ndarray, np.ndarray]


def wilson(share: ArrayLike, trials: ArrayLike, z: ArrayLike = Z) -> Bounds:
    """Wilson's score interval (1927) of a proportion ``share`` of ``trials`` (a real number, maybe effective)."""
    p, n, z = np.broadcast_arrays(np.asarray(share, float), np.asarray(trials, float), np.asarray(z, float))
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        scale = 1 + z * z / n
        low = (p + z * z / (2 * n) - spread) / scale
        high = (p + z * z / (2 * n) + spread) / scale
    low = np.where(p <= 0, 0.0, np.clip(low, 0, 1))
    high = np.where(p >= 1, 1.0, np.clip(high, 0, 1))
    known = (n > 0) & ~np.isnan(p) & ~np.isnan(z)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def of_worlds(share: ArrayLike, worlds: ArrayLike) -> Bounds:
    """Wilson's interval of a ``share`` of ``worlds``; NaN below two worlds."""
    n = np.asarray(worlds, float)
    return wilson(share, np.where(n >= LEAST_WORLDS, n, 0.0))


def effective_size(share: ArrayLike, variance: ArrayLike, most: ArrayLike, fallback: ArrayLike) -> np.ndarray:
    """How many independent trials are worth as much as the estimate ``share`` with ``variance`` between worlds.

    p(1-p) / variance (Kish's design effect), at most ``most`` (the number of firms: Korn and Graubard 1998);
    ``fallback`` (the number of worlds) where the share is 0 or 1 and the spread says nothing.
    """
    p, v = np.broadcast_arrays(np.asarray(share, float), np.asarray(variance, float))
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.minimum(np.where(v > 0, p * (1 - p) / v, np.inf), most)
    return np.where((p > 0) & (p < 1), size, fallback)


def design_wilson(share: ArrayLike, variance: ArrayLike, most: ArrayLike, worlds: ArrayLike) -> Bounds:
    """Wilson's interval of the effective number of trials, with Student's t; NaN below two worlds.

    ``variance`` is that of ``share``, estimated from its spread between ``worlds`` with n - 1 (``worlds`` may be an
    effective number), ``most`` the number of firms.
    """
    n = np.asarray(worlds, float)
    enough = n >= LEAST_WORLDS
    z = np.where(enough, t_quantile(np.where(enough, n - 1, 1.0)), np.nan)
    return wilson(share, effective_size(share, variance, most, n), z)


def pooled_wilson(total: ArrayLike, squares: ArrayLike, worlds: int, members: int) -> Bounds:
    """Design-effect Wilson of the mean over ``members`` of a group; the world is the sampling unit.

    ``total`` and ``squares`` are the sums over worlds of the count of members and of its square (integers).
    With one member it is Wilson's interval, exactly.
    """
    count = np.asarray(total, float)
    if worlds < LEAST_WORLDS:
        return np.full(count.shape, np.nan), np.full(count.shape, np.nan)
    share = count / (worlds * members)
    if members == 1:
        return of_worlds(share, worlds)
    variance = variance_of(total, squares, worlds) / worlds / members**2
    return design_wilson(share, variance, float(worlds) * members, worlds)


def ratio_wilson(part: ArrayLike, whole: ArrayLike, squares: Sequence[ArrayLike]) -> Bounds:
    """Design-effect Wilson of the ratio of two counts pooled over worlds, e.g. abandoned among listed.

    ``squares`` are the sums over worlds of part², part·whole and whole². The variance is that of the ratio
    estimator (linearised); each world contributes part - ratio·whole. The number of worlds is an effective one, whole²
    over the sum of its squares (Kish): of worlds that have equally many, how many have any. NaN below two of them.
    """
    a, b = np.asarray(part, float), np.asarray(whole, float)
    aa, ab, bb = (np.asarray(s, float) for s in squares)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = a / b
        units = b * b / bb
        spread = np.maximum(aa - 2 * ratio * ab + ratio * ratio * bb, 0.0) / (b * b)
        variance = spread * units / (units - 1)
    return design_wilson(ratio, variance, b, units)


def ratio_sums(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """(5, ...) sums over worlds of two counts (worlds, ...), and of part², part·whole and whole²."""
    return np.stack([product.sum(axis=0) for product in (part, whole, part * part, part * whole, whole * whole)])


def rank_bounds(trials: ArrayLike, share: float) -> Bounds:
    """Ranks, from 1, of the two of ``trials`` values in order that hold the quantile of ``share`` between them.

    At least 95%: at most 2.5% for each side (binomial; David and Nagaraja 2003, section 7.1). NaN where so few values
    bound it on neither or one side only.
    """
    sizes, place = np.unique(np.floor(np.asarray(trials, float)), return_inverse=True)
    low, high = _lower_rank(sizes, share), sizes + 1 - _lower_rank(sizes, 1 - share)
    shape = np.shape(trials)
    bounds = (np.where(low > 0, low, np.nan), np.where(high <= sizes, high, np.nan))
    return bounds[0][place].reshape(shape), bounds[1][place].reshape(shape)


def _lower_rank(sizes: np.ndarray, share: float) -> np.ndarray:
    """The largest rank that with 97.5% is not above the quantile of ``share``; 0 where none is so sure."""
    from scipy.special import bdtr

    guess = sizes * share - Z * np.sqrt(sizes * share * (1 - share))
    rank = np.clip(np.ceil(guess) + RANKS_OFF, 0, sizes)
    while (unsure := (rank > 0) & (bdtr(np.maximum(rank - 1, 0), sizes.astype(np.int64), share) > OUTSIDE)).any():
        rank = rank - unsure
    return np.asarray(rank)


def variance_of(total: ArrayLike, squares: ArrayLike, count: ArrayLike) -> np.ndarray:
    """Sample variance (n - 1) from the sums over ``count`` worlds of a value and of its square; NaN below two."""
    sums, squared, n = (np.asarray(part, float) for part in (total, squares, count))
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.maximum(squared - sums * sums / n, 0.0) / (n - 1)
    return np.where(n >= LEAST_WORLDS, found, np.nan)


def students_t(total: ArrayLike, squares: ArrayLike, count: ArrayLike) -> Bounds:
    """Student's t interval of a mean, from the sums over ``count`` worlds of a value and of its square."""
    n = np.asarray(count, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.asarray(total, float) / n
        half = t_quantile(n - 1) * np.sqrt(variance_of(total, squares, n) / n)
    return mean - half, mean + half


def paired_score(more: ArrayLike, less: ArrayLike, pairs: ArrayLike, z: ArrayLike = Z) -> Bounds:
    """Score interval of the difference of two paired proportions (Tango 1998).

    ``more`` and ``less`` count the pairs in which only the one, or only the other, happened, of ``pairs`` in all (real
    numbers, maybe effective). The variance is that under the difference that is tested. Where few flips are expected
    and all go one way, as an assumption may have it, Wald covers 80% to 93%, Agresti and Min (2005) 87% to 96%, this
    93% to 98%. Several ``z`` go with the pairs one by one (Student's t where the pairs are worlds with several firms).
    Own code: statsmodels has intervals of independent proportions only.
    """
    b, c, n, z = (np.asarray(part, float) for part in np.broadcast_arrays(more, less, pairs, z))
    known = (n > 0) & ~np.isnan(z)
    n = np.where(known, n, 1.0)
    estimate = np.clip((b - c) / n, -1.0, 1.0)

    def beyond(difference: np.ndarray) -> np.ndarray:
        """How many standard errors under ``difference`` the estimate lies above it."""
        middle = (2 * n - b + c) * difference - b - c
        inner = middle * middle + 8 * n * c * difference * (1 - difference)
        flips = (np.sqrt(np.maximum(inner, 0.0)) - middle) / (4 * n)  # the other flip's probability, most likely
        variance = n * (2 * flips + difference * (1 - difference))
        return np.asarray((b - c - n * difference) / np.sqrt(np.maximum(variance, 1e-300)))

    inside, below, above = estimate, np.full(n.shape, -1.0), np.full(n.shape, 1.0)
    low, high = inside.copy(), inside.copy()
    for _ in range(BISECTIONS):
        middle = (below + low) / 2
        outside = beyond(middle) > z
        below, low = np.where(outside, middle, below), np.where(outside, low, middle)
        middle = (high + above) / 2
        outside = beyond(middle) < -z
        above, high = np.where(outside, middle, above), np.where(outside, high, middle)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def newcombe(first: ArrayLike, first_bounds: Bounds, second: ArrayLike, second_bounds: Bounds) -> Bounds:
    """Interval of the difference of two independent estimates, first minus second, from the bounds of each.

    With Wilson's bounds this is method 10 of Newcombe (1998) for two independent proportions.
    """
    one, other = np.asarray(first, float), np.asarray(second, float)
    (low_1, high_1), (low_2, high_2) = first_bounds, second_bounds
    down = np.sqrt((one - low_1) ** 2 + (high_2 - other) ** 2)
    up = np.sqrt((high_1 - one) ** 2 + (other - low_2) ** 2)
    return one - other - down, one - other + up


def t_quantile(freedom: ArrayLike, level: float = 0.95) -> np.ndarray:
    """Two-sided quantile of Student's t with ``freedom`` degrees of freedom."""
    from scipy.special import stdtrit

    return np.asarray(stdtrit(np.asarray(freedom, float), 0.5 + level / 2))


def welch(first: tuple[ArrayLike, ...], second: tuple[ArrayLike, ...]) -> Bounds:
    """Interval of the difference of two independent means, first minus second (Welch 1947).

    Of each: the mean, the variance of the mean, and of how many it is.
    """
    (one, a, n), (other, b, k) = ([np.asarray(part, float) for part in side] for side in (first, second))
    with np.errstate(divide="ignore", invalid="ignore"):
        freedom = (a + b) ** 2 / (a * a / (n - 1) + b * b / (k - 1))
        half = t_quantile(np.where(a + b > 0, freedom, n + k - 2)) * np.sqrt(a + b)
    return one - other - half, one - other + half


METHODS: dict[Callable[..., Any], str] = {  # what each is called; whoever names a method takes it from what computes
    wilson: "Wilson's score interval",
    of_worlds: "Wilson's score interval",
    pooled_wilson: "Wilson's with the design effect between worlds",
    paired_score: "Tango's score interval",
    newcombe: "Newcombe's interval",
    rank_bounds: "between two values in order (binomial)",
    students_t: "Student's t",
    welch: "Welch's t",
}
