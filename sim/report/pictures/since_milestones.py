"""Survival on clocks of their own: after a listing, after a pivot, and of those who enter during the run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from sim.foundation.states import State
from sim.report.html import style
from sim.report.html.plotly_values import year_step
from sim.report.pictures.picture import Key, Panel, Picture
from sim.report.pictures.survival import BANDS, TWO_BANDS
from sim.report.pictures.traces import curve, keys_of_bands, moves, steps
from sim.report.run_reader import RunReader
from sim.study.focus import first, itself
from sim.words.numbers import percent
from sim.words.text import listed

AFTER = (  # group, clock, heading, whose curves they are
    ("listed", "listed", "After listing", "startups that listed"),
    ("pivoters", "pivoted", "After a pivot", "startups that pivoted"),
)
PALE_BAND = 0.09  # opacity of a band
TOLD_AT = 36  # months after, in the title and above each panel
YEAR_DASHES = ("solid", "dash", "dot")  # neighbouring cohorts differ in dash too
LEAST_DRAWN = 30  # firms of a cohort, over all worlds: of fewer there is little to see but a band
MOST_GROUPS = 4  # of late entrants, each with a panel


def survival_after(run: RunReader) -> Picture:
    """A panel for each clock, a curve for each cohort: the startups whose clock starts in the same year."""
    late = [(group, "entered", f"After entering: {who}", f"{who} that entered") for group, who in _late(run)]
    found = [(heading, who, _many(run, group, clock)) for group, clock, heading, who in (*AFTER, *late)]
    clocks = [(heading, who, curves) for heading, who, curves in found if curves]
    if not clocks:
        why = f"Fewer than {LEAST_DRAWN} startups list, pivot or enter in any year that can be followed"
        return Picture("survival-after", why, run.source)
    cohorts = sorted({years for _, _, curves in clocks for years in curves})
    colours = style.shades(cohorts)
    looks = {
        years: style.LineStyle(colours[years], YEAR_DASHES[i % len(YEAR_DASHES)]) for i, years in enumerate(cohorts)
    }
    longest = max(int(curve["month"].iloc[-1]) for _, _, curves in clocks for curve in curves.values())
    panels = tuple(_panel(heading, curves, looks, max(longest, 1)) for heading, _, curves in clocks)
    keys = tuple(Key(years, look.colour, "line", years, look.dash) for years, look in looks.items())
    known = any(moves(curve) for _, _, curves in clocks for curve in curves.values())
    keys += keys_of_bands(style.GROUP.colour) if known else ()
    caption = run.caption(
        "Share of startups still independent by months since they listed, pivoted or entered, over all worlds; a curve "
        "for each year in which that happened, which ends where the last of the year reaches the horizon, or where "
        f"fewer are left than the root of their number. Years of fewer than {LEAST_DRAWN} startups are in survival.csv "
        f"only. {TWO_BANDS if known else BANDS} The world is the sampling unit."
    )
    title = _title([(who, curves) for _, who, curves in clocks])
    return Picture(
        "survival-after", title, caption, "months since then", "share still independent", panels, keys, height=300,
        columns=min(2, len(panels)),
    )  # fmt: skip


def _many(run: RunReader, group: str, clock: str) -> dict[str, pd.DataFrame]:
    """The curves of the cohorts of a group and clock that are large enough to be drawn."""
    curves = run.cohorts(group, State.INDEPENDENT, clock)
    return {years: curve for years, curve in curves.items() if int(curve["at_risk"].iloc[0]) >= LEAST_DRAWN}


def _late(run: RunReader) -> list[tuple[str, str]]:
    """Late entrants that have a panel, (id, what they are called): those who enter by chance, or many together."""
    late = [firm for firm in first(run.startups, run.focus, itself) if run.cohorts(firm, State.INDEPENDENT, "entered")]
    if 0 < len(late) <= MOST_GROUPS:
        return [(firm, run.name(firm, 30)) for firm in late]
    dated = [firm for firm in run.startups if (run.survival(firm, State.INDEPENDENT)["month"].min() or 0) > 0]
    return [("startups", "all late startups")] if len(late) + len(dated) > 1 else []


def _panel(heading: str, curves: dict[str, pd.DataFrame], looks: dict[str, style.LineStyle], longest: int) -> Panel:
    data: list[dict[str, Any]] = []
    for years, rows in curves.items():
        look, months = looks[years], [int(month) for month in rows["month"]]
        line = steps(look.colour, 2, look.dash)
        data += curve(months, rows, "survival", line, years, years, PALE_BAND, at_risk=True, both=True)
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
