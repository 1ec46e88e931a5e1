"""What is kept of every startup world by world at the end of every December and of the last month of a run.

Differences of it between two runs are taken world by world (outcomes/year_end_differences.py). Members of a class are
not kept one by one.
"""

from __future__ import annotations

from sim.foundation.months import is_december
from sim.foundation.states import A_STARTUP
from sim.scenario.model import Scenario

RUNWAY, CASH, REVENUE = "runway", "cash", "revenue"
KEPT = (RUNWAY, CASH, REVENUE)  # columns of a firm's row, in the order in which they are kept


def year_ends(first: int, last: int) -> tuple[int, ...]:
    """Calendar months from ``first`` to ``last`` in which something is kept: every December, and the last."""
    return tuple(month for month in range(first, last + 1) if is_december(month) or month == last)


def firms_kept(scenario: Scenario) -> tuple[str, ...]:
    """Ids of the startups of which something is kept, in file order."""
    return tuple(firm.id for firm in scenario.firms if firm.kind == A_STARTUP and not firm.copies)
