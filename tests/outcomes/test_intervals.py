"""Intervals: against scipy, against exact enumeration, and at the edges."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.outcomes.intervals import (
    effective_size,
    of_worlds,
    paired_score,
    pooled_wilson,
    rank_bounds,
    ratio_wilson,
    wilson,
)
from tools.students_t import t_interval


@pytest.mark.parametrize("successes,trials", [(0, 10), (3, 10), (10, 10), (1, 1), (499, 10_000)])
def test_wilson_is_scipys(successes: int, trials: int) -> None:
    expected = stats.binomtest(successes, trials).proportion_ci(method="wilson")
    low, high = wilson(successes / trials, trials)
    assert (float(low), float(high)) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_wilson_without_trials_says_nothing() -> None:
    low, high = wilson([np.nan, 0.5], [0, 10])
    assert np.isnan(low[0]) and np.isnan(high[0]) and low[1] < 0.5 < high[1]


def test_wilson_covers_for_one_firm() -> None:
    hits = np.random.default_rng(2).binomial(1000, 0.3, 20_000)
    low, high = wilson(hits / 1000, 1000)
    assert 0.93 <= ((low <= 0.3) & (high >= 0.3)).mean() <= 0.97


def test_pooled_with_one_member_is_wilson() -> None:
    low, high = pooled_wilson([0, 37, 200], [0, 37, 200], 200, 1)
    expected = wilson(np.array([0, 37, 200]) / 200, 200)
    np.testing.assert_allclose([low, high], expected, atol=1e-12)


def test_pooled_covers_where_members_share_luck_and_wilson_of_all_members_does_not() -> None:
    luck, worlds, members, runs = np.random.default_rng(4), 200, 6, 4000
    shared = luck.choice([0.1, 0.7], (runs, worlds))  # the share in a world; 0.4 on average
    counts = luck.binomial(members, shared)
    total, squares = counts.sum(axis=1), (counts * counts).sum(axis=1)
    low, high = pooled_wilson(total, squares, worlds, members)
    assert 0.93 <= ((low <= 0.4) & (high >= 0.4)).mean() <= 0.97
    low, high = wilson(total / (worlds * members), worlds * members)
    assert ((low <= 0.4) & (high >= 0.4)).mean() < 0.85


def at_a_half(trials: float, quantile: float) -> tuple[float, float]:
    """Wilson's interval of one half, where it is short: half its width is z / 2 sqrt(n + z²)."""
    half = quantile / (2 * np.sqrt(trials + quantile**2))
    return 0.5 - half, 0.5 + half


def test_pooled_is_never_surer_than_as_many_independent_firms() -> None:
    """Exactly one of six in every world: no spread at all, yet the interval has a width."""
    t = stats.t.ppf(0.975, 99)
    low, high = pooled_wilson(100, 100, 100, 6)
    expected = wilson(1 / 6, 600, t)
    assert (float(low), float(high)) == pytest.approx((float(expected[0]), float(expected[1])))
    assert float(pooled_wilson(0, 0, 100, 6)[1]) == pytest.approx(float(wilson(0, 100, t)[1]))
    assert np.isnan(pooled_wilson(0, 0, 0, 6)).all()


def test_two_worlds_by_hand() -> None:
    """2 and 6 of 8: shares 1/4 and 3/4, variance 1/8, of their mean 1/16, so four trials; t with one is 12.7062."""
    found = pooled_wilson(8, 4 + 36, 2, 8)
    assert (float(found[0]), float(found[1])) == pytest.approx(at_a_half(4, 12.70620), abs=1e-6)
    assert float(found[0]) == pytest.approx(0.00609, abs=1e-5)


@pytest.mark.parametrize("members", [1, 6])
def test_one_world_gives_no_interval(members: int) -> None:
    assert np.isnan(pooled_wilson([0, 1], [0, 1], 1, members)).all()
    assert np.isnan(of_worlds(0.5, 1)).all() and not np.isnan(of_worlds(0.5, 2)).any()
    assert np.isnan(ratio_wilson(2, 3, (4, 6, 9))).all()  # three listed, all in one world


def hazard_shared(luck: np.random.Generator, runs: int, worlds: int) -> tuple[np.ndarray, float]:
    """(runs, worlds) survivors of 100 firms after 24 months, whose monthly hazard is uniform to 0.2 in each world."""
    hazard = luck.uniform(0, 0.2, (runs, worlds))
    return luck.binomial(100, (1 - hazard) ** 24), (1 - 0.8**25) / (25 * 0.2)


@pytest.mark.parametrize("worlds,least", [(2, 0.98), (3, 0.85), (5, 0.87), (10, 0.90), (20, 0.92), (100, 0.935)])
def test_few_worlds_that_share_a_skewed_hazard(worlds: int, least: float) -> None:
    """With the normal quantile and n in the variance it was 55% of two worlds, 65% of three, 78% of five."""
    counts, truth = hazard_shared(np.random.default_rng(21), 4000, worlds)
    low, high = pooled_wilson(counts.sum(axis=1), (counts**2).sum(axis=1), worlds, 100)
    assert least <= ((low <= truth) & (truth <= high)).mean() <= (1.0 if worlds == 2 else 0.965)


SKEWED = {2: 0.994, 3: 0.886, 5: 0.889, 10: 0.916, 20: 0.940, 50: 0.949, 100: 0.949, 200: 0.950}


@pytest.mark.slow
@pytest.mark.parametrize("worlds", SKEWED)
def test_coverage_with_few_worlds_is_what_the_documents_say(worlds: int) -> None:
    """To half a point. What three worlds lack to 95% is a tail they have not seen; from fifty on nothing is lacking."""
    counts, truth = hazard_shared(np.random.default_rng(23), 100_000 if worlds < 50 else 40_000, worlds)
    low, high = pooled_wilson(counts.sum(axis=1), (counts**2).sum(axis=1), worlds, 100)
    assert ((low <= truth) & (truth <= high)).mean() == pytest.approx(SKEWED[worlds], abs=0.005)


@pytest.mark.parametrize("worlds", [3, 5, 10, 30])
def test_few_worlds_whose_luck_is_symmetric_are_covered(worlds: int) -> None:
    luck = np.random.default_rng(22)
    counts = luck.binomial(50, luck.beta(4, 4, (6000, worlds)))
    low, high = pooled_wilson(counts.sum(axis=1), (counts**2).sum(axis=1), worlds, 50)
    assert 0.935 <= ((low <= 0.5) & (high >= 0.5)).mean() <= 0.98
    whole = luck.binomial(50, 0.5, counts.shape)
    part = luck.binomial(whole, counts / 50)
    squares = ((part * part).sum(axis=1), (part * whole).sum(axis=1), (whole * whole).sum(axis=1))
    low, high = ratio_wilson(part.sum(axis=1), whole.sum(axis=1), squares)
    assert 0.935 <= ((low <= 0.5) & (high >= 0.5)).mean() <= (0.995 if worlds == 3 else 0.98)


def test_a_ratio_by_hand() -> None:
    """3, 0, 0 of 3, 1, 2: residuals 3/2, -1/2, -1, whose squares sum to 7/2; 36/14 = 18/7 worlds.

    Variance 7/2 / 36 * (18/7) / (11/7) = 7/44, so 11/7 trials; Student's t has 11/7 degrees of freedom.
    """
    found = ratio_wilson(3, 6, (9, 9, 14))
    expected = at_a_half(11 / 7, float(stats.t.ppf(0.975, 11 / 7)))
    assert (float(found[0]), float(found[1])) == pytest.approx(expected, rel=1e-9)
    low, high = ratio_wilson(6, 6, (14, 14, 14))  # all of them: as many trials as worlds, 18/7
    t = float(stats.t.ppf(0.975, 11 / 7))
    assert float(high) == 1 and float(low) == pytest.approx(18 / 7 / (18 / 7 + t * t), rel=1e-9)


def test_ratio_covers_and_is_nan_where_nobody_is() -> None:
    luck, worlds, runs = np.random.default_rng(6), 300, 3000
    shared = luck.choice([0.2, 0.8], (runs, worlds))
    whole = luck.binomial(6, shared)  # many are listed where many of them fail
    part = luck.binomial(whole, shared)
    squares = ((part * part).sum(axis=1), (part * whole).sum(axis=1), (whole * whole).sum(axis=1))
    low, high = ratio_wilson(part.sum(axis=1), whole.sum(axis=1), squares)
    truth = (0.2**2 + 0.8**2) / (0.2 + 0.8)
    assert 0.93 <= ((low <= truth) & (high >= truth)).mean() <= 0.97
    assert np.isnan(ratio_wilson(0, 0, (0, 0, 0))).all()


def test_the_paired_interval_turns_with_the_question() -> None:
    there, back = paired_score(12, 2, 50), paired_score(2, 12, 50)
    assert float(there[0]) == pytest.approx(-float(back[1])) and float(there[1]) == pytest.approx(-float(back[0]))
    assert np.isnan(paired_score(0, 0, 0)).all()


def test_t_interval_is_scipys() -> None:
    values = np.random.default_rng(9).normal(3, 2, 12)
    expected = stats.t.interval(0.95, 11, values.mean(), stats.sem(values))
    mean, low, high = t_interval(values)
    assert (mean, low, high) == pytest.approx((values.mean(), *expected), rel=1e-12)
    assert t_interval([5.0])[0] == 5 and np.isnan(t_interval([5.0])[1]) and np.isnan(t_interval([])).all()


def test_effective_size_falls_back_at_the_edges() -> None:
    size = effective_size([0.0, 0.5, 0.5, 1.0], [0.0, 0.01, 0.0, 0.0], 60, 10)
    assert size.tolist() == [10, 25, 60, 10]


@pytest.mark.parametrize("share", [0.05, 0.25, 0.5, 0.75, 0.95])
def test_ranks_hold_the_quantile_and_are_the_nearest_that_do(share: float) -> None:
    """P(rank low is above the quantile) = P(fewer than low values below it), against scipy's binomial."""
    n = np.array([1, 2, 5, 6, 7, 50, 73, 74, 100, 999, 10_000, 1_000_000])
    low, high = rank_bounds(n, share)
    for size, one, other in zip(n, low, high, strict=True):
        below = stats.binom(size, share)
        lowest, highest = (0 if np.isnan(one) else int(one)), (size + 1 if np.isnan(other) else int(other))
        assert below.cdf(lowest - 1) <= 0.025 < below.cdf(lowest)
        assert below.sf(highest - 1) <= 0.025 < below.sf(highest - 2)


def test_ranks_of_the_median_by_hand() -> None:
    """All six below the median or all above: 1/64 each, so the extremes of six hold it; of five they do not (1/32)."""
    low, high = rank_bounds([5, 6, 100], 0.5)
    assert np.isnan(low[0]) and np.isnan(high[0])
    assert (low[1], high[1]) == (1, 6) and (low[2], high[2]) == (40, 61)
