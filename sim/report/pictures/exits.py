"""What ended them: the causes of exit, by firm at the horizon and by year, as stacked bars and as a table.

Which fates and causes there are is read from causes.csv; a fate has one hue, and its causes are shades of it.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.foundation.months import is_december, number_in_year
from sim.foundation.states import ALL_STARTUPS
from sim.outcomes.exits import NOT_KEPT, years_of
from sim.report.html import style
from sim.report.html.document import Column, Table
from sim.report.html.plotly_values import plotly_text, year_step
from sim.report.pictures.fates import FEW_BARS, ROW
from sim.report.pictures.picture import LOW_HIGH, Key, Panel, Picture, numbers
from sim.report.pictures.traces import inside
from sim.report.run_reader import RunReader, Tables
from sim.report.tables.of_run import name_cell, share_cell
from sim.study.focus import first, itself
from sim.words.estimates import NOTE
from sim.words.numbers import between, percent
from sim.words.text import capital, listed

BY_FIRM, BY_YEAR = "ended-by-firm", "ended-by-year"  # names of the pictures, and of their files
MOST_YEAR_TICKS = 12  # ticks of the axis of years
LEAST_TOLD = 0.06  # least part of the longest bar whose number stands in it
OF_WHAT = "Percent of worlds; of classes and groups percent of their firms."


class Way(NamedTuple):
    """A way to end: fate and cause as causes.csv calls them, and its colour."""

    fate: str
    cause: str
    colour: str


class Ended:
    """causes.csv of a run as its page reads it: who is drawn, and the ways in which anybody of them ended."""

    def __init__(self, run: RunReader) -> None:
        self.run, self.frame = run, run.outcomes.causes  # None where an older version kept none

    @cached_property
    def ways(self) -> list[Way]:
        """Ways in which anybody of ``run.told`` ended, in the order of causes.csv."""
        ended = self.frame[self.frame["firm"].isin(self.run.told) & (self.frame["share"] > 0)]
        known = self.frame[["fate", "cause"]].drop_duplicates().merge(ended[["fate", "cause"]].drop_duplicates())
        return [
            Way(str(fate), cause, colour)
            for fate, rows in known.groupby("fate", sort=False)
            for cause, colour in zip(rows["cause"], style.ramp(style.ENDED[str(fate)][1:], len(rows)), strict=True)
        ]

    @cached_property
    def _rows(self) -> Tables:
        return Tables(self.frame, ["firm", "fate", "cause"])

    def rows(self, who: str, way: Way) -> pd.DataFrame:
        """The rows of a firm or group and a way to end, by year."""
        return self._rows.rows(who, way.fate, way.cause)

    def at_horizon(self, who: str, way: Way) -> tuple[float, float, float]:
        """The share that ended so by the horizon, low and high."""
        return self._at_horizon[who, way.fate, way.cause]

    @cached_property
    def _at_horizon(self) -> dict[tuple[str, str, str], tuple[float, float, float]]:
        keys = ["firm", "fate", "cause"]
        last = self.frame.drop_duplicates(keys, keep="last")
        shares = last[["cumulative", "cumulative_low", "cumulative_high"]].itertuples(index=False, name=None)
        return dict(zip(last[keys].itertuples(index=False, name=None), shares, strict=True))

    def gone(self, who: str) -> float:
        """The share that is gone by the horizon, by whatever cause."""
        return sum(self.at_horizon(who, way)[0] for way in self.ways)

    @cached_property
    def drawn(self) -> list[str]:
        """Groups, then firms (at most FEW_BARS) by how often they are gone; who is in focus before all."""
        firms = first(sorted(self.run.told, key=lambda firm: -self.gone(firm)), self.run.focus, itself)
        return first([*self.run.groups, *firms[:FEW_BARS]], self.run.focus, itself)

    @property
    def whom(self) -> str:
        """Whom titles speak of: who was asked for first, else all startups."""
        return next((who for who in self.run.asked if who in self.drawn), ALL_STARTUPS)

    @property
    def left_out(self) -> str:
        """What to say where not every firm has a bar."""
        left = len(self.run.told) - FEW_BARS
        return f"Of firms the {FEW_BARS} most often gone; the other {left} are in causes.csv." if left > 0 else ""

    @property
    def reason(self) -> str:
        """Why there is nothing to draw; empty where there is something."""
        if self.frame is None:
            return f"{capital(NOT_KEPT)}: run the scenario again to see it"
        if not self.run.told:
            return "The scenario has no startup"
        return "" if self.ways else f"Nobody is gone by {self.run.horizon} in any world"


def most_often(shares: dict[str, float]) -> str:
    """The two most common causes: "most often bought after capital refused it (21%), then out of money (9%)"."""
    came = sorted(((share, cause) for cause, share in shares.items() if share > 0), key=lambda pair: -pair[0])
    told = [f"{cause} ({percent(share)})" for share, cause in came[:2]]
    return f"{'most often' if len(came) > 1 else 'always'} {', then '.join(told)}"


def by_firm(run: RunReader) -> Picture:
    """A stacked bar a firm or group: how many have ended by the horizon, and by what cause."""
    ended = Ended(run)
    if ended.reason:
        return Picture(BY_FIRM, ended.reason, run.source)
    rows = list(range(len(ended.drawn)))
    gone = [ended.gone(who) for who in ended.drawn]
    found = [(way, np.array([ended.at_horizon(who, way) for who in ended.drawn])) for way in ended.ways]
    data = [{"orientation": "h", "y": rows, **_bar(way, values, max(gone), "x")} for way, values in found]
    layout = style.layout(
        barmode="stack",
        bargap=0.3,
        margin={"l": 110, "r": 20, "t": 10, "b": 44},
        xaxis=style.axis(range=[0, min(1.0, 1.04 * max(gone))], tickformat=".0%", nticks=6),
        yaxis=style.row_axis([plotly_text(capital(run.name(who)), 22) for who in ended.drawn]),
    )
    who = ended.whom
    title = f"By {run.horizon}, {run.says(who, ended.gone(who), 'gone')}"
    if ended.gone(who):
        title += f": {most_often({way.cause: ended.at_horizon(who, way)[0] for way in ended.ways})}"
    said = [f"{run.name(who)} {percent(share)}" for who, share in zip(ended.drawn, gone, strict=True)]
    return Picture(
        BY_FIRM, title, run.caption(f"{OF_WHAT} {_hues(ended)}", ended.left_out), f"share gone by {run.horizon}",
        "firm or group", (Panel(data, layout),), _keys(ended), height=ROW * len(rows) + 60,
        alt=f"{title}. Gone in all: {listed(said)}",
    )  # fmt: skip


def by_year(run: RunReader) -> Picture:
    """A stacked bar a year: how many of all startups (or of who was asked for) end in it, and by what cause."""
    ended = Ended(run)
    if ended.reason:
        return Picture(BY_YEAR, ended.reason, run.source)
    who, years = ended.whom, list(years_of(run.scenario))
    found = [(way, ended.rows(who, way)) for way in ended.ways]
    total = np.sum([rows["share"].to_numpy(float) for _, rows in found], axis=0)
    most, peak = float(total.max()), int(total.argmax())
    data = [{"x": years, **_bar(way, rows[["share", "low", "high"]].to_numpy(float), most, "y")} for way, rows in found]
    layout = style.layout(
        barmode="stack",
        bargap=0.28,
        margin={"l": 52, "r": 14, "t": 16, "b": 44},
        xaxis=style.axis(dtick=year_step(len(years), MOST_YEAR_TICKS), tickformat="d", ticks=""),
        yaxis=style.axis(range=[0, min(1.0, 1.06 * most) if most else 1.0], tickformat=".0%", nticks=6),
    )
    name = run.name(who)
    title = f"{capital(name)}: nobody is gone by {run.horizon} in any world"
    if most:
        why = most_often({way.cause: float(rows["share"].iloc[peak]) for way, rows in found})
        title = f"Exits of {name} peak in {years[peak]:04d}: {percent(most)}, {why}"
    partial = [f"{years[0]:04d} counts from {run.month(1, long=True)}."] if number_in_year(run.calendar(1)) > 1 else []
    partial += [] if is_december(run.scenario.end) else [f"{years[-1]:04d} counts to {run.horizon}."]
    said = [f"{year:04d} {percent(float(share))}" for year, share in zip(years, total, strict=True)]
    whole = run.whole(who) if run.whole(who) == "of worlds" else f"of {name}"
    return Picture(
        BY_YEAR, title, run.caption(f"Percent {whole}. {_hues(ended)}", *partial),
        "calendar year", f"share {whole} gone in the year", (Panel(data, layout),), _keys(ended), height=340,
        alt=f"{title}. In all: {listed(said)}",
    )  # fmt: skip


def table(run: RunReader) -> Table | None:
    """A row for each bar of ``by_firm``: the share ended by each cause, with its interval. None where there is none."""
    ended = Ended(run)
    if ended.reason:
        return None
    columns = [Column("Startup"), *(Column(capital(way.cause), "right", title=way.fate) for way in ended.ways)]
    rows = [
        (name_cell(run, who), *(share_cell(*ended.at_horizon(who, way)) for way in ended.ways)) for who in ended.drawn
    ]
    caption = run.caption(f"{OF_WHAT} In points {NOTE}. Over its causes a row sums to acquired and closed above.")
    return Table("ended", "", tuple(columns), tuple(rows), caption)


def _bar(way: Way, values: np.ndarray, longest: float, axis: str) -> dict[str, Any]:
    """The bars of a way to end along ``axis``, from (bars, 3) share, low and high."""
    said = [f"{percent(share, 1)} ({between(low, high)}): {way.cause}" for share, low, high in values]
    return {
        "type": "bar",
        axis: numbers(values[:, 0]),
        "name": way.cause,
        "legendgroup": way.cause,
        "marker": {"color": way.colour, "line": {"color": "#ffffff", "width": 1}},
        "text": [percent(share) if share >= LEAST_TOLD * longest else "" for share in values[:, 0]],
        **inside(way.colour),
        "customdata": [[low, high] for low, high in zip(numbers(values[:, 1]), numbers(values[:, 2]), strict=True)],
        "meta": LOW_HIGH,
        "hovertext": [plotly_text(text, 200) for text in said],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _keys(ended: Ended) -> tuple[Key, ...]:
    return tuple(Key(way.cause, way.colour, group=way.cause) for way in ended.ways)


def _hues(ended: Ended) -> str:
    """What the hues mean: "Blue: acquired; brown: closed."."""
    fates = dict.fromkeys(way.fate for way in ended.ways)
    return capital("; ".join(f"{style.ENDED[fate].word}: {fate}" for fate in fates)) + "."
