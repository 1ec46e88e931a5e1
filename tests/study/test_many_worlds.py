"""Blocks are kept, taken up and never trusted blindly; a run is the same bytes however it came about."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from small_industry import TEXT, run_of
from small_industry import small as uncertain

from sim.archive import atomic, folder
from sim.archive.blocks import BlockStore
from sim.archive.tables import EVENTS_FILE, FIRMS_FILE
from sim.engine import simulate as engine
from sim.engine.block import BLOCK_WORLDS
from sim.foundation.errors import InputError, RunError
from sim.scenario import evidence
from sim.scenario.load import load_text
from sim.study import executor, how, many_worlds, precision, processes, readme
from sim.study.finished_runs import open_folder
from sim.study.run import OUTCOME_FILES

CERTAIN = ("firms.alpha.cash=300",)
PROGRAM = Path(__file__).with_name("small_industry.py")
ROOT = PROGRAM.parents[2]
TABLES = (*OUTCOME_FILES.values(), FIRMS_FILE, EVENTS_FILE, folder.SCENARIO, readme.README, evidence.FILE)


def small(worlds: int = 100, seed: int = 3):
    """The scenario with nothing uncertain, so that there are no worlds with other luck to count."""
    return uncertain(worlds, seed, CERTAIN)


def run(out: Path, worlds: int, **options):
    return run_of(small(worlds), out=out, **{"jobs": 1, **options})


def contents(path: Path) -> dict[str, bytes]:
    """Every file of a run folder but the manifest, which knows the time."""
    files = {file.relative_to(path).as_posix(): file.read_bytes() for file in path.rglob("*") if file.is_file()}
    del files["manifest.json"]
    return files


def blocks_in(out: Path) -> list[Path]:
    return sorted((out / folder.BLOCKS).glob("*/*.block"))


def leftovers(out: Path) -> list[Path]:
    return list(out.rglob(f"{atomic.PREFIX}*"))


@pytest.fixture
def computed(monkeypatch) -> list[tuple[int, int]]:
    """The blocks that the engine is asked for in this process, in order."""
    asked: list[tuple[int, int]] = []
    real = engine.simulate

    def counted(scenario, first, worlds):
        asked.append((first, worlds))
        return real(scenario, first, worlds)

    monkeypatch.setattr(engine, "simulate", counted)
    return asked


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> dict[str, bytes]:
    """The files of a run of 5,000 worlds that nobody disturbed."""
    return contents(run(tmp_path_factory.mktemp("whole"), 5000).folder)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory) -> dict[str, bytes]:
    """The same of one with something uncertain, which has worlds with other luck beside its own."""
    return contents(run_of(uncertain(5000), out=tmp_path_factory.mktemp("drawn"), jobs=1).folder)


def test_a_run_folder_has_the_promised_files_and_opens_again(tmp_path):
    done = run(tmp_path, 1500)
    assert set(contents(done.folder)) == set(TABLES)
    again = open_folder(done.folder)
    for name in ("survival", "fates", "landscape", "endgame", "claims", "paths", "firms", "events"):
        left, right = getattr(done, name)(), getattr(again, name)()
        pd.testing.assert_frame_equal(left, right, check_exact=True)
    assert again.summary() == done.summary()
    assert again.outcomes.extinct == done.outcomes.extinct
    assert again.scenario.worlds == 1500
    assert len(done.firms()) == 1500 * 3
    assert done.manifest["worlds"] == 1500
    assert done.manifest["files"].keys() == contents(done.folder).keys()
    with pytest.raises(InputError, match="not blocks"):
        next(again.blocks())


def test_without_a_folder_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run(tmp_path / "out", 1500)
    loose = run_of(small(1500), jobs=1)
    assert loose.folder is None
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_the_same_question_is_answered_at_once(tmp_path, computed):
    first = run(tmp_path, 1500)
    assert computed == [(0, 1024), (1024, 476)]
    again = run(tmp_path, 1500)
    assert (again.folder, again.reused, first.reused) == (first.folder, True, False)
    assert len(computed) == 2
    assert [block.worlds for block in again.blocks()] == [1024, 476]


def test_more_worlds_compute_only_what_is_missing(tmp_path, computed):
    run(tmp_path, 2000)
    del computed[:]
    more = run(tmp_path, 4000)
    assert computed == [(1024, 1024), (2048, 1024), (3072, 928)]
    assert contents(more.folder) == contents(run(tmp_path / "fresh", 4000).folder)


def test_fewer_worlds_are_the_first_of_many(tmp_path):
    few, many = run(tmp_path, 500).firms(), run(tmp_path, 1500).firms()
    pd.testing.assert_frame_equal(few, many.iloc[: len(few)], check_categorical=False)


def test_one_worker_or_two_the_same_bytes(tmp_path, whole):
    assert contents(run(tmp_path, 5000, jobs=2).folder) == whole


def test_another_question_of_the_same_worlds_computes_nothing(tmp_path, computed):
    run(tmp_path, 100)
    retitled = load_text(TEXT.replace("A small industry", "Another title"), CERTAIN, worlds=100)
    assert not run_of(retitled, out=tmp_path, jobs=1).reused
    assert computed == [(0, 100)]


@pytest.mark.parametrize("harm", [b"", b"torn", None])
def test_a_spoiled_block_is_computed_again(tmp_path, computed, whole, harm):
    done = run(tmp_path, 5000)
    victim = blocks_in(tmp_path)[2]
    sound = victim.read_bytes()
    victim.write_bytes(sound[: len(sound) // 2] if harm is None else harm)
    (done.folder / folder.MANIFEST).unlink()
    del computed[:]
    assert contents(run(tmp_path, 5000).folder) == whole
    assert computed == [(2048, 1024)]
    assert victim.read_bytes() == sound


def test_a_block_spoiled_between_computing_and_reading_is_computed_again(tmp_path, computed):
    done = run_of(small(1500), jobs=1, out=tmp_path)
    for path in blocks_in(tmp_path):
        path.unlink()
    assert [block.worlds for block in done.blocks()] == [1024, 476]
    assert len(computed) == 4


def test_a_full_disk_in_mid_run_keeps_what_is_finished(tmp_path, monkeypatch, computed, whole):
    real, written = BlockStore.put, []

    def put(store, span, content):
        if len(written) == 3:
            raise OSError(28, "No space left on device")
        real(store, span, content)
        written.append(span.first)

    monkeypatch.setattr(BlockStore, "put", put)
    with pytest.raises(RunError, match="No space left on device; finished blocks are kept"):
        run(tmp_path, 5000)
    assert len(blocks_in(tmp_path)) == 3
    assert [path.name for path in tmp_path.iterdir()] == [folder.BLOCKS]
    monkeypatch.setattr(BlockStore, "put", real)
    del computed[:]
    assert contents(run(tmp_path, 5000).folder) == whole
    assert len(computed) == 2


def test_a_full_disk_while_the_folder_is_written_leaves_no_folder(tmp_path, monkeypatch):
    def full(_run, _part):
        raise OSError(28, "No space left on device")

    with pytest.raises(RunError, match="No space left"):
        run(tmp_path, 100, pages=lambda: SimpleNamespace(write=full))
    assert list((tmp_path / "small").iterdir()) == []


def test_what_the_page_writes_belongs_to_the_run(tmp_path):
    def page(answer, part: Path) -> None:
        (part / "report.html").write_text(answer.scenario.title)

    done = run(tmp_path, 100, pages=lambda: SimpleNamespace(write=page))
    assert (done.folder / "report.html").read_text() == "A small industry"
    assert done.manifest["files"]["report.html"]["bytes"] == len("A small industry")


def started(out: Path, worlds: int, jobs: int, pause: float = 0.0) -> subprocess.Popen[str]:
    """The program at work, in a process group of its own."""
    command = [sys.executable, str(PROGRAM), str(out), str(worlds), str(jobs), str(pause)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, text=True, start_new_session=True
    )


def wait_for_blocks(child: subprocess.Popen[str], blocks: int) -> None:
    steps = (line for line in child.stdout if line.startswith("simulating"))
    for _ in itertools.islice(steps, blocks + 1):  # the first says what there was before
        pass


def killed(out: Path, blocks: int, seconds: float, jobs: int) -> None:
    """Start the program, and kill it so many seconds after so many blocks."""
    with started(out, 5000, jobs, pause=0.02) as child:
        wait_for_blocks(child, blocks)
        time.sleep(seconds)
        child.kill()


@pytest.mark.parametrize(("jobs", "rounds"), [(1, 6), (2, 3)])
def test_killed_at_random_moments_it_ends_as_if_nothing_had_happened(tmp_path, drawn, jobs, rounds):
    moments = random.Random(jobs)
    for number in range(rounds):
        killed(tmp_path, number % 3, moments.uniform(0.0, 0.3), jobs)
    assert blocks_in(tmp_path) != []  # something was finished before a kill, or this tests nothing
    assert contents(run_of(uncertain(5000), out=tmp_path, jobs=1).folder) == drawn
    until = time.monotonic() + 10
    while leftovers(tmp_path) and time.monotonic() < until:  # orphaned workers notice within a second
        time.sleep(0.2)
        atomic.clear_stale(blocks_in(tmp_path)[0].parent)
        atomic.clear_stale(tmp_path / "small")
    assert leftovers(tmp_path) == []


def test_workers_end_with_a_parent_that_was_killed(tmp_path):
    child = started(tmp_path, 2_000_000, jobs=2)
    try:
        wait_for_blocks(child, 2)
        child.kill()
        child.communicate(timeout=20)  # ends when nobody is left who could write
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


def test_two_identical_commands_at_once(tmp_path, drawn):
    children = [started(tmp_path, 5000, jobs=1) for _ in range(3)]
    folders = {child.communicate(timeout=120)[0].splitlines()[-1] for child in children}
    assert [child.returncode for child in children] == [0, 0, 0]
    assert len(folders) == 1
    assert contents(Path(folders.pop().removeprefix("FOLDER "))) == drawn
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize(("jobs", "items"), [(1, 5), (2, 2), (2, 5)])
def test_every_item_is_done_once(jobs, items):
    done: list[int] = []
    executor.map_blocks(abs, list(range(items)), jobs, done.append)
    assert sorted(done) == list(range(items))


@pytest.mark.parametrize(("jobs", "calls"), [(2, 1), (1, 0)])
def test_what_is_done_meanwhile_is_done_once_where_there_are_workers(jobs, calls):
    done: list[int] = []
    seen: list[str] = []
    executor.map_blocks(abs, range(5), jobs, done.append, meanwhile=lambda: seen.append("meanwhile"))
    assert seen == ["meanwhile"] * calls and sorted(done) == list(range(5))


def test_few_worlds_are_as_many_as_are_computed_without_workers():
    assert executor.HERE_WORLDS == executor.IN_PROCESS_ITEMS * BLOCK_WORLDS


def test_a_worker_that_dies_is_a_run_error():
    with pytest.raises(RunError, match="a worker process died"):
        executor.map_blocks(os._exit, [1, 1, 1], 2, print)


def test_what_a_worker_raises_is_raised_here():
    with pytest.raises(ZeroDivisionError):
        executor.map_blocks(_divide, [0, 0, 0], 2, print)


def _divide(item: int) -> float:
    return 1 / item


@pytest.mark.parametrize("jobs", [0, -1])
def test_no_workers_is_wrong_input(jobs):
    with pytest.raises(InputError, match="--jobs"):
        executor.workers(jobs)


@pytest.mark.parametrize("options", [{"worlds": 0}, {"worlds": -5}, {"worlds": 1.5}, {"seed": -1}, {"seed": 1 << 32}])
def test_a_number_that_cannot_be_is_wrong_input(options):
    with pytest.raises(InputError, match="whole number"):
        run_of(small(), **options)


@pytest.mark.parametrize("precision", [0.0, -0.1, 0.5, float("nan"), float("inf")])
def test_a_precision_that_cannot_be_is_wrong_input(precision):
    with pytest.raises(InputError, match="half-width"):
        run_of(small(), precision=precision)


def test_precision_stops_at_the_first_step_that_is_enough(tmp_path, computed):
    done = run(tmp_path, 7, precision=0.02)
    widths = {}
    for worlds in (1024, 2048, 4096, 8192):
        rows = run_of(small(worlds), jobs=1).summary()
        widths[worlds] = max(
            ((row[f"{fate}_high"] - row[f"{fate}_low"]) / 2, row["firm"])
            for row in rows
            if row["kind"] != "group"
            for fate in ("independent", "acquired", "closed", "listed", "pivoted")
        )
    enough = min(worlds for worlds, (width, _) in widths.items() if width <= 0.02)
    assert enough > 1024  # or the schedule is not tested
    assert done.outcomes.worlds == done.scenario.worlds == done.manifest["worlds"] == enough
    assert any(f"{enough:,} worlds" in said and widths[enough][1] in said for said in done.manifest["notices"])
    del computed[:]
    again = run(tmp_path, 99, precision=0.02)
    assert (again.folder, again.reused, again.scenario.worlds) == (done.folder, True, enough)
    assert computed == []


def test_precision_that_takes_too_long_says_so(monkeypatch):
    monkeypatch.setattr(precision, "PRECISION_STEPS", 2)
    done = run_of(small(), precision=0.001, jobs=1)
    assert done.outcomes.worlds == 2 * BLOCK_WORLDS
    assert any("not enough" in notice for notice in done.manifest["notices"])


def test_progress_counts_worlds_and_says_what_was_kept(tmp_path):
    told: list[how.Progress] = []
    run(tmp_path, 1024)
    run(tmp_path, 3000, progress=told.append)
    simulating = [now for now in told if now.stage == how.SIMULATING]
    assert [(now.done, now.total, now.kept) for now in simulating] == [
        (1024, 3000, 1024), (2048, 3000, 1024), (3000, 3000, 1024)
    ]  # fmt: skip
    assert [now.stage for now in told if now not in simulating] == [how.SUMMARISING, how.WRITING]


def test_compiling_is_said_once_and_before_anything_is_simulated(tmp_path, monkeypatch):
    from sim.foundation import jit

    told: list[str] = []
    warmed: list[object] = []
    monkeypatch.setattr(jit, "disabled", False)
    monkeypatch.setattr(jit.settings, "CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(engine, "warm_up", warmed.append)
    out = tmp_path / "out"
    run(out, 100, progress=lambda now: told.append(now.stage))
    assert told[:2] == [how.COMPILING, how.SIMULATING]
    run(out, 200, progress=lambda now: told.append(now.stage))
    assert told.count(how.COMPILING) == len(warmed) == 1


def test_what_cannot_be_loaded_meanwhile_is_left_to_who_needs_it(tmp_path, monkeypatch):
    """As while a process ends that was interrupted: a module of the standard library then raises RuntimeError."""
    tried: list[str] = []

    def fails(module):
        tried.append(module)
        raise RuntimeError("can't register atexit after shutdown")

    monkeypatch.setattr(many_worlds, "import_module", fails)
    many_worlds.ManyWorlds(how.How(out=tmp_path))._get_ready()
    assert tried == list(many_worlds.TOLD_WITH[:1])


def test_who_compiled_does_not_simulate(tmp_path, monkeypatch):
    """A worker that has compiled is hundreds of megabytes larger than it began."""
    from sim.foundation import jit

    monkeypatch.setattr(engine, "warm_up", lambda _scenario: None)
    monkeypatch.setattr(jit, "is_compiled_before", lambda: False)
    monkeypatch.setattr(jit, "mark_compiled", lambda: None)
    run(tmp_path, 3 * BLOCK_WORLDS, jobs=2)  # so that two wait
    assert processes.waiting() == 2
    many_worlds.compile_first(small(), how.How(out=tmp_path, jobs=2))
    assert processes.waiting() == 0


def test_worlds_do_not_depend_on_the_company_they_keep():
    """A block asked for alone holds the same worlds as in a run."""
    alone = engine.simulate(small(), 1024, 10)
    together = engine.simulate(small(), 1024, 476)
    assert np.array_equal(alone.histories, together.histories[:10])


def test_workers_keep_blocks_where_this_process_is_now(tmp_path, monkeypatch, computed):
    """They stay in the folder in which they were started; a notebook may have changed its own since."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        run(Path("out"), 3000, jobs=2)
        assert len(blocks_in(tmp_path / name / "out")) == 3
    assert computed == []  # here; a block that is not there would be made again


def test_the_oldest_blocks_of_this_process_make_room(tmp_path, monkeypatch):
    """Of three stores of 10 bytes, 25 may be kept: the oldest goes, unless it is still asked for."""
    for age, name in enumerate(("old", "older", "oldest")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "block").write_bytes(bytes(10))
        os.utime(tmp_path / name, (1000 - age, 1000 - age))
    monkeypatch.setattr(many_worlds, "MOST_KEPT", 25)
    many_worlds.make_room(tmp_path, {tmp_path / "oldest"})
    assert {path.name for path in tmp_path.iterdir()} == {"old", "older", "oldest"}
    many_worlds.make_room(tmp_path, set())
    assert {path.name for path in tmp_path.iterdir()} == {"old", "older"}
