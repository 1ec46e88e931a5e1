"""Runway, cash and revenue of startups in two runs: all three at one date, and each at every date."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.foundation.columns import LONGEST_RUNWAY
from sim.foundation.months import month_text
from sim.outcomes.year_end_differences import COUNTED_WORLDS
from sim.report.html.document import BOTH, Cell, Column, Details, Prose, Table
from sim.report.pictures.difference_dots import FALLS, RISES, Difference, date_head, is_sure, name_head, shown_dates
from sim.report.several_runs import Runs
from sim.scenario.year_ends import CASH, KEPT, REVENUE, RUNWAY
from sim.study.focus import first
from sim.words.estimates import NOTE, NOTHING, plain, signed, spread
from sim.words.months import date_name
from sim.words.text import capital
from sim.words.year_ends import by_firm, difference_cell, digits_of, said_counted

TITLE = "Runway, cash and revenue"


def year_end_blocks(
    runs: Runs, rows: Sequence[Difference], index: int, month: int, whose: Sequence[str]
) -> tuple[Any, ...]:
    """The table at ``month``, and behind a line to click on the tables by date; who is in ``whose`` stands first."""
    date = month_text(month)
    told = by_firm(rows, date)
    if not told:
        return (Prose((f"{TITLE}: a result folder keeps no worlds of them. Compare the scenarios to see them.",)),)
    firms = [firm for firm in first_of([*whose, *runs.focus], list(told)) if firm in told]
    tables = tuple(_by_date(runs, rows, firms, quantity, index) for quantity in KEPT)
    at_date = _at_date(runs, {firm: told[firm] for firm in firms}, index, date)
    return (at_date, Details(f"{TITLE} at every date", tables))


def first_of(whose: Sequence[str], firms: Sequence[str]) -> list[str]:
    """``firms``, those in ``whose`` before the others."""
    return [row["firm"] for row in first([{"firm": firm} for firm in firms], whose)]


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
        (name_head(runs, firm), *(_sides(mine.get(name)) for name in KEPT), Cell(said_counted(mine[COUNTED_WORLDS])))
        for firm, mine in told.items()
    )
    paired = any(mine[COUNTED_WORLDS]["paired"] for mine in told.values())
    where = "in which the startup is there in both" if paired else "of each run in which the startup is there"
    how = "the median of the differences world by world" if paired else "the difference of the medians"
    caption = runs.caption(
        f"At the end of {date_name(date)}, {runs.labels[0]} → {runs.labels[index]}; below, the difference, {NOTE}. "
        f"Counted are the worlds {where}. Runway, counted up to {LONGEST_RUNWAY:g} months: medians, and {how}; cash "
        "and revenue: means. Bold: the interval excludes zero."
    )
    return Table(f"year-ends-{index}", _title(runs, told, date), columns, body, caption)


def _title(runs: Runs, told: dict[str, dict[str, Difference]], date: str) -> str:
    sure = [mine[RUNWAY] for mine in told.values() if RUNWAY in mine and is_sure(mine[RUNWAY])]
    said = f"{TITLE} in {date_name(date)}"
    if not sure:
        return f"{said}: no runway changes surely"
    row = max(sure, key=lambda row: abs(row["difference"]))
    return f"{said}: {runs.name(row['firm'])}'s runway changes most, by {difference_cell(row)} months"


def _sides(row: Difference | None) -> Cell:
    if row is None:
        return Cell(NOTHING)
    digits = digits_of(row)
    values = f"{plain(row['base'], digits)} → {plain(row['variant_value'], digits)}"
    return Cell(values, difference_cell(row), strong=is_sure(row))


def _by_date(runs: Runs, rows: Sequence[Difference], firms: Sequence[str], quantity: str, index: int) -> Table:
    mine = {(row["firm"], row["date"]): row for row in rows if row["quantity"] == quantity}
    dates, thinned = shown_dates({date for _, date in mine})
    columns = (Column("Startup"), *(Column(date_head(date), BOTH) for date in dates))
    body = tuple((name_head(runs, firm), *(_difference(mine.get((firm, date))) for date in dates)) for firm in firms)
    caption = runs.caption(
        f"Difference in {units(runs)[quantity]} at the end of the month, {NOTE}, over the worlds that are counted. "
        f"Bold: the interval excludes zero.{thinned}"
    )
    return Table(f"by-date-{quantity}-{index}", capital(quantity), columns, body, caption)


def _difference(row: Difference | None) -> Cell:
    if row is None:
        return Cell(NOTHING)
    colour, digits = "" if not is_sure(row) else FALLS if row["difference"] < 0 else RISES, digits_of(row)
    beside = spread(row["difference"], row["low"], row["high"], digits, signed)
    return Cell(signed(row["difference"], digits), beside, colour=colour, strong=is_sure(row))
