"""What blocks counted month by month, added up: the histograms of quantities, the range that was seen, who leads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from sim.engine.block import COUNTED, SEEN, Block, add_clipped, wider
from sim.foundation.histograms import NOTHING_SEEN, counts_dtype
from sim.outcomes.merging import Counts, plus
from sim.scenario.model import Scenario


class Filled(NamedTuple):
    """The bins of an array of counts that hold something, a few in a hundred: their places and what they hold."""

    shape: tuple[int, ...]
    places: np.ndarray
    counts: np.ndarray


def filled(counts: np.ndarray) -> Filled:
    """What is not zero in ``counts``."""
    flat = counts.ravel()
    places = np.flatnonzero(flat)
    return Filled(counts.shape, places.astype(np.min_scalar_type(flat.size)), flat[places])


class MonthCounts(Counts):
    """Sums of Block.paths, landscape, leaders and clipped, and the widest of the ranges seen; 0 before any block.

    Counts are kept in a type that holds those of all worlds of the scenario, or of so many ``worlds`` if fewer are
    counted.
    """

    def __init__(self, scenario: Scenario, worlds: int | None = None) -> None:
        most = (worlds or scenario.worlds) * max(max(firm.copies, 1) for firm in scenario.firms)
        few = np.uint32 if worlds is None else counts_dtype(most)
        self._wide = np.dtype(few if most < 1 << 32 else np.int64)
        self.paths: Any = 0
        self.landscape: Any = 0
        self.leaders: Any = 0
        self.paths_seen: Any = NOTHING_SEEN
        self.landscape_seen: Any = NOTHING_SEEN
        self.clipped: dict[str, int] = {}

    def add(self, block: Block) -> None:
        """Count the worlds of ``block`` too."""
        for name in COUNTED:
            setattr(self, name, self._added(getattr(self, name), getattr(block, name)))
        for name in SEEN:
            setattr(self, name, wider(getattr(self, name), getattr(block, name)))
        add_clipped(self.clipped, block)

    def _added(self, total: Any, counts: np.ndarray) -> np.ndarray:
        """``total`` plus ``counts``, from the second block on in place."""
        if not isinstance(total, np.ndarray):  # the counts of an only block are read where they are
            return counts.copy() if counts.dtype == self._wide else counts
        summed: np.ndarray = total if total.dtype == self._wide else total.astype(self._wide)
        summed += counts
        return summed

    def sums(self) -> dict[str, Any]:
        """What ``merge`` takes; of the histograms the bins that hold something."""
        counted = {name: filled(np.asarray(getattr(self, name))) for name in COUNTED}
        return {**counted, **{name: getattr(self, name) for name in SEEN}, "clipped": self.clipped}

    def merge(self, sums: Mapping[str, Any]) -> None:
        """Count the worlds behind ``sums`` too; those of no world are left out."""
        for name in COUNTED:
            more: Filled = sums[name]
            if not more.shape:
                continue
            total = getattr(self, name)
            if not isinstance(total, np.ndarray):
                total = np.zeros(more.shape, self._wide)
            total = np.ascontiguousarray(total, self._wide)
            total.ravel()[more.places] += more.counts
            setattr(self, name, total)
        for name in SEEN:
            setattr(self, name, wider(getattr(self, name), np.asarray(sums[name])))
        self.clipped = plus(self.clipped, sums["clipped"])
