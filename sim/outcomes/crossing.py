"""Where a probability crosses a level, when every value is tried in the same worlds.

A coarse scan, then bisection: the share of worlds in which a proposition holds is looked at on a few values, and every
gap in which it passes the level or a bound of the level's noise is halved until what is left is far below the noise
(or the gap below the resolution). Inside a gap the share is taken as a straight line.

The interval of a crossing inverts the score test. At the true value x* the share seen in n worlds lies within
z * sqrt(L(1-L)/n) of the level L in 95% of runs, whatever the curve looks like elsewhere; so all x whose share lies
that near to L form a 95% confidence set for x*. Its ends are where the share crosses the two bounds, on the same luck.
The set is told as one interval from the last value that lies beyond one bound to the first beyond the other: a curve
that trembles about the level, as luck makes it do, counts as one crossing and not as many.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.outcomes.intervals import Z, wilson

COARSE = 9  # values of the first scan
WIDEST_GAP = 1.0  # of two neighbours around a bound: how far their shares may differ, in standard errors
RESOLUTION = 2.0**-12  # least width of a gap, in widths of the range
MOST_VALUES = 200


class Tally(NamedTuple):
    """In how many worlds a proposition holds, of how many in which it was asked."""

    true: int
    asked: int

    @property
    def share(self) -> float:
        """The share, NaN where nothing was asked."""
        return self.true / self.asked if self.asked else math.nan

    def bounds(self) -> tuple[float, float]:
        """Wilson's interval."""
        low, high = wilson(self.share, self.asked)
        return float(low), float(high)


class Crossing(NamedTuple):
    """One value at which the probability crosses the level, with its 95% interval.

    A whole-number assumption jumps: then it is the first value on the far side. ``rising`` from below to above as the
    value grows. ``cut`` names the ends of the range ("low", "high") at which the interval was cut off.
    """

    estimate: float
    low: float
    high: float
    rising: bool
    cut: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """Every value tried, ascending, with its tally; and the crossings among them."""

    values: tuple[float, ...]
    tallies: tuple[Tally, ...]
    crossings: tuple[Crossing, ...]


def crossings(
    evaluate: Callable[[Sequence[float]], Sequence[Tally]], low: float, high: float, level: float, whole: bool = False
) -> Found:
    """The values from ``low`` to ``high`` at which the share of worlds crosses ``level`` (between 0 and 1).

    ``evaluate`` is asked for several values at once. With ``whole`` only whole numbers are tried.
    """
    first = np.linspace(low, high, COARSE)
    tried: dict[float, Tally] = {}
    wanted = sorted({float(round(x)) if whole else float(x) for x in first})
    narrowest = 1.0 if whole else (high - low) * RESOLUTION
    while wanted and len(tried) < MOST_VALUES:
        tried |= dict(zip(wanted, evaluate(wanted), strict=True))
        wanted = _halves(_scored(tried, level), narrowest, whole)
    values = tuple(sorted(tried))
    return Found(values, tuple(tried[x] for x in values), tuple(_crossings(_scored(tried, level), whole)))


Scored = Sequence[tuple[float, float]]  # (value, standard errors from the level), ascending in value


def _scored(tried: dict[float, Tally], level: float) -> list[tuple[float, float]]:
    """How far each share lies above the level, in the standard errors it has if the level is true.

    Values at which nothing was asked are left out.
    """
    asked = [(x, tried[x]) for x in sorted(tried) if tried[x].asked]
    return [(x, (t.true - level * t.asked) / math.sqrt(level * (1 - level) * t.asked)) for x, t in asked]


def _halves(scored: Scored, narrowest: float, whole: bool) -> list[float]:
    """The middles of the gaps that are still too wide around the level or one of its bounds."""
    middles = []
    for (x, score), (y, after) in itertools.pairwise(scored):
        passes = any(min(score, after) < bound <= max(score, after) for bound in (-Z, 0.0, Z))
        wide = y - x > narrowest and (whole or abs(after - score) > WIDEST_GAP)
        if passes and wide:
            middles.append(float(round((x + y) / 2)) if whole else (x + y) / 2)
    return middles


def _side(score: float) -> int:
    """-1 or 1 where the share is surely below or above the level, 0 where it is not."""
    return 0 if abs(score) <= Z else 1 if score > 0 else -1


def _crossings(scored: Scored, whole: bool) -> list[Crossing]:
    """One crossing for every stretch in which the share surely changes sides, or may at an end of the range."""
    sure = [i for i, (_, score) in enumerate(scored) if _side(score)]
    stretches = list(zip([0, *sure], [*sure, len(scored) - 1], strict=True))
    found = []
    for start, end in stretches:
        passed = [i for i in range(start, end) if (scored[i][1] >= 0) != (scored[i + 1][1] >= 0)]
        if len(passed) % 2 == 0:
            continue
        middle = passed[len(passed) // 2]
        found.append(_crossing(scored, start, middle, end, whole))
    return found


def _crossing(scored: Scored, start: int, middle: int, end: int, whole: bool) -> Crossing:
    """The crossing between the values ``middle`` and the next, in the stretch from ``start`` to ``end``."""
    first, last = _side(scored[start][1]), _side(scored[end][1])
    cut = (("low",) if not first else ()) + (("high",) if not last else ())
    rising = scored[end][1] >= 0  # an odd number of passes: the middle one may go the other way
    if whole:
        low = scored[start + 1][0] if first else scored[start][0]
        beyond = next(x for x, score in scored[middle + 1 :] if (score >= 0) == rising)
        return Crossing(beyond, low, scored[end][0], rising, cut)
    low, high = scored[start][0], scored[end][0]
    if first and not _steep(scored, start):
        low = _where(scored, start, first * Z)
    if last and not _steep(scored, end - 1):
        high = _where(scored, end - 1, last * Z)
    return Crossing(_where(scored, middle, 0.0), low, high, rising, cut)


def _steep(scored: Scored, i: int) -> bool:
    """True if the share jumps within a gap of the least width: then an interval has to hold the whole gap."""
    return abs(scored[i + 1][1] - scored[i][1]) > WIDEST_GAP


def _where(scored: Scored, i: int, bound: float) -> float:
    """Where the straight line from value ``i`` to the next one passes ``bound``."""
    (x, score), (y, after) = scored[i], scored[i + 1]
    return x + (bound - score) / (after - score) * (y - x)
