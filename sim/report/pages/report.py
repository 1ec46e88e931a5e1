"""The page of a run: fates, curves, money, forecasts, three worlds as they went, and all that was assumed."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from sim.report.html.document import Details, Document, Figure, Prose, Section, Switch, Tiles
from sim.report.pages.chapters import closing, survival_switch
from sim.report.pages.given import GIVEN_TERMS, given_chapter
from sim.report.pictures import claims, exits, fans, fates, landscape, money, since_milestones, survival, timelines
from sim.report.pictures.picture import Picture
from sim.report.run_reader import RunReader, focus_note, reader_of
from sim.report.tables import of_run
from sim.study.focus import typed
from sim.study.given import typed_given
from sim.study.run import Run
from sim.words.estimates import NOTE
from sim.words.given import given_in_words, these_worlds
from sim.words.life_stories import WorldStory
from sim.words.numbers import between, count, percent, significant
from sim.words.text import capital, notes, shorten


def document_of(answer: Run) -> Document:
    """The page of a run as a document."""
    run = reader_of(answer)
    scenario = run.scenario
    asked = f"{typed_given(run.manifest)}{typed(run.manifest)}"
    again = f"shakeout run scenario.yaml --worlds {run.simulated} --seed {scenario.seed}{asked}"
    curves = survival_switch(lambda endpoint: survival.survival_curves(run, endpoint))
    sections = (
        *given_chapter(run, answer),
        Section("fates", f"Who is left in {run.horizon}", (_tiles(run), of_run.fates_table(run))),
        Section(
            "survival",
            "When they fall",
            (curves, *_figures(run, fates.fates_over_time, since_milestones.survival_after)),
        ),
        _ended(run),
        Section(
            "landscape",
            "What the industry looks like",
            _figures(run, landscape.independents_left, *_of_all(run, landscape.leaders, landscape.concentration)),
        ),
        _money(run),
        Section("endgame", "The endgame", _figures(run, landscape.endgame)),
        _claims(run),
        _worlds(run, answer.stories),
        _assumptions(run),
        *closing(
            [scenario],
            NOT_KNOWN_TERM if run.given is None else GIVEN_TERMS,
            run.manifest,
            again,
            f"{run.simulated:,}",
            run.outcomes.clipped,
        ),
    )
    worlds = f"{run.worlds:,} simulated world{'' if run.worlds == 1 else 's'}"
    if run.given is not None:
        worlds = (
            f"{these_worlds(run.given, run.worlds, run.simulated)} simulated: those with {given_in_words(run.given)}"
        )
    return Document(
        shorten(scenario.title or scenario.name, 200),
        run.headline,
        sections,
        shorten(scenario.description, 2000),
        (
            f"{worlds}, {run.month(1, long=True)} to {run.horizon}, seed {scenario.seed}. A share of worlds is a "
            f"probability inside the model, under the assumptions listed below; in percentage points {NOTE}.",
            *focus_note(run.manifest, run.name),
            *notes(run.manifest.get("notices", ())),
        ),
        beside=(fates.fates_at_horizon(run), claims.ledger(run), claims.ledger(run, facts=True)),
    )


NOT_KNOWN_TERM = (
    (
        "Not known, sd",
        "How far a share moves from one draw of the uncertain assumptions to another, luck averaged out: a standard "
        "deviation in percentage points. It comes from worlds that drew the same and met other luck. It knows only of "
        "the values that the scenario leaves open: what may be wrong with the rules, or with a value that is fixed, is "
        "not in it.",
    ),
)


LEFT_TILES = {
    "independents": "startups still independent",
    "general": "startups still in the general race",
}


def _figures(run: RunReader, *draw: Callable[[RunReader], Picture]) -> tuple[Figure, ...]:
    return tuple(Figure(one(run)) for one in draw)


def _of_all(run: RunReader, *draw: Callable[[RunReader], Picture]) -> tuple[Callable[[RunReader], Picture], ...]:
    """Pictures of what is kept only of all worlds together: none where something is given."""
    return draw if run.given is None else ()


def _tiles(run: RunReader) -> Tiles:
    """The four numbers to take away; none where there is no startup to count."""
    if not run.startups:
        return Tiles(())
    tiles = []
    for quantity, text in LEFT_TILES.items():
        rows = run.landscape(quantity)
        if not rows.empty:
            last = rows.iloc[-1]
            tiles.append((significant(last["median"]), f"{text} in the median world{fans.around(last)}"))
    outcomes = run.outcomes
    if not outcomes.endgame.empty:
        last = outcomes.endgame.iloc[-1]
        spread = of_run.sd_in_words(*(last.get(name, math.nan) for name in ("sd", "sd_low", "sd_high")))
        interval = f"({between(last['low'], last['high'])}){f'; {spread}' if spread else ''}"
        tiles.append((percent(last["share"]), f"of worlds reach the endgame by {run.horizon} {interval}"))
    gone = outcomes.extinct
    interval = between(gone.low, gone.high)
    tiles.append((percent(gone.share), f"of worlds have no startup left before any endgame ({interval})"))
    return Tiles(tuple(tiles))


def _ended(run: RunReader) -> Section:
    firms, numbers = exits.by_firm(run), exits.table(run)
    if numbers is None:
        return Section("ended", "What ended them", (Figure(firms),))
    views = (("By firm", Figure(firms)), ("By year", Figure(exits.by_year(run))))
    return Section("ended", "What ended them", (Switch("ended", "How exits are counted", views), numbers))


def _money(run: RunReader) -> Section:
    pictures = {which: money.purse_fans(run, which) for which in money.PURSES}
    kept = {which: one for which, one in pictures.items() if one.panels or run.given is None}
    purses = tuple((capital(which), Figure(one)) for which, one in kept.items())
    venture = _figures(run, *_of_all(run, money.venture))
    return Section("money", "Money", (Switch("money", "What is shown", purses), *venture))


def _claims(run: RunReader) -> Section:
    blocks: list[object] = []
    outcomes = run.outcomes
    if len(outcomes.claims):
        blocks.append(Prose((f"{claims.claims_title(run)}. {claims.SCALE_NOTE}",)))
    blocks.append(of_run.claims_table(run))
    if len(outcomes.facts):
        beside = (
            "These facts lie outside the window in which numbers were taken from the evidence; they stand beside the "
            "model and nothing is tuned to them. "
        )
        blocks.append(
            Prose((f"What happened after 2024. {beside if run.given is None else ''}{claims.facts_title(run)}.",))
        )
        blocks.append(of_run.facts_table(run))
    return Section(
        "claims",
        "What the documents forecast, and what happened",
        tuple(blocks),
        f"Each forecast is asked of every world{'' if run.given is None else ' left'}; the bar is the share of worlds "
        "in which it comes true, the dark line its 95% interval.",
    )


def _worlds(run: RunReader, told: Sequence[WorldStory]) -> Section:
    blocks: list[object] = []
    for index, world in enumerate(told):
        blocks.append(Figure(timelines.timeline(run, world, index)))
        table = timelines.story_table(run, world, index)
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


def _assumptions(run: RunReader) -> Section:
    stated, left = of_run.assumption_table(run, True), of_run.assumption_table(run, False)
    firms = tuple(Details(line, (table,)) for line, table in of_run.firm_tables(run))
    blocks: list[object] = [stated, of_run.events_table(run)]
    if firms:
        blocks.append(Details(f"Values of single firms ({len(firms)} firms)", firms))
    blocks.append(Details(f"Defaults: {len(left.rows)} assumptions the scenario leaves as they are", (left,)))
    uncertain = sum(value.uncertain for value in run.scenario.assumptions.values())
    uncertain += sum(value.uncertain for firm in run.scenario.firms for value in firm.values.values())
    values = f"{capital(count(uncertain, 'value'))} {'are' if uncertain > 1 else 'is'}"
    lead = f"Every number a rule reads is listed here. {values} uncertain and drawn anew in every world."
    return Section("assumptions", "The assumptions", tuple(blocks), lead)
