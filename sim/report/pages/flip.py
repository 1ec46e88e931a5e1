"""The page of a flip point: the probability of a claim over the values of one assumption, and where it crosses."""

from __future__ import annotations

import shlex

from sim.report.html.document import Cell, Column, Details, Document, Figure, Section, Table
from sim.report.pages.chapters import closing
from sim.report.pictures.flip_point import probability
from sim.report.pictures.value_axis import name_of
from sim.study.flip import Flip
from sim.words.numbers import between, percent, significant
from sim.words.propositions import claim_named
from sim.words.text import capital, notes, shorten

FLIP_TERMS = (
    (
        "Flip point",
        "The value of an assumption at which the probability of a claim crosses a level. All else, luck included, is "
        "the same at every value.",
    ),
    (
        "Its interval",
        "All values at which the share of worlds is not further from the level than chance allows in 95% of runs with "
        "so many worlds. It says how sure the crossing is inside the model, and nothing about the model.",
    ),
)


def document_of(done: Flip) -> Document:
    """The page as a document."""
    claim, axis = done.condition.claim, done.axis
    asked = f"shakeout flip scenario.yaml --worlds {done.scenario.worlds} --seed {done.scenario.seed}"
    until = shlex.quote(f"{claim.id} {done.condition.op} {done.condition.level:g}")
    again = f"{asked} --vary {shlex.quote(axis.text)} --until {until}"
    sections = [
        Section("flip", "Where it flips", (Figure(probability(done)), _crossings(done))),
        Section("values", "Every value tried", (Details(f"{len(done.evaluations)} values", (_values(done),)),)),
        *closing([done.scenario], FLIP_TERMS, done.manifest, again),
    ]
    return Document(
        f"Flip point: {shorten(done.scenario.title or done.scenario.name, 200)}",
        shorten(done.headline, 600),
        tuple(sections),
        f"{capital(claim_named(done.scenario, claim))}: {shorten(claim.says or claim.id, 500)}. What varies, from "
        f"{significant(axis.low)} to {significant(axis.high)}: {name_of(axis.name, done.scenario)} ({axis.name}).",
        (
            f"{done.scenario.worlds:,} worlds at every value, with the same luck, seed {done.scenario.seed}. "
            "A share of worlds is a probability inside the model, under the scenario's other assumptions.",
            *notes(done.manifest["notices"]),
        ),
    )


def _crossings(done: Flip) -> Table:
    columns = [Column("Flips at"), Column("95% interval"), Column("As the value grows")]
    if any(c.cut for c in done.crossings):
        columns.append(Column("Where the interval ends", wide=True))
    rows = tuple(
        (
            Cell(significant(c.estimate, 4), strong=True),
            Cell(f"{significant(c.low, 4)} to {significant(c.high, 4)}"),
            Cell(f"the probability {'rises' if c.rising else 'falls'} through {percent(done.condition.level)}"),
            Cell(f"the interval is cut off at the {' and '.join(c.cut)} end of the range" if c.cut else ""),
        )[: len(columns)]
        for c in done.crossings
    )
    return Table("crossings", "", tuple(columns), rows, empty=f"{shorten(done.headline, 600)}.")


def _values(done: Flip) -> Table:
    columns = (
        Column("Value"),
        Column("Comes true", "right"),
        Column("95% interval", "right"),
        Column("Worlds", "right"),
    )
    rows = tuple(
        (
            Cell(significant(row[done.axis.name], 5), strong=True),
            Cell(percent(row["probability"], 1)),
            Cell(between(row["low"], row["high"])),
            Cell(f"{int(row['worlds']):,}"),
        )
        for row in done.evaluations.to_dict("records")
    )
    return Table("values", "", columns, rows)
