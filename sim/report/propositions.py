"""Propositions (scenario/proposition.py) in words, so that a reader sees what exactly was asked of the worlds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.foundation.currency import MONEY
from sim.foundation.grid import QUANTITIES
from sim.outcomes.rows import group_name
from sim.report.view import View
from sim.report.words import lower, money, month_text, number, percent

LABELS = {name: (quantity.label, quantity.unit) for name, quantity in QUANTITIES.items()}
STATES = {
    "general": "in the general race",
    "never_entered": "not entered",
}


def in_words(view: View, proposition: Mapping[str, Any]) -> str:
    """The proposition as a phrase: "MiniMax acquired by Apr 2028"."""
    if "not" in proposition:
        return f"not ({in_words(view, proposition['not'])})"
    for form, word in (("all", " and "), ("any", " or ")):
        if form in proposition:
            parts = [in_words(view, part) for part in proposition[form]]
            return parts[0] if len(parts) == 1 else word.join(f"({part})" if " or " in part else part for part in parts)
    if "endgame" in proposition:
        return f"the endgame has begun by {month_text(proposition['by'])}"
    if "count" in proposition:
        return _count(view, proposition)
    if "fate" in proposition or "milestone" in proposition:
        state = str(proposition.get("fate") or proposition.get("milestone"))
        when = "in" if state in ("independent", "never_entered") else "by"
        return f"{view.name(proposition['firm'])} {STATES.get(state, state)} {when} {month_text(proposition['by'])}"
    return _comparison(view, proposition)


def _count(view: View, proposition: Mapping[str, Any]) -> str:
    counted = proposition["count"]
    group = str(counted.get("of", "startups"))
    state = STATES.get(counted["state"], counted["state"])
    if "between" in proposition:
        low, high = proposition["between"]
        bound = f"{low} to {high}" if low != high else f"exactly {low}"
    elif "at_least" in proposition:
        bound = f"at least {proposition['at_least']}"
    else:
        bound = f"at most {proposition['at_most']}"
    whom = group if group in ("startups", "giants") else f"of {lower(group_name(group))}"
    if bound.endswith(" 1"):
        whom = whom.removesuffix("s") if group in ("startups", "giants") else whom
    return f"{bound} {whom} {state} at the end of {month_text(proposition['at'])}"


def _comparison(view: View, proposition: Mapping[str, Any]) -> str:
    name = proposition.get("quantity") or proposition["market"]
    label, unit = LABELS.get(name, (str(name), ""))
    who = f"{view.name(proposition['firm'])}: {label}" if "quantity" in proposition else label
    side = "above" if "above" in proposition else "below"
    against = proposition[side]
    if isinstance(against, Mapping):
        times = against.get("times", 1)
        factor = "" if times == 1 else f"{number(float(times))} times "
        bound = f"{factor}what it was in {month_text(against['at'])}"
    else:
        bound = _amount(view, float(against), unit)
    return f"{who} in {month_text(proposition['at'])} {side} {bound}"


def _amount(view: View, value: float, unit: str) -> str:
    if unit == "share":
        return percent(value, 1).replace(".0%", "%")
    if unit.startswith(MONEY):
        return money(value, view.scenario.currency) + unit.removeprefix(MONEY)
    return f"{number(value, 6)} {unit}".rstrip()
