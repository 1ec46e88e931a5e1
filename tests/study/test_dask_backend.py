"""Blocks on a cluster: real schedulers and workers as processes of their own, and what they do when things go wrong."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
import pytest
from dask_processes import ROOT, Processes, Traced, kill, processes
from small_industry import TEXT, run_of, small

from sim.archive import digest, folder
from sim.foundation.errors import InputError, RunError
from sim.study import cluster, executor, how, many_worlds
from sim.study.claims_asked import Worlds, truths
from sim.study.how import How
from sim.study.run import simulate

UNREACHABLE_SECONDS = 30
PATIENCE_SECONDS = 240


@pytest.fixture(autouse=True)
def nothing_waits_for_ever():
    """A test that hangs fails."""

    def give_up(*_: object) -> None:
        raise TimeoutError(f"not done after {PATIENCE_SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(PATIENCE_SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="module")
def dask(tmp_path_factory) -> Processes:
    """A scheduler with two workers, one of which computes two blocks at a time."""
    with processes(tmp_path_factory.mktemp("dask")) as started:
        started.worker(threads=1)
        started.worker(threads=2)
        yield started


@pytest.fixture(scope="module")
def local(tmp_path_factory) -> dict[str, bytes]:
    """The files of a run of 5,000 worlds in this process."""
    return contents(run_of(small(5000), out=tmp_path_factory.mktemp("local"), jobs=1).folder)


def contents(path: Path) -> dict[str, bytes]:
    files = {file.relative_to(path).as_posix(): file.read_bytes() for file in path.rglob("*") if file.is_file()}
    del files[folder.MANIFEST]
    return files


def blocks_in(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (out / folder.BLOCKS).glob("*/*.block")}


def forbidden(*_: object) -> None:
    raise AssertionError("computed here")


def test_the_same_bytes_as_a_local_run(dask, tmp_path, local, monkeypatch):
    monkeypatch.setattr("sim.engine.simulate.simulate", forbidden)  # in this process
    with executor.on_cluster(dask.address):
        done = run_of(small(5000), out=tmp_path)
        assert contents(done.folder) == local
        assert (done.manifest["timings"]["worlds_computed"], done.manifest["timings"]["workers"]) == (5000, None)
    monkeypatch.undo()
    run_of(small(5000), out=tmp_path / "local", jobs=1)
    assert blocks_in(tmp_path) == blocks_in(tmp_path / "local")


def test_workers_who_do_not_see_the_folder_send_what_they_made(dask, tmp_path, local, monkeypatch):
    @contextlib.contextmanager
    def elsewhere(_disk):
        yield tmp_path / "never there"

    sent: list[many_worlds.Span] = []
    real = many_worlds.BlockStore.put
    monkeypatch.setattr(many_worlds.BlockStore, "put", lambda *given: sent.append(given[1]) or real(*given))
    with executor.on_cluster(dask.address):
        assert contents(run_of(small(5000), out=tmp_path / "seen").folder) == local
        assert sent == []  # they kept all of them, in this folder
        monkeypatch.setattr(executor, "_mark", elsewhere)
        assert contents(run_of(small(5000), out=tmp_path / "unseen", jobs=1).folder) == local
    assert len(sent) == 7  # with the two of other luck


@pytest.mark.parametrize("seen", [True, False])
def test_blocks_that_are_given_a_few_at_once_are_the_same(dask, tmp_path, local, monkeypatch, seen):
    monkeypatch.setattr(executor, "LEAST_TURNS", 1)
    if not seen:
        monkeypatch.setattr(executor, "_seen", lambda _mark: False)
        monkeypatch.setattr(executor, "_mark", lambda _disk: contextlib.nullcontext())
    handed_out: list[int] = []
    real = executor._handfuls

    def of_one_place(items, _places):
        handed_out.extend(map(len, handfuls := real(items, 1)))
        return handfuls

    monkeypatch.setattr(executor, "_handfuls", of_one_place)
    with executor.on_cluster(dask.address):
        assert contents(run_of(small(5000), out=tmp_path / "out").folder) == local
        assert handed_out == [4, 1, 2], "of five blocks, then of two with other luck"
        task = Traced(str(tmp_path / "traces"), 0.0)
        executor.map_blocks(task, range(10), 1, lambda _done: None)
    ended = [trace.item for trace in task.traces() if trace.what == "ended"]
    assert sorted(ended) == list(range(10)), "each once"


def test_handfuls_are_small_enough_that_each_has_many_turns():
    sizes = {
        (places, items): [len(one) for one in executor._handfuls(range(items), places)]
        for places, items in ((16, 100), (16, 600), (16, 5000), (0, 3))
    }
    assert sizes[16, 100] == [1] * 100 and sizes[16, 600] == [2] * 300
    assert sizes[16, 5000] == [4] * 1250 and sizes[0, 3] == [1] * 3


def test_of_blocks_that_are_given_at_once_those_before_a_failure_are_kept(dask, monkeypatch):
    monkeypatch.setattr(executor, "_handfuls", lambda items, _places: [items])
    done: list[float] = []
    with executor.on_cluster(dask.address), pytest.raises(ZeroDivisionError):
        executor.map_blocks(_divide, [4, 2, 0, 1], 1, done.append)
    assert done == [0.25, 0.5]


def test_what_is_kept_already_is_not_computed_again(dask, tmp_path):
    run_of(small(2048), out=tmp_path, jobs=1)
    told: list[how.Progress] = []
    with executor.on_cluster(dask.address):
        run_of(small(4096), out=tmp_path, progress=told.append)
        assert [now.done for now in told if now.stage == how.SIMULATING] == [2048, 3072, 4096, 2048]
    with executor.on_cluster("127.0.0.1:1"):  # nobody there, and nobody needed
        assert run_of(small(4096), out=tmp_path).reused
        assert simulate(small(1024), How(out=tmp_path)).outcomes.worlds == 1024


def test_claims_asked_in_worlds_that_are_not_kept(dask):
    scenario = small()
    asked = [Worlds(scenario, first, 50) for first in (0, 1024, 4096)]
    here = truths(scenario.claims[0], asked, How(jobs=1))
    with executor.on_cluster(dask.address):
        there = truths(scenario.claims[0], asked, How(jobs=1))
    assert 0 < np.concatenate(here).mean() < 1
    np.testing.assert_array_equal(np.concatenate(here), np.concatenate(there))


@pytest.fixture
def shakeout(command, tmp_path):
    (tmp_path / "small.yaml").write_text(TEXT, encoding="utf-8")
    return command


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "small.yaml"),
        ("whatif", "small.yaml", "--set", "firms.beta.cash=300"),
        ("sweep", "small.yaml", "--vary", "firms.beta.cash=100:300:3"),
    ],
)
def test_commands_on_a_cluster_end_as_they_do_here(dask, shakeout, arguments, tmp_path, monkeypatch):
    measure = ("--worlds", "1500", "--quiet")
    code, out, err = shakeout(*arguments, *measure, "--out", "here")
    assert (code, err) == (0, "")
    here = contents(Path(out.strip()))
    monkeypatch.setattr("sim.engine.simulate.simulate", forbidden)
    where = ("--backend", "dask", "--scheduler", dask.address.removeprefix("tcp://"))
    code, out, err = shakeout(*arguments, *measure, "--out", "there", *where)
    assert (code, err) == (0, "")
    assert contents(Path(out.strip())) == here


def test_a_killed_worker_costs_its_unfinished_items_and_nothing_else(dask, tmp_path):
    victim = dask.worker(threads=1)
    task = Traced(str(tmp_path / "traces"), 0.1)
    here_before_the_kill: list[int] = []
    done: list[int] = []

    def on_done(item: int) -> None:
        done.append(item)
        if not here_before_the_kill and any(trace.process == victim.pid for trace in task.traces()) and len(done) > 6:
            here_before_the_kill.extend(done)
            time.sleep(0.2)  # until the scheduler knows what is here
            kill(victim)

    with executor.on_cluster(dask.address):
        executor.map_blocks(task, range(40), 1, on_done)
    assert sorted(done) == list(range(40))
    assert here_before_the_kill  # or nobody was killed
    began = [trace.item for trace in task.traces() if trace.what == "began"]
    victims = {trace.item for trace in task.traces() if trace.process == victim.pid}
    again = {item for item in began if began.count(item) > 1}
    assert again  # it was killed in the middle of something
    assert again <= victims - set(here_before_the_kill)
    assert len(began) == 40 + len(again)


def test_items_are_fetched_and_handed_out_together(dask, tmp_path, monkeypatch):
    """Of six under way three have ended before they are fetched, unless that takes long; all others then follow."""
    monkeypatch.setattr(cluster, "TOGETHER_SECONDS", 60.0)
    fetched: list[int] = []
    real = cluster.Cluster._fetched
    monkeypatch.setattr(cluster.Cluster, "_fetched", lambda *asked: fetched.append(len(asked[1])) or real(*asked))
    done: list[int] = []
    with executor.on_cluster(dask.address):
        executor.map_blocks(Traced(str(tmp_path / "traces"), 0.1), range(30), 1, done.append)
    assert sorted(done) == list(range(30))
    assert min(fetched[:6]) >= 3


def test_what_a_killed_worker_had_made_and_nobody_had_fetched_is_made_again(dask, tmp_path):
    victim = dask.worker(threads=1)
    task = Traced(str(tmp_path / "traces"), 0.4)
    done: list[int] = []

    def on_done(item: int) -> None:
        done.append(item)
        if victim.poll() is None:
            time.sleep(3)  # nothing is fetched meanwhile: everything under way ends
            kill(victim)

    with executor.on_cluster(dask.address):
        executor.map_blocks(task, range(16), 1, on_done)
    assert sorted(done) == list(range(16))
    began = [trace.item for trace in task.traces() if trace.what == "began"]
    again = {item for item in began if began.count(item) > 1}
    assert again  # or there was nothing to fetch
    assert again <= {trace.item for trace in task.traces() if (trace.what, trace.process) == ("ended", victim.pid)}


def test_a_run_goes_on_when_a_worker_is_killed(dask, tmp_path, local):
    victim = dask.worker(threads=2)
    told: list[int] = []

    def progress(now: how.Progress) -> None:
        if now.stage == how.SIMULATING:
            told.append(now.done)
            if len(told) == 2:
                kill(victim)

    with executor.on_cluster(dask.address):
        done = run_of(small(5000), out=tmp_path, progress=progress)
    assert victim.poll() is not None
    assert contents(done.folder) == local
    again = told.index(5000) + 1  # then those with other luck are told from their own beginning
    assert told[:again] == sorted(told[:again]) and told[again:] == sorted(told[again:])


def test_a_scheduler_that_dies_leaves_what_is_finished(tmp_path, local):
    with processes(tmp_path) as own:
        own.worker()

        def progress(now: how.Progress) -> None:
            if now.stage == how.SIMULATING and now.done:
                kill(own.scheduler)

        began = time.monotonic()
        lost = pytest.raises(RunError, match=r"does not answer any more.*finished blocks are kept")
        with lost, executor.on_cluster(own.address):
            run_of(small(20_000), out=tmp_path / "out", progress=progress)
        assert time.monotonic() - began < UNREACHABLE_SECONDS + 30
    kept = len(blocks_in(tmp_path / "out"))
    assert 1 <= kept < 20
    assert list((tmp_path / "out").iterdir()) == [tmp_path / "out" / folder.BLOCKS]
    told: list[how.Progress] = []
    done = run_of(small(5000), out=tmp_path / "out", jobs=1, progress=told.append)
    assert told[0].kept >= 1024 * (kept - 1)  # what came in is not computed again
    assert contents(done.folder) == local


@pytest.mark.parametrize(
    ("listens", "words"), [(False, "Connection refused"), (True, "something listens there, but does not answer")]
)
def test_a_last_try_that_was_cut_off_does_not_say_that_something_listens(listens, words):
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        if listens:
            held.listen()
        assert words in cluster._why(f"tcp://127.0.0.1:{held.getsockname()[1]}", TimeoutError())


def test_no_workers(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "WORKERLESS_SECONDS", 0.5)
    monkeypatch.setattr(cluster, "LOOK_SECONDS", 0.1)
    told = pytest.raises(RunError, match=r"has had no worker that computes.*`dask worker tcp://")
    with processes(tmp_path) as own, told, executor.on_cluster(own.address):
        executor.map_blocks(abs, [1], 1, print)


class Quiet(BaseHTTPRequestHandler):
    """A web server that says nothing on stderr."""

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize(
    ("scheme", "where", "words"),
    [
        ("tcp", "nobody listens", "Connection refused"),
        ("tcp", "somebody listens and does not answer", "does not answer as a scheduler does"),
        ("tcp", "a web server", "does not answer as a scheduler does"),
        ("tls", "nobody listens", "needs certificates"),
    ],
)
def test_an_address_without_a_scheduler_is_wrong_input(shakeout, scheme, where, words, tmp_path):
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))  # held, so that nobody else gets it, and a connection cannot meet itself there
    port = listener.getsockname()[1]
    if where != "nobody listens":
        listener.listen()
    if where == "a web server":
        server = HTTPServer(("127.0.0.1", 0), Quiet)
        port = server.server_port
        threading.Thread(target=server.serve_forever, daemon=True).start()
    began = time.monotonic()
    code, out, err = shakeout("run", "small.yaml", "--backend", "dask", "--scheduler", f"{scheme}://127.0.0.1:{port}")
    assert time.monotonic() - began < UNREACHABLE_SECONDS
    listener.close()
    assert (code, out) == (2, "")
    assert "--scheduler: no Dask scheduler can be reached there" in err
    assert words in err
    assert "`dask scheduler` prints" in err
    assert len(err.splitlines()) == 3
    assert {path.name for path in (tmp_path / "results").iterdir()} <= {".blocks"}
    assert not list((tmp_path / "results").rglob("*.block"))


def test_a_stopped_worker_does_not_block_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "LATE_SECONDS", 3.0)
    monkeypatch.setattr(cluster, "LOOK_SECONDS", 0.2)
    task, done = Traced(str(tmp_path / "traces"), 0.1), []
    with processes(tmp_path) as own:
        own.worker()
        victim = own.worker()

        def on_done(item: int) -> None:
            done.append(item)
            if len(done) == 6:
                victim.send_signal(signal.SIGSTOP)

        with executor.on_cluster(own.address):
            executor.map_blocks(task, range(20), 1, on_done)
    assert sorted(done) == list(range(20))


def test_if_all_workers_are_stopped_the_run_fails_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "LATE_SECONDS", 1.0)
    monkeypatch.setattr(cluster, "LOOK_SECONDS", 0.2)
    monkeypatch.setattr(cluster, "WORKERLESS_SECONDS", 1.0)
    with processes(tmp_path) as own:
        victim = own.worker()
        told = pytest.raises(RunError, match=r"no worker that computes.*gave nothing back.*finished blocks are kept")
        with told, executor.on_cluster(own.address):
            task = Traced(str(tmp_path / "traces"), 0.1)
            executor.map_blocks(task, range(20), 1, lambda _item: victim.send_signal(signal.SIGSTOP))


def another_package(place: Path, kind: str) -> str:
    """Where a worker finds a package that is not ours."""
    if kind == "no package":
        (place / "sim").mkdir(parents=True)
        (place / "sim" / "__init__.py").write_text("raise ImportError('no such package')")
    else:
        shutil.copytree(ROOT / "sim", place / "sim", ignore=shutil.ignore_patterns("__pycache__"))
        law = place / "sim" / "laws" / "scale.py"
        law.write_text(law.read_text() + "# changed\n")
    return str(place)


@pytest.mark.parametrize(
    ("kind", "words"),
    [("another law", rf"sources \w{{16}}, here {digest.simulated_by()['sources']}"), ("no package", "no such package")],
)
def test_a_worker_with_another_package_is_refused(tmp_path, kind, words):
    with processes(tmp_path) as own:
        own.worker(path=another_package(tmp_path / "other", kind))
        refused = pytest.raises(RunError, match=rf"the worker tcp://\S+ is not made as this process is: .*{words}")
        with refused, executor.on_cluster(own.address):
            run_of(small(), out=tmp_path / "out")
    assert blocks_in(tmp_path / "out") == {}


def test_a_worker_that_joins_late_is_looked_at_too(dask, monkeypatch):
    with executor.on_cluster(dask.address):
        executor.map_blocks(abs, [1], 1, print)  # all workers were looked at
        theirs = digest.computed_by()
        monkeypatch.setattr(digest, "computed_by", lambda: {**theirs, "worker": "another"})
        with pytest.raises(RunError, match=rf"worker {theirs['worker']}, here another"):
            executor.map_blocks(abs, [1], 1, print)


def test_what_a_task_raises_is_raised_here_and_the_rest_is_forgotten(dask, tmp_path):
    with executor.on_cluster(dask.address):
        with pytest.raises(ZeroDivisionError):
            executor.map_blocks(_divide, [0], 1, print)
        task = Traced(str(tmp_path / "traces"), 0.05)
        with pytest.raises(KeyboardInterrupt):
            executor.map_blocks(task, range(40), 1, _interrupt)
        done: list[int] = []
        executor.map_blocks(abs, [-1, -2], 1, done.append)
        assert sorted(done) == [1, 2]
        assert len({trace.item for trace in task.traces()}) < 20  # the other half was given up


def _divide(item: int) -> float:
    return 1 / item


def _interrupt(_: int) -> None:
    raise KeyboardInterrupt


def test_a_block_altered_on_its_way_is_not_kept(dask, tmp_path):
    task = many_worlds.Task(many_worlds.Sent(small()), many_worlds.store_of(small(), tmp_path), many_worlds.Span(0, 10))
    with pytest.raises(RunError, match="altered on its way"), executor.on_cluster(dask.address):
        executor.map_blocks(_altered, [task], 1, print, many_worlds.keep_block)
    assert blocks_in(tmp_path) == {}


def _altered(task: many_worlds.Task) -> bytes:
    return many_worlds.compute_block(task).replace(b"histories", b"histroies")


WRONG = {
    "no scheduler": (("--backend", "dask"), "--scheduler ADDRESS"),
    "no such backend": (("--backend", "dusk"), "nearest: dask"),
    "a scheduler for nothing": (("--scheduler", "tcp://127.0.0.1:8786"), "only with --backend dask"),
    "no port": (("--backend", "dask", "--scheduler", "127.0.0.1"), "tcp://HOST:PORT"),
    "no such port": (("--backend", "dask", "--scheduler", "127.0.0.1:99999"), "tcp://HOST:PORT"),
    "no such scheme": (("--backend", "dask", "--scheduler", "http://127.0.0.1:8786"), "tcp://HOST:PORT"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_options_are_exit_code_2_and_one_message(shakeout, case, tmp_path):
    options, words = WRONG[case]
    code, out, err = shakeout("run", "small.yaml", *options)
    assert (code, out) == (2, "")
    assert words in err
    assert len(err.splitlines()) <= 4
    assert not (tmp_path / "results").exists()


def test_without_dask_there_is_a_command_that_installs_it(shakeout, monkeypatch):
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "distributed" else real(name))
    code, out, err = shakeout("run", "small.yaml", "--backend", "dask", "--scheduler", "127.0.0.1:8786")
    assert (code, out) == (2, "")
    assert "pip install 'shakeout[cluster]'" in err
    with pytest.raises(InputError, match="distributed"):
        cluster.Cluster("127.0.0.1:8786")


def test_dask_is_not_loaded_before_a_cluster_is_asked_for(tmp_path):
    code = (
        "import sys; from small_industry import run_of, small; "
        "run_of(small(10), jobs=1); print({'dask', 'distributed'} & set(sys.modules))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(Path(__file__).parent)])}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "set()"
