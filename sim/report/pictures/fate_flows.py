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
from sim.report.tables.differences import name_head
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
    flow = np.zeros((len(NAMES), len(NAMES)))
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
    places, diagonal = list(range(len(used))), np.eye(len(used), dtype=bool)
    labels = [FATE_PARTS[NAMES[i]].short for i in used]
    full = [FATE_PARTS[NAMES[i]].full for i in used]
    stays, turns = np.where(diagonal, 1.0, np.nan), np.where(diagonal, np.nan, flow)
    hover = [[f"{full[i]} → {full[j]}<br>{percent(float(flow[i, j]), 1)} of worlds" for j in places] for i in places]
    square = {"type": "heatmap", "x": places, "y": places, "xgap": 2, "ygap": 2, "showscale": False}
    data: list[dict[str, Any]] = [
        {**square, "z": [numbers(row) for row in stays], "colorscale": [[0, STAYS], [1, STAYS]], "hoverinfo": "skip"},
        {
            **square,
            "z": [numbers(row) for row in turns],
            "zmin": 0,
            "zmax": top,
            "colorscale": [[0, style.WHITE], [1, style.ACCENT]],
            "text": hover,
            "meta": {"value": "share of worlds", "across": full, "up": full},
            "hovertemplate": "%{text}<extra></extra>",
            "hoverongaps": False,
        },
    ]
    notes = []
    for (row, column), share in np.ndenumerate(flow):
        ground = STAYS if row == column else style.tint(style.ACCENT, share / top)
        if share >= LEAST_SAID:
            notes.append(style.words(percent(share), 11, style.upon(ground), x=column, y=row, xref="x", yref="y"))
    small = {"size": 9, "color": style.MUTED}
    axis = {"tickvals": places, "ticktext": labels, "ticks": "", "showgrid": False, "tickfont": small}
    layout = style.layout(
        margin={"l": 42, "r": 6, "t": 6, "b": 34},
        hovermode="closest",
        xaxis=style.axis(**axis, range=[-0.5, len(used) - 0.5], tickangle=0),
        yaxis=style.axis(**axis, range=[len(used) - 0.5, -0.5]),
        annotations=notes,
    )
    return Panel(data, layout, runs.name(firm), f"turns in {percent(moved)}", runs.colour(firm))


def flips_table(runs: Runs, flipped: Sequence[Turn], firms: Sequence[str], index: int) -> Table:
    """The commonest flips with their flags: who, from what to what, in how many worlds."""
    commonest = sorted((row for row in flipped if row["firm"] in firms), key=lambda row: -row["share"])
    rows = []
    for row in first(commonest, runs.focus)[:MOST_FLIPS]:
        low, high = (float(bound) for bound in of_worlds(row["share"], runs.base.worlds))
        fates = (Cell(fate_words(row[side])) for side in ("base_fate", "variant_fate"))
        share = Cell(percent(row["share"], 1), between(low, high), bar=(row["share"], low, high), colour=style.ACCENT)
        rows.append((name_head(runs, row["firm"]), *fates, Cell(f"{int(row['worlds']):,}"), share))
    columns = (
        Column("Startup"),
        Column("Fate in the base"),
        Column("Fate with the change"),
        Column("Worlds", "right"),
        Column("Share of worlds", wide=True),
    )
    caption = runs.caption(f"The {len(rows)} commonest; all are in flipped.csv.")
    return Table(f"flips-{index}", "", columns, tuple(rows), caption, empty="No fate turns in any world.")


def fate_words(fate: str) -> str:
    """ "closed+listed" as "closed, had listed"."""
    terminal, *flags = fate.split("+")
    had = "" if terminal == State.INDEPENDENT else "had "
    return ", ".join([terminal.replace("_", " "), *(f"{had}{flag}" for flag in flags)])
