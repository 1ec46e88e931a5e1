"""What has happened so far: the facts of a scenario that speak of what a forecast speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sim.foundation.states import State
from sim.outcomes.hindcast import date_of
from sim.scenario.evidence import ID
from sim.scenario.model import Claim, Reported, Scenario
from sim.words.hindcast import reported_in_words
from sim.words.months import month_name
from sim.words.propositions import measured_in_words, unit_of

EXIT, COUNTED = "exit", "count"
FATES = (State.INDEPENDENT, State.ACQUIRED, State.CLOSED)  # one fact tells of all three
PARTS = ("all", "any", "plus", "ratio")
Topic = tuple[str, ...]


def topics(said: Mapping[str, Any]) -> Iterator[Topic]:
    """What a proposition or an amount speaks of: a firm's fate, milestone or quantity, how many are in a state, the
    endgame, a number of the market.
    """
    for part in (said["not"],) if "not" in said else [one for name in PARTS for one in said.get(name, ())]:
        yield from topics(part)
    if "endgame" in said:
        yield ("endgame",)
    elif "count" in said:
        yield (COUNTED, str(said["count"].get("state", said["count"].get("quantity"))))
    elif "market" in said:
        yield ("market", said["market"])
    elif "fate" in said or "milestone" in said:
        about = said.get("fate") or said["milestone"]
        yield (said["firm"], EXIT if about in FATES else str(about))
    elif "firm" in said and "quantity" in said:
        yield (said["firm"], said["quantity"])


def topics_of(one: Claim | Reported) -> set[Topic]:
    """The same of a forecast with its condition, or of a fact."""
    said = one.when if isinstance(one, Claim) else one.measure
    return {topic for part in (said, one.given or {}) for topic in topics(part)}


def facts_for(claim: Claim, scenario: Scenario) -> list[Claim | Reported]:
    """The latest facts that speak of what ``claim`` does, before its last month, in the order of the file."""
    facts: tuple[Claim | Reported, ...] = (*scenario.facts, *scenario.reported)
    earlier = [fact for fact in facts if date_of(fact) <= date_of(claim)]
    found: list[Claim | Reported] = []
    for topic in topics_of(claim):
        own = [fact for fact in earlier if topic in topics_of(fact)]
        latest = max((date_of(fact) for fact in own), default=0)
        found += [fact for fact in own if date_of(fact) == latest]
    return [fact for fact in facts if fact in found]


def fact_in_words(fact: Claim | Reported, scenario: Scenario) -> str:
    """What was reported: "MiniMax is listed by January 2026: yes (P-MM-40)"."""
    source = ", ".join(ID.findall(fact.source.partition("; before:")[0]))
    if isinstance(fact, Claim):
        return f"*{fact.says}*: {'yes' if fact.happened else 'no'} ({source})"
    unit = unit_of(fact.measure)
    told = reported_in_words(fact.low, fact.high, lambda value: measured_in_words(value, unit, scenario.currency))
    return f"*{fact.says}*: {told} ({source})"


def so_far(claim: Claim, scenario: Scenario) -> str:
    """A sentence with all of them, or that there is none."""
    facts = facts_for(claim, scenario)
    if not facts:
        return "No fact of the flagship tells of it."
    last = month_name(max(date_of(fact) for fact in facts))
    return f"So far, to {last}: {'; '.join(fact_in_words(fact, scenario) for fact in facts)}."
