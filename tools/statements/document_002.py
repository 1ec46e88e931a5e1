"""Document 002: why the industry is not in its later stage."""

from __future__ import annotations

import numpy as np

from sim.foundation.columns import NEVER
from tools.severities.estimating import Estimate, mean, of_worlds, times
from tools.severities.rows import (
    END,
    NOTHING,
    PER_CENT,
    POINTS,
    TIMES,
    difference,
    endgame,
    giant_leads,
    hazard,
    startup_leads,
)
from tools.severities.seen import SEVEN, SIX
from tools.statements.document_000 import four_tests, loop
from tools.statements.measures import DEEPSEEK, LISTED_TWO, NEVER_LIST, YEAR_2026, more, total
from tools.statements.panel import Panel, Worlds, by_world, known, ratio
from tools.statements.row import Statement, least, most

NO_ROADMAP = ("assumptions.endgame.calm_months=1", "assumptions.endgame.slow_speed_year=5")
CLOSED_TRACKS = ("assumptions.demand.opening=0",)
NO_WISH = ("assumptions.rounds.good_terms=5",)
NO_XIAOMI = tuple(
    f"firms.xiaomi.{trait}=0"
    for trait in ("mix_consumer", "mix_api", "mix_projects", "mix_vertical", "poaching", "marketing_intensity")
)
WEANED = ("firms.deepseek.grant_month=0@2026-01",)
LARGE = 5000.0  # RMB million: a large refinancing (P-SF-03)
NO_BARRIER = ("assumptions.overseas.barrier=1", "assumptions.overseas.compliance_hazard_month=0")
EARLY = tuple(f"firms.{firm}.lists=2025-07" for firm in LISTED_TWO)


def criterion_counts(worlds: Worlds) -> Estimate:
    """Points more worlds that reach the endgame by the horizon if no set roadmap is asked for."""
    one, other = (100.0 * (worlds.ended(sets).endgame < NEVER) for sets in (NO_ROADMAP, NOTHING))
    return mean(one - other)


def scarce(worlds: Worlds) -> Estimate:
    """Value over fundamental of the first of the six to list, three months after: scarcity over none."""
    found = []
    for sets in (NOTHING, ("assumptions.exchange.scarcity=0",)):
        panel = worlds.panel(sets)
        came = panel.came("listing_month")
        found.append(by_world(np.where(came == came.min(axis=1)[:, None], panel.since("premium", came, 3), np.nan)))
    return Estimate(*np.exp(known(found[0] - found[1])).tolist())


def earns_first(worlds: Worlds) -> Estimate:
    """API revenue of the seven at the end of 2027 over that of mid-2024, against the same of consumer revenue."""
    panel = worlds.panel()
    last, first = (panel.span(f"{year}-01", f"{year}-12") for year in (2027, 2024))
    grown = []
    for line in ("api", "consumer"):
        revenue = panel.flow(f"revenue_{line}", SEVEN)
        grown.append([revenue[:, span].sum(axis=(1, 2), dtype=float) for span in (last, first)])
    (api, api_before), (users, users_before) = grown
    return ratio(api * users_before.mean(), users * api_before.mean())


def large_round(worlds: Worlds) -> Estimate:
    """Worlds in which an unlisted firm of the seven gets five billion at once from 2025-07 to 2026-06."""
    panel = worlds.panel()
    return of_worlds((panel.rounds(SEVEN)[:, panel.span("2025-07", "2026-06")] >= LARGE).any(axis=(1, 2)))


def research_listed(worlds: Worlds) -> Estimate:
    """Research of Zhipu and MiniMax from 2026-07 to 2028-06: listed in 2025-07 over never; there in both."""
    early, never = (worlds.panel(sets) for sets in (EARLY, NEVER_LIST))
    one, other = (panel.over("research", "2026-07", "2028-06", LISTED_TWO) for panel in (early, never))
    both = np.isfinite(one) & np.isfinite(other) & (early.came("listing_month", LISTED_TWO) < NEVER)
    return ratio(np.where(both, one, 0.0).sum(axis=1), np.where(both, other, 0.0).sum(axis=1))


def xiaomi(worlds: Worlds) -> Estimate:
    """Talent of the six that are there in 2027-12, per cent of a firm's at the opening: with Xiaomi less without."""
    found = []
    for sets in (NOTHING, NO_XIAOMI):
        panel = worlds.panel(sets)
        month = panel.month("2027-12")
        found.append(by_world(np.where(panel.there()[:, month], panel.firm("talent")[:, month], np.nan)))
    return known(100.0 * (found[0] - found[1]))


def xiaomi_enters(worlds: Worlds) -> Estimate:
    """Worlds in which Xiaomi is there in 2026-12 and earns from models."""
    panel = worlds.panel()
    month = panel.month("2026-12")
    return of_worlds(panel.firm("revenue", ("xiaomi",))[:, month, 0] > 0.0)


def talent_calm(worlds: Worlds) -> Estimate:
    """The change of a racer's talent a month in 2029 and 2030: worlds that reach the endgame over the others."""
    panel = worlds.panel()
    span = panel.span("2029-01", "2030-12")
    racing = panel.racing(SEVEN)[:, span]
    change = np.abs(np.diff(panel.firm("talent", SEVEN), axis=1))[:, span.start - 1 : span.stop - 1] * racing
    changed, months = (a.sum(axis=(1, 2), dtype=float) for a in (change, racing))
    mature = worlds.ended().endgame < NEVER
    return times((changed * mature, months * mature), (changed * ~mature, months * ~mature))


def top_four(worlds: Worlds) -> Estimate:
    """The four largest's part of a year's venture money, mean of 2025 and 2026."""
    panel = worlds.panel()
    share = panel.market("top_four_share")[:, [panel.month("2025-12"), panel.month("2026-12")]].astype(float)
    return known(100.0 * by_world(np.where(share > 0.0, share, np.nan)))


def lead(panel: Panel) -> np.ndarray:
    """The lead over open source, per cent of a generation."""
    return 100.0 * np.maximum(panel.market("open_gap")[:, :, None] - panel.firm("gap"), 0.0)


def overtaken(worlds: Worlds) -> Estimate:
    """Worlds in which the leader of 2026-05 leads at the end of that year: a shift in 2026-06 less none."""
    kept = []
    for sets in (("assumptions.paradigm.shift=1@2026-06..2026-06",), ("assumptions.paradigm.on=0@2026-06",)):
        panel = worlds.panel(sets)
        leader = panel.market("leader")
        kept.append(100.0 * (leader[:, panel.month("2026-05")] == leader[:, panel.month("2026-12")]))
    return mean(kept[0] - kept[1])


STATEMENTS = (
    Statement(
        57,
        "002",
        "A later stage needs a set roadmap, a closed loop and locked leaders, all three",
        "`endgame`",
        (
            least("baseline: endgame by 2030-12", PER_CENT, 5, endgame()),
            most("baseline: the same", PER_CENT, 60, endgame()),
            least("no set roadmap asked for: endgame by 2030-12", POINTS, 0, criterion_counts),
        ),
    ),
    Statement(
        58,
        "002",
        "The first mover's dividend of scarcity far outweighs the support of technology",
        "`exchange.scarcity`, `value.float_ref`, `exchange.first_day`",
        (
            least(
                "scarcity over none: value over fundamental of the first of the six to list, three months after",
                TIMES,
                1.5,
                scarce,
            ),
        ),
    ),
    Statement(
        59,
        "002",
        "Coding and API are the key tracks: they attract capital and earn first",
        "`demand.opening`, `demand.threshold`, `mix_api`, `value` (prospect)",
        (
            least(
                "baseline over capability that opens no market: API revenue of the seven in 2026",
                TIMES,
                1.1,
                total("revenue_api", YEAR_2026, NOTHING, CLOSED_TRACKS),
            ),
            least(
                "the same: money raised in 2026, the exchange included",
                TIMES,
                1,
                total("money", YEAR_2026, NOTHING, CLOSED_TRACKS),
            ),
            least(
                "baseline: growth of API revenue of the seven, 2027 over 2024, against that of consumer revenue",
                TIMES,
                1,
                earns_first,
            ),
        ),
    ),
    Statement(
        60,
        "002",
        "Large refinancing is a choice, to avoid listing",
        "`rounds.good_terms`, `rounds.good_month`, `strategic`",
        (
            least("baseline: a cheque of five billion and more, 2025-07 to 2026-06", PER_CENT, 5, large_round),
            most(
                "a price that has risen moves nobody, over baseline: venture money of the six, 2025-07 to 2027-12",
                TIMES,
                1,
                total("venture_in", ("2025-07", "2027-12"), NO_WISH, NOTHING, SIX),
            ),
        ),
    ),
    Statement(
        61,
        "002",
        "Listing too early costs long-term research",
        "`listing.squeeze`, `listing.squeeze_least`",
        (
            most(
                "Zhipu and MiniMax list in 2025-07 over never: their research from 2026-07 to 2028-06",
                TIMES,
                0.8,
                research_listed,
            ),
            most(
                "the same: in the general race in 2028-12",
                POINTS,
                0,
                more("general", LISTED_TWO, "2028-12", EARLY, NEVER_LIST),
            ),
        ),
    ),
    Statement(
        62,
        "002",
        "Giants have reach, not base technology; start-ups define technology",
        "`focus` of giants, `frontier`",
        (
            least("baseline: a start-up leads all giants in mid-2026", PER_CENT, 50, startup_leads),
            least("giants with full focus: a giant leads", PER_CENT, 50, giant_leads),
        ),
    ),
    Statement(
        63,
        "002",
        "Cross-border entrants keep coming and grab talent",
        "`firms.xiaomi.enters` (dated), `talent.poach_quarter`, `poaching`",
        (
            least("baseline: Xiaomi sells models by 2026-12", PER_CENT, 95, xiaomi_enters),
            most("with Xiaomi against without: talent of the six in 2027-12", POINTS, 0, xiaomi),
        ),
    ),
    Statement(
        64,
        "002",
        "The fight for talent decides",
        "`talent.poach_quarter`, `burn.replacing`",
        (most("four times the poaching: the six", POINTS, 0, difference(("assumptions.talent.poach_quarter=0.06",))),),
    ),
    Statement(
        65,
        "002",
        "Maturity shows stable teams and small firms cleared out",
        "`talent`, `endgame`, `acquisition`",
        (
            most(
                "baseline: change of a racer's talent a month in 2029-30, worlds with an endgame over the others",
                TIMES,
                0.8,
                talent_calm,
            ),
            most("baseline: exit hazard of racers over light pivoters", TIMES, 0.5, hazard("racer", "light pivoter")),
        ),
    ),
    Statement(
        66,
        "002",
        "Over nine tenths of the money go to four leaders",
        "`rounds.concentration`, `rounds.bar_cold`, `strategic.size_weight`",
        (least("baseline: the four largest's part of a year's venture money, 2025 and 2026", PER_CENT, 90, top_four),),
    ),
    Statement(
        67,
        "002",
        "Four tests of capital: base technology, commercial loop, low cost, global reach",
        "`rounds.test_core`, `rounds.test_loop`, `rounds.test_cost`, `rounds.test_global`",
        (
            least(
                "four tests alone against none: lead over open source of who raises less the refused's, to 2026-06",
                POINTS,
                0,
                four_tests(lead, "2024-07", "2026-06"),
            ),
            least("the same: revenue over spending, to 2028", POINTS, 0, four_tests(loop, "2024-07", "2028-12")),
        ),
    ),
    Statement(
        68,
        "002",
        "Two types survive, base technology and deep vertical; who lives from a parent is eliminated",
        "`vertical.deep_relief`, `frontier`, `grant_month`",
        (
            most("exit hazard: racers over light pivoters", TIMES, 1, hazard("racer", "light pivoter")),
            most("exit hazard: deep pivoters over light pivoters", TIMES, 1, hazard("deep pivoter", "light pivoter")),
            most(
                "DeepSeek's parent stops paying in 2026-01: DeepSeek independent in 2030-12",
                POINTS,
                0,
                more("independent", DEEPSEEK, END, WEANED),
            ),
        ),
    ),
    Statement(
        69,
        "002",
        "The roadmap may be overturned, and today's leader be overtaken",
        "`paradigm`",
        (
            most(
                "a shift in 2026-06 against none from then on: the leader of 2026-05 leads in 2026-12",
                POINTS,
                0,
                overtaken,
            ),
        ),
    ),
    Statement(
        70,
        "002",
        "Barriers overseas are far more brutal than at home",
        "`overseas.barrier`, `overseas.compliance_hazard_month`",
        (
            least(
                "no barrier: MiniMax independent in 2030-12",
                POINTS,
                0,
                more("independent", ("minimax",), END, NO_BARRIER),
            ),
        ),
    ),
)
