"""What drives an outcome: its probability at both ends of every assumption, or one index of each, with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.report.html import style
from sim.report.html.plotly_values import plotly_text
from sim.report.pictures.picture import Key, Panel, Picture, numbers
from sim.report.pictures.traces import TOLD, marks, plain, upright
from sim.report.pictures.value_axis import name_of, source
from sim.study.sensitivity import MORRIS, NOT_DISTINGUISHABLE, SOBOL, Sensitivity
from sim.words.numbers import between, percent
from sim.words.propositions import claim_named
from sim.words.text import capital, shorten

NOISE = "#b3bac2"
MOST_DRAWN = 20  # assumptions
FEWEST_DRAWN = 8  # filled up with what does not stand out
LABEL = 64  # characters
ASSUMPTION_ROW = 50  # pixels
ABOVE = -0.3  # place of its name within a row
FIFTH_MARKS = (("lowest", "#9a5b00", 0.06, "circle-open"), ("highest", style.ACCENT, 0.28, "circle"))  # place in a row
INDICES = {
    "first_order": "share of the variance it explains alone",
    "total": "share of the variance it has a hand in",
    "total_on_average": "share of the variance of the probability, luck averaged out, it has a hand in",
    "mu_star": "mean absolute effect of a step on the probability",
    "mu": "mean effect of a step on the probability",
}
EACH = {SOBOL: " in each sample", MORRIS: " at each point"}  # what the worlds of a method are counted by


def tornado(done: Sensitivity) -> Picture:
    """The claim's probability in the lowest and in the highest fifth of every assumption (not for Morris' method)."""
    paths, ends = _shown(done), {(row["path"], row["end"]): row for row in done.tornado.to_dict("records")}
    data: list[dict[str, Any]] = []
    for place, path in enumerate(paths):
        label = name_of(path, done.scenario, LABEL)
        for which, colour, offset, symbol in FIFTH_MARKS:
            row = ends[path, which]
            said = f"{plotly_text(label)}<br>{which} draws: "
            look = {"color": _colour(done, path, colour), "size": 9, "symbol": symbol}
            name = {"name": f"{which} fifth of draws"}
            data += _estimate(row["probability"], row, place + offset, look, said, label, **name)
    middle = done.manifest["probability"]
    layout = _layout(done, paths, tickformat=".0%") | {"shapes": [upright(middle, style.MUTED, 1)]}
    caption = (
        f"Share of worlds in which {claim_named(done.scenario, done.claim)} comes true, among the fifth of worlds that "
        "drew the lowest and the fifth that drew the highest values of an assumption (worlds that drew one value stay "
        f"together), with 95% intervals. Dotted: all worlds. {_grey(done, paths)} "
        f"{source(done.scenario, 'sensitivity')}"
    )
    keys = [Key(f"{which} draws", colour, "marker", marker=symbol) for which, colour, _, symbol in FIFTH_MARKS]
    keys.append(Key(NOT_DISTINGUISHABLE, NOISE, "marker"))
    lowest, highest = (percent(ends[paths[0], which]["probability"]) for which in ("lowest", "highest"))
    title = (
        f"{name_of(paths[0], done.scenario)}: the claim comes true in {lowest} of the worlds with the lowest draws, in "
        f"{highest} with the highest"
    )
    return Picture(
        "tornado", title, caption, "share of worlds in which the claim comes true", "", (Panel(data, layout),),
        tuple(keys), height=60 + ASSUMPTION_ROW * len(paths), alt=shorten(done.headline, 300),
    )  # fmt: skip


def index_picture(done: Sensitivity, name: str = "") -> Picture:
    """One index of every assumption, with its interval: that called ``name``, or the first of the method."""
    name = name or str(done.drivers["index"].iloc[0])
    rows = done.drivers[done.drivers["index"] == name].to_dict("records")[: len(_shown(done))]
    data: list[dict[str, Any]] = []
    for place, row in enumerate(rows):
        look = {"color": _colour(done, row["path"], style.ACCENT), "size": 9}
        label, said = name_of(row["path"], done.scenario, LABEL), f"{plotly_text(row['path'])}<br>"
        data += _estimate(row["value"], row, place, look, said, label)
    paths = [row["path"] for row in rows]
    caption = (
        f"{capital(INDICES[name])}: {claim_named(done.scenario, done.claim)}; with 95% intervals. {_grey(done, paths)} "
        f"{source(done.scenario, 'sensitivity', EACH.get(done.method, ''))}"
    )
    return Picture(
        f"index-{name.replace('_', '-')}", shorten(done.headline, 300), caption, INDICES[name], "",
        (Panel(data, _layout(done, paths, tickformat=".1%", rangemode="tozero")),),
        height=60 + ASSUMPTION_ROW * len(rows),
    )  # fmt: skip


def _shown(done: Sensitivity) -> list[str]:
    """The paths to draw: what stands out, and some of what does not."""
    drivers = sum(rank is not None for rank in done.ranks.values())
    return list(done.ranks)[: min(max(drivers, FEWEST_DRAWN), MOST_DRAWN)]


def _colour(done: Sensitivity, path: str, colour: str) -> str:
    return NOISE if done.ranks[path] is None else colour


def _grey(done: Sensitivity, paths: Sequence[str]) -> str:
    """What grey means, and how many assumptions are not drawn."""
    left = len(done.ranks) - len(paths)
    return f"Grey: {NOT_DISTINGUISHABLE}{f' ({left} more in the table)' if left else ''}."


def _estimate(
    value: float, row: Mapping[Any, Any], y: float, look: dict[str, Any], said: str, label: str, **settings: Any
) -> list[dict[str, Any]]:
    """A mark with the interval of its ``row``, told after what is ``said``; what the numbers of the figure say of it
    stands in its ``meta``.
    """
    low, high = row["low"], row["high"]
    said += f"{percent(value, 1)} ({between(low, high)})"
    more = [["low", numbers([low])], ["high", numbers([high])]]
    meta = {"y": ["assumption", [plotly_text(label)], ""], "more": more}
    mark = marks([value], [y], marker=look, text=[said], **TOLD, **settings, meta=meta)
    return [plain([low, high], [y, y], look["color"], 2), mark]


def _layout(done: Sensitivity, paths: Sequence[str], **across: Any) -> dict[str, Any]:
    """A layout of rows whose names stand above them, so that they have room on a phone."""
    names = [
        style.words(
            plotly_text(name_of(path, done.scenario, LABEL), 90), 11, style.INK,
            x=0, xref="x domain", xanchor="left", y=place + ABOVE, yref="y", yanchor="middle",
        ) | {"bgcolor": "rgba(255,255,255,0.7)"}
        for place, path in enumerate(paths)
    ]  # fmt: skip
    return style.layout(
        margin={"l": 14, "r": 14, "t": 10, "b": 44},
        xaxis=style.axis(**across),
        yaxis=style.axis(range=[len(paths) - 0.5, -0.6], showticklabels=False, ticks="", showgrid=False),
        annotations=names,
    )
