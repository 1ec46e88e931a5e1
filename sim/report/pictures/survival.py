"""Survival curves on the calendar: who is still independent, and who is still in the general race."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from sim.report.html import style
from sim.report.html.plotly_values import plotly_text
from sim.report.pictures.picture import LOW_HIGH, Key, Panel, Picture, numbers
from sim.report.run_view import View
from sim.words.numbers import percent
from sim.words.text import listed

ENDPOINTS = {"independent": "still independent", "general": "still in the general race"}
BANDS = "Bands are pointwise 95% intervals."
ENDS = "A curve ends where fewer worlds are left than the root of their number."
NOBODY = "No startup enters on a fixed date, so there is no curve on the calendar"
MONTH = "%{x|%B %Y}: "  # what a hover text begins with where each curve has its own
OPACITY, FAINT = 0.16, 0.06  # of bands, and of many upon one another
SAID = 3  # startups named in a caption
LABEL_GAP = 0.045  # least distance of two labels at the ends of curves, in shares of the axis


def survival_curves(view: View, endpoint: str = "independent") -> Picture:
    """A curve with band for every startup: the share of worlds in which it is ``endpoint``, by month.

    ``endpoint`` is "independent" (neither closed nor acquired) or "general" (nor pivoted); KeyError otherwise.
    """
    state = ENDPOINTS[endpoint]
    curves = {firm: view.survival(firm, endpoint) for firm in view.told}
    curves = {firm: curve for firm, curve in curves.items() if not curve.empty}
    chosen = [firm for firm in view.most_uncertain() if firm in curves]
    others = [firm for firm in curves if firm not in chosen]
    name = f"survival-{endpoint}"
    if not curves:
        return Picture(name, NOBODY, view.source, "", "", "", ())
    data = [
        context([view.days[month] for month in curves[firm]["month"]], curves[firm]["survival"], view.name(firm))
        for firm in others
    ]
    for firm in chosen:
        data += _banded(view, firm, curves[firm], MONTH if others else "")
    keys = [Key(view.name(f), view.style(f).colour, "line", f, view.style(f).dash) for f in chosen]
    if others:
        keys.append(Key(f"{len(others)} others", style.CONTEXT, "line", "others"))
    layout = style.layout(
        height=440,
        hovermode="closest" if others else "x unified",
        margin={"l": 52, "r": 112, "t": 10, "b": 44},
        xaxis=view.date_axis(),
        yaxis=style.axis(range=[0, 1.01], tickformat=".0%", dtick=0.2),
        annotations=_end_labels(view, {firm: float(curves[firm]["survival"].iloc[-1]) for firm in chosen}),
    )
    what = "neither closed nor acquired" if endpoint == "independent" else "neither closed, acquired nor pivoted"
    caption = view.caption(
        f"Share of worlds in which a firm that entered is {what}, by month. {BANDS} {ENDS}",
        " ".join(part for part in (view.chosen_note(len(chosen), bool(others)), elsewhere(view)) if part),
    )
    ends = {firm: view.left_of_entrants(firm, endpoint) for firm in curves}
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


def elsewhere(view: View) -> str:
    """Which startups have no curve on the calendar, since they enter by chance."""
    late = [firm for firm in view.startups if view.cohorts(firm, "independent", "entered")]
    names = listed(
        [view.name(firm) for firm in late[:SAID]] + ([f"{len(late) - SAID} more"] if len(late) > SAID else [])
    )
    return f"Not drawn here, on a clock that starts on entry below: {names}." if late else ""


def _title(view: View, ends: dict[str, float], state: str) -> str:
    told = f"In {view.horizon}, {view.ranked(ends, state)}"
    late = any(view.incidence(firm, "never_entered").any() for firm in view.spoken(ends))
    return f"{told}, of those that entered" if late else told


def context(x: list[str], share: Iterable[float], name: str) -> dict[str, Any]:
    """A thin grey line of a startup that is not in focus, named on hover."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": numbers(share),
        "name": plotly_text(name, 30),
        "legendgroup": "others",
        "line": {"shape": "hv", "color": style.CONTEXT, "width": 1},
        "hovertemplate": f"{MONTH}%{{y:.0%}}",
    }


def band(x: list[Any], curve: pd.DataFrame, colour: str, group: str, opacity: float) -> dict[str, Any]:
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
        "fillcolor": style.clear(colour, opacity),
        "line": {"width": 0},
        "legendgroup": group,
        "hoverinfo": "skip",
    }


def _banded(view: View, firm: str, curve: pd.DataFrame, month: str) -> list[dict[str, Any]]:
    colour, dash = view.style(firm)
    days = [view.days[month] for month in curve["month"]]
    line = {
        "type": "scatter",
        "mode": "lines",
        "x": days,
        "y": numbers(curve["survival"]),
        "name": plotly_text(view.name(firm), 30),
        "legendgroup": firm,
        "line": {"shape": "hv", "color": colour, "width": 2.2, "dash": dash},
        "customdata": [[a, b] for a, b in zip(numbers(curve["low"]), numbers(curve["high"]), strict=True)],
        "meta": LOW_HIGH,
        "hovertemplate": month + "%{y:.0%} (%{customdata[0]:.1%} to %{customdata[1]:.1%})",
    }
    return [band(days, curve, colour, firm, FAINT if month else OPACITY), line]


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
