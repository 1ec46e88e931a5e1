"""How the industry ends: the endgame, extinction, or neither by the horizon.

A world counts once, by what came first: it reaches the endgame while a startup is left (a tie counts as the
endgame), or it runs out of startups before (*extinct*), or neither. The three shares sum to one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.engine.block import Block
from sim.foundation.columns import NEVER
from sim.outcomes.between_draws import Spread, Within, spread_columns
from sim.outcomes.index import dates_of
from sim.outcomes.intervals import of_worlds
from sim.outcomes.merging import Counts
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


class EndgameCounts(Counts):
    """Worlds by how their industry ends.

    ``reached`` (ticks + 1,) worlds came to the endgame by each tick, ``extinct`` ran out of startups before.
    """

    SUMS = ("worlds", "extinct", "reached")

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.worlds = self.extinct = 0
        self.reached = np.zeros(scenario.ticks + 1, np.int64)

    def add(self, block: Block) -> None:
        """Count the worlds of ``block`` too."""
        ticks = self.scenario.ticks
        self.worlds += block.worlds
        self.extinct += int(((block.extinct <= ticks) & (block.extinct < block.endgame)).sum())
        months = np.clip(endgame_months(block), 0, ticks + 1)
        self.reached += np.bincount(months, minlength=ticks + 2)[:-1].cumsum()

    def share_of(self, count: int) -> Share:
        """``count`` of the worlds with Wilson's interval, which is NaN below two worlds."""
        share = count / self.worlds if self.worlds else float("nan")
        low, high = of_worlds(share, self.worlds)
        return Share(share, float(low), float(high))

    def frame(self, of_endgame: Callable[[Within], Spread]) -> Any:
        """endgame.csv: month, date, share of the worlds that reached it by then, low, high (Wilson), and the spread
        between draws by month, which ``of_endgame`` gives: sd, sd_low, sd_high.
        """
        import pandas as pd

        share = self.reached / self.worlds
        low, high = of_worlds(share, self.worlds)
        columns: dict[str, Any] = {"month": np.arange(share.size), "date": dates_of(self.scenario)}
        columns |= {"share": share, "low": low, "high": high}
        return pd.DataFrame(columns | spread_columns(of_endgame((low, high))))
