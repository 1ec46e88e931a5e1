"""What a hindcast says in sentences, made from its scores."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sim.outcomes.hindcast import (
    ALL_CLASSES,
    BASE_RATE,
    BRIER,
    HELD_LEVELS,
    TEST_WINDOW,
    TRAINING_WINDOW,
    WORLDS,
    Score,
)
from sim.words.months import month_name, span_in_words
from sim.words.numbers import count, percent

BETTER, WORSE, NOT_TOLD = "better than", "worse than", "not to be told from"


def score_of(scores: Sequence[Score], window: str, score: str, forecast: str) -> Score | None:
    """The row of a forecast over all facts of a window; None where there is no such fact."""
    for one in scores:
        if (one.window, one.kind, one.score, one.forecast) == (window, ALL_CLASSES, score, forecast):
            return one if one.mean.facts else None
    return None


def judgement(low: float, high: float) -> str:
    """Whether the worlds are better than a forecast, by the interval of their gain: only where it leaves no doubt."""
    if math.isnan(low):
        return NOT_TOLD
    return BETTER if low > 0 else WORSE if high < 0 else NOT_TOLD


def judged_in_words(low: float, high: float) -> str:
    """The same as the last cell of a row."""
    return f"{judgement(low, high)} it"


def reported_in_words(low: float, high: float, say: Callable[[float], str]) -> str:
    """What was reported: "327", "10 to 15", "at least 3,000"; NaN is no bound."""
    if math.isnan(high):
        return f"at least {say(low)}"
    if math.isnan(low):
        return f"at most {say(high)}"
    return say(low) if low == high else f"{say(low)} to {say(high)}"


def headline_of(scores: Sequence[Score], training_ends: int, end: int) -> str:
    """The plain answer: events against their base rate, then numbers inside their interval; of the test window, or of
    the training window where there is no fact after it.
    """
    parts = []
    window = TEST_WINDOW if any(one.window == TEST_WINDOW and one.mean.facts for one in scores) else TRAINING_WINDOW
    worlds, base = (score_of(scores, window, BRIER, way) for way in (WORLDS, BASE_RATE))
    when = span_in_words(training_ends + 1, end) if window == TEST_WINDOW else f"the months to {month_name(end)}"
    if worlds is not None and base is not None:
        parts.append(
            f"Over {count(worlds.mean.facts, 'event')} of {when} the probabilities of the worlds score "
            f"{worlds.mean.value:.3f} (Brier, lower is better) against {base.mean.value:.3f} of the base rate: "
            f"{judged_in_words(base.gain.low, base.gain.high)}"
        )
    inside = score_of(scores, window, f"inside {HELD_LEVELS[-1]:.0%}", WORLDS)
    if inside is not None:
        number = round(inside.mean.value * inside.mean.facts)
        parts.append(
            f"{number} of {inside.mean.facts} reported numbers lie inside the {HELD_LEVELS[-1]:.0%} interval "
            f"({percent(inside.mean.value)})"
        )
    return "; ".join(parts) if parts else "No fact can be scored"


def how_little(rows: Sequence[Mapping[str, Any]], firms: int, events: int, numbers: int) -> str:
    """One paragraph on what facts of one history can prove; ``rows``: those of scores.csv."""
    said = (
        f"How little this proves: these are {count(events, 'event')} and {count(numbers, 'number')} of one history of "
        f"{count(firms, 'firm')}. They depend on each other: who lists does not pivot, and one cold year moves all. "
        "The intervals of scores take the facts as if each were drawn alone, so that the truth is less sure than they "
        "say. A good score is no proof of the model, and a single fact that it misses no refutation."
    )
    for row in rows:
        if (row["window"], row["class"], row["score"], row["forecast"]) == (TEST_WINDOW, ALL_CLASSES, BRIER, BASE_RATE):
            half = (row["gain_high"] - row["gain_low"]) / 2
            if not math.isnan(half):
                said += f" Even so, a difference of less than about {half:.2f} in the Brier score may be chance."
    return said
