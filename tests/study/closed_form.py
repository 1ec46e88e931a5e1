"""An industry with closed forms: one firm that closes when its cash is gone or by a constant hazard, all else off.

It spends 1 a month: with cash c it is out of money by the end of month 12 if c <= 12. With a hazard h it closes by
chance before: 1 - (1 - h)^12. What luck it has can be drawn here as the engine draws it.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from sim.engine import luck
from sim.engine.state import LUCK_LANES
from sim.foundation.lanes import LANES
from sim.foundation.months import month_of
from sim.laws.catalogue import MECHANISMS
from sim.scenario.keys import luck_key
from sim.scenario.load import load_mapping
from sim.scenario.model import Scenario

MONTHS = 12
HAZARD = "assumptions.closure.hazard_month"
CASH = "firms.alone.cash"
ENOUGH = 1000.0
NAME = "<script>alert(1)</script>月🐉"
DATA: dict[str, Any] = {
    "name": "closed-form",
    "title": "Closes by chance",
    "start": "2024-01",
    "end": "2024-12",
    "worlds": 256,
    "seed": 5,
    "firms": {"alone": {"name": NAME, "cash": ENOUGH, "burn_month": 1}},
    "assumptions": {mechanism.name: {"on": int(mechanism.name == "closure")} for mechanism in MECHANISMS},
    "claims": {
        "closes": {"says": "It closes", "when": {"firm": "alone", "fate": "closed", "by": "2024-12"}},
        "closes-early": {"says": "It closes by June", "when": {"firm": "alone", "fate": "closed", "by": "2024-06"}},
        "late-if-at-all": {
            "says": "Where it lives to June it closes by December",
            "when": {"firm": "alone", "fate": "closed", "by": "2024-12"},
            "given": {"firm": "alone", "fate": "independent", "by": "2024-06"},
        },
    },
}


def alone(worlds: int = 256, seed: int = 5, cash: Any = ENOUGH, hazard: Any = 0.0, **more: Any) -> Scenario:
    """The industry with this cash and hazard (numbers or distributions); ``more`` replaces sections."""
    data = copy.deepcopy({**DATA, **more, "worlds": worlds, "seed": seed})
    data["firms"]["alone"]["cash"] = cash
    data["assumptions"]["closure"]["hazard_month"] = hazard
    return load_mapping(data)


def closure_draws(month: int, worlds: int, seed: int, first: int = 0) -> np.ndarray:
    """(worlds,) the firm's draws for closing by chance in a calendar month, as the engine draws them."""
    keys, place = np.array([luck_key("alone")], dtype=np.int64), luck.FIRM_PURPOSES["u_closure"]
    records, found = np.zeros(1, LUCK_LANES), []
    for offset in range(0, worlds, LANES):
        out, held = luck.numbers_of(records), min(LANES, worlds - offset)
        luck.fill(out, held, seed, keys, first + offset, month, luck.FIRM_DOMAIN, luck.FIRM_NORMAL)
        found.append(out[0, place, :held].copy())
    return np.concatenate(found)


def least_hazard(worlds: int, seed: int, first: int = 0) -> np.ndarray:
    """(worlds,) the hazard above which each world closes the firm by chance: the smallest of its twelve draws."""
    start = month_of(DATA["start"])
    draws = [closure_draws(month, worlds, seed, first) for month in range(start, start + MONTHS)]
    return np.min(draws, axis=0)
