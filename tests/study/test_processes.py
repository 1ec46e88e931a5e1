"""Where workers can be had and where not, the same worlds; and no worker outlives its parent or an interrupt."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from groups import started
from small_industry import TEXT, run_of, small

from sim.study import executor, processes

HERE = Path(__file__).parent
WORLDS = 3000  # three blocks: more than are computed without workers
PATIENCE_SECONDS = 60
GONE_SECONDS = 8


def who(_item: int) -> int:
    return os.getpid()


def asked(jobs: int) -> tuple[set[int], dict[str, float]]:
    """Who computes when workers are asked for, and what comes out."""
    seen: set[int] = set()
    executor.map_blocks(who, range(5), jobs, seen.add)
    return {int(pid == os.getpid()) for pid in seen}, fates(jobs)


def fates(jobs: int) -> dict[str, float]:
    run = run_of(small(WORLDS), jobs=jobs)
    return {row["firm"]: row["closed"] for row in run.summary()}


ALONE = {1}


def in_a_thread() -> object:
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(asked(2)))
    thread.start()
    thread.join(PATIENCE_SECONDS)
    return found[0]


def in_a_pool(method: str) -> object:
    with multiprocessing.get_context(method).Pool(1) as pool:
        return pool.map_async(asked, [2]).get(PATIENCE_SECONDS)[0]


def in_a_pool_of_futures() -> object:
    with ProcessPoolExecutor(1) as pool:
        return pool.submit(asked, 2).result(PATIENCE_SECONDS)


NESTED: dict[str, Callable[[], object]] = {
    "a thread": in_a_thread,
    "a forked pool": lambda: in_a_pool("fork"),
    "a spawned pool": lambda: in_a_pool("spawn"),
    "a pool of futures": in_a_pool_of_futures,
}


@pytest.fixture(scope="module")
def expected() -> dict[str, float]:
    return fates(1)


@pytest.mark.parametrize("where", NESTED)
def test_where_no_workers_can_be_had_this_process_computes_the_same(where, expected):
    processes.end()  # whatever was started before is not to be taken up
    assert NESTED[where]() == (ALONE, expected)


def test_a_fork_leaves_the_workers_of_its_parent_alone(expected):
    assert fates(2) == expected
    before = os.getpid(), set(processes._waiting)
    assert in_a_pool("fork") == (ALONE, expected)
    assert before == (os.getpid(), set(processes._waiting))
    assert fates(2) == expected


@pytest.mark.parametrize("switch", ["0", " 0 "])
def test_the_switch_of_joblib_is_obeyed(monkeypatch, switch, expected):
    monkeypatch.setenv(processes.SWITCH, switch)
    assert asked(2) == (ALONE, expected)
    assert run_of(small(10), jobs=2).manifest["timings"]["workers"] == 1


@pytest.mark.parametrize("error", [OSError(38, "Function not implemented"), NotImplementedError("no semaphores")])
def test_without_semaphores_this_process_computes_and_says_so(monkeypatch, caplog, error, expected):
    import loky

    def refuse(*_: object, **__: object) -> None:
        raise error

    processes.end()
    monkeypatch.setattr(loky, "ProcessPoolExecutor", refuse)
    monkeypatch.setattr(processes, "_failed", [])
    with caplog.at_level("INFO", "shakeout"):
        assert asked(2) == (ALONE, expected)
    assert str(error) in caplog.text
    assert "computed in this process" in caplog.text


def test_elsewhere_workers_compute_and_are_taken_up_again(expected):
    assert asked(2) == ({0}, expected)
    first = processes._waiting[os.getpid()]
    assert asked(2) == ({0}, expected)
    assert processes._waiting[os.getpid()] is first


def test_workers_that_wait_take_a_single_item_which_nobody_is_started_for():
    processes.end()
    seen: list[int] = []
    executor.map_blocks(who, [0], 2, seen.append)
    assert seen == [os.getpid()]
    executor.map_blocks(who, range(3), 2, seen.append)
    del seen[:]
    executor.map_blocks(who, [0], 2, seen.append)
    assert os.getpid() not in seen


def test_who_waits_is_asked_and_nobody_is_started_for_it():
    processes.end()
    assert executor.by_who_waits(who, [0, 0]) == [os.getpid()] * 2 and not processes.waiting()
    executor.map_blocks(who, range(3), 2, id)
    assert processes.waiting() == 2 and os.getpid() not in executor.by_who_waits(who, [0, 0])
    assert executor.by_who_waits(abs, [-3, 2, -1]) == [3, 2, 1]


def test_the_watch_is_never_set_in_the_process_that_starts_workers():
    before = threading.active_count()
    processes._begin(os.getpid())
    assert threading.active_count() == before


def test_a_worker_killed_while_it_waits_is_replaced(expected):
    assert fates(2) == expected
    workers = list(processes._waiting[os.getpid()].executor._processes)
    os.kill(workers[0], signal.SIGKILL)
    time.sleep(1)  # it waits, and nobody waits for it
    assert fates(2) == expected


def family(parent: int) -> set[int]:
    """The processes that ``parent`` started, and those that they started."""
    children: dict[int, set[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError):
            after = path.read_text().rpartition(")")[2].split()
            if after[0] != "Z":
                children.setdefault(int(after[1]), set()).add(int(path.parent.name))
    found: set[int] = set()
    more = {parent}
    while more:
        more = set().union(*(children.get(one, set()) for one in more)) - found
        found |= more
    return found


def alive(these: set[int]) -> set[int]:
    living = set()
    for one in these:
        with contextlib.suppress(OSError):
            if Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
                living.add(one)
    return living


@contextlib.contextmanager
def at_work(out: Path, err: int = subprocess.PIPE) -> Iterator[subprocess.Popen[str]]:
    """A long run with two workers, in a process group of its own."""
    command = [sys.executable, str(HERE / "small_industry.py"), str(out), "2000000", "2"]
    child = started(command, err=err)
    try:
        yield child
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate()


def wait_for_workers(child: subprocess.Popen[str]) -> set[int]:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        found = family(child.pid)
        workers = [one for one in found if any(name in command_of(one) for name in (b"popen_loky", b"forkserver"))]
        if len(workers) == 2 + processes.FORKS:  # the server, too
            return found
        time.sleep(0.002)
    raise AssertionError("no workers came")


def command_of(process: int) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_bytes()
    return b""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at /proc")
@pytest.mark.parametrize("seconds", [0.0, 0.1, 0.4, 1.5], ids=["at once", "importing", "beginning", "in a block"])
def test_workers_end_with_a_parent_that_is_killed_soon_after_they_were_started(tmp_path, seconds):
    with at_work(tmp_path) as child:
        them = wait_for_workers(child)
        time.sleep(seconds)
        child.kill()
        child.communicate(timeout=GONE_SECONDS)  # ends when nobody is left who could write
        until = time.monotonic() + GONE_SECONDS
        while alive(them) and time.monotonic() < until:
            time.sleep(0.1)
        assert alive(them) == set()


COMMAND = (sys.executable, "-m", "sim", "run", "small.yaml", "--worlds", "2000000", "--jobs", "2", "--out", "out")


TO_ALL, TO_ONE = "to all, as a terminal does", "to the command alone"
MOMENTS = [
    *(("SIGINT", TO_ALL, seconds) for seconds in (0.0, 0.1, 0.3, 0.6, 1.0, 2.0)),
    *((name, whom, 0.3) for name, whom in (("SIGINT", TO_ONE), ("SIGTERM", TO_ALL), ("SIGTERM", TO_ONE))),
    *((name, whom, 2.0) for name, whom in (("SIGINT", TO_ONE), ("SIGTERM", TO_ALL), ("SIGTERM", TO_ONE))),
]


def wait_for_handler(process: int) -> None:
    """Until SIGTERM is caught: before that Python itself starts."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        caught = Path(f"/proc/{process}/status").read_text().partition("SigCgt:")[2].split()[0]
        if int(caught, 16) >> (signal.SIGTERM - 1) & 1:
            return
        time.sleep(0.002)
    raise AssertionError("no handler came")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at /proc")
@pytest.mark.parametrize(("name", "whom", "seconds"), MOMENTS)
def test_an_interrupt_ends_all_with_130_and_without_a_traceback(tmp_path, name, whom, seconds):
    (tmp_path / "small.yaml").write_text(TEXT, encoding="utf-8")
    child = started(COMMAND, tmp_path)
    try:
        wait_for_handler(child.pid)
        time.sleep(seconds)
        them = family(child.pid)
        (os.killpg if whom == TO_ALL else os.kill)(child.pid, getattr(signal, name))
        out, err = child.communicate(timeout=PATIENCE_SECONDS)
        assert (child.returncode, out) == (130, "")
        assert err.startswith("shakeout: interrupted")
        assert len(err.splitlines()) == 1
        until = time.monotonic() + GONE_SECONDS
        while alive(them) and time.monotonic() < until:
            time.sleep(0.05)
        assert alive(them) == set()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
