"""A scenario small enough that thousands of worlds take a second; also the program that tests kill.

Run as a program: ``python small_industry.py OUT WORLDS JOBS [PAUSE]`` simulates into OUT and prints a line for every
finished block; with a pause it waits so many seconds after each, so that there is time to kill it.
"""

from __future__ import annotations

import sys
import time
from typing import Any

from sim.scenario.load import load_text
from sim.scenario.model import Scenario
from sim.study.how import How, Progress
from sim.study.run import Run, run

TEXT = """
name: small
title: A small industry
start: 2023-07
end: 2024-06
worlds: 100
seed: 3
firms:
  alpha: {name: Alpha, kind: startup, enters: 2023-07, cash: {uniform: [50, 600]}}
  beta: {name: "<script>月🐉[red]", kind: startup, enters: 2023-07, cash: 200}
  giant: {name: Giant, kind: giant, enters: 2023-07}
groups:
  both: [alpha, beta]
claims:
  alpha-goes: {says: Alpha may close, source: S1, when: {firm: alpha, fate: closed, by: 2024-06}}
"""


def small(worlds: int = 100, seed: int = 3, sets: tuple[str, ...] = ()) -> Scenario:
    """The scenario with so many worlds."""
    return load_text(TEXT, sets, worlds=worlds, seed=seed)


def run_of(scenario: Scenario, **asked: Any) -> Run:
    """The run of ``scenario``, without a page; ``asked`` are parts of ``How``."""
    return run(scenario, How(**asked))


if __name__ == "__main__":
    pause = float(sys.argv[4]) if len(sys.argv) > 4 else 0.0

    def told(now: Progress) -> None:
        print(now.stage, now.done, flush=True)
        time.sleep(pause)

    done = run_of(small(int(sys.argv[2])), out=sys.argv[1], jobs=int(sys.argv[3]), progress=told)
    print("FOLDER", done.folder)
