"""Quantiles of what was recorded month by month, from integer histograms on the fixed grids.

Merging histograms is adding integers, so the result does not depend on how worlds were cut into blocks. Counts are
exact (the smallest count that enough worlds do not exceed); shares are told to the middle of their bin (1/768), so
that 0 and 1 are exact; on logarithmic grids a quantile is interpolated linearly inside its bin, and what falls in the
bin around zero is 0. No quantile lies outside the range that was seen. One that lies beyond the grid is not known.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from sim.foundation.columns import GIANT, KINDS
from sim.foundation.grid import BINS, HALF, LANDSCAPE, LOG, PATHS, SHARE, Quantity, bin_bounds
from sim.outcomes.rows import dates_of
from sim.scenario.model import Scenario

LANDSCAPE_LEVELS = {"median": 50, "p05": 5, "p25": 25, "p75": 75, "p95": 95}  # per cent
PATH_LEVELS = {"p05": 5, "p25": 25, "p50": 50, "p75": 75, "p95": 95}


def quantiles(histogram: np.ndarray, seen: np.ndarray, quantity: Quantity, levels: Collection[int]) -> np.ndarray:
    """(..., bins) counts -> (..., levels) quantiles in the quantity's unit; NaN where nothing was counted.

    ``seen`` (..., 2) are the lowest and the highest value that were counted: every quantile lies between them. It is
    NaN where it falls in an outermost bin that holds values beyond the grid, unless all of them are the same.
    ``levels`` are whole per cent: all comparisons are of integers.
    """
    bins = histogram.shape[-1]
    low, high = bin_bounds(quantity, bins)
    below = histogram.reshape(-1, bins).cumsum(axis=1, dtype=np.int64)
    total = below[:, -1]
    lowest, highest = seen.reshape(-1, 2).T
    over, under = highest > high[-1], lowest < low[0]
    several = lowest < highest
    rows = np.arange(total.size)
    found = np.full((total.size, len(levels)), np.nan)
    for column, level in enumerate(levels):
        at = np.minimum((100 * below < (level * total)[:, None]).sum(axis=1), bins - 1)
        before = np.where(at > 0, below[rows, at - 1], 0)
        inside = (level * total / 100 - before) / np.maximum(below[rows, at] - before, 1)
        value = low[at] + inside * (high[at] - low[at])
        if quantity.grid == LOG:
            value = np.where(at == HALF, 0.0, value)
            beyond = (over & (at >= BINS - 1)) | (under & (at == 0))
            value = np.where(beyond & several, np.nan, value)
        elif quantity.grid == SHARE:
            value = at / (BINS - 1)
        found[:, column] = np.where(total > 0, np.clip(value, lowest, highest), np.nan)
    return found.reshape(*histogram.shape[:-1], len(levels))


def landscape_frame(scenario: Scenario, histograms: np.ndarray, seen: np.ndarray) -> Any:
    """landscape.csv from (len(LANDSCAPE), ticks + 1, bins) counts; months without an observation are left out."""
    import pandas as pd

    dates = np.array(dates_of(scenario), object)
    frames = []
    for quantity, histogram, limits in zip(LANDSCAPE, histograms, seen, strict=True):
        months = np.flatnonzero(histogram.sum(axis=1))
        values = quantiles(histogram[months], limits[months], quantity, LANDSCAPE_LEVELS.values())
        frame = pd.DataFrame(values, columns=list(LANDSCAPE_LEVELS))
        frame.insert(0, "month", months)
        frame.insert(1, "date", dates[months])
        frame.insert(2, "quantity", np.full(months.size, quantity.name, object))
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def paths_frame(scenario: Scenario, histograms: np.ndarray, seen: np.ndarray) -> Any:
    """paths.parquet from (series, len(PATHS), ticks + 1, BINS) counts.

    ``worlds`` counts the worlds in which the firm is active (for a class: the firms); quantiles are NaN where none.
    What means nothing of a giant (``Quantity.of_giants``) has no rows of giants.
    """
    import pandas as pd

    series, _, months, _ = histograms.shape
    values = np.empty((series, len(PATHS), months, len(PATH_LEVELS)))
    for firm in range(series):  # one at a time: the sums of all firms at once would not fit in memory
        for i, quantity in enumerate(PATHS):
            values[firm, i] = quantiles(histograms[firm, i], seen[firm, i], quantity, PATH_LEVELS.values())
    columns = {
        "firm": np.repeat(np.array([f.id for f in scenario.firms], object), len(PATHS) * months),
        "quantity": np.tile(np.repeat(np.array([q.name for q in PATHS], object), months), series),
        "month": np.tile(np.arange(months), series * len(PATHS)),
        "worlds": histograms.sum(axis=3, dtype=np.int64).ravel(),
    }
    flat = values.reshape(-1, len(PATH_LEVELS))
    told = [q.of_giants or firm.kind != KINDS[GIANT] for firm in scenario.firms for q in PATHS]
    frame = pd.DataFrame(columns | {name: flat[:, i] for i, name in enumerate(PATH_LEVELS)})
    return frame[np.repeat(told, months)].reset_index(drop=True)


def leaders_frame(scenario: Scenario, counts: np.ndarray, worlds: int) -> Any:
    """series, month, share: how often each series leads the general race, from (series, ticks + 1) counts."""
    import pandas as pd

    series, months = counts.shape
    return pd.DataFrame(
        {
            "series": np.repeat(np.array([f.id for f in scenario.firms], object), months),
            "month": np.tile(np.arange(months), series),
            "share": counts.ravel() / worlds,
        }
    )
