"""What a scenario says of amounts that it shows in its currency although they were stated in another."""

from __future__ import annotations

from collections.abc import Iterator

from sim.foundation.currency import DEFAULT_CURRENCY, MONEY
from sim.laws.catalogue import ASSUMPTIONS, FIRM_ASSUMPTIONS, declared_at
from sim.scenario.extend import Tree
from sim.scenario.node import Node


def of(tree: Tree) -> tuple[str, ...]:
    """A sentence about the amounts that ``tree`` takes over as they stand from files or defaults in another currency.

    Of defaults those of zero do not count, which are zero in every currency.
    """
    label = tree.root.data.get("currency")
    currency = DEFAULT_CURRENCY if label is None else label.data
    stated = {path: node for path, node in _stated(tree.root) if _is_money(path)}
    found: dict[str, int] = {}
    for node in stated.values():
        own = tree.currencies.get(node.file, currency)
        if own != currency:
            whose = f"stated in {own}"
            found[whose] = found.get(whose, 0) + 1
    firms = (f"firms.{id}.{name}" for id in tree.root.section("firms") for name in FIRM_ASSUMPTIONS)
    every = (path for path in (*ASSUMPTIONS, *firms) if path not in stated)
    defaults = [path for path in every if _is_money(path, beyond_zero=True)]
    if defaults and currency != DEFAULT_CURRENCY:
        look = f"`shakeout params {DEFAULT_CURRENCY.split()[0]}`"
        found[f"of the defaults, which are in {DEFAULT_CURRENCY} ({look} lists them)"] = len(defaults)
    if not found:
        return ()
    told = " and ".join(f"{count} {'amount' if count == 1 else 'amounts'} {whose}" for whose, count in found.items())
    return (f"A currency is a label, nothing is converted: {told} are taken over as they stand as {currency}.",)


def _is_money(path: str, beyond_zero: bool = False) -> bool:
    """Whether ``path`` leads to an amount of money, with ``beyond_zero`` to one whose default is not zero."""
    declared = declared_at(path)
    return declared is not None and MONEY in declared.unit and (declared.default != 0 or not beyond_zero)


def _stated(root: Node) -> Iterator[tuple[str, Node]]:
    """Path and node of everything that ``root`` states, but for factors."""
    for section in ("assumptions", "firms"):
        for id, entry in root.section(section).items():
            for name, node in entry.data.items():
                yield f"{section}.{id}.{name}", node
    for id, event in root.section("events").items():
        for path, node in event.section("set").items():
            if not (isinstance(node.data, dict) and "times" in node.data):
                yield f"events.{id}.set.{path}", node
