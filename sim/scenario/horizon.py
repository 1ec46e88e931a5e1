"""A scenario whose horizon was made shorter than the one its parts were written for.

What an inherited file dates outside the new horizon is not an error: a claim or fact is left out, an event that begins
later is left out, an event that began earlier is in force from the start on, a firm that enters later never does, nor
does it do what was decided for later. Each is said in a notice. A date outside the horizon of its own file stays, and
is an error. So is a listing or a pivot that an earlier start overtakes: the firm no longer starts listed or pivoted,
which only the author can mend.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sim.foundation.months import month_of, month_text
from sim.laws.catalogue import FIRM_ASSUMPTIONS
from sim.scenario.amount import SPANS
from sim.scenario.extend import Horizon, Tree, horizon_of
from sim.scenario.node import Node
from sim.scenario.override import is_set
from sim.scenario.removed import in_short

_PROPOSITION_DATES = ("by", *SPANS)
_DECISIONS = tuple(name for name, declared in FIRM_ASSUMPTIONS.items() if declared.decides)


@dataclass(frozen=True, slots=True)
class _Fit:
    """The horizon to fit to, which dates of inherited parts lie outside it, and what was done about them."""

    span: Horizon
    outside: Callable[[Node], bool]
    left_out: list[str] = field(default_factory=list)
    in_force: list[str] = field(default_factory=list)
    never: list[str] = field(default_factory=list)

    def notices(self) -> tuple[str, ...]:
        start, end = month_text(self.span[0]), month_text(self.span[1])
        told = (
            (f"Left out, because dated outside {start} to {end}", self.left_out),
            (f"Began before {start}, in force from the start", self.in_force),
            (f"Never comes, because dated after {end}", self.never),
        )
        return tuple(f"{what}: {', '.join(in_short(paths))}." for what, paths in told if paths)


def fitted(tree: Tree) -> tuple[Node, tuple[str, ...]]:
    """The tree's root with everything fitted to its own horizon, and the notices that say so."""
    root, span = tree.root, horizon_of(tree.root)
    if span is None or all(own == span for own in tree.horizons.values()):
        return root, ()

    def outside(node: Node) -> bool:
        """True for a date inside the horizon of its own file but outside the one that holds now."""
        month = _month(node)
        if month is None or is_set(node):
            return False
        low, high = tree.horizons.get(node.file, span)
        return low <= month <= high and not span[0] <= month <= span[1]

    fit = _Fit(span, outside)
    sections = dict(root.data)
    for name, fit_entries in (("firms", _firms), ("events", _events), ("claims", _claims), ("facts", _claims)):
        if name in sections:
            sections[name] = sections[name].replaced(fit_entries(name, sections[name].data, fit))
    return root.replaced(sections), fit.notices()


def _month(node: Node | None) -> int | None:
    return month_of(node.data) if node is not None else None


def _dates(node: Node) -> Iterator[Node]:
    """Every date inside a proposition."""
    if isinstance(node.data, tuple):
        for item in node.data:
            yield from _dates(item)
    elif isinstance(node.data, dict):
        for key, item in node.data.items():
            if key in _PROPOSITION_DATES and not isinstance(item.data, dict):
                yield from item.data if isinstance(item.data, tuple) else (item,)
            else:
                yield from _dates(item)


def _claims(section: str, entries: dict[str, Node], fit: _Fit) -> dict[str, Node]:
    gone = [id for id, entry in entries.items() if any(fit.outside(date) for date in _dates(entry))]
    fit.left_out.extend(f"{section}.{id}" for id in gone)
    return {id: entry for id, entry in entries.items() if id not in gone}


def _firms(section: str, entries: dict[str, Node], fit: _Fit) -> dict[str, Node]:
    fitted = {}
    for id, entry in entries.items():
        fields = dict(entry.data)
        enters = _month(fields.get("enters"))
        if enters is not None and enters > fit.span[1] and fit.outside(fields["enters"]):
            fit.never.append(f"{section}.{id}.enters")
            fields["enters"] = fields["enters"].replaced(None)
        _decisions(f"{section}.{id}", fields, fit)
        fitted[id] = entry.replaced(fields)
    return fitted


def _decisions(path: str, fields: dict[str, Node], fit: _Fit) -> None:
    """Turn every decision among ``fields`` that names a month after the horizon into never."""

    def turned(node: Node) -> Node:
        if isinstance(node.data, dict):
            return node.replaced({key: turned(below) for key, below in node.data.items()})
        if isinstance(node.data, tuple):
            return node.replaced(tuple(turned(item) for item in node.data))
        month = _month(node)
        return node.replaced("never") if month is not None and month > fit.span[1] and fit.outside(node) else node

    for key, node in fields.items():
        if key.rpartition(".")[2] in _DECISIONS:
            fields[key] = turned(node)
            if fields[key] != node:
                fit.never.append(f"{path}.{key}")


def _events(section: str, entries: dict[str, Node], fit: _Fit) -> dict[str, Node]:
    """Events that began before the horizon come first, in the order in which they began."""
    earlier: list[tuple[int, str, Node]] = []
    kept = {}
    for id, entry in entries.items():
        fields = dict(entry.data)
        if changes := dict(entry.section("set")):
            _decisions(f"{section}.{id}.set", changes, fit)
            fields["set"] = fields["set"].replaced(changes)
        date, until = fields.get("date"), fields.get("until")
        first, last = _month(date), _month(until)
        if until is not None and last is not None and last > fit.span[1] and fit.outside(until):
            fields["until"] = until.replaced(month_text(fit.span[1]))
        if date is None or first is None or not fit.outside(date):
            kept[id] = entry.replaced(fields)
        elif first > fit.span[1] or (last is not None and last < fit.span[0]):
            fit.left_out.append(f"{section}.{id}")
        else:
            fields["date"] = date.replaced(month_text(fit.span[0]))
            fit.in_force.append(f"{section}.{id}")
            earlier.append((first, id, entry.replaced(fields)))
    earlier.sort(key=lambda item: item[0])
    return {id: entry for _, id, entry in earlier} | kept
