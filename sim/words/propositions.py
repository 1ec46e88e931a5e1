"""Propositions (scenario/proposition.py) in words, so that a reader sees what exactly was asked of the worlds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.foundation.currency import MONEY
from sim.foundation.histograms import QUANTITIES
from sim.foundation.states import ALL_GIANTS, ALL_STARTUPS, State
from sim.scenario.model import Claim, Scenario
from sim.words.months import month_name
from sim.words.names import name_of
from sim.words.numbers import with_unit

STATE_PHRASES = {
    State.IN_GENERAL_RACE: "in the general race",
    State.NEVER_ENTERED: "not entered",
}


def proposition_in_words(scenario: Scenario, proposition: Mapping[str, Any]) -> str:
    """The proposition as a phrase: "MiniMax acquired by April 2028"."""
    if "not" in proposition:
        return _denied(scenario, proposition["not"])
    for form, word in (("all", " and "), ("any", " or ")):
        if form in proposition:
            parts = [proposition_in_words(scenario, part) for part in proposition[form]]
            return parts[0] if len(parts) == 1 else word.join(f"({part})" if " or " in part else part for part in parts)
    if "endgame" in proposition:
        return _endgame(proposition)
    if "count" in proposition:
        return _count(scenario, proposition)
    if "fate" in proposition or "milestone" in proposition:
        return _state(scenario, proposition)
    return _comparison(scenario, proposition)


def _denied(scenario: Scenario, proposition: Mapping[str, Any]) -> str:
    """That the proposition is false."""
    if "endgame" in proposition:
        return _endgame(proposition, "not ")
    if ("fate" in proposition or "milestone" in proposition) and proposition.get("fate") != State.NEVER_ENTERED:
        return _state(scenario, proposition, "not ")
    return f"not ({proposition_in_words(scenario, proposition)})"


def _endgame(proposition: Mapping[str, Any], no: str = "") -> str:
    return f"the endgame has {no}begun by {month_name(proposition['by'])}"


def _state(scenario: Scenario, proposition: Mapping[str, Any], no: str = "") -> str:
    state = str(proposition.get("fate") or proposition.get("milestone"))
    when = "in" if state in (State.INDEPENDENT, State.NEVER_ENTERED) else "by"
    firm, month = name_of(scenario, proposition["firm"]), month_name(proposition["by"])
    return f"{firm} {no}{STATE_PHRASES.get(state, state)} {when} {month}"


def _count(scenario: Scenario, proposition: Mapping[str, Any]) -> str:
    counted = proposition["count"]
    group = str(counted.get("of", ALL_STARTUPS))
    state = STATE_PHRASES.get(counted["state"], counted["state"])
    if "between" in proposition:
        low, high = proposition["between"]
        bound = f"{low} to {high}" if low != high else f"exactly {low}"
    elif "at_least" in proposition:
        bound = f"at least {proposition['at_least']}"
    else:
        bound = f"at most {proposition['at_most']}"
    whom = group if group in (ALL_STARTUPS, ALL_GIANTS) else f"of {name_of(scenario, group)}"
    if bound.endswith(" 1"):
        whom = whom.removesuffix("s") if group in (ALL_STARTUPS, ALL_GIANTS) else whom
    return f"{bound} {whom} {state} at the end of {month_name(proposition['at'])}"


def _comparison(scenario: Scenario, proposition: Mapping[str, Any]) -> str:
    asked_of = QUANTITIES[proposition.get("quantity") or proposition["market"]]
    who = f"{name_of(scenario, proposition['firm'])}: " if "quantity" in proposition else ""
    side = "above" if "above" in proposition else "below"
    against = proposition[side]
    if isinstance(against, Mapping):
        times = against.get("times", 1)
        factor = "" if times == 1 else f"{float(times):.10g} times "
        bound = f"{factor}what it was in {month_name(against['at'])}"
    else:
        bound = _amount(scenario, float(against), asked_of.unit)
    return f"{who}{asked_of.label} in {month_name(proposition['at'])} {side} {bound}"


def _amount(scenario: Scenario, value: float, unit: str) -> str:
    """A bound as it was written, not rounded: it decides."""
    if unit == "share":
        return f"{100 * value:.10g}%"
    if unit.startswith(MONEY):
        return with_unit(f"{value:,.10g}", unit, scenario.currency)
    return f"{value:,.10g} {unit}".rstrip()


def asked(scenario: Scenario, claim: Claim) -> str:
    """What exactly is asked of the worlds, with its dates: "MiniMax acquired by April 2028"."""
    when = proposition_in_words(scenario, claim.when)
    return when if claim.given is None else f"{when}; only of worlds with {proposition_in_words(scenario, claim.given)}"


def claim_named(scenario: Scenario, claim: Claim) -> str:
    """The claim by name, with what it asks: "the claim minimax-bought (MiniMax acquired by April 2028)".

    A proposition that was typed rather than claim_named (scenario/spoken.py) stands for itself, in quotes.
    """
    return f'"{claim.id}"' if " " in claim.id else f"the claim {claim.id} ({asked(scenario, claim)})"
