"""The history of the ratios as a picture: docs/benchmarks.svg, drawn by ``python -m tools.docs``."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sim.report.html import style
from sim.report.pictures.picture import Key, Panel, Picture
from sim.report.pictures.traces import line
from sim.words.numbers import significant
from sim.words.text import listed
from tools.benchmarks.compared import AT_MOST, MOST_BUSY, PAIRS
from tools.benchmarks.history import FILE, RATIOS, Measurement

PANELS = {  # heading -> the columns that are drawn below it
    "Uncompiled : this engine": ("mesa_to_engine", "simpy_to_engine"),
    "This engine : one fused loop": ("engine_to_fused",),
    "Whole commands": ("run_to_simulating", "whatif_to_simulating", "worker_to_block"),
    "The live page": ("live_sentence_to_simulating", "live_first_to_simulating", "live_second_to_simulating"),
    "The process that asked : a block comes in": ("asking_to_block",),
}
MARKERS = ("circle", "square", "diamond")  # of the columns of a panel
MARKER_SIZE = 7
COLOURS = [look.colour for look in style.FLAGSHIP_STYLES.values()] + list(style.OTHER_STARTUPS)
TARGETS = {f"{slow}_to_{fast}": (target, sense) for slow, fast, target, sense in PAIRS if target is not None}
TARGETS["asking_to_block"] = (MOST_BUSY, AT_MOST)
ROOM = 1.12  # of an axis above what is drawn, in shares of it
MOST_DATES = 5  # written below an axis
HEIGHT = 190
SOURCE = f"Source: docs/{FILE.name}"


class Look(NamedTuple):
    """How a column is drawn."""

    colour: str
    marker: str


LOOKS: Mapping[str, Look] = {
    column: Look(COLOURS[list(RATIOS).index(column)], marker)
    for columns in PANELS.values()
    for column, marker in zip(columns, MARKERS, strict=False)
}


def picture_of(history: Sequence[Measurement]) -> Picture:
    """A panel for each kind of ratio that was ever measured, a mark for each measurement; its title tells the last."""
    if not history:
        return Picture("benchmarks", "Nothing has been measured yet", f"{SOURCE}, n = 0 measurements.")
    seen = [column for column in LOOKS if any(column in one.ratios for one in history)]
    panels = tuple(
        _panel(heading, [column for column in columns if column in seen], history)
        for heading, columns in PANELS.items()
        if set(columns) & set(seen)
    )
    keys = tuple(Key(RATIOS[c], LOOKS[c].colour, "marker", marker=LOOKS[c].marker) for c in seen)
    first, last = history[0].cells["date"], history[-1].cells["date"]
    dates = first if first == last else f"{first} to {last}"
    many = f"{len(history)} measurement{'s' if len(history) > 1 else ''}"
    caption = (
        "Ratios of times, each a median of turns in which both are measured side by side. Dotted: what is asked for. "
        "Mesa, SimPy, engine and fused loop run the same laws on the same draws; commands and the live page are set "
        f"against simulating the same worlds alone; the process that asked against a block that comes in "
        f"from one of many workers. {SOURCE}, n = {many}, {dates}; it says on what machine, and how "
        "busy it was."
    )
    return Picture(
        "benchmarks", _title(history[-1]), caption, "date of measurement (UTC), the oldest first", "times as long",
        panels, keys, height=HEIGHT, columns=min(2, len(panels)),
    )  # fmt: skip


def _title(last: Measurement) -> str:
    """What the last measurement says of the engine."""
    peers = [
        f"{significant(last.ratios[column])} times as long with {name}"
        for column, name in (("mesa_to_engine", "Mesa agents"), ("simpy_to_engine", "SimPy processes"))
        if column in last.ratios
    ]
    said = [f"the same laws took {listed(peers)} as in this engine"] if peers else []
    if "engine_to_fused" in last.ratios:
        said.append(f"this engine took {significant(last.ratios['engine_to_fused'])} times as long as one fused loop")
    return f"On {last.cells['date']} {', '.join(said)}" if said else "How fast it is, from time to time"


def _panel(heading: str, columns: Sequence[str], history: Sequence[Measurement]) -> Panel:
    """The ``columns`` of the history by number of the measurement, and what is asked of them."""
    data = [_trace(column, history) for column in columns]
    targets = sorted({TARGETS[column] for column in columns if column in TARGETS})
    most = max(*(y for trace in data for y in trace["y"]), *(target for target, _ in targets), 0.0)
    every = math.ceil(len(history) / MOST_DATES)
    dated = sorted(range(len(history) - 1, -1, -every))
    layout = style.layout(
        xaxis=style.axis(
            range=[-0.5, len(history) - 0.5], tickvals=dated, ticktext=[history[n].cells["date"] for n in dated]
        ),
        yaxis=style.axis(range=[0, ROOM * most]),
        shapes=[_level(target) for target, _ in targets],
    )
    note = "; ".join(f"asked for: {sense} {target:g}" for target, sense in targets)
    return Panel(data, layout, heading, note)


def _trace(column: str, history: Sequence[Measurement]) -> dict[str, Any]:
    """A mark for each measurement that has the column, joined by a line."""
    colour, marker = LOOKS[column]
    places = [number for number, one in enumerate(history) if column in one.ratios]
    return line(
        places, [history[number].ratios[column] for number in places], mode="lines+markers",
        line={"color": colour, "width": 1.5}, marker={"color": colour, "symbol": marker, "size": MARKER_SIZE},
    )  # fmt: skip


def _level(target: float) -> dict[str, Any]:
    """A dotted line across a panel."""
    look = {"color": style.MUTED, "width": 1.2, "dash": "dot"}
    return {"type": "line", "xref": "x domain", "yref": "y", "x0": 0, "x1": 1, "y0": target, "y1": target, "line": look}
