"""Several runs in one picture: what the industry looks like, and what ended its firms, a colour for each run."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from sim.foundation.states import ALL_STARTUPS
from sim.outcomes.exits import NOT_KEPT
from sim.report.html import style
from sim.report.html.plotly_values import plotly_text
from sim.report.pictures.exits import OF_WHAT, Ended, Way
from sim.report.pictures.fates import small_dates
from sim.report.pictures.overlays import look_of
from sim.report.pictures.picture import LOW_HIGH, Panel, Picture, numbers
from sim.report.pictures.traces import TOLD, curve
from sim.report.several_runs import Runs
from sim.words.names import whom
from sim.words.numbers import between, percent, significant
from sim.words.text import capital

OVERLAID = {  # quantity of landscape.csv -> heading of its panel
    "independents": "Independent startups",
    "general": "Startups in the general race",
    "concentration": "Concentration of revenue (HHI)",
}
MEDIAN_HOVER = "%{y:.3~g} (%{customdata[0]:.3~g} to %{customdata[1]:.3~g})"
RUN_BAR = 14  # pixels of a bar of one run
LEAST_ROW = 44  # pixels of a row
LABEL_LETTERS = 24  # in a line beside the bars


def landscape_overlay(runs: Runs) -> Picture:
    """The median world of every run by month: how many startups are left, and how concentrated revenue is."""
    panels, told = [], []
    for quantity, heading in OVERLAID.items():
        data: list[dict[str, Any]] = []
        ends = []
        for index, run in enumerate(runs.each):
            rows = run.landscape(quantity)
            rows = rows[(rows["month"] > 0) & rows["median"].notna()]  # at the opening nobody has sold anything yet
            if rows.empty:
                continue
            days = [run.days[month] for month in rows["month"]]
            sure = rows.assign(low=rows["median_low"], high=rows["median_high"])
            name = plotly_text(runs.labels[index], 30)
            data += curve(days, sure, "median", look_of(runs, index), f"run-{index}", name, hover=MEDIAN_HOVER)
            ends.append(significant(float(rows["median"].iloc[-1]), 2))
        if not data:
            continue
        top = max(y for trace in data if trace.get("name") for y in trace["y"] if y is not None)
        layout = style.layout(
            hovermode="x unified",
            margin={"l": 36, "r": 12, "t": 10, "b": 28},
            xaxis=runs.axis(**small_dates(runs.base)),
            yaxis=style.axis(range=[0, 1.12 * top or 1.0], nticks=6),
        )
        panels.append(Panel(data, layout, heading, runs.in_a_row(ends), style.INK))
        told.append((heading, ends))
    if not panels:
        return Picture("landscape", runs.base.nothing("Nothing was recorded of the landscape"), runs.source)
    heading, ends = told[0]
    title = f"{heading} in {runs.last_month} in the median world: {runs.ends_in_words(ends)}"
    caption = runs.caption(
        "The median world at the end of each month, with a 95% interval from the ranks of the worlds. HHI: the sum of "
        "squared revenue shares of all firms, giants included; 1 is a monopoly."
    )
    return Picture(
        "landscape", title, caption, "calendar month", "startups; HHI of revenue (0 to 1)", tuple(panels), runs.keys,
        height=230, columns=3,
    )  # fmt: skip


def causes_overlay(runs: Runs, who: str = ALL_STARTUPS) -> Picture:
    """Bars by cause of exit: how many of ``who``, a firm or a group, it ended by the horizon in every run."""
    name, says = f"causes-{who}", whom(runs.run_with(who).scenario, who)
    each = [Ended(run) for run in runs.each]
    if any(ended.frame is None for ended in each):
        return Picture(name, capital(NOT_KEPT), runs.source)
    there = [i for i, run in enumerate(runs.each) if (run.outcomes.causes["firm"] == who).any()]
    ways = list(dict.fromkeys((way.fate, way.cause) for i in there for way in each[i].ways))
    found = [[_at_horizon(each[i], who, way) for way in ways] for i in there]
    came = [at for at in range(len(ways)) if any(own[at][0] > 0 for own in found)]
    if not came:
        return Picture(name, f"Of {says} nobody is gone by {runs.last_month} in any world", runs.source)
    came.sort(key=lambda at: (ways[at][0], -found[0][at][0]))
    rows = [ways[at][1] for at in came]
    data = [_bars(runs, i, rows, [own[at] for at in came]) for i, own in zip(there, found, strict=True)]
    layout = style.layout(
        barmode="group",
        bargap=0.3,
        margin={"l": 150, "r": 20, "t": 8, "b": 40},
        xaxis=style.axis(tickformat=".0%", rangemode="tozero", nticks=7),
        yaxis=style.row_axis([_wrapped(row) for row in rows], 0.6, 0.6),
    )
    gone = [sum(share for share, *_ in own) for own in found]
    title = f"Gone by {runs.last_month} of {says}: {runs.ends_in_words([percent(share) for share in gone])}"
    caption = runs.caption(f"By the cause that ended them, with 95% intervals. {OF_WHAT}")
    height = max(140, max(RUN_BAR * len(there) + 12, LEAST_ROW) * len(rows) + 60)
    return Picture(
        name, title, caption, "share ended by the horizon", "cause", (Panel(data, layout),), runs.keys,
        height=height,
    )  # fmt: skip


def _wrapped(cause: str) -> str:
    """The name of a cause on lines that fit beside the bars."""
    return "<br>".join(plotly_text(line) for line in textwrap.wrap(cause, LABEL_LETTERS))


def _at_horizon(ended: Ended, who: str, way: tuple[str, str]) -> tuple[float, float, float]:
    rows = ended.rows(who, Way(*way, ""))
    return (0.0, 0.0, 0.0) if rows.empty else ended.at_horizon(who, Way(*way, ""))


def _bars(runs: Runs, index: int, rows: Sequence[str], shares: Sequence[tuple[float, float, float]]) -> dict[str, Any]:
    """The bars of one run, a row each, with their intervals."""
    share, low, high = (numbers(part) for part in zip(*shares, strict=True))
    label = plotly_text(runs.labels[index], 30)
    return {
        "type": "bar",
        "orientation": "h",
        "x": share,
        "y": list(range(len(rows))),
        "name": label,
        "legendgroup": f"run-{index}",
        "marker": {"color": runs.style(index).colour},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": numbers([top - value for value, _, top in shares]),
            "arrayminus": numbers([value - bottom for value, bottom, _ in shares]),
            "color": style.INK,
            "thickness": 1.2,
            "width": 2,
        },
        "customdata": [list(ends) for ends in zip(low, high, strict=True)],
        "meta": LOW_HIGH,
        "text": [
            f"{plotly_text(row, 90)}<br>{label}: {plotly_text(percent(value, 1))} ({between(bottom, top)})"
            for row, (value, bottom, top) in zip(rows, shares, strict=True)
        ],
        "textposition": "none",
        **TOLD,
    }
