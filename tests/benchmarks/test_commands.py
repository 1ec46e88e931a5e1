"""Whole commands are measured as processes of their own: what they and their workers take, what of it simulates."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tools.benchmarks import commands
from tools.benchmarks.commands import RUN, WHAT_IF, WORKER, Spent, of_command, of_worker

sys.path.insert(0, str(Path(__file__).parents[1] / "study"))
from small_industry import TEXT


@pytest.fixture
def scenario(tmp_path):
    file = tmp_path / "small.yaml"
    file.write_text(TEXT, encoding="utf-8")
    return file


def test_a_command_is_measured_whole_and_leaves_nothing(scenario):
    spent = of_command(WHAT_IF, scenario, 8)
    assert spent.ratio > 1.0, "a whole command takes longer than simulating in it"
    assert min(spent.wall, spent.processor) > 0
    assert [path.name for path in scenario.parent.iterdir()] == [scenario.name]


def test_the_start_of_a_worker_is_its_own_processor_time_and_counts_for_who_started_it(scenario):
    before = commands._processor()
    start = of_worker(scenario)
    assert start.wall is None and start.ratio > 0
    assert commands._processor() - before > start.processor > 0


def test_ratios_and_seconds_are_medians_of_turns():
    turns = [
        {RUN: Spent(9.0, 16.0, 1.5), WHAT_IF: Spent(8.0, 14.0, 2.0), WORKER: Spent(None, 0.8, 1.0)},
        {RUN: Spent(8.0, 20.0, 1.7), WHAT_IF: Spent(7.0, 13.0, 2.5), WORKER: Spent(None, 0.9, 1.2)},
        {RUN: Spent(12.0, 17.0, 1.6), WHAT_IF: Spent(9.0, 15.0, 2.1), WORKER: Spent(None, 0.7, 1.1)},
    ]
    found = commands.as_data(turns)["commands"]
    assert found[RUN]["wall"] == {"median": 9.0, "low": 8.0, "high": 12.0}
    assert found[RUN]["ratio"]["median"] == 1.6 and found[WHAT_IF]["processor"]["median"] == 14.0
    assert found[WORKER]["processor"]["median"] == 0.8 and "wall" not in found[WORKER]
