"""Sums of some worlds merge to those of all, to the last byte, however the worlds were grouped."""

from __future__ import annotations

import pickle
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest
from synthetic_runs import cut, firm, live, scenario

from sim.outcomes.merging import plus
from sim.outcomes.month_counts import MonthCounts, filled
from sim.outcomes.summary import Outcomes, Sums, outcomes_of, summarise
from sim.scenario.model import Claim, Value
from sim.study.counting import luck_of

TICKS, WORLDS, DRAWS = 20, 700, 64
SIZES = [100, 1, 249, 50, 300]  # of blocks
UNCERTAIN = Value("uniform", (10.0, 90.0))
FIRMS = (replace(firm("a"), values={"cash": UNCERTAIN}), firm("crowd", copies=3), firm("g", "giant"))
GOES = Claim("goes", "a goes", "S1", {"firm": "a", "fate": "closed", "by": 2024 * 12}, None, None)
QUESTION = replace(scenario(FIRMS, TICKS, {"pair": ("a", "g")}, (GOES,)), worlds=WORLDS)


@pytest.fixture(scope="module")
def blocks():
    """Blocks of these SIZES, with histograms and clipped values."""
    luck = np.random.default_rng(8)
    histories = live(luck, WORLDS, 5, TICKS, close=luck.choice([0.01, 0.2], (WORLDS, 1)), listing=0.05)
    made = list(cut(QUESTION, histories, SIZES, endgame=luck.integers(1, 40, WORLDS).astype(np.int32))())
    shapes = {name: getattr(made[0], name).shape for name in ("paths", "landscape", "leaders")}
    for number, block in enumerate(made):
        counts = {name: luck.poisson(0.05, shape).astype(np.uint16) for name, shape in shapes.items()}
        seen = {f"{name}_seen": luck.normal(size=(*shapes[name][:-1], 2)) for name in ("paths", "landscape")}
        made[number] = replace(block, **counts, **seen, clipped={f"path {number % 2}": 1 + number})
    return made


def sums_of(blocks):
    """What a worker sends of ``blocks``, as it arrives."""
    sums = Sums(QUESTION, DRAWS, sum(block.worlds for block in blocks))
    for block in blocks:
        sums.add(block)
    return pickle.loads(pickle.dumps(sums.sums()))


def same(one: Outcomes, other: Outcomes) -> None:
    for item in fields(Outcomes):
        left, right = getattr(one, item.name), getattr(other, item.name)
        if isinstance(left, pd.DataFrame):
            pd.testing.assert_frame_equal(left, right, check_exact=True)
        else:
            assert left == right


@pytest.mark.parametrize("groups", [[5], [1, 1, 1, 1, 1], [2, 3], [1, 3, 1], [4, 1]])
def test_merged_in_any_grouping_they_say_the_same(blocks, groups):
    merged = Sums(QUESTION, DRAWS)
    for last, size in zip(np.cumsum(groups), groups, strict=True):
        merged.merge(sums_of(blocks[last - size : last]))
    found = outcomes_of(merged)
    same(found, summarise(QUESTION, lambda: blocks, draws=DRAWS))
    assert found.clipped == {"path 0": 9, "path 1": 6} and found.worlds == WORLDS


def test_merged_sums_merge_again(blocks):
    """What was merged may be sent on and merged once more: a tree of workers is as good as one."""
    first, second, whole = (Sums(QUESTION, DRAWS) for _ in range(3))
    for sums, some in ((first, blocks[:2]), (second, blocks[2:])):
        for block in some:
            sums.merge(sums_of([block]))
    for sums in (first, second):
        whole.merge(sums.sums())
    same(outcomes_of(whole), summarise(QUESTION, lambda: blocks, draws=DRAWS))


def test_worlds_with_other_luck_follow_one_another(blocks):
    """The spread between draws takes world k for one of draw k modulo DRAWS: their order counts."""
    luck = np.random.default_rng(9)
    again = list(cut(QUESTION, live(luck, 170, 5, TICKS, close=0.05), [100, 70])())
    merged = Sums(QUESTION, DRAWS)
    merged.merge(sums_of(blocks))
    for block in again:
        merged.luck.merge(luck_of(DRAWS, QUESTION, [block]))
    found, whole = outcomes_of(merged), summarise(QUESTION, lambda: blocks, lambda: again, DRAWS)
    same(found, whole)
    assert (found.headline["closed_sd"] > 0).any()


def test_a_block_that_was_added_is_not_changed_by_what_is_merged(blocks):
    first = sums_of(blocks[:1])
    both, before = MonthCounts(QUESTION), blocks[0].paths.copy()
    both.add(blocks[0])
    both.merge(first["months"])
    assert (both.paths == 2 * before.astype(int)).all() and (blocks[0].paths == before).all()


def test_nothing_is_added_by_the_sums_of_no_world(blocks):
    whole, other = Sums(QUESTION, DRAWS), Sums(QUESTION, DRAWS)
    for sums in (sums_of([]), sums_of(blocks), sums_of([])):
        whole.merge(sums)
    other.merge(sums_of(blocks))
    same(outcomes_of(whole), outcomes_of(other))


def test_counts_beyond_what_a_worker_needs_are_held_where_they_are_merged(blocks):
    full = replace(blocks[0], leaders=np.full_like(blocks[0].leaders, 60_000))
    one, whole = MonthCounts(QUESTION, 700), MonthCounts(replace(QUESTION, worlds=1 << 20))
    one.add(full)
    for _ in range(2):
        whole.merge(one.sums())
    assert one.leaders.dtype == np.uint16 and (whole.leaders == 120_000).all()


def test_what_holds_nothing_is_not_sent():
    counts = np.zeros((3, 40_000), np.uint16)
    counts[1, 5], counts[2, 39_999] = 7, 9
    found = filled(counts)
    assert (found.places.tolist(), found.counts.tolist(), found.shape) == ([40_005, 119_999], [7, 9], (3, 40_000))


def test_plus_by_hand():
    one = {"a": [np.array([1, 2])], "b": 3}
    other = {"a": [np.array([10, 20])], "c": {"d": 4}}
    found = plus(one, other)
    assert found["a"][0].tolist() == [11, 22] and (found["b"], found["c"]) == (3, {"d": 4})
    assert plus([], [1]) == plus([1], []) == [1]
    with pytest.raises(ValueError, match="longer"):
        plus([1], [1, 2])
