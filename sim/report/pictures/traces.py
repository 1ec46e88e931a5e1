"""What several pictures draw: lines, bands, estimates with their intervals, upright lines, words at the end of a line.

All is plain plotly. ``settings`` are whatever else plotly takes of a trace; they stand behind what is written here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from sim.report.html import style
from sim.report.html.plotly_values import behind_square, plotly_text
from sim.report.pictures.picture import LOW_HIGH, Key, numbers
from sim.report.run_reader import RunReader

BAND = 0.16  # opacity of a band
PALER = 0.5  # that of the band of what is not known, as a share of that of the band of luck
HOVER = "%{y:.0%} (%{customdata[0]:.1%} to %{customdata[1]:.1%})"
TOLD = {"hovertemplate": "%{text}<extra></extra>"}  # of marks whose ``text`` is what they say


def line(x: Sequence[Any], y: Sequence[Any], **settings: Any) -> dict[str, Any]:
    """A line through points."""
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, **settings}


def marks(x: Sequence[Any], y: Sequence[Any], **settings: Any) -> dict[str, Any]:
    """Points with a mark each."""
    return {"type": "scatter", "mode": "markers", "x": x, "y": y, **settings}


def bars(x: Sequence[Any], y: Sequence[Any], **settings: Any) -> dict[str, Any]:
    """Upright bars."""
    return {"type": "bar", "x": x, "y": y, **settings}


def plain(x: Sequence[Any], y: Sequence[Any], colour: str, width: float) -> dict[str, Any]:
    """A line that says nothing on hover: a rail, an interval."""
    return line(x, y, line={"color": colour, "width": width}, hoverinfo="skip")


def steps(colour: str, width: float, dash: str = "") -> dict[str, Any]:
    """How a line looks that is level for a month."""
    return {"shape": "hv", "color": colour, "width": width, **({"dash": dash} if dash else {})}


def intervals(low: Iterable[Any], high: Iterable[Any], at: Iterable[Any]) -> tuple[list[Any], list[Any]]:
    """The coordinates along and across of a line that runs from every known ``low`` to its ``high`` and breaks off."""
    along: list[Any] = []
    across: list[Any] = []
    for a, b, place in zip(low, high, at, strict=True):
        if a is not None and b is not None:
            along += [a, b, None]
            across += [place, place, None]
    return along, across


def band(x: Sequence[Any], low: Sequence[Any], high: Sequence[Any], fill: str, group: str) -> dict[str, Any]:
    """The area between ``low`` and ``high`` as one closed shape, where both are known."""
    inside = [at for at, ends in enumerate(zip(low, high, strict=True)) if None not in ends]
    there = [x[at] for at in inside]
    return line(
        there + there[::-1],
        [high[at] for at in inside] + [low[at] for at in reversed(inside)],
        fill="toself", fillcolor=fill, line={"width": 0}, legendgroup=group, hoverinfo="skip",
    )  # fmt: skip


def curve(
    x: Sequence[Any], rows: pd.DataFrame, column: str, look: dict[str, Any], group: str, name: str,
    opacity: float = BAND, hover: str = HOVER, mode: str = "lines", at_risk: bool = False,
    both: bool = False,
) -> list[dict[str, Any]]:  # fmt: skip
    """A band from ``low`` to ``high`` of ``rows`` and the line through their ``column``, which looks like ``look``.

    With ``both`` bands a paler one lies below, as far as the spread between draws, where there is one. ``group``
    switches all; ``at_risk`` has the hover text say how many there are.
    """
    low, high = numbers(rows["low"]), numbers(rows["high"])
    known: list[Any] = [low, high, *([map(int, rows["at_risk"])] if at_risk else [])]
    more = [["at risk", "customdata.2", "startups"]] if at_risk else []
    paler = []
    if both and moves(rows):
        ends = numbers((rows[column] - rows["sd"]).clip(0, 1)), numbers((rows[column] + rows["sd"]).clip(0, 1))
        paler = [band(x, *ends, style.clear(look["color"], PALER * opacity), group)]
        more += [["spread between draws (sd)", f"customdata.{len(known)}"]]
        hover += f", sd between draws %{{customdata[{len(known)}]:.1%}}"
        known.append(numbers(rows["sd"]))
    drawn = line(
        list(x), numbers(rows[column]), name=name, legendgroup=group, line=look,
        **({"marker": {"color": look["color"], "size": 5}} if "markers" in mode else {}),
        customdata=[list(row) for row in zip(*known, strict=True)],
        meta={"more": [*LOW_HIGH["more"], *more]},
        hovertemplate=f"{hover}, %{{customdata[2]:,}} at risk" if at_risk else hover,
    )  # fmt: skip
    return [*paler, band(x, low, high, style.clear(look["color"], opacity), group), {**drawn, "mode": mode}]


def inside(colour: str | Sequence[str]) -> dict[str, Any]:
    """Settings of bars of ``colour`` (one, or one for each bar) whose numbers stand within them."""
    ink = style.upon(colour) if isinstance(colour, str) else [style.upon(one) for one in colour]
    return {"textposition": "inside", "insidetextanchor": "middle", "textangle": 0, "insidetextfont": {"color": ink}}


def moves(rows: pd.DataFrame) -> bool:
    """Whether ``rows`` of a table know a spread between draws, and it is not zero all over."""
    return "sd" in rows and bool((rows["sd"] > 0).any())


def keys_of_bands(colour: str) -> tuple[Key, ...]:
    """The legend of the two bands of curves."""
    shades = (style.tint(colour, 0.5), style.tint(colour, 0.2))
    said = ("dark band: luck of the draw", "pale band: what is not known")
    return tuple(Key(text, shade, "band") for text, shade in zip(said, shades, strict=True))


def upright(x: Any, colour: str, width: float = 1.2, dash: str = "dot") -> dict[str, Any]:
    """A shape of a layout: a line across the height of a panel at ``x``."""
    look = {"color": colour, "width": width, **({"dash": dash} if dash else {})}
    return {"type": "line", "xref": "x", "yref": "y domain", "x0": x, "x1": x, "y0": 0, "y1": 1, "line": look}


def end_label(run: RunReader, firm: str, y: float) -> dict[str, Any]:
    """A firm's name right of a panel, at the end of its line."""
    return style.words(
        behind_square(run.style(firm).colour, plotly_text(run.name(firm), 15)), 11, style.INK,
        x=1, xref="x domain", xanchor="left", xshift=4, y=y, yref="y", yanchor="middle",
    )  # fmt: skip


def spread_out(values: list[float], gap: float, low: float, high: float) -> list[float]:
    """Ascending ``values`` moved as little as needed to be ``gap`` apart and within ``low`` to ``high``.

    Where there is no room for all, they are spread evenly.
    """
    if len(values) > 1 and gap * (len(values) - 1) >= high - low:
        return [low + (high - low) * index / (len(values) - 1) for index in range(len(values))]
    places = list(values)
    for _ in range(40 * len(values)):
        moved = False
        for i in range(len(places) - 1):
            lack = gap - (places[i + 1] - places[i])
            if lack > 1e-9:
                places[i] -= lack / 2
                places[i + 1] += lack / 2
                moved = True
        places = [min(max(place, low + gap * i), high - gap * (len(places) - 1 - i)) for i, place in enumerate(places)]
        if not moved:
            break
    return places
