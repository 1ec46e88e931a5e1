"""Variants: what is changed for a what-if, from "PATH=VALUE" texts, from "NAME: PATH=VALUE, ..." or from a mapping."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.archive import digest
from sim.foundation.errors import InputError, shown
from sim.scenario.load import with_sets
from sim.scenario.model import Scenario
from sim.scenario.override import TOP_PATHS, parse_set

VARIANT_FORM = '"NAME: PATH=VALUE, PATH=VALUE"'
MOST_NAME = 60  # characters
NAME_RULE = f"1 to {MOST_NAME} printable characters"
BASE = "base"
BRACKETS = {"[": "]", "{": "}"}
SHARED = "firms, assumptions and events; worlds, seed and months are the base's (--worlds, --seed, or `compare`)"


@dataclass(frozen=True)
class Variant:
    """One changed scenario: ``name`` in the tables, ``sets`` as PATH=VALUE[@FROM[..UNTIL]], and what they make.

    ``named`` is False where the name is only the sets themselves.
    """

    name: str
    sets: tuple[str, ...]
    scenario: Scenario
    named: bool = True

    @property
    def label(self) -> str:
        """The name, short enough for tables and keys of figures."""
        return self.name if len(self.name) <= MOST_NAME else self.name[: MOST_NAME - 1] + "…"


def variants_of(base: Scenario, sets: Sequence[str], named: Iterable[str | tuple[str, Sequence[str]]]) -> list[Variant]:
    """The variants of ``base``: one of all ``sets`` if there are any, then the named ones.

    ``named`` are texts "NAME: PATH=VALUE, PATH=VALUE" or (name, sets) pairs. InputError if there is none at all, if one
    is wrong, or if two have the same name.
    """
    asked = [(", ".join(sets), tuple(sets), False)] if sets else []
    for one in named:
        name, changes = parsed(one) if isinstance(one, str) else one
        asked.append((name, tuple(changes), True))
    if not asked:
        raise InputError("nothing to change", allowed=f"--set PATH=VALUE or --variant {VARIANT_FORM}")
    variants: list[Variant] = []
    for name, changes, is_named in asked:
        if is_named and not (name.strip() and name.isprintable() and len(name) <= MOST_NAME):
            raise InputError("not a name for a variant", key="--variant", found=name, allowed=NAME_RULE)
        if name == BASE or name in [variant.name for variant in variants]:
            raise InputError("a name that is taken", key="--variant", found=name, allowed=f"other names, not {BASE!r}")
        variants.append(Variant(name, changes, _changed(base, name if is_named else "", changes), is_named))
    return variants


def parsed(text: str) -> tuple[str, tuple[str, ...]]:
    """Name and sets of "NAME: PATH=VALUE, PATH=VALUE"; values may hold commas inside brackets, braces and quotes."""
    name, colon, rest = text.partition(":")
    name = name.strip()
    if not colon or not name or "=" in name:
        raise InputError("not a variant", key="--variant", found=text, allowed=VARIANT_FORM)
    parts = split(rest)
    if not all(parts):
        raise InputError("nothing between two commas", key="--variant", found=text, allowed=VARIANT_FORM)
    return name, tuple(parts)


def split(text: str) -> list[str]:
    """``text`` cut at its commas, but not at those inside brackets, braces or quotes; InputError if one stays open.

    YAML cannot: in its lists ``a={uniform: [1, 2]}`` ends at the brace, and months may stand behind the value.
    """
    parts, part, closing, quote = [], "", [], ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter in BRACKETS:
            closing.append(BRACKETS[letter])
        elif letter in BRACKETS.values() and (not closing or closing.pop() != letter):
            closing.append(letter)
            break
        if letter == "," and not closing and not quote:
            parts.append(part.strip())
            part = ""
        else:
            part += letter
    if closing or quote:
        raise InputError("a bracket or quote without its other half", key="--variant", found=text, allowed=VARIANT_FORM)
    return [*parts, part.strip()]


def sets_of(changes: Mapping[str, Any] | Iterable[str]) -> tuple[str, ...]:
    """PATH=VALUE texts from a mapping of paths (PATH or PATH@FROM..UNTIL) to values, or the texts themselves."""
    if isinstance(changes, str):
        raise InputError("one text", key="changes", found=changes, allowed="a dict of paths and values, or a list")
    if not isinstance(changes, Mapping):
        return tuple(str(text) for text in changes)
    return tuple(_set(str(path), value) for path, value in changes.items())


def _set(path: str, value: Any) -> str:
    path, at, when = path.partition("@")
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        value = value.item()
    try:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        raise InputError("not plain data", key=path, found=type(value).__name__, allowed="a number or a dict") from None
    return f"{path}={text}{at}{when}"


def _changed(base: Scenario, name: str, sets: Sequence[str]) -> Scenario:
    """``base`` with ``sets``; an error names the variant."""
    try:
        overrides = [parse_set(text) for text in sets]
        for override in overrides:
            if override.path in TOP_PATHS:
                raise override.error("a variant shares it with its base", SHARED)
        return with_sets(base, overrides)
    except InputError as error:
        if not name:
            raise
        raise InputError(error.problem, **error.parts | {"file": f"--variant {shown(name)}"}) from None


def parts_at(base: Scenario, variant: Scenario) -> int | None:
    """First calendar month in which the two can differ in any world: 0 from the opening on, None never.

    Dated changes apply in order of their months: up to the first one that is not the same, nothing differs.
    """
    mine, theirs = digest.simulated_part(base), digest.simulated_part(variant)
    changes = mine.pop("changes"), theirs.pop("changes")
    del mine["probes"], theirs["probes"]
    if mine != theirs or base.seed != variant.seed:
        return 0
    for one, other, acts, too in zip(base.changes, variant.changes, *changes, strict=False):
        if acts != too:
            return min(one.first, other.first)
    shared = min(len(base.changes), len(variant.changes))
    rest = (*base.changes[shared:], *variant.changes[shared:])
    return min((change.first for change in rest), default=None)
