"""Fates: how the worlds of each startup divide, month by month and at the horizon.

A firm's own colour means that it is alive (full: in the general race; pale: pivoted), grey that it is gone.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.report.html import style
from sim.report.html.plotly_values import plotly_text
from sim.report.pictures.picture import Key, Panel, Picture, numbers
from sim.report.run_view import View
from sim.study.focus import first, itself
from sim.words.numbers import percent
from sim.words.text import listed

PALE = 0.42
MOST_BARS = 200  # of startups at the horizon
FEW_BARS, ROW, NARROW_ROW = 40, 34, 22  # pixels of a bar where there are few, and where there are more
KEYS = (
    Key("in the general race (the firm's colour)", style.GROUP.colour, group="race"),
    Key("independent, but pivoted (pale)", style.tint(style.GROUP.colour, PALE), group="pivoted"),
    Key("acquired", style.ACQUIRED, group="acquired"),
    Key("closed", style.CLOSED, group="closed"),
)
NOT_YET = Key("not entered", style.NEVER_ENTERED, group="never_entered")


def parts_of(view: View, firm: str) -> dict[str, np.ndarray]:
    """Share of worlds in each state by tick, each (ticks + 1,); they sum to one."""
    race = view.in_race(firm)
    return {
        "race": race,
        "pivoted": np.clip(view.incidence(firm, "independent") - race, 0, 1),
        "acquired": view.incidence(firm, "acquired"),
        "closed": view.incidence(firm, "closed"),
        "never_entered": view.incidence(firm, "never_entered"),
    }


def part_colours(view: View, firm: str) -> dict[str, str]:
    """Colour of each state for ``firm``."""
    own = view.style(firm).colour
    return {
        "race": own,
        "pivoted": style.tint(own, PALE),
        "acquired": style.ACQUIRED,
        "closed": style.CLOSED,
        "never_entered": style.NEVER_ENTERED,
    }


PART_LABELS = {
    "race": "in the general race",
    "pivoted": "independent, pivoted",
    "acquired": "acquired",
    "closed": "closed",
    "never_entered": "not entered",
}


def fates_over_time(view: View) -> Picture:
    """Small multiples: stacked areas of every startup's fates by month."""
    firms = view.most_uncertain()
    if not firms:
        return Picture("fates", "The scenario has no startup", view.source, "", "", "", ())
    panels = tuple(_stack(view, firm) for firm in firms)
    late = any(view.incidence(firm, "never_entered").any() for firm in firms)
    caption = view.caption(
        "Share of worlds in each state by month; at every month the states sum to 100%.", view.chosen_note(len(firms))
    )
    title = _title(view, firms)
    return Picture(
        "fates", title, caption, title, "calendar month", "share of worlds",
        panels, (*KEYS, NOT_YET) if late else KEYS, height=170, columns=4,
    )  # fmt: skip


def _stack(view: View, firm: str) -> Panel:
    data: list[dict[str, Any]] = []
    colours, parts = part_colours(view, firm), parts_of(view, firm)
    for part, share in parts.items():
        if part == "never_entered" and not share.any():
            continue
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": view.days,
                "y": numbers(share),
                "name": PART_LABELS[part],
                "legendgroup": part,
                "stackgroup": "one",
                "line": {"width": 0, "color": colours[part]},
                "fillcolor": colours[part],
                "hovertemplate": "%{y:.0%}",
            }
        )
    layout = style.layout(
        hovermode="x unified",
        margin={"l": 36, "r": 8, "t": 10, "b": 24},
        xaxis=view.date_axis(**small_dates(view)),
        yaxis=style.axis(
            range=[0, 1.004], tickformat=".0%", tickvals=[0, 0.5, 1], tickfont={"size": 10, "color": style.MUTED}
        ),
    )
    alive = view.at_horizon(firm, "independent")[0]
    return Panel(data, layout, view.name(firm), f"{percent(alive)} independent", view.style(firm).colour)


def small_dates(view: View) -> dict[str, Any]:
    """Settings of a calendar axis for a small panel: few ticks, small letters."""
    font = {"size": 10, "color": style.MUTED}
    return {**view.few_dates(), "tickfont": font}


def _title(view: View, firms: list[str]) -> str:
    """Which way out is most common, and for whom each is; of the first in focus how common both are."""
    mine = [firm for firm in view.asked if firm in firms]
    bought = mine[0] if mine else max(firms, key=lambda f: _end(view, f, "acquired"))
    shut = mine[0] if mine else max(firms, key=lambda f: _end(view, f, "closed"))
    if not mine and not _end(view, bought, "acquired") + _end(view, shut, "closed"):
        return f"Every startup that entered is still independent in {view.horizon} in every world"
    told = f"By {view.horizon}, {view.says(bought, _end(view, bought, 'acquired'), 'acquired')}"
    closed = _end(view, shut, "closed")
    if bought != shut:
        return f"{told} and {view.says(shut, closed, 'closed')}, the most of all startups in each"
    one = view.whole(bought) == "of worlds"
    told += f" and closed in {percent(closed)}" if one else f" and {percent(closed)} closed"
    return told + (", the most of all startups" if len(firms) > 1 and not mine else "")


def _end(view: View, firm: str, fate: str) -> float:
    share = view.at_horizon(firm, fate)[0]
    return share if share == share else 0.0


def fates_at_horizon(view: View) -> Picture:
    """One stacked bar a startup: how its worlds end, the surest survivor on top, after who is in focus."""
    firms = first(sorted(view.told, key=lambda f: -_end(view, f, "independent")), view.focus, itself)
    left, firms = len(firms[MOST_BARS:]), firms[:MOST_BARS]
    if not firms:
        return Picture("fates-at-horizon", "The scenario has no startup", view.source, "", "", "", ())
    data: list[dict[str, Any]] = []
    ends = {firm: {part: float(share[-1]) for part, share in parts_of(view, firm).items()} for firm in firms}
    rows = list(range(len(firms)))
    for part, label in PART_LABELS.items():
        shares = [ends[firm][part] for firm in firms]
        if not any(shares):
            continue
        data.append(
            {
                "type": "bar",
                "orientation": "h",
                "x": numbers(shares),
                "y": rows,
                "name": label,
                "legendgroup": part,
                "marker": {"color": [part_colours(view, firm)[part] for firm in firms]},
                "text": [percent(share) if share >= 0.06 else "" for share in shares],
                "textposition": "inside",
                "insidetextanchor": "middle",
                "textangle": 0,
                "hovertemplate": "%{x:.1%} " + label + "<extra></extra>",
            }
        )
    layout = style.layout(
        barmode="stack",
        bargap=0.3,
        margin={"l": 110, "r": 20, "t": 10, "b": 44},
        xaxis=style.axis(range=[0, 1], tickformat=".0%", dtick=0.25),
        yaxis=style.axis(
            tickvals=rows, ticktext=[plotly_text(view.name(f), 22) for f in firms], range=[len(firms) - 0.5, -0.5],
            ticks="", tickfont={"size": 12, "color": style.INK},
        ),
    )  # fmt: skip
    late = any(ends[firm]["never_entered"] for firm in firms)
    best = firms[0]
    title = f"In {view.horizon}, {view.says(best, _end(view, best, 'independent'), 'independent')}"
    alt = "Share independent at the horizon: " + listed(
        [f"{view.name(f)} {percent(_end(view, f, 'independent'))}" for f in firms]
    )
    row = ROW if len(firms) <= FEW_BARS else NARROW_ROW
    chosen = (
        f"Drawn: the {len(firms)} startups most often independent then; the other {left} are in fates.csv."
        if left
        else ""
    )
    return Picture(
        "fates-at-horizon", title, view.caption("Share of worlds in each state at the horizon.", chosen), alt,
        f"share of worlds in {view.horizon}", "startup", (Panel(data, layout),),
        (*KEYS, NOT_YET) if late else KEYS, height=max(120, row * len(firms) + 60),
    )  # fmt: skip
