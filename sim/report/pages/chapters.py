"""Chapters and blocks that several pages have: what counts as survival, and how to read a page and get it again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sim.foundation.states import State
from sim.report.html.document import Figure, Section, Switch, Terms
from sim.report.pictures.picture import Picture
from sim.report.tables.cited import evidence_used
from sim.report.tables.provenance import provenance
from sim.scenario.model import Scenario
from sim.words.glossary import GLOSSARY

ENDPOINT_LABELS = {State.INDEPENDENT: "Independent", State.IN_GENERAL_RACE: "In the general race"}


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
    """The last chapters of a page: the evidence that ``scenarios`` cite, how to read it, and where it comes from (see
    ``provenance``; ``worlds`` is by default how many each run has).
    """
    made_from = provenance(scenarios[0], manifest, worlds or f"{scenarios[0].worlds:,} in each run", again, clipped)
    return [
        *evidence_used(*scenarios),
        Section("reading", "How to read this", (Terms((*terms, *GLOSSARY)),)),
        Section("provenance", "Where this comes from", made_from),
    ]
