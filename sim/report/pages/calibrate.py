"""The page of a calibration: what facts leave of the assumptions without a source, and which facts no setting meets."""

from __future__ import annotations

import math
import shlex
from typing import Any

from sim.outcomes.history_matching import LEVEL_OF_ALL
from sim.report.html.document import Cell, Column, Details, Document, Figure, Prose, Section, Table, Tiles
from sim.report.pages.chapters import closing
from sim.report.pictures.posteriors import posteriors
from sim.report.pictures.value_axis import name_of
from sim.scenario.model import ENSEMBLE_FILE, Reported
from sim.study.calibrate import ROWS_KEPT, Calibration
from sim.study.hindcast import facts_of
from sim.study.priors import BY_LOG, BY_ODDS, EVENLY, FACTOR, WIDER
from sim.words.months import date_name
from sim.words.numbers import count, percent, significant
from sim.words.propositions import measured_in_words, unit_of
from sim.words.text import capital, notes, shorten

UNIFORM_IN = {EVENLY: "the number", BY_LOG: "its logarithm", BY_ODDS: "its odds, in logarithms"}
CALIBRATION_TERMS = (
    (
        "Prior",
        f"What is thought possible before any fact: of an uncertain assumption its range, by {percent(WIDER)} of its "
        f"width wider on both sides; of a single value from {1 / FACTOR:g} to {FACTOR:g} times it (of a share, its "
        "odds). "
        "All assumptions without a source vary at once; switches, whole numbers, decisions and values of 0 do not.",
    ),
    (
        "Implausibility",
        "How far what happened lies from the mean of the worlds of a setting, in units of their spread and of what is "
        "not known of that mean. A fact rules a setting out if the largest of all would be so implausible by chance in "
        f"fewer than {percent(LEVEL_OF_ALL)} of cases (Bonferroni).",
    ),
    (
        "Wave",
        "Settings that are simulated together. The first two fill the space of priors; an emulator, a quadratic fitted "
        "to the worlds of the first, says where the second need not look (Vernon, Goldstein and Bower 2010).",
    ),
    (
        "Chance and draws",
        "The chance of the facts at a setting is the product over facts of the share of its worlds that come near, to "
        "a power: facts of one history depend on each other, and the plain product would be too sure (Pauli, Racugno "
        "and Ventura 2011). From the third wave on settings are taken by that chance; its power rises as far as enough "
        "settings still count. Each then tries a step to a setting near it, which is taken as often as the chances "
        "of both say (sequential Monte Carlo: Del Moral, Doucet and Jasra 2006). What is left are draws of the "
        f"priors weighed by the facts. {ROWS_KEPT} of them are kept; a world of a scenario that uses them takes one.",
    ),
    (
        "Speaks to",
        "The mean of what the fact measures moves with the assumption, more than chance does (rank correlation, a "
        "family-wise error of 5% over all pairs, Holm 1979).",
    ),
)


def document_of(done: Calibration) -> Document:
    """The page as a document."""
    scenario, points = done.scenario, done.manifest["points"]
    again = (
        f"shakeout calibrate scenario.yaml --until {shlex.quote(done.until)} --points {points} "
        f"--worlds {scenario.worlds} --seed {scenario.seed}"
    )
    silent = done.assumptions[done.assumptions["speaks"].isna()]
    use = (
        f"{ENSEMBLE_FILE} in this folder holds the draws. Put it beside a scenario file and write into that file: "
        f"ensemble: {ENSEMBLE_FILE}. Each world then takes one row by its own luck; --set still changes any of its "
        "assumptions. The file says from which facts and which edition of the model it comes; another edition of the "
        "model refuses it."
    )
    sections = [
        Section("found", "What the facts leave", (_tiles(done), Figure(posteriors(done)))),
        Section("facts", "The facts", (_facts(done),)),
        Section(
            "assumptions",
            "Which assumptions the facts speak to",
            (
                _spoken(done),
                Details(f"{capital(count(len(silent), 'assumption'))} to which no fact speaks", (_silent(done),)),
            ),
        ),
        Section("waves", "How it was found", (_waves(done),)),
        Section("use", "How to use it", (Prose((use,)),)),
        *closing([scenario], CALIBRATION_TERMS, done.manifest, again, f"{scenario.worlds:,} a point, on average"),
    ]
    return Document(
        f"Calibration: {shorten(scenario.title or scenario.name, 200)}",
        shorten(done.headline, 600),
        tuple(sections),
        f"Facts to {date_name(done.until)} are fitted to; later ones are not seen.",
        (
            f"{capital(count(len(done.waves), 'wave'))} of settings of up to {len(done.assumptions)} assumptions, "
            f"{int(done.waves['worlds'].sum()):,} worlds in all, seed {scenario.seed}. What is left is what the model "
            "and its priors leave: not what is true.",
            *notes(done.manifest["notices"]),
        ),
    )


def _tiles(done: Calibration) -> Tiles:
    spoken, met = int(done.assumptions["speaks"].notna().sum()), int(done.facts["met"].sum())
    power = float(done.waves["power"].iloc[-1])
    return Tiles(
        (
            (f"{spoken} of {len(done.assumptions)}", "assumptions without a source to which a fact speaks"),
            (f"{met} of {len(done.facts)}", "facts that some setting meets"),
            (f"{power:.2f}", "of a fact is what each counts as: facts depend on each other (power)"),
            (percent(done.waves["left"].iloc[0]), "of the space of priors is left by the emulators of the first wave"),
        )
    )


def _facts(done: Calibration) -> Table:
    stated = {fact.id: fact for fact in facts_of(done.scenario)}
    columns = (
        Column("Fact", wide=True),
        Column("Date"),
        Column("Some setting meets it"),
        Column("Rules out", "right", title="share of the settings of the first wave that it alone rules out"),
        Column("Speaks to", "right", title="assumptions"),
        Column("In the draws", "right", title="mean of the worlds of the draws; of an event its share"),
    )
    rows = []
    for row in done.facts.sort_values(["met", "ruled_out"], ascending=[True, False], kind="stable").to_dict("records"):
        fact = stated[row["fact"]]
        unit = unit_of(fact.measure) if isinstance(fact, Reported) else "share"
        rows.append(
            (
                Cell(row["says"], fact.source),
                Cell(row["date"]),
                Cell("yes" if row["met"] else f"no: {row['implausibility']:.1f} at the nearest", strong=not row["met"]),
                Cell(percent(row["ruled_out"])),
                Cell(str(row["spoken_to"])),
                Cell(measured_in_words(row["kept"], unit, done.scenario.currency)),
            )
        )
    caption = (
        "A fact that no setting meets rules nothing out: it is a finding about the model. An event "
        "rules hardly anything out: the worlds of one setting are too few. It weighs settings."
    )
    return Table("facts", "", columns, tuple(rows), caption)


def _spoken(done: Calibration) -> Table:
    columns = (
        Column("Assumption", wide=True),
        Column("Stated", "right"),
        Column("Prior", "right"),
        Column("Left: median", "right"),
        Column("Middle 90%", "right"),
        Column("Width left", "right"),
        Column("Clearest fact", wide=True),
        Column("Correlation", "right"),
    )
    says = dict(zip(done.facts["fact"], done.facts["says"], strict=True))
    rows = []
    for row in done.assumptions[done.assumptions["speaks"].notna()].to_dict("records"):
        drawn = not math.isnan(row["p50"])
        rows.append(
            (
                Cell(name_of(row["path"], done.scenario), row["path"]),
                Cell(significant(row["stated"])),
                Cell(_range(row), UNIFORM_IN[row["scale"]]),
                Cell(significant(row["p50"]) if drawn else ""),
                Cell(f"{significant(row['p05'])} to {significant(row['p95'])}" if drawn else "not drawn"),
                Cell(percent(row["left"]) if drawn else ""),
                Cell(says[row["speaks"]]),
                Cell(f"{row['correlation']:+.2f}"),
            )
        )
    return Table("spoken", "", columns, tuple(rows), empty="The facts speak to no assumption.")


def _silent(done: Calibration) -> Table:
    columns = (Column("Assumption", wide=True), Column("Stated", "right"), Column("Prior", "right"))
    rows = tuple(
        (Cell(name_of(row["path"], done.scenario), row["path"]), Cell(significant(row["stated"])), Cell(_range(row)))
        for row in done.assumptions[done.assumptions["speaks"].isna()].to_dict("records")
    )
    caption = "They keep what the scenario states: the draws say nothing of them."
    return Table("silent", "", columns, rows, caption, empty="A fact speaks to every assumption.")


def _range(row: dict[Any, Any]) -> str:
    return f"{significant(row['low'])} to {significant(row['high'])}"


def _waves(done: Calibration) -> Table:
    columns = (
        Column("Wave"),
        Column("Varied", "right", title="assumptions"),
        Column("Settings", "right"),
        Column("Worlds", "right"),
        Column("Not ruled out", "right", title="settings that no fact rules out by their own worlds"),
        Column("Space left", "right", title="share of the space of priors that emulators do not rule out"),
        Column("Power", "right", title="of the chance of the facts, by which settings weigh"),
        Column("Count", "right", title="settings of equal weight that say as much (Kish)"),
        Column("Step", "right", title="how far steps go, of the spread of all settings"),
        Column("Taken", "right", title="share of steps"),
        Column("Chance", "right", title="mean logarithm of the chance of the facts at the settings after the wave"),
    )
    rows = tuple(
        (
            Cell(str(row["wave"])),
            Cell(str(row["varied"])),
            Cell(f"{row['points']:,}"),
            Cell(f"{row['worlds']:,}"),
            Cell(f"{row['kept']:,}", percent(row["kept"] / row["points"])),
            Cell("" if math.isnan(row["left"]) else percent(row["left"])),
            Cell("" if math.isnan(row["power"]) else f"{row['power']:.2f}"),
            Cell("" if math.isnan(row["count"]) else f"{row['count']:,.0f}"),
            Cell("" if math.isnan(row["step"]) else percent(row["step"])),
            Cell("" if math.isnan(row["taken"]) else percent(row["taken"])),
            Cell("" if math.isnan(row["chance"]) else f"{row['chance']:.1f}"),
        )
        for row in done.waves.to_dict("records")
    )
    caption = (
        "The first wave varies all assumptions, to find those that the facts speak to; the others vary these alone. "
        "The chance is told by its logarithm: where it no longer rises, the draws have settled."
    )
    return Table("waves", "", columns, rows, caption)
