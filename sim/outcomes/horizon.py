"""What is said about one run at its horizon, as one long table: the rows of a sweep's grid.csv.

quantity, firm, estimate, low, high. Of every firm and group: the share of worlds (of members) in each terminal fate,
with each milestone reached, and still in the general race. Of the industry (firm ``all``): the mean number of startups
still independent and still in the general race, the share of worlds that reached the endgame, and the probability of
every claim, as ``claims.<id>``. Intervals are 95%: Wilson (of groups with the design effect), Student's t for means.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from sim.engine.block import Block
from sim.foundation.columns import STARTUP
from sim.foundation.states import ALL, ALL_STARTUPS, State
from sim.outcomes.claims import LedgerCounts, claims_frame
from sim.outcomes.differences import ENDGAME, GENERAL_LEFT, INDEPENDENTS_LEFT
from sim.outcomes.endgame import count_by_month, endgame_months, share_of
from sim.outcomes.fates import ALL_STATES, FateCounts, reported
from sim.outcomes.intervals import t_quantile, variance_of
from sim.outcomes.survival import CALENDAR, Cohort, count_curves, curves_of, survival_frame
from sim.scenario.layout import layout_of
from sim.scenario.model import Scenario

GRID_COLUMNS = ("quantity", "firm", "estimate", "low", "high")
STATE_OF_LEFT = {INDEPENDENTS_LEFT: State.INDEPENDENT, GENERAL_LEFT: State.IN_GENERAL_RACE}
CLAIM = "claims."
GridRow = tuple[str, str, float, float, float]


class HorizonCounts:
    """The counts of one run from which its rows follow; ``curves``: also those of its survival on calendar time."""

    def __init__(self, scenario: Scenario, curves: bool = False) -> None:
        self.scenario = scenario
        self.fates = FateCounts(scenario)
        self.ledger = LedgerCounts(scenario)
        self.endgame = 0
        self.curves = [curve for curve in curves_of(scenario) if curve.origin == CALENDAR] if curves else []
        self.cohorts: list[Cohort] = []

    def add(self, block: Block) -> None:
        """Count the worlds of ``block`` too."""
        ticks = self.scenario.ticks
        self.fates.add(block)
        self.ledger.add(block)
        self.endgame += int(count_by_month(endgame_months(block), ticks)[-1])
        if self.curves:
            found = count_curves(self.curves, block.histories)
            self.cohorts = (
                [one + other for one, other in zip(self.cohorts, found, strict=True)] if self.cohorts else found
            )

    def rows(self) -> list[GridRow]:
        """The rows, firms in file order, then groups, then the industry."""
        rows: list[GridRow] = []
        for name in reported(self.scenario):
            for state in ALL_STATES:
                share, low, high = (float(part[-1]) for part in self.fates.incidence(name, state))
                rows.append((state, name, share, low, high))
        if (layout_of(self.scenario).kinds == STARTUP).any():
            rows += [(quantity, ALL, *self._mean(state)) for quantity, state in STATE_OF_LEFT.items()]
        reached = share_of(self.endgame, self.fates.worlds)
        rows.append((ENDGAME, ALL, reached.share, reached.low, reached.high))
        claims = claims_frame(self.scenario.claims, self.ledger)
        columns = (claims["claim"], claims["probability"], claims["low"], claims["high"])
        rows += [(f"{CLAIM}{id}", ALL, float(p), float(a), float(b)) for id, p, a, b in zip(*columns, strict=True)]
        return rows

    def _mean(self, state: str) -> tuple[float, float, float]:
        """Mean over worlds of the number of startups in ``state``, with Student's t interval."""
        worlds = self.fates.worlds
        total, squares = (float(part[-1]) for part in self.fates.groups[ALL_STARTUPS][state])
        if worlds < 2:
            return total / worlds, math.nan, math.nan
        half = float(t_quantile(worlds - 1)) * math.sqrt(float(variance_of(total, squares, worlds)) / worlds)
        return total / worlds, total / worlds - half, total / worlds + half

    def survival(self) -> Any:
        """survival.csv on calendar time."""
        return survival_frame(self.scenario, self.curves, self.cohorts)


def horizon_of(scenario: Scenario, blocks: Iterable[Block], curves: bool = False) -> tuple[list[GridRow], Any]:
    """The rows of a run and, with ``curves``, its survival.csv on calendar time (else None)."""
    found = HorizonCounts(scenario, curves)
    for block in blocks:
        found.add(block)
    return found.rows(), found.survival() if curves else None
