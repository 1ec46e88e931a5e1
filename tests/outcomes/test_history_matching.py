"""Calibration on made-up models whose answer is known."""

import numpy as np
import pytest

from sim.outcomes.history_matching import (
    accepted,
    cut,
    effective,
    emulated,
    implausible,
    next_step,
    power_for,
    power_of,
    screen,
    steps,
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
    assert weighed(scores, 0.5) == pytest.approx([0.5, 0.25, 0.25])
    assert effective(np.array([0.5, 0.25, 0.25])) == pytest.approx(8 / 3)
    assert taken(np.array([0.5, 0.25, 0.25]), 8).tolist() == [0, 0, 0, 0, 1, 1, 2, 2]


def test_the_power_leaves_as_many_points_as_must_count():
    scores = np.linspace(-50, 0, 500)
    power = power_for(scores, 1.0, 100)
    assert effective(weighed(scores, power)) == pytest.approx(100, rel=1e-6) and 0 < power < 1
    assert power_for(scores, 0.01, 100) == 0.01


def test_the_power_of_facts_that_say_the_same_is_one_over_their_number():
    slopes = np.array([[0.5, 0.5, 0.5, 0.5], [1.0, 1.0, 1.0, 1.0]])
    assert power_of(slopes, np.eye(4)) == pytest.approx(1.0)
    assert power_of(slopes, np.ones((4, 4))) == pytest.approx(0.25)
    apart = np.array([[2.0, 0.0], [0.0, 2.0]])  # each speaks to an assumption of its own
    assert power_of(apart, np.ones((2, 2))) == pytest.approx(1.0)
    assert power_of(np.zeros((2, 3)), np.eye(3)) == 1.0


def test_with_their_power_facts_that_hang_together_cover_what_made_them():
    """Twenty numbers, each the sum of a setting and of luck of which half is common to all."""
    luck, n = np.random.default_rng(5), 20
    related = 0.5 * np.eye(n) + 0.5
    power = power_of(np.ones((1, n)), related)
    assert power == pytest.approx(1 / 10.5)
    inside = []
    for _ in range(400):
        truth = luck.normal()
        y = truth + luck.multivariate_normal(np.zeros(n), related)
        precision = 1 + power * n
        inside.append(abs(power * y.sum() / precision - truth) < 1.645 / np.sqrt(precision))
    assert 0.86 < np.mean(inside) < 0.96


def test_steps_leave_the_priors_as_they_are():
    """Where no fact says anything, settings stay uniform, also those that start on one side."""
    x = np.random.default_rng(3).random((4000, 3)) ** [1.0, 1.0, 0.5]
    for seed in range(150):
        to, back = steps(x, 0.3, seed)
        assert to.min() > 0 and to.max() < 1
        x = np.where(accepted(np.zeros(4000), np.zeros(4000), back, 1.0, seed)[:, None], to, x)
    assert x.mean(axis=0) == pytest.approx([0.5] * 3, abs=0.02)
    assert (x**2).mean(axis=0) == pytest.approx([1 / 3] * 3, abs=0.02)
    assert np.abs(np.corrcoef(x.T) - np.eye(3)).max() < 0.06


def test_steps_find_the_posterior_of_a_normal_fact():
    """A number seen as 0.6 with an error of 0.05, of the mean of two settings: the sum is known, the difference not."""

    def score(x):
        return -0.5 * ((x.mean(axis=1) - 0.6) / 0.05) ** 2

    x = np.random.default_rng(4).random((4000, 2))
    x = x[taken(weighed(score(x), 1.0), 4000)]
    for seed in range(60):
        to, back = steps(x, 0.3, seed)
        x = np.where(accepted(score(x), score(to), back, 1.0, seed)[:, None], to, x)
    grid = np.stack(np.meshgrid(*[(np.arange(400) + 0.5) / 400] * 2), axis=-1).reshape(-1, 2)
    weights = weighed(score(grid), 1.0)
    apart, apart_on_grid = x[:, 0] - x[:, 1], grid[:, 0] - grid[:, 1]
    assert x.mean() == pytest.approx(weights @ grid.mean(axis=1), abs=0.01)
    assert x.mean(axis=1).std() == pytest.approx(np.sqrt(weights @ (grid.mean(axis=1) - x.mean()) ** 2), rel=0.1)
    assert apart.std() == pytest.approx(np.sqrt(weights @ apart_on_grid**2), rel=0.1)


def test_steps_follow_how_many_are_taken():
    assert next_step(0.4, 0.25) == pytest.approx(0.4)
    assert next_step(0.4, 0.1) < 0.4 < next_step(0.4, 0.5)
    assert next_step(0.9, 1.0) < 1 and next_step(0.06, 0.0) > 0.03


def test_where_all_is_equal_every_step_is_taken_and_none_to_what_is_far_less_likely():
    assert accepted(np.zeros(50), np.zeros(50), np.zeros(50), 1.0, 0).all()
    assert not accepted(np.zeros(50), np.full(50, -99.0), np.zeros(50), 1.0, 0).any()
