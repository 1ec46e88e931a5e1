"""Designs that draw assumptions on purpose: Sobol's (Saltelli 2010) and Morris' (1991), evaluated by SALib.

Luck is one more input. In Sobol's design every world of sample A has a twin in which one assumption, or luck, comes
from sample B and all else is the same: draws are a pure function of seed and path, so sample B is another seed. The
total index of luck is the share of variance that is chance.

Sobol's total index of an assumption counts its interplay with luck, which is nearly everything where luck decides: an
outcome that luck tips over in one world and not in the next. ``total_on_average`` leaves luck out: it is the total
index on the probability that worlds with the same draws have, E[Y|X]. Every pair of worlds that differ in one
assumption is simulated a second time with other luck; the product of the two differences has the square of the
difference of the probabilities as its mean (Jansen's estimator, 1999, with replicates).

In Morris' design assumptions are fixed at the corners of a grid over the middle 90% of what the scenario leaves open,
a path of steps in worlds of its own for each repeat. An effect is the change of the probability over one step, which
crosses two thirds of that range: so none is beyond one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from sim.archive.blocks import spans
from sim.engine.draws import Draw
from sim.engine.prepared import Seeds
from sim.foundation.errors import InputError
from sim.outcomes.drivers import Effect, Estimate
from sim.outcomes.intervals import Z
from sim.scenario.frozen import Frozen
from sim.scenario.model import Claim, Scenario, Value
from sim.scenario.value import quantile
from sim.study.claims_asked import Worlds, truths
from sim.study.how import How
from sim.study.replicates import other_seed

RESAMPLES = 200  # of SALib's bootstrap
REPEATS, LEVELS = 10, 4  # of Morris' design: paths of steps, and values of each assumption
STEP = LEVELS / (2 * (LEVELS - 1))  # of Morris' design, as a share of the range: SALib divides an effect by it
TAIL = 0.05  # of every distribution, on both sides, that Morris' design leaves out
CHANCE = "chance"


class Designed(NamedTuple):
    """What a design says: for every draw its indices by name, and the probability of the first one by chance alone.

    ``chance`` is the share of variance that is chance; ``sample`` the truth of the claim in ordinary worlds, if any.
    ``rare`` of ``worlds`` have the rarer outcome; in Morris' design as many as are expected at one point of each path.
    """

    indices: list[dict[str, Estimate]]
    effects: list[Effect]
    chance: Estimate
    sample: np.ndarray | None
    rare: int
    worlds: int


def rarer(asked: np.ndarray) -> int:
    """Worlds of the rarer outcome among those that are ``asked``, (n,) TRUE or FALSE each."""
    return int(min(asked.sum(), asked.size - asked.sum()))


def salib(part: str) -> Any:
    """A module of SALib; InputError where it is not installed."""
    import importlib

    try:
        return importlib.import_module(f"SALib.{part}")
    except ImportError as error:
        allowed = "--method given-data, or: pip install 'shakeout[sensitivity]'"
        raise InputError("this method needs SALib, which is not installed", key="--method", allowed=allowed) from error


def sobol(scenario: Scenario, claim: Claim, draws: Sequence[Draw], how: How) -> Designed:
    """First-order and total indices of every draw, the latter also without luck, from as many worlds as the scenario
    asks for, three times and twice more for every draw."""
    analyze = salib("analyze.sobol").analyze
    seed, other = scenario.seed, other_seed(scenario.seed)
    everything = {draw.key: other for draw in draws}
    designs = [
        Seeds(),
        *(Seeds(drawn={draw.key: other}) for draw in draws),
        Seeds(luck=other),
        Seeds(other, everything),
        *(Seeds(other, {draw.key: other}) for draw in draws),
    ]
    parts = spans(scenario.worlds)
    asked = [Worlds(scenario, *span, seeds) for seeds in designs for span in parts]
    found = truths(claim, asked, how)
    columns = [np.concatenate(found[i : i + len(parts)]) for i in range(0, len(found), len(parts))]
    count = len(draws)
    all_y = np.stack(columns, axis=1).astype(float)
    y, replicates = all_y[:, : count + 3], all_y[:, count + 3 :]
    paths = [draw.path for draw in draws]
    if y.std() == 0:
        nothing = Estimate(0.0, 0.0, 0.0)
        indices = [{"first_order": nothing, "total": nothing, "total_on_average": nothing} for _ in paths]
        return Designed(indices, [Effect(0.0, 0.0, 0.0, 1.0)] * len(paths), _unknown(), columns[0], 0, y.shape[0])
    names = [*paths, CHANCE]
    problem = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    said = analyze(problem, y.ravel(), calc_second_order=False, num_resamples=RESAMPLES, seed=seed + 1)
    first = list(map(_within, said["S1"], said["S1_conf"]))
    total = list(map(_within, said["ST"], said["ST_conf"]))
    p = map(_normal_p, said["S1"], said["S1_conf"])
    effects = [Effect(*estimate, one) for estimate, one in zip(first, p, strict=True)]
    averaged = [without_luck(y[:, 0], y[:, 1 + i], y[:, 1 + count], replicates[:, i]) for i in range(count)]
    indices = [
        {"first_order": one, "total": all_, "total_on_average": average}
        for one, all_, average in zip(first, total, averaged, strict=False)
    ]
    return Designed(indices, effects[:-1], total[-1], columns[0], rarer(columns[0]), columns[0].size)


def without_luck(base: np.ndarray, moved: np.ndarray, base_again: np.ndarray, moved_again: np.ndarray) -> Estimate:
    """Total index on E[Y|X], luck averaged out, of the assumption that ``moved`` draws anew; all (worlds,).

    ``base`` and ``moved`` have one luck, ``base_again`` and ``moved_again`` another. Its interval is the delta
    method's; the index is kept to 0 to 1. NaN where the draws explain nothing of the outcome's variance.
    """
    n, mean = base.size, (base.mean() + base_again.mean()) / 2
    of_one = (base - moved) * (base_again - moved_again) / 2
    of_all = (base - mean) * (base_again - mean)
    variance = float(of_all.mean())
    if variance <= Z * float(of_all.std()) / math.sqrt(n):
        return _unknown()
    index = float(of_one.mean()) / variance
    half = Z * float(np.std(of_one - index * of_all)) / variance / math.sqrt(n)
    return _within(index, half)


def morris(scenario: Scenario, claim: Claim, draws: Sequence[Draw], how: How) -> Designed:
    """Mean absolute and mean elementary effect of every draw on the claim's probability: ``mu_star`` and ``mu``.

    An effect is the change of the probability as the assumption rises by one step, two thirds of the middle 90% of its
    distribution. At every point of the design the scenario's number of worlds is simulated; steps of one path have the
    same luck.
    """
    sample, analyze = salib("sample.morris").sample, salib("analyze.morris").analyze
    paths = [draw.path for draw in draws]
    problem = {"num_vars": len(paths), "names": paths, "bounds": [[0.0, 1.0]] * len(paths)}
    x = sample(problem, REPEATS, num_levels=LEVELS, seed=scenario.seed + 1)
    steps, worlds = len(paths) + 1, scenario.worlds
    asked = [
        Worlds(fixed(scenario, _values(draws, row)), number // steps * worlds, worlds) for number, row in enumerate(x)
    ]
    y = np.stack(truths(claim, asked, how)).astype(float)
    share = y.mean(axis=1)
    within, total = float(y.var(axis=1).mean()), float(y.var())
    chance = Estimate(within / total, math.nan, math.nan) if total else _unknown()
    said = analyze(problem, x, share, num_levels=LEVELS, num_resamples=RESAMPLES, seed=scenario.seed + 1)
    indices, effects = [], []
    for i in range(len(paths)):
        moves = _moves(x, y, steps, i)
        mu, half = STEP * float(said["mu"][i]), STEP * Z * float(said["sigma"][i]) / math.sqrt(REPEATS)
        mu_star = _within(STEP * said["mu_star"][i], STEP * said["mu_star_conf"][i])
        indices.append({"mu_star": mu_star, "mu": Estimate(mu, max(mu - half, -1.0), min(mu + half, 1.0))})
        effects.append(Effect(*mu_star, _chi_square_p(moves)))
    rare = min(float(share.mean()), 1 - float(share.mean())) * REPEATS * worlds
    return Designed(indices, effects, chance, None, math.ceil(rare), REPEATS * worlds)


def fixed(scenario: Scenario, values: Mapping[str, float]) -> Scenario:
    """``scenario`` with the uncertain values at these paths fixed; not resolved again, for simulating only."""

    def value(path: str, stated: Value) -> Value:
        return Value("number", (values[path],), stated.source) if path in values else stated

    firms = tuple(
        replace(firm, values=Frozen({n: value(f"firms.{firm.id}.{n}", v) for n, v in firm.values.items()}))
        for firm in scenario.firms
    )
    assumptions = Frozen({path: value(path, stated) for path, stated in scenario.assumptions.items()})
    changes = tuple(replace(c, value=value(f"{c.origin}.set.{c.path}", c.value)) for c in scenario.changes)
    return replace(scenario, firms=firms, assumptions=assumptions, changes=changes)


def _values(draws: Sequence[Draw], row: np.ndarray) -> dict[str, float]:
    """The value of every draw at a point of the unit cube, whose sides are the middle 90% of its distribution."""
    shares = TAIL + (1 - 2 * TAIL) * row
    return {
        draw.path: float(quantile(draw.value, np.array([share]), draw.within.low, draw.within.high)[0])
        for draw, share in zip(draws, shares, strict=True)
    }


def _moves(x: np.ndarray, y: np.ndarray, steps: int, i: int) -> list[tuple[float, float]]:
    """(mean difference, its standard error) of every step in which assumption ``i`` moves, in the same worlds.

    Half a world up and half a world down are added, as in Agresti and Min (2005).
    """
    moves = []
    for start in range(0, len(x), steps):
        for at in range(start, start + steps - 1):
            if x[at, i] != x[at + 1, i]:
                apart = y[at + 1] - y[at]
                n = apart.size + 2
                moves.append((apart.sum() / n, math.sqrt((apart**2).sum() + 1 - apart.sum() ** 2 / n) / n))
    return moves


def _chi_square_p(moves: Sequence[tuple[float, float]]) -> float:
    """Probability of such differences if none of them is more than noise."""
    from scipy.special import chdtrc

    return float(chdtrc(len(moves), sum((mean / error) ** 2 for mean, error in moves)))


def _normal_p(value: Any, half: Any) -> float:
    """Probability of such a value, with the half-width ``half`` of its interval, if it is no more than noise."""
    from scipy.special import erfc

    error = float(half) / Z
    return float(erfc(abs(float(value)) / error / math.sqrt(2))) if error > 0 else 1.0


def _within(value: Any, half: Any) -> Estimate:
    """An index of a share with its interval, kept to what a share can be."""
    value, half = float(value), float(half)
    low, middle, high = (min(max(x, 0.0), 1.0) for x in (value - half, value, value + half))
    return Estimate(middle, low, high)


def _unknown() -> Estimate:
    return Estimate(math.nan, math.nan, math.nan)
