"""Causes of exit as quantities of differences.csv: "closed: out of money", a fate and a cause of causes.csv.

Counted by the end of a month they are the cumulative shares of causes.csv; over its causes a fate's share is their sum.
"""

from __future__ import annotations

import numpy as np

from sim.foundation.causes import NO_CAUSE
from sim.foundation.columns import ACQUIRED, CLOSED, FATES
from sim.outcomes.exits import End
from sim.outcomes.world_tables import RULES

JOINED = ": "  # between fate and cause


def quantity_of(end: End) -> str:
    """What differences.csv calls a way to end."""
    return f"{FATES[end.fate]}{JOINED}{RULES[end.cause]}"


def is_exit(quantity: str) -> bool:
    """True if ``quantity`` is a way to end."""
    return JOINED in quantity


def in_parts(quantity: str) -> tuple[str, str]:
    """Fate and cause of a way to end, as causes.csv calls them."""
    fate, _, cause = quantity.partition(JOINED)
    return fate, cause


def ends_in(histories: np.ndarray) -> list[End]:
    """The ways in which anybody ended in (worlds, firms) columns.HISTORY_DTYPE, in the order of causes.csv."""
    gone = histories[histories["cause"] != NO_CAUSE]
    codes = np.unique(gone["fate"].astype(np.int64) * len(RULES) + gone["cause"])
    return [End(*divmod(int(code), len(RULES))) for code in codes]


def ended_by(histories: np.ndarray, end: End, tick: int) -> np.ndarray:
    """(worlds, firms) who has ended so by the end of ``tick``."""
    so = (histories["fate"] == end.fate) & (histories["cause"] == end.cause)
    return np.asarray(so & (histories["exit_month"] <= tick))


def keeps_causes(histories: np.ndarray) -> bool:
    """True if of everybody who is gone it is known what ended it."""
    gone = np.isin(histories["fate"], (ACQUIRED, CLOSED))
    return bool((histories["cause"][gone] != NO_CAUSE).all())
