"""The evidence behind a scenario: the rows of docs/evidence.csv, and those whose ids its values cite."""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Iterator
from pathlib import Path

from sim.foundation.file_paths import carried
from sim.scenario.model import Claim, Reported, Scenario

FILE = "evidence.csv"
ID = re.compile(r"\b(?:S\d{3}|P-[A-Z0-9]+)-\d+\b")


def folder() -> Path:
    """Where the evidence lies."""
    return carried("documents", "docs")


def file() -> Path:
    """Where it is."""
    return folder() / FILE


@functools.cache
def known() -> dict[str, dict[str, str]]:
    """Every row by its id."""
    with file().open(encoding="utf-8", newline="") as stream:
        return {row["id"]: row for row in csv.DictReader(stream)}


def cited(*scenarios: Scenario) -> list[dict[str, str]]:
    """The rows that the texts of ``scenarios`` name, defaults too, in the order of the evidence.

    An id that is not in the evidence has no row.
    """
    named = {id for scenario in scenarios for text in _texts(scenario) for id in ID.findall(text)}
    return [row for id, row in known().items() if id in named]


def _texts(scenario: Scenario) -> Iterator[str]:
    values = [*scenario.assumptions.values(), *(value for firm in scenario.firms for value in firm.values.values())]
    for value in (*values, *(change.value for change in scenario.changes)):
        yield from (value.source, value.note)
    yield from (change.source for change in scenario.changes)
    asked: tuple[Claim | Reported, ...] = (*scenario.claims, *scenario.facts, *scenario.reported)
    for claim in asked:
        yield from (claim.source, claim.says)
    yield from (scenario.title, scenario.description)
