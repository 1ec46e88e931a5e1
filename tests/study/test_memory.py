"""A run that needs more memory than there is is refused before it begins."""

from __future__ import annotations

import pytest

import sim
from sim.engine.simulate import simulate
from sim.foundation.errors import InputError
from sim.scenario.load import load_mapping
from sim.study import memory

GB = 1 << 30


def named(firms, end="2024-12", worlds=1024):
    """A scenario of so many firms that have a name of their own."""
    data = {"name": "named", "start": "2024-01", "end": end, "worlds": worlds}
    return load_mapping({**data, "firms": {f"f{number}": {} for number in range(firms)}})


def test_the_estimate_holds_what_a_block_holds():
    """No less than the arrays of a block and of another to which it is added, and no more than half as much again,
    beyond what a process needs.
    """
    scenario = named(60, "2028-12", worlds=64)
    block = simulate(scenario, 0, 64)
    counted = 2 * (block.paths.nbytes + block.landscape.nbytes)
    arrays = counted + block.paths_seen.nbytes + block.histories.nbytes
    worker = memory.need(scenario).worker - memory.PROCESS_BYTES
    assert arrays <= worker <= 1.5 * (arrays + memory.EVENT_COPIES * block.events.nbytes)


def test_a_class_is_kept_as_one_firm():
    crowd = load_mapping(
        {"name": "crowd", "start": "2024-01", "end": "2024-12", "worlds": 8, "firms": {"a": {"copies": 500}}}
    )
    own = memory.need(named(500, worlds=8)).worker - memory.PROCESS_BYTES
    assert own > 5 * (memory.need(crowd).worker - memory.PROCESS_BYTES)


@pytest.mark.parametrize("there,said", [(23 * GB, "named"), (300 * GB, None)])
def test_two_thousand_named_firms_over_fifty_years(monkeypatch, there, said):
    monkeypatch.setattr(memory, "available", lambda: there)
    scenario = named(2000, "2073-12")
    if said is None:
        assert memory.notice(scenario, 1) is None
        return
    with pytest.raises(InputError) as refused:
        sim.run(scenario, jobs=1)
    assert refused.value.exit_code == 2
    assert "more memory than there is" in str(refused.value) and "23.0 GB" in str(refused.value)


def test_fewer_jobs_are_named_where_they_would_do(monkeypatch):
    scenario = named(100, worlds=4096)
    one = memory.need(scenario).worker
    monkeypatch.setattr(memory, "available", lambda: int(2.5 * one))
    assert memory.notice(scenario, 1) is None
    assert "GB" in str(memory.notice(scenario, 2))  # near the end: a notice
    with pytest.raises(InputError, match="at most --jobs 2"):
        memory.notice(scenario, 3)
    assert memory.notice(named(100), 3) is None  # one block, one worker


def test_what_is_available_is_the_least_of_machine_and_container(monkeypatch, tmp_path):
    info = tmp_path / "meminfo"
    info.write_text("MemTotal: 9000 kB\nMemAvailable: 8000 kB\n")
    monkeypatch.setattr(memory, "MEMINFO", info)
    monkeypatch.setattr(memory, "CGROUPS", tmp_path)
    assert memory.available() == 8000 << 10
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "memory.current").write_text("1000\n")
    assert memory.available() == 8000 << 10
    (tmp_path / "memory.max").write_text("5000\n")
    assert memory.available() == 4000
    info.unlink()
    (tmp_path / "memory.max").unlink()
    assert memory.available() is None
