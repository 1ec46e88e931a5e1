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
    {count: {of: GROUP, quantity: NAME, SPAN, above: NUMBER}, at_least: N}      the firms of which that is true
    {firm: ID, quantity: NAME, SPAN, above: NUMBER}                or below: NUMBER; or ``of: GROUP``; what NAME and
    {market: NAME, SPAN, above: NUMBER}                            SPAN may be: amount.py, for instance ``at: DATE``
        instead of NUMBER: {at: DATE, times: X}   X times the same quantity at the other date (or SPAN)
    {firm: ID, among: N, of: GROUP, at: DATE}     it is one of the N firms of the group nearest to the frontier
    {leads: GROUP, at: DATE}                      a firm of the group is nearer to the frontier than all others
    {endgame: true, by: DATE}                     the endgame began at or before that month
    {not: P}   {all: [P, ...]}   {any: [P, ...]}

ID is a firm, not a class; ``among`` and ``leads`` look at firms that stand alone. ``above`` and ``below`` are strict.
Of a giant only what means something (``Measured.of_giants``). A quantity of a firm that is not active then is missing,
and so is a share of nothing (``top_four_share`` of a year without venture money, ``concentration`` without revenue):
what is said of it is undecided, and a world in which a claim is undecided does not count for it
(outcomes/claims.py).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from sim.foundation.columns import FATES, MILESTONES
from sim.foundation.measured import FRONTIER_GAP
from sim.foundation.states import ALL_STARTUPS, State
from sim.scenario import amount
from sim.scenario.amount import SPANS, WHO, add_probes, members, one_of, span, spanned
from sim.scenario.frozen import freeze
from sim.scenario.model import AT, Probe
from sim.scenario.node import Node
from sim.scenario.scope import Scope

COUNTED_STATES = (State.INDEPENDENT, State.IN_GENERAL_RACE, *MILESTONES, State.ACQUIRED, State.CLOSED)
COMPARISONS = ("above", "below")
FORMS = {  # the key that tells a form -> all keys of that form
    "not": ("not",),
    "all": ("all",),
    "any": ("any",),
    "fate": ("firm", "fate", "by"),
    "milestone": ("firm", "milestone", "by"),
    "count": ("count", "at", "at_least", "at_most", "between"),
    "among": ("firm", "among", "of", "at"),
    "leads": ("leads", "at"),
    "quantity": (*WHO, "quantity", *SPANS, *COMPARISONS),
    "market": ("market", *SPANS, *COMPARISONS),
    "endgame": ("endgame", "by"),
}
COUNT_BOUNDS = ("at_least", "at_most", "between")
COUNTED_KEYS = ("of", "state", "quantity", *SPANS, *COMPARISONS)
_KEYS = tuple(dict.fromkeys(key for keys in FORMS.values() for key in keys))
_MOST = 1_000_000  # firms a count may speak of


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
    required = FORMS[form] if form in ("fate", "milestone", "endgame", "among", "leads") else ()
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
            lambda: scope.firm(entries["firm"]),
            lambda: scope.month(entries["by"]),
        )
        return {"firm": firm, form: what, "by": by}
    if form == "endgame":
        _, by = errors.each(lambda: _true(entries["endgame"]), lambda: scope.month(entries["by"]))
        return {"endgame": True, "by": by}
    if form in ("among", "leads"):
        return _nearest(entries, form, scope)
    return _count(node, scope) if form == "count" else _compared(node, scope)


def _true(node: Node) -> None:
    if not node.flag():
        raise node.wrong("not a proposition", "true; or not: {endgame: true, by: DATE}")


def _nearest(entries: dict[str, Node], form: str, scope: Scope) -> dict[str, Any]:
    """Who is nearest to the frontier at the end of a month."""
    errors = scope.errors
    if form == "leads":
        group, month = errors.each(
            lambda: scope.group(entries["leads"], single=True), lambda: scope.month(entries["at"])
        )
        firms, said = tuple(scope.firms), {"leads": group, "at": month}
    else:
        firm, group, number, month = errors.each(
            lambda: scope.firm(entries["firm"]),
            lambda: scope.group(entries["of"], single=True),
            lambda: entries["among"].whole(1, _MOST),
            lambda: scope.month(entries["at"]),
        )
        firms, said = (firm, *members(group, scope)), {"firm": firm, "among": number, "of": group, "at": month}
        if None not in (firm, group) and firm not in firms[1:]:
            raise entries["of"].wrong(f"a group without {firm}", "a group that the firm belongs to")
    if month is not None and None not in firms:
        add_probes(firms, FRONTIER_GAP, AT, month, scope)
    return said


def _count(node: Node, scope: Scope) -> dict[str, Any]:
    of_state = not (isinstance(node.data["count"].data, dict) and "quantity" in node.data["count"].data)
    keys = FORMS["count"] if of_state else ("count", *COUNT_BOUNDS)
    entries = node.fields(keys, ("count", "at") if of_state else ("count",), scope.errors)
    counted, at, how = scope.errors.each(
        lambda: (_counted if of_state else _counted_by_quantity)(entries["count"], scope),
        lambda: scope.month(entries["at"]) if of_state else None,
        lambda: one_of(node, COUNT_BOUNDS),
    )
    bound = None if how is None else scope.errors.each(lambda: _bound(entries[how], how))[0]
    return {"count": counted, **({"at": at} if of_state else {}), how: bound}


def _counted(node: Node, scope: Scope) -> dict[str, Any]:
    of = node.fields(("of", "state"), ("state",), scope.errors)
    group, state = scope.errors.each(
        lambda: scope.group(of["of"]) if "of" in of else ALL_STARTUPS,
        lambda: of["state"].choice(COUNTED_STATES, "a state"),
    )
    return {"of": group, "state": state}


def _counted_by_quantity(node: Node, scope: Scope) -> dict[str, Any]:
    entries = node.fields(COUNTED_KEYS[:1] + COUNTED_KEYS[2:], ("of",), scope.errors)
    return _compared(node.replaced(entries), scope)


def _bound(node: Node, how: str) -> Any:
    if how != "between":
        return node.whole(0, _MOST)
    bound = [item.whole(0, _MOST) for item in node.items("between: [fewest, most]", 2, 2)]
    if bound[0] > bound[1]:
        raise node.wrong("fewest above most", "between: [fewest, most]")
    return bound


def _compared(node: Node, scope: Scope) -> dict[str, Any]:
    """An amount against a number or against the same quantity over another span."""
    side, said = scope.errors.each(lambda: one_of(node, COMPARISONS), lambda: spanned(node, scope))
    if side is None or said is None:
        return {}
    against = scope.errors.each(lambda: _against(node.data[side], said, scope))[0]
    return {**said, side: against}


def _against(node: Node, said: dict[str, Any], scope: Scope) -> Any:
    """The number, or how many times the same quantity at another date, that a quantity is compared with."""
    if not isinstance(node.data, dict):
        return node.number()
    how = next(how for how in SPANS if how in said)
    name = said["market"] if "market" in said else said["quantity"]
    other = node.fields((how, "times"), (how,), scope.errors)
    then, times = scope.errors.each(
        lambda: span(other[how], how, name, scope),
        lambda: other["times"].number(0, 1e6) if "times" in other else 1.0,
    )
    firms = (None,) if "market" in said else (said["firm"],) if "firm" in said else members(said["of"], scope)
    if then is not None and name is not None:
        add_probes(firms, name, how, then, scope)
    return {how: then, "times": times}


def sorted_probes(probes: Collection[Probe]) -> tuple[Probe, ...]:
    """Probes in a fixed order: the market's first, then by firm, quantity and month."""
    return tuple(sorted(probes, key=lambda p: (p.firm or "", p.quantity, p.month, p.first or 0, p.how)))


def last_month(said: Mapping[str, Any]) -> int:
    """The last month that a validated proposition speaks of."""
    if "not" in said:
        return last_month(said["not"])
    if "all" in said or "any" in said:
        return max(last_month(part) for part in (*said.get("all", ()), *said.get("any", ())))
    if "by" in said:
        return int(said["by"])
    of = said["count"] if "count" in said and "at" not in said else said
    months = [amount.last_month(of)]
    months += [amount.last_month(of[side]) for side in COMPARISONS if isinstance(of.get(side), Mapping)]
    return max(months)
