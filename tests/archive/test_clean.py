"""Blocks that no kept run needs go, all others stay, and nothing goes that shakeout did not make."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.archive import folder
from sim.archive.clean import clean, kept_blocks
from sim.foundation import folder_lock
from sim.foundation.errors import InputError

ROOT = Path(__file__).resolve().parent.parent.parent
STEMS = [f"{number:016x}" for number in range(6)]


def blocks(out: Path, stem: str, days: float = 0.0) -> Path:
    """A folder with 1,000 bytes of blocks, written so many days ago."""
    path = out / folder.BLOCKS / stem
    path.mkdir(parents=True)
    (path / "000000000000-0007.block").write_bytes(b"x" * 900)
    (path / "about.json").write_text(json.dumps({"scenario": "small", "seed": 7}).ljust(100))
    then = time.time() - 86400 * days
    for file in path.iterdir():
        os.utime(file, (then, then))
    return path


def finished(out: Path, name: str, manifest: dict) -> Path:
    with folder.written(out / "small" / name, manifest) as part:
        (part / "x.csv").write_text("x\n")
    return out / "small" / name


def names(found) -> list[str]:
    return [one.path.name for one in found]


@pytest.fixture
def results(tmp_path):
    """Blocks of a run, of both sides of a what-if, of a sweep's point, of a comparison, and of nothing (the last)."""
    for number, stem in enumerate(STEMS):
        blocks(tmp_path, stem, days=number)
    finished(tmp_path, "run", {"stem": STEMS[0]})
    finished(tmp_path, "whatif-1", {"stem": STEMS[0], "variants": [{"name": "v", "stem": STEMS[1]}]})
    finished(tmp_path, "sweep-1", {"stems": [STEMS[0], STEMS[2]]})
    finished(tmp_path, "compare-1", {"runs": [{"stem": STEMS[3]}, {"stem": STEMS[4]}]})
    return tmp_path


def test_only_what_no_run_and_no_study_needs_goes(results):
    gone = clean(results)
    assert names(gone) == STEMS[5:]
    assert [(one.scenario, one.seed, one.bytes) for one in gone] == [("small", 7, 1000)]
    assert names(kept_blocks(results)) == STEMS[:5]
    assert clean(results) == []


def test_a_dry_run_says_the_same_and_removes_nothing(results):
    before = sorted(results.rglob("*"))
    assert names(clean(results, dry_run=True)) == STEMS[5:]
    assert sorted(results.rglob("*")) == before


def test_blocks_of_removed_runs_go_oldest_first_if_so_asked(results):
    shutil.rmtree(results / "small")
    assert names(clean(results, older_than=3.5)) == STEMS[4:]
    assert names(clean(results, older_than=0)) == STEMS[:4]


def test_a_study_that_lost_a_table_keeps_its_blocks(results):
    (results / "small" / "run" / "x.csv").unlink()
    shutil.rmtree(results / "small" / "whatif-1")
    shutil.rmtree(results / "small" / "sweep-1")
    assert names(clean(results)) == [STEMS[1], STEMS[2], STEMS[5]]


def test_what_is_not_ours_stays(results, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "mine.block").write_bytes(b"mine")
    (results / ".blocks" / f"{99:016x}").symlink_to(elsewhere)
    (results / ".blocks" / "notes").mkdir()
    (results / ".blocks" / f"{98:016x}").write_text("a file")
    assert names(clean(results)) == STEMS[5:]
    assert (elsewhere / "mine.block").is_file()
    assert (results / ".blocks" / "notes").is_dir()
    assert (results / ".blocks" / f"{98:016x}").is_file()


def test_a_folder_of_something_else_is_refused(tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter").write_text("years of work")
    for place in (tmp_path / "thesis", tmp_path / "nowhere", tmp_path / "thesis" / "chapter"):
        with pytest.raises(InputError, match="not a results folder"):
            clean(place)


HOLDER = "import sys, time; from sim.archive import folder; from pathlib import Path; "
HOLDER += "held = folder.at_work(Path(sys.argv[1])); print('held', flush=True); time.sleep(600)"


def test_nothing_goes_while_a_run_is_at_work_and_all_when_it_was_killed(results):
    command = [sys.executable, "-c", HOLDER, str(results)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        try:
            assert child.stdout.readline() == "held\n"
            with pytest.raises(InputError, match="a run is at work"):
                clean(results)
            assert names(clean(results, dry_run=True)) == STEMS[5:]
            assert names(kept_blocks(results)) == STEMS
        finally:
            child.kill()
    assert names(clean(results)) == STEMS[5:]


@pytest.mark.parametrize("content", [b"", b"[]", b"[" * 9999, b"\xff", None])
def test_blocks_that_do_not_say_what_they_are_of_go_all_the_same(results, content):
    about = results / ".blocks" / STEMS[5] / "about.json"
    about.unlink()
    if content is None:
        os.mkfifo(about)
    else:
        about.write_bytes(content)
    assert [(one.path.name, one.scenario) for one in clean(results)] == [(STEMS[5], "")]


@pytest.mark.parametrize("use", [folder_lock.shared, folder_lock.alone])
def test_a_pipe_in_place_of_the_lock_is_refused_at_once(tmp_path, use):
    """Whoever opened it would wait for ever for its other end."""
    os.mkfifo(tmp_path / folder_lock.IN_USE)
    with pytest.raises(OSError):
        use(tmp_path)


def test_a_device_in_place_of_the_lock_is_refused(tmp_path):
    (tmp_path / folder_lock.IN_USE).symlink_to("/dev/null")
    with pytest.raises(OSError, match="not a file"):
        folder_lock.shared(tmp_path)
