"""What the calibrated flagships know better: what facts leave of the sizes without a source, and their scores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import sim
from sim.outcomes.hindcast import (
    ALL_CLASSES,
    BASE_RATE,
    BRIER,
    CRPS,
    DEFAULTS,
    HELD_LEVELS,
    PRIORS,
    TEST_WINDOW,
    TRAINING_WINDOW,
    WORLDS,
)
from sim.scenario import ensemble
from sim.scenario.model import Scenario
from sim.study.hindcast import Hindcast
from sim.study.priors import Prior
from sim.words.hindcast import BETTER, NOT_TOLD, WORSE, judgement
from sim.words.months import date_name
from sim.words.numbers import count, percent, significant
from sim.words.text import listed
from tools.calibration.tables import table

CALIBRATED = ("six-dragons-2024", "six-dragons-2026")
TOLD = 12  # sizes of each, those that the facts leave least of
ENDS = (0.05, 0.5, 0.95)


def draws_of(scenario: Scenario) -> ensemble.Ensemble:
    """The ensemble that a scenario names."""
    return ensemble.read(Path(scenario.ensemble), [firm.id for firm in scenario.firms])


def left_text(name: str) -> str:
    """What the facts leave, of one scenario: a sentence, and the sizes they leave least of."""
    found = draws_of(sim.load(name))
    about, unmet = found.about, found.about["no_setting_meets"]
    never = f" No setting meets {listed([f'`{fact}`' for fact in unmet])}." if unmet else " Some setting meets each."
    said = (
        f"**{name}**: {count(len(about['facts']), 'fact')} to {date_name(about['until'])} speak to "
        f"{len(found.columns)} of {about['varied']} sizes without a source.{never}"
    )
    rows = sorted(_left(found, path) for path in found.columns)[:TOLD]
    return f"{said}\n\n" + table(
        "| size | stated | prior | middle 90% of draws | median | width left |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        [row[1:] for row in rows],
    )


def _left(found: ensemble.Ensemble, path: str) -> tuple[Any, ...]:
    """Width left first, then the cells of a row."""
    prior = Prior(path, *found.about["priors"][path])
    low, middle, high = (float(x) for x in np.quantile(found.columns[path], ENDS))
    ends = prior.place(np.array([low, high]))
    width = float(ends[1] - ends[0]) / (ENDS[-1] - ENDS[0])
    return (
        width,
        f"`{path}`",
        significant(prior.stated),
        f"{significant(prior.low)} to {significant(prior.high)}",
        f"{significant(low)} to {significant(high)}",
        significant(middle),
        percent(width),
    )


def scores_text(done: dict[str, Hindcast]) -> str:
    """The scores of hindcasts of the flagship and of the calibrated ones, by scenario and window, as tables of events
    and of numbers, and in words.
    """
    told = [(name, one, window) for name, one in done.items() for window in _windows(one)]
    head = "better than its base rate by | better than without the draws by | better than its priors by |"
    numbers = "better than without the draws by | better than its priors by | inside 90% |"
    return "\n\n".join(
        [
            table(
                f"| scenario | window | Brier, events | {head}",
                "| --- | --- | ---: | ---: | ---: | ---: |",
                [_row_of_events(*one) for one in told],
            ),
            table(
                f"| scenario | window | CRPS, numbers | {numbers}",
                "| --- | --- | ---: | ---: | ---: | ---: |",
                [_row_of_numbers(*one) for one in told],
            ),
            *(_said(name, one) for name, one in done.items() if one.scenario.ensemble),
        ]
    )


def _of(done: Hindcast, window: str, score: str, forecast: str) -> Any:
    frame = done.scores
    kept = frame[(frame["window"] == window) & (frame["class"] == ALL_CLASSES)]
    found = kept[(kept["score"] == score) & (kept["forecast"] == forecast)]
    return found.iloc[0]


def _gain(row: Any) -> str:
    return f"{row['gain']:+.3f} ({row['gain_low']:+.3f} to {row['gain_high']:+.3f})"


def _row_of_events(name: str, done: Hindcast, window: str) -> tuple[str, ...]:
    gains = [_gain(_of(done, window, BRIER, way)) for way in (BASE_RATE, *_others(done))]
    return (name, window, f"{_of(done, window, BRIER, WORLDS)['value']:.3f}", *gains, *[""] * (3 - len(gains)))


def _row_of_numbers(name: str, done: Hindcast, window: str) -> tuple[str, ...]:
    gains = [_gain(_of(done, window, CRPS, way)) for way in _others(done)]
    inside = _of(done, window, f"inside {HELD_LEVELS[-1]:.0%}", WORLDS)
    held = f"{round(inside['value'] * inside['facts'])} of {inside['facts']}"
    return (name, window, f"{_of(done, window, CRPS, WORLDS)['value']:.2f}", *gains, *[""] * (2 - len(gains)), held)


def _others(done: Hindcast) -> tuple[str, ...]:
    """What a calibrated scenario is held against, beside the base rate."""
    return (DEFAULTS, PRIORS) if done.scenario.ensemble else ()


def _said(name: str, done: Hindcast) -> str:
    """Whether the draws know better than the flagship without them, and than their priors, by window."""
    against = []
    for way, words in ((DEFAULTS, "the same scenario without the draws"), (PRIORS, "its priors")):
        parts = [
            f"of the {window} window it knows events {_known(done, window, BRIER, way)} and numbers "
            f"{_known(done, window, CRPS, way)}"
            for window in _windows(done)
        ]
        against.append(f"Against {words}, {'; '.join(parts)}.")
    said = f"**{name}**. {' '.join(against)}"
    if TEST_WINDOW not in _windows(done):
        return f"{said} All facts were fitted to: nothing is left to test it by."
    rate = _known(done, TEST_WINDOW, BRIER, BASE_RATE)
    return f"{said} Against their base rate, events of the test window are known {rate}."


def _known(done: Hindcast, window: str, score: str, way: str) -> str:
    """Better, worse or neither for sure than a forecast."""
    row = _of(done, window, score, way)
    return {BETTER: "better", WORSE: "worse", NOT_TOLD: "neither better nor worse for sure"}[
        judgement(row["gain_low"], row["gain_high"])
    ]


def _windows(done: Hindcast) -> list[str]:
    """The windows that have facts."""
    return [w for w in (TRAINING_WINDOW, TEST_WINDOW) if _of(done, w, BRIER, WORLDS)["facts"]]
