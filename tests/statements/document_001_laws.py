"""Document 001, sections 3 and 4: the three iron laws, and what is foretold."""

from __future__ import annotations

import numpy as np

from sim.foundation.columns import CLOSED, GIANT, NEVER, STARTUP
from sim.scenario.load import load_mapping
from tests.severities.estimating import Estimate, mean, of_worlds, share
from tests.severities.rows import (
    DEEP,
    END,
    LIGHT,
    NOTHING,
    PER_CENT,
    POINTS,
    TIMES,
    Sets,
    after_refusals,
    at,
    difference,
    hazard,
    race_of_few,
    survivors,
)
from tests.severities.seen import SEVEN, tick
from tests.statements.document_001 import FOUR, KEEP_OUT, TWO, YEAR, premium_since_listing, survival
from tests.statements.panel import Measure, Panel, Worlds, by_world, known, of_those, part, ratio, typical
from tests.statements.row import Statement, least, most

NO_ECOSYSTEM, ECOSYSTEM = ("assumptions.scale.ecosystem=0",), ("assumptions.scale.ecosystem=3",)
NO_FLYWHEEL, FLYWHEEL = ("assumptions.scale.flywheel=0",), ("assumptions.scale.flywheel=0.5",)
NO_UNDERCUT = ("assumptions.vertical.undercut=0", "assumptions.vertical.copy_pull=0")
PROMPT = (
    "assumptions.vertical.extra_days=0",
    "assumptions.vertical.extra_months=0",
    "assumptions.vertical.extra_bad_debt=0",
)
NO_SHRINK, SHRINK = ("assumptions.listing.refused_shrink=0",), ("assumptions.listing.refused_shrink=0.3",)
NO_OFFICES = ("firms.zhipu.mix_projects=0.05", "firms.zhipu.mix_vertical=0", "firms.zhipu.mix_api=0.05")
EARLY, LATE = "2024-01", "2027-01"


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
    """Research in 2026 of the racers with the larger half of means over the others: the cost spread over means over not."""
    found = []
    for sets in (NOTHING, ("assumptions.scale.spread=0",)):
        panel = worlds.panel(sets)
        racing = panel.racing()[:, panel.month("2026-12")]
        before, span = panel.span("2024-07", "2025-12"), panel.span("2026-01", "2026-12")
        means = (panel.rounds() + panel.firm("revenue"))[:, before].sum(axis=1, dtype=float)
        log = np.log(np.maximum(panel.firm("research")[:, span].sum(axis=1, dtype=float), 1.0))
        middle = np.array([np.median(m[r]) if r.any() else 0.0 for m, r in zip(means, racing, strict=True)])[:, None]
        rich, poor = (by_world(np.where(racing & who, log, np.nan)) for who in (means > middle, means <= middle))
        found.append(rich - poor)
    return Estimate(*np.exp(known(found[0] - found[1])).tolist())


def users_strengthen(worlds: Worlds) -> Estimate:
    """Gap at the end of 2027 of the two with most users of the six against the two with fewest, as a change of the flywheel."""
    found = []
    for sets in (FLYWHEEL, NO_FLYWHEEL):
        panel = worlds.panel(sets)
        found.append(panel.firm("gap", ("minimax", "moonshot"))[:, panel.month("2027-12")].mean(axis=1, dtype=float))
    return ratio(*found)


def racers_left(sets: Sets, base: Sets, date: str = "2030-12") -> Measure:
    """Points more of the six in the general race at a month, with ``sets`` than with ``base``."""

    def measure(worlds: Worlds) -> Estimate:
        one, other = (100.0 * worlds.ended(s).state("general", date).mean(axis=1) for s in (sets, base))
        return mean(one - other)

    return measure


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
    """Value of the six that have been refused for half a year in the first half of 2027: with the shrinking over without."""
    found = []
    for sets in (NOTHING, NO_SHRINK):
        panel = worlds.panel(sets)
        late = (panel.firm("refused_months") >= 6) & panel.there()
        found.append(by_world(np.where(late, np.log(np.maximum(panel.firm("value"), 1.0)), np.nan)))
    return Estimate(*np.exp(known(found[0] - found[1])).tolist())


def structure(worlds: Worlds) -> Estimate:
    """The giants' part of all revenue in 2028."""
    panel = worlds.panel()
    span = panel.span("2028-01", "2028-12")
    giants, startups = (panel.all_of(kind, "revenue")[:, span].sum(axis=1) for kind in (GIANT, STARTUP))
    return part(giants, giants + startups)


def fate_of(firms: Sets, fate: str, date: str) -> Measure:
    """Of some firms, who has a fate at a month."""
    return lambda worlds: mean(100.0 * worlds.ended().state(fate, date, firms).mean(axis=1))


def business_part(worlds: Worlds) -> Estimate:
    """The part of API, projects and verticals in Zhipu's revenue of 2027."""
    panel = worlds.panel()
    span = panel.span("2027-01", "2027-12")
    lines = [
        panel.firm(f"revenue_{line}", ("zhipu",))[:, span].sum(axis=(1, 2), dtype=float)
        for line in ("api", "projects", "vertical", "consumer")
    ]
    return part(sum(lines[:3]), sum(lines))


def value_falls(firm: str, times: float, in_loss: bool) -> Measure:
    """Listed by 2026-04 and there in 2028-04: of these worlds, value below so many times that of 2026-04."""

    def measure(worlds: Worlds) -> Estimate:
        panel = worlds.panel()
        then, now = panel.month("2026-04"), panel.month("2028-04")
        value = panel.firm("value", (firm,))[:, :, 0]
        among = (panel.came("listing_month", (firm,))[:, 0] <= then) & panel.there((firm,))[:, now, 0]
        if in_loss:
            among &= worlds.ended().column("profitable_month", (firm,))[:, 0] > now
        return of_those(value[:, now] < times * value[:, then], among)

    return measure


def endgame_by(date: str) -> Measure:
    """Worlds that have reached the endgame by a month."""
    return lambda worlds: of_worlds(worlds.ended().endgame <= tick(worlds.scenario(), date))


def profitable(firms: Sets, by: str) -> Measure:
    """Of some firms, who has had a year of operating cash flow at or above zero by a month."""
    return lambda worlds: mean(100.0 * worlds.ended().state("profitable", by, firms).mean(axis=1))


def more_gone(worlds: Worlds) -> Estimate:
    """Bought or closed by the horizon: Baichuan and 01.AI less the other four."""
    four, two = (worlds.ended().state("independent", END, firms).mean(axis=1) for firms in (FOUR, TWO))
    return mean(100.0 * (four - two))


def fallen(worlds: Worlds) -> Estimate:
    """Of Baichuan and 01.AI, where pivoted by April 2026: bought or closed by the horizon."""
    ended = worlds.ended()
    return of_those(~ended.state("independent", END, TWO), ended.state("pivoted", "2026-04", TWO))


def lists_late(worlds: Worlds) -> Estimate:
    """Kimi and DeepSeek not listed by 2028-04, or profitable before."""
    ended = worlds.ended()
    listed, profit = (ended.state(name, "2028-04", ("moonshot", "deepseek")) for name in ("listed", "profitable"))
    return mean(100.0 * (~listed | profit).mean(axis=1))


def latecomer(worlds: Worlds, date: str) -> np.ndarray:
    """(worlds,) True where a start-up like StepFun that enters at a date is in the general race two years on."""
    name = f"latecomer {date}"
    if name not in worlds._loaded:
        data = dict(worlds.scenario().resolved)
        firm = {**data["firms"]["stepfun"], "name": "Latecomer", "enters": date}
        worlds._loaded[name] = load_mapping(
            {**data, "firms": {**data["firms"], "latecomer": firm}}, worlds=worlds.worlds
        )
    year, month = date.split("-")
    return worlds.ended(name=name).state("general", f"{int(year) + 2}-{month}", ("latecomer",))[:, 0]


def door(worlds: Worlds) -> Estimate:
    """In the race two years after entry: who enters in 2027 less who enters in 2024."""
    return mean(100.0 * (latecomer(worlds, LATE).astype(float) - latecomer(worlds, EARLY)))


def carved_up(worlds: Worlds) -> Estimate:
    """The part of giants and start-ups of the general race in revenue from verticals, 2029."""
    panel = worlds.panel()
    span = panel.span("2029-01", "2029-12")
    giants, startups = (panel.all_of(kind, "revenue_vertical")[:, span].sum(axis=1) for kind in (GIANT, STARTUP))
    racers = (panel.firm("revenue_vertical", SEVEN) * panel.racing(SEVEN))[:, span].sum(axis=(1, 2), dtype=float)
    return part(giants + racers, giants + startups)


def leaders_move(worlds: Worlds) -> Estimate:
    """Revenue from verticals of the six in the race in 2027: leaders move in over they do not."""
    found = []
    for sets in (NOTHING, ("assumptions.vertical.leaders_move=0",)):
        panel = worlds.panel(sets)
        earned = panel.firm("revenue_vertical") * panel.racing()
        found.append(earned[:, panel.span("2027-01", "2027-12")].sum(axis=(1, 2), dtype=float))
    return ratio(*found)


STATEMENTS = (
    Statement(
        34,
        "001",
        "First law: the larger the scale, the lower the cost and the stronger the firm",
        "`scale.learning`, `scale.spread`, `scale.match` (prices follow the best cost)",
        (
            most("baseline: unit cost of the largest of the six over the smallest, 2027-12", TIMES, 0.9, unit_costs),
            least(
                "cost of research spread over means, over not: research of 2026, racers with more means against those with less",
                TIMES,
                1,
                means_spread,
            ),
            most(
                "learning at three times its size against none: the six",
                POINTS,
                0,
                difference(("assumptions.scale.learning=0.36",), ("assumptions.scale.learning=0",)),
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
        "`scale.pressure` (`pivot.pressure_hazard`), `releases.months_without`, `closure`",
        (
            least("law 1 off: the six", POINTS, 8, difference(at("scale", "0"))),
            least(
                "law 1 off: of the six in the general race in 2030-12",
                POINTS,
                0,
                racers_left(at("scale", "0"), NOTHING),
            ),
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
                1.5,
                hazard("abandoned in loss", "unlisted in loss"),
            ),
        ),
    ),
    Statement(
        42,
        "001",
        "Second law: the profitable listed pass untouched",
        "`listing.step` (test)",
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
        "`vertical.copied`, `vertical.undercut`, `vertical.copy_pull`",
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
        "`vertical.relief` (`deep_relief`, `lead_ref`), `pivot.deep_research`",
        (least("forced deep against forced light pivot: the six", POINTS, 15, difference(DEEP, LIGHT)),),
    ),
    Statement(
        49,
        "001",
        "The landscape solidifies within one to two years",
        "`endgame` (three criteria)",
        (least("baseline: endgame by 2028-04", PER_CENT, 50, endgame_by("2028-04")),),
        "document 002 says the opposite (S002-01: none of the three criteria is met; S002-19: nobody has a lasting advantage), and of two documents that contradict each other the model can follow one",
    ),
    Statement(
        50,
        "001",
        "Zhipu survives on stable business customers",
        "`firms.zhipu.mix_projects`, `demand`, `exchange`",
        (
            least(
                "baseline: Zhipu independent in 2028-04", PER_CENT, 75, fate_of(("zhipu",), "independent", "2028-04")
            ),
            least("baseline: business customers' part of its revenue in 2027", PER_CENT, 50, business_part),
            most(
                "Zhipu without business customers: independent in 2028-04",
                POINTS,
                0,
                survival(NO_OFFICES, ("zhipu",), "2028-04"),
            ),
        ),
    ),
    Statement(
        51,
        "001",
        "Zhipu's market value returns to reasonable levels",
        "`listing`, `exchange.unlock_12`, `value.reversion`",
        (
            least(
                "baseline: listed by 2026-04, its value of 2028-04 is below that of 2026-04",
                PER_CENT,
                50,
                value_falls("zhipu", 1.0, False),
            ),
        ),
    ),
    Statement(
        52,
        "001",
        "MiniMax, if it stays unprofitable, shrinks much and might be bought",
        "`listing`, `acquisition`",
        (
            least(
                "baseline: listed by 2026-04 and in loss, its value of 2028-04 is below half of that of 2026-04",
                PER_CENT,
                50,
                value_falls("minimax", 0.5, True),
            ),
            least("baseline: MiniMax bought by 2030-12", PER_CENT, 5, fate_of(("minimax",), "acquired", "2030-12")),
        ),
    ),
    Statement(
        53,
        "001",
        "Kimi's and DeepSeek's cash flow turns positive, and they list only then",
        "`burn.close_loop_at`, `demand`, `listing_appetite`",
        (
            least(
                "baseline: of the two profitable by 2030-12",
                PER_CENT,
                50,
                profitable(("moonshot", "deepseek"), "2030-12"),
            ),
            least("baseline: of the two unlisted in 2028-04 or profitable before", PER_CENT, 50, lists_late),
        ),
        "document 002 says of all of them that sustainable profit at scale is far away (S002-17) and that the commercial loop is not closed (S002-01)",
    ),
    Statement(
        54,
        "001",
        "Baichuan and 01.AI are bought cheaply, or the chain of capital breaks",
        "`acquisition`, `closure`, `vertical`",
        (
            least("baseline: of the two bought or closed by 2030-12, against the other four", POINTS, 0, more_gone),
            least(
                "baseline: of the two that have pivoted by 2026-04, bought or closed by 2030-12", PER_CENT, 50, fallen
            ),
        ),
    ),
    Statement(
        55,
        "001",
        "The door closes for latecomers",
        "`scale.door`, `entry.late_gap`",
        (
            most(
                "a start-up like StepFun that enters in 2027-01 against 2024-01: in the race two years on",
                POINTS,
                -10,
                door,
            ),
        ),
    ),
    Statement(
        56,
        "001",
        "Verticals are carved up by giants and leading independents",
        "`vertical.leaders_move`, `vertical.copy_ref`, `demand`",
        (
            least("baseline: part of giants and racers in revenue from verticals in 2029", PER_CENT, 50, carved_up),
            least("leaders move in over they do not: their revenue from verticals in 2027", TIMES, 1, leaders_move),
        ),
    ),
)
