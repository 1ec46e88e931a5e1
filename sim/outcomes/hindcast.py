"""Facts against worlds: for every fact the forecast of the worlds, and where what happened lies in it.

A world counts for a reported number if ``given`` is true there and the firm that is measured, where it is one, is
independent at the end of the last month that is measured.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from sim.engine.block import Block
from sim.foundation.states import State
from sim.outcomes.amounts import amounts
from sim.outcomes.claims import FALSE, TRUE, holds, truth
from sim.outcomes.scores import Forecast, Mean, brier, coverage, crps, leave_one_out, mean_of, middle, surprise
from sim.scenario import amount, proposition
from sim.scenario.model import Claim, Reported, Scenario

TRAINING_WINDOW, TEST_WINDOW = "training", "test"
WINDOWS = (TRAINING_WINDOW, TEST_WINDOW)
HELD_LEVELS = (0.5, 0.9)
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
FEWEST_WORLDS = 100  # that count for a number; with fewer it is not judged
WORLDS, BASE_RATE, DEFAULTS, PERSISTENCE, ONE_HALF = "worlds", "base rate", "defaults", "persistence", "one half"
PRIORS = "priors"  # of a calibrated scenario: what its draws were before they knew a fact
FORECASTS_OF_EVENTS = (WORLDS, BASE_RATE, DEFAULTS, PRIORS, PERSISTENCE, ONE_HALF)
FORECASTS_OF_NUMBERS = (WORLDS, DEFAULTS, PRIORS, PERSISTENCE)
ALL_CLASSES = "all"
OUTSIDE_MIDDLE, OUTSIDE_ALL = "no", "outside all"
BRIER, LOG_SCORE, CRPS = "Brier", "log", "CRPS"
SURE = 100  # cases that a forecast of certainty counts as, so that its log score is finite: 1/200 is left


def date_of(fact: Claim | Reported) -> int:
    """The last month that a fact speaks of."""
    said = fact.when if isinstance(fact, Claim) else fact.measure
    last: int = proposition.last_month(said) if isinstance(fact, Claim) else amount.last_month(said)
    return last


def window_of(fact: Claim | Reported, training_ends: int) -> str:
    """Whether a fact lies in the training window, which ends with the month ``training_ends``, or in the test one."""
    return TRAINING_WINDOW if date_of(fact) <= training_ends else TEST_WINDOW


def measured(fact: Reported, block: Block, scenario: Scenario) -> np.ndarray:
    """(worlds,) what ``fact`` measures in each world; NaN where the world does not count for it."""
    found = amounts(fact.measure, block, scenario)
    if fact.given is not None:
        found = np.where(holds(fact.given, block, scenario) == TRUE, found, np.nan)
    for firm in amount.firms_of(fact.measure):
        there = {"firm": firm, "fate": State.INDEPENDENT, "by": date_of(fact)}
        found = np.where(holds(there, block, scenario) == TRUE, found, np.nan)
    return np.asarray(found)


@dataclass
class Seen:
    """What worlds say of the facts of a scenario: of events how many worlds it is true, or false in; of numbers all."""

    scenario: Scenario
    events: dict[str, np.ndarray] = field(default_factory=dict)
    numbers: dict[str, np.ndarray] = field(default_factory=dict)
    worlds: int = 0

    def forecast(self, fact: Claim) -> Forecast:
        """The share of worlds in which an event comes about, of those in which it can be told."""
        true, false = self.events[fact.id]
        cases = int(true + false)
        return Forecast(float(true / cases) if cases else np.nan, cases, bool(fact.happened))


def seen_in(scenario: Scenario, blocks: Iterable[Block]) -> Seen:
    """What the worlds of ``blocks`` say of the facts of ``scenario``."""
    found, parts = Seen(scenario), dict[str, list[np.ndarray]]()
    for block in blocks:
        found.worlds += block.worlds
        for event in scenario.facts:
            told = truth(event, block, scenario)
            count = np.array([(told == TRUE).sum(), (told == FALSE).sum()])
            found.events[event.id] = found.events.get(event.id, 0) + count
        for fact in scenario.reported:
            parts.setdefault(fact.id, []).append(measured(fact, block, scenario))
    for id, arrays in parts.items():
        values = np.concatenate(arrays)
        found.numbers[id] = values[~np.isnan(values)]
    return found


class Judged(NamedTuple):
    """A reported number, and the numbers of the worlds that count for it, under the scenario and under defaults; and
    under the priors of its draws, if it has any.
    """

    fact: Reported
    window: str
    values: np.ndarray
    defaults: np.ndarray
    priors: np.ndarray | None = None

    @property
    def counts(self) -> bool:
        """True if enough worlds count for it to be judged."""
        return self.values.size >= FEWEST_WORLDS

    def inside(self, level: float) -> bool:
        """True if the middle ``level`` of the worlds holds what was reported, or any of a reported range."""
        return middle(self.values, level).holds(self.fact.low, self.fact.high)

    @property
    def point(self) -> float:
        """One number for what was reported: the middle of a range, the bound of a bound."""
        ends = [end for end in (self.fact.low, self.fact.high) if np.isfinite(end)]
        return float(np.mean(ends))

    @property
    def outside_all(self) -> bool:
        """True if what was reported lies above or below every world."""
        return bool(self.fact.low > self.values.max() or self.fact.high < self.values.min())

    @property
    def where(self) -> str:
        """The smallest level that holds it, "50%" or "90%"; "no" if none does, OUTSIDE_ALL beyond all worlds."""
        found = [f"{level:.0%}" for level in HELD_LEVELS if self.inside(level)]
        return found[0] if found else OUTSIDE_ALL if self.outside_all else OUTSIDE_MIDDLE

    @property
    def too_low(self) -> bool:
        """True if the worlds lie below what was reported."""
        return bool(np.median(self.values) < self.point)


class Told(NamedTuple):
    """An event with the probabilities that several forecasts give it; None where one gives none."""

    fact: Claim
    window: str
    forecasts: Mapping[str, Forecast | None]

    @property
    def impossible(self) -> bool:
        """True if no world did what happened."""
        own = self.forecasts[WORLDS]
        return own is not None and own.probability == (0.0 if self.fact.happened else 1.0)


def events_told(seen: Seen, defaults: Seen, training_ends: int, priors: Seen | None = None) -> list[Told]:
    """Every event, by class in the order in which classes come; the base rate is that of its class and window."""
    facts = seen.scenario.facts
    found = []
    for kind in dict.fromkeys((window_of(fact, training_ends), fact.kind) for fact in facts):
        own = [fact for fact in facts if (window_of(fact, training_ends), fact.kind) == kind]
        bases = leave_one_out([bool(fact.happened) for fact in own])
        for fact, base in zip(own, bases, strict=True):
            before = None if fact.before is None else Forecast(float(fact.before), SURE, bool(fact.happened))
            found.append(
                Told(
                    fact,
                    kind[0],
                    {
                        WORLDS: _known(seen.forecast(fact)),
                        BASE_RATE: base,
                        DEFAULTS: _known(defaults.forecast(fact)),
                        PRIORS: None if priors is None else _known(priors.forecast(fact)),
                        PERSISTENCE: before,
                        ONE_HALF: Forecast(0.5, 2, bool(fact.happened)),
                    },
                )
            )
    return found


def _known(forecast: Forecast) -> Forecast | None:
    return forecast if forecast.cases else None


def numbers_judged(seen: Seen, defaults: Seen, training_ends: int, priors: Seen | None = None) -> list[Judged]:
    """Every reported number, in the order of the file."""
    others = [defaults, *([] if priors is None else [priors])]
    return [
        Judged(fact, window_of(fact, training_ends), *(one.numbers[fact.id] for one in (seen, *others)))
        for fact in seen.scenario.reported
    ]


def distances(one: Judged) -> dict[str, float]:
    """Forecast -> its CRPS against the number, over the standard deviation of the defaults' worlds; NaN where there is
    none: of a bound, of too few worlds, and of persistence where the number before is not known.
    """
    unit = float(one.defaults.std()) if one.defaults.size >= FEWEST_WORLDS else np.nan
    if not (one.counts and unit > 0 and np.isfinite([one.fact.low, one.fact.high]).all()):
        return dict.fromkeys(FORECASTS_OF_NUMBERS, np.nan)
    before = np.nan if one.fact.before is None else abs(one.fact.before - one.point)
    return {
        WORLDS: crps(one.values, one.point) / unit,
        DEFAULTS: crps(one.defaults, one.point) / unit,
        PRIORS: np.nan if one.priors is None or not one.priors.size else crps(one.priors, one.point) / unit,
        PERSISTENCE: before / unit,
    }


class Score(NamedTuple):
    """A row of scores.csv: the mean score of a forecast over the facts of a class, or of all, in a window.

    ``gain`` is by how much the score of the worlds is better than this one over the facts that both forecast, with its
    interval; NaN for the worlds themselves.
    """

    window: str
    kind: str
    score: str
    forecast: str
    mean: Mean
    gain: Mean


def event_scores(told: Sequence[Told]) -> list[Score]:
    """Brier and log scores of every forecast, over all events of a window and over those of each class."""
    rows = []
    for window in WINDOWS:
        own = [one for one in told if one.window == window]
        for kind in (ALL_CLASSES, *dict.fromkeys(one.fact.kind for one in own if one.fact.kind)):
            part = [one for one in own if kind in (ALL_CLASSES, one.fact.kind)]
            for name, rule in ((BRIER, brier), (LOG_SCORE, surprise)):
                scored = {
                    way: [None if f is None else rule(f) for f in (one.forecasts[way] for one in part)]
                    for way in FORECASTS_OF_EVENTS
                }
                rows += _against_worlds(window, kind, name, scored)
    return rows


def number_scores(judged: Sequence[Judged]) -> list[Score]:
    """CRPS of every forecast of numbers, over those of a window; and the share inside the 50% and the 90% interval."""
    rows = []
    for window in WINDOWS:
        own = [one for one in judged if one.window == window and one.counts]
        found = [distances(one) for one in own]
        scored = {way: [None if np.isnan(one[way]) else one[way] for one in found] for way in FORECASTS_OF_NUMBERS}
        rows += _against_worlds(window, ALL_CLASSES, CRPS, scored)
        for level in HELD_LEVELS:
            inside = sum(one.inside(level) for one in own)
            share = inside / len(own) if own else np.nan
            ends = coverage(inside, len(own)) if own else (np.nan, np.nan)
            mean = Mean(share, *ends, len(own))
            rows.append(Score(window, ALL_CLASSES, f"inside {level:.0%}", WORLDS, mean, mean_of([])))
    return rows


def _against_worlds(window: str, kind: str, name: str, scored: Mapping[str, list[float | None]]) -> list[Score]:
    rows = []
    for way, scores in scored.items():
        both = [] if way == WORLDS else [(a, b) for a, b in zip(scored[WORLDS], scores, strict=True)]
        gains = [b - a for a, b in both if a is not None and b is not None]
        rows.append(Score(window, kind, name, way, mean_of([s for s in scores if s is not None]), mean_of(gains)))
    return rows
