"""A scenario as the engine reads it: rows of firms, keys of luck, base values per world, changes by month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from sim.engine.luck import fill_assumption
from sim.engine.state import assumption_column, trait_column
from sim.foundation.assumption import Assumption
from sim.foundation.columns import NEVER
from sim.laws.catalogue import ASSUMPTIONS, FIRM_ASSUMPTIONS
from sim.scenario.keys import firm_key, path_key
from sim.scenario.layout import Layout, layout_of
from sim.scenario.model import Change, Scenario, Value
from sim.scenario.value import Range, quantile


@dataclass(frozen=True)
class Slot:
    """Where the numbers of a path live, what they are, and the key of their luck.

    ``rows`` are the firm's row, or those of all members of a class, of which each draws for itself; none for an
    assumption of the industry. Numbers of a slot are (worlds, rows) then, else (worlds,).
    """

    path: str
    column: str
    rows: tuple[int, ...]
    declared: Assumption
    key: int

    @property
    def copies(self) -> range:
        """Which draw of the path's luck each row takes: members of a class count from 1, anything else is 0."""
        return range(1, len(self.rows) + 1) if len(self.rows) > 1 else range(1)


@dataclass(frozen=True)
class Seeds:
    """Other seeds than the scenario's, for studies that draw one thing anew and leave the rest as it is.

    ``luck`` is the seed of all that happens by chance in the months, ``drawn`` maps the key of an uncertain value to
    the seed of its draws. None, and what is not named, is the scenario's seed.
    """

    luck: int | None = None
    drawn: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """What a tile needs to know. Arrays have a row per firm, copies expanded.

    Rows lie in the order of the ids, whatever the order of the file: so a sum over firms has the same bits for one
    industry however it is written down. ``places`` (firms,) is the place of each row in the file's order (``layout``),
    in which results are handed back (``filed``, ``told``).
    """

    start: int
    ticks: int
    seed: int
    layout: Layout
    ids: tuple[str, ...]
    places: np.ndarray
    keys: np.ndarray
    kinds: np.ndarray
    series: np.ndarray
    enters: np.ndarray
    listed: np.ndarray
    pivoted: np.ndarray
    base: tuple[tuple[Slot, Value], ...]
    changes: tuple[tuple[Change, Slot], ...]
    seeds: Seeds = field(default_factory=Seeds)

    @property
    def luck_seed(self) -> int:
        """Seed of what happens by chance in the months."""
        return self.seed if self.seeds.luck is None else self.seeds.luck

    def seed_of(self, key: int) -> int:
        """Seed of the draws of the uncertain value with this key."""
        return self.seeds.drawn.get(key, self.seed)

    def tick_of(self, month: int) -> int:
        """Tick of a calendar month: 1 is the start."""
        return month - self.start + 1

    def filed(self, rows: np.ndarray) -> np.ndarray:
        """What has a row per firm on its last axis, in the order of the file."""
        out = np.empty_like(rows)
        out[..., self.places] = rows
        return out

    def place_of(self, rows: np.ndarray) -> np.ndarray:
        """Place in the file of every row number in ``rows``; -1, nobody, stays -1."""
        out: np.ndarray = np.append(self.places, -1)[rows]
        return out

    def told(self, events: np.ndarray) -> np.ndarray:
        """Events (columns.LOG_DTYPE) with the firms they name by their place in the file."""
        out = events.copy()
        for name in ("firm", "other"):
            out[name] = self.place_of(events[name])
        return out


def _slot(path: str, rows_of: dict[str, tuple[int, ...]]) -> Slot:
    """The slot of the industry, a firm or a class that a path stands for."""
    key = path_key(path)
    if path.startswith("assumptions."):
        return Slot(path, assumption_column(path), (), ASSUMPTIONS[path], key)
    _, firm, name = path.split(".")
    return Slot(path, trait_column(name), rows_of[firm], FIRM_ASSUMPTIONS[name], key)


def _ticks(scenario: Scenario, months: list[int | None]) -> np.ndarray:
    """Ticks of calendar months; NEVER for None."""
    return np.array([NEVER if month is None else month - scenario.start + 1 for month in months], np.int64)


def prepare(scenario: Scenario, seeds: Seeds | None = None) -> Problem:
    """The scenario's simulation part, laid out for the engine; ``seeds`` stand in for the scenario's."""
    layout, firms = layout_of(scenario), scenario.firms
    places = np.array(sorted(range(len(layout.ids)), key=layout.ids.__getitem__), np.int64)
    row_of_place = np.argsort(places)
    rows_of = {id: tuple(row_of_place[rows].tolist()) for id, rows in layout.rows.items()}
    ids, series = tuple(layout.ids[place] for place in places), layout.series[places]
    stated = dict(scenario.assumptions)
    stated |= {f"firms.{firm.id}.{name}": value for firm in firms for name, value in firm.values.items()}
    return Problem(
        start=scenario.start,
        ticks=scenario.ticks,
        seed=scenario.seed,
        layout=layout,
        ids=ids,
        places=places,
        keys=np.array([firm_key(i) for i in ids], dtype=np.int64),
        kinds=layout.kinds[places],
        series=series,
        enters=_ticks(scenario, [firm.enters for firm in firms])[series],
        listed=_ticks(scenario, [firm.listed for firm in firms])[series],
        pivoted=_ticks(scenario, [firm.pivoted for firm in firms])[series],
        base=tuple((_slot(path, rows_of), value) for path, value in stated.items()),
        changes=tuple((change, _slot(change.path, rows_of)) for change in scenario.changes),
        seeds=seeds or Seeds(),
    )


def change_key(change: Change) -> int:
    """Key of the luck of a dated change's own value."""
    return path_key(f"{change.origin}.{change.path}")


def drawn(value: Value, slot: Slot, key: int, within: Range, seed: int, first: int, worlds: int) -> np.ndarray:
    """The slot's numbers in ``worlds`` worlds from ``first`` on: one number, or a draw for every world and row."""
    if not value.uncertain:
        return np.full((worlds, len(slot.rows)) if slot.rows else worlds, value.numbers[0])
    numbers = []
    for copy in slot.copies:
        u = np.empty(worlds)
        fill_assumption(u, seed, key, first, copy)
        numbers.append(quantile(value, u, within.low, within.high))
    return np.column_stack(numbers) if slot.rows else numbers[0]
