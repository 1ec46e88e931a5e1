"""Differences between runs: numbers worked by hand, intervals that cover, and exact zeros where nothing differs."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats
from synthetic_runs import START, firm, live, scenario, still

from sim.archive.dictionary import DIFFERENCES_CSV
from sim.foundation.columns import ACQUIRED, CLOSED, NEVER
from sim.foundation.states import ALL
from sim.outcomes import intervals
from sim.outcomes.differences import Differences, Piece, Side, months_compared
from sim.outcomes.paired_sums import Moments, score_parts, variance_ratio
from sim.outcomes.survival_differences import Ratios
from sim.scenario.model import Scenario
from tools.students_t import t_interval

TWO = (firm("alpha"), firm("beta"), firm("giant", "giant"))
ONE = np.ones(1, np.int64)


def side(
    question: Scenario, histories: np.ndarray, endgame: np.ndarray | None = None, sizes: Sequence[int] = ()
) -> Side:
    """A run of these worlds, cut into pieces of ``sizes``."""
    pieces, first = [], 0
    for size in sizes or [len(histories)]:
        span = slice(first, first + size)
        pieces.append(
            Piece(np.arange(len(histories))[span], histories[span], None if endgame is None else endgame[span])
        )
        first += size
    assert first == len(histories)
    when = np.full(len(histories), NEVER) if endgame is None else endgame
    share = np.array([(when <= tick).mean() for tick in range(question.ticks + 1)])
    return Side(question, len(histories), lambda: pieces, share)


def compared(base: Side, variant: Side, paired: bool = True, parts_at: int | None = 0) -> pd.DataFrame:
    frame = Differences(base, variant, paired, parts_at).run().frame("changed")
    assert list(frame.columns) == DIFFERENCES_CSV.names
    return frame.set_index(["firm", "quantity", "date"])


def leaves(histories: np.ndarray, world: int, row: int, month: int, fate: int = CLOSED) -> None:
    histories["exit_month"][world, row] = month
    histories["fate"][world, row] = fate
    histories["final_valuation"][world, row] = 0.0


def test_numbers_worked_by_hand():
    """Four worlds, two startups; a year from July 2023, so December 2023 is tick 6 and June 2024 tick 12."""
    question = scenario(TWO, 12)
    base, variant = still(4, 3), still(4, 3)
    for histories in (base, variant):
        histories["final_valuation"] = 100.0
        histories["raised"] = 10.0
    leaves(base, 0, 0, 5)
    leaves(variant, 0, 0, 5)
    leaves(variant, 1, 0, 9, ACQUIRED)
    leaves(variant, 2, 0, 6)
    leaves(variant, 2, 1, 12)
    variant["raised"][3, 1] = 50.0
    base_end, variant_end = np.array([3, NEVER, NEVER, NEVER]), np.array([3, 7, NEVER, NEVER])
    found = compared(side(question, base, base_end), side(question, variant, variant_end))
    expected = {
        ("alpha", "survival", "2023-12"): (0.75, 0.5),
        ("alpha", "survival", "2024-06"): (0.75, 0.25),
        ("alpha", "closed", "2024-06"): (0.25, 0.5),
        ("alpha", "acquired", "2023-12"): (0.0, 0.0),
        ("alpha", "acquired", "2024-06"): (0.0, 0.25),
        ("startups", "independent", "2024-06"): (7 / 8, 4 / 8),
        ("alpha", "final_valuation", "2024-06"): (75.0, 25.0),
        ("startups", "final_valuation", "2024-06"): (175.0, 100.0),
        ("beta", "raised", "2024-06"): (10.0, 20.0),
        (ALL, "independents_left", "2024-06"): (7 / 4, 4 / 4),
        (ALL, "general_left", "2023-12"): (7 / 4, 6 / 4),
        (ALL, "endgame", "2023-12"): (0.25, 0.25),
        (ALL, "endgame", "2024-06"): (0.25, 0.5),
    }
    for key, (old, new) in expected.items():
        row = found.loc[key]
        assert (row["base"], row["variant_value"], row["difference"]) == (old, new, new - old), key
        assert row["low"] <= row["difference"] <= row["high"]
        assert row["paired"]
    assert set(found.index.get_level_values("date")) == {"2023-12", "2024-06"}


def test_a_single_firms_interval_is_the_score_interval_of_its_flips():
    question = scenario(TWO, 12)
    base, variant = still(50, 3), still(50, 3)
    for world in range(7):
        leaves(base, world, 0, 3)
    for world in range(5, 17):
        leaves(variant, world, 0, 3)
    row = compared(side(question, base), side(question, variant)).loc["alpha", "closed", "2024-06"]
    low, high = intervals.paired_score(10, 5, 50)
    assert (row["low"], row["high"]) == (low, high)
    x, y = np.arange(50) < 7, (np.arange(50) >= 5) & (np.arange(50) < 17)
    apart = y.astype(float) - x
    assert row["variance_ratio"] == pytest.approx((x.var(ddof=1) + y.var(ddof=1)) / apart.var(ddof=1), rel=1e-12)


def test_money_has_students_interval_of_the_paired_difference():
    question, luck = scenario(TWO, 12), np.random.default_rng(5)
    base, variant = still(30, 3), still(30, 3)
    base["raised"], variant["raised"] = luck.gamma(2, 500, (2, 30, 3))
    found = compared(side(question, base), side(question, variant))
    for name, rows in (("alpha", [0]), ("startups", [0, 1])):
        apart = (variant["raised"] - base["raised"])[:, rows].sum(axis=1)
        row = found.loc[name, "raised", "2024-06"]
        got = (row["difference"], row["low"], row["high"])
        assert got == pytest.approx(t_interval(apart), rel=1e-9)
    with_money = found[found.index.get_level_values("quantity").isin(["raised", "final_valuation"])]
    assert set(with_money.index.get_level_values("firm")) == {"alpha", "beta", "startups"}  # nothing of giants


def bounds_at_the_score(more: int, less: int, pairs: int) -> tuple[float, float]:
    """The score interval by brute force: constrained likelihood maximised numerically, roots of the statistic."""

    def statistic(difference: float) -> float:
        def unlikely(flip: float) -> float:  # of the rarer cell; the other is flip + difference
            rest = 1 - 2 * flip - difference
            if min(flip, flip + difference, rest) <= 0:
                return 1e9
            stay = pairs - more - less
            return -(more * math.log(flip + difference) + less * math.log(flip) + stay * math.log(rest))

        low, high = max(0.0, -difference), (1 - difference) / 2
        best = optimize.minimize_scalar(unlikely, bounds=(low, high), method="bounded", options={"xatol": 1e-12}).x
        return (more - less - pairs * difference) / math.sqrt(pairs * (2 * best + difference - difference**2))

    estimate = (more - less) / pairs
    return (
        optimize.brentq(lambda d: statistic(d) - intervals.Z, -0.999, estimate - 1e-6),
        optimize.brentq(lambda d: statistic(d) + intervals.Z, estimate + 1e-6, 0.999),
    )


@pytest.mark.parametrize(("more", "less", "pairs"), [(12, 2, 50), (3, 9, 40), (25, 20, 100), (1, 1, 30)])
def test_the_score_interval_solves_its_equation(more, less, pairs):
    low, high = intervals.paired_score(more, less, pairs)
    assert (float(low), float(high)) == pytest.approx(bounds_at_the_score(more, less, pairs), abs=2e-5)
    mirrored = intervals.paired_score(less, more, pairs)
    assert (-float(high), -float(low)) == pytest.approx((float(mirrored[0]), float(mirrored[1])), abs=1e-12)


def covered(pairs: int, more: float, less: float, interval) -> float:
    """Exact probability that ``interval`` holds the difference when so many flips each way are expected."""
    up, down = more / pairs, less / pairs
    most = [min(pairs, int(x + 12 * math.sqrt(x) + 30)) for x in (more, less)]
    b, c = np.meshgrid(np.arange(most[0] + 1), np.arange(most[1] + 1), indexing="ij")
    chance = stats.binom.pmf(b, pairs, up) * stats.binom.pmf(c, np.maximum(pairs - b, 0), down / (1 - up))
    low, high = interval(b, c, pairs)
    return float(np.where((low <= up - down) & (up - down <= high), chance, 0.0).sum())


def wald(b, c, pairs):
    half = intervals.Z * np.sqrt(np.maximum(b + c - (b - c) ** 2 / pairs, 0)) / pairs
    return (b - c) / pairs - half, (b - c) / pairs + half


FLIPS = [
    (3, 0),
    (3, 1),
    (4, 0),
    (4, 2),
    (5, 0),
    (5, 5),
    (7, 0),
    (10, 0),
    (10, 3),
    (10, 10),
    (20, 0),
    (40, 10),
    (40, 40),
]


@pytest.mark.parametrize(("more", "less"), FLIPS)
@pytest.mark.parametrize("pairs", [200, 1000])
def test_the_paired_interval_covers_also_where_flips_are_rare(pairs, more, less):
    """The exact coverage, no luck in it: from three expected flips in all on, one way or both."""
    assert 0.93 <= covered(pairs, more, less, intervals.paired_score) <= 0.97


@pytest.mark.parametrize("more", [0.5, 1, 2])
def test_almost_no_flips_are_covered_too(more):
    assert covered(1000, more, 0, intervals.paired_score) >= 0.95


def agresti_min(more, less, pairs):
    """Agresti and Min's interval (2005): half a world more in each of the four cells."""
    n, apart = pairs + 2, more - less
    half = intervals.Z * np.sqrt(more + less + 1 - apart**2 / n) / n
    return apart / n - half, apart / n + half


def test_the_other_intervals_would_not_pass():
    assert covered(1000, 5, 0, wald) < 0.88
    assert covered(1000, 7, 0, agresti_min) < 0.92


@pytest.mark.parametrize(("struck", "calm"), [(0.02, 0.02), (0.2, 0.2), (0.5, 0.02)])
def test_the_interval_of_groups_covers(struck, calm):
    """Six firms that share the luck of their world: 4,000 small runs of 300 worlds, the runs as columns.

    In a tenth of worlds a firm turns with chance ``struck``, elsewhere with chance ``calm``.
    """
    luck = np.random.default_rng(11)
    runs, worlds, members = 4000, 300, 6
    blow = luck.random((worlds, runs, 1)) < 0.1
    x = luck.random((worlds, runs, members)) < 0.4
    y = x | (luck.random((worlds, runs, members)) < np.where(blow, struck, calm))
    moments = Moments((ONE, ONE), ONE, ONE * members)
    moments.add(x.sum(axis=2), y.sum(axis=2))
    low, high = intervals.paired_score(*score_parts(moments, worlds))
    truth = 0.6 * (0.1 * struck + 0.9 * calm)
    share = float(((low <= truth) & (truth <= high)).mean())
    assert 0.93 <= share <= 0.97
    assert float(np.median(variance_ratio(moments, worlds))) > 2


def test_the_parts_of_the_score_interval_by_hand():
    """Three worlds with two firms each: 2, 0 and 1 of them turn up. Three flips of six trials, net three.

    Independent flips: variance 3 - 9/6 = 3/2. Between worlds: 4 + 0 + 1 - 9/3 = 2, times 3/2 with n - 1: 3. So the
    design effect is 2 and what counts is halved; t with two degrees of freedom.
    """
    moments = Moments((ONE, ONE), ONE, ONE * 2)
    moments.add(np.array([[0], [0], [0]]), np.array([[2], [0], [1]]))
    assert [part.item() for part in score_parts(moments, 3)] == pytest.approx([1.5, 0, 3, stats.t.ppf(0.975, 2)])


def test_the_design_effect_is_never_below_one():
    """In every world one of two firms turns: the worlds are more alike than chance would have them."""
    moments = Moments((ONE, ONE), ONE, ONE * 2)
    moments.add(np.zeros((40, 1), int), np.ones((40, 1), int))
    more, less, trials, quantile = (part.item() for part in score_parts(moments, 40))
    assert (more, less, trials) == (40, 0, 80) and quantile == pytest.approx(stats.t.ppf(0.975, 39))
    single = Moments((ONE, ONE), ONE, ONE)
    single.add(np.zeros((40, 1), int), np.arange(40)[:, None] % 2)
    assert [part.item() for part in score_parts(single, 40)] == [20, 0, 40, intervals.Z]  # Tango's own, exactly


@pytest.mark.parametrize("worlds", [2, 3, 5, 10])
def test_differences_of_groups_cover_with_few_worlds(worlds):
    """Twenty firms whose chance to turn is that of their world, one half on average."""
    luck = np.random.default_rng(13)
    turned = luck.binomial(20, luck.beta(4, 4, (worlds, 4000)))
    moments = Moments((ONE, ONE), ONE, ONE * 20)
    moments.add(np.zeros_like(turned), turned)
    low, high = intervals.paired_score(*score_parts(moments, worlds))
    assert 0.93 <= float(((low <= 0.5) & (high >= 0.5)).mean()) <= (1.0 if worlds < 5 else 0.975)


def test_one_world_claims_nothing():
    question = crowd()
    base, variant = lived(question, 1, 1), lived(question, 1, 1)
    variant["exit_month"], variant["fate"] = 3, CLOSED
    for paired in (True, False):
        found = compared(side(question, base), side(question, variant), paired=paired)
        assert (found["difference"].abs() > 0).any()
        assert found["low"].isna().all() and found["high"].isna().all()


def test_paired_money_covers_where_values_are_skewed():
    luck = np.random.default_rng(12)
    runs, worlds = 3000, 300
    x = luck.lognormal(8, 1, (worlds, runs))
    y = x * luck.lognormal(0, 0.2, (worlds, runs)) + np.where(luck.random((worlds, runs)) < 0.2, 3000.0, 0.0)
    apart = y - x
    truth = math.exp(8.5) * (math.exp(0.02) - 1) + 600
    mean, half = apart.mean(axis=0), intervals.t_quantile(worlds - 1) * apart.std(axis=0, ddof=1) / math.sqrt(worlds)
    assert 0.93 <= float((np.abs(mean - truth) <= half).mean()) <= 0.97


def test_unpaired_shares_have_newcombes_interval():
    """The first example of Newcombe (1998): 56 of 70 against 48 of 80, method 10."""
    bounds = intervals.wilson(56 / 70, 70), intervals.wilson(48 / 80, 80)
    low, high = intervals.newcombe(56 / 70, bounds[0], 48 / 80, bounds[1])
    assert (round(float(low), 4), round(float(high), 4)) == (0.0524, 0.3339)
    question, base, variant = scenario(TWO, 12), still(80, 3), still(70, 3)
    for histories, closed in ((base, 48), (variant, 56)):
        for world in range(closed):
            leaves(histories, world, 0, 3)
    row = compared(side(question, base), side(question, variant), paired=False).loc["alpha", "closed", "2024-06"]
    assert (row["low"], row["high"]) == pytest.approx((low, high), rel=1e-12)
    assert not row["paired"]
    assert math.isnan(row["variance_ratio"])


def test_unpaired_groups_have_newcombes_interval_of_their_pooled_bounds():
    question = crowd()
    base, variant = lived(question, 60, 1), lived(question, 80, 2, close=0.05)
    row = compared(side(question, base), side(question, variant), paired=False).loc["crowd", "independent", "2024-12"]
    bounds, shares = [], []
    for histories in (base, variant):
        left = (histories["exit_month"][:, 2:6] > 18).sum(axis=1)
        bounds.append(intervals.pooled_wilson(left.sum(), left @ left, len(left), 4))
        shares.append(left.sum() / (4 * len(left)))
    low, high = intervals.newcombe(shares[1], bounds[1], shares[0], bounds[0])
    assert (row["low"], row["high"]) == pytest.approx((low, high), rel=1e-9)


def test_unpaired_means_have_welchs_interval():
    question, luck = scenario(TWO, 12), np.random.default_rng(6)
    base, variant = still(40, 3), still(25, 3)
    base["raised"], variant["raised"] = luck.gamma(2, 500, (40, 3)), luck.gamma(2, 900, (25, 3))
    row = compared(side(question, base), side(question, variant), paired=False).loc["alpha", "raised", "2024-06"]
    test = stats.ttest_ind(variant["raised"][:, 0], base["raised"][:, 0], equal_var=False).confidence_interval()
    assert (row["low"], row["high"]) == pytest.approx((test.low, test.high), rel=1e-9)


def crowd(ticks: int = 24, members: int = 4) -> Scenario:
    cast = (firm("alpha"), firm("late", enters=START + 5), firm("crowd", copies=members), firm("giant", "giant"))
    return scenario(cast, ticks, {"both": ("alpha", "late")})


def lived(question: Scenario, worlds: int, seed: int, **hazards: float) -> np.ndarray:
    luck, rows = np.random.default_rng(seed), sum(max(one.copies, 1) for one in question.firms)
    entry = np.zeros((worlds, rows), int)
    entry[:, 1] = 6
    return live(luck, worlds, rows, question.ticks, entry=entry, **hazards)


def test_the_same_worlds_differ_by_exactly_nothing():
    question, worlds = crowd(), lived(crowd(), 300, 1)
    end = np.random.default_rng(2).integers(1, 40, 300)
    for parts_at in (0, None):
        found = compared(side(question, worlds, end), side(question, worlds.copy(), end), parts_at=parts_at)
        assert (found["difference"] == 0).all()
        assert found["variance_ratio"].isna().all()
        assert (found["low"] <= 0).all() and (found["high"] >= 0).all()
    assert (found["low"] == 0).all() and (found["high"] == 0).all()  # nothing can differ, and it is known


def test_before_the_change_the_interval_has_no_width():
    question, base = crowd(), lived(crowd(), 200, 1)
    variant = base.copy()
    variant["exit_month"] = np.where((base["exit_month"] > 12) & (base["exit_month"] < NEVER), 13, base["exit_month"])
    found = compared(side(question, base), side(question, variant), parts_at=START + 12).reset_index()
    early = found[found["date"] < "2024-07"]
    assert len(early) > 20
    assert (early[["difference", "low", "high"]] == 0).to_numpy().all()
    later = found[(found["date"] == "2024-12") & (found["quantity"] == "survival") & (found["firm"] == "alpha")].iloc[0]
    assert later["difference"] < 0 and later["low"] < later["high"]


def test_results_do_not_depend_on_how_worlds_are_cut():
    question = crowd()
    base, variant = lived(question, 2500, 1), lived(question, 2500, 1, close=0.03)
    end = np.random.default_rng(2).integers(1, 40, (2, 2500))
    frames = [
        compared(side(question, base, end[0], sizes), side(question, variant, end[1], sizes)).drop(
            columns=["variant", "paired"]
        )
        for sizes in ((2500,), (1024, 1024, 452), (100, 2400))
    ]
    counts = ~frames[0].index.get_level_values("quantity").isin(["raised", "final_valuation"])
    for frame in frames[1:]:
        assert frame[counts].equals(frames[0][counts])
        np.testing.assert_allclose(frame.to_numpy(float), frames[0].to_numpy(float), rtol=1e-9)


def survived(histories: np.ndarray, tick: int) -> float:
    """Of all that entered by ``tick`` the share that is still there."""
    entered = histories["entry_month"] <= tick
    return float((entered & (histories["exit_month"] > tick)).sum() / entered.sum())


def by_chance(worlds: int, seed: int, close: float) -> np.ndarray:
    """Worlds of ``crowd`` whose second firm and crowd enter by chance, some never, of the same entries for a seed."""
    entry = np.zeros((worlds, 7), int)
    drawn = np.random.default_rng(seed + 100).integers(1, 40, (worlds, 5))
    entry[:, 1:6] = np.where(drawn > 24, NEVER, drawn)
    return live(np.random.default_rng(seed), worlds, 7, 24, entry=entry, close=close)


def test_survival_is_the_share_of_those_that_entered():
    question = crowd()
    worlds = [by_chance(300, 1, 0.02), by_chance(300, 1, 0.05)]
    for paired in (True, False):
        found = compared(side(question, worlds[0]), side(question, worlds[1]), paired=paired)
        for column, histories in zip(("base", "variant_value"), worlds, strict=True):
            for name, rows in (("alpha", [0]), ("late", [1]), ("both", [0, 1]), ("crowd", [2, 3, 4, 5])):
                for date, tick in (("2023-12", 6), ("2024-12", 18), ("2025-06", 24)):
                    expected = survived(histories[:, rows], tick)
                    assert found.loc[name, "survival", date][column] == pytest.approx(expected, abs=1e-12)
                    row = found.loc[name, "survival", date]
                    assert row["low"] < row["difference"] < row["high"]


def test_the_first_wave_dead_and_the_second_alive_is_one_half():
    """Two firms; the one closes before the other enters. No share of those at risk says 0."""
    question = scenario((firm("one"), firm("two", enters=START + 9)), 24, {"pair": ("one", "two")})
    histories = still(50, 2)
    histories["exit_month"][:, 0], histories["fate"][:, 0], histories["entry_month"][:, 1] = 3, CLOSED, 10
    later = histories.copy()
    later["exit_month"][:25, 1], later["fate"][:25, 1] = 20, CLOSED
    found = compared(side(question, histories), side(question, later)).loc["pair", "survival"]
    assert found.loc["2023-12", "base"] == 0  # one has entered, and is gone
    assert found.loc["2024-12", "base"] == 0.5 and found.loc["2025-06", "variant_value"] == 0.25
    assert found.loc["2025-06", "low"] < -0.25 < found.loc["2025-06", "high"] < 0


def test_who_has_entered_in_every_world_has_tangos_interval_also_if_late():
    question = crowd()
    base, variant = lived(question, 300, 1), lived(question, 300, 1, close=0.05)
    found = compared(side(question, base), side(question, variant))
    for name in ("alpha", "late", "both", "startups"):
        independent, survival = found.loc[name, "independent"], found.loc[name, "survival"]
        assert survival.equals(independent) if name != "late" else survival.equals(independent.loc[survival.index])


def test_the_interval_of_late_survival_is_that_of_the_jackknife():
    question, worlds = crowd(), 120
    base, variant = by_chance(worlds, 3, 0.04), by_chance(worlds, 3, 0.06)
    row = compared(side(question, base), side(question, variant)).loc["both", "survival", "2025-06"]
    pooled = [histories[:, :2] for histories in (base, variant)]
    left_out = [
        survived(np.delete(pooled[1], w, axis=0), 24) - survived(np.delete(pooled[0], w, axis=0), 24)
        for w in range(worlds)
    ]
    error = math.sqrt((worlds - 1) * np.var(left_out))
    entered = (pooled[0]["entry_month"] <= 24).sum(axis=1)
    freedom = entered.sum() ** 2 / (entered**2).sum() - 1
    expected = stats.t.ppf(0.975, freedom) * math.sqrt(error**2 + 1 / entered.sum() ** 2)
    assert (row["high"] - row["low"]) / 2 == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("worlds", [5, 60])
def test_the_interval_of_late_survival_covers(worlds):
    """Five firms that share the hazard of their world enter by chance; under the change each may leave once more."""
    luck, runs = np.random.default_rng(14), 3000
    ratios = Ratios(runs)
    entered = luck.random((worlds, runs, 5)) < 0.6
    stays = luck.beta(4, 4, (worlds, runs, 1))
    base = entered & (luck.random(entered.shape) < stays)
    variant = base & (luck.random(entered.shape) < 0.5 + 0.5 * stays)
    ratios.add(*((part.sum(axis=2), entered.sum(axis=2)) for part in (base, variant)))
    found = ratios.estimates(True, np.zeros(runs, bool))
    truth = -0.5 * (0.5 - (0.25 + 1 / 36))  # E[s (1 - s)] / 2 for beta(4, 4), whose variance is 1/36
    inside = ((found.low <= truth) & (truth <= found.high)).mean()
    assert 0.93 <= inside <= (1.0 if worlds == 5 else 0.97)


def test_groups_of_different_size_and_firms_of_one_side_only():
    one, other = crowd(members=4), crowd(members=2)
    cast = (*other.firms, firm("stranger"))
    other = scenario(cast, 18, other.groups)
    base, variant = lived(one, 50, 1), lived(other, 50, 1)
    found = compared(side(one, base), side(other, variant))
    crowds = [base[:, 2:6], variant[:, 2:4]]
    values = [(rows["exit_month"] > 6).mean() for rows in crowds]
    row = found.loc["crowd", "independent", "2023-12"]
    assert (row["base"], row["variant_value"]) == pytest.approx(tuple(values), abs=1e-12)
    assert row["difference"] == pytest.approx(values[1] - values[0], abs=1e-12)
    assert row["low"] < row["difference"] < row["high"]
    alone = found.loc["stranger", "independent", "2024-12"]
    assert alone["variant_value"] == (variant["exit_month"][:, -1] > 18).mean()
    assert math.isnan(alone["base"]) and math.isnan(alone["difference"]) and not alone["paired"]
    assert months_compared(one, other) == (START + 5, START + 17)
    assert "raised" not in found.index.get_level_values("quantity")  # the horizons differ


def test_the_endgame_is_told_from_shares_where_no_worlds_are_known():
    question = crowd()
    base, variant = lived(question, 100, 1), lived(question, 100, 2)
    sides = [
        Side(question, 100, side(question, h).pieces, np.linspace(0, top, 25))
        for h, top in ((base, 0.2), (variant, 0.5))
    ]
    row = compared(sides[0], sides[1]).loc[ALL, "endgame", "2025-06"]
    assert (row["base"], row["variant_value"]) == (0.2, 0.5)
    assert not row["paired"]
    assert row["low"] < 0.3 < row["high"]
