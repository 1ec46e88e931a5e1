"""Dated changes: the value in force in a month is the base, changed by every change in force, in order.

The base is what a file states: a number, what a world drew, or the number of a series in that month.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.engine.prepared import Problem, Slot, change_key, drawn
from sim.foundation.columns import INDEPENDENT
from sim.foundation.world import World
from sim.scenario import series
from sim.scenario.model import Change
from sim.scenario.value import range_of


def _column(tile: World, slot: Slot) -> np.ndarray:
    """(worlds,) the numbers of a slot, to read and to write."""
    if slot.row < 0:
        return np.asarray(tile.assume.view(np.ndarray)[slot.column])
    return np.asarray(tile.firms.view(np.ndarray)[slot.column][:, slot.row])


class Drawn(NamedTuple):
    """The uncertain values of one column: ``rows`` of firms, and ``numbers`` (worlds, rows) that each world drew.

    An assumption of the industry has no rows, and ``numbers`` (worlds,).
    """

    column: str
    rows: list[int]
    numbers: np.ndarray


class Base(NamedTuple):
    """The base values of a block of worlds: those that are certain are in its tiles already (``put_certain``).

    ``drawn`` are the uncertain ones, ``first`` is the block's first world; ``changed`` are the slots that a dated event
    or a series changes.
    """

    first: int
    drawn: tuple[Drawn, ...]
    changed: tuple[Slot, ...]


def put_certain(problem: Problem, tile: World) -> None:
    """Put every assumption that is the same in all worlds into the tile; of a series its number at the start."""
    for slot, value in problem.base:
        if not value.uncertain:
            number = series.over(value, problem.start, 1)[0] if value.changing else value.numbers[0]
            _column(tile, slot)[:] = number


def draw_base(problem: Problem, first: int, worlds: int) -> Base:
    """Draw the uncertain assumptions of ``worlds`` worlds from ``first`` on."""
    columns: dict[tuple[str, bool], list[tuple[int, np.ndarray]]] = {}
    for slot, value in problem.base:
        if not value.uncertain:
            continue
        within = range_of("set", slot.declared)
        numbers = drawn(value, slot, slot.key, within, problem.seed_of(slot.key), first, worlds)
        columns.setdefault((slot.column, slot.row < 0), []).append((slot.row, numbers))
    paths = {change.path for change, _ in problem.changes} | {
        slot.path for slot, value in problem.base if value.changing
    }
    changed = tuple(slot for slot, _ in problem.base if slot.path in paths)
    return Base(first, tuple(_together(column, parts) for (column, _), parts in columns.items()), changed)


def _together(column: str, parts: list[tuple[int, np.ndarray]]) -> Drawn:
    """One column from what was drawn for each row, (worlds,) each; row -1 is the industry's."""
    if parts[0][0] < 0:
        return Drawn(column, [], parts[0][1])
    return Drawn(column, [row for row, _ in parts], np.column_stack([numbers for _, numbers in parts]))


class Assumed:
    """The assumptions of a tile of worlds from ``first`` on: base values, and what changes them month by month."""

    def __init__(self, problem: Problem, tile: World, base: Base, first: int, clipped: dict[str, int]) -> None:
        self.problem = problem
        self.tile = tile
        self.first = first
        self.clipped = clipped
        self.worlds = tile.market.shape[0]
        within_block = slice(first - base.first, first - base.first + self.worlds)
        for column, rows, numbers in base.drawn:
            if rows:
                tile.firms.view(np.ndarray)[column][:, rows] = numbers[within_block]
            else:
                tile.assume.view(np.ndarray)[column][:] = numbers[within_block]
        self.base = {(slot.path, slot.row): _column(tile, slot).copy() for slot in base.changed}
        moving = {slot.path: value for slot, value in problem.base if value.changing}
        self.series = {path: series.over(value, problem.start, problem.ticks) for path, value in moving.items()}
        self.touched: dict[int, set[str]] = {}
        for path, numbers in self.series.items():
            for tick in np.flatnonzero(np.diff(numbers)):
                self.touched.setdefault(problem.start + 1 + int(tick), set()).add(path)
        for change, _ in problem.changes:
            for month in self._edges(change):
                self.touched.setdefault(month, set()).add(change.path)
        self.slots: dict[str, list[Slot]] = {}
        for slot in base.changed:
            self.slots.setdefault(slot.path, []).append(slot)
        self.moments = sorted(self.touched)

    @staticmethod
    def _edges(change: Change) -> tuple[int, ...]:
        return (change.first,) if change.last is None else (change.first, change.last + 1)

    def change(self, month: int) -> None:
        """Put in force what changes in calendar ``month``."""
        for path in sorted(self.touched[month]):
            acting = [change for change, _ in self.problem.changes if change.path == path and self._acts(change, month)]
            if not acting and path in self.series:
                self._put(self.slots[path], self.series[path][month - self.problem.start])
                continue
            for slot in self.slots[path]:
                numbers = self._base_in(slot, month)
                for change in acting:
                    numbers = self._applied(numbers, change, slot)
                column = _column(self.tile, slot)
                column[:] = numbers if slot.row < 0 else np.where(self._gone(slot.row), column, numbers)

    @staticmethod
    def _acts(change: Change, month: int) -> bool:
        return change.first <= month and (change.last is None or month <= change.last)

    def _put(self, slots: list[Slot], number: float) -> None:
        """Put ``number`` in force in all ``slots`` of one path at once: the rows of a class lie side by side."""
        first, last = slots[0].row, slots[-1].row
        if first < 0:
            _column(self.tile, slots[0])[:] = number
            return
        firms, rows = self.tile.firms.view(np.ndarray), slice(first, last + 1)
        np.copyto(firms[slots[0].column][:, rows], number, where=firms["status"][:, rows] <= INDEPENDENT)

    def _base_in(self, slot: Slot, month: int) -> np.ndarray:
        """(worlds,) the slot's base in calendar ``month``."""
        if slot.path in self.series:
            return np.full(self.worlds, self.series[slot.path][month - self.problem.start])
        return self.base[slot.path, slot.row]

    def _gone(self, row: int) -> np.ndarray:
        """(worlds,) True where the firm is acquired or closed: its row never changes again."""
        return np.asarray(self.tile.firms.view(np.ndarray)["status"][:, row]) > INDEPENDENT

    def _applied(self, numbers: np.ndarray, change: Change, slot: Slot) -> np.ndarray:
        key = change_key(change)
        within = range_of(change.op, slot.declared)
        amount = drawn(change.value, slot, key, within, self.problem.seed_of(key), self.first, self.worlds)
        if change.op == "times":
            out = numbers * amount
        elif change.op == "plus":
            out = numbers + amount
        else:
            out = amount
        inside: np.ndarray = np.clip(out, slot.declared.low, slot.declared.high)
        beyond = int(np.count_nonzero(inside != out))
        if beyond:
            self.clipped[change.path] = self.clipped.get(change.path, 0) + beyond
        return inside
