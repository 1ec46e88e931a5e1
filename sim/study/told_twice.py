"""One world told twice: replayed under two assumptions, the month in which its two histories part, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from sim.engine.simulate import Trace, trace
from sim.foundation.columns import (
    EVENT,
    EVENTS,
    FATES,
    FIRM_COLUMNS,
    FIRST_TRACE_EVENT,
    INDEPENDENT,
    NEVER,
    Column,
)
from sim.foundation.months import month_of
from sim.outcomes.index import tick_text
from sim.scenario.model import Scenario
from sim.words.estimates import up_to
from sim.words.events import with_unit
from sim.words.life_stories import MARKET, Sentence, Story, life_stories, month_name

# what a reader wants to hear first when several things differ at once
TELLING = ("status", "listing_month", "pivot_month", "value", "cash", "revenue", "spending", "gap", "talent", "users")
GATHERED = (EVENT["refused"], EVENT["poached"])  # told as sums of a year or a row, not one by one
PATHS = ("value", "cash")
FEWEST_DIGITS, MOST_DIGITS = 4, 17  # of a value; more where the two histories differ in later ones only


@dataclass(frozen=True)
class Differing:
    """The first state that differs: ``firm`` is an id; values are those at the end of the month."""

    tick: int
    firm: str
    column: Column
    base: float
    variant: float


@dataclass(frozen=True)
class Happened:
    """The first event that happens in one history and not in the other, in that month: ``where`` is base or variant."""

    tick: int
    firm: str
    event: str
    where: str
    text: str
    cause: str


@dataclass(frozen=True)
class Line:
    """What one firm's two histories say of one month: several sentences, none, or the same on both sides."""

    tick: int
    firm: str
    base: tuple[str, ...]
    variant: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Retold:
    """World ``world`` in both scenarios, about ``firm``.

    ``state`` and ``event`` are None where the two histories never part. ``lines`` begin in the month of the parting,
    every firm in file order. ``paths`` maps value and cash to (base, variant), each (ticks + 1,), NaN while the firm is
    not there.
    """

    world: int
    firm: str
    fates: tuple[str, str]
    state: Differing | None
    event: Happened | None
    lines: tuple[Line, ...]
    paths: dict[str, tuple[np.ndarray, np.ndarray]]

    @property
    def tick(self) -> int | None:
        """Month in which the histories part."""
        ticks = [part.tick for part in (self.state, self.event) if part is not None]
        return min(ticks, default=None)

    def of(self, firm: str) -> list[Line]:
        """The lines about one firm."""
        return [line for line in self.lines if line.firm == firm]


def retell(base: Scenario, variant: Scenario, world: int, firm: str) -> Retold:
    """Replay ``world`` of both scenarios, which must begin in the same month, and find where they part.

    ``firm`` is the row the telling is about: a firm's id, or the first copy of a class.
    """
    sides = [trace(scenario, world) for scenario in (base, variant)]
    stories = [
        {story.firm: story for story in life_stories(scenario, told.events, told.firms[-1]["entry_month"])}
        for scenario, told in zip((base, variant), sides, strict=True)
    ]
    state = first_state(sides[0], sides[1], firm)
    event = first_event(sides[0], sides[1], firm, stories)
    ticks = [part.tick for part in (state, event) if part is not None]
    lines = side_by_side(stories, min(ticks)) if ticks else []
    fates = tuple(side[firm].fate if firm in side else "" for side in stories)
    paths = {name: (_path(sides[0], firm, name), _path(sides[1], firm, name)) for name in PATHS}
    return Retold(world, firm, (fates[0], fates[1]), state, event, tuple(lines), paths)


def first_state(base: Trace, variant: Trace, firm: str) -> Differing | None:
    """The first month in which the state of a firm that both have differs; of several firms ``firm`` goes first."""
    ids = [id for id in base.ids if id in variant.ids]
    ids.sort(key=lambda id: id != firm)
    mine, theirs = ([side.ids.index(id) for id in ids] for side in (base, variant))
    months = min(len(base.firms), len(variant.firms))
    order = [*TELLING, *(column.name for column in FIRM_COLUMNS if column.name not in TELLING)]
    columns = {column.name: column for column in FIRM_COLUMNS}
    differs = np.zeros((months, len(ids), len(order)), bool)
    for at, name in enumerate(order):
        if name in columns:
            one, other = base.firms[name][:months, mine], variant.firms[name][:months, theirs]
            differs[:, :, at] = (one != other) & ~((one != one) & (other != other))
    if not differs.any():
        return None
    tick = int(np.argmax(differs.any(axis=(1, 2))))
    row = int(np.argmax(differs[tick].any(axis=1)))
    name = order[int(np.argmax(differs[tick, row]))]
    values = (base.firms[name][tick, mine[row]], variant.firms[name][tick, theirs[row]])
    return Differing(tick, ids[row], columns[name], float(values[0]), float(values[1]))


def first_event(base: Trace, variant: Trace, firm: str, stories: list[dict[str, Story]]) -> Happened | None:
    """The first event that one history has and the other has not, in that month; milestones and ``firm`` go first."""
    mine, theirs = _happened(base), _happened(variant)
    apart = [(what, "base") for what in mine - theirs] + [(what, "variant") for what in theirs - mine]
    if not apart:
        return None
    tick = min(what[0] for what, _ in apart)
    now = [(what, where) for what, where in apart if what[0] == tick]

    def order(one: tuple[tuple[int, str, int], str]) -> tuple[bool, bool, tuple[int, str, int], str]:
        what, where = one
        return what[2] >= FIRST_TRACE_EVENT, what[1] != firm, what, where

    (_, who, code), where = min(now, key=order)
    story = stories[where == "variant"].get(who)
    told = [s for s in (story.sentences if story else ()) if s.tick == tick and s.event == EVENTS[code]]
    text, cause = (told[0].text, told[0].cause) if told else (EVENTS[code], "")
    return Happened(tick, who, EVENTS[code], where, text, cause)


def _happened(side: Trace) -> set[tuple[int, str, int]]:
    """(tick, firm id or market, event) of everything told one by one."""
    return {
        (int(row["month"]), side.ids[row["firm"]] if row["firm"] >= 0 else MARKET, int(row["event"]))
        for row in side.events
        if row["event"] not in GATHERED
    }


def side_by_side(stories: list[dict[str, Story]], first: int) -> list[Line]:
    """What both histories say of every firm and month from ``first`` on."""
    lines = []
    for who in dict.fromkeys([*stories[0], *stories[1]]):
        told = [_by_month(side[who].sentences if who in side else ()) for side in stories]
        for tick in sorted({*told[0], *told[1]}):
            if tick >= first:
                lines.append(Line(tick, who, tuple(told[0].get(tick, ())), tuple(told[1].get(tick, ()))))
    return lines


def _by_month(sentences: Iterable[Sentence]) -> dict[int, list[str]]:
    months: dict[int, list[str]] = {}
    for said in sentences:
        months.setdefault(said.tick, []).append(said.text)
    return months


def _path(side: Trace, firm: str, name: str) -> np.ndarray:
    """(ticks + 1,) a quantity of the firm, NaN while it is not independent."""
    if firm not in side.ids:
        return np.full(len(side.firms), np.nan)
    row = side.ids.index(firm)
    there = side.firms["status"][:, row] == INDEPENDENT
    return np.where(there, side.firms[name][:, row], np.nan)


def why(base: Scenario, names: dict[str, str], told: Retold) -> list[str]:
    """How the two histories part, in sentences; ``names`` are the names of the firms by id."""
    if told.tick is None:
        return ["The two histories of this world never part."]

    def when(tick: int) -> str:
        month = month_of(tick_text(base, tick))
        return "at the opening" if tick <= 0 or month is None else f"in {month_name(month)}"

    said = []
    if told.tick > 1:
        before = month_of(tick_text(base, told.tick - 1)) or 0
        said.append(f"Until {month_name(before)} the two histories are the same to the last bit.")
    if told.state is not None:
        state = told.state
        column, name = state.column, names.get(state.firm, state.firm)
        said.append(f"They part {when(state.tick)}: {name}'s {column.label} is {_both(base, state)}.")
    if told.event is not None:
        event = told.event
        other = "variant" if event.where == "base" else "base"
        name = "the industry" if event.firm == MARKET else names.get(event.firm, event.firm)
        why = f" ({event.cause})" if event.cause else ""
        said.append(
            f"The first thing that happens in one and not in the other comes {when(event.tick)}, in the {event.where}: "
            f"{name} {event.text}{why}. In the {other} it does not happen that month."
        )
    return said


def _both(scenario: Scenario, state: Differing) -> str:
    """The two values of a firm's state, to so many digits that they differ."""
    told: tuple[str, ...] = ()
    for digits in range(FEWEST_DIGITS, MOST_DIGITS + 1):
        told = tuple(_said(scenario, value, state.column, digits) for value in (state.base, state.variant))
        if told[0] != told[1]:
            break
    return f"{told[0]} in the base, {told[1]} in the variant"


def _said(scenario: Scenario, value: float, column: Column, digits: int) -> str:
    """A value of a firm's state as people read it, to ``digits`` digits and never less than to the whole."""
    if column.name == "status":
        return FATES[int(value)].replace("_", " ")
    if column.unit == "tick":
        month = month_of(tick_text(scenario, int(value))) if value < NEVER else None
        return "never" if month is None else month_name(month)
    before = len(f"{abs(value):.0f}")
    text = f"{value:,.{max(digits - before, 0)}f}" if column.whole or before >= FEWEST_DIGITS else f"{value:.{digits}g}"
    return up_to(with_unit(text, column.unit, scenario.currency), value, column.most)
