"""Propositions: what ``when`` and ``given`` may say. Data, validated here, never evaluated as code.

The grammar (DATE is YYYY-MM; in a validated proposition every DATE is a calendar month as an int):

    {firm: ID, fate: FATE, by: DATE}              FATE: independent, acquired, closed, never_entered; the firm's status
                                                  at the end of that month (acquired and closed are for good)
    {firm: ID, milestone: MILESTONE, by: DATE}    listed, pivoted, abandoned, profitable; at or before that month
    {count: {of: GROUP, state: STATE}, at: DATE, at_least: N}      or at_most: N, or between: [N, N] (inclusive)
                                                  GROUP: a group or class (default startups); STATE: independent,
                                                  general (independent and still in the general race), listed,
                                                  pivoted, abandoned, profitable (reached at or before that month,
                                                  whatever came after), acquired, closed; at the end of the month
    {firm: ID, quantity: NAME, at: DATE, above: NUMBER}            or below: NUMBER; NAME: grid.PATHS
    {market: NAME, at: DATE, above: NUMBER}                        or below: NUMBER; NAME: grid.LANDSCAPE
        instead of NUMBER: {at: DATE, times: X}   X times the same quantity at the other date
    {endgame: true, by: DATE}                     the endgame began at or before that month
    {not: P}   {all: [P, ...]}   {any: [P, ...]}

ID is a firm, not a class. ``above`` and ``below`` are strict. A quantity of a firm that is not active then is not a
number, and a comparison with it is false. Of a giant only what means something (``grid.Quantity.of_giants``).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sim.foundation.columns import FATES, MILESTONES
from sim.foundation.grid import LANDSCAPE, PATHS, YEARLY
from sim.scenario.frozen import freeze
from sim.scenario.model import Probe
from sim.scenario.node import Node, list_of

STATES = ("independent", "general", *MILESTONES, "acquired", "closed")
FORMS = {  # the key that tells a form -> all keys of that form
    "not": ("not",),
    "all": ("all",),
    "any": ("any",),
    "fate": ("firm", "fate", "by"),
    "milestone": ("firm", "milestone", "by"),
    "count": ("count", "at", "at_least", "at_most", "between"),
    "quantity": ("firm", "quantity", "at", "above", "below"),
    "market": ("market", "at", "above", "below"),
    "endgame": ("endgame", "by"),
}
COUNTS = ("at_least", "at_most", "between")
SIDES = ("above", "below")
OF_GIANTS = tuple(quantity.name for quantity in PATHS if quantity.of_giants)
_KEYS = tuple(dict.fromkeys(key for keys in FORMS.values() for key in keys))
_MOST = 1_000_000  # firms a count may speak of


@dataclass(frozen=True, slots=True)
class Scope:
    """What a proposition may speak of, and the probes it was found to need."""

    firms: Collection[str]
    classes: Collection[str]
    groups: Collection[str]
    start: int
    end: int
    probes: set[Probe] = field(default_factory=set)
    giants: Collection[str] = ()


def parse(node: Node, scope: Scope) -> Any:
    """The proposition ``node`` as frozen plain data with months as ints; its probes are added to ``scope``."""
    return freeze(_proposition(node, scope))


def _proposition(node: Node, scope: Scope) -> dict[str, Any]:
    entries = node.fields(_KEYS)
    forms = [form for form in FORMS if form in entries]
    if len(forms) != 1:
        problem = "no proposition" if not forms else f"more than one proposition ({' and '.join(forms)})"
        raise node.wrong(problem, f"exactly one of {', '.join(FORMS)}")
    form = forms[0]
    node.fields(FORMS[form])
    if form == "not":
        return {"not": _proposition(entries["not"], scope)}
    if form in ("all", "any"):
        items = entries[form].items("a list of propositions", 1)
        return {form: [_proposition(item, scope) for item in items]}
    if form in ("fate", "milestone"):
        node.fields(FORMS[form], required=FORMS[form])
        what = entries[form].choice(FATES if form == "fate" else MILESTONES, f"a {form}")
        return {"firm": _firm(entries["firm"], scope), form: what, "by": _month(entries["by"], scope)}
    if form == "endgame":
        node.fields(FORMS[form], required=FORMS[form])
        if not entries["endgame"].flag():
            raise entries["endgame"].wrong("not a proposition", "true; or not: {endgame: true, by: DATE}")
        return {"endgame": True, "by": _month(entries["by"], scope)}
    return _count(node, scope) if form == "count" else _comparison(node, form, scope)


def _firm(node: Node, scope: Scope) -> str:
    if isinstance(node.data, str) and node.data in (*scope.classes, *scope.groups) and node.data not in scope.firms:
        raise node.wrong("a group or a class, not a firm", "a firm; or count: {of: GROUP, state: STATE}")
    return node.choice(scope.firms, "a firm of this scenario")


def _month(node: Node, scope: Scope) -> int:
    return node.month(scope.start, scope.end)


def _one_of(node: Node, keys: tuple[str, ...]) -> str:
    """The one of ``keys`` that ``node`` has."""
    found = [key for key in keys if key in node.data]
    if len(found) != 1:
        raise node.wrong(f"{len(found)} of {', '.join(keys)}", f"exactly one of {', '.join(keys)}")
    return found[0]


def _count(node: Node, scope: Scope) -> dict[str, Any]:
    entries = node.fields(FORMS["count"], required=("count", "at"))
    of = entries["count"].fields(("of", "state"), required=("state",))
    group = "startups"
    if "of" in of:
        group = of["of"].choice(scope.groups, "a group or class of this scenario")
    state = of["state"].choice(STATES, "a state")
    how = _one_of(node, COUNTS)
    bound: Any
    if how == "between":
        items = entries[how].items("between: [fewest, most]", 2, 2)
        bound = [item.whole(0, _MOST) for item in items]
        if bound[0] > bound[1]:
            raise entries[how].wrong("fewest above most", "between: [fewest, most]")
    else:
        bound = entries[how].whole(0, _MOST)
    return {"count": {"of": group, "state": state}, "at": _month(entries["at"], scope), how: bound}


def _comparison(node: Node, form: str, scope: Scope) -> dict[str, Any]:
    """A quantity of a firm or of the market against a number or against itself at another date."""
    entries = node.fields(FORMS[form], required=(*(("firm",) if form == "quantity" else ()), form, "at"))
    side = _one_of(node, SIDES)
    firm = _firm(entries["firm"], scope) if form == "quantity" else None
    names = [quantity.name for quantity in (PATHS if form == "quantity" else LANDSCAPE)]
    name = entries[form].choice(names, f"a quantity of {'a firm' if firm else 'the market'}")
    if firm in scope.giants and name not in OF_GIANTS:
        raise entries[form].wrong("the accounts of a giant are open: this is not kept of it", list_of(OF_GIANTS))
    at = _observed(entries["at"], name, scope)
    scope.probes.add(Probe(firm, name, at))
    against: Any
    if isinstance(entries[side].data, dict):
        other = entries[side].fields(("at", "times"), required=("at",))
        then = _observed(other["at"], name, scope)
        scope.probes.add(Probe(firm, name, then))
        against = {"at": then, "times": other["times"].number(0, 1e6) if "times" in other else 1.0}
    else:
        against = entries[side].number()
    who = {"firm": firm, "quantity": name} if firm else {"market": name}
    return {**who, "at": at, side: against}


def _observed(node: Node, name: str, scope: Scope) -> int:
    """A month in which ``name`` is observed: sums over a calendar year only in December."""
    month = _month(node, scope)
    if name in YEARLY and month % 12 != 11:
        raise node.wrong(f"{name} is observed once a year", "a December", f"{month // 12:04d}-12")
    return month


def sorted_probes(probes: Collection[Probe]) -> tuple[Probe, ...]:
    """Probes in a fixed order: the market's first, then by firm, quantity and month."""
    return tuple(sorted(probes, key=lambda probe: (probe.firm or "", probe.quantity, probe.month)))
