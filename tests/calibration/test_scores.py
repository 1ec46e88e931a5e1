"""The scores by numbers worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tools.calibration.scores import (
    Forecast,
    Interval,
    brier,
    coverage,
    inwards,
    leave_one_out,
    log_score,
    middle,
    place,
)


def test_the_brier_score_is_the_mean_squared_distance():
    # (0.8 - 1)^2 = 0.04, (0.3 - 0)^2 = 0.09: mean 0.065
    assert brier([Forecast(0.8, 100, True), Forecast(0.3, 100, False)]) == pytest.approx(0.065)


def test_the_log_score_is_the_mean_surprise():
    # -log 0.8 and -log(1 - 0.3)
    expected = -(math.log(0.8) + math.log(0.7)) / 2
    assert log_score([Forecast(0.8, 100, True), Forecast(0.3, 100, False)]) == pytest.approx(expected)


def test_what_no_world_saw_is_half_a_case_and_not_impossible():
    assert inwards(0.0, 50) == 0.01
    assert inwards(1.0, 50) == 0.99
    assert inwards(0.4, 50) == 0.4
    # 0 of 50 worlds, and it happened: -log(1 / 100)
    assert log_score([Forecast(0.0, 50, True)]) == pytest.approx(math.log(100))
    # the Brier score needs no such care
    assert brier([Forecast(0.0, 50, True)]) == 1.0


def test_a_certain_forecast_is_moved_by_its_own_number_of_cases():
    assert log_score([Forecast(1.0, 4, True)]) == pytest.approx(-math.log(7 / 8))
    assert log_score([Forecast(1.0, 5000, True)]) == pytest.approx(-math.log(9999 / 10000))


def test_the_base_rate_of_an_event_is_that_of_the_others():
    # two of five happened: for one that did 1 of 4, for one that did not 2 of 4
    rates = leave_one_out([True, True, False, False, False])
    assert [one.probability for one in rates] == [0.25, 0.25, 0.5, 0.5, 0.5]
    assert {one.cases for one in rates} == {4}
    # (0.75^2 * 2 + 0.5^2 * 3) / 5 = (1.125 + 0.75) / 5
    assert brier(rates) == pytest.approx(0.375)


def test_the_only_event_of_a_class_has_one_half():
    assert leave_one_out([True]) == [Forecast(0.5, 2, True)]
    assert brier(leave_one_out([False])) == 0.25
    assert log_score(leave_one_out([False])) == pytest.approx(math.log(2))


def test_a_class_of_one_kind_is_known_but_for_half_a_case():
    rates = leave_one_out([False] * 7)
    assert brier(rates) == 0.0
    assert log_score(rates) == pytest.approx(-math.log(11 / 12))  # 0 of 6 counts as 1/12


def test_the_middle_of_the_worlds():
    values = np.arange(101.0)
    assert middle(values, 0.5) == Interval(25.0, 75.0)
    assert middle(values, 0.9) == Interval(pytest.approx(5.0), pytest.approx(95.0))


@pytest.mark.parametrize(
    ("low", "high", "inside"),
    [
        (10, 10, True),
        (20, 20, True),
        (9.9, 9.9, False),
        (20.1, 20.1, False),
        (0, 10, True),
        (0, 30, True),
        (15, math.inf, True),
        (21, math.inf, False),
    ],
)
def test_an_interval_holds_a_number_or_any_of_a_range(low, high, inside):
    assert Interval(10, 20).holds(low, high) is inside


def test_coverage_has_the_exact_interval():
    # Clopper and Pearson, nothing of 10: above it lies 1 - (0.025)^(1/10) = 0.3085
    assert coverage(0, 10) == Interval(0.0, pytest.approx(1 - 0.025**0.1))
    assert coverage(10, 10) == Interval(pytest.approx(0.025**0.1), 1.0)
    # 5 of 10, from tables: 0.1871 to 0.8129
    assert coverage(5, 10) == Interval(pytest.approx(0.1871, abs=1e-4), pytest.approx(0.8129, abs=1e-4))


def test_the_place_of_a_number_among_worlds():
    values = np.array([1.0, 2.0, 2.0, 3.0])
    assert place(values, 2.0) == 0.5
    assert place(values, 0.0) == 0.0
    assert place(values, 2.5) == 0.75
    assert place(values, 9.0) == 1.0
