"""What happens on fixed dates in a scenario: its events, from their first month to their last."""

from __future__ import annotations

from sim.report.html import style
from sim.report.html.plotly_values import month_day, plotly_text, year_step
from sim.report.pictures.picture import Key, Panel, Picture
from sim.report.pictures.traces import plain
from sim.report.run_reader import MOST_YEARS
from sim.scenario.model import Change, Scenario
from sim.words.numbers import count
from sim.words.text import capital, shorten

MOST_EVENTS = 20  # rows
EVENT_ROW, EVENT_LINE = 24, 8  # pixels
EVENT_NAME = 28  # letters


def schedule(scenario: Scenario) -> Picture:
    """A row for every dated event, its bar as long as it changes something."""
    events = dict[str, list[Change]]()
    for change in scenario.changes:
        events.setdefault(change.origin.removeprefix("events."), []).append(change)
    said = f"Source: Shakeout, scenario {shorten(scenario.name, 60)}."
    if not events:
        return Picture("schedule", "The scenario has no dated events", said)
    shown, left = list(events.items())[:MOST_EVENTS], max(len(events) - MOST_EVENTS, 0)
    rows = range(len(shown))
    data = [
        plain([month_day(first), month_day(last + 1)], [row, row], style.ACCENT, EVENT_LINE)
        for row, (_, changes) in zip(rows, shown, strict=True)
        for first, last in sorted({(change.first, _last(change, scenario)) for change in changes})
    ]
    years = year_step(scenario.ticks / 12, MOST_YEARS)
    layout = style.layout(
        margin={"l": 128, "r": 20, "t": 10, "b": 44},
        xaxis=style.axis(
            type="date",
            range=[month_day(scenario.start - 1), month_day(scenario.end + 1)],
            dtick=f"M{12 * years}",
            tick0="2000-01-01",
            tickformat="%Y",
        ),
        yaxis=style.row_axis([plotly_text(name, EVENT_NAME) for name, _ in shown]),
    )
    more = f" The first {MOST_EVENTS} are drawn, {left} are not." if left else ""
    events_change = f"{count(len(events), 'dated event')} change{'s' if len(events) == 1 else ''}"
    return Picture(
        "schedule", f"{capital(events_change)} what is assumed", f"Months in which each is in force.{more} {said}",
        "calendar month", "event", (Panel(data, layout),), (Key("in force", style.ACCENT, "area"),),
        height=EVENT_ROW * len(shown),
    )  # fmt: skip


def _last(change: Change, scenario: Scenario) -> int:
    return scenario.end if change.last is None else min(change.last, scenario.end)
