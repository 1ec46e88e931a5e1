"""The page of a comparison: every run's curves over one another, a table of fates, the differences from the first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.foundation.states import State
from sim.outcomes import differences
from sim.outcomes.intervals import METHODS
from sim.outcomes.year_end_differences import YEAR_END_QUANTITIES
from sim.report.html.document import (
    Cell,
    Column,
    Document,
    Figure,
    Prose,
    Section,
    Table,
)
from sim.report.pages.chapters import closing, survival_switch
from sim.report.pages.given import GIVEN_TERMS, chapter_of_runs
from sim.report.pages.whatif import difference_blocks
from sim.report.pictures import difference_dots
from sim.report.pictures.overlays import drawn, endgame_overlay, left_overlay, survival_overlay
from sim.report.run_reader import RunReader, focus_note
from sim.report.several_runs import Runs, runs_of
from sim.report.tables.differences import name_head
from sim.report.tables.of_run import share_cell
from sim.study.compare import Comparison
from sim.words.differences import sides_and_difference
from sim.words.estimates import NOTE
from sim.words.given import these_worlds
from sim.words.months import date_name, short_month
from sim.words.text import capital, notes, shorten

FATES_SHOWN = (State.INDEPENDENT, State.ACQUIRED, State.CLOSED, State.LISTED, State.PIVOTED)


def terms() -> tuple[tuple[str, str], ...]:
    """The words of this page."""
    shares, means = (
        f"{METHODS[paired]} where runs are paired, {METHODS[unpaired]} where they are not"
        for paired, unpaired in (
            (differences.PAIRED_SHARES, differences.UNPAIRED_SHARES),
            (differences.PAIRED_MONEY, differences.UNPAIRED_MEANS),
        )
    )
    said = f"The second run's value minus the first's, with a 95% interval. Shares: {shares}. Money: {means}."
    paired = (
        "Runs with the same seed, as many worlds and the same rules have the same luck in world 4,711: differences are "
        "taken world by world and are sharper. Other runs are compared as independent ones."
    )
    return (("Paired", paired), ("Difference", said))


def _terms(runs: Runs) -> tuple[tuple[str, str], ...]:
    return terms() if all(run.given is None for run in runs.each) else (*terms(), *GIVEN_TERMS)


def document_of(done: Comparison) -> Document:
    """The page of a comparison as a document."""
    runs = runs_of(done)
    summary = [row for row in done.summary() if row["quantity"] not in YEAR_END_QUANTITIES]
    told = done.told_months()
    sections = [*chapter_of_runs(runs, done), Section("curves", "Curves", _curves(runs, done))]
    sections.append(Section("fates", "Fates", (_fates(runs),)))
    for index, label in enumerate(runs.labels[1:], start=1):
        mine = difference_dots.rows_about(done.differences, label)
        title = f"{shorten(label, 60)} against {shorten(runs.labels[0], 60)}"
        why = done.explained()[index - 1]
        lead = f"{done.manifest['pairing'][index - 1]}. {f'{why}.' if why else ''}".strip()
        table = _side_by_side(runs, [row for row in summary if row["variant"] == label], index)
        blocks: list[Any] = [
            *_lonely(runs, mine, index),
            table,
            *difference_blocks(runs, mine, index, told.get(label, 0)),
        ]
        sections.append(Section(f"differences-{index}", title, tuple(blocks), lead))
    sections.append(Section("runs", "What is compared", (_runs(runs, done.manifest),)))
    alike = len({run.worlds for run in runs.each}) == 1 and runs.base.given is None
    worlds = f"{runs.base.worlds:,} in each run" if alike else "see the runs"
    sections += closing([run.scenario for run in runs.each], _terms(runs), done.manifest, worlds=worlds)
    first, *more = done.headline
    return Document(
        f"Comparison: {' | '.join(shorten(label, 60) for label in runs.labels)}",
        first,
        tuple(sections),
        ". ".join([*more, ""]).strip(),
        (*focus_note(done.manifest, runs.name), *notes(done.notes)),
    )


def _curves(runs: Runs, done: Comparison) -> tuple[Any, ...]:
    firms = drawn(runs, done.differences)
    switch = survival_switch(lambda endpoint: survival_overlay(runs, firms, endpoint))
    return (switch, Figure(left_overlay(runs)), Figure(endgame_overlay(runs)))


def _fates(runs: Runs) -> Table:
    """One row for every startup and run: its fates at the run's horizon."""
    columns = (Column("Startup"), Column("Run"), *(Column(capital(fate), "right") for fate in FATES_SHOWN))
    rows = []
    for firm in runs.told:
        for index, run in enumerate(runs.each):
            shares = tuple(_share(runs, run, firm, fate) for fate in FATES_SHOWN)
            rows.append((name_head(runs, firm), Cell(shorten(runs.labels[index], 40)), *shares))
    caption = runs.caption(
        f"Share of worlds in {runs.last_month}, of a class or a group share of its firms; in points {NOTE}. A dash: "
        "the run has no such firm."
    )
    return Table("fates", "", columns, tuple(rows), caption, empty="There is no startup.")


def _share(runs: Runs, run: RunReader, firm: str, fate: str) -> Cell:
    """The incidence of a fate at the last month that all runs share."""
    rows = run.fate(firm, fate)
    if rows.empty:
        return Cell("–")
    row = rows.iloc[runs.last_tick(run)]
    return share_cell(float(row["incidence"]), float(row["low"]), float(row["high"]))


def _side_by_side(runs: Runs, rows: list[dict[str, Any]], index: int) -> Table:
    """The terminal's table: the value in the first run and in the ``index``-th, and their difference with interval."""
    first, other = (shorten(runs.labels[i], 40) for i in (0, index))
    columns = (
        Column("Who"),
        Column("Quantity"),
        Column(first, "right"),
        Column(other, "right"),
        Column("Difference", "right", title=f"{other} minus {first}, with its 95% interval"),
        Column("Gain", "right", title="so many times the worlds would be needed without common luck"),
    )
    paired = any(row["paired"] for row in rows)
    dates = " and ".join(date_name(date) for date in sorted({row["date"] for row in rows}))
    caption = runs.caption(
        f"{capital(dates)}. Shares in percent; differences in points, {NOTE}, "
        f"{'taken world by world' if paired else 'of independent runs'}. differences.csv has every date and quantity."
    )
    body = tuple(
        (
            Cell(capital(row["name"]), strong=True),
            Cell(row["quantity"].replace("_", " ")),
            *(Cell(text) for text in sides_and_difference(row)),
        )
        for row in rows
    )
    empty = "The runs have nothing in common to compare."
    return Table(f"side-by-side-{index}", "", columns, body, caption, empty=empty)


def _lonely(runs: Runs, rows: list[Any], index: int) -> tuple[Any, ...]:
    """A sentence about firms that only one of the two runs has."""
    alone = [row for row in rows if row["difference"] != row["difference"]]
    said = []
    for column, label in (("base", runs.labels[0]), ("variant_value", runs.labels[index])):
        names = [runs.name(row["firm"]) for row in alone if row[column] == row[column]]
        if names:
            said.append(f"Only {shorten(label, 60)} has {', '.join(names)}.")
    return (Prose(tuple(said)),) if said else ()


def _worlds(run: RunReader) -> str:
    """How many worlds a run has, where something is given how many are left of how many."""
    return f"{run.worlds:,}" if run.given is None else these_worlds(run.given, run.worlds, run.simulated)


def _runs(runs: Runs, manifest: Mapping[str, Any]) -> Table:
    """One row for every run of a comparison: its scenario, worlds, seed, months, and where it is from."""
    rows = []
    for index, (run, about) in enumerate(zip(runs.each, manifest["runs"], strict=True)):
        scenario = run.scenario
        rows.append(
            (
                Cell(shorten(runs.labels[index], 60), swatch=runs.style(index).colour, strong=True),
                Cell(shorten(scenario.title, 120)),
                Cell(_worlds(run), f"seed {about['seed']}"),
                Cell(f"{short_month(scenario.start)} to {short_month(scenario.end)}"),
                Cell("a finished run's folder" if about["folder"] else "simulated for this page"),
            )
        )
    columns = (Column("Run"), Column("Scenario", wide=True), Column("Worlds"), Column("Months"), Column("Source"))
    return Table("runs", "", columns, tuple(rows))
