"""The uncertain values of a scenario, and what each world drew for them: a pure function of seed, path and world."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.engine.prepared import Problem, Slot, change_key, drawn, prepare
from sim.scenario.model import Scenario, Value
from sim.scenario.value import Range, range_of


@dataclass(frozen=True)
class Draw:
    """One uncertain value, as worlds draw it.

    ``path`` names it as a ``--set`` does (of a dated change: ``events.<id>.set.<path>``), ``key`` is the key of its
    luck, ``slots`` has one member, or for a class of firms one per copy.
    """

    path: str
    key: int
    value: Value
    within: Range
    slots: tuple[Slot, ...]

    def sample(self, seed: int, first: int, worlds: int) -> np.ndarray:
        """What worlds ``first`` and on drew, (worlds,); of a class of firms the mean over its copies."""
        total = np.zeros(worlds)
        for slot in self.slots:
            total += drawn(self.value, slot, self.key, self.within, seed, first, worlds)
        return total / len(self.slots)


def draws_of(scenario: Scenario) -> tuple[Draw, ...]:
    """Every uncertain value: assumptions, then firms in file order, then dated changes."""
    problem = prepare(scenario)
    return (*_base(problem), *_changes(problem))


def _base(problem: Problem) -> tuple[Draw, ...]:
    slots: dict[str, list[Slot]] = {}
    values: dict[str, Value] = {}
    for slot, value in problem.base:
        if value.uncertain:
            slots.setdefault(slot.path, []).append(slot)
            values[slot.path] = value
    return tuple(
        Draw(path, own[0].key, values[path], range_of("set", own[0].declared), tuple(own))
        for path, own in slots.items()
    )


def _changes(problem: Problem) -> tuple[Draw, ...]:
    return tuple(
        Draw(f"{c.origin}.set.{c.path}", change_key(c), c.value, range_of(c.op, slots[0].declared), slots)
        for c, slots in problem.changes
        if c.value.uncertain
    )
