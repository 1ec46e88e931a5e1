"""From old fates to new: how the worlds of each startup move when an assumption changes, and the commonest flips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.foundation.states import State
from sim.outcomes.intervals import of_worlds
from sim.report.html import style
from sim.report.html.document import Cell, Column, Table
from sim.report.pictures.fates import FATE_PARTS, parts_of
from sim.report.pictures.picture import Panel, Picture, numbers
from sim.report.several_runs import Runs
from sim.study.focus import first
from sim.words.numbers import between, percent

Turn = Mapping[str, Any]  # of flipped.csv
NAMES = list(FATE_PARTS)
MOST_FLIPS = 20
LEAST_SAID = 0.005  # a smaller share has no number in its square
STAYS = "#e3e8ed"  # of the diagonal


def state_of(fate: str) -> str:
    """The state of FATE_PARTS that a fate of flipped.csv ("independent+listed+pivoted") belongs to."""
    terminal, *flags = fate.split("+")
    if terminal != State.INDEPENDENT:
        return terminal
    return "pivoted" if "pivoted" in flags else "race"


def matrix(runs: Runs, flipped: Sequence[Turn], firm: str) -> np.ndarray:
    """(states, states) share of worlds, from the base's state (rows) to the variant's; the whole sums to one."""
    before = [shares[-1] for shares in parts_of(runs.base, firm).values()]
    flow = np.zeros((len(FATE_PARTS), len(FATE_PARTS)))
    for row in flipped:
        if row["firm"] == firm:
            flow[NAMES.index(state_of(row["base_fate"])), NAMES.index(state_of(row["variant_fate"]))] += row["share"]
    np.fill_diagonal(flow, 0.0)
    stays = np.array(before) - flow.sum(axis=1)
    return flow + np.diag(np.clip(np.nan_to_num(stays), 0.0, 1.0))


def flows(runs: Runs, flipped: Sequence[Turn], firms: Sequence[str], index: int) -> Picture:
    """Small multiples: for every startup a square of squares, the fate in the base down, in the variant across."""
    name = f"flows-{index}"
    made = {firm: matrix(runs, flipped, firm) for firm in firms}
    moved = {firm: float(flow.sum() - np.trace(flow)) for firm, flow in made.items()}
    if not any(moved.values()):
        return Picture(name, "No fate of a startup turns in any world", runs.source)
    used = [i for i in range(len(FATE_PARTS)) if any(flow[i].any() or flow[:, i].any() for flow in made.values())]
    top = max(float((flow - np.diag(np.diag(flow))).max()) for flow in made.values())
    panels = tuple(_panel(runs, firm, flow[np.ix_(used, used)], used, moved[firm], top) for firm, flow in made.items())
    firm = max(moved, key=lambda f: moved[f])
    flow = made[firm] - np.diag(np.diag(made[firm]))
    old, new = (int(part) for part in np.unravel_index(int(flow.argmax()), flow.shape))
    title = (
        f"{runs.name(firm)}'s fate turns in {percent(moved[firm])} {runs.run_with(firm).whole(firm)}, most often from "
        f"'{FATE_PARTS[NAMES[old]].full}' to '{FATE_PARTS[NAMES[new]].full}' ({percent(float(flow[old, new]))})"
    )
    left = len(runs.base.startups) - len(firms)
    caption = runs.caption(
        "Percent of worlds by the fate at the horizon in the base (down the side) and, in the same worlds, with the "
        "change (across): in the general race, pivoted, bought or shut. Grey: the fate stays; coloured: it turns.",
        f"Drawn: the {len(firms)} startups whose fate turns most; the other {left} are in flipped.csv." if left else "",
    )
    return Picture(name, title, caption, "fate with the change", "fate in the base", panels, height=190, columns=4)


def _panel(runs: Runs, firm: str, flow: np.ndarray, used: list[int], moved: float, top: float) -> Panel:
    size = len(used)
    labels = [FATE_PARTS[NAMES[i]].short for i in used]
    full = [FATE_PARTS[NAMES[i]].full for i in used]
    off = np.where(np.eye(size, dtype=bool), np.nan, flow)
    places = list(range(size))
    hover = [[f"{full[i]} → {full[j]}<br>{percent(float(flow[i, j]), 1)} of worlds" for j in places] for i in places]
    square = {"type": "heatmap", "x": places, "y": places, "xgap": 2, "ygap": 2, "showscale": False}
    stays = np.where(np.eye(size, dtype=bool), 1.0, np.nan)
    data: list[dict[str, Any]] = [
        {**square, "z": [numbers(row) for row in stays], "colorscale": [[0, STAYS], [1, STAYS]], "hoverinfo": "skip"},
        {
            **square,
            "z": [numbers(row) for row in off],
            "zmin": 0,
            "zmax": top,
            "colorscale": [[0, "#ffffff"], [1, style.ACCENT]],
            "text": hover,
            "meta": {"value": "share of worlds", "across": full, "up": full},
            "hovertemplate": "%{text}<extra></extra>",
            "hoverongaps": False,
        },
    ]
    notes = [
        {
            "text": percent(float(flow[i, j])),
            "x": j,
            "y": i,
            "xref": "x",
            "yref": "y",
            "showarrow": False,
            "font": {"size": 11, "color": "#ffffff" if i != j and flow[i, j] > 0.55 * top else style.INK},
        }
        for i in places
        for j in places
        if flow[i, j] >= LEAST_SAID
    ]
    small = {"size": 9, "color": style.MUTED}
    axis = {"tickvals": places, "ticktext": labels, "ticks": "", "showgrid": False, "tickfont": small}
    layout = style.layout(
        margin={"l": 42, "r": 6, "t": 6, "b": 34},
        hovermode="closest",
        xaxis=style.axis(**axis, range=[-0.5, size - 0.5], tickangle=0),
        yaxis=style.axis(**axis, range=[size - 0.5, -0.5]),
        annotations=notes,
    )
    return Panel(data, layout, runs.name(firm), f"turns in {percent(moved)}", runs.colour(firm))


def flips_table(runs: Runs, flipped: Sequence[Turn], firms: Sequence[str], index: int) -> Table:
    """The commonest flips with their flags: who, from what to what, in how many worlds."""
    commonest = sorted((row for row in flipped if row["firm"] in firms), key=lambda row: -row["share"])
    mine = first(commonest, runs.focus)[:MOST_FLIPS]
    rows = tuple(
        (
            Cell(runs.name(row["firm"], 40), swatch=runs.colour(row["firm"]), strong=True),
            Cell(fate_words(row["base_fate"])),
            Cell(fate_words(row["variant_fate"])),
            Cell(f"{int(row['worlds']):,}"),
            _share(runs, row),
        )
        for row in mine
    )
    columns = (
        Column("Startup"),
        Column("Fate in the base"),
        Column("Fate with the change"),
        Column("Worlds", "right"),
        Column("Share of worlds", wide=True),
    )
    caption = runs.caption(f"The {len(rows)} commonest; all are in flipped.csv.")
    return Table(f"flips-{index}", "", columns, rows, caption, empty="No fate turns in any world.")


def _share(runs: Runs, row: Turn) -> Cell:
    low, high = (float(bound) for bound in of_worlds(row["share"], runs.base.worlds))
    return Cell(percent(row["share"], 1), between(low, high), bar=(row["share"], low, high), colour=style.ACCENT)


def fate_words(fate: str) -> str:
    """ "closed+listed" as "closed, had listed"."""
    terminal, *flags = fate.split("+")
    told = {"listed": "listed" if terminal == State.INDEPENDENT else "had listed",
            "pivoted": "pivoted" if terminal == State.INDEPENDENT else "had pivoted"}  # fmt: skip
    return ", ".join([terminal.replace("_", " "), *(told[flag] for flag in flags)])
