"""A statement of the documents, what shows it, and the verdict that follows from what was measured."""

from __future__ import annotations

import math
from typing import NamedTuple

from tools.severities.estimating import Estimate
from tools.severities.rows import NO_DIFFERENCE, NO_LIMIT, POINTS, Row
from tools.statements.panel import Measure

WORKS, WEAK, CONTRARY, ABSENT = "works", "weak", "contrary", "absent"
VERDICTS = (WORKS, WEAK, CONTRARY, ABSENT)  # from the best to the worst


class Statement(NamedTuple):
    """What a document says, the mechanism that carries it, and the rows that are asked of the runs, all of them.

    ``against``: where a row runs contrary, what another document or the evidence says against the statement.
    """

    number: int
    document: str
    says: str
    mechanism: str
    asked: tuple[Row, ...]
    against: str = ""


def verdict_of(row: Row, found: Estimate) -> str:
    """Works, weak, contrary or absent, by the value and its 95% interval.

    A difference (points, times) *works* if its interval is on the side that is asked for and the value has the size; it
    is *contrary* if the interval is on the other side, *absent* if there is none in any world, and else *weak*. Of
    another number the range is the side: inside, outside, or across its end (weak). Unknown is *absent*.
    """
    if math.isnan(found.value):
        return ABSENT
    ends = (found.low, found.high)
    if row.sign == 0:
        inside = [row.met_by(end) for end in (*ends, found.value)]
        return WORKS if all(inside) else WEAK if any(inside) else CONTRARY
    none = NO_DIFFERENCE[row.unit]
    if found.value == found.low == found.high == none:
        return ABSENT
    if all(row.right_way(end) for end in ends):
        return WORKS if row.met_by(found.value) else WEAK
    return CONTRARY if all(row.sign * (end - none) < 0.0 for end in ends) else WEAK


class Told(NamedTuple):
    """A statement with what was measured, row by row."""

    statement: Statement
    found: tuple[Estimate, ...]

    @property
    def verdict(self) -> str:
        """That of its worst row."""
        rows = zip(self.statement.asked, self.found, strict=True)
        return max((verdict_of(row, found) for row, found in rows), key=VERDICTS.index)


def least(text: str, unit: str, low: float, measure: Measure) -> Row:
    """What is asked to be at least so much; of no difference: more than none."""
    return Row(text, text, unit, low, NO_LIMIT, measure, strict=low == NO_DIFFERENCE.get(unit))  # type: ignore[arg-type]


def most(text: str, unit: str, high: float, measure: Measure) -> Row:
    """What is asked to be at most so much; of no difference: less than none."""
    low = 0.0 if unit != POINTS else -NO_LIMIT
    return Row(text, text, unit, low, high, measure, strict=high == NO_DIFFERENCE.get(unit))  # type: ignore[arg-type]
