"""Answers in stages: the same numbers as a what-if, from worlds in memory, dropped when they are no longer wanted."""

from __future__ import annotations

import threading

import numpy as np
import pandas as pd
import pytest

import sim
from sim.engine.block import merged
from sim.engine.simulate import simulate
from sim.foundation.errors import InputError
from sim.study import in_stages
from sim.study.in_stages import Explorer, Stopped
from sim.study.variants import variants_of

CHANGE, OTHER = "assumptions.exchange.window=0@2024-07", "assumptions.climate.regime=2"
WORLDS = 300


@pytest.fixture(scope="module")
def base():
    return sim.load("six-dragons", ["end=2025-06"])


@pytest.fixture
def explorer(base):
    made = Explorer(base, WORLDS, jobs=2)
    yield made
    made.close()


def all_of(explorer: Explorer, sets, pinned=(), firms=()):
    found = variants_of(explorer.base, sets, pinned) if sets or pinned else []
    return list(explorer.answers(found, firms, threading.Event()))


def test_stages_grow(explorer):
    stages = all_of(explorer, [CHANGE])
    assert [stage.worlds for stage in stages] == explorer.stages == [256, WORLDS]
    assert [stage.last for stage in stages] == [False, True]


def test_the_last_stage_says_what_the_what_if_says(explorer, base):
    told = all_of(explorer, [CHANGE], [f"cold: {OTHER}"], ("moonshot",))[-1].study
    asked = sim.what_if(base, [CHANGE], variants=[f"cold: {OTHER}"], firms=["moonshot"], worlds=WORLDS)
    assert told.headline == asked.headline
    pd.testing.assert_frame_equal(told.differences, asked.differences, check_exact=True)
    pd.testing.assert_frame_equal(told.flipped, asked.flipped, check_exact=True)
    for mine, other in zip(told.runs(), asked.runs(), strict=True):
        for name in ("survival", "fates", "causes", "landscape", "endgame"):
            own, theirs = (getattr(run.outcomes, name) for run in (mine, other))
            shared = [column for column in own if not column.startswith("sd")]  # one answer knows no spread
            pd.testing.assert_frame_equal(own[shared], theirs[shared], check_exact=True)


def test_nothing_changed_is_the_base_alone(explorer):
    stage = all_of(explorer, [])[-1]
    assert stage.study is None and len(stage.runs) == 1


def test_worlds_known_are_not_simulated_again(explorer, monkeypatch):
    all_of(explorer, [CHANGE])
    simulated = []

    def counting(scenario, first, worlds):
        simulated.append(worlds)
        return simulate(scenario, first, worlds)

    monkeypatch.setattr(in_stages, "simulate", counting)
    all_of(explorer, [CHANGE], firms=("zhipu",))
    assert simulated == []
    all_of(explorer, [OTHER])
    assert sum(simulated) == WORLDS


def test_a_question_that_no_longer_stands_is_dropped_within_a_tile(explorer, monkeypatch):
    all_of(explorer, [])
    stop, simulated = threading.Event(), []

    def stopping(scenario, first, worlds):
        simulated.append(first)
        stop.set()
        return simulate(scenario, first, worlds)

    monkeypatch.setattr(in_stages, "simulate", stopping)
    with pytest.raises(Stopped):
        next(explorer.answers(variants_of(explorer.base, [CHANGE], []), (), stop))
    assert len(simulated) <= explorer.workers  # those that were at work


def test_what_is_longest_not_asked_for_is_forgotten(explorer, monkeypatch):
    monkeypatch.setattr(in_stages, "MEMORY_BYTES", 0)
    for change in (CHANGE, OTHER, CHANGE):
        all_of(explorer, [change])
    assert len(explorer._known) == 2  # the base and the last variant


def test_merged_blocks_are_the_block(base):
    one, parts = simulate(base, 0, 200), merged([simulate(base, 0, 70), simulate(base, 70, 130)])
    for name in one.__dataclass_fields__:
        mine, other = getattr(parts, name), getattr(one, name)
        assert (
            np.array_equal(mine, other, equal_nan=name in ("probes", "year_ends"))
            if isinstance(other, np.ndarray) and other.dtype.names is None
            else np.all(mine == other)
        )


def test_who_is_nobody_is_said(explorer):
    with pytest.raises(InputError, match="nearest: moonshot"):
        all_of(explorer, [], firms=("monshot",))


@pytest.mark.parametrize("worlds", [0, 10**6])
def test_a_number_of_worlds_that_cannot_be(base, worlds):
    with pytest.raises(InputError, match="--worlds"):
        Explorer(base, worlds)
