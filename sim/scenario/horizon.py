"""A scenario whose horizon was made shorter than the one its parts were written for.

What an inherited file dates outside the new horizon is not an error: a claim or fact is left out, an event that
begins later is left out, an event that began earlier is in force from the start on, a firm that enters, lists or
pivots later never does. Each is said in a notice. A date outside the horizon of its own file stays, and is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sim.scenario.dates import month_of, month_text
from sim.scenario.extend import Horizon, Tree, horizon_of
from sim.scenario.node import Node
from sim.scenario.override import is_set

_PROPOSITION_DATES = ("at", "by")
_FIRM_DATES = ("enters", "listed", "pivoted")
Outside = Callable[[Node], bool]


def fitted(tree: Tree) -> tuple[Node, tuple[str, ...]]:
    """The tree's root with everything fitted to its own horizon, and the notices that say so."""
    root, span = tree.root, horizon_of(tree.root)
    if span is None or all(own == span for own in tree.horizons.values()):
        return root, ()

    def inherited(node: Node) -> bool:
        """True for a date inside the horizon of its own file but outside the one that holds now."""
        month = _month(node)
        if month is None or is_set(node):
            return False
        low, high = tree.horizons.get(node.file, span)
        return low <= month <= high and not span[0] <= month <= span[1]

    notices: list[str] = []
    sections = dict(root.data)
    for name, fit in (("firms", _firms), ("events", _events), ("claims", _claims), ("facts", _claims)):
        if name in sections:
            entries = fit(sections[name].data, inherited, span, notices, name)
            sections[name] = sections[name].replaced(entries)
    return root.replaced(sections), tuple(notices)


def _month(node: Node | None) -> int | None:
    return month_of(node.data) if node is not None and isinstance(node.data, str) else None


def _text(span: Horizon) -> str:
    return f"{month_text(span[0])} to {month_text(span[1])}"


def _dates(node: Node) -> Iterator[Node]:
    """Every date inside a proposition."""
    if isinstance(node.data, tuple):
        for item in node.data:
            yield from _dates(item)
    elif isinstance(node.data, dict):
        for key, item in node.data.items():
            if key in _PROPOSITION_DATES and isinstance(item.data, str):
                yield item
            else:
                yield from _dates(item)


def _claims(
    entries: dict[str, Node], inherited: Outside, span: Horizon, notices: list[str], section: str
) -> dict[str, Node]:
    kept = {}
    for id, entry in entries.items():
        outside = [date.data for date in _dates(entry) if inherited(date)]
        if outside:
            notices.append(f"{section}.{id} is left out: {outside[0]} lies outside {_text(span)}.")
        else:
            kept[id] = entry
    return kept


def _firms(
    entries: dict[str, Node], inherited: Outside, span: Horizon, notices: list[str], section: str
) -> dict[str, Node]:
    fitted = {}
    for id, entry in entries.items():
        fields = dict(entry.data)
        for key in _FIRM_DATES:
            month = _month(fields.get(key))
            if month is not None and month > span[1] and inherited(fields[key]):
                notices.append(f"firms.{id}.{key} never comes: {fields[key].data} lies after {month_text(span[1])}.")
                fields[key] = fields[key].replaced(None)
        fitted[id] = entry.replaced(fields)
    return fitted


def _events(
    entries: dict[str, Node], inherited: Outside, span: Horizon, notices: list[str], section: str
) -> dict[str, Node]:
    """Events that began before the horizon come first, in the order in which they began."""
    earlier: list[tuple[int, str, Node]] = []
    kept = {}
    for id, entry in entries.items():
        fields = dict(entry.data)
        date, until = fields.get("date"), fields.get("until")
        first, last = _month(date), _month(until)
        if until is not None and last is not None and last > span[1] and inherited(until):
            fields["until"] = until.replaced(month_text(span[1]))
        if date is None or first is None or not inherited(date):
            kept[id] = entry.replaced(fields)
        elif first > span[1] or (last is not None and last < span[0]):
            notices.append(f"{section}.{id} is left out: it lies outside {_text(span)}.")
        else:
            fields["date"] = date.replaced(month_text(span[0]))
            notices.append(
                f"{section}.{id} began in {month_text(first)} and is in force from {month_text(span[0])} on."
            )
            earlier.append((first, id, entry.replaced(fields)))
    earlier.sort(key=lambda item: item[0])
    return {id: entry for _, id, entry in earlier} | kept
