"""Fates: how the worlds of each startup divide, month by month and at the horizon.

A firm's own colour means that it is alive (full: in the general race; pale: pivoted), grey that it is gone.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.foundation.states import State
from sim.report.html import style
from sim.report.html.plotly_values import plotly_text
from sim.report.pictures.picture import Key, Panel, Picture, numbers
from sim.report.pictures.traces import inside, line
from sim.report.run_reader import RunReader
from sim.study.focus import first, itself
from sim.words.numbers import percent
from sim.words.text import listed

PALE = 0.42
NOT_YET = State.NEVER_ENTERED
MOST_FIRM_BARS = 200  # of startups at the horizon
FEW_BARS, ROW, NARROW_ROW = 40, 34, 22  # pixels of a bar where there are few, and where there are more


class Part(NamedTuple):
    """A state that divides the worlds: its name, short, in full and in the legend, and the grey of who is gone."""

    label: str
    short: str
    full: str
    key: str
    gone: str = ""


FATE_PARTS = {  # as they are stacked
    "race": Part(
        "in the general race", "race", "independent, in the general race", "in the general race (the firm's colour)"
    ),
    "pivoted": Part("independent, pivoted", "pivot", "independent, pivoted", "independent, but pivoted (pale)"),
    State.ACQUIRED: Part("acquired", "bought", "acquired", "acquired", style.ACQUIRED_GREY),
    State.CLOSED: Part("closed", "shut", "closed", "closed", style.CLOSED_GREY),
    NOT_YET: Part("not entered", "absent", "never entered", "not entered", style.NEVER_ENTERED),
}


def parts_of(run: RunReader, firm: str) -> dict[str, np.ndarray]:
    """Share of worlds in each of FATE_PARTS by tick, each (ticks + 1,); they sum to one."""
    race = run.incidence(firm, State.IN_GENERAL_RACE)
    pivoted = np.clip(run.incidence(firm, State.INDEPENDENT) - race, 0, 1)
    return {"race": race, "pivoted": pivoted, **{name: run.incidence(firm, name) for name in list(FATE_PARTS)[2:]}}


def part_colours(colour: str) -> dict[str, str]:
    """Colour of each state of a firm of this ``colour``."""
    alive = {"race": colour, "pivoted": style.tint(colour, PALE)}
    return {name: alive.get(name, state.gone) for name, state in FATE_PARTS.items()}


def _keys(late: bool) -> tuple[Key, ...]:
    """The legend; ``late``: with firms that have not entered."""
    colours = part_colours(style.GROUP.colour)
    shown = [name for name in FATE_PARTS if late or name != NOT_YET]
    return tuple(Key(FATE_PARTS[name].key, colours[name], group=name) for name in shown)


def fates_over_time(run: RunReader) -> Picture:
    """Small multiples: stacked areas of every startup's fates by month."""
    firms = run.most_uncertain()
    if not firms:
        return Picture("fates", "The scenario has no startup", run.source)
    panels = tuple(_stack(run, firm) for firm in firms)
    late = any(run.incidence(firm, NOT_YET).any() for firm in firms)
    caption = run.caption(
        "Share of worlds in each state by month; at every month the states sum to 100%.", run.chosen_note(len(firms))
    )
    return Picture(
        "fates", _title(run, firms), caption, "calendar month", "share of worlds", panels,
        _keys(late), height=170, columns=4,
    )  # fmt: skip


def _stack(run: RunReader, firm: str) -> Panel:
    data: list[dict[str, Any]] = []
    colours, parts = part_colours(run.style(firm).colour), parts_of(run, firm)
    for part, share in parts.items():
        if part == NOT_YET and not share.any():
            continue
        data.append(
            line(
                run.days, numbers(share), name=FATE_PARTS[part].label, legendgroup=part, stackgroup="one",
                line={"width": 0, "color": colours[part]}, fillcolor=colours[part], hovertemplate="%{y:.0%}",
            )
        )  # fmt: skip
    layout = style.layout(
        hovermode="x unified",
        margin={"l": 36, "r": 8, "t": 10, "b": 24},
        xaxis=run.date_axis(**small_dates(run)),
        yaxis=style.small_share_axis(1.004),
    )
    alive = run.at_horizon(firm, State.INDEPENDENT)[0]
    return Panel(data, layout, run.name(firm), f"{percent(alive)} independent", run.style(firm).colour)


def small_dates(run: RunReader) -> dict[str, Any]:
    """Settings of a calendar axis for a small panel: few ticks, small letters."""
    font = {"size": 10, "color": style.MUTED}
    return {**run.few_dates(), "tickfont": font}


def _title(run: RunReader, firms: list[str]) -> str:
    """Which way out is most common, and for whom each is; of the first in focus how common both are."""
    mine = next((firm for firm in run.asked if firm in firms), None)
    acquired, closed = ({firm: _end(run, firm, fate) for firm in firms} for fate in (State.ACQUIRED, State.CLOSED))
    bought, shut = (mine or max(firms, key=lambda firm: shares[firm]) for shares in (acquired, closed))
    if not mine and not acquired[bought] + closed[shut]:
        return f"Every startup that entered is still independent in {run.horizon} in every world"
    told = f"By {run.horizon}, {run.says(bought, acquired[bought], 'acquired')}"
    if bought != shut:
        return f"{told} and {run.says(shut, closed[shut], 'closed')}, the most of all startups in each"
    one, share = run.whole(bought) == "of worlds", percent(closed[shut])
    told += f" and closed in {share}" if one else f" and {share} closed"
    return told + (", the most of all startups" if len(firms) > 1 and not mine else "")


def _end(run: RunReader, firm: str, fate: str) -> float:
    share = run.at_horizon(firm, fate)[0]
    return share if share == share else 0.0


def fates_at_horizon(run: RunReader) -> Picture:
    """One stacked bar a startup: how its worlds end, the surest survivor on top, after who is in focus."""
    firms = first(sorted(run.told, key=lambda f: -_end(run, f, State.INDEPENDENT)), run.focus, itself)
    left, firms = len(firms[MOST_FIRM_BARS:]), firms[:MOST_FIRM_BARS]
    if not firms:
        return Picture("fates-at-horizon", "The scenario has no startup", run.source)
    data: list[dict[str, Any]] = []
    ends = {firm: {part: float(share[-1]) for part, share in parts_of(run, firm).items()} for firm in firms}
    rows = list(range(len(firms)))
    for part, state in FATE_PARTS.items():
        shares = [ends[firm][part] for firm in firms]
        if not any(shares):
            continue
        colours = [part_colours(run.style(firm).colour)[part] for firm in firms]
        data.append(
            {
                "type": "bar",
                "orientation": "h",
                "x": numbers(shares),
                "y": rows,
                "name": state.label,
                "legendgroup": part,
                "marker": {"color": colours},
                "text": [percent(share) if share >= 0.06 else "" for share in shares],
                **inside(colours),
                "hovertemplate": "%{x:.1%} " + state.label + "<extra></extra>",
            }
        )
    layout = style.layout(
        barmode="stack",
        bargap=0.3,
        margin={"l": 110, "r": 20, "t": 10, "b": 44},
        xaxis=style.axis(range=[0, 1], tickformat=".0%", dtick=0.25),
        yaxis=style.row_axis([plotly_text(run.name(firm), 22) for firm in firms]),
    )
    late = any(ends[firm][NOT_YET] for firm in firms)
    best = firms[0]
    title = f"In {run.horizon}, {run.says(best, _end(run, best, State.INDEPENDENT), 'independent')}"
    alt = "Share independent at the horizon: " + listed(
        [f"{run.name(f)} {percent(_end(run, f, State.INDEPENDENT))}" for f in firms]
    )
    row = ROW if len(firms) <= FEW_BARS else NARROW_ROW
    chosen = (
        f"Drawn: the {len(firms)} startups most often independent then; the other {left} are in fates.csv."
        if left
        else ""
    )
    return Picture(
        "fates-at-horizon", title, run.caption("Share of worlds in each state at the horizon.", chosen),
        f"share of worlds in {run.horizon}", "startup", (Panel(data, layout),),
        _keys(late), height=max(120, row * len(firms) + 60), alt=alt,
    )  # fmt: skip
