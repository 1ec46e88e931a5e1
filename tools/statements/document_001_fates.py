"""Document 001, section 2: the fates of the unlisted and of the fallen."""

from __future__ import annotations

import numpy as np

from sim.foundation.columns import NEVER
from tools.severities.estimating import Estimate, mean, of_worlds
from tools.severities.rows import DEEP, END, GIANTS, LIGHT, NOTHING, PER_CENT, POINTS, TIMES, Sets
from tools.severities.seen import SIX
from tools.statements.document_001_bubble import TWO_YEARS
from tools.statements.measures import DEEPSEEK, KIMI, if_there, more, total
from tools.statements.panel import Measure, Panel, Worlds, by_world, known, of_those, ratio
from tools.statements.row import Statement, least, most

NO_SQUEEZE = ("assumptions.listing.squeeze=0",)
KEEP_OUT = tuple(f"firms.{giant}.mix_vertical=0" for giant in GIANTS)
NO_NICHE = ("firms.moonshot.niche=0",)


def deepseek_near(worlds: Worlds) -> Estimate:
    """DeepSeek's gap to the frontier at the end of 2025 over that at the opening."""
    gap = worlds.panel().firm("gap", ("deepseek",))[:, :, 0].astype(float)
    return ratio(gap[:, worlds.panel().month("2025-12")], gap[:, 0])


def deepseek_cheap(worlds: Worlds) -> Estimate:
    """DeepSeek's research of 2024 and 2025 over that of one of the six."""
    panel = worlds.panel()
    span = panel.span("2024-01", "2025-12")
    one, six = (
        panel.flow("research", firms)[:, span].sum(axis=1, dtype=float).mean(axis=1) for firms in (DEEPSEEK, SIX)
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


def kimi_raises(worlds: Worlds) -> Estimate:
    """Worlds in which Kimi closes a round from 2025-07 to 2026-06."""
    panel = worlds.panel()
    return of_worlds((panel.rounds(("moonshot",))[:, panel.span("2025-07", "2026-06")] > 0.0).any(axis=(1, 2)))


def kimi_grows(worlds: Worlds) -> Estimate:
    """Kimi's revenue of 2026 over that of 2025, while it is there."""
    panel = worlds.panel()
    years = (panel.span(f"{year}-01", f"{year}-12") for year in (2026, 2025))
    return ratio(*(panel.flow("revenue", KIMI)[:, span].sum(axis=(1, 2), dtype=float) for span in years))


def founders(worlds: Worlds) -> Estimate:
    """Founders' stake in Kimi in 2027-12: never listed less listed in 2026-07, where it could and is there in both."""
    never, lists = (worlds.panel((f"firms.moonshot.lists={when}",)) for when in ("never", "2026-07"))
    kept, sold = (panel.over("founders_stake", "2027-12", "2027-12", KIMI)[:, 0] for panel in (never, lists))
    return known(100.0 * np.where(lists.came("listing_month", KIMI)[:, 0] < NEVER, kept - sold, np.nan))


def at_end_of_2027(panel: Panel, column: str) -> np.ndarray:
    """(worlds, six) a column in 2027-12; NaN of the gone."""
    month = panel.month("2027-12")
    return np.where(panel.there()[:, month], panel.firm(column)[:, month], np.nan)


def light_less_deep(column: str) -> Measure:
    """A column of the six in 2027-12: all forced to pivot lightly less all forced to pivot deep."""

    def measure(worlds: Worlds) -> Estimate:
        light, deep = (by_world(at_end_of_2027(worlds.panel(sets), column)) for sets in (LIGHT, DEEP))
        return known(light - deep)

    return measure


def thin_margin(worlds: Worlds) -> Estimate:
    """Margin of verticals of light pivoters less that of projects, end of 2027."""
    panel = worlds.panel(LIGHT)
    return known(100.0 * by_world(at_end_of_2027(panel, "vertical_margin") - at_end_of_2027(panel, "project_margin")))


def copied(worlds: Worlds) -> Estimate:
    """How far verticals are copied at the end of 2027: giants as they are less giants that keep out."""
    panels = (worlds.panel(sets) for sets in (LIGHT, (*LIGHT, *KEEP_OUT)))
    one, other = (100.0 * panel.market("copied")[:, panel.month("2027-12")] for panel in panels)
    return mean(one - other)


STATEMENTS = (
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
                burn_of_cash(DEEPSEEK, "2025-12"),
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
                more("independent", KIMI, END, ("firms.moonshot.overseas=0.9",), ("firms.moonshot.overseas=0",)),
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
                if_there("revenue_consumer", ("2026-12", "2026-12"), NOTHING, NO_NICHE, KIMI),
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
                more(
                    "listed",
                    KIMI,
                    "2027-12",
                    ("firms.moonshot.founders_stake=0.95",),
                    ("firms.moonshot.founders_stake=0.3",),
                ),
            ),
        ),
        "who does not list goes on raising, and a private round sold more of a firm (P-MS-02: about 40%, P-MM-40: "
        "24%, P-MK-07: 10 to 20%) than the listing of Zhipu did (P-ZP-54: about a twelfth)",
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
                light_less_deep("vertical_dso"),
            ),
            least("the same: months until delivery", "months", 1, light_less_deep("vertical_delay")),
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
            most(
                "the same: revenue from verticals in 2027",
                TIMES,
                0.8,
                total("revenue_vertical", ("2027-01", "2027-12"), LIGHT, (*LIGHT, *KEEP_OUT), SIX),
            ),
        ),
    ),
)
