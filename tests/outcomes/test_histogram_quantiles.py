"""Quantiles of histograms against quantiles of the numbers that were counted."""

from __future__ import annotations

import math

import numpy as np
import pytest
from synthetic_runs import block_of, firm, scenario, still

from sim.foundation.columns import LONGEST_RUNWAY
from sim.foundation.histograms import (
    BINS,
    COUNT,
    LANDSCAPE,
    LOG,
    NOTHING_SEEN,
    PATHS,
    SHARE,
    Quantity,
    bin_of,
    count_bins,
)
from sim.outcomes.quantiles import quantiles
from sim.outcomes.summary import summarise

LEVELS = (5, 25, 50, 75, 95)
BOUNDS = ("p50_low", "p50_high")


def counted(values: np.ndarray, quantity: Quantity) -> np.ndarray:
    """The histogram the recorder would keep of ``values``."""
    bins = [bin_of(float(value), quantity.grid, quantity.scale) for value in values]
    return np.bincount(bins, minlength=BINS).astype(np.uint32)


def told(values: np.ndarray, quantity: Quantity, levels: tuple[int, ...] = LEVELS, **asked: object) -> np.ndarray:
    """The quantiles that would be read from what the recorder keeps of ``values``."""
    return quantiles(counted(values, quantity), np.array([values.min(), values.max()]), quantity, levels, **asked)


@pytest.mark.parametrize("size", [1, 2, 7, 20, 100, 1000])
def test_counts_are_exact(size: int) -> None:
    values = np.random.default_rng(size).integers(0, 7, size)
    found = told(values, LANDSCAPE[0])
    # numpy rounds level * size up by an ulp here and there: nudge it to the whole number it stands for
    expected = [np.sort(values)[int(np.ceil(level * size / 100 - 1e-9)) - 1] for level in LEVELS]
    assert found.tolist() == expected


@pytest.mark.parametrize("name", ["cash", "revenue", "gap"])
def test_logarithmic_grids_are_off_by_less_than_half_a_bin(name: str) -> None:
    quantity = next(q for q in PATHS if q.name == name)
    values = np.random.default_rng(3).lognormal(4, 1.5, 5000) / quantity.scale
    values[:2000] *= -1
    found = told(values, quantity)
    expected = np.quantile(values, np.array(LEVELS) / 100)
    assert (np.abs(found - expected) <= 0.0625 * np.abs(expected)).all()


def test_shares_to_a_bin() -> None:
    quantity = next(q for q in LANDSCAPE if q.name == "concentration")
    values = np.random.default_rng(4).beta(2, 5, 4000)
    found = told(values, quantity)
    assert np.abs(found - np.quantile(values, np.array(LEVELS) / 100)).max() < 1.5 / (BINS - 1)


def test_no_quantile_is_above_the_longest_runway() -> None:
    """Runway ends at 120 months, in the midst of a bin: whoever has at least that much has 120, not 124."""
    runway = next(q for q in PATHS if q.name == "runway")
    found = told(np.array([30.0] * 40 + [LONGEST_RUNWAY] * 60), runway)
    assert found[:2] == pytest.approx([30, 30], rel=0.0625) and found[2:].tolist() == [LONGEST_RUNWAY] * 3


@pytest.mark.parametrize("quantity", [*PATHS, *LANDSCAPE], ids=lambda q: q.name)
def test_no_quantile_lies_outside_the_range_that_was_seen(quantity: Quantity) -> None:
    """Three values so close that they share a bin, and one value alone: told as itself, whatever its bin."""
    for values in (np.array([0.911, 0.912, 0.913]), np.array([0.5004]), np.array([7.0, 7.0])):
        if quantity.grid == COUNT:
            values = np.ceil(values)
        if quantity.grid == SHARE:
            values = np.minimum(values, 1.0)
        found = told(values, quantity)
        assert (found >= values.min()).all() and (found <= values.max()).all()


def test_amounts_at_the_bounds_of_assumptions_are_told() -> None:
    """Ten million, which a firm may own at the opening, and a thousand times as much; and a hundredth of one."""
    for quantity in (q for q in PATHS if q.unit.startswith("¤")):
        for amount in (0.01, 1e7, 1e10):
            found = told(np.array([amount, amount * 1.1, amount * 1.5, amount * 2]), quantity)
            assert found[2] == pytest.approx(amount * 1.1, rel=0.125), (quantity.name, amount)


def test_what_lies_beyond_the_grid_is_left_empty() -> None:
    """Never told as the end of the grid: the median is known, the upper quantiles are not; one value alone is."""
    cash = PATHS[0]
    found = told(np.array([5.0] * 6 + [1e15, 3e15, 4e15, 5e15]), cash)
    assert found[:3] == pytest.approx(5.0, rel=0.125) and np.isnan(found[3:]).all()
    found = told(np.array([-1e15, -3e15, -4e15, 5.0, 5.0, 5.0]), cash)
    assert np.isnan(found[:2]).all() and found[3:] == pytest.approx(5.0, rel=0.125)
    assert told(np.array([1e15, 1e15]), cash).tolist() == [1e15] * 5


@pytest.mark.parametrize("grid", [LOG, COUNT, SHARE])
def test_what_is_not_finite_falls_into_no_bin(grid: int) -> None:
    for x in (math.nan, math.inf, -math.inf):
        with pytest.raises(ValueError, match="not finite"):
            bin_of(x, grid, 1.0)


def test_every_number_of_firms_has_a_bin_of_its_own() -> None:
    """A thousand firms and one are told as 1,001."""
    independents = LANDSCAPE[0]
    histogram = np.zeros(count_bins(1500), np.uint32)
    histogram[bin_of(1001.0, independents.grid, independents.scale)] = 19
    histogram[bin_of(1500.0, independents.grid, independents.scale)] = 1
    found = quantiles(histogram, np.array([1001.0, 1500.0]), independents, (5, 95, 96))
    assert found.tolist() == [1001, 1001, 1500]
    value = quantiles(np.pad(counted(np.full(4, 3e5), LANDSCAPE[3]), (0, 732)), np.full(2, 3e5), LANDSCAPE[3], LEVELS)
    assert value.tolist() == [3e5] * 5  # money in an array as wide


def test_near_zero_is_zero_and_nothing_is_nan() -> None:
    quantity = next(q for q in PATHS if q.name == "cash")
    table = np.stack([counted(np.zeros(9), quantity), np.zeros(BINS, np.uint32)])
    found = quantiles(table, np.array([[0.0, 0.0], NOTHING_SEEN]), quantity, LEVELS)
    assert (found[0] == 0).all() and np.isnan(found[1]).all()


@pytest.mark.parametrize(("size", "low", "high"), [(5, np.nan, np.nan), (6, 0, 5), (100, 39, 60)])
def test_the_median_of_whole_numbers_lies_between_two_of_them(size: int, low: float, high: float) -> None:
    """The values 0, 1, 2, ... once each: of a hundred those of ranks 40 and 61."""
    found = told(np.arange(size), LANDSCAPE[0], (), bounded=(50,))
    np.testing.assert_array_equal(found, [low, high])


def test_the_bounds_of_a_quantile_cover() -> None:
    """Whole numbers from 0 to 9 in 60 worlds, a thousand times: at least 95% for each quantile that has bounds."""
    luck, runs = np.random.default_rng(7), 1000
    values = luck.integers(0, 10, (runs, 60))
    bounds = np.stack([told(row, LANDSCAPE[0], (), bounded=(25, 50, 75)) for row in values]).reshape(runs, 3, 2)
    truth = np.array([2, 4, 7])  # the smallest number that a quarter, half, three quarters do not exceed
    assert (((bounds[:, :, 0] <= truth) & (truth <= bounds[:, :, 1])).mean(axis=0) >= 0.95).all()
    shares = np.stack([told(luck.random(50), LANDSCAPE[2], (), bounded=(50, 5)) for _ in range(300)])
    assert np.isnan(shares[:, 2]).all() and not np.isnan(shares[:, [0, 1, 3]]).any()  # 5% of 50 has no lower bound
    inside = (shares[:, 0] <= 0.5 + 0.002) & (shares[:, 1] >= 0.5 - 0.002)
    assert 0.95 <= inside.mean() < 1


def test_a_class_is_no_surer_than_its_worlds() -> None:
    """Ten copies in each of a hundred worlds, all alike in a world: the bounds are those of a hundred values."""
    values = np.arange(100)
    assert told(np.repeat(values, 10), LANDSCAPE[0], (), bounded=(50,), firms=10).tolist() == [39, 60]
    low, high = told(np.repeat(values, 10), LANDSCAPE[0], (), bounded=(50,))
    assert 39 < low < high < 60


def test_tables_from_blocks() -> None:
    question = scenario((firm("a"), firm("g", "giant"), firm("b")), 13)
    landscape = np.zeros((len(LANDSCAPE), 14, BINS), np.uint32)
    for index, quantity in enumerate(LANDSCAPE):
        months = [6] if quantity.name in ("venture_year", "top_four_share") else range(14)
        for month in months:
            landscape[index, month] = counted(np.array([0.5, 3, 3, 3, 40]), quantity)
    paths = np.zeros((3, len(PATHS), 14, BINS), np.uint32)
    paths[2, 0, 5] = counted(np.array([100.0, 100.0, 100.0]), PATHS[0])
    paths[1, 7, 7] = counted(np.array([4.0, 5.0]), PATHS[7])
    leaders = np.zeros((3, 14), np.uint32)
    leaders[2, 4] = 3
    seen = {"paths_seen": np.zeros((3, len(PATHS), 14, 2)), "landscape_seen": np.zeros((len(LANDSCAPE), 14, 2))}
    for limits in seen.values():
        limits[..., 1] = 1e4
    block = block_of(question, still(5, 3), landscape=landscape, paths=paths, leaders=leaders, **seen)
    outcomes = summarise(question, lambda: [block, block])
    frame = outcomes.landscape
    told = ["median", "p05", "p25", "p75", "p95"]
    bounds = [f"{name}_{side}" for name in told for side in ("low", "high")]
    assert frame.columns.tolist() == ["month", "date", "quantity", *told, *bounds]
    yearly = frame[frame.quantity == "venture_year"]
    assert yearly.month.tolist() == [6] and yearly.date.tolist() == ["2023-12"]
    assert frame[frame.quantity == "general"].month.tolist() == list(range(14))
    row = frame[(frame.quantity == "general") & (frame.month == 0)].iloc[0]
    assert (row.p05, row["median"], row.p95) == (0, 3, 40)

    cell = outcomes.paths.set_index(["firm", "quantity", "month"])
    assert outcomes.paths.columns.tolist() == [
        "firm",
        "quantity",
        "month",
        "date",
        "worlds",
        *(f"p{x:02d}" for x in LEVELS),
        *BOUNDS,
    ]
    assert cell.loc[("b", "cash", 5), "worlds"] == 6 and cell.loc[("b", "cash", 5), "p50"] == pytest.approx(
        100, rel=0.05
    )
    assert cell.loc[("a", "cash", 5), "worlds"] == 0 and np.isnan(cell.loc[("a", "cash", 5), "p50"])
    kept = outcomes.paths.groupby("firm", sort=False).quantity.unique()
    assert list(kept["a"]) == list(kept["b"]) == [q.name for q in PATHS]
    assert list(kept["g"]) == [q.name for q in PATHS if q.of_giants] and len(kept["g"]) < len(PATHS)
    assert len(outcomes.paths) == 14 * (2 * len(PATHS) + len(kept["g"]))
    assert outcomes.paths.index.tolist() == list(range(len(outcomes.paths)))
    assert cell.loc[("g", "users", 7), "worlds"] == 4
    lead = outcomes.leaders.set_index(["series", "month"]).share
    assert lead[("b", 4)] == 0.6 and lead.sum() == pytest.approx(0.6)
