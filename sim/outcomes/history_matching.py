"""Calibration in two steps: settings that cannot have made the facts are ruled out, what is left is weighed.

Ruling out is history matching (Vernon, Goldstein & Bower 2010, Bayesian Analysis 5, 619). At a point, a setting of all
assumptions, the worlds give each fact a mean and a spread. History is one world, so that a fact z is implausible at x
by

    I(x) = |z - mean(x)| / sqrt(spread(x)^2 + error(x)^2)

``error`` being what is not known of the mean, and z the end nearer to it of the range in which the fact was seen. An
event that a share p of worlds do is as implausible as a normal deviate that is further out with probability p. A point
is ruled out by a fact so implausible that the largest of all facts is so by chance in under 5% of cases (Bonferroni).
What hardly any setting makes does not rule out: it is a finding about the model. The emulator of the mean is a ridge
regression on the assumptions that the fact speaks to, their squares and their products; its error is that of leaving
points out.

Weighing is by chance. The chance of a setting is the product over facts of the share of its worlds that come near each,
to a power: facts of one history depend on each other, and the plain product would be too sure (composite likelihood:
Pauli, Racugno & Ventura 2011, Statistica Sinica 21, 149). What is drawn is the priors weighed by it, by sequential
Monte Carlo (Del Moral, Doucet & Jasra 2006, Journal of the Royal Statistical Society B 68, 411): the power rises from
0, each time as far as enough settings still count. Those that count are taken, and each tries a step to a new setting
near it, simulated with luck of its own, which is taken as often as the chances of both say (Metropolis & Hastings).
Steps are such that a normal distribution with the mean and spread of all settings would stay as it is (Cotter et al.
2013, Statistical Science 28, 424; in sequential Monte Carlo: Kantas, Beskos & Jasra 2014, SIAM/ASA Journal on
Uncertainty Quantification 2, 464).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sim.outcomes.drivers import significant_by_holm

LEVEL_OF_ALL = 0.05  # of all facts together, by which chance alone rules out the setting that made them
RIDGE = 1e-2  # of the emulator, in units of the points' own variance
FIRST_STEP, LEAST_STEP = 0.95, 0.05  # share of the spread of all settings that a step goes; the next follow the first
TO_BE_TAKEN = 0.25  # share of steps: far ones are taken too seldom, near ones lead nowhere
EDGE = 1e-9  # of the range of a prior: what is nearer to an end counts as there
POWER_HALVINGS = 50
MOST_INPUTS = 12  # assumptions in the emulator of a fact: so that its squares and products stay fewer than the points


class Screened(NamedTuple):
    """``rho`` (assumptions, facts) rank correlation of a setting with the mean of a fact; ``speaks`` (the same) where
    that is more than chance, with a family-wise error of 5% over all of them (Holm 1979).
    """

    rho: np.ndarray
    speaks: np.ndarray


class Emulator(NamedTuple):
    """The mean of one fact as a quadratic of the assumptions at ``inputs``; ``error`` is its standard error."""

    inputs: np.ndarray
    centre: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    error: float

    def mean(self, x: np.ndarray) -> np.ndarray:
        """(points,) what it expects at ``x`` (points, assumptions)."""
        return np.asarray(
            (_features(x[:, self.inputs]) - self.centre) / self.scale @ self.weights[1:] + self.weights[0]
        )


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 0 to 1 of every column; those of equal values are their mean."""
    from scipy.stats import rankdata

    return np.asarray((rankdata(values, axis=0) - 0.5) / len(values))


def screen(x: np.ndarray, y: np.ndarray) -> Screened:
    """Which assumptions ``x`` (points, assumptions) each fact ``y`` (points, facts) speaks to.

    A fact that is the same at all points speaks to none.
    """
    from scipy.special import stdtr

    n = len(x)
    a, b = (ranks - ranks.mean(axis=0) for ranks in (_ranks(x), _ranks(y)))
    spread = np.sqrt((a**2).sum(axis=0))[:, None] * np.sqrt((b**2).sum(axis=0))[None, :]
    rho = np.divide(a.T @ b, spread, out=np.zeros(spread.shape), where=spread > 0)
    t = np.abs(rho) * np.sqrt((n - 2) / np.maximum(1 - rho**2, 1e-12))
    p = 2 * stdtr(n - 2, -t)
    passed = np.array(significant_by_holm(p.ravel().tolist())).reshape(p.shape)
    return Screened(rho, passed)


def _features(x: np.ndarray) -> np.ndarray:
    """(points, features) the inputs, their squares and their products."""
    k = x.shape[1]
    pairs = [x[:, i] * x[:, j] for i in range(k) for j in range(i, k)]
    return np.column_stack([x, *pairs]) if k else np.zeros((len(x), 0))


def emulated(x: np.ndarray, y: np.ndarray, rho: np.ndarray, speaks: np.ndarray) -> Emulator:
    """The emulator of a fact from its means ``y`` (points,) at ``x`` (points, assumptions), 0 to 1 each.

    ``rho`` and ``speaks`` (assumptions,) are those of its screening. The error is that of leave-one-out prediction.
    """
    order = np.argsort(-np.abs(rho))
    inputs = np.sort(np.array([i for i in order if speaks[i]][:MOST_INPUTS], int))
    features = _features(x[:, inputs])
    centre, scale = features.mean(axis=0), features.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    design = np.column_stack([np.ones(len(x)), (features - centre) / scale])
    penalty = RIDGE * len(x) * np.eye(design.shape[1])
    penalty[0, 0] = 0.0
    inverse = np.linalg.solve(design.T @ design + penalty, design.T)
    weights, leverage = inverse @ y, np.einsum("ij,ji->i", design, inverse)
    left_out = (y - design @ weights) / np.maximum(1 - leverage, 1e-6)
    return Emulator(inputs, centre, scale, weights, float(np.sqrt(np.mean(left_out**2))))


def implausible(
    mean: np.ndarray, spread: np.ndarray, low: np.ndarray, high: np.ndarray, error: np.ndarray
) -> np.ndarray:
    """(points, facts) how implausible every fact is at every point; 0 inside the range in which it was seen.

    ``mean``, ``spread`` and ``error`` (points, facts) of the worlds, ``low`` and ``high`` (facts,).
    """
    beyond = np.maximum(np.maximum(low - mean, mean - high), 0.0)
    return np.asarray(beyond / np.sqrt(spread**2 + error**2 + 1e-300))


def surprise(share: np.ndarray) -> np.ndarray:
    """How implausible what a ``share`` of worlds do is: the normal deviate that is further out as often."""
    from scipy.special import ndtri

    return np.asarray(-ndtri(share / 2))


def cut(facts: int) -> float:
    """The implausibility above which one of so many ``facts`` rules a point out (Bonferroni)."""
    return float(surprise(np.array(LEVEL_OF_ALL / max(facts, 1))))


def power_of(slopes: np.ndarray, related: np.ndarray) -> float:
    """The power with which the product over facts is as sure as they are together, 1 at most.

    ``slopes`` (assumptions, facts) say how far the mean of a fact moves with an assumption, both in units of their
    spread (of the worlds of one setting, of the prior); ``related`` (facts, facts) is the correlation of facts among
    the worlds of one setting. Where facts are independent, the slope of the logarithm of the product has the variance
    that its curvature says; the power is curvature over variance, over the directions that the facts tell more of
    than the priors do.
    """
    curvature = slopes @ slopes.T
    told = np.linalg.inv(curvature + np.eye(len(curvature)))
    variance = np.trace(told @ (slopes @ related @ slopes.T))
    return float(min(1.0, np.trace(told @ curvature) / variance)) if variance > 0 else 1.0


def power_for(scores: np.ndarray, most: float, least: float) -> float:
    """The largest power, ``most`` at most, with which ``least`` points or more count (Kish): bisected.

    ``scores`` (points,) are logarithms of chances.
    """
    low, high = 0.0, most
    if effective(weighed(scores, high)) >= least:
        return high
    for _ in range(POWER_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if effective(weighed(scores, middle)) >= least else (low, middle)
    return low


def weighed(scores: np.ndarray, power: float) -> np.ndarray:
    """(points,) weights that sum to one: the chances to a ``power``."""
    found = np.exp(power * (scores - scores.max()))
    return np.asarray(found / found.sum())


def effective(weights: np.ndarray) -> float:
    """How many points of equal weight say as much (Kish 1965)."""
    return float(1.0 / (weights**2).sum())


def taken(weights: np.ndarray, count: int) -> np.ndarray:
    """(count,) points by their weights, as evenly as that can be done (systematic resampling)."""
    places = (np.arange(count) + 0.5) / count
    return np.minimum(np.searchsorted(np.cumsum(weights), places), len(weights) - 1)


def steps(x: np.ndarray, far: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A step from each of the settings ``x`` (points, assumptions), 0 to 1 each: where to, and (points,) the logarithm
    of how much likelier the step back is, by the priors and by how steps are drawn.

    Settings are told as normal deviates, so that steps stay inside 0 to 1. A step from z is drawn from a normal
    distribution around c + sqrt(1 - far^2) (z - c), ``far`` times as wide as all settings are, c being their mean.
    """
    from scipy.special import ndtr, ndtri

    z = ndtri(np.clip(x, EDGE, 1 - EDGE))
    centre, spread = z.mean(axis=0), z.std(axis=0) + EDGE
    luck = np.random.default_rng((seed, 0)).normal(size=z.shape)
    to = centre + math.sqrt(1 - far**2) * (z - centre) + far * spread * luck

    def likely(at: np.ndarray) -> np.ndarray:
        return np.asarray((((at - centre) / spread) ** 2 - at**2).sum(axis=1) / 2)

    return np.clip(ndtr(to), EDGE, 1 - EDGE), likely(to) - likely(z)


def accepted(scores: np.ndarray, of_steps: np.ndarray, back: np.ndarray, power: float, seed: int) -> np.ndarray:
    """(points,) whether each step is taken, from a setting with ``scores`` to one with those ``of_steps``."""
    gain = power * (of_steps - scores) + back
    return np.asarray(np.log(np.random.default_rng((seed, 1)).random(len(scores))) < gain)


def next_step(far: float, taken: float) -> float:
    """How far to step after steps so ``far`` of which a share was ``taken``."""
    return float(np.clip(far * math.exp(3.0 * (taken - TO_BE_TAKEN)), LEAST_STEP, FIRST_STEP))
