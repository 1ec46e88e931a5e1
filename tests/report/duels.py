"""A small answer of every kind, about firms with names that would be HTML if nobody escaped them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sim
from sim.scenario.load import load_text
from sim.scenario.model import Scenario

TEXT = """
name: duel
title: A duel <b>of</b> "two"
start: 2024-01
end: 2025-06
worlds: 256
seed: 3
firms:
  alpha: {name: "<img src=x onerror=alert(1)>", cash: {uniform: [50, 600]}}
  beta: {name: "月之暗面 🐉 <b>&", cash: 300}
  giant: {name: Giant, kind: giant}
claims:
  alpha-goes: {says: "Alpha <i>may</i> close", when: {firm: alpha, fate: closed, by: 2025-06}}
events:
  shock:
    date: 2024-06
    until: 2024-09
    set: {assumptions.demand.api_price: {times: 0.5}}
    source: S1
"""
FACTS = """
facts:
  cash:
    says: "<b>of cash"
    source: S1
    reported: [250, 350]
    measure: {firm: alpha, quantity: cash, at: 2024-01}
  there:
    says: "Beta <i>may go"
    class: exit
    source: S1
    happened: false
    when: {firm: beta, fate: closed, by: 2024-12}
"""
CASH, HAZARD = "firms.beta.cash", "assumptions.closure.hazard_month"
VARIANT = "<b>&"  # its name


def duel() -> Scenario:
    """The scenario of them all."""
    return load_text(TEXT)


def studies(out: Path) -> dict[str, Any]:
    """A study of every kind but what-ifs and comparisons, written below ``out``."""
    how: dict[str, Any] = {"jobs": 1, "out": out}
    return {
        "curves": sim.sweep(duel(), {HAZARD: (0, 0.1, 3)}, **how),
        "heatmaps": sim.sweep(duel(), {HAZARD: (0, 0.1, 3), CASH: (100, 500, 2)}, **how),
        "flip": sim.flip(duel(), {HAZARD: (0, 0.2)}, "alpha-goes >= 0.5", **how),
        "sensitivity": sim.sensitivity(duel(), "alpha-goes", **how),
        "everything": sim.sensitivity(duel(), "alpha-goes", everything=True, **how),
        "hindcast": sim.hindcast(load_text(TEXT + FACTS), worlds=200, **how),
        "calibrate": sim.calibrate(load_text(TEXT + FACTS), points=256, worlds=16, **how),
        "discover": sim.discover(duel(), "alpha-goes", "2024-06", worlds=2048, **how),
    }


def runs() -> dict[str, Any]:
    """Runs, and what compares them, without a folder."""
    changed = {VARIANT: {CASH: 60}}
    return {
        "run": sim.run(duel(), jobs=1),
        "given": sim.run(duel(), jobs=1, given="beta independent by 2024-06"),
        "what-if": sim.what_if(duel(), variants=changed, jobs=1),
        "compare": sim.compare(duel(), load_text(TEXT, [f"{CASH}=60"]), jobs=1),
    }
