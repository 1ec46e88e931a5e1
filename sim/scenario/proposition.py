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
    {firm: ID, quantity: NAME, at: DATE, above: NUMBER}            or below: NUMBER; NAME: histograms.PATHS
    {market: NAME, at: DATE, above: NUMBER}                        or below: NUMBER; NAME: histograms.LANDSCAPE
        instead of NUMBER: {at: DATE, times: X}   X times the same quantity at the other date
    {endgame: true, by: DATE}                     the endgame began at or before that month
    {not: P}   {all: [P, ...]}   {any: [P, ...]}

ID is a firm, not a class. ``above`` and ``below`` are strict. Of a giant only what means something
(``Quantity.of_giants``). A quantity of a firm that is not active then is missing, and so is a share of nothing
(``top_four_share`` of a year without venture money, ``concentration`` without revenue): what is said of it is
undecided, and a world in which a claim is undecided does not count for it (outcomes/claims.py).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sim.foundation.columns import FATES, MILESTONES
from sim.foundation.errors import Gathered
from sim.foundation.histograms import LANDSCAPE, PATHS, YEARLY
from sim.foundation.months import is_december, year_text
from sim.foundation.states import ALL_GIANTS, ALL_STARTUPS, State
from sim.scenario.frozen import freeze
from sim.scenario.model import Probe
from sim.scenario.node import Node, list_of
from sim.scenario.removed import Removed

COUNTED_STATES = (State.INDEPENDENT, State.IN_GENERAL_RACE, *MILESTONES, State.ACQUIRED, State.CLOSED)
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
COUNT_BOUNDS = ("at_least", "at_most", "between")
COMPARISONS = ("above", "below")
OF_GIANTS = tuple(quantity.name for quantity in PATHS if quantity.of_giants)
_KEYS = tuple(dict.fromkeys(key for keys in FORMS.values() for key in keys))
_MOST = 1_000_000  # firms a count may speak of


@dataclass(frozen=True, slots=True)
class Scope:
    """What a proposition may speak of, the probes it was found to need, and what is wrong with it.

    ``groups`` are the members of every group and of every class, as Scenario has them.
    ``start`` and ``end`` are None where they are wrong themselves.
    """

    firms: Collection[str]
    groups: Mapping[str, tuple[str, ...]]
    start: int | None
    end: int | None
    probes: set[Probe] = field(default_factory=set)
    removed: Removed = field(default_factory=Removed)
    errors: Gathered = field(default_factory=Gathered)


def parse(node: Node, scope: Scope) -> Any:
    """The proposition ``node`` as frozen plain data with months as ints; its probes are added to ``scope``.

    So is what is wrong with any part of it; an InputError is raised where nothing can be made of the whole.
    """
    return freeze(_proposition(node, scope))


def _proposition(node: Node, scope: Scope) -> dict[str, Any]:
    errors = scope.errors
    entries = node.fields(_KEYS, errors=errors)
    forms = [form for form in FORMS if form in entries]
    if len(forms) != 1:
        problem = "no proposition" if not forms else f"more than one proposition ({' and '.join(forms)})"
        raise node.wrong(problem, f"exactly one of {', '.join(FORMS)}")
    form = forms[0]
    required = FORMS[form] if form in ("fate", "milestone", "endgame") else ()
    node = node.replaced(entries)
    entries = node.fields(FORMS[form], required, errors)
    if form == "not":
        return {"not": _proposition(entries["not"], scope)}
    if form in ("all", "any"):
        items = entries[form].items("a list of propositions", 1)
        return {form: errors.each(*(partial(_proposition, item, scope) for item in items))}
    if form in ("fate", "milestone"):
        what, firm, by = errors.each(
            lambda: entries[form].choice(FATES if form == "fate" else MILESTONES, f"a {form}"),
            lambda: _firm(entries["firm"], scope),
            lambda: _month(entries["by"], scope),
        )
        return {"firm": firm, form: what, "by": by}
    if form == "endgame":
        _, by = errors.each(lambda: _true(entries["endgame"]), lambda: _month(entries["by"], scope))
        return {"endgame": True, "by": by}
    return _count(node, scope) if form == "count" else _comparison(node, form, scope)


def _true(node: Node) -> None:
    if not node.flag():
        raise node.wrong("not a proposition", "true; or not: {endgame: true, by: DATE}")


def _firm(node: Node, scope: Scope) -> str:
    scope.removed.refuse(f"firms.{node.data}", node)
    if isinstance(node.data, str) and node.data in scope.groups and node.data not in scope.firms:
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
    entries = node.fields(FORMS["count"], ("count", "at"), scope.errors)
    counted, at, how = scope.errors.each(
        lambda: _counted(entries["count"], scope),
        lambda: _month(entries["at"], scope),
        lambda: _one_of(node, COUNT_BOUNDS),
    )
    bound = None if how is None else scope.errors.each(lambda: _bound(entries[how], how))[0]
    return {"count": counted, "at": at, how: bound}


def _counted(node: Node, scope: Scope) -> dict[str, Any]:
    of = node.fields(("of", "state"), ("state",), scope.errors)
    group, state = scope.errors.each(
        lambda: _group(of["of"], scope) if "of" in of else ALL_STARTUPS,
        lambda: of["state"].choice(COUNTED_STATES, "a state"),
    )
    return {"of": group, "state": state}


def _group(node: Node, scope: Scope) -> str:
    for section in ("groups", "firms"):
        scope.removed.refuse(f"{section}.{node.data}", node)
    return node.choice(scope.groups, "a group or class of this scenario")


def _bound(node: Node, how: str) -> Any:
    if how != "between":
        return node.whole(0, _MOST)
    bound = [item.whole(0, _MOST) for item in node.items("between: [fewest, most]", 2, 2)]
    if bound[0] > bound[1]:
        raise node.wrong("fewest above most", "between: [fewest, most]")
    return bound


def _comparison(node: Node, form: str, scope: Scope) -> dict[str, Any]:
    """A quantity of a firm or of the market against a number or against itself at another date."""
    of_firm = form == "quantity"
    entries = node.fields(FORMS[form], (*(("firm",) if of_firm else ()), form, "at"), scope.errors)
    names = [quantity.name for quantity in (PATHS if of_firm else LANDSCAPE)]
    side, firm, name = scope.errors.each(
        lambda: _one_of(node, COMPARISONS),
        lambda: _firm(entries["firm"], scope) if of_firm else None,
        lambda: entries[form].choice(names, f"a quantity of {'a firm' if of_firm else 'the market'}"),
    )
    if firm in scope.groups[ALL_GIANTS] and name is not None and name not in OF_GIANTS:
        raise entries[form].wrong("the accounts of a giant are open: this is not kept of it", list_of(OF_GIANTS))
    at, against = scope.errors.each(
        lambda: _observed(entries["at"], firm, name, scope),
        lambda: None if side is None else _against(entries[side], firm, name, scope),
    )
    who = {"firm": firm, "quantity": name} if of_firm else {"market": name}
    return {**who, "at": at, side: against}


def _against(node: Node, firm: str | None, name: str, scope: Scope) -> Any:
    """The number, or how many times the same quantity at another date, that a quantity is compared with."""
    if not isinstance(node.data, dict):
        return node.number()
    other = node.fields(("at", "times"), ("at",), scope.errors)
    then, times = scope.errors.each(
        lambda: _observed(other["at"], firm, name, scope),
        lambda: other["times"].number(0, 1e6) if "times" in other else 1.0,
    )
    return {"at": then, "times": times}


def _observed(node: Node, firm: str | None, name: str, scope: Scope) -> int:
    """A month in which ``name`` is observed, now a probe: sums over a calendar year only in December."""
    month = _month(node, scope)
    if name in YEARLY and not is_december(month):
        raise node.wrong(f"{name} is observed once a year", "a December", f"{year_text(month)}-12")
    scope.probes.add(Probe(firm, name, month))
    return month


def sorted_probes(probes: Collection[Probe]) -> tuple[Probe, ...]:
    """Probes in a fixed order: the market's first, then by firm, quantity and month."""
    return tuple(sorted(probes, key=lambda probe: (probe.firm or "", probe.quantity, probe.month)))
