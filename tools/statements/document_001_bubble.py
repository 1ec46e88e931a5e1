"""Document 001, section 1 and the listed of section 2: the bubble and the exchange."""

from __future__ import annotations

import numpy as np

from sim.foundation.columns import NEVER
from tools.severities.estimating import Estimate, mean
from tools.severities.rows import (
    END,
    NO_SHOCK,
    NOTHING,
    POINTS,
    SHOCK,
    SHOCK_SEEN,
    TIMES,
    WINDOW_SHUT,
    Sets,
    at,
    difference,
    pivots,
)
from tools.severities.seen import SEVEN
from tools.statements.measures import AFTER_PIVOT, FALLS, FOUR, LISTED_TWO, NEVER_LIST, ONE, RACES, TWO, more, total
from tools.statements.panel import Measure, Panel, Worlds, by_world, known, ratio
from tools.statements.row import Statement, least, most

NO_REPORTS = ("assumptions.listing.report_cut=0", "assumptions.listing.loss_cut=0")
NO_CHANNEL = ("assumptions.exchange.window=0.05@2025-05",)
NO_VENTURE = ("assumptions.rounds.on=0@2025-07", "assumptions.strategic.on=0@2025-07")
TWO_YEARS = 23  # months: the one before the first test


def money_of(since: str, until: str, other_since: str, other_until: str) -> Measure:
    """What unlisted investors gave all start-ups in a span over another."""

    def measure(worlds: Worlds) -> Estimate:
        panel = worlds.panel()
        paid = panel.rounds(SEVEN).sum(axis=2)
        return ratio(*(paid[:, panel.span(*span)].sum(axis=1) for span in ((since, until), (other_since, other_until))))

    return measure


def cost_of_racing(worlds: Worlds) -> Estimate:
    """What the six in the race at the end of 2025 spend on research in 2025, a year."""
    panel = worlds.panel()
    spent = np.where(panel.racing()[:, panel.month("2025-12")], panel.over("research", "2025-01", "2025-12"), np.nan)
    return known(by_world(spent) / 1000.0)


def two_before_four(worlds: Worlds) -> Estimate:
    """Pivoted by the end of 2025: Baichuan and 01.AI less the other four."""
    ended = worlds.ended()
    two, four = (ended.state("pivoted", "2025-12", firms).mean(axis=1) for firms in (TWO, FOUR))
    return mean(100.0 * (two - four))


def called(worlds: Worlds) -> Estimate:
    """Of the six, to whom investors call their money from 2025-07 on: with a shut window less without."""
    shares = []
    for sets in (WINDOW_SHUT, NOTHING):
        panel = worlds.panel(sets)
        month = panel.came("called_month")
        shares.append(100.0 * ((month >= panel.month("2025-07")) & (month < NEVER)).mean(axis=1))
    return mean(shares[0] - shares[1])


def report_months(panel: Panel) -> np.ndarray:
    """(months,) True in June and December."""
    return (np.arange(panel.last + 1) + panel.scenario.start - 1) % 6 == 5


def price_after_report(worlds: Worlds) -> Estimate:
    """Value over fundamental of listed firms in loss: its change in a month with a report over one without."""
    panel = worlds.panel()
    change = np.diff(panel.firm("premium"), axis=1)
    loss = panel.there() & panel.past("listing_month") & ~panel.past("abandoned_month") & (panel.firm("ttm_flow") < 0.0)
    reports = report_months(panel)[1:][:, None]
    one, other = (by_world(np.where(loss[:, 1:] & when, change, np.nan)) for when in (reports, ~reports))
    return Estimate(*np.exp(known(one - other)).tolist())


def listed_or_not(worlds: Worlds) -> Estimate:
    """Independent two years on: who of the six listed by the end of 2026 less who was independent and unlisted then."""
    ended = worlds.ended()
    there, public = (ended.state(name, "2026-12") for name in ("independent", "listed"))
    later = ended.state("independent", "2028-12")
    one, other = (by_world(np.where(there & who, later, np.nan)) for who in (public, ~public))
    return known(100.0 * (one - other))


def premium_since_listing(sets: Sets, base: Sets, months: int = TWO_YEARS) -> Measure:
    """Value over fundamental two years after the listing over that at it, with ``sets`` over with ``base``."""

    def measure(worlds: Worlds) -> Estimate:
        fell = []
        for one in (sets, base):
            panel = worlds.panel(one)
            came = panel.came("listing_month")
            fell.append(by_world(panel.since("premium", came, months) - panel.since("premium", came, 0)))
        return Estimate(*np.exp(known(fell[0] - fell[1])).tolist())

    return measure


STATEMENTS = (
    Statement(
        14,
        "001",
        "The heated bubble of 2023-24 lasted a year",
        "`climate` (dated), `rounds.inflow_hot`, `value.multiple_hot`",
        (
            least(
                "baseline: money of unlisted investors, 2023-07 to 2024-06 over the twelve months after",
                TIMES,
                1,
                money_of("2023-07", "2024-06", "2024-07", "2025-06"),
            ),
        ),
    ),
    Statement(
        15,
        "001",
        "Without tens of billions of research a year nobody stays competitive",
        "`frontier.cost_per_generation`, `frontier.means_share`, `releases`, `burn.floor_month`",
        (
            most(
                "MiniMax with a third of its ambition for research: in the general race in 2028-04",
                POINTS,
                -5,
                more("general", ("minimax",), "2028-04", ("firms.minimax.research_ambition=0.3",)),
            ),
            least(
                "baseline: research of 2025 of the six in the race at its end",
                "RMB billion a year",
                1,
                cost_of_racing,
            ),
        ),
    ),
    Statement(
        16,
        "001",
        "DeepSeek's breakthrough: firms without sufficient strength lose their footing at once",
        "`open_source.release` (dated), `pivot.lead_hazard`, `pivot.lead`",
        (
            least(
                "the shock of 2025-01 against none: of the six pivoted within six months",
                POINTS,
                0,
                pivots(NOTHING, NO_SHOCK, SHOCK_SEEN, SHOCK),
            ),
        ),
    ),
    Statement(
        17,
        "001",
        "Baichuan and 01.AI fall behind first",
        "`pivot`, cash and business of the two at the opening",
        (least("baseline: pivoted by 2025-12, the two less the other four", POINTS, 0, two_before_four),),
    ),
    Statement(
        18,
        "001",
        "Fundraising of those who fall back becomes unsustainable",
        "`rounds.pivot_discount`, `strategic.pivot_share`, `value` (prospect of who has left)",
        (
            most(
                "01.AI pivots lightly in 2025-01 over never: money raised in the two years after",
                TIMES,
                0.5,
                total("rounds", AFTER_PIVOT, FALLS, RACES, ONE),
            ),
        ),
    ),
    Statement(
        19,
        "001",
        "Eased rules of the exchange open a way out",
        "`exchange.window`, `exchange.cap_gate`",
        (
            most(
                "no technology channel (window 0.05 for good): Zhipu listed by 2026-12",
                POINTS,
                -10,
                more("listed", ("zhipu",), "2026-12", NO_CHANNEL),
            ),
        ),
    ),
    Statement(
        20,
        "001",
        "Listing is the only lifeline: losses can only be covered so, and early investors need exits",
        "`exchange`, `rounds.exit_pull`, `value.shut_discount`, `redemption.shut`",
        (
            most("window shut from 2025-07: the six", POINTS, -5, difference(WINDOW_SHUT)),
            most(
                "no money from unlisted investors from 2025-07, Zhipu and MiniMax never list against by rule: the two",
                POINTS,
                -10,
                more("independent", LISTED_TWO, END, (*NO_VENTURE, *NEVER_LIST), NO_VENTURE),
            ),
            least("window shut from 2025-07: of the six whose investors call their money", POINTS, 0, called),
        ),
    ),
    Statement(
        21,
        "001",
        "When results fall short value shrinks at once",
        "`listing.report_cut`, `listing.loss_cut`",
        (
            most(
                "baseline: listed in loss, change of value over fundamental in a month with a report over one without",
                TIMES,
                0.95,
                price_after_report,
            ),
        ),
    ),
    Statement(
        22,
        "001",
        "Every report is a life-and-death test",
        "`listing.report_cut`, `listing.loss_cut`, `exchange.placement_premium`",
        (least("reports move nothing: the six", POINTS, 0, difference(NO_REPORTS)),),
    ),
    Statement(
        23,
        "001",
        "2026 is the year of life and death: listed or not decides",
        "`exchange`, `listing`, `redemption`",
        (
            least(
                "baseline: independent in 2028-12, listed by 2026-12 less independent and unlisted then",
                POINTS,
                0,
                listed_or_not,
            ),
        ),
    ),
    Statement(
        24,
        "001",
        "The listed are firmly shackled by high valuations",
        "`listing.report_cut`, `listing.loss_cut`, `exchange.unlock_6`, `exchange.unlock_12`",
        (
            most(
                "law 2 at 1 over 0: value over fundamental 23 months after listing over that at it",
                TIMES,
                1,
                premium_since_listing(NOTHING, at("listing", "0")),
            ),
        ),
    ),
)
