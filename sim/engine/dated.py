"""Dated changes: the value in force in a month is the base, changed by every change in force, in order.

The base is what a file states: a number, what a world drew, or the number of a series in that month.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.engine.prepared import Problem, Slot, change_key, drawn
from sim.foundation.columns import INDEPENDENT
from sim.foundation.world import World
from sim.scenario import series
from sim.scenario.model import Change
from sim.scenario.value import range_of


def in_force(tile: World, slot: Slot) -> np.ndarray:
    """A copy of the slot's numbers as they stand in the tile, (worlds,) or (worlds, rows)."""
    part: Any = tile.firms if slot.rows else tile.assume
    column = part.view(np.ndarray)[slot.column]
    return np.array(column[:, slot.rows] if slot.rows else column)


def _put(tile: World, slot: Slot, numbers: np.ndarray | float) -> None:
    """Put ``numbers``, those of the slot or one for all, in force in the tile."""
    if slot.rows:
        tile.firms.view(np.ndarray)[slot.column][:, slot.rows] = numbers
    else:
        tile.assume.view(np.ndarray)[slot.column][:] = numbers


class Base(NamedTuple):
    """The base values of a block of worlds: those that are certain are in its tiles already (``put_certain``).

    ``drawn`` are the uncertain ones, each with the numbers that every world drew; ``first`` is the block's first world.
    """

    first: int
    drawn: tuple[tuple[Slot, np.ndarray], ...]


def put_certain(problem: Problem, tile: World) -> None:
    """Put every assumption that is the same in all worlds into the tile; of a series its number at the start."""
    for slot, value in problem.base:
        if not value.uncertain:
            _put(tile, slot, series.over(value, problem.start, 1)[0] if value.changing else value.numbers[0])


def draw_base(problem: Problem, first: int, worlds: int) -> Base:
    """Draw the uncertain assumptions of ``worlds`` worlds from ``first`` on."""
    numbers = (
        (slot, drawn(value, slot, slot.key, range_of("set", slot.declared), problem.seed_of(slot.key), first, worlds))
        for slot, value in problem.base
        if value.uncertain
    )
    return Base(first, tuple(numbers))


class Assumed:
    """The assumptions of a tile of worlds from ``first`` on: base values, and what changes them month by month."""

    def __init__(self, problem: Problem, tile: World, base: Base, first: int, clipped: dict[str, int]) -> None:
        self.problem = problem
        self.tile = tile
        self.first = first
        self.clipped = clipped
        self.worlds = tile.market.shape[0]
        for slot, numbers in base.drawn:
            _put(tile, slot, numbers[first - base.first :][: self.worlds])
        moving = {slot: value for slot, value in problem.base if value.changing}
        self.slots = {slot.path: slot for slot in (*moving, *(slot for _, slot in problem.changes))}
        self.base = {path: in_force(tile, slot) for path, slot in self.slots.items()}
        self.series = {slot.path: series.over(value, problem.start, problem.ticks) for slot, value in moving.items()}
        self.touched: dict[int, set[str]] = {}
        for path, numbers in self.series.items():
            for tick in np.flatnonzero(np.diff(numbers)):
                self.touched.setdefault(problem.start + 1 + int(tick), set()).add(path)
        for change, _ in problem.changes:
            for month in (change.first,) if change.last is None else (change.first, change.last + 1):
                self.touched.setdefault(month, set()).add(change.path)
        self.moments = sorted(self.touched)

    def change(self, month: int) -> None:
        """Put in force what changes in calendar ``month``; the row of a firm that is gone never changes again."""
        for path in sorted(self.touched[month]):
            slot, numbers = self.slots[path], self.base[path]
            if path in self.series:
                numbers = np.full_like(numbers, self.series[path][month - self.problem.start])
            for change, _ in self.problem.changes:
                if change.path == path and change.first <= month and (change.last is None or month <= change.last):
                    numbers = self._applied(numbers, change, slot)
            if slot.rows:
                gone = self.tile.firms.view(np.ndarray)["status"][:, slot.rows] > INDEPENDENT
                numbers = np.where(gone, in_force(self.tile, slot), numbers)
            _put(self.tile, slot, numbers)

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
