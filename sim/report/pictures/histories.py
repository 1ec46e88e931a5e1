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
from sim.words.histories import Line, Retold, why
from sim.words.life_stories import MARKET_NAME
from sim.words.numbers import count, in_billions, percent
from sim.words.text import capital

HEADINGS = {"value": "Valuation", "cash": "Cash"}


def names_of(runs: Runs) -> dict[str, str]:
    """Row id -> name, copies of a class included."""
    return {id: runs.base.name(id) for id in layout_of(runs.base.scenario).ids}


def paths(runs: Runs, told: Retold, index: int) -> Picture:
    """Valuation and cash of the firm by month, in the base and in the variant; a dotted line where they part."""
    run, look = runs.base, (runs.style(0), runs.style(index))
    divisor, unit = in_billions(run.scenario.currency)
    panels = []
    for name, both in told.paths.items():
        data: list[dict[str, Any]] = []
        for side, values in enumerate(both):
            data.append(
                line(
                    run.days[: len(values)], numbers(np.asarray(values) / divisor),
                    name="base" if side == 0 else "variant", legendgroup=f"run-{0 if side == 0 else index}",
                    line={"color": look[side].colour, "dash": look[side].dash, "width": 2}, hovertemplate="%{y:.3~g}",
                )
            )  # fmt: skip
        shapes = [] if told.tick is None else [upright(run.days[max(told.tick, 0)], style.INK)]
        layout = style.layout(
            hovermode="x unified",
            margin={"l": 44, "r": 10, "t": 10, "b": 28},
            xaxis=run.date_axis(),
            yaxis=style.axis(rangemode="tozero"),
            shapes=shapes,
        )
        panels.append(Panel(data, layout, HEADINGS[name], unit, style.INK))
    fates = [fate.replace("_", " ") for fate in told.fates]
    name = names_of(runs)[told.firm]
    title = f"World {told.world:,}, told twice: {name} ends {fates[0]} in the base, {fates[1]} with the change"
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
    names = names_of(runs)
    name, (old, new) = names[told.firm], (fate.replace("_", " ") for fate in told.fates)
    series, often = runs.base.series(told.firm), percent(share, 1)
    turns = f"In {often} of worlds {name}'s fate turns the same way"
    if series != told.firm:
        turns = f"The fate of {often} of {runs.base.name(series)} turns the same way"
    chosen = (
        f"{turns}, from {old} to {new}. World {told.world:,} is one of them, chosen because few other fates turn in it."
    )
    said = [chosen, " ".join(why(runs.base.scenario, names, told))]
    mine = side_by_side(runs, told.of(told.firm), names, f"told-twice-{index}", who=False)
    others = [line for line in told.lines if line.firm != told.firm and line.base != line.variant]
    rest = side_by_side(runs, others, names, f"told-twice-others-{index}", who=True)
    found: list[Any] = [Prose(tuple(said)), mine]
    if rest.rows:
        found.append(Details(f"What else differs in this world: {count(len(rest.rows), 'entry', 'entries')}", (rest,)))
    return tuple(found)


def side_by_side(runs: Runs, lines: Sequence[Line], names: dict[str, str], name: str, who: bool) -> Table:
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
        firm = Cell(names.get(entry.firm, MARKET_NAME), swatch="" if entry.firm == MARKET else runs.colour(entry.firm))
        rows.append((head, *((firm,) if who else ()), *_both(entry)))
    return Table(name, "", columns, tuple(rows), empty="Nothing more happens to it in either history.")


def _both(line: Line) -> tuple[Cell, Cell]:
    """Two cells; what is told in both the same way is not told twice."""
    if line.base == line.variant:
        return Cell(capital("; ".join(line.base))), Cell("the same")
    base, variant = (capital("; ".join(told)) or "–" for told in (line.base, line.variant))
    return Cell(base), Cell(variant)


def no_flip() -> Prose:
    """What stands where no fate flipped."""
    return Prose(("No fate of a startup turns in any world, so there is no world to tell twice.",))
