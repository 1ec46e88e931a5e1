"""The area under the curve: by hand, as scikit-learn has it, and its interval on scores whose area is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from sim.outcomes.auc import auc
from sim.outcomes.intervals import Z


def test_by_hand():
    """Of the four pairs three are in order; shares below are 1 and 1/2, shares above 1/2 and 1: variances of 1/8."""
    found = auc(np.array([0.8, 0.6, 0.7, 0.2]), np.array([True, True, False, False]))
    assert found.value == 0.75
    error = math.sqrt(1 / 8 / 2 + 1 / 8 / 2) / (0.75 * 0.25)
    low, high = (1 / (1 + math.exp(-(math.log(3) + side * Z * error))) for side in (-1, 1))
    assert (found.low, found.high) == pytest.approx((low, high))


def test_equal_scores_count_one_half():
    found = auc(np.array([1.0, 1.0, 1.0, 0.0]), np.array([True, False, True, False]))
    assert found.value == 0.75


@pytest.mark.parametrize("seed", range(10))
def test_as_scikit_learn_has_it(seed):
    metrics = pytest.importorskip("sklearn.metrics")
    luck = np.random.default_rng(seed)
    score, true = luck.integers(0, 6, 200).astype(float), luck.random(200) < 0.3
    assert auc(score, true).value == pytest.approx(metrics.roc_auc_score(true, score))


@pytest.mark.parametrize(("yes", "no", "apart"), [(60, 300, 0.8), (200, 800, 1.2), (50, 1000, 0.0)])
def test_the_interval_covers_the_area_of_two_normals(yes, no, apart):
    """Two normal scores, one shifted: the area is that of their difference below the shift."""
    area, hits, true = norm.cdf(apart / math.sqrt(2)), 0, np.arange(yes + no) < yes
    for seed in range(1000):
        luck = np.random.default_rng(seed)
        found = auc(luck.normal(apart * true, 1), true)
        hits += found.low <= area <= found.high
    assert 0.93 <= hits / 1000 <= 0.97


def test_the_interval_covers_where_scores_are_few():
    """Of the true worlds 80% have the high score, of the others 40%: 0.8 * 0.6 + (0.8 * 0.4 + 0.2 * 0.6) / 2."""
    hits, true = 0, np.arange(1000) < 250
    for seed in range(1000):
        luck = np.random.default_rng(seed)
        found = auc((luck.random(1000) < np.where(true, 0.8, 0.4)).astype(float), true)
        hits += found.low <= 0.7 <= found.high
    assert 0.93 <= hits / 1000 <= 0.97


def test_what_is_told_apart_wholly_or_not_at_all():
    true = np.arange(60) < 20
    whole = auc(true.astype(float), true)
    assert whole.value == whole.high == 1 and 0.8 < whole.low < 0.9
    assert auc(np.zeros(60), true) == (0.5, 0.5, 0.5)
    assert math.isnan(auc(np.zeros(5), np.zeros(5, bool)).value)
    one = auc(np.array([1.0, 0.0, 0.5]), np.array([True, False, False]))
    assert one.value == 1 and math.isnan(one.low)
