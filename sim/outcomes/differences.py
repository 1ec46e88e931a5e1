"""What an assumption changes: differences between two runs, paired world by world where both have the same luck.

Everything that is compared is looked at world by world: how many members of a firm (one) or a group are in a state at
a date, how many startups are left, whether the endgame has come, how much money was raised and what a firm is worth.
The sums over worlds of both values, of their squares and of the square of their difference are all that is kept, so
memory does not grow with the number of worlds. Counts are integers: equal worlds differ by exactly 0.

Paired shares and counts have Tango's score interval (of groups with the design effect, since the firms of a world
share its luck), money Student's t; unpaired shares Newcombe's interval, unpaired means Welch's. ``survival`` is the
share still independent of those that have entered: where not all have, see survival_differences.py. One world gives no
interval.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from sim.foundation.columns import STARTUP
from sim.foundation.months import month_text
from sim.foundation.states import ALL, State
from sim.outcomes import intervals
from sim.outcomes.exits import End, ended_by, ends_in, is_exit, keeps_causes
from sim.outcomes.fates import ALL_STATES, event_months, reported, states_at
from sim.outcomes.index import groups_of, single_firms
from sim.outcomes.intervals import Bounds, variance_of
from sim.outcomes.paired_sums import Moments, score_parts, variance_ratio
from sim.outcomes.survival_differences import Estimates, Ratios
from sim.outcomes.year_end_differences import COUNTED_WORLDS, YearEnds
from sim.outcomes.year_end_differences import YEAR_END_QUANTITIES as AT_YEAR_ENDS
from sim.scenario.layout import layout_of
from sim.scenario.model import Scenario
from sim.scenario.year_ends import year_ends

SURVIVAL, ENDGAME = "survival", "endgame"
INDEPENDENTS_LEFT, GENERAL_LEFT = "independents_left", "general_left"
RAISED, FINAL_VALUATION = "raised", "final_valuation"
DIFFERENCE_COLUMNS = (
    *("variant", "firm", "quantity", "date", "base", "variant_value", "difference", "low", "high"),
    *("paired", "variance_ratio"),
)
# what the intervals are made with, and named after (intervals.METHODS)
PAIRED_SHARES, PAIRED_MONEY = intervals.paired_score, intervals.t_quantile
UNPAIRED_SHARES, UNPAIRED_MEANS = intervals.newcombe, intervals.welch_freedom
INDUSTRY_QUANTITIES = (INDEPENDENTS_LEFT, GENERAL_LEFT, ENDGAME)
COMPARED_QUANTITIES = (SURVIVAL, *ALL_STATES, RAISED, FINAL_VALUATION, *INDUSTRY_QUANTITIES)  # in the order of the rows


class Piece(NamedTuple):
    """Some worlds of a run, in order, from world ``first`` on.

    ``histories`` (worlds, firms) HISTORY_DTYPE; ``endgame`` (worlds,) first month of the endgame, NEVER where it does
    not come, or None where only its share by month is known; ``year_ends`` as in Block, or None where it is not kept.
    """

    first: int
    histories: np.ndarray
    endgame: np.ndarray | None
    year_ends: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Side:
    """One of the runs that are compared. ``pieces`` gives its worlds, in order, as often as it is called.

    ``endgame`` (ticks + 1,) is the share of its worlds that have reached the endgame by each tick.
    """

    scenario: Scenario
    worlds: int
    pieces: Callable[[], Iterable[Piece]]
    endgame: np.ndarray


class About(NamedTuple):
    """What a row is about besides the firm: ``unit`` is one of UNITS, ``month`` a calendar month."""

    quantity: str
    month: int
    unit: str


UNITS = UNIT_SHARE, UNIT_COUNT, UNIT_MONEY, UNIT_MEAN = "share", "count", "money", "mean"


@dataclass(frozen=True)
class Cast:
    """The firms and groups of a scenario that both runs have, as rows of its histories."""

    scenario: Scenario
    names: tuple[str, ...]

    def members(self) -> list[np.ndarray]:
        """Row indices of every name."""
        single, groups = single_firms(self.scenario), groups_of(self.scenario)
        return [groups[name] if name in groups else np.array([single[name]]) for name in self.names]


def place_of(quantity: str) -> tuple[int, str]:
    """Where the rows about ``quantity`` stand: as in COMPARED_QUANTITIES, causes of exit after the states."""
    known = (*COMPARED_QUANTITIES, *AT_YEAR_ENDS)
    return (known.index(ALL_STATES[-1]), quantity) if is_exit(quantity) else (known.index(quantity), "")


def months_compared(one: Scenario, other: Scenario) -> tuple[int, ...]:
    """Calendar months to compare at: every December that both runs have, and the last month they share."""
    first, last = max(one.start, other.start), min(one.end, other.end)
    return year_ends(first, last)


def names_compared(one: Scenario, other: Scenario) -> tuple[list[str], list[str]]:
    """Ids of the firms and groups that both have, in the order of the first, and of those that only one has."""
    mine, theirs = reported(one), reported(other)
    both = [name for name in mine if name in theirs]
    return both, [name for name in [*mine, *theirs] if name not in both]


def looked_at(
    cast: Cast, months: Sequence[int], piece: Piece, ends: Sequence[End]
) -> Iterator[tuple[About, np.ndarray]]:
    """Every key with the counts of each world, (worlds, names) integers; (worlds, 1) where it is about the industry.

    ``ends`` are the ways to end that are counted.
    """
    scenario, members = cast.scenario, cast.members()
    startups = np.flatnonzero(layout_of(scenario).kinds == STARTUP)
    when = event_months(piece.histories)
    for month in months:
        tick = month - scenario.start + 1
        states = states_at(when, tick)
        for state in ALL_STATES:
            yield About(state, month, UNIT_SHARE), counted(states[state], members)
        for end in ends:
            yield About(end.quantity, month, UNIT_SHARE), counted(ended_by(piece.histories, end, tick), members)
        yield About(INDEPENDENTS_LEFT, month, UNIT_COUNT), counted(states[State.INDEPENDENT], [startups])
        yield About(GENERAL_LEFT, month, UNIT_COUNT), counted(states[State.IN_GENERAL_RACE], [startups])
        if piece.endgame is not None:
            yield About(ENDGAME, month, UNIT_SHARE), (piece.endgame <= tick)[:, None].astype(np.int64)


def counted(flags: np.ndarray, members: Sequence[np.ndarray]) -> np.ndarray:
    """(worlds, firms) flags -> (worlds, names) how many members of each name have it."""
    out = np.empty((flags.shape[0], len(members)), np.int64)
    for column, rows in enumerate(members):
        out[:, column] = flags[:, rows[0]] if len(rows) == 1 else flags[:, rows].sum(axis=1)
    return out


def money_of(cast: Cast, piece: Piece, quantity: str) -> np.ndarray:
    """(worlds, names) money at the horizon, of a group what its members have together."""
    amounts = piece.histories[quantity]
    return np.stack([amounts[:, rows].sum(axis=1) for rows in cast.members()], axis=1)


@dataclass
class Differences:
    """The differences between two runs, added up piece by piece; ``frame`` tells them.

    ``paired``: both sides have the same worlds with the same luck. ``parts_at`` is the first calendar month in which
    they can differ at all, None if they cannot: before it differences are 0 with an interval of no width.
    """

    base: Side
    variant: Side
    paired: bool
    parts_at: int | None = 0
    sums: dict[About, Moments] = field(default_factory=dict)
    ratios: dict[int, Ratios] = field(default_factory=dict)
    keeps_causes: bool = True

    def __post_init__(self) -> None:
        names, self.lonely = names_compared(self.base.scenario, self.variant.scenario)
        self.names = tuple(names)
        self.casts = Cast(self.base.scenario, self.names), Cast(self.variant.scenario, self.names)
        self.sizes = tuple(np.array([len(rows) for rows in cast.members()], np.int64) for cast in self.casts)
        self.months = months_compared(self.base.scenario, self.variant.scenario)
        self.year_ends = YearEnds(self.base.scenario, self.variant.scenario)

    def _money(self) -> list[About]:
        """Money is known at the horizon: it is compared where both end, and for what was raised also begin, at once."""
        one, other = self.base.scenario, self.variant.scenario
        if one.end != other.end:
            return []
        names = (RAISED, FINAL_VALUATION) if one.start == other.start else (FINAL_VALUATION,)
        return [About(name, one.end, UNIT_MONEY) for name in names]

    def add(self, base: Piece | None, variant: Piece | None) -> None:
        """Add worlds of one side, or the same worlds of both sides (then the pieces must have the same length)."""
        kept = [None if piece is None else piece.year_ends for piece in (base, variant)]
        if all(piece is None or one is not None for piece, one in zip((base, variant), kept, strict=True)):
            self.year_ends.add(*kept)
        told: list[dict[About, np.ndarray]] = [{}, {}]
        there = [piece.histories for piece in (base, variant) if piece is not None]
        self.keeps_causes &= all(keeps_causes(histories) for histories in there)
        ends = sorted({end for histories in there for end in ends_in(histories)})
        for side, piece in enumerate((base, variant)):
            if piece is not None:
                told[side] = dict(looked_at(self.casts[side], self.months, piece, ends))
                told[side] |= {key: money_of(self.casts[side], piece, key.quantity) for key in self._money()}
        for key in dict.fromkeys([*told[0], *told[1]]):
            x, y = told[0].get(key), told[1].get(key)
            if key.quantity == ENDGAME and (x is None or y is None):
                continue  # its shares are taken from the sides
            if key not in self.sums:
                self.sums[key] = self._moments(key)
            self.sums[key].add(x, y)
        for month in self.months:
            sides = [self._survived(side, month, told[side]) if told[side] else None for side in (0, 1)]
            self.ratios.setdefault(month, Ratios(len(self.names))).add(sides[0], sides[1])

    def _survived(self, side: int, month: int, told: dict[About, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """(worlds, names) members still independent at the end of ``month``, and those that entered by then."""
        absent = told[About(State.NEVER_ENTERED, month, UNIT_SHARE)]
        return told[About(State.INDEPENDENT, month, UNIT_SHARE)], self.sizes[side] - absent

    def _moments(self, key: About) -> Moments:
        one = np.ones(1, np.int64)
        if key.unit == UNIT_COUNT:
            most = max(int(np.sum(layout_of(side.scenario).kinds == STARTUP)) for side in (self.base, self.variant))
            return Moments((one, one), one, one * max(most, 1))
        if key.unit == UNIT_MONEY or key.quantity == ENDGAME:
            return Moments((one, one), one, one)
        mine, theirs = self.sizes
        scale = (np.where(mine == theirs, 1, theirs), np.where(mine == theirs, 1, mine))
        return Moments(scale, np.maximum(*scale), mine * scale[0])

    def run(self, beside: Callable[[Piece, Piece], None] | None = None) -> Differences:
        """Add all worlds of both sides; ``beside`` is shown every pair of pieces that are paired."""
        if self.paired:
            for base, variant in zip(self.base.pieces(), self.variant.pieces(), strict=True):
                self.add(base, variant)
                if beside is not None:
                    beside(base, variant)
        else:
            for piece in self.base.pieces():
                self.add(piece, None)
            for piece in self.variant.pieces():
                self.add(None, piece)
        return self

    def frame(self, variant: str) -> Any:
        """differences.csv for the variant of that name: firms in file order, then groups, last ``all``."""
        import pandas as pd

        records: list[tuple[str, About, Estimates, int]] = []
        for key, moments in self.sums.items():
            if is_exit(key.quantity) and not self.keeps_causes:
                continue
            estimates = self._estimates(key, moments)
            names = (ALL,) if key.quantity in INDUSTRY_QUANTITIES else self.names
            told = self.startups if key.unit == UNIT_MONEY else np.ones(len(names), bool)
            records += [(name, key, estimates, column) for column, name in enumerate(names) if told[column]]
        records += self._survival() + self._endgame() + self._year_ends()
        order = {name: place for place, name in enumerate((*self.names, ALL))}
        records.sort(key=lambda record: (order[record[0]], place_of(record[1].quantity), record[1].month))
        rows: list[tuple[Any, ...]] = [
            (variant, name, key.quantity, month_text(key.month), *(float(part[at]) for part in estimates[:5]),
             self.paired and not (key.quantity == ENDGAME and key not in self.sums), float(estimates.ratio[at]))
            for name, key, estimates, at in records
        ]  # fmt: skip
        return pd.DataFrame(rows + self._lonely(variant), columns=list(DIFFERENCE_COLUMNS))

    @cached_property
    def startups(self) -> np.ndarray:
        """(names,) who has startups among its members: giants, whose accounts are open, have no rows of money."""
        kinds = layout_of(self.base.scenario).kinds
        return np.array([bool((kinds[rows] == STARTUP).any()) for rows in self.casts[0].members()], bool)

    def _estimates(self, key: About, m: Moments) -> Estimates:
        n, k = self.base.worlds, self.variant.worlds
        unit = m.whole if key.unit == UNIT_SHARE else 1
        base, variant = m.x / (n * unit), m.y / (k * unit)
        if self.paired:
            difference, ratio = m.d / (n * unit), variance_ratio(m, n)
            low, high = self._money_bounds(m) if key.unit == UNIT_MONEY else self.bounds[key]
        else:
            difference, ratio = variant - base, np.full(base.shape, np.nan)
            low, high = self._unpaired_bounds(key, m, (base, variant))
        if self.parts_at is None or key.month < self.parts_at:
            low, high = np.where(difference == 0, 0.0, low), np.where(difference == 0, 0.0, high)
        return Estimates(base, variant, difference, low, high, ratio)

    @cached_property
    def bounds(self) -> dict[About, Bounds]:
        """Paired intervals of all shares and counts, found in one go."""
        n, found = self.base.worlds, {key: m for key, m in self.sums.items() if key.unit != UNIT_MONEY}
        parts = [score_parts(m, n) for m in found.values()]
        if not parts:
            return {}
        low, high = PAIRED_SHARES(*(np.concatenate(part) for part in zip(*parts, strict=True)))
        bounds, start = {}, 0
        for (key, m), (mine, *_) in zip(found.items(), parts, strict=True):
            stop = start + mine.size
            unit = 1 if key.unit == UNIT_SHARE else m.whole
            bounds[key] = (low[start:stop] * unit, high[start:stop] * unit)
            start = stop
        return bounds

    def _money_bounds(self, m: Moments) -> Bounds:
        n = self.base.worlds
        mean, spread = m.d / n, np.sqrt(variance_of(m.d, m.dd, n) / n)
        half = PAIRED_MONEY(n - 1) * spread if n > 1 else np.full(np.shape(mean), np.nan)
        return mean - half, mean + half

    def _unpaired_bounds(self, key: About, m: Moments, means: Sequence[np.ndarray]) -> Bounds:
        sizes, unit = (self.base.worlds, self.variant.worlds), m.whole if key.unit == UNIT_SHARE else 1
        spread = [
            variance_of(total, squares, size) / size / unit**2
            for (total, squares), size in zip(((m.x, m.xx), (m.y, m.yy)), sizes, strict=True)
        ]
        if key.unit == UNIT_SHARE:
            one = np.ones(1, np.int64)
            members = (one, one) if key.quantity == ENDGAME else (self.sizes[0], self.sizes[1])
            bounds = [
                share_bounds(mean, variance, count, size)
                for mean, variance, count, size in zip(means, spread, members, sizes, strict=True)
            ]
            return UNPAIRED_SHARES(means[1], bounds[1], means[0], bounds[0])
        freedom = UNPAIRED_MEANS(spread[0], sizes[0], spread[1], sizes[1])
        half = intervals.t_quantile(freedom) * np.sqrt(spread[0] + spread[1])
        return means[1] - means[0] - half, means[1] - means[0] + half

    def _endgame(self) -> list[tuple[str, About, Estimates, int]]:
        """The endgame from the shares of both runs, where it is not known world by world."""
        if any(key.quantity == ENDGAME for key in self.sums):
            return []
        records = []
        for month in self.months:
            sides = (self.base, self.variant)
            shares = [np.array([side.endgame[month - side.scenario.start + 1]]) for side in sides]
            bounds = [intervals.of_worlds(share, side.worlds) for share, side in zip(shares, sides, strict=True)]
            low, high = UNPAIRED_SHARES(shares[1], bounds[1], shares[0], bounds[0])
            if self.parts_at is None or month < self.parts_at:
                low, high = (np.where(shares[0] == shares[1], 0.0, bound) for bound in (low, high))
            estimates = Estimates(shares[0], shares[1], shares[1] - shares[0], low, high, np.array([np.nan]))
            records.append((ALL, About(ENDGAME, month, UNIT_SHARE), estimates, 0))
        return records

    def _survival(self) -> list[tuple[str, About, Estimates, int]]:
        """The share still independent of those that have entered; no row where nobody has."""
        records = []
        for month in self.months:
            key, there, absent = (
                About(name, month, UNIT_SHARE) for name in (SURVIVAL, State.INDEPENDENT, State.NEVER_ENTERED)
            )
            everybody, complete = self._estimates(there, self.sums[there]), self.sums[absent]
            whole = (complete.x == 0) & (complete.y == 0)
            entrants = self.ratios[month].estimates(self.paired, (self.sizes[0] == 1) & (self.sizes[1] == 1))
            if self.parts_at is None or month < self.parts_at:
                low, high = (np.where(entrants.difference == 0, 0.0, bound) for bound in entrants[3:5])
                entrants = entrants._replace(low=low, high=high)
            for at, name in enumerate(self.names):
                if not np.isnan(entrants.difference[at]):
                    records.append((name, key, everybody if whole[at] else entrants, at))
        return records

    def _year_ends(self) -> list[tuple[str, About, Estimates, int]]:
        """Runway, cash and revenue; none where one of the sides does not keep them world by world."""
        if not all(self.year_ends.worlds):
            return []
        return [
            (firm, About(row.quantity, row.month, UNIT_MEAN), row.estimates, at)
            for row in self.year_ends.rows(self.paired)
            for at, firm in enumerate(self.year_ends.firms)
            if row.quantity == COUNTED_WORLDS or not np.isnan(row.estimates.difference[at])
        ]

    def _lonely(self, variant: str) -> list[tuple[Any, ...]]:
        """Rows of who is in one of the runs only, independent at its horizon; the other side is empty."""
        rows: list[tuple[Any, ...]] = []
        nothing = math.nan
        for place, side in enumerate((self.base, self.variant)):
            mine = [name for name in reported(side.scenario) if name in self.lonely]
            if not mine:
                continue
            members = Cast(side.scenario, tuple(mine)).members()
            total: Any = 0
            for piece in side.pieces():
                flags = states_at(event_months(piece.histories), side.scenario.ticks)[State.INDEPENDENT]
                total = total + counted(flags, members).sum(axis=0)
            for name, count, own in zip(mine, total, members, strict=True):
                share = float(count) / (side.worlds * len(own))
                both = (nothing, share) if place else (share, nothing)
                date = month_text(side.scenario.end)
                rows.append((variant, name, State.INDEPENDENT, date, *both, *[nothing] * 3, False, nothing))
        return rows


def share_bounds(share: np.ndarray, variance: np.ndarray, members: np.ndarray, worlds: int) -> Bounds:
    """Interval of the share of ``members`` of each name: Wilson's of one firm, of groups with the design effect."""
    alone = intervals.of_worlds(share, worlds)
    pooled = intervals.design_wilson(share, variance, worlds * members, worlds)
    low, high = (np.where(members == 1, one, many) for one, many in zip(alone, pooled, strict=True))
    return low, high
