"""Dated changes: the value in force in a month is the base, changed by every change in force, in order."""

from __future__ import annotations

import numpy as np

from sim.engine.problem import Problem, Slot, change_key, drawn
from sim.foundation.columns import INDEPENDENT
from sim.foundation.world import World
from sim.scenario.model import Change
from sim.scenario.value import range_of


class Assumed:
    """The assumptions of a tile of worlds: base values, and what changes them from month to month."""

    def __init__(self, problem: Problem, tile: World, first: int, clipped: dict[str, int]) -> None:
        self.problem = problem
        self.tile = tile
        self.first = first
        self.clipped = clipped
        self.worlds = tile.market.shape[0]
        changed = {slot.path for _, slots in problem.changes for slot in slots}
        self.base: dict[tuple[str, int], np.ndarray] = {}
        for slot, value in problem.base:
            within = range_of("set", slot.declared)
            numbers = drawn(value, slot, slot.key, within, problem.seed_of(slot.key), first, self.worlds)
            self._column(slot)[:] = numbers
            if slot.path in changed:
                self.base[slot.path, slot.row] = numbers
        self.moments = sorted({month for change, _ in problem.changes for month in self._edges(change)})

    @staticmethod
    def _edges(change: Change) -> tuple[int, ...]:
        return (change.first,) if change.last is None else (change.first, change.last + 1)

    def _column(self, slot: Slot) -> np.ndarray:
        if slot.row < 0:
            return np.asarray(self.tile.assume[slot.column])
        return np.asarray(self.tile.firms[slot.column])[:, slot.row]

    def change(self, month: int) -> None:
        """Put in force what changes in calendar ``month``."""
        touched = {c.path for c, _ in self.problem.changes if month in self._edges(c)}
        slots = {(s.path, s.row): s for c, all_slots in self.problem.changes for s in all_slots if s.path in touched}
        for (path, row), slot in slots.items():
            numbers = self.base[path, row].copy()
            for change, _ in self.problem.changes:
                if change.path != path or change.first > month:
                    continue
                if change.last is not None and change.last < month:
                    continue
                numbers = self._applied(numbers, change, slot)
            column = self._column(slot)
            column[:] = numbers if slot.row < 0 else np.where(self._gone(slot.row), column, numbers)

    def _gone(self, row: int) -> np.ndarray:
        """(worlds,) True where the firm is acquired or closed: its row never changes again."""
        return np.asarray(self.tile.firms["status"])[:, row] > INDEPENDENT

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
