"""Many scenarios in the same worlds: whatever is missing of their blocks is computed together, by all workers."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from sim.archive import folder
from sim.archive.blocks import BlockStore, Span, spans
from sim.engine.block import Block
from sim.scenario.model import Scenario
from sim.study import executor
from sim.study.many_worlds import (
    SIMULATING,
    Progress,
    Tell,
    begin,
    blocks_of,
    compile_first,
    keep_block,
    simulate,
    simulated,
    store_of,
    with_worlds,
)


class _Task(NamedTuple):
    """One block to compute."""

    scenario: Scenario
    store: BlockStore
    span: Span


class Ensemble:
    """Blocks of ordinary runs, kept in ``out`` and found there again by whoever asks for the same worlds.

    Without ``out`` they are kept for as long as this lives. InputError if ``jobs`` or ``out`` is wrong.
    """

    def __init__(self, jobs: int | None, out: Path | None, tell: Tell) -> None:
        self.workers = executor.workers(jobs)
        self.tell = tell
        self.computed = 0
        self._holder = (
            tempfile.TemporaryDirectory(prefix="shakeout-", ignore_cleanup_errors=True) if out is None else None
        )
        self.out = folder.prepare(self._holder.name if self._holder is not None else out or "")
        self._lease = folder.at_work(self.out)

    def compute(self, scenarios: Sequence[Scenario]) -> None:
        """Compute what is missing of all worlds of ``scenarios``; every finished block is on the disk at once."""
        missing: dict[Path, _Task] = {}
        there: set[Path] = set()
        for scenario in scenarios:
            store = store_of(scenario, self.out)
            begin(scenario, store)
            for span in spans(scenario.worlds):
                path = store.path(span)
                if path not in missing and path not in there:
                    if store.has(span):
                        there.add(path)
                    else:
                        missing[path] = _Task(scenario, store, span)
        if missing:
            compile_first(scenarios[0], self.workers, self.tell)
        total = sum(scenario.worlds for scenario in scenarios)
        done = kept = total - sum(task.span.worlds for task in missing.values())
        self.computed += total - kept
        self.tell(Progress(SIMULATING, done, total, kept))

        def count(span: Span) -> None:
            nonlocal done
            done += span.worlds
            self.tell(Progress(SIMULATING, done, total, kept))

        executor.map_blocks(executor.Kept(_compute, _keep), list(missing.values()), self.workers, count)

    def blocks(self, scenario: Scenario) -> Iterator[Block]:
        """The blocks of a scenario, in order of worlds; what is missing of them is computed."""
        return blocks_of(scenario, store_of(scenario, self.out), spans(scenario.worlds))


def _compute(task: _Task) -> bytes:
    return simulated(task.scenario, task.span)


def _keep(task: _Task, content: bytes) -> Span:
    return keep_block(task.store, task.span, content)


def sized(
    scenario: Scenario,
    worlds: int | None,
    seed: int | None,
    precision: float | None,
    most: int,
    how: tuple[int | None, Path | None, Tell],
) -> Scenario:
    """``scenario`` with the number of worlds a study asks of every run it makes.

    ``worlds`` where given; with ``precision`` as many as a run of the scenario needs for it (``how``: jobs, out, tell);
    else the scenario's own, but not more than ``most``.
    """
    asked = with_worlds(scenario, worlds, seed)
    if precision is not None:
        jobs, out, tell = how
        return simulate(asked, jobs=jobs, out=out, progress=tell, precision=precision).scenario
    return asked if worlds is not None else with_worlds(asked, min(asked.worlds, most), None)
