"""What is half-written is removed when its writer is gone, and never while it writes, whatever its number and host."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sim.archive import atomic

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 30
WRITER = """
import os, sys
from pathlib import Path
os.getpid = lambda: 999_999_999  # as in a container: nobody here has the number that it has there
from sim.archive import atomic
with atomic.assembled(Path(sys.argv[1])) as part:
    (part / "half.csv").write_text("half")
    print("writing", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_writer(target: Path) -> Iterator[subprocess.Popen[str]]:
    """A process in the middle of writing ``target``; it ends when its input does."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", WRITER, str(target)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True) as child:
        try:
            assert child.stdout.readline() == "writing\n"
            yield child
        finally:
            child.kill()


def test_a_living_writer_in_another_container_is_left_alone(tmp_path):
    target = tmp_path / "run"
    with another_writer(target) as child:
        atomic.clear_stale(tmp_path)
        child.communicate(timeout=SECONDS)
        assert child.returncode == 0
    assert [path.name for path in target.iterdir()] == ["half.csv"]
    assert list(tmp_path.iterdir()) == [target]


def test_what_a_killed_writer_left_goes_at_once(tmp_path):
    with another_writer(tmp_path / "run") as child:
        child.kill()
        child.wait()
    assert len(list(tmp_path.iterdir())) == 2  # the part and its lock
    atomic.clear_stale(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_writer_was_replacing_goes_too(tmp_path):
    with another_writer(tmp_path / "run") as child:
        part = next(path for path in tmp_path.iterdir() if path.is_dir())
        part.with_name(part.name + atomic.OLD).mkdir()
        child.kill()
        child.wait()
    atomic.clear_stale(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_writer_of_this_process_is_left_alone_too(tmp_path):
    with atomic.assembled(tmp_path / "run") as part:
        (part / "half.csv").write_text("half")
        atomic.clear_stale(tmp_path)
        assert (part / "half.csv").exists()
    assert list(tmp_path.iterdir()) == [tmp_path / "run"]


def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    import filelock

    def refuse(*_: object, **__: object) -> None:
        raise NotImplementedError("FileSystem does not appear to support flock")

    monkeypatch.setattr(filelock.FileLock, "acquire", refuse)


def test_without_locks_files_are_written_and_only_old_parts_go(tmp_path, monkeypatch):
    no_locks(monkeypatch)
    atomic.write_bytes(tmp_path / "file", b"whole")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"whole"]
    ancient, recent = tmp_path / f"{atomic.PREFIX}host.1.abc", tmp_path / f"{atomic.PREFIX}host.2.abc"
    for part in (ancient, recent):
        part.write_bytes(b"half")
    os.utime(ancient, (1, time.time() - atomic.STALE_SECONDS - 10))
    atomic.clear_stale(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([tmp_path / "file", recent])


def test_a_lock_taken_for_stale_before_it_was_held_is_made_anew(tmp_path, monkeypatch):
    """A cleaner may come between the making of the lock's file and the taking of the lock."""
    import filelock

    real, taken = filelock.FileLock.acquire, []

    def acquire(lock: filelock.FileLock, **options: object) -> object:
        answer = real(lock, **options)
        taken.append(lock.lock_file)
        if len(taken) == 1:
            Path(lock.lock_file).unlink()
        return answer

    monkeypatch.setattr(filelock.FileLock, "acquire", acquire)
    with atomic.part_of(tmp_path / "run") as part:
        assert len(taken) == 2
        assert [path.name for path in tmp_path.iterdir()] == [part.name + atomic.LOCK]
