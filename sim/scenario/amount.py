"""Amounts: what a proposition compares and a fact measures. Data, validated here, never evaluated as code.

    {firm: ID, quantity: NAME, SPAN}         of a firm: foundation/measured.py has the names
    {of: GROUP, quantity: NAME, SPAN}        of the firms of a group together, each to its end; none of a class
    {market: NAME, SPAN}                     of the market
    {ratio: [AMOUNT, AMOUNT]}                the first over the second; missing where the second is not above zero
    {plus: [AMOUNT, ...]}                    their sum
        with ``times: X`` beside any of them X times as much

    SPAN: at: DATE                           at the end of that month; missing where the firm is not active then
          sum: [DATE, DATE]                  of all months from the first to the last
          mean: [DATE, DATE]                 that sum over the number of months
          largest: [DATE, DATE]              the largest of these months; of a group, of any of its firms

In a validated amount every DATE is a calendar month as an int. Over months, and in a group, a firm that is not active
counts as 0: who is gone earns and raises nothing. A quantity that is observed once a year has no sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from sim.foundation.histograms import YEARLY
from sim.foundation.measured import OF_A_FIRM, OF_THE_MARKET
from sim.foundation.months import is_december, year_text
from sim.foundation.states import ALL_GIANTS
from sim.scenario.model import AT, LARGEST, SUM, Probe, Scenario
from sim.scenario.node import Node, list_of
from sim.scenario.scope import Scope

MEAN = "mean"
SPANS = (AT, SUM, MEAN, LARGEST)
FIRM_QUANTITIES = {quantity.name: quantity for quantity in OF_A_FIRM}
MARKET_QUANTITIES = {quantity.name: quantity for quantity in OF_THE_MARKET}
OF_GIANTS = tuple(quantity.name for quantity in OF_A_FIRM if quantity.of_giants)
WHO = ("firm", "of")
AMOUNT_FORMS = {
    "quantity": (*WHO, "quantity", *SPANS, "times"),
    "market": ("market", *SPANS, "times"),
    "ratio": ("ratio", "times"),
    "plus": ("plus", "times"),
}
_MOST_TIMES = 1e6


def one_of(node: Node, keys: tuple[str, ...]) -> str:
    """The one of ``keys`` that ``node`` has."""
    found = [key for key in keys if key in node.data]
    if len(found) != 1:
        raise node.wrong(f"{len(found)} of {', '.join(keys)}", f"exactly one of {', '.join(keys)}")
    return found[0]


def amount(node: Node, scope: Scope) -> dict[str, Any]:
    """The amount ``node`` as plain data with months as ints; its probes are added to ``scope``."""
    known = tuple(dict.fromkeys(key for keys in AMOUNT_FORMS.values() for key in keys))
    entries = node.fields(known, errors=scope.errors)
    forms = [form for form in AMOUNT_FORMS if form in entries]
    if len(forms) != 1:
        raise node.wrong(
            "no amount" if not forms else "more than one amount", f"exactly one of {', '.join(AMOUNT_FORMS)}"
        )
    form = forms[0]
    node = node.replaced(entries)
    entries = node.fields(AMOUNT_FORMS[form], (), scope.errors)
    times = {"times": entries["times"].number(0, _MOST_TIMES)} if "times" in entries else {}
    if form in ("ratio", "plus"):
        most = {"most": 2} if form == "ratio" else {}
        allowed = "a list of two amounts" if form == "ratio" else "a list of amounts"
        parts = entries[form].items(allowed, 2, **most)
        return {form: scope.errors.each(*(partial(amount, part, scope) for part in parts)), **times}
    return {**spanned(node, scope), **times}


def spanned(node: Node, scope: Scope) -> dict[str, Any]:
    """Who, what and when of an amount of a firm, a group or the market; other keys of ``node`` are left alone."""
    entries, errors = node.data, scope.errors
    form = "market" if "market" in entries else "quantity"
    quantities = MARKET_QUANTITIES if form == "market" else FIRM_QUANTITIES
    who, name, how = errors.each(
        lambda: None if form == "market" else one_of(node, WHO),
        lambda: entries[form].choice(quantities, f"a quantity of {'a firm' if form == 'quantity' else 'the market'}"),
        lambda: one_of(node, SPANS),
    )
    whose = None if who is None else errors.each(lambda: _whose(who, entries[who], scope))[0]
    firms = (None,) if form == "market" else (whose,) if who == "firm" else members(whose, scope)
    if name is not None and form == "quantity" and name not in OF_GIANTS and set(firms) & set(scope.groups[ALL_GIANTS]):
        raise entries[form].wrong("the accounts of a giant are open: this is not kept of it", list_of(OF_GIANTS))
    months = None if how is None else errors.each(lambda: span(entries[how], how, name, scope))[0]
    if months is not None and name is not None:
        add_probes(firms, name, how, months, scope)
    return {**({} if who is None else {who: whose}), form: name, how: months}


def span(node: Node, how: str, name: str | None, scope: Scope) -> int | tuple[int, int]:
    """The month, or the first and the last one, of a span."""
    if how == AT:
        month = scope.month(node)
        if name in YEARLY and not is_december(month):
            raise node.wrong(f"{name} is observed once a year", "a December", f"{year_text(month)}-12")
        return month
    if name in YEARLY:
        raise node.wrong(f"{name} is observed once a year", f"{AT}: a December")
    first, last = (scope.month(item) for item in node.items(f"{how}: [first month, last month]", 2, 2))
    if last < first:
        raise node.wrong("last month before the first", f"{how}: [first month, last month]")
    return first, last


def add_probes(firms: Iterable[str | None], name: str, how: str, months: Any, scope: Scope) -> None:
    """Ask for the amount of each of ``firms``."""
    scope.probes.update(probe_of(firm, name, how, months) for firm in firms)


def probe_of(firm: str | None, name: str, how: str, months: Any) -> Probe:
    """The probe behind an amount of one firm, or of the market (None)."""
    if how == AT:
        return Probe(firm, name, months)
    return Probe(firm, name, months[1], months[0], LARGEST if how == LARGEST else SUM)


def members(group: str | None, scope: Scope) -> tuple[str, ...]:
    """The firms of a group that stand alone, in its order."""
    return tuple(id for id in scope.groups.get(group or "", ()) if id in scope.firms)


def firms_of_group(group: str, scenario: Scenario) -> tuple[str, ...]:
    """The same of a scenario that is built."""
    single = {firm.id for firm in scenario.firms if not firm.copies}
    return tuple(id for id in scenario.groups[group] if id in single)


def _whose(who: str, node: Node, scope: Scope) -> str:
    return scope.firm(node) if who == "firm" else scope.group(node, single=True)


def firms_of(said: Mapping[str, Any]) -> tuple[str, ...]:
    """The firms that an amount is of, each once; none of a group or of the market."""
    parts = [*said.get("ratio", ()), *said.get("plus", ())]
    own = (said["firm"],) if "firm" in said else ()
    return tuple(dict.fromkeys((*own, *(firm for part in parts for firm in firms_of(part)))))


def last_month(said: Mapping[str, Any]) -> int:
    """The last month that an amount speaks of."""
    for form in ("ratio", "plus"):
        if form in said:
            return max(last_month(part) for part in said[form])
    months = next(said[how] for how in SPANS if how in said)
    return int(months if isinstance(months, int) else months[1])
