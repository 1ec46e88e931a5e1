"""The facts: facts.yaml as data, checked when it is read."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from ruamel.yaml import YAML

from sim.scenario.basis import TEST, rests_on
from sim.scenario.evidence import known
from sim.scenario.model import Scenario
from tools.calibration.history import History
from tools.calibration.measures import EVENTS, QUANTITIES, Measure

ROOT = Path(__file__).resolve().parents[2]
FILE = Path(__file__).with_name("facts.yaml")
NEEDED = {
    "events": {"says", "source", "happened", "measure"},
    "quantities": {"says", "source", "reported", "measure"},
    "training": {"says", "source", "reported", "range", "measure"},
}
KEYS = {
    "events": NEEDED["events"],
    "quantities": NEEDED["quantities"] | {"unit", "too_low", "too_high"},
    "training": NEEDED["training"] | {"unit"},
}


class Fact(NamedTuple):
    """What is known, and how worlds are asked for it. ``sources``: rows of the evidence."""

    id: str
    says: str
    sources: tuple[str, ...]
    measure: str
    asked: Mapping[str, Any]

    def measured(self, seen: History) -> np.ndarray:
        """The numbers of the worlds that count."""
        found = MEASURES[self.measure](seen, **self.asked)
        return np.asarray(found[~np.isnan(found)])


class Event(NamedTuple):
    """A fact that happened or not, of a class of such facts."""

    fact: Fact
    kind: str
    happened: bool


class Quantity(NamedTuple):
    """A reported number: ``low`` = ``high``, or a range; ``high`` is infinite where a bound was reported.

    ``evidence`` is it in words, if the file says so; ``too_low`` and ``too_high`` why the model may lie there.
    """

    fact: Fact
    low: float
    high: float
    percent: bool
    evidence: str = ""
    too_low: str = ""
    too_high: str = ""

    @property
    def point(self) -> float:
        """One number for what was reported: the middle of a range, the bound of a bound."""
        return self.low if math.isinf(self.high) else (self.low + self.high) / 2


class Facts(NamedTuple):
    """All of facts.yaml. ``left_out``: row of the evidence -> why it gives no fact."""

    events: tuple[Event, ...]
    quantities: tuple[Quantity, ...]
    training: tuple[Quantity, ...]
    left_out: Mapping[str, str]


MEASURES: dict[str, Measure] = {**QUANTITIES, **EVENTS}


def read(text: str | None = None) -> Facts:
    """The facts in ``text``, by default of the file. ValueError that names the fact and what is wrong with it."""
    data = YAML(typ="safe").load(FILE.read_text(encoding="utf-8") if text is None else text)
    events = tuple(
        Event(_fact(name, row, "events", EVENTS), kind, _flag(name, row))
        for kind, rows in data["events"].items()
        for name, row in rows.items()
    )
    quantities = tuple(_quantity(name, row) for name, row in data["quantities"].items())
    training = tuple(_trained(name, row) for name, row in data["training"].items())
    names = [one.fact.id for kind in (events, quantities, training) for one in kind]
    if len(set(names)) < len(names):
        raise ValueError(f"{FILE.name}: two facts of one name: {sorted({n for n in names if names.count(n) > 1})}")
    left_out = {row: reason for reason, rows in data["left_out"].items() for row in rows}
    if unknown := sorted(left_out.keys() - known().keys()):
        raise ValueError(f"{FILE.name}, left_out: no such evidence: {unknown}")
    return Facts(events, quantities, training, left_out)


def _fact(name: str, row: Mapping[str, Any], part: str, measures: Mapping[str, Measure]) -> Fact:
    if odd := sorted((row.keys() - KEYS[part]) | (NEEDED[part] - row.keys())):
        raise ValueError(f"{FILE.name}, {name}: {odd[0]}: {part} have {', '.join(sorted(KEYS[part]))}")
    sources = tuple(part.strip() for part in row["source"].split(","))
    if unknown := [source for source in sources if source not in known()]:
        raise ValueError(f"{FILE.name}, {name}: no such evidence: {unknown[0]}")
    ((measure, asked),) = row["measure"].items()
    if measure not in measures:
        raise ValueError(f"{FILE.name}, {name}: no measure {measure} of {part}")
    try:
        inspect.signature(measures[measure]).bind(None, **asked)
    except TypeError as error:
        raise ValueError(f"{FILE.name}, {name}: {measure}: {error}") from error
    return Fact(name, row["says"], sources, measure, asked)


def _flag(name: str, row: Mapping[str, Any]) -> bool:
    if not isinstance(row["happened"], bool):
        raise ValueError(f"{FILE.name}, {name}: happened: {row['happened']}: true or false")
    return row["happened"]


def _quantity(name: str, row: Mapping[str, Any]) -> Quantity:
    fact, reported = _fact(name, row, "quantities", QUANTITIES), row["reported"]
    if isinstance(reported, dict):
        low, high = float(reported["at_least"]), math.inf
    else:
        low, high = (float(end) for end in (reported if isinstance(reported, list) else (reported, reported)))
    if not low <= high:
        raise ValueError(f"{FILE.name}, {name}: reported: {reported}: the lower end first")
    why = {key: row.get(key, "") for key in ("too_low", "too_high")}
    return Quantity(fact, low, high, row.get("unit") == "%", **why)


def _trained(name: str, row: Mapping[str, Any]) -> Quantity:
    fact = _fact(name, row, "training", QUANTITIES)
    low, high = (float(end) for end in row["range"])
    return Quantity(fact, low, high, row.get("unit") == "%", row["reported"])


def inputs_of_x(scenario: Scenario) -> dict[str, str]:
    """Path -> source of every value, set or dated, of the scenario that rests on X (scenario/basis.py)."""
    found = {f"firms.{firm.id}.{name}": value.source for firm in scenario.firms for name, value in firm.values.items()}
    found |= {path: value.source for path, value in scenario.assumptions.items()}
    found |= {f"{change.path} ({change.origin})": change.value.source for change in scenario.changes}
    return {path: source for path, source in found.items() if rests_on(source) == TEST}
