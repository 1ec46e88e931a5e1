"""Acquisition: distressed, abandoned or long-refused firms get offers near net cash, by giants' appetite and capacity.

offer a month with chance offer_month * sum of appetites of giants that can pay, at most 1
the winner is the able giant with the highest appetite * luck
price = over_net_cash * (cash + receivables), at least least_price
Sources: P-MK-11 (Light Year: price about net cash), S001-22, S001-27, S001-29, P-01-05 (acqui-hire). Rates: assumption.
"""

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.causes import ABANDONED, DISTRESSED, REFUSED
from sim.foundation.columns import ACQUIRED, EVENT, GIANT, INDEPENDENT, NEVER, STARTUP
from sim.foundation.jit import law
from sim.foundation.world import tell

ACQUISITION = EVENT["acquisition"]
MONTHS_A_YEAR = 12

MECHANISM = Mechanism(
    "acquisition",
    "Distressed or abandoned firms are bought near net cash, by giants' appetite and capacity.",
    "Nobody is bought.",
    (
        Assumption("distress_runway", 6, "months", 0, 60, "runway below which a firm takes offers"),
        Assumption("refused_months", 8, "months", 0, 120, "months refused after which it takes offers"),
        Assumption("offer_month", 0.008, "probability a month", 0, 1, "chance of an offer per unit of appetite"),
        Assumption("over_net_cash", 1.0, "ratio", 0, 100, "price over net cash", "P-MK-11"),
        Assumption("least_price", 100, "¤", 0, 1e6, "least price"),
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
    """Row of the able giant with the highest own score, -1 if none; and the appetite of all able giants."""
    best, best_score, appetite = -1, -1.0, 0.0
    for g in range(world.firms.shape[0]):
        giant = world.firms[g]
        if giant.kind != GIANT or giant.status != INDEPENDENT or giant.capacity_left < price:
            continue
        appetite += giant.acquisition_appetite
        score = giant.acquisition_appetite * world.luck[g].u_bid
        if score > best_score or (score == best_score and giant.tie < world.firms[best].tie):
            best, best_score = g, score
    return best, appetite


@law
def step(world):
    """Who is bought this month."""
    market, assume = world.market, world.assume
    if assume.acquisition_on == 0.0:
        return
    appetite_of_all = 0.0
    for f in range(world.firms.shape[0]):
        firm = world.firms[f]
        if firm.kind == GIANT and firm.status == INDEPENDENT:
            appetite_of_all += firm.acquisition_appetite
            if world.month % MONTHS_A_YEAR == 0:
                firm.capacity_left = firm.buying_capacity_year
    for f in range(world.firms.shape[0]):
        firm = world.firms[f]
        if firm.status != INDEPENDENT or firm.kind != STARTUP:
            continue
        why = why_for_sale(firm, assume)
        if why < 0 or world.luck[f].u_offer >= assume.acquisition_offer_month * appetite_of_all:
            continue  # no luck even if all giants were able: the bidders need not be asked
        price = price_of(firm, assume)
        buyer, appetite = best_bidder(world, price)
        if buyer < 0 or world.luck[f].u_offer >= assume.acquisition_offer_month * appetite:
            continue
        saw = firm.runway
        if why == ABANDONED:
            saw = float(world.tick - firm.abandoned_month)
        elif why == REFUSED:
            saw = float(firm.refused_months)
        world.firms[buyer].capacity_left -= price
        market.acquirers_paid += price
        market.left_acquired += firm.cash
        firm.cash_left = firm.cash
        firm.status = ACQUIRED
        firm.exit_month = world.tick
        tell(world, f, ACQUISITION, price, why, saw, buyer)
