"""Calibration on made-up models whose answer is known."""

import numpy as np
import pytest

from sim.outcomes.history_matching import cut, emulated, implausible, nearest, screen, surprise


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


@pytest.mark.parametrize("facts", [6])
def test_what_is_kept_covers_the_truth_in_nine_of_ten_repeats(facts):
    luck = np.random.default_rng(1)
    assumptions, worlds = 4, 20_000
    slopes = luck.normal(size=(assumptions, facts))
    x = luck.random((worlds, assumptions))
    y = x @ slopes + luck.normal(0, 0.3, (worlds, facts))
    covered = []
    for _ in range(60):
        true = luck.random(assumptions)
        seen = true @ slopes + luck.normal(0, 0.3, facts)
        low, high = np.quantile(nearest(x, y, seen, 500).draws, [0.05, 0.95], axis=0)
        covered.append((low <= true) & (true <= high))
    assert 0.84 < np.mean(covered) < 0.96


def test_facts_that_say_nothing_leave_the_prior():
    luck = np.random.default_rng(2)
    x, y = luck.random((5000, 3)), luck.normal(size=(5000, 4))
    kept = nearest(x, y, np.zeros(4), 500).draws
    assert np.abs(np.quantile(kept, [0.05, 0.5, 0.95], axis=0).T - [0.05, 0.5, 0.95]).max() < 0.1
