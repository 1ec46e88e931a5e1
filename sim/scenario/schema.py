"""JSON Schema (draft 2020-12) of a scenario file, derived from the catalogue: editors complete and check against it.

It knows keys, types, bounds of plain numbers and forms of distributions. What needs the whole scenario at once (firms
that a group names, dates inside the horizon, distributions against bounds) only ``shakeout check`` can tell.
"""

from __future__ import annotations

from typing import Any

from sim.foundation.assumption import Assumption
from sim.foundation.columns import FATES, KINDS, MILESTONES
from sim.foundation.currency import unit_in
from sim.foundation.histograms import LANDSCAPE, PATHS
from sim.laws.catalogue import ASSUMPTIONS, FIRM_ASSUMPTIONS, MECHANISMS
from sim.scenario import build, decided, proposition, series, value
from sim.scenario.keys import ID_PATTERN, MAX_ID
from sim.scenario.node import MAX_LINE, MAX_TEXT

Schema = dict[str, Any]
_DATE: Schema = {"type": "string", "pattern": r"^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])$", "description": "a month, YYYY-MM"}
_MONTH: Schema = {"$ref": "#/$defs/month"}
_LINE: Schema = {"type": "string", "maxLength": MAX_LINE}
_TEXT: Schema = {"type": "string", "maxLength": MAX_TEXT}
_NUMBER: Schema = {"type": "number"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_PROPOSITION: Schema = {"$ref": "#/$defs/proposition"}


def json_schema() -> Schema:
    """The schema as plain data."""
    mechanisms = {
        mechanism.name: _object({a.name: _value(a) for a in mechanism.all_assumptions()})
        | {"description": mechanism.says}
        for mechanism in MECHANISMS
    }
    top = {
        "name": _id() | {"description": "names the results folder; by default the file's own name"},
        "title": _LINE,
        "description": _TEXT,
        "extends": {
            "type": "string",
            "description": "a file in the same folder or below, or the name of a shipped scenario; "
            "this one states only its differences",
        },
        "currency": _LINE,
        "start": _MONTH,
        "end": _MONTH,
        "worlds": {"type": "integer", "minimum": 1, "maximum": build.MAX_WORLDS, "default": build.DEFAULT_WORLDS},
        "seed": {"type": "integer", "minimum": 0, "maximum": build.MAX_SEED, "default": build.DEFAULT_SEED},
        "firms": _named(_firm()),
        "groups": _named({"type": "array", "items": _id(), "minItems": 1, "uniqueItems": True}),
        "assumptions": _object(mechanisms),
        "events": _named(_event()),
        "claims": _named(_claim(build.CLAIM_KEYS, ())),
        "facts": _named(_claim(build.FACT_KEYS, ("happened",))),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "shakeout scenario",
        **_object(top),
        "anyOf": [{"required": ["extends"]}, {"required": ["start", "end", "firms"]}],
        "$defs": {
            "month": _DATE,
            "distribution": _distribution(),
            "stated": _stated(),
            "changing": _changing(),
            "decision": _decided(),
            "proposition": {"oneOf": _propositions()},
        },
    }


def _object(properties: Schema, required: tuple[str, ...] = ()) -> Schema:
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return schema | {"required": list(required)} if required else schema


def _id() -> Schema:
    return {"type": "string", "pattern": ID_PATTERN, "maxLength": MAX_ID}


def _named(entry: Schema) -> Schema:
    """A mapping of ids to entries, where null removes an inherited one."""
    return {
        "type": "object",
        "propertyNames": {"pattern": ID_PATTERN, "maxLength": MAX_ID},
        "additionalProperties": {"anyOf": [entry, {"type": "null"}]},
    }


def _forms() -> Schema:
    """The distributions by name, each a list of its numbers."""
    forms: Schema = {}
    for kind, names in value.KINDS.items():
        length = {"minItems": 1} if kind == "choice" else {"minItems": len(names), "maxItems": len(names)}
        forms[kind] = {"type": "array", "items": _NUMBER, **length, "description": f"[{', '.join(names)}]"}
    return forms


def _distribution() -> Schema:
    return {"oneOf": [_object({kind: form}, (kind,)) for kind, form in _forms().items()]}


def _stated() -> Schema:
    """A value with its source and note, or a distribution with them."""
    about = {"source": _LINE, "note": _TEXT}
    number = {"value": {"anyOf": [_NUMBER, {"$ref": "#/$defs/distribution"}]}}
    return {"oneOf": [_object({key: form, **about}, (key,)) for key, form in (number | _forms()).items()]}


def _changing() -> Schema:
    """A value that changes: steps, or straight lines, by month."""
    dates = {"propertyNames": _MONTH, "additionalProperties": _NUMBER, "minProperties": 1, "type": "object"}
    about = {"source": _LINE, "note": _TEXT}
    return {"oneOf": [_object({kind: dates, **about}, (kind,)) for kind in series.KINDS]}


def _decided() -> Schema:
    """A decision, plain, with its source and note, or uncertain."""
    one: Schema = {"anyOf": [{"enum": list(decided.WORDS)}, _MONTH]}
    several = {"type": "array", "items": one, "minItems": 1}
    choice, about = _object({"choice": several}, ("choice",)), {"source": _LINE, "note": _TEXT}
    stated = [
        _object({"value": {"anyOf": [one, choice]}, **about}, ("value",)),
        _object({"choice": several, **about}, ("choice",)),
    ]
    return {"description": decided.FORM, "anyOf": [*one["anyOf"], *stated]}


def _value(assumption: Assumption) -> Schema:
    description = f"{assumption.explained} [{unit_in(assumption.unit)}; source: {assumption.source}]"
    if assumption.decides:
        default = decided.stated_as(assumption, assumption.default)
        return {"description": description, "default": default, "anyOf": [{"$ref": "#/$defs/decision"}]}
    kind = "integer" if assumption.whole else "number"
    number = {"type": kind, "minimum": assumption.low, "maximum": assumption.high}
    changing = [] if value.why_fixed(assumption) else [{"$ref": "#/$defs/changing"}]
    return {
        "description": description,
        "default": assumption.default,
        "anyOf": [number, {"$ref": "#/$defs/stated"}, *changing],
    }


def _firm() -> Schema:
    date = {"anyOf": [_MONTH, {"type": "null"}]}
    who = {
        "name": _LINE | {"minLength": 1},
        "kind": {"enum": list(KINDS)},
        "enters": date | {"description": "null: never"},
        "listed": date | {"description": "a month before the start: the firm starts listed"},
        "pivoted": date | {"description": "a month before the start: the firm starts pivoted"},
        "copies": {"type": "integer", "minimum": 0, "maximum": build.MAX_FIRMS},
    }
    return _object(who | {name: _value(assumption) for name, assumption in FIRM_ASSUMPTIONS.items()})


def _event() -> Schema:
    names = "|".join(name for name, assumption in FIRM_ASSUMPTIONS.items() if not assumption.entry_only)
    paths = {"anyOf": [{"enum": list(ASSUMPTIONS)}, {"pattern": rf"^firms\.[a-z0-9-]+\.({names})$"}]}
    by = {"anyOf": [_NUMBER, {"$ref": "#/$defs/stated"}]}
    ops = [_object({op: by, "source": _LINE, "note": _TEXT}, (op,)) for op in value.OPS[1:]]
    change = {"anyOf": [_NUMBER, {"$ref": "#/$defs/stated"}, {"$ref": "#/$defs/decision"}, *ops]}
    until = {"anyOf": [_MONTH, {"type": "null"}], "description": "last month, inclusive"}
    changes = {"type": "object", "propertyNames": paths, "additionalProperties": change}
    return _object({"date": _MONTH, "until": until, "set": changes, "title": _TEXT, "note": _TEXT, "source": _LINE})


def _claim(keys: tuple[str, ...], required: tuple[str, ...]) -> Schema:
    known = {
        "says": _TEXT,
        "source": _LINE,
        "when": _PROPOSITION,
        "given": {"anyOf": [_PROPOSITION, {"type": "null"}]},
        "happened": {"type": "boolean"},
    }
    return _object({key: known[key] for key in keys})


def _propositions() -> list[Schema]:
    """One schema per form of proposition.FORMS."""
    several = {"type": "array", "items": _PROPOSITION, "minItems": 1}
    against = {"anyOf": [_NUMBER, _object({"at": _MONTH, "times": _NUMBER}, ("at",))]}
    count = _object({"of": _id(), "state": {"enum": list(proposition.STATES)}}, ("state",))
    between = {"type": "array", "items": _COUNT, "minItems": 2, "maxItems": 2}
    quantities = {"enum": [quantity.name for quantity in PATHS]}
    market = {"enum": [quantity.name for quantity in LANDSCAPE]}
    forms = [
        _object({"not": _PROPOSITION}, ("not",)),
        _object({"all": several}, ("all",)),
        _object({"any": several}, ("any",)),
        _object({"firm": _id(), "fate": {"enum": list(FATES)}, "by": _MONTH}, ("firm", "fate", "by")),
        _object({"firm": _id(), "milestone": {"enum": list(MILESTONES)}, "by": _MONTH}, ("firm", "milestone", "by")),
        _object({"endgame": {"const": True}, "by": _MONTH}, ("endgame", "by")),
    ]
    for how, bound in (("at_least", _COUNT), ("at_most", _COUNT), ("between", between)):
        forms.append(_object({"count": count, "at": _MONTH, how: bound}, ("count", "at", how)))
    for side in proposition.SIDES:
        firm = {"firm": _id(), "quantity": quantities, "at": _MONTH, side: against}
        forms.append(_object(firm, tuple(firm)))
        whole = {"market": market, "at": _MONTH, side: against}
        forms.append(_object(whole, tuple(whole)))
    return forms
