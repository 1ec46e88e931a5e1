"""Flips: which fate of a firm turned into which, in the same world under another assumption.

A fate is told with two flags, whether the firm listed and whether it pivoted by the horizon: "closed+listed".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from sim.foundation.columns import FATES, STARTUP
from sim.foundation.states import State
from sim.outcomes.fates import event_months
from sim.scenario.layout import layout_of
from sim.scenario.model import Scenario

LISTED, PIVOTED = 1, 2  # flags of a code: fate * FLAGGED + flags
FLAGGED = 4
CODES = FLAGGED * len(FATES)
FLIP_COLUMNS = ("variant", "firm", "base_fate", "variant_fate", "worlds", "share")


class TurnedFate(NamedTuple):
    """One fate turned into another in ``worlds`` worlds; ``world`` is one in which little else flipped.

    ``row`` is the firm's id in that world: for a class the copy that it happened to.
    """

    firm: str
    base_fate: str
    variant_fate: str
    worlds: int
    world: int
    row: str


def codes_of(histories: np.ndarray, ticks: int) -> np.ndarray:
    """(worlds, firms) code of how each firm ended."""
    when = event_months(histories)
    flags = LISTED * (when[State.LISTED] <= ticks) + PIVOTED * (when[State.PIVOTED] <= ticks)
    return np.asarray(histories["fate"].astype(np.int64) * FLAGGED + flags)


def fate_text(code: int) -> str:
    """``closed+listed+pivoted``"""
    flags = [name for flag, name in ((LISTED, State.LISTED), (PIVOTED, State.PIVOTED)) if code % FLAGGED & flag]
    return "+".join([FATES[code // FLAGGED], *flags])


def without_flags(told: str) -> str:
    """The fate alone: ``closed`` of ``closed+listed``."""
    return told.partition("+")[0]


@dataclass
class TurnedFates:
    """Counts of what turned into what, per firm (a class of copies is one), over pairs of worlds."""

    base: Scenario
    variant: Scenario
    worlds: int = 0
    counts: dict[str, Any] = field(default_factory=dict)
    examples: dict[tuple[str, int, int], tuple[int, int, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        mine, theirs = layout_of(self.base), layout_of(self.variant)
        self.ids = [id for id in mine.ids if id in theirs.ids]
        self.places = [np.array([rows.ids.index(id) for id in self.ids], int) for rows in (mine, theirs)]
        self.series = [mine.series_ids[number] for number in mine.series[self.places[0]]]
        self.startups = mine.kinds[self.places[0]] == STARTUP

    def add(self, numbers: np.ndarray, base: np.ndarray, variant: np.ndarray) -> None:
        """Count the worlds of these ``numbers``, (worlds, firms) histories of both sides."""
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
                found = (int(others[best]), int(numbers[best]), self.ids[column])
                key = (series, int(code) // CODES, int(code) % CODES)
                self.examples[key] = min(found, self.examples.get(key, found))

    def flips(self) -> list[TurnedFate]:
        """Every flip, firms in file order, the most frequent first."""
        found = []
        for series in dict.fromkeys(self.series):
            counts = np.array(self.counts[series])
            np.fill_diagonal(counts, 0)
            for pair in np.argsort(-counts, axis=None, kind="stable"):
                old, new = divmod(int(pair), CODES)
                if not counts[old, new]:
                    break
                _, world, row = self.examples[series, old, new]
                found.append(TurnedFate(series, fate_text(old), fate_text(new), int(counts[old, new]), world, row))
        return found

    def frame(self, variant: str) -> Any:
        """flipped.csv: variant, firm, base_fate, variant_fate, worlds, share (of all; of a class: firms, pooled)."""
        import pandas as pd

        size = {series: self.series.count(series) for series in self.series}
        rows = [
            (variant, f.firm, f.base_fate, f.variant_fate, f.worlds, f.worlds / (self.worlds * size[f.firm]))
            for f in self.flips()
        ]
        return pd.DataFrame(rows, columns=list(FLIP_COLUMNS)).astype({"worlds": "int64", "share": "float64"})


def telling(flips: Sequence[TurnedFate], startups: Sequence[str], row: Mapping[str, Any] | None) -> TurnedFate | None:
    """The flip whose world is worth telling: of the startup in ``row`` (of differences.csv), in the row's direction,
    if its fate turned; else the most frequent of a startup. A flip of a flag only comes last. None where none flipped.
    """
    candidates = [flip for flip in flips if flip.firm in startups]
    turned = [flip for flip in candidates if without_flags(flip.base_fate) != without_flags(flip.variant_fate)]
    mine = [flip for flip in turned if row is not None and flip.firm == row["firm"]]
    lost = row is not None and row["difference"] < 0
    along = [f for f in mine if without_flags(f.base_fate if lost else f.variant_fate) == State.INDEPENDENT]
    pool = along or mine or turned or candidates
    return max(pool, key=lambda flip: (flip.worlds, -flip.world), default=None)
