"""Worlds that agree with what is known: which they are, what a block cut down to them keeps, and all worlds beside."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthetic_runs import START, block_of, chance, cut, firm, kept_shape, live, scenario, still

from sim.engine.simulate import simulate
from sim.foundation.columns import CLOSED
from sim.foundation.histograms import HALF, PATHS, Quantity, bin_bounds, bin_of
from sim.outcomes import beside
from sim.outcomes.given import (
    COUNTED_LEFT,
    LANDSCAPE_NAMES,
    PATH_NAMES,
    agreeing,
    bins_of,
    cut_block,
    known_only,
    numbers_of,
    picked,
)
from sim.outcomes.given import cut as cut_down
from sim.outcomes.intervals import wilson
from sim.outcomes.summary import summarise
from sim.scenario.frozen import freeze
from sim.scenario.load import load_text
from sim.scenario.model import Claim, Probe
from sim.scenario.year_ends import KEPT, firms_kept, year_ends

FIRMS = (firm("a"), firm("b"), firm("crowd", copies=3), chance("late"), firm("g", "giant"))
TEXT = """
name: kept
start: 2023-07
end: 2025-03
worlds: 60
seed: 3
firms:
  alpha: {name: Alpha, kind: startup, enters: 2023-07, cash: {uniform: [50, 600]}}
  beta: {name: Beta, kind: startup, enters: 2023-09, cash: 200}
  giant: {name: Giant, kind: giant, enters: 2023-07}
"""


def closed_by(tick: int, **more: object) -> Claim:
    return Claim("goes", "", "", freeze({"firm": "a", "fate": "closed", "by": START + tick - 1}), **more)  # type: ignore[arg-type]


def test_a_fact_counts_as_it_happened_and_what_is_undecided_is_set_aside():
    histories = still(3, 7)
    histories["exit_month"][1, 0], histories["fate"][1, 0] = 5, CLOSED
    question = scenario(FIRMS, 12, probes=(Probe("a", "cash", START + 1),))
    block = block_of(question, histories, probes=np.array([[3.0], [np.nan], [np.nan]]))
    rich = Claim("rich", "", "", freeze({"firm": "a", "quantity": "cash", "at": START + 1, "above": 1}))
    not_rich = Claim("not-rich", "", "", rich.when, None, False)
    known = [closed_by(6), closed_by(6, happened=True), closed_by(6, happened=False), closed_by(4), rich, not_rich]
    told = [[False, False, True, False, True, False], [True, True, False, False, False, False]]
    assert agreeing(known, block, question).tolist() == [*told, [False, False, True, False, False, False]]
    assert agreeing([], block, question).shape == (3, 0)


def test_a_cut_run_is_the_run_of_the_worlds_that_are_left():
    """But for histograms, of which only those made anew are compared, below."""
    luck = np.random.default_rng(5)
    histories = live(luck, 600, 7, 24)
    question = scenario(FIRMS, 24, {"pair": ("a", "b")}, claims=(closed_by(20),), facts=(closed_by(9, happened=False),))
    worlds = len(histories)
    vectors = {"endgame": luck.integers(1, 40, worlds), "extinct": luck.integers(1, 40, worlds)}
    flags = luck.random(worlds) < 0.3
    flags[:90] = False  # a block of which nothing is left
    blocks = cut(question, histories, [90, 200, worlds - 290], **vectors)
    left = list(cut_down(blocks(), flags, question))
    assert len(left) == 2 and sum(block.worlds for block in left) == flags.sum()
    assert np.concatenate([numbers_of(block) for block in left]).tolist() == np.flatnonzero(flags).tolist()
    alone = block_of(question, histories[flags], **{name: vector[flags] for name, vector in vectors.items()})
    found, expected = summarise(question, lambda: left), summarise(question, lambda: [alone])
    for name in ("fates", "causes", "survival", "endgame", "claims", "facts", "headline"):
        pd.testing.assert_frame_equal(getattr(found, name), getattr(expected, name))
    assert (found.worlds, found.extinct) == (expected.worlds, expected.extinct)


def test_events_go_with_their_worlds():
    question = load_text(TEXT)
    block = simulate(question, 100, 40)
    flags = np.arange(40) % 3 == 1
    left = cut_block(block, flags, question)
    assert left.worlds == 13 and numbers_of(left)[:2].tolist() == [101, 104]
    assert set(left.events["world"]) == set(numbers_of(left)) and len(left.events) < len(block.events)
    assert numbers_of(block).tolist() == list(range(100, 140))


def test_what_is_made_anew_is_what_was_recorded_where_all_worlds_are_left():
    """Startups left by month exactly; runway, cash and revenue at year ends to the precision they are kept with."""
    question = load_text(TEXT)
    block = simulate(question, 0, 60)
    left = cut_block(block, np.ones(60, bool), question)
    for name in COUNTED_LEFT:
        at = LANDSCAPE_NAMES.index(name)
        assert np.array_equal(left.landscape[at], block.landscape[at]), name
        assert np.array_equal(left.landscape_seen[at], block.landscape_seen[at]), name
    assert left.landscape.sum() == 2 * block.landscape[0].sum()  # and nothing else
    ticks = [month - question.start + 1 for month in year_ends(question.start, question.end)]
    startups, quantities = range(len(firms_kept(question))), [PATH_NAMES.index(name) for name in KEPT]
    told = np.ix_(startups, quantities, ticks)
    assert left.paths.sum() == left.paths[told].sum() == block.paths[told].sum() > 0
    apart = np.abs(left.paths[told].astype(int) - block.paths[told]).sum()
    assert apart <= 2, "a value near the edge of its bin may be rounded into the next"
    np.testing.assert_allclose(left.paths_seen[told], block.paths_seen[told], rtol=1e-6)
    assert left.leaders.sum() == 0 < block.leaders.sum()


def test_only_what_is_known_has_rows():
    question = load_text(TEXT)
    block = cut_block(simulate(question, 0, 60), np.arange(60) < 30, question)
    told = known_only(question, summarise(question, lambda: [block]))
    assert set(told.paths["firm"]) == {"alpha", "beta"} and set(told.paths["quantity"]) == set(KEPT)
    assert sorted(set(told.paths["date"])) == ["2023-12", "2024-12", "2025-03"]
    assert set(told.landscape["quantity"]) == set(COUNTED_LEFT) and told.leaders.empty and told.clipped == {}


@given(st.lists(st.floats(-1e14, 1e14, allow_subnormal=False), min_size=1, max_size=20), st.sampled_from(PATHS))
def test_bins_of_all_at_once_are_those_of_each(values: list[float], quantity: Quantity):
    expected = [bin_of(np.float64(value), quantity.grid, quantity.scale) for value in values]
    assert bins_of(np.array(values), quantity).tolist() == expected
    assert bins_of(np.array([0.0]), quantity).tolist() == [HALF]


@pytest.mark.parametrize("quantity", [PATHS[PATH_NAMES.index(name)] for name in KEPT], ids=KEPT)
def test_bins_at_their_edges(quantity: Quantity):
    low, high = bin_bounds(quantity)
    edges = np.unique(np.concatenate([low, high]))
    values = np.concatenate([edges, np.nextafter(edges, np.inf), np.nextafter(edges, -np.inf)])
    expected = [bin_of(value, quantity.grid, quantity.scale) for value in values]
    assert bins_of(values, quantity).tolist() == expected


# all worlds beside


def counted(question, blocks, flags):
    """What beside_frame takes: every world of ``blocks``, and those without a flag."""
    every, aside = beside.TrueAndFates(question), beside.TrueAndFates(question)
    for block in blocks():
        every.add(block)
        aside.add(picked(block, ~flags[block.first : block.first + block.worlds]))
    return every, aside


def test_beside_by_hand():
    """Ten worlds; a closes in worlds 0 to 3; worlds 0, 4, 5 and 6 are left."""
    histories = still(10, 7)
    histories["exit_month"][:4, 0], histories["fate"][:4, 0] = 5, CLOSED
    question = scenario(FIRMS, 12, claims=(closed_by(6),))
    blocks = cut(question, histories, [6, 4])
    flags = np.isin(np.arange(10), [0, 4, 5, 6])
    left = summarise(question, lambda: list(cut_down(blocks(), flags, question)))
    frame = beside.beside_frame(question, left, *counted(question, blocks, flags)).set_index(
        ["about", "id", "quantity"]
    )
    for key in (("fate", "a", "closed"), ("claim", "goes", "true")):
        row = frame.loc[key]
        assert row[["share", "worlds", "all_share", "all_worlds"]].tolist() == [0.25, 4, 0.4, 10]
        assert row["apart"] == pytest.approx(-0.15)
        low, high = (float(end) for end in wilson(0.25, 4))
        low_aside, high_aside = (float(end) for end in wilson(0.5, 6))
        down = 0.6 * np.hypot(0.25 - low, high_aside - 0.5)  # 0.6: the part that is set aside
        up = 0.6 * np.hypot(high - 0.25, 0.5 - low_aside)
        assert row[["apart_low", "apart_high"]].tolist() == pytest.approx([-0.15 - down, -0.15 + up])
    everything = summarise(question, blocks)
    same = beside.beside_frame(question, everything, *counted(question, blocks, np.ones(10, bool)))
    assert (same[["apart", "apart_low", "apart_high"]].dropna() == 0).all(axis=None) and len(same.dropna()) > 40


def test_the_interval_of_what_being_given_moves_holds_the_truth():
    """P(A | left) - P(A) is known: left in 0.3 of worlds, A in 0.5 of those and in 0.35 of the others."""
    luck, truth, inside, repeats, worlds = np.random.default_rng(11), 0.7 * (0.5 - 0.35), 0, 4000, 400
    for _ in range(repeats):
        left = luck.random(worlds) < 0.3
        came = luck.random(worlds) < np.where(left, 0.5, 0.35)
        mine, every, aside = (
            (share := float(came[of].mean()), *(float(end) for end in wilson(share, of.sum())), int(of.sum()))
            for of in (left, np.ones(worlds, bool), ~left)
        )
        _, low, high = beside.apart_of(mine, every, aside)
        inside += low <= truth <= high
    assert 0.94 < inside / repeats < 0.965


def test_kept_of_the_made_up_blocks_is_as_wide_as_the_scenario_asks():
    assert kept_shape(load_text(TEXT)) == (3, 2, len(KEPT))
