"""Document 001, section 4: what is foretold."""

from __future__ import annotations

import numpy as np

from sim.foundation.columns import GIANT, STARTUP
from sim.scenario.load import load_mapping
from tools.severities.estimating import Estimate, mean
from tools.severities.rows import END, NOTHING, PER_CENT, POINTS, SOON, TIMES
from tools.severities.seen import SEVEN
from tools.statements.measures import DEEPSEEK, FOUR, KIMI, TWO, endgame_by, more, of_firms
from tools.statements.panel import Measure, Worlds, of_those, part, ratio
from tools.statements.row import Statement, least, most

NO_OFFICES = ("firms.zhipu.mix_projects=0.05", "firms.zhipu.mix_vertical=0", "firms.zhipu.mix_api=0.05")
SOONER, LATER = "2024-01", "2027-01"


def business_part(worlds: Worlds) -> Estimate:
    """The part of API, projects and verticals in Zhipu's revenue of 2027."""
    panel = worlds.panel()
    span = panel.span("2027-01", "2027-12")
    lines = [
        panel.flow(f"revenue_{line}", ("zhipu",))[:, span].sum(axis=(1, 2), dtype=float)
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
    data = worlds.scenario().resolved
    firm = {**data["firms"]["stepfun"], "name": "Latecomer", "enters": date}
    changed = {**data, "firms": {**data["firms"], "latecomer": firm}}
    name = worlds.add(f"latecomer {date}", load_mapping(changed, worlds=worlds.worlds))
    year, month = date.split("-")
    return worlds.ended(name=name).state("general", f"{int(year) + 2}-{month}", ("latecomer",))[:, 0]


def door(worlds: Worlds) -> Estimate:
    """In the race two years after entry: who enters in 2027 less who enters in 2024."""
    return mean(100.0 * (latecomer(worlds, LATER).astype(float) - latecomer(worlds, SOONER)))


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
        49,
        "001",
        "The landscape solidifies within one to two years",
        "`endgame` (three criteria)",
        (least("baseline: endgame by 2028-04", PER_CENT, 50, endgame_by("2028-04")),),
        "document 002 says the opposite (S002-01: none of the three criteria is met; S002-19: nobody has a lasting "
        "advantage)",
    ),
    Statement(
        50,
        "001",
        "Zhipu survives on stable business customers",
        "`firms.zhipu.mix_projects`, `demand`, `exchange`",
        (
            least("baseline: Zhipu independent in 2028-04", PER_CENT, 75, of_firms("independent", ("zhipu",), SOON)),
            least("baseline: business customers' part of its revenue in 2027", PER_CENT, 50, business_part),
            most(
                "Zhipu without business customers: independent in 2028-04",
                POINTS,
                0,
                more("independent", ("zhipu",), SOON, NO_OFFICES),
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
            least("baseline: MiniMax bought by 2030-12", PER_CENT, 5, of_firms("acquired", ("minimax",), END)),
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
                of_firms("profitable", (*KIMI, *DEEPSEEK), END),
            ),
            least("baseline: of the two unlisted in 2028-04 or profitable before", PER_CENT, 50, lists_late),
        ),
        "document 002 says that profit at scale is far away for nearly all of them (S002-17) and that the loop is not "
        "closed (S002-01)",
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
        "`scale.door_ref`, `entry.late_gap`",
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
