"""The pieces of SVG that drawings are made of. Whatever text or number comes in here goes out escaped."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from html import unescape
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from sim.report.html import style

WIDE_LETTER, MEAN_LETTER = 1.0, 0.54  # widths in shares of the size of the font
LEADING = 1.3  # from line to line, in sizes of the font
DASH_ARRAYS = {"dot": "2 3", "dash": "7 4", "longdash": "12 4", "dashdot": "7 3 2 3", "longdashdot": "12 3 2 3"}
_BREAK, _TAG = re.compile(r"<br\s*/?>"), re.compile(r"</?(?:b|i|em|span|sub|sup)\b[^<>]*>")
_CLEAR = re.compile(r"rgba\((\d+),(\d+),(\d+),([\d.]+)\)")


def element(name: str, inner: str = "", **attributes: Any) -> str:
    """An element with ``inner`` (SVG already) and ``attributes``: None leaves one out, _ stands for a hyphen."""
    said = "".join(
        f" {key.rstrip('_').replace('_', '-')}={quoteattr(_plain(value))}"
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{said}>{inner}</{name}>" if inner else f"<{name}{said}/>"


def _plain(value: Any) -> str:
    return pixels(value) if isinstance(value, float) else printable(str(value))


def printable(text: str) -> str:
    """``text`` without the characters that XML does not know."""
    return "".join(letter if letter.isprintable() else " " if letter.isspace() else "�" for letter in text)


def escaped(text: str) -> str:
    """``text`` as what stands inside an element."""
    return escape(printable(text))


def pixels(value: float) -> str:
    """A coordinate to a tenth of a pixel."""
    return f"{value:.1f}".removesuffix(".0").replace("-0", "0" if value > -0.05 else "-0")


def lines_of(text: str) -> list[str]:
    """The lines of a text that is safe for plotly: its own tags are left out, its entities are read."""
    return [unescape(_TAG.sub("", line)) for line in _BREAK.split(str(text))]


def width_of(text: str, size: float) -> float:
    """About how wide ``text`` is in pixels."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return size * (WIDE_LETTER * wide + MEAN_LETTER * (len(text) - wide))


def widest(lines: Iterable[str], size: float) -> float:
    """About how wide the longest of ``lines`` is in pixels."""
    return max((width_of(line, size) for line in lines), default=0.0)


def wrapped(text: str, size: float, width: float) -> list[str]:
    """``text`` as lines of at most about ``width`` pixels."""
    lines = [""]
    for word in printable(text).split():
        longer = f"{lines[-1]} {word}".strip()
        lines = [*lines[:-1], longer] if not lines[-1] or width_of(longer, size) <= width else [*lines, word]
    return [line for line in lines if line]


def words(
    lines: Sequence[str], x: float, y: float, size: float = 11.0, colour: str = style.MUTED, anchor: str = "start",
    bold: bool = False, turned: bool = False,
) -> str:  # fmt: skip
    """Lines of text, the middle of the first at ``y``; ``anchor`` is start, middle or end; ``turned``: upwards."""
    spans = [
        element("tspan", escaped(line), x=x, dy=size * (LEADING if place else 0.35)) for place, line in enumerate(lines)
    ]
    turn = f"rotate(-90 {pixels(x)} {pixels(y)})" if turned else None
    return element(
        "text", "".join(spans), x=x, y=y, font_size=size, text_anchor=None if anchor == "start" else anchor,
        font_weight="600" if bold else None, transform=turn, **filled(colour),
    )  # fmt: skip


def filled(colour: str) -> dict[str, Any]:
    """How an area of ``colour`` (#rrggbb or rgba) is filled."""
    plain, opacity = _parts(colour)
    return {"fill": plain, "fill_opacity": opacity}


def stroked(colour: str, width: float, dash: str = "solid") -> dict[str, Any]:
    """How a line of ``colour`` looks; ``dash`` in plotly's words."""
    plain, opacity = _parts(colour)
    look = {"fill": "none", "stroke": plain, "stroke_width": width, "stroke_opacity": opacity}
    return {**look, "stroke_dasharray": DASH_ARRAYS.get(dash)}


def _parts(colour: str) -> tuple[str, str | None]:
    """``colour`` without its opacity, and that, as old renderers want it."""
    found = _CLEAR.fullmatch(colour.replace(" ", ""))
    if found is None:
        return colour, None
    return "#" + "".join(f"{int(part):02x}" for part in found.groups()[:3]), found[4]
