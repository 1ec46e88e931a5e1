"""Which differences between runs the terminal and the pages show first, as plain numbers with the names of firms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.archive.folder import number
from sim.foundation.months import month_text
from sim.foundation.states import A_GIANT, A_STARTUP, ALL, ALL_GIANTS
from sim.outcomes.year_end_differences import YEAR_END_QUANTITIES
from sim.scenario.model import Scenario
from sim.study.focus import first
from sim.words.names import name_of

if TYPE_CHECKING:
    import pandas as pd


def at_the_end(
    differences: pd.DataFrame,
    scenario: Scenario,
    quantities: tuple[str, ...],
    names: Mapping[str, str] | None = None,
    focus: Sequence[str] = (),
) -> list[dict[str, Any]]:
    """The rows of ``differences`` at their last date about these quantities, as plain numbers, with ``name``.

    Of every variant first who is in ``focus``, then the startups, then the groups, then the industry, each the largest
    difference first; other giants, who do not leave, are left out. Rows that lack one side come last. ``names`` are
    those of what ``scenario`` lacks.
    """
    rows = differences[differences["quantity"].isin(quantities)]
    rows = rows[rows["date"] == rows.groupby(["variant", "firm", "quantity"])["date"].transform("max")]
    giants = {ALL_GIANTS, *(firm.id for firm in scenario.firms if firm.kind == A_GIANT)}
    startups = {firm.id for firm in scenario.firms if firm.kind == A_STARTUP}
    giants -= set(focus)

    def order(row: dict[str, Any]) -> tuple[int, float]:
        rank = 2 if row["firm"] == ALL else 0 if row["firm"] in startups else 1
        return rank, -abs(row["difference"]) if row["difference"] is not None else 1.0

    plain = _plain_rows(rows)
    ranked = sorted((row for row in plain if row["firm"] not in giants), key=order)
    variants = dict.fromkeys(differences["variant"])
    shown = [row for name in variants for row in first((row for row in ranked if row["variant"] == name), focus)]
    return _named(shown, scenario, names)


def at_months(
    differences: pd.DataFrame,
    scenario: Scenario,
    months: Mapping[str, int],
    names: Mapping[str, str] | None = None,
    focus: Sequence[str] = (),
) -> list[dict[str, Any]]:
    """The rows about runway, cash and revenue of every variant at its calendar month in ``months``, as ``at_the_end``:
    who is in ``focus`` first, then in file order.
    """
    told = differences[differences["quantity"].isin(YEAR_END_QUANTITIES)]
    rows = [
        row
        for name, month in months.items()
        for row in first(_plain_rows(told[(told["variant"] == name) & (told["date"] == month_text(month))]), focus)
    ]
    return _named(rows, scenario, names)


def _plain_rows(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): number(value) for key, value in row.items()} for row in rows.to_dict("records")]


def _named(rows: Sequence[dict[str, Any]], scenario: Scenario, names: Mapping[str, str] | None) -> list[dict[str, Any]]:
    others = names or {}
    return [{"name": others.get(row["firm"]) or name_of(scenario, row["firm"]), **row} for row in rows]
