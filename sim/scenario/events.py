"""Dated events and dated sets as a list of changes, in the order in which they apply."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sim.foundation.assumption import Assumption
from sim.foundation.errors import Gathered
from sim.foundation.months import month_text
from sim.scenario import value as values
from sim.scenario.frozen import Frozen
from sim.scenario.grammar import ASSUMED, KEYS_OF_EVENT
from sim.scenario.model import Change
from sim.scenario.node import Node
from sim.scenario.override import assumption_at, is_set, nearest_path, stock_allowed
from sim.scenario.removed import Removed

UNDATED = -1  # before every month: since when the value that a file states itself holds


def changes_of(
    root: Node, start: int | None, end: int | None, removed: Removed, errors: Gathered
) -> tuple[Change, ...]:
    """The changes of every event of ``root``, by first month, then in file order; dated sets are the last events.

    What is wrong with any is kept in ``errors``; ``start`` and ``end`` are None where they are wrong themselves.
    """
    changes: list[Change] = []
    for id, node in root.section("events").items():
        with errors.part():
            changes += _event(id, node, root, start, end, removed, errors)
    return tuple(sorted(changes, key=lambda change: change.first))


def _event(
    id: str, node: Node, root: Node, start: int | None, end: int | None, removed: Removed, errors: Gathered
) -> list[Change]:
    entries = node.fields(KEYS_OF_EVENT, required=("date", "set"), errors=errors)
    source, last, first = ASSUMED, None, 0
    for name in ("title", "note"):
        with errors.part():
            KEYS_OF_EVENT[name].of(entries, name)
    with errors.part():
        source = KEYS_OF_EVENT["source"].of(entries, "source")
    with errors.part():
        first = entries["date"].month(start, end)
    with errors.part():
        if "until" in entries and entries["until"].data is not None:
            last = entries["until"].month(start, end)
            if last < first:
                raise entries["until"].wrong("until before date", f"{month_text(first)} or later")
    changes = []
    for path, entry in entries["set"].mapping("a mapping of paths to values").items():
        with errors.part():
            declared = _declared(path, entry, root, removed)
            op, value = values.parse_change(entry, declared, source, months=(first or start, last or end))
            changes.append(Change(path, first, last, op, value, f"events.{id}", value.source))
    return changes


def _declared(path: str, node: Node, root: Node, removed: Removed) -> Assumption:
    """The assumption that an event may change at ``path``."""
    assumption = assumption_at(path, root)
    if assumption is None:
        removed.refuse(".".join(path.split(".")[:2]), node)
        allowed = "assumptions.<mechanism>.<name> or firms.<id>.<assumption>, as `shakeout params` lists them"
        raise node.error("nothing an event can change", found=path, allowed=allowed, nearest=nearest_path(path, root))
    if assumption.entry_only:
        raise node.error("a stock can be set only at a firm's entry", found=path, allowed=stock_allowed(path))
    return assumption


def replacing(changes: Sequence[Change], path: str, first: int = UNDATED, last: int | None = None) -> list[Change]:
    """The ``set`` changes that overwrite what stands at ``path`` from ``first`` to ``last``, in the order they apply.

    ``path`` is an assumption's; its own value holds from before any event, so ``first`` is then UNDATED, a dated set
    says from when to when. Or it is ``events.<id>.set.<path>``: then the dates are the event's.
    """
    later = changes
    for place, change in enumerate(changes):
        if f"{change.origin}.set.{change.path}" == path:
            path, first, last, later = change.path, change.first - 1, change.last, changes[place + 1 :]
            break
    sets = [change for change in later if change.op == "set" and change.path == path]
    return [change for change in sets if first < change.first and (last is None or change.first <= last)]


def span_text(first: int, last: int | None) -> str:
    """The months of a change in words: "from 2025-07 on", "from 2025-07 to 2025-12"."""
    return f"from {month_text(first)} {'on' if last is None else f'to {month_text(last)}'}"


def overwriting(change: Change) -> str:
    """The first words of every sentence about a value that an event overwrites: which event, what, and when."""
    return f"{change.origin} sets {change.path} {span_text(change.first, change.last)}"


def overwritten(root: Node, stated: Collection[str], changes: Sequence[Change]) -> tuple[str, ...]:
    """A sentence for each event of a file that later overwrites a ``--set``; ``stated`` are the undated ones."""
    dated = {f"events.{id}" for id, node in root.section("events").items() if is_set(node)}
    sets: list[tuple[str, int, int | None]] = [(path, UNDATED, None) for path in stated]
    sets += [(c.path, c.first, c.last) for c in changes if c.origin in dated]
    notices = [
        f"{overwriting(change)} and overwrites what --set gave it."
        for path, first, last in sets
        for change in replacing(changes, path, first, last)
        if change.origin not in dated
    ]
    return tuple(dict.fromkeys(notices))


def places(root: Node) -> Mapping[str, tuple[str | None, int | None]]:
    """File and line of every event, by ``events.<id>``."""
    return Frozen({f"events.{id}": (node.file, node.line) for id, node in root.section("events").items()})
