"""Everything that can be assumed is declared once, here as data: name, unit, default, bounds, source.

From one declaration come validation, the dtype of the assumptions' row, the JSON Schema, ``shakeout params``
and the table in the documentation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Assumption:
    """A number a rule reads.

    ``name``     the key in a scenario, in the mechanism's name space
    ``default``  the value where a scenario says nothing
    ``unit``     e.g. "¤ a month" (foundation/currency.py), "share", "months", "log"
    ``low, high`` inclusive bounds; a value outside is refused, an event that leads outside is clipped
    ``says``     what it is, one sentence in the field's words
    ``source``   evidence id(s), a paper, or the word "assumption"; after a semicolon what the size rests on, where that
                 is something else ("S001-21; size: D"; scenario/basis.py)
    ``whole``    True for whole numbers (switches, counts, months)
    ``entry_only`` True for a stock's opening value, which no dated event can change
    ``labels``   of a switch or code: what each value means, (value, text). The text follows "assuming that"; of a
                 firm's assumption it follows the firm's name
    ``decides``  of a decision (foundation/decision.py): what is decided, after the firm's name: "lists"
    """

    name: str
    default: float
    unit: str
    low: float
    high: float
    says: str
    source: str = "assumption"
    whole: bool = False
    entry_only: bool = False
    labels: tuple[tuple[int, str], ...] = ()
    decides: str = ""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low <= self.default <= self.high):
            raise ValueError(f"{self.name}: default {self.default} outside [{self.low}, {self.high}]")

    @property
    def explained(self) -> str:
        """What it is and what each of its values means, for tables; prose takes ``says`` and ``label``."""
        meanings = "; ".join(f"{value}: {text}" for value, text in self.labels)
        return f"{self.says} ({meanings})" if meanings else self.says

    def label(self, value: object) -> str:
        """What ``value`` means; empty where it has no label."""
        return next((text for known, text in self.labels if known == value), "")


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One law or mechanism as data.

    ``says`` is its statement in one sentence, ``off`` the sentence that is true when ``on`` is 0.
    ``assumptions`` are read as ``assume.<mechanism>_<name>``; ``firm`` are the assumptions about single firms
    that this mechanism brings with it, read as ``firm.<name>``.
    """

    name: str
    says: str
    off: str
    assumptions: tuple[Assumption, ...] = ()
    firm: tuple[Assumption, ...] = ()

    def all_assumptions(self) -> tuple[Assumption, ...]:
        """``on`` first, then the declared ones."""
        labels = ((1, self.says), (0, self.off))
        switch = Assumption("on", 1, "switch", 0, 1, "whether the mechanism acts", whole=True, labels=labels)
        return (switch, *self.assumptions)
