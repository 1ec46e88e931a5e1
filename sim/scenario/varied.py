"""What a study varies: an assumption between two values, or decisions of a firm."""

from __future__ import annotations

from dataclasses import dataclass

from sim.foundation.assumption import Assumption


@dataclass(frozen=True)
class Varied:
    """One assumption that varies from ``low`` to ``high``; ``points`` of a grid, 0 where there is none.

    ``when`` is "" or what follows the @ of a dated set. ``op`` is that of the event where the path is an event's.
    ``chosen`` are the decisions of an axis of them, in order; ``low`` and ``high`` are then those of the declaration.
    """

    path: str
    low: float
    high: float
    points: int
    declared: Assumption
    when: str = ""
    op: str = "set"
    chosen: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its name in tables: the path, and the dates if there are some."""
        return f"{self.path}@{self.when}" if self.when else self.path
