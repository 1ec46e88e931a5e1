"""Calibration on made-up models whose answer is known."""

import numpy as np
import pytest

from sim.outcomes.history_matching import (
    cut,
    effective,
    emulated,
    implausible,
    moved,
    power_for,
    screen,
    surprise,
    taken,
    weighed,
)


def test_an_emulator_of_a_quadratic_has_next_to_no_error():
    luck = np.random.default_rng(0)
    x = luck.random((400, 6))
    y = 3 + 5 * x[:, 1] - 4 * x[:, 3] * x[:, 1] + x[:, 3] ** 2
    screened = screen(x, y[:, None])
    assert screened.speaks[[1, 3], 0].all()
    found = emulated(x, y, screened.rho[:, 0], screened.speaks[:, 0])
    new = luck.random((50, 6))
    true = 3 + 5 * new[:, 1] - 4 * new[:, 3] * new[:, 1] + new[:, 3] ** 2
    assert np.abs(found.mean(new) - true).max() < 0.2 and found.error < 0.1


def test_noise_speaks_to_nothing_in_19_of_20_screenings():
    found = 0
    for seed in range(40):
        luck = np.random.default_rng(seed)
        found += screen(luck.random((200, 30)), luck.random((200, 10))).speaks.any()
    assert found <= 6


def test_implausible_by_hand():
    mean, spread = np.array([[10.0, 0.0]]), np.array([[3.0, 1.0]])
    found = implausible(mean, spread, np.array([30.0, -1]), np.array([40.0, 1]), np.array([[4.0, 0.0]]))
    assert found[0].tolist() == [20 / 5, 0.0]


def test_a_cut_by_hand():
    assert surprise(np.array([0.05, 0.0027])) == pytest.approx([1.96, 3.0], abs=0.001)
    assert cut(1) == pytest.approx(1.96, abs=0.001) and cut(40) == pytest.approx(3.227, abs=0.001)


def test_weights_by_hand():
    scores = np.log(np.array([0.4, 0.1, 0.1]))
    found = weighed(np.append(scores, -np.inf), 0.5)
    assert found == pytest.approx(np.array([2, 1, 1, 0]) ** 1.0 / 4)
    assert effective(np.array([0.5, 0.25, 0.25])) == pytest.approx(8 / 3)
    assert taken(np.array([0.5, 0.25, 0.25]), 8).tolist() == [0, 0, 0, 0, 1, 1, 2, 2]


def test_the_power_leaves_as_many_points_as_must_count():
    scores = np.linspace(-50, 0, 500)
    power = power_for(scores, 1.0, 100)
    assert effective(weighed(scores, power)) == pytest.approx(100, rel=1e-6) and 0 < power < 1
    assert power_for(scores, 0.01, 100) == 0.01


def test_new_settings_keep_mean_and_variance_and_stay_in_bounds():
    luck = np.random.default_rng(3)
    x = 0.5 + 0.1 * luck.normal(size=(4000, 3))
    weights = np.full(4000, 1 / 4000)
    found = moved(x, weights, 4000, 1)
    assert found.mean(axis=0) == pytest.approx(x.mean(axis=0), abs=0.005)
    assert found.std(axis=0) == pytest.approx(x.std(axis=0), rel=0.05)
    edge = moved(luck.random((4000, 2)), weights, 4000, 1)
    assert edge.min() >= 0 and edge.max() <= 1 and not (edge == 1).any()
