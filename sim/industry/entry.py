"""Entry: on a firm's date, or from that date on by chance, while the door is open.

What the entrants of a month bring (users, revenue) is placed jointly: where a market cannot hold all of it, each gets
the same part. A latecomer starts ``late_gap`` * (1 - door) further behind and, if it is a startup, with its footing cut
by the door.
Sources: S001-30 (the door closes for latecomers), S002-19 (cross-border entrants keep entering). Sizes: assumption.
"""

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.causes import BY_CHANCE, ON_DATE
from sim.foundation.columns import API, CONSUMER, EVENT, INDEPENDENT, LINE_COUNT, NOT_ENTERED, PROJECTS, STARTUP
from sim.foundation.equity import traded
from sim.foundation.jit import law
from sim.foundation.months import MONTHS_A_YEAR
from sim.foundation.world import tell

ENTRY = EVENT["entry"]
SMALL = 1e-9

MECHANISM = Mechanism(
    "entry",
    "Firms enter on their date or by chance while the door is open.",
    "Nobody enters after the opening.",
    (Assumption("late_gap", 0.5, "generations", 0, 10, "extra gap of one who enters through a closed door"),),
    (
        Assumption(
            "entry_hazard_month",
            0,
            "probability a month",
            0,
            1,
            "0: enters on its date; else chance a month from then on",
        ),
        Assumption("revenue_year", 0, "¤ a year", 0, 1e7, "revenue at entry, without consumers'", entry_only=True),
        Assumption("users", 0, "million", 0, 1e4, "monthly active users at entry", entry_only=True),
    ),
)


@law
def amount_in(firm, line):
    """What a firm brings in a line, at home and abroad together: users, or revenue a month split by its mix."""
    if line == CONSUMER:
        return firm.entry_users
    business = firm.mix_api + firm.mix_projects + firm.mix_vertical
    if business <= 0.0:
        return 0.0
    mix = firm.mix_api if line == API else (firm.mix_projects if line == PROJECTS else firm.mix_vertical)
    return firm.smooth_revenue * mix / business


@law
def brought(world, f, k):
    """What firm ``f`` brings into market ``k``: its line, at home or abroad."""
    firm, line = world.firms[f], k % LINE_COUNT
    return (firm.overseas if k >= LINE_COUNT else 1.0 - firm.overseas) * amount_in(firm, line)


@law
def enters_now(firm, tick):
    """True for a firm that opened its books this month."""
    return firm.status == INDEPENDENT and firm.entry_month == tick


@law
def place(world, k):
    """Shares of market ``k`` for all who enter this month; where it cannot hold them all, in proportion."""
    size = max(world.sizes[k], SMALL)
    taken, wanted = 0.0, 0.0
    for f in range(world.firms.shape[0]):
        taken += world.shares[f, k]
        if enters_now(world.firms[f], world.tick):
            wanted += brought(world, f, k) / size
    filled = min(max(1.0 - taken, 0.0) / max(wanted, SMALL), 1.0)
    for f in range(world.firms.shape[0]):
        firm = world.firms[f]
        if enters_now(firm, world.tick):
            mine = brought(world, f, k)
            world.shares[f, k] = mine / size * filled
            if k % LINE_COUNT == CONSUMER:
                firm.users = max(firm.users - mine * (1.0 - filled), 0.0)


@law
def open_books(world, f, gap_more, footing):
    """Everything a firm owns on the day it enters."""
    firm = world.firms[f]
    firm.status = INDEPENDENT
    firm.entry_month = world.tick
    firm.cash = firm.entry_cash
    firm.cash_open = firm.entry_cash
    firm.gap = firm.entry_gap + gap_more
    firm.talent = firm.entry_talent
    firm.talent_before = firm.entry_talent
    firm.organisation = firm.entry_talent
    firm.founders_stake = firm.entry_founders_stake
    firm.receivables = firm.entry_receivables
    firm.footing = footing
    firm.value = firm.entry_valuation
    firm.post_money = firm.entry_valuation
    firm.ttm_revenue = firm.entry_revenue_year
    firm.smooth_revenue = firm.entry_revenue_year / MONTHS_A_YEAR
    firm.expected_revenue = firm.entry_revenue_year
    firm.slow_revenue = firm.smooth_revenue
    firm.release_month = world.tick
    unlocks = world.assume.exchange_unlock_6, world.assume.exchange_unlock_12
    firm.float_share = traded(world.tick - firm.listing_month, world.assume.exchange_ipo_share, unlocks[0], unlocks[1])
    firm.capacity_left = firm.buying_capacity_year
    firm.users = firm.entry_users


@law
def may_enter(world, f):
    """True if a firm's date has come, the door lets it through, and chance, where it enters by chance, has it so."""
    firm = world.firms[f]
    if firm.status != NOT_ENTERED or firm.enters_month > max(world.tick, 1):
        return False
    by_chance = firm.entry_hazard_month > 0.0
    if world.tick == 0:
        return not by_chance
    if world.assume.entry_on == 0.0:
        return False
    return not by_chance or world.luck[f].u_entry < firm.entry_hazard_month * world.market.door


@law
def come_in(world, f):
    """Firm ``f`` opens its books; after the opening it comes through the door, and that is told."""
    firm, market = world.firms[f], world.market
    if world.tick == 0:
        open_books(world, f, 0.0, 1.0)
        return
    footing = market.door if firm.kind == STARTUP else 1.0
    open_books(world, f, world.assume.entry_late_gap * (1.0 - market.door), footing)
    if firm.entry_hazard_month > 0.0:
        tell(world, f, ENTRY, firm.cash, BY_CHANCE, market.door)
    else:
        tell(world, f, ENTRY, firm.cash, ON_DATE, firm.gap)


@law
def step(world):
    """Who enters this month. At the opening (tick 0) those whose date has come do, whatever the switch says."""
    somebody = False
    for f in range(world.firms.shape[0]):
        if may_enter(world, f):
            come_in(world, f)
            somebody = True
    if not somebody:
        return
    for k in range(world.shares.shape[1]):
        place(world, k)
    if world.tick == 0:
        for f in range(world.firms.shape[0]):
            firm = world.firms[f]
            if firm.status == INDEPENDENT:
                firm.entry_month = min(firm.enters_month, 0)
