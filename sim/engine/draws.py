"""The uncertain values of a scenario, and what each world drew for them: a pure function of seed, path and world."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.engine.prepared import Slot, change_key, drawn, prepare
from sim.scenario.model import Scenario, Value
from sim.scenario.value import Range, range_of


@dataclass(frozen=True)
class Draw:
    """One uncertain value, as worlds draw it.

    ``path`` names it as a ``--set`` does (of a dated change: ``events.<id>.set.<path>``), ``key`` is the key of its
    luck, ``slot`` says where it lives.
    """

    path: str
    key: int
    value: Value
    within: Range
    slot: Slot

    def sample(self, seed: int, first: int, worlds: int) -> np.ndarray:
        """What worlds ``first`` and on drew, (worlds,); of a class of firms the mean over its copies."""
        numbers = drawn(self.value, self.slot, self.key, self.within, seed, first, worlds)
        return np.cumsum(numbers, axis=1)[:, -1] / len(self.slot.rows) if self.slot.rows else numbers


def draws_of(scenario: Scenario) -> tuple[Draw, ...]:
    """Every uncertain value: assumptions, then firms in file order, then dated changes."""
    problem = prepare(scenario)
    draws = [Draw(slot.path, slot.key, value, range_of("set", slot.declared), slot) for slot, value in problem.base]
    draws += [
        Draw(f"{c.origin}.set.{c.path}", change_key(c), c.value, range_of(c.op, slot.declared), slot)
        for c, slot in problem.changes
    ]
    return tuple(draw for draw in draws if draw.value.uncertain)
