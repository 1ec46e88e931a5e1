"""One world told twice, under two assumptions: the two life stories side by side, and how the histories part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from sim.engine.simulate import Trace
from sim.foundation.columns import EVENTS, FATES, NEVER, Column
from sim.foundation.states import MARKET
from sim.outcomes.parted_histories import FirstEvent, FirstState, first_event, first_state, path_of
from sim.scenario.model import Scenario
from sim.words.estimates import up_to
from sim.words.life_stories import Sentence, Story, life_stories
from sim.words.months import month_name
from sim.words.numbers import with_unit

TOLD_PATHS = ("value", "cash")
TOLD_SIDES = ("base", "variant")
FEWEST_DIGITS, MOST_STATE_DIGITS = 4, 17  # of a value; more where the two histories differ in later ones only


@dataclass(frozen=True)
class Line:
    """What one firm's two histories say of one month: several sentences, none, or the same on both sides."""

    tick: int
    firm: str
    base: tuple[str, ...]
    variant: tuple[str, ...]


@dataclass(frozen=True)
class Happened:
    """The first event that happens in one history and not in the other, in that month: ``where`` is base or variant."""

    tick: int
    firm: str
    where: str
    text: str
    cause: str


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
    state: FirstState | None
    event: Happened | None
    lines: tuple[Line, ...]
    paths: dict[str, tuple[np.ndarray, np.ndarray]]

    @property
    def tick(self) -> int | None:
        """Month in which the histories part."""
        return min((part.tick for part in (self.state, self.event) if part is not None), default=None)

    def of(self, firm: str) -> list[Line]:
        """The lines about one firm."""
        return [line for line in self.lines if line.firm == firm]


def told_twice(scenarios: tuple[Scenario, Scenario], traces: tuple[Trace, Trace], firm: str) -> Retold:
    """The traces of one world in the base and in the variant, with what is told of them.

    ``firm`` is the row the telling is about: a firm's id, or the first copy of a class.
    """
    base, variant = (
        {story.firm: story for story in life_stories(scenario, told.events, told.firms[-1]["entry_month"])}
        for scenario, told in zip(scenarios, traces, strict=True)
    )
    state, first = first_state(*traces, firm), first_event(*traces, firm)
    event = None if first is None else _happened(first, base if first.in_base else variant)
    fates = (base[firm].fate if firm in base else "", variant[firm].fate if firm in variant else "")
    parted = min((part.tick for part in (state, event) if part is not None), default=NEVER)
    lines = []
    for who in dict.fromkeys([*base, *variant]):
        mine, theirs = (_by_month(side[who].sentences if who in side else ()) for side in (base, variant))
        months = sorted(tick for tick in {*mine, *theirs} if tick >= parted)
        lines += [Line(tick, who, tuple(mine.get(tick, ())), tuple(theirs.get(tick, ()))) for tick in months]
    paths = {name: (path_of(traces[0], firm, name), path_of(traces[1], firm, name)) for name in TOLD_PATHS}
    return Retold(traces[0].world, firm, fates, state, event, tuple(lines), paths)


def _happened(first: FirstEvent, stories: Mapping[str, Story]) -> Happened:
    """``first`` as its firm's story tells it."""
    told = stories[first.firm].sentences if first.firm in stories else ()
    said = [one for one in told if (one.tick, one.event) == (first.tick, EVENTS[first.event])]
    text, cause = (said[0].text, said[0].cause) if said else (EVENTS[first.event], "")
    return Happened(first.tick, first.firm, TOLD_SIDES[not first.in_base], text, cause)


def _by_month(sentences: Iterable[Sentence]) -> dict[int, list[str]]:
    months: dict[int, list[str]] = {}
    for said in sentences:
        months.setdefault(said.tick, []).append(said.text)
    return months


def why(base: Scenario, names: dict[str, str], told: Retold) -> list[str]:
    """How the two histories part, in sentences; ``names`` are the names of the firms by id."""
    if told.tick is None:
        return ["The two histories of this world never part."]

    def when(tick: int) -> str:
        return "at the opening" if tick <= 0 else f"in {month_name(base.start + tick - 1)}"

    said = []
    if told.tick > 1:
        said.append(f"Until {month_name(base.start + told.tick - 2)} the two histories are the same to the last bit.")
    if told.state is not None:
        state = told.state
        column, name = state.column, names.get(state.firm, state.firm)
        said.append(f"They part {when(state.tick)}: {name}'s {column.label} is {_both(base, state)}.")
    if told.event is not None:
        event = told.event
        other = TOLD_SIDES[event.where == TOLD_SIDES[0]]
        name = "the industry" if event.firm == MARKET else names.get(event.firm, event.firm)
        cause = f" ({event.cause})" if event.cause else ""
        said.append(
            f"The first thing that happens in one and not in the other comes {when(event.tick)}, in the {event.where}: "
            f"{name} {event.text}{cause}. In the {other} it does not happen that month."
        )
    return said


def _both(scenario: Scenario, state: FirstState) -> str:
    """The two values of a firm's state, to so many digits that they differ."""
    told: tuple[str, ...] = ()
    for digits in range(FEWEST_DIGITS, MOST_STATE_DIGITS + 1):
        told = tuple(_said(scenario, value, state.column, digits) for value in (state.base, state.variant))
        if told[0] != told[1]:
            break
    return f"{told[0]} in the base, {told[1]} in the variant"


def _said(scenario: Scenario, value: float, column: Column, digits: int) -> str:
    """A value of a firm's state as people read it, to ``digits`` digits and never less than to the whole."""
    if column.name == "status":
        return FATES[int(value)].replace("_", " ")
    if column.unit == "tick":
        return month_name(scenario.start + int(value) - 1) if value < NEVER else "never"
    before = len(f"{abs(value):.0f}")
    text = f"{value:,.{max(digits - before, 0)}f}" if column.whole or before >= FEWEST_DIGITS else f"{value:.{digits}g}"
    return up_to(with_unit(text, column.unit, scenario.currency), value, column.most)
