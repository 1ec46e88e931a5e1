"""Money: cash, runway and valuation of every startup, and the venture money of each year."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.foundation.columns import column
from sim.foundation.months import number_in_year, year_text
from sim.foundation.states import State
from sim.report.html import style
from sim.report.html.plotly_values import plotly_text, year_step
from sim.report.pictures import fans
from sim.report.pictures.fates import small_dates
from sim.report.pictures.picture import Panel, Picture, numbers
from sim.report.pictures.traces import TOLD, bars, intervals, line, upright
from sim.report.run_reader import RunReader
from sim.words.estimates import up_to
from sim.words.numbers import in_billions, percent, scaled_money, significant

LEAST_FAN_WORLDS = 30  # a fan of fewer worlds is not drawn ...
LEAST_SHARE = 0.02  # ... nor one of a smaller share of them
AT_YEAR_ENDS = "Of worlds in which something is given only year ends are known: lines between them are drawn straight."
LISTING_SHOWN = 0.05  # least share of worlds in which a listing is marked


class Purse(NamedTuple):
    """One quantity to draw per startup. ``billions``: money, drawn in thousands of the scenario's unit."""

    quantity: str
    scale: fans.Scale
    billions: bool


ROUND_NUMBERS = tuple(sign * digit * 10.0**power for sign in (-1, 1) for power in range(-2, 6) for digit in (1, 2, 5))
PURSES = {
    "cash": Purse("cash", fans.Scale(0.05, (0.0, *ROUND_NUMBERS)), True),
    "runway": Purse("runway", fans.Scale(3.0, (0.0, 3.0, 6.0, 12.0, 24.0, 60.0, 120.0)), False),
    "valuation": Purse("value", fans.Scale(0.1, (0.0, *ROUND_NUMBERS)), True),
}


def unit_of(run: RunReader, purse: Purse) -> tuple[float, str]:
    """What to divide by and the unit on the axis: "RMB million" is drawn in "RMB billion"."""
    if not purse.billions:
        return 1.0, "months"
    return in_billions(run.scenario.currency)


def purse_fans(run: RunReader, which: str) -> Picture:
    """Small multiples of fans by startup; ``which`` is cash, runway or valuation (KeyError otherwise)."""
    purse = PURSES[which]
    divisor, unit = unit_of(run, purse)
    drawn = {firm: active(run, firm, purse.quantity) for firm in run.most_uncertain()}
    drawn = {firm: rows for firm, rows in drawn.items() if not rows.empty}
    if not drawn:
        return Picture(which, run.nothing(f"The {which} of no startup is known in enough worlds"), run.source)
    low = min(float(rows["p05"].min()) for rows in drawn.values()) / divisor
    high = max(float(rows["p95"].max()) for rows in drawn.values()) / divisor
    axis = purse.scale.axis(low, max(high, purse.scale.knee), tickfont={"size": 10, "color": style.MUTED})
    panels = tuple(_panel(run, firm, rows, purse, axis) for firm, rows in drawn.items())
    marked = any(panel.layout["shapes"] for panel in panels)
    said = [AT_YEAR_ENDS] if run.given is not None else []
    said += [independent_only(low)]
    if marked:
        said.append(
            f"Dotted line and date: median month of listing, where at least {percent(LISTING_SHOWN)} of worlds list."
        )
    if which == "runway":
        said.append(f"Runway is followed up to {column(purse.quantity).most:g} months: there it may be more.")
    caption = run.caption(*said, run.chosen_note(len(drawn)))
    title = _title(run, which, drawn)
    return Picture(which, title, caption, "calendar month", unit, panels, fans.keys(), height=180, columns=4)


def independent_only(low: float) -> str:
    """What a caption says of the worlds that count, and of a scale on which ``low`` is the lowest value."""
    return (
        "Only worlds in which the firm is still independent count, so late fans are those of survivors; a fan ends "
        f"where fewer than {percent(LEAST_SHARE)} of worlds (or {LEAST_FAN_WORLDS}) are left. The scale is logarithmic"
        + (" and passes through zero." if low <= 0 else ".")
    )


def active(run: RunReader, firm: str, quantity: str) -> pd.DataFrame:
    """Rows of the fan in which enough worlds are left."""
    rows = run.path(firm, quantity)
    whole = max(run.worlds * max(run.firms[firm].copies, 1), 1)
    least = min(max(LEAST_FAN_WORLDS, LEAST_SHARE * whole), 0.5 * whole)
    first = 1 if quantity == "runway" else 0  # at the opening nothing has been spent yet
    return rows[(rows["worlds"] >= least) & rows["p50"].notna() & (rows["month"] >= first)]


def _panel(run: RunReader, firm: str, rows: pd.DataFrame, purse: Purse, axis: dict[str, Any]) -> Panel:
    divisor, unit = unit_of(run, purse)
    days = [run.days[month] for month in rows["month"]]
    shapes, note = listing_mark(run, firm)
    layout = style.layout(
        margin={"l": 40, "r": 8, "t": 6, "b": 24},
        xaxis=run.date_axis(**small_dates(run)),
        yaxis=axis,
        shapes=shapes,
    )

    most = column(purse.quantity).most / divisor

    def say(value: float) -> str:
        return up_to(significant(value), value, most)

    data = fans.fan(
        days, fans.divided(rows, divisor), run.style(firm).colour, place=purse.scale.place, say=say, unit=unit
    )
    return Panel(data, layout, run.name(firm), note, run.style(firm).colour)


def listing_mark(run: RunReader, firm: str) -> tuple[list[dict[str, Any]], str]:
    """A dotted line at the median month of listing and its words, where enough worlds list."""
    share = run.at_horizon(firm, State.LISTED)[0]
    month = run.median_month(firm, State.LISTED)
    if month is None or not share >= LISTING_SHOWN:
        return [], ""
    if month == 0:
        return [], f"listed from the start in {percent(share)}"
    return [upright(run.days[month], style.INK)], f"lists in {percent(share)}, {run.month(month)}"


def _title(run: RunReader, which: str, drawn: dict[str, pd.DataFrame]) -> str:
    """The extremes of the medians in the last month that all drawn firms share."""
    purse = PURSES[which]
    last = {firm: rows.iloc[-1] for firm, rows in drawn.items()}
    month = min(int(row["month"]) for row in last.values())
    medians = {
        firm: float(rows[rows["month"] == month]["p50"].iloc[0])
        for firm, rows in drawn.items()
        if month in set(rows["month"])
    }

    def say(value: float) -> str:
        if purse.billions:
            return scaled_money(value, run.scenario.currency)
        return up_to(f"{significant(value)} months", value, column(purse.quantity).most)

    when = run.month(month, long=True)
    told = ", ".join(f"{run.name(firm)} {say(medians[firm])}" for firm in run.spoken(medians))
    return f"Median {which} of firms still independent in {when}: {told}"


def venture(run: RunReader) -> Picture:
    """Two panels by calendar year: venture money, and the share of it that the four largest rounds' firms took."""
    raised, top_four = run.landscape("venture_year"), run.landscape("top_four_share")
    name, currency = "venture", run.scenario.currency
    if raised.empty or not float(raised["p95"].max()) > 0:
        return Picture(name, run.nothing("No venture money is raised in any world"), run.source)
    divisor, unit = in_billions(currency)
    panels = [
        _bars(run, fans.divided(raised, divisor), f"Venture money, {unit}", unit,
              lambda v: scaled_money(v * divisor, currency), {}),
        _bars(run, top_four, "Share of the four largest", "share of the year's venture money", percent,
              {"tickformat": ".0%", "range": [0, 1.04]}),
    ]  # fmt: skip
    peak = raised.iloc[int(np.argmax(raised["median"].to_numpy(float)))]
    year = year_text(run.calendar(int(peak["month"])))
    title = f"Venture money peaks at {scaled_money(float(peak['median']), currency)} in {year} in the median world"
    then = top_four[top_four["month"] == peak["month"]]["median"]
    if then.notna().any():
        title += f", when the four largest takers have {percent(float(then.iloc[0]))} of it"
    first = run.calendar(1)
    partial = f"{year_text(first)} counts from {run.month(1, long=True)}." if number_in_year(first) > 1 else ""
    caption = run.caption(
        "Bars: median world; thick lines: middle half; thin lines: 5% to 95%. Calendar years that end within "
        "the run; a world without venture money in a year has no share in it.",
        partial,
    )
    return Picture(
        name, title, caption, "calendar year", f"{unit}; share of the year's venture money",
        tuple(panel for panel in panels if panel.data[0]["x"]), height=260, columns=2,
    )  # fmt: skip


def _bars(run: RunReader, rows: pd.DataFrame, heading: str, unit: str, say: Any, axis: dict[str, Any]) -> Panel:
    rows = rows[rows["median"].notna()]
    years = [run.calendar(int(month)) // 12 for month in rows["month"]]
    said = [
        plotly_text(f"{year}: median {say(r['median'])}{fans.sure(r, say)}, "
                    f"half of the worlds {say(r['p25'])} to {say(r['p75'])}, "
                    f"nine in ten {say(r['p05'])} to {say(r['p95'])}", 260)
        for year, (_, r) in zip(years, rows.iterrows(), strict=True)
    ]  # fmt: skip
    told = [name for name in ("p05", "p25", "p75", "p95", "median_low", "median_high") if name in rows]
    data = [
        bars(
            years, numbers(rows["median"]), text=said, textposition="none",
            marker={"color": style.tint(style.ACCENT, 0.55)},
            meta={"y": ["median", "y", unit], "more": [[name, numbers(rows[name]), unit] for name in told]},
            **TOLD,
        )
    ]  # fmt: skip
    for low, high, width in (("p05", "p95", 1.2), ("p25", "p75", 4.0)):
        y, x = intervals(numbers(rows[low]), numbers(rows[high]), years)
        look = {"color": style.INK, "width": width}
        data.append(line(x, y, hoverinfo="skip", line=look, name=f"{low} to {high}"))
    layout = style.layout(
        bargap=0.35,
        margin={"l": 48, "r": 10, "t": 8, "b": 30},
        xaxis=style.axis(dtick=1 if len(years) < 12 else year_step(len(years), 8), tickformat="d", ticks=""),
        yaxis=style.axis(**{"rangemode": "tozero", "nticks": 6, **axis}),
    )
    return Panel(data, layout, heading)
