"""A what-if that is asked again and again: worlds stay in memory, the answer comes in stages of ever more worlds, and a
question that no longer stands is dropped within a tile.

Worlds are simulated by threads: the laws run without the interpreter's lock. An answer's last stage says what
``what_if`` says of as many worlds, to the digit.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from sim.archive import digest
from sim.engine.block import Block, merged, size_of
from sim.engine.simulate import simulate
from sim.foundation.whole_numbers import whole
from sim.scenario.grammar import MAX_WORLDS
from sim.scenario.model import Scenario
from sim.study import executor, memory
from sim.study.focus import focus_of
from sim.study.how import How
from sim.study.many_worlds import compile_first, with_worlds
from sim.study.run import Run, in_memory
from sim.study.study import focused
from sim.study.variants import Variant
from sim.study.what_if import WhatIf, compared

STAGES = (256, 1024)  # worlds of the first answers; the last stage has all that are asked for
TILE_OF_STAGE = 128  # worlds that a thread simulates before it looks whether the question still stands
LAST_STAGE = 4096
MOST_AT_HAND = 16_384  # of a question whose worlds stay in memory
MEMORY_BYTES = 1 << 30  # of worlds in memory; beyond that the scenarios longest not asked for go


class Stopped(Exception):
    """The question no longer stands."""


class Stage(NamedTuple):
    """An answer so far: ``runs`` are those of the base and of every variant, ``study`` what differs between them, None
    where there is no variant. ``last`` says that no further stage comes.
    """

    runs: list[Run]
    study: WhatIf | None
    last: bool

    @property
    def worlds(self) -> int:
        """Worlds behind every number."""
        return self.runs[0].scenario.worlds


@dataclass
class _Known:
    """Of one scenario: all its worlds so far as one block, and its run at every stage that was told."""

    block: Block | None = None
    seconds: float = 0.0
    runs: dict[int, Run] = field(default_factory=dict)

    @property
    def bytes(self) -> int:
        own = 0 if self.block is None else size_of(self.block)
        return own + sum(size_of(block) for run in self.runs.values() for block in run.blocks())


class Explorer:
    """Answers what-ifs of ``base`` in stages, up to ``worlds`` worlds (by default 4,096, or the scenario's if fewer).

    Several threads may ask at once. InputError for a number that makes no sense, or more worlds than there is memory.
    """

    def __init__(self, base: Scenario, worlds: int | None = None, jobs: int | None = None) -> None:
        most = min(MOST_AT_HAND, MAX_WORLDS)
        self.worlds = min(base.worlds, LAST_STAGE) if worlds is None else whole("--worlds", worlds, 1, most)
        self.base = with_worlds(base, self.worlds, None)
        self.workers = executor.workers(jobs)
        memory.notice(self.base, self.workers)  # refuses what does not fit
        self._pool = ThreadPoolExecutor(self.workers, thread_name_prefix="worlds")
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def stages(self) -> list[int]:
        """The number of worlds at each stage."""
        return [*(stage for stage in STAGES if stage < self.worlds), self.worlds]

    def compile(self, how: How) -> None:
        """Compile the laws if they were not compiled before; ``how`` says who watches."""
        compile_first(self.base, how)

    def answers(self, variants: Sequence[Variant], firms: Sequence[str], stop: threading.Event) -> Iterator[Stage]:
        """The answer at every stage. Stopped, within a tile, once ``stop`` is set.

        ``firms`` are told first. InputError if one of them is nobody, RunError if a world cannot go on.
        """
        focus = focus_of([self.base, *(variant.scenario for variant in variants)], firms)
        for worlds in self.stages:
            asked = [replace(one, scenario=with_worlds(one.scenario, worlds, None)) for one in variants]
            scenarios = [with_worlds(self.base, worlds, None), *(one.scenario for one in asked)]
            runs = [self._run(scenario, stop) for scenario in scenarios]
            self._make_room(scenarios)
            _go_on(stop)
            told = [focused(run, focus) for run in runs]
            study = focused(compared(asked, runs, How()), focus) if asked else None
            yield Stage(told, study, worlds == self.worlds)

    def close(self) -> None:
        """End the threads; a question that still stands must have been stopped."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self, scenario: Scenario, stop: threading.Event) -> Run:
        """The run of ``scenario``, from what is known of its worlds and those that are missing."""
        known = self._known_of(scenario)
        if scenario.worlds in known.runs:
            return known.runs[scenario.worlds]
        have = 0 if known.block is None else known.block.worlds
        started = time.perf_counter()
        if have <= scenario.worlds:
            missing = self.simulated(scenario, have, stop)
            block = merged([*([known.block] if known.block is not None else []), *missing])
        else:  # it was told in more worlds, but not at this stage
            block = merged(self.simulated(scenario, 0, stop))
        seconds = known.seconds + time.perf_counter() - started
        _go_on(stop)
        run = in_memory(scenario, [block], seconds)
        with self._lock:
            if have <= scenario.worlds:
                known.block, known.seconds = block, seconds
            known.runs[scenario.worlds] = run
        return run

    def simulated(self, scenario: Scenario, first: int, stop: threading.Event) -> list[Block]:
        """The worlds of ``scenario`` from ``first`` on, tile by tile; Stopped once ``stop`` is set."""
        starts = range(first, scenario.worlds, TILE_OF_STAGE)
        tiles = [
            self._pool.submit(_tile, scenario, start, min(TILE_OF_STAGE, scenario.worlds - start), stop)
            for start in starts
        ]
        return _all_of(tiles)

    def _known_of(self, scenario: Scenario) -> _Known:
        key = digest.digest_of([digest.stem(scenario), {**scenario.resolved, "worlds": 0}])
        with self._lock:
            known = self._known.setdefault(key, _Known())
            self._known.move_to_end(key)
        return known

    def _make_room(self, asked: Sequence[Scenario]) -> None:
        """Forget the scenarios longest not asked for, but none of ``asked``, until MEMORY_BYTES are left."""
        with self._lock:
            sizes = {key: known.bytes for key, known in self._known.items()}
            total = sum(sizes.values())
            for key in list(self._known)[: -len(asked)]:
                if total <= MEMORY_BYTES:
                    return
                total -= sizes[key]
                del self._known[key]


def _tile(scenario: Scenario, first: int, worlds: int, stop: threading.Event) -> Block:
    _go_on(stop)
    return simulate(scenario, first, worlds)


def _go_on(stop: threading.Event) -> None:
    if stop.is_set():
        raise Stopped


def _all_of(tiles: Sequence[Future[Block]]) -> list[Block]:
    """What all of ``tiles`` give; at the first error the others are given up."""
    done, waiting = wait(tiles, return_when=FIRST_EXCEPTION)
    for tile in waiting:
        tile.cancel()
    wait(waiting)
    for tile in done:
        tile.result()  # raises what went wrong, if anything did
    return [tile.result() for tile in tiles]
