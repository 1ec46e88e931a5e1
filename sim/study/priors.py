"""Wide priors of all assumptions whose size no source gives: what calibration starts from.

An assumption that the scenario leaves uncertain is uniform over its distribution's range, widened by WIDER of its width
on both sides; of a normal or lognormal the range is that of its middle 98%. One with a single value lies between the
value over FACTOR and FACTOR times it, uniform in its logarithm, so that the value is the median; of a share of one this
holds for its odds. Bounds hold. Switches, counts, decisions, a value of 0 (an effect that the scenario leaves out) and
what an event sets from the opening on are left as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy.special import expit, logit

from sim.foundation.assumption import Assumption
from sim.laws.catalogue import ASSUMPTIONS, FIRM_ASSUMPTIONS
from sim.scenario.basis import ASSUMPTION as NO_SOURCE
from sim.scenario.basis import UNSAID, rests_on
from sim.scenario.model import JOINT, Scenario, Value
from sim.scenario.value import quantile, range_of

WIDER = 0.25  # assumption: a range that somebody chose is rarely too wide
FACTOR = 2.0  # assumption: orders of magnitude are known of nearly everything
CUT_OFF = 0.01  # of a normal or lognormal, on both sides, that the range leaves out


EVENLY, BY_LOG, BY_ODDS = "even", "log", "odds"  # what is uniform: the number, its logarithm, the logarithm of its odds


class Prior(NamedTuple):
    """``path`` is uniform from ``low`` to ``high`` on its ``scale``; ``stated`` is what the scenario states, its value
    or the median of its distribution.
    """

    path: str
    low: float
    high: float
    stated: float
    scale: str = EVENLY

    def at(self, place: np.ndarray) -> np.ndarray:
        """The values at ``place``, 0 (lowest) to 1 each."""
        low, high = self._scaled(np.array([self.low, self.high]))
        found = low + (high - low) * place
        if self.scale == BY_LOG:
            found = np.exp(found)
        elif self.scale == BY_ODDS:
            found = expit(found)
        return np.asarray(np.clip(found, self.low, self.high))

    def place(self, value: np.ndarray) -> np.ndarray:
        """Where ``value`` lies, 0 (lowest) to 1."""
        low, high = self._scaled(np.array([self.low, self.high]))
        return np.asarray((self._scaled(value) - low) / (high - low))

    def _scaled(self, value: np.ndarray) -> np.ndarray:
        return np.asarray(np.log(value) if self.scale == BY_LOG else logit(value) if self.scale == BY_ODDS else value)


def priors_of(scenario: Scenario) -> tuple[Prior, ...]:
    """The prior of every assumption and trait of a startup whose size no source gives, in the order of their paths."""
    changed = {change.path for change in scenario.changes if change.first <= scenario.start}
    found = [
        _prior(path, value, declared)
        for path, value, declared in _stated(scenario)
        if path not in changed and _is_open(value, declared)
    ]
    return tuple(sorted(prior for prior in found if prior.low < prior.high))


def _stated(scenario: Scenario) -> Iterator[tuple[str, Value, Assumption]]:
    for path, value in scenario.assumptions.items():
        yield path, value, ASSUMPTIONS[path]
    for firm in scenario.firms:
        for name, value in firm.values.items():
            if f"firms.{firm.id}.{name}" in scenario.given:
                yield f"firms.{firm.id}.{name}", value, FIRM_ASSUMPTIONS[name]


def _is_open(value: Value, declared: Assumption) -> bool:
    """Whether a source leaves its size open, and it is a number that can vary."""
    if declared.whole or declared.decides or declared.labels or value.changing or value.kind == JOINT:
        return False
    return rests_on(value.source) in (NO_SOURCE, UNSAID)


def _prior(path: str, value: Value, declared: Assumption) -> Prior:
    if value.uncertain:
        within = range_of("set", declared)
        shares = np.array([CUT_OFF, 0.5, 1 - CUT_OFF])
        low, stated, high = (float(x) for x in quantile(value, shares, within.low, within.high))
        wider = WIDER * (high - low)
        return Prior(path, max(low - wider, declared.low), min(high + wider, declared.high), stated)
    stated = value.numbers[0]
    if (declared.low, declared.high) == (0, 1) and 0 < stated < 1:
        odds = stated / (1 - stated)
        low, high = (odds * by / (1 + odds * by) for by in (1 / FACTOR, FACTOR))
        return Prior(path, low, high, stated, BY_ODDS)
    low, high = sorted((stated / FACTOR, stated * FACTOR))
    return Prior(path, max(low, declared.low), min(high, declared.high), stated, BY_LOG if low > 0 else EVENLY)
