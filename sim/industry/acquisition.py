"""Acquisition: distressed, abandoned or long-refused firms get offers near net cash, by giants' appetite and capacity.

offer a month with chance offer_month * sum of appetites of giants that can pay, at most 1
the winner is the able giant with the highest appetite * luck
price = over_net_cash * (cash + receivables), at least least_price
bought by chance, whatever its state, with hazard_month: by that giant, or where none can pay from outside the industry
Deals are made in the order of the firms' own luck, the smallest draw over its chance first, as if it were the day of
the month: where a giant can pay for one of two, luck decides which.
Sources: P-MK-11 (Light Year: price about net cash), S001-22, S001-27, S001-29, P-01-05 (acqui-hire). Rates: assumption.
"""

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.causes import ABANDONED, ACQUISITION_HAZARD, DISTRESSED, REFUSED
from sim.foundation.columns import ACQUIRED, EVENT, GIANT, INDEPENDENT, NEVER, STARTUP
from sim.foundation.jit import law
from sim.foundation.world import tell

ACQUISITION = EVENT["acquisition"]
MONTHS_A_YEAR = 12

MECHANISM = Mechanism(
    "acquisition",
    "Distressed or abandoned firms are bought near net cash, by giants' appetite and capacity; or by chance.",
    "Nobody is bought.",
    (
        Assumption("distress_runway", 6, "months", 0, 60, "runway below which a firm takes offers"),
        Assumption("refused_months", 8, "months", 0, 120, "months refused after which it takes offers"),
        Assumption("offer_month", 0.008, "probability a month", 0, 1, "chance of an offer per unit of appetite"),
        Assumption("over_net_cash", 1.0, "ratio", 0, 100, "price over net cash", "P-MK-11"),
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
    """Cause for which a firm takes offers, -1 if it does not; abandoned before distressed before refused."""
    if firm.abandoned_month < NEVER:
        return ABANDONED
    if firm.runway < assume.acquisition_distress_runway:
        return DISTRESSED
    if firm.refused_months >= assume.acquisition_refused_months and firm.refused_months > 0:
        return REFUSED
    return -1


@law
def price_of(firm, assume):
    """Price of a firm for sale, RMB million."""
    net = max(firm.cash, 0.0) + firm.receivables
    return max(assume.acquisition_over_net_cash * net, assume.acquisition_least_price)


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
    if world.month % MONTHS_A_YEAR != 0:
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
    chance = min(assume.acquisition_offer_month * appetite, 1.0)
    if luck.u_offer >= chance:
        return -1, 1.0
    return why_for_sale(firm, assume), luck.u_offer / chance


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
    return firm.runway if why == DISTRESSED else world.assume.acquisition_hazard_month


@law
def deal(world, f):
    """Firm ``f`` is bought, if a giant that may pay for it still makes it an offer, or if chance has it so."""
    firm, market = world.firms[f], world.market
    price = price_of(firm, world.assume)
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
