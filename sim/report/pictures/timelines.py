"""Three worlds told as timelines: a lane per startup, a symbol per event, amounts and causes on hover.

What is said is the narrator's (words/life_stories.py), in the words of ``shakeout trace``.
"""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Sequence
from typing import Any

from sim.foundation.states import A_STARTUP, MARKET, State
from sim.report.html import style
from sim.report.html.document import Cell, Column, Table
from sim.report.html.plotly_values import behind_square, plotly_text
from sim.report.pictures.picture import Key, Panel, Picture
from sim.report.pictures.traces import TOLD, marks, plain, upright
from sim.report.run_reader import RunReader
from sim.study.focus import first
from sim.words.life_stories import Sentence, Story, WorldStory
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
LANE_ENDS = ("acquisition", "closure")


def timeline(run: RunReader, world: WorldStory, index: int = 0) -> Picture:
    """One of the run's stories as a picture; ``index`` is its place among them."""
    name = f"world-{index + 1}"
    lanes = lanes_of(run, world)
    if not lanes:
        return Picture(name, f"Nothing happens to a startup in world {world.world}", run.source)
    place = {life.firm: row for row, life in enumerate(lanes)}
    data = [part for life in lanes for part in _lane(run, life, place[life.firm])]
    shown = [(life, said) for life in lanes for said in life.sentences if said.event in MARKS]
    used = [kind for kind in MARKS if any(said.event == kind for _, said in shown)]
    data += [_marks(run, kind, [one for one in shown if one[1].event == kind], place) for kind in used]
    shifts = [said.tick for life, said in world.told() if life.firm == MARKET and said.event == "shift"]
    names = [behind_square(run.style(life.firm).colour, plotly_text(life.name, 18)) for life in lanes]
    layout = style.layout(
        hovermode="closest",
        margin={"l": 90, "r": 14, "t": 18, "b": 40},
        xaxis=run.date_axis(),
        yaxis=style.row_axis(names, 0.6, showgrid=False),
        shapes=[upright(run.days[tick], style.MUTED) for tick in shifts],
        annotations=[_market_word(run, tick) for tick in _apart(shifts, WORD_GAP * run.ticks[-1])],
    )
    keys = tuple(Key(KEY_WORDS.get(kind, kind), style.INK, "marker", kind, marker=MARKS[kind][0]) for kind in used)
    left = len(lanes_of(run, world, limit=10_000)) - len(lanes)
    note = f"Drawn: the {len(lanes)} startups to which most happens; {left} are left out." if left > 0 else ""
    caption = run.caption(
        "A lane runs from entry to exit and turns pale with a pivot; point at a symbol for amount and cause.", note
    )
    title = f"{world.title}. {shorten(world.ending, 400)}"
    height = 56 + 40 * len(lanes)
    return Picture(name, title, caption, "calendar month", "startup", (Panel(data, layout),), keys, height=height)


def lanes_of(run: RunReader, world: WorldStory, limit: int = MOST_LANES) -> list[Story]:
    """Startups with a lane, in order, who is in focus first; where there are too many those to which most happens. Of a
    class only the firms to which something happens have one.
    """
    named = set(run.startups)
    lives = [life for life in world.lives if life.kind == A_STARTUP and life.fate != State.NEVER_ENTERED]
    busy = {life.firm: sum(said.event in MARKS for said in life.sentences) for life in lives}
    there = [life for life in lives if life.firm in named or busy[life.firm]]

    def about(life: Story) -> tuple[str, ...]:
        return life.firm, run.series(life.firm)

    busiest = sorted(there, key=lambda life: (-busy[life.firm], life.firm))
    chosen = {life.firm for life in first(busiest, run.focus, about)[:limit]}
    return first([life for life in there if life.firm in chosen], run.focus, about)


def _span(run: RunReader, life: Story) -> tuple[int, int | None, int]:
    """Ticks of entry, pivot (or None) and end of a firm's lane."""
    entry = next((said.tick for said in life.sentences if said.event == "entry"), 0)
    started_pivoted = 0 if run.firms[run.series(life.firm)].pivoted is not None else None
    pivot = next((said.tick for said in life.sentences if said.event == "pivot"), started_pivoted)
    end = next((said.tick for said in life.sentences if said.event in LANE_ENDS), run.ticks[-1])
    return max(entry, 0), None if pivot is None else max(pivot, entry), end


def _lane(run: RunReader, life: Story, row: int) -> list[dict[str, Any]]:
    ends = [tick for tick in _span(run, life) if tick is not None]
    shades = [style.tint(run.style(life.firm).colour, strength) for strength in (0.75, 0.3)]
    return [
        plain([run.days[first], run.days[last]], [row, row], shade, 7)
        for (first, last), shade in zip(itertools.pairwise(ends), shades, strict=False)
    ]


def _marks(run: RunReader, kind: str, shown: list[tuple[Story, Sentence]], place: dict[str, int]) -> dict[str, Any]:
    symbol, size = MARKS[kind]
    hollow = symbol.endswith("-open")
    edge = {"color": style.INK if hollow else "#ffffff", "width": 1.6 if hollow else 1}
    return marks(
        [run.days[said.tick] for _, said in shown],
        [place[life.firm] for life, _ in shown],
        legendgroup=kind,
        name=kind,
        marker={"symbol": symbol, "size": size, "color": style.INK, "line": edge},
        text=[_hover(run, life, said) for life, said in shown],
        meta={"more": [["what happens", "text", ""]]},
        **TOLD,
    )


def _hover(run: RunReader, life: Story, said: Sentence) -> str:
    text = "<br>".join(plotly_text(line, 200) for line in textwrap.wrap(said.text, 60))
    return f"<b>{plotly_text(life.name)}</b>, {run.month(said.tick)}<br>{text}"


def _apart(ticks: Sequence[int], gap: float) -> list[int]:
    """The ticks that have room for a word: ``gap`` after the last one that has."""
    chosen: list[int] = []
    for tick in ticks:
        if not chosen or tick - chosen[-1] >= gap:
            chosen.append(tick)
    return chosen


def _market_word(run: RunReader, tick: int) -> dict[str, Any]:
    side = "right" if tick > 0.8 * run.ticks[-1] else "center"
    return style.words(
        "new paradigm", 10, style.MUTED, xref="x", yref="y domain", x=run.days[tick], y=1, yanchor="bottom",
        xanchor=side,
    )  # fmt: skip


def story_table(run: RunReader, world: WorldStory, index: int) -> Table:
    """The same world as a table: month, who, what, why."""
    rows = tuple(
        (
            Cell(run.month(said.tick) if said.tick > 0 else said.when),
            Cell(shorten(life.name, 40), swatch="" if life.firm == MARKET else run.style(life.firm).colour),
            Cell(capital(said.text)),
            Cell(capital(said.cause)),
        )
        for life, said in world.told()
    )
    columns = (Column("Month"), Column("Who"), Column("What happens", wide=True), Column("Why", wide=True))
    return Table(f"world-{index + 1}", "", columns, rows)
