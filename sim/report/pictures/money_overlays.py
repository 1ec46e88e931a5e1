"""Several runs in one picture: cash, runway or valuation of one startup, a colour for each run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.foundation.columns import column
from sim.report.html import style
from sim.report.html.plotly_values import plotly_text
from sim.report.pictures import fans
from sim.report.pictures.money import PURSES, Purse, active, independent_only, unit_of
from sim.report.pictures.overlays import look_of
from sim.report.pictures.picture import Panel, Picture, numbers
from sim.report.pictures.traces import band, line
from sim.report.several_runs import Runs
from sim.words.estimates import up_to
from sim.words.numbers import significant

MIDDLE_HALF = 0.16  # opacity of the middle half of the worlds


def purse_overlay(runs: Runs, firm: str, which: str) -> Picture:
    """The median and the middle half of a startup's ``which`` (cash, runway or valuation) by month, for every run."""
    purse, name = PURSES[which], f"{which}-{firm}"
    divisor, unit = unit_of(runs.base, purse)
    drawn = {i: active(run, firm, purse.quantity) for i, run in enumerate(runs.each) if firm in run.firms}
    drawn = {index: fans.divided(rows, divisor) for index, rows in drawn.items() if not rows.empty}
    if not drawn:
        return Picture(name, f"The {which} of {runs.name(firm)} is known in too few worlds", runs.source)
    low = min(float(rows["p25"].min()) for rows in drawn.values())
    high = max(float(rows["p75"].max()) for rows in drawn.values())
    layout = style.layout(
        hovermode="x unified",
        margin={"l": 52, "r": 14, "t": 10, "b": 44},
        xaxis=runs.axis(),
        yaxis=purse.scale.axis(low, max(high, purse.scale.knee)),
    )
    data = [trace for index, rows in drawn.items() for trace in _curve(runs, index, rows, purse, divisor)]
    month = min(int(rows["month"].iloc[-1]) for rows in drawn.values())
    ends = [
        _said(float(rows[rows["month"] == month]["p50"].iloc[0]), purse, divisor)
        if (rows["month"] == month).any()
        else "unknown"
        for rows in drawn.values()
    ]
    labels = [runs.labels[index] for index in drawn]
    told = ", ".join(f"{end} ({label})" for end, label in zip(ends, labels, strict=True))
    title = f"Median {which} of {runs.name(firm)} in {runs.base.month(month, long=True)}, {unit}: {told}"
    caption = runs.caption(
        "Line: median; band: the middle half of the worlds, which is no interval of the median.",
        independent_only(low),
    )
    return Picture(name, title, caption, "calendar month", unit, (Panel(data, layout),), runs.keys, height=300)


def _said(value: float, purse: Purse, divisor: float) -> str:
    return up_to(significant(value), value, column(purse.quantity).most / divisor)


def _curve(runs: Runs, index: int, rows: pd.DataFrame, purse: Purse, divisor: float) -> list[dict[str, Any]]:
    days: Sequence[Any] = [runs.each[index].days[month] for month in rows["month"]]
    at = {name: numbers(purse.scale.place(rows[name].to_numpy(float))) for name in ("p25", "p50", "p75")}
    group, colour = f"run-{index}", runs.style(index).colour
    known = np.column_stack([rows[name].to_numpy(float) for name in ("p50", "p25", "p75")])
    said = [
        f"{_said(middle, purse, divisor)} (half: {significant(lower)} to {significant(upper)})"
        for middle, lower, upper in known
    ]
    return [
        band(days, at["p25"], at["p75"], style.clear(colour, MIDDLE_HALF), group),
        line(
            days,
            at["p50"],
            name=plotly_text(runs.labels[index], 30),
            legendgroup=group,
            line={key: value for key, value in look_of(runs, index).items() if key != "shape"},
            text=[plotly_text(text, 60) for text in said],
            meta={
                "y": ["median", numbers(rows["p50"])],
                "more": [["p25", numbers(rows["p25"])], ["p75", numbers(rows["p75"])]],
            },
            hovertemplate="%{text}",
        ),
    ]
