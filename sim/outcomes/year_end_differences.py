"""Differences of runway, cash and revenue of single startups at the end of every December and of the last month.

They are taken over the worlds in which the startup is there: entered, neither acquired nor closed, of paired runs in
both. Cash and revenue are means, their paired difference has Student's t. Runway is counted up to LONGEST_RUNWAY, and a
mean of what is cut off misleads: so of each run the median is told, and the median of the differences world by world
(not the difference of the medians), between two values in order (binomial). Runway is kept to a tenth of a month, so
memory does not grow with the number of worlds. ``counted`` is the share of worlds on each side that all this rests on.

Runs that are not paired: Welch's t of the means; the difference of the medians, from the interval of each (Newcombe).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.foundation.columns import LONGEST_RUNWAY
from sim.outcomes.intervals import Bounds, newcombe, rank_bounds, students_t, variance_of, welch
from sim.outcomes.paired_sums import Estimates, Row
from sim.scenario.model import Scenario
from sim.scenario.year_ends import CASH, KEPT, REVENUE, RUNWAY, firms_kept, year_ends

COUNTED_WORLDS = "counted"
YEAR_END_QUANTITIES = (*KEPT, COUNTED_WORLDS)  # in the order of the rows
PAIRED_MEDIANS = rank_bounds  # what intervals are made with, and named after (intervals.METHODS)
TENTHS = 10  # of a month
TOP = int(LONGEST_RUNWAY * TENTHS)
MEANS = (CASH, REVENUE)
MEAN_COLUMNS = [KEPT.index(name) for name in MEANS]


class YearEnds:
    """Sums over worlds of both sides and of their difference, for each date and startup that both runs have."""

    def __init__(self, base: Scenario, variant: Scenario) -> None:
        mine, theirs = firms_kept(base), firms_kept(variant)
        ends = year_ends(base.start, base.end), year_ends(variant.start, variant.end)
        self.firms = tuple(firm for firm in mine if firm in theirs)
        self.months = tuple(month for month in ends[0] if month in ends[1])
        self.places = tuple(
            np.ix_([dates.index(month) for month in self.months], [known.index(firm) for firm in self.firms])
            for dates, known in zip(ends, (mine, theirs), strict=True)
        )
        shape = len(self.months), len(self.firms)
        self.worlds = [0, 0]
        self.there = [np.zeros(shape, np.int64) for _ in range(2)]
        self.sums, self.squares = (np.zeros((3, *shape, len(MEANS))) for _ in range(2))  # base, variant, difference
        self.runway = [np.zeros((*shape, bins), np.int64) for bins in (TOP + 1, TOP + 1, 2 * TOP + 1)]

    def add(self, base: np.ndarray | None, variant: np.ndarray | None) -> None:
        """Add worlds of one side, or the same worlds of both: Block.year_ends."""
        sides = [
            None if kept is None else np.asarray(kept[:, place[0], place[1]], float)
            for kept, place in zip((base, variant), self.places, strict=True)
        ]
        here = [~np.isnan(kept[..., 0]) for kept in sides if kept is not None]
        both = here[0] & here[-1]
        for side, kept in enumerate(sides):
            if kept is not None:
                self.worlds[side] += len(kept)
                self.there[side] += both.sum(axis=0)
                self._sum(side, kept, both)
                self._bin(side, np.rint(kept[..., 0] * TENTHS), both)
        if sides[0] is not None and sides[1] is not None:
            self._sum(2, sides[1] - sides[0], both)
            self._bin(2, np.rint(sides[1][..., 0] * TENTHS) - np.rint(sides[0][..., 0] * TENTHS) + TOP, both)

    def _sum(self, part: int, values: np.ndarray, both: np.ndarray) -> None:
        counted = np.where(both[..., None], values[..., MEAN_COLUMNS], 0.0)
        self.sums[part] += counted.sum(axis=0)
        self.squares[part] += (counted * counted).sum(axis=0)

    def _bin(self, part: int, bins: np.ndarray, both: np.ndarray) -> None:
        counts = self.runway[part]
        cells = np.arange(both[0].size).reshape(both.shape[1:]) * counts.shape[-1]
        slots = (np.clip(np.where(both, bins, 0), 0, counts.shape[-1] - 1).astype(np.int64) + cells)[both]
        counts += np.bincount(slots, minlength=counts.size).reshape(counts.shape)

    def rows(self, paired: bool) -> Iterator[Row]:
        """The rows, by quantity and date; besides ``counted`` none where the startup is there in no world, and none at
        all where one of the sides does not keep them world by world.
        """
        if not all(self.worlds):
            return
        found = {RUNWAY: self._runway(paired), COUNTED_WORLDS: self._counted(paired)}
        found |= {name: self._mean(place, paired) for place, name in enumerate(MEANS)}
        for name, estimates in found.items():
            for month, *parts in zip(self.months, *estimates, strict=True):
                mine = Estimates(*parts)
                told = ~np.isnan(mine.difference) | (name == COUNTED_WORLDS)
                yield from mine.rows(self.firms, name, month, paired, told)

    def _counted(self, paired: bool) -> Estimates:
        """Of paired runs the same worlds are counted on both sides: no difference, and no doubt about it."""
        base, variant = (count / worlds for count, worlds in zip(self.there, self.worlds, strict=True))
        nothing = np.full(base.shape, np.nan)
        bound = np.zeros(base.shape) if paired else nothing
        return Estimates(base, variant, variant - base, bound, bound, nothing)

    def _mean(self, place: int, paired: bool) -> Estimates:
        n, k = self.there
        sums, squares = self.sums[..., place], self.squares[..., place]
        with np.errstate(divide="ignore", invalid="ignore"):
            base, variant, apart = sums[0] / n, sums[1] / k, sums[2] / n
            spread = [variance_of(*part) for part in zip(sums, squares, (n, k, n), strict=True)]
            if paired:
                ratio = np.where(spread[2] > 0, (spread[0] + spread[1]) / spread[2], np.nan)
                return Estimates(base, variant, apart, *students_t(sums[2], squares[2], n), ratio)
            bounds = welch((variant, spread[1] / k, k), (base, spread[0] / n, n))
        return Estimates(base, variant, variant - base, *bounds, np.full(n.shape, np.nan))

    def _runway(self, paired: bool) -> Estimates:
        (base, base_bounds), (variant, variant_bounds) = (median(counts) for counts in self.runway[:2])
        if paired:
            apart, (low, high) = median(self.runway[2], TOP)
        else:
            apart = variant - base
            low, high = newcombe(variant, variant_bounds, base, base_bounds)
        return Estimates(base, variant, apart, low, high, np.full(base.shape, np.nan))


def median(counts: np.ndarray, zero: int = 0) -> tuple[np.ndarray, Bounds]:
    """Median of months that were counted in tenths, (..., bins), and its interval; bin ``zero`` is no month.

    Of an even number it is the middle of the two in the middle. NaN where nothing was counted.
    """
    total, upto = counts.sum(axis=-1), counts.cumsum(axis=-1)

    def at_rank(rank: np.ndarray) -> np.ndarray:
        found = ((upto < np.nan_to_num(rank)[..., None]).sum(axis=-1) - zero) / TENTHS
        return np.where(np.isnan(rank), np.nan, found)

    known = np.where(total > 0, total, np.nan)
    middle = (at_rank(np.floor((known + 1) / 2)) + at_rank(np.ceil((known + 1) / 2))) / 2
    low, high = PAIRED_MEDIANS(total, 0.5)
    return middle, (at_rank(np.where(total > 0, low, np.nan)), at_rank(np.where(total > 0, high, np.nan)))
