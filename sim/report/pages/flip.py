"""The page of a flip point: the probability of a claim over the values of one assumption, and where it crosses."""

from __future__ import annotations

import shlex
from typing import Any

from sim.report.html import style
from sim.report.html.document import Cell, Column, Details, Document, Figure, Section, Table
from sim.report.html.plotly_values import plotly_text
from sim.report.pictures.picture import Key, Panel, Picture
from sim.report.pictures.value_axis import (
    VALUE,
    closing,
    curve,
    marked,
    name_of,
    source,
    stated_note,
    title_of,
    value_axis,
    view_of_study,
)
from sim.study.flip import Flip
from sim.words.numbers import between, percent, significant
from sim.words.propositions import named
from sim.words.text import capital, notes, shorten

CLAIM = "#0b5c8a"
TERMS = (
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
    view = view_of_study(done.scenario, done.manifest)
    asked = f"shakeout flip scenario.yaml --worlds {done.scenario.worlds} --seed {done.scenario.seed}"
    until = shlex.quote(f"{claim.id} {done.condition.op} {done.condition.level:g}")
    again = f"{asked} --vary {shlex.quote(axis.text)} --until {until}"
    sections = [
        Section("flip", "Where it flips", (Figure(probability(done)), _crossings(done))),
        Section("values", "Every value tried", (Details(f"{len(done.evaluations)} values", (_values(done),)),)),
        *closing(view, done.manifest, TERMS, again),
    ]
    return Document(
        f"Flip point: {shorten(done.scenario.title or done.scenario.name, 200)}",
        shorten(done.headline, 600),
        tuple(sections),
        f"{capital(named(done.scenario, claim))}: {shorten(claim.says or claim.id, 500)}. What varies, from "
        f"{significant(axis.low)} to {significant(axis.high)}: {name_of(axis.name, done.scenario)} ({axis.name}).",
        (
            f"{done.scenario.worlds:,} worlds at every value, with the same luck, seed {done.scenario.seed}. "
            "A share of worlds is a probability inside the model, under the scenario's other assumptions.",
            *notes(done.manifest["notices"]),
        ),
    )


def probability(done: Flip) -> Picture:
    """The share of worlds in which the claim comes true, by value, with the level and the crossings."""
    axis, claim, level = done.axis, done.condition.claim, done.condition.level
    frame = done.evaluations.rename(columns={"probability": "estimate"})
    layout = style.layout(
        hovermode="x unified",
        margin={"l": 52, "r": 20, "t": 14, "b": 44},
        xaxis=value_axis(axis, hoverformat=".4g"),
        yaxis=style.axis(range=[-0.01, 1.01], tickformat=".0%", dtick=0.2),
        **marked(axis, done.scenario),
    )
    place = {"xref": "x domain", "yref": "y", "x0": 0, "x1": 1, "y0": level, "y1": level}
    layout.setdefault("shapes", []).append({"type": "line", **place, "line": {"color": style.INK, "width": 1}})
    for crossing in done.crossings:
        layout["shapes"] += _crossing_shapes(crossing.estimate, crossing.low, crossing.high)
    data = curve(frame[axis.name].tolist(), frame, CLAIM, plotly_text(claim.id))
    keys = [Key("share of worlds in which it comes true", CLAIM, "line")]
    if done.crossings:
        keys.append(Key("95% interval of the crossing", style.tint(VALUE, 0.35), "band"))
    caption = (
        f"Share of the worlds that meet the condition, if there is one, in which the claim comes true; the band is "
        f"its 95% interval at each value. Thin line: {percent(level)}. {stated_note(axis, done.scenario)} "
        f"{source(done.scenario, 'flip point', ' at every value')}"
    )
    ends = [percent(float(frame["estimate"].iloc[i])) for i in (0, -1)]
    low, high = significant(axis.low), significant(axis.high)
    title = f"{claim.id} comes true in {ends[0]} of worlds at {low}, in {ends[1]} at {high}"
    return Picture(
        "flip", title, caption, shorten(done.headline, 300),
        title_of(axis, done.scenario), "share of worlds in which it comes true", (Panel(data, layout),), tuple(keys),
        height=440,
    )  # fmt: skip


def _crossing_shapes(estimate: float, low: float, high: float) -> list[dict[str, Any]]:
    band = {"type": "rect", "xref": "x", "yref": "y domain", "x0": low, "x1": high, "y0": 0, "y1": 1, "layer": "below"}
    line = {"type": "line", "xref": "x", "yref": "y domain", "x0": estimate, "x1": estimate, "y0": 0, "y1": 1}
    return [
        {**band, "fillcolor": style.clear(VALUE, 0.25), "line": {"width": 0}},
        {**line, "line": {"color": VALUE, "width": 2}},
    ]


def _crossings(done: Flip) -> Table:
    columns = (Column("Flips at"), Column("95% interval"), Column("As the value grows"), Column("", wide=True))
    rows = tuple(
        (
            Cell(significant(c.estimate, 4), strong=True),
            Cell(f"{significant(c.low, 4)} to {significant(c.high, 4)}"),
            Cell(f"the probability {'rises' if c.rising else 'falls'} through {percent(done.condition.level)}"),
            Cell(f"the interval is cut off at the {' and '.join(c.cut)} end of the range" if c.cut else ""),
        )
        for c in done.crossings
    )
    return Table("crossings", "", columns, rows, empty=f"{shorten(done.headline, 600)}.")


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
