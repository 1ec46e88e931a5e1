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
    stated = dict(_amounts(tree.root))
    found: dict[str, int] = {}
    for node in stated.values():
        own = tree.currencies.get(node.file, currency)
        if own != currency:
            whose = f"stated in {own}"
            found[whose] = found.get(whose, 0) + 1
    defaults = [path for path in _defaults(tree.root) if path not in stated] if currency != DEFAULT_CURRENCY else []
    if defaults:
        look = f"`shakeout params {DEFAULT_CURRENCY.split()[0]}`"
        found[f"of the defaults, which are in {DEFAULT_CURRENCY} ({look} lists them)"] = len(defaults)
    if not found:
        return ()
    told = " and ".join(f"{count} {'amount' if count == 1 else 'amounts'} {whose}" for whose, count in found.items())
    return (f"A currency is a label, nothing is converted: {told} are taken over as they stand as {currency}.",)


def _amounts(root: Node) -> Iterator[tuple[str, Node]]:
    """Path and node of every amount of money that ``root`` states."""
    for path, node in _stated(root):
        declared = declared_at(path)
        if declared is not None and MONEY in declared.unit:
            yield node.key, node


def _stated(root: Node) -> Iterator[tuple[str, Node]]:
    for section in ("assumptions", "firms"):
        for id, entry in root.section(section).items():
            for name, node in entry.data.items():
                yield f"{section}.{id}.{name}", node
    for event in root.section("events").values():
        for path, node in event.section("set").items():
            if not (isinstance(node.data, dict) and "times" in node.data):
                yield path, node


def _defaults(root: Node) -> Iterator[str]:
    """Paths of all amounts whose default is not zero."""
    yield from (path for path, declared in ASSUMPTIONS.items() if MONEY in declared.unit and declared.default)
    for name, declared in FIRM_ASSUMPTIONS.items():
        if MONEY in declared.unit and declared.default:
            yield from (f"firms.{id}.{name}" for id in root.section("firms"))
