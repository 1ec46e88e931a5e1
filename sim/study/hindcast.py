"""Hindcast: how well the worlds of a scenario knew what happened, by window, against simpler forecasts."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.archive import digest
from sim.archive.dictionary import A_SHARE, FLAG, INTEGER, NUMBER, TEXT, TEXT_OR_NONE, Column, Table, bounds
from sim.archive.folder import RunFolder, plain_rows
from sim.foundation.errors import InputError
from sim.foundation.months import month_asked, month_text
from sim.laws.catalogue import ASSUMPTIONS
from sim.outcomes import hindcast as facts
from sim.outcomes.hindcast import BASE_RATE, DEFAULTS, PERSISTENCE, PRIORS, QUANTILES, WORLDS, date_of
from sim.outcomes.intervals import of_worlds
from sim.outcomes.scores import Forecast, brier, place, surprise
from sim.scenario.model import Claim, Reported, Scenario, Value, with_values
from sim.study.how import SUMMARISING, TRAINING_ENDS, How
from sim.study.many_worlds import ManyWorlds
from sim.study.precision import sized
from sim.study.priors import Prior
from sim.study.study import Kind, Study, answered, folder_name, frame_of, manifest_of
from sim.study.waves import filling, scaled, with_draws
from sim.words.hindcast import headline_of

if TYPE_CHECKING:
    import pandas as pd

MOST_WORLDS = 4096  # if none are asked for
PRIOR_DRAWS = 512  # of the priors of a calibrated scenario
NO_PRIORS = "no ensemble, or one that does not say them"
INSIDE_SAYS = "`50%` or `90%`: the smaller middle part of worlds that holds any of it; `no`; `outside all` of them"
OF_A_FACT = (
    Column("fact", TEXT, "", "its id in the scenario"),
    Column("says", TEXT, "", "what it says"),
    Column("source", TEXT, "", "where it is from: rows of evidence.csv"),
    Column("date", TEXT, "YYYY-MM", "the last month it speaks of"),
    Column("window", TEXT, "", "`training` to the month that `until` of the manifest names, `test` after it"),
)
EVENT_FORECASTS = Table(
    "every event that happened or did not, and what each forecast said of it",
    (
        *OF_A_FACT,
        Column("class", TEXT_OR_NONE, "", "class of events: the others are its base rate", "it has none"),
        Column("happened", FLAG, "", "whether it happened"),
        Column("probability", NUMBER, A_SHARE, "share of `worlds` in which it comes about", "it cannot be told in any"),
        *bounds("probability", A_SHARE, "fewer than two worlds"),
        Column("worlds", INTEGER, "", "worlds in which it can be told"),
        Column("base_rate", NUMBER, A_SHARE, "share of the other events of its class and window that happened"),
        Column("defaults", NUMBER, A_SHARE, "share of worlds under the defaults", "it cannot be told in any"),
        Column("priors", NUMBER, A_SHARE, "share of worlds under the priors of the draws", NO_PRIORS),
        Column("persistence", NUMBER, A_SHARE, "how it stood at the end of training: 0 or 1", "that is not known"),
        Column("brier", NUMBER, "", "Brier score of the worlds", "no world can tell"),
        Column("log_score", NUMBER, "nats", "log score of the worlds", "no world can tell"),
    ),
)
NUMBER_FORECASTS = Table(
    "every number that was reported, and what worlds said of it",
    (
        *OF_A_FACT,
        Column("unit", TEXT, "", "unit of what was reported"),
        Column("reported_low", NUMBER, "`unit`", "what was reported, or the lower end of it", "it is a bound above"),
        Column("reported_high", NUMBER, "`unit`", "the upper end; that of a number is the number", "a bound below"),
        *(
            Column(f"p{100 * share:02.0f}", NUMBER, "`unit`", f"quantile {share:.0%} of worlds", "too few worlds count")
            for share in QUANTILES
        ),
        Column("worlds", INTEGER, "", "worlds that count for it"),
        Column("place", NUMBER, A_SHARE, "share of worlds below it", "too few worlds count"),
        Column("inside", TEXT_OR_NONE, "", INSIDE_SAYS, "too few worlds count"),
        Column("crps", NUMBER, "sd of the defaults", "CRPS of the worlds", "a bound, or too few worlds count"),
        Column("crps_defaults", NUMBER, "sd of the defaults", "CRPS of the worlds under the defaults", "the same"),
        Column("crps_priors", NUMBER, "sd of the defaults", "CRPS of the worlds under the priors", NO_PRIORS),
        Column("crps_persistence", NUMBER, "sd of the defaults", "distance of the number before", "it is not known"),
    ),
)
SCORES = Table(
    "the mean score of each forecast over facts; lower is better, but of `inside` nearer to its share",
    (
        Column("window", TEXT, "", "`training` or `test`"),
        Column("class", TEXT, "", "class of events, or `all`"),
        Column("score", TEXT, "", "`Brier`, `log`, `CRPS`, or `inside 50%` and `inside 90%`: share of numbers there"),
        Column("forecast", TEXT, "", "`worlds`, `base rate`, `defaults`, `priors`, `persistence`, `one half`"),
        Column("value", NUMBER, "that of the score", "its mean", "there is no fact"),
        *bounds("value", "that of the score", "fewer than two facts"),
        Column("facts", INTEGER, "", "facts it is the mean of"),
        Column(
            "gain", NUMBER, "that of the score", "by how much the worlds are better, on the same facts", "of the worlds"
        ),
        Column("gain_low", NUMBER, "that of the score", "lower end of its 95% interval", "fewer than two facts"),
        Column("gain_high", NUMBER, "that of the score", "upper end of it", "fewer than two facts"),
    ),
)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Hindcast(Study):
    """How well the worlds of a scenario knew what happened.

    ``event_forecasts``, ``number_forecasts`` and ``scores`` are the tables of these names as pandas frames. ``until``
    is the last month of the training window, YYYY-MM.
    """

    KIND = Kind(
        "hindcast",
        "hindcast.html",
        "a hindcast: facts against the worlds of a scenario",
        "the page of this hindcast: open it in a browser, it works offline",
        {"event_forecasts.csv": EVENT_FORECASTS, "number_forecasts.csv": NUMBER_FORECASTS, "scores.csv": SCORES},
    )
    until: str
    event_forecasts: pd.DataFrame
    number_forecasts: pd.DataFrame
    scores: pd.DataFrame

    def summary(self) -> list[dict[str, Any]]:
        """The rows of scores.csv over all classes."""
        return plain_rows(self.scores[self.scores["class"] == facts.ALL_CLASSES])


def hindcast(scenario: Scenario, until: str | None, how: How) -> Hindcast:
    """How well the worlds of ``scenario`` knew its facts; those to ``until`` (YYYY-MM) are the training window, by
    default those that its ensemble was made from, or those to TRAINING_ENDS.

    Worlds run to the last fact, the scenario's number of them, but not more than MOST_WORLDS, if none is asked for.
    InputError if there is no fact, ``until`` is no month, or a fact of the test window was fitted to; else errors as in
    ``run.run``.
    """
    until = until if until is not None else scenario.fitted_to or TRAINING_ENDS
    training_ends = month_asked("--until", until)
    if until < scenario.fitted_to:
        problem = "facts would be both training and test: the ensemble was fitted to them"
        allowed = f"{scenario.fitted_to} or later"
        raise InputError(problem, key="--until", found=until, allowed=allowed)
    if not (scenario.facts or scenario.reported):
        raise InputError("the scenario states no fact", key="facts", found=scenario.name, allowed="at least one fact")
    base = sized(to_last_fact(scenario), how, MOST_WORLDS)

    def reopen(done: RunFolder) -> Hindcast:
        return Hindcast.reopened(done, base, until=until)

    name = folder_name(Hindcast.KIND, [digest.question(base, None), until])
    return answered([base], name, how, lambda: _computed(base, training_ends, how), reopen)


def facts_of(scenario: Scenario) -> tuple[Claim | Reported, ...]:
    """Events, then numbers."""
    return (*scenario.facts, *scenario.reported)


def to_last_fact(scenario: Scenario) -> Scenario:
    """``scenario`` with its facts alone, to the last month that one speaks of."""
    end = max(date_of(fact) for fact in facts_of(scenario))
    probes = tuple(probe for probe in scenario.probes if probe.month <= end)
    return replace(scenario, end=end, claims=(), probes=probes)


def uncalibrated(scenario: Scenario) -> Scenario:
    """What the reference of that name knows: ``scenario`` without its ensemble, or if it has none with the defaults of
    all assumptions of the industry.
    """
    defaults: Mapping[str, Value] = scenario.uncalibrated
    if not scenario.ensemble:
        defaults = {path: Value("number", (float(one.default),), one.source) for path, one in ASSUMPTIONS.items()}
    firms, assumptions = with_values(scenario.firms, scenario.assumptions, defaults)
    return replace(scenario, firms=firms, assumptions=assumptions)


def from_priors(scenario: Scenario) -> Scenario:
    """What the draws of a calibrated scenario were before they knew a fact: as many, that fill its priors."""
    priors = [Prior(path, *prior) for path, prior in scenario.priors.items()]
    return with_draws(scenario, scaled(priors, filling(PRIOR_DRAWS, len(priors), scenario.seed)))


def _computed(base: Scenario, training_ends: int, how: How) -> Hindcast:
    started, many = time.perf_counter(), ManyWorlds(how)
    asked = [base, uncalibrated(base), *([from_priors(base)] if base.priors else [])]
    many.compute(asked)
    how.tell(SUMMARISING, base.worlds, base.worlds)
    seen, defaults, *more = (facts.seen_in(one, many.blocks(one)) for one in asked)
    priors = more[0] if more else None
    told = facts.events_told(seen, defaults, training_ends, priors)
    judged = facts.numbers_judged(seen, defaults, training_ends, priors)
    scores = [*facts.event_scores(told), *facts.number_scores(judged)]
    manifest = manifest_of(
        Hindcast.KIND,
        base,
        how,
        base.notices,
        {"simulate_seconds": time.perf_counter() - started, "worlds_computed": many.computed},
        until=month_text(training_ends),
        stem=digest.stem(base),
        headline=headline_of(scores, training_ends, base.end),
    )
    return Hindcast(
        scenario=base,
        until=month_text(training_ends),
        event_forecasts=frame_of(EVENT_FORECASTS, [_event(one) for one in told]),
        number_forecasts=frame_of(NUMBER_FORECASTS, [_number(one) for one in judged]),
        scores=frame_of(SCORES, [_score(one) for one in scores]),
        manifest=manifest,
    )


def _of_fact(one: facts.Told | facts.Judged) -> dict[str, Any]:
    fact = one.fact
    return {
        "fact": fact.id,
        "says": fact.says,
        "source": fact.source,
        "date": month_text(date_of(fact)),
        "window": one.window,
    }


def _event(one: facts.Told) -> dict[str, Any]:
    own = one.forecasts[WORLDS] or Forecast(np.nan, 0, bool(one.fact.happened))
    low, high = (float(end) for end in of_worlds(own.probability, own.cases))

    def said(way: str) -> float:
        forecast = one.forecasts[way]
        return np.nan if forecast is None else forecast.probability

    return {
        **_of_fact(one),
        "class": one.fact.kind or None,
        "happened": bool(one.fact.happened),
        "probability": own.probability,
        "low": low,
        "high": high,
        "worlds": own.cases,
        "base_rate": said(BASE_RATE),
        "defaults": said(DEFAULTS),
        "priors": said(PRIORS),
        "persistence": said(PERSISTENCE),
        "brier": brier(own),
        "log_score": surprise(own) if own.cases else np.nan,
    }


def _number(one: facts.Judged) -> dict[str, Any]:
    from sim.words.propositions import unit_of

    found: dict[str, Any] = {
        **_of_fact(one),
        "unit": unit_of(one.fact.measure),
        "reported_low": one.fact.low if np.isfinite(one.fact.low) else np.nan,
        "reported_high": one.fact.high if np.isfinite(one.fact.high) else np.nan,
        "worlds": one.values.size,
    }
    if one.counts:
        quantiles = np.quantile(one.values, QUANTILES)
        found |= {f"p{100 * share:02.0f}": float(x) for share, x in zip(QUANTILES, quantiles, strict=True)}
        found |= {"place": place(one.values, one.point), "inside": one.where}
    distances = facts.distances(one)
    return found | {
        "crps": distances[WORLDS],
        "crps_defaults": distances[DEFAULTS],
        "crps_priors": distances[PRIORS],
        "crps_persistence": distances[PERSISTENCE],
    }


def _score(one: facts.Score) -> dict[str, Any]:
    return {
        "window": one.window,
        "class": one.kind,
        "score": one.score,
        "forecast": one.forecast,
        "value": one.mean.value,
        "low": one.mean.low,
        "high": one.mean.high,
        "facts": one.mean.facts,
        "gain": one.gain.value,
        "gain_low": one.gain.low,
        "gain_high": one.gain.high,
    }
