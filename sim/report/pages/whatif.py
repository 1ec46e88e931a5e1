"""The page of a what-if: the sentence to quote, curves, differences, the flow of fates, one world told twice."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sim.foundation.currency import unit_in
from sim.laws.catalogue import declared_at
from sim.outcomes import differences, year_end_differences
from sim.outcomes.fates_turned import without_flags
from sim.outcomes.intervals import METHODS
from sim.report.html.document import Cell, Column, Details, Document, Figure, Prose, Section, Switch, Table
from sim.report.pages.chapters import closing, survival_switch
from sim.report.pages.given import GIVEN_TERMS, chapter_of_runs
from sim.report.pictures import difference_dots, fate_flows, histories
from sim.report.pictures.difference_dots import Difference
from sim.report.pictures.industry_overlays import causes_overlay, landscape_overlay
from sim.report.pictures.money import PURSES
from sim.report.pictures.money_overlays import purse_overlay
from sim.report.pictures.overlays import drawn, endgame_overlay, left_overlay, survival_overlay
from sim.report.run_reader import focus_note
from sim.report.several_runs import Runs, runs_of
from sim.report.tables.differences import ended_table, fates_table, tiles_of, when_table, year_end_blocks
from sim.report.tables.of_run import value_text
from sim.scenario import series
from sim.scenario.model import Scenario
from sim.scenario.override import Override, parse_set
from sim.study.focus import first, itself, typed
from sim.study.given import typed_given
from sim.study.overwritten import stated
from sim.study.variants import Variant
from sim.study.what_if import WhatIf
from sim.words.given import given_in_words, these_worlds
from sim.words.histories import Retold
from sim.words.months import short_month
from sim.words.numbers import count
from sim.words.text import capital, notes, shorten

SET_COLUMNS = (
    Column("What is changed", wide=True),
    Column("In the base"),
    Column("With the change"),
    Column("When"),
    Column("Unit"),
)


def terms() -> tuple[tuple[str, str], ...]:
    """The words of this page."""
    said = (
        "The variant's value minus the base's, world by world, with a 95% interval (shares and counts: "
        f"{METHODS[differences.PAIRED_SHARES]}; money: {METHODS[differences.PAIRED_MONEY]}; runway: median of the "
        f"differences, {METHODS[year_end_differences.PAIRED_MEDIANS]}). The valuation of a firm that is gone counts as "
        "0; runway, cash and revenue are those of the worlds in which it is there in both."
    )
    both = (
        "The same scenario without and with the change. World 4,711 has the same luck in both, so what differs comes "
        "from the change alone."
    )
    return (
        ("Base and variant", both),
        ("Variance ratio", "How many times more worlds two runs without common luck would need to be as sure."),
        ("Fate turns", "In the same world the firm ends differently with the change than without it."),
        ("Difference", said),
    )


def _terms(runs: Runs) -> tuple[tuple[str, str], ...]:
    return terms() if runs.base.given is None else (*terms(), *GIVEN_TERMS)


def document_of(done: WhatIf) -> Document:
    """The page of a what-if as a document."""
    runs = runs_of(done)
    named = names_behind(runs)
    variants = list(enumerate(done.variants, start=1))
    sections = list(chapter_of_runs(runs, done))
    for index, variant in variants:
        sections.append(differences_section(runs, done, variant, index, named[index]))
    sections.append(curves_section(runs, done))
    sections += turned_sections(runs, done)
    sections.append(_change(runs, done))
    sections += closing([run.scenario for run in runs.each], _terms(runs), done.manifest, _again(runs, done))
    worlds = f"{runs.base.worlds:,} worlds"
    if runs.base.given is not None:
        left = these_worlds(runs.base.given, runs.base.worlds, runs.base.simulated)
        worlds = f"{left}, those whose base has {given_in_words(runs.base.given)}"
    first, *more = done.headline
    return Document(
        f"What if: {shorten(done.scenario.title or done.scenario.name, 200)}",
        first,
        tuple(sections),
        ". ".join([*more, ""]).strip(),
        (
            f"{worlds}, the same in the base and in every variant, seed {done.scenario.seed}. The sentence tells the "
            "largest difference at the horizon that is surely not zero, of survival if there is one; an earlier date "
            "comes second, where the difference is much larger or there is none at the horizon. Plus or minus is half "
            "a 95% interval, in percentage points; of runway, in months. It holds inside the model, under the base's "
            "assumptions.",
            *focus_note(done.manifest, runs.name),
            *notes(done.manifest["notices"]),
        ),
    )


def names_behind(runs: Runs) -> list[str]:
    """What stands behind the title of a chapter about one run: its name, where there are several variants."""
    return [f": {label}" if len(runs.labels) > 2 else "" for label in runs.labels]


def turned_sections(runs: Runs, done: WhatIf) -> Iterator[Section]:
    """Of every variant whose fate turns into what, and one world told twice."""
    for index, (variant, told) in enumerate(zip(done.variants, done.retold(), strict=True), start=1):
        turned, named = difference_dots.rows_about(done.flipped, variant.name), names_behind(runs)[index]
        yield _flows(runs, turned, index, named)
        yield _told(runs, turned, told, index, named)


def _change(runs: Runs, done: WhatIf) -> Section:
    several = len(done.variants) > 1
    blocks = [
        _sets(done.scenario, variant.sets, index, capital(runs.labels[index]) if several else "")
        for index, variant in enumerate(done.variants, start=1)
    ]
    return Section("change", "What is changed", tuple(blocks))


def curves_section(runs: Runs, done: WhatIf) -> Section:
    """Every run over the others, month by month; who is in focus first."""
    firms = drawn(runs, done.differences)
    switch = survival_switch(lambda endpoint: survival_overlay(runs, firms, endpoint))
    each = Details(f"Curves of each startup and group, {count(len(firms), 'panel')}", (switch,))
    own = [block for firm in runs.focus if firm in runs.startups for block in firm_blocks(runs, firm)]
    of_all = () if runs.base.given is not None else (Figure(landscape_overlay(runs)),)
    blocks = (*own, Figure(left_overlay(runs)), Figure(endgame_overlay(runs)), each, Figure(causes_overlay(runs)))
    return Section("curves", "Base and variant", (*blocks, *of_all))


def firm_blocks(runs: Runs, firm: str) -> tuple[Any, ...]:
    """One startup in every run: its money by month, and what ended it."""
    money = tuple((capital(which), Figure(purse_overlay(runs, firm, which))) for which in PURSES)
    return (Switch(f"money-{firm}", f"What {runs.name(firm)} has", money), Figure(causes_overlay(runs, firm)))


def difference_blocks(
    runs: Runs, rows: Sequence[Difference], index: int, month: int, whose: Sequence[str] = ()
) -> tuple[Any, ...]:
    """Tiles, dots with intervals by quantity, and the tables behind them; runway, cash and revenue at ``month``, those
    of ``whose`` first.
    """
    names = runs.told
    views = [
        (measure.label, Figure(difference_dots.dots(runs, rows, measure, index)))
        for measure in (*difference_dots.IN_SHARES, *difference_dots.IN_MONEY)
    ]
    survival, in_the_race = (when_table(runs, rows, names, measure, index) for measure in difference_dots.IN_SHARES[:2])
    return (
        tiles_of(rows, runs.startups),
        Switch(f"differences-{index}", "Which difference", tuple(views)),
        survival,
        *year_end_blocks(runs, rows, index, month, whose),
        ended_table(runs, rows, names, index),
        Details("When it comes: still in the general race", (in_the_race,)),
        Details("Every fate at the horizon", (fates_table(runs, rows, names, index),)),
    )


def differences_section(runs: Runs, done: WhatIf, variant: Variant, index: int, several: str) -> Section:
    """What the ``index``-th run differs in."""
    told = ["" if len(done.variants) == 1 else done.headline[index - 1], done.explained()[index - 1]]
    lead = " ".join(f"{sentence}." for sentence in told if sentence)
    rows = difference_dots.rows_about(done.differences, variant.name)
    blocks = difference_blocks(runs, rows, index, done.told_months()[variant.name], done.decisive(variant))
    return Section(f"differences-{index}", f"What it does{several}", blocks, lead)


def _flows(runs: Runs, turned: Sequence[fate_flows.Turn], index: int, several: str) -> Section:
    """Which fates turn into which in the same world."""
    firms = _most_turned(runs, turned)
    picture = fate_flows.flows(runs, turned, firms, index)
    table = fate_flows.flips_table(runs, turned, _firms(runs), index)
    blocks: list[Any] = [Figure(picture)]
    if table.rows:
        blocks.append(
            Details(f"The commonest of {count(len(turned), 'kind')} of turns, listings and pivots told", (table,))
        )
    return Section(f"flows-{index}", f"Whose fate turns{several}", tuple(blocks))


def _most_turned(runs: Runs, turned: Sequence[fate_flows.Turn], limit: int = 8) -> list[str]:
    """Of the firms to tell those in focus and those with the most turned fates, in order."""
    firms = _firms(runs)
    size = defaultdict[str, float](float)
    for row in turned:
        size[row["firm"]] += row["share"]
    chosen = first(sorted(firms, key=lambda firm: -size[firm]), runs.focus, itself)[:limit]
    return [firm for firm in firms if firm in chosen]


def _firms(runs: Runs) -> list[str]:
    """Of whom to tell the firms and classes that the base has."""
    return [firm for firm in runs.told if firm in runs.base.firms]


def _told(runs: Runs, turned: Sequence[fate_flows.Turn], told: Retold | None, index: int, several: str) -> Section:
    """One world told without and with the change."""
    title = f"One world told twice{several}"
    if told is None:
        nothing = Prose(("No fate of a startup turns in any world, so there is no world to tell twice.",))
        return Section(f"world-{index}", title, (nothing,))
    series = runs.base.series(told.firm)
    share = sum(
        row["share"]
        for row in turned
        if row["firm"] == series and (without_flags(row["base_fate"]), without_flags(row["variant_fate"])) == told.fates
    )
    lead = "One world is an anecdote: it shows how the change works its way through, not how often."
    blocks = (Figure(histories.paths(runs, told, index)), *histories.blocks(runs, told, index, share))
    return Section(f"world-{index}", title, blocks, lead)


def _again(runs: Runs, done: WhatIf) -> str:
    """The command that asks for it again."""
    again = ["shakeout whatif scenario.yaml", f"--worlds {runs.base.simulated} --seed {done.scenario.seed}"]
    for variant in done.variants:
        if variant.named:
            again.append(f"--variant {shlex.quote(f'{variant.name}: ' + ', '.join(variant.sets))}")
        else:
            again += [f"--set {shlex.quote(text)}" for text in variant.sets]
    return f"{' '.join(again)}{typed_given(done.manifest)}{typed(done.manifest)}"


def _sets(scenario: Scenario, sets: Sequence[str], index: int, title: str) -> Table:
    """One row for every ``PATH=VALUE[@FROM[..UNTIL]]``."""
    rows = tuple(_set_row(scenario, parse_set(text)) for text in sets)
    return Table(f"sets-{index}", title, SET_COLUMNS, rows, empty="Nothing is changed.")


def _set_row(scenario: Scenario, override: Override) -> tuple[Cell, ...]:
    declared = declared_at(override.path)
    changes = [change for change in scenario.changes if change.path == override.path]
    when = "from the start"
    if override.first is not None:
        until = "on" if override.last is None else f"to {short_month(override.last)}"
        when = f"from {short_month(override.first)} {until}"
    value = None if override.path.startswith("events.") else stated(scenario).get(override.path)
    return (
        Cell(
            capital(declared.explained) if declared else override.path, override.path if declared else "", strong=True
        ),
        Cell(
            value_text(value, declared) if value else "as in the file",
            "changed by dated events, too" if changes else "",
        ),
        Cell(shorten(_becomes(override), 120), strong=True),
        Cell(when),
        Cell(unit_in(declared.unit, scenario.currency) if declared else ""),
    )


def _becomes(override: Override) -> str:
    value = override.value.plain()
    if isinstance(value, dict):
        for kind in series.SERIES_KINDS:
            if kind in value:
                steps = "from" if kind == "series" else "in"
                return f"{kind}: " + ", ".join(f"{number} {steps} {month}" for month, number in value[kind].items())
        return "; ".join(f"{'×' if key == 'times' else '+' if key == 'plus' else key} {value[key]}" for key in value)
    return "nothing" if value is None else str(value)
