"""Chapters and blocks that several pages have: what counts as survival, the evidence that is cited, how to read
a page and get it again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from sim.foundation.states import State
from sim.report.html.document import Cell, Column, Details, Figure, Prose, Section, Switch, Table, Terms
from sim.report.pictures.picture import Picture
from sim.scenario import evidence
from sim.scenario.model import Scenario
from sim.words.glossary import GLOSSARY
from sim.words.months import short_month
from sim.words.numbers import count
from sim.words.text import capital, shorten

DIGESTS = {"stem": "Digest of the worlds", "sources": "Digest of the rules", "package": "Digest of the whole code"}
ENDPOINT_LABELS = {State.INDEPENDENT: "Independent", State.IN_GENERAL_RACE: "In the general race"}
SOURCES = {"seed": "document", "page": "public page"}  # what evidence.csv calls them, in words
SCHEMES = ("http", "https")  # of addresses that become links


def switch(name: str, label: str, views: Mapping[str, str], draw: Callable[[str], Picture]) -> Switch:
    """The pictures that ``draw`` makes of the keys of ``views``, whose values are what their buttons say."""
    return Switch(name, label, tuple((said, Figure(draw(key))) for key, said in views.items()))


def survival_switch(draw: Callable[[str], Picture]) -> Switch:
    """The pictures that ``draw`` makes of survival, by what counts as it."""
    return switch("survival", "What counts as survival", ENDPOINT_LABELS, draw)


def closing(
    scenarios: Sequence[Scenario],
    terms: Sequence[tuple[str, str]],
    manifest: Mapping[str, Any],
    again: str = "",
    worlds: str = "",
    clipped: Mapping[str, float] | None = None,
) -> list[Section]:
    """The last chapters of a page: the evidence that ``scenarios`` cite, how to read it, and what one needs to get it
    again. No clock, no machine: equal answers give equal pages.

    ``again`` is the command, if it is one line; ``worlds`` says how many there are, if not as many in each run;
    ``clipped``, of a run alone: path -> world-months in which its value was clipped.
    """
    asked, states = "To do it again", "states the first scenario; the tables are in the CSV files beside it"
    if clipped is not None:
        asked, states = "To run it again", "states everything; with the same version it gives the same bytes again"
    versions = manifest.get("versions") or {}
    limits = "; ".join(f"{path}: {int(n):,} world-months" for path, n in (clipped or {}).items())
    scenario = scenarios[0]
    made_from = (
        ("Scenario", shorten(f"{scenario.name}: {scenario.title}", 300)),
        ("Months", f"{short_month(scenario.start)} to {short_month(scenario.end)}, {scenario.ticks} months"),
        ("Worlds", worlds or f"{scenario.worlds:,} in each run"),
        ("Seed", str(manifest.get("seed"))),
        *([(asked, again)] if again else []),
        *((label, str(manifest[key])) for key, label in DIGESTS.items() if key in manifest),
        ("Versions", ", ".join(f"{name} {version}" for name, version in versions.items())),
        *([("Values clipped at a bound", limits)] if limits else []),
    )
    note = Prose((f"scenario.yaml beside this page {states}.",))
    return [
        *evidence_used(*scenarios),
        Section("reading", "How to read this", (Terms((*terms, *GLOSSARY)),)),
        Section("provenance", "Where this comes from", (Terms(made_from, code=True), note)),
    ]


def evidence_used(*scenarios: Scenario) -> tuple[Section, ...]:
    """The chapter, folded away; none where ``scenarios`` cite nothing that the evidence holds."""
    found = evidence.cited(*scenarios)
    if not found:
        return ()
    columns = (
        Column("Id"),
        Column("Date", title="when it was so, or was said"),
        Column("What is said", wide=True),
        Column("Value"),
        Column("Source", wide=True),
    )
    table = Table(
        "evidence", "", columns, tuple(_fact(row) for row in found),
        "Rows of the project's evidence; evidence.csv beside this page has the same. The small print below a source is "
        "the words that the fact rests on, or a remark.",
    )  # fmt: skip
    lead = "The facts that the assumptions, forecasts and dated events above name by id, and where each is from."
    return (Section("evidence", "Evidence used", (Details(f"{capital(count(len(found), 'fact'))}", (table,)),), lead),)


def _fact(row: Mapping[str, str]) -> tuple[Cell, ...]:
    kind, source = SOURCES.get(row["source_kind"], row["source_kind"]), row["source"]
    link = address(source)
    return (
        Cell(row["id"], row["subject"], anchor=row["id"]),
        Cell(row["date"]),
        Cell(row["fact"]),
        Cell(row["value"], row["unit"]),
        Cell(source if link else f"{kind} {source}", row["note"], link=link),
    )


def address(text: str) -> str:
    """``text`` if it is the address of a public page, whole and of nothing else; "" otherwise."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    plain = text.isprintable() and not any(c.isspace() for c in text)
    return text if plain and parts.scheme in SCHEMES and parts.hostname else ""
