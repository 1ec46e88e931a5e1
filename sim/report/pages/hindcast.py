"""The page of a hindcast: what worlds said of the facts, how well, and what they missed."""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping
from functools import partial
from typing import Any

from sim.outcomes.hindcast import (
    ALL_CLASSES,
    BASE_RATE,
    BRIER,
    CRPS,
    DEFAULTS,
    LOG_SCORE,
    ONE_HALF,
    OUTSIDE_ALL,
    OUTSIDE_MIDDLE,
    PERSISTENCE,
    PRIORS,
    TEST_WINDOW,
    TRAINING_WINDOW,
    WORLDS,
)
from sim.report.html.document import Cell, Column, Details, Document, Figure, Prose, Section, Table, Tiles
from sim.report.pages.chapters import closing
from sim.report.pictures.hindcast import ranks, reliability, timeline
from sim.study.hindcast import Hindcast
from sim.words.hindcast import how_little, judged_in_words, reported_in_words
from sim.words.months import date_name
from sim.words.numbers import between, count, percent
from sim.words.propositions import measured_in_words
from sim.words.text import capital, notes, shorten

WAYS = {
    WORLDS: "the worlds of this scenario",
    BASE_RATE: "the base rate of the class, without the event itself",
    DEFAULTS: "the same worlds with the defaults of all assumptions",
    PRIORS: "the same scenario with the priors of its draws, before any fact",
    PERSISTENCE: "that nothing changes from the end of the training window",
    ONE_HALF: "one half, always",
}
HINDCAST_TERMS = (
    (
        "Training and test",
        "Facts to the end of the training window are those that sizes may rest on. Facts after it are the test: the "
        "score there says how well the model knows what it was not made from.",
    ),
    ("Brier score", "The mean squared distance of a probability from what came about, 1 or 0. Lower is better."),
    (
        "Log score",
        "The mean of minus the logarithm of the probability that was given to what came about. Lower is better; it "
        "punishes being sure and wrong most.",
    ),
    (
        "CRPS",
        "How far all worlds lie from a reported number, less how far they lie from each other; in units of the spread "
        "of the worlds under the defaults. Lower is better.",
    ),
    (
        "Base rate",
        "The share of the other events of the class that happened: what somebody says who knows how often such things "
        "happened, and nothing of the firm. Numbers have none.",
    ),
)


def document_of(done: Hindcast) -> Document:
    """The page as a document."""
    scenario = done.scenario
    again = (
        f"shakeout hindcast scenario.yaml --until {shlex.quote(done.until)} "
        f"--worlds {scenario.worlds} --seed {scenario.seed}"
    )
    firms = sum(firm.kind == "startup" and not firm.copies for firm in scenario.firms)
    scores: Any = done.scores.to_dict("records")
    little = how_little(scores, firms, len(done.event_forecasts), len(done.number_forecasts))
    sections = [
        Section("found", "How well it knew", (_tiles(done), Prose((little,)), _scores(done))),
        Section("timeline", "Forecasts against facts", (Figure(timeline(done)),)),
        Section("shape", "Are its probabilities and intervals right", (Figure(reliability(done)), Figure(ranks(done)))),
        Section("missed", "What it missed", (_missed(done),)),
        Section(
            "facts",
            "Every fact",
            (
                Details(capital(count(len(done.event_forecasts), "event")), (_events(done),)),
                Details(capital(count(len(done.number_forecasts), "number")), (_numbers(done),)),
            ),
        ),
        *closing([scenario], HINDCAST_TERMS, done.manifest, again, f"{scenario.worlds:,}"),
    ]
    return Document(
        f"Hindcast: {shorten(scenario.title or scenario.name, 200)}",
        shorten(done.headline, 600),
        tuple(sections),
        f"Facts to {date_name(done.until)} are the training window, those after it the test.",
        (
            f"{scenario.worlds:,} worlds, seed {scenario.seed}, simulated to the last fact. A share of worlds is a "
            "probability inside the model.",
            *notes(done.manifest["notices"]),
        ),
    )


def _fact(row: Mapping[Any, Any]) -> Cell:
    """What a fact says, to when, and where it is from."""
    return Cell(row["says"], f"to {date_name(row['date'])}; {row['source']}")


def _tiles(done: Hindcast) -> Tiles:
    rows = {
        (row["window"], row["score"], row["forecast"]): row
        for row in done.scores.to_dict("records")
        if row["class"] == ALL_CLASSES
    }
    tiles = []
    for window in (TEST_WINDOW, TRAINING_WINDOW):
        score = rows.get((window, BRIER, WORLDS))
        if score and score["facts"]:
            base = rows[window, BRIER, BASE_RATE]
            tiles.append(
                (
                    f"{score['value']:.3f}",
                    f"Brier score of {score['facts']} events of the {window} window; {base['value']:.3f} by base rate",
                )
            )
        inside = rows.get((window, "inside 90%", WORLDS))
        if inside and inside["facts"]:
            tiles.append(
                (
                    percent(inside["value"]),
                    f"of {inside['facts']} numbers of the {window} window lie inside the 90% interval",
                )
            )
    return Tiles(tuple(tiles))


def _scores(done: Hindcast) -> Table:
    columns = (
        Column("Window and score"),
        Column("Forecast", wide=True),
        Column("Score", "right"),
        Column("95% interval", "right"),
        Column("Facts", "right"),
        Column("The worlds are better by", "right"),
        Column("In words"),
    )
    rows = []
    for row in done.scores.to_dict("records"):
        if row["class"] != ALL_CLASSES or row["score"] not in (BRIER, LOG_SCORE, CRPS) or not row["facts"]:
            continue
        gain, known = row["gain"], not math.isnan(row["gain_low"])
        rows.append(
            (
                Cell(f"{capital(row['window'])}, {row['score']}", strong=row["forecast"] == WORLDS),
                Cell(_way(done, row["forecast"])),
                Cell(f"{row['value']:.3f}"),
                Cell("" if math.isnan(row["low"]) else f"{row['low']:.3f} to {row['high']:.3f}"),
                Cell(str(row["facts"])),
                Cell(f"{gain:+.3f} ({row['gain_low']:+.3f} to {row['gain_high']:+.3f})" if known else ""),
                Cell(judged_in_words(row["gain_low"], row["gain_high"]) if known else ""),
            )
        )
    return Table("scores", "Scores; lower is better", columns, tuple(rows), empty="No fact can be scored.")


def _way(done: Hindcast, forecast: str) -> str:
    """What a forecast is, in words."""
    calibrated = forecast == DEFAULTS and done.scenario.ensemble
    return "the same scenario without its ensemble" if calibrated else WAYS[forecast]


def _missed(done: Hindcast) -> Table:
    """Numbers outside the 90% interval, and events that no world did, each with the reason that the scenario gives."""
    why = {fact.id: fact for fact in done.scenario.reported}
    columns = (
        Column("Fact", wide=True),
        Column("Window"),
        Column("The model is"),
        Column("Why, by the scenario", wide=True),
    )
    rows = []
    for row in done.number_forecasts.to_dict("records"):
        if row["inside"] in (OUTSIDE_MIDDLE, OUTSIDE_ALL):
            low = row["place"] > 0.5
            reason = why[row["fact"]].too_low if low else why[row["fact"]].too_high
            beyond = ", in every world" if row["inside"] == OUTSIDE_ALL else ""
            rows.append(
                (
                    _fact(row),
                    Cell(row["window"]),
                    Cell(f"too {'low' if low else 'high'}{beyond}"),
                    Cell(reason or "not known"),
                )
            )
    for row in done.event_forecasts.to_dict("records"):
        if row["worlds"] and row["probability"] == (0.0 if row["happened"] else 1.0):
            rows.append(
                (
                    _fact(row),
                    Cell(row["window"]),
                    Cell("contrary, in every world"),
                    Cell("not known"),
                )
            )
    return Table(
        "missed",
        "",
        columns,
        tuple(rows),
        empty="Every number lies inside the 90% interval, and no event was held impossible.",
    )


def _events(done: Hindcast) -> Table:
    columns = (
        Column("Event", wide=True),
        Column("Class"),
        Column("Window"),
        Column("Happened"),
        Column("Share of worlds", "right"),
        Column("95% interval", "right"),
        Column("Base rate", "right"),
        Column("Under defaults", "right"),
        Column("Brier score", "right"),
    )
    rows = tuple(
        (
            _fact(row),
            Cell(row["class"] or ""),
            Cell(row["window"]),
            Cell("yes" if row["happened"] else "no"),
            Cell(percent(row["probability"], 1)),
            Cell(between(row["low"], row["high"])),
            Cell(percent(row["base_rate"])),
            Cell("" if math.isnan(row["defaults"]) else percent(row["defaults"], 1)),
            Cell(f"{row['brier']:.3f}"),
        )
        for row in done.event_forecasts.to_dict("records")
    )
    return Table("events", "", columns, rows, empty="The scenario states no event that happened or did not.")


def _numbers(done: Hindcast) -> Table:
    columns = (
        Column("Number", wide=True),
        Column("Window"),
        Column("Reported", "right"),
        Column("Median of worlds", "right"),
        Column("5 to 95%", "right"),
        Column("Worlds below it", "right"),
        Column("Inside"),
        Column("Worlds", "right"),
    )
    rows = []
    for row in done.number_forecasts.to_dict("records"):
        known = not math.isnan(row["p50"])
        say = partial(measured_in_words, unit=row["unit"], currency=done.scenario.currency)
        rows.append(
            (
                _fact(row),
                Cell(row["window"]),
                Cell(reported_in_words(row["reported_low"], row["reported_high"], say)),
                Cell(say(row["p50"])),
                Cell(f"{say(row['p05'])} to {say(row['p95'])}" if known else ""),
                Cell(percent(row["place"]) if known else ""),
                Cell(row["inside"] if known else "too few worlds"),
                Cell(f"{int(row['worlds']):,}"),
            )
        )
    return Table("numbers", "", columns, tuple(rows), empty="The scenario states no reported number.")
