"""Sums over the worlds of a run: workers add up the blocks that are kept, a stretch of them at a time, and send what
merges; this process merges.

So what this process does for a block hardly costs anything, however many workers there are. Each block is read once,
for all that is said of it; a run whose blocks were there before is counted in the same way as one just simulated.
"""

from __future__ import annotations

import functools
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.archive import atomic, folder, row_groups, tables
from sim.archive.blocks import BlockStore, Span, spans
from sim.engine.block import BLOCK_WORLDS, Block
from sim.foundation.errors import RunError, first_line
from sim.scenario.model import Claim, Scenario
from sim.study import executor
from sim.study.many_worlds import Sent, blocks_in, store_of

if TYPE_CHECKING:
    from sim.outcomes.beside import TrueAndFates
    from sim.outcomes.summary import Sums

LEAST_STRETCHES = 4  # so that two workers have enough to share
MOST_BLOCKS = 16  # of a stretch: so little is lost with a worker, and one sum of so many is cheap to merge
WORLD_FILES = (tables.FIRMS_FILE, tables.EVENTS_FILE)
Part = dict[str, tuple[Path, row_groups.Groups]]  # the rows of some worlds: table -> file with their pages, its footer
Work = Callable[[Scenario, Iterable[Block]], Any]


class Stretch(NamedTuple):
    """Blocks that follow one another, and what is to be made of them."""

    number: int
    sent: Sent
    store: BlockStore
    spans: tuple[Span, ...]
    work: Work


def over_worlds(
    scenario: Scenario, out: Path, jobs: int, work: Work, take: Callable[[Any], None], skip: int = 0
) -> None:
    """Call ``work`` on all blocks of ``scenario`` kept in ``out`` but the first ``skip``, a stretch at a time, where
    there are workers for it; and ``take`` here with what comes of each, in order of worlds.

    ``work`` must pickle. A block that is not there, or was spoiled, is computed again; errors are those of computing.
    """
    wanted, sent, store = spans(scenario.worlds)[skip:], Sent(scenario), store_of(scenario, out)
    stretches = _shared_out(wanted, executor.places(jobs))
    items = [Stretch(n, sent, store, stretch, work) for n, stretch in enumerate(stretches)]
    waiting: dict[int, Any] = {}
    turn = 0

    def done(found: tuple[int, Any]) -> None:
        nonlocal turn
        number, waiting[number] = found
        while turn in waiting:
            _kept(take, waiting.pop(turn), store)
            turn += 1

    executor.map_kept(_worked, items, jobs, done, out / folder.BLOCKS)


def _shared_out(wanted: Sequence[Span], places: int) -> list[tuple[Span, ...]]:
    """``wanted`` in stretches as long as each other, give or take a block, the longer ones first: as many as there are
    ``places`` that work at a time, LEAST_STRETCHES at least, or so many times as many that none is of more than
    MOST_BLOCKS.
    """
    turn = max(places, LEAST_STRETCHES)
    count = min(turn * -(-len(wanted) // (turn * MOST_BLOCKS)), len(wanted)) or 1
    size, longer = divmod(len(wanted), count)
    ends = [n * size + min(n, longer) for n in range(count + 1)]
    return [tuple(wanted[first:end]) for first, end in pairwise(ends) if end > first]


def _worked(stretch: Stretch) -> tuple[int, Any]:
    blocks = blocks_in(stretch.sent, stretch.store, stretch.spans)
    return stretch.number, _kept(functools.partial(stretch.work, stretch.sent.scenario), blocks, stretch.store)


def _kept(function: Callable[[Any], Any], argument: Any, store: BlockStore) -> Any:
    """What ``function`` gives; RunError if it cannot write."""
    try:
        return function(argument)
    except OSError as error:
        raise RunError(f"{store.folder}: {first_line(error)}; finished blocks are kept") from error


class WorldTables:
    """firms.parquet and events.parquet while they are made of parts that workers write, in a folder of its own in the
    results folder ``out``.
    """

    def __init__(self, out: Path) -> None:
        self._scratch = atomic.Scratch(out.absolute() / folder.BLOCKS)
        self.folder = self._scratch.path
        self._joined = {name: row_groups.Joined(self.folder / name) for name in WORLD_FILES}

    def take(self, part: Part) -> None:
        """Add the next part, in order of worlds."""
        for name, joined in self._joined.items():
            joined.add(*part[name])

    def move(self, target: Path) -> None:
        """Finish both tables and move them into the folder ``target``."""
        for name, joined in self._joined.items():
            joined.finish()
            shutil.move(joined.path, target / name)
        self._scratch.close()


@dataclass
class Counted:
    """What is counted of a run: ``sums``, of its worlds or of those left; the worlds' ``tables`` if they are wanted;
    where some worlds are set aside, ``beside`` them the fates and claims of every world, and of those set aside.
    """

    sums: Sums
    tables: WorldTables | None = None
    beside: tuple[TrueAndFates, TrueAndFates] | None = None

    def take(self, found: Mapping[str, Any]) -> None:
        """Count what a worker counted (count) too."""
        self.sums.merge(found["sums"])
        if self.tables is not None:
            self.tables.take(found["tables"])
        for own, more in zip(self.beside or (), found["beside"], strict=True):
            own.merge(more)


def count_run(
    scenario: Scenario,
    out: Path,
    jobs: int,
    draws: int = 0,
    flags: np.ndarray | None = None,
    world_tables: bool = False,
) -> Counted:
    """Count all worlds of ``scenario`` kept in ``out``, or those with a flag in ``flags`` (worlds,); with the worlds of
    its first ``draws`` draws apart for the spread between draws, and with ``world_tables``.
    """
    from sim.outcomes.beside import TrueAndFates
    from sim.outcomes.summary import Sums

    beside = None if flags is None else (TrueAndFates(scenario), TrueAndFates(scenario))
    counted = Counted(Sums(scenario, draws), WorldTables(out) if world_tables else None, beside)
    into = None if counted.tables is None else counted.tables.folder
    over_worlds(scenario, out, jobs, functools.partial(count, draws, flags, into), counted.take)
    return counted


def count(
    draws: int, flags: np.ndarray | None, into: Path | None, scenario: Scenario, blocks: Iterable[Block]
) -> dict[str, Any]:
    """The sums over ``blocks`` as Counted takes them; of worlds with a flag alone if there are ``flags``. Their rows
    are written into the folder ``into``, if there is one.
    """
    from sim.outcomes.beside import TrueAndFates
    from sim.outcomes.given import cut_block, picked
    from sim.outcomes.summary import Sums

    sums = Sums(scenario, draws, MOST_BLOCKS * BLOCK_WORLDS)
    every, aside = TrueAndFates(scenario), TrueAndFates(scenario)
    with _written(scenario, into) as (add_rows, part):
        for block in blocks:
            left = block
            if flags is not None:
                mine = flags[block.first : block.first + block.worlds]
                every.add(block)
                if not mine.all():
                    aside.add(picked(block, ~mine))
                if not mine.any():
                    continue
                left = cut_block(block, mine, scenario)
            sums.add(left)
            add_rows(left)
            del block, left  # while the next one is read
    beside = () if flags is None else (every.sums(), aside.sums())
    return {"sums": sums.sums(), "tables": part, "beside": beside}


@contextmanager
def _written(scenario: Scenario, into: Path | None) -> Iterator[tuple[Callable[[Block], None], Part]]:
    """Inside, what adds the worlds of a block to the tables in the folder ``into``, one row group a block, and the part
    that is complete at the end; nothing without a folder.
    """
    part: Part = {}
    if into is None:
        yield lambda _block: None, part
        return
    from sim.outcomes.world_tables import events_table, histories_table

    files = {name: into / f"{uuid.uuid4().hex}-{name}" for name in WORLD_FILES}  # whoever else does the same work
    with (
        tables.parquet(files[tables.FIRMS_FILE], tables.FIRMS_FILE) as add_firms,
        tables.parquet(files[tables.EVENTS_FILE], tables.EVENTS_FILE) as add_events,
    ):

        def add(block: Block) -> None:
            add_firms(histories_table(scenario, [block]))
            add_events(events_table(scenario, block.events))

        yield add, part
    part |= {name: (file, row_groups.cut(file)) for name, file in files.items()}


def fates_of(scenario: Scenario, blocks: Iterable[Block]) -> dict[str, Any]:
    """The sums of FateCounts over ``blocks``."""
    from sim.outcomes.fates import FateCounts

    fates = FateCounts(scenario)
    for block in blocks:
        fates.add(block)
    return fates.sums()


def luck_of(draws: int, scenario: Scenario, blocks: Iterable[Block]) -> dict[str, Any]:
    """The sums of OtherLuck over ``blocks``, worlds with other luck in which so many ``draws`` come back."""
    from sim.outcomes.other_luck import OtherLuck

    luck = OtherLuck(scenario, draws)
    for block in blocks:
        luck.add_again(block)
    return luck.sums()


def agreeing_in(claims: Sequence[Claim], scenario: Scenario, blocks: Iterable[Block]) -> np.ndarray:
    """(worlds, claims) flags, the worlds of ``blocks`` that agree (given.agreeing)."""
    from sim.outcomes.given import agreeing

    return np.concatenate([agreeing(claims, block, scenario) for block in blocks])
