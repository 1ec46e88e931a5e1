"""Causes of exit: what ended the firms, by year, exact on the monthly grid.

The share of a firm that ended by some fate and cause in a year is that of all worlds, as for fates.py; of a class or a
group it is a share of its firms, and the world is the sampling unit. Summed over causes, what has ended by the end of a
year is the incidence of the fate then. Which fates and causes there are is read from the worlds: nothing lists them.

differences.csv has them as quantities, "closed: out of money": a fate and a cause of causes.csv, by the end of a month.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

import numpy as np

from sim.archive.dictionary import CAUSES_CSV
from sim.engine.block import Block
from sim.foundation.causes import NO_CAUSE
from sim.foundation.columns import ACQUIRED, CLOSED, FATES
from sim.foundation.months import MONTHS_A_YEAR
from sim.outcomes.fates import OF_FIRM, OF_GROUP, reported
from sim.outcomes.index import combined, groups_of
from sim.outcomes.intervals import Bounds
from sim.outcomes.merging import Counts
from sim.outcomes.world_tables import RULES
from sim.scenario.layout import layout_of
from sim.scenario.model import Scenario

NOT_KEPT = "the version that wrote this folder did not keep what ended the firms"


JOINED = ": "  # between fate and cause


class End(NamedTuple):
    """A way to end: index into columns.FATES, index into causes.CAUSES."""

    fate: int
    cause: int

    @property
    def quantity(self) -> str:
        """What differences.csv calls it."""
        return f"{FATES[self.fate]}{JOINED}{RULES[self.cause]}"


def is_exit(quantity: str) -> bool:
    """True if a ``quantity`` of differences.csv is a way to end."""
    return JOINED in quantity


def in_parts(quantity: str) -> tuple[str, str]:
    """Fate and cause of a way to end, as causes.csv calls them."""
    fate, _, cause = quantity.partition(JOINED)
    return fate, cause


def years_of(scenario: Scenario) -> range:
    """The calendar years of which a run has at least a month."""
    return range(scenario.start // MONTHS_A_YEAR, scenario.end // MONTHS_A_YEAR + 1)


def ends_in(histories: np.ndarray) -> list[End]:
    """The ways in which anybody ended in (worlds, firms) columns.HISTORY_DTYPE, in the order of causes.csv."""
    gone = histories[histories["cause"] != NO_CAUSE]
    codes = np.unique(gone["fate"].astype(np.int64) * len(RULES) + gone["cause"])
    return [End(*divmod(int(code), len(RULES))) for code in codes]


def ended_by(histories: np.ndarray, end: End, tick: int) -> np.ndarray:
    """(worlds, firms) who has ended so by the end of ``tick``."""
    so = (histories["fate"] == end.fate) & (histories["cause"] == end.cause)
    return np.asarray(so & (histories["exit_month"] <= tick))


def keeps_causes(histories: np.ndarray) -> bool:
    """True if of everybody who is gone it is known what ended it."""
    gone = np.isin(histories["fate"], (ACQUIRED, CLOSED))
    return bool((histories["cause"][gone] != NO_CAUSE).all())


def tallied(rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """(rows, columns) how often each pair occurs."""
    return np.bincount(rows * shape[1] + columns, minlength=shape[0] * shape[1]).reshape(shape)


@dataclass
class ExitCounts(Counts):
    """Integer sums over worlds from which every share and its interval follow.

    ``firms``   end -> (rows, years) worlds in which the firm ended so in that year
    ``groups``  group -> end -> (2, 2, years): first in the year, then by its end, the sum over worlds of the members
                that ended so, and of its square
    Both have the ends that came to anybody so far: memory does not grow with the number of worlds.
    """

    SUMS: ClassVar[tuple[str, ...]] = ("worlds", "firms", "groups")
    scenario: Scenario
    worlds: int = 0
    firms: dict[End, np.ndarray] = field(default_factory=dict)
    groups: dict[str, dict[End, np.ndarray]] = field(default_factory=dict)

    def add(self, block: Block) -> None:
        """Count the worlds of ``block`` too."""
        self.worlds += block.worlds
        histories, first, years = block.histories, self.scenario.start, years_of(self.scenario)
        rows = histories.shape[1]
        members = {name: np.isin(np.arange(rows), found) for name, found in groups_of(self.scenario).items()}
        for end in ends_in(histories):
            world, row = np.nonzero(ended_by(histories, end, self.scenario.ticks))
            year = (first + histories["exit_month"][world, row] - 1) // MONTHS_A_YEAR - years[0]
            self.firms[end] = self.firms.get(end, 0) + tallied(row, year, (rows, len(years)))
            for name, member in members.items():
                mine = member[row]
                count = tallied(world[mine], year[mine], (block.worlds, len(years)))
                both = np.stack([count, count.cumsum(axis=1)])
                sums = self.groups.setdefault(name, {})
                sums[end] = sums.get(end, 0) + np.stack([both.sum(axis=1), (both * both).sum(axis=1)], axis=1)

    def shares(self, name: str, end: End) -> list[tuple[np.ndarray, Bounds]]:
        """Share of ``name``, a firm or group id, and its bounds, each (years,): in every year, and by its end."""
        single = layout_of(self.scenario).singles
        if name in single:
            count = self.firms[end][single[name]]
            both = [count / self.worlds, count.cumsum() / self.worlds]
            return [(share, OF_FIRM(share, self.worlds)) for share in both]
        members = len(groups_of(self.scenario)[name])
        return [
            (total / (self.worlds * members), OF_GROUP(total, squares, self.worlds, members))
            for total, squares in self.groups[name][end]
        ]

    def frame(self) -> Any:
        """causes.csv: firms in file order, then groups, each with every end and every year.

        An end that came to nobody has no rows.
        """
        import pandas as pd

        names, ends, years = reported(self.scenario), sorted(self.firms), years_of(self.scenario)
        told = [self.shares(name, end) for name in names for end in ends]
        columns = combined(firm=names, end=np.arange(len(ends)), year=np.array(years))
        columns["fate"] = np.array([FATES[end.fate] for end in ends], object)[columns["end"]]
        columns["cause"] = np.array([RULES[end.cause] for end in ends], object)[columns["end"]]
        for place, stems in enumerate((("share", "low", "high"), CAUSES_CSV.names[-3:])):
            parts = [(both[place][0], *both[place][1]) for both in told] or [(np.zeros(0),) * 3]
            columns |= dict(zip(stems, (np.concatenate(part) for part in zip(*parts, strict=True)), strict=True))
        return pd.DataFrame(columns)[CAUSES_CSV.names]
