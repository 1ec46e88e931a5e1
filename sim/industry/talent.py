"""Talent: leaves distressed and pivoting firms, is poached by giants and leaders, arrives with cash and reputation.

attraction a = poaching * cash / (cash + cash_ref) * exp(-gap)      (a giant's means count as 1)
leaving      = leaving_month, + distress_month below distress_runway, + exodus_month in the year after a pivot
talent'      = talent * (1 - leaving) + arrival_month * a / (1 + a) * (1 - talent / ceiling), at least the founders
poached      = poach_quarter * talent * share of attraction held by others, each quarter; it goes to the attractive
people_lost  = who left, were poached or walked out of an abandoned firm this month: next month's cost of replacing them
Sources: S000-21, P-01-07, P-BC-07 (five to seven seniors within a year of a pivot), P-MK-13, S002-11.
Rates: assumption.
"""

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.branches import mostly, pick
from sim.foundation.causes import PEOPLE_LEFT, TALENT_POACHED
from sim.foundation.columns import EVENT, GIANT, INDEPENDENT
from sim.foundation.formulas import TINY
from sim.foundation.jit import law
from sim.foundation.maths import exp
from sim.foundation.months import MONTHS_A_YEAR
from sim.foundation.world import tell

EXODUS, POACHED = EVENT["exodus"], EVENT["poached"]

MECHANISM = Mechanism(
    "talent",
    "Talent leaves distressed and pivoting firms, is poached, and arrives with cash and reputation.",
    "Every firm keeps the talent it entered with.",
    (
        Assumption("leaving_month", 0.006, "share a month", 0, 1, "ordinary turnover", "P-MK-13; rate: assumption"),
        Assumption("distress_runway", 6, "months", 0, 60, "runway below which people leave"),
        Assumption("distress_month", 0.03, "share a month", 0, 1, "who leaves then"),
        Assumption(
            "exodus_month",
            0.05,
            "share a month",
            0,
            1,
            "who leaves in the twelve months after a pivot",
            "S000-21, P-BC-07; rate: assumption",
        ),
        Assumption("exodus_told", 0.25, "share", 0, 1, "loss since the pivot that is told as an exodus"),
        Assumption("arrival_month", 0.03, "index a month", 0, 1, "who arrives at a firm with cash and reputation"),
        Assumption("ceiling", 2.0, "index", 0.1, 10, "most talent a firm can hold"),
        Assumption(
            "poach_quarter", 0.015, "share a quarter", 0, 1, "who is poached", "S002-11, P-GI-17; rate: assumption"
        ),
        Assumption("cash_ref", 2000, "¤", 1, 1e6, "cash that counts as one step of attraction"),
        Assumption("least", 0.02, "index", 0.001, 1, "the founders stay"),
    ),
    (
        Assumption("talent", 1, "index", 0.02, 10, "talent at entry", entry_only=True),
        Assumption("poaching", 1, "ratio", 0, 50, "attraction as an employer over its cash and reputation"),
    ),
)


@law
def attraction(firm, assume):
    """What draws people: cash, closeness to the frontier, and a will to poach."""
    means = pick(firm.kind == GIANT, 1.0, firm.cash / (firm.cash + assume.talent_cash_ref))
    return max(firm.poaching * max(means, 0.0) * exp(-firm.gap), 0.0)


@law
def leaving_share(firm, assume, tick):
    """Share of a firm's talent that leaves this month of its own accord."""
    in_distress = (firm.kind != GIANT) & (firm.runway < assume.talent_distress_runway)
    since = tick - firm.pivot_month
    pivoted_lately = (since >= 1) & (since <= MONTHS_A_YEAR)
    share = assume.talent_leaving_month
    share += pick(in_distress, assume.talent_distress_month, 0.0)
    share += pick(pivoted_lately, assume.talent_exodus_month, 0.0)
    return min(share, 1.0)


@law
def next_talent(talent, leaving, pull, assume):
    """Talent a month later; ``pull`` in [0, 1) is the firm's attraction over 1 + attraction."""
    arriving = assume.talent_arrival_month * pull * max(1.0 - talent / assume.talent_ceiling, 0.0)
    ceiling = max(assume.talent_ceiling, talent)  # who came with more keeps it
    return min(max(talent * (1.0 - leaving) + arriving, assume.talent_least), ceiling)


@law
def step(world, f):
    """Who leaves and who arrives this month."""
    firm, assume = world.firms[f], world.assume
    firm.people_lost = 0.0
    if not mostly(assume.talent_on == 1.0):
        return
    drawn = attraction(firm, assume)
    before = max(firm.talent, assume.talent_least)
    leaving = leaving_share(firm, assume, world.tick)
    firm.people_lost = min(leaving * before, before - assume.talent_least)
    firm.talent = next_talent(before, leaving, drawn / (1.0 + drawn), assume)


@law
def tell_exodus(world, f):
    """Tell of the people who left a firm since its pivot, once they are many."""
    firm, assume = world.firms[f], world.assume
    if assume.talent_on == 0.0 or firm.pivot_month > world.tick or firm.exodus_told == 1:
        return
    lost = 1.0 - firm.talent / max(firm.talent_before, TINY)
    if lost >= assume.talent_exodus_told:
        firm.exodus_told = 1
        if firm.pivot_month > 0:
            tell(world, f, EXODUS, lost, PEOPLE_LEFT, 1.0 - lost)


@law
def poach(world):
    """Each quarter people move to where attraction is, through the aggregate."""
    assume = world.assume
    if assume.talent_on == 0.0:
        return
    total, moved = 0.0, 0.0
    for f in range(world.firms.shape[0]):
        if world.firms[f].status == INDEPENDENT:
            total += attraction(world.firms[f], assume)
    if total <= TINY:
        return
    for f in range(world.firms.shape[0]):
        firm = world.firms[f]
        if firm.status == INDEPENDENT:
            firm.drawn = attraction(firm, assume) / total
            lost = assume.talent_poach_quarter * (1.0 - firm.drawn) * firm.talent
            lost = min(lost, max(firm.talent - assume.talent_least, 0.0))
            firm.talent -= lost
            firm.people_lost += lost
            moved += lost
            if world.told[1] == 1 and firm.kind != GIANT:
                tell(world, f, POACHED, lost, TALENT_POACHED, lost)
    for f in range(world.firms.shape[0]):
        firm = world.firms[f]
        if firm.status == INDEPENDENT:
            ceiling = max(assume.talent_ceiling, firm.talent)
            firm.talent = min(firm.talent + moved * firm.drawn, ceiling)
