"""What the start of one worker costs, as JSON: ``python -m tools.benchmarks.worker SCENARIO``."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import NamedTuple

from sim.archive.blocks import BlockStore, Span
from sim.engine.block import BLOCK_WORLDS
from sim.scenario.load import load
from sim.study import processes
from sim.study.many_worlds import Sent, Task, compute_block


class Started(NamedTuple):
    """Processor seconds of a worker: from the start of its process until its first world is there, then of a block."""

    start: float
    block: float


def started(task: Task) -> Started:
    """In a worker that has done nothing yet: one world of the scenario of ``task``, then its block."""
    compute_block(task._replace(span=Span(task.span.first, 1)))
    start = time.process_time()
    compute_block(task)
    return Started(start, time.process_time() - start)


if __name__ == "__main__":
    block = Task(Sent(load(Path(sys.argv[1]), [])), BlockStore(Path()), Span(0, BLOCK_WORLDS))  # computed, never kept
    processes.map_over(started, [block], 1, lambda found: print(json.dumps(found)))
