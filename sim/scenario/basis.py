"""What a size rests on, read from the source said of it and from the dates of the evidence.

The mark is of the size, not of the mechanism. ``T``: a training fact, to the end of 2024. ``D``: what the documents
claim of the laws, which defines strength 1; ``docs/laws.md`` holds it. ``X``: a test fact, after 2024, to which no size
is fitted: only what a scenario states as an input of that time may rest on it. ``paper``, or ``assumption``; or
``fitted``: a draw of an ensemble, whose file says from which facts.

A source's last part can say the mark itself: "S001-21; size: D", "P-MK-02; growth of 2024: T", "assumption". Where it
does not, the evidence it names tells by its dates. A row that says what and not how much (it has no value) tells none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sim.scenario import evidence

TRAINING, DOCUMENTS, TEST, PAPER, ASSUMPTION, FITTED = "T", "D", "X", "paper", "assumption", "fitted"
UNSAID = ""  # no mark: a source of somebody's own, a --set, or a row without a value
LAST_OF_TRAINING = 2024
MEANINGS = {
    TRAINING: "a training fact, to the end of 2024",
    DOCUMENTS: "what the documents claim of the laws, held by the severities in docs/laws.md",
    TEST: "a test fact, after 2024, stated as an input of that time",
    PAPER: "a published paper",
    ASSUMPTION: "no source gives the size",
    FITTED: "a draw of an ensemble, which facts leave of a size that no source gives",
}
_SAID = re.compile(r"(?:^|: )(T|D|X|assumption|fitted)(?=$|[ ,(])")
_PAPER = re.compile(r"\(\d{4}\)")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_ORDER = (TEST, DOCUMENTS, TRAINING)  # the latest fact that a size needs is what it rests on


def rests_on(source: str) -> str:
    """The mark of a size whose source reads ``source``; UNSAID where it cannot be told."""
    said = _SAID.search(source.rpartition(";")[2].strip())
    if said:
        return said[1]
    named = evidence.ID.findall(source)
    if named:
        marks = {of_row(evidence.known()[id]) for id in named if id in evidence.known()}
        return next((mark for mark in _ORDER if mark in marks), UNSAID)
    return PAPER if _PAPER.search(source) else UNSAID


def of_row(row: Mapping[str, str]) -> str:
    """What a size taken from this row of the evidence rests on.

    A document that is later than 2024 is dated by its own day where it speaks of the laws, and by the day of what it
    reports where it reports: 2025 is a test fact.
    """
    if not row["value"]:
        return UNSAID
    last = max(years(row), default=None)
    if last is None or last <= LAST_OF_TRAINING:
        return TRAINING
    return DOCUMENTS if row["source_kind"] == "seed" and last > LAST_OF_TRAINING + 1 else TEST


def years(row: Mapping[str, str]) -> list[int]:
    """The years that the date of a row names."""
    return [int(year) for year in _YEAR.findall(row["date"])]
