"""How long the live page takes to answer a change, against simulating alone: ``python -m tools.benchmarks --live``."""

from __future__ import annotations

import tempfile
import threading
import time
from concurrent.futures import wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim.live.asked import Asked, variants
from sim.live.server import Desk, answer
from sim.scenario.model import Scenario
from sim.study.how import How
from sim.study.in_stages import STAGES, Explorer
from tools.benchmarks.measure import Spread

PATH, LOWEST, STEP = "assumptions.listing.strength", 0.5, 0.01  # a value that no turn before had
FIRST, SECOND = STAGES


@dataclass(frozen=True)
class Turn:
    """Seconds after a change until what is seen, and those that simulating the same worlds alone takes."""

    sentence: float  # of FIRST worlds, and who is left
    first: float  # the chapters of FIRST worlds
    second: float  # all chapters of SECOND worlds
    alone_first: float
    alone_second: float


def turns(scenario: Scenario, repeats: int) -> list[Turn]:
    """``repeats`` changes, after one that only warms up."""
    with tempfile.TemporaryDirectory() as out:
        explorer = Explorer(scenario, SECOND)
        explorer.compile(How())
        desk = Desk(explorer, scenario.name, scenario, (), Path(out))
        for _ in answer(desk, Asked(), threading.Event()):
            pass
        found = [_turn(desk, number) for number in range(repeats + 1)]
        desk.close()
    return found[1:]


def _turn(desk: Desk, number: int) -> Turn:
    asked = Asked((f"{PATH}={LOWEST + STEP * number:g}",))
    alone = [_alone(desk, asked, worlds) for worlds in STAGES]
    began, stages, left = time.perf_counter(), {}, 0.0
    for name, data in answer(desk, asked, threading.Event()):
        spent = time.perf_counter() - began
        if name == "section":
            left = left or spent  # the first chapter, after the sentence
        elif name == "stage":
            stages[data["worlds"]] = spent
    return Turn(left, stages[FIRST], stages[SECOND], *alone)


def _alone(desk: Desk, asked: Asked, worlds: int) -> float:
    """Seconds to simulate ``worlds`` worlds of the variant, by the same threads, with nothing told of them."""
    variant = replace(variants(desk.base, asked)[0].scenario, worlds=worlds)
    began = time.perf_counter()
    wait(desk.explorer.tiles(variant, 0, threading.Event()))
    return time.perf_counter() - began


def as_data(found: list[Turn]) -> dict[str, Any]:
    """Seconds and ratios with their spreads; a ratio is taken within a turn."""
    seconds = {name: vars(Spread.of([getattr(turn, name) for turn in found])) for name in Turn.__dataclass_fields__}
    ratios = {
        "sentence": [turn.sentence / turn.alone_first for turn in found],
        "first": [turn.first / turn.alone_first for turn in found],
        "second": [turn.second / turn.alone_second for turn in found],
    }
    return {"live": {"seconds": seconds, "ratios": {name: vars(Spread.of(own)) for name, own in ratios.items()}}}
