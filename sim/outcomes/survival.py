"""Survival curves of cohorts: firms whose clock starts together, followed while all of them can be, with 95% bands.

*independent* is neither closed nor acquired, *general* is still in the general race (also not pivoted).

On **calendar** time run a firm and a group of firms that were there together from the first month of the curve: those
of the opening, or where nobody was there then, those who all enter on one fixed date. Everybody else who enters has a
clock of his own that starts in the month of **entered**; so have startups from the month in which they **listed** or
**pivoted**. When that happens says something of how long they last, so that censoring at the horizon would inform: the
hazard of those who listed early and are seen for long is not that of those who listed late. Their curves are by
cohort, the calendar year in which the clock starts (several years in a long run), and end where the last month of the
cohort reaches the horizon. Nobody is censored inside a curve: the product-limit estimate of Kaplan and Meier is the
share of the cohort that is left, which is what is counted. (lifelines would need a row a firm and world, and knows of
no firms that share a world.) Who listed or pivoted before the start is on no such curve: how many did not last until
then is not known.

In a month, whoever leaves in it is at risk in it. A curve ends where fewer are at risk than the root of its number of
firms (Lai and Ying 1991).

The world is the sampling unit. One firm a world: Wilson's interval of a proportion. Pooled firms share the luck of
their world: Wilson's interval of a ratio of two counts (intervals.ratio_wilson).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.archive.dictionary import SURVIVAL_CSV, SWEPT_SURVIVAL, TEXT, names_of
from sim.engine.block import Block
from sim.foundation.months import MONTHS_A_YEAR
from sim.foundation.states import EVER_LISTED, PIVOTERS, State
from sim.outcomes.between_draws import Spread, Within
from sim.outcomes.exits import years_of
from sim.outcomes.index import (
    ENTERS_BY_CHANCE,
    NEVER_ENTERS,
    entry_ticks,
    groups_of,
    startups_of,
    tick_text,
)
from sim.outcomes.intervals import Bounds, of_worlds, ratio_wilson
from sim.outcomes.merging import Counts, plus
from sim.scenario.layout import layout_of
from sim.scenario.model import Scenario

CALENDAR, ENTERED = "calendar", "entered"
CLOCKS = {  # milestone -> its month
    "entered": "entry_month",
    State.LISTED: "listing_month",
    State.PIVOTED: "pivot_month",
}
MOST_COHORTS = 12  # of a clock: a longer run has cohorts of several years


@dataclass(frozen=True, slots=True)
class Curve:
    """One survival curve to estimate: of those ``members`` (rows) whose ``clock`` (a milestone) starts in the ticks
    ``first`` to ``last``, until they leave the state ``endpoint``, over ``months`` months of the clock.

    ``origin`` is ``calendar``, or the milestone and the years of the cohort: ``listed 2026``. ``pooled``: several firms
    a world.
    """

    group: str
    endpoint: str
    origin: str
    clock: str
    members: np.ndarray
    pooled: bool
    first: int
    last: int
    months: int


@dataclass(frozen=True, slots=True)
class Cohort:
    """Sums over worlds, integers: merging is adding.

    ``size`` and ``squares``: of the members of the curve, and of their square. By clock month 0 to ``months``, of the
    members ``left``: their number, ``left_squares`` its square, ``left_size`` its product with the size of the cohort.
    """

    size: int
    squares: int
    left: np.ndarray
    left_squares: np.ndarray
    left_size: np.ndarray

    def __add__(self, other: Cohort) -> Cohort:
        return Cohort(
            self.size + other.size,
            self.squares + other.squares,
            self.left + other.left,
            self.left_squares + other.left_squares,
            self.left_size + other.left_size,
        )

    @property
    def at_risk(self) -> np.ndarray:
        """Number at risk in each clock month: who is left at the end of the month before."""
        return np.concatenate([[self.size], self.left[:-1]])

    @property
    def length(self) -> int:
        """Months of the curve: it ends before the first in which fewer than the root of ``size`` are at risk."""
        few = self.at_risk**2 < self.size
        return int(np.argmax(few)) if few.any() else few.size

    def survival(self) -> np.ndarray:
        """Share left by clock month."""
        return self.left / self.size

    def bounds(self, pooled: bool) -> Bounds:
        """The pointwise band."""
        if not pooled:
            return of_worlds(self.survival(), self.size)
        return ratio_wilson(self.left, self.size, (self.left_squares, self.left_size, self.squares))


def curves_of(scenario: Scenario) -> list[Curve]:
    """Every curve of survival.csv, in the order of its rows."""
    named = [(firm, np.array([row]), False) for firm, row in layout_of(scenario).singles.items()]
    named += [(group, members, True) for group, members in groups_of(scenario).items()]
    enters, ticks = entry_ticks(scenario), scenario.ticks
    curves = []
    for group, members, pooled in named:
        together, late = entrants(enters[members])
        rows, when = members[together], int(enters[members][together].max(initial=0))
        for endpoint in (State.INDEPENDENT, State.IN_GENERAL_RACE):
            if rows.size:
                span = (when, when, ticks - when)
                curves.append(Curve(group, endpoint, CALENDAR, ENTERED, rows, pooled, *span))
            if late.any():
                curves += _cohorts(scenario, group, endpoint, ENTERED, members[late], pooled)
    startups = startups_of(scenario)
    if startups.size:
        for endpoint in (State.INDEPENDENT, State.IN_GENERAL_RACE):
            curves += _cohorts(scenario, EVER_LISTED, endpoint, State.LISTED, startups, True)
        curves += _cohorts(scenario, PIVOTERS, State.INDEPENDENT, State.PIVOTED, startups, True)
    return curves


def entrants(enters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which of the members are on the calendar curve, and which have a clock of their own: both (members,) flags.

    ``enters`` (members,) is the tick of entry, 0 the opening, index.ENTERS_BY_CHANCE or index.NEVER_ENTERS.
    """
    enter = enters != NEVER_ENTERS
    together = enters == 0
    dates = np.unique(enters[enter])
    if not together.any() and dates.size == 1 and dates[0] != ENTERS_BY_CHANCE:
        together = enter
    return together, enter & ~together


def _cohorts(
    scenario: Scenario, group: str, endpoint: str, clock: str, members: np.ndarray, pooled: bool
) -> Iterator[Curve]:
    """The curves of a clock: one for the firms of each calendar year, or of several years in a long run."""
    years = years_of(scenario)
    width = -(-len(years) // MOST_COHORTS)
    for year in years[::width]:
        until = min(year + width - 1, years[-1])
        first = max(year * MONTHS_A_YEAR - scenario.start + 1, 1)
        last = min((until + 1) * MONTHS_A_YEAR - scenario.start, scenario.ticks)
        if last < scenario.ticks:
            said = f"{year}" if until == year else f"{year}-{until}"
            span = (first, last, scenario.ticks - last)
            yield Curve(group, endpoint, f"{clock} {said}", clock, members, pooled, *span)


def times_of(histories: np.ndarray) -> dict[str, np.ndarray]:
    """The months that curves need of HISTORY_DTYPE ``histories``, each (worlds, firms)."""
    times = {name: np.ascontiguousarray(histories[name]) for name in ("entry_month", "exit_month", *CLOCKS.values())}
    times["entry_month"] = np.maximum(times["entry_month"], 0)
    return times | {
        State.INDEPENDENT: times["exit_month"],
        State.IN_GENERAL_RACE: np.minimum(times["exit_month"], times["pivot_month"]),
    }


def count_curve(curve: Curve, times: dict[str, np.ndarray]) -> Cohort:
    """The sums over some worlds (``times_of``) for one curve.

    Who is out of the race on entering has left it at once; who was out of it when another clock started is not on the
    curve.
    """
    if not curve.pooled:
        inside, month = _clocked(curve, times)
        size = int(inside.sum())
        left = size - np.bincount(month[inside], minlength=curve.months + 2)[:-1].cumsum()
        return Cohort(size, size, left, left, left)
    sizes, lefts = left_by_world(curve, times)
    return Cohort(int(sizes.sum()), int(sizes @ sizes), lefts.sum(axis=0), (lefts * lefts).sum(axis=0), sizes @ lefts)


def left_by_world(curve: Curve, times: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """(worlds,) members on the curve in every world, and (worlds, months + 1) how many of them are left by month."""
    inside, month = _clocked(curve, times)
    worlds, length = len(month), curve.months + 2  # the last slot: who is left after the curve
    where = np.nonzero(inside)
    ended = np.bincount(where[0] * length + month[where], minlength=worlds * length).reshape(worlds, length)
    sizes = ended.sum(axis=1)
    return sizes, sizes[:, None] - ended[:, :-1].cumsum(axis=1)


def _clocked(curve: Curve, times: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """(worlds, members) who is on the curve, and in which month of its clock it leaves; one beyond it: not within."""
    start, event = (times[name][:, curve.members] for name in (CLOCKS[curve.clock], curve.endpoint))
    inside = (start >= curve.first) & (start <= curve.last)
    if curve.clock == ENTERED:
        event = np.maximum(event, start)
    else:
        inside &= event >= start
    return inside, np.minimum(event - start, curve.months + 1)


class SurvivalCounts(Counts):
    """The sums of all curves of a scenario, or of those on calendar time."""

    SUMS = ("cohorts",)

    def __init__(self, scenario: Scenario, calendar_only: bool = False) -> None:
        self.scenario = scenario
        self.curves = [one for one in curves_of(scenario) if one.origin == CALENDAR or not calendar_only]
        self.cohorts: list[Cohort] = []

    def add(self, block: Block) -> None:
        """Count the worlds of ``block`` too."""
        times = times_of(block.histories)
        found = [count_curve(curve, times) for curve in self.curves]
        self.cohorts = plus(self.cohorts, found)

    def frame(self, of_curves: Callable[[Sequence[Curve], Sequence[Within]], list[Spread]] | None = None) -> Any:
        """survival.csv: group, endpoint, origin, month, date, at_risk, survival, low, high (see the module).

        ``month`` is a tick on the calendar, else a month of the clock. With ``of_curves``, which gives the spread
        between draws of every curve by month, also sd, sd_low, sd_high.
        """
        import pandas as pd

        table = SWEPT_SURVIVAL if of_curves is None else SURVIVAL_CSV
        parts: dict[str, list[Any]] = {name: [] for name in table.names}
        told = [pair for pair in zip(self.curves, self.cohorts, strict=True) if pair[1].size]
        bands = [cohort.bounds(curve.pooled) for curve, cohort in told]
        spreads = of_curves([curve for curve, _ in told], bands) if of_curves and told else [()] * len(told)
        for (curve, cohort), band, spread in zip(told, bands, spreads, strict=True):
            on_calendar = curve.origin == CALENDAR
            months = np.arange(cohort.length) + (curve.first if on_calendar else 0)
            dates = [tick_text(self.scenario, int(month)) if on_calendar else "" for month in months]
            names = ([name] * months.size for name in (curve.group, curve.endpoint, curve.origin))
            estimates = (cohort.at_risk, cohort.survival(), *band, *spread)
            values = (*names, months, dates, *(part[: cohort.length] for part in estimates))
            for column, value in zip(parts.values(), values, strict=True):
                column.append(value)
        joined = {name: np.concatenate(value) if value else np.array([]) for name, value in parts.items()}
        texts = names_of(TEXT, table)
        return pd.DataFrame({name: joined[name].astype(object) if name in texts else joined[name] for name in joined})
