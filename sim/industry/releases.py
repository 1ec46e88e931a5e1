"""Releases: a model of one's own near the frontier is the ticket to the general race.

near      gap <= near_gap, by a firm's own work: what it downloads for free does not count
stale     years since its last model near the frontier, beyond fresh_months; 0 for a firm that has pivoted
effort    in every line (demand) is multiplied by exp(-stale_loss * stale); investors mark it down too (rounds)
out       after months_without such a model a startup has to leave the general race (pivot), unless it never does
Sources: S001-03, S003-01, S003-03; form: Klepper (1996), who does not renew falls behind for good.
Sizes: D, assumption.
"""

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.jit import law
from sim.foundation.months import MONTHS_A_YEAR

MECHANISM = Mechanism(
    "releases",
    "A firm without a model of its own near the frontier loses customers, and after a time its place in the race.",
    "Nobody loses customers or its place for want of a model near the frontier.",
    (
        Assumption("near_gap", 0.6, "generations", 0, 20, "gap up to which a model counts as near the frontier"),
        Assumption("fresh_months", 6, "months", 0, 60, "months for which a model counts as new"),
        Assumption("stale_loss", 2.5, "log a year", 0, 10, "customers lost in a year without a new one", "D"),
        Assumption("months_without", 18, "months", 1, 240, "months without one after which a firm is out of the race"),
    ),
)


@law
def stale_years(months, assume):
    """Years for which a model that is ``months`` old has no longer counted as new, at least 0."""
    return max(months - assume.releases_fresh_months, 0.0) / MONTHS_A_YEAR


@law
def age(world, f):
    """How old the firm's last model near the frontier is when customers choose."""
    firm, assume = world.firms[f], world.assume
    counts = assume.releases_on == 1.0 and firm.pivot_month > world.tick
    firm.stale = stale_years(world.tick - firm.release_month, assume) if counts else 0.0


@law
def step(world, f):
    """Who has a model near the frontier after this month's research, and who has been without one for too long."""
    assume = world.assume
    firm = world.firms[f]
    if firm.gap <= assume.releases_near_gap:
        firm.release_month = world.tick
        firm.stale = 0.0
    late = world.tick - firm.release_month >= assume.releases_months_without
    firm.out_of_race = 1 if assume.releases_on == 1.0 and late else 0
