"""The spread between draws and its interval, by hand and on models whose answer is known."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from pytest import approx

from sim.outcomes.between_draws import Spread, draw_sums, spread_of
from sim.outcomes.intervals import wilson

ANY = (np.float64(0.0), np.float64(1.0))
LUCKS, DRAWS, REPEATS = 9, 256, 1000


def by_pairs(part: np.ndarray, whole: np.ndarray) -> float:
    """The variance between draws (worlds of a draw, draws), pair by pair and draw by draw."""
    pairs = list(itertools.combinations(range(len(part)), 2))
    product = sum((part[i] * part[j]).sum() for i, j in pairs)
    weight = np.array([whole[i] * whole[j] for i, j in pairs]).sum(axis=0)
    both = np.array([part[i] * whole[j] + part[j] * whole[i] for i, j in pairs]).sum(axis=0) / 2
    apart = np.outer(weight, weight).sum() - (weight**2).sum()
    return product / weight.sum() - (np.outer(both, both).sum() - (both**2).sum()) / apart


def spread(part: np.ndarray, whole: np.ndarray | float = 1.0, within: tuple = ANY) -> Spread:
    return spread_of(draw_sums(part, np.broadcast_to(np.asarray(whole, float), part.shape)), within)


def test_two_draws_by_hand():
    """One draw decides for it in both worlds, the other against it: of pairs half are (1, 1), half (0, 0)."""
    found = spread(np.array([[1.0, 0.0], [1.0, 0.0]]))
    assert found.sd == approx(0.5), "1/2 less the product of the two draws, which is 0, is more than can be: 1/2 * 1/2"
    assert (found.low, found.high) == (0.0, approx(0.5)), "two draws tell nothing"


@pytest.mark.parametrize("of", [1, 4])
def test_it_is_what_pairs_say_one_by_one(of):
    luck = np.random.default_rng(of)
    whole = luck.integers(0, of + 1, (4, 30))
    part = luck.binomial(whole, luck.random(30) * (luck.random((4, 30)) < 0.9))
    assert spread(part, whole).sd ** 2 == approx(by_pairs(part, whole))


def test_worlds_that_have_nothing_to_count_change_nothing():
    luck = np.random.default_rng(1)
    part = (luck.random((5, 40)) < luck.random(40)).astype(float)
    more, whole = np.zeros((8, 50)), np.zeros((8, 50))
    more[:5, :40], whole[:5, :40] = part, 1.0
    assert [float(one) for one in spread(more, whole)] == approx([float(one) for one in spread(part)])


def test_what_nobody_sees_moves_by_nothing_as_far_as_the_run_can_tell():
    never = spread(np.zeros((LUCKS, DRAWS)), within=wilson(0.0, 10_000))
    always = spread(np.ones((LUCKS, DRAWS)), within=wilson(1.0, 10_000))
    most = float(wilson(0.0, 10_000)[1])
    for found in (never, always):
        assert (found.sd, found.low) == (0.0, 0.0)
        assert found.high == approx(np.sqrt(most * (1 - most)))


def test_one_draw_tells_nothing():
    assert np.isnan(spread(np.array([[1.0], [0.0]]))).all()
    assert np.isnan(spread(np.array([[1.0, 0.0]]))).all(), "nor do draws of one world each"


def drawn(p: float, rho: float, luck: np.random.Generator, draws: int = DRAWS) -> np.ndarray:
    """(1, draws, REPEATS) the share that each draw gives: a beta distribution with variance rho p (1 - p)."""
    size = 1 / rho - 1 if rho else np.inf
    return luck.beta(p * size, (1 - p) * size, (1, draws, REPEATS)) if rho else np.full((1, draws, REPEATS), p)


def covered(part: np.ndarray, whole: float, p: float, rho: float, luck: np.random.Generator) -> float:
    """In which share of repeats the interval holds the answer; the estimate of the variance must not be biased."""
    truth = rho * p * (1 - p)
    run = luck.binomial(10_000, p, REPEATS) / 10_000
    found = spread(part, whole, wilson(run, 10_000))
    assert ((found.low <= found.sd + 1e-12) & (found.sd <= found.high + 1e-12)).all()
    return float(np.mean((found.low <= np.sqrt(truth) + 1e-12) & (np.sqrt(truth) <= found.high + 1e-12)))


@pytest.mark.parametrize("p", [0.005, 0.02, 0.3, 0.5, 0.97])
@pytest.mark.parametrize("rho", [0.0, 0.05, 0.2, 0.6])
def test_the_interval_of_one_firm_covers(p, rho):
    """A firm with so likely a fate, of whose variance the draws explain ``rho``; measured: 93% to 99%, of rare ones
    more.
    """
    luck = np.random.default_rng(round(1000 * p + 100 * rho))
    part = (luck.random((LUCKS, DRAWS, REPEATS)) < drawn(p, rho, luck)).astype(float)
    assert covered(part, 1.0, p, rho, luck) > 0.92


@pytest.mark.parametrize(("members", "common"), [(3, 0.0), (7, 0.3), (30, 0.1), (30, 1.0)])
@pytest.mark.parametrize(("p", "rho"), [(0.3, 0.0), (0.3, 0.02), (0.5, 0.1), (0.05, 0.1), (0.97, 0.5)])
def test_the_interval_of_a_group_covers_whatever_luck_its_firms_share(members, common, p, rho):
    """In ``common`` of the worlds all members have one luck, else each its own."""
    luck = np.random.default_rng(round(members + 100 * p + 10 * rho))
    share, shape = drawn(p, rho, luck), (LUCKS, DRAWS, REPEATS)
    together = (luck.random(shape) < share) * members
    part = np.where(luck.random(shape) < common, together, luck.binomial(members, np.broadcast_to(share, shape)))
    assert covered(part.astype(float), float(members), p, rho, luck) > 0.92


def test_it_is_not_biased_and_not_much_too_wide():
    """A spread of 11.2 points about an even chance: its variance on average, and an interval of some 6 points."""
    luck = np.random.default_rng(4)
    part = (luck.random((LUCKS, DRAWS, REPEATS)) < drawn(0.5, 0.05, luck)).astype(float)
    sums = draw_sums(part, np.ones(part.shape))
    found = spread_of(sums, ANY)
    assert np.mean(found.sd**2) == approx(0.0125, abs=4 * 0.0022 / np.sqrt(REPEATS))
    assert 0.05 < np.median(found.high - found.low) < 0.075


def test_draws_that_decide_everything():
    luck = np.random.default_rng(2)
    decided = np.broadcast_to((luck.random(DRAWS) < 0.3).astype(float), (LUCKS, DRAWS))
    found, p = spread(decided), decided[0].mean()
    assert found.sd == approx(np.sqrt(p * (1 - p)), rel=0.003)
    assert found.low > 0.42 and found.high == approx(0.5, abs=0.04)
