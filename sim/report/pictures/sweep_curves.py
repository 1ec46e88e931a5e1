"""One assumption swept: curves with bands over its values, and whole survival curves by value."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sim.foundation.states import A_STARTUP
from sim.outcomes.differences import ENDGAME, GENERAL_LEFT, INDEPENDENTS_LEFT
from sim.outcomes.horizon import CLAIM
from sim.report.html import style
from sim.report.html.plotly_values import plotly_text
from sim.report.pictures.decision_axis import NO_LINE, looks
from sim.report.pictures.picture import Key, Panel, Picture, numbers
from sim.report.pictures.survival import ENDPOINTS, NOBODY
from sim.report.pictures.swept import SWEPT_STATES, Swept
from sim.report.pictures.traces import line, steps
from sim.report.pictures.value_axis import curve, marked, said, stated_note, title_of, value_axis
from sim.study.axes import Coordinate
from sim.study.decisions import BY_RULE_WORD, NEVER_WORD
from sim.words.changes import decision_in_words, path_in_words
from sim.words.headlines import least_and_most
from sim.words.numbers import percent, significant
from sim.words.text import capital, listed, shorten

LEFT_CURVES = (
    (INDEPENDENTS_LEFT, "still independent", "#0b5c8a", "solid"),
    (GENERAL_LEFT, "still in the general race", "#9a5b00", "dash"),
)
INDUSTRY_COLOUR = "#0b5c8a"
MOST_KEYS = 7
BAND_NOTE = (
    "Bands are 95% intervals of each value alone; the same luck at every value makes steps surer than they look."
)


def left(swept: Swept) -> Picture:
    """Mean number of startups left at the horizon, by value."""
    data, keys = [], []
    for quantity, label, colour, dash in LEFT_CURVES:
        rows = swept.rows(quantity)
        if not rows.empty:
            data += _drawn(swept, rows, colour, label, dash, quantity, ".2f")
            keys.append(Key(label, colour, "line", quantity, dash))
    if not data:
        return Picture("sweep-left", "There is no startup to count", swept.caption())
    layout = style.layout(
        hovermode="x unified",
        margin={"l": 52, "r": 20, "t": 14, "b": 44},
        yaxis=style.axis(rangemode="tozero"),
        **_across(swept),
    )
    caption = swept.caption(f"Mean number of startups in {swept.base.horizon}.", BAND_NOTE, *_lines(swept))
    title = _title_left(swept)
    return Picture(
        "sweep-left", title, caption, title_of(swept.axes[0], swept.done.scenario), "mean number of startups",
        (Panel(data, layout),), tuple(keys), height=380,
    )  # fmt: skip


def _drawn(swept: Swept, rows: pd.DataFrame, colour: str, *how: str) -> list[dict[str, Any]]:
    """A curve with its band over what varies; ``how`` is the rest of what ``varied.curve`` takes."""
    if swept.places is not None:
        return swept.places.curve(rows, colour, *how)
    return curve(rows[swept.axes[0].name].tolist(), rows, colour, *how)


def _across(swept: Swept, few: bool = False) -> dict[str, Any]:
    """The axis of what varies and the lines that stand on it, as settings of a layout; ``few`` in a small panel."""
    (axis,) = swept.axes
    scenario = swept.done.scenario
    if swept.places is not None:
        return {"xaxis": swept.places.value_axis(few), "shapes": swept.places.shapes(scenario)}
    settings: dict[str, Any] = {"nticks": 5} if few else {}
    return {"xaxis": value_axis(axis, hoverformat=".4g", **settings), **marked(axis, scenario)}


def _lines(swept: Swept) -> tuple[str, ...]:
    """What a caption says of lines: what the dotted one is, and why some points are not joined."""
    (axis,) = swept.axes
    scenario = swept.done.scenario
    if swept.places is None:
        return (stated_note(axis, scenario),)
    known = swept.places.stated(scenario) is not None
    return (NO_LINE if len(axis.chosen) > 1 else "", stated_note(axis, scenario) if known else "")


def _title_left(swept: Swept) -> str:
    """How many startups are independent at the ends of what varies; over decisions, the least and the most."""
    (axis,) = swept.axes
    estimates = swept.rows(INDEPENDENTS_LEFT)["estimate"]
    if swept.places is not None:
        least, most = significant(estimates.min(), 2), significant(estimates.max(), 2)
        when = f"depending on {path_in_words(swept.done.scenario, axis.name)}"
        return f"Of {_startups(swept)}, {least} to {most} are independent on average, {when}"
    ends = [significant(estimates.iloc[i], 2) for i in (0, -1)]
    ends = [
        f"{ends[0]} are independent on average at {significant(axis.low)}",
        f"{ends[1]} at {significant(axis.high)}",
    ]
    return f"Of {_startups(swept)}, {', '.join(ends)}"


def _startups(swept: Swept) -> str:
    total = sum(max(firm.copies, 1) for firm in swept.done.scenario.firms if firm.kind == A_STARTUP)
    return f"{total} startup{'' if total == 1 else 's'}"


def by_state(swept: Swept, state: str) -> Picture:
    """Share of worlds in which each startup is in ``state`` at the horizon, by value."""
    (axis,) = swept.axes
    data: list[dict[str, Any]] = []
    keys, moves = [], {}
    for firm in swept.firms:
        rows = swept.rows(state, firm)
        colour, dash = swept.base.style(firm)
        data += _drawn(swept, rows, colour, plotly_text(swept.base.name(firm), 30), dash, firm)
        keys.append(Key(swept.base.name(firm), colour, "line", firm, dash))
        ends = rows["estimate"].to_numpy(float) if swept.places is None else np.sort(rows["estimate"].to_numpy(float))
        moves[firm] = (float(ends[0]), float(ends[-1]))
    name, label = f"sweep-{state}", SWEPT_STATES[state].lower()
    if not data:
        return Picture(name, "There is no startup to draw", swept.caption())
    layout = style.layout(
        hovermode="x unified",
        margin={"l": 52, "r": 20, "t": 14, "b": 44},
        yaxis=style.axis(range=[-0.01, 1.01], tickformat=".0%", dtick=0.2),
        **_across(swept),
    )
    most = next(
        (firm for firm in swept.base.asked if firm in moves),
        max(moves, key=lambda firm: abs(moves[firm][1] - moves[firm][0])),
    )
    title = f"{capital(label)} in {swept.base.horizon}: {_moved(swept, state, most)}"
    caption = swept.caption(
        f"Share of worlds in which a startup is {label} in {swept.base.horizon}.", BAND_NOTE, _chosen(swept),
        *_lines(swept),
    )  # fmt: skip
    alt = f"{label}: " + listed([f"{swept.base.name(f)} {percent(a)} to {percent(b)}" for f, (a, b) in moves.items()])
    return Picture(
        name, title, caption, title_of(axis, swept.done.scenario), f"share of worlds: {label}", (Panel(data, layout),),
        tuple(keys), height=440, alt=alt,
    )  # fmt: skip


def _moved(swept: Swept, state: str, firm: str) -> str:
    """How the share of a firm moves, from end to end of what varies; over decisions, from least to most."""
    (axis,) = swept.axes
    estimates = swept.rows(state, firm).set_index(axis.name)["estimate"]
    name, whole = swept.base.name(firm), swept.base.whole(firm)
    if swept.places is not None:
        return f"{name} in {least_and_most(swept.done.scenario, swept.axes, firm, estimates, whole)}"
    first, last = (percent(float(estimates.iloc[i])) for i in (0, -1))
    return f"{name} goes from {first} {whole} at {significant(axis.low)} to {last} at {significant(axis.high)}"


def _chosen(swept: Swept) -> str:
    total = len(swept.base.startups)
    drawn = len(swept.firms)
    return f"Drawn: the {drawn} of {total} startups whose survival moves most." if drawn < total else ""


def survival(swept: Swept, endpoint: str = "independent") -> Picture:
    """Survival curves of every startup, one for each value of what varies."""
    (axis,) = swept.axes
    values, name = axis.values(), f"sweep-survival-{endpoint}"
    drawn = looks(values)
    frame = swept.done.survival
    assert frame is not None
    mine = frame[(frame["endpoint"] == endpoint) & frame["group"].isin(swept.firms)]
    curves = dict(iter(mine.groupby(["group", axis.name], sort=False)))
    panels = []
    for firm in swept.firms:
        data = []
        for value in values:
            rows = curves.get((firm, value))
            if rows is None:
                continue
            called = _called(swept, value)
            days = [swept.base.days[month] for month in rows["month"]]
            look, hover = (
                steps(drawn[value][0], 1.8, drawn[value][1]),
                f"{called}: %{{y:.0%}}<br>%{{x|%B %Y}}<extra></extra>",
            )
            data.append(line(days, numbers(rows["survival"]), name=called, line=look, hovertemplate=hover))
        if data:
            yaxis = style.axis(range=[0, 1.01], tickformat=".0%", dtick=0.5)
            xaxis = swept.base.date_axis(**swept.base.few_dates())
            layout = style.layout(margin={"l": 40, "r": 10, "t": 8, "b": 28}, xaxis=xaxis, yaxis=yaxis)
            panels.append(Panel(data, layout, swept.base.name(firm), "", swept.base.style(firm).colour))
    if not panels:
        return Picture(name, NOBODY, swept.caption())
    step = max(1, -(-len(values) // MOST_KEYS))
    shown = [value for i, value in enumerate(values) if i % step == 0 or value in (BY_RULE_WORD, NEVER_WORD)]
    keys = tuple(Key(said(value), drawn[value][0], "line", "", drawn[value][1]) for value in shown)
    what = f"{'choice' if axis.chosen else 'value'} of {path_in_words(swept.done.scenario, axis.name)}"
    title = f"{capital(ENDPOINTS[endpoint])}: a survival curve for every {what}"
    caption = swept.caption(
        f"Share of worlds in which a startup that entered is {ENDPOINTS[endpoint]}, by month; colours are values of "
        f"{shorten(title_of(axis, swept.done.scenario), 120)}. Bands are in survival.csv.",
        _chosen(swept),
    )
    return Picture(
        name, title, caption, "calendar month", f"share of worlds {ENDPOINTS[endpoint]}", tuple(panels), keys,
        height=200, columns=3,
    )  # fmt: skip


def _called(swept: Swept, value: Coordinate) -> str:
    """A curve's name: "strength 0.5", "Zhipu never lists"."""
    (axis,) = swept.axes
    if isinstance(value, str):
        return plotly_text(decision_in_words(swept.done.scenario, axis.path, value))
    return f"{plotly_text(axis.path.rpartition('.')[2], 24)} {said(value)}"


def claims(swept: Swept) -> Picture:
    """The endgame and the forecasts: probability by value, a panel each."""
    (axis,) = swept.axes
    asked = [(ENDGAME, f"The endgame has come by {swept.base.horizon}")]
    asked += [(f"{CLAIM}{claim}", swept.says(claim)) for claim in swept.claims]
    panels = []
    for quantity, says in asked:
        rows = swept.rows(quantity)
        layout = style.layout(
            margin={"l": 40, "r": 10, "t": 8, "b": 28},
            hovermode="x unified",
            yaxis=style.axis(range=[-0.01, 1.01], tickformat=".0%", dtick=0.5),
            **_across(swept, few=True),
        )
        data = _drawn(swept, rows, INDUSTRY_COLOUR, plotly_text(quantity.removeprefix(CLAIM), 30))
        panels.append(Panel(data, layout, shorten(says, 90)))
    title = swept.most_moved or f"The endgame by {swept.base.horizon}, by value"
    total = len(swept.done.scenario.claims)
    chosen = f"Drawn: the {len(swept.claims)} of {total} forecasts that move most." if len(swept.claims) < total else ""
    caption = swept.caption(
        "Share of the worlds that meet the condition, if there is one, in which it comes true.", BAND_NOTE, chosen,
        *_lines(swept),
    )  # fmt: skip
    return Picture(
        "sweep-claims", title, caption, title_of(axis, swept.done.scenario), "share of worlds", tuple(panels),
        height=170, columns=3,
    )  # fmt: skip
