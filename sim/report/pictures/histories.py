"""One world told twice: valuation and cash under both assumptions, and the two life stories side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.foundation.states import MARKET
from sim.report.html import style
from sim.report.html.document import Cell, Column, Details, Prose, Table
from sim.report.pictures.picture import Panel, Picture, numbers
from sim.report.pictures.traces import line, upright
from sim.report.several_runs import Runs
from sim.scenario.layout import layout_of
from sim.words.histories import TOLD_SIDES, Line, Retold, why
from sim.words.life_stories import MARKET_NAME
from sim.words.numbers import count, in_billions, percent
from sim.words.text import capital

HEADINGS = {"value": "Valuation", "cash": "Cash"}


def paths(runs: Runs, told: Retold, index: int) -> Picture:
    """Valuation and cash of the firm by month, in the base and in the variant; a dotted line where they part."""
    run = runs.base
    divisor, unit = in_billions(run.scenario.currency)
    panels = []
    for name, both in told.paths.items():
        data: list[dict[str, Any]] = []
        for side, at, values in zip(TOLD_SIDES, (0, index), both, strict=True):
            look = {"color": runs.style(at).colour, "dash": runs.style(at).dash, "width": 2}
            days, amounts, group = run.days[: len(values)], numbers(np.asarray(values) / divisor), f"run-{at}"
            data.append(line(days, amounts, name=side, legendgroup=group, line=look, hovertemplate="%{y:.3~g}"))
        shapes = [] if told.tick is None else [upright(run.days[max(told.tick, 0)], style.INK)]
        layout = style.layout(
            hovermode="x unified",
            margin={"l": 44, "r": 10, "t": 10, "b": 28},
            xaxis=run.date_axis(),
            yaxis=style.axis(rangemode="tozero"),
            shapes=shapes,
        )
        panels.append(Panel(data, layout, HEADINGS[name], unit))
    fates = [fate.replace("_", " ") for fate in told.fates]
    ends = f"{run.name(told.firm)} ends {fates[0]} in the base, {fates[1]} with the change"
    title = f"World {told.world:,}, told twice: {ends}"
    keys = (runs.keys[0], runs.keys[index])
    caption = runs.caption(
        "One world in both runs, with the same luck; a line ends where the firm is gone. Dotted: the month in which "
        "the two histories part."
    )
    return Picture(
        f"told-twice-{index}", title, caption, "calendar month", unit, tuple(panels), keys, height=240, columns=2
    )  # fmt: skip


def blocks(runs: Runs, told: Retold, index: int, share: float) -> tuple[Any, ...]:
    """The words: why this world, how its histories part, the firm's life twice, and the others' behind a click."""
    old, new = (fate.replace("_", " ") for fate in told.fates)
    series, often = runs.base.series(told.firm), percent(share, 1)
    turns = f"In {often} of worlds {runs.base.name(told.firm)}'s fate turns the same way"
    if series != told.firm:
        turns = f"The fate of {often} of {runs.base.name(series)} turns the same way"
    chosen = (
        f"{turns}, from {old} to {new}. World {told.world:,} is one of them, chosen because few other fates turn in it."
    )
    names = {firm: runs.base.name(firm) for firm in layout_of(runs.base.scenario).ids}
    said = [chosen, " ".join(why(runs.base.scenario, names, told))]
    mine = side_by_side(runs, told.of(told.firm), f"told-twice-{index}", who=False)
    others = [line for line in told.lines if line.firm != told.firm and line.base != line.variant]
    rest = side_by_side(runs, others, f"told-twice-others-{index}", who=True)
    found: list[Any] = [Prose(tuple(said)), mine]
    if rest.rows:
        found.append(Details(f"What else differs in this world: {count(len(rest.rows), 'entry', 'entries')}", (rest,)))
    return tuple(found)


def side_by_side(runs: Runs, lines: Sequence[Line], name: str, who: bool) -> Table:
    """A row a month (and firm): what happens in the base, and what in the variant."""
    columns = (
        Column("Month"),
        *((Column("Who"),) if who else ()),
        Column("In the base", wide=True),
        Column("With the change", wide=True),
    )
    rows = []
    for entry in lines:
        head = Cell(runs.base.month(entry.tick) if entry.tick > 0 else "At the opening")
        firm = Cell(MARKET_NAME)
        if entry.firm != MARKET:
            firm = Cell(runs.base.name(entry.firm), swatch=runs.colour(entry.firm))
        rows.append((head, *((firm,) if who else ()), *_both(entry)))
    return Table(name, "", columns, tuple(rows), empty="Nothing more happens to it in either history.")


def _both(line: Line) -> tuple[Cell, Cell]:
    """Two cells; what is told in both the same way is not told twice."""
    if line.base == line.variant:
        return Cell(capital("; ".join(line.base))), Cell("the same")
    base, variant = (capital("; ".join(told)) or "–" for told in (line.base, line.variant))
    return Cell(base), Cell(variant)
