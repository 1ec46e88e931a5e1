"""Many worlds of one scenario: compute the blocks that are missing, summarise them, write the run folder."""

from __future__ import annotations

import functools
import math
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from sim.archive import digest, folder, tables
from sim.archive.blocks import BlockStore, Span, packed, spans
from sim.engine.block import BLOCK_WORLDS, Block
from sim.foundation.errors import InputError, RunError, first_line
from sim.foundation.months import MONTHS_A_YEAR, month_text
from sim.foundation.whole_numbers import whole
from sim.scenario.grammar import MAX_SEED, MAX_WORLDS
from sim.scenario.model import Scenario
from sim.study import executor, memory, readme
from sim.study.run import EVENTS, FIRMS, OUTCOME_FILES, SHOWN, Run, kept_outcomes, opened

if TYPE_CHECKING:
    from sim.outcomes.fates import FateCounts

PRECISION_STEPS = 11  # with --precision: 1,024 worlds, twice as many, ... up to 1,048,576
COMPILING, SIMULATING, SUMMARISING, WRITING, DRAWING = "compiling", "simulating", "summarising", "writing", "drawing"


class Progress(NamedTuple):
    """How far a run is: ``stage``, and how many of ``total`` worlds are there (``kept``: from earlier runs)."""

    stage: str
    done: int
    total: int
    kept: int = 0


Tell = Callable[[Progress], None]
Page = Callable[[Run, Path], None]  # writes its files into the folder


def run(
    scenario: Scenario,
    *,
    worlds: int | None = None,
    seed: int | None = None,
    jobs: int | None = None,
    out: Path | str | None = None,
    progress: Tell | None = None,
    precision: float | None = None,
    page: Page | None = None,
    command: str = "sim.run",
) -> Run:
    """Simulate ``scenario``, or take up where an earlier run of the same question stopped.

    ``worlds`` and ``seed`` stand in for the scenario's. With ``out`` the result folder is written there, with what
    ``page`` adds to it; if it is there already it is opened instead. Without ``out`` nothing is kept.
    ``precision``: simulate until the widest 95% interval of a firm's fate is at most that half-width.
    InputError if the question or ``out`` is wrong, RunError if the run fails after it began.
    """
    asked = with_worlds(scenario, worlds, seed)
    executor.workers(jobs)
    _check_precision(precision)
    if out is None:
        return simulate(asked, jobs=jobs, progress=progress, precision=precision)
    place = folder.prepare(out)
    target = folder.run_path(place, asked.name, digest.question(asked, precision))
    done = folder.finished(target)
    if done is not None:
        answered = with_worlds(asked, int(done.manifest["worlds"]), None)
        blocks = functools.partial(blocks_of, answered, store_of(answered, place), spans(answered.worlds))
        return opened(done, answered, blocks)
    with folder.at_work(place):
        answer = simulate(asked, jobs=jobs, out=place, progress=progress, precision=precision)
        return _written(answer, target, progress or silent, page, command)


def simulate(
    scenario: Scenario,
    *,
    jobs: int | None = None,
    out: Path | None = None,
    progress: Tell | None = None,
    precision: float | None = None,
) -> Run:
    """The run without a folder of its own: its blocks are kept in ``out``, else for as long as it lives.

    Errors are those of ``run``.
    """
    tell, started = progress or silent, time.perf_counter()
    hands = executor.workers(jobs)
    _check_precision(precision)
    holder: tempfile.TemporaryDirectory[str] | None = None
    if out is None:
        holder = tempfile.TemporaryDirectory(prefix="shakeout-", ignore_cleanup_errors=True)
        out = Path(holder.name)
    out = folder.prepare(out)
    store = store_of(scenario, out)
    begin(scenario, store)
    work = _Work(scenario, store, hands, tell, folder.at_work(out))
    notices = list(scenario.notices)
    if precision is None:
        work.compute(scenario.worlds)
    else:
        count, notice = _until_precise(work, precision)
        scenario = with_worlds(scenario, count, None)
        notices.append(notice)
    simulated = time.perf_counter()
    tell(Progress(SUMMARISING, scenario.worlds, scenario.worlds))
    blocks = functools.partial(blocks_of, scenario, store, spans(scenario.worlds), holder)

    from sim.outcomes.summary import summarise

    outcomes = summarise(scenario, blocks)
    manifest = {
        "kind": "run",
        "scenario": scenario.name,
        "title": scenario.title,
        "stem": store.folder.name,
        "seed": scenario.seed,
        "precision": precision,
        **kept_outcomes(outcomes),
        **digest.simulated_by(),
        **digest.answered_by(),
        "notices": notices,
        "timings": {
            "simulate_seconds": round(simulated - started, 3),
            "summarise_seconds": round(time.perf_counter() - simulated, 3),
            "worlds_computed": work.computed,
            "workers": hands if executor.is_local() else None,
        },
    }
    return Run(scenario, outcomes, manifest, blocks)


def with_worlds(scenario: Scenario, worlds: int | None, seed: int | None) -> Scenario:
    """``scenario`` with another number of worlds or another seed. InputError if there is no such number."""
    changes: dict[str, Any] = {}
    for key, value, low, high in (("worlds", worlds, 1, MAX_WORLDS), ("seed", seed, 0, MAX_SEED)):
        if value is not None:
            changes[key] = whole(key, value, low, high)
    return replace(scenario, **changes, resolved={**scenario.resolved, **changes}) if changes else scenario


@dataclass
class _Work:
    """The blocks of one scenario that are still to be computed."""

    scenario: Scenario
    store: BlockStore
    workers: int
    tell: Tell
    lease: IO[bytes]
    computed: int = 0

    def compute(self, worlds: int) -> None:
        """Compute what is missing of the first ``worlds`` worlds; every finished block is on the disk at once."""
        missing = [span for span in spans(worlds) if not self.store.has(span)]
        kept = worlds - sum(span.worlds for span in missing)
        self.computed += worlds - kept
        if missing:
            compile_first(self.scenario, self.workers, self.tell)
        done = kept
        self.tell(Progress(SIMULATING, done, worlds, kept))

        def count(span: Span) -> None:
            nonlocal done
            done += span.worlds
            self.tell(Progress(SIMULATING, done, worlds, kept))

        task = executor.Kept(functools.partial(simulated, self.scenario), functools.partial(keep_block, self.store))
        executor.map_blocks(task, missing, self.workers, count)


def compile_first(scenario: Scenario, workers: int, tell: Tell) -> None:
    """Compile once, before anything is simulated: local workers share the kernels out, and load what is compiled.

    A cluster compiles for itself. InputError if a run of ``scenario`` needs more memory than there is here.
    """
    from sim.engine.simulate import KERNELS, compile_kernel, warm_up
    from sim.foundation import jit

    if executor.is_local():
        memory.notice(scenario, workers)  # refuses what does not fit
    if executor.is_local() and not jit.is_compiled_before():
        tell(Progress(COMPILING, 0, scenario.worlds))
        executor.map_blocks(compile_kernel, KERNELS, workers, lambda _compiled: None)
        year_end = scenario.start + MONTHS_A_YEAR - 1
        warm_up(replace(scenario, end=max(scenario.end, year_end)))  # every rhythm wakes within a year
        jit.mark_compiled()


def simulated(scenario: Scenario, span: Span) -> bytes:
    """The worlds of ``span`` as a block ready to be kept, here or elsewhere."""
    from sim.engine.simulate import simulate as simulate_block

    return packed(simulate_block(scenario, span.first, span.worlds))


def keep_block(store: BlockStore, span: Span, content: bytes) -> Span:
    """Put a block on the disk. RunError if the disk is full or the block was altered on its way here."""
    try:
        store.put(span, content)
    except (OSError, ValueError) as error:
        raise RunError(
            f"{store.folder}: {first_line(error)}; "
            "finished blocks are kept: make room and run the same command again to take the run up"
        ) from error
    return span


def compute_block(scenario: Scenario, store: BlockStore, span: Span) -> Span:
    """Simulate the worlds of ``span`` here and put them on the disk. RunError if the disk is full."""
    return keep_block(store, span, simulated(scenario, span))


def blocks_of(scenario: Scenario, store: BlockStore, wanted: list[Span], _holder: object = None) -> Iterator[Block]:
    """The wanted blocks in order; one that was spoiled since it was finished is computed again."""
    for span in wanted:
        block = store.read(span)
        if block is None:
            compute_block(scenario, store, span)
            block = store.read(span)
        if block is None:
            raise RunError(f"{store.path(span)}: a block that was just written does not read back; is the disk sound?")
        yield block


def store_of(scenario: Scenario, out: Path) -> BlockStore:
    """Where the finished blocks of ``scenario`` are kept in the results folder ``out``.

    Absolute: workers stay in the folder in which they were started, wherever this process has gone since.
    """
    return BlockStore(out.absolute() / folder.BLOCKS / digest.stem(scenario))


def begin(scenario: Scenario, store: BlockStore) -> None:
    """Make the folder of ``store`` ready for the blocks of ``scenario``. InputError if it cannot be written."""
    months = f"{month_text(scenario.start)} to {month_text(scenario.end)}"
    about = {"scenario": scenario.name, "seed": scenario.seed, "months": months}
    try:
        store.begin(folder.to_json(about).encode())
    except OSError as error:
        raise folder.unwritable(store.folder, error) from error


def _until_precise(work: _Work, precision: float) -> tuple[int, str]:
    """Double the worlds until the widest half-width is at most ``precision``; how many, and a sentence about it."""
    from sim.outcomes.fates import FateCounts

    counts, counted, worlds = FateCounts(work.scenario), 0, 0
    for step in range(PRECISION_STEPS):
        worlds = BLOCK_WORLDS << step
        work.compute(worlds)
        for block in blocks_of(work.scenario, work.store, spans(worlds)[counted:]):
            counts.add(block)
            counted += 1
        width, firm, fate = _widest(work.scenario, counts)
        if width <= precision:
            return worlds, f"{worlds:,} worlds; the last to be sure was {firm} ({fate}): ±{width:.2g}"
    return (
        worlds,
        f"{worlds:,} worlds are not enough for ±{precision:g}; the least sure is {firm} ({fate}): ±{width:.2g}",
    )


def _widest(scenario: Scenario, counts: FateCounts) -> tuple[float, str, str]:
    """Half-width of the widest 95% interval among the headline probabilities of single firms, and whose it is."""
    widest = (-math.inf, "", "")
    for firm in scenario.firms:
        for fate in SHOWN:
            _, low, high = counts.incidence(firm.id, fate)
            width = float(high[-1] - low[-1]) / 2
            widest = max(widest, (width, firm.id, fate), key=lambda found: found[0])
    return widest


def _check_precision(precision: float | None) -> None:
    if precision is not None and not 0 < precision < 0.5:
        raise InputError("no such half-width", key="--precision", found=precision, allowed="a share between 0 and 0.5")


def _written(answer: Run, target: Path, tell: Tell, page: Page | None, command: str) -> Run:
    """Write the folder of ``answer`` to ``target``, whole or not at all. RunError if the disk is full."""
    from sim.scenario.dump import to_yaml

    tell(Progress(WRITING, answer.scenario.worlds, answer.scenario.worlds))
    manifest = {**answer.manifest, "run": target.name, "command": command}
    with folder.written(target, manifest) as part:
        (part / folder.SCENARIO).write_text(to_yaml(answer.scenario), encoding="utf-8")
        columns = _write_tables(answer, part)
        if page is not None:
            page(answer, part)
        readme.write(part, answer.scenario, manifest, columns)
    return replace(answer, folder=target, manifest=manifest)


def _write_tables(answer: Run, part: Path) -> dict[str, list[str]]:
    """Write every table of a run; the columns of each."""
    from sim.outcomes.world_tables import events_frame, histories_frame

    columns = {file: tables.schema_of(file).names for file in (FIRMS, EVENTS)}
    for name, file in OUTCOME_FILES.items():
        frame = getattr(answer.outcomes, name)
        columns[file] = list(frame)
        if file.endswith(".csv"):
            tables.write_csv(frame, part / file)
        else:
            with tables.parquet(part / file, tables.schema_of(file)) as add:
                add(frame)
    with (
        tables.parquet(part / FIRMS, tables.schema_of(FIRMS)) as add_firms,
        tables.parquet(part / EVENTS, tables.schema_of(EVENTS)) as add_events,
    ):
        for block in answer.blocks():
            add_firms(histories_frame(answer.scenario, [block]))
            add_events(events_frame(answer.scenario, block.events))
    return columns


def silent(_progress: Progress) -> None:
    """Nobody is watching."""
