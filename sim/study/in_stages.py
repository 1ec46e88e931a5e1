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
from itertools import zip_longest
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
from sim.study.run import FOLLOWED, Run, in_memory
from sim.study.study import focused
from sim.study.variants import Variant
from sim.study.what_if import WhatIf, compared

STAGES = (256, 1024)  # worlds of the first answers; the last stage has all that are asked for
TILE_OF_STAGE = 128  # worlds that a thread simulates before it looks whether the question still stands
LAST_STAGE = 4096
MOST_AT_HAND = 16_384  # of a question whose worlds stay in memory
MEMORY_BYTES = 1 << 29  # of worlds in memory; beyond that the scenarios longest not asked for go


class Stopped(Exception):
    """The question no longer stands."""


class Stage(NamedTuple):
    """An answer so far: ``runs`` are those of the base and of every variant, ``study`` what differs between them, None
    where there is no variant. ``first``: the quickest of several, to be told in short, without what firms have by
    month. ``last``: no further stage comes.
    """

    runs: list[Run]
    study: WhatIf | None
    first: bool
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


class Ahead(NamedTuple):
    """Worlds that are being simulated: those ``before`` them, the ``tiles`` to come, and when they were begun."""

    before: list[Block]
    tiles: list[Future[Block]]
    at: float


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
        self._own_key = _key(self.base)

    @property
    def stages(self) -> list[int]:
        """The number of worlds at each stage."""
        return [*(stage for stage in STAGES if stage < self.worlds), self.worlds]

    def in_short(self, worlds: int) -> bool:
        """Whether the stage of so many worlds is the quickest of several."""
        return worlds == STAGES[0] < self.worlds

    def compile(self, how: How) -> None:
        """Compile the laws if they were not compiled before; ``how`` says who watches."""
        compile_first(self.base, how)

    def answers(self, variants: Sequence[Variant], firms: Sequence[str], stop: threading.Event) -> Iterator[Stage]:
        """The answer at every stage. Stopped, within a tile, once ``stop`` is set.

        ``firms`` are told first. InputError if one of them is nobody, RunError if a world cannot go on.
        """
        focus = focus_of([self.base, *(variant.scenario for variant in variants)], firms)
        keys = [self._own_key, *(_key(variant.scenario) for variant in variants)]
        ahead: dict[str, Ahead] = {}
        for worlds, further in zip_longest(self.stages, self.stages[1:]):
            asked = [replace(one, scenario=with_worlds(one.scenario, worlds, None)) for one in variants]
            scenarios = [with_worlds(self.base, worlds, None), *(one.scenario for one in asked)]
            runs = [self._run(key, one, ahead.pop(key, None), stop) for key, one in zip(keys, scenarios, strict=True)]
            self._make_room(keys)
            _go_on(stop)
            told = [focused(run, focus) for run in runs]
            study = focused(compared(asked, runs, How()), focus) if asked else None
            if further is not None:  # while this stage is told the worlds of the next one are simulated
                ahead = {
                    key: self._begun(known, with_worlds(one, further, None), stop)
                    for key, one in dict(zip(keys, scenarios, strict=True)).items()
                    if further not in (known := self._known_of(key)).runs
                }
            yield Stage(told, study, self.in_short(worlds), worlds == self.worlds)

    def close(self) -> None:
        """End the threads; a question that still stands must have been stopped."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self, key: str, scenario: Scenario, begun: Ahead | None, stop: threading.Event) -> Run:
        """The run of ``scenario``, from what is known of its worlds and those that are missing."""
        known = self._known_of(key)
        if scenario.worlds in known.runs:
            return known.runs[scenario.worlds]
        begun = begun or self._begun(known, scenario, stop)
        block = merged([*begun.before, *_all_of(begun.tiles)])
        seconds = known.seconds + time.perf_counter() - begun.at
        _go_on(stop)
        run = in_memory(scenario, [block], seconds, () if self.in_short(scenario.worlds) else FOLLOWED)
        with self._lock:
            if known.block is None or known.block.worlds < block.worlds:
                known.block, known.seconds = block, seconds
            known.runs[scenario.worlds] = run
        return run

    def _begun(self, known: _Known, scenario: Scenario, stop: threading.Event) -> Ahead:
        """Begin to simulate what is missing; worlds told in a later stage than this one are simulated anew."""
        before = [known.block] if known.block is not None and known.block.worlds <= scenario.worlds else []
        first = sum(block.worlds for block in before)
        return Ahead(before, self.tiles(scenario, first, stop), time.perf_counter())

    def tiles(self, scenario: Scenario, first: int, stop: threading.Event) -> list[Future[Block]]:
        """The worlds of ``scenario`` from ``first`` on, tile by tile, as threads get to them; Stopped in place of those
        that were not begun when ``stop`` was set.
        """
        starts = range(first, scenario.worlds, TILE_OF_STAGE)
        sizes = [min(TILE_OF_STAGE, scenario.worlds - start) for start in starts]
        return [
            self._pool.submit(_tile, scenario, start, size, stop) for start, size in zip(starts, sizes, strict=True)
        ]

    def _known_of(self, key: str) -> _Known:
        with self._lock:
            known = self._known.setdefault(key, _Known())
            self._known.move_to_end(key)
        return known

    def _make_room(self, asked: Sequence[str]) -> None:
        """Forget the scenarios longest not asked for, but none of ``asked``, until MEMORY_BYTES are left."""
        with self._lock:
            sizes = {key: known.bytes for key, known in self._known.items()}
            total = sum(sizes.values())
            for key in list(self._known)[: -len(set(asked))]:
                if total <= MEMORY_BYTES:
                    return
                total -= sizes[key]
                del self._known[key]


def _key(scenario: Scenario) -> str:
    """What scenarios have in common that differ in the number of worlds alone."""
    return digest.digest_of([digest.stem(scenario), {**scenario.resolved, "worlds": 0}])


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
