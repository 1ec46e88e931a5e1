"""Fans: the median of the worlds in a month, the middle half and the middle nine tenths around it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.report.html import style
from sim.report.pictures.picture import Key, numbers
from sim.report.pictures.traces import band, line
from sim.words.numbers import significant, surely


def keys(colour: str = "#44586b") -> tuple[Key, ...]:
    """The legend of a fan."""
    return (
        Key("median world", colour, "line", "median"),
        Key("half of the worlds", style.tint(colour, 0.5), "band", "half"),
        Key("nine worlds in ten", style.tint(colour, 0.22), "band", "most"),
    )


def fan(
    x: Sequence[Any],
    rows: pd.DataFrame,
    colour: str,
    middle: str = "p50",
    place: Callable[[np.ndarray], np.ndarray] = np.asarray,
    say: Callable[[float], str] = significant,
    unit: str = "",
    steps: bool = False,
) -> list[dict[str, Any]]:
    """Three traces: two bands and the median line. ``rows`` has p05, p25, ``middle``, p75, p95,
    and where known the bounds of the middle, ``<middle>_low`` and ``<middle>_high``.

    ``place`` moves values to the axis (a log-like scale); ``say`` writes them in the hover text, ``unit`` follows.
    """
    at = {name: numbers(place(rows[name].to_numpy(float))) for name in ("p05", "p25", middle, "p75", "p95")}
    shape = "hv" if steps else "linear"
    traces = []
    for low, high, strength, group in (("p05", "p95", 0.22, "most"), ("p25", "p75", 0.5, "half")):
        ends: list[Sequence[Any]] = [x, at[low], at[high]]
        if steps:  # spelled out: a shape that turns back cannot be stepped
            known = [i for i, both in enumerate(zip(*ends[1:], strict=True)) if None not in both]
            ends = [_twice([values[i] for i in known]) for values in ends]
            ends = [ends[0][1:], ends[1][:-1], ends[2][:-1]]
        traces.append(band(ends[0], ends[1], ends[2], style.tint(colour, strength), group))
    columns = ["p05", "p25", middle, "p75", "p95", f"{middle}_low", f"{middle}_high"]
    told = [name for name in columns if name != middle and name in rows and rows[name].notna().any()]
    said = [
        f"{say(mid)} {unit}{surely(sure[0], sure[1], say)}<br>half: {say(lower)} to {say(upper)}<br>"
        f"nine in ten: {say(low)} to {say(high)}"
        for low, lower, mid, upper, high, *sure in rows.reindex(columns=columns).to_numpy(float)
    ]
    median = line(
        list(x),
        at[middle],
        name="median",
        legendgroup="median",
        text=said,
        meta={
            "y": ["median", numbers(rows[middle])],
            "more": [[name.replace(middle, "median").replace("_", ", "), numbers(rows[name])] for name in told],
        },
        hovertemplate="%{x|%B %Y}<br>median %{text}<extra></extra>",
        line={"color": colour, "width": 2, "shape": shape},
    )
    return [*traces, median]


def divided(rows: pd.DataFrame, divisor: float) -> pd.DataFrame:
    """``rows`` of a fan with its quantiles and their bounds in a unit ``divisor`` times as large."""
    amounts = [str(name) for name in rows if str(name).startswith(("p", "median"))]
    return rows.assign(**{name: rows[name] / divisor for name in amounts})


def sure(row: Any, say: Callable[[float], str] = significant) -> str:
    """The interval of the median in a row of landscape.csv, in brackets; nothing where there is none."""
    return surely(row.get("median_low", math.nan), row.get("median_high", math.nan), say)


def around(row: Any) -> str:
    """What follows the median of a row of landscape.csv: its interval, and where nine worlds in ten are."""
    return f"{sure(row)}; nine worlds in ten: {significant(row['p05'])} to {significant(row['p95'])}"


def _twice(values: Sequence[Any]) -> list[Any]:
    return [value for value in values for _ in (0, 1)]


class Scale(NamedTuple):
    """An axis that is linear near zero and logarithmic beyond ``knee``, with round numbers as ticks."""

    knee: float
    ticks: tuple[float, ...]

    def place(self, values: np.ndarray) -> np.ndarray:
        """Values on the axis."""
        return np.asarray(np.arcsinh(np.asarray(values, float) / self.knee))

    def _apart(self, ticks: list[float], gap: float) -> list[float]:
        """Ticks at least ``gap`` apart, ascending: zero is kept first, then powers of ten, the largest first."""
        kept: list[float] = []
        for tick in sorted(ticks, key=lambda t: (t != 0, not math.log10(abs(t) or 1).is_integer(), -abs(t), t)):
            if all(abs(float(self.place(np.array(tick))) - float(self.place(np.array(k)))) >= gap for k in kept):
                kept.append(tick)
        return sorted(kept)

    def axis(self, low: float, high: float, **settings: Any) -> dict[str, Any]:
        """The plotly axis for values from ``low`` to ``high``."""
        bottom, top = (float(end) for end in self.place(np.array([low, high])))
        shown = self._apart([t for t in self.ticks if low - 1e-9 <= t <= high + 1e-9], 0.1 * (top - bottom))
        room = 0.04 * max(top - bottom, 0.1)
        base = {
            "tickvals": numbers(self.place(np.array(shown)), 6),
            "ticktext": [significant(tick, 6).replace("-", "−") for tick in shown],
            "range": [round(bottom - room, 4), round(top + room, 4)],
        }
        return style.axis(**{**base, **settings})
