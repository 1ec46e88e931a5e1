"""docs/laws.md: every row with what was asked, what was measured, and whether it is met."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from sim.words.estimates import estimate, plain, signed
from tools.severities.estimating import Estimate
from tools.severities.rows import NO_LIMIT, POINTS, ROWS, TIMES, Row
from tools.severities.seen import ROOT, Runs

DOCUMENT = ROOT / "docs" / "laws.md"
WORLDS = 2000
DIGITS = {TIMES: 2}
COMMAND = "python -m tools.severities"


class Measured(NamedTuple):
    """A row and what was measured."""

    row: Row
    found: Estimate

    @property
    def met(self) -> bool:
        return self.row.met_by(self.found.value)

    @property
    def sure(self) -> bool:
        """True if both ends of the interval say what the value says."""
        return self.row.met_by(self.found.low) == self.row.met_by(self.found.high) == self.met


def measured(worlds: int, say: Callable[[str], None] = lambda _line: None) -> list[Measured]:
    """Every row on ``worlds`` worlds; ``say`` is told of each."""
    runs, found = Runs(worlds), []
    for row in ROWS:
        found.append(Measured(row, row.measure(runs)))
        say(line(found[-1]))
    return found


def number(value: float, unit: str) -> str:
    """An end of a range: "+8", "0.7", "33.3"."""
    text = f"{abs(value):.3g}"
    return text if unit != POINTS or value == 0 else f"{'+' if value > 0 else '−'}{text}"


def asked(row: Row) -> str:
    """The range in words; ends that nothing can pass are not said."""
    low, high = (number(end, row.unit) for end in (row.low, row.high))
    least, most = ("above", "below") if row.strict else ("at least", "at most")
    nothing_below = row.low <= (-NO_LIMIT if row.unit == POINTS else 0.0) or row.low == -100.0
    nothing_above = row.high == NO_LIMIT or (row.unit not in (POINTS, TIMES) and row.high >= 100.0)
    if nothing_below:
        return f"{most} {high} {row.unit}"
    if nothing_above:
        return f"{least} {low} {row.unit}"
    return f"{low} to {high} {row.unit}"


def verdict(one: Measured) -> str:
    """Met or not; and whether the worlds are too few to be sure of it."""
    said = "met" if one.met else "**not met**"
    return said if one.sure else f"{said}, not sure"


def told(row: Row, found: Estimate) -> str:
    """What was measured, with its interval: "−8.2 ±1.2"."""
    value, low, high = found
    digits, say = DIGITS.get(row.unit, 1), signed if row.unit == POINTS else plain
    return say(value, digits) if math.isnan(low) else estimate(value, low, high, digits, say)


def line(one: Measured) -> str:
    """A row of the table."""
    return f"| {one.row.text} | {asked(one.row)} | {told(one.row, one.found)} | {verdict(one)} |"


def text(found: list[Measured], worlds: int, seed: int) -> str:
    """The whole document."""
    met, unsure = sum(one.met for one in found), sum(not one.sure for one in found)
    open_rows = ", ".join(f"*{one.row.text}*" for one in found if not one.met) or "none"
    head = f"""# The laws: signs and severities

What the model must show when something is forced or asked, and what it shows. **The ranges are our reading of the
documents and of shakeouts that have happened** (Klepper and Simons: 5 to 9% of firms a year net; BLS: half gone after
five years). Nobody measured them: a row that is met says that the model does what we take the documents to say, not
that the world does. A row that is not met is a finding, and stays in the table.

Made by `{COMMAND}`; `--worlds N` for another number of worlds, `--print` to write nothing. The baseline
is the flagship, [six-dragons](../scenarios/six-dragons.yaml), with every law at strength 1. In every row there are the
same {worlds:,} worlds of seed {seed}, with the same luck. *The six*: per cent of them that are independent in December
2030; as a difference, taken world by world, what is forced less the baseline, or the first named less the second.
Beside each number stands half its 95% interval, or both ends where it is lopsided; the world is the sampling unit. *Not
sure*: an end of the interval falls on the other side of the range. Means and differences have Student's t, shares of
pooled firms Wilson's interval with the design effect between worlds, ratios of hazards the interval of their logarithm.

How rows are read: a *zombie* spends less than 2% of the frontier's cost on research and has more than 60 months of
runway. *In loss* is a smoothed operating cash flow below zero. An exit hazard is the exits of a month over the firms of
a class at the end of the month before, all months pooled; classes are as firms chose and fared, not forced. After a
failed test, and after a year of refusals, only firms count that can be followed for so long. Forced pivots are
`firms.<id>.pivots`, in January 2025; `never` where none may pivot.

The rows on facts after 2024 (quantities inside the 90% interval, the Brier score of dated events) are measured in
[calibration.md](calibration.md).

**{met} of {len(found)} rows are met** (not sure: {unsure or "none"}). Not met: {open_rows}.
"""
    rows = ["| what is forced or asked | asked | measured | met? |", "| --- | ---: | ---: | --- |", *map(line, found)]
    return "\n".join([head, *rows, ""])
