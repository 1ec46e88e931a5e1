"""Plotly traces as SVG: lines, bands, stacked areas, marks, bars, cells and numbers in them."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sim.report.html import style
from sim.report.svg.elements import element, filled, lines_of, pixels, stroked, words
from sim.report.svg.scales import Scale, number_of

Trace = dict[str, Any]
Point = tuple[float, float]
MARK, LINE_WIDTH, NUMBER_SIZE = 6.0, 2.0, 11.0  # pixels, where a trace does not say
BAR_ROOM = 0.2  # between bars, where a layout does not say
CELL_GAP = 1.0
SQUARED = 0.886  # half the side of a square, and
POINTED = 1.3  # half the height of a diamond, in radii of a circle that is as large


class Stacks:
    """How high traces of a panel that stand on one another have come, by place."""

    def __init__(self) -> None:
        self.tops: defaultdict[Any, float] = defaultdict(float)

    def add(self, place: Any, value: float) -> tuple[float, float]:
        """From where to where ``value`` reaches at ``place``."""
        low = self.tops[place]
        self.tops[place] = low + value
        return low, low + value


def extent(data: Sequence[Trace]) -> tuple[list[Any], list[Any]]:
    """All that is drawn along either axis, for axes that go by their data."""
    stacks, along, across = Stacks(), list[Any](), list[Any]()
    for trace in data:
        along += trace["x"]
        across += trace["y"]
        if stack := trace.get("stackgroup"):
            across += [stacks.add((stack, x), y)[1] for x, y in zip(trace["x"], trace["y"], strict=True)]
        if trace["type"] == "bar":
            (along if _flat(trace) else across).append(0)
    return along, across


def drawn(
    data: Sequence[Trace], x: Scale, y: Scale, layout: dict[str, Any], apart: float
) -> tuple[list[str], list[str]]:
    """The traces of a panel: what is cut off at its edges, and marks and numbers, which are not.

    Points of lines that lie less than ``apart`` pixels beside the one before are left out.
    """
    inside, above, stacks = list[str](), list[str](), Stacks()
    for trace in data:
        match trace["type"]:
            case "bar":
                inside += _bars(trace, x, y, layout, stacks)
            case "heatmap":
                inside += _cells(trace, x, y)
            case _:
                mode = trace.get("mode", "lines")
                if "lines" in mode:
                    inside += _lines(trace, x, y, stacks, apart)
                above += _marks(trace, x, y) if "markers" in mode else ()
                above += _numbers(trace, x, y) if "text" in mode else ()
    return inside, above


def _stretches(points: Sequence[Point | None], apart: float) -> Iterator[list[Point]]:
    """The points of a line between its gaps, without those too near the one before, but for turns."""
    for there, part in itertools.groupby(points, lambda point: point is not None):
        stretch = [point for point in part if point is not None]
        if there:
            kept = stretch[:1]
            for before, point, after in zip(stretch, stretch[1:], stretch[2:], strict=False):
                turns = (point[0] - before[0]) * (after[0] - point[0]) <= 0
                if turns or abs(point[0] - kept[-1][0]) >= apart:
                    kept.append(point)
            yield [*kept, *stretch[1:][-1:]]


def _places(trace: Trace, x: Scale, y: Scale) -> list[Point | None]:
    return [
        None if a is None or b is None else (round(x.at(a), 1), round(y.at(b), 1))
        for a, b in zip(trace["x"], trace["y"], strict=True)
    ]


def path_of(stretch: Sequence[Point], steps: bool = False) -> str:
    """A line through points; with ``steps`` it is level up to each."""
    said = [f"M{pixels(stretch[0][0])} {pixels(stretch[0][1])}"]
    for (_, before), (across, down) in itertools.pairwise(stretch):
        if steps:
            said.append(f"H{pixels(across)}{'' if down == before else f'V{pixels(down)}'}")
        else:
            said.append(f"L{pixels(across)} {pixels(down)}")
    return "".join(said)


def _lines(trace: Trace, x: Scale, y: Scale, stacks: Stacks, apart: float) -> Iterator[str]:
    if stack := trace.get("stackgroup"):
        reach = [stacks.add((stack, a), b or 0.0) for a, b in zip(trace["x"], trace["y"], strict=True)]
        ends = [(x.at(a), y.at(high)) for a, (_, high) in zip(trace["x"], reach, strict=True)]
        ends += [(x.at(a), y.at(low)) for a, (low, _) in reversed(list(zip(trace["x"], reach, strict=True)))]
        for stretch in _stretches(ends, apart):
            yield element("path", d=f"{path_of(stretch)}Z", **filled(trace["fillcolor"]))
        return
    look = trace.get("line", {})
    for stretch in _stretches(_places(trace, x, y), apart):
        if trace.get("fill") == "toself":
            yield element("path", d=f"{path_of(stretch)}Z", **filled(trace["fillcolor"]))
        elif len(stretch) > 1 and look.get("width", LINE_WIDTH):
            line = path_of(stretch, look.get("shape") == "hv")
            colour, width = look.get("color", style.INK), float(look.get("width", LINE_WIDTH))
            yield element("path", d=line, **stroked(colour, width, look.get("dash", "solid")))


def _each(value: Any, number: int) -> list[Any]:
    """A setting of every point: one for all, or one each."""
    return list(value) if isinstance(value, (list, tuple)) else [value] * number


def _marks(trace: Trace, x: Scale, y: Scale) -> Iterator[str]:
    look = trace.get("marker", {})
    places = _places(trace, x, y)
    defaults = ("color", style.INK), ("symbol", "circle"), ("size", MARK)
    settings = (_each(look.get(name, default), len(places)) for name, default in defaults)
    rims = _each(look.get("line", {}).get("color"), len(places))
    for place, colour, symbol, size, rim in zip(places, *settings, rims, strict=True):
        if place is not None:
            yield mark(place, str(symbol), str(colour), float(size) / 2, rim)


def mark(place: Point, symbol: str, colour: str, radius: float, rim: str | None = None) -> str:
    """A mark of a ``symbol`` in plotly's words: circle, square or diamond, and each of them open."""
    shape, _, is_open = symbol.partition("-")
    look = {**filled(style.WHITE if is_open else colour), "stroke": colour if is_open else rim}
    look["stroke_width"] = None if look["stroke"] is None else 1.5 if is_open else 1.0
    (across, down), half = place, radius * SQUARED
    if shape == "square":
        return element("rect", x=across - half, y=down - half, width=2 * half, height=2 * half, **look)
    if shape == "diamond":
        half = radius * POINTED
        corners = [(across, down - half), (across + half, down), (across, down + half), (across - half, down)]
        return element("path", d=f"{path_of(corners)}Z", **look)
    return element("circle", cx=across, cy=down, r=radius, **look)


def _numbers(trace: Trace, x: Scale, y: Scale) -> Iterator[str]:
    font, places = trace.get("textfont", {}), _places(trace, x, y)
    colours = _each(font.get("color", style.INK), len(places))
    for place, text, colour in zip(places, _each(trace["text"], len(places)), colours, strict=True):
        if place is not None and text:
            yield words(lines_of(text), *place, float(font.get("size", NUMBER_SIZE)), colour, "middle")


def _flat(trace: Trace) -> bool:
    return bool(trace.get("orientation") == "h")


def _bars(trace: Trace, x: Scale, y: Scale, layout: dict[str, Any], stacks: Stacks) -> Iterator[str]:
    """Bars from zero, or with ``barmode`` stack from the one before; a number in each if the trace has them."""
    flat, stacked = _flat(trace), layout.get("barmode") == "stack"
    lengths, places = (trace["x"], trace["y"]) if flat else (trace["y"], trace["x"])
    along, across = (x, y) if flat else (y, x)
    half = (1 - layout.get("bargap", BAR_ROOM)) / 2
    colours = _each(trace.get("marker", {}).get("color", style.ACCENT), len(places))
    texts = _each(trace.get("text", ""), len(places))
    for place, length, colour, text in zip(places, lengths, colours, texts, strict=True):
        if length is None:
            continue
        low, high = stacks.add(place, length) if stacked else (0.0, length)
        middle = number_of(place, across.dates)
        (left, right), (top, bottom) = (
            sorted((along.at(low), along.at(high))),
            sorted(across.along((middle + side - across.low) / (across.high - across.low)) for side in (-half, half)),
        )
        box: dict[str, Any] = {"x": left, "y": top, "width": right - left, "height": bottom - top}
        if not flat:
            box = {"x": top, "y": left, "width": bottom - top, "height": right - left}
        yield element("rect", **box, **filled(colour))
        if text:
            centre = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
            yield words(lines_of(text), *centre, NUMBER_SIZE, style.upon(colour), "middle")


def _cells(trace: Trace, x: Scale, y: Scale) -> Iterator[str]:
    """The cells of a heatmap whose places are 0, 1, 2, ...; what is missing stays empty."""
    for row, values in zip(trace["y"], trace["z"], strict=True):
        for column, value in zip(trace["x"], values, strict=True):
            if value is None or math.isnan(value):
                continue
            share = (value - trace["zmin"]) / (trace["zmax"] - trace["zmin"])
            left, right = x.at(column - 0.5), x.at(column + 0.5)
            top, bottom = sorted((y.at(row - 0.5), y.at(row + 0.5)))
            size: dict[str, Any] = {"width": right - left - CELL_GAP, "height": bottom - top - CELL_GAP}
            yield element("rect", x=left, y=top, **size, **filled(between(trace["colorscale"], share)))


def between(scale: Sequence[Sequence[Any]], share: float) -> str:
    """The colour at a ``share`` of a scale of [share, #rrggbb]."""
    share = min(max(share, 0.0), 1.0)
    for (low, first), (high, second) in itertools.pairwise(scale):
        if share <= high:
            return style.mixed(first, second, (share - low) / (high - low))
    return str(scale[-1][1])
