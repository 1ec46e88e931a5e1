"""Survival curves: who is still independent, who is still in the general race, what comes after listing or pivot."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.report import style
from sim.report.picture import Key, Panel, Picture, numbers
from sim.report.view import View
from sim.report.words import listed, percent, plotly_text

ENDPOINTS = {"independent": "still independent", "general": "still in the general race"}
BANDS = "Bands are pointwise 95% intervals."
LABEL_GAP = 0.045  # least distance of two labels at the ends of curves, in shares of the axis


def survival_curves(view: View, endpoint: str = "independent") -> Picture:
    """A curve with band for every startup: the share of worlds in which it is ``endpoint``, by month.

    ``endpoint`` is "independent" (neither closed nor acquired) or "general" (nor pivoted); KeyError otherwise.
    """
    state = ENDPOINTS[endpoint]
    curves = {firm: view.survival(firm, endpoint) for firm in view.startups}
    curves = {firm: curve for firm, curve in curves.items() if not curve.empty}
    chosen = [firm for firm in view.most_uncertain() if firm in curves]
    others = [firm for firm in curves if firm not in chosen]
    name = f"survival-{endpoint}"
    if not curves:
        return Picture(name, "No startup enters in any world", view.source, "", "", "", ())
    data = [_curve(view.days, curves[firm], "#c4cad1", "", "others", width=1) for firm in others]
    for firm in chosen:
        data += _banded(view, firm, curves[firm])
    keys = [Key(view.name(f), view.style(f).colour, "line", f, view.style(f).dash) for f in chosen]
    if others:
        keys.append(Key(f"{len(others)} others", "#c4cad1", "line", "others"))
    layout = style.layout(
        height=440,
        hovermode="x unified",
        margin={"l": 52, "r": 112, "t": 10, "b": 44},
        xaxis=view.date_axis(),
        yaxis=style.axis(range=[0, 1.01], tickformat=".0%", dtick=0.2),
        annotations=_end_labels(view, {firm: float(curves[firm]["survival"].iloc[-1]) for firm in chosen}),
    )
    what = "neither closed nor acquired" if endpoint == "independent" else "neither closed, acquired nor pivoted"
    caption = view.caption(
        f"Share of worlds in which a firm that entered is {what}, by month. {BANDS}", view.chosen_note(len(chosen))
    )
    ends = {firm: float(curve["survival"].iloc[-1]) for firm, curve in curves.items()}
    return Picture(
        name,
        _title(view, ends, state),
        caption,
        f"Survival curves, {state}: " + listed([f"{view.name(f)} {percent(ends[f])}" for f in chosen]),
        "calendar month",
        f"share of worlds {state}",
        (Panel(data, layout),),
        tuple(keys),
        height=440,
    )


def _title(view: View, ends: dict[str, float], state: str) -> str:
    best, worst = max(ends, key=lambda f: ends[f]), min(ends, key=lambda f: ends[f])
    first = f"{view.name(best)} is {state} in {view.horizon} in {percent(ends[best])} of worlds"
    return first if best == worst else f"{first}, {view.name(worst)} in {percent(ends[worst])}"


def _curve(
    days: list[str], curve: pd.DataFrame, colour: str, name: str, group: str, width: float = 2.2, dash: str = "solid"
) -> dict[str, Any]:
    """A step line on calendar days without hover."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [days[month] for month in curve["month"]],
        "y": numbers(curve["survival"]),
        "name": name,
        "legendgroup": group,
        "line": {"shape": "hv", "color": colour, "width": width, "dash": dash},
        "hoverinfo": "skip",
    }


def _band(x: list[Any], curve: pd.DataFrame, colour: str, group: str) -> dict[str, Any]:
    """The area between ``low`` and ``high`` as one closed shape."""
    known = curve["low"].notna().to_numpy()
    inside = [value for value, seen in zip(x, known, strict=True) if seen]
    low, high = numbers(curve["low"][known]), numbers(curve["high"][known])
    return {
        "type": "scatter",
        "mode": "lines",
        "x": inside + inside[::-1],
        "y": high + low[::-1],
        "fill": "toself",
        "fillcolor": style.clear(colour, 0.16),
        "line": {"width": 0},
        "legendgroup": group,
        "hoverinfo": "skip",
    }


def _banded(view: View, firm: str, curve: pd.DataFrame) -> list[dict[str, Any]]:
    colour, dash = view.style(firm)
    days = [view.days[month] for month in curve["month"]]
    line = _curve(view.days, curve, colour, plotly_text(view.name(firm), 30), firm, dash=dash)
    del line["hoverinfo"]
    line["customdata"] = [[low, high] for low, high in zip(numbers(curve["low"]), numbers(curve["high"]), strict=True)]
    line["hovertemplate"] = "%{y:.0%} (%{customdata[0]:.1%} to %{customdata[1]:.1%})"
    return [_band(days, curve, colour, firm), line]


def _end_labels(view: View, ends: dict[str, float]) -> list[dict[str, Any]]:
    """Names at the ends of the curves, moved apart where they would overlap."""
    order = sorted(ends, key=lambda firm: (ends[firm], firm))
    places = spread_out([ends[firm] for firm in order], LABEL_GAP, 0.0, 1.0)
    return [
        {
            "text": plotly_text(view.name(firm), 17),
            "x": 1,
            "xref": "x domain",
            "xanchor": "left",
            "xshift": 4,
            "y": place,
            "yref": "y",
            "yanchor": "middle",
            "showarrow": False,
            "font": {"size": 11, "color": view.style(firm).colour},
        }
        for firm, place in zip(order, places, strict=True)
    ]


def spread_out(values: list[float], gap: float, low: float, high: float) -> list[float]:
    """Ascending ``values`` moved as little as needed to be ``gap`` apart and within ``low`` to ``high``.

    Where there is no room for all, they are spread evenly.
    """
    if len(values) > 1 and gap * (len(values) - 1) >= high - low:
        return [low + (high - low) * index / (len(values) - 1) for index in range(len(values))]
    places = list(values)
    for _ in range(40 * len(values)):
        moved = False
        for i in range(len(places) - 1):
            lack = gap - (places[i + 1] - places[i])
            if lack > 1e-9:
                places[i] -= lack / 2
                places[i + 1] += lack / 2
                moved = True
        places = [min(max(place, low + gap * i), high - gap * (len(places) - 1 - i)) for i, place in enumerate(places)]
        if not moved:
            break
    return places


AFTER = (
    ("listed", "listed", "after listing", "#0b5c8a", "solid"),
    ("pivoters", "pivoted", "after a pivot", "#9a5b00", "dash"),
)


def survival_after(view: View) -> Picture:
    """Survival of startups on a clock that starts when they list, and when they pivot (Kaplan-Meier)."""
    data: list[dict[str, Any]] = []
    keys, told = [], []
    longest = 1
    for group, origin, label, colour, dash in AFTER:
        curve = view.survival(group, "independent", origin)
        if curve.empty:
            continue
        x = [int(month) for month in curve["month"]]
        longest = max(longest, x[-1])
        data.append(_band(x, curve, colour, group))
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": x,
                "y": numbers(curve["survival"]),
                "name": label,
                "legendgroup": group,
                "line": {"shape": "hv", "color": colour, "width": 2.2, "dash": dash},
                "customdata": [
                    [low, high, int(n)]
                    for low, high, n in zip(
                        numbers(curve["low"]), numbers(curve["high"]), curve["at_risk"], strict=True
                    )
                ],
                "hovertemplate": "%{y:.0%} (%{customdata[0]:.1%} to %{customdata[1]:.1%}), %{customdata[2]:,} at risk",
            }
        )
        keys.append(Key(label, colour, "line", group, dash))
        told.append((label, curve))
    if not data:
        return Picture("survival-after", "No startup lists or pivots in any world", view.source, "", "", "", ())
    layout = style.layout(
        hovermode="x unified",
        margin={"l": 52, "r": 20, "t": 10, "b": 44},
        xaxis=style.axis(range=[0, longest], dtick=12 if longest > 18 else 3, hoverformat="d"),
        yaxis=style.axis(range=[0, 1.01], tickformat=".0%", dtick=0.2),
    )
    caption = view.caption(
        "Product-limit estimate over all startups and worlds, on a clock that starts in the month of the listing or "
        f"the pivot; firms still independent at the horizon are censored. {BANDS} The world is the sampling unit."
    )
    title = _after_title(told, min(36, longest))
    return Picture(
        "survival-after", title, caption, title, "months since listing or pivot", "share still independent",
        (Panel(data, layout),), tuple(keys), height=340,
    )  # fmt: skip


def _after_title(told: list[tuple[str, pd.DataFrame]], months: int) -> str:
    parts = []
    for label, curve in told:
        reached = curve[curve["month"] <= months]
        if not reached.empty:
            parts.append(f"{label} {percent(float(reached['survival'].iloc[-1]))}")
    return f"{months} months " + "; ".join(
        f"{part} are still independent" if i == 0 else part for i, part in enumerate(parts)
    )
