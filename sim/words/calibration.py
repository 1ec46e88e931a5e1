"""What a calibration says in sentences, made from its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.words.months import date_name
from sim.words.numbers import count
from sim.words.text import capital


def headline_of(
    until: str, priors: int, assumptions: Sequence[Mapping[str, Any]], facts: Sequence[Mapping[str, Any]]
) -> str:
    """The plain answer: how many assumptions the facts speak to, and how many facts no setting meets."""
    spoken = sum(row["speaks"] is not None for row in assumptions)
    missed = sum(not row["met"] for row in facts)
    met = f"{count(missed, 'fact')} no setting meets" if missed else "some setting meets each of the facts"
    return (
        f"{capital(count(len(facts), 'fact'))} to {date_name(until)} speak to {spoken} of "
        f"{count(priors, 'assumption')} without a source; {met}"
    )


def contradiction(nearest: Sequence[Sequence[tuple[str, float]]]) -> str:
    """Of the nearest settings that are ruled out, the facts that kill them, with their implausibility."""
    said = []
    for number, killing in enumerate(nearest, 1):
        kills = ", ".join(f"{fact} ({missed:.1f})" for fact, missed in killing)
        said.append(f"nearest point {number} is killed by {kills}")
    return "; ".join(said)
