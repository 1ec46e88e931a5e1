"""Flips: which fate of a firm turned into which, in the same world under another assumption.

A fate is told with two flags, whether the firm listed and whether it pivoted by the horizon: "closed+listed".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from sim.foundation.columns import FATES, STARTUP
from sim.outcomes.fates import event_months
from sim.outcomes.rows import Rows, rows_of
from sim.scenario.model import Scenario

LISTED, PIVOTED = 1, 2  # flags of a code: fate * FLAGGED + flags
FLAGGED = 4
CODES = FLAGGED * len(FATES)
COLUMNS = ("variant", "firm", "base_fate", "variant_fate", "worlds", "share")


class Flip(NamedTuple):
    """One fate turned into another in ``worlds`` worlds; ``world`` is one in which little else flipped."""

    firm: str
    base_fate: str
    variant_fate: str
    worlds: int
    world: int


def codes_of(histories: np.ndarray, ticks: int) -> np.ndarray:
    """(worlds, firms) code of how each firm ended."""
    when = event_months(histories)
    flags = LISTED * (when["listed"] <= ticks) + PIVOTED * (when["pivoted"] <= ticks)
    return np.asarray(histories["fate"].astype(np.int64) * FLAGGED + flags)


def fate_text(code: int) -> str:
    """``closed+listed+pivoted``"""
    flags = [name for flag, name in ((LISTED, "listed"), (PIVOTED, "pivoted")) if code % FLAGGED & flag]
    return "+".join([FATES[code // FLAGGED], *flags])


@dataclass
class Flips:
    """Counts of what turned into what, per firm (a class of copies is one), over pairs of worlds."""

    base: Scenario
    variant: Scenario
    worlds: int = 0
    counts: dict[str, Any] = field(default_factory=dict)
    examples: dict[tuple[str, int, int], tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        mine, theirs = rows_of(self.base), rows_of(self.variant)
        self.ids = [id for id in mine.ids if id in theirs.ids]
        self.series = [mine.series_ids[mine.series[mine.ids.index(id)]] for id in self.ids]
        self.places = tuple(np.array([rows.ids.index(id) for id in self.ids], int) for rows in (mine, theirs))
        self.startups = np.array([_kind(mine, id) == STARTUP for id in self.ids], bool)

    def add(self, first: int, base: np.ndarray, variant: np.ndarray) -> None:
        """Count the worlds ``first`` and on, (worlds, firms) histories of both sides."""
        old = codes_of(base, self.base.ticks)[:, self.places[0]]
        new = codes_of(variant, self.variant.ticks)[:, self.places[1]]
        self.worlds += len(old)
        turned = (old // FLAGGED != new // FLAGGED) & self.startups
        others = turned.sum(axis=1)
        for column, series in enumerate(self.series):
            pairs = old[:, column] * CODES + new[:, column]
            counts = np.bincount(pairs, minlength=CODES * CODES).reshape(CODES, CODES)
            self.counts[series] = self.counts.get(series, 0) + counts
            for code in np.unique(pairs[old[:, column] != new[:, column]]):
                which = np.flatnonzero(pairs == code)
                best = int(which[np.argmin(others[which])])
                found = (int(others[best]), first + best)
                key = (series, int(code) // CODES, int(code) % CODES)
                self.examples[key] = min(found, self.examples.get(key, found))

    def flips(self) -> list[Flip]:
        """Every flip, firms in file order, the most frequent first."""
        found = []
        for series in dict.fromkeys(self.series):
            counts = np.array(self.counts[series])
            np.fill_diagonal(counts, 0)
            for pair in np.argsort(-counts, axis=None, kind="stable"):
                old, new = divmod(int(pair), CODES)
                if not counts[old, new]:
                    break
                world = self.examples[series, old, new][1]
                found.append(Flip(series, fate_text(old), fate_text(new), int(counts[old, new]), world))
        return found

    def frame(self, variant: str) -> Any:
        """flipped.csv: variant, firm, base_fate, variant_fate, worlds, share (of all; of a class: firms, pooled)."""
        import pandas as pd

        size = {series: self.series.count(series) for series in self.series}
        rows = [
            (variant, f.firm, f.base_fate, f.variant_fate, f.worlds, f.worlds / (self.worlds * size[f.firm]))
            for f in self.flips()
        ]
        return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"worlds": "int64", "share": "float64"})

    def matrices(self) -> dict[str, np.ndarray]:
        """Firm -> (CODES, CODES) counts: how it ends in the base, by how it ends in the variant."""
        return {series: np.array(self.counts[series]) for series in dict.fromkeys(self.series)}


def _kind(rows: Rows, id: str) -> int:
    return int(rows.kinds[rows.ids.index(id)])


def telling(flips: list[Flip], startups: list[str], firm: str | None) -> Flip | None:
    """The flip whose world is worth telling: of ``firm`` if its fate turned, else of the startup whose turned most.

    A flip of the fate itself goes before one of a flag only. None where nothing flipped.
    """
    candidates = [flip for flip in flips if flip.firm in startups]
    turned = [flip for flip in candidates if flip.base_fate.split("+")[0] != flip.variant_fate.split("+")[0]]
    for pool in ([f for f in turned if f.firm == firm], turned, [f for f in candidates if f.firm == firm], candidates):
        if pool:
            return max(pool, key=lambda flip: (flip.worlds, -flip.world))
    return None
