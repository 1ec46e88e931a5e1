"""Exchange: a gate, a window, IPO cash, a scarcity premium, unlocks at 6 and 12 months, placements.

gate       age >= years_of_research, and: twelve months' revenue >= revenue_gate and value >= cap_gate,
           or value >= cap_gate_early
wish       = listing_appetite * (1 + investors_push * (1 - founders' stake))
chance     = listing_hazard * wish * window * exp(sentiment) a month
IPO cash   = ipo_share * value: the share then traded;  premium rises by first_day
unlocks    the share traded rises by unlock_6 and unlock_12, and the premium loses what scarcity (value) loses by that
placement  a listed firm short of money, or whose shares are dear, sells placement_share of its value, at most once in
           placement_pause months
sentiment' = (sentiment + sentiment_noise * z) * (1 - sentiment_reversion), within ± sentiment_most
exits'     = exits + (window - exits) / 12: what investors have seen of the window in the past year (rounds)
Sources: P-HK-01 to P-HK-06 (chapter 18C), P-HK-07 to P-HK-10 (lock-ups), P-ZP-54, P-MM-42 (IPOs), P-HK-16 to P-HK-18,
Ofek & Richardson (2003) for unlocks, S001-17 (investors need an exit).
"""

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.causes import (
    FORCED_LISTING,
    GATE_NOT_PASSED,
    GATE_PASSED,
    LISTED_ALREADY,
    LISTED_SHORT,
    LOCK_UP,
    PIVOTED_MAY_NOT,
    SHARES_DEAR,
    SWITCHED_OFF,
    TOO_YOUNG,
    WINDOW_SHUT,
)
from sim.foundation.columns import EVENT, INDEPENDENT, NEVER, STARTUP
from sim.foundation.decision import BY_RULE, decision, due
from sim.foundation.equity import forget_call, move_premium, scarce, stop_seeking, take_in
from sim.foundation.jit import law
from sim.foundation.maths import exp
from sim.foundation.months import HALF_YEAR, MONTHS_A_YEAR
from sim.foundation.world import tell

LISTING, PLACEMENT, UNLOCK, CANNOT_LIST = EVENT["listing"], EVENT["placement"], EVENT["unlock"], EVENT["cannot list"]

MECHANISM = Mechanism(
    "exchange",
    "Firms that pass the gate may list while the window is open; listed firms can place shares.",
    "Nobody lists, and listed firms have no unlocks and no placements.",
    (
        Assumption("window", 1, "share", 0, 1, "how far the listing window stands open", "P-HK-06; size: assumption"),
        Assumption("revenue_gate", 224, "¤ a year", 0, 1e6, "revenue of a commercial company", "P-HK-04"),
        Assumption("cap_gate", 5364, "¤", 0, 1e7, "capitalisation of a commercial company", "P-HK-02"),
        Assumption("cap_gate_early", 8940, "¤", 0, 1e7, "capitalisation of a pre-commercial company", "P-HK-03"),
        Assumption("years_of_research", 3, "years", 0, 10, "age a firm must have", "P-HK-05"),
        Assumption("listing_hazard", 0.09, "probability a month", 0, 1, "chance to list once through the gate"),
        Assumption(
            "investors_push",
            0.5,
            "ratio",
            0,
            10,
            "what investors who hold all would add to the chance",
            "S001-17; size: assumption",
        ),
        Assumption(
            "ipo_share",
            0.09,
            "share of value",
            0.01,
            0.5,
            "IPO proceeds over value",
            "P-ZP-54, P-MM-42; size: assumption",
        ),
        Assumption(
            "first_day", 0.25, "log", -1, 3, "premium at listing", "P-HK-12, P-HK-16 to P-HK-18; size: assumption"
        ),
        Assumption(
            "scarcity",
            1.7,
            "log",
            0,
            3,
            "premium of the only listed one, shared as more list",
            "S002-03; size: D",
        ),
        Assumption(
            "unlock_6",
            0.15,
            "share",
            0,
            1,
            "share of the stock that is released at 6 months",
            "P-HK-07; size: assumption",
        ),
        Assumption(
            "unlock_12",
            0.5,
            "share",
            0,
            1,
            "share of the stock that is released at 12 months",
            "P-HK-08, P-HK-09; size: assumption",
        ),
        Assumption("sentiment_noise", 0.12, "log", 0, 1, "monthly shock to sentiment"),
        Assumption("sentiment_most", 1.5, "log", 0, 3, "furthest that sentiment goes either way"),
        Assumption("sentiment_reversion", 0.15, "share a month", 0.01, 1, "how fast sentiment reverts"),
        Assumption("placement_runway", 18, "months", 0, 60, "months of its full plan in cash below which it places"),
        Assumption("placement_share", 0.012, "share of value", 0, 0.5, "placement over value", "D"),
        Assumption("placement_premium", 0.5, "log", -5, 5, "premium from which a firm places shares without need"),
        Assumption("placement_pause", 6, "months", 1, 60, "pause between placements"),
        Assumption("placement_discount", 0.08, "log", 0, 1, "premium lost at a placement"),
    ),
    (
        decision("lists", "lists"),
        Assumption("listing_appetite", 0.5, "ratio", 0, 10, "how much a firm wants to list"),
        Assumption("age", 1, "years", 0, 30, "age at entry", entry_only=True),
    ),
)


@law
def years_old(firm, tick):
    """Age of a firm in years."""
    return firm.entry_age + (tick - firm.entry_month) / MONTHS_A_YEAR


@law
def passes_gate(firm, assume, tick):
    """True if chapter 18C would take the firm."""
    if years_old(firm, tick) < assume.exchange_years_of_research:
        return False
    commercial = firm.ttm_revenue >= assume.exchange_revenue_gate and firm.value >= assume.exchange_cap_gate
    return commercial or firm.value >= assume.exchange_cap_gate_early


@law
def wants_to_list(firm, assume):
    """Appetite for listing; investors, who need an exit, add to it what founders no longer hold."""
    return firm.listing_appetite * (1.0 + assume.exchange_investors_push * (1.0 - firm.founders_stake))


@law
def pay_in(world, f, amount, premium_change):
    """Investors on the exchange pay; the premium moves."""
    firm = world.firms[f]
    take_in(firm, amount)
    firm.value += amount
    world.market.exchange_paid += amount
    move_premium(firm, premium_change, world.assume.value_cap)


@law
def list_firm(world, f):
    """A firm lists: IPO cash, first-day premium, the clock of the profitability test starts."""
    firm, assume = world.firms[f], world.assume
    amount = assume.exchange_ipo_share * firm.value
    firm.float_share = assume.exchange_ipo_share
    firm.listing_month = world.tick
    firm.ipo_in += amount
    firm.expected_revenue = max(firm.ttm_revenue, firm.smooth_revenue * MONTHS_A_YEAR)
    stop_seeking(firm)
    forget_call(firm)
    why = GATE_PASSED if firm.lists == BY_RULE else FORCED_LISTING
    tell(world, f, LISTING, firm.value, why, firm.ttm_revenue)
    pay_in(world, f, amount, assume.exchange_first_day)


@law
def after_listing(world, f):
    """Unlocks at 6 and 12 months; a placement when money is short."""
    firm, assume = world.firms[f], world.assume
    age = world.tick - firm.listing_month
    released = (
        assume.exchange_unlock_6 if age == HALF_YEAR else (assume.exchange_unlock_12 if age == MONTHS_A_YEAR else 0.0)
    )
    if released > 0.0:
        scarcity, ref, listed = assume.exchange_scarcity, assume.value_float_ref, world.market.listed
        before = scarce(firm.float_share, listed, scarcity, ref)
        firm.float_share = min(firm.float_share + released, 1.0)
        lost = before - scarce(firm.float_share, listed, scarcity, ref)
        fell = move_premium(firm, -lost, assume.value_cap)
        if world.told[1] == 1:
            tell(world, f, UNLOCK, firm.value, LOCK_UP, fell)
    short = firm.plan_runway < assume.exchange_placement_runway
    dear = firm.premium >= assume.exchange_placement_premium
    last = firm.placement_month if firm.placement_month < NEVER else firm.listing_month
    waited = world.tick - last >= assume.exchange_placement_pause
    if (short or dear) and waited and firm.abandoned_month == NEVER and assume.exchange_placement_share > 0.0:
        amount = assume.exchange_placement_share * firm.value
        firm.placement_in += amount
        firm.placement_month = world.tick
        if world.told[1] == 1:
            why = LISTED_SHORT if short else SHARES_DEAR
            tell(world, f, PLACEMENT, amount, why, firm.plan_runway if short else firm.premium)
        pay_in(world, f, amount, -assume.exchange_placement_discount)


@law
def hazard_of(firm, market, assume):
    """Chance of a firm to list this month by rule, once through the gate."""
    appetite = wants_to_list(firm, assume)
    return assume.exchange_listing_hazard * appetite * market.window * market.mood


@law
def list_as_decided(world, f):
    """The scenario has the firm list this month: it does if the exchange takes it, else the log says why not."""
    firm, market, assume, tick = world.firms[f], world.market, world.assume, world.tick
    if firm.listing_month <= tick:
        tell(world, f, CANNOT_LIST, firm.value, LISTED_ALREADY, float(tick - firm.listing_month))
    elif assume.exchange_on == 0.0:
        tell(world, f, CANNOT_LIST, firm.value, SWITCHED_OFF, 0.0)
    elif firm.pivot_month <= tick and assume.pivot_may_list == 0.0:
        tell(world, f, CANNOT_LIST, firm.value, PIVOTED_MAY_NOT, float(tick - firm.pivot_month))
    elif market.window <= 0.0:
        tell(world, f, CANNOT_LIST, firm.value, WINDOW_SHUT, market.window)
    elif years_old(firm, tick) < assume.exchange_years_of_research:
        tell(world, f, CANNOT_LIST, firm.value, TOO_YOUNG, years_old(firm, tick))
    elif not passes_gate(firm, assume, tick):
        tell(world, f, CANNOT_LIST, firm.value, GATE_NOT_PASSED, firm.ttm_revenue)
    else:
        list_firm(world, f)


@law
def shut(world):
    """The month without an exchange."""
    market = world.market
    market.window = 0.0
    market.exits -= market.exits / MONTHS_A_YEAR
    for f in range(world.firms.shape[0]):
        firm = world.firms[f]
        if firm.status == INDEPENDENT and firm.kind == STARTUP and due(firm.lists, world.month):
            list_as_decided(world, f)


@law
def step(world):
    """The exchange's month."""
    market, assume = world.market, world.assume
    if assume.exchange_on == 0.0:
        shut(world)
        return
    market.window = assume.exchange_window
    market.exits += (market.window - market.exits) / MONTHS_A_YEAR
    market.sentiment += assume.exchange_sentiment_noise * world.chance.z_sentiment
    market.sentiment -= assume.exchange_sentiment_reversion * market.sentiment
    market.sentiment = min(max(market.sentiment, -assume.exchange_sentiment_most), assume.exchange_sentiment_most)
    market.mood = exp(market.sentiment)
    for f in range(world.firms.shape[0]):
        firm = world.firms[f]
        if firm.status != INDEPENDENT or firm.kind != STARTUP:
            continue
        if firm.listing_month <= world.tick:
            after_listing(world, f)
        if firm.lists != BY_RULE:
            if due(firm.lists, world.month):
                list_as_decided(world, f)
            continue
        if firm.listing_month <= world.tick or (firm.pivot_month <= world.tick and assume.pivot_may_list == 0.0):
            continue
        if passes_gate(firm, assume, world.tick) and world.luck[f].u_listing < hazard_of(firm, market, assume):
            list_firm(world, f)
