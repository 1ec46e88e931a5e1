"""Tables of differences between two runs, as in differences.csv: at the horizon, by cause of exit, by date, and of
runway, cash and revenue all three at one date.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any

from sim.foundation.columns import LONGEST_RUNWAY
from sim.foundation.months import month_text
from sim.foundation.states import ALL_STARTUPS, State
from sim.outcomes.differences import ENDGAME, GENERAL_LEFT, INDEPENDENTS_LEFT, SURVIVAL
from sim.outcomes.exits import NOT_KEPT, in_parts, is_exit
from sim.outcomes.year_end_differences import COUNTED_WORLDS
from sim.report.html.document import BOTH, Cell, Column, Details, Prose, Table, Tiles
from sim.report.html.plotly_values import year_step
from sim.report.pictures.difference_dots import (
    IN_SHARES,
    Difference,
    Measure,
    as_told,
    at_the_end,
    difference_text,
    is_sure,
)
from sim.report.several_runs import Runs
from sim.scenario.year_ends import CASH, KEPT, REVENUE, RUNWAY
from sim.study.focus import first, itself
from sim.words.estimates import NOTE, NOTHING, estimate, plain, signed, spread
from sim.words.months import date_name
from sim.words.names import whom
from sim.words.numbers import significant
from sim.words.text import capital
from sim.words.year_ends import by_firm, difference_cell, said_counted

BOLD = "Bold: the interval excludes zero."
EXITS_TITLE = "What ended them, before and after"
FALLS, RISES = "#9c2f14", "#0b6b4f"
INDUSTRY_TILES = {  # what the number is of, and its unit
    INDEPENDENTS_LEFT: ("independent startups at the horizon, on average", ""),
    GENERAL_LEFT: ("startups in the general race at the horizon, on average", ""),
    ENDGAME: ("of worlds that reach the endgame", "%"),
}
MOST_DATES = 12  # columns of a table by date
YEAR_ENDS_TITLE = "Runway, cash and revenue"


def tiles_of(rows: Sequence[Difference], startups: Sequence[str]) -> Tiles:
    """Numbers to take away: what differs in the industry, and the median variance ratio of the startups' survival."""
    tiles = []
    for quantity, (what, unit) in INDUSTRY_TILES.items():
        for row in at_the_end(rows, quantity):
            difference, low, high, digits = as_told(row)
            scale = 100 if unit else 1
            before, after = (f"{scale * row[side]:.{digits}f}{unit}" for side in ("base", "variant_value"))
            said = (f"{what}: {before} → {after}", spread(difference, low, high, digits, signed))
            tiles.append((f"{signed(difference, digits)}{' points' if unit else ''}", ", ".join(filter(None, said))))
    gains = [row["variance_ratio"] for row in at_the_end(rows, SURVIVAL) if row["firm"] in startups]
    known = [gain for gain in gains if not math.isnan(gain)]
    if known:
        text = "as many worlds would be needed to see as sharply without common luck (median of the startups' survival)"
        tiles.append((f"× {significant(median(known), 2)}", text))
    return Tiles(tuple(tiles))


def name_head(runs: Runs, firm: str) -> Cell:
    """The first cell of a row about ``firm``."""
    return Cell(runs.name(firm, 40), swatch=runs.colour(firm), strong=True)


def change_cell(row: Difference | None) -> Cell:
    """Both runs, shares in percent, with the difference below; a dash where there is none."""
    if row is None:
        return Cell(NOTHING)
    difference, low, high, digits = as_told(row)
    scale, decimals = (1, digits) if row["quantity"] in KEPT else (100, 0)
    before, after = (plain(scale * row[side], decimals) for side in ("base", "variant_value"))
    return Cell(f"{before} → {after}", estimate(difference, low, high, digits, signed), strong=is_sure(row))


def fates_table(runs: Runs, rows: Sequence[Difference], names: Sequence[str], index: int) -> Table:
    """Every fate at the horizon: the share in the first run, in the ``index``-th, and the difference."""
    columns = (Column("Startup"), *(Column(measure.label, BOTH, title=measure.what) for measure in IN_SHARES))
    body = _body(runs, _ends(rows, (measure.quantity for measure in IN_SHARES)), names)
    caption = _caption(runs, index, "Percent of worlds at the horizon")
    return Table(f"fates-{index}", "", columns, body, caption, empty="There is no startup.")


def ended_table(runs: Runs, rows: Sequence[Difference], names: Sequence[str], index: int) -> Table | Prose:
    """For every name the share ended by each cause at the horizon, in the first run and in the ``index``-th.

    A cause that ended none of ``names`` in either run has no column.
    """
    ends = _ends(rows, dict.fromkeys(row["quantity"] for row in rows if is_exit(row["quantity"])))
    came = {
        quantity: told
        for quantity, told in ends.items()
        if any(row["base"] or row["variant_value"] for firm, row in told.items() if firm in names)
    }
    if not came:
        return Prose((_nothing(rows),))
    columns = (Column("Startup"), *(Column(capital(in_parts(quantity)[1]), BOTH, title=quantity) for quantity in came))
    caption = _caption(
        runs,
        index,
        "Percent of worlds (of classes and groups, percent of their firms) ended by each cause by the horizon",
        "differences.csv has every date.",
    )
    return Table(f"ended-{index}", _most_changed(runs, ends), columns, _body(runs, came, names), caption)


Ends = Mapping[str, Mapping[str, Difference]]  # quantity -> firm -> its row at the last date


def _ends(rows: Sequence[Difference], quantities: Iterable[str]) -> Ends:
    return {quantity: {row["firm"]: row for row in at_the_end(rows, quantity)} for quantity in quantities}


def _body(runs: Runs, ends: Ends, names: Sequence[str]) -> tuple[tuple[Cell, ...], ...]:
    """A row for each of ``names``, with a cell for each quantity."""
    return tuple((name_head(runs, firm), *(change_cell(told.get(firm)) for told in ends.values())) for firm in names)


def _caption(runs: Runs, index: int, said: str, more: str = "") -> str:
    both = f"{runs.labels[0]} → {runs.labels[index]}"
    return runs.caption(f"{said}, {both}; below, the difference in points, {NOTE}. {BOLD}", more)


def _most_changed(runs: Runs, ends: Ends) -> str:
    """The cause that changes most, of who is in focus first, else of all startups."""
    who = runs.focus[0] if runs.focus else ALL_STARTUPS
    name = whom(runs.run_with(who).scenario, who)
    mine = [told[who] for told in ends.values() if who in told and is_sure(told[who])]
    if not mine:
        return f"{EXITS_TITLE}: no cause changes surely for {name}"
    row = max(mine, key=lambda row: abs(row["difference"]))
    cause = in_parts(row["quantity"])[1]
    return f"{EXITS_TITLE}: of {name}, {cause} changes most, by {difference_text(runs, row)}"


def _nothing(rows: Sequence[Difference]) -> str:
    if any(row["quantity"] in (State.ACQUIRED, State.CLOSED) and (row["base"] or row["variant_value"]) for row in rows):
        return f"{EXITS_TITLE}: {NOT_KEPT}."
    return f"{EXITS_TITLE}: nobody is gone by the horizon in any world."


def when_table(runs: Runs, rows: Sequence[Difference], names: Sequence[str], measure: Measure, index: int) -> Table:
    """When the difference in a share comes; who has no row has none here."""
    quantity, title = measure.quantity, f"When it comes: {measure.label.lower()}"
    known = {row["firm"] for row in rows if row["quantity"] == quantity}
    firms = [firm for firm in names if firm in known]
    said = f"{capital(measure.what)}: difference in percentage points at the end of the month, {NOTE}."
    return by_date(runs, rows, firms, quantity, f"by-year-{quantity}-{index}", title, said)


def by_date(
    runs: Runs, rows: Sequence[Difference], names: Sequence[str], quantity: str, name: str, title: str, said: str
) -> Table:
    """When the difference in ``quantity`` comes: one row for each of ``names``, one column a date. The table's name,
    its title, and what its caption says first.
    """
    mine = {(row["firm"], row["date"]): row for row in rows if row["quantity"] == quantity and row["firm"] in names}
    dates = sorted({date for _, date in mine})
    step = year_step(len(dates), MOST_DATES)
    shown = dates[(len(dates) - 1) % step :: step]  # the last among them
    align = BOTH if quantity in KEPT else "right"
    columns = (Column("Startup"), *(Column(date.removesuffix("-12"), align) for date in shown))
    body = tuple((name_head(runs, firm), *(_difference(mine.get((firm, date))) for date in shown)) for firm in names)
    thinned = f"One December in {step} is shown; differences.csv has all." if step > 1 else ""
    return Table(name, title, columns, body, runs.caption(said, BOLD, thinned))


def _difference(row: Difference | None) -> Cell:
    if row is None or math.isnan(row["difference"]):
        return Cell(NOTHING)
    difference, low, high, digits = as_told(row)
    colour = "" if not is_sure(row) else FALLS if difference < 0 else RISES
    beside = spread(difference, low, high, digits, signed)
    return Cell(signed(difference, digits), beside, colour=colour, strong=is_sure(row))


def year_end_blocks(
    runs: Runs, rows: Sequence[Difference], index: int, month: int, whose: Sequence[str]
) -> tuple[Any, ...]:
    """The table at ``month``, and behind a line to click on the tables by date; who is in ``whose`` stands first."""
    date = month_text(month)
    told = by_firm(rows, date)
    if not told:
        said = "a result folder keeps no worlds of them. Compare the scenarios to see them."
        return (Prose((f"{YEAR_ENDS_TITLE}: {said}",)),)
    firms = first(told, [*whose, *runs.focus], itself)
    tables = []
    for quantity, unit in units(runs).items():
        said = f"Difference in {unit} at the end of the month, {NOTE}, over the worlds that are counted."
        name, title = f"by-date-{quantity}-{index}", capital(quantity)
        tables.append(by_date(runs, rows, firms, quantity, name, title, said))
    at_date = _at_date(runs, {firm: told[firm] for firm in firms}, index, date)
    return (at_date, Details(f"{YEAR_ENDS_TITLE} at every date", tuple(tables)))


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
    return Table(f"year-ends-{index}", _year_ends_title(runs, told, date), columns, body, caption)


def _year_ends_title(runs: Runs, told: dict[str, dict[str, Difference]], date: str) -> str:
    sure = [mine[RUNWAY] for mine in told.values() if RUNWAY in mine and is_sure(mine[RUNWAY])]
    said = f"{YEAR_ENDS_TITLE} in {date_name(date)}"
    if not sure:
        return f"{said}: no runway changes surely"
    row = max(sure, key=lambda row: abs(row["difference"]))
    return f"{said}: {runs.name(row['firm'])}'s runway changes most, by {difference_cell(row)} months"
