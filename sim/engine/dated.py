"""Dated changes: the value in force in a month is the base, changed by every change in force, in order.

The base is what a file states: a number, what a world drew, or the number of a series in that month.
"""

from __future__ import annotations

import numpy as np

from sim.engine.draws import Draw, Slot
from sim.engine.prepared import Problem
from sim.engine.state import of_firms
from sim.foundation.columns import INDEPENDENT
from sim.foundation.world import World
from sim.scenario import series
from sim.scenario.model import Change


def in_force(tile: World, slot: Slot) -> np.ndarray:
    """A copy of the slot's numbers as they stand in the tile, (worlds,) or (worlds, rows)."""
    return np.array(of_firms(tile, slot.column)[:, slot.rows] if slot.rows else _of_industry(tile, slot))


def _of_industry(tile: World, slot: Slot) -> np.ndarray:
    column: np.ndarray = tile.assume[slot.column][0, : tile.worlds]
    return column


def put(tile: World, slot: Slot, numbers: np.ndarray | float) -> None:
    """Put ``numbers``, those of the slot or one for all, in force in the tile."""
    if slot.rows:
        of_firms(tile, slot.column)[:, slot.rows] = numbers
    else:
        _of_industry(tile, slot)[:] = numbers


def put_certain(problem: Problem, tile: World) -> None:
    """Put every assumption that is the same in all worlds into the tile; of a series its number at the start."""
    for draw in problem.base:
        value = draw.value
        if not value.uncertain:
            put(tile, draw.slot, series.over(value, problem.start, 1)[0] if value.changing else value.numbers[0])


def draw_base(problem: Problem, first: int, worlds: int) -> list[tuple[Slot, np.ndarray]]:
    """Every uncertain assumption with what each of ``worlds`` worlds from ``first`` on drew for it."""
    uncertain = (draw for draw in problem.base if draw.value.uncertain)
    return [(draw.slot, problem.drawn(draw, first, worlds)) for draw in uncertain]


class Assumed:
    """The assumptions of a tile of worlds from ``first`` on: base values, in the tile already, and what changes them
    month by month.
    """

    def __init__(self, problem: Problem, tile: World, first: int, clipped: dict[str, int]) -> None:
        self.problem = problem
        self.tile = tile
        self.first = first
        self.clipped = clipped
        moving = [draw for draw in problem.base if draw.value.changing]
        self.slots = {draw.slot.path: draw.slot for draw in (*moving, *(draw for _, draw in problem.changes))}
        self.base = {path: in_force(tile, slot) for path, slot in self.slots.items()}
        self.series = {draw.path: series.over(draw.value, problem.start, problem.ticks) for draw in moving}
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
            for change, draw in self.problem.changes:
                if change.path == path and change.first <= month and (change.last is None or month <= change.last):
                    numbers = self._applied(numbers, change, draw)
            if slot.rows:
                gone = of_firms(self.tile, "status")[:, slot.rows] > INDEPENDENT
                numbers = np.where(gone, in_force(self.tile, slot), numbers)
            put(self.tile, slot, numbers)

    def _applied(self, numbers: np.ndarray, change: Change, draw: Draw) -> np.ndarray:
        amount = self.problem.drawn(draw, self.first, len(numbers))
        if change.op == "times":
            out = numbers * amount
        elif change.op == "plus":
            out = numbers + amount
        else:
            out = amount
        inside: np.ndarray = np.clip(out, draw.slot.declared.low, draw.slot.declared.high)
        beyond = int(np.count_nonzero(inside != out))
        if beyond:
            self.clipped[change.path] = self.clipped.get(change.path, 0) + beyond
        return inside
