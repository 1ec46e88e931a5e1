"""Receivables: projects and verticals pay late; consumers and API pay at once.

collected  = receivables * min(1, 30.4 / days sales outstanding);   written off: bad_debt of what is billed late
Days and bad debt are those of projects and of verticals, weighted by what each bills this month.
Sources: P-ZP-44 (112 days), P-ZP-40 to P-ZP-43, P-MK-14, P-MK-15 (SenseTime), S001-23 (slow payment).
"""

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.branches import mostly, pick
from sim.foundation.formulas import TINY
from sim.foundation.jit import law
from sim.foundation.months import DAYS_A_MONTH

MECHANISM = Mechanism(
    "receivables",
    "Project and vertical clients pay late, and some never.",
    "Every bill is paid in the month of delivery.",
    (
        Assumption(
            "project_dso_days", 95, "days", 1, 720, "days sales outstanding of projects", "P-ZP-44; level: assumption"
        ),
        Assumption("bad_debt", 0.03, "share", 0, 1, "share of late bills never paid", "P-ZP-42"),
    ),
    (Assumption("receivables", 0, "¤", 0, 1e7, "receivables at entry", entry_only=True),),
)


@law
def collected_share(dso_days):
    """Share of receivables collected in a month."""
    return min(DAYS_A_MONTH / max(dso_days, TINY), 1.0)


@law
def step(world, f):
    """Collections and write-offs of the month."""
    firm, assume = world.firms[f], world.assume
    at_once = firm.revenue_consumer + firm.revenue_api
    late = firm.revenue_projects + firm.revenue_vertical
    if not mostly(assume.receivables_on == 1.0):
        due, firm.bad_debt, firm.receivables = firm.receivables, 0.0, 0.0
        firm.collections = firm.revenue + due
        return
    weight = pick(late > TINY, firm.revenue_vertical / max(late, TINY), 0.0)
    days = assume.receivables_project_dso_days
    dso = days + weight * (max(firm.vertical_dso, days) - days)
    firm.bad_debt = min(assume.receivables_bad_debt + weight * firm.vertical_bad_debt, 1.0) * late
    firm.receivables += late - firm.bad_debt
    collected = firm.receivables * collected_share(dso)
    firm.receivables -= collected
    firm.collections = at_once + collected
