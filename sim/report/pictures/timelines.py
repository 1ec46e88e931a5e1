"""Three worlds told as timelines: a lane per startup, a symbol per event, amounts and causes on hover.

What is said is the narrator's (words/life_stories.py), in the words of ``shakeout trace``.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from sim.outcomes.index import MARKET
from sim.report.html import style
from sim.report.html.document import Cell, Column, Table
from sim.report.html.plotly_values import plotly_text
from sim.report.pictures.picture import Key, Panel, Picture
from sim.report.run_view import View
from sim.study.focus import first
from sim.words.life_stories import STARTUP, Sentence, Story, WorldStory
from sim.words.text import capital, shorten

MOST_LANES = 25
WORD_GAP = 0.13  # least distance of two words above a timeline, in shares of the run


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


def timeline(view: View, index: int) -> Picture:
    """The ``index``-th of the run's stories as a picture; IndexError if there are fewer."""
    world = view.run.stories[index]
    name = f"world-{index + 1}"
    lanes = lanes_of(view, world)
    if not lanes:
        return Picture(name, f"Nothing happens to a startup in world {world.world}", view.source, "", "", "", ())
    data: list[dict[str, Any]] = []
    place = {life.firm: row for row, life in enumerate(lanes)}
    for row, life in enumerate(lanes):
        data += _lane(view, life, row)
    shown = [(life, said) for life in lanes for said in life.sentences if said.event in MARKS]
    used = [kind for kind in MARKS if any(said.event == kind for _, said in shown)]
    data += [_marks(view, kind, [one for one in shown if one[1].event == kind], place) for kind in used]
    shifts = [said.tick for life, said in world.told() if life.firm == MARKET and said.event == "shift"]
    layout = style.layout(
        hovermode="closest",
        margin={"l": 90, "r": 14, "t": 18, "b": 40},
        xaxis=view.date_axis(),
        yaxis=style.axis(
            tickvals=list(place.values()),
            ticktext=[_coloured(view, life) for life in lanes],
            range=[len(lanes) - 0.5, -0.6], ticks="", showgrid=False, tickfont={"size": 12, "color": style.INK},
        ),
        shapes=[style.upright(view.days[tick], style.MUTED) for tick in shifts],
        annotations=[_market_word(view, tick) for tick in _apart(shifts, WORD_GAP * view.ticks[-1])],
    )  # fmt: skip
    keys = tuple(Key(KEY_WORDS.get(kind, kind), style.INK, "marker", kind, marker=MARKS[kind][0]) for kind in used)
    left = len(lanes_of(view, world, limit=10_000)) - len(lanes)
    note = f"Drawn: the {len(lanes)} startups to which most happens; {left} are left out." if left > 0 else ""
    caption = view.caption(
        "A lane runs from entry to exit and turns pale with a pivot; point at a symbol for amount and cause.", note
    )
    title = f"{world.title}. {shorten(world.ending, 400)}"
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


def lanes_of(view: View, world: WorldStory, limit: int = MOST_LANES) -> list[Story]:
    """Startups with a lane, in order, who is in focus first; where there are too many those to which most happens. Of a
    class only the firms to which something happens have one.
    """
    named = set(view.startups)
    lives = [life for life in world.lives if life.kind == STARTUP and life.fate != "never_entered"]
    busy = {life.firm: sum(said.event in MARKS for said in life.sentences) for life in lives}
    there = [life for life in lives if life.firm in named or busy[life.firm]]

    def about(life: Story) -> tuple[str, ...]:
        return life.firm, view.series(life.firm)

    busiest = sorted(there, key=lambda life: (-busy[life.firm], life.firm))
    chosen = {life.firm for life in first(busiest, view.focus, about)[:limit]}
    return first([life for life in there if life.firm in chosen], view.focus, about)


def _span(view: View, life: Story) -> tuple[int, int | None, int]:
    """Ticks of entry, pivot (or None) and end of a firm's lane."""
    entry = next((said.tick for said in life.sentences if said.event == "entry"), 0)
    started_pivoted = 0 if view.firms[view.series(life.firm)].pivoted is not None else None
    pivot = next((said.tick for said in life.sentences if said.event == "pivot"), started_pivoted)
    end = next((said.tick for said in life.sentences if said.event in EXITS), view.ticks[-1])
    return max(entry, 0), None if pivot is None else max(pivot, entry), end


def _lane(view: View, life: Story, row: int) -> list[dict[str, Any]]:
    entry, pivot, end = _span(view, life)
    colour = view.style(life.firm).colour
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


def _marks(view: View, kind: str, shown: list[tuple[Story, Sentence]], place: dict[str, int]) -> dict[str, Any]:
    symbol, size = MARKS[kind]
    hollow = symbol.endswith("-open")
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [view.days[said.tick] for _, said in shown],
        "y": [place[life.firm] for life, _ in shown],
        "legendgroup": kind,
        "name": kind,
        "marker": {
            "symbol": symbol,
            "size": size,
            "color": style.INK,
            "line": {"color": style.INK if hollow else "#ffffff", "width": 1.6 if hollow else 1},
        },
        "text": [_hover(view, life, said) for life, said in shown],
        "meta": {"more": [["what happens", "text", ""]]},
        "hovertemplate": "%{text}<extra></extra>",
    }


def _hover(view: View, life: Story, said: Sentence) -> str:
    text = "<br>".join(plotly_text(line, 200) for line in textwrap.wrap(said.text, 60))
    return f"<b>{plotly_text(life.name)}</b>, {view.month(said.tick)}<br>{text}"


def _coloured(view: View, life: Story) -> str:
    return f"<span style='color:{view.style(life.firm).colour}'>{plotly_text(life.name, 18)}</span>"


def _apart(ticks: Sequence[int], gap: float) -> list[int]:
    """The ticks that have room for a word: ``gap`` after the last one that has."""
    chosen: list[int] = []
    for tick in ticks:
        if not chosen or tick - chosen[-1] >= gap:
            chosen.append(tick)
    return chosen


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


def story_table(view: View, index: int) -> Table:
    """The same world as a table: month, who, what, why."""
    rows = tuple(
        (
            Cell(view.month(said.tick) if said.tick > 0 else said.when),
            Cell(shorten(life.name, 40), swatch="" if life.firm == MARKET else view.style(life.firm).colour),
            Cell(capital(said.text)),
            Cell(capital(said.cause)),
        )
        for life, said in view.run.stories[index].told()
    )
    columns = (Column("Month"), Column("Who"), Column("What happens", wide=True), Column("Why", wide=True))
    return Table(f"world-{index + 1}", "", columns, rows)
