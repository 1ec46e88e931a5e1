"""A picture as SVG, drawn here: no browser, no script, nothing from elsewhere, so a notebook shows it anywhere.

White lies below it and every colour is its own, so it reads the same on a light and on a dark page.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

from sim.report.html import style
from sim.report.pictures.picture import Key, Panel, Picture
from sim.report.svg.elements import (
    LEADING,
    element,
    escaped,
    filled,
    lines_of,
    pixels,
    stroked,
    widest,
    width_of,
    words,
    wrapped,
)
from sim.report.svg.marks import drawn, extent, mark
from sim.report.svg.scales import Scale, Tick, scale_of

WIDTH = 860.0  # pixels of a drawing; a page may show it smaller
MARGIN = 16.0  # around everything
MOST_COLUMNS = 3  # of small panels
MOST_SVG_BYTES = 200_000  # of a drawing
APARTS = (0.0, 1.5, 3.0, 6.0, 24.0, 96.0)  # pixels between points of lines, tried until there are few enough
TITLE_SIZE, SIZE, SMALL_SIZE = 16.0, 12.0, 11.0  # of letters
GAP_BESIDE, GAP_BELOW, HEAD_ROOM = 22.0, 16.0, 22.0
TICK_ROOM, TITLE_ROOM = 20.0, 20.0  # below or beside an axis: its numbers, its title
MOST_LABEL = 0.42  # of a panel's width: names of rows
KEY_WIDTH, KEY_GAP = 20.0, 18.0
BREATH = 8.0  # between the numbers of an axis
XML = {"xmlns": "http://www.w3.org/2000/svg", "role": "img", "font_family": style.FONT}


class Box(NamedTuple):
    """The drawing area of a panel, between pixels from the left and from the top."""

    left: float
    right: float
    top: float
    bottom: float


def svg_of(picture: Picture) -> str:
    """The picture as SVG text of at most MOST_SVG_BYTES; where it would be more, lines have fewer points.

    Title, axes with units, legend, intervals and source are those of the picture; without panels its title alone.
    """
    for apart in APARTS:
        svg = _drawn(picture, apart)
        if len(svg.encode()) <= MOST_SVG_BYTES:
            break
    return svg


def _drawn(picture: Picture, apart: float) -> str:
    title = wrapped(picture.title, TITLE_SIZE, WIDTH - 2 * MARGIN)
    parts = [words(title, MARGIN, MARGIN + TITLE_SIZE / 2, TITLE_SIZE, style.INK, bold=True)]
    top = MARGIN + LEADING * TITLE_SIZE * len(title)
    if picture.panels and picture.keys:
        legend, top = _legend(picture.keys, top + BREATH)
        parts += legend
    top += GAP_BELOW
    if picture.panels:
        panels, top = _panels(picture, top, apart)
        parts += panels
    caption = wrapped(picture.caption, SMALL_SIZE, WIDTH - 2 * MARGIN)
    parts.append(words(caption, MARGIN, top + SMALL_SIZE / 2, SMALL_SIZE, style.MUTED))
    height = round(top + LEADING * SMALL_SIZE * len(caption) + MARGIN)
    paper = element("rect", width=WIDTH, height=height, rx=4, fill="#ffffff")
    said = element("title", escaped(picture.alt or picture.title))
    size = {"width": WIDTH, "height": height, "viewBox": f"0 0 {pixels(WIDTH)} {height}"}
    return element("svg", "".join([said, paper, *parts]), **XML, **size)


def _legend(keys: tuple[Key, ...], top: float) -> tuple[list[str], float]:
    """The legend in as many lines as it needs, and where it ends."""
    parts, x, y = list[str](), MARGIN, top + SIZE / 2
    for key in keys:
        wide = KEY_WIDTH + BREATH + width_of(key.label, SIZE)
        if x > MARGIN and x + wide > WIDTH - MARGIN:
            x, y = MARGIN, y + LEADING * SIZE + 4
        parts.append(_key(key, x, y))
        parts.append(words([key.label], x + KEY_WIDTH + BREATH / 2, y, SIZE, style.INK))
        x += wide + KEY_GAP
    return parts, y + SIZE / 2


def _key(key: Key, x: float, y: float) -> str:
    if key.shape == "line":
        return element("path", d=f"M{pixels(x)} {pixels(y)}h{pixels(KEY_WIDTH)}", **stroked(key.colour, 2.5, key.dash))
    if key.shape == "marker":
        return mark((x + KEY_WIDTH / 2, y), key.marker, key.colour, SIZE / 2 - 1)
    return element("rect", x=x, y=y - SIZE / 2, width=KEY_WIDTH, height=SIZE, rx=2, **filled(key.colour))


def _panels(picture: Picture, top: float, apart: float) -> tuple[list[str], float]:
    """Every panel at its place, with the titles of axes at the edges of the grid, and where they end."""
    columns = max(1, min(picture.columns, len(picture.panels), MOST_COLUMNS))
    up = wrapped(picture.y_title, SIZE, picture.height)
    beside = TITLE_ROOM + LEADING * SIZE * (len(up) - 1) if up else 0.0
    across = (WIDTH - 2 * MARGIN - beside - (columns - 1) * GAP_BESIDE) / columns
    headed = HEAD_ROOM if any(panel.heading for panel in picture.panels) else 0.0
    parts, y = list[str](), top
    rows = math.ceil(len(picture.panels) / columns)
    for row in range(rows):
        mine = picture.panels[row * columns : (row + 1) * columns]
        area = Box(0, 0, y + headed, y + headed + picture.height)
        for place, panel in enumerate(mine):
            left = MARGIN + beside + place * (across + GAP_BESIDE)
            number = row * columns + place
            box, drawing = _panel(panel, area._replace(left=left, right=left + across), number, apart)
            parts += drawing
            if headed:
                parts += _heading(panel, box.left, y + headed / 2 - 2)
            if picture.x_title and number + columns >= len(picture.panels):
                middle = (box.left + box.right) / 2
                lines = wrapped(picture.x_title, SIZE, across)
                parts.append(words(lines, middle, area.bottom + TICK_ROOM + 12, SIZE, style.MUTED, "middle"))
        if up:
            middle = (area.top + area.bottom) / 2
            parts.append(words(up, MARGIN + SIZE / 2, middle, SIZE, style.MUTED, "middle", turned=True))
        y = area.bottom + TICK_ROOM + GAP_BELOW
    below = LEADING * SIZE * len(wrapped(picture.x_title, SIZE, across))
    return parts, y + below


def _heading(panel: Panel, x: float, y: float) -> Iterator[str]:
    yield words([panel.heading], x, y, SIZE, panel.colour or style.INK, bold=True)
    if panel.note:
        beside = x + 1.08 * width_of(panel.heading, SIZE) + BREATH
        yield words([panel.note], beside, y, SMALL_SIZE, style.MUTED)


def _panel(panel: Panel, cell: Box, number: int, apart: float) -> tuple[Box, list[str]]:
    """A panel within ``cell``, left of which its own numbers need room; its drawing area, and what is drawn."""
    layout = panel.layout
    along, across = extent(panel.data)
    if any(trace["type"] == "heatmap" for trace in panel.data):
        edges = {axis: [min(of) - 0.5, max(of) + 0.5] for axis, of in (("xaxis", along), ("yaxis", across))}
        layout = {**layout, **{axis: {**layout[axis], "range": ends} for axis, ends in edges.items()}}
    y = scale_of(layout["yaxis"], across, cell.bottom, cell.top)
    room = widest((line for tick in y.shown() for line in tick.lines), SMALL_SIZE) + BREATH
    room = min(room, MOST_LABEL * (cell.right - cell.left)) if y.shown() else 0.0
    box = cell._replace(left=cell.left + room, right=cell.right - max(layout["margin"]["r"], BREATH))
    x = scale_of(layout["xaxis"], along, box.left, box.right)
    below, above = list[str](), list[str]()
    for shape in layout.get("shapes", ()):
        (below if shape.get("layer") == "below" else above).append(_shape(shape, x, y))
    inside, over = drawn(panel.data, x, y, layout, apart)
    clip = f"panel-{number}"
    edge: dict[str, Any] = {"x": box.left, "y": box.top, "width": box.right - box.left, "height": box.bottom - box.top}
    cut = element("clipPath", element("rect", **edge), id=clip)
    lines = element("g", "".join([*below, *inside, *above]), clip_path=f"url(#{clip})") if panel.data else ""
    notes = [_annotation(note, x, y) for note in layout.get("annotations", ())]
    return box, [cut, *_axes(layout, x, y, box), lines, *over, *notes]


def _axes(layout: dict[str, Any], x: Scale, y: Scale, box: Box) -> Iterator[str]:
    """Grid, edges, and the numbers of both axes."""
    grid = stroked(style.GRID_COLOUR, 1.0)
    for tick in x.shown() if layout["xaxis"].get("showgrid", True) else ():
        at = pixels(_place(tick, x))
        yield element("path", d=f"M{at} {pixels(box.top)}V{pixels(box.bottom)}", **grid)
    for tick in y.shown() if layout["yaxis"].get("showgrid", True) else ():
        at = pixels(_place(tick, y))
        yield element("path", d=f"M{pixels(box.left)} {at}H{pixels(box.right)}", **grid)
    corner = f"M{pixels(box.left)} {pixels(box.top)}V{pixels(box.bottom)}H{pixels(box.right)}"
    yield element("path", d=corner, **stroked(style.RULE, 1.0))
    for tick in _apart(x, "tickvals" in layout["xaxis"]):
        yield words(tick.lines, _place(tick, x), box.bottom + TICK_ROOM / 2 + 2, SMALL_SIZE, style.MUTED, "middle")
    colour = layout["yaxis"].get("tickfont", {}).get("color", style.MUTED)
    for tick in y.shown():
        yield words(tick.lines, box.left - BREATH + 2, _place(tick, y), SMALL_SIZE, colour, "end")


def _place(tick: Tick, scale: Scale) -> float:
    return scale.along((tick.at - scale.low) / (scale.high - scale.low))


def _apart(scale: Scale, listed: bool) -> list[Tick]:
    """The ticks to write below an axis: every second, third, ... where all have no room, unless the axis lists them."""
    ticks = scale.shown()
    if listed or len(ticks) < 2:
        return ticks
    wide = widest((line for tick in ticks for line in tick.lines), SMALL_SIZE) + BREATH
    between = abs(_place(ticks[1], scale) - _place(ticks[0], scale))
    return ticks[:: math.ceil(wide / between)]


def _along(reference: str, scale: Scale, value: Any) -> float:
    """The pixel of ``value``, which counts in shares of the panel where the ``reference`` is its domain."""
    return scale.along(float(value)) if reference.endswith(("domain", "paper")) else scale.at(value)


def _shape(shape: dict[str, Any], x: Scale, y: Scale) -> str:
    """A line or a rectangle of a layout."""
    left, right = (_along(shape["xref"], x, shape[end]) for end in ("x0", "x1"))
    first, last = (_along(shape["yref"], y, shape[end]) for end in ("y0", "y1"))
    line = shape.get("line", {})
    look = stroked(line.get("color", style.INK), float(line.get("width", 1)), line.get("dash", "solid"))
    if shape["type"] == "line":
        return element("path", d=f"M{pixels(left)} {pixels(first)}L{pixels(right)} {pixels(last)}", **look)
    size: dict[str, Any] = {"width": abs(right - left), "height": abs(last - first)}
    edge = look if line.get("width") else {}
    return element("rect", x=min(left, right), y=min(first, last), **size, **{**edge, **filled(shape["fillcolor"])})


def _annotation(note: dict[str, Any], x: Scale, y: Scale) -> str:
    """Words of a layout, upon what they are laid."""
    font, lines = note.get("font", {}), lines_of(note["text"])
    size, colour = float(font.get("size", SIZE)), font.get("color", style.INK)
    across = _along(note["xref"], x, note["x"]) + note.get("xshift", 0)
    down = _along(note["yref"], y, note["y"]) - note.get("yshift", 0)
    tall, wide = LEADING * size * len(lines), widest(lines, size)
    down -= {"top": 0.0, "bottom": tall}.get(note.get("yanchor", "middle"), tall / 2)
    share, anchor = {"left": (0.0, "start"), "right": (1.0, "end")}.get(note.get("xanchor", ""), (0.5, "middle"))
    paper = ""
    if "bgcolor" in note:
        paper = element("rect", x=across - share * wide, y=down, width=wide, height=tall, **filled(note["bgcolor"]))
    return paper + words(lines, across, down + LEADING * size / 2, size, colour, anchor)
