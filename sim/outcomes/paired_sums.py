"""Sums over worlds from which the differences of two runs and their paired intervals follow, and how these are told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from sim.outcomes import intervals
from sim.outcomes.intervals import variance_of


class Row(NamedTuple):
    """A row of differences.csv, without its variant: ``month`` is a calendar month."""

    firm: str
    quantity: str
    month: int
    base: float
    variant_value: float
    difference: float
    low: float
    high: float
    paired: bool
    variance_ratio: float


class Estimates(NamedTuple):
    """Columns of differences.csv, each (names,); ``ratio`` is NaN where it says nothing."""

    base: np.ndarray
    variant: np.ndarray
    difference: np.ndarray
    low: np.ndarray
    high: np.ndarray
    ratio: np.ndarray

    def rows(self, names: Sequence[str], quantity: str, month: int, paired: bool, told: np.ndarray) -> Iterator[Row]:
        """The rows of those ``names`` of which it is ``told`` (flags)."""
        for at, name in enumerate(names):
            if told[at]:
                base, variant, difference, low, high, ratio = (float(part[at]) for part in self)
                yield Row(name, quantity, month, base, variant, difference, low, high, paired, ratio)


@dataclass
class Moments:
    """Sums over worlds of base x, variant y and their difference, by name: all that an interval needs.

    ``moved`` is the sum of the sizes of the differences. Counts are multiplied by the other side's number of members
    (``scale``), so that they stay integers where a group has more members on one side; ``step`` is what one firm more
    or less moves the difference by, ``whole`` what all members moving in every world would.
    """

    scale: tuple[np.ndarray, np.ndarray]
    step: np.ndarray
    whole: np.ndarray
    x: Any = 0
    xx: Any = 0
    y: Any = 0
    yy: Any = 0
    d: Any = 0
    dd: Any = 0
    moved: Any = 0

    def add(self, base: np.ndarray | None, variant: np.ndarray | None) -> None:
        """Add worlds (worlds, names) of one side, or the same worlds of both."""
        if base is not None:
            base = base * self.scale[0]
            self.x, self.xx = self.x + base.sum(axis=0), self.xx + (base * base).sum(axis=0)
        if variant is not None:
            variant = variant * self.scale[1]
            self.y, self.yy = self.y + variant.sum(axis=0), self.yy + (variant * variant).sum(axis=0)
        if base is not None and variant is not None:
            apart = variant - base
            self.d, self.dd = self.d + apart.sum(axis=0), self.dd + (apart * apart).sum(axis=0)
            self.moved = self.moved + np.abs(apart).sum(axis=0)


def score_parts(m: Moments, worlds: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Flips up, flips down, trials and quantile for the score interval, each (names,).

    Of names with several firms a world the first three are divided by the design effect: the variance of the difference
    between worlds over that of as many independent flips, at least 1; and the quantile is Student's t. It is NaN where
    there is one world.
    """
    trials = worlds * m.whole / m.step
    moved, net = m.moved / m.step, m.d / m.step
    if worlds < intervals.LEAST_WORLDS:
        return moved, net, trials, np.full(np.shape(trials), np.nan)
    pooled = m.whole > 1
    alone = moved - net * net / trials
    spread = variance_of(net, m.dd / m.step**2, worlds) * worlds
    effect = np.divide(spread, alone, out=np.ones(np.shape(alone)), where=pooled & (alone > 0))
    effect = np.maximum(effect, 1.0)
    quantile = np.where(pooled, intervals.t_quantile(worlds - 1), intervals.Z)
    return (moved + net) / 2 / effect, (moved - net) / 2 / effect, trials / effect, quantile


def variance_ratio(m: Moments, worlds: int) -> np.ndarray:
    """Variance of the unpaired difference over that of the paired one; NaN where the paired one is 0."""
    paired = variance_of(m.d, m.dd, worlds)
    unpaired = variance_of(m.x, m.xx, worlds) + variance_of(m.y, m.yy, worlds)
    return np.asarray(np.divide(unpaired, paired, out=np.full(paired.shape, np.nan), where=paired > 0))
