"""A command that is killed again and again, at random moments and by all kinds of signals, ends as if undisturbed."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from dask_processes import Processes, kill, processes
from groups import started
from small_industry import TEXT

from sim.archive import atomic, folder

WORLDS = 12_000  # twelve blocks
PATIENCE_SECONDS = 600  # the first one compiles
SETTLE_SECONDS = 10
OTHERS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGABRT")


def command(place: Path, jobs: int, *options: str) -> subprocess.Popen[str]:
    """The command at work in ``place``, in a process group of its own."""
    place.mkdir(exist_ok=True)
    (place / "small.yaml").write_text(TEXT, encoding="utf-8")
    line = [sys.executable, "-m", "sim", "run", "small.yaml", "--worlds", str(WORLDS), "--jobs", str(jobs), *options]
    return started([*line, "--quiet", "--out", "out"], place)


def contents(path: Path) -> dict[str, bytes]:
    """Every file of a run folder but the manifest, which knows the time."""
    files = {file.relative_to(path).as_posix(): file.read_bytes() for file in path.rglob("*") if file.is_file()}
    del files[folder.MANIFEST]
    return files


def result(place: Path, jobs: int, *options: str) -> dict[str, bytes]:
    """The files of a run that nobody disturbs from now on; nothing half-written is beside them."""
    out, err = (child := command(place, jobs, *options)).communicate(timeout=PATIENCE_SECONDS)
    assert (child.returncode, err) == (0, "")
    until = time.monotonic() + SETTLE_SECONDS
    while (left := list(place.rglob(f"{atomic.PREFIX}*"))) and time.monotonic() < until:
        time.sleep(0.2)  # workers whose parent was killed notice within a second
        for path in {part.parent for part in left}:
            atomic.clear_stale(path)
    assert left == []
    return contents(place / out.strip())


def disturbed(place: Path, jobs: int, moments: random.Random, longest: float) -> str:
    """Start the command and send it a signal after a while: mostly SIGKILL; what was sent, and how it ended."""
    with command(place, jobs) as child:
        time.sleep(moments.uniform(0.0, longest))
        name = "SIGKILL" if moments.random() < 0.8 else moments.choice(OTHERS)
        with contextlib.suppress(ProcessLookupError):
            (os.killpg if moments.random() < 0.3 else os.kill)(child.pid, getattr(signal, name))
        try:
            child.communicate(timeout=PATIENCE_SECONDS)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
    return f"{name} {child.returncode}"


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> tuple[dict[str, bytes], float]:
    """The files of a run that nobody disturbed, and the seconds it took."""
    files = result(tmp_path_factory.mktemp("compiles"), 2)
    began = time.monotonic()
    assert result(tmp_path_factory.mktemp("whole"), 2) == files
    return files, time.monotonic() - began


@pytest.mark.parametrize(
    ("seed", "trials"),
    [(1, 3), pytest.param(2, 40, marks=pytest.mark.slow), pytest.param(3, 42, marks=pytest.mark.slow)],
)
def test_whatever_signals_came_the_bytes_are_those_of_an_undisturbed_run(tmp_path, whole, seed, trials):
    files, seconds = whole
    moments = random.Random(seed)
    jobs = 1 + seed % 2
    ends = []
    for trial in range(trials):
        if trial % 7 == 6:  # begin anew now and then: a finished run cannot be disturbed
            assert result(tmp_path / f"{trial // 7}", jobs) == files
        ends.append(disturbed(tmp_path / f"{trial // 7}", jobs, moments, seconds))
    assert any(end.startswith("SIGKILL -9") for end in ends), ends  # or nothing was disturbed
    assert result(tmp_path / f"{(trials - 1) // 7}", jobs) == files


@pytest.mark.slow
@pytest.mark.parametrize("victim", ["worker", "scheduler", "client"])
def test_killed_parts_of_a_cluster_cost_time_and_nothing_else(tmp_path, whole, victim):
    moments = random.Random(victim)
    for trial in range(3):
        place = tmp_path / str(trial)
        place.mkdir()
        with processes(place) as own:
            one_is_killed(own, place, victim, moments)
        assert result(place, 1) == whole[0]


def one_is_killed(own: Processes, place: Path, victim: str, moments: random.Random) -> None:
    workers = [own.worker(), own.worker()]
    with command(place, 1, "--backend", "dask", "--scheduler", own.address) as client:
        time.sleep(moments.uniform(1.0, 6.0))
        if victim == "client":
            client.kill()
        else:
            kill(own.scheduler if victim == "scheduler" else workers[0])
        client.communicate(timeout=PATIENCE_SECONDS)
    assert client.returncode in {"worker": {0}, "scheduler": {0, 2, 3}, "client": {0, -9}}[victim]
