"""What can be changed on the page: the dials, the levers people ask for, every assumption, every firm's decisions."""

from __future__ import annotations

from typing import Any, NamedTuple

from sim.foundation.assumption import Assumption
from sim.foundation.currency import unit_in
from sim.foundation.months import month_text
from sim.foundation.states import A_STARTUP
from sim.laws.catalogue import FIRM_ASSUMPTIONS, MECHANISMS, declared_at
from sim.report.tables.of_run import value_text
from sim.scenario import decided
from sim.scenario.model import Scenario, Value
from sim.study.overwritten import stated


class Lever(NamedTuple):
    """A control for the assumption at ``path``, moved from ``low`` to ``high``; ``dated``: it asks from when and until
    when. ``low`` and ``high`` are how far the control goes, within the assumption's own bounds.
    """

    path: str
    label: str
    low: float
    high: float
    step: float
    dated: bool = False


DIALS = (
    Lever("assumptions.scale.strength", "General models are a game for a few", 0, 3, 0.1),
    Lever("assumptions.listing.strength", "Listing is a double-edged sword", 0, 3, 0.1),
    Lever("assumptions.vertical.strength", "Verticals are no retreat but a quagmire", 0, 3, 0.1),
)
LEVERS = (
    Lever("assumptions.exchange.window", "Listing window", 0, 1, 0.05, dated=True),
    Lever("assumptions.climate.regime", "Climate for capital", -1, 2, 1, dated=True),
    Lever("assumptions.price_war.depth", "Price war: cut of prices", 0, 0.95, 0.05, dated=True),
    Lever("assumptions.open_source.lag_months", "Open source: lag behind the frontier", 0, 36, 1),
    Lever("assumptions.acquisition.offer_month", "Giants' buying: chance of an offer", 0, 0.06, 0.001),
    Lever("assumptions.demand.growth_floor_year", "Endgame growth: what business markets slow to", 0, 1, 0.05),
)
DECIDED = tuple(name for name, one in FIRM_ASSUMPTIONS.items() if one.decides)


def catalogue(base: Scenario) -> dict[str, Any]:
    """All of it as plain data, with the values of ``base``."""
    values = stated(base)
    paths = [f"assumptions.{m.name}.{a.name}" for m in MECHANISMS for a in m.all_assumptions()]
    paths += [f"firms.{firm.id}.{name}" for firm in base.firms for name in firm.values]
    return {
        "name": base.name,
        "title": base.title or base.name,
        "start": month_text(base.start),
        "end": month_text(base.end),
        "dials": [lever._asdict() for lever in DIALS],
        "levers": [lever._asdict() for lever in LEVERS],
        "decisions": [{"name": name, "does": FIRM_ASSUMPTIONS[name].decides} for name in DECIDED],
        "firms": [
            {"id": firm.id, "name": firm.name, "startup": firm.kind == A_STARTUP, "copies": firm.copies}
            for firm in base.firms
        ],
        "assumptions": {path: _row(base, path, values) for path in paths},
    }


def _row(base: Scenario, path: str, values: dict[str, Value]) -> dict[str, Any]:
    declared = declared_at(path)
    assert declared is not None, path
    value = values.get(path)
    events = sum(change.path == path for change in base.changes)
    return {
        "says": declared.says,
        "unit": unit_in(declared.unit, base.currency),
        "low": declared.low,
        "high": declared.high,
        "whole": declared.whole,
        "labels": {f"{known:g}": text for known, text in declared.labels},
        "decides": declared.decides,
        "dated": not declared.entry_only,
        "default": decided.stated_as(declared, declared.default),
        "base": _single(declared, value),
        "base_text": value_text(value, declared) if value is not None else "as in the file",
        "varies": "" if value is None or value.kind == "number" else "by world" if value.uncertain else "by month",
        "source": value.source if value is not None else declared.source,
        "events": events,
    }


def _single(declared: Assumption, value: Value | None) -> float | str:
    """Where the control stands: the value itself, the middle of one that is uncertain, what a changing one begins
    with.
    """
    number = declared.default if value is None else _middle(value)
    return decided.stated_as(declared, number)


def _middle(value: Value) -> float:
    match value.kind:
        case "uniform":
            return sum(value.numbers) / 2
        case "triangular":
            return value.numbers[1]
        case "choice" | "joint":
            return sorted(value.numbers)[len(value.numbers) // 2]
        case _:
            return value.numbers[0]
