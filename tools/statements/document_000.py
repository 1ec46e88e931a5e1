"""Document 000: the marathon, 01.AI and the divergence of the six."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.foundation.columns import GIANT, STARTUP
from tools.severities.estimating import Estimate, mean, of_worlds
from tools.severities.rows import CAPITAL_OFF, GIANTS, LIGHT, NO_PIVOT, PER_CENT, POINTS, TIMES, difference
from tools.severities.seen import SIX
from tools.statements.measures import FALLS, ONE, RACES, YEAR_2026, less, more
from tools.statements.panel import Measure, Panel, Worlds, known, of_those, part, ratio, typical
from tools.statements.row import Statement, least, most

NO_GIANTS_REACH = tuple(f"firms.{giant}.reach=1" for giant in GIANTS)
LEVEL = (*(f"firms.{firm}.listing_appetite=0.5" for firm in SIX),)
NO_GOVERNMENT = ("firms.zhipu.state_ties=0", "firms.zhipu.mix_projects=0.1")
NOT_COLD = ("assumptions.climate.regime=1@2024-07..2025-12",)
HALF_INFLOW = tuple(
    f"assumptions.rounds.inflow_{climate}={inflow}@2025-01"
    for climate, inflow in (("hot", 700), ("normal", 500), ("cold", 425))
)
MONEY_A_YEAR = "RMB million a year"
TURNS = 2  # times that money was raised and burned


def gone_fast(worlds: Worlds) -> Estimate:
    """Of the six, gone three years after all capital is cut."""
    ended = worlds.ended(CAPITAL_OFF)
    return mean(100.0 * (1.0 - ended.state("independent", "2027-12").mean(axis=1)))


def cycles(worlds: Worlds) -> Estimate:
    """Of the six, who has twice raised money and burned a quarter of its cash before the next round, by 2025."""
    panel = worlds.panel()
    months = panel.month("2025-12") + 1
    rounds, cash = panel.rounds()[:, :months] > 0.0, panel.firm("cash")[:, :months]
    turns, high, low = np.zeros(cash[:, 0].shape), np.full(cash[:, 0].shape, np.inf), np.full(cash[:, 0].shape, np.inf)
    for month in range(1, months):
        turns += rounds[:, month] & (low <= 0.75 * high)
        high = np.where(rounds[:, month], cash[:, month], high)
        low = np.where(rounds[:, month], cash[:, month], np.minimum(low, cash[:, month]))
    return mean(100.0 * (turns >= TURNS).mean(axis=1))


def spread(panel: Panel, date: str) -> np.ndarray:
    """(worlds,) the standard deviation of the six's log values; 0 of one alone."""
    log = np.log(np.where(panel.there(), np.maximum(panel.firm("value"), 1.0), np.nan))[:, panel.month(date)]
    some = np.isfinite(log).any(axis=1)
    return np.where(some, np.nanstd(np.where(some[:, None], log, 0.0), axis=1), 0.0)


def apart(worlds: Worlds) -> Estimate:
    """How many times as far apart the six stand at the end of 2025 as in mid-2024."""
    return ratio(*(spread(worlds.panel(), date) for date in ("2025-12", "2024-06")))


def first_to_list(worlds: Worlds) -> Estimate:
    """Of the worlds in which one of the six lists by the end of 2027: Zhipu is the first, or one of the first."""
    months = worlds.panel().came("listing_month")
    some = months.min(axis=1) <= worlds.panel().month("2027-12")
    return of_worlds((months[:, 0] == months.min(axis=1))[some])


def giants_part(column: str, since: str, until: str) -> Measure:
    """The giants' part of what all firms earn in a line in a span."""

    def measure(worlds: Worlds) -> Estimate:
        panel = worlds.panel()
        span = panel.span(since, until)
        giants, startups = (panel.all_of(kind, column)[:, span].sum(axis=1) for kind in (GIANT, STARTUP))
        return part(giants, giants + startups)

    return measure


def training_cost(worlds: Worlds) -> Estimate:
    """The frontier's cost a month, end of 2025 over end of 2023."""
    panel = worlds.panel()
    return ratio(*(panel.market("frontier_cost")[:, panel.month(date)] for date in ("2025-12", "2023-12")))


def among_leaders(worlds: Worlds) -> Estimate:
    """Months after a pivot in which the firm is among the three leaders of the general race."""
    panel = worlds.panel()
    rows = [panel.ids.index(firm) for firm in SIX]
    after = panel.there() & panel.past("pivot_month")
    leads = np.zeros(after.shape, bool)
    for place in ("leader", "second", "third"):
        leads |= panel.market(place)[:, :, None] == np.array(rows)
    return of_those(leads[:, 1:], after[:, :-1])


def catches_up(worlds: Worlds) -> Estimate:
    """Of the light pivoters there two years on, whose own model is not as good as what is given away."""
    panel = worlds.panel()
    came = panel.came("pivot_month")
    gap = panel.since("gap", came, 24)
    at = np.minimum(came + 24, panel.last)
    free = np.take_along_axis(panel.market("open_gap"), at, 1)
    light = np.isfinite(gap) & (panel.came("deep") == 0)
    return of_those(gap > free, light)


def vertical_revenue(worlds: Worlds) -> Estimate:
    """Revenue from verticals of pivoters two years on over the month before, against that of all firms."""
    panel = worlds.panel()
    came = panel.came("pivot_month")
    before, after = (panel.since("revenue_vertical", came, months) for months in (-1, 24))
    market = panel.all_of(STARTUP, "revenue_vertical") + panel.all_of(GIANT, "revenue_vertical")
    at = np.clip(came, 2, panel.last - 24)  # nothing is earned at the opening
    grown = np.take_along_axis(market, at + 24, 1) / np.take_along_axis(market, at - 1, 1)
    return typical(after / np.where(before > 0.0, before, np.nan) / grown)


def research_on_open(worlds: Worlds) -> Estimate:
    """What the six, all light pivoters since January 2025, spend on research in 2026: open source near over far."""
    spent = []
    for lag in ("4", "24"):
        panel = worlds.panel((*LIGHT, f"assumptions.open_source.lag_months={lag}"))
        spent.append(panel.over("research", "2026-01", "2026-12") + 1e-9)
    return typical(spent[0] / spent[1])


def four_tests(column: Callable[[Panel], np.ndarray], since: str, until: str) -> Measure:
    """How much more of something those have who raise than the refused: with the four tests alone less with none."""

    def measure(worlds: Worlds) -> Estimate:
        panels = (worlds.panel((f"assumptions.rounds.four_tests={weight}@2024-07",)) for weight in ("1", "0"))
        one, other = (panel.chosen_over_refused(column(panel), since, until) for panel in panels)
        return known(one - other)

    return measure


def loop(panel: Panel) -> np.ndarray:
    """Revenue over spending, per cent, at most all of it."""
    return 100.0 * np.minimum(panel.firm("smooth_revenue") / np.maximum(panel.firm("spending"), 1.0), 1.0)


def users(panel: Panel) -> np.ndarray:
    """Users as investors count them: the logarithm, per cent."""
    return 100.0 * np.log1p(panel.firm("users"))


STATEMENTS = (
    Statement(
        1,
        "000",
        "Without sustained funding the survival window closes fast",
        "`burn` (commitments, two thresholds), `rounds`, `strategic`, `exchange`, `closure`",
        (
            least("all capital off from 2025-01: of the six gone by the end of 2027", PER_CENT, 50, gone_fast),
            most("the same: the six", POINTS, -20, difference(CAPITAL_OFF)),
        ),
    ),
    Statement(
        2,
        "000",
        "The first phase is a cycle of raising, burning, raising",
        "`rounds.seek_runway`, `burn.cut_runway`",
        (
            least(
                "baseline: of the six, twice a round with a quarter of the cash burned before the next, by 2025-12",
                PER_CENT,
                50,
                cycles,
            ),
        ),
    ),
    Statement(
        3,
        "000",
        "Equal footing, then divergence in 2025 through the retreat of capital, compute cost and giants",
        "`climate`, `rounds.inflow_cold`, `inference.scarcity`, `demand.reach_consumer`, `scale.ecosystem`",
        (
            least("baseline: spread of the six's values, 2025-12 over 2024-06", TIMES, 1, apart),
            least("capital normal, not cold, from 2024-07 to 2025-12: the six", POINTS, 0, difference(NOT_COLD)),
            most("half the inflow of venture money from 2025-01: the six", POINTS, 0, difference(HALF_INFLOW)),
            most(
                "compute three times as dear from 2025-01: the six",
                POINTS,
                0,
                difference(("assumptions.inference.scarcity=3@2025-01",)),
            ),
            least("giants with the reach of a start-up: the six", POINTS, 0, difference(NO_GIANTS_REACH)),
        ),
    ),
    Statement(
        4,
        "000",
        "Zhipu leads to the exchange because of its stable revenue from government",
        "`exchange.revenue_gate`, `firms.zhipu.mix_projects`, `strategic` (`state_ties`)",
        (
            least(
                "baseline: Zhipu lists first of the six, of worlds with a listing by 2027",
                PER_CENT,
                100 / 6,
                first_to_list,
            ),
            most(
                "all six with one appetite for listing, Zhipu without government work and ties: listed by 2026-01",
                POINTS,
                0,
                more("listed", ("zhipu",), "2026-01", (*LEVEL, *NO_GOVERNMENT), LEVEL),
            ),
        ),
    ),
    Statement(
        5,
        "000",
        "The consumer side is dominated by giants; independents face near-insurmountable challenges",
        "`demand.reach_consumer`, `reach` of giants, `scale.winner_take`",
        (
            least(
                "baseline: giants' part of consumer revenue in 2026",
                PER_CENT,
                50,
                giants_part("revenue_consumer", "2026-01", "2026-12"),
            ),
            least("giants with the reach of a start-up: the six", POINTS, 0, difference(NO_GIANTS_REACH)),
        ),
    ),
    Statement(
        6,
        "000",
        "The cost of training explodes",
        "`frontier.cost_per_generation`, bounded by `frontier.means_share`",
        (least("baseline: the frontier's cost a month, 2025-12 over 2023-12", TIMES, 2, training_cost),),
    ),
    Statement(
        7,
        "000",
        "Going on without cloud revenue or finance is slow suicide",
        "`pivot`, `burn.floor_month`, `releases`",
        (most("none of the six may pivot: the six", POINTS, 0, difference(NO_PIVOT)),),
    ),
    Statement(
        8,
        "000",
        "The pivot saves hundreds of millions",
        "`pivot.light_research`, `pivot.overhead`, `pivot.keeps_lines`, `burn.keep_pivoted`",
        (
            least(
                "01.AI pivots in 2025-01 against never: spending of 2026 less",
                MONEY_A_YEAR,
                200,
                less("spending", YEAR_2026, FALLS, RACES, ONE),
            ),
        ),
    ),
    Statement(
        9,
        "000",
        "The pivot leaves the next generation for good",
        "`pivot` (absorbing), `frontier` (effort of what is left)",
        (
            most(
                "baseline: months after a pivot among the three leaders of the general race", PER_CENT, 1, among_leaders
            ),
            least(
                "baseline: light pivoters whose own model is behind open source two years on", PER_CENT, 90, catches_up
            ),
        ),
    ),
    Statement(
        10,
        "000",
        "The talent exodus that comes with the pivot weakens the firm",
        "`talent.exodus_month`, `burn.replacing`, `demand.thin_delivery`, `frontier.talent_elasticity`",
        (
            most(
                "three times the exodus after a pivot: the six",
                POINTS,
                0,
                difference(("assumptions.talent.exodus_month=0.15",)),
            ),
        ),
    ),
    Statement(
        11,
        "000",
        "Pivoters gain clear revenue in their vertical",
        "`pivot.vertical_mix`, `demand`, `vertical`",
        (
            least(
                "baseline: growth of pivoters' revenue from verticals in two years over that of all firms",
                TIMES,
                1,
                vertical_revenue,
            ),
        ),
    ),
    Statement(
        12,
        "000",
        "Building on open source makes lightweight delivery cheap",
        "`pivot.build_ref` (build cost follows the open gap), `open_source.lag_months`",
        (
            most(
                "all six light pivoters, open source 4 months behind over 24: research a firm in 2026",
                TIMES,
                1,
                research_on_open,
            ),
        ),
    ),
    Statement(
        13,
        "000",
        "Criteria move from parameters to sustainable business",
        "`rounds.four_tests`, `rounds.test_loop`, `value.hope`",
        (
            least(
                "four tests alone against none: revenue over spending of who raises less that of the refused, to 2028",
                POINTS,
                0,
                four_tests(loop, "2024-07", "2028-12"),
            ),
            most("the same: users (their logarithm)", POINTS, 0, four_tests(users, "2024-07", "2028-12")),
        ),
    ),
)
