"""What worlds draw for the values of a scenario: a pure function of seed, path and world."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.engine.luck import fill_assumption
from sim.foundation.assumption import Assumption
from sim.scenario.model import JOINT, Value
from sim.scenario.value import Range, quantile


@dataclass(frozen=True)
class Slot:
    """Where the numbers of a path live, and what they are.

    ``rows`` are the firm's row, or those of all members of a class, of which each draws for itself; none for an
    assumption of the industry. Numbers of a slot are (worlds, rows) then, else (worlds,).
    """

    path: str
    column: str
    rows: tuple[int, ...]
    declared: Assumption


@dataclass(frozen=True)
class Draw:
    """One value as worlds draw it; one that is certain is the same in all.

    ``path`` names it as a ``--set`` does (of a dated change: ``events.<id>.set.<path>``), ``key`` is the key of its
    luck, ``slot`` says where it lives, ``within`` what it may be.
    """

    path: str
    key: int
    value: Value
    within: Range
    slot: Slot

    def numbers(self, seed: int, first: int, worlds: int) -> np.ndarray:
        """The slot's numbers in ``worlds`` worlds from ``first`` on."""
        rows = len(self.slot.rows)
        if not self.value.uncertain:
            return np.full((worlds, rows) if rows else worlds, self.value.numbers[0])
        numbers = []
        alone = rows < 2 or self.value.kind == JOINT  # joint draws are one row, for all members of a class
        for copy in (0,) * max(rows, 1) if alone else range(1, rows + 1):  # members draw as 1, 2, ...
            u = np.empty(worlds)
            fill_assumption(u, seed, self.key, first, copy)
            numbers.append(quantile(self.value, u, self.within.low, self.within.high))
        return np.column_stack(numbers) if rows else numbers[0]

    def sample(self, seed: int, first: int, worlds: int) -> np.ndarray:
        """What worlds ``first`` and on drew, (worlds,); of a class of firms the mean over its copies."""
        numbers = self.numbers(seed, first, worlds)
        return np.cumsum(numbers, axis=1)[:, -1] / len(self.slot.rows) if self.slot.rows else numbers
