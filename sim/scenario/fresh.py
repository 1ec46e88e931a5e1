"""A scenario to begin with: it extends another, and its comments show what it may change."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from sim.foundation.errors import InputError, shown
from sim.foundation.months import MONTHS_A_YEAR, month_text
from sim.scenario import shipped
from sim.scenario.keys import ID_RULE, is_id
from sim.scenario.load import load
from sim.scenario.model import Scenario
from sim.scenario.yaml_text import scalar

_TEMPLATE = """\
## {name}: what differs from {base}.
## Lines that begin with ## explain. Those that begin with # are examples: take the "# " away to use them.
## `shakeout check {name}.yaml` says what is wrong, `shakeout run {name}.yaml` simulates,
## `shakeout params` lists every assumption with its unit, bounds and source.

title: {title}
extends: {extends}

## In one paragraph: whose view this takes.
# description: Capital is scarcer than in {base}.

## Worlds to simulate, the seed of all luck, and the last month.
# worlds: 2000
# seed: {seed}
# end: {last}

## A value is a number, a distribution that every world draws from (uniform, triangular, normal, lognormal, choice), or
## either with its source and a note. What is not said stays as it is in {base}.
# firms:
#   {firm}:
#     cash: {{value: 2000, source: assumption, note: why}}
#     research_ambition: {{uniform: [0.8, 1.2], source: assumption}}
#   newcomer:
#     name: A newcomer
#     enters: {early}
#     cash: 500

## Groups get curves and rows of their own.
# groups:
#   mine: [{member}]

## Assumptions that hold for all; the strength of a law is 1 as the documents state it, and 0 switches it off.
# assumptions:
#   listing: {{strength: 0.5}}
#   closure: {{on: 0}}

## Dated changes: from date to until, both included, or for good. {{times: x}} and {{plus: x}} act on what is in force.
# events:
#   cheaper-api:
#     date: {early}
#     until: {last}
#     set: {{assumptions.demand.api_price: {{times: 0.8}}}}
#     source: assumption

## Forecasts: the run says in how many worlds each comes true. null, written out, removes what is inherited.
# claims:
#   somebody-left:
#     says: At least one startup is still independent
#     when: {{count: {{of: startups, state: independent}}, at: {last}, at_least: 1}}
{removal}"""


def write(name: str, base: str | Path, folder: Path) -> Path:
    """Write ``name``.yaml into ``folder``, a scenario that extends ``base`` (a file there or below, or a shipped one).

    InputError if ``name`` is no id or taken, if ``base`` is wrong or lies elsewhere, or if nothing can be written.
    """
    if not is_id(name):
        near = re.sub(r"[^a-z0-9]+", "-", name.lower().removesuffix(".yaml")).strip("-")
        raise InputError("not a name", key="NAME", found=name, allowed=ID_RULE, nearest=near if is_id(near) else None)
    path = folder / f"{name}.yaml"
    text = text_of(name, load(base), _extends(base, folder))
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputError("exists already", file=str(path), allowed="a name that no file has") from None
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", file=str(path)) from None
    return path


def text_of(name: str, base: Scenario, extends: str) -> str:
    """The text of the scenario ``name`` that extends ``base``; every example fits it."""
    last = base.end - MONTHS_A_YEAR if base.ticks > 2 * MONTHS_A_YEAR else base.end
    startups = [firm.id for firm in base.firms if firm.kind == "startup"]
    claim = next((claim.id for claim in base.claims), None)
    firm = (startups or [firm.id for firm in base.firms])[0]
    return _TEMPLATE.format(
        name=name,
        title=_word(name),
        base=base.name,
        extends=_word(extends),
        seed=base.seed + 1,
        firm=firm,
        member=_word(firm),
        early=month_text(base.start + (last - base.start) // 3),
        last=month_text(last),
        removal=f"#   {claim}: null\n" if claim else "",
    )


def _word(text: str) -> str:
    """``text`` in YAML: in quotes where it would be read as something else."""
    plain = re.fullmatch(r"[\w./-]+", text, re.ASCII) and isinstance(scalar(text), str)
    return text if plain else json.dumps(text, ensure_ascii=False)


def _extends(base: str | Path, folder: Path) -> str:
    """What a scenario in ``folder`` has to say to extend ``base``."""
    path = shipped.file_of(base)
    if path != Path(base):
        return str(base)
    real, own = Path(os.path.realpath(path)), Path(os.path.realpath(folder))
    if not real.is_relative_to(own):
        allowed = "a file in this folder or below, or the name of a shipped scenario"
        raise InputError("lies in another folder", key="--from", found=shown(str(base)), allowed=allowed)
    return real.relative_to(own).as_posix()
