"""What is not known: how far a share moves from one draw of the uncertain assumptions to another.

Let Y be what is counted in a world (1 where a firm is in a state, else 0; of a group how many of its firms are) out of
W (1, or how many firms there are to count), and X all that the world drew. Worlds with the same draws and other luck
have the same expectation, so that over pairs of them

    V = Var(E[Y/W | X]) = E[Y Y'] / E[W W'] - p^2,        p = E[Y W' + Y' W] / (2 E[W W'])

which is the variance between draws; what is left of the variance of Y is chance. p^2 is the product of different draws,
so that V is estimated without bias; below zero it counts as zero. Its root is the *spread between draws*, a standard
deviation in the unit of the share.

The interval inverts a test: it holds every v from which the estimate lies within Student's t standard errors, those
that the estimate would have if v were true. Draws are then taken to spread as a beta distribution with mean p and
variance v (its skewness is what a normal approximation misses where p is near 0 or 1), and the firms of a group to
share luck as much as they do in these worlds. Where the draws scatter more than that, errors are theirs. An interval
begins at zero where fewer than FEWEST_DRAWS draws have two worlds alike; it ends at the variance of draws that decide
everything, q (1 - q), for any share q inside the interval of the run's own share.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from sim.outcomes.intervals import LEAST_WORLDS, t_quantile

FEWEST_DRAWS = 4  # measured: with three, intervals of rare outcomes begin too high in more than 8% of cases
Within = Sequence[Any] | np.ndarray  # lower and upper bound of a share
HALVINGS = 20  # of the range in which a bound lies: to a millionth of it


class Spread(NamedTuple):
    """The spread between draws, a standard deviation of a share, with its 95% interval; all of one shape."""

    sd: Any
    low: Any
    high: Any


class _Seen(NamedTuple):
    """What the pairs say, each of one shape: the share ``p``, ``variance`` between draws, its ``error``, that of ``p``
    within all worlds (``total``), effective numbers of ``draws`` and of ``pairs`` in each, and of draws ``alike``.
    """

    p: Any
    variance: Any
    error: Any
    total: Any
    draws: Any
    pairs: Any
    alike: Any


def draw_sums(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """(13, ...) sums over draws from Y and W, (worlds of a draw, draws, ...); no world, no W.

    Of the pairs of a draw Y Y', Y W' + Y' W, W W', and the products of these; then of its worlds Y^2, Y W, W^2, 1.
    Where W is the same for all of what is counted it may have one place for it.
    """
    y, w = np.asarray(part, float), np.asarray(whole, float)
    sums, wholes = y.sum(axis=0), w.sum(axis=0)
    squares = [one.sum(axis=0) for one in (y * y, y * w, w * w, (w > 0).astype(float))]
    pairs = (sums * sums - squares[0]) / 2, sums * wholes - squares[1], (wholes * wholes - squares[2]) / 2
    products = [pairs[i] * pairs[j] for i in range(3) for j in range(i, 3)]
    return np.stack(np.broadcast_arrays(*(one.sum(axis=0) for one in (*pairs, *products, *squares))))


def spread_of(sums: np.ndarray, within: Within) -> Spread:
    """The spread between draws from ``draw_sums``; ``within`` is the interval of the run's own share.

    NaN where fewer than two draws have a pair of worlds with something to count.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        seen = _seen(sums)
        known = seen.draws >= LEAST_WORLDS
        low, high = _bounds(seen, t_quantile(np.where(known, seen.draws - 1, 1.0)))
    nearest = np.clip(0.5, *(np.where(np.isnan(bound), 0.5, bound) for bound in within))
    high = np.minimum(high, nearest * (1 - nearest))
    low = np.where(seen.alike < FEWEST_DRAWS, 0.0, np.minimum(low, high))
    roots = (np.sqrt(np.maximum(one, 0.0)) for one in (np.minimum(seen.variance, high), low, high))
    return Spread(*(np.where(known, root, np.nan) for root in roots))


def _seen(sums: np.ndarray) -> _Seen:
    a, b, c, aa, ab, ac, bb, bc, cc, yy, yw, ww, worlds = sums
    draws, p = c * c / cc, b / (2 * c)
    variance = a / c - (b * b - bb) / (4 * (c * c - cc))
    shift = 2 * p * p - a / c
    squares = aa - 2 * p * ab + 2 * shift * ac + p * p * bb - 2 * p * shift * bc + shift * shift * cc
    neither, of_neither = c - b + a, cc + bb + aa - 2 * bc + 2 * ac - 2 * ab
    alike = np.minimum(*(np.where(n > 0, n * n / nn, 0.0) for n, nn in ((a, aa), (neither, of_neither))))
    return _Seen(
        p,
        variance,
        error=np.maximum(squares, 0.0) / (c * c) * draws / (draws - 1),
        total=(yy - 2 * p * yw + p * p * ww) / ww,
        draws=draws,
        pairs=np.maximum(c * worlds / (draws * ww), 1.0),
        alike=alike,
    )


def _bounds(seen: _Seen, t: Any) -> tuple[Any, Any]:
    """The lowest and the highest variance of which the estimate is within ``t`` errors; the latter infinite where none
    is too high.
    """
    most = np.minimum(seen.p * (1 - seen.p), seen.total)
    middle = np.clip(seen.variance, 0.0, most)
    more = np.fmax(seen.error / _error(seen, middle), 1.0)

    def beyond(v: Any) -> Any:
        return np.abs(v - seen.variance) > t * np.sqrt(more * np.maximum(_error(seen, v), 0.0))

    outside, low, high, above = np.zeros_like(middle), middle, middle, most
    for _ in range(HALVINGS):
        v = (outside + low) / 2
        out = beyond(v)
        outside, low = np.where(out, v, outside), np.where(out, low, v)
        v = (high + above) / 2
        out = beyond(v)
        high, above = np.where(out, high, v), np.where(out, v, above)
    return np.where(beyond(0.0), low, 0.0), np.where(beyond(most), high, np.inf)


def _error(seen: _Seen, v: Any) -> Any:
    """Variance of the estimate if ``v`` were true and draws spread as a beta distribution.

    Of a draw that moves the share by d let u be how far a world lies off p: E[u | d] = d, and E[u^2 | d] lies between
    that of a share of one and d^2 as the firms of a world share more or less luck. Of two pairs of a draw, both worlds,
    one or none are the same.
    """
    p, m = seen.p, seen.pairs
    w, lean, k = p * (1 - p), 1 - 2 * p, (1 + np.sqrt(1 + 8 * m)) / 2
    one = np.clip(np.where(w > v, (seen.total - v) / (w - v), 1.0), 0.0, 1.0)
    size = np.where(v > 0, w / np.where(v > 0, v, 1.0) - 1, 0.0)  # of the beta distribution, its two parameters' sum
    third = 2 * lean * v / (size + 2)
    excess = 6 * (lean * lean * (size + 1) - w * (size + 2)) / (w * (size + 2) * (size + 3))
    fourth = np.where(v > 0, v * v * (3 + excess), 0.0)
    square_by_square = w * v + lean * third
    squares = one**2 * (w * w + lean * lean * v) + 2 * one * (1 - one) * square_by_square + (1 - one) ** 2 * fourth
    mixed = one * square_by_square + (1 - one) * fourth
    of_pairs = squares + 2 * (k - 2) * mixed + (k - 2) * (k - 3) / 2 * fourth
    return (of_pairs / m - v * v) / seen.draws


def spread_columns(spread: Spread, of: str = "") -> dict[str, Any]:
    """Its columns (archive/dictionary.py, ``spread``), named after the column ``of`` where a table has several."""
    stem = f"{of}_sd" if of else "sd"
    return {stem: spread.sd, f"{stem}_low": spread.low, f"{stem}_high": spread.high}
