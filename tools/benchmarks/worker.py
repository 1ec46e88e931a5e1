"""What the start of one worker costs, as JSON: ``python -m tools.benchmarks.worker SCENARIO``."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import NamedTuple

from sim.archive.blocks import BlockStore, Span
from sim.engine.block import BLOCK_WORLDS
from sim.scenario.load import load
from sim.study import processes
from sim.study.many_worlds import Sent, Task, compute_block

WORKERS = 2  # of a command on two processors; they share the server that they are forked from


class Started(NamedTuple):
    """Processor seconds of a worker: from the start of its process until its first world is there, its share of the
    server too where there is one, then of a block.
    """

    start: float
    block: float


def started(task: Task) -> Started:
    """In a worker that has done nothing yet: one world of the scenario of ``task``, then its block."""
    compute_block(task._replace(span=Span(task.span.first, 1)))
    own = time.process_time()
    start = own + (_of_parent() / WORKERS if processes.FORKS else 0.0)
    compute_block(task)
    return Started(start, time.process_time() - own)


def _of_parent() -> float:
    """Processor seconds of the process that this one was forked from."""
    of_user, of_system = Path(f"/proc/{os.getppid()}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(of_user) + int(of_system)) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    block = Task(Sent(load(Path(sys.argv[1]), [])), BlockStore(Path()), Span(0, BLOCK_WORLDS))  # computed, never kept
    processes.map_over(started, [block], 1, lambda found: print(json.dumps(found)))
