"""Survival curves on the calendar: who is still independent, and who is still in the general race."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sim.foundation.states import State
from sim.report.html import style
from sim.report.html.plotly_values import plotly_text
from sim.report.pictures.picture import Key, Panel, Picture, numbers
from sim.report.pictures.traces import BAND, HOVER, curve, end_label, keys_of_bands, line, moves, spread_out, steps
from sim.report.run_reader import RunReader
from sim.words.numbers import percent
from sim.words.text import listed

ENDPOINTS = {State.INDEPENDENT: "still independent", State.IN_GENERAL_RACE: "still in the general race"}
BANDS = "Bands are pointwise 95% intervals."
TWO_BANDS = (
    "Dark bands are luck of the draw: pointwise 95% intervals. Pale bands are what is not known: one standard "
    "deviation between draws of the uncertain assumptions, up and down."
)
ENDS = "A curve ends where fewer worlds are left than the root of their number."
NOBODY = "No startup enters on a fixed date, so there is no curve on the calendar"
MONTH = "%{x|%B %Y}: "  # what a hover text begins with where each curve has its own
FAINT = 0.06  # opacity of many bands upon one another
SAID = 3  # startups named in a caption
LABEL_GAP = 0.045  # least distance of two labels at the ends of curves, in shares of the axis


def survival_curves(run: RunReader, endpoint: str = State.INDEPENDENT) -> Picture:
    """A curve with band for every startup: the share of worlds in which it is ``endpoint``, by month.

    ``endpoint`` is "independent" (neither closed nor acquired) or "general" (nor pivoted); KeyError otherwise.
    """
    state = ENDPOINTS[endpoint]
    curves = {firm: run.survival(firm, endpoint) for firm in run.told}
    curves = {firm: curve for firm, curve in curves.items() if not curve.empty}
    chosen = [firm for firm in run.most_uncertain() if firm in curves]
    others = [firm for firm in curves if firm not in chosen]
    name = f"survival-{endpoint}"
    if not curves:
        return Picture(name, NOBODY, run.source)
    data = [
        context(run, firm, [run.days[month] for month in curves[firm]["month"]], curves[firm]["survival"])
        for firm in others
    ]
    for firm in chosen:
        rows, (colour, dash) = curves[firm], run.style(firm)
        days = [run.days[month] for month in rows["month"]]
        data += curve(
            days, rows, "survival", steps(colour, 2.2, dash), firm, plotly_text(run.name(firm), 30),
            opacity=FAINT if others else BAND, hover=f"{MONTH if others else ''}{HOVER}", both=True,
        )  # fmt: skip
    last = {firm: float(curves[firm]["survival"].iloc[-1]) for firm in chosen}
    upwards = sorted(chosen, key=lambda firm: (last[firm], firm))
    places = spread_out([last[firm] for firm in upwards], LABEL_GAP, 0.0, 1.0)
    yaxis = style.axis(range=[0, 1.01], tickformat=".0%", dtick=0.2)
    panel = panel_of_lines(run, data, dict(zip(upwards, places, strict=True)), yaxis, bool(others))
    known = any(moves(curves[firm]) for firm in chosen)
    what = "neither closed nor acquired" if endpoint == State.INDEPENDENT else "neither closed, acquired nor pivoted"
    caption = run.caption(
        f"Share of worlds in which a firm that entered is {what}, by month. {TWO_BANDS if known else BANDS} {ENDS}",
        run.chosen_note(len(chosen), bool(others)),
        elsewhere(run),
    )
    ends = {firm: run.left_of_entrants(firm, endpoint) for firm in curves}
    return Picture(
        name, _title(run, ends, state), caption, "calendar month", f"share of worlds {state}", (panel,),
        (*keys_of_lines(run, chosen, len(others)), *(keys_of_bands(style.GROUP.colour) if known else ())), height=440,
        alt=f"Survival curves, {state}: " + listed([f"{run.name(f)} {percent(ends[f])}" for f in chosen]),
    )  # fmt: skip


def elsewhere(run: RunReader) -> str:
    """Which startups have no curve on the calendar, since they enter by chance."""
    late = [firm for firm in run.startups if run.cohorts(firm, State.INDEPENDENT, "entered")]
    names = listed(
        [run.name(firm) for firm in late[:SAID]] + ([f"{len(late) - SAID} more"] if len(late) > SAID else [])
    )
    return f"Not drawn here, on a clock that starts on entry below: {names}." if late else ""


def _title(run: RunReader, ends: dict[str, float], state: str) -> str:
    told = f"In {run.horizon}, {run.ranked(ends, state)}"
    late = any(run.incidence(firm, State.NEVER_ENTERED).any() for firm in run.spoken(ends))
    return f"{told}, of those that entered" if late else told


def context(run: RunReader, firm: str, x: list[str], share: Iterable[float]) -> dict[str, Any]:
    """A thin grey line of a startup that is not in focus, named on hover."""
    return line(
        x, numbers(share), name=plotly_text(run.name(firm), 30), legendgroup="others", line=steps(style.CONTEXT, 1),
        hovertemplate=f"{MONTH}%{{y:.0%}}",
    )  # fmt: skip


def panel_of_lines(
    run: RunReader, data: list[dict[str, Any]], names: dict[str, float], yaxis: dict[str, Any], others: bool
) -> Panel:
    """Lines of firms by month, with the ``names`` of some at their ends, so high; ``others`` are grey lines."""
    layout = style.layout(
        hovermode="closest" if others else "x unified",
        margin={"l": 52, "r": 112, "t": 10, "b": 44},
        xaxis=run.date_axis(),
        yaxis=yaxis,
        annotations=[end_label(run, firm, place) for firm, place in names.items()],
    )
    return Panel(data, layout)


def keys_of_lines(run: RunReader, firms: Sequence[str], others: int) -> tuple[Key, ...]:
    """The legend of lines of ``firms``, and of so many others in grey."""
    keys = [Key(run.name(firm), run.style(firm).colour, "line", firm, run.style(firm).dash) for firm in firms]
    return (*keys, *([Key(f"{others} others", style.CONTEXT, "line", "others")] if others else []))
