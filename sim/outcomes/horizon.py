"""What is said about one run at its horizon, as one long table: the rows of a sweep's grid.csv.

quantity, firm, estimate, low, high. Of every firm and group: the share of worlds (of members) in each terminal fate,
with each milestone reached, and still in the general race. Of the industry (firm ``all``): the mean number of startups
still independent and still in the general race, the share of worlds that reached the endgame, and the probability of
every claim, as ``claims.<id>``. Intervals are 95%: Wilson (of groups with the design effect), Student's t for means.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sim.engine.block import Block
from sim.foundation.states import ALL, ALL_STARTUPS
from sim.outcomes.claims import LedgerCounts, claims_frame
from sim.outcomes.differences import ENDGAME, STATE_OF_LEFT
from sim.outcomes.endgame import EndgameCounts
from sim.outcomes.fates import ALL_STATES, FateCounts, reported
from sim.outcomes.index import startups_of
from sim.outcomes.intervals import students_t
from sim.outcomes.survival import SurvivalCounts
from sim.scenario.model import Scenario

CLAIM = "claims."
GridRow = tuple[str, str, float, float, float]


def horizon_of(scenario: Scenario, blocks: Iterable[Block], curves: bool = False) -> tuple[list[GridRow], Any]:
    """The rows of a run, firms in file order, then groups, then the industry; and, with ``curves``, its survival.csv on
    calendar time (else None).
    """
    fates, ledger, endgame = FateCounts(scenario), LedgerCounts(scenario), EndgameCounts(scenario)
    survival = SurvivalCounts(scenario, calendar_only=True) if curves else None
    for block in blocks:
        fates.add(block)
        ledger.add(block)
        endgame.add(block)
        if survival is not None:
            survival.add(block)
    rows: list[GridRow] = []
    for name in reported(scenario):
        for state in ALL_STATES:
            share, low, high = (float(part[-1]) for part in fates.incidence(name, state))
            rows.append((state, name, share, low, high))
    if startups_of(scenario).size:
        rows += [(quantity, ALL, *_mean(fates, state)) for quantity, state in STATE_OF_LEFT.items()]
    reached = endgame.share_of(int(endgame.reached[-1]))
    rows.append((ENDGAME, ALL, reached.share, reached.low, reached.high))
    claims = claims_frame(scenario.claims, ledger)
    columns = (claims["claim"], claims["probability"], claims["low"], claims["high"])
    rows += [(f"{CLAIM}{id}", ALL, float(p), float(a), float(b)) for id, p, a, b in zip(*columns, strict=True)]
    return rows, survival.frame() if survival is not None else None


def _mean(fates: FateCounts, state: str) -> tuple[float, float, float]:
    """Mean over worlds of the number of startups in ``state``, with Student's t interval."""
    total, squares = (float(part[-1]) for part in fates.groups[ALL_STARTUPS][state])
    low, high = students_t(total, squares, fates.worlds)
    return total / fates.worlds, float(low), float(high)
