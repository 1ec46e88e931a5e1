"""The chapter of a page about worlds in which something is given: how many are left, and all worlds beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sim.archive.folder import plain_rows
from sim.foundation.states import State
from sim.outcomes.beside import ABOUT_CLAIM, ABOUT_FATE, BETWEEN_PARTS
from sim.outcomes.intervals import METHODS
from sim.outcomes.year_end_differences import YEAR_END_QUANTITIES
from sim.report.html.document import BOTH, Cell, Column, Details, Prose, Section, Table
from sim.report.run_reader import RunReader
from sim.report.several_runs import Runs
from sim.report.tables.of_run import FATE_COLUMNS, name_cell
from sim.study.compare import Comparison
from sim.study.focus import first
from sim.study.given import GIVEN
from sim.study.run import Run
from sim.study.runs_compared import TOLD_OF_ALL
from sim.study.what_if import WhatIf
from sim.words.differences import sides_and_difference
from sim.words.estimates import NOTE, NOTHING, estimate, signed
from sim.words.given import LEFT_OUT, base_decides, given_in_words, left_in_words, moved_in_words, surely_moved
from sim.words.numbers import between, percent
from sim.words.propositions import asked
from sim.words.text import capital, shorten

STEPS = "given"  # name of the table that says how many worlds each condition leaves
TITLE = "What is given, and all worlds beside"
BESIDE_STATES = (State.INDEPENDENT, State.IN_GENERAL_RACE, State.ACQUIRED, State.CLOSED, State.LISTED, State.PIVOTED)
GIVEN_TERMS = (
    (
        "Worlds left",
        "The worlds that agree with everything that is given. A share of them is the probability inside the model for "
        "somebody who knows it. Every interval is made from their number, so the more is given, the less sure it is.",
    ),
    (
        "Given",
        "A fact counts as it came out, whether it happened or not; a claim or proposition must be true. Nothing is "
        "simulated anew: worlds that disagree are set aside, and so are those in which it cannot be told.",
    ),
)
MOST_FORECASTS = 12  # that a table of those that are moved can show without becoming the ledger itself


def given_chapter(run: RunReader, answer: Run) -> tuple[Section, ...]:
    """The chapter of a run; none where nothing is given."""
    if run.given is None:
        return ()
    rows = plain_rows(answer.beside())
    lead = f"Given {given_in_words(run.given)}: {left_in_words(run.given, run.simulated)}. "
    lead += f"{moved_in_words(run.scenario, rows, run.asked)}."
    blocks = (steps_table(run.given, run.simulated), beside_table(run, rows), _forecasts(run, rows), Prose((LEFT_OUT,)))
    return (Section("given", TITLE, blocks, lead),)


def chapter_of_runs(runs: Runs, done: WhatIf | Comparison) -> tuple[Section, ...]:
    """The chapter of a what-if or a comparison; none where nothing is given."""
    of_all = done.quoted_of_all()
    if not of_all:
        return ()
    answers, decides = done.runs(), isinstance(done, WhatIf)
    known = done.manifest[GIVEN]
    lead = f"Given {given_in_words(known)}: {left_in_words(known, runs.base.simulated)}; {base_decides(len(of_all))}."
    told = [(runs.base, answers[0])]
    if not decides:
        lead = f"Given {given_in_words(known)}: each run is told in the worlds that agree."
        told = list(zip(runs.each, answers, strict=True))
    blocks: list[Any] = [Prose(tuple(f"In all worlds: {sentence}." for sentence in of_all)), _apart_in_all(runs, done)]
    for index, (run, answer) in enumerate(told):
        left, label = left_in_words(run.given or {}, run.simulated), shorten(runs.labels[index], 60)
        label = capital(label) if decides else label
        tables = (
            steps_table(run.given or {}, run.simulated, f"given-{index}"),
            beside_table(run, plain_rows(answer.beside()), f"beside-{index}"),
        )
        blocks.append(Details(f"{label}: {left}, and its fates beside those of all", tables))
    return (Section("given", TITLE, tuple(blocks), lead),)


def _apart_in_all(runs: Runs, done: WhatIf | Comparison) -> Table:
    """What differs at the horizon in the worlds that are left, and in all; a column for every run but the first."""
    rows = [row for row in done.summary() if row["quantity"] not in YEAR_END_QUANTITIES and "all_difference" in row]
    variants = list(dict.fromkeys(row["variant"] for row in rows))
    found = {(row["name"], row["quantity"], row["variant"]): row for row in rows}
    labels = runs.labels[1 : len(variants) + 1]
    columns = (
        Column("Who"),
        Column("Quantity"),
        *(Column(shorten(capital(label) if runs.kind == "what-if" else label, 40), BOTH) for label in labels),
    )
    body = tuple(
        (
            Cell(capital(name), strong=True),
            Cell(quantity.replace("_", " ")),
            *(_both_cell(found.get((name, quantity, variant))) for variant in variants),
        )
        for name, quantity in dict.fromkeys((row["name"], row["quantity"]) for row in rows)
    )
    caption = runs.caption(
        f"Difference at the horizon in the worlds that are left, and in small print in all worlds; shares in points, "
        f"{NOTE}. differences.csv and differences_all.csv have every date and quantity."
    )
    return Table("differences-beside", "", columns, body, caption, empty="There is nothing to compare.")


def _both_cell(row: Mapping[str, Any] | None) -> Cell:
    if row is None or row["difference"] is None:
        return Cell(NOTHING)
    of_all = {**row, **{part: row[f"all_{part}"] for part in TOLD_OF_ALL}}
    return Cell(sides_and_difference(row)[2], f"all {sides_and_difference(of_all)[2]}")


def steps_table(given: Mapping[str, Any], worlds: int, name: str = STEPS) -> Table:
    """One row for every condition, in order: how many worlds are left when it and all before it are given."""
    before, rows = worlds, []
    for step in given["steps"]:
        left = step["left"]
        rows.append(
            (
                Cell(capital(step["says"]), step["known"] if step["known"] != step["says"] else ""),
                Cell(f"{left:,}", strong=True),
                Cell(percent(left / before, 1) if before else NOTHING),
            )
        )
        before = left
    columns = (
        Column("What a world must have", wide=True),
        Column("Worlds left", "right"),
        Column("Of those before", "right", title="share of the worlds that the rows above have left"),
    )
    caption = (
        f"Of {worlds:,} simulated worlds, in the order in which they are set aside. A fact counts as it came out, a "
        "claim must come true; a world in which one cannot be told is set aside, too."
    )
    return Table(name, "", columns, tuple(rows), caption)


def beside_table(run: RunReader, rows: Sequence[Mapping[str, Any]], name: str = "beside") -> Table:
    """Every startup and group: its fates in the worlds that are left, in all, and how far they are apart."""
    found = {(row["id"], row["quantity"]): row for row in rows if row["about"] == ABOUT_FATE}
    labels = {state: (label, says) for state, label, says in FATE_COLUMNS}
    columns = (Column("Startup"), *(Column(labels[state][0], BOTH, title=labels[state][1]) for state in BESIDE_STATES))
    who = first([*run.told, *run.groups], run.focus, lambda one: (one,))
    body = tuple(
        (name_cell(run, one), *(_beside_cell(found[one, state]) for state in BESIDE_STATES))
        for one in dict.fromkeys(who)
    )
    caption = (
        f"Share of the worlds left in {run.horizon} (of a class or a group share of its firms); in small print the "
        f"share of all {run.simulated:,} worlds, and the difference in points, {NOTE} ({METHODS[BETWEEN_PARTS]} "
        "between the worlds left and those set aside). Bold: the interval excludes zero. beside.csv has every number. "
        f"{run.source}"
    )
    return Table(name, "", columns, body, caption, empty="The scenario has no startup.")


def _beside_cell(row: Mapping[str, Any]) -> Cell:
    """A share of the worlds left, and below it that of all and the difference."""
    if row["share"] is None or row["all_share"] is None:
        return Cell(NOTHING)
    told = f"all {percent(row['all_share'])}"
    apart = _apart(row)
    return Cell(percent(row["share"]), f"{told}; {apart}" if apart else told, strong=_is_sure(row))


def _apart(row: Mapping[str, Any]) -> str:
    """The difference in points with its interval; empty where nothing can differ."""
    value, low, high = (None if row[name] is None else 100 * row[name] for name in ("apart", "apart_low", "apart_high"))
    return "" if value == low == high == 0 else estimate(value, low, high, say=signed)


def _is_sure(row: Mapping[str, Any]) -> bool:
    return bool(surely_moved([row]))


def _forecasts(run: RunReader, rows: Iterable[Mapping[str, Any]]) -> Table | Prose:
    """The forecasts whose probability is surely another than in all worlds, the most moved first."""
    stated = {claim.id: claim for claim in run.scenario.claims}
    moved = surely_moved(row for row in rows if row["about"] == ABOUT_CLAIM)
    if not stated:
        return Prose(("The scenario states no forecasts.",))
    if not moved:
        return Prose(("What is given does not surely move the probability of any forecast.",))
    columns = (
        Column("Forecast that is moved", wide=True),
        Column("In the worlds left", "right"),
        Column("In all worlds", "right"),
        Column("Apart", "right", title="in points, with its 95% interval"),
    )
    body = []
    for row in moved[:MOST_FORECASTS]:
        claim = stated[row["id"]]
        shares = (Cell(percent(row[f"{of}share"]), _between(row, of)) for of in ("", "all_"))
        said = Cell(shorten(claim.says or claim.id, 300), f"asked: {asked(run.scenario, claim)}")
        body.append((said, *shares, Cell(_apart(row), strong=True)))
    more = len(moved) - MOST_FORECASTS
    others = len(stated) - len(moved)
    note = f" {more} more are moved less." if more > 0 else ""
    still = f" Of the other {others} it cannot be told." if others else ""
    return Table("moved", "", columns, tuple(body), f"The most moved first.{note}{still} {run.source}")


def _between(row: Mapping[str, Any], of: str) -> str:
    low, high = row[f"{of}low"], row[f"{of}high"]
    return "" if low is None or high is None else between(low, high)
