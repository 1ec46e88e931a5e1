"""A small scenario that uses every key there is, for the tests to bend and break."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from sim.foundation.errors import InputError
from sim.scenario.load import load

TEXT = """\
name: small
title: A small industry
description: >
  Three firms and a class.
currency: RMB million
start: 2023-07
end: 2030-12
worlds: 200
seed: 7
firms:
  zhipu:
    name: 智谱 <script>alert("x")</script> ../🐉
    kind: startup
    enters: 2023-07
    listed: 2023-01
    cash: {value: 1500, source: S000-01, note: because}
    research_ambition: {uniform: [0.8, 1.2], source: S000-02}
  minimax: {name: MiniMax, burn_month: {lognormal: [50, 0.3]}}
  tencent: {kind: giant, enters: 2022-01}
  lab: {copies: 12, enters: null, cash: {value: {triangular: [10, 20, 40]}, note: a class}}
groups:
  pair: [zhipu, minimax]
assumptions:
  closure: {hazard_month: 0.01}
  burn: {on: 0}
  climate:
    regime: {choice: [0, 1, 2]}
events:
  price-war:
    date: 2024-05
    until: 2025-06
    title: Price war
    set:
      assumptions.closure.hazard_month: {times: 0.5}
      firms.zhipu.research_ambition: {plus: {uniform: [0, 1]}, source: S000-03}
    source: S003-15
  later:
    date: 2026-01
    set: {assumptions.closure.hazard_month: 0.2, firms.lab.research_ambition: {uniform: [0, 2]}}
claims:
  bought:
    says: MiniMax is bought
    source: S001-27
    when: {firm: minimax, fate: acquired, by: 2028-04}
    given: {not: {firm: minimax, milestone: profitable, by: 2028-04}}
  few:
    when:
      all:
        - {count: {of: pair, state: independent}, at: 2028-04, at_least: 1}
        - any:
            - {firm: zhipu, quantity: value, at: 2028-04, below: {at: 2026-04, times: 0.5}}
            - {market: top_four_share, at: 2026-12, above: 0.7}
            - {endgame: true, by: 2030-12}
facts:
  zhipu-lists:
    when: {firm: zhipu, milestone: listed, by: 2026-01}
    happened: true
    source: P-ZP-54
"""

_MINIMAL = {"start": "2023-07", "end": "2030-12", "firms": {"a": {}, "b": {"kind": "giant"}}}


def minimal(**sections: Any) -> dict[str, Any]:
    """The least a scenario needs, with ``sections`` added or replaced."""
    return {**copy.deepcopy(_MINIMAL), **sections}


def write(folder: Path, name: str, text: str) -> Path:
    """The path of a new file with ``text``."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refused(path: Path, *sets: str, **more: Any) -> InputError:
    """The error that loading ``path`` ends with."""
    with pytest.raises(InputError) as caught:
        load(path, sets, **more)
    return caught.value
