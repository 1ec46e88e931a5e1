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

from sim.archive.dictionary import DIFFERENCES_CSV
from sim.foundation.months import month_text
from sim.foundation.states import ALL, State
from sim.outcomes import intervals
from sim.outcomes.exits import End, ended_by, ends_in, is_exit, keeps_causes
from sim.outcomes.fates import ALL_STATES, event_months, reported, states_at
from sim.outcomes.index import members_of, startups_of
from sim.outcomes.intervals import Bounds, variance_of
from sim.outcomes.paired_sums import Estimates, Moments, Row, score_parts, variance_ratio
from sim.outcomes.survival_differences import Ratios
from sim.outcomes.year_end_differences import YEAR_END_QUANTITIES as AT_YEAR_ENDS
from sim.outcomes.year_end_differences import YearEnds
from sim.scenario.model import Scenario
from sim.scenario.year_ends import year_ends

SURVIVAL, ENDGAME = "survival", "endgame"
INDEPENDENTS_LEFT, GENERAL_LEFT = "independents_left", "general_left"
RAISED, FINAL_VALUATION = "raised", "final_valuation"
STATE_OF_LEFT = {INDEPENDENTS_LEFT: State.INDEPENDENT, GENERAL_LEFT: State.IN_GENERAL_RACE}
COUNT_QUANTITIES, MONEY_QUANTITIES = tuple(STATE_OF_LEFT), (RAISED, FINAL_VALUATION)  # are no shares
INDUSTRY_QUANTITIES = (*COUNT_QUANTITIES, ENDGAME)
COMPARED_QUANTITIES = (SURVIVAL, *ALL_STATES, *MONEY_QUANTITIES, *INDUSTRY_QUANTITIES)  # in the order of the rows
# what the intervals are made with, and named after (intervals.METHODS)
PAIRED_SHARES, PAIRED_MONEY = intervals.paired_score, intervals.students_t
UNPAIRED_SHARES, UNPAIRED_MEANS = intervals.newcombe, intervals.welch


class Piece(NamedTuple):
    """Some worlds of a run, in order.

    ``numbers`` (worlds,) are those they have in the run; ``histories`` (worlds, firms) HISTORY_DTYPE; ``endgame``
    (worlds,) first month of the endgame, NEVER where it does not come, or None where only its share by month is known;
    ``year_ends`` as in Block, or None where it is not kept.
    """

    numbers: np.ndarray
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
    """What is summed, at the end of a calendar month."""

    quantity: str
    month: int


def place_of(quantity: str) -> tuple[int, str]:
    """Where the rows about ``quantity`` stand: as in COMPARED_QUANTITIES, causes of exit after the states."""
    known = (*COMPARED_QUANTITIES, *AT_YEAR_ENDS)
    return (known.index(ALL_STATES[-1]), quantity) if is_exit(quantity) else (known.index(quantity), "")


def months_compared(one: Scenario, other: Scenario) -> tuple[int, ...]:
    """Calendar months to compare at: every December that both runs have, and the last month they share."""
    first, last = max(one.start, other.start), min(one.end, other.end)
    return year_ends(first, last)


def counted(flags: np.ndarray, members: Sequence[np.ndarray]) -> np.ndarray:
    """(worlds, firms) flags -> (worlds, names) how many members of each name have it."""
    out = np.empty((flags.shape[0], len(members)), np.int64)
    for column, rows in enumerate(members):
        out[:, column] = flags[:, rows[0]] if len(rows) == 1 else flags[:, rows].sum(axis=1)
    return out


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
        scenarios = self.base.scenario, self.variant.scenario
        mine, theirs = (reported(scenario) for scenario in scenarios)
        self.names = [name for name in mine if name in theirs]
        self.members = [[members_of(scenario, name) for name in self.names] for scenario in scenarios]
        self.sizes = [np.array([len(rows) for rows in members], np.int64) for members in self.members]
        self.months = months_compared(*scenarios)
        self.year_ends = YearEnds(*scenarios)

    def add(self, base: Piece | None, variant: Piece | None) -> None:
        """Add worlds of one side, or the same worlds of both sides (then the pieces must have the same length)."""
        pieces = [piece for piece in (base, variant) if piece is not None]
        if all(piece.year_ends is not None for piece in pieces):
            self.year_ends.add(*(None if piece is None else piece.year_ends for piece in (base, variant)))
        self.keeps_causes &= all(keeps_causes(piece.histories) for piece in pieces)
        ends = sorted({end for piece in pieces for end in ends_in(piece.histories)})
        told = [dict(self._looked_at(side, piece, ends)) if piece else {} for side, piece in enumerate((base, variant))]
        for key in dict.fromkeys([*told[0], *told[1]]):
            x, y = told[0].get(key), told[1].get(key)
            if key.quantity == ENDGAME and (x is None or y is None):
                continue  # its shares are taken from the sides
            if key not in self.sums:
                self.sums[key] = self._moments(key.quantity)
            self.sums[key].add(x, y)
        for month in self.months:
            sides = [self._survived(side, month, told[side]) if told[side] else None for side in (0, 1)]
            self.ratios.setdefault(month, Ratios(len(self.names))).add(*sides)

    def _looked_at(self, side: int, piece: Piece, ends: Sequence[End]) -> Iterator[tuple[About, np.ndarray]]:
        """Every key with the value of each world, (worlds, names); (worlds, 1) where it is about the industry. All but
        money are whole numbers; ``ends`` are the ways to end that are counted.

        Money is known at the horizon, of a group what its members have together: it is compared where both runs end,
        and for what was raised also begin, at once.
        """
        scenario, members = (self.base, self.variant)[side].scenario, self.members[side]
        when, one, other = event_months(piece.histories), self.base.scenario, self.variant.scenario
        for month in self.months:
            tick = month - scenario.start + 1
            states = states_at(when, tick)
            for state in ALL_STATES:
                yield About(state, month), counted(states[state], members)
            for end in ends:
                yield About(end.quantity, month), counted(ended_by(piece.histories, end, tick), members)
            for quantity, state in STATE_OF_LEFT.items():
                yield About(quantity, month), counted(states[state], [startups_of(scenario)])
            if piece.endgame is not None:
                yield About(ENDGAME, month), (piece.endgame <= tick)[:, None].astype(np.int64)
        for quantity in MONEY_QUANTITIES if one.end == other.end else ():
            if one.start == other.start or quantity != RAISED:
                amounts = piece.histories[quantity]
                money = [amounts[:, rows].sum(axis=1) for rows in members]
                yield About(quantity, one.end), np.stack(money, axis=1)

    def _survived(self, side: int, month: int, told: dict[About, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """(worlds, names) members still independent at the end of ``month``, and those that entered by then."""
        return told[About(State.INDEPENDENT, month)], self.sizes[side] - told[About(State.NEVER_ENTERED, month)]

    def _moments(self, quantity: str) -> Moments:
        one = np.ones(1, np.int64)
        if quantity in COUNT_QUANTITIES:
            most = max(startups_of(side.scenario).size for side in (self.base, self.variant))
            return Moments((one, one), one, one * max(most, 1))
        if quantity in MONEY_QUANTITIES or quantity == ENDGAME:
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
        """differences.csv for the variant of that name: firms in file order, then groups, ``all``, and who is in one of
        the runs only.
        """
        import pandas as pd

        order = {name: place for place, name in enumerate((*self.names, ALL))}
        rows = [*self._in_worlds(), *self._survival(), *self._endgame(), *self.year_ends.rows(self.paired)]
        rows.sort(key=lambda row: (order[row.firm], place_of(row.quantity), row.month))
        told = [
            (variant, firm, quantity, month_text(month), *values)
            for firm, quantity, month, *values in (*rows, *self._lonely())
        ]
        return pd.DataFrame(told, columns=DIFFERENCES_CSV.names)

    def _in_worlds(self) -> Iterator[Row]:
        """What was summed over worlds; of giants, whose accounts are open, no money."""
        startups = startups_of(self.base.scenario)
        with_startups = np.array([np.isin(rows, startups).any() for rows in self.members[0]], bool)
        for key, moments in self.sums.items():
            if is_exit(key.quantity) and not self.keeps_causes:
                continue
            names = [ALL] if key.quantity in INDUSTRY_QUANTITIES else self.names
            told = with_startups if key.quantity in MONEY_QUANTITIES else np.ones(len(names), bool)
            found = self._certain(key.month, self._estimates(key, moments))
            yield from found.rows(names, *key, self.paired, told)

    def _estimates(self, key: About, m: Moments) -> Estimates:
        n, k, money = self.base.worlds, self.variant.worlds, key.quantity in MONEY_QUANTITIES
        unit = 1 if money or key.quantity in COUNT_QUANTITIES else m.whole
        base, variant = m.x / (n * unit), m.y / (k * unit)
        if self.paired:
            low, high = PAIRED_MONEY(m.d, m.dd, n) if money else self.bounds[key]
            return Estimates(base, variant, m.d / (n * unit), low, high, variance_ratio(m, n))
        spread = [
            variance_of(total, squares, size) / size / unit**2
            for total, squares, size in ((m.x, m.xx, n), (m.y, m.yy, k))
        ]
        if money or key.quantity in COUNT_QUANTITIES:
            low, high = UNPAIRED_MEANS((variant, spread[1], k), (base, spread[0], n))
        else:
            mine = share_bounds(base, spread[0], self.sizes[0], n)
            theirs = share_bounds(variant, spread[1], self.sizes[1], k)
            low, high = UNPAIRED_SHARES(variant, theirs, base, mine)
        return Estimates(base, variant, variant - base, low, high, np.full(base.shape, np.nan))

    def _certain(self, month: int, found: Estimates) -> Estimates:
        """What does not differ before the month in which the runs part differs by 0 for certain."""
        if self.parts_at is not None and month >= self.parts_at:
            return found
        low, high = (np.where(found.difference == 0, 0.0, bound) for bound in (found.low, found.high))
        return found._replace(low=low, high=high)

    @cached_property
    def bounds(self) -> dict[About, Bounds]:
        """Paired intervals of all shares and counts, found in one go."""
        found = {key: m for key, m in self.sums.items() if key.quantity not in MONEY_QUANTITIES}
        parts = [score_parts(m, self.base.worlds) for m in found.values()]
        if not parts:
            return {}
        low, high = PAIRED_SHARES(*(np.concatenate(part) for part in zip(*parts, strict=True)))
        cuts = np.cumsum([part[0].size for part in parts])[:-1]
        units = [m.whole if key.quantity in COUNT_QUANTITIES else 1 for key, m in found.items()]
        pieces = zip(found, units, np.split(low, cuts), np.split(high, cuts), strict=True)
        return {key: (below * unit, above * unit) for key, unit, below, above in pieces}

    def _survival(self) -> Iterator[Row]:
        """The share still independent of those that have entered (if all have, of all); no row where nobody has."""
        single = (self.sizes[0] == 1) & (self.sizes[1] == 1)
        for month in self.months:
            there, absent = About(State.INDEPENDENT, month), self.sums[About(State.NEVER_ENTERED, month)]
            entrants = self.ratios[month].estimates(self.paired, single)
            parts = zip(self._estimates(there, self.sums[there]), entrants, strict=True)
            whole = (absent.x == 0) & (absent.y == 0)
            found = self._certain(month, Estimates(*(np.where(whole, of_all, part) for of_all, part in parts)))
            yield from found.rows(self.names, SURVIVAL, month, self.paired, ~np.isnan(entrants.difference))

    def _endgame(self) -> Iterator[Row]:
        """The endgame from the shares of both runs, where it is not known world by world."""
        if any(key.quantity == ENDGAME for key in self.sums):
            return
        sides = (self.base, self.variant)
        for month in self.months:
            base, variant = (side.endgame[[month - side.scenario.start + 1]] for side in sides)
            mine, theirs = (
                intervals.of_worlds(share, side.worlds) for share, side in zip((base, variant), sides, strict=True)
            )
            low, high = UNPAIRED_SHARES(variant, theirs, base, mine)
            found = Estimates(base, variant, variant - base, low, high, np.array([np.nan]))
            yield from self._certain(month, found).rows([ALL], ENDGAME, month, False, np.ones(1, bool))

    def _lonely(self) -> Iterator[Row]:
        """Rows of who is in one of the runs only, independent at its horizon; the other side is empty."""
        nothing = math.nan
        for side in (self.base, self.variant):
            names = [name for name in reported(side.scenario) if name not in self.names]
            members = [members_of(side.scenario, name) for name in names]
            total: Any = 0
            for piece in side.pieces() if names else ():
                flags = states_at(event_months(piece.histories), side.scenario.ticks)[State.INDEPENDENT]
                total = total + counted(flags, members).sum(axis=0)
            for at, name in enumerate(names):
                share = float(total[at]) / (side.worlds * len(members[at]))
                both = (share, nothing) if side is self.base else (nothing, share)
                yield Row(name, State.INDEPENDENT, side.scenario.end, *both, nothing, nothing, nothing, False, nothing)


def share_bounds(share: np.ndarray, variance: np.ndarray, members: np.ndarray, worlds: int) -> Bounds:
    """Interval of the share of ``members`` of each name: Wilson's of one firm, of groups with the design effect."""
    alone = intervals.of_worlds(share, worlds)
    pooled = intervals.design_wilson(share, variance, worlds * members, worlds)
    low, high = (np.where(members == 1, one, many) for one, many in zip(alone, pooled, strict=True))
    return low, high
