"""Several runs in one picture: survival and the endgame, drawn over one another in a colour for each run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.outcomes.index import group_name
from sim.report.html import style
from sim.report.html.plotly_values import plotly_text
from sim.report.pictures.fates import small_dates
from sim.report.pictures.picture import LOW_HIGH, Key, Panel, Picture, numbers
from sim.report.pictures.survival import BANDS, ENDPOINTS, ENDS, NOBODY
from sim.report.run_view import MOST_PANELS, View
from sim.study.focus import first, itself
from sim.words.numbers import percent
from sim.words.text import listed, shorten

BAND_OPACITY = 0.16
KEY_LETTERS = 40  # of a label in a legend: so many fit on a phone


class RunStyle(NamedTuple):
    """Colour and dash of a run; firms keep their own colours in headings."""

    colour: str
    dash: str


FIRST = RunStyle("#5b6773", "dash")  # the base, or the run that the others are compared with
OTHERS = (
    RunStyle("#0b5c8a", "solid"),
    RunStyle("#c25a00", "solid"),
    RunStyle("#7a3e9d", "longdash"),
    RunStyle("#2f7d4f", "dashdot"),
    RunStyle("#b03060", "dot"),
)


@dataclass(frozen=True, eq=False)
class Runs:
    """The runs of a study as the page reads them: the first is what the others are compared with."""

    labels: tuple[str, ...]
    views: tuple[View, ...]
    kind: str = "what-if"
    focus: tuple[str, ...] = ()

    @property
    def base(self) -> View:
        """The first run."""
        return self.views[0]

    def last_tick(self, view: View) -> int:
        """Tick of the last month that all runs share: numbers are compared there, whatever each run's horizon."""
        return min(other.scenario.end for other in self.views) - view.scenario.start + 1

    @property
    def last_month(self) -> str:
        """That month in words."""
        return self.base.month(self.last_tick(self.base), long=True)

    def style(self, index: int) -> RunStyle:
        """How the ``index``-th run is drawn."""
        if index == 0:
            return FIRST
        look, round_ = OTHERS[(index - 1) % len(OTHERS)], (index - 1) // len(OTHERS)
        dash = style.DASHES[(style.DASHES.index(look.dash) + round_) % len(style.DASHES)]
        return RunStyle(look.colour, dash)

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """The legend."""
        return tuple(
            Key(shorten(label, KEY_LETTERS), self.style(i).colour, "line", f"run-{i}", self.style(i).dash)
            for i, label in enumerate(self.labels)
        )

    @cached_property
    def startups(self) -> list[str]:
        """Ids of the startups of any run, those of the first in its order."""
        return list(dict.fromkeys(firm for view in self.views for firm in view.startups))

    @cached_property
    def told(self) -> list[str]:
        """Ids of whom to tell: who is in focus, a giant too, then the startups, then their groups."""
        return first(dict.fromkeys([*self.startups, *groups_of_startups(self), *self.focus]), self.focus, itself)

    def view_with(self, firm: str) -> View:
        """The first run that has this firm or group."""
        return next((view for view in self.views if firm in view.firms or firm in view.scenario.groups), self.base)

    def name(self, firm: str, limit: int = 40) -> str:
        """A firm, group or the industry as people say it."""
        if firm == "all":
            return "The industry"
        view = self.view_with(firm)
        if firm in view.firms:
            return view.name(firm, limit)
        return shorten(group_name(firm), limit)

    def colour(self, firm: str) -> str:
        """A firm's colour; groups share one."""
        return self.view_with(firm).style(firm).colour

    def ends_in_words(self, ends: Sequence[str]) -> str:
        """ "4.9 (base), 5.3 (with the change)": a number of every run."""
        if len(set(ends)) <= 1:
            return f"{ends[0]} in every run" if ends else "unknown"
        return ", ".join(f"{end} ({shorten(label, 40)})" for end, label in zip(ends, self.labels, strict=False))

    def in_a_row(self, ends: Sequence[str]) -> str:
        """Numbers of the runs in short: an arrow from the base to its only variant, else bars between them."""
        return (" → " if self.kind == "what-if" and len(ends) == 2 else " | ").join(ends)

    @cached_property
    def source(self) -> str:
        """Source line of every figure."""
        worlds = sorted({view.worlds for view in self.views})
        said = " and ".join(f"{n:,}" for n in worlds)
        seeds = sorted({view.scenario.seed for view in self.views})
        each = " each" if len(worlds) == 1 else ""
        scenario = shorten(self.base.scenario.name, 60)
        seed = f"seed{'s' if len(seeds) > 1 else ''} {' and '.join(str(seed) for seed in seeds)}"
        return f"Source: Shakeout, {self.kind} on scenario {scenario}, n = {said} worlds{each}, {seed}."

    def caption(self, *parts: str) -> str:
        """A caption: what is drawn, then source and sample size."""
        return " ".join(part for part in (*parts, self.source) if part)

    def axis(self, **settings: Any) -> dict[str, Any]:
        """A calendar axis that holds all runs."""
        axis = self.base.date_axis(**settings)
        ranges = [view.date_axis()["range"] for view in self.views]
        return {**axis, "range": [min(r[0] for r in ranges), max(r[1] for r in ranges)]}


def survival_overlay(runs: Runs, firms: Sequence[str], endpoint: str = "independent") -> Picture:
    """Small multiples: a panel for each of ``firms`` (ids of firms or groups), a curve with band for every run."""
    state = ENDPOINTS[endpoint]
    panels = []
    for firm in firms:
        curves = [view.survival(firm, endpoint) for view in runs.views]
        if any(not curve.empty for curve in curves):
            panels.append(_panel(runs, firm, curves, endpoint))
    name = f"survival-{endpoint}"
    if not panels:
        return Picture(name, NOBODY, runs.source, "", "", "", ())
    left = len(runs.startups) - sum(firm in runs.startups for firm in firms)
    title = _title(runs, firms, endpoint, state)
    caption = runs.caption(
        f"Share of worlds in which a firm that entered is {state}, by month; of a group, the share of those that were "
        f"there from the start. {BANDS} {ENDS}",
        "Runs with common luck differ more surely than their bands suggest: the differences below say how surely."
        if len(runs.labels) > 1
        else "",
        f"{left} more startups, which differ less, are in the tables beside this page." if left else "",
    )
    return Picture(
        name, title, caption, title, "calendar month", f"share of worlds {state}",
        tuple(panels), runs.keys, height=180, columns=min(4, max(2, len(panels))),
    )  # fmt: skip


def _title(runs: Runs, firms: Sequence[str], endpoint: str, state: str) -> str:
    """Whose curve moves most, in words; of those in focus, if there are any."""
    found, mine = [], [firm for firm in runs.focus if firm in firms]
    for firm in firms:
        ends = [_end(runs, view, firm, endpoint) for view in runs.views]
        if ends[0] is not None and firm in (mine or runs.startups):
            found += [(abs(e - ends[0]), firm, ends[0], e, i) for i, e in enumerate(ends) if i and e is not None]
    if not found or max(found)[0] == 0:
        whose = f"the curve of {listed([runs.name(firm) for firm in mine])} does not move" if mine else "no curve moves"
        return f"Still {state.removeprefix('still ')}: {whose}"
    _, firm, old, new, index = max(found, key=lambda one: one[0])
    whole = runs.view_with(firm).whole(firm)
    share = f"{state} in {percent(old)} of worlds" if whole == "of worlds" else f"{state} are {percent(old)} {whole}"
    most = " most" if len(mine) != 1 else ""
    said = f"{runs.name(firm)} differs{most} in {runs.last_month}: {share}"
    if len(runs.labels) > 2:
        return f"{said} ({shorten(runs.labels[0], 60)}) and in {percent(new)} ({shorten(runs.labels[index], 60)})"
    return f"{said}, {'with the change' if runs.kind == 'what-if' else 'in the other run'} in {percent(new)}"


def _end(runs: Runs, view: View, firm: str, endpoint: str) -> float | None:
    """What the curve says at the last month that all runs share; None where it has not begun, or has ended.

    Of one firm or class it is told though its curve has ended: the share of those that entered.
    """
    tick = runs.last_tick(view)
    curve = view.survival(firm, endpoint)
    reached = curve[curve["month"] == tick]
    if not reached.empty:
        return float(reached["survival"].iloc[0])
    begun = not curve.empty and curve["month"].iloc[0] <= tick
    return view.left_of_entrants(firm, endpoint, tick) if begun and firm in view.firms else None


def _panel(runs: Runs, firm: str, curves: Sequence[pd.DataFrame], endpoint: str) -> Panel:
    data: list[dict[str, Any]] = []
    for index, (view, curve) in enumerate(zip(runs.views, curves, strict=True)):
        if not curve.empty:
            data += banded(view, curve, "survival", runs.style(index), index, runs.labels[index])
    layout = style.layout(
        hovermode="x unified",
        margin={"l": 36, "r": 8, "t": 10, "b": 24},
        xaxis=runs.axis(**small_dates(runs.base)),
        yaxis=style.axis(
            range=[0, 1.02], tickformat=".0%", tickvals=[0, 0.5, 1], tickfont={"size": 10, "color": style.MUTED}
        ),
    )
    shares = [_end(runs, view, firm, endpoint) for view in runs.views]
    ends = ["–" if share is None else percent(share) for share in shares]
    return Panel(data, layout, runs.name(firm), runs.in_a_row(ends), runs.colour(firm))


def banded(view: View, rows: pd.DataFrame, column: str, look: RunStyle, index: int, label: str) -> list[dict[str, Any]]:
    """A band and a step line of one run; ``rows`` has month, ``column``, low and high."""
    days = [view.days[month] for month in rows["month"]]
    low, high = numbers(rows["low"]), numbers(rows["high"])
    known = [i for i, (a, b) in enumerate(zip(low, high, strict=True)) if a is not None and b is not None]
    band = {
        "type": "scatter",
        "mode": "lines",
        "x": [days[i] for i in known] + [days[i] for i in reversed(known)],
        "y": [high[i] for i in known] + [low[i] for i in reversed(known)],
        "fill": "toself",
        "fillcolor": style.clear(look.colour, BAND_OPACITY),
        "line": {"width": 0},
        "legendgroup": f"run-{index}",
        "hoverinfo": "skip",
    }
    line = {
        "type": "scatter",
        "mode": "lines",
        "x": days,
        "y": numbers(rows[column]),
        "name": plotly_text(label, 30),
        "legendgroup": f"run-{index}",
        "line": {"shape": "hv", "color": look.colour, "width": 2, "dash": look.dash},
        "customdata": [[a, b] for a, b in zip(low, high, strict=True)],
        "meta": LOW_HIGH,
        "hovertemplate": "%{y:.0%} (%{customdata[0]:.1%} to %{customdata[1]:.1%})",
    }
    return [band, line]


def left_overlay(runs: Runs) -> Picture:
    """How many startups are independent, and in the general race: the mean over worlds by month, for every run."""
    panels, told = [], []
    for endpoint, heading in (("independent", "still independent"), ("general", "still in the general race")):
        data: list[dict[str, Any]] = []
        ends = []
        for index, view in enumerate(runs.views):
            mean = _mean_left(view, endpoint)
            if mean is not None:
                data.append(_mean_line(view, mean, runs, index))
                ends.append(f"{mean[runs.last_tick(view)]:.1f}")
        most = max((len(view.startups) for view in runs.views), default=1)
        top = max((y for trace in data for y in trace["y"] if y is not None), default=most)
        layout = style.layout(
            hovermode="x unified",
            margin={"l": 36, "r": 12, "t": 10, "b": 28},
            xaxis=runs.axis(),
            yaxis=style.axis(range=[0, max(1.0, top * 1.04)], tickformat=".3~g"),
        )
        panels.append(Panel(data, layout, f"Startups {heading}", runs.in_a_row(ends), style.INK))
        told.append(ends)
    if not any(told):
        return Picture("startups-left", "The scenario has no startup", runs.source, "", "", "", ())
    title = f"Startups still independent in {runs.last_month}, on average: {runs.ends_in_words(told[0])}"
    caption = runs.caption("Mean over worlds of the number of startups, by month.")
    return Picture(
        "startups-left", title, caption, title, "calendar month", "number of startups, mean over worlds",
        tuple(panels), runs.keys, height=260, columns=2,
    )  # fmt: skip


def _mean_left(view: View, endpoint: str) -> np.ndarray | None:
    """(ticks + 1,) mean number of startups; None where there is none."""
    if not view.startups:
        return None
    size = sum(max(view.firms[firm].copies, 1) for firm in view.startups)
    independent = view.incidence("startups", "independent")
    share = independent if endpoint == "independent" else view.in_race("startups")
    return np.asarray(size * share)


def _mean_line(view: View, mean: np.ndarray, runs: Runs, index: int) -> dict[str, Any]:
    look = runs.style(index)
    return {
        "type": "scatter",
        "mode": "lines",
        "x": view.days,
        "y": numbers(mean),
        "name": plotly_text(runs.labels[index], 30),
        "legendgroup": f"run-{index}",
        "line": {"shape": "hv", "color": look.colour, "width": 2, "dash": look.dash},
        "hovertemplate": "%{y:.2f}",
    }


def endgame_overlay(runs: Runs) -> Picture:
    """Share of worlds that have reached the endgame by each month, for every run."""
    data: list[dict[str, Any]] = []
    ends = []
    for index, view in enumerate(runs.views):
        rows = view.run.outcomes.endgame
        if not rows.empty:
            data += banded(view, rows, "share", runs.style(index), index, runs.labels[index])
            ends.append(percent(float(rows["share"].iloc[runs.last_tick(view)]), 1))
    top = max((y for trace in data for y in trace["y"] if y is not None), default=1.0)
    layout = style.layout(
        hovermode="x unified",
        margin={"l": 52, "r": 14, "t": 10, "b": 44},
        xaxis=runs.axis(),
        yaxis=style.axis(range=[0, min(1.01, max(0.05, 1.15 * top))], tickformat=".0%"),
    )
    title = f"Worlds in which the endgame has begun by {runs.last_month}: {runs.ends_in_words(ends)}"
    caption = runs.caption(f"Share of worlds that have reached the endgame by each month. {BANDS}")
    return Picture(
        "endgame", title, caption, title, "calendar month", "share of worlds", (Panel(data, layout),), runs.keys,
        height=300,
    )  # fmt: skip


def drawn(runs: Runs, differences: pd.DataFrame, limit: int = MOST_PANELS) -> list[str]:
    """Whom to draw one by one, of ``runs.told``: the groups, and of the firms all, or the ``limit`` that are in focus
    or whose survival differs most.
    """
    groups = groups_of_startups(runs)
    firms = [firm for firm in runs.told if firm not in groups]
    if len(firms) <= limit:
        return runs.told
    rows = differences[differences["quantity"] == "survival"]
    size = rows["difference"].abs().groupby(rows["firm"]).max()
    order = sorted(firms, key=lambda firm: (-float(size.get(firm, 0.0)), firm))
    chosen = first(order, runs.focus, itself)[:limit]
    return [firm for firm in runs.told if firm in (*chosen, *groups)]


def groups_of_startups(runs: Runs) -> list[str]:
    """Groups with startups only, all startups first."""
    view = runs.base
    named = [
        group
        for group, members in view.scenario.groups.items()
        if members and group not in view.firms and group != "startups" and all(m in view.startups for m in members)
    ]
    return ["startups", *named] if len(runs.startups) > 1 else []
