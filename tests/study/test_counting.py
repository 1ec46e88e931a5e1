"""Workers add up the blocks that are kept; whoever does it, and in whatever stretches, a run says the same."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from small_industry import run_of, small

from sim.archive import atomic, folder
from sim.archive.blocks import BlockStore, spans
from sim.archive.tables import EVENTS_FILE, FIRMS_FILE, framed, parsed
from sim.foundation.errors import RunError
from sim.outcomes.world_tables import events_table, histories_table
from sim.study import counting, executor
from sim.study.counting import count_run, fates_of, over_worlds
from sim.study.how import How
from sim.study.many_worlds import ManyWorlds, blocks_of, store_of

WORLDS = 5000


def contents(path: Path) -> dict[str, bytes]:
    files = {file.relative_to(path).as_posix(): file.read_bytes() for file in path.rglob("*") if file.is_file()}
    del files[folder.MANIFEST]
    return files


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Path:
    """A results folder with the blocks of a run, and its tables."""
    out = tmp_path_factory.mktemp("kept")
    run_of(small(WORLDS), out=out, jobs=1)
    return out


@pytest.fixture
def asked(kept) -> Path:
    """The same without the folder of the run: only its blocks are there."""
    for file in kept.glob(f"*/*/{folder.MANIFEST}"):
        file.rename(file.with_name("before.json"))
    yield kept
    for file in kept.glob("*/*/before.json"):
        file.unlink()


def of_run(out: Path) -> dict[str, bytes]:
    [manifest] = out.glob(f"*/*/{folder.MANIFEST}")
    return contents(manifest.parent)


@pytest.fixture(scope="module")
def whole(kept) -> dict[str, bytes]:
    return of_run(kept)


@pytest.mark.parametrize(("most", "jobs"), [(1, 1), (3, 1), (16, 1), (1, 2)])
def test_a_run_of_which_only_blocks_are_left_is_made_again_of_them(whole, asked, most, jobs, monkeypatch):
    """No world is simulated, and every file is the same, whatever is counted at a time and by whom."""
    monkeypatch.setattr(counting, "MOST_BLOCKS", most)
    monkeypatch.setattr(counting, "LEAST_STRETCHES", 1)
    done = run_of(small(WORLDS), out=asked, jobs=jobs)
    assert not done.reused and done.manifest["timings"]["worlds_computed"] == 0
    assert contents(done.folder) == whole


@pytest.mark.parametrize(
    ("blocks", "places", "sizes"),
    [(10, 2, [3, 3, 2, 2]), (1, 2, [1]), (0, 2, []), (66, 2, [9, 9, 8, 8, 8, 8, 8, 8]), (20, 16, [2] * 4 + [1] * 12)],
)
def test_workers_have_as_much_to_count_as_each_other(blocks, places, sizes):
    stretches = counting._shared_out(spans(1024 * blocks), places)
    assert [len(stretch) for stretch in stretches] == sizes
    assert [span for stretch in stretches for span in stretch] == spans(1024 * blocks)


def test_every_block_is_read_once(whole, asked, monkeypatch):
    read: list[tuple[str, int]] = []
    real = BlockStore.read

    def counted(store, span):
        read.append((store.folder.name, span.first))
        return real(store, span)

    monkeypatch.setattr(BlockStore, "read", counted)
    assert contents(run_of(small(WORLDS), out=asked, jobs=1).folder) == whole
    assert len(read) == len(set(read)) == len(spans(WORLDS)) + 2  # with the two of other luck


def test_what_comes_in_is_taken_in_the_order_of_worlds(kept, monkeypatch):
    def backwards(task, items, _jobs, on_done, _disk):
        for item in reversed(items):
            on_done(task(item))

    monkeypatch.setattr(executor, "map_kept", backwards)
    taken: list[int] = []
    over_worlds(small(WORLDS), kept, 1, lambda _scenario, blocks: [block.first for block in blocks], taken.extend)
    assert taken == [span.first for span in spans(WORLDS)]


def _die(_scenario, blocks):
    if next(iter(blocks)).first:
        os.kill(os.getpid(), signal.SIGKILL)


def test_a_worker_that_dies_while_it_counts_costs_no_block(kept):
    before = sorted(path.name for path in (kept / folder.BLOCKS).rglob("*.block"))
    with pytest.raises(RunError, match="a worker process died"):
        over_worlds(small(WORLDS), kept, 2, _die, print)
    assert sorted(path.name for path in (kept / folder.BLOCKS).rglob("*.block")) == before
    counted = count_run(small(WORLDS), kept, 2)
    assert counted.sums.fates.worlds == WORLDS


def test_a_block_that_is_not_there_is_computed_by_who_counts_it(kept):
    store = store_of(small(WORLDS), kept)
    lost = store.path(spans(WORLDS)[3])
    sound = lost.read_bytes()
    lost.unlink()
    found: list[dict] = []
    over_worlds(small(WORLDS), kept, 1, fates_of, found.append)
    assert sum(one["worlds"] for one in found) == WORLDS
    assert lost.read_bytes() == sound


def test_worlds_that_are_set_aside_are_counted_beside_those_that_are_left(kept):
    flags = np.arange(WORLDS) % 7 == 0
    flags[:2048] = False  # of two blocks nothing is left
    counted = count_run(small(WORLDS), kept, 1, flags=flags)
    assert counted.sums.fates.worlds == flags.sum()
    assert [one.fates.worlds for one in counted.beside] == [WORLDS, (~flags).sum()]
    alpha = np.concatenate([block.histories["exit_month"][:, 0] for block in blocks_of(small(WORLDS), kept)])
    gone = counted.sums.fates.gone("alpha")[0][-1]
    assert gone == (alpha[flags] <= small().ticks).mean()


def test_a_full_disk_while_rows_are_written_leaves_blocks_and_nothing_else(kept, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sim.archive.row_groups.cut", full)
    with pytest.raises(RunError, match="No space left on device; finished blocks are kept"):
        count_run(small(WORLDS), kept, 1, world_tables=True)
    assert list(kept.rglob(f"{atomic.PREFIX}*")) == []


def test_the_tables_hold_every_world_and_event_in_order(kept, whole, tmp_path):
    scenario, blocks = small(WORLDS), list(blocks_of(small(WORLDS), kept))
    events = framed(events_table(scenario, np.concatenate([block.events for block in blocks])))
    frames = {FIRMS_FILE: framed(histories_table(scenario, blocks)), EVENTS_FILE: events}
    for name, frame in frames.items():
        found = parsed(name, whole[name])
        assert found.astype(object).equals(frame[list(found)].astype(object)), name


def test_a_worker_counts_and_writes_rows_without_pandas(kept, tmp_path):
    """To import it would cost every worker as much as to count two blocks."""
    code = (
        "import sys; from pathlib import Path; from small_industry import small; from sim.study.counting import count; "
        "from sim.study.many_worlds import blocks_of; blocks = blocks_of(small(1024), Path(sys.argv[1])); "
        "count(4, None, Path(sys.argv[2]), small(1024), blocks); print({'pandas', 'pyarrow'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", code, str(kept), str(tmp_path)]
    done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True)
    assert done.stdout == "{'pyarrow'}\n" and len(list(tmp_path.glob("*.parquet"))) == 2


def test_tables_that_nobody_writes_go_with_the_run(kept):
    counted = count_run(small(WORLDS), kept, 1, world_tables=True)
    assert len(list((kept / folder.BLOCKS).glob(f"{atomic.PREFIX}*"))) == 2  # the folder and its lock
    del counted
    assert list(kept.rglob(f"{atomic.PREFIX}*")) == []


def test_a_precision_counts_only_what_is_new(tmp_path, monkeypatch):
    read: list[int] = []
    real = BlockStore.read
    monkeypatch.setattr(BlockStore, "read", lambda store, span: read.append(span.first) or real(store, span))
    from sim.study.precision import precise

    scenario, _ = precise(ManyWorlds(How(out=tmp_path, jobs=1, precision=0.016)), small())
    assert scenario.worlds >= 4096 and len(read) == len(set(read)) == scenario.worlds // 1024


def test_a_scenario_is_pickled_once_for_all_its_blocks(monkeypatch):
    import pickle

    from sim.study import many_worlds

    sent, calls = many_worlds.Sent(small()), []
    monkeypatch.setattr(many_worlds.pickle, "dumps", lambda what: calls.append(what) or b"pickled")
    assert functools.reduce(lambda _, __: sent.__reduce__()[1], range(3), ()) == (b"pickled",)
    assert len(calls) == 1
    monkeypatch.undo()
    first, second = (pickle.loads(pickle.dumps(many_worlds.Sent(small()))) for _ in range(2))
    assert first is second and first.scenario == small()
