"""Several runs in one picture: survival and the endgame, drawn over one another in a colour for each run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from sim.foundation.states import ALL_STARTUPS, State
from sim.report.html import style
from sim.report.html.plotly_values import plotly_text
from sim.report.pictures.fates import small_dates
from sim.report.pictures.picture import Panel, Picture, numbers
from sim.report.pictures.survival import BANDS, ENDPOINTS, ENDS, NOBODY
from sim.report.pictures.traces import curve, line, steps
from sim.report.run_reader import MOST_PANELS, RunReader
from sim.report.several_runs import Runs, groups_of_startups
from sim.study.focus import first, itself
from sim.words.numbers import percent
from sim.words.text import listed, shorten

THIN, THICK = 1.4, 2.6  # pixels


def survival_overlay(
    runs: Runs, firms: Sequence[str], endpoint: str = State.INDEPENDENT, others: bool = True
) -> Picture:
    """Small multiples: a panel for each of ``firms`` (ids of firms or groups), a curve with band for every run.

    ``others``: the caption says how many further startups there are.
    """
    state = ENDPOINTS[endpoint]
    panels = [panel for panel in (_panel(runs, firm, endpoint) for firm in firms) if panel.data]
    name = f"survival-{endpoint}"
    if not panels:
        return Picture(name, NOBODY, runs.source)
    left = len(runs.startups) - sum(firm in runs.startups for firm in firms)
    title = _title(runs, firms, endpoint)
    caption = runs.caption(
        f"Share of worlds in which a firm that entered is {state}, by month; of a group, the share of those that were "
        f"there from the start. {BANDS} {ENDS}",
        "Runs with common luck differ more surely than their bands suggest: the differences below say how surely."
        if len(runs.labels) > 1
        else "",
        f"{left} more startups, which differ less, are in the tables beside this page." if left and others else "",
    )
    return Picture(
        name, title, caption, "calendar month", f"share of worlds {state}", tuple(panels), runs.keys, height=180,
        columns=min(4, max(2, len(panels))),
    )  # fmt: skip


def _title(runs: Runs, firms: Sequence[str], endpoint: str) -> str:
    """Whose curve moves most, in words; of those in focus, if there are any."""
    state, found, mine = ENDPOINTS[endpoint], [], [firm for firm in runs.focus if firm in firms]
    for firm in firms:
        ends = [_end(runs, run, firm, endpoint) for run in runs.each]
        if ends[0] is not None and firm in (mine or runs.startups):
            found += [(abs(e - ends[0]), firm, ends[0], e, i) for i, e in enumerate(ends) if i and e is not None]
    if not found or max(found)[0] == 0:
        whose = f"the curve of {listed([runs.name(firm) for firm in mine])} does not move" if mine else "no curve moves"
        return f"Still {state.removeprefix('still ')}: {whose}"
    _, firm, old, new, index = max(found, key=lambda one: one[0])
    whole = runs.run_with(firm).whole(firm)
    share = f"{state} in {percent(old)} of worlds" if whole == "of worlds" else f"{state} are {percent(old)} {whole}"
    most = " most" if len(mine) != 1 else ""
    said = f"{runs.name(firm)} differs{most} in {runs.last_month}: {share}"
    if len(runs.labels) > 2:
        return f"{said} ({shorten(runs.labels[0], 60)}) and in {percent(new)} ({shorten(runs.labels[index], 60)})"
    return f"{said}, {'with the change' if runs.kind == 'what-if' else 'in the other run'} in {percent(new)}"


def _end(runs: Runs, run: RunReader, firm: str, endpoint: str) -> float | None:
    """What the curve says at the last month that all runs share; None where it has not begun, or has ended.

    Of one firm or class it is told though its curve has ended: the share of those that entered.
    """
    tick = runs.last_tick(run)
    curve = run.survival(firm, endpoint)
    reached = curve[curve["month"] == tick]
    if not reached.empty:
        return float(reached["survival"].iloc[0])
    begun = not curve.empty and curve["month"].iloc[0] <= tick
    return run.left_of_entrants(firm, endpoint, tick) if begun and firm in run.firms else None


def _panel(runs: Runs, firm: str, endpoint: str) -> Panel:
    data: list[dict[str, Any]] = []
    for index, run in enumerate(runs.each):
        rows = run.survival(firm, endpoint)
        if not rows.empty:
            data += _banded(runs, index, rows, "survival")
    layout = style.layout(
        hovermode="x unified",
        margin={"l": 36, "r": 8, "t": 10, "b": 24},
        xaxis=runs.axis(**small_dates(runs.base)),
        yaxis=style.small_share_axis(1.02),
    )
    shares = [_end(runs, run, firm, endpoint) for run in runs.each]
    ends = ["–" if share is None else percent(share) for share in shares]
    return Panel(data, layout, runs.name(firm), runs.in_a_row(ends), runs.colour(firm))


def look_of(runs: Runs, index: int) -> dict[str, Any]:
    """How the line of a run looks: thin that of the first, bold those of the others."""
    return steps(runs.style(index).colour, THICK if index else THIN, runs.style(index).dash)


def _banded(runs: Runs, index: int, rows: pd.DataFrame, column: str) -> list[dict[str, Any]]:
    """A band and a step line of one run; ``rows`` has month, ``column``, low and high."""
    days = [runs.each[index].days[month] for month in rows["month"]]
    return curve(days, rows, column, look_of(runs, index), f"run-{index}", plotly_text(runs.labels[index], 30))


def left_overlay(runs: Runs) -> Picture:
    """How many startups are independent, and in the general race: the mean over worlds by month, for every run."""
    panels, told = [], []
    for endpoint, heading in (
        (State.INDEPENDENT, "still independent"),
        (State.IN_GENERAL_RACE, "still in the general race"),
    ):
        data: list[dict[str, Any]] = []
        ends = []
        for index, run in enumerate(runs.each):
            if run.startups:
                mean = run.startup_count * run.incidence(ALL_STARTUPS, endpoint)
                ends.append(f"{mean[runs.last_tick(run)]:.1f}")
                data.append(
                    line(
                        run.days, numbers(mean), name=plotly_text(runs.labels[index], 30), legendgroup=f"run-{index}",
                        line=look_of(runs, index), hovertemplate="%{y:.2f}",
                    )
                )  # fmt: skip
        most = max((len(run.startups) for run in runs.each), default=1)
        top = max((y for trace in data for y in trace["y"] if y is not None), default=most)
        layout = style.layout(
            hovermode="x unified",
            margin={"l": 36, "r": 12, "t": 10, "b": 28},
            xaxis=runs.axis(),
            yaxis=style.axis(range=[0, max(1.0, top * 1.04)], tickformat=".3~g"),
        )
        panels.append(Panel(data, layout, f"Startups {heading}", runs.in_a_row(ends)))
        told.append(ends)
    if not any(told):
        return Picture("startups-left", "The scenario has no startup", runs.source)
    title = f"Startups still independent in {runs.last_month}, on average: {runs.ends_in_words(told[0])}"
    caption = runs.caption("Mean over worlds of the number of startups, by month.")
    return Picture(
        "startups-left", title, caption, "calendar month", "number of startups, mean over worlds",
        tuple(panels), runs.keys, height=260, columns=2,
    )  # fmt: skip


def endgame_overlay(runs: Runs) -> Picture:
    """Share of worlds that have reached the endgame by each month, for every run."""
    data: list[dict[str, Any]] = []
    ends = []
    for index, run in enumerate(runs.each):
        rows = run.outcomes.endgame
        if not rows.empty:
            data += _banded(runs, index, rows, "share")
            ends.append(percent(float(rows["share"].iloc[runs.last_tick(run)]), 1))
    top = max((y for trace in data for y in trace["y"] if y is not None), default=1.0)
    layout = style.layout(
        hovermode="x unified",
        margin={"l": 52, "r": 14, "t": 10, "b": 44},
        xaxis=runs.axis(),
        yaxis=style.axis(range=[0, min(1.01, max(0.05, 1.15 * top))], tickformat=".0%"),
    )
    title = f"Worlds in which the endgame has begun by {runs.last_month}: {runs.ends_in_words(ends)}"
    caption = runs.caption(f"Share of worlds that have reached the endgame by each month. {BANDS}")
    panels = (Panel(data, layout),)
    return Picture("endgame", title, caption, "calendar month", "share of worlds", panels, runs.keys, height=300)


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
