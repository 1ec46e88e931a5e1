"""Runway, cash and revenue at the ends of years: by hand, intervals that cover, and zeros where nothing differs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from synthetic_runs import START, firm, kept_shape, scenario, still
from test_differences import compared, side

from sim.outcomes import intervals, quoted
from sim.outcomes.differences import Side
from sim.outcomes.year_end_differences import TOP, YEAR_END_QUANTITIES, median
from sim.scenario.model import Scenario
from sim.scenario.year_ends import KEPT, firms_kept, year_ends
from tools.students_t import t_interval

CAST = (firm("alpha"), firm("crowd", copies=3), firm("giant", "giant"), firm("beta"))


def with_ends(question: Scenario, kept: np.ndarray, sizes: tuple[int, ...] = ()) -> Side:
    """A run of these ``year_ends`` (worlds, dates, startups, quantities), in which nothing else ever happens."""
    plain = side(question, still(len(kept), 6), sizes=sizes)
    pieces = [piece._replace(year_ends=kept[piece.numbers].astype(np.float32)) for piece in plain.pieces()]
    return replace(plain, pieces=lambda: pieces)


def made(question: Scenario, worlds: int, seed: int, gone: float = 0.0) -> np.ndarray:
    luck = np.random.default_rng(seed)
    kept = luck.gamma(2, 10, (worlds, *kept_shape(question)))
    kept[..., 0] = np.minimum(np.rint(kept[..., 0] * 10) / 10, 120)
    kept[luck.random(kept.shape[:3]) < gone] = np.nan
    return kept.astype(np.float32).astype(float)


def test_what_is_kept_of_whom_and_when():
    question = scenario(CAST, 12)
    assert firms_kept(question) == ("alpha", "beta")
    assert year_ends(question.start, question.end) == (2023 * 12 + 11, 2024 * 12 + 5)
    assert year_ends(START, START - 1) == ()


def test_numbers_worked_by_hand():
    """Five worlds. In December 2023 alpha is there on both sides in four: its runway of 10, 20, 30 and 120 months
    becomes 12, 21, 40, 120, so the differences are 2, 1, 10, 0 (median 1.5, between the medians 25 and 30.5)."""
    question = scenario(CAST, 12)
    base, variant = (np.full((5, *kept_shape(question)), np.nan) for _ in range(2))
    base[:, 0, 0] = [[10, 100, 1], [20, 200, 2], [30, 300, 3], [120, 400, 4], [7, 7, 7]]
    variant[:4, 0, 0] = [[12, 150, 1], [21, 250, 2], [40, 300, 3], [120, 500, 2]]
    found = compared(with_ends(question, base, (2, 3)), with_ends(question, variant, (2, 3)))
    expected = {
        "runway": (25.0, 30.5, 1.5),
        "cash": (250.0, 300.0, 50.0),
        "revenue": (2.5, 2.0, -0.5),
        "counted": (0.8, 0.8, 0.0),
    }
    for quantity, numbers in expected.items():
        row = found.loc["alpha", quantity, "2023-12"]
        assert tuple(row[["base", "variant_value", "difference"]]) == pytest.approx(numbers), quantity
        assert row["paired"]
    apart = t_interval([50, 50, 0, 100])
    row = found.loc["alpha", "cash", "2023-12"]
    assert (row["low"], row["high"]) == pytest.approx(apart[1:], rel=1e-12)
    assert row["variance_ratio"] == pytest.approx(
        (np.var([100, 200, 300, 400], ddof=1) + np.var([150, 250, 300, 500], ddof=1)) / np.var([50, 50, 0, 100], ddof=1)
    )
    assert found.loc["beta", "counted", "2023-12"]["base"] == 0  # there in no world: nothing else is said of it
    told = set(found.index)
    assert not any(("beta", name, "2023-12") in told for name in KEPT)
    assert not any(who in ("crowd", "giant", "startups") and name in YEAR_END_QUANTITIES for who, name, _ in told)


def test_the_median_difference_lies_between_two_in_order():
    """Of 40 values the 14th and the 27th hold the median with 95% (binomial)."""
    question, base = scenario(CAST, 12), made(scenario(CAST, 12), 40, 1)
    variant = base.copy()
    steps = np.random.default_rng(2).permutation(40) - 10  # -10, ..., 29 months
    base[:, 1, 1, 0], variant[:, 1, 1, 0] = 50, 50 + steps
    row = compared(with_ends(question, base), with_ends(question, variant)).loc["beta", "runway", "2024-06"]
    assert (row["difference"], row["low"], row["high"]) == (9.5, -10 + 13, -10 + 26)


def test_the_median_and_its_interval_from_counts_in_tenths():
    """Against sorting, negative values among them."""
    luck = np.random.default_rng(4)
    for size in (1, 2, 5, 6, 31, 200):
        tenths = luck.integers(-TOP, TOP + 1, size)
        middle, (low, high) = median(np.bincount(tenths + TOP, minlength=2 * TOP + 1), TOP)
        assert middle == pytest.approx(np.median(tenths) / 10)
        ranks = intervals.rank_bounds(size, 0.5)
        for bound, rank in ((low, ranks[0]), (high, ranks[1])):
            assert np.isnan(bound) if np.isnan(rank) else bound == np.sort(tenths)[int(rank) - 1] / 10
    assert np.isnan(median(np.zeros(9, int))[0])


@pytest.mark.parametrize("cap", [120.0, 14.0])
def test_the_interval_of_the_median_difference_covers(cap):
    """Skewed runway, cut off at ``cap`` on both sides of the change; 2,000 runs of 60 worlds."""
    luck = np.random.default_rng(5)

    def drawn(runs: int, worlds: int) -> np.ndarray:
        base = luck.lognormal(2.3, 0.6, (runs, worlds))
        more = base * luck.lognormal(0.2, 0.3, base.shape)
        return np.rint(10 * np.minimum(more, cap)) - np.rint(10 * np.minimum(base, cap))

    truth = np.median(drawn(1, 1_000_001)) / 10
    counts = np.stack([np.bincount((run + TOP).astype(int), minlength=2 * TOP + 1) for run in drawn(2000, 60)])
    _, (low, high) = median(counts, TOP)
    assert 0.945 <= float(((low <= truth) & (truth <= high)).mean()) <= (0.985 if cap == 120 else 1.0)


def test_worlds_in_which_it_is_gone_on_one_side_count_on_neither():
    question = scenario(CAST, 12)
    base, variant = made(question, 90, 6, gone=0.3), made(question, 90, 7, gone=0.2)
    found = compared(with_ends(question, base, (50, 40)), with_ends(question, variant, (50, 40)))
    both = ~np.isnan(base[:, 1, 0, 0]) & ~np.isnan(variant[:, 1, 0, 0])
    assert 20 < both.sum() < 75
    for q, name in enumerate(KEPT):
        old, new = base[both, 1, 0, q], variant[both, 1, 0, q]
        middle = np.median if name == "runway" else np.mean
        row = found.loc["alpha", name, "2024-06"]
        told = tuple(row[["base", "variant_value", "difference"]])
        assert told == pytest.approx((middle(old), middle(new), middle(new - old)), rel=1e-5), name
    assert found.loc["alpha", "counted", "2024-06"]["variant_value"] == both.mean()


def test_runs_of_other_luck_have_welchs_interval_and_that_of_two_medians():
    question = scenario(CAST, 12)
    base, variant = made(question, 60, 8, gone=0.3), made(question, 80, 9)
    found = compared(with_ends(question, base), with_ends(question, variant), paired=False)
    old, new = (kept[~np.isnan(kept[:, 0, 1, 0]), 0, 1] for kept in (base, variant))
    row = found.loc["beta", "cash", "2023-12"]
    test = stats.ttest_ind(new[:, 1], old[:, 1], equal_var=False).confidence_interval()
    assert (row["low"], row["high"]) == pytest.approx((test.low, test.high), rel=1e-9)
    row, bounds = found.loc["beta", "runway", "2023-12"], []
    for values in (old[:, 0], new[:, 0]):
        ranks = intervals.rank_bounds(len(values), 0.5)
        bounds.append((np.median(values), *(np.sort(values)[int(rank) - 1] for rank in ranks)))
    (m, a, b), (n, c, d) = bounds
    down, up = np.hypot(n - c, b - m), np.hypot(d - n, m - a)
    assert (row["difference"], row["low"], row["high"]) == pytest.approx((n - m, n - m - down, n - m + up), rel=1e-5)
    assert found.loc["beta", "counted", "2023-12"]["base"] == pytest.approx(len(old) / 60)
    assert found.loc["beta", "counted", "2023-12"]["variant_value"] == 1


def test_the_same_worlds_differ_by_nothing_and_one_world_has_no_interval():
    question, base = scenario(CAST, 12), made(scenario(CAST, 12), 30, 3)
    rows = compared(with_ends(question, base), with_ends(question, base)).reset_index()
    mine = rows[rows["quantity"].isin(KEPT)]
    assert len(mine) == 2 * 2 * 3 and (mine[["difference", "low", "high"]] == 0).all(axis=None)
    rows = compared(with_ends(question, base[:1]), with_ends(question, base[1:2])).reset_index()
    assert rows.loc[rows["quantity"].isin(KEPT), ["low", "high"]].isna().all(axis=None)


def test_nothing_is_said_where_a_side_does_not_keep_it_and_nothing_is_quoted():
    question, base = scenario(CAST, 12), made(scenario(CAST, 12), 30, 3)
    folder = side(question, still(30, 6))
    assert not compared(with_ends(question, base), folder).reset_index()["quantity"].isin(YEAR_END_QUANTITIES).any()
    variant = base + np.array([1, 500, 50.0])
    rows = compared(with_ends(question, base), with_ends(question, variant)).reset_index().to_dict("records")
    assert quoted.rows_to_quote(question, rows)[1:] == (None, None)
