"""Small industries for tests of the engine: scenarios as plain data, and walks that keep every month of every world."""

from __future__ import annotations

import copy
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.engine import simulate as engine
from sim.engine.prepared import Problem, prepare
from sim.engine.recorder import taken
from sim.engine.state import shares_of, world_by_world
from sim.foundation.columns import EVENT, FIRM_COLUMNS
from sim.foundation.lanes import LANES
from sim.foundation.world import World
from sim.laws.catalogue import MECHANISMS
from sim.scenario.load import load, load_mapping
from sim.scenario.model import Scenario

FLAGSHIP = Path(__file__).parents[2] / "scenarios" / "six-dragons.yaml"
ALL_OFF = {mechanism.name: {"on": 0} for mechanism in MECHANISMS}
STATE = [column.name for column in FIRM_COLUMNS]  # a firm's row without its strategy

# Everything that can happen happens often: for invariants, not for realism.
LIVELY: dict[str, Any] = {
    "name": "lively",
    "start": "2024-04",
    "end": "2027-09",
    "seed": 11,
    "firms": {
        "ahead": {
            "cash": 2500,
            "gap": 0.1,
            "users": 3,
            "valuation": 6000,
            "revenue_year": 200,
            "listing_appetite": 4,
            "age": 5,
        },
        "abroad": {"cash": 800, "gap": 0.3, "overseas": 0.7, "mix_consumer": 0.9, "valuation": 5000, "users": 2},
        "behind": {"cash": {"uniform": [200, 900]}, "gap": 1.0, "keeps_core": 0.5, "spin_off_readiness": 5},
        "funded": {"cash": 500, "seeks_capital": 0, "grant_month": 25, "efficiency": 2.5},
        "late": {"enters": "2025-02", "cash": 900, "gap": 0.5},
        "perhaps": {"enters": "2024-06", "entry_hazard_month": 0.05, "cash": 600},
        "never": {"enters": None},
        "crowd": {"copies": 3, "cash": {"uniform": [50, 600]}, "gap": {"uniform": [0.2, 1.5]}},
        "big": {"kind": "giant", "reach": 6, "focus": 0.3, "research_ambition": 4, "buying_capacity_year": 1500},
        "bigger": {
            "kind": "giant",
            "reach": 9,
            "focus": 0.2,
            "research_ambition": 6,
            "enters": "2024-11",
            "poaching": 3,
        },
    },
    "assumptions": {
        "paradigm": {"shift_hazard_month": 0.04},
        "price_war": {"hazard_month": 0.08},
        "open_source": {"release_hazard_month": 0.15},
        "overseas": {"compliance_hazard_month": 0.05},
        "climate": {"turn_month": 0.2},
        "exchange": {"revenue_gate": 20, "cap_gate": 500, "cap_gate_early": 2000, "years_of_research": 0},
        "listing": {"test_from": 3, "test_to": 12},
        "spin_off": {"hazard_month": 0.2},
        "strategic": {"hazard_month": 0.05},
        "redemption": {"months_without": 6, "hazard_month": 1},
        "acquisition": {"offer_month": 0.05, "hazard_month": 0.002},
        "closure": {"hazard_month": 0.003, "newness_month": 0.01},
    },
}
LATER = {  # starts in the middle of the story: listed, pivoted and valued firms
    **LIVELY,
    "name": "later",
    "start": "2026-04",
    "end": "2028-07",
    "firms": {
        "public": {"listed": "2025-11", "cash": 900, "valuation": 20000, "revenue_year": 700, "gap": 0.1},
        "long-public": {"listed": "2023-01", "cash": 400, "valuation": 3000, "revenue_year": 300, "gap": 0.5},
        "deep": {"pivoted": "2024-09", "keeps_core": 1, "cash": 300, "revenue_year": 150, "gap": 0.4},
        "light": {"pivoted": "2025-10", "keeps_core": 0, "cash": 150, "revenue_year": 80, "gap": 0.9},
        "private": {"cash": 2000, "valuation": 9000, "gap": 0.2, "users": 8},
        "giant": {"kind": "giant", "reach": 8, "focus": 0.3, "research_ambition": 5},
    },
}
DATED = {  # rules and strategies change while the industry lives
    **LIVELY,
    "name": "dated",
    "events": {
        "war": {"date": "2024-08", "until": "2025-01", "set": {"assumptions.price_war.depth": 0.6}},
        "hot": {"date": "2024-06", "until": "2024-12", "set": {"assumptions.climate.regime": 0}},
        "no-demand": {"date": "2026-02", "until": "2026-04", "set": {"assumptions.demand.on": 0}},
        "no-source": {"date": "2025-05", "until": "2025-07", "set": {"assumptions.open_source.on": 0}},
        "home": {"date": "2025-09", "until": "2025-12", "set": {"assumptions.overseas.on": 0}},
        "turn": {
            "date": "2025-03",
            "set": {"firms.behind.pivot_readiness": 20, "firms.crowd.research_ambition": {"times": 2}},
        },
        "shut": {"date": "2026-06", "set": {"assumptions.exchange.window": 0, "assumptions.rounds.on": 0}},
        "shift": {"date": "2026-09", "until": "2026-09", "set": {"assumptions.paradigm.shift": 1}},
    },
}
QUIET = {  # every mechanism off: money is spent and nothing else happens
    **LIVELY,
    "name": "quiet",
    "assumptions": ALL_OFF,
    "firms": {id: {**firm, "burn_month": 30} for id, firm in LIVELY["firms"].items()},
}


def scenario(base: Mapping[str, Any], assumptions: Mapping[str, Any] | None = None, **changes: Any) -> Scenario:
    """``base`` with some assumptions ({mechanism: {name: value}}) and some top-level keys replaced."""
    data = copy.deepcopy(dict(base))
    data.update(copy.deepcopy(changes))
    merged = data.setdefault("assumptions", {})
    for mechanism, values in (assumptions or {}).items():
        merged[mechanism] = {**merged.get(mechanism, {}), **values}
    return load_mapping(data)


def flagship(sets: Sequence[str] = ()) -> Scenario:
    """The six dragons, changed by "PATH=VALUE"s."""
    return load(FLAGSHIP, sets)


def named(name: str) -> Scenario:
    """One of the scenarios on which every invariant is checked."""
    bases = {base["name"]: base for base in (LIVELY, LATER, DATED, QUIET)}
    return flagship() if name == "flagship" else scenario(bases[name])


SCENARIOS = ("lively", "later", "dated", "quiet", "flagship")


@dataclass(frozen=True)
class Walk:
    """Every month of some worlds. Axes: month (0 is the opening), world, then firm or market."""

    problem: Problem
    firms: np.ndarray
    market: np.ndarray
    shares: np.ndarray
    sizes: np.ndarray
    assume: np.ndarray
    events: np.ndarray

    @property
    def active(self) -> np.ndarray:
        """(months, worlds, firms) True where the firm lived in the month, or through a part of it."""
        months = np.arange(len(self.firms))[:, None, None]
        return (self.firms["status"] == 1) | ((self.firms["status"] > 1) & (self.firms["exit_month"] == months))

    def column(self, firm: str, name: str) -> np.ndarray:
        """(months, worlds) one quantity of one firm."""
        return np.asarray(self.firms[name][:, :, self.problem.ids.index(firm)])

    def alive(self, firm: str) -> np.ndarray:
        """(months, worlds) True while the firm is independent."""
        return self.column(firm, "status") == 1


def walk(scenario: Scenario, worlds: int, first: int = 0, told: bool = False) -> Walk:
    """``worlds`` worlds of the scenario, every month kept."""
    problem = prepare(scenario)
    tiles = [_walked(problem, first + offset, min(LANES, worlds - offset), told) for offset in range(0, worlds, LANES)]
    *parts, events = (list(of_tiles) for of_tiles in zip(*tiles, strict=True))
    happened = np.concatenate(events)
    in_order = happened[np.argsort(happened["month"], kind="stable")]
    return Walk(problem, *(np.concatenate(of_tiles, axis=1) for of_tiles in parts), events=in_order)


def _walked(problem: Problem, first: int, worlds: int, told: bool) -> tuple[np.ndarray, ...]:
    """What a walk holds of the worlds of one tile."""
    months: list[tuple[np.ndarray, ...]] = []
    events: list[np.ndarray] = []

    def see(tile: World) -> None:
        months.append(
            (
                world_by_world(tile.firms, worlds),
                world_by_world(tile.market, worlds)[:, 0],
                shares_of(tile).copy(),
                tile.sizes[:, :worlds].T.copy(),
                world_by_world(tile.assume, worlds)[:, 0],
            )
        )
        events.append(taken(tile))

    engine._run(engine._start(problem, first, worlds, told), first, worlds, {}, see)
    return *(np.stack(parts) for parts in zip(*months, strict=True)), np.concatenate(events)


def count(events: np.ndarray, name: str) -> int:
    """How often an event was told."""
    return int((events["event"] == EVENT[name]).sum())


DRAWN = {  # values from every distribution there is
    **LIVELY,
    "name": "drawn",
    "firms": {
        **LIVELY["firms"],
        "ahead": {**LIVELY["firms"]["ahead"], "cash": {"lognormal": [2500, 0.4]}, "gap": {"normal": [0.2, 0.1]}},
        "abroad": {**LIVELY["firms"]["abroad"], "overseas": {"triangular": [0.3, 0.6, 0.9]}},
    },
    "events": {
        "dearer": {"date": "2024-07", "set": {"assumptions.burn.overhead_month": {"times": {"lognormal": [1.1, 0.2]}}}},
        "line": {"date": "2024-06", "set": {"assumptions.demand.arpu_growth_year": {"choice": [0.1, 0.2, 0.3]}}},
    },
}
DRAWN["assumptions"] = {**LIVELY["assumptions"], "frontier": {"speed_year": {"line": {"2024-04": 1.1, "2025-07": 0.7}}}}
COMPARED = (LIVELY, LATER, DATED, DRAWN)
COMPARED_WORLDS = 2
COMPARED_MONTHS = 16


def shortened(base: Mapping[str, Any], months: int) -> Scenario:
    """The first ``months`` months of a scenario, with the events that are over by then."""
    year, month = (int(part) for part in base["start"].split("-"))
    last = year * 12 + month - 1 + months - 1
    end = f"{last // 12}-{last % 12 + 1:02d}"
    events = {id: event for id, event in base.get("events", {}).items() if event.get("until", event["date"]) <= end}
    return scenario(base, end=end, events=events)


def dump(folder: str) -> None:
    """Write every byte of a few worlds of a few scenarios, and of their blocks: to compare compiled and uncompiled."""
    for base in COMPARED:
        short = shortened(base, COMPARED_MONTHS)
        seen = walk(short, COMPARED_WORLDS, first=5, told=True)
        block = engine.simulate(short, 5, COMPARED_WORLDS)
        parts = {name: getattr(seen, name) for name in ("firms", "market", "shares", "sizes", "events")}
        parts |= {name: getattr(block, name) for name in ("histories", "paths", "landscape", "leaders")}
        np.savez(Path(folder) / f"{base['name']}.npz", **parts)


if __name__ == "__main__":
    dump(sys.argv[1])
