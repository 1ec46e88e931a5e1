"""A picture: plain plotly data with the words that belong to it (title, caption, key, alternative text).

Builders make pictures of one or more small panels. A page lays the panels out as a grid that reflows; a notebook,
a PNG and an SVG get them combined into one figure, with title and caption inside.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.report.html import style
from sim.report.html.plotly_values import behind_square, plotly_text

if TYPE_CHECKING:
    import plotly.graph_objects as go

TITLE_LETTER = 8.2  # mean width of a letter in the combined figure, pixels
CAPTION_LETTER = 5.6
HEADING_SPACE = 30
GAP_DOWN = 62
GAP_ACROSS = 74


# What the numbers of a figure say (templates/tables.js) of a trace besides x and y stands in its ``meta``:
# {"x": column, "y": column, "more": [column, ...]}, a column being [heading, values or where the trace has them] with
# its unit as a third entry where that is not the title of the axis; {"value": heading} for a heatmap. Without ``meta``
# a trace that has nothing to say on hover is decoration.
LOW_HIGH = {"more": [["low", "customdata.0"], ["high", "customdata.1"]]}


class Key(NamedTuple):
    """One entry of the legend: ``shape`` is line, band, area or marker; ``group`` the legendgroup of its traces."""

    label: str
    colour: str
    shape: str = "area"
    group: str = ""
    dash: str = "solid"
    marker: str = "circle"


class Panel(NamedTuple):
    """One pair of axes. ``data`` and ``layout`` are plain plotly and refer to ``x``, ``y`` and their domains only.

    ``heading`` and the smaller ``note`` stand above it, behind a square of ``colour`` where it has one.
    """

    data: list[dict[str, Any]]
    layout: dict[str, Any]
    heading: str = ""
    note: str = ""
    colour: str = ""


@dataclass(frozen=True)
class Picture:
    """``name`` names the file and the elements (a-z, 0-9, hyphen); ``height`` is that of one panel, in pixels.

    ``title`` answers a question in words; ``caption`` says source and sample size; ``alt`` is read aloud, or
    the title where there is none. An empty picture has no panels: its ``title`` says why there is nothing to show.
    """

    name: str
    title: str
    caption: str
    x_title: str = ""
    y_title: str = ""
    panels: tuple[Panel, ...] = ()
    keys: tuple[Key, ...] = ()
    height: int = 420
    columns: int = 1
    alt: str = ""

    @property
    def grid(self) -> bool:
        """True if it is a set of small panels."""
        return len(self.panels) > 1


def numbers(values: Iterable[Any], digits: int = 4) -> list[float | None]:
    """Values for JSON: ``digits`` significant digits, None for what is missing or not finite."""
    return [
        float(f"{float(value):.{digits}g}") if value is not None and math.isfinite(value) else None for value in values
    ]


def decimals(values: Iterable[float]) -> list[float | None]:
    """Values for JSON to four decimals, None for what is missing."""
    return [None if math.isnan(value) else round(float(value), 4) for value in values]


def combined(picture: Picture, width: int = 1100) -> dict[str, Any]:
    """The picture as one plain plotly figure of ``width`` pixels, title, legend and caption included."""
    columns = max(1, min(picture.columns, len(picture.panels)))
    rows = max(1, math.ceil(len(picture.panels) / columns))
    left, right = _side_margins(picture)
    title = textwrap.wrap(picture.title, int((width - 40) / TITLE_LETTER))
    caption = textwrap.wrap(picture.caption, int((width - 40) / CAPTION_LETTER))
    above = HEADING_SPACE if picture.grid else 18
    top = 30 + 22 * len(title) + (28 if picture.keys else 0) + above
    bottom = 84 + 16 * len(caption)
    body = rows * picture.height + (rows - 1) * GAP_DOWN
    figure: dict[str, Any] = {"data": _key_traces(picture.keys)}
    figure["layout"] = style.layout(
        width=width,
        height=top + body + bottom,
        margin={"l": left, "r": right, "t": top, "b": bottom},
        title=_title(title),
        showlegend=bool(picture.keys),
        legend={"orientation": "h", "x": 0, "y": 1 + above / body, "yanchor": "bottom", "xanchor": "left"},
        annotations=[_caption_note(caption, 20 - left, bottom)],
        shapes=[],
    )
    inner = width - left - right
    across = (inner - (columns - 1) * GAP_ACROSS) / columns
    for index, panel in enumerate(picture.panels):
        row, column = divmod(index, columns)
        x, y = column * (across + GAP_ACROSS), row * (picture.height + GAP_DOWN)  # from the left, from the top
        x_domain = [x / inner, (x + across) / inner]
        y_domain = [max(0.0, 1 - (y + picture.height) / body), 1 - y / body]
        last_in_column = index + columns >= len(picture.panels)
        titles = (picture.x_title if last_in_column else "", picture.y_title if column == 0 else "")
        _place(figure, panel, index + 1, (x_domain, y_domain), titles)
    return figure


def _side_margins(picture: Picture) -> tuple[int, int]:
    """Left and right margin: a single panel says what its labels need."""
    margin = picture.panels[0].layout["margin"] if len(picture.panels) == 1 else {"l": 0, "r": 0}
    return max(74, margin["l"] + 24), max(24, margin["r"] + 10)


def _title(lines: list[str]) -> dict[str, Any]:
    return {
        "text": "<br>".join(plotly_text(line, 400) for line in lines),
        "x": 0,
        "xref": "container",
        "xanchor": "left",
        "y": 1,
        "yref": "container",
        "yanchor": "top",
        "pad": {"l": 20, "t": 16},
        "font": {"size": 16, "weight": 600},
    }


def _caption_note(lines: list[str], across: int, bottom: int) -> dict[str, Any]:
    return style.words(
        "<br>".join(plotly_text(line, 400) for line in lines), 11, style.MUTED, xref="paper", yref="paper", x=0, y=0,
        xanchor="left", yanchor="top", xshift=across, yshift=-(bottom - 14 - 16 * len(lines)), align="left",
    )  # fmt: skip


def _key_traces(keys: tuple[Key, ...]) -> list[dict[str, Any]]:
    """Traces without points that carry the legend; their groups switch the real ones."""
    traces = []
    for key in keys:
        trace: dict[str, Any] = {
            "type": "scatter",
            "x": [None],
            "y": [None],
            "name": plotly_text(key.label),
            "legendgroup": key.group or key.label,
            "showlegend": True,
        }
        if key.shape == "line":
            trace |= {"mode": "lines", "line": {"color": key.colour, "dash": key.dash, "width": 2.5}}
        else:
            symbol = key.marker if key.shape == "marker" else "square"
            trace |= {"mode": "markers", "marker": {"color": key.colour, "symbol": symbol, "size": 11}}
        traces.append(trace)
    return traces


def _place(
    figure: dict[str, Any], panel: Panel, number: int, domains: tuple[list[float], list[float]], titles: tuple[str, str]
) -> None:
    """Add ``panel`` to ``figure`` as its ``number``-th pair of axes, with their titles (x, y) and their domains in
    shares of the drawing area.
    """
    suffix = "" if number == 1 else str(number)
    for trace in panel.data:
        figure["data"].append({**trace, "xaxis": f"x{suffix}", "yaxis": f"y{suffix}", "showlegend": False})
    layout = figure["layout"]
    for name, other, domain, text in zip("xy", "yx", domains, titles, strict=True):
        title = {"text": plotly_text(text), "font": {"size": 12, "color": style.MUTED}, "standoff": 8} if text else {}
        placed = {"domain": domain, "anchor": f"{other}{suffix}", "title": title}
        layout[f"{name}axis{suffix}"] = panel.layout[f"{name}axis"] | placed
    for kind in ("annotations", "shapes"):
        layout[kind] += [_moved(item, suffix) for item in panel.layout.get(kind, ())]
    for setting in ("barmode", "bargap"):
        if setting in panel.layout:
            layout[setting] = panel.layout[setting]
    if panel.heading:
        layout["annotations"].append(_heading(panel, suffix))


def _moved(item: dict[str, Any], suffix: str) -> dict[str, Any]:
    moved = dict(item)
    for reference in ("xref", "yref"):
        axis, _, domain = str(item[reference]).partition(" ")
        moved[reference] = f"{axis}{suffix} {domain}".strip()
    return moved


def _heading(panel: Panel, suffix: str) -> dict[str, Any]:
    note = f"  <span style='color:{style.MUTED}'>{plotly_text(panel.note)}</span>" if panel.note else ""
    name = f"<b>{plotly_text(panel.heading, 40)}</b>"
    return style.words(
        f"{behind_square(panel.colour, name) if panel.colour else name}{note}", 12, style.INK, xref=f"x{suffix} domain",
        yref=f"y{suffix} domain", x=0, y=1, xanchor="left", yanchor="bottom", yshift=4,
    )  # fmt: skip


def figure_of(picture: Picture, width: int = 1100) -> go.Figure:
    """The picture as a plotly figure for notebooks, validated by plotly."""
    import plotly.graph_objects as go

    return go.Figure(combined(picture, width))
