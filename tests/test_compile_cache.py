"""A stale kernel never answers, a second run compiles nothing, and caches of old versions do not pile up."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.foundation import compile_cache, folder_lock

ROOT = Path(__file__).resolve().parent.parent
ONE_PHASE = """
from numba.core import event
with event.install_recorder("numba:compile") as compiled:
    from sim.engine import month, state
    tile = state.new_tile(1, 1, False)
    month.poaching(tile)
print(tile.market["war_depth"][0, 0], len(compiled.buffer))
"""
WHOLE_RUN = """
from numba.core import event
with event.install_recorder("numba:compile") as compiled:
    from small_industry import run_of, small
    run = run_of(small(), jobs=1)
print(run.scenario.worlds, len(compiled.buffer))
"""
EDITED_LAW = """

@law
def poach(world):
    world.market.war_depth = 42.0
"""
compiling = pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT", "0") != "0", reason="nothing is compiled")


def ran(program: str, *packages: Path, **variables: str) -> tuple[float, int]:
    """The number a program prints, and how many functions were compiled for it."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, packages)), **variables}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=environment, cwd=packages[0], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    number, compiled = done.stdout.split()
    return float(number), int(compiled)


@compiling
def test_an_edited_law_is_never_answered_by_a_stale_kernel(tmp_path):
    """The phase that is called stands in a file that does not change: Numba alone would not notice."""
    shutil.copytree(ROOT / "sim", tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    law = tmp_path / "sim" / "industry" / "talent.py"
    before = law.read_text(encoding="utf-8")
    cache = {"SHAKEOUT_CACHE": str(tmp_path / "cache")}
    answer, compiled = ran(ONE_PHASE, tmp_path, **cache)
    assert answer == 0.0
    assert compiled > 0
    assert ran(ONE_PHASE, tmp_path, **cache) == (0.0, 0)
    law.write_text(before + EDITED_LAW, encoding="utf-8")
    answer, compiled = ran(ONE_PHASE, tmp_path, **cache)
    assert answer == 42.0
    assert compiled > 0
    assert ran(ONE_PHASE, tmp_path, **cache) == (42.0, 0)
    law.write_text(before, encoding="utf-8")
    assert ran(ONE_PHASE, tmp_path, **cache) == (0.0, 0)


@compiling
def test_a_second_run_compiles_nothing():
    places = (ROOT, ROOT / "tests" / "study")
    ran(WHOLE_RUN, *places)
    assert ran(WHOLE_RUN, *places) == (100, 0)


@compiling
@pytest.mark.parametrize("suffix", ["nbi", "nbc"])
def test_damaged_kernels_are_compiled_again_and_never_run(tmp_path, suffix):
    """Whatever a crash or a disk does to the files: the answer is that of sound ones, and they are sound afterwards."""
    cache = {"SHAKEOUT_CACHE": str(tmp_path)}
    right = ran(ONE_PHASE, ROOT, **cache)
    kernels = sorted(tmp_path.rglob(f"*.{suffix}"))
    assert len(kernels) > 1 and right[1] > 0
    sound = {path: path.read_bytes() for path in kernels}
    harms = [
        lambda content: b"",
        lambda content: content[: len(content) // 2],
        lambda content: (
            content[: len(content) // 2] + bytes([content[len(content) // 2] ^ 1]) + content[len(content) // 2 + 1 :]
        ),
        lambda content: b"\x80" * len(content),
    ]
    for harm in harms:
        for path, content in sound.items():
            path.write_bytes(harm(content))
        answer, compiled = ran(ONE_PHASE, ROOT, **cache)
        assert answer == right[0] and compiled > 0
        assert ran(ONE_PHASE, ROOT, **cache) == (right[0], 0)


CACHE = "from sim.foundation import jit; print(jit.settings.CACHE_DIR)"


def cache_of(home: Path, temporary: Path) -> Path:
    """The cache folder of one process with this home and this temporary folder."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(home), "TMPDIR": str(temporary)}
    for name in ("SHAKEOUT_CACHE", "XDG_CACHE_HOME"):
        environment.pop(name, None)
    command = [sys.executable, "-c", CACHE]
    return Path(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip())


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="a matter of POSIX users")
def test_without_a_home_all_commands_of_a_user_share_one_cache_and_nobody_elses(tmp_path):
    nowhere = tmp_path / "no-home"
    nowhere.write_text("a file: no folder can be made in it, by root neither")
    first = cache_of(nowhere, tmp_path)
    assert cache_of(nowhere, tmp_path) == first
    own = tmp_path / f"shakeout-{os.getuid()}"
    assert first.is_relative_to(own)
    assert own.stat().st_mode & 0o777 == 0o700
    own.chmod(0o777)  # others can write in it: what lies there may not be ours
    assert not cache_of(nowhere, tmp_path).is_relative_to(own)
    shutil.rmtree(own)
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    own.symlink_to(tmp_path / "elsewhere")
    assert not cache_of(nowhere, tmp_path).is_relative_to(own)
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert cache_of(tmp_path, tmp_path).is_relative_to(tmp_path / ".cache" / "shakeout")


def version(base: Path, number: int, hours: float) -> Path:
    """The cache of one version, last used so many hours ago."""
    folder = base / f"{number:016x}"
    (folder / "kernels").mkdir(parents=True)
    (folder / "kernels" / "a.nbc").write_bytes(b"kernel")
    (folder / folder_lock.IN_USE).touch()
    then = time.time() - 3600 * hours
    os.utime(folder / folder_lock.IN_USE, (then, then))
    return folder


def test_only_versions_used_lately_are_kept(tmp_path):
    old = [version(tmp_path, number, hours=number) for number in range(2, 12)]
    foreign = tmp_path / "something else"
    foreign.mkdir()
    new = tmp_path / f"{99:016x}"
    compile_cache.use(new)
    kept = compile_cache.KEPT_VERSIONS - 1
    assert sorted(tmp_path.iterdir()) == sorted([*old[:kept], new, foreign])
    assert (old[0] / "kernels" / "a.nbc").read_bytes() == b"kernel"


def test_versions_used_within_the_hour_are_kept_however_many(tmp_path):
    young = [version(tmp_path, number, hours=number / 100) for number in range(12)]
    compile_cache.prune(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted(young)


def test_using_a_version_makes_it_young(tmp_path):
    folders = [version(tmp_path, number, hours=2 + number) for number in range(8)]
    compile_cache.use(folders[-1])
    compile_cache.prune(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([*folders[: compile_cache.KEPT_VERSIONS - 1], folders[-1]])


HOLDER = """
import sys, time
from pathlib import Path
from sim.foundation import compile_cache
compile_cache.use(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(600)
"""


def test_a_version_in_use_by_a_living_process_stays_and_goes_when_it_was_killed(tmp_path):
    folders = [version(tmp_path, number, hours=2 + number) for number in range(8)]
    oldest = folders[-1]
    command = [sys.executable, "-c", HOLDER, str(oldest)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        try:
            assert child.stdout.readline() == "held\n"
            long_ago = time.time() - 1e6
            os.utime(oldest / folder_lock.IN_USE, (long_ago, long_ago))
            compile_cache.prune(tmp_path)
            assert (oldest / "kernels" / "a.nbc").is_file()
            assert len(list(tmp_path.iterdir())) == compile_cache.KEPT_VERSIONS + 1
        finally:
            child.kill()
    compile_cache.prune(tmp_path)
    assert not oldest.exists()


@pytest.fixture
def between_opening_and_locking(monkeypatch):
    """Have something happen, once, after the file was opened and before it is locked."""
    real = folder_lock._locked

    def arrange(happens) -> None:
        def locked(file, alone: bool) -> bool:
            monkeypatch.setattr(folder_lock, "_locked", real)
            happens()
            return real(file, alone)

        monkeypatch.setattr(folder_lock, "_locked", locked)

    return arrange


def test_a_folder_removed_while_it_is_taken_into_use_is_made_again(tmp_path, between_opening_and_locking):
    folder = version(tmp_path, 1, hours=9)
    between_opening_and_locking(lambda: shutil.rmtree(folder))
    compile_cache.use(folder)
    assert (folder / folder_lock.IN_USE).is_file()
    compile_cache._remove(folder)
    assert folder.is_dir()


def test_a_folder_made_again_while_it_is_removed_stays(tmp_path, between_opening_and_locking):
    folder = version(tmp_path, 1, hours=9)

    def made_again() -> None:
        shutil.rmtree(folder)
        compile_cache.use(folder)

    between_opening_and_locking(made_again)
    compile_cache._remove(folder)
    assert (folder / folder_lock.IN_USE).is_file()


RACER = """
import random, sys, time
from pathlib import Path
from sim.foundation import compile_cache
folder, seed = Path(sys.argv[1]), int(sys.argv[2])
compile_cache.IDLE_SECONDS = compile_cache.KEPT_VERSIONS = 0
luck = random.Random(seed)
until = time.monotonic() + 2
while time.monotonic() < until:
    compile_cache.use(folder)
    for number in range(luck.randrange(5)):
        (folder / f"{seed}-{number}").write_bytes(b"x")
        time.sleep(0.001)
        assert (folder / f"{seed}-{number}").read_bytes() == b"x"
    compile_cache._held.pop().close()
    compile_cache.prune(folder.parent)
print("sound")
"""


def test_many_who_use_and_prune_at_once_never_lose_what_they_use(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", RACER, str(tmp_path / f"{1:016x}")]
    children = [
        subprocess.Popen([*command, str(seed)], env=environment, stdout=subprocess.PIPE, text=True) for seed in range(4)
    ]
    assert [child.communicate(timeout=60)[0] for child in children] == ["sound\n"] * 4
    assert list(tmp_path.glob("*/*")) == []  # each was removed in the end, or nothing was tried
