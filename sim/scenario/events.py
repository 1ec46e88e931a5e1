"""Dated events and dated sets as a list of changes, in the order in which they apply."""

from __future__ import annotations

from collections.abc import Collection

from sim.foundation.assumption import Assumption
from sim.scenario import value as values
from sim.scenario.dates import month_text
from sim.scenario.model import Change
from sim.scenario.node import MAX_TEXT, Node
from sim.scenario.override import assumption_at, is_set, nearest_path, stock_allowed

EVENT_KEYS = ("date", "until", "set", "title", "note", "source")


def changes_of(root: Node, start: int, end: int) -> tuple[Change, ...]:
    """The changes of every event of ``root``, by first month, then in file order; dated sets are the last events."""
    section = root.data.get("events")
    changes: list[Change] = []
    for id, node in (section.data if section is not None else {}).items():
        changes += _event(id, node, root, start, end)
    return tuple(sorted(changes, key=lambda change: change.first))


def _event(id: str, node: Node, root: Node, start: int, end: int) -> list[Change]:
    entries = node.fields(EVENT_KEYS, required=("date", "set"))
    for key in ("title", "note"):
        if key in entries:
            entries[key].text(MAX_TEXT, lines=True)
    source = entries["source"].text() if "source" in entries else values.ASSUMED
    first = entries["date"].month(start, end)
    last = None
    if "until" in entries and entries["until"].data is not None:
        last = entries["until"].month(start, end)
        if last < first:
            raise entries["until"].wrong("until before date", f"{month_text(first)} or later")
    changes = []
    for path, entry in entries["set"].mapping("a mapping of paths to values").items():
        op, value = values.parse_change(entry, _declared(path, entry, root), source)
        changes.append(Change(path, first, last, op, value, f"events.{id}", value.source))
    return changes


def _declared(path: str, node: Node, root: Node) -> Assumption:
    """The assumption that an event may change at ``path``."""
    assumption = assumption_at(path, root)
    if assumption is None:
        allowed = "assumptions.<mechanism>.<name> or firms.<id>.<assumption>, as `shakeout params` lists them"
        raise node.error("nothing an event can change", found=path, allowed=allowed, nearest=nearest_path(path, root))
    if assumption.entry_only:
        raise node.error("a stock can be set only at a firm's entry", found=path, allowed=stock_allowed(path))
    return assumption


def overwritten(root: Node, stated: Collection[str], changes: Collection[Change]) -> tuple[str, ...]:
    """A sentence for each event of a file that later overwrites a ``--set``; ``stated`` are the undated ones."""
    section = root.data.get("events")
    dated = {f"events.{id}" for id, node in (section.data if section is not None else {}).items() if is_set(node)}
    sets: list[tuple[str, int, int | None]] = [(path, -1, None) for path in stated]
    sets += [(c.path, c.first, c.last) for c in changes if c.origin in dated]
    notices = []
    for path, first, last in sets:
        for change in changes:
            in_force = first < change.first and (last is None or change.first <= last)
            if change.origin not in dated and change.op == "set" and change.path == path and in_force:
                notices.append(
                    f"{change.origin} sets {path} in {month_text(change.first)} and overwrites what --set gave it."
                )
    return tuple(dict.fromkeys(notices))
