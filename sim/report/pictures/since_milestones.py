"""Survival on clocks of their own: after a listing, after a pivot, and of those who enter during the run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from sim.report.html import style
from sim.report.html.plotly_values import year_step
from sim.report.pictures.picture import LOW_HIGH, Key, Panel, Picture, numbers
from sim.report.pictures.survival import BANDS, band
from sim.report.run_view import View
from sim.study.focus import first, itself
from sim.words.numbers import percent
from sim.words.text import listed

AFTER = (  # group, clock, heading, whose curves they are
    ("listed", "listed", "After listing", "startups that listed"),
    ("pivoters", "pivoted", "After a pivot", "startups that pivoted"),
)
BAND_OPACITY = 0.09
TOLD_AT = 36  # months after, in the title and above each panel
DASHES = ("solid", "dash", "dot")  # neighbouring cohorts differ in dash too
LEAST_DRAWN = 30  # firms of a cohort, over all worlds: of fewer there is little to see but a band
MOST_GROUPS = 4  # of late entrants, each with a panel


def survival_after(view: View) -> Picture:
    """A panel for each clock, a curve for each cohort: the startups whose clock starts in the same year."""
    late = [(group, "entered", f"After entering: {who}", f"{who} that entered") for group, who in _late(view)]
    found = [
        (heading, who, view.cohorts(group, "independent", clock)) for group, clock, heading, who in (*AFTER, *late)
    ]
    clocks = [(heading, who, _many(curves)) for heading, who, curves in found if _many(curves)]
    if not clocks:
        why = f"Fewer than {LEAST_DRAWN} startups list, pivot or enter in any year that can be followed"
        return Picture("survival-after", why, view.source, "", "", "", ())
    cohorts = sorted({years for _, _, curves in clocks for years in curves})
    colours = style.shades(cohorts)
    looks = {years: style.FirmStyle(colours[years], DASHES[i % len(DASHES)]) for i, years in enumerate(cohorts)}
    longest = max(int(curve["month"].iloc[-1]) for _, _, curves in clocks for curve in curves.values())
    panels = tuple(_panel(heading, curves, looks, max(longest, 1)) for heading, _, curves in clocks)
    keys = tuple(Key(years, look.colour, "line", years, look.dash) for years, look in looks.items())
    caption = view.caption(
        "Share of startups still independent by months since they listed, pivoted or entered, over all worlds; a curve "
        "for each year in which that happened, which ends where the last of the year reaches the horizon, or where "
        f"fewer are left than the root of their number. Years of fewer than {LEAST_DRAWN} startups are in survival.csv "
        f"only. {BANDS} The world is the sampling unit."
    )
    title = _title([(who, curves) for _, who, curves in clocks])
    return Picture(
        "survival-after", title, caption, title, "months since then", "share still independent",
        panels, keys, height=300, columns=min(2, len(panels)),
    )  # fmt: skip


def _many(curves: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The cohorts that are large enough to be drawn."""
    return {years: curve for years, curve in curves.items() if int(curve["at_risk"].iloc[0]) >= LEAST_DRAWN}


def _late(view: View) -> list[tuple[str, str]]:
    """Late entrants that have a panel, (id, what they are called): those who enter by chance, or many together."""
    late = [firm for firm in first(view.startups, view.focus, itself) if view.cohorts(firm, "independent", "entered")]
    if 0 < len(late) <= MOST_GROUPS:
        return [(firm, view.name(firm, 30)) for firm in late]
    dated = [firm for firm in view.startups if (view.survival(firm, "independent")["month"].min() or 0) > 0]
    return [("startups", "all late startups")] if len(late) + len(dated) > 1 else []


def _panel(heading: str, curves: dict[str, pd.DataFrame], looks: dict[str, style.FirmStyle], longest: int) -> Panel:
    data: list[dict[str, Any]] = []
    for years, curve in curves.items():
        x = [int(month) for month in curve["month"]]
        low, high = numbers(curve["low"]), numbers(curve["high"])
        data.append(band(x, curve, looks[years].colour, years, BAND_OPACITY))
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": x,
                "y": numbers(curve["survival"]),
                "name": years,
                "legendgroup": years,
                "line": {"shape": "hv", "color": looks[years].colour, "width": 2, "dash": looks[years].dash},
                "customdata": [[a, b, int(n)] for a, b, n in zip(low, high, curve["at_risk"], strict=True)],
                "meta": {"more": [*LOW_HIGH["more"], ["at risk", "customdata.2", "startups"]]},
                "hovertemplate": "%{y:.0%} (%{customdata[0]:.1%} to %{customdata[1]:.1%}), %{customdata[2]:,} at risk",
            }
        )
    step = 12 * year_step(longest / 12, 15) if longest > 18 else 3
    layout = style.layout(
        hovermode="x unified",
        margin={"l": 44, "r": 12, "t": 10, "b": 36},
        xaxis=style.axis(range=[0, longest], dtick=step, hoverformat="d"),
        yaxis=style.axis(range=[0, 1.01], tickformat=".0%", dtick=0.25),
    )
    return Panel(data, layout, heading)


def _title(told: Sequence[tuple[str, dict[str, pd.DataFrame]]]) -> str:
    """What is left of one cohort of each clock: of those followed for three years (or the longest) the largest."""
    ends: dict[int, list[str]] = {}
    for who, curves in told:
        months = min(TOLD_AT, max(int(curve["month"].iloc[-1]) for curve in curves.values()))
        known = {years: curve for years, curve in curves.items() if int(curve["month"].iloc[-1]) >= months}
        years = max(known, key=lambda name: (int(known[name]["at_risk"].iloc[0]), name))
        share = percent(float(known[years]["survival"].iloc[months]))
        ends.setdefault(months, []).append(f"{share} of {who} in {years}")
    return "; ".join(f"{listed(parts)} are independent {months} months on" for months, parts in ends.items())
