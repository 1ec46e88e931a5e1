"""The evidence behind a page: a chapter with the rows that its scenarios cite, to which the ids in its texts link."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from sim.report.html.document import Cell, Column, Details, Section, Table
from sim.scenario import evidence
from sim.scenario.model import Scenario
from sim.words.numbers import count
from sim.words.text import capital

SOURCES = {"seed": "document", "page": "public page"}  # what evidence.csv calls them, in words
SCHEMES = ("http", "https")  # of addresses that become links


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
        "evidence", "", columns, tuple(_row(row) for row in found),
        "Rows of the project's evidence; evidence.csv beside this page has the same. The small print below a source is "
        "the words that the fact rests on, or a remark.",
    )  # fmt: skip
    lead = "The facts that the assumptions, forecasts and dated events above name by id, and where each is from."
    return (Section("evidence", "Evidence used", (Details(f"{capital(count(len(found), 'fact'))}", (table,)),), lead),)


def _row(row: Mapping[str, str]) -> tuple[Cell, ...]:
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
