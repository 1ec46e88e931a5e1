"""Document 001, sections 1 and 2: the bubble, the exchange, and the fates of the listed, the unlisted and the fallen."""

from __future__ import annotations

import numpy as np

from sim.foundation.columns import GIANT, NEVER, STARTUP
from tests.severities.estimating import Estimate, mean, of_worlds
from tests.severities.rows import (
    DEEP,
    LIGHT,
    NO_SHOCK,
    NOTHING,
    PER_CENT,
    POINTS,
    SHOCK,
    SHOCK_SEEN,
    TIMES,
    WINDOW_SHUT,
    Sets,
    at,
    difference,
    hazard,
    pivots,
)
from tests.severities.seen import SEVEN, SIX
from tests.statements.document_000 import HOT_2025, listed
from tests.statements.panel import Measure, Panel, Worlds, by_world, known, of_those, ratio, typical
from tests.statements.row import Statement, least, most

TWO, FOUR = ("baichuan", "zero-one"), ("zhipu", "minimax", "moonshot", "stepfun")
LISTED_TWO = ("zhipu", "minimax")
FALLS = ("firms.zero-one.pivots=2025-01", "firms.zero-one.keeps_core=0")
RACES = ("firms.zero-one.pivots=never",)
NO_REPORTS = ("assumptions.listing.report_cut=0", "assumptions.listing.loss_cut=0")
NO_SQUEEZE = ("assumptions.listing.squeeze=0",)
NO_CHANNEL = ("assumptions.exchange.window=0.05@2025-05",)
NO_VENTURE = ("assumptions.rounds.on=0@2025-07", "assumptions.strategic.on=0@2025-07")
NEVER_LIST = tuple(f"firms.{firm}.lists=never" for firm in LISTED_TWO)
YEAR, TWO_YEARS = 12, 23  # months; 23: the month before the first test


def money_of(since: str, until: str, other_since: str, other_until: str) -> Measure:
    """What unlisted investors gave all start-ups in a span over another."""

    def measure(worlds: Worlds) -> Estimate:
        panel = worlds.panel()
        paid = panel.rounds(SEVEN).sum(axis=2)
        return ratio(*(paid[:, panel.span(*span)].sum(axis=1) for span in ((since, until), (other_since, other_until))))

    return measure


def racing(firm: str, date: str, sets: Sets, base: Sets = NOTHING) -> Measure:
    """Points more of the worlds in which a firm is in the general race, with ``sets`` than with ``base``."""

    def measure(worlds: Worlds) -> Estimate:
        one, other = (worlds.ended(s).state("general", date, (firm,))[:, 0].astype(float) for s in (sets, base))
        return mean(100.0 * (one - other))

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


def raised(sets: Sets, base: Sets, since: str, until: str, firms: Sets) -> Measure:
    """What unlisted investors give firms in a span, with ``sets`` over with ``base``."""

    def measure(worlds: Worlds) -> Estimate:
        given = []
        for one in (sets, base):
            panel = worlds.panel(one)
            given.append(panel.rounds(firms)[:, panel.span(since, until)].sum(axis=(1, 2), dtype=float))
        return ratio(*given)

    return measure


def called(worlds: Worlds) -> Estimate:
    """Of the six, to whom investors call their money from 2025-07 on: with a shut window less without."""
    shares = []
    for sets in (WINDOW_SHUT, NOTHING):
        panel = worlds.panel(sets)
        month = panel.came("called_month")
        shares.append(100.0 * ((month >= panel.month("2025-07")) & (month < NEVER)).mean(axis=1))
    return mean(shares[0] - shares[1])


def survival(sets: Sets, firms: Sets, date: str = "2030-12", base: Sets = NOTHING) -> Measure:
    """Points more of some firms that are independent at a month, with ``sets`` than with ``base``."""

    def measure(worlds: Worlds) -> Estimate:
        one, other = (100.0 * worlds.ended(s).state("independent", date, firms).mean(axis=1) for s in (sets, base))
        return mean(one - other)

    return measure


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


def deepseek_near(worlds: Worlds) -> Estimate:
    """DeepSeek's gap to the frontier at the end of 2025 over that at the opening."""
    gap = worlds.panel().firm("gap", ("deepseek",))[:, :, 0].astype(float)
    return ratio(gap[:, worlds.panel().month("2025-12")], gap[:, 0])


def deepseek_cheap(worlds: Worlds) -> Estimate:
    """DeepSeek's research of 2024 and 2025 over that of one of the six."""
    panel = worlds.panel()
    span = panel.span("2024-01", "2025-12")
    one, six = (
        panel.firm("research", firms)[:, span].sum(axis=1, dtype=float).mean(axis=1) for firms in (("deepseek",), SIX)
    )
    return ratio(one, six)


def burn_of_cash(firms: Sets, date: str) -> Measure:
    """Firms that have more than a year and a half of cash at what they burn."""

    def measure(worlds: Worlds) -> Estimate:
        panel = worlds.panel()
        month = panel.month(date)
        return of_those(panel.firm("runway", firms)[:, month] > 18.0, panel.there(firms)[:, month])

    return measure


def research_when_listed(worlds: Worlds) -> Estimate:
    """Research of listed firms of the six in loss, 24 months on: without the squeeze over with it."""
    spent = []
    for sets in (NO_SQUEEZE, NOTHING):
        panel = worlds.panel(sets)
        spent.append(by_world(panel.since("research", panel.came("listing_month"), TWO_YEARS)))
    both = np.isfinite(spent[0]) & np.isfinite(spent[1])
    return ratio(spent[0][both], spent[1][both])


def kimi(column: str, date: str) -> Measure:
    """Kimi's column in a month with its niche over without one; there in both."""

    def measure(worlds: Worlds) -> Estimate:
        values = []
        for sets in (NOTHING, ("firms.moonshot.niche=0",)):
            panel = worlds.panel(sets)
            month = panel.month(date)
            found = panel.firm(column, ("moonshot",))[:, month, 0].astype(float)
            values.append(np.where(panel.there(("moonshot",))[:, month, 0], found, np.nan))
        both = np.isfinite(values[0]) & np.isfinite(values[1])
        return ratio(values[0][both], values[1][both])

    return measure


def kimi_raises(worlds: Worlds) -> Estimate:
    """Worlds in which Kimi closes a round from 2025-07 to 2026-06."""
    panel = worlds.panel()
    return of_worlds((panel.rounds(("moonshot",))[:, panel.span("2025-07", "2026-06")] > 0.0).any(axis=(1, 2)))


def kimi_grows(worlds: Worlds) -> Estimate:
    """Kimi's revenue of 2026 over that of 2025."""
    panel = worlds.panel()
    return ratio(
        *(
            panel.firm("revenue", ("moonshot",))[:, panel.span(f"{y}-01", f"{y}-12"), 0].sum(axis=1, dtype=float)
            for y in (2026, 2025)
        )
    )


def founders(worlds: Worlds) -> Estimate:
    """Founders' stake in Kimi at the end of 2027: never listed less listed in 2026-07, where it is there in both."""
    stakes = []
    for sets in (("firms.moonshot.lists=never",), ("firms.moonshot.lists=2026-07",)):
        panel = worlds.panel(sets)
        month = panel.month("2027-12")
        stake = np.where(
            panel.there(("moonshot",))[:, month, 0], panel.firm("founders_stake", ("moonshot",))[:, month, 0], np.nan
        )
        did = panel.came("listing_month", ("moonshot",))[:, 0] < NEVER
        stakes.append((stake, did))
    (kept, _), (sold, did) = stakes
    return known(100.0 * np.where(did, kept - sold, np.nan))


def of_light(column: str, worlds: Worlds) -> np.ndarray:
    """(worlds,) a column of the six forced to pivot lightly, less that of the forced deep, at the end of 2027."""
    light, deep = (by_world(_there(worlds.panel(sets), column)) for sets in (LIGHT, DEEP))
    return light - deep


def _there(panel: Panel, column: str, date: str = "2027-12") -> np.ndarray:
    month = panel.month(date)
    return np.where(panel.there()[:, month], panel.firm(column)[:, month], np.nan)


def thin_margin(worlds: Worlds) -> Estimate:
    """Margin of verticals of light pivoters less that of projects, end of 2027."""
    panel = worlds.panel(LIGHT)
    return known(100.0 * by_world(_there(panel, "vertical_margin") - _there(panel, "project_margin")))


def copied(worlds: Worlds) -> Estimate:
    """How far verticals are copied at the end of 2027: giants as they are less giants that keep out."""
    with_giants, without = (
        100.0 * worlds.panel(s).market("copied")[:, worlds.panel(s).month("2027-12")]
        for s in (LIGHT, (*LIGHT, *KEEP_OUT))
    )
    return mean(with_giants - without)


def pressed(worlds: Worlds) -> Estimate:
    """Revenue from verticals of the six, all light pivoters, in 2027: giants as they are over giants that keep out."""
    earned = []
    for sets in (LIGHT, (*LIGHT, *KEEP_OUT)):
        panel = worlds.panel(sets)
        earned.append(panel.firm("revenue_vertical")[:, panel.span("2027-01", "2027-12")].sum(axis=(1, 2), dtype=float))
    return ratio(*earned)


KEEP_OUT = tuple(
    f"firms.{giant}.mix_vertical=0" for giant in ("bytedance", "alibaba", "tencent", "baidu", "huawei", "xiaomi")
)

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
                racing("minimax", "2028-04", ("firms.minimax.research_ambition=0.3",)),
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
                raised(FALLS, RACES, "2025-02", "2027-01", ("zero-one",)),
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
                listed("zhipu", "2026-12", NO_CHANNEL),
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
                survival((*NO_VENTURE, *NEVER_LIST), LISTED_TWO, base=NO_VENTURE),
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
                "baseline: value over fundamental of the listed in loss, its change in a month with a report over one without",
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
    Statement(
        25,
        "001",
        "DeepSeek, a latecomer, comes near the frontier at low cost",
        "`firms.deepseek.efficiency`, `frontier.catch_up`",
        (
            most(
                "baseline: DeepSeek's gap to the frontier in 2025-12 over that at the opening",
                TIMES,
                0.5,
                deepseek_near,
            ),
            most("baseline: DeepSeek's research of 2024-25 over that of one of the six", TIMES, 0.5, deepseek_cheap),
        ),
    ),
    Statement(
        26,
        "001",
        "DeepSeek keeps very healthy cash flow",
        "`burn`, `firms.deepseek.grant_month`",
        (
            least(
                "baseline: DeepSeek has more than 18 months of cash at what it burns, end of 2025",
                PER_CENT,
                50,
                burn_of_cash(("deepseek",), "2025-12"),
            ),
        ),
    ),
    Statement(
        27,
        "001",
        "A focus on overseas markets avoids the giants",
        "`overseas`, `price_war`, `scale.match` (home only)",
        (
            least(
                "Kimi with 90% of its effort abroad against none: independent in 2030-12",
                POINTS,
                0,
                survival(("firms.moonshot.overseas=0.9",), ("moonshot",), base=("firms.moonshot.overseas=0",)),
            ),
        ),
    ),
    Statement(
        28,
        "001",
        "Not having to list leaves time for research",
        "`listing.squeeze`",
        (
            least(
                "no squeeze of the listed over squeeze: their research 23 months after listing",
                TIMES,
                1,
                research_when_listed,
            ),
        ),
    ),
    Statement(
        29,
        "001",
        "Kimi: a niche, strong stickiness and willingness to pay",
        "`firms.moonshot.niche`, `demand.niche_loyal`, `demand.niche_pays`",
        (
            least(
                "Kimi's niche over none: its revenue from consumers in 2026-12",
                TIMES,
                1,
                kimi("revenue_consumer", "2026-12"),
            ),
        ),
    ),
    Statement(
        30,
        "001",
        "Kimi: smooth financing and rapid growth of revenue",
        "`rounds.good_terms`, `rounds.early_users`, `demand`",
        (
            least("baseline: Kimi closes a round from 2025-07 to 2026-06", PER_CENT, 50, kimi_raises),
            least("baseline: Kimi's revenue of 2026 over 2025", TIMES, 1.5, kimi_grows),
        ),
    ),
    Statement(
        31,
        "001",
        "Founders keep control by not listing",
        "`founders_stake` (`rounds`, `exchange.ipo_share`), `exchange.investors_push`, `redemption`",
        (
            least("Kimi never lists against listing in 2026-07: founders' stake in 2027-12", POINTS, 0, founders),
            most(
                "founders of Kimi hold 95% against 30% at the opening: listed by 2027-12",
                POINTS,
                0,
                listed(
                    "moonshot",
                    "2027-12",
                    ("firms.moonshot.founders_stake=0.95",),
                    ("firms.moonshot.founders_stake=0.3",),
                ),
            ),
        ),
        "who does not list goes on raising, and a private round sold more of a firm (P-MS-02: about 40%, P-MM-40: 24%, P-MK-07: 10 to 20%) than the listing of Zhipu did (P-ZP-54: about a twelfth)",
    ),
    Statement(
        32,
        "001",
        "Pivoters: scattered clients, dear delivery, thin margin",
        "`vertical.custom_cost`, `vertical.extra_months`, `vertical.extra_days`",
        (
            most(
                "all six light pivoters: margin of verticals less that of projects, 2027-12", POINTS, -10, thin_margin
            ),
            least(
                "the same against deep pivoters: days until clients pay",
                "days",
                30,
                lambda worlds: known(of_light("vertical_dso", worlds)),
            ),
            least(
                "the same: months until delivery", "months", 1, lambda worlds: known(of_light("vertical_delay", worlds))
            ),
        ),
    ),
    Statement(
        33,
        "001",
        "Giants press into their niches",
        "`vertical.copy_pace`, `vertical.copy_ref`, `mix_vertical` of giants",
        (
            least(
                "all six light pivoters, giants against none in verticals: how far they are copied in 2027-12",
                POINTS,
                0,
                copied,
            ),
            most("the same: revenue from verticals in 2027", TIMES, 0.8, pressed),
        ),
    ),
)
