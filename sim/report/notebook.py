"""What a notebook shows of a scenario, a run or a study: the sentence to quote, a small table and a figure.

Of an answer these are the first table and the first figure of its page. The figure is an image of SVG: what shows a
notebook that nobody has said to trust (another's, on a page of a code host) takes styles, scripts and bare SVG away.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sim.foundation.states import A_GIANT, A_STARTUP
from sim.report.html.document import Cell, Details, Document, Figure, Table, html_by, shown_in
from sim.report.html.write import document_of
from sim.report.pages.given import STEPS
from sim.report.pictures.picture import Picture
from sim.report.pictures.schedule import schedule
from sim.report.svg.drawing import WIDTH, svg_of
from sim.report.tables.of_scenario import firms_table
from sim.scenario.model import Scenario
from sim.study.run import Run
from sim.words.months import month_name
from sim.words.numbers import count
from sim.words.text import capital, listed, shorten

MOST_TABLE_ROWS, MOST_TABLE_COLUMNS = 12, 9  # of a table
FRAMES = ("summary", "fates", "survival", "landscape", "endgame", "claims", "paths", "firms", "events")  # of a run
LONGEST_SENTENCE, LONGEST_CAPTION = 600, 1_500  # characters
UNBROKEN, SUB_BESIDE = 24, 14  # characters of a cell that is not broken into lines, and of small print beside it


class Brief(NamedTuple):
    """What is shown; ``whole`` says what names what has all numbers."""

    sentences: Sequence[str]
    table: Table | None
    picture: Picture | None
    whole: Sequence[str]


def html_of(shown: Any) -> str:
    """A scenario, a run or a study as HTML without scripts; all that users wrote is escaped."""
    return rendered(of_scenario(shown) if isinstance(shown, Scenario) else of_answer(shown))


def of_scenario(scenario: Scenario) -> Brief:
    """Who takes part, and what happens on fixed dates."""
    startups, giants = (count(scenario.firms_of_kind(kind), kind) for kind in (A_STARTUP, A_GIANT))
    asked = f"{count(len(scenario.claims), 'forecast')} and {count(len(scenario.facts), 'fact')}"
    said = (
        f"{capital(startups)} and {giants}, {month_name(scenario.start)} to {month_name(scenario.end)}; {asked} are "
        f"asked of {count(scenario.worlds, 'world')}, seed {scenario.seed}."
    )
    sentences = [text for text in (scenario.title or scenario.name, scenario.description, said) if text]
    whole = ("firms", "assumptions", "changes", "claims", "facts")
    return Brief(sentences, firms_table(scenario), schedule(scenario), whole)


def of_answer(answer: Any) -> Brief:
    """The first table and the first figure of the page of ``answer``."""
    document = document_of(answer)
    whole = [f"{name}()" for name in FRAMES]
    if not isinstance(answer, Run):
        whole = [Path(name).stem for name in answer.tables()]
    sentences = [f"{sentence}." for sentence in answer.sentences]
    return Brief(sentences, first_table(document), first_picture(document), whole)


def first_table(document: Document) -> Table | None:
    """The first table with rows that a page shows beside its first figure, or at once, or folded away; None if it has
    none. How many worlds each condition leaves is said by the sentence.
    """
    sections = document.sections
    beside = [one for one in sections if any(isinstance(block, Figure) for block in shown_in(one.blocks))][:1]
    at_once = [block for one in sections for block in one.blocks if not isinstance(block, Details)]
    places = (at_once, *(shown_in(one.blocks) for one in (*beside, *sections)))
    tables = (block for place in places for block in place if isinstance(block, Table))
    return next((table for table in tables if table.rows and table.name != STEPS), None)


def first_picture(document: Document) -> Picture | None:
    """The first picture that a page shows; None if it has none."""
    blocks = [block for section in document.sections for block in section.blocks]
    return next((block.picture for block in shown_in(blocks) if isinstance(block, Figure)), None)


def rendered(brief: Brief) -> str:
    """``brief`` as HTML."""
    table, picture = brief.table, brief.picture
    rows = table.rows if table else ()
    words = columns_with_text(rows[:MOST_TABLE_ROWS])
    shown = words if len(words) <= MOST_TABLE_COLUMNS else [*words[: MOST_TABLE_COLUMNS - 1], words[-1]]
    left = [count(len(rows) - MOST_TABLE_ROWS, "more row")] if len(rows) > MOST_TABLE_ROWS else []
    left += [count(len(words) - len(shown), "more column")] if len(words) > len(shown) else []
    return html_by(
        "notebook.html",
        sentences=[shorten(sentence, LONGEST_SENTENCE) for sentence in brief.sentences],
        title=table.title if table else "",
        heads=[table.columns[at].label for at in shown] if table else [],
        rows=[[row[at] for at in shown] for row in rows[:MOST_TABLE_ROWS]],
        short=UNBROKEN,
        beside=SUB_BESIDE,
        caption=shorten(table.caption, LONGEST_CAPTION) if table else "",
        left=f"{capital(listed(left))} not shown." if left else "",
        whole=brief.whole,
        image=base64.b64encode(svg_of(picture).encode()).decode() if picture else "",
        alt=(picture.alt or picture.title) if picture else "",
        width=round(WIDTH),
    )


def columns_with_text(rows: Sequence[Sequence[Cell]]) -> list[int]:
    """The columns in which some cell has words: those that are drawn alone are left out."""
    width = len(rows[0]) if rows else 0
    return [at for at in range(width) if any(row[at].text for row in rows)]
