"""One assumption swept: curves with bands over its values, and whole survival curves by value."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.outcomes.differences import ENDGAME, GENERAL_LEFT, INDEPENDENTS_LEFT
from sim.outcomes.horizon import CLAIM
from sim.report.html import style
from sim.report.html.plotly_values import plotly_text
from sim.report.pictures.decision_axis import looks
from sim.report.pictures.picture import Key, Panel, Picture, numbers
from sim.report.pictures.survival import ENDPOINTS, NOBODY
from sim.report.pictures.swept import SWEPT_STATES, Swept
from sim.report.pictures.traces import line, steps
from sim.report.pictures.value_axis import said, title_of
from sim.study.axes import Coordinate
from sim.study.decisions import BY_RULE_WORD, NEVER_WORD
from sim.words.changes import decision_in_words, path_in_words
from sim.words.headlines import least_and_most
from sim.words.numbers import percent, significant
from sim.words.text import capital, listed, shorten

LEFT_CURVES = (
    (INDEPENDENTS_LEFT, "still independent", style.ACCENT, "solid"),
    (GENERAL_LEFT, "still in the general race", "#9a5b00", "dash"),
)
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
            data += swept.across.curve(rows, colour, label, dash, quantity, ".2f")
            keys.append(Key(label, colour, "line", quantity, dash))
    if not data:
        return Picture("sweep-left", "There is no startup to count", swept.caption())
    caption = swept.caption(f"Mean number of startups in {swept.base.horizon}.", BAND_NOTE, *swept.across.notes())
    panel = _panel(swept, data, style.axis(rangemode="tozero"))
    return Picture(
        "sweep-left", _title_left(swept), caption, title_of(swept.axes[0], swept.done.scenario),
        "mean number of startups", (panel,), tuple(keys), height=380,
    )  # fmt: skip


def _panel(
    swept: Swept, data: list[dict[str, Any]], yaxis: dict[str, Any], heading: str = "", small: bool = False
) -> Panel:
    """A panel over what varies."""
    layout = style.layout(
        hovermode="x unified",
        margin={"l": 40, "r": 10, "t": 8, "b": 28} if small else {"l": 52, "r": 20, "t": 14, "b": 44},
        yaxis=yaxis,
        xaxis=swept.across.x_axis(small),
        **swept.across.marks(),
    )
    return Panel(data, layout, heading)


def _ends(swept: Swept, estimates: pd.Series[float]) -> tuple[float, float]:
    """The estimates at both ends of what varies; over decisions the least and the most."""
    ordered = estimates.sort_values() if swept.axes[0].chosen else estimates
    return float(ordered.iloc[0]), float(ordered.iloc[-1])


def _title_left(swept: Swept) -> str:
    """How many startups are independent at the ends of what varies; over decisions, the least and the most."""
    (axis,) = swept.axes
    first, last = (significant(end, 2) for end in _ends(swept, swept.rows(INDEPENDENTS_LEFT)["estimate"]))
    startups = f"Of {swept.base.startup_count} startup{'' if swept.base.startup_count == 1 else 's'}"
    if axis.chosen:
        when = f"depending on {path_in_words(swept.done.scenario, axis.name)}"
        return f"{startups}, {first} to {last} are independent on average, {when}"
    low, high = significant(axis.low), significant(axis.high)
    return f"{startups}, {first} are independent on average at {low}, {last} at {high}"


def by_state(swept: Swept, state: str) -> Picture:
    """Share of worlds in which each startup is in ``state`` at the horizon, by value."""
    data: list[dict[str, Any]] = []
    keys, moves = [], {}
    for firm in swept.firms:
        rows = swept.rows(state, firm)
        colour, dash = swept.base.style(firm)
        data += swept.across.curve(rows, colour, plotly_text(swept.base.name(firm), 30), dash, firm)
        keys.append(Key(swept.base.name(firm), colour, "line", firm, dash))
        moves[firm] = _ends(swept, rows["estimate"])
    name, label = f"sweep-{state}", SWEPT_STATES[state].lower()
    if not data:
        return Picture(name, "There is no startup to draw", swept.caption())
    most = next(
        (firm for firm in swept.base.asked if firm in moves),
        max(moves, key=lambda firm: abs(moves[firm][1] - moves[firm][0])),
    )
    title = f"{capital(label)} in {swept.base.horizon}: {_moved(swept, state, most)}"
    caption = swept.caption(
        f"Share of worlds in which a startup is {label} in {swept.base.horizon}.", BAND_NOTE, swept.chosen_note,
        *swept.across.notes(),
    )  # fmt: skip
    alt = f"{label}: " + listed([f"{swept.base.name(f)} {percent(a)} to {percent(b)}" for f, (a, b) in moves.items()])
    panel = _panel(swept, data, style.axis(range=[-0.01, 1.01], tickformat=".0%", dtick=0.2))
    return Picture(
        name, title, caption, title_of(swept.axes[0], swept.done.scenario), f"share of worlds: {label}", (panel,),
        tuple(keys), height=440, alt=alt,
    )  # fmt: skip


def _moved(swept: Swept, state: str, firm: str) -> str:
    """How the share of a firm moves, from end to end of what varies; over decisions, from least to most."""
    (axis,) = swept.axes
    estimates = swept.rows(state, firm).set_index(axis.name)["estimate"]
    name, whole = swept.base.name(firm), swept.base.whole(firm)
    if axis.chosen:
        return f"{name} in {least_and_most(swept.done.scenario, swept.axes, firm, estimates, whole)}"
    first, last = (percent(end) for end in _ends(swept, estimates))
    return f"{name} goes from {first} {whole} at {significant(axis.low)} to {last} at {significant(axis.high)}"


def survival(swept: Swept, endpoint: str = "independent") -> Picture:
    """Survival curves of every startup, one for each value of what varies."""
    (axis,) = swept.axes
    values, name = axis.values(), f"sweep-survival-{endpoint}"
    drawn = looks(values)
    frame = swept.done.survival
    assert frame is not None
    curves = dict(iter(frame[frame["endpoint"] == endpoint].groupby(["group", axis.name], sort=False)))
    panels = []
    for firm in swept.firms:
        data = []
        for value in values:
            if (firm, value) in curves:
                data.append(_survival_line(swept, value, curves[firm, value], *drawn[value]))
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
        swept.chosen_note,
    )
    return Picture(
        name, title, caption, "calendar month", f"share of worlds {ENDPOINTS[endpoint]}", tuple(panels), keys,
        height=200, columns=3,
    )  # fmt: skip


def _survival_line(swept: Swept, value: Coordinate, rows: pd.DataFrame, colour: str, dash: str) -> dict[str, Any]:
    """The curve of one value; its name is "strength 0.5" or "Zhipu never lists"."""
    (axis,) = swept.axes
    name = f"{plotly_text(axis.path.rpartition('.')[2], 24)} {said(value)}"
    if isinstance(value, str):
        name = plotly_text(decision_in_words(swept.done.scenario, axis.path, value))
    return line(
        [swept.base.days[month] for month in rows["month"]], numbers(rows["survival"]), name=name,
        line=steps(colour, 1.8, dash), hovertemplate=f"{name}: %{{y:.0%}}<br>%{{x|%B %Y}}<extra></extra>",
    )  # fmt: skip


def claims(swept: Swept) -> Picture:
    """The endgame and the forecasts: probability by value, a panel each."""
    (axis,) = swept.axes
    asked = [(ENDGAME, f"The endgame has come by {swept.base.horizon}")]
    asked += [(f"{CLAIM}{claim}", swept.says(claim)) for claim in swept.claims]
    panels = []
    for quantity, says in asked:
        name = plotly_text(quantity.removeprefix(CLAIM), 30)
        data = swept.across.curve(swept.rows(quantity), style.ACCENT, name)
        yaxis = style.axis(range=[-0.01, 1.01], tickformat=".0%", dtick=0.5)
        panels.append(_panel(swept, data, yaxis, shorten(says, 90), small=True))
    title = swept.most_moved or f"The endgame by {swept.base.horizon}, by value"
    total = len(swept.done.scenario.claims)
    chosen = f"Drawn: the {len(swept.claims)} of {total} forecasts that move most." if len(swept.claims) < total else ""
    caption = swept.caption(
        "Share of the worlds that meet the condition, if there is one, in which it comes true.", BAND_NOTE, chosen,
        *swept.across.notes(),
    )  # fmt: skip
    return Picture(
        "sweep-claims", title, caption, title_of(axis, swept.done.scenario), "share of worlds", tuple(panels),
        height=170, columns=3,
    )  # fmt: skip
