"""The page of a sweep: curves with bands over one assumption, heatmaps over two, survival by value."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from functools import partial

from sim.foundation.states import ALL, State
from sim.report.html.document import Cell, Column, Details, Document, Figure, Section, Table
from sim.report.pages.chapters import closing, survival_switch, switch
from sim.report.pictures import sweep_curves, sweep_heatmaps
from sim.report.pictures.swept import OVERALL, SWEPT_STATES, Swept
from sim.report.pictures.value_axis import name_of, said
from sim.report.run_reader import focus_note
from sim.study.focus import first, typed
from sim.study.sweep import Sweep
from sim.words.changes import decision_in_words
from sim.words.estimates import NOTE, of_share, spread
from sim.words.numbers import percent, significant
from sim.words.text import notes, shorten

SWEEP_TERMS = (
    (
        "Sweep",
        "Ordinary runs of one scenario in which one or two assumptions take every value of a grid. World 4,711 has the "
        "same luck at every value, so the steps of a curve are surer than its band, which is that of each value alone.",
    ),
)
DECISIONS = (
    "rule, never, a month",
    "What a firm is made to do: rule leaves it to the rules of the model, never forbids it, and in a month it does it "
    "if it can, and at no other time. The decision is the same in every world.",
)
MOST_POINTS_SHOWN = 60  # of the table in the page; grid.csv has them all


def document_of(done: Sweep) -> Document:
    """The page as a document."""
    swept = Swept(done)
    sections = [*(_curves(swept) if len(done.axes) == 1 else _heatmaps(swept)), _table(swept)]
    vary = " ".join(f"--vary {shlex.quote(axis.text)}" for axis in done.axes)
    scenario = done.scenario
    again = (
        f"shakeout sweep scenario.yaml --worlds {scenario.worlds} --seed {scenario.seed} {vary}{typed(done.manifest)}"
    )
    terms = (*SWEEP_TERMS, DECISIONS) if any(axis.chosen for axis in done.axes) else SWEEP_TERMS
    sections += closing([scenario], terms, done.manifest, again)
    varied = " and ".join(f"{name_of(axis.name, scenario)} ({axis.name})" for axis in done.axes)
    return Document(
        f"Sweep: {shorten(scenario.title or scenario.name, 200)}",
        shorten(done.headline, 600),
        tuple(sections),
        f"What varies: {varied}.",
        (
            f"{scenario.worlds:,} worlds at each of {len(swept.grid_points)} points, with the same luck, "
            f"seed {scenario.seed}, at the horizon of {swept.base.horizon}. A share of worlds is a probability inside "
            "the model.",
            *focus_note(done.manifest, swept.base.name),
            *notes(done.manifest["notices"]),
        ),
    )


def _curves(swept: Swept) -> list[Section]:
    states = switch("states", "Which state", SWEPT_STATES, partial(sweep_curves.by_state, swept))
    survival = survival_switch(partial(sweep_curves.survival, swept))
    return [
        Section("left", "How many are left", (Figure(sweep_curves.left(swept)),)),
        Section("firms", "Who is left", (states,)),
        Section("survival", "When they fall", (survival,)),
        Section("claims", "The endgame and the forecasts", (Figure(sweep_curves.claims(swept)),)),
    ]


def _heatmaps(swept: Swept) -> list[Section]:
    left = switch("industry", "Which quantity", OVERALL, partial(sweep_heatmaps.industry, swept))
    states = switch("states", "Which state", SWEPT_STATES, partial(sweep_heatmaps.by_state, swept))
    return [
        Section("left", "The industry", (left,)),
        Section("firms", "Who is left", (states,)),
        Section("claims", "The forecasts", (Figure(sweep_heatmaps.claims(swept)),)),
    ]


def _table(swept: Swept) -> Section:
    names = [axis.name for axis in swept.axes]
    wanted = [(State.INDEPENDENT, firm) for firm in [*swept.base.focus, *swept.firms]]
    wanted = first(dict.fromkeys([*((name, ALL) for name in OVERALL), *wanted]), swept.base.focus, lambda one: one[1:])
    columns = [Column(name) for name in names]
    columns += [
        Column(OVERALL[quantity] if firm == ALL else swept.base.name(firm, 20), "right") for quantity, firm in wanted
    ]
    points = len(swept.grid_points)
    rows = [_row(swept, place, wanted) for place in range(min(points, MOST_POINTS_SHOWN))]
    more = f" The first {MOST_POINTS_SHOWN} of {points} points." if points > MOST_POINTS_SHOWN else ""
    table = Table(
        "grid", "", tuple(columns), tuple(rows),
        f"Means, and shares of worlds in which a firm is independent at the horizon, {NOTE}.{more} "
        "grid.csv beside this page has every fate and forecast.", cards=False,
    )  # fmt: skip
    return Section("grid", "Every point", (Details(f"{points} points as a table", (table,)),))


def _row(swept: Swept, place: int, wanted: Sequence[tuple[str, str]]) -> tuple[Cell, ...]:
    """The row of the point at that place of the grid."""
    scenario = swept.done.scenario
    cells = [
        Cell(said(value), decision_in_words(scenario, axis.path, value) if isinstance(value, str) else "", strong=True)
        for axis, value in zip(swept.axes, swept.grid_points[place], strict=True)
    ]
    for quantity, firm in wanted:
        rows = swept.rows(quantity, firm)
        if rows.empty:
            cells.append(Cell("–"))
            continue
        found = rows.iloc[place]
        if quantity.endswith("_left"):
            cells.append(Cell(significant(found.estimate), spread(found.estimate, found.low, found.high, 2)))
        else:
            cells.append(Cell(percent(found.estimate), of_share(found.estimate, found.low, found.high)))
    return tuple(cells)
