"""Rounds: who is short of cash, finds capital hot or its price risen seeks money; most of it goes to the best scores.

inflow    = inflow of the climate * (1 + exit_pull * exits) * exp(return_pull * peer_returns, within ± return_most),
            where exits and peer_returns are the window and the premium of listed peers, smoothed
score     = w * four tests + (1 - w) * (users and leap in performance) + noise, less discounts: of a last price above
            today's, of one who has left the general race, of a year without a model near the frontier
four tests: core technology (lead over open source), closed loop (revenue over spending), low cost (efficiency),
global reach (overseas share)
ask       = months_asked * ambition_growth * burn - cash, at least size_least, at least what sells dilution_hot
            where the climate is hot or the price has risen; then resized so that dilution stays in
            [dilution_least, dilution_most]
fill_i    = ask_i if the pool (draw_most of the dry powder) pays for all, else min(ask_i, pool * share_i) with
            share_i = ask_i * exp(concentration * score_i) / sum;      post-money = value + fill
The price has risen once the value is exp(good_terms) times the last post-money: who needs nothing then still raises,
with chance good_month.
A scenario may decide the month instead (``raises``): then the firm asks in that month and closes in it, if investors'
bar and the dry powder allow it, and at no other time takes money of any investor off the exchange.
Sources: Black & Gilson (1998), Jeng & Wells (2000) and Gompers & Lerner (2000) for the inflow, S002-14 (four tests),
S003-09 (users or a leap), S002-13 (concentration), S002-05 (raises without need), S003-06, S003-07, S003-08,
P-SF-04 (half a year to close), P-MK-07 (dilution), P-MK-06 (2025 saw 9,416 in all), P-MK-10 (down rounds).
"""

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.causes import (
    BELOW_POST_MONEY,
    CAPITAL_HOT,
    FORCED,
    LISTED_ALREADY,
    OWN_MONEY,
    PLAN_SHORT,
    POWDER_LOW,
    SCORE_HIGH,
    SCORE_LOW,
    SWITCHED_OFF,
    TERMS_GOOD,
)
from sim.foundation.columns import COLD, EVENT, HOT, INDEPENDENT, NEVER, STARTUP
from sim.foundation.decision import BY_RULE, decision, due
from sim.foundation.equity import stop_seeking, take_round
from sim.foundation.formulas import TINY
from sim.foundation.jit import law
from sim.foundation.maths import exp, log
from sim.foundation.world import tell

ROUND, DOWN_ROUND, REFUSED_EVENT = EVENT["round"], EVENT["down round"], EVENT["refused"]
SEEKS, FAILED, CANNOT_RAISE = EVENT["seeks money"], EVENT["round failed"], EVENT["cannot raise"]
LOWEST = -1e30

MECHANISM = Mechanism(
    "rounds",
    "Firms seek money, investors score them, and most dry powder goes to the best.",
    "Nobody raises venture money.",
    (
        Assumption(
            "inflow_hot",
            1400,
            "¤ a month",
            0,
            1e6,
            "new dry powder in a hot climate",
            "P-MM-40, P-MS-02, P-BC-03 (sum of 2024)",
        ),
        Assumption("inflow_normal", 1000, "¤ a month", 0, 1e6, "new dry powder in a normal climate"),
        Assumption("inflow_cold", 650, "¤ a month", 0, 1e6, "new dry powder in a cold climate"),
        Assumption(
            "exit_pull",
            1.0,
            "ratio",
            0,
            20,
            "what an open listing window adds to the inflow",
            "form: Black & Gilson (1998), Jeng & Wells (2000); size: assumption",
        ),
        Assumption(
            "return_pull",
            0.5,
            "1 / log",
            0,
            5,
            "how far the inflow follows the premium of listed peers",
            "form: Gompers & Lerner (2000); size: assumption",
        ),
        Assumption("return_most", 1.0, "log", 0, 5, "most that the returns of peers add to the inflow or take from it"),
        Assumption("powder_start", 3000, "¤", 0, 1e7, "dry powder at the opening"),
        Assumption("powder_cap", 12000, "¤", 0, 1e7, "most that waits"),
        Assumption("draw_most", 0.7, "share", 0.01, 1, "most of the dry powder that moves in a month"),
        Assumption(
            "seek_runway", 25, "months", 0, 60, "months of its full plan in cash below which it seeks money", "D"
        ),
        Assumption("hot_pause", 7, "months", 0, 60, "pause between rounds in a hot climate", "P-MK-09"),
        Assumption("months_hot", 2, "months", 0, 24, "time to close a round in a hot climate"),
        Assumption("months_normal", 3, "months", 0, 24, "time to close a round in a normal climate"),
        Assumption("months_cold", 4, "months", 0, 24, "time to close a round in a cold climate"),
        Assumption("bar_hot", -0.7, "score", -10, 10, "score needed in a hot climate", "D"),
        Assumption("bar_normal", 0.25, "score", -10, 10, "score needed in a normal climate", "D"),
        Assumption("bar_cold", 1.53, "score", -10, 10, "score needed in a cold climate", "D"),
        Assumption(
            "four_tests",
            0.2,
            "weight",
            0,
            1,
            "weight of the four tests against users and performance",
            "S002-14, S003-09; weight: assumption",
        ),
        Assumption("test_core", 1.5, "score per generation", 0, 20, "core technology: lead over open source"),
        Assumption("test_loop", 1.5, "score", 0, 20, "closed commercial loop: revenue over spending"),
        Assumption("test_cost", 0.5, "score per log", 0, 20, "low-cost scaled output: efficiency"),
        Assumption("test_global", 1.0, "score", 0, 20, "global reach: overseas share"),
        Assumption("early_users", 0.35, "score per log", 0, 20, "users: log of 1 + million users"),
        Assumption("early_leap", 1.2, "score per generation", 0, 20, "performance: closeness to the frontier"),
        Assumption("leap_par", 0.6, "generations", 0, 20, "gap that neither helps nor hurts"),
        Assumption(
            "pivot_discount",
            1.8,
            "score",
            0,
            20,
            "a firm out of the general race scores so much less",
            "D",
        ),
        Assumption(
            "deep_discount",
            0.7,
            "score",
            0,
            20,
            "the same for one that keeps core technology",
            "S002-15; size: D",
        ),
        Assumption(
            "stale_discount",
            0.35,
            "score a year",
            0,
            20,
            "score lost in a year without a model near the frontier",
            "S003-09; size: D",
        ),
        Assumption(
            "last_price",
            0.6,
            "score per log",
            0,
            20,
            "what a last price above today's costs",
            "S003-06; size: D",
        ),
        Assumption(
            "good_terms",
            0.4,
            "log",
            0,
            5,
            "value over the last post-money from which a firm raises without need",
            "S002-05; size: D",
        ),
        Assumption("good_month", 0.15, "probability a month", 0, 1, "chance that it then does"),
        Assumption("noise", 1.2, "score", 0, 10, "investors' luck, standard deviation", "D"),
        Assumption(
            "concentration", 2.5, "log per score", 0, 20, "how far money goes to the best", "S002-13; size: assumption"
        ),
        Assumption("months_asked", 20, "months", 1, 120, "months of burn a round is asked to pay"),
        Assumption(
            "ambition_growth",
            1.5,
            "ratio",
            0.1,
            10,
            "planned burn over present burn when asking",
            "P-ZP-23, P-ZP-24; ratio: assumption",
        ),
        Assumption(
            "dilution_hot",
            0.24,
            "share",
            0,
            0.5,
            "share a firm sells while capital is hot or its price has risen, whatever it needs",
            "S003-07, P-MM-40",
        ),
        Assumption("dilution_least", 0.07, "share", 0, 0.5, "least dilution of a round", "P-MS-08; bound: assumption"),
        Assumption("dilution_most", 0.4, "share", 0.05, 0.9, "most dilution of a round", "P-MS-02"),
        Assumption("size_least", 100, "¤", 0, 1e5, "a smaller round fails"),
    ),
    (
        decision("raises", "raises money from investors"),
        Assumption(
            "seeks_capital",
            1,
            "switch",
            0,
            1,
            "whether it raises venture money",
            "P-DS-01; switch: assumption",
            whole=True,
            labels=((1, "raises venture money"), (0, "lives from its own money")),
        ),
    ),
)


@law
def by_climate(climate, hot, normal, cold):
    """The one of three values that belongs to the climate."""
    if climate == HOT:
        return hot
    return cold if climate == COLD else normal


@law
def score_of(firm, market, assume, tick, z):
    """Investors' score: four tests, or users and performance, by weight; with luck."""
    core = assume.rounds_test_core * max(market.open_gap - firm.gap, 0.0)
    loop = assume.rounds_test_loop * min(firm.smooth_revenue / max(firm.spending, TINY), 1.0)
    cost = assume.rounds_test_cost * log(firm.efficiency)
    reach = assume.rounds_test_global * firm.overseas
    early = assume.rounds_early_users * log(1.0 + firm.users)
    early += assume.rounds_early_leap * (assume.rounds_leap_par - firm.gap)
    weight = assume.rounds_four_tests
    score = weight * (core + loop + cost + reach) + (1.0 - weight) * early + assume.rounds_noise * z
    if firm.post_money > firm.value > 0.0:
        score -= assume.rounds_last_price * log(firm.post_money / firm.value)
    if firm.pivot_month <= tick:
        score -= assume.rounds_deep_discount if firm.deep == 1 else assume.rounds_pivot_discount
    score -= assume.rounds_stale_discount * firm.stale
    return score


@law
def resized(ask, value, assume):
    """The amount asked for, moved into the range of dilution that founders and investors accept."""
    least = assume.rounds_dilution_least / (1.0 - assume.rounds_dilution_least) * value
    most = assume.rounds_dilution_most / (1.0 - assume.rounds_dilution_most) * value
    return min(max(ask, least), most)


@law
def price_has_risen(firm, market):
    """True if the value is so far above the last post-money that a firm raises though it needs nothing."""
    return firm.post_money > 0.0 and firm.value >= firm.post_money * market.good_terms


@law
def inflow(market, assume):
    """New dry powder of the month: by climate, more while exits are open and listed peers are dear."""
    base = by_climate(market.climate, assume.rounds_inflow_hot, assume.rounds_inflow_normal, assume.rounds_inflow_cold)
    most = assume.rounds_return_most
    returns = min(max(assume.rounds_return_pull * market.peer_returns, -most), most)
    return base * (1.0 + assume.rounds_exit_pull * market.exits) * exp(returns)


@law
def seek(world, f):
    """Begin or give up seeking; True if the firm's round is ready to close this month."""
    firm, market, assume = world.firms[f], world.market, world.assume
    since = world.tick - firm.last_round_month if firm.last_round_month < NEVER else world.tick - firm.entry_month
    short = firm.plan_runway < assume.rounds_seek_runway
    hot = market.climate == HOT and since >= assume.rounds_hot_pause
    risen = price_has_risen(firm, market)
    good = risen and since >= assume.rounds_hot_pause and world.luck[f].u_terms < assume.rounds_good_month
    if firm.seeking_month == NEVER:
        if short or hot or good:
            firm.seeking_month = world.tick
            if world.told[1] == 1:
                tell(
                    world,
                    f,
                    SEEKS,
                    firm.cash,
                    PLAN_SHORT if short else (CAPITAL_HOT if hot else TERMS_GOOD),
                    firm.plan_runway if short else since,
                )
    elif not short and market.climate != HOT and not risen:
        stop_seeking(firm)
    if firm.seeking_month == NEVER:
        return False
    takes = by_climate(market.climate, assume.rounds_months_hot, assume.rounds_months_normal, assume.rounds_months_cold)
    return world.tick - firm.seeking_month >= takes


@law
def asks(world, f):
    """True if the firm asks for money this month: by rule, or in the month that the scenario decides."""
    firm = world.firms[f]
    if firm.raises == BY_RULE:
        return firm.seeks_capital == 1.0 and seek(world, f)
    stop_seeking(firm)
    if not due(firm.raises, world.month) or not could_ask(world, f):
        return False
    firm.seeking_month = world.tick
    if world.told[1] == 1:
        tell(world, f, SEEKS, firm.cash, FORCED, firm.raises)
    return True


@law
def could_ask(world, f):
    """True if a firm that the scenario has raise money this month can ask for some; else the log says why not."""
    firm, assume = world.firms[f], world.assume
    if firm.listing_month <= world.tick:
        tell(world, f, CANNOT_RAISE, firm.cash, LISTED_ALREADY, float(world.tick - firm.listing_month))
    elif firm.seeks_capital == 0.0:
        tell(world, f, CANNOT_RAISE, firm.cash, OWN_MONEY, 0.0)
    elif assume.rounds_on == 0.0:
        tell(world, f, CANNOT_RAISE, firm.cash, SWITCHED_OFF, 0.0)
    else:
        return True
    return False


@law
def turned_down(world, f, event, value, cause, saw):
    """Investors say no. Told where everything is, and of a round that the scenario decided always."""
    firm = world.firms[f]
    firm.refused_months += 1
    if due(firm.raises, world.month):
        tell(world, f, CANNOT_RAISE, firm.cash, cause, saw)
    elif world.told[1] == 1:
        tell(world, f, event, value, cause, saw)


@law
def candidate(world, f):
    """Score a firm whose round is ready; its ask is 0 where investors refuse."""
    firm, market, assume = world.firms[f], world.market, world.assume
    firm.score = score_of(firm, market, assume, world.tick, world.luck[f].z_score)
    bar = by_climate(market.climate, assume.rounds_bar_hot, assume.rounds_bar_normal, assume.rounds_bar_cold)
    if firm.score < bar:
        turned_down(world, f, REFUSED_EVENT, float(firm.refused_months + 1), SCORE_LOW, firm.score - bar)
        return
    need = assume.rounds_months_asked * assume.rounds_ambition_growth * max(firm.burn, 0.0) - max(firm.cash, 0.0)
    if market.climate == HOT or price_has_risen(firm, market):
        need = max(need, assume.rounds_dilution_hot / (1.0 - assume.rounds_dilution_hot) * firm.value)
    firm.ask = resized(max(need, assume.rounds_size_least), firm.value, assume)


@law
def close_round(world, f, amount, powder):
    """Money for shares: cash, stake, books and the log; ``powder`` is what investors had before this month's rounds."""
    firm, market, assume = world.firms[f], world.market, world.assume
    if amount < assume.rounds_size_least:
        turned_down(world, f, FAILED, amount, POWDER_LOW, powder)
        return
    before, down = firm.post_money, firm.value < firm.post_money
    take_round(firm, amount, world.tick)
    firm.venture_in += amount
    market.venture_paid += amount
    market.dry_powder -= amount
    firm.raised_year += amount
    firm.rounds += 1
    if down:
        tell(world, f, DOWN_ROUND, amount, BELOW_POST_MONEY, before)
    else:
        bar = by_climate(market.climate, assume.rounds_bar_hot, assume.rounds_bar_normal, assume.rounds_bar_cold)
        tell(world, f, ROUND, amount, SCORE_HIGH, firm.score - bar)


@law
def at_opening(world):
    """The dry powder that waits at the opening."""
    world.market.dry_powder = world.assume.rounds_powder_start


@law
def step(world):
    """The month's rounds: who is ready, what investors say, and how the dry powder is shared."""
    firms, market, assume = world.firms, world.market, world.assume
    if assume.rounds_on == 0.0:
        for f in range(firms.shape[0]):
            if firms[f].status == INDEPENDENT:
                stop_seeking(firms[f])
                if firms[f].kind == STARTUP and due(firms[f].raises, world.month):
                    could_ask(world, f)
        return
    market.good_terms = exp(assume.rounds_good_terms)
    market.dry_powder = max(min(market.dry_powder + inflow(market, assume), assume.rounds_powder_cap), 0.0)
    best = LOWEST
    for f in range(firms.shape[0]):
        firm = firms[f]
        if firm.status != INDEPENDENT or firm.kind != STARTUP:
            continue
        firm.ask = 0.0
        if firm.listing_month <= world.tick:
            if due(firm.raises, world.month):
                could_ask(world, f)
            continue
        if not asks(world, f):
            continue
        candidate(world, f)
        if firm.ask > 0.0:
            best = max(best, firm.score)
    asked, weights = 0.0, 0.0
    for f in range(firms.shape[0]):
        if firms[f].status == INDEPENDENT and firms[f].ask > 0.0:
            asked += firms[f].ask
            weights += firms[f].ask * exp(assume.rounds_concentration * (firms[f].score - best))
    powder = market.dry_powder
    pool = assume.rounds_draw_most * powder
    for f in range(firms.shape[0]):
        firm = firms[f]
        if firm.status == INDEPENDENT and firm.ask > 0.0:
            part = firm.ask * exp(assume.rounds_concentration * (firm.score - best)) / max(weights, TINY)
            close_round(world, f, firm.ask if asked <= pool else min(firm.ask, pool * part), powder)
