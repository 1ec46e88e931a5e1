"""Differences between runs as a picture: dots with intervals, sorted by size."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from sim.foundation.states import State
from sim.outcomes.differences import COUNT_QUANTITIES, MONEY_QUANTITIES
from sim.report.html import style
from sim.report.html.plotly_values import plotly_text
from sim.report.pictures.picture import Key, Panel, Picture, numbers
from sim.report.pictures.traces import TOLD, intervals, marks, plain
from sim.report.several_runs import Runs
from sim.scenario.year_ends import KEPT
from sim.study.focus import first
from sim.words.estimates import estimate, signed
from sim.words.numbers import count, in_billions, scaled_money
from sim.words.text import capital
from sim.words.year_ends import digits_of

Difference = Mapping[str, Any]  # of differences.csv
MOST_DOTS = 24


class Measure(NamedTuple):
    """A quantity of differences.csv in words: its short name, and what a point more means."""

    quantity: str
    label: str
    what: str


IN_SHARES = (
    Measure("survival", "Survival", "share of worlds in which it is neither acquired nor closed"),
    Measure(State.IN_GENERAL_RACE, "In the race", "share of worlds in which it is still in the general race"),
    Measure(State.ACQUIRED, "Acquired", "share of worlds in which it is acquired"),
    Measure(State.CLOSED, "Closed", "share of worlds in which it closes"),
    Measure(State.LISTED, "Listed", "share of worlds in which it lists"),
    Measure(State.PIVOTED, "Pivoted", "share of worlds in which it leaves the general race"),
    Measure(State.ABANDONED, "Abandoned", "share of worlds in which the market abandons it"),
    Measure(State.PROFITABLE, "Profitable", "share of worlds in which it has a year in profit"),
)
IN_MONEY = (
    Measure("raised", "Money raised", "money raised by the horizon, on average over all worlds"),
    Measure("final_valuation", "Final valuation", "valuation at the horizon, on average; who is gone counts as 0"),
)


def rows_about(frame: pd.DataFrame, variant: str) -> list[Difference]:
    """The rows of differences.csv, or of flipped.csv, about a variant."""
    rows: Any = frame[frame["variant"] == variant].to_dict("records")
    return list(rows)


def is_sure(row: Difference) -> bool:
    """True where the interval excludes zero."""
    return bool(row["low"] > 0 or row["high"] < 0)


def at_the_end(rows: Sequence[Difference], quantity: str) -> list[Difference]:
    """Rows about ``quantity`` at its last date that have a difference."""
    mine = [row for row in rows if row["quantity"] == quantity and not math.isnan(row["difference"])]
    last = max((row["date"] for row in mine), default="")
    return [row for row in mine if row["date"] == last]


def dots(runs: Runs, rows: Sequence[Difference], measure: Measure, index: int) -> Picture:
    """Dot and 95% interval of the difference of all who are told at the horizon, the largest rise on top, after who is
    in focus.

    ``rows`` are those of differences.csv. The difference is that of the ``index``-th run. Shares are drawn in points,
    money in thousands of its unit.
    """
    found = [row for row in at_the_end(rows, measure.quantity) if row["firm"] in runs.told]
    name = f"difference-{measure.quantity}-{index}"
    if not any(row["difference"] or row["low"] or row["high"] for row in found):
        return Picture(name, f"{measure.label}: no difference in any world", runs.source)
    largest = first(sorted(found, key=lambda row: -abs(row["difference"])), runs.focus)[:MOST_DOTS]
    shown = first(sorted(largest, key=lambda row: -row["difference"]), runs.focus)
    factor, unit = 100.0, "percentage points"
    if measure in IN_MONEY:
        divisor, unit = in_billions(runs.base.scenario.currency)
        factor = 1 / divisor
    drawn = {part: numbers([factor * row[part] for row in shown], 5) for part in ("difference", "low", "high")}
    data = [
        plain(*intervals(drawn["low"], drawn["high"], range(len(shown))), style.MUTED, 2),
        plain([0, 0], [-0.6, len(shown) - 0.4], style.INK, 1),
        _dots(runs, shown, drawn),
    ]
    ends = [0.0, *(factor * float(row[bound]) for row in shown for bound in ("low", "high"))]
    room = 0.06 * (max(ends) - min(ends))
    layout = style.layout(
        margin={"l": 128, "r": 20, "t": 10, "b": 44},
        hovermode="closest",
        xaxis=style.axis(range=[min(ends) - room, max(ends) + room]),
        yaxis=style.row_axis([plotly_text(runs.name(row["firm"], 22), 22) for row in shown], 0.6, 0.6),
    )
    left = len(found) - len(shown)
    minus = "the variant's minus the base's" if runs.kind == "what-if" else "the second minus the first"
    caption = runs.caption(
        f"{capital(measure.what)}: {minus}, with 95% interval.",
        f"{left} smaller differences are in differences.csv." if left else "",
        "Each interval is for its own difference; of many, one in twenty misses.",
    )
    title = _title(runs, found, measure)
    keys = (
        Key("interval excludes zero", style.INK, "marker"),
        Key("interval holds zero", style.INK, "marker", marker="circle-open"),
    )
    height = max(120, 30 * len(shown) + 64)
    return Picture(name, title, caption, f"difference in {unit}", "firm", (Panel(data, layout),), keys, height=height)


def _title(runs: Runs, rows: Sequence[Difference], measure: Measure) -> str:
    sure = [row for row in rows if is_sure(row) and row["firm"] in runs.startups]
    mine = [row for row in rows if row["firm"] in runs.focus]
    if mine:
        row = first(mine, runs.focus)[0]
        return f"{measure.label}: {runs.name(row['firm'])} differs by {difference_text(runs, row)}"
    if not any(row["firm"] in runs.startups for row in rows):
        return f"{measure.label}: no startup is in both runs"
    if not sure:
        return f"{measure.label}: no difference of a startup that is surely not zero"
    row = max(sure, key=lambda row: abs(row["difference"]))
    others = f"; {count(len(sure), 'startup')} differ surely" if len(sure) > 1 else ""
    return f"{measure.label}: {runs.name(row['firm'])} differs most, by {difference_text(runs, row)}{others}"


def difference_text(runs: Runs, row: Difference) -> str:
    """A difference with its interval: "−31.0 ±1.2 points"; that of money is Student's t, the same on both sides."""
    if row["quantity"] in MONEY_QUANTITIES:
        currency = runs.base.scenario.currency
        sign = "+" if row["difference"] > 0 else "−" if row["difference"] < 0 else ""
        half = (float(row["high"]) - float(row["low"])) / 2
        return f"{sign}{scaled_money(abs(float(row['difference'])), currency)} ± {scaled_money(half, currency)}"
    return f"{estimate(*as_told(row), signed)} points"


def as_told(row: Difference) -> tuple[float, float, float, int]:
    """Difference, low and high as they are told, of shares in percentage points, and their decimals."""
    quantity = row["quantity"]
    scale, digits = (1, 2) if quantity in COUNT_QUANTITIES else (1, digits_of(row)) if quantity in KEPT else (100, 1)
    difference, low, high = (scale * float(row[column]) for column in ("difference", "low", "high"))
    return difference, low, high, digits


def _dots(runs: Runs, rows: Sequence[Difference], drawn: dict[str, list[float | None]]) -> dict[str, Any]:
    """The dots, a row each, where they are ``drawn``: open where the interval holds zero."""
    colours, sure = [runs.colour(row["firm"]) for row in rows], [is_sure(row) for row in rows]
    return marks(
        drawn["difference"],
        list(range(len(rows))),
        marker={
            "size": 11,
            "symbol": ["circle" if s else "circle-open" for s in sure],
            "color": colours,
            "line": {"color": ["#ffffff" if s else c for s, c in zip(sure, colours, strict=True)], "width": 1.5},
        },
        meta={"more": [[name, drawn[name]] for name in ("low", "high")]},
        text=[_hover(runs, row) for row in rows],
        **TOLD,
    )


def _hover(runs: Runs, row: Difference) -> str:
    currency, is_money = runs.base.scenario.currency, row["quantity"] in MONEY_QUANTITIES
    values = [float(row[column]) for column in ("base", "variant_value")]
    told = [scaled_money(value, currency) if is_money else f"{100 * value:.1f}%" for value in values]
    name, apart = plotly_text(runs.name(row["firm"])), plotly_text(difference_text(runs, row), 200)
    return f"<b>{name}</b><br>{plotly_text(told[0])} → {plotly_text(told[1])}<br>{apart}"
