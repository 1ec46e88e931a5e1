"""Entry: on a firm's date, or from that date on by chance, while the door is open.

A latecomer starts ``late_gap`` * (1 - door) further behind and, if it is a startup, with its footing cut by the door.
Sources: S001-30 (the door closes for latecomers), S002-19 (cross-border entrants keep entering). Sizes: assumption.
"""

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.causes import BY_CHANCE, ON_DATE
from sim.foundation.columns import API, CONSUMER, EVENT, INDEPENDENT, LINES, NOT_ENTERED, PROJECTS, STARTUP, VERTICAL
from sim.foundation.jit import law
from sim.foundation.world import tell

ENTRY = EVENT["entry"]
LINE_COUNT = len(LINES)
MONTHS_A_YEAR = 12.0
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
def place_revenue(world, f, line, amount):
    """Give firm ``f`` the shares at home and abroad that earn ``amount`` a month in ``line``."""
    firm, home, abroad = world.firms[f], line, LINE_COUNT + line
    taken_home, taken_abroad = 0.0, 0.0
    for g in range(world.firms.shape[0]):
        taken_home += world.shares[g, home]
        taken_abroad += world.shares[g, abroad]
    earned_home, earned_abroad = (1.0 - firm.overseas) * amount, firm.overseas * amount
    world.shares[f, home] = max(min(earned_home / max(world.sizes[home], SMALL), 1.0 - taken_home), 0.0)
    world.shares[f, abroad] = max(min(earned_abroad / max(world.sizes[abroad], SMALL), 1.0 - taken_abroad), 0.0)


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
    firm.founders_stake = firm.entry_founders_stake
    firm.receivables = firm.entry_receivables
    firm.footing = footing
    firm.value = firm.entry_valuation
    firm.post_money = firm.entry_valuation
    firm.ttm_revenue = firm.entry_revenue_year
    firm.smooth_revenue = firm.entry_revenue_year / MONTHS_A_YEAR
    firm.expected_revenue = firm.entry_revenue_year
    firm.capacity_left = firm.buying_capacity_year
    place_revenue(world, f, CONSUMER, firm.entry_users)
    firm.users = firm.entry_users
    business = firm.mix_api + firm.mix_projects + firm.mix_vertical
    if business > 0.0:
        place_revenue(world, f, API, firm.smooth_revenue * firm.mix_api / business)
        place_revenue(world, f, PROJECTS, firm.smooth_revenue * firm.mix_projects / business)
        place_revenue(world, f, VERTICAL, firm.smooth_revenue * firm.mix_vertical / business)


@law
def step(world):
    """Who enters this month. At the opening (tick 0) those whose date has come do, whatever the switch says."""
    market, assume = world.market, world.assume
    market.entered = 0
    for f in range(world.firms.shape[0]):
        firm = world.firms[f]
        if firm.status != NOT_ENTERED or firm.enters_month > max(world.tick, 1):
            continue
        opening = world.tick == 0
        if opening and firm.entry_hazard_month == 0.0:
            open_books(world, f, 0.0, 1.0)
            firm.entry_month = min(firm.enters_month, 0)
            continue
        if assume.entry_on == 0.0 or opening:
            continue
        if firm.entry_hazard_month > 0.0 and world.luck[f].u_entry >= firm.entry_hazard_month * market.door:
            continue
        footing = market.door if firm.kind == STARTUP else 1.0
        open_books(world, f, assume.entry_late_gap * (1.0 - market.door), footing)
        market.entered = 1
        if firm.entry_hazard_month > 0.0:
            tell(world, f, ENTRY, firm.cash, BY_CHANCE, market.door)
        else:
            tell(world, f, ENTRY, firm.cash, ON_DATE, firm.gap)
