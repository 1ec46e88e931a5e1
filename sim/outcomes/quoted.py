"""Which rows of differences.csv a sentence tells.

The largest difference at the horizon that is surely not zero: of survival before the general race before other fates,
of single startups before the industry, of a point or more before smaller ones. Since it is picked out of hundreds,
"surely" asks that even an interval of twice the width excludes zero (about Bonferroni's level for 500). An earlier date
comes second, and only where the difference was much larger there, or where there is none at the horizon.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.foundation.columns import MILESTONES
from sim.foundation.states import A_STARTUP, State
from sim.outcomes.differences import (
    COMPARED_QUANTITIES,
    COUNT_QUANTITIES,
    ENDGAME,
    MONEY_QUANTITIES,
    SURVIVAL,
)
from sim.scenario.model import Scenario

if TYPE_CHECKING:
    import pandas as pd

DifferenceRow = Mapping[str, Any]  # of differences.csv
WORTH_SAYING = 0.01  # a point
MUCH_LARGER = 1.5  # times the difference at the horizon: from here on an earlier one is told too


def known_rows(differences: pd.DataFrame, variant: str) -> list[Any]:
    """The rows of ``variant`` that have a difference."""
    mine = differences[(differences["variant"] == variant) & differences["difference"].notna()]
    return mine.to_dict("records")


class Quoted(NamedTuple):
    """The rows of differences.csv to quote: at the horizon (a month, ``date``), and at an earlier date if any."""

    date: str
    horizon: DifferenceRow | None
    earlier: DifferenceRow | None


def rows_to_quote(scenario: Scenario, rows: Sequence[DifferenceRow]) -> Quoted:
    """What to quote of ``rows``, which all have a difference; what explains fates (causes of exit) is not quoted."""
    rows = [row for row in rows if row["quantity"] in COMPARED_QUANTITIES]
    date = max((row["date"] for row in rows), default="")
    horizon = largest(scenario, [row for row in rows if row["date"] == date])
    before = [row for row in rows if row["date"] != date]
    if horizon is None:
        return Quoted(date, None, largest(scenario, before))
    earlier = largest(scenario, [row for row in before if row["quantity"] == horizon["quantity"]])
    if earlier is not None and abs(earlier["difference"]) < MUCH_LARGER * abs(horizon["difference"]):
        earlier = None
    return Quoted(date, horizon, earlier)


def largest(scenario: Scenario, rows: Sequence[DifferenceRow]) -> DifferenceRow | None:
    """The row of differences.csv that tells most; None where no difference is surely not zero."""
    startups = {firm.id for firm in scenario.firms if firm.kind == A_STARTUP and not firm.copies}
    sure = [row for row in rows if 2 * row["low"] > row["difference"] or 2 * row["high"] < row["difference"]]
    shares = [row for row in sure if row["quantity"] not in (*MONEY_QUANTITIES, *COUNT_QUANTITIES)]
    mine = [row for row in shares if row["firm"] in startups]
    tiers = (
        [row for row in mine if row["quantity"] == SURVIVAL],
        [row for row in mine if row["quantity"] == State.IN_GENERAL_RACE],
        [row for row in mine if row["quantity"] in (State.ACQUIRED, State.CLOSED, *MILESTONES)],
        [row for row in shares if row["quantity"] == ENDGAME],
        shares,
    )
    for least in (WORTH_SAYING, 0.0):
        for tier in tiers:
            if found := [row for row in tier if abs(row["difference"]) >= least]:
                return max(found, key=lambda row: (abs(row["difference"]), row["date"]))
    left = [row for row in sure if row["quantity"] in COUNT_QUANTITIES] or sure
    return max(left, key=lambda row: abs(row["difference"]), default=None)
