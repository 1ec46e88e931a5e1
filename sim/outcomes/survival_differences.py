"""Differences of survival where somebody enters late: two product-limit estimates and their influence functions.

The influence of a world on S(t) is S(t) times its influence on log S(t) (survival.py). In paired runs the variance of
the difference is the sum over worlds of the squared difference of its two influences; unpaired, of both squares. One
member at risk is added as in Agresti and Min, so that a difference nobody has seen is not taken for certain.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np

from sim.engine.block import BLOCK_WORLDS
from sim.outcomes.intervals import Z
from sim.outcomes.survival import (
    CALENDAR,
    INDEPENDENT,
    RiskSet,
    Spells,
    aligned,
    count_spells,
    influence,
    merge,
    spells_of,
    times_of,
)


class SurvivalDifferences:
    """For every name: the risk sets of both sides, and whether somebody entered after the opening.

    ``members`` are the rows of every name, ``horizons`` the last ticks, ``ticks`` (months,) those to compare at: each
    for the base and for the variant.
    """

    def __init__(
        self,
        members: tuple[Sequence[np.ndarray], Sequence[np.ndarray]],
        horizons: tuple[int, int],
        ticks: tuple[np.ndarray, np.ndarray],
    ) -> None:
        self.members, self.horizons, self.ticks = members, horizons, ticks
        self.late = np.zeros(len(members[0]), bool)
        self.totals: tuple[dict[int, RiskSet], dict[int, RiskSet]] = ({}, {})
        self.variance: dict[int, np.ndarray] = {}  # name -> (3, months): base, variant, their paired difference

    def count(self, side: int, histories: np.ndarray) -> None:
        """Count the worlds of ``histories`` (worlds, firms) too; ``side`` is 0 for the base, 1 for the variant."""
        times, totals = times_of(histories), self.totals[side]
        for at, rows in enumerate(self.members[side]):
            mine = times[:, rows]
            self.late[at] |= bool((mine["entry_month"] > 0).any())
            risk = count_spells(self._spells(side, mine), self.horizons[side])
            totals[at] = merge(totals[at], risk) if at in totals else risk

    def _spells(self, side: int, times: np.ndarray) -> Spells:
        return spells_of(times, INDEPENDENT, CALENDAR, self.horizons[side])

    def spread(self, base: Callable[[], Iterable[Any]], variant: Callable[[], Iterable[Any]], paired: bool) -> None:
        """Second look at the worlds (pieces with ``histories``), for the names with late entrants only."""
        late = [int(at) for at in np.flatnonzero(self.late)]
        if not late:
            return
        sides = [aligned((piece.histories for piece in pieces()), BLOCK_WORLDS) for pieces in (base, variant)]
        for both in zip_longest(*sides):
            for at in late:
                one, other = (self._effect(side, at, part) for side, part in enumerate(both))
                sums = [(e * e).sum(axis=0) for e in (one, other, other - one if paired else one[:0])]
                self.variance[at] = self.variance.get(at, 0.0) + np.stack(sums)

    def _effect(self, side: int, at: int, histories: np.ndarray | None) -> np.ndarray:
        """Influence of each world on S at the months compared, (worlds, months)."""
        ticks, total = self.ticks[side], self.totals[side][at]
        if histories is None:
            return np.zeros((0, ticks.size))
        on_log, _ = influence(self._spells(side, times_of(histories[:, self.members[side][at]])), total)
        return np.asarray((on_log * survival_of(total))[:, ticks])

    def at(self, name: int, month: int, paired: bool) -> tuple[float, float, float, float, float] | None:
        """Base, variant, low, high and variance ratio at the ``month``-th month; None before both curves begin."""
        totals = [side[name] for side in self.totals]
        ticks = [int(side[month]) for side in self.ticks]
        if any(tick < total.start or not total.began.any() for total, tick in zip(totals, ticks, strict=True)):
            return None
        base, variant = (float(survival_of(total)[tick]) for total, tick in zip(totals, ticks, strict=True))
        mine, theirs, shared = (float(part) for part in self.variance[name][:, month])
        spread = shared if paired else mine + theirs
        fewest = min(float(total.began.sum()) for total in totals)
        half = Z * math.sqrt(spread + 1.0 / fewest**2)
        ratio = (mine + theirs) / shared if paired and shared > 0 else math.nan
        return base, variant, max(variant - base - half, -1.0), min(variant - base + half, 1.0), ratio


def survival_of(total: RiskSet) -> np.ndarray:
    """Product-limit estimate by month, (months,)."""
    return np.asarray(np.cumprod(1.0 - total.hazard()))
