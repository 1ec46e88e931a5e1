"""Documents 003 and 004: leaving pre-training, and the spin-off."""

from __future__ import annotations

import numpy as np

from sim.foundation.columns import NEVER
from tools.severities.estimating import Estimate, mean, of_worlds
from tools.severities.rows import END, NOTHING, PER_CENT, POINTS, SOON, TIMES, pivots
from tools.severities.seen import SIX
from tools.statements.measures import AFTER_PIVOT, CONSUMER, FALLS, ONE, RACES, if_there, more, total
from tools.statements.panel import Measure, Worlds, by_world, known, of_those, ratio
from tools.statements.row import Statement, least, most

NO_WAR = ("assumptions.price_war.on=0",)
NO_LAST_PRICE = ("assumptions.rounds.last_price=0",)
LAG_SHORT, LAG_LONG = ("assumptions.open_source.lag_months=4",), ("assumptions.open_source.lag_months=24",)
LOUD = ("firms.bytedance.marketing_intensity=20", "firms.alibaba.marketing_intensity=10")
SILENT = tuple(f"firms.{firm}.marketing_intensity=0" for firm in CONSUMER)
MANY = 2  # firms


def left_by(date: str, least_of: int) -> Measure:
    """Worlds in which so many of the six have pivoted by a month."""
    return lambda worlds: of_worlds(worlds.ended().state("pivoted", date).sum(axis=1) >= least_of)


def refused_for_price(worlds: Worlds) -> Estimate:
    """Of months of the unlisted of the six refused ones: the last price counts, less it does not.

    Firms above and below their last price are not set side by side: who has raised little has no high last price, and
    is refused for what kept him from raising.
    """
    found = []
    for sets in (NOTHING, NO_LAST_PRICE):
        panel = worlds.panel(sets)
        span = panel.span("2024-07", "2026-06")
        unlisted = (panel.there() & ~panel.past("listing_month"))[:, span]
        refused = 100.0 * (panel.firm("refused_months")[:, span] > 0.0)
        found.append(by_world(np.where(unlisted, refused, np.nan)))
    return known(found[0] - found[1])


def cost_of_user(worlds: Worlds) -> Estimate:
    """Marketing of Kimi and MiniMax in 2024 over their users at its end: rivals loud over as they are."""
    spent, won = [], []
    for sets in (LOUD, NOTHING):
        panel = worlds.panel(sets)
        spent.append(
            panel.flow("marketing", CONSUMER)[:, panel.span("2024-01", "2024-12")].sum(axis=(1, 2), dtype=float)
        )
        won.append(panel.flow("users", CONSUMER)[:, panel.month("2024-12")].sum(axis=1, dtype=float))
    cost = [paid / users for paid, users in zip(spent, won, strict=True)]
    return ratio(*cost)


def trend(worlds: Worlds) -> Estimate:
    """The unit cost of inference in 2024-09 over that a year before."""
    panel = worlds.panel()
    return ratio(
        *(panel.market("inference_trend")[:, panel.month(date)].astype(float) for date in ("2024-09", "2023-09"))
    )


def leave(worlds: Worlds) -> Estimate:
    """Of the six, no longer training a model of their own by the end of 2030."""
    return mean(100.0 * (1.0 - worlds.ended().state("general", "2030-12").mean(axis=1)))


def spun_off(by: str) -> Measure:
    """Worlds in which 01.AI has spun a business off by a month."""

    def measure(worlds: Worlds) -> Estimate:
        panel = worlds.panel()
        return of_worlds(panel.came("spin_off_month", ("zero-one",))[:, 0] <= panel.month(by))

    return measure


def after_spin_off(column: str, months: int) -> Measure:
    """A column of 01.AI some months after its spin-off over that of a world without spin-offs; there in both."""

    def measure(worlds: Worlds) -> Estimate:
        with_it, without = worlds.panel(), worlds.panel(("assumptions.spin_off.on=0",))
        came = with_it.came("spin_off_month", ("zero-one",))
        came = np.where(came <= with_it.month("2026-12"), came, NEVER)
        one, other = (panel.since(column, came, months, ("zero-one",))[:, 0] for panel in (with_it, without))
        both = np.isfinite(one) & np.isfinite(other)
        return ratio(one[both].astype(float), other[both].astype(float))

    return measure


def placed(worlds: Worlds) -> Estimate:
    """Of the six that can be followed two years after listing, who has placed shares by then."""
    panel = worlds.panel()
    came = panel.came("listing_month")
    followed = came + 24 <= panel.last
    months = np.arange(panel.last + 1)[:, None]
    within = (months > came[:, None, :]) & (months <= came[:, None, :] + 24)
    sold = ((panel.flow("placement_in") > 0.0) & within).any(axis=1)
    return of_those(sold, followed & (came < NEVER))


def tested(worlds: Worlds) -> Estimate:
    """Of the six listed for three years and independent then, who has been tested."""
    panel = worlds.panel()
    came = panel.came("listing_month")
    there = np.isfinite(panel.since("cash", came, 37))
    return of_those(panel.came("test_month") <= came + 37, there)


def fails(worlds: Worlds) -> Estimate:
    """Of those tested, who fails."""
    panel = worlds.panel()
    test = panel.came("test_month")
    return of_those(panel.came("abandoned_month") == test, test < NEVER)


STATEMENTS = (
    Statement(
        71,
        "003",
        "Two of the six leave pre-training by autumn 2024",
        "`pivot.hot_share`, `pivot.lead_hazard`, `pivot.hazard`",
        (least("baseline: two or more of the six have pivoted by 2024-10", PER_CENT, 5, left_by("2024-10", MANY)),),
    ),
    Statement(
        72,
        "003",
        "Leaving deflates funding and standing",
        "`value` (prospect), `rounds.pivot_discount`, `strategic.pivot_share`",
        (
            most(
                "01.AI pivots lightly in 2025-01 over never: its value in 2025-12",
                TIMES,
                0.8,
                if_there("value", ("2025-12", "2025-12"), FALLS, RACES, ONE),
            ),
            most(
                "the same: money raised in the two years after",
                TIMES,
                0.8,
                total("rounds", AFTER_PIVOT, FALLS, RACES, ONE),
            ),
        ),
    ),
    Statement(
        73,
        "003",
        "Better third-party models make firms leave pre-training",
        "`pivot.lead`, `pivot.lead_hazard`, `open_source.lag_months`",
        (
            least(
                "open source 4 months behind against 24: of the six pivoted by 2030-12",
                POINTS,
                0,
                pivots(LAG_SHORT, LAG_LONG, END),
            ),
        ),
    ),
    Statement(
        74,
        "003",
        "A high valuation makes the next round harder",
        "`rounds.last_price`, `value`",
        (
            least(
                "the last price counts over it does not: months refused of the unlisted, 2024-07 to 2026-06",
                POINTS,
                0,
                refused_for_price,
            ),
            least(
                "the last price does not count, over baseline: venture money of the six, 2024-07 to 2026-06",
                TIMES,
                1,
                total("venture_in", ("2024-07", "2026-06"), NO_LAST_PRICE, NOTHING, SIX),
            ),
        ),
    ),
    Statement(
        75,
        "003",
        "Only users or a leap of the model attract investors",
        "`rounds.early_users`, `rounds.early_leap`",
        (
            most(
                "users do not count, over baseline: venture money of MiniMax and Kimi to 2025-06",
                TIMES,
                1,
                total("venture_in", ("2023-07", "2025-06"), ("assumptions.rounds.early_users=0",), NOTHING, CONSUMER),
            ),
            most(
                "a leap does not count, over baseline: venture money of the six to 2025-06",
                TIMES,
                1,
                total("venture_in", ("2023-07", "2025-06"), ("assumptions.rounds.early_leap=0",), NOTHING, SIX),
            ),
        ),
    ),
    Statement(
        76,
        "003",
        "The cost of winning a user rises with rivals' spending",
        "`marketing.pressure_elasticity`",
        (
            least(
                "rivals loud over as they are: marketing of MiniMax and Kimi in 2024 for one user",
                TIMES,
                1,
                cost_of_user,
            ),
        ),
    ),
    Statement(
        77,
        "003",
        "Users that are bought are the moat",
        "`marketing`, `scale.flywheel`, `rounds.early_users`",
        (
            most(
                "MiniMax and Kimi do not advertise, over baseline: their users in 2025-12",
                TIMES,
                0.8,
                total("users", ("2025-12", "2025-12"), SILENT, NOTHING, CONSUMER),
            ),
            most(
                "the same: money of unlisted investors to them, to 2026-12",
                TIMES,
                1,
                total("venture_in", ("2023-07", "2026-12"), SILENT, NOTHING, CONSUMER),
            ),
            most("the same against baseline: the two", POINTS, 0, more("independent", CONSUMER, END, SILENT)),
        ),
    ),
    Statement(
        78,
        "003",
        "The cost of inference falls by nearly 99% in a year",
        "`inference.decline_year`",
        (most("baseline: unit cost of inference, 2024-09 over 2023-09", TIMES, 0.1, trend),),
    ),
    Statement(
        79,
        "003",
        "Cuts of API prices did not pay: business revenue fell by half",
        "`price_war`, `demand.volume_elasticity`",
        (
            most(
                "the price war over none: API revenue of the six, 2024-06 to 2024-12",
                TIMES,
                0.75,
                total("revenue_api", ("2024-06", "2024-12"), NOTHING, NO_WAR, SIX),
            ),
            most(
                "the same: gross profit of the six",
                TIMES,
                0.9,
                total("gross_profit", ("2024-06", "2024-12"), NOTHING, NO_WAR, SIX),
            ),
        ),
    ),
    Statement(
        80,
        "003",
        "Open source: clients build for themselves, and prices are reset",
        "`open_source.reset`, `demand` (outside option)",
        (
            most(
                "open source 4 months behind over 24: API revenue of the six in 2025",
                TIMES,
                0.8,
                total("revenue_api", ("2025-01", "2025-12"), LAG_SHORT, LAG_LONG, SIX),
            ),
        ),
    ),
    Statement(
        81,
        "003",
        "Cheaper routes (reinforcement learning, frameworks) are a lifeline for who stays",
        "`open_source.teaches` (`know_how`)",
        (
            most(
                "open releases teach nothing: of the six in the general race in 2028-04",
                POINTS,
                0,
                more("general", SIX, SOON, ("assumptions.open_source.teaches=0",)),
            ),
        ),
    ),
    Statement(
        82,
        "003",
        "80% of the firms will abandon pre-training",
        "`pivot`, `releases`, `scale.most_pressure`",
        (least("baseline: of the six out of pre-training by 2030-12, pivoted or gone", PER_CENT, 70, leave),),
    ),
    Statement(
        83,
        "004",
        "A spin-off brings cash now and less burden",
        "`spin_off`",
        (
            least("baseline: 01.AI has spun a business off by 2030-12", PER_CENT, 5, spun_off("2030-12")),
            least(
                "spin-offs over none, where 01.AI does one by 2026: its cash in that month",
                TIMES,
                1,
                after_spin_off("cash", 0),
            ),
            most("the same: its overhead a year after", TIMES, 1, after_spin_off("overhead", 12)),
        ),
    ),
    Statement(
        84,
        "004",
        "Going public brings other financing, such as placements",
        "`exchange.placement_share`, `exchange.placement_premium`",
        (least("baseline: of the listed of the six, a placement within two years", PER_CENT, 25, placed),),
    ),
    Statement(
        85,
        "004",
        "Sooner or later investment banks scrutinise, else the house of cards collapses",
        "`listing.test_from`, `listing.test_to`",
        (
            least("baseline: of the six listed for three years, tested", PER_CENT, 95, tested),
            least("baseline: of the tested, fail", PER_CENT, 50, fails),
        ),
    ),
)
