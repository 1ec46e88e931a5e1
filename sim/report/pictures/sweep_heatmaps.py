"""Two assumptions swept: heatmaps over the grid."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from sim.foundation.states import ALL
from sim.outcomes.horizon import CLAIM
from sim.report.html import style
from sim.report.html.plotly_values import plotly_text
from sim.report.pictures.picture import Key, Panel, Picture, decimals
from sim.report.pictures.sweep_curves import LEFT_CURVES
from sim.report.pictures.swept import OVERALL, SWEPT_STATES, Swept
from sim.report.pictures.value_axis import said, title_of
from sim.study.axes import Axis
from sim.study.decisions import BY_RULE_WORD, NEVER_WORD
from sim.words.numbers import percent
from sim.words.text import capital, shorten

COLOURS = ((0.0, "#f4f7f9"), (0.25, "#d3e4ee"), (0.5, "#a3c8de"), (0.75, "#2f7cab"), (1.0, "#083a5c"))
MOST_CELLS = 49  # with more of them there is no room for numbers
LEAST_SPAN = 0.05  # of a colour scale
MOST_TICKS = 6
IN_GRID = "The intervals are in grid.csv."


class ColourScale(NamedTuple):
    """The values at both ends of the colours; ``counts`` of startups rather than shares."""

    low: float
    high: float
    counts: bool = False

    def text(self, value: float) -> str:
        """A value as the cells show it."""
        if value != value:
            return "–"
        return f"{value:.1f}" if self.counts else percent(value)


OF_SHARES = ColourScale(0.0, 1.0)


def industry(swept: Swept, quantity: str) -> Picture:
    """The mean number of startups left, or the share of worlds that reached the endgame, at every point."""
    name, label = f"sweep-{quantity.replace('_', '-')}", OVERALL[quantity]
    rows = swept.rows(quantity)
    if rows.empty:
        return Picture(name, "There is no startup to count", swept.caption())
    counts = quantity in {left for left, *_ in LEFT_CURVES}
    lowest, highest = float(rows["estimate"].min()), float(rows["estimate"].max())
    scale = ColourScale(lowest, max(highest, lowest + LEAST_SPAN), counts)
    title = f"{label} in {swept.base.horizon}: {scale.text(lowest)} to {scale.text(highest)}"
    title += " on average" if counts else " of worlds"
    what = "Mean number of startups" if counts else "Share of worlds"
    return _picture(swept, name, title, f"{what} in {swept.base.horizon}. {IN_GRID}", [(quantity, ALL, "", "")], scale)


def by_state(swept: Swept, state: str) -> Picture:
    """Share of worlds in which each startup is in ``state`` at the horizon, a heatmap each."""
    name, label = f"sweep-{state}", SWEPT_STATES[state].lower()
    if not swept.firms:
        return Picture(name, "There is no startup to draw", swept.caption())
    shown = [(state, firm, swept.base.name(firm), swept.base.style(firm).colour) for firm in swept.firms]
    mine = next((firm for firm in swept.base.asked if firm in swept.firms), None)
    most = mine or max(swept.firms, key=lambda firm: swept.spread(state, firm))
    estimates = swept.rows(state, most)["estimate"]
    title = (
        f"{capital(label)} in {swept.base.horizon}: {swept.base.name(most)} moves{'' if mine else ' most,'} between "
        f"{percent(float(estimates.min()))} and {percent(float(estimates.max()))} {swept.base.whole(most)}"
    )
    what = (
        f"Share of worlds in which a startup is {label} in {swept.base.horizon}. {IN_GRID} {swept.chosen_note}".strip()
    )
    return _picture(swept, name, title, what, shown, OF_SHARES)


def claims(swept: Swept) -> Picture:
    """Probability of every forecast, a heatmap each."""
    if not swept.claims:
        return Picture("sweep-claims", "The scenario states no claims", swept.caption())
    shown = [(f"{CLAIM}{claim}", ALL, shorten(swept.says(claim), 90), "") for claim in swept.claims]
    what = f"Share of the worlds that meet the condition, if there is one, in which a forecast comes true. {IN_GRID}"
    return _picture(swept, "sweep-claims", swept.most_moved, what, shown, OF_SHARES)


def _picture(
    swept: Swept, name: str, title: str, what: str, shown: list[tuple[str, str, str, str]], scale: ColourScale
) -> Picture:
    """A heatmap for each of ``shown``: quantity, firm, heading, colour."""
    across, up = swept.axes
    scenario = swept.done.scenario
    panels = tuple(_panel(swept, *one, scale, len(shown) > 1) for one in shown)
    keys = tuple(Key(scale.text(scale.low + at * (scale.high - scale.low)), colour, "area") for at, colour in COLOURS)
    return Picture(
        name, title, swept.caption(what), title_of(across, scenario), title_of(up, scenario), panels, keys,
        height=250 if len(shown) > 1 else 420, columns=3,
    )  # fmt: skip


def _panel(swept: Swept, quantity: str, firm: str, heading: str, colour: str, scale: ColourScale, small: bool) -> Panel:
    across, up = swept.axes
    rows = swept.rows(quantity, firm)
    shape = (across.points, up.points)
    estimates, low, high = (rows[name].to_numpy(float).reshape(shape).T for name in ("estimate", "low", "high"))
    heatmap: dict[str, Any] = {
        "type": "heatmap",
        "x": list(range(across.points)),
        "y": list(range(up.points)),
        "z": [decimals(line) for line in estimates],
        "zmin": scale.low,
        "zmax": scale.high,
        "colorscale": [list(step) for step in COLOURS],
        "meta": {
            "value": "mean number of startups" if scale.counts else "share of worlds",
            "across": list(across.values()),
            "up": list(up.values()),
        },
        "showscale": False,
        "xgap": 1,
        "ygap": 1,
        "customdata": [
            [
                f"{_at(across, i)}<br>{_at(up, j)}<br>{scale.text(estimates[j, i])} "
                f"({scale.text(low[j, i])} to {scale.text(high[j, i])})"
                for i in range(across.points)
            ]
            for j in range(up.points)
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    data = [heatmap]
    if across.points * up.points <= MOST_CELLS:
        data.append(_numbers(estimates, scale, 10 if small else 13))
    layout = style.layout(
        margin={"l": 52, "r": 10, "t": 8, "b": 34 if small else 44},
        xaxis=_grid_axis(across),
        yaxis=_grid_axis(up),
    )
    return Panel(data, layout, heading, "", colour)


def _numbers(estimates: np.ndarray, scale: ColourScale, size: int) -> dict[str, Any]:
    """The numbers of the cells, (up, across): a heatmap's own text is too faint on the middle of the scale."""
    places, values = list(np.ndindex(estimates.shape)), estimates.ravel()
    return {
        "type": "scatter",
        "mode": "text",
        "x": [i for _, i in places],
        "y": [j for j, _ in places],
        "text": [scale.text(value) for value in values],
        "textfont": {"size": size, "color": [ink((v - scale.low) / (scale.high - scale.low)) for v in values]},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def ink(place: float) -> str:
    """The colour of text on a cell at ``place`` of the scale of colours, 0 to 1 (NaN: an empty cell)."""
    ends = [(one, other) for one, other in pairwise(COLOURS) if one[0] <= place <= other[0]]
    if not ends:
        return style.upon(style.WHITE)
    (low, dark), (high, other) = ends[0]
    return style.upon(style.mixed(dark, other, (place - low) / (high - low)))


def _at(axis: Axis, i: int) -> str:
    return f"{plotly_text(axis.name, 60)} = {said(axis.values()[i])}"


def _grid_axis(axis: Axis) -> dict[str, Any]:
    """Values of the grid at equal distances; of many only some are written, rule and never always."""
    step = -(-axis.points // MOST_TICKS)
    beside = [at for at, one in enumerate(axis.chosen) if one in (BY_RULE_WORD, NEVER_WORD)]
    shown = sorted({*range(0, axis.points, step), *beside})
    values = axis.values()
    return style.axis(tickvals=shown, ticktext=[said(values[i]) for i in shown], showgrid=False, ticks="")
