"""What the process that asked does for a block on a cluster: ``python -m tools.benchmarks --cluster``.

With WORKERS workers a block comes in every 1/WORKERS of the time that simulating one takes; the process that asked must
keep up. WORKERS real ones, processes of one thread, hand blocks in as fast as they can: they do not simulate, but keep
a block that was simulated once under the number that is asked for. (Would they simulate, they would share the few cores
of this machine for minutes, in which the process that asked waits.) They add the blocks up and write their rows as in
any run. Measured is the processor time of the process that asked for each block, from handing it out to the digest of
the tables it went into, over 1/WORKERS of that of simulating one block in the same process: the share of its time for
which it is busy. What a run does once, however many blocks it has (its statistics, its page), is left out.
"""

from __future__ import annotations

import functools
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple

from sim.archive import inventory
from sim.archive.blocks import BlockStore, Span, packed, spans
from sim.archive.folder import BLOCKS
from sim.engine.block import BLOCK_WORLDS, Block
from sim.engine.simulate import simulate
from sim.scenario.model import Scenario
from sim.study import executor
from sim.study.counting import count_run
from sim.study.how import How
from sim.study.many_worlds import ManyWorlds, Sent, Task, begin, keep_block, store_of
from tools.benchmarks.compared import MOST_BUSY
from tools.benchmarks.measure import Spread, seconds

WORKERS = 16
MEASURED_BLOCKS = 1024  # of a turn: a million worlds


class Turn(NamedTuple):
    """Processor seconds: of simulating a block, in this process; then for each block of this process, as the one that
    asked, and of Dask's scheduler.
    """

    simulating: float
    asking: float
    scheduler: float

    @property
    def busy(self) -> float:
        """Share of the time, with WORKERS workers, in which the process that asked is busy."""
        return self.asking / (self.simulating / WORKERS)


class Model(NamedTuple):
    """Where the block lies that stands for all."""

    store: BlockStore

    def __call__(self, task: Task) -> bytes:
        """It, under the number of the one that is asked for."""
        first, block = task.span.first, _read(self.store)
        events = block.events.copy()
        events["world"] += first
        return packed(replace(block, first=first, events=events))


@functools.lru_cache
def _read(store: BlockStore) -> Block:
    block = store.read(Span(0, BLOCK_WORLDS))
    assert block is not None
    return block


def turns(scenario: Scenario, repeats: int) -> list[Turn]:
    """``repeats`` turns, after a small one in which everybody gets ready."""
    with dask_of(WORKERS) as dask, executor.on_cluster(dask.address):
        _turn(scenario, WORKERS, dask)
        return [_turn(scenario, MEASURED_BLOCKS, dask) for _ in range(repeats)]


def _turn(scenario: Scenario, blocks: int, dask: Dask) -> Turn:
    asked = replace(scenario, worlds=blocks * BLOCK_WORLDS)
    with tempfile.TemporaryDirectory() as folder:
        many = ManyWorlds(How(out=folder))
        store, sent, model = store_of(asked, many.out), Sent(asked), BlockStore(many.out / "model")
        begin(asked, store)
        simulating = seconds(lambda: model.put(Span(0, BLOCK_WORLDS), packed(simulate(asked, 0, BLOCK_WORLDS))))
        tasks = [Task(sent, store, span) for span in spans(asked.worlds)]
        tables = many.out / "tables"
        tables.mkdir()

        def ask() -> None:
            kept: list[Span] = []
            executor.map_blocks(Model(model), tasks, many.workers, kept.append, keep_block, many.out / BLOCKS)
            counted = count_run(asked, many.out, many.workers, world_tables=True)
            assert counted.tables is not None
            counted.tables.move(tables)
            inventory.files_in(tables)

        before = dask.scheduler_seconds()
        asking = seconds(ask)
        scheduler = dask.scheduler_seconds() - before
    return Turn(simulating, asking / blocks, scheduler / blocks)


class Dask:
    """A scheduler and its workers, in processes of their own (cluster_processes.py)."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.address: str = self._said()

    def scheduler_seconds(self) -> float:
        """Processor time of the scheduler so far."""
        assert self._process.stdin is not None
        print(file=self._process.stdin, flush=True)
        return float(self._said())

    def _said(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())


@contextmanager
def dask_of(workers: int) -> Iterator[Dask]:
    """A scheduler with so many workers of one thread each; they end with the body."""
    command = [sys.executable, "-m", "tools.benchmarks.cluster_processes", str(workers)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Dask(process)


def as_data(found: Sequence[Turn]) -> dict[str, Any]:
    """Seconds, and the share of its time in which the process that asked is busy, with their spreads."""
    columns = dict(zip(Turn._fields, zip(*found, strict=True), strict=True))
    busy = Spread.of([turn.busy for turn in found])
    reached = busy.median <= MOST_BUSY
    seconds = {name: vars(Spread.of(values)) for name, values in columns.items()}
    return {"cluster": {"seconds": seconds, "busy": vars(busy), "target": f"at most {MOST_BUSY:g}", "reached": reached}}
