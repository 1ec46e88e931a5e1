"""What is measured: laws and forecasts in every scenario, and each mechanism switched off in the same worlds."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

import sim
from sim.laws.catalogue import MECHANISMS
from sim.outcomes.claims import TRUE, UNDECIDED, truths
from sim.outcomes.intervals import paired_score, t_quantile, wilson
from sim.scenario.model import Scenario
from sim.study.how import How
from sim.study.many_worlds import ManyWorlds
from sim.study.sensitivity import FEWEST_ASKED
from sim.study.variants import variants_of
from tools.documents import verdicts
from tools.documents.found import Beside, Measured, Moved, Shift, Told
from tools.documents.laws import LAWS, off
from tools.severities.estimating import Estimate, mean
from tools.severities.rows import Sets
from tools.severities.seen import FLAGSHIP, ROOT, Ended

# The flagship, then those fitted to the facts, then the two views of document 002. Those that are not among the
# scenarios are left out, and the document says so.
SCENARIOS = ("six-dragons", "six-dragons-2024", "six-dragons-2026", "not-late-stage", "late-stage")
LEVEL = 0.95
# All switches are tried and the largest are named: their intervals hold together (Bonferroni's bound).
TOGETHER = 1.0 - (1.0 - LEVEL) / len(MECHANISMS)


def shipped(name: str) -> bool:
    """True if there is such a scenario."""
    return (ROOT / "scenarios" / f"{name}.yaml").exists()


def loaded(name: str, worlds: int) -> Scenario:
    """A scenario of the library."""
    return sim.load(ROOT / "scenarios" / f"{name}.yaml", worlds=worlds)


def with_sets(scenario: Scenario, sets: Sets) -> Scenario:
    """``scenario`` with ``sets``."""
    return variants_of(scenario, sets, ())[0].scenario if sets else scenario


class _Runs:
    """How the worlds of a scenario ended, as it is and with sets."""

    def __init__(self, base: Scenario, many: ManyWorlds, say: Callable[[str], None]) -> None:
        self.base, self.many, self.say = base, many, say
        self._ended: dict[Sets, Ended] = {}

    def ended(self, sets: Sets) -> Ended:
        """With ``sets``; simulated once."""
        if sets not in self._ended:
            self.say(f"{self.base.name}: laws, {', '.join(sets) or 'as it is'}")
            scenario = with_sets(self.base, sets)
            self.many.compute([scenario])
            blocks = list(self.many.blocks(scenario))
            histories = np.concatenate([block.histories for block in blocks])
            self._ended[sets] = Ended(scenario, histories, np.concatenate([block.endgame for block in blocks]))
        return self._ended[sets]


def measured(name: str, worlds: int, jobs: int | None, say: Callable[[str], None]) -> Measured:
    """All that is asked of a scenario."""
    base = loaded(name, worlds)
    many = ManyWorlds(How(jobs=jobs))
    say(f"{name}: forecasts")
    claims = sim.run(base, jobs=jobs).claims()
    runs = _Runs(base, many, say)
    laws = _laws(runs)
    ours, moved = _answers(base, many), {claim.id: list[Moved]() for claim in base.claims}
    for mechanism in MECHANISMS:
        say(f"{name}: without {mechanism.name}")
        theirs = _answers(with_sets(base, off(mechanism.name)), many)
        for claim, before in ours.items():
            points, share = paired(before, theirs[claim])
            moved[claim].append(Moved(mechanism.name, points, share))
    forecasts = {row["claim"]: told(row, tuple(moved[row["claim"]])) for row in claims.to_dict("records")}
    return Measured(name, base.title, laws, forecasts, _beside(runs, laws) if name == FLAGSHIP else {})


def told(row: Mapping[str, Any], moved: tuple[Moved, ...] = ()) -> Told:
    """A row of claims.csv."""
    probability, sd = (
        Estimate(*(float(row[key]) for key in keys))
        for keys in (("probability", "low", "high"), ("sd", "sd_low", "sd_high"))
    )
    return Told(probability, int(row["worlds"]), sd, moved)


def _laws(runs: _Runs) -> dict[str, tuple[Shift, ...]]:
    """The outcomes of every law, as paired differences."""
    return {
        law.mechanism: tuple(
            shift(one.of(runs.ended(one.base)), one.of(runs.ended(one.variant))) for one in law.outcomes
        )
        for law in LAWS
    }


def _beside(runs: _Runs, laws: Mapping[str, tuple[Shift, ...]]) -> dict[tuple[str, int], tuple[Beside, ...]]:
    """Of every outcome that does not bear its law out: how each other mechanism, switched off too, changes the
    difference.
    """
    found: dict[tuple[str, int], list[Beside]] = {}
    for law in LAWS:
        against = [
            (at, outcome)
            for at, (outcome, one) in enumerate(zip(law.outcomes, laws[law.mechanism], strict=True))
            if verdicts.of_outcome(one.difference, outcome.sign) != verdicts.BORNE_OUT
        ]
        for mechanism in (one.name for one in MECHANISMS if against and one.name != law.mechanism):
            for at, outcome in against:
                without = off(mechanism)
                plain, second = (
                    outcome.of(runs.ended((*outcome.variant, *sets))).astype(float)
                    - outcome.of(runs.ended((*outcome.base, *sets)))
                    for sets in ((), without)
                )
                one = Beside(mechanism, mean(second - plain, TOGETHER), mean(second, TOGETHER))
                found.setdefault((law.mechanism, at), []).append(one)
    return {key: tuple(all_) for key, all_ in found.items()}


def shift(before: np.ndarray, after: np.ndarray) -> Shift:
    """Of (worlds,) numbers of the same worlds."""
    return Shift(float(before.mean()), float(after.mean()), mean(after.astype(float) - before))


def _answers(scenario: Scenario, many: ManyWorlds) -> dict[str, np.ndarray]:
    """Claim -> (worlds,) what it is in each world: TRUE, FALSE or UNDECIDED."""
    many.compute([scenario])
    found = [truths(block, scenario) for block in many.blocks(scenario)]
    return {
        id: np.concatenate([one[id, fact] for one in found]) for id, fact in (found[0] if found else {}) if not fact
    }


def paired(before: np.ndarray, after: np.ndarray, level: float = TOGETHER) -> tuple[Estimate, Estimate]:
    """How many points a claim's probability moves by, and the probability after, in per cent, both with intervals.

    (worlds,) what the claim is in each world, the same worlds in both. A world in which it is undecided does not count
    for its probability, before or after. Where none is undecided the interval is Tango's; else it is that of the two
    ratios, linearised world by world, with Student's t. NaN where it counts in fewer than FEWEST_ASKED worlds.
    """
    nothing = Estimate(math.nan, math.nan, math.nan)
    worlds = before.size
    sides = [(side == TRUE, side != UNDECIDED) for side in (before, after)]
    if min(int(asked.sum()) for _, asked in sides) < FEWEST_ASKED:
        return nothing, nothing
    z = float(t_quantile(worlds - 1, level))
    one, other = (float(true.sum() / asked.sum()) for true, asked in sides)
    share = _per_cent(other, *wilson(other, int(sides[1][1].sum()), z))
    if all(asked.all() for _, asked in sides):
        (was, _), (is_now, _) = sides
        low, high = paired_score(int((is_now & ~was).sum()), int((was & ~is_now).sum()), worlds, z)
        return _per_cent(other - one, low, high), share
    parts = [(true - p * asked) / asked.mean() for (true, asked), p in zip(sides, (one, other), strict=True)]
    half = z * float((parts[1] - parts[0]).std(ddof=1)) / math.sqrt(worlds)
    return _per_cent(other - one, other - one - half, other - one + half), share


def _per_cent(value: Any, low: Any, high: Any) -> Estimate:
    return Estimate(*(100.0 * float(part) for part in (value, low, high)))
