"""Propositions (scenario/proposition.py) in words, so that a reader sees what exactly was asked of the worlds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sim.foundation.currency import MONEY
from sim.foundation.measured import MEASURED
from sim.foundation.states import ALL_GIANTS, ALL_STARTUPS, State
from sim.scenario.amount import SPANS
from sim.scenario.model import Claim, Scenario
from sim.words.months import month_name, span_in_words
from sim.words.names import name_of
from sim.words.numbers import percent, significant, with_unit

HOW_SAID = {"at": "", "sum": "", "mean": "mean ", "largest": "most "}
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
    if "among" in proposition or "leads" in proposition:
        return _nearest(scenario, proposition)
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
    if "quantity" in counted:
        return f"{bound} {whom} with {_compared_with(scenario, counted)}"
    state = STATE_PHRASES.get(counted["state"], counted["state"])
    return f"{bound} {whom} {state} at the end of {month_name(proposition['at'])}"


def _nearest(scenario: Scenario, proposition: Mapping[str, Any]) -> str:
    when = month_name(proposition["at"])
    if "leads" in proposition:
        group = proposition["leads"]
        whom = group if group in (ALL_STARTUPS, ALL_GIANTS) else f"firms of {name_of(scenario, group)}"
        return f"one of the {whom} nearer to the frontier than all others in {when}"
    group, number = proposition["of"], proposition["among"]
    whom = group if group in (ALL_STARTUPS, ALL_GIANTS) else f"of {name_of(scenario, group)}"
    first = f"first of {name_of(scenario, group)}" if whom != group else f"first of the {group}"
    nearest = f"the {number} {whom} nearest to the frontier" if number > 1 else f"{first} at the frontier"
    return f"{name_of(scenario, proposition['firm'])} {'among ' if number > 1 else ''}{nearest} in {when}"


def _comparison(scenario: Scenario, proposition: Mapping[str, Any]) -> str:
    whose = ""
    if "of" in proposition:
        whose = f"{name_of(scenario, proposition['of'])}, together: "
    elif "firm" in proposition:
        whose = f"{name_of(scenario, proposition['firm'])}: "
    return whose + _compared_with(scenario, proposition)


def _compared_with(scenario: Scenario, said: Mapping[str, Any]) -> str:
    """A quantity over its months, above or below a bound."""
    side = "above" if "above" in said else "below"
    against = said[side]
    if isinstance(against, Mapping):
        times = against.get("times", 1)
        factor = "" if times == 1 else f"{float(times):.10g} times "
        bound = f"{factor}what it was {_over(against)}"
    else:
        bound = _amount(scenario, float(against), unit_of(said))
    how = next(how for how in SPANS if how in said)
    label = MEASURED[said["market"] if "market" in said else said["quantity"]].label
    return f"{HOW_SAID[how]}{label} {_over(said)} {side} {bound}"


def _over(said: Mapping[str, Any]) -> str:
    """The months of an amount: "in April 2026", "from January to June 2025"."""
    months = next(said[how] for how in SPANS if how in said)
    return f"in {month_name(months)}" if isinstance(months, int) else f"from {span_in_words(*months)}"


def unit_of(said: Mapping[str, Any]) -> str:
    """The unit of an amount: a sum or the largest of money a month is money; a ratio is a share, of money over a number
    it is money.
    """
    if "ratio" in said:
        above, below = map(unit_of, said["ratio"])
        return above if above.startswith(MONEY) and not below.startswith(MONEY) else "share"
    if "plus" in said:
        return unit_of(said["plus"][0])
    unit = MEASURED[said["market"] if "market" in said else said["quantity"]].unit
    return unit.removesuffix(" a month") if "sum" in said or "largest" in said else unit


def measured_in_words(value: float, unit: str, currency: str) -> str:
    """A number that was measured, rounded, in its ``unit``: "18%", "RMB 3,540 million"; nothing for NaN."""
    if math.isnan(value):
        return ""
    return percent(value) if unit == "share" else with_unit(significant(value), unit, currency)


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
