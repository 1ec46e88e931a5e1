"""Document 001, section 3: the three iron laws."""

from __future__ import annotations

import numpy as np

from sim.foundation.columns import NEVER
from tools.severities.estimating import Estimate
from tools.severities.rows import (
    DEEP,
    LIGHT,
    NOTHING,
    PER_CENT,
    POINTS,
    SOON,
    TIMES,
    Sets,
    after_refusals,
    at,
    difference,
    hazard,
    race_of_few,
    survivors,
)
from tools.severities.seen import SIX
from tools.statements.document_001_bubble import premium_since_listing
from tools.statements.measures import CONSUMER, more
from tools.statements.panel import Measure, Worlds, by_world, known, of_those, ratio
from tools.statements.row import Statement, least, most

NO_ECOSYSTEM, ECOSYSTEM = ("assumptions.scale.ecosystem=0",), ("assumptions.scale.ecosystem=3",)
NO_FLYWHEEL, FLYWHEEL = ("assumptions.scale.flywheel=0",), ("assumptions.scale.flywheel=0.5",)
NO_UNDERCUT = ("assumptions.vertical.undercut=0", "assumptions.vertical.copy_pull=0")
PROMPT = (
    "assumptions.vertical.extra_days=0",
    "assumptions.vertical.extra_months=0",
    "assumptions.vertical.extra_bad_debt=0",
)
NO_SHRINK = ("assumptions.listing.refused_shrink=0",)
LEARNING, NO_LEARNING = ("assumptions.scale.learning=0.36",), ("assumptions.scale.learning=0",)


def concentration(date: str, sets: Sets, base: Sets) -> Measure:
    """Concentration of revenue (HHI) in a month, with ``sets`` over with ``base``."""

    def measure(worlds: Worlds) -> Estimate:
        found = []
        for one in (sets, base):
            panel = worlds.panel(one)
            found.append(panel.market("concentration")[:, panel.month(date)].astype(float))
        return ratio(*found)

    return measure


def unit_costs(worlds: Worlds) -> Estimate:
    """Unit cost at the end of 2027: of the largest by revenue of the six over the smallest that is there."""
    panel = worlds.panel()
    month = panel.month("2027-12")
    there, revenue, cost = (
        panel.there()[:, month],
        panel.firm("smooth_revenue")[:, month],
        panel.firm("unit_cost")[:, month],
    )
    worlds_with_two = there.sum(axis=1) >= 2
    rows = np.arange(there.shape[0])
    largest = cost[rows, np.where(there, revenue, -np.inf).argmax(axis=1)]
    smallest = cost[rows, np.where(there, revenue, np.inf).argmin(axis=1)]
    return ratio(largest[worlds_with_two].astype(float), smallest[worlds_with_two].astype(float))


def means_spread(worlds: Worlds) -> Estimate:
    """Research of 2026, racers with the larger half of means over the others: cost spread over means over not.

    The same firms in both: those that race in both, parted by their means in the baseline.
    """
    panels = [worlds.panel(sets) for sets in (NOTHING, ("assumptions.scale.spread=0",))]
    racing = np.logical_and(*(panel.racing()[:, panel.month("2026-12")] for panel in panels))
    before = panels[0].span("2024-07", "2025-12")
    means = (panels[0].rounds() + panels[0].flow("revenue"))[:, before].sum(axis=1, dtype=float)
    found = []
    for panel in panels:
        span = panel.span("2026-01", "2026-12")
        log = np.log(np.maximum(panel.firm("research")[:, span].sum(axis=1, dtype=float), 1.0))
        middle = np.array([np.median(m[r]) if r.any() else 0.0 for m, r in zip(means, racing, strict=True)])[:, None]
        rich, poor = (by_world(np.where(racing & who, log, np.nan)) for who in (means > middle, means <= middle))
        found.append(rich - poor)
    return Estimate(*np.exp(known(found[0] - found[1])).tolist())


def users_strengthen(worlds: Worlds) -> Estimate:
    """Gap of MiniMax and Kimi to the frontier at the end of 2027: a strong flywheel over none."""
    found = []
    for sets in (FLYWHEEL, NO_FLYWHEEL):
        panel = worlds.panel(sets)
        found.append(panel.firm("gap", CONSUMER)[:, panel.month("2027-12")].mean(axis=1, dtype=float))
    return ratio(*found)


def test_months(worlds: Worlds) -> Estimate:
    """Of the abandoned, to whom it came two to three years after the listing."""
    ended = worlds.ended()
    listed, left = (ended.column(f"{name}_month").astype(np.int64) for name in ("listing", "abandoned"))
    waited = left - listed
    return of_those((waited >= 24) & (waited <= 36), left < NEVER)


def abandoned(loss: bool) -> Measure:
    """Of the tested of the six with a year's operating cash flow below zero, or not below: who is abandoned."""

    def measure(worlds: Worlds) -> Estimate:
        panel = worlds.panel()
        test, gone = panel.came("test_month"), panel.came("abandoned_month")
        flow = panel.since("ttm_flow", test, 0)
        return of_those(gone == test, (flow < 0.0) if loss else (flow >= 0.0))

    return measure


def shrinks(worlds: Worlds) -> Estimate:
    """Value over fundamental of the refused after a further half year of refusals over that before."""
    panel = worlds.panel()
    refused, premium = panel.firm("refused_months"), panel.firm("premium")
    span = 6
    long = (refused[:, span:] >= span + 1) & panel.there()[:, span:]
    return Estimate(*np.exp(known(by_world(np.where(long, premium[:, span:] - premium[:, :-span], np.nan)))).tolist())


def value_of_refused(worlds: Worlds) -> Estimate:
    """Value of the six that have been refused for half a year: with the shrinking over without."""
    found = []
    for sets in (NOTHING, NO_SHRINK):
        panel = worlds.panel(sets)
        late = (panel.firm("refused_months") >= 6) & panel.there()
        found.append(by_world(np.where(late, np.log(np.maximum(panel.firm("value"), 1.0)), np.nan)))
    return Estimate(*np.exp(known(found[0] - found[1])).tolist())


STATEMENTS = (
    Statement(
        34,
        "001",
        "First law: the larger the scale, the lower the cost and the stronger the firm",
        "`scale.learning`, `scale.spread`, `scale.match` (prices follow the best cost)",
        (
            most("baseline: unit cost of the largest of the six over the smallest, 2027-12", TIMES, 0.9, unit_costs),
            least(
                "research spread over means, over not: research of 2026 of racers with more means against less",
                TIMES,
                1,
                means_spread,
            ),
            most(
                "learning at three times its size against none: the six",
                POINTS,
                0,
                difference(LEARNING, NO_LEARNING),
            ),
        ),
    ),
    Statement(
        35,
        "001",
        "First law: the more users, the stronger the firm",
        "`scale.flywheel`",
        (
            most(
                "a strong flywheel (0.5) over none: gap of the two consumer firms, MiniMax and Kimi, in 2027-12",
                TIMES,
                1,
                users_strengthen,
            ),
        ),
    ),
    Statement(
        36,
        "001",
        "First law: giants' data, capital and ecosystems cannot be matched",
        "`scale.ecosystem`, `scale.match`, `reach`",
        (most("`scale.ecosystem` 3 against 0: the six", POINTS, -2, difference(ECOSYSTEM, NO_ECOSYSTEM)),),
    ),
    Statement(
        37,
        "001",
        "First law: the winner takes most",
        "`scale.winner_take`",
        (
            least("no winner takes more: the six", POINTS, 0, difference(("assumptions.scale.winner_take=0",))),
            most(
                "no winner takes more, over baseline: concentration of revenue in 2028-12",
                TIMES,
                1,
                concentration("2028-12", ("assumptions.scale.winner_take=0",), NOTHING),
            ),
        ),
    ),
    Statement(
        38,
        "001",
        "First law: a few giants and two or three independents are left in the general race",
        "`scale`, `releases`, `pivot`",
        (least("baseline: two or three start-ups in the race in 2028-04", PER_CENT, 50, race_of_few),),
    ),
    Statement(
        39,
        "001",
        "First law: the rest are eliminated or forced to pivot",
        "`scale.most_pressure`, `pivot.pressure_hazard`, `releases.months_without`, `closure`",
        (
            least("law 1 off: the six", POINTS, 8, difference(at("scale", "0"))),
            least(
                "law 1 off: of the six in the general race in 2028-04",
                POINTS,
                0,
                more("general", SIX, SOON, at("scale", "0")),
            ),
            most("law 1 off: of the six pivoted by 2028-04", POINTS, 0, more("pivoted", SIX, SOON, at("scale", "0"))),
        ),
    ),
    Statement(
        40,
        "001",
        "Second law: the unprofitable listed are revalued",
        "`listing.report_cut`, `listing.loss_cut`, `listing.abandoned_discount`",
        (
            most(
                "law 2 at 1 over 0: value over fundamental three years after listing over that at it",
                TIMES,
                0.8,
                premium_since_listing(NOTHING, at("listing", "0"), 36),
            ),
        ),
    ),
    Statement(
        41,
        "001",
        "Second law: a profitability test within two to three years; who fails is abandoned",
        "`listing.test_from`, `listing.test_to`, `listing.abandoned_clients`, `acquisition` (abandoned)",
        (
            least("baseline: of the abandoned, 24 to 36 months after listing", PER_CENT, 99, test_months),
            least("baseline: of those tested with a loss, abandoned", PER_CENT, 95, abandoned(True)),
            least(
                "exit hazard in loss: listed and failed the test over unlisted",
                TIMES,
                1,
                hazard("abandoned in loss", "unlisted in loss"),
            ),
        ),
    ),
    Statement(
        42,
        "001",
        "Second law: the profitable listed pass untouched",
        "`listing.loss_allowed`, `listing.test_from`",
        (most("baseline: of those tested without a loss, abandoned", PER_CENT, 5, abandoned(False)),),
    ),
    Statement(
        43,
        "001",
        "Second law: the refused shrink month by month",
        "`listing.refused_shrink`",
        (
            most(
                "baseline: value over fundamental after a half year of refusals over that before", TIMES, 0.9, shrinks
            ),
            most("shrinking over none: value of who has been refused for half a year", TIMES, 1, value_of_refused),
        ),
    ),
    Statement(
        44,
        "001",
        "Second law: ... and end bought or closed",
        "`acquisition.refused_months`, `redemption`, `closure`",
        (least("baseline: refused 12 months, bought or closed within 24", PER_CENT, 50, after_refusals),),
    ),
    Statement(
        45,
        "001",
        "Third law: giants launch similar products fast and capture the market at low prices",
        "`vertical.copy_pace`, `vertical.undercut`, `vertical.copy_pull`",
        (
            least(
                "all six light pivoters, giants neither undercut nor draw clients: the six",
                POINTS,
                0,
                difference((*LIGHT, *NO_UNDERCUT), LIGHT),
            ),
        ),
    ),
    Statement(
        46,
        "001",
        "Third law: long delivery, slow payment",
        "`vertical.extra_months`, `vertical.extra_days`, `vertical.extra_bad_debt`, `receivables`",
        (least("all six light pivoters, clients prompt: the six", POINTS, 0, difference((*LIGHT, *PROMPT), LIGHT)),),
    ),
    Statement(
        47,
        "001",
        "Third law: without core technology and scale no long-term survival",
        "`vertical`, `burn`, `rounds.pivot_discount`",
        (
            most("all six light pivoters since 2025-01: independent in 2030-12", PER_CENT, 50, survivors(LIGHT)),
            most("the same against the baseline: the six", POINTS, -10, difference(LIGHT)),
        ),
    ),
    Statement(
        48,
        "001",
        "Third law, the exception: who keeps core technology and cultivates a scenario lives",
        "`vertical.deep_relief`, `vertical.lead_ref`, `pivot.deep_research`",
        (least("forced deep against forced light pivot: the six", POINTS, 15, difference(DEEP, LIGHT)),),
    ),
)
