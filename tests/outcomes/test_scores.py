"""Scores against a kept library on random data, and by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scoringrules
from scipy.stats import t

from sim.outcomes.scores import (
    Forecast,
    brier,
    coverage,
    crps,
    inwards,
    leave_one_out,
    mean_of,
    middle,
    place,
    surprise,
)


@pytest.mark.parametrize("seed", range(20))
def test_crps_is_that_of_scoringrules(seed):
    luck = np.random.default_rng(seed)
    values, fact = luck.lognormal(size=luck.integers(1, 300)), luck.normal(0, 3)
    assert crps(values, fact) == pytest.approx(
        float(scoringrules.crps_ensemble(fact, values, estimator="nrg")), abs=1e-12
    )


def test_crps_of_one_number_is_the_distance():
    assert crps(np.array([3.0]), 5.0) == 2.0


@pytest.mark.parametrize("seed", range(20))
def test_brier_and_log_are_those_of_scoringrules(seed):
    luck = np.random.default_rng(seed)
    p, happened = float(luck.uniform(0.05, 0.95)), bool(luck.integers(2))
    assert brier(Forecast(p, 1000, happened)) == pytest.approx(float(scoringrules.brier_score(float(happened), p)))
    assert surprise(Forecast(p, 1000, happened)) == pytest.approx(float(scoringrules.log_score(float(happened), p)))


def test_certainty_is_moved_half_a_case_inwards():
    assert inwards(0.0, 50) == 0.01
    assert surprise(Forecast(0.0, 50, True)) == pytest.approx(-math.log(0.01))
    assert surprise(Forecast(1.0, 50, True)) == pytest.approx(-math.log(0.99))


def test_the_base_rate_leaves_the_event_itself_out():
    bases = leave_one_out([True, False, False])
    assert [base.probability for base in bases] == [0.0, 0.5, 0.5]
    assert [base.cases for base in bases] == [2, 2, 2]
    assert leave_one_out([True]) == [Forecast(0.5, 2, True)]


def test_the_mean_of_scores_has_students_interval():
    found = mean_of([1.0, 2.0, 6.0])
    half = t.ppf(0.975, 2) * math.sqrt(7.0) / math.sqrt(3)
    assert found.value == 3.0 and found.facts == 3
    assert (found.low, found.high) == pytest.approx((3 - half, 3 + half))
    assert math.isnan(mean_of([1.0]).low) and math.isnan(mean_of([]).value)


def test_where_a_fact_lies_among_worlds():
    assert place(np.array([1.0, 2.0, 2.0, 3.0]), 2.0) == 0.5
    assert middle(np.arange(101.0), 0.9) == pytest.approx((5.0, 95.0))
    assert middle(np.arange(101.0), 0.9).holds(94, 200) and not middle(np.arange(101.0), 0.9).holds(96, 200)


def test_coverage_is_the_exact_binomial_interval():
    assert coverage(0, 10).high == pytest.approx(1 - 0.025 ** (1 / 10))
