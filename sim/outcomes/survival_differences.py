"""Differences of survival where not everybody has entered: of all that entered by a date, the share still independent.

It is a ratio of two counts, pooled over worlds. The variance of a difference of two such ratios is the sum over worlds
of the squared difference of their influences (count - ratio * entrants) / all entrants, which follows from the sums of
the products of the counts: integers, so that nothing depends on how the worlds were cut. One entrant is added, as in
Agresti and Min, so that a difference nobody has seen is not taken for certain.
"""

from __future__ import annotations

import math

import numpy as np

from sim.outcomes.intervals import LEAST_WORLDS, Bounds, newcombe, of_worlds, ratio_wilson, t_quantile
from sim.outcomes.paired_sums import Estimates


class Ratios:
    """Sums over worlds of (independent, entered) of the base and (independent, entered) of the variant, by name.

    ``sums`` (4, names) and ``products`` (4, 4, names) are integers; where the sides are not paired, products of one
    with the other are 0.
    """

    def __init__(self, names: int) -> None:
        self.sums = np.zeros((4, names), np.int64)
        self.products = np.zeros((4, 4, names), np.int64)

    def add(self, base: tuple[np.ndarray, np.ndarray] | None, variant: tuple[np.ndarray, np.ndarray] | None) -> None:
        """Add worlds of one side, or the same worlds of both: (independent, entered), each (worlds, names)."""
        told = [part for side, at in ((base, 0), (variant, 2)) if side is not None for part in enumerate(side, at)]
        for i, one in told:
            self.sums[i] += one.sum(axis=0)
            for j, other in told:
                self.products[i, j] += (one * other).sum(axis=0)

    def same(self) -> np.ndarray:
        """(names,) whether both sides are the same in every world."""
        p = self.products
        moved = [p[i, i] - 2 * p[i, i + 2] + p[i + 2, i + 2] for i in (0, 1)]
        return np.asarray((moved[0] == 0) & (moved[1] == 0))

    def estimates(self, paired: bool, alone: np.ndarray) -> Estimates:
        """The differences, NaN where nobody has entered on one of the sides.

        ``alone`` (names,): the name is one firm a world, on both sides.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            left, entered, left_now, entered_now = self.sums.astype(float)
            base, variant = left / entered, left_now / entered_now
            weights = np.stack([-1 / entered, base / entered, 1 / entered_now, -variant / entered_now])
            terms = weights[:, None] * weights[None, :] * self.products
            mine, theirs = terms[:2, :2].sum(axis=(0, 1)), terms[2:, 2:].sum(axis=(0, 1))
            both = np.where(self.same(), 0.0, np.maximum(terms.sum(axis=(0, 1)), 0.0))
            ratio = np.where(paired & (both > 0), (mine + theirs) / both, np.nan)
            low, high = self._paired(variant - base, both) if paired else self._apart(base, variant, alone)
        return Estimates(base, variant, variant - base, low, high, ratio)

    def _paired(self, difference: np.ndarray, variance: np.ndarray) -> Bounds:
        entered, entered_now = self.sums[1].astype(float), self.sums[3].astype(float)
        worlds = np.minimum(entered**2 / self.products[1, 1], entered_now**2 / self.products[3, 3])  # Kish
        worlds = np.where(worlds >= LEAST_WORLDS, worlds, math.nan)
        spread = variance * worlds / (worlds - 1) + 1 / np.minimum(entered, entered_now) ** 2
        half = t_quantile(worlds - 1) * np.sqrt(spread)
        return np.maximum(difference - half, -1.0), np.minimum(difference + half, 1.0)

    def _apart(self, base: np.ndarray, variant: np.ndarray, alone: np.ndarray) -> Bounds:
        found = []
        for i, share in ((0, base), (2, variant)):
            p = self.products
            single = of_worlds(share, self.sums[i + 1])
            pooled = ratio_wilson(self.sums[i], self.sums[i + 1], (p[i, i], p[i, i + 1], p[i + 1, i + 1]))
            low, high = (np.where(alone, one, many) for one, many in zip(single, pooled, strict=True))
            found.append((low, high))
        return newcombe(variant, found[1], base, found[0])
