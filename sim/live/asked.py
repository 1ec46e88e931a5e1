"""What is asked on the page, as it stands in its address: changes, pinned variants, who is in focus.

    ?set=assumptions.exchange.window=0@2025-07&variant=cold: assumptions.climate.regime=2&firm=moonshot

The parts are the options of ``shakeout whatif``, so an address is a command and is read by the same code.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from sim.archive.folder import slug
from sim.foundation.errors import InputError, nearest_of, shown
from sim.scenario.frozen import thaw
from sim.scenario.model import Scenario
from sim.scenario.yaml_text import yaml_of
from sim.study.variants import Variant, variants_of

SET, PINNED, FOCUSED = "set", "variant", "firm"
VIEW = ("large",)  # what an address also says, for the eyes only
BASE_FILE = "base.yaml"
VALUES_STAND = {"firms": 2, "assumptions": 2, "events": 1}  # section of a scenario -> how deep its values stand
MOST_PINNED = 4
MOST_SETS = 100  # of one variant
MOST_ADDRESS = 50_000  # characters


@dataclass(frozen=True)
class Asked:
    """``sets`` are PATH=VALUE[@FROM[..UNTIL]], ``pinned`` texts "NAME: PATH=VALUE, ...", ``firms`` ids."""

    sets: tuple[str, ...] = ()
    pinned: tuple[str, ...] = ()
    firms: tuple[str, ...] = ()


def asked_in(address: str) -> Asked:
    """What the query of an ``address`` asks for. InputError if it is too long or has a key that is none."""
    if len(address) > MOST_ADDRESS:
        raise InputError("too long an address", found=f"{len(address):,} characters", allowed=f"{MOST_ADDRESS:,}")
    found: dict[str, list[str]] = {SET: [], PINNED: [], FOCUSED: []}
    for key, value in parse_qsl(address.removeprefix("?"), keep_blank_values=True):
        if key in found:
            found[key].append(value)
        elif key not in VIEW:
            known = (*found, *VIEW)
            raise InputError("no such key", key=key, allowed=", ".join(known), nearest=nearest_of(key, known))
    for key, most in ((SET, MOST_SETS), (PINNED, MOST_PINNED)):
        if len(found[key]) > most:
            raise InputError("too many", key=key, found=len(found[key]), allowed=f"at most {most}")
    return Asked(*(tuple(found[key]) for key in (SET, PINNED, FOCUSED)))


def variants(base: Scenario, asked: Asked) -> list[Variant]:
    """The variants, that of the changes first; none where nothing is changed or pinned. InputError if one is wrong."""
    if not asked.sets and not asked.pinned:
        return []
    return variants_of(base, asked.sets, asked.pinned)


def command(scenario: str, worlds: int, seed: int, asked: Asked) -> str:
    """The command that answers the same."""
    again = ["shakeout", "whatif" if asked.sets or asked.pinned else "run", scenario]
    for key, values in ((SET, asked.sets), (PINNED, asked.pinned), (FOCUSED, asked.firms)):
        for value in values:
            again += [f"--{key}", value]
    return shlex.join([*again, "--worlds", str(worlds), "--seed", str(seed)])


def overlay(extends: str, stated: Scenario, variant: Scenario, sets: Sequence[str]) -> str:
    """A scenario file that ``extends`` another, which is ``stated``, and makes ``variant`` of it by ``sets``."""
    old, new = thaw(stated.resolved), thaw(variant.resolved)
    data: dict[str, Any] = {
        "extends": extends,
        "name": slug(f"{stated.name}-variant"),
        "title": f"{stated.title}, changed",
    }
    for section, depth in VALUES_STAND.items():
        if apart := _apart(old.get(section, {}), new.get(section, {}), depth):
            data[section] = apart
    return f"# {shown('; '.join(sets) or 'nothing is changed', MOST_ADDRESS)}\n{yaml_of(data)}"


def _apart(old: Mapping[str, Any], new: Mapping[str, Any], depth: int) -> dict[str, Any]:
    """What of ``new`` is not so in ``old``; mappings are compared down to ``depth``, and what is gone is null."""
    apart: dict[str, Any] = {key: None for key in old if key not in new}
    for key, value in new.items():
        if key not in old or depth == 1:
            if old.get(key) != value:
                apart[key] = value
        elif inner := _apart(old[key], value, depth - 1):
            apart[key] = inner
    return apart
