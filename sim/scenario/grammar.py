"""What a scenario may say: every key, how it is read, and what JSON Schema tells editors of it.

The parser (build.py, events.py, value.py, extend.py) and the schema (schema.py) both go by these tables. Assumptions
are keys too; the catalogue declares them. What a proposition may say stands in proposition.py.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sim.foundation.columns import FIRM_KINDS
from sim.foundation.currency import DEFAULT_CURRENCY
from sim.scenario.keys import ID_PATTERN, ID_RULE, MAX_ID, is_id
from sim.scenario.node import MAX_LINE, MAX_TEXT, Node

Schema = dict[str, Any]
MAX_WORLDS = 10_000_000
MAX_SEED = 2**32 - 1
MAX_FIRMS = 2000
DEFAULT_WORLDS = 10_000
DEFAULT_SEED = 1
ASSUMED = "assumption"  # the source where none is stated
TOLERANCE = 0.1  # by how much of itself a reported number may be off where a fact does not say: docs/calibration.md
SMALLEST_TOLERANCE = 1e-6
REPORTED_BOUNDS = ("at_least", "at_most")


class Key(NamedTuple):
    """What one key may hold: its ``schema``, how a node of it is ``read``, and the ``default`` where it is not stated.

    Without ``read`` it takes more than its own node to read it, such as the horizon or the firms.
    """

    schema: Schema
    read: Callable[[Node], Any] | None = None
    default: Any = None

    def of(self, entries: Mapping[str, Node], name: str, default: Any = None) -> Any:
        """What ``entries`` state as ``name``; else ``default``, or its own default."""
        assert self.read is not None
        return self.read(entries[name]) if name in entries else self.default if default is None else default


def _folder(node: Node) -> str:
    if not is_id(name := node.text()):
        raise node.wrong("not a name for a folder", f"{ID_RULE}; a title may hold any text")
    return name


def _firm_name(node: Node) -> str:
    title = node.text()
    if not title.strip():
        raise node.wrong("an empty name", "a printable name")
    return title


def _whole(low: int, high: int, default: int | None = None) -> Key:
    schema = {"type": "integer", "minimum": low, "maximum": high} | ({} if default is None else {"default": default})
    return Key(schema, lambda node: node.whole(low, high), default)


def _class(node: Node) -> str:
    if not is_id(name := node.text()):
        raise node.wrong("not a class of facts", ID_RULE)
    return name


def reported(node: Node) -> tuple[float, float]:
    """The ends of what was reported: a number twice, a range, or a bound with infinity."""
    if isinstance(node.data, tuple):
        low, high = (item.number() for item in node.items("[low, high]", 2, 2))
        if low > high:
            raise node.wrong("low above high", "[low, high]")
        return low, high
    if not isinstance(node.data, dict):
        return (number := node.number()), number
    bounds = node.fields(REPORTED_BOUNDS)
    if len(bounds) != 1:
        raise node.wrong(
            "no bound" if not bounds else "two bounds", f"one of {' and '.join(REPORTED_BOUNDS)}, or [low, high]"
        )
    ((side, bound),) = bounds.items()
    return (bound.number(), math.inf) if side == REPORTED_BOUNDS[0] else (-math.inf, bound.number())


ID_SCHEMA: Schema = {"type": "string", "pattern": ID_PATTERN, "maxLength": MAX_ID}
ONE_LINE = Key({"type": "string", "maxLength": MAX_LINE}, Node.text)
SEVERAL_LINES = Key({"type": "string", "maxLength": MAX_TEXT}, lambda node: node.text(MAX_TEXT, lines=True), "")
MONTH_SCHEMA: Schema = {"$ref": "#/$defs/month"}
MONTH_OR_NULL_SCHEMA: Schema = {"anyOf": [MONTH_SCHEMA, {"type": "null"}]}
REPORTED_SCHEMA: Schema = {
    "description": "a number, [low, high], or {at_least: number} or {at_most: number}",
    "anyOf": [
        {"type": "number"},
        {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        *(
            {
                "type": "object",
                "properties": {side: {"type": "number"}},
                "required": [side],
                "additionalProperties": False,
            }
            for side in REPORTED_BOUNDS
        ),
    ],
}
PROPOSITION_SCHEMA: Schema = {"$ref": "#/$defs/proposition"}
SOURCE_AND_NOTE = {
    "source": ONE_LINE._replace(default=ASSUMED),
    "note": SEVERAL_LINES,
}  # of every value that says more than its number

EXTENDS = "a file in the same folder or below, or the name of a shipped scenario; this one states only its differences"
ENSEMBLE = "a file of joint draws that `shakeout calibrate` wrote, in the same folder or below"
SECTIONS = ("firms", "groups", "assumptions", "events", "claims", "facts")  # schema.py says what each holds
KEYS_OF_SCENARIO = {
    "name": Key(
        {**ID_SCHEMA, "description": "names the results folder; by default the file's own name"}, _folder, "scenario"
    ),
    "title": ONE_LINE,
    "description": SEVERAL_LINES,
    "extends": Key({"type": "string", "description": EXTENDS}),
    "ensemble": Key({"type": "string", "description": ENSEMBLE}),
    "currency": ONE_LINE._replace(default=DEFAULT_CURRENCY),
    "start": Key(MONTH_SCHEMA),
    "end": Key(MONTH_SCHEMA),
    "worlds": _whole(1, MAX_WORLDS, DEFAULT_WORLDS),
    "seed": _whole(0, MAX_SEED, DEFAULT_SEED),
    **dict.fromkeys(SECTIONS, Key({})),
}
NEEDED_KEYS = ("start", "end", "firms")
KEYS_OF_FIRM = {
    "name": Key({**ONE_LINE.schema, "minLength": 1}, _firm_name),
    "kind": Key({"enum": list(FIRM_KINDS)}, lambda node: node.choice(FIRM_KINDS, "a kind of firm"), FIRM_KINDS[0]),
    "enters": Key({**MONTH_OR_NULL_SCHEMA, "description": "null: never"}),
    "listed": Key({**MONTH_OR_NULL_SCHEMA, "description": "a month before the start: the firm starts listed"}),
    "pivoted": Key({**MONTH_OR_NULL_SCHEMA, "description": "a month before the start: the firm starts pivoted"}),
    "copies": _whole(0, MAX_FIRMS),
}
KEYS_OF_EVENT = {
    "date": Key(MONTH_SCHEMA),
    "until": Key({**MONTH_OR_NULL_SCHEMA, "description": "last month, inclusive"}),
    "set": Key({}),  # paths of assumptions: schema.py
    "title": SEVERAL_LINES,
    "note": SEVERAL_LINES,
    "source": SOURCE_AND_NOTE["source"],
}
KEYS_OF_CLAIM = {
    "says": SEVERAL_LINES,
    "source": SOURCE_AND_NOTE["source"],
    "when": Key(PROPOSITION_SCHEMA),
    "given": Key({"anyOf": [PROPOSITION_SCHEMA, {"type": "null"}]}),
}
CLASS_OF_FACT = Key({**ID_SCHEMA, "description": "events of a class are each other's base rate"}, _class, "")
BEFORE_SAYS = "how it stood at the end of the training window: what a forecast says that nothing changes"
KEYS_OF_FACT = {
    **KEYS_OF_CLAIM,
    "happened": Key({"type": "boolean"}, Node.flag),
    "class": CLASS_OF_FACT,
    "before": Key({"type": "boolean", "description": BEFORE_SAYS}, Node.flag),
}
KEYS_OF_REPORTED = {  # a fact that is a number
    **{name: key for name, key in KEYS_OF_CLAIM.items() if name != "when"},
    "measure": Key({"$ref": "#/$defs/amount"}),
    "reported": Key(REPORTED_SCHEMA, reported),
    "tolerance": Key(
        {"type": "number", "exclusiveMinimum": 0, "maximum": 1, "default": TOLERANCE},
        lambda node: node.number(SMALLEST_TOLERANCE, 1.0),
        TOLERANCE,
    ),
    "class": CLASS_OF_FACT,
    "before": Key({"type": "number", "description": BEFORE_SAYS}, Node.number),
    "too_low": SEVERAL_LINES,
    "too_high": SEVERAL_LINES,
}


def schemas(keys: Mapping[str, Key]) -> Schema:
    """Key -> its schema."""
    return {name: key.schema for name, key in keys.items()}
