"""Burn (being written)."""

from sim.foundation.assumption import Assumption, Mechanism

MECHANISM = Mechanism(
    "burn",
    "Planned spending follows ambition and runway.",
    "Spending is the constant burn_month.",
    (Assumption("plan_months", 18, "months", 3, 60, "a firm plans to make its cash last so long"),),
    (
        Assumption("cash", 0, "RMB million", 0, 1e7, "cash at entry"),
        Assumption("burn_month", 0, "RMB million a month", 0, 1e6, "spending where the mechanism is off"),
        Assumption("research_ambition", 1, "ratio", 0, 100, "planned research over the cost of the frontier"),
    ),
)
