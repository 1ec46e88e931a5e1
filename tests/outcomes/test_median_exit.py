"""The month by which half of all that enter are gone, and its interval."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.survfunc import SurvfuncRight
from synthetic_runs import block_of, chance, cut, firm, live, scenario, still

from sim.foundation.columns import CLOSED, NEVER, NOT_ENTERED
from sim.outcomes.fates import FateCounts
from sim.outcomes.headline import median_exit
from sim.outcomes.summary import summarise

TICKS = 36
DATES = ["median_exit", "median_exit_low", "median_exit_high"]


def counted(question, histories: np.ndarray) -> FateCounts:
    counts = FateCounts(question)
    counts.add(block_of(question, histories))
    return counts


def test_half_of_all_that_enter_by_hand() -> None:
    """Four worlds, two firms of which one enters by chance: three entries of it, seven in all, four of them gone."""
    question = scenario((firm("old"), chance("late")), TICKS, {"pair": ("old", "late")})
    histories = still(4, 2)
    histories["entry_month"][:, 1] = [3, 9, 20, NEVER]
    histories["fate"][3, 1] = NOT_ENTERED
    for world, row, month in ((0, 0, 5), (1, 0, 6), (0, 1, 8), (1, 1, 30)):
        histories["exit_month"][world, row], histories["fate"][world, row] = month, CLOSED
    top = summarise(question, cut(question, histories, [4])).headline.set_index("firm")
    assert top.loc["pair", "median_exit"] == "2025-12"  # tick 30: the fourth of seven
    assert top.loc["old", "median_exit"] == "2023-12"  # tick 6: two of four
    assert top.loc["late", "median_exit"] == "2025-12"  # two of three
    gone = counted(question, histories).gone("pair")[0]
    assert gone[[4, 5, 6, 8, 30]].tolist() == [0, 1 / 7, 2 / 7, 3 / 7, 4 / 7]


def test_newcomers_of_whom_half_are_left_are_not_half_gone() -> None:
    """A handful enter early and die, many enter late and live: the estimate of those at risk falls below a half."""
    question = scenario((chance("newcomers", copies=4),), TICKS)
    histories = still(100, 4)
    histories["entry_month"] = 30
    histories["entry_month"][:, 0], histories["exit_month"][:, 0], histories["fate"][:, 0] = 2, 10, CLOSED
    top = summarise(question, cut(question, histories, [100])).headline.set_index("firm")
    assert top.loc["newcomers", "independent"] == 0.75 and top.loc["newcomers", DATES].isna().all()


def test_not_reached_differs_from_never_entered() -> None:
    question = scenario((firm("stays"), firm("ghost")), TICKS)
    histories = still(50, 2)
    histories["entry_month"][:, 1], histories["fate"][:, 1] = NEVER, NOT_ENTERED
    top = summarise(question, cut(question, histories, [50])).headline.set_index("firm")
    assert top[DATES].isna().to_numpy().all()
    assert top.loc["stays", "never_entered"] == 0 and top.loc["ghost", "never_entered"] == 1
    assert np.isnan(counted(question, histories).gone("ghost")[0]).all()


@pytest.mark.parametrize("name", ["a", "crowd"])
def test_the_median_is_statsmodels_and_its_interval_is_where_the_bounds_reach_a_half(name: str) -> None:
    question = scenario((firm("a"), firm("crowd", copies=4)), TICKS)
    histories = live(np.random.default_rng(3), 200, 5, TICKS, close=0.05)
    share, low, high = counted(question, histories).gone(name)
    found = median_exit(question, (share, low, high))
    table = pd.DataFrame({"estimate": 1 - share, "soonest": 1 - high, "latest": 1 - low}, index=np.arange(TICKS + 1))
    expected = (table <= 0.5).idxmax()
    out = histories["exit_month"][:, {"a": slice(1), "crowd": slice(1, 5)}[name]].ravel()
    assert expected["estimate"] == SurvfuncRight(np.minimum(out, TICKS), (out <= TICKS).astype(int)).quantile(0.5)
    for date, column in zip(DATES, ("estimate", "soonest", "latest"), strict=True):
        tick = int(expected[column])
        assert found[date] == f"{2023 + (tick + 5) // 12}-{(tick + 5) % 12 + 1:02d}"
    assert found["median_exit_low"] < found["median_exit"] < found["median_exit_high"]


def test_the_interval_of_the_median_covers() -> None:
    """Hazard 6% a month: half are gone by month 12 (0.94^11 = 0.506, 0.94^12 = 0.476)."""
    question, inside, runs = scenario((firm("a"),), TICKS), 0, 1000
    for seed in range(runs):
        histories = live(np.random.default_rng(seed), 100, 1, TICKS, close=0.06, acquire=1e-12)
        found = median_exit(question, counted(question, histories).gone("a"))
        inside += found["median_exit_low"] <= "2024-06" <= (found["median_exit_high"] or "9")
    assert 0.95 <= inside / runs <= 0.99
