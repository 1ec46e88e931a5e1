"""Waves of calibration: settings of many assumptions at once, the worlds of each, and which of them facts rule out.

What rules out is in outcomes/history_matching.py; here worlds are simulated, and told fact by fact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from scipy.special import ndtr

from sim.engine.block import Block
from sim.engine.prepared import rows_taken
from sim.outcomes import history_matching as matching
from sim.outcomes.claims import UNDECIDED, truth
from sim.outcomes.hindcast import measured
from sim.outcomes.history_matching import Emulator, Screened
from sim.scenario.model import JOINT, Claim, Reported, Scenario, Value, with_values
from sim.study.many_worlds import ManyWorlds
from sim.study.priors import Prior

FEWEST_KNOWN = 2  # worlds of a point that count for a fact, for the point to say something of it
CANDIDATES = 1 << 14  # settings that the emulators judge at a time
MOST_CANDIDATES = 1 << 20  # that are judged for one wave
WITHIN = 0.1  # of what was reported: what the evidence is good to (docs/calibration.md)
FLOOR = 0.01  # assumption: what is rarer is a miss of the model, however rare
LEAST_SPREAD = 1e-6
RARELY = 0.1  # share of the worlds of a setting: what fewer do, it does not make
CASES_ADDED = 1.0  # cases for and against that are added to those of an event: a share is never surely 0 or 1 (Laplace)

Fact = Claim | Reported


class Target(NamedTuple):
    """A fact as calibration sees it: what was seen lies in ``low`` to ``high``; of an event both are 1 or 0.

    Numbers are compressed: y becomes arsinh(y / ``size``), which is even up to about that size and a logarithm far
    above it, so that a few worlds with very large numbers do not make the spread of all.
    """

    fact: Fact
    low: float
    high: float
    size: float = 1.0

    @property
    def is_event(self) -> bool:
        """True of what happened or did not."""
        return isinstance(self.fact, Claim)

    def compressed(self, y: Any) -> Any:
        """``y`` as it is compared."""
        return y if self.is_event else np.arcsinh(y / self.size)

    def told(self, y: float) -> float:
        """A compressed number in units of the fact."""
        return y if self.is_event else float(np.sinh(y) * self.size)


class Wave(NamedTuple):
    """``x`` (points, assumptions) settings, 0 to 1 each; ``rows`` (worlds,) the point of each world; ``y`` (worlds,
    targets) what each fact is there, NaN where the world does not count; ``mean`` and ``spread`` (points,
    targets) of the worlds of a point, NaN where too few count; ``known`` is how many do.
    """

    x: np.ndarray
    rows: np.ndarray
    y: np.ndarray
    mean: np.ndarray
    spread: np.ndarray
    known: np.ndarray


class Cloud(NamedTuple):
    """Settings ``x`` (points, assumptions), the ``mean`` (points, targets) of the worlds of each, the ``score``
    (points,), which is the logarithm of the chance of the facts there, and whether no fact rules it out (``left``).
    """

    x: np.ndarray
    mean: np.ndarray
    score: np.ndarray
    left: np.ndarray

    def at(self, points: np.ndarray) -> Cloud:
        """Those at ``points``."""
        return Cloud(*(part[points] for part in self))


def filling(count: int, dimensions: int, seed: int) -> np.ndarray:
    """(count, dimensions) settings that fill the space, 0 to 1 each: a Latin hypercube (McKay et al. 1979)."""
    from scipy.stats import qmc

    return np.asarray(qmc.LatinHypercube(dimensions, seed=seed).random(count))


def scaled(priors: Sequence[Prior], x: np.ndarray) -> dict[str, np.ndarray]:
    """Path -> the values of settings ``x`` (points, assumptions), 0 to 1 each."""
    return {prior.path: prior.at(x[:, i]) for i, prior in enumerate(priors)}


def with_draws(scenario: Scenario, columns: Mapping[str, np.ndarray]) -> Scenario:
    """``scenario`` whose worlds draw a row of ``columns`` (path -> draws); not resolved again, for simulating only."""
    joint = {path: Value(JOINT, tuple(draws.tolist())) for path, draws in columns.items()}
    firms, assumptions = with_values(scenario.firms, scenario.assumptions, joint)
    return replace(scenario, firms=firms, assumptions=assumptions)


def targets_of(facts: Sequence[Fact]) -> list[Target]:
    """Every fact with the range it was reported in, widened by its tolerance."""
    return [Target(fact, *_range(fact)) for fact in facts]


def _range(fact: Fact) -> tuple[float, float]:
    if isinstance(fact, Claim):
        return (float(bool(fact.happened)),) * 2
    wide = [fact.tolerance * abs(end) if np.isfinite(end) else 0.0 for end in (fact.low, fact.high)]
    return fact.low - wide[0], fact.high + wide[1]


def _told(fact: Fact, block: Block, scenario: Scenario) -> np.ndarray:
    """(worlds,) what ``fact`` is in each world: a number, or of an event 1 or 0; NaN where the world does not count."""
    if isinstance(fact, Reported):
        return measured(fact, block, scenario)
    found = truth(fact, block, scenario).astype(float)
    return np.where(found == UNDECIDED, np.nan, found)


def worlds_of(many: ManyWorlds, base: Scenario, priors: Sequence[Prior], x: np.ndarray, facts: Sequence[Fact]) -> Wave:
    """A wave at the settings ``x``: ``base.worlds`` worlds for each on average, as luck shares them out."""
    asked = with_draws(replace(base, worlds=base.worlds * len(x)), scaled(priors, x))
    many.compute([asked])
    rows, parts = [], []
    for block in many.blocks(asked):
        rows.append(rows_taken(asked.seed, len(x), block.first, block.worlds))
        parts.append(np.column_stack([_told(fact, block, asked) for fact in facts]))
    return _summed(x, np.concatenate(rows), np.concatenate(parts))


def _summed(x: np.ndarray, rows: np.ndarray, y: np.ndarray) -> Wave:
    known = ~np.isnan(y)
    filled = np.where(known, y, 0.0)
    count, total, square = (
        np.column_stack([np.bincount(rows, weights=column, minlength=len(x)) for column in part.T])
        for part in (known.astype(float), filled, filled**2)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / count
        spread = np.sqrt(np.maximum(square / count - mean**2, 0.0))
    few = count < FEWEST_KNOWN
    return Wave(x, rows, y, np.where(few, np.nan, mean), np.where(few, np.nan, spread), count)


def scaled_to(targets: Sequence[Target], wave: Wave) -> list[Target]:
    """``targets`` with the size of what they measure: of what was seen, or of half the worlds of ``wave`` if larger."""
    found = []
    for target, y in zip(targets, wave.y.T, strict=True):
        if not target.is_event:
            ends = [end for end in (target.low, target.high) if np.isfinite(end)]
            usual = np.nanmedian(np.abs(y)) if not np.isnan(y).all() else 0.0
            target = target._replace(size=float(max(abs(np.mean(ends)), usual)) or 1.0)
        found.append(target)
    return found


def compressed(targets: Sequence[Target], wave: Wave) -> Wave:
    """``wave`` with the numbers of ``targets`` compressed."""
    y = np.column_stack([target.compressed(y) for target, y in zip(targets, wave.y.T, strict=True)])
    return _summed(wave.x, wave.rows, y)


def ends_of(targets: Sequence[Target]) -> tuple[np.ndarray, np.ndarray]:
    """(targets,) the lower and the upper ends of what was seen, compressed."""
    return np.array([one.compressed(one.low) for one in targets]), np.array(
        [one.compressed(one.high) for one in targets]
    )


def misses(targets: Sequence[Target], wave: Wave) -> np.ndarray:
    """(points, targets) how implausible every fact is at the points of ``wave``, by their own worlds: what was seen, or
    that the world counts for it at all.
    """
    error = wave.spread / np.sqrt(np.maximum(wave.known, 1.0))
    found = matching.implausible(wave.mean, wave.spread, *ends_of(targets), error)
    did = np.where(_happened(targets), wave.mean, 1 - wave.mean)
    found = np.where(_events(targets), matching.surprise(_share(did * wave.known, wave.known)), found)
    counts = matching.surprise(_share(wave.known, _all_worlds(wave)))
    return np.asarray(np.fmax(found, counts))


def met(targets: Sequence[Target], wave: Wave) -> tuple[np.ndarray, np.ndarray]:
    """(targets,) whether some point of ``wave`` meets a fact, and the least implausibility of it at any.

    A point meets it whose number is not implausible, or of whose worlds RARELY or more do what happened; if as many
    count for it. What none meets rules nothing out: it is a finding. Where none tells it, the least is infinite.
    """
    found = np.where(wave.known >= RARELY * _all_worlds(wave), misses(targets, wave), np.inf)
    found = np.where(np.isnan(wave.mean), np.inf, found)
    did = np.where(_happened(targets), wave.mean, 1 - wave.mean)
    often = np.where(_events(targets), did, 1.0) >= RARELY
    return np.asarray((often & (found <= matching.cut(len(targets)))).any(axis=0)), found.min(axis=0)


def log_chances(targets: Sequence[Target], wave: Wave) -> np.ndarray:
    """(points, targets) the logarithm of the share of worlds at a point that count for a fact and come near it: that do
    what happened, or whose number is WITHIN of what was seen, as a normal distribution tells; FLOOR at least, so that
    no single fact decides.
    """
    ends = []
    for target in targets:
        near = [WITHIN * abs(end) if np.isfinite(end) else 0.0 for end in (target.low, target.high)]
        ends.append((target.compressed(target.low - near[0]), target.compressed(target.high + near[1])))
    low, high = np.array(ends).T
    spread = np.maximum(wave.spread, LEAST_SPREAD)
    inside = ndtr((high - wave.mean) / spread) - ndtr((low - wave.mean) / spread)
    did = np.where(_happened(targets), wave.mean, 1 - wave.mean)
    share = np.where(_events(targets), _share(did * wave.known, wave.known), inside)
    counts = _share(wave.known, _all_worlds(wave))
    return np.asarray(np.log(np.fmax(share * counts, FLOOR)))


def _events(targets: Sequence[Target]) -> np.ndarray:
    return np.array([one.is_event for one in targets])


def _happened(targets: Sequence[Target]) -> np.ndarray:
    return np.array([one.high == 1.0 for one in targets])


def _all_worlds(wave: Wave) -> np.ndarray:
    return np.bincount(wave.rows, minlength=len(wave.x))[:, None]


def _share(of: np.ndarray, cases: np.ndarray) -> np.ndarray:
    """A share that is never surely 0 or 1 (Laplace)."""
    return np.asarray((of + CASES_ADDED) / (cases + 2 * CASES_ADDED))


def power_of_facts(wave: Wave, found: Screened, used: np.ndarray) -> float:
    """The power of the chance of the targets that are ``used``, as ``found`` on ``wave`` (``matching.power_of``)."""
    known = ~np.isnan(wave.y)
    apart = np.where(known, wave.y - wave.mean[wave.rows], 0.0)
    known &= ~np.isnan(apart)
    apart = np.where(known, apart, 0.0)
    both = known.T.astype(float) @ known
    covariance = apart.T @ apart / np.maximum(both, 1.0)
    spread = np.sqrt(np.diag(covariance))
    tells = used & (spread > LEAST_SPREAD)
    related = covariance[np.ix_(tells, tells)] / np.outer(spread[tells], spread[tells])
    z = (wave.x - wave.x.mean(axis=0)) / wave.x.std(axis=0)
    slopes = np.where(found.speaks, z.T @ _filled(wave.mean) / len(z), 0.0)[:, tells] / spread[tells]
    return matching.power_of(slopes * np.sqrt(known.mean(axis=0)[tells]), related)


def cloud_of(targets: Sequence[Target], wave: Wave, used: np.ndarray) -> Cloud:
    """The settings of ``wave``, judged by the targets that are ``used``."""
    left = misses(targets, wave)[:, used].max(axis=1, initial=0.0) <= matching.cut(len(targets))
    return Cloud(wave.x, wave.mean, log_chances(targets, wave)[:, used].sum(axis=1), left)


def stepped(cloud: Cloud, to: Cloud, back: np.ndarray, power: float, seed: int) -> tuple[Cloud, float]:
    """``cloud`` after the steps ``to`` that are taken (``matching.accepted``), and the share of them."""
    taken = matching.accepted(cloud.score, to.score, back, power, seed)
    parts = (np.where(taken if new.ndim == 1 else taken[:, None], new, old) for new, old in zip(to, cloud, strict=True))
    return Cloud(*parts), float(taken.mean())


class Judge(NamedTuple):
    """Emulators of the numbers among the facts that were grown on one wave: of the mean and of the logarithm of the
    spread of worlds; by the place of the fact among ``targets``.
    """

    targets: Sequence[Target]
    emulators: dict[int, tuple[Emulator, Emulator]]

    def misses(self, x: np.ndarray) -> np.ndarray:
        """(points,) the largest implausibility at ``x`` (points, assumptions), as far as emulators know."""
        found = np.zeros(len(x))
        low, high = ends_of(self.targets)
        for i, (of_mean, of_spread) in self.emulators.items():
            column = (of_mean.mean(x)[:, None], np.exp(of_spread.mean(x))[:, None], low[i : i + 1], high[i : i + 1])
            own = matching.implausible(*column, np.full((len(x), 1), of_mean.error))[:, 0]
            found = np.maximum(found, own)
        return found


def screened(wave: Wave) -> Screened:
    """Which assumptions every fact speaks to, from the means of the points of ``wave``."""
    return matching.screen(wave.x, _filled(wave.mean))


def judge_of(targets: Sequence[Target], used: np.ndarray, wave: Wave) -> Judge:
    """Emulators of the numbers that may rule out (``used``) and speak to an assumption, from ``wave``."""
    found, means = screened(wave), _filled(wave.mean)
    with np.errstate(divide="ignore", invalid="ignore"):
        spreads = _filled(np.log(np.where(wave.spread > 0, wave.spread, np.nan)))
    emulators = {}
    for i in np.flatnonzero(used & ~_events(targets) & found.speaks.any(axis=0)).tolist():
        rho, speaks = found.rho[:, i], found.speaks[:, i]
        both = (matching.emulated(wave.x, of[:, i], rho, speaks) for of in (means, spreads))
        emulators[i] = (next(both), next(both))
    return Judge(targets, emulators)


def _filled(mean: np.ndarray) -> np.ndarray:
    """``mean`` (points, facts), that of all points where one says nothing; 0 where none says anything."""
    known = ~np.isnan(mean)
    count = np.maximum(known.sum(axis=0), 1)
    return np.where(known, mean, np.where(known, mean, 0.0).sum(axis=0) / count)


def next_points(judge: Judge, count: int, dimensions: int, seed: int) -> tuple[np.ndarray, float]:
    """At most ``count`` settings that ``judge`` does not rule out, of up to MOST_CANDIDATES that fill the space; and
    the share of the candidates that is left.
    """
    left: list[np.ndarray] = []
    tried = 0
    while tried < MOST_CANDIDATES and sum(len(part) for part in left) < count:
        x = filling(CANDIDATES, dimensions, seed + tried)
        left.append(x[judge.misses(x) <= matching.cut(len(judge.targets))])
        tried += CANDIDATES
    found = np.concatenate(left)
    return found[:count], len(found) / tried
