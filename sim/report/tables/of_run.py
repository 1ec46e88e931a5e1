"""The tables of a run's page: fates at the horizon, the ledgers, the assumptions used, provenance, glossary."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from sim.foundation.assumption import Assumption
from sim.foundation.currency import unit_in
from sim.foundation.states import State
from sim.laws.catalogue import ASSUMPTIONS, FIRM_ASSUMPTIONS, declared_at
from sim.outcomes import fates
from sim.outcomes.index import group_name, groups_of
from sim.outcomes.intervals import METHODS
from sim.report.html.document import Cell, Column, Table
from sim.report.pictures.claims import FORECAST, HELD, NOT_HELD, verdict
from sim.report.pictures.fates import FATE_PARTS, part_colours, parts_of
from sim.report.run_reader import RunReader
from sim.scenario import decided, series
from sim.scenario.basis import MEANINGS, rests_on
from sim.scenario.model import Change, Value
from sim.study.focus import first, itself
from sim.words.estimates import ALL_KNOWN, NOT_KNOWN, NOTE, between_draws, of_share
from sim.words.months import date_in_short, short_month
from sim.words.numbers import between, exact, percent
from sim.words.propositions import asked
from sim.words.text import capital, shorten

MOST_FIRMS = 60  # of the table of fates; a scenario with more firms says so

FATE_COLUMNS = (
    (State.INDEPENDENT, "Independent", "neither closed nor acquired at the horizon; pivoted and listed firms count"),
    (State.IN_GENERAL_RACE, "In the race", "independent and still in the general race: it has not pivoted"),
    (State.ACQUIRED, "Acquired", "bought by the horizon"),
    (State.CLOSED, "Closed", "shut down by the horizon"),
    ("listed", "Listed", "went public at some time by the horizon, whatever came after"),
    ("pivoted", "Pivoted", "left the general race for good at some time by the horizon"),
    ("abandoned", "Abandoned", "listed, then failed the profitability test; still counts as independent"),
    ("profitable", "Profitable", "had a year of operating cash flow at or above zero by the horizon"),
)


def share_cell(share: float, low: float, high: float, strong: bool = False, spread: Sequence[float] = ()) -> Cell:
    """A share of worlds with its interval in points, and below them its ``spread`` between draws with its interval."""
    if math.isnan(share):
        return Cell("–")
    interval = f"95% interval {between(low, high)}"
    return Cell(percent(share), of_share(share, low, high), sd_in_words(*spread), title=interval, strong=strong)


def sd_in_words(sd: float = math.nan, low: float = math.nan, high: float = math.nan) -> str:
    """A spread between draws: "sd 10 (8 to 13)"; empty where it is not known."""
    return "" if math.isnan(sd) else f"sd {between_draws(sd, low, high)}"


def _shares(row: Mapping[str, Any], state: str, strong: bool = False) -> Cell:
    """The share of ``state`` in a row of headline.csv."""
    spread = [row[f"{state}_sd{bound}"] for bound in ("", "_low", "_high")] if f"{state}_sd" in row else []
    return share_cell(row[state], row[f"{state}_low"], row[f"{state}_high"], strong, spread)


def fates_table(run: RunReader) -> Table:
    """One row a startup, surest survivor first, then the groups of startups; who is in focus before all."""
    frame = run.outcomes.headline
    firms = [row for row in frame.to_dict("records") if row["firm"] in run.told and row["kind"] != "group"]
    firms.sort(key=lambda row: -row[State.INDEPENDENT])
    firms = first(firms, run.focus)
    groups = [row for row in frame.to_dict("records") if row["firm"] in run.groups]
    late = any(row[State.NEVER_ENTERED] > 0 for row in firms)
    columns = [
        Column("Startup"),
        Column(
            "How its worlds end",
            wide=True,
            title="colour: independent (pale: pivoted), light grey: acquired, dark grey: closed",
        ),
        *(Column(label, "right", title=says) for _, label, says in FATE_COLUMNS),
    ]
    if late:
        columns.append(Column("Never entered", "right", title="not entered by the horizon"))
    columns.append(
        Column(
            "Half are gone by",
            title="first month by which half of all that enter are gone, and its 95% interval",
        )
    )
    rows = [_fate_row(run, row, late) for row in first([*firms[:MOST_FIRMS], *groups], run.focus)]
    note = f" {len(firms) - MOST_FIRMS} more startups are in fates.csv." if len(firms) > MOST_FIRMS else ""
    caption = (
        f"Share of worlds in {run.horizon}, of a class or a group share of its firms; in points {NOTE} (firms: "
        f"{METHODS[fates.OF_FIRM]}; groups: {METHODS[fates.OF_GROUP]}). Independent, acquired, closed, never entered "
        "sum to 100%; the others are milestones on the way and do not. Light grey: acquired; dark grey: closed; pale: "
        f"pivoted.{not_known(frame, 'independent_sd')}{note} {run.source}"
    )
    return Table("fates", "", tuple(columns), tuple(rows), caption, empty="The scenario has no startup.")


def not_known(frame: Any, sd: str) -> str:
    """What the spread between draws in a table is, the column ``sd`` of ``frame``; empty where it has none."""
    known = frame[f"{sd}_high"].dropna().tolist() if f"{sd}_high" in frame else []
    if not known:
        return ""
    return f" Sd is what is not known: {NOT_KNOWN}." if any(known) else f" {ALL_KNOWN}"


def name_cell(run: RunReader, who: str) -> Cell:
    """The head of a row about a firm or a group."""
    if who in run.firms:
        return Cell(run.name(who, 60), swatch=run.style(who).colour, strong=True)
    return Cell(f"{shorten(group_name(who), 60)} ({len(groups_of(run.scenario)[who]):,})", strong=True)


def _fate_row(run: RunReader, row: dict[str, Any], late: bool) -> tuple[Cell, ...]:
    firm = row["firm"]
    colours = part_colours(run.style(firm).colour)
    ends = {part: float(shares[-1]) for part, shares in parts_of(run, firm).items() if shares[-1] > 0}
    stack = tuple((share, colours[part], f"{FATE_PARTS[part].label} {percent(share)}") for part, share in ends.items())
    label = "; ".join(said for _, _, said in stack)
    shares = [_shares(row, name, name == State.INDEPENDENT) for name, _, _ in FATE_COLUMNS]
    if late:
        shares.append(_shares(row, State.NEVER_ENTERED))
    return (name_cell(run, firm), Cell(stack=stack, title=label), *shares, _half_gone(run, row))


def _half_gone(run: RunReader, row: dict[str, Any]) -> Cell:
    """The month by which half of all that enter are gone, with its interval."""
    if row[State.NEVER_ENTERED] >= 1:
        return Cell("never entered")
    dates = (row[name] for name in ("median_exit", "median_exit_low", "median_exit_high"))
    gone, low, high = (date_in_short(text) if isinstance(text, str) else "" for text in dates)
    interval = f"{low} to {high}" if low and high else f"{low} or later" if low else ""
    return Cell(gone or f"after {short_month(run.scenario.end)}", interval if interval != gone else "")


def claims_table(run: RunReader) -> Table:
    """Every forecast of the documents: probability with interval, how many worlds it is asked of, the word for it."""
    rows = tuple(
        (
            said,
            bar,
            Cell(verdict(row["probability"], int(row["worlds"])), strong=True),
            Cell(f"{int(row['worlds']):,}"),
            Cell(row["source"]),
        )
        for row, said, bar in _ledger(run, facts=False)
    )
    asked_of = "worlds that meet the condition, if there is one, and lack no quantity that it speaks of"
    columns = (
        Column("The documents say", wide=True),
        Column("It comes true in", wide=True),
        Column("In words"),
        Column("Worlds asked", title=asked_of),
        Column("Source"),
    )
    caption = f"{not_known(run.outcomes.claims, 'sd')} {run.source}".strip()
    return Table("claims", "", columns, rows, caption, empty="The scenario states no claims.")


def facts_table(run: RunReader) -> Table:
    """What happened after the training window, beside the share of worlds in which it does."""
    happened = {True: Cell("yes", colour=HELD, strong=True), False: Cell("no", colour=NOT_HELD, strong=True)}
    rows = tuple(
        (said, happened[bool(row["happened"])], bar, Cell(row["source"])) for row, said, bar in _ledger(run, facts=True)
    )
    columns = (
        Column("What is asked", wide=True),
        Column("It happened"),
        Column("The worlds in which it does", wide=True),
        Column("Source"),
    )
    caption = f"{not_known(run.outcomes.facts, 'sd')} {run.source}".strip()
    return Table("facts", "", columns, rows, caption, empty="The scenario states no facts.")


def _ledger(run: RunReader, facts: bool) -> Iterator[tuple[dict[str, Any], Cell, Cell]]:
    """Every row of the ledger with what was asked of which worlds, and the share of them in which it comes true."""
    stated = {claim.id: claim for claim in (run.scenario.facts if facts else run.scenario.claims)}
    for row in run.ledger(facts).to_dict("records"):
        claim, share, low, high = stated.get(row["claim"]), row["probability"], row["low"], row["high"]
        said = Cell(row["says"] or row["claim"], f"asked: {asked(run.scenario, claim)}" if claim else "")
        bar = Cell("–")
        if row["claim"] in run.given_ids:
            bar = Cell("given", "so in every world left")
        elif not math.isnan(share):
            sd = sd_in_words(*(row.get(name, math.nan) for name in ("sd", "sd_low", "sd_high")))
            bar = Cell(percent(share), between(low, high), sd, bar=(share, low, high), colour=FORECAST)
        yield row, said, bar


# assumptions


def value_text(value: Value, declared: Assumption | None) -> str:
    """A value, a distribution or a series of what is ``declared``, in words."""
    if declared is not None and declared.decides:
        return " or ".join(decided.written(number) for number in value.numbers)
    if value.changing:
        return series.in_words(value, exact, short_month)
    numbers = [exact(number) for number in value.numbers]
    match value.kind:
        case "number":
            return numbers[0]
        case "uniform":
            return f"uniform, {numbers[0]} to {numbers[1]}"
        case "triangular":
            return f"triangular, {numbers[0]} to {numbers[2]}, most likely {numbers[1]}"
        case "normal":
            return f"normal, mean {numbers[0]}, sd {numbers[1]}"
        case "joint":
            low, middle, high = (exact(float(f"{x:.3g}")) for x in np.quantile(value.numbers, (0.05, 0.5, 0.95)))
            return f"calibrated, 5 to 95%: {low} to {high}, median {middle}"
        case "lognormal":
            return f"lognormal, median {numbers[0]}, sd of log {numbers[1]}"
        case _:
            return f"one of {', '.join(numbers)}"


RESTS_ON = Column("Rests on", title="; ".join(f"{mark}: {meaning}" for mark, meaning in MEANINGS.items()))
ASSUMPTION_COLUMNS = (
    Column("Assumption", wide=True),
    Column("Value"),
    Column("Unit"),
    Column("Bounds"),
    RESTS_ON,
    Column("Source"),
)


def _assumption_row(path: str, value: Value, declared: Assumption, currency: str) -> tuple[Cell, ...]:
    drawn = "uncertain: drawn once per world" if value.uncertain else ""
    bounds = decided.DECISION_FORM if declared.decides else f"{exact(declared.low)} to {exact(declared.high)}"
    return (
        Cell(capital(declared.explained), path),
        Cell(value_text(value, declared), drawn, strong=value.uncertain),
        Cell(unit_in(declared.unit, currency)),
        Cell(bounds),
        Cell(rests_on(value.source)),
        Cell(value.source, shorten(value.note, 300)),
    )


def assumption_table(run: RunReader, stated: bool) -> Table:
    """The assumptions the scenario states (uncertain ones first), or all that are left at their defaults."""
    chosen = [
        (path, value)
        for path, value in run.scenario.assumptions.items()
        if (path in run.scenario.given or value.uncertain) == stated
    ]
    chosen.sort(key=lambda item: not item[1].uncertain)
    currency = run.scenario.currency
    rows = tuple(_assumption_row(path, value, ASSUMPTIONS[path], currency) for path, value in chosen)
    name, title = ("assumptions", "Assumptions the scenario states") if stated else ("defaults", "")
    return Table(name, title, ASSUMPTION_COLUMNS, rows, empty="None: all are defaults.")


def firm_tables(run: RunReader) -> Iterable[tuple[str, Table]]:
    """For every firm that the scenario says something about: a line and the table of its values."""
    for firm in first(run.scenario.firms, run.focus, lambda firm: itself(firm.id)):
        rows = tuple(
            _assumption_row(f"firms.{firm.id}.{name}", value, FIRM_ASSUMPTIONS[name], run.scenario.currency)
            for name, value in firm.values.items()
            if f"firms.{firm.id}.{name}" in run.scenario.given or value.uncertain
        )
        if rows:
            enters = f"enters {short_month(firm.enters)}" if firm.enters is not None else "has no date of entry"
            values = f"{len(rows)} value{'s' if len(rows) > 1 else ''} stated"
            said = f"{run.name(firm.id, 60)}: {firm.kind}, {enters}, {values}"
            yield said, Table(f"firm-{firm.id}", "", ASSUMPTION_COLUMNS, rows)


def events_table(run: RunReader) -> Table:
    """Dated changes of assumptions, in the order in which they apply."""
    rows = tuple(_change_row(change, run.scenario.currency) for change in run.scenario.changes)
    columns = (
        Column("From"),
        Column("Until"),
        Column("What changes", wide=True),
        Column("How"),
        RESTS_ON,
        Column("Source"),
    )
    return Table("events", "Dated events", columns, rows, empty="The scenario has no dated events.")


def _change_row(change: Change, currency: str) -> tuple[Cell, ...]:
    how = {"set": "is set to {}", "times": "is multiplied by {}", "plus": "is raised by {}"}[change.op]
    declared = declared_at(change.path)
    unit = unit_in(declared.unit, currency) if declared and change.op != "times" else ""
    return (
        Cell(short_month(change.first)),
        Cell(short_month(change.last) if change.last is not None else "for good"),
        Cell(capital(declared.explained) if declared else change.path, f"{change.path} ({change.origin})"),
        Cell(how.format(value_text(change.value, declared)), unit),
        Cell(rests_on(change.value.source)),
        Cell(change.source),
    )
