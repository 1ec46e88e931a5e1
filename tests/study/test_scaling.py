"""Memory is bounded by blocks and not by worlds, and what docs/scaling.md says of sizes is so."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from small_industry import run_of, small

from sim.archive.blocks import Span
from sim.archive.tables import EVENTS_FILE, FIRMS_FILE
from sim.engine.block import BLOCK_WORLDS
from sim.scenario.load import load
from sim.study import counting, how, many_worlds

ROOT = Path(__file__).resolve().parents[2]
SCALING = ROOT / "docs" / "scaling.md"
FEW, MANY, STRETCH = 8, 28, 2  # blocks; and how many are counted at a time
MOST_BYTES_A_WORLD = 16  # spans, and what Parquet notes of every row group
FIRM_ROWS = 3
STAGES = (how.SIMULATING, how.SUMMARISING, how.WRITING)


def peaks(blocks: int, out: Path) -> dict[str, int]:
    """Stage -> the most bytes that were in use at a time, in a run of so many blocks, result folder included."""
    found: dict[str, int] = {}

    def measured(now: how.Progress) -> None:
        nonlocal stage
        found[stage] = max(found.get(stage, 0), tracemalloc.get_traced_memory()[1])
        tracemalloc.reset_peak()
        stage = now.stage

    stage = "before"
    tracemalloc.start()
    run_of(small(blocks * BLOCK_WORLDS), out=out, jobs=1, progress=measured)
    measured(how.Progress("after", 0, 0))
    tracemalloc.stop()
    return {stage: found[stage] for stage in STAGES}


def growth(tmp_path: Path) -> dict[str, float]:
    """Stage -> bytes of memory that one more world costs."""
    run_of(small(BLOCK_WORLDS), out=tmp_path, jobs=1)  # imports and compiles
    few, many = (peaks(blocks, tmp_path / str(blocks)) for blocks in (FEW, MANY))
    return {stage: (many[stage] - few[stage]) / ((MANY - FEW) * BLOCK_WORLDS) for stage in STAGES}


def test_memory_does_not_grow_with_worlds(tmp_path, monkeypatch):
    monkeypatch.setattr(counting, "MOST_BLOCKS", STRETCH)
    assert max(growth(tmp_path).values()) < MOST_BYTES_A_WORLD


def test_what_is_kept_per_world_is_written_block_by_block(tmp_path):
    done = run_of(small(2 * BLOCK_WORLDS + 100), out=tmp_path, jobs=1)
    firms, events = (pq.ParquetFile(done.folder / name) for name in (FIRMS_FILE, EVENTS_FILE))
    rows = [firms.metadata.row_group(group).num_rows for group in range(firms.num_row_groups)]
    assert rows == [BLOCK_WORLDS * FIRM_ROWS, BLOCK_WORLDS * FIRM_ROWS, 100 * FIRM_ROWS]
    assert events.num_row_groups == 3
    worlds = [set(events.read_row_group(group)["world"].to_pylist()) for group in range(3)]
    assert all(world // BLOCK_WORLDS == group for group in range(3) for world in worlds[group])


def stated(words: str) -> float:
    """The number that stands before ``words`` in docs/scaling.md."""
    text = " ".join(SCALING.read_text(encoding="utf-8").split())
    found = re.search(rf"([\d.,]+) {re.escape(words)}", text)
    assert found is not None, words
    return float(found[1].replace(",", ""))


def test_a_block_is_as_large_as_the_guide_says(tmp_path):
    scenario = load(ROOT / "scenarios" / "six-dragons.yaml")
    task = many_worlds.Task(many_worlds.Sent(scenario), many_worlds.store_of(scenario, tmp_path), Span(0, BLOCK_WORLDS))
    size = len(many_worlds.compute_block(task))
    assert size == pytest.approx(1e6 * stated("MB a block of the flagship"), rel=0.15)
    assert BLOCK_WORLDS * len(scenario.firms) * scenario.ticks == stated("firm-months a block")


LOADED = """
import sys
from small_industry import small
from sim.study import executor
found = []
def loads(first):
    from sim.engine.simulate import simulate
    simulate(small(), first, 1)
    loaded = "scipy.linalg" in sys.modules
    import scipy.linalg  # it is there for whoever does want it
    return loaded
executor.map_blocks(loads, range(3), 2 if sys.argv[1] == "workers" else 1, found.append)
print(found[0])
"""


@pytest.mark.parametrize(("where", "loaded"), [("workers", "False"), ("here", "True")])
def test_a_worker_starts_without_linear_algebra(where, loaded):
    """It is not looked for where only laws are compiled; in this process, which may be a notebook's, it is."""
    command = [sys.executable, "-c", LOADED, where]
    path = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(Path(__file__).parent)])}
    said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, env={**os.environ, **path})
    assert said.stdout.strip() == loaded, said.stderr


PEAK = """
import resource, sys, sim
sim.run(sim.load(sys.argv[1], worlds=int(sys.argv[2])), jobs=1, out=sys.argv[3])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.slow
def test_the_flagship_needs_as_much_memory_for_many_worlds_as_for_few(tmp_path):
    flagship = str(ROOT / "scenarios" / "six-dragons.yaml")
    sizes = []
    for worlds in (8 * BLOCK_WORLDS, 40 * BLOCK_WORLDS):
        command = [sys.executable, "-c", PEAK, flagship, str(worlds), str(tmp_path / str(worlds))]
        sizes.append(int(subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout))
    assert sizes[1] < sizes[0] + 40  # MB; the limit that the guide states allows 64
    assert sizes[1] < 600
