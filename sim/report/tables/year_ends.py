"""Runway, cash and revenue of startups in two runs: all three at one date, and each at every date."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.foundation.columns import LONGEST_RUNWAY
from sim.foundation.months import month_text
from sim.outcomes.year_end_differences import COUNTED_WORLDS
from sim.report.html.document import BOTH, Cell, Column, Details, Prose, Table
from sim.report.pictures.difference_dots import Difference, is_sure
from sim.report.several_runs import Runs
from sim.report.tables.differences import BOLD, by_date, change_cell, name_head
from sim.scenario.year_ends import CASH, KEPT, REVENUE, RUNWAY
from sim.study.focus import first, itself
from sim.words.estimates import NOTE
from sim.words.months import date_name
from sim.words.text import capital
from sim.words.year_ends import by_firm, difference_cell, said_counted

TITLE = "Runway, cash and revenue"


def year_end_blocks(
    runs: Runs, rows: Sequence[Difference], index: int, month: int, whose: Sequence[str]
) -> tuple[Any, ...]:
    """The table at ``month``, and behind a line to click on the tables by date; who is in ``whose`` stands first."""
    date = month_text(month)
    told = by_firm(rows, date)
    if not told:
        return (Prose((f"{TITLE}: a result folder keeps no worlds of them. Compare the scenarios to see them.",)),)
    firms = first(told, [*whose, *runs.focus], itself)
    tables = []
    for quantity, unit in units(runs).items():
        said = f"Difference in {unit} at the end of the month, {NOTE}, over the worlds that are counted."
        title = capital(quantity)
        tables.append(by_date(runs, rows, firms, quantity, f"by-date-{quantity}-{index}", title, said))
    at_date = _at_date(runs, {firm: told[firm] for firm in firms}, index, date)
    return (at_date, Details(f"{TITLE} at every date", tuple(tables)))


def units(runs: Runs) -> dict[str, str]:
    """The unit of each quantity."""
    currency = runs.base.scenario.currency
    return {RUNWAY: "months", CASH: currency, REVENUE: f"{currency} a month"}


def _at_date(runs: Runs, told: dict[str, dict[str, Difference]], index: int, date: str) -> Table:
    columns = (
        Column("Startup"),
        *(Column(f"{capital(name)}, {unit}", BOTH) for name, unit in units(runs).items()),
        Column("Counted, %", "right", title="percent of worlds that are counted"),
    )
    body = tuple(
        (
            name_head(runs, firm),
            *(change_cell(mine.get(name)) for name in KEPT),
            Cell(said_counted(mine[COUNTED_WORLDS])),
        )
        for firm, mine in told.items()
    )
    paired = any(mine[COUNTED_WORLDS]["paired"] for mine in told.values())
    where = "in which the startup is there in both" if paired else "of each run in which the startup is there"
    how = "the median of the differences world by world" if paired else "the difference of the medians"
    caption = runs.caption(
        f"At the end of {date_name(date)}, {runs.labels[0]} → {runs.labels[index]}; below, the difference, {NOTE}. "
        f"Counted are the worlds {where}. Runway, counted up to {LONGEST_RUNWAY:g} months: medians, and {how}; cash "
        f"and revenue: means. {BOLD}"
    )
    return Table(f"year-ends-{index}", _title(runs, told, date), columns, body, caption)


def _title(runs: Runs, told: dict[str, dict[str, Difference]], date: str) -> str:
    sure = [mine[RUNWAY] for mine in told.values() if RUNWAY in mine and is_sure(mine[RUNWAY])]
    said = f"{TITLE} in {date_name(date)}"
    if not sure:
        return f"{said}: no runway changes surely"
    row = max(sure, key=lambda row: abs(row["difference"]))
    return f"{said}: {runs.name(row['firm'])}'s runway changes most, by {difference_cell(row)} months"
