"""The tree of a discovery: a row for every node, indented below the one above it, with how often the claim comes true.

Rows, and not boxes beside each other: what a node says has room on a phone, and all shares stand on one scale.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from sim.outcomes.drivers import Estimate
from sim.report.html import style
from sim.report.html.plotly_values import plotly_text
from sim.report.pictures.picture import Key, Panel, Picture, numbers
from sim.report.pictures.traces import TOLD, marks, plain, upright
from sim.report.pictures.value_axis import source
from sim.study.discover import Discovery
from sim.words.discovery import share_in_words
from sim.words.numbers import count
from sim.words.propositions import claim_named
from sim.words.text import capital, shorten

INNER = "#8a94a0"
NODE_ROW = 54  # pixels
SAYS_ABOVE = -0.32  # place of what a node says within its row
BESIDE = 0.14  # place of its mark
INDENT = 0.045  # of the width, for every node above it
LONGEST_STEP = 110  # characters
WRAPPED = 50  # characters in a line of it: what a phone has room for
ROOT_SAYS = "all worlds in which it is open"
NodeRow = Mapping[Any, Any]


def fate_tree(done: Discovery) -> Picture:
    """The nodes of the tree with the share of worlds in which the claim comes true, in the half that tests it."""
    rows: Sequence[NodeRow] = done.tree.to_dict("records")
    if not rows:
        return Picture("tree", shorten(done.headline, 300), "")
    above = {row["node"]: row["parent"] for row in rows}
    inner = set(above.values())
    data: list[dict[str, Any]] = []
    for place, row in enumerate(rows):
        data += _estimate(row, place, row["node"] in inner)
    leaves = len(rows) - len(inner - {0})
    caption = (
        f"Share of worlds in which {claim_named(done.scenario, done.claim)} comes true, with 95% intervals, among the "
        "worlds that did not grow the tree. A row below another is a part of it. Dotted: all of them. "
        f"{source(done.scenario, 'discovery')}"
    )
    keys = (Key(count(leaves, "leaf", "leaves"), style.ACCENT, "marker"), Key("parted further", INNER, "marker"))
    top = max(row["high"] for row in rows if not math.isnan(row["high"]))
    layout = style.layout(
        margin={"l": 14, "r": 14, "t": 10, "b": 44},
        xaxis=style.axis(range=[0, min(1.0, 1.08 * top)], tickformat=".0%"),
        yaxis=style.axis(range=[len(rows) - 0.5, -0.6], showticklabels=False, ticks="", showgrid=False),
        annotations=[_label(row, place, _depth(row, above)) for place, row in enumerate(rows)],
        shapes=[upright(done.manifest["tested_probability"], style.MUTED, 1), *_branches(rows, above)],
    )
    return Picture(
        "tree", _title(done), caption, "share of worlds in which the claim comes true", "", (Panel(data, layout),),
        keys, height=60 + NODE_ROW * len(rows), alt=shorten(done.headline, 400),
    )  # fmt: skip


def _title(done: Discovery) -> str:
    """The least and the greatest leaf; where the tree knows nothing, that."""
    if not done.found:
        return "What the tree says is not to be told from chance"
    told = [row["probability"] for row in done.summary() if row["probability"] is not None]
    return f"From one leaf to another the claim comes true in {100 * told[0]:.0f}% to {100 * told[-1]:.0f}% of worlds"


def _depth(row: NodeRow, above: Mapping[int, int]) -> int:
    """How many nodes stand above it."""
    depth, node = 0, row["node"]
    while above[node]:
        depth, node = depth + 1, above[node]
    return depth


def _label(row: NodeRow, place: int, depth: int) -> dict[str, Any]:
    says = capital(shorten(row["says"] if isinstance(row["says"], str) else ROOT_SAYS, LONGEST_STEP))
    lines = textwrap.wrap(says, WRAPPED)
    return style.words(
        "<br>".join(plotly_text(line, LONGEST_STEP) for line in lines), 11, style.INK,
        x=INDENT * depth, xref="x domain", xanchor="left", xshift=2, align="left",
        y=place + SAYS_ABOVE, yref="y", yanchor="middle",
    ) | {"bgcolor": "rgba(255,255,255,0.75)"}  # fmt: skip


def _branches(rows: Sequence[NodeRow], above: Mapping[int, int]) -> list[dict[str, Any]]:
    """An upright line below every node that is parted, down to its last part, and a short one to each part."""
    places = {row["node"]: place for place, row in enumerate(rows)}
    shapes = []
    look = {"color": style.ACQUIRED_GREY, "width": 1}
    for row in rows:
        parts = [node for node, parent in above.items() if parent == row["node"]]
        if not parts:
            continue
        x, y = INDENT * (_depth(row, above) + 0.35), places[row["node"]] + SAYS_ABOVE
        ends = [(x, y + 0.2, x, places[parts[-1]] + SAYS_ABOVE)]
        ends += [(x, places[node] + SAYS_ABOVE, x + 0.5 * INDENT, places[node] + SAYS_ABOVE) for node in parts]
        shapes += [
            {"type": "line", "xref": "x domain", "yref": "y", "x0": x0, "y0": y0, "x1": x1, "y1": y1, "line": look}
            for x0, y0, x1, y1 in ends
        ]
    return shapes


def _estimate(row: NodeRow, place: int, inner: bool) -> list[dict[str, Any]]:
    """A mark with its interval."""
    colour = INNER if inner else style.ACCENT
    says = row["says"] if isinstance(row["says"], str) else ROOT_SAYS
    share = Estimate(row["probability"], row["low"], row["high"])
    text = f"{plotly_text(says, 200)}<br>{share_in_words(share)}; {int(row['worlds']):,} worlds"
    more = [["low", numbers([share.low])], ["high", numbers([share.high])], ["worlds", [int(row["worlds"])], ""]]
    mark = marks(
        numbers([share.value]), [place + BESIDE], marker={"color": colour, "size": 7 if inner else 10}, text=[text],
        cliponaxis=False, **TOLD, meta={"y": ["node", [plotly_text(says, 200)], ""], "more": more},
    )  # fmt: skip
    return [plain([share.low, share.high], [place + BESIDE] * 2, colour, 2), mark]
