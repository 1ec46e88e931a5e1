"""JSON Schema (draft 2020-12) of a scenario file, derived from the catalogue: editors complete and check against it.

It knows keys, types, bounds of plain numbers and forms of distributions. What needs the whole scenario at once (firms
that a group names, dates inside the horizon, distributions against bounds) only ``shakeout check`` can tell.
"""

from __future__ import annotations

from sim.foundation.assumption import Assumption
from sim.foundation.columns import FATES, MILESTONES
from sim.foundation.currency import unit_in
from sim.laws.catalogue import ASSUMPTIONS, FIRM_ASSUMPTIONS, MECHANISMS
from sim.scenario import amount, decided, grammar, proposition, series, value
from sim.scenario.grammar import ID_SCHEMA, MONTH_SCHEMA, PROPOSITION_SCHEMA, Schema, schemas
from sim.scenario.keys import ID_PATTERN, MAX_ID
from sim.scenario.model import AT

_DATE: Schema = {"type": "string", "pattern": r"^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])$", "description": "a month, YYYY-MM"}
_NUMBER: Schema = {"type": "number"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_SOURCE_AND_NOTE = schemas(grammar.SOURCE_AND_NOTE)


def json_schema() -> Schema:
    """The schema as plain data."""
    mechanisms = {
        mechanism.name: _object({a.name: _value(a) for a in mechanism.all_assumptions()})
        | {"description": mechanism.says}
        for mechanism in MECHANISMS
    }
    sections = {
        "firms": _named(_firm()),
        "groups": _named({"type": "array", "items": ID_SCHEMA, "minItems": 1, "uniqueItems": True}),
        "assumptions": _object(mechanisms),
        "events": _named(_event()),
        "claims": _named(_object(schemas(grammar.KEYS_OF_CLAIM))),
        "facts": _named(
            {
                "oneOf": [
                    _object(schemas(grammar.KEYS_OF_FACT), ("when", "happened")),
                    _object(schemas(grammar.KEYS_OF_REPORTED), ("measure", "reported")),
                ]
            }
        ),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "shakeout scenario",
        **_object(schemas(grammar.KEYS_OF_SCENARIO) | {name: _removable(own) for name, own in sections.items()}),
        "anyOf": [{"required": ["extends"]}, {"required": list(grammar.NEEDED_KEYS)}],
        "$defs": {
            "month": _DATE,
            "distribution": _distribution(),
            "stated": _stated(),
            "changing": _changing(),
            "decision": _decided(),
            "proposition": {"oneOf": _propositions()},
            "amount": {"oneOf": _amounts()},
        },
    }


def _object(properties: Schema, required: tuple[str, ...] = ()) -> Schema:
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return schema | {"required": list(required)} if required else schema


def _removable(section: Schema) -> Schema:
    """A section, or null, which removes all that is inherited in it."""
    return section | {"type": ["object", "null"]}


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
    for kind, names in value.DISTRIBUTIONS.items():
        length = {"minItems": 1} if kind == "choice" else {"minItems": len(names), "maxItems": len(names)}
        forms[kind] = {"type": "array", "items": _NUMBER, **length, "description": f"[{', '.join(names)}]"}
    return forms


def _distribution() -> Schema:
    return {"oneOf": [_object({kind: form}, (kind,)) for kind, form in _forms().items()]}


def _stated() -> Schema:
    """A value with its source and note, or a distribution with them."""
    number = {"value": {"anyOf": [_NUMBER, {"$ref": "#/$defs/distribution"}]}}
    return {"oneOf": [_object({key: form, **_SOURCE_AND_NOTE}, (key,)) for key, form in (number | _forms()).items()]}


def _changing() -> Schema:
    """A value that changes: steps, or straight lines, by month."""
    dates = {"propertyNames": MONTH_SCHEMA, "additionalProperties": _NUMBER, "minProperties": 1, "type": "object"}
    return {"oneOf": [_object({kind: dates, **_SOURCE_AND_NOTE}, (kind,)) for kind in series.SERIES_KINDS]}


def _decided() -> Schema:
    """A decision, plain, with its source and note, or uncertain."""
    one: Schema = {"anyOf": [{"enum": list(decided.WORDS)}, MONTH_SCHEMA]}
    several = {"type": "array", "items": one, "minItems": 1}
    choice = _object({"choice": several}, ("choice",))
    stated = [
        _object({"value": {"anyOf": [one, choice]}, **_SOURCE_AND_NOTE}, ("value",)),
        _object({"choice": several, **_SOURCE_AND_NOTE}, ("choice",)),
    ]
    return {"description": decided.DECISION_FORM, "anyOf": [*one["anyOf"], *stated]}


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
    return _object(
        schemas(grammar.KEYS_OF_FIRM) | {name: _value(assumption) for name, assumption in FIRM_ASSUMPTIONS.items()}
    )


def _event() -> Schema:
    names = "|".join(name for name, assumption in FIRM_ASSUMPTIONS.items() if not assumption.entry_only)
    paths = {"anyOf": [{"enum": list(ASSUMPTIONS)}, {"pattern": rf"^firms\.[a-z0-9-]+\.({names})$"}]}
    by = {"anyOf": [_NUMBER, {"$ref": "#/$defs/stated"}]}
    ops = [_object({op: by, **_SOURCE_AND_NOTE}, (op,)) for op in value.OPS[1:]]
    change = {"anyOf": [_NUMBER, {"$ref": "#/$defs/stated"}, {"$ref": "#/$defs/decision"}, *ops]}
    changes = {"type": "object", "propertyNames": paths, "additionalProperties": change}
    return _object(schemas(grammar.KEYS_OF_EVENT) | {"set": changes})


def _spans() -> Schema:
    """What says the months of an amount."""
    months = {"type": "array", "items": MONTH_SCHEMA, "minItems": 2, "maxItems": 2}
    return {how: MONTH_SCHEMA if how == AT else months for how in amount.SPANS}


def _one_each(keys: tuple[str, ...], *choices: tuple[str, ...]) -> list[tuple[str, ...]]:
    """``keys`` with one of each of ``choices``, where they have any of it."""
    for choice in choices:
        if set(choice) <= set(keys):
            rest = tuple(key for key in keys if key not in choice)
            return [made for key in choice for made in _one_each((*rest, key), *choices)]
    return [keys]


def _amounts() -> list[Schema]:
    """One schema for each form of amount.AMOUNT_FORMS, whom it is of and the months it speaks of."""
    parts = {"type": "array", "items": {"$ref": "#/$defs/amount"}, "minItems": 2}
    known = _asked_of() | {"ratio": {**parts, "maxItems": 2}, "plus": parts, "times": _NUMBER}
    forms = [made for keys in amount.AMOUNT_FORMS.values() for made in _one_each(keys, amount.WHO, amount.SPANS)]
    return [_object({key: known[key] for key in keys}, tuple(key for key in keys if key != "times")) for keys in forms]


def _asked_of() -> Schema:
    """Whom and what an amount is of, and its months."""
    return {
        "firm": ID_SCHEMA,
        "of": ID_SCHEMA,
        "quantity": {"enum": list(amount.FIRM_QUANTITIES)},
        "market": {"enum": list(amount.MARKET_QUANTITIES)},
        **_spans(),
    }


def _propositions() -> list[Schema]:
    """One schema for each form of proposition.FORMS, and of counts and comparisons for each way to say them."""
    several = {"type": "array", "items": PROPOSITION_SCHEMA, "minItems": 1}
    against = {
        "anyOf": [_NUMBER, *(_object({how: months, "times": _NUMBER}, (how,)) for how, months in _spans().items())]
    }
    comparisons = dict.fromkeys(proposition.COMPARISONS, against)
    counted = {"of": ID_SCHEMA, "state": {"enum": list(proposition.COUNTED_STATES)}}
    by_quantity = _one_each(
        ("of", "quantity", *amount.SPANS, *proposition.COMPARISONS), amount.SPANS, proposition.COMPARISONS
    )
    known: Schema = {
        "not": PROPOSITION_SCHEMA,
        "all": several,
        "any": several,
        "fate": {"enum": list(FATES)},
        "milestone": {"enum": list(MILESTONES)},
        "endgame": {"const": True},
        "by": MONTH_SCHEMA,
        "among": {"type": "integer", "minimum": 1},
        "leads": ID_SCHEMA,
        "at_least": _COUNT,
        "at_most": _COUNT,
        "between": {"type": "array", "items": _COUNT, "minItems": 2, "maxItems": 2},
        **_asked_of(),
        **comparisons,
    }
    of_quantity = [_object({key: (known | comparisons)[key] for key in keys}, keys) for keys in by_quantity]
    one_of = (proposition.COUNT_BOUNDS, amount.WHO, amount.SPANS, proposition.COMPARISONS)
    forms = [
        _object({key: (known | {"count": _object(counted, ("state",))})[key] for key in keys}, keys)
        for name, form in proposition.FORMS.items()
        for keys in (_one_each(form, *one_of) if name in ("count", "quantity", "market") else [form])
    ]
    return forms + [
        _object({"count": {"oneOf": of_quantity}, bound: known[bound]}, ("count", bound))
        for bound in proposition.COUNT_BOUNDS
    ]
