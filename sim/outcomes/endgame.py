"""How the industry ends: the endgame, extinction, or neither by the horizon.

A world counts once, by what came first: it reaches the endgame while a startup is left (a tie counts as the
endgame), or it runs out of startups before (*extinct*), or neither. The three shares sum to one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.engine.block import Block
from sim.foundation.columns import NEVER
from sim.outcomes.index import dates_of
from sim.outcomes.intervals import of_worlds
from sim.scenario.model import Scenario


@dataclass(frozen=True, slots=True)
class Share:
    """A share of worlds with its 95% interval."""

    share: float
    low: float
    high: float


def endgame_months(block: Block) -> np.ndarray:
    """(worlds,) first month of the endgame, NEVER where startups were gone before or it was not reached."""
    return np.where(block.endgame <= block.extinct, block.endgame, NEVER)


def extinct_months(block: Block) -> np.ndarray:
    """(worlds,) first month without an independent startup, NEVER where the endgame came first or some are left."""
    return np.where(block.extinct < block.endgame, block.extinct, NEVER)


def count_by_month(months: np.ndarray, ticks: int) -> np.ndarray:
    """(worlds,) months -> (ticks + 1,) worlds in which it came by each tick."""
    return np.bincount(np.clip(months, 0, ticks + 1), minlength=ticks + 2)[:-1].cumsum()


def share_of(count: int, worlds: int) -> Share:
    """``count`` of ``worlds`` with Wilson's interval, which is NaN below two worlds."""
    share = count / worlds if worlds else float("nan")
    low, high = of_worlds(share, worlds)
    return Share(share, float(low), float(high))


def endgame_frame(scenario: Scenario, count: np.ndarray, worlds: int) -> Any:
    """endgame.csv: month, date, share of the worlds that reached it by then, low, high (Wilson)."""
    import pandas as pd

    share = count / worlds
    low, high = of_worlds(share, worlds)
    dates = np.array(dates_of(scenario), object)
    return pd.DataFrame({"month": np.arange(count.size), "date": dates, "share": share, "low": low, "high": high})
