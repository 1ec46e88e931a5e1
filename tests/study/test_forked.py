"""Workers that are forked from a server: what they have at once, and what they are spared."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from groups import ENVIRONMENT
from in_a_worker import Found, found
from small_industry import TEXT, run_of, small

from sim.foundation import jit
from sim.study import executor, processes

pytestmark = pytest.mark.skipif(not processes.FORKS, reason="workers are forked on Linux alone")
WORLDS = 3000
SCRIPT = """
import sys
import sim
from sim.study import forked

def not_forked(_process):
    raise AssertionError("a worker of loky's")

forked.LokyProcess._Popen = staticmethod(not_forked)
print("the script runs")
sim.run(sys.argv[1], worlds=3000, jobs=2)
"""


@pytest.fixture
def new_workers() -> Any:
    processes.end()
    yield
    processes.end()


def test_a_worker_has_the_laws_at_once_and_nothing_of_what_only_its_parent_needs(new_workers):
    run_of(small(10))  # compiles what is not compiled
    if not jit.is_compiled_before():
        jit.mark_compiled()
    from sim.study import forked

    forked._stop()  # the next server finds all compiled
    seen: list[Found] = []
    executor.map_blocks(found, range(4), 2, seen.append)
    assert seen == [Found(engine=True, law=True, told=True, threads=1, idle=[])] * 4


def test_a_script_is_not_run_again_and_a_folder_called_sim_is_not_taken_for_the_package(tmp_path):
    for name in ("scripts", "here/sim"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "here/sim/__init__.py").write_text("", encoding="utf-8")
    (tmp_path / "scripts/ask.py").write_text(SCRIPT, encoding="utf-8")
    scenario = tmp_path / "small.yaml"
    scenario.write_text(TEXT, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, tmp_path / "scripts/ask.py", scenario],
        cwd=tmp_path / "here",
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "the script runs\n", "")


@pytest.mark.parametrize("error", [ConnectionRefusedError("the server is gone"), EOFError("it ended meanwhile")])
def test_where_the_server_does_not_answer_workers_start_without_it(monkeypatch, new_workers, error):
    from sim.study import forked

    expected = run_of(small(WORLDS), jobs=1).summary()

    def refuse(_process: object) -> None:
        raise error

    monkeypatch.setattr(forked, "_Popen", refuse)
    seen: list[Found] = []
    executor.map_blocks(found, range(4), 2, seen.append)
    assert all(one.threads > 1 for one in seen)  # this process is the parent, and has threads
    assert run_of(small(WORLDS), jobs=2).summary() == expected
