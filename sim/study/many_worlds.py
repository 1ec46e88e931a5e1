"""Many worlds of any number of scenarios: what is missing of their blocks is computed by all workers, and kept.

Whoever asks for the same worlds again finds them: in the results folder, or without one in a folder of this process,
which goes with it.
"""

from __future__ import annotations

import functools
import os
import pickle
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.archive import digest, folder
from sim.archive.blocks import BlockStore, Span, packed, spans
from sim.engine.block import Block
from sim.foundation.errors import RunError, first_line
from sim.foundation.months import MONTHS_A_YEAR, month_text
from sim.foundation.states import State
from sim.foundation.whole_numbers import whole
from sim.scenario.grammar import MAX_SEED, MAX_WORLDS
from sim.scenario.model import Scenario
from sim.study import executor, memory
from sim.study.how import COMPILING, SIMULATING, How

if TYPE_CHECKING:
    pass

# in the summary, with intervals; a run that goes on until it is precise knows all of them that well
HEADLINE_STATES = (State.INDEPENDENT, State.ACQUIRED, State.CLOSED, State.LISTED, State.PIVOTED, State.NEVER_ENTERED)
TOLD_WITH = ("pandas", "scipy.special", "sim.outcomes.summary")  # what nearly every answer is told with
MOST_KEPT = 2 << 30  # bytes of blocks in the folder of this process; beyond that the oldest go
_own: dict[int, tempfile.TemporaryDirectory[str]] = {}  # of the process that made it: not of one forked from it


class Sent:
    """A scenario as it goes to workers, with one block after the other: it is pickled once, and read there once."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario

    @functools.cached_property
    def _pickled(self) -> bytes:
        return pickle.dumps(self.scenario)

    def __reduce__(self) -> tuple[Any, ...]:
        return _received, (self._pickled,)


@functools.lru_cache(maxsize=8)
def _received(pickled: bytes) -> Sent:
    return Sent(pickle.loads(pickled))


class Task(NamedTuple):
    """One block to compute."""

    sent: Sent
    store: BlockStore
    span: Span


class ManyWorlds:
    """Blocks of worlds, kept in ``how.out``, else in the folder of this process. InputError if it cannot be written."""

    def __init__(self, how: How) -> None:
        self.how = how
        self.part = ""  # of the question that is simulated, for who watches
        self.workers = executor.workers(how.jobs)
        self.computed = 0
        self.out = folder.prepare(_own_folder() if how.out is None else how.out)
        self._lease = folder.at_work(self.out)

    def compute(self, scenarios: Sequence[Scenario]) -> None:
        """Compute what is missing of all worlds of ``scenarios``; every finished block is on the disk at once."""
        tasks: dict[Path, Task] = {}
        for scenario in scenarios:
            store = store_of(scenario, self.out)
            begin(scenario, store)
            sent = Sent(scenario)
            tasks |= {store.path(span): Task(sent, store, span) for span in spans(scenario.worlds)}
        missing = [task for task in tasks.values() if not task.store.has(task.span)]
        if missing:
            compile_first(scenarios[0], self.how)
        total = sum(scenario.worlds for scenario in scenarios)
        done = kept = total - sum(task.span.worlds for task in missing)
        self.computed += total - kept
        self.how.tell(SIMULATING, done, total, kept, self.part)

        def count(span: Span) -> None:
            nonlocal done
            done += span.worlds
            self.how.tell(SIMULATING, done, total, kept, self.part)

        disk = self.out / folder.BLOCKS
        executor.map_blocks(compute_block, missing, self.workers, count, keep_block, disk, self._get_ready)
        if self.how.out is None:
            make_room(self.out / folder.BLOCKS, {task.store.folder for task in tasks.values()})

    def _get_ready(self) -> None:
        """Import what an answer is told and drawn with, while workers start and simulate.

        What cannot be loaded is left to who needs it; while an interrupted process ends some of it cannot.
        """
        with suppress(Exception):
            for module in TOLD_WITH:
                import_module(module)
            if self.how.pages is not None:
                self.how.pages().get_ready()

    def blocks(self, scenario: Scenario) -> Iterator[Block]:
        """The blocks of a scenario, in order of worlds; what is missing of them is computed."""
        return blocks_of(scenario, self.out)


def _own_folder() -> str:
    """The folder of this process, which goes with it."""
    if os.getpid() not in _own:
        _own[os.getpid()] = tempfile.TemporaryDirectory(prefix="shakeout-", ignore_cleanup_errors=True)
    return _own[os.getpid()].name


def make_room(blocks: Path, but: set[Path]) -> None:
    """Remove the oldest stores of blocks in the folder ``blocks``, ``but`` none of these, until MOST_KEPT are left.

    Who still needs a block that is gone computes it again.
    """
    stores = sorted((one for one in blocks.iterdir() if one.is_dir()), key=lambda one: -one.stat().st_mtime)
    sizes = {store: sum(file.stat().st_size for file in store.iterdir()) for store in stores}
    kept = 0
    for store, size in sizes.items():
        kept += size
        if kept > MOST_KEPT and store.absolute() not in but:
            shutil.rmtree(store, ignore_errors=True)


def with_worlds(scenario: Scenario, worlds: int | None, seed: int | None) -> Scenario:
    """``scenario`` with another number of worlds or another seed. InputError if there is no such number."""
    changes: dict[str, Any] = {}
    for key, value, low, high in (("worlds", worlds, 1, MAX_WORLDS), ("seed", seed, 0, MAX_SEED)):
        if value is not None:
            changes[key] = whole(f"--{key}", value, low, high)
    return replace(scenario, **changes, resolved={**scenario.resolved, **changes}) if changes else scenario


def compile_first(scenario: Scenario, how: How) -> None:
    """Compile once, before anything is simulated: local workers share the kernels out, and load what is compiled.

    A cluster compiles for itself. InputError if a run of ``scenario`` needs more memory than there is here.
    """
    from sim.engine.simulate import KERNELS, compile_kernel, warm_up
    from sim.foundation import jit

    if not executor.is_local():
        return
    workers = executor.workers(how.jobs)
    memory.notice(scenario, workers)  # refuses what does not fit
    if not jit.is_compiled_before():
        how.tell(COMPILING, 0, scenario.worlds)
        executor.map_blocks(compile_kernel, KERNELS, workers, lambda _compiled: None)
        executor.end_workers()  # what compiling took stays in their memory, and loky restarts whoever grew so large
        year_end = scenario.start + MONTHS_A_YEAR - 1
        warm_up(replace(scenario, end=max(scenario.end, year_end)))  # every rhythm wakes within a year
        jit.mark_compiled()


def compute_block(task: Task) -> bytes:
    """The worlds of a block, ready to be kept, here or elsewhere."""
    from sim.engine.simulate import simulate

    return packed(simulate(task.sent.scenario, *task.span))


def keep_block(task: Task, content: bytes) -> Span:
    """Put a block on the disk. RunError if the disk is full or the block was altered on its way here."""
    try:
        task.store.put(task.span, content)
    except (OSError, ValueError) as error:
        raise RunError(
            f"{task.store.folder}: {first_line(error)}; "
            "finished blocks are kept: make room and run the same command again to take the run up"
        ) from error
    return task.span


def blocks_of(scenario: Scenario, out: Path) -> Iterator[Block]:
    """The blocks of ``scenario`` that are kept in ``out``, in order of worlds.

    One that is not there, or was spoiled since it was finished, is computed again.
    """
    return blocks_in(Sent(scenario), store_of(scenario, out), spans(scenario.worlds))


def blocks_in(sent: Sent, store: BlockStore, wanted: Iterable[Span]) -> Iterator[Block]:
    """The blocks of a scenario that are ``wanted``, from its ``store``; errors and repair as in ``blocks_of``."""
    for span in wanted:
        block = store.read(span)
        if block is None:
            begin(sent.scenario, store)
            task = Task(sent, store, span)
            keep_block(task, compute_block(task))
            block = store.read(span)
        if block is None:
            raise RunError(f"{store.path(span)}: a block that was just written does not read back; is the disk sound?")
        yield block
        del block  # while the next one is read


def store_of(scenario: Scenario, out: Path) -> BlockStore:
    """Where the finished blocks of ``scenario`` are kept in the results folder ``out``.

    Absolute: workers stay in the folder in which they were started, wherever this process has gone since.
    """
    return BlockStore(out.absolute() / folder.BLOCKS / digest.stem(scenario))


def begin(scenario: Scenario, store: BlockStore) -> None:
    """Make the folder of ``store`` ready for the blocks of ``scenario``. InputError if it cannot be written."""
    months = f"{month_text(scenario.start)} to {month_text(scenario.end)}"
    about = {"scenario": scenario.name, "seed": scenario.seed, "months": months}
    about |= {} if scenario.luck is None else {"luck": scenario.luck, "draws": scenario.draws}
    try:
        store.begin(folder.to_json(about).encode())
    except OSError as error:
        raise folder.unwritable(store.folder, error) from error
