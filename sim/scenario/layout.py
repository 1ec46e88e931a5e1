"""The firms of a scenario as rows: which row is which firm, which rows are a class, in the order of the file.

Whatever has a row a firm is laid out like this: blocks, histories, events, tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

import numpy as np

from sim.foundation.columns import FIRM_KINDS
from sim.scenario.frozen import Frozen
from sim.scenario.keys import copy_ids
from sim.scenario.model import Scenario


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Rows and series: a firm of the file is a series of one row, a class of copies a series of one row a copy.

    ``ids``         one a row; a copy is ``<id>-001`` and on
    ``series``      (rows,) number of the series each row belongs to, read-only
    ``kinds``       (rows,) 0 startup, 1 giant, read-only
    ``rows``        id of a series -> its rows, in the order of the file
    ``singles``     id of a series that is one firm a world, not a class -> its row
    """

    ids: tuple[str, ...]
    series: np.ndarray
    kinds: np.ndarray
    rows: Mapping[str, range]
    singles: Mapping[str, int]

    @property
    def series_ids(self) -> tuple[str, ...]:
        """The firms and classes of the file."""
        return tuple(self.rows)

    def of_series(self, series_id: str) -> np.ndarray:
        """Row indices of a series; KeyError if there is none of that name."""
        return np.array(self.rows[series_id])


def layout_of(scenario: Scenario) -> Layout:
    """The rows of every block of ``scenario``; made once for one list of firms, so as good as kept."""
    return _laid_out(tuple((firm.id, firm.kind, firm.copies) for firm in scenario.firms))


@lru_cache(maxsize=64)
def _laid_out(firms: tuple[tuple[str, str, int], ...]) -> Layout:
    """The rows of ``firms``: id, kind and number of copies of each, 0 copies for a single firm."""
    members = {id: copy_ids(id, copies) for id, _, copies in firms}
    ids = tuple(member for own in members.values() for member in own)
    counts = np.array([len(own) for own in members.values()], np.int64)
    ends = accumulate(counts.tolist())
    rows = {id: range(end - count, end) for id, count, end in zip(members, counts.tolist(), ends, strict=True)}
    series = np.repeat(np.arange(len(firms)), counts)
    kinds = np.array([FIRM_KINDS.index(kind) for _, kind, _ in firms], np.int64)[series]
    series.flags.writeable = kinds.flags.writeable = False
    singles = {id: rows[id].start for id, _, copies in firms if copies == 0}
    return Layout(ids, series, kinds, Frozen(rows), Frozen(singles))
