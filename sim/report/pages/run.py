"""The page of a run: from a finished run to one offline HTML page, and every figure in a file of its own."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.outcomes.index import ALL_STARTUPS, groups_of
from sim.report.html.document import (
    PLOTLY_FILE,
    Details,
    Document,
    Figure,
    Prose,
    Section,
    Switch,
    Terms,
    Tiles,
    pictures_in,
    plotly_script,
    render,
)
from sim.report.html.stills import write_stills
from sim.report.pictures import claims, exits, fates, landscape, money, since_milestones, survival, timelines
from sim.report.pictures.picture import Picture
from sim.report.run_view import FinishedRun, View, focus_note, view_of
from sim.report.tables import of_run
from sim.report.tables.cited import evidence_used
from sim.study.focus import named
from sim.words import headlines
from sim.words.estimates import NOTE
from sim.words.glossary import GLOSSARY
from sim.words.numbers import between, capital, count, notes, number, percent, shorten, surely

PAGE, PLOTS = "report.html", "plots"


def write(run: FinishedRun, folder: Path, *, png: bool = False) -> None:
    """Write ``folder``/report.html and ``folder``/plots/<name>.html, with ``png`` also .png and .svg of each. Where
    firms are in focus both names go on with theirs.

    Equal runs give equal HTML. Where pictures cannot be made (no Chromium, no Kaleido) a warning says so.
    """
    view = view_of(run)
    document = document_of(view)
    shown = all_pictures(view, document)
    write_page(document, shown, folder, PAGE, run.manifest)
    message = write_stills(shown, folder / named(PLOTS, run.manifest)) if png else None
    if message:
        warnings.warn(message, stacklevel=2)


def pictures(run: FinishedRun) -> list[Picture]:
    """Every picture of a run that has files of its own."""
    view = view_of(run)
    return all_pictures(view, document_of(view))


def all_pictures(view: View, document: Document) -> list[Picture]:
    """Every picture that has files of its own: those of the page, and those where the page has a table."""
    return [*pictures_of(document), fates.fates_at_horizon(view), claims.ledger(view), claims.ledger(view, facts=True)]


def pictures_of(document: Document) -> list[Picture]:
    """Every picture of a page."""
    return [picture for section in document.sections for picture in pictures_in(section.blocks)]


def write_page(
    document: Document, shown: Sequence[Picture], folder: Path, name: str, manifest: Mapping[str, Any]
) -> None:
    """Write the page called ``name``, and the pictures ``shown`` under plots/; where firms are in focus both names go
    on with theirs.
    """
    (folder / named(name, manifest)).write_text(render(document), encoding="utf-8", newline="\n")
    write_plots(shown, folder / named(PLOTS, manifest))


def write_plots(pictures: Sequence[Picture], folder: Path) -> None:
    """Write every picture that has something to show as a page of its own; they share one plotly.min.js."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PLOTLY_FILE).write_text(plotly_script(), encoding="utf-8", newline="\n")
    for picture in pictures:
        if picture.panels:
            (folder / f"{picture.name}.html").write_text(
                render(alone(picture), PLOTLY_FILE), encoding="utf-8", newline="\n"
            )


def alone(picture: Picture) -> Document:
    """A page with one picture."""
    return Document(picture.title, picture.title, (Section("figure", "", (Figure(picture),)),), plain=True)


def document_of(run: FinishedRun | View) -> Document:
    """The page of ``run`` as a document."""
    view = view_of(run)
    scenario = view.scenario
    sections = (
        _fates(view),
        _survival(view),
        _ended(view),
        _landscape(view),
        _money(view),
        _endgame(view),
        _claims(view),
        _worlds(view),
        _assumptions(view),
        *evidence_used(scenario),
        Section("reading", "How to read this", (Terms(GLOSSARY),)),
        _provenance(view),
    )
    worlds = f"{view.worlds:,} simulated world{'' if view.worlds == 1 else 's'}"
    return Document(
        shorten(scenario.title or scenario.name, 200),
        headline(view),
        sections,
        shorten(scenario.description, 2000),
        (
            f"{worlds}, {view.month(1, long=True)} to {view.horizon}, seed {scenario.seed}. A share of worlds is a "
            f"probability inside the model, under the assumptions listed below; in percentage points {NOTE}.",
            *focus_note(view.run.manifest, view.name),
            *notes(view.run.manifest.get("notices", ())),
        ),
    )


def headline(view: View) -> str:
    """The sentence to quote."""
    rows = view.run.outcomes.headline.to_dict("records")
    shares = {
        row["firm"]: row["independent"]
        for row in rows
        if row["firm"] in (*view.startups, *view.focus) and row["never_entered"] < 1
    }
    ranked = view.ranked(shares, "still independent") if shares else ""
    medians = view.landscape("independents")["median"]
    left = None if len(shares) < 2 or medians.empty else round(float(medians.iloc[-1]))
    return headlines.of_run(
        view.horizon, ranked, left, len(groups_of(view.scenario).get(ALL_STARTUPS, ())), bool(view.focus)
    )


LEFT = {
    "independents": "startups still independent",
    "general": "startups still in the general race",
}


def _tiles(view: View) -> Tiles:
    """The four numbers to take away; none where there is no startup to count."""
    if not view.startups:
        return Tiles(())
    tiles = []
    for quantity, text in LEFT.items():
        rows = view.landscape(quantity)
        if not rows.empty:
            last = rows.iloc[-1]
            most = f"{number(last['p05'])} to {number(last['p95'])}"
            sure = surely(last.get("median_low", math.nan), last.get("median_high", math.nan), number)
            tiles.append((number(last["median"]), f"{text} in the median world{sure}; nine worlds in ten: {most}"))
    outcomes = view.run.outcomes
    if not outcomes.endgame.empty:
        last = outcomes.endgame.iloc[-1]
        interval = between(last["low"], last["high"])
        tiles.append((percent(last["share"]), f"of worlds reach the endgame by {view.horizon} ({interval})"))
    gone = outcomes.extinct
    interval = between(gone.low, gone.high)
    tiles.append((percent(gone.share), f"of worlds have no startup left before any endgame ({interval})"))
    return Tiles(tuple(tiles))


def _fates(view: View) -> Section:
    return Section(
        "fates",
        f"Who is left in {view.horizon}",
        (_tiles(view), of_run.fates_table(view)),
    )


def _survival(view: View) -> Section:
    curves = Switch(
        "survival",
        "What counts as survival",
        (
            ("Independent", Figure(survival.survival_curves(view, "independent"))),
            ("In the general race", Figure(survival.survival_curves(view, "general"))),
        ),
    )
    return Section(
        "survival",
        "When they fall",
        (curves, Figure(fates.fates_over_time(view)), Figure(since_milestones.survival_after(view))),
    )


def _ended(view: View) -> Section:
    firms, numbers = exits.by_firm(view), exits.table(view)
    if numbers is None:
        return Section("ended", "What ended them", (Figure(firms),))
    views = (("By firm", Figure(firms)), ("By year", Figure(exits.by_year(view))))
    return Section("ended", "What ended them", (Switch("ended", "How exits are counted", views), numbers))


def _landscape(view: View) -> Section:
    blocks = (landscape.independents_left(view), landscape.leaders(view), landscape.concentration(view))
    return Section("landscape", "What the industry looks like", tuple(Figure(picture) for picture in blocks))


def _money(view: View) -> Section:
    purses = tuple((capital(which), Figure(money.purse_fans(view, which))) for which in money.PURSES)
    return Section(
        "money", "Money", (Switch("money", "What is shown", purses), Figure(money.venture(view)))
    )  # fmt: skip


def _endgame(view: View) -> Section:
    return Section("endgame", "The endgame", (Figure(landscape.endgame(view)),))


def _claims(view: View) -> Section:
    blocks: list[object] = []
    outcomes = view.run.outcomes
    if len(outcomes.claims):
        blocks.append(Prose((f"{claims.claims_title(view)}. {claims.SCALE_NOTE}",)))
    blocks.append(of_run.claims_table(view))
    if len(outcomes.facts):
        blocks.append(
            Prose(
                (
                    "What happened after 2024. These facts lie outside the window in which numbers were taken from the "
                    f"evidence; they stand beside the model and nothing is tuned to them. {claims.facts_title(view)}.",
                )
            )
        )
        blocks.append(of_run.facts_table(view))
    return Section(
        "claims",
        "What the documents forecast, and what happened",
        tuple(blocks),
        "Each forecast is asked of every world; the bar is the share of worlds in which it comes true, the dark line "
        "its 95% interval.",
    )


def _worlds(view: View) -> Section:
    told = view.run.stories
    blocks: list[object] = []
    for index, world in enumerate(told):
        blocks.append(Figure(timelines.timeline(view, index)))
        table = timelines.story_table(view, index)
        if table.rows:
            blocks.append(Details(f"{world.title}, in words. {shorten(world.ending, 400)}", (table,)))
    if not blocks:
        blocks.append(Prose(("No world was told.",)))
    lead = (
        "One world is an anecdote: it shows how causes chain, not what is likely. The first is typical: as many "
        "startups are left as in the median world, and most fates are the usual ones."
        if told
        else ""
    )
    lead += " The others end differently." if len(told) > 1 else ""
    return Section("worlds", f"{capital(count(len(told), 'world'))} as they went", tuple(blocks), lead)


def _assumptions(view: View) -> Section:
    stated, left = of_run.assumption_table(view, True), of_run.assumption_table(view, False)
    firms = tuple(Details(line, (table,)) for line, table in of_run.firm_tables(view))
    blocks: list[object] = [stated, of_run.events_table(view)]
    if firms:
        blocks.append(Details(f"Values of single firms ({len(firms)} firms)", firms))
    blocks.append(Details(f"Defaults: {len(left.rows)} assumptions the scenario leaves as they are", (left,)))
    uncertain = sum(value.uncertain for value in view.scenario.assumptions.values())
    uncertain += sum(value.uncertain for firm in view.scenario.firms for value in firm.values.values())
    values = f"{capital(count(uncertain, 'value'))} {'are' if uncertain > 1 else 'is'}"
    lead = f"Every number a rule reads is listed here. {values} uncertain and drawn anew in every world."
    return Section("assumptions", "The assumptions", tuple(blocks), lead)


def _provenance(view: View) -> Section:
    note = "scenario.yaml beside this page states everything; with the same version it gives the same bytes again."
    return Section("provenance", "Where this comes from", (Terms(of_run.provenance(view), code=True), Prose((note,))))
