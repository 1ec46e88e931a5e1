"""The spread between draws of everything that a run tells, from blocks of worlds with the same draws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pytest import approx
from synthetic_runs import START, block_of, chance, cut, firm, live, scenario

from sim.foundation.columns import ACQUIRED, NEVER
from sim.foundation.states import State
from sim.outcomes.between_draws import draw_sums, spread_of
from sim.outcomes.fates import ALL_STATES
from sim.outcomes.intervals import of_worlds
from sim.outcomes.summary import Outcomes, summarise
from sim.scenario.model import Claim, Scenario, Value

DRAWS, LUCKS, WORLDS, TICKS = 60, 4, 200, 12
UNCERTAIN = Value("uniform", (0.0, 1.0))
BOUGHT = {"firm": "a", "fate": "acquired", "by": START + TICKS - 1}
PIVOTED = {"firm": "a", "milestone": "pivoted", "by": START + 5}
CLAIMS = (Claim("bought", "", "", BOUGHT), Claim("bought-if-pivoted", "", "", BOUGHT, given=PIVOTED))


def question() -> Scenario:
    """Two startups, a class that enters by chance, a giant; of the first one a value is uncertain."""
    first = replace(firm("a"), values={"cash": UNCERTAIN})
    return scenario(
        (first, firm("b"), chance("crowd", copies=2), firm("g", "giant")), TICKS, {"two": ("a", "b")}, CLAIMS
    )


def worlds(luck: np.random.Generator, number: int, hazard: np.ndarray) -> np.ndarray:
    """Histories in which world k closes its firms by the hazard of draw k modulo DRAWS."""
    of_each = hazard[np.arange(number) % DRAWS][:, None]
    entry = np.stack([np.zeros(number), np.zeros(number), *luck.integers(1, 9, (2, number)), np.zeros(number)], axis=1)
    return live(luck, number, 5, TICKS, close=of_each, acquire=0.05, entry=entry.astype(np.int64))


@pytest.fixture(scope="module")
def blocks() -> tuple[np.ndarray, np.ndarray]:
    """Histories of the run, and of the worlds with other luck."""
    luck = np.random.default_rng(7)
    hazard = luck.random(DRAWS) * 0.3 + 0.001
    return worlds(luck, WORLDS, hazard), worlds(luck, LUCKS * DRAWS - 10, hazard)


@pytest.fixture(scope="module")
def told(blocks) -> Outcomes:
    asked, (own, others) = question(), blocks
    return summarise(asked, cut(asked, own, [WORLDS]), cut(asked, others, [len(others)]), DRAWS)


def by_draw(own: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(lucks, draws) what is said of each world, the run's first; where there is no world, -1."""
    filled = np.concatenate([own[:DRAWS], others, np.full(10, -1)])
    return filled.reshape(LUCKS + 1, DRAWS)


def spread(part: np.ndarray, members: float, share: float, bounds) -> list[float]:
    there = part >= 0
    return [float(one) for one in spread_of(draw_sums(part * there, members * there), bounds)]


def test_a_firm_and_a_group_at_the_horizon(told, blocks):
    for rows, name in (([0], "a"), ([0, 1], "two"), ([2, 3], "crowd")):
        gone = [(one["exit_month"][:, rows] <= TICKS).sum(axis=1) for one in blocks]
        there = [(one["entry_month"][:, rows] <= TICKS).sum(axis=1) for one in blocks]
        left = by_draw(*(n - m for n, m in zip(there, gone, strict=True)))
        row = told.headline.set_index("firm").loc[name]
        bounds = row["independent_low"], row["independent_high"]
        mine = spread(left, len(rows), row["independent"], bounds)
        assert row[["independent_sd", "independent_sd_low", "independent_sd_high"]].tolist() == approx(mine)
        assert mine[1] > 0.05, "the draws differ widely"


def test_every_share_of_the_headline_has_one_after_all_other_columns(told):
    columns = list(told.headline.columns)
    wanted = [f"{state}_sd{bound}" for state in ALL_STATES for bound in ("", "_low", "_high")]
    assert columns[-len(wanted) :] == wanted and columns[-len(wanted) - 1] == "median_exit_high"
    table = told.headline.set_index("firm")
    assert (table["independent_sd_low"] <= table["independent_sd"]).all()
    assert table.loc["g", "never_entered_sd"] == 0.0


def test_a_claim_over_the_worlds_that_ask_for_it(told, blocks):
    bought = [(one["fate"][:, 0] == ACQUIRED) & (one["exit_month"][:, 0] <= TICKS) for one in blocks]
    asked = [one["pivot_month"][:, 0] <= 6 for one in blocks]
    ledger = told.claims.set_index("claim")
    share, low, high = ledger.loc["bought", ["probability", "low", "high"]]
    assert share == approx(bought[0].mean())
    mine = spread(by_draw(*(one.astype(int) for one in bought)), 1, share, (low, high))
    assert ledger.loc["bought", ["sd", "sd_low", "sd_high"]].tolist() == approx(mine)
    row = ledger.loc["bought-if-pivoted"]
    part = by_draw(*(np.where(a, b, -1) for a, b in zip(asked, bought, strict=True)))
    mine = spread(part, 1, row["probability"], (row["low"], row["high"]))
    assert row[["sd", "sd_low", "sd_high"]].tolist() == approx(mine) and row["sd"] != ledger.loc["bought", "sd"]


def test_a_curve_month_by_month(told, blocks):
    rows = told.survival[(told.survival["group"] == "a") & (told.survival["endpoint"] == "independent")]
    for tick in (3, 8, TICKS):
        row = rows[rows["month"] == tick].iloc[0]
        left = by_draw(*((one["exit_month"][:, 0] > tick).astype(int) for one in blocks))
        mine = spread(left, 1, row["survival"], of_worlds(row["survival"], WORLDS))
        assert row[["sd", "sd_low", "sd_high"]].tolist() == approx(mine)
    assert rows["sd"].iloc[0] == 0.0 and rows["sd"].iloc[-1] > 0.05


def test_the_endgame_by_month(blocks):
    """It comes in month 4 where an even draw says so, and never to the others: luck has no part in it."""
    asked, (own, others) = question(), blocks
    when = [np.where(np.arange(len(one)) % DRAWS % 2 == 0, 4, NEVER).astype(np.int32) for one in blocks]
    parts = [cut(asked, one, [len(one)], endgame=months) for one, months in zip((own, others), when, strict=True)]
    table = summarise(asked, *parts, DRAWS).endgame
    assert table["sd"].tolist() == approx([0.0] * 4 + [0.5] * (TICKS - 3), abs=0.01)
    assert table["sd_low"].iloc[-1] > 0.45


def test_a_cohort_counts_who_is_on_it(told):
    """The pale band of those who entered by chance is there too, and it is wide."""
    cohort = told.survival[(told.survival["group"] == "crowd") & (told.survival["origin"] == "entered 2023")]
    assert len(cohort) > 3 and cohort["sd"].iloc[-1] > 0.02


def test_how_worlds_are_cut_into_blocks_changes_nothing(told, blocks):
    asked, (own, others) = question(), blocks
    other = summarise(
        asked, cut(asked, own, [13, 100, WORLDS - 113]), cut(asked, others, [30, len(others) - 30]), DRAWS
    )
    for name in ("headline", "claims", "survival"):
        assert getattr(other, name).equals(getattr(told, name))


def test_where_nothing_is_uncertain_it_is_zero_and_needs_no_worlds(blocks):
    asked = scenario((firm("a"), firm("b"), chance("crowd", copies=2), firm("g", "giant")), TICKS, claims=CLAIMS)
    found = summarise(asked, cut(asked, blocks[0], [WORLDS]))
    assert (found.survival[["sd", "sd_low", "sd_high"]] == 0).all(axis=None)
    assert (found.claims[["sd", "sd_low", "sd_high"]] == 0).all(axis=None)
    assert (found.headline[[f"{State.CLOSED}_sd", f"{State.CLOSED}_sd_high"]] == 0).all(axis=None)


def test_without_worlds_with_other_luck_it_is_not_known(blocks):
    asked = question()
    found = summarise(asked, lambda: [block_of(asked, blocks[0])])
    assert found.survival[["sd", "sd_low", "sd_high"]].isna().all(axis=None)
    assert found.claims["sd"].isna().all() and found.headline["closed_sd"].isna().all()
