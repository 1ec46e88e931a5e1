"""Three worlds told as timelines: a lane per startup, a symbol per event, amounts and causes on hover."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from sim.foundation.causes import CAUSES
from sim.foundation.columns import EVENT
from sim.outcomes.sentences import Moment, Money, sentence
from sim.report import style
from sim.report.document import Cell, Column, Table
from sim.report.picture import Key, Panel, Picture
from sim.report.view import View
from sim.report.words import capital, count, listed, plotly_text

MOST_LANES = 25


# event -> symbol (plotly's name) and size; what is not here is told in the table only
MARKS = {
    "entry": ("triangle-right", 10),
    "round": ("circle", 10),
    "down round": ("circle-open", 10),
    "listing": ("star", 15),
    "profitable": ("triangle-up", 11),
    "report cut": ("triangle-down", 10),
    "abandonment": ("hourglass", 12),
    "pivot": ("diamond", 12),
    "exodus": ("triangle-left-open", 10),
    "spin-off": ("square", 9),
    "acquisition": ("square-cross-open", 13),
    "closure": ("x", 12),
}
KEY_WORDS = {"round": "venture round", "profitable": "a year in profit"}
EXITS = ("acquisition", "closure")
RULES = {cause.rule: number for number, cause in enumerate(CAUSES)}


class Event(NamedTuple):
    """One event of one world; ``firm`` is empty for the market's, ``text`` tells it as ``shakeout trace`` does."""

    tick: int
    firm: str
    event: str
    text: str
    cause: str


class Told(NamedTuple):
    """One of the run's worlds with the reason why it is told, its events in order."""

    world: int
    why: str
    events: list[Event]


def told_worlds(view: View) -> list[Told]:
    """The run's stories in the form the timelines need."""
    return [Told(int(world), str(why), _events(view, events)) for world, why, events in view.run.stories]


def _events(view: View, frame: Any) -> list[Event]:
    """Rows of an event table (frames.EVENT_COLUMNS) with the sentence that tells each."""
    currency, rounds = Money(view.scenario.currency), Counter[str]()
    events = []
    for row in frame.to_dict("records"):
        firm = row["firm"] if isinstance(row["firm"], str) else ""
        cause = row["cause"] if isinstance(row["cause"], str) else ""
        rounds[firm] += row["event"] in ("round", "down round")
        other = view.name(row["other"]) if isinstance(row["other"], str) else ""
        moment = Moment(
            float(row["value"]),
            RULES.get(cause, -1),
            float(row["saw"]),
            rounds[firm],
            currency,
            float(row["worth"]),
            other,
        )
        events.append(Event(int(row["month"]), firm, row["event"], sentence(EVENT[row["event"]], moment), cause))
    return events


def timeline(view: View, index: int) -> Picture:
    """The ``index``-th of the run's stories as a picture; IndexError if there are fewer."""
    told = told_worlds(view)[index]
    name = f"world-{index + 1}"
    lanes = lanes_of(view, told)
    if not lanes:
        return Picture(name, f"Nothing happens to a startup in world {told.world}", view.source, "", "", "", ())
    data: list[dict[str, Any]] = []
    place = {firm: row for row, firm in enumerate(lanes)}
    for firm, row in place.items():
        data += _lane(view, firm, row, told.events)
    shown = [event for event in told.events if event.firm in place and event.event in MARKS]
    used = [kind for kind in MARKS if any(event.event == kind for event in shown)]
    data += [_marks(view, kind, [event for event in shown if event.event == kind], place) for kind in used]
    shifts = [event.tick for event in told.events if event.event == "shift"]
    layout = style.layout(
        hovermode="closest",
        margin={"l": 90, "r": 14, "t": 18, "b": 40},
        xaxis=view.date_axis(),
        yaxis=style.axis(
            tickvals=list(place.values()),
            ticktext=[_coloured(view, firm) for firm in lanes],
            range=[len(lanes) - 0.5, -0.6], ticks="", showgrid=False, tickfont={"size": 12, "color": style.INK},
        ),
        shapes=[style.upright(view.days[tick], style.MUTED) for tick in shifts],
        annotations=[_market_word(view, tick) for tick in shifts],
    )  # fmt: skip
    keys = tuple(Key(KEY_WORDS.get(kind, kind), style.INK, "marker", kind, marker=MARKS[kind][0]) for kind in used)
    left = len(lanes_of(view, told, limit=10_000)) - len(lanes)
    note = f"Drawn: the {len(lanes)} startups to which most happens; {left} are left out." if left > 0 else ""
    caption = view.caption(
        "A lane runs from entry to exit and turns pale with a pivot; point at a symbol for amount and cause.", note
    )
    title = f"World {told.world}, {told.why}. {ending(view, told)}"
    return Picture(
        name,
        title,
        caption,
        title,
        "calendar month",
        "startup",
        (Panel(data, layout),),
        keys,
        height=56 + 40 * len(lanes),
    )


def lanes_of(view: View, told: Told, limit: int = MOST_LANES) -> list[str]:
    """Startups with a lane, in file order; those to which most happens where there are too many."""
    there = [
        f.id for f in view.scenario.firms if f.enters is not None and f.enters <= view.scenario.start and not f.copies
    ]
    busy = Counter({firm: 0 for firm in there if firm in view.startups})
    busy.update(event.firm for event in told.events if view.series(event.firm) in view.startups)
    order = {firm: row for row, firm in enumerate(view.startups)}
    chosen = sorted(busy, key=lambda firm: (-busy[firm], firm))[:limit]
    return sorted(chosen, key=lambda firm: (order[view.series(firm)], firm))


def _span(view: View, firm: str, events: Sequence[Event]) -> tuple[int, int | None, int]:
    """Ticks of entry, pivot (or None) and end of a firm's lane."""
    own = [event for event in events if event.firm == firm]
    entry = next((event.tick for event in own if event.event == "entry"), 0)
    started_pivoted = 0 if view.firms[view.series(firm)].pivoted is not None else None
    pivot = next((event.tick for event in own if event.event == "pivot"), started_pivoted)
    end = next((event.tick for event in own if event.event in EXITS), view.ticks[-1])
    return max(entry, 0), None if pivot is None else max(pivot, entry), end


def _lane(view: View, firm: str, row: int, events: Sequence[Event]) -> list[dict[str, Any]]:
    entry, pivot, end = _span(view, firm, events)
    colour = view.style(firm).colour
    parts = [(entry, end if pivot is None else pivot, style.tint(colour, 0.75))]
    if pivot is not None:
        parts.append((pivot, end, style.tint(colour, 0.3)))
    return [
        {
            "type": "scatter", "mode": "lines", "x": [view.days[max(first, 0)], view.days[last]], "y": [row, row],
            "line": {"color": shade, "width": 7}, "hoverinfo": "skip",
        }
        for first, last, shade in parts
    ]  # fmt: skip


def _marks(view: View, kind: str, events: list[Event], place: dict[str, int]) -> dict[str, Any]:
    symbol, size = MARKS[kind]
    hollow = symbol.endswith("-open")
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [view.days[event.tick] for event in events],
        "y": [place[event.firm] for event in events],
        "legendgroup": kind,
        "name": kind,
        "marker": {
            "symbol": symbol,
            "size": size,
            "color": style.INK,
            "line": {"color": style.INK if hollow else "#ffffff", "width": 1.6 if hollow else 1},
        },
        "text": [_hover(view, event) for event in events],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _hover(view: View, event: Event) -> str:
    text = "<br>".join(plotly_text(line, 200) for line in textwrap.wrap(event.text, 60))
    return f"<b>{plotly_text(view.name(event.firm))}</b>, {view.month(event.tick)}<br>{text}"


def _coloured(view: View, firm: str) -> str:
    return f"<span style='color:{view.style(firm).colour}'>{plotly_text(view.name(firm), 18)}</span>"


def _market_word(view: View, tick: int) -> dict[str, Any]:
    return {
        "text": "new paradigm",
        "xref": "x",
        "yref": "y domain",
        "x": view.days[tick],
        "y": 1,
        "yanchor": "bottom",
        "xanchor": "right" if tick > 0.8 * view.ticks[-1] else "center",
        "showarrow": False,
        "font": {"size": 10, "color": style.MUTED},
    }


def ending(view: View, told: Told) -> str:
    """How a world ends, in a sentence."""
    gone = {event.firm: event.event for event in told.events if event.event in EXITS}
    lanes = lanes_of(view, told, limit=10_000)
    left = [view.name(firm) for firm in lanes if firm not in gone]
    if len(left) > 8:
        return f"{capital(count(len(left), 'startup'))} of {len(lanes)} are independent at the end."
    if not left:
        return "No startup is independent at the end."
    return f"Independent at the end: {listed(left)}."


def story_table(view: View, index: int) -> Table:
    """The same world as a table: month, who, what, why."""
    told = told_worlds(view)[index]
    rows = tuple(
        (
            Cell(view.month(event.tick)),
            Cell(
                view.name(event.firm) if event.firm else "The market",
                swatch=view.style(event.firm).colour if event.firm else "",
            ),
            Cell(capital(event.text)),
            Cell(event.cause),
        )
        for event in told.events
    )
    columns = (Column("Month"), Column("Who"), Column("What happens", wide=True), Column("Why", wide=True))
    return Table(f"world-{index + 1}", "", columns, rows)
