"""Acquisition: a firm that needs a buyer gets offers, by giants' appetite and capacity and by what they would gain.

for sale  called by its investors; or short of cash (runway below distress_runway) and abandoned by the market, or
          refused by capital for refused_months: a sale needs a seller
price     net cash (cash + receivables) and ``bargain`` of the way up to value; of a listed firm (1 + control_premium)
          * value; at least least_price
offer     a month with chance offer_month * gain * sum of appetites of giants that can pay, at most 1
gain      1 + talent_gain * talent + users_gain * log(1 + users)
The winner is the able giant with the highest appetite * luck.
Bought by chance, whatever its state, with hazard_month: by that giant, or where none can pay from outside the industry.
Deals are made in the order of the firms' own luck, the smallest draw over its chance first, as if it were the day of
the month: where a giant can pay for one of two, luck decides which.
Sources: Shleifer & Vishny (1992), P-MK-11 (Light Year: price about net cash), S001-22, S001-27, S001-29, P-01-05
(acqui-hire). Rates: assumption.
"""

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.causes import ABANDONED, ACQUISITION_HAZARD, REDEEMED, REFUSED
from sim.foundation.columns import ACQUIRED, EVENT, GIANT, INDEPENDENT, NEVER, STARTUP
from sim.foundation.jit import law
from sim.foundation.maths import log
from sim.foundation.months import JANUARY, MONTHS_A_YEAR
from sim.foundation.world import tell

ACQUISITION = EVENT["acquisition"]

MECHANISM = Mechanism(
    "acquisition",
    "Firms that need a buyer are bought, by giants' appetite, capacity and gain; or by chance.",
    "Nobody is bought.",
    (
        Assumption(
            "distress_runway", 9, "months", 0, 60, "runway below which a firm that gets no money takes offers", "D"
        ),
        Assumption("refused_months", 13, "months", 0, 120, "months refused from which it counts as getting none", "D"),
        Assumption("offer_month", 0.013, "probability a month", 0, 1, "chance of an offer per unit of appetite", "D"),
        Assumption(
            "talent_gain",
            0.5,
            "ratio per index",
            0,
            20,
            "what a firm's talent adds to appetite",
            "P-01-05; size: assumption",
        ),
        Assumption("users_gain", 0.3, "ratio per log", 0, 20, "what its users add: log of 1 + million users"),
        Assumption("bargain", 0.2, "share", 0, 1, "of the way from net cash to stand-alone value that a price goes"),
        Assumption("control_premium", 0.3, "ratio", 0, 5, "premium over market value of a listed firm"),
        Assumption("least_price", 100, "¤", 0, 1e6, "least price"),
        Assumption("hazard_month", 0, "probability a month", 0, 1, "chance to be bought, whatever its state"),
    ),
    (
        Assumption("acquisition_appetite", 1, "ratio", 0, 50, "a giant's appetite for distressed firms"),
        Assumption("buying_capacity_year", 4000, "¤ a year", 0, 1e7, "what a giant can spend on them in a year"),
    ),
)


@law
def why_for_sale(firm, assume):
    """Cause for which a firm takes offers, -1 if it does not: it needs a buyer because nobody else pays.

    Called by its investors; or short of cash, and abandoned by the market or refused by capital.
    """
    if firm.called_month < NEVER and firm.owed > 0.0:
        return REDEEMED
    if firm.runway >= assume.acquisition_distress_runway:
        return -1
    if firm.abandoned_month < NEVER:
        return ABANDONED
    if firm.refused_months >= assume.acquisition_refused_months and firm.refused_months > 0:
        return REFUSED
    return -1


@law
def price_of(firm, assume, tick):
    """Price of a firm, RMB million: a listed one at a premium over its value, else between net cash and value."""
    if firm.listing_month <= tick:
        return max((1.0 + assume.acquisition_control_premium) * firm.value, assume.acquisition_least_price)
    net = max(firm.cash, 0.0) + firm.receivables
    price = net + assume.acquisition_bargain * max(firm.value - net, 0.0)
    return max(price, assume.acquisition_least_price)


@law
def gain(firm, assume):
    """What a buyer would gain, over a firm without talent or users."""
    people = assume.acquisition_talent_gain * firm.talent
    return 1.0 + people + assume.acquisition_users_gain * log(1.0 + firm.users)


@law
def best_bidder(world, price):
    """Row of the able giant with the highest own score, -1 if none; and the appetite of all able giants.

    Able is who has an appetite and the capacity to pay ``price``.
    """
    best, best_score, appetite = -1, -1.0, 0.0
    for g in range(world.firms.shape[0]):
        giant = world.firms[g]
        if giant.kind != GIANT or giant.status != INDEPENDENT or giant.capacity_left < price:
            continue
        if giant.acquisition_appetite <= 0.0:
            continue
        appetite += giant.acquisition_appetite
        score = giant.acquisition_appetite * world.luck[g].u_bid
        if score > best_score:
            best, best_score = g, score
    return best, appetite


@law
def new_capacity(world):
    """Each January giants may spend anew."""
    if world.month % MONTHS_A_YEAR != JANUARY:
        return
    for g in range(world.firms.shape[0]):
        giant = world.firms[g]
        if giant.kind == GIANT and giant.status == INDEPENDENT:
            giant.capacity_left = giant.buying_capacity_year


@law
def offered(world, f, appetite):
    """Why firm ``f`` may be bought this month, -1 if it may not, and its draw over the chance: when in the month.

    ``appetite`` is that of all giants that can pay the price at hand.
    """
    firm, luck, assume = world.firms[f], world.luck[f], world.assume
    if luck.u_bought < assume.acquisition_hazard_month:
        return ACQUISITION_HAZARD, luck.u_bought / assume.acquisition_hazard_month
    why = why_for_sale(firm, assume)
    if why < 0:
        return -1, 1.0
    chance = min(assume.acquisition_offer_month * appetite * gain(firm, assume), 1.0)
    return (why, luck.u_offer / chance) if luck.u_offer < chance else (-1, 1.0)


@law
def next_deal(world, after, last, appetite):
    """Row of the firm whose moment comes next after moment ``after`` of row ``last``, -1 if none; and that moment."""
    best, best_when = -1, 1.0
    for f in range(world.firms.shape[0]):
        firm = world.firms[f]
        if firm.status != INDEPENDENT or firm.kind != STARTUP:
            continue
        why, when = offered(world, f, appetite)
        if why < 0 or when < after or (when == after and f <= last):
            continue
        if best < 0 or when < best_when:
            best, best_when = f, when
    return best, best_when


@law
def what_it_saw(world, firm, why):
    """The number that the rule looked at."""
    if why == ABANDONED:
        return float(world.tick - firm.abandoned_month)
    if why == REFUSED:
        return float(firm.refused_months)
    if why == REDEEMED:
        return float(world.tick - firm.called_month)
    return world.assume.acquisition_hazard_month


@law
def deal(world, f):
    """Firm ``f`` is bought, if a giant that may pay for it still makes it an offer, or if chance has it so."""
    firm, market = world.firms[f], world.market
    price = price_of(firm, world.assume, world.tick)
    buyer, appetite = best_bidder(world, price)
    why, _ = offered(world, f, appetite)
    if why < 0:
        return
    if buyer >= 0:
        world.firms[buyer].capacity_left -= price
        market.acquirers_paid += price
    else:
        market.outsiders_paid += price
    saw = what_it_saw(world, firm, why)
    market.left_acquired += firm.cash
    firm.cash_left = firm.cash
    firm.status = ACQUIRED
    firm.exit_month = world.tick
    tell(world, f, ACQUISITION, price, why, saw, buyer)


@law
def step(world):
    """Who is bought this month."""
    if world.assume.acquisition_on == 0.0:
        return
    new_capacity(world)
    _, appetite = best_bidder(world, world.assume.acquisition_least_price)  # nobody costs less
    f, when = next_deal(world, 0.0, -1, appetite)
    while f >= 0:
        deal(world, f)
        f, when = next_deal(world, when, f, appetite)
