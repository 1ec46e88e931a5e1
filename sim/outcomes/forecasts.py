"""Forecasts by scenario: under which assumptions is each document right.

Claims with the same id are the same claim. A forecast belongs to the document its source names first: ``S001-25`` to
document 001. It counts as right in a scenario where it comes true in more than half of the worlds, and a fact where
more than half of the worlds agree with what happened.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

LedgerRow = Mapping[str, Any]
OTHER_SOURCES, WHAT_HAPPENED = "other sources", "what happened"
_DOCUMENT = re.compile(r"S(\d{3})-")


class Forecast(NamedTuple):
    """A row of the matrix: a claim (``happened`` None) or a fact, with its ledger row in each scenario that has it."""

    claim: str
    says: str
    asked: str
    source: str
    group: str
    happened: bool | None
    rows: Mapping[str, LedgerRow]

    def right(self, scenario: str) -> bool | None:
        """Whether more than half of the worlds agree with it; None where no world was asked."""
        row = self.rows.get(scenario)
        if row is None or row["probability"] is None:
            return None
        return bool(row["probability"] > 0.5) == (self.happened is not False)


def group_of(source: str, fact: bool) -> str:
    """``document 001`` for a claim whose source names that document first."""
    if fact:
        return WHAT_HAPPENED
    found = _DOCUMENT.search(source or "")
    return f"document {found[1]}" if found else OTHER_SOURCES


def labels(names: Sequence[str]) -> list[str]:
    """``names``, told apart where two are the same: a second ``a`` is ``a (2)``."""
    return [name if (nth := names[: at + 1].count(name)) == 1 else f"{name} ({nth})" for at, name in enumerate(names)]


def side_by_side(ledgers: Mapping[str, Iterable[LedgerRow]]) -> list[Forecast]:
    """The forecasts of all scenarios, by document, those of other sources and the facts last.

    ``ledgers`` maps the label of a scenario to its ledger (study.run.Run.ledger). Within a document forecasts keep the
    order in which they first come; what a claim says is what the first scenario that has it says.
    """
    found: dict[tuple[str, bool], Forecast] = {}
    for label, ledger in ledgers.items():
        for row in ledger:
            fact = row["happened"] is not None
            key = (row["claim"], fact)
            if key not in found:
                source = row["source"] or ""
                group = group_of(source, fact)
                found[key] = Forecast(row["claim"], row["says"] or "", row["asked"], source, group, row["happened"], {})
            found[key] = found[key]._replace(rows={**found[key].rows, label: row})
    last = (OTHER_SOURCES, WHAT_HAPPENED)
    return sorted(found.values(), key=lambda one: (one.group in last and 1 + last.index(one.group), one.group))


def with_all_worlds(ledgers: Mapping[str, Sequence[LedgerRow]]) -> dict[str, Sequence[LedgerRow]]:
    """``ledgers``, each of worlds in which something is given with that of all worlds beside it, "a, all worlds"."""
    found: dict[str, Sequence[LedgerRow]] = {}
    for name, ledger in ledgers.items():
        found[name] = ledger
        if any("all_probability" in row for row in ledger):
            ends = {"probability": "all_probability", "low": "all_low", "high": "all_high", "worlds": "all_worlds"}
            found[f"{name}, all worlds"] = [{**row, **{key: row[of] for key, of in ends.items()}} for row in ledger]
    return found


def score(forecasts: Iterable[Forecast], scenario: str) -> tuple[int, int]:
    """How many of ``forecasts`` are right in ``scenario``, and how many of them can be judged there."""
    judged = [right for one in forecasts if (right := one.right(scenario)) is not None]
    return sum(judged), len(judged)
