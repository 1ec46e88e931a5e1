"""An answer of every kind, so small that all together take seconds, about firms whose names would be HTML if nobody
escaped them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sim
from sim.scenario.load import load_text, with_sets
from sim.scenario.model import Scenario
from sim.study.focus import named

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
VARIANT = "<b>&"  # the name of one
KINDS = (
    *("run", "given", "what-if", "compare", "curves", "heatmaps", "flip", "sensitivity", "everything"),
    *("hindcast", "calibrate", "discover"),
)


def duel() -> Scenario:
    """Two startups and a giant for a year and a half."""
    return load_text(TEXT)


def answers(out: Path) -> dict[str, Any]:
    """The answer to a question of each of KINDS, written below ``out``."""
    asked, with_facts = duel(), load_text(TEXT + FACTS)
    how: dict[str, Any] = {"jobs": 1, "out": out}
    poor = with_sets(asked, [f"{CASH}=60"])
    return {
        "run": sim.run(with_facts, **how),
        "given": sim.run(with_facts, given=["there"], **how),
        "what-if": sim.what_if(asked, variants={VARIANT: {CASH: 60}}, **how),
        "compare": sim.compare(asked, poor, **how),
        "curves": sim.sweep(asked, {HAZARD: (0, 0.1, 3)}, **how),
        "heatmaps": sim.sweep(asked, {HAZARD: (0, 0.1, 3), CASH: (100, 500, 2)}, **how),
        "flip": sim.flip(asked, {HAZARD: (0, 0.2)}, "alpha-goes >= 0.5", **how),
        "sensitivity": sim.sensitivity(asked, "alpha-goes", **how),
        "everything": sim.sensitivity(asked, "alpha-goes", everything=True, **how),
        "hindcast": sim.hindcast(with_facts, worlds=200, **how),
        "calibrate": sim.calibrate(with_facts, points=256, worlds=16, **how),
        "discover": sim.discover(asked, "alpha-goes", "2024-02", worlds=2048, **how),
    }


def page_of(done: Any) -> Path:
    """The page of a written answer."""
    page: Path = done.folder / named(done.KIND.page, done.manifest)
    return page
