"""Trees on states: a planted rule is found as it is, noise is not, thresholds are round."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.outcomes.auc import auc
from sim.outcomes.discovery import (
    FROM,
    LEAF_WORLDS,
    Condition,
    Known,
    best_by_chance,
    discovered,
    narrowed,
    roundest,
)
from sim.outcomes.market_state import QUANTITY, STATE, Feature

pytest.importorskip("sklearn")
CASH, RUNWAY, LISTED = Feature(QUANTITY, "a", "cash"), Feature(QUANTITY, "a", "runway"), Feature(STATE, "b", "listed")
FEATURES = (CASH, RUNWAY, LISTED)


def known(seed: int, worlds: int = 4000, low: float = 0.1, high: float = 0.4, **more: np.ndarray) -> Known:
    """Cash from 0 to 100; the claim comes true with ``low`` below 50 and ``high`` from there on; the rest is noise."""
    luck = np.random.default_rng(seed)
    state = np.column_stack([100 * luck.random(worlds), 60 * luck.random(worlds), luck.random(worlds) < 0.5])
    true = luck.random(worlds) < np.where(state[:, 0] < 50, low, high)
    return Known(state.astype(np.float32), true, more, np.arange(worlds) % 2 == 0)


def test_a_planted_rule_is_found_and_nothing_else():
    found = discovered(known(1), FEATURES)
    root, below, above = found.nodes
    assert root.feature == CASH and root.threshold == 50 and (root.grown, root.worlds) == (2000, 2000)
    assert below.is_leaf and above.is_leaf and (below.parent, above.parent) == (1, 1)
    assert below.conditions == (Condition(CASH, -math.inf, 50),) and above.conditions == (
        Condition(CASH, 50, math.inf),
    )
    assert below.grown + above.grown == 2000 and below.worlds + above.worlds == 2000
    assert below.share.value == pytest.approx(0.1, abs=0.03) and above.share.value == pytest.approx(0.4, abs=0.05)
    assert below.share.low < below.share.value < below.share.high < above.share.low < above.share.high
    assert found.found


def test_shares_are_those_of_the_half_that_did_not_grow_it():
    one = known(2)
    found = discovered(one, FEATURES)
    tests = ~one.grows & (one.state[:, 0] >= 50)
    leaf = found.nodes[2]
    assert leaf.side == FROM and leaf.share.value == one.true[tests].mean() != leaf.grown_share
    assert leaf.worlds == tests.sum()
    scores = np.where(one.state[:, 0] < 50, found.nodes[1].grown_share, leaf.grown_share)
    assert found.auc == auc(scores[~one.grows], one.true[~one.grows]) != auc(scores[one.grows], one.true[one.grows])


def test_the_interval_of_the_area_covers_what_the_rule_can_know():
    """The rule tells 0.8 of the true worlds and 0.4 of the others to be rich: an area of 0.7."""
    hits = 0
    for seed in range(200):
        area = discovered(known(seed, 2000), FEATURES).auc
        hits += area.low <= 0.7 <= area.high
    assert 0.91 <= hits / 200 <= 0.98  # 0.95 and 2.6 standard errors, less what a threshold is off


def test_noise_grows_a_tree_in_one_of_twenty_at_most():
    grown = 0
    for seed in range(200):
        found = discovered(known(seed, 2000, 0.2, 0.2), FEATURES)
        grown += len(found.nodes) > 1
        if len(found.nodes) == 1:
            assert found.auc == (0.5, 0.5, 0.5) and not found.found
    assert grown / 200 <= 0.08  # 0.05 and 2 standard errors


def test_no_leaf_is_smaller_than_it_may_be_and_none_is_deeper():
    luck = np.random.default_rng(3)
    state = luck.random((16_000, 3)).astype(np.float32)
    true = luck.random(16_000) < np.floor(state[:, 0] * 16) / 15  # sixteen steps: eight leaves cannot hold them
    found = discovered(Known(state, true, {}, np.arange(16_000) % 2 == 0), FEATURES)
    leaves = [node for node in found.nodes if node.is_leaf]
    assert len(leaves) == 8 and all(node.grown >= LEAF_WORLDS for node in leaves)
    assert all(len(node.conditions) == 1 for node in leaves), "all are about cash: one condition with two ends"


def test_too_few_events_grow_nothing():
    one = known(1, 2000, 0.0, 0.04)
    found = discovered(one, FEATURES)
    assert 0 < found.rare < 50 and found.nodes == () and math.isnan(found.auc.value)


def test_who_is_not_there_is_counted_at_every_node():
    one = known(1)
    gone, late = one.state[:, 0] < 10, one.state[:, 0] > 90
    found = discovered(one._replace(absent={"a": np.stack([gone, late])}), FEATURES)
    below, above = found.nodes[1:]
    assert below.absent[CASH] == (int(gone.sum()), 0, int((one.state[:, 0] < 50).sum()))
    assert above.absent[CASH].gone == 0 and above.absent[CASH].not_entered == late.sum()


@pytest.mark.parametrize(
    ("low", "high", "near", "wanted"),
    [
        (54.3, 56.1, 55.22, 55),
        (47, 61, 55, 60),
        (2, 3, 2.5, 3),
        (0, 1, 0.5, 1),
        (-3, 4, 1, 0),
        (-8.4, -7.9, -8.1, -8),
        (0.2299, 0.2301, 0.23, 0.23),
        (2870, 2930, 2930, 2900),
        (0, 0.4, 0.1, 0.1),
        (1234.56, 1234.57, 1234.565, 1234.57),
    ],
)
def test_the_number_with_the_fewest_digits(low, high, near, wanted):
    assert roundest(low, high, near) == wanted
    assert low < wanted <= high


def test_what_is_said_twice_of_a_feature_is_one_condition():
    once = narrowed((), CASH, 50.0, "below")
    assert narrowed(once, CASH, 20.0, FROM) == (Condition(CASH, 20.0, 50.0),)
    assert narrowed(once, LISTED, 1.0, FROM) == (*once, Condition(LISTED, 1.0, math.inf))


def test_the_best_of_all_thresholds_is_as_rare_as_it_says():
    """Of 3,000 features that tell nothing, as many as it says part the worlds better than the 5% of it."""
    luck, worlds, least = np.random.default_rng(5), 1000, 0.1
    true = luck.random(worlds) < 0.3
    cuts, chances = np.arange(int(least * worlds), int((1 - least) * worlds) + 1), []
    for _ in range(3000):
        shuffled = luck.permutation(true)
        share = np.cumsum(shuffled)[cuts - 1] / cuts
        rest = (shuffled.sum() - share * cuts) / (worlds - cuts)
        best = cuts[np.argmax(np.abs(share - rest) / np.sqrt(1 / cuts + 1 / (worlds - cuts)))]
        chances.append(best_by_chance(shuffled, np.arange(worlds) < best, least))
    assert 0.035 <= np.mean(np.array(chances) <= 0.05) <= 0.06
