"""Strategic money: state-linked funds and strategic investors choose a firm now and then; their cheques differ widely.

weight_i   = ties_weight * state_ties_i + size_weight * value_i / all value + raised_weight * raised_i / all raised, of
             unlisted startups that raise money; pivoted ones count pivot_share
chance_i   = hazard_month * weight_i / mean weight, at most 1, a month; every weight counts by itself in the mean
             (sum of squares / sum), so a crowd that nobody would choose brings nobody a cheque
cheque     = cheque_least * u ** (-1 / cheque_tail), at most ``most_share`` of value                 Pareto's law
The money is new capital at the value in force: post-money = value + cheque. Nobody is asked for a score, and no dry
powder moves. It is a round: whoever has called money back waits anew.
Sources: P-ZP-49, P-SF-02 (state-linked funds), P-MM-40 (a giant pays); rates and sizes: assumption.
"""

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.causes import CHOSEN
from sim.foundation.columns import EVENT, INDEPENDENT, STARTUP
from sim.foundation.decision import takes_investors
from sim.foundation.equity import take_round
from sim.foundation.formulas import TINY
from sim.foundation.jit import law
from sim.foundation.maths import power
from sim.foundation.world import tell

STRATEGIC = EVENT["strategic round"]

MECHANISM = Mechanism(
    "strategic",
    "State-linked and strategic investors pick a firm now and then, and their cheques differ widely.",
    "There are no state-linked or strategic investors.",
    (
        Assumption(
            "hazard_month", 0.03, "probability a month", 0, 1, "chance of such a round, for a firm of mean weight"
        ),
        Assumption(
            "ties_weight", 1.0, "weight", 0, 100, "weight of ties to the state", "P-ZP-49, P-SF-02; size: assumption"
        ),
        Assumption("size_weight", 1.0, "weight", 0, 100, "weight of a firm's share of all value"),
        Assumption("raised_weight", 0.5, "weight", 0, 100, "weight of its share of all money raised"),
        Assumption("pivot_share", 0.3, "share", 0, 1, "weight of a firm that has left the general race"),
        Assumption("cheque_least", 300, "¤", 0, 1e6, "smallest cheque"),
        Assumption("cheque_tail", 1.3, "exponent", 0.5, 10, "tail of the cheques: Pareto's exponent"),
        Assumption("most_share", 0.5, "share", 0.01, 2, "largest cheque over value"),
    ),
    (Assumption("state_ties", 0, "weight", 0, 10, "ties to the state", "P-ZP-49; size: assumption"),),
)


@law
def may_be_chosen(firm, tick, month):
    """True for an unlisted startup that takes other people's money."""
    if firm.status != INDEPENDENT or firm.kind != STARTUP or firm.listing_month <= tick:
        return False
    return takes_investors(firm, month)


@law
def weight_of(firm, values, raised, assume, tick):
    """Weight of a firm with strategic investors; ``values`` and ``raised`` are sums over all that may be chosen."""
    weight = assume.strategic_ties_weight * firm.state_ties
    weight += assume.strategic_size_weight * firm.value / max(values, TINY)
    weight += assume.strategic_raised_weight * firm.raised / max(raised, TINY)
    return weight * assume.strategic_pivot_share if firm.pivot_month <= tick else weight


@law
def cheque(u, value, assume):
    """Size of a cheque, RMB million: Pareto's law, as far as the value lets it."""
    size = assume.strategic_cheque_least * power(max(u, TINY), -1.0 / assume.strategic_cheque_tail)
    return min(size, assume.strategic_most_share * value)


@law
def step(world):
    """Who is chosen this month."""
    firms, assume, tick, month = world.firms, world.assume, world.tick, world.month
    if assume.strategic_on == 0.0 or assume.strategic_hazard_month == 0.0:
        return
    values, raised, total, squares = 0.0, 0.0, 0.0, 0.0
    for f in range(firms.shape[0]):
        if may_be_chosen(firms[f], tick, month):
            values += firms[f].value
            raised += firms[f].raised
    for f in range(firms.shape[0]):
        if may_be_chosen(firms[f], tick, month):
            weight = weight_of(firms[f], values, raised, assume, tick)
            total += weight
            squares += weight * weight
    mean = squares / max(total, TINY)
    for f in range(firms.shape[0]):
        firm = firms[f]
        if not may_be_chosen(firm, tick, month):
            continue
        weight = weight_of(firm, values, raised, assume, tick)
        if world.luck[f].u_strategic < assume.strategic_hazard_month * weight / max(mean, TINY):
            amount = cheque(world.luck[f].u_cheque, firm.value, assume)
            firm.strategic_in += amount
            world.market.strategic_paid += amount
            take_round(firm, amount, tick)
            tell(world, f, STRATEGIC, amount, CHOSEN, weight / total)
