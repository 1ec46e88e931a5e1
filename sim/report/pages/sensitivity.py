"""The page of a sensitivity study: what drives an outcome, what is chance, and what is not distinguishable from it."""

from __future__ import annotations

import math
import shlex
from fractions import Fraction
from typing import Any

from sim.laws.catalogue import ASSUMPTIONS
from sim.outcomes.drivers import LEVEL
from sim.report.html.document import Cell, Column, Details, Document, Figure, Prose, Section, Switch, Table, Tiles
from sim.report.pages.chapters import closing
from sim.report.pictures.drivers import EACH, INDICES, index_picture, tornado
from sim.report.pictures.value_axis import name_of
from sim.report.tables.of_run import value_text
from sim.study.designs import STEP, TAIL
from sim.study.everything import EITHER_WAY, OF_BOUNDS
from sim.study.sensitivity import GIVEN_DATA, MORRIS, NOT_DISTINGUISHABLE, SOBOL, Sensitivity
from sim.words.changes import LAW_ORDINALS
from sim.words.estimates import of_share
from sim.words.numbers import between, count, percent, significant
from sim.words.propositions import claim_named
from sim.words.text import capital, listed, notes, shorten

INDEX_HEADS = {
    "first_order": "Explains alone",
    "total": "Has a hand in",
    "total_on_average": "The same without luck",
    "mu_star": "Mean effect, unsigned",
    "mu": "Mean effect",
}
PARTS_OF_ONE = {2: "half", 3: "third", 4: "quarter", 5: "fifth"}
SENSITIVITY_TERMS = (
    (
        "Chance",
        "Worlds that drew the same assumptions still end differently: rounds, releases, offers and tests fall as luck "
        "has it. No assumption can explain that share of the variance.",
    ),
    (
        "First-order index",
        "The share of the variance between worlds that would vanish if this assumption were known. The shares of all "
        "assumptions and of chance add up to less than one; the rest is their interplay.",
    ),
    (
        "Not distinguishable from noise",
        f"So large an index arises by chance alone too often (a family-wise error of {percent(LEVEL)} over all "
        "assumptions, Holm 1979). Such assumptions are not ranked; more worlds may tell.",
    ),
    ("Rank", "Assumptions whose intervals overlap cannot be told apart and share a rank."),
)


def designs() -> dict[str, str]:
    """How each method works, with the numbers of the design that it evaluates."""
    step = Fraction(STEP).limit_denominator(max(PARTS_OF_ONE))
    taken = count(step.numerator, PARTS_OF_ONE[step.denominator])
    return {
        GIVEN_DATA: "From the worlds of the ordinary run: sorted by what they drew for an assumption and cut into "
        "groups, the variance between groups beyond what chance puts there. Chance: the same draws again with other "
        "luck.",
        SOBOL: "Sobol's design: worlds that differ in one assumption only, or in luck only. The total index of luck is "
        "the share that is chance. What an assumption has a hand in counts its interplay with luck; the index without "
        "luck does not: it is on the probability that worlds with the same draws have. Evaluated by SALib, but for "
        "that one (Jansen's estimator with replicates).",
        MORRIS: f"Morris' design: steps of one assumption at a time through the middle {percent(1 - 2 * TAIL)} of all "
        f"distributions, in the same luck. An effect is that of one step, {taken} of that range. Evaluated by SALib.",
    }


def document_of(done: Sensitivity) -> Document:
    """The page as a document."""
    scenario, claim = done.scenario, done.claim
    asked = f"shakeout sensitivity scenario.yaml --of {shlex.quote(claim.id)} --method {done.method}"
    asked += " --everything" if done.moved else ""
    again = f"{asked} --worlds {scenario.worlds} --seed {scenario.seed}"
    views = [("Tornado", Figure(tornado(done)))] if len(done.tornado) else []
    views += [(capital(INDICES[name].split(" it ")[0]), Figure(index_picture(done, name))) for name in _names(done)[:1]]
    shown: Any = Switch("drivers", "What is shown", tuple(views)) if len(views) > 1 else views[0][1]
    drivers, others = _table(done, True), _table(done, False)
    found = [
        _tiles(done),
        shown,
        drivers,
        Details(f"{capital(count(len(others.rows), 'assumption'))} {NOT_DISTINGUISHABLE}", (others,)),
    ]
    sections = [
        Section("held", "What was varied, and what was not", tuple(_held(done))),
        Section("drivers", "What drives it", tuple(found)),
        Section("method", "How it was found", (Prose((designs()[done.method],)),)),
        *closing([done.scenario], SENSITIVITY_TERMS, done.manifest, again),
    ]
    return Document(
        f"Sensitivity: {shorten(scenario.title or scenario.name, 200)}",
        shorten(done.headline, 600),
        tuple(sections),
        f"{capital(claim_named(scenario, claim))}: {shorten(claim.says or claim.id, 500)}.",
        (
            f"{scenario.worlds:,} worlds{EACH.get(done.method, '')}, seed {scenario.seed}; "
            f"{count(len(done.ranks), 'uncertain assumption')}. All of it holds inside the model.",
            *notes(done.manifest["notices"]),
        ),
    )


def _held(done: Sensitivity) -> list[Any]:
    """How much of the model the study varies, before it says what matters in it."""
    fixed, varied = done.manifest["held"], count(len(done.ranks), "assumption")
    dials = [f"the {law} law" for law in LAW_ORDINALS if f"assumptions.{law}.strength" in fixed]
    among = f", among them the strength of {listed(dials)}" if dials else ""
    if done.moved:
        return _moved(done)
    said = (
        f"The scenario leaves {varied} uncertain: only these can drive anything below. "
        f"{len(fixed)} other assumptions of the industry have one value in every world{among}, and so have all values "
        "of firms that the scenario does not leave uncertain. This page cannot tell whether they matter: with "
        "--everything those without a source are moved too; sweep varies one, or a distribution in the scenario does."
    )
    rows = tuple(
        (Cell(ASSUMPTIONS[path].says, path), Cell(value_text(done.scenario.assumptions[path], ASSUMPTIONS[path])))
        for path in fixed
    )
    table = Table("held", "", (Column("Assumption", wide=True), Column("Value", "right")), rows, empty="None.")
    return [Prose((said,)), Details(f"{capital(count(len(fixed), 'assumption'))} held at one value", (table,))]


def _moved(done: Sensitivity) -> list[Any]:
    """What was moved beside what the scenario leaves uncertain, by how much, and what was not."""
    moved, held, scenario = done.moved, done.manifest["held"], done.scenario
    zeros = sum(one.value == 0 for one in moved)
    events = sum(one.path.startswith("events.") for one in moved)
    firms = sum(one.path.startswith("firms.") for one in moved)
    where = f"{len(moved) - events - firms} of the industry, {firms} of firms, {events} of dated events"
    own = count(len(done.ranks) - len(moved), "assumption")
    zero = f"; {zeros} that are 0, from 0 to {percent(OF_BOUNDS, 1)} of the width of their bounds" if zeros else ""
    said = (
        f"The scenario leaves {own} uncertain, and worlds draw them as it says. {len(moved)} others it has at one "
        f"value, and no fact or paper gives their size: {where}. They were moved too, each drawn evenly from "
        f"{percent(EITHER_WAY)} below to {percent(EITHER_WAY)} above its value, but not beyond its bounds{zero}. The "
        "share is a convention: it makes levers comparable, and does not say how wrong a value may be. So a rank holds "
        "for moves of this size.",
        "Not moved: whole numbers, switches and decisions; what a fact or a paper gives; what a firm has none of; "
        "values of classes and of firms that never enter; what changes over the months. All values move at once here, "
        "so the share of worlds in which the claim comes true is not that of the scenario: ask claims for it.",
    )
    rows = tuple(
        (
            Cell(name_of(one.path, scenario), one.path),
            Cell(significant(one.value, 4)),
            Cell(f"{significant(one.low, 4)} to {significant(one.high, 4)}"),
        )
        for one in moved
    )
    columns = (Column("Assumption", wide=True), Column("Value", "right"), Column("Drawn from", "right"))
    kept = tuple(
        (
            Cell(ASSUMPTIONS[path].says, path),
            Cell(value_text(scenario.assumptions[path], ASSUMPTIONS[path])),
            Cell("a whole number or a switch" if ASSUMPTIONS[path].whole else "a source gives its size"),
        )
        for path in held
    )
    of_held = (Column("Assumption of the industry", wide=True), Column("Value", "right"), Column("Why"))
    return [
        Prose(said),
        Details(f"{capital(count(len(moved), 'value'))} moved", (Table("moved", "", columns, rows),)),
        Details(
            f"{capital(count(len(held), 'assumption'))} of the industry not moved", (Table("held", "", of_held, kept),)
        ),
    ]


def _names(done: Sensitivity) -> list[str]:
    return list(dict.fromkeys(done.drivers["index"]))


def _tiles(done: Sensitivity) -> Tiles:
    tiles = []
    if done.manifest["probability"] is not None:
        asked = f"{done.manifest['asked']:,} worlds"
        tiles.append((percent(done.manifest["probability"], 1), f"of {asked} see the claim come true"))
    chance = done.chance
    if not math.isnan(chance.value):
        known = f" ({between(chance.low, chance.high)})" if not math.isnan(chance.low) else ""
        tiles.append((percent(chance.value), f"of what tells worlds apart is chance{known}"))
    ranked = sum(rank is not None for rank in done.ranks.values())
    tiles.append((str(ranked), f"of {len(done.ranks)} uncertain assumptions stand out from the noise"))
    return Tiles(tuple(tiles))


def _table(done: Sensitivity, drivers: bool) -> Table:
    """The assumptions that stand out, or those that do not."""
    ends = {(row["path"], row["end"]): row for row in done.tornado.to_dict("records")}
    names = _names(done)
    columns = [Column("Rank")] if drivers else []
    columns += [
        Column("Assumption", wide=True),
        *(Column(INDEX_HEADS[name], "right", title=INDICES[name]) for name in names),
    ]
    columns += [Column("With the lowest draws", "right"), Column("With the highest draws", "right")] if ends else []
    values = {(row["path"], row["index"]): row for row in done.drivers.to_dict("records")}
    rows = []
    for path, rank in done.ranks.items():
        if (rank is not None) is not drivers:
            continue
        cells = [Cell(str(rank), strong=True)] if drivers else []
        cells.append(Cell(name_of(path, done.scenario), path))
        for name in names:
            found = values[path, name]
            value, bounds = found["value"], (found["low"], found["high"])
            cells.append(Cell(percent(value, 1), of_share(value, *bounds), title=f"95%: {between(*bounds)}"))
        for end, word in (("lowest", "up to"), ("highest", "from")) if ends else ():
            row = ends[path, end]
            cells.append(Cell(percent(row["probability"], 1), f"{word} {significant(row['value'])}"))
        rows.append(tuple(cells))
    empty = "No assumption is distinguishable from noise." if drivers else "None."
    return Table("drivers" if drivers else "others", "", tuple(columns), tuple(rows), empty=empty)
