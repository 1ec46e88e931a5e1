"""How everything looks: one colour per firm everywhere, one set of fonts, greys for what is gone.

Colour means a firm that is alive; grey means one that is gone; where all are gone, a hue says how (ENDED). The seven
flagship startups have fixed colours from the Okabe-Ito and Paul Tol sets (two of them darkened), chosen by search so
that the nearest two differ by 10 units of OKLab (x100) in normal, deuteranope and protanope vision; lines differ in
dash too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar
from zlib import crc32

from sim.foundation.states import A_GIANT, State

T = TypeVar("T")


class LineStyle(NamedTuple):
    """How a firm or a run is drawn: ``colour`` as #rrggbb, ``dash`` in plotly's words."""

    colour: str
    dash: str


class Hue(NamedTuple):
    """``word`` is what people call it; its shades go from ``dark`` to ``pale``."""

    word: str
    dark: str
    pale: str


FLAGSHIP_STYLES: Mapping[str, LineStyle] = MappingProxyType(
    {
        "zhipu": LineStyle("#0072b2", "solid"),
        "minimax": LineStyle("#cc3311", "dash"),
        "moonshot": LineStyle("#332288", "dashdot"),
        "stepfun": LineStyle("#009988", "longdash"),
        "baichuan": LineStyle("#d98e00", "dot"),
        "zero-one": LineStyle("#882255", "longdashdot"),
        "deepseek": LineStyle("#46a6e0", "dash"),
    }
)
OTHER_STARTUPS = (
    "#117733",
    "#aa4499",
    "#999933",
    "#cc6677",
    "#5566cc",
    "#7a5230",
    "#e6556f",
    "#3f8f6b",
    "#9467bd",
    "#b8860b",
    "#1f8a9e",
    "#c2569b",
    "#6b8e23",
    "#a0522d",
    "#4b6fae",
    "#7f3c8d",
)
GIANTS = ("#5f6b7a", "#8c7b6b", "#6f7f6a", "#7a6b86", "#8796a5", "#a08f7c", "#5c7a7a", "#8a6a72")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")

BLACK, WHITE = "#000000", "#ffffff"
INK = "#1d2630"
MUTED = "#5b6773"
RULE = "#d9dee4"
GRID_COLOUR = "#eceff2"
ACCENT = "#0b5c8a"
ACQUIRED_GREY = "#b3bac2"
CLOSED_GREY = "#5a636e"
NEVER_ENTERED = "#eef0f3"
ENDED = {  # fate -> the shades of its causes, told apart in any vision up to four and three
    State.ACQUIRED: Hue("blue", "#062a5a", "#a6d3f5"),
    State.CLOSED: Hue("brown to orange", "#8a3b0c", "#fdae6b"),
}
CONTEXT = "#b9c0c8"  # lines of the firms that are not in focus
GROUP = LineStyle("#3a6f8a", "solid")  # groups, and "the firm's colour" in keys

FONT = (
    "Inter,'Segoe UI','Helvetica Neue','Noto Sans','Noto Sans CJK SC','PingFang SC','Microsoft YaHei',Arial,sans-serif"
)


def _slot(firm: str, taken: set[int], size: int) -> int:
    """The slot a hash of the id prefers, or the next free one; ``taken`` leaves at least one free."""
    preferred = crc32(firm.encode()) % size
    return next((preferred + step) % size for step in range(size) if (preferred + step) % size not in taken)


def _assigned(ids: Sequence[str], colours: tuple[str, ...], dash: str | None) -> dict[str, LineStyle]:
    """Every colour is given once before any is given again, and then with another dash."""
    styles: dict[str, LineStyle] = {}
    taken: set[int] = set()
    first_dash: dict[int, int] = {}
    for place, firm in enumerate(ids):
        if place % len(colours) == 0:
            taken = set()
        slot = _slot(firm, taken, len(colours))
        taken.add(slot)
        own = DASHES.index(dash) if dash else crc32(firm.encode()) // len(colours)
        dashed = first_dash.setdefault(slot, own) + place // len(colours)
        styles[firm] = LineStyle(colours[slot], DASHES[dashed % len(DASHES)])
    return styles


def firm_styles(firms: Iterable[tuple[str, str]], first: Collection[str] = ()) -> dict[str, LineStyle]:
    """Style of every firm, given (id, kind) pairs: by id alone for the flagship, otherwise by a hash of the id.

    Other firms are served in the order of their ids, those in ``first`` before the rest; one whose preferred colour is
    taken gets the next free one. No two of the first 96 other startups, nor of the first 48 giants, look the same.
    """
    pairs = list(firms)
    known = {firm: FLAGSHIP_STYLES[firm] for firm, _ in pairs if firm in FLAGSHIP_STYLES}
    others = [(firm, kind) for firm, kind in pairs if firm not in FLAGSHIP_STYLES]
    startups = sorted((firm for firm, kind in others if kind != A_GIANT), key=lambda firm: (firm not in first, firm))
    giants = sorted(firm for firm, kind in others if kind == A_GIANT)
    return {**known, **_assigned(startups, OTHER_STARTUPS, None), **_assigned(giants, GIANTS, "dot")}


def _parts(colour: str) -> list[int]:
    """Red, green and blue of ``colour``, 0 to 255 each."""
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def mixed(one: str, other: str, share: float) -> str:
    """``one`` with a ``share`` of 0 to 1 of ``other`` in it."""
    parts = zip(_parts(one), _parts(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in parts)


def tint(colour: str, strength: float) -> str:
    """``colour`` mixed with white: 1 leaves it, 0 gives white."""
    return mixed(WHITE, colour, strength)


def clear(colour: str, opacity: float) -> str:
    """``colour`` as rgba with ``opacity`` 0 to 1."""
    red, green, blue = _parts(colour)
    return f"rgba({red},{green},{blue},{opacity:g})"


def luminance(colour: str) -> float:
    """Relative luminance of ``colour`` as WCAG 2 defines it: 0 of black, 1 of white."""
    red, green, blue = (
        part / (255 * 12.92) if part <= 0.04045 * 255 else ((part / 255 + 0.055) / 1.055) ** 2.4
        for part in _parts(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast of two colours as WCAG 2 defines it, from 1 to 21; text is to have 4.5."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def upon(colour: str) -> str:
    """Black or white, whichever is read better upon ``colour``: its contrast is 4.5 or more upon any."""
    return max((BLACK, WHITE), key=lambda text: contrast(text, colour))


def axis(**settings: Any) -> dict[str, Any]:
    """An axis of ours with ``settings`` on top."""
    base: dict[str, Any] = {
        "gridcolor": GRID_COLOUR,
        "zeroline": False,
        "linecolor": RULE,
        "tickcolor": RULE,
        "ticks": "outside",
        "ticklen": 4,
        "automargin": True,
        "fixedrange": True,
        "tickfont": {"size": 11, "color": MUTED},
    }
    return {**base, **settings}


def row_axis(names: Sequence[str], above: float = 0.5, below: float = 0.5, **settings: Any) -> dict[str, Any]:
    """An axis with a named row for each of ``names``, the first on top, and so much room ``above`` and ``below``."""
    base = {"tickvals": list(range(len(names))), "ticktext": list(names), "range": [len(names) - 1 + below, -above]}
    return axis(**base, **{"ticks": "", "tickfont": {"size": 12, "color": INK}, **settings})


def small_share_axis(top: float) -> dict[str, Any]:
    """An axis of shares for a small panel."""
    return axis(range=[0, top], tickformat=".0%", tickvals=[0, 0.5, 1], tickfont={"size": 10, "color": MUTED})


def words(text: str, size: int, colour: str, **place: Any) -> dict[str, Any]:
    """An annotation of a layout, without an arrow, at its ``place``; ``text`` is safe for plotly."""
    return {"text": text, **place, "showarrow": False, "font": {"size": size, "color": colour}}


def layout(**settings: Any) -> dict[str, Any]:
    """A layout of ours with ``settings`` on top; axes come from ``axis``."""
    base: dict[str, Any] = {
        "font": {"family": FONT, "size": 12, "color": INK},
        "paper_bgcolor": WHITE,
        "plot_bgcolor": WHITE,
        "margin": {"l": 48, "r": 14, "t": 10, "b": 40},
        "hoverlabel": {"font": {"family": FONT, "size": 12}, "align": "left", "namelength": -1},
        "showlegend": False,
        "dragmode": False,
    }
    return {**base, **settings}


VIRIDIS = ("#440154", "#3b528b", "#21918c", "#5ec962")  # the darker part of it


def ramp(colours: Sequence[str], steps: int) -> list[str]:
    """``steps`` colours from the first of ``colours`` to the last, evenly through those between."""
    found = []
    for step in range(steps):
        at = (len(colours) - 1) * (step / (steps - 1) if steps > 1 else 0.0)
        i = min(int(at), len(colours) - 2)
        found.append(mixed(colours[i], colours[i + 1], at - i))
    return found


def shades(values: Sequence[T]) -> dict[T, str]:
    """A colour for every value, from dark violet (lowest) to green (highest)."""
    return dict(zip(values, ramp(VIRIDIS, len(values)), strict=True))
