"""What is said beside the file: ``--set PATH=VALUE``, ``PATH=VALUE@2025-07``, ``PATH=VALUE@2025-07..2025-12``.

An undated set is written into the tree, as if a last file stated it; ``{times: x}`` and ``{plus: x}`` act on what the
tree states. A dated set becomes an event ``set-1``, ``set-2``, ... after those of the files. So the resulting
tree is again a scenario on its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from sim.foundation.assumption import Assumption
from sim.foundation.errors import Gathered, InputError, nearest_of, shown
from sim.foundation.months import month_text
from sim.laws.catalogue import ASSUMPTIONS, FIRM_ASSUMPTIONS
from sim.scenario import decided
from sim.scenario import value as values
from sim.scenario.grammar import KEYS_OF_FIRM
from sim.scenario.model import Value
from sim.scenario.node import Node, child_key, without_lines
from sim.scenario.yaml_text import read

SOURCE = "--set"
TOP_PATHS = ("start", "end", "worlds", "seed")
EVENT_DATES = ("date", "until")
MAX_SET = 10_000  # characters
_FEW_IDS = 20  # so many are all compared with a mistyped path
_ALLOWED = "PATH=VALUE, PATH=VALUE@2025-07 or PATH=VALUE@2025-07..2025-12"
_DATED = re.compile(r"(?P<value>.*)@(?P<first>[^@{}\[\]\"']*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Override:
    """One ``--set``: ``value`` is its node, ``first`` and ``last`` its dates where it has some."""

    path: str
    value: Node
    first: int | None = None
    last: int | None = None

    def error(self, problem: str, allowed: str, nearest: str | None = None) -> InputError:
        """An InputError about the path of this set."""
        return self.value.error(problem, found=self.path, allowed=allowed, nearest=nearest)


def parse_set(text: str) -> Override:
    """The parts of ``PATH=VALUE[@FROM[..UNTIL]]``."""
    label = f"{SOURCE} {shown(text)}"
    path, equals, rest = text.partition("=")
    path = path.strip()
    if not equals or not path or len(text) > MAX_SET:
        raise InputError("not a PATH=VALUE", key=label, found=text, allowed=_ALLOWED)
    dates: list[int] = []
    match = None if path.endswith(".name") else _DATED.fullmatch(rest)
    if match is not None:
        rest = match["value"]
        parts = match["first"].split("..")
        dates = [Node(part.strip(), label).month() for part in parts]
        if len(dates) > 2 or dates != sorted(dates):
            raise InputError(
                "not a span of months", key=label, found=match["first"], allowed="FROM..UNTIL in this order"
            )
    first, last = (dates[0] if dates else None), (dates[1] if len(dates) > 1 else None)
    return Override(path, without_lines(read(rest, key=label)), first, last)


def overridden(root: Node, sets: Sequence[Override], errors: Gathered) -> Node:
    """``root`` with every set applied, in order; one that is wrong is kept in ``errors``."""
    for override in sets:
        with errors.part():
            root = _dated(root, override) if override.first is not None else _undated(root, override)
    return root


def is_set(node: Node) -> bool:
    """True if ``node`` came from a ``--set``."""
    return node.file is None and node.key.startswith(SOURCE)


def assumption_at(path: str, root: Node) -> Assumption | None:
    """The declaration behind ``assumptions.<m>.<n>``, or ``firms.<id>.<n>`` of a firm in ``root``; else None."""
    if path in ASSUMPTIONS:
        return ASSUMPTIONS[path]
    top, _, rest = path.partition(".")
    id, _, name = rest.partition(".")
    return FIRM_ASSUMPTIONS.get(name) if top == "firms" and id in root.section("firms") else None


def nearest_path(path: str, root: Node) -> str | None:
    """The path in ``root`` closest to ``path``: of firms and events those whose ids come close are looked at."""
    words = path.split(".")[:2]

    def close(ids: Collection[str]) -> Collection[str]:
        if len(ids) <= _FEW_IDS:
            return ids
        near = (nearest_of(word, ids) for word in words)
        return list(dict.fromkeys(id for id in near if id is not None))

    return nearest_of(path, _paths(root, close))


def stock_allowed(path: str) -> str:
    """What is allowed instead of a dated change of the stock at ``path`` (firms.<id>.<name>)."""
    return f"an undated value, the stock at entry; later money enters as firms.{path.split('.')[1]}.grant_month"


def _paths(root: Node, some: Callable[[Collection[str]], Collection[str]] = lambda ids: ids) -> Iterator[str]:
    """Every path that a set may change; ``some`` picks the firms and the events, by default all."""
    yield from TOP_PATHS
    yield from ASSUMPTIONS
    for id in some(root.section("firms")):
        yield from (f"firms.{id}.{name}" for name in (*FIRM_ASSUMPTIONS, *KEYS_OF_FIRM))
    events = root.section("events")
    for id in some(events):
        yield from (f"events.{id}.{key}" for key in EVENT_DATES)
        yield from (f"events.{id}.set.{path}" for path in events[id].section("set"))


def _keys(override: Override, root: Node) -> tuple[str, ...]:
    """The keys that lead to a known path; InputError with the nearest one if it is unknown."""
    path = override.path
    if path not in _paths(root):
        raise override.error("unknown path", "a path `shakeout params` lists", nearest_path(path, root))
    keys = path.split(".", 3)
    return tuple(keys) if keys[0] == "events" else tuple(path.split("."))


def _with(root: Node, keys: tuple[str, ...], node: Node) -> Node:
    """``root`` with ``node`` at ``keys``."""
    if not keys:
        return node
    below = root.data.get(keys[0], Node({}, child_key(root.key, keys[0]), root.file, root.line))
    return root.replaced({**root.data, keys[0]: _with(below, keys[1:], node)})


def _undated(root: Node, override: Override) -> Node:
    keys = _keys(override, root)
    node = override.value
    assumption = assumption_at(override.path, root)
    if assumption is not None:
        op, stated = values.parse_change(node, assumption, SOURCE, values.why_fixed(assumption))
        if op != "set":
            stated = _acted(root, keys, override, assumption, op, stated)
        node = _node_of(stated, node, assumption)  # its bounds are checked with those of all other values
    elif keys[0] == "events" and keys[2] == "set":
        declared = assumption_at(keys[3], root)
        if declared is not None:
            op, stated = values.parse_change(node, declared, SOURCE)
            node = _node_of(stated, node, declared)
            node = node if op == "set" else node.replaced({op: node})
    return _with(root, keys, node)


def _acted(root: Node, keys: tuple[str, ...], override: Override, assumption: Assumption, op: str, by: Value) -> Value:
    """The value that ``times`` or ``plus`` makes of the one the tree states (or of the default)."""
    if by.uncertain:
        raise override.error("an uncertain factor", "a number, or a value with its own distribution")
    below: Node | None = root
    for key in keys:
        below = below.data.get(key) if below is not None else None
    within = values.range_of("set", assumption)
    base = values.parse(below, within) if below is not None else Value("number", (assumption.default,))
    result = values.changed(base, op, by.numbers[0])
    if result is None:
        raise override.error(f"{op} cannot act on a {base.kind}", "times, or a value of its own")
    return replace(result, source=SOURCE)


def _dated(root: Node, override: Override) -> Node:
    assumption = assumption_at(override.path, root)
    if assumption is None:
        _keys(override, root)
        raise override.error("a date on what has none", "dates on assumptions.* and on assumptions of firms")
    if assumption.entry_only:
        raise override.error("a stock can be set only at a firm's entry", stock_allowed(override.path))
    assert override.first is not None
    place = override.value
    entries = {"date": place.replaced(month_text(override.first))}
    if override.last is not None:
        entries["until"] = place.replaced(month_text(override.last))
    entries["set"] = place.replaced({override.path: place})
    entries["source"] = place.replaced(SOURCE)
    taken = root.section("events")
    id = next(id for number in range(1, len(taken) + 2) if (id := f"set-{number}") not in taken)
    return _with(root, ("events", id), place.replaced(entries))


def _node_of(stated: Value, place: Node, declared: Assumption) -> Node:
    """``stated``, a value of ``declared``, as a node at ``place`` that says its source."""
    numbers = tuple(place.replaced(decided.stated_as(declared, x)) for x in stated.numbers)
    if stated.changing:
        dates = (month_text(month) for month in stated.months)
        entries = {stated.kind: place.replaced(dict(zip(dates, numbers, strict=True)))}
    else:
        single = stated.kind == "number"
        entries = {"value" if single else stated.kind: numbers[0] if single else place.replaced(numbers)}
    entries["source"] = place.replaced(stated.source)
    if stated.note:
        entries["note"] = place.replaced(stated.note)
    return place.replaced(entries)
