"""What the page tells of an answer, chapter by chapter: the chapters of a what-if's page, of the base alone where
nothing is changed, and a chapter about who is in focus.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sim.foundation.states import State
from sim.report.html.document import Cell, Column, Details, Figure, Prose, Section, Switch, Table, Terms
from sim.report.pages.chapters import survival_switch
from sim.report.pages.whatif import (
    differences_section,
    firm_blocks,
    names_behind,
    terms,
    turned_sections,
)
from sim.report.pictures import difference_dots, timelines
from sim.report.pictures.difference_dots import Difference, at_the_end, rows_about
from sim.report.pictures.industry_overlays import causes_overlay, landscape_overlay
from sim.report.pictures.overlays import drawn, endgame_overlay, left_overlay, survival_overlay
from sim.report.run_reader import reader_of
from sim.report.several_runs import Runs, runs_of
from sim.report.tables.differences import fates_table, name_head, year_end_blocks
from sim.study.focus import focus_in
from sim.study.in_stages import Stage
from sim.study.variants import BASE
from sim.words.estimates import NOTE, NOTHING, signed, spread
from sim.words.life_stories import typical_life
from sim.words.numbers import percent
from sim.words.text import capital, lower, shorten


class Told(NamedTuple):
    """What stands above all chapters: the ``sentences`` to quote, and a ``note`` about how sure they are."""

    sentences: list[str]
    note: str


def told(stage: Stage) -> Told:
    """The sentences to quote at this stage, one for every variant; of the base alone its own."""
    base = stage.runs[0]
    worlds, seed = f"{stage.worlds:,} world{'' if stage.worlds == 1 else 's'}", base.scenario.seed
    if stage.study is None:
        note = f"Nothing is changed: this is the base, in {worlds}, seed {seed}."
        return Told([base.headline], note)
    note = (
        f"The same {worlds} with and without the change, seed {seed}. Plus or minus is half a 95% interval. A "
        "difference whose interval holds zero is not told in the sentence, and not set bold in a table."
    )
    sentences = list(stage.study.headline)
    if len(sentences) > 1:
        sentences = [
            sentence if variant.named else f"Now: {sentence}"
            for sentence, variant in zip(sentences, stage.study.variants, strict=True)
        ]
    return Told(sentences, note)


def sections(stage: Stage) -> Iterator[Section]:
    """The chapters, the most wanted first; each is made when it is asked for. The first stage has those alone that are
    seen first.
    """
    study = stage.study
    runs = _base_alone(stage) if study is None else runs_of(study)
    rows = [] if study is None else [rows_about(study.differences, one.name) for one in study.variants]
    yield _left(runs, rows)
    yield _curves(runs, stage)
    if stage.first:
        return
    for firm in runs.focus:
        if firm in runs.base.firms:
            yield _firm(runs, stage, firm, rows)
    yield Section("causes", "What ended them", (Figure(causes_overlay(runs)),))
    yield Section(
        "industry", "What the industry looks like", (Figure(landscape_overlay(runs)), Figure(endgame_overlay(runs)))
    )
    if study is None:
        return
    yield from turned_sections(runs, study)
    for index, variant in enumerate(study.variants, start=1):
        named = names_behind(runs)[index]
        whole = differences_section(runs, study, variant, index, named)
        yield Section(
            whole.id,
            f"Every difference{named}",
            (Details("Differences by quantity, date and cause", whole.blocks),),
            whole.lead,
        )
    yield Section("words", "What the words mean", (Details("Terms", (Terms(terms()),)),))


def _base_alone(stage: Stage) -> Runs:
    base = stage.runs[0]
    return Runs((BASE,), (reader_of(base),), "what-if", focus_in(base.scenario, base.manifest))


def _left(runs: Runs, rows: Sequence[Sequence[Difference]]) -> Section:
    """Who is still independent at the horizon: a bar with its interval in the base and in every variant."""
    several = len(runs.labels) > 2
    columns = [Column("Firm or group"), Column("In the base", wide=True)]
    columns += [
        Column(capital(shorten(label, 40)) if several else "With the change", wide=True) for label in runs.labels[1:]
    ]
    columns += [Column("Difference", "right")] if len(rows) == 1 else []
    ends = [{row["firm"]: row for row in at_the_end(own, State.INDEPENDENT)} for own in rows]
    body = []
    for firm in runs.told:
        cells = [_bar(runs, index, firm) for index in range(len(runs.labels))]
        apart = [_difference(own.get(firm)) for own in ends]
        if several:
            pairs = zip(cells[1:], apart, strict=True)
            cells[1:] = [
                replace(bar, last=", ".join(filter(None, [f"{one.text} {one.sub}", one.last])), strong=one.strong)
                for bar, one in pairs
            ]
        body.append((name_head(runs, firm), *cells, *([] if several else apart)))
    said = "Percent of worlds in which it is neither acquired nor closed at the horizon; of a group, of its firms. "
    said += "The dark line is a 95% interval."
    if rows:
        where = "The difference, below," if several else "The difference"
        said += (
            f" {where} is in points, world by world, {NOTE}; what is bold differs surely: the interval excludes zero."
        )
    table = Table(
        "left",
        "Still independent, percent of worlds",
        tuple(columns),
        tuple(body),
        runs.caption(said),
        empty="There is no startup.",
    )
    return Section("left", f"Who is left in {runs.last_month}", (table,))


def _bar(runs: Runs, index: int, firm: str) -> Cell:
    run = runs.each[index]
    share, low, high = run.at_horizon(firm, State.INDEPENDENT)
    if math.isnan(share):
        return Cell(NOTHING)
    colour = runs.style(index).colour
    return Cell(percent(share), spread(100 * share, 100 * low, 100 * high, 1), bar=(share, low, high), colour=colour)


def _difference(row: Difference | None) -> Cell:
    if row is None:
        return Cell(NOTHING)
    difference, low, high, digits = difference_dots.as_told(row)
    sure = difference_dots.is_sure(row)
    beside = spread(difference, low, high, digits, signed)
    said = "" if sure or not (low or high) else "inside its noise"
    return Cell(signed(difference, digits), beside, said, strong=sure)


def _curves(runs: Runs, stage: Stage) -> Section:
    firms = runs.told if stage.study is None else drawn(runs, stage.study.differences)
    switch = survival_switch(lambda endpoint: survival_overlay(runs, firms, endpoint))
    return Section("survival", "When they fall", (switch, Figure(left_overlay(runs))))


def _firm(runs: Runs, stage: Stage, firm: str, rows: Sequence[Sequence[Difference]]) -> Section:
    """One firm in focus: its curve, money, fates, causes, and a life that is typical for it."""
    name = runs.name(firm)
    blocks: list[Any] = [_survival_of(runs, firm)]
    if firm in runs.startups:
        blocks += firm_blocks(runs, firm)
    for index, own in enumerate(rows, start=1):
        month = stage.study.told_months()[stage.study.variants[index - 1].name] if stage.study else 0
        mine = [row for row in own if row["firm"] == firm]
        blocks.append(_renamed(fates_table(runs, mine, [firm], index), firm))
        blocks += [_renamed(block, firm) for block in year_end_blocks(runs, mine, index, month, (firm,))[:1]]
    index = min(1, len(stage.runs) - 1)
    blocks += _life(runs, stage, firm, index)
    return Section(f"firm-{firm}", f"{name} in focus", tuple(blocks))


def _survival_of(runs: Runs, firm: str) -> Switch:
    """The curves of one firm, by what counts as survival."""
    switch = survival_switch(lambda endpoint: survival_overlay(runs, [firm], endpoint, others=False))
    views = tuple(
        (label, Figure(replace(figure.picture, name=f"{figure.picture.name}-{firm}", height=300)))
        for label, figure in switch.views
    )
    return replace(switch, name=f"survival-{firm}", views=views)


def _renamed(block: Any, firm: str) -> Any:
    return replace(block, name=f"{block.name}-{firm}") if isinstance(block, Table) else block


def _life(runs: Runs, stage: Stage, firm: str, index: int) -> list[Any]:
    """A life of ``firm`` that is typical of the ``index``-th run, as a table."""
    run, reader = stage.runs[index], runs.each[index]
    found = typical_life(run.scenario, run.blocks(), firm)
    if found is None:
        return []
    story, share = found
    table = timelines.story_table(reader, story, 0)
    where = (
        f" with {lower(runs.labels[index])}" if index and len(stage.runs) > 2 else " with the change" if index else ""
    )
    common = f"it ends in the commonest way, as in {percent(share)} of worlds"
    said = f"A typical life{where}, in world {story.world:,}: {common}"
    if not table.rows:
        return [Prose((f"{said}. Nothing happens to it.",))]
    return [replace(table, name=f"life-{firm}", title=said)]
