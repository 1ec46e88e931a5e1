"""Quantiles of what was recorded month by month, from integer histograms on the fixed grids.

Merging histograms is adding integers, so the result does not depend on how worlds were cut into blocks. Counts are
exact (the smallest count that enough worlds do not exceed); shares are told to the middle of their bin (1/768), so
that 0 and 1 are exact; on logarithmic grids a quantile is interpolated linearly inside its bin, and what falls in the
bin around zero is 0. No quantile lies outside the range that was seen. One that lies beyond the grid is not known.
numpy's own quantiles would need every value of every world and month at once.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from sim.archive.dictionary import LANDSCAPE_CSV, PATHS_PARQUET, QUANTILE_LEVELS
from sim.foundation.columns import FIRM_KINDS, GIANT
from sim.foundation.histograms import BINS, HALF, LANDSCAPE, LOG, PATHS, SHARE, Quantity, bin_bounds
from sim.outcomes.index import combined, dates_of
from sim.outcomes.intervals import rank_bounds
from sim.scenario.model import Scenario

PATH_LEVELS = (5, 25, 50, 75, 95)  # per cent


def quantiles(
    histogram: np.ndarray,
    seen: np.ndarray,
    quantity: Quantity,
    levels: Collection[int],
    bounded: Collection[int] = (),
    firms: int = 1,
) -> np.ndarray:
    """(..., bins) counts -> (..., levels + 2 * bounded) quantiles in the quantity's unit, then the low and the high
    bound of those at the levels ``bounded``, 95%; NaN where nothing was counted, or too little to bound a quantile.

    ``seen`` (..., 2) are the lowest and the highest value that were counted: every quantile lies between them. It is
    NaN where it falls in an outermost bin that holds values beyond the grid, unless all of them are the same.
    Levels are whole per cent: all comparisons are of integers. ``firms`` (of a class) are counted in each world.
    """
    total = histogram.sum(axis=-1, dtype=np.int64)
    return _in_order(histogram, seen, quantity, hundredths(total, levels, bounded, firms))


def hundredths(total: np.ndarray, levels: Collection[int], bounded: Collection[int] = (), firms: Any = 1) -> np.ndarray:
    """(...) numbers of values -> (..., levels + 2 * bounded): a hundred times the ranks at which ``quantiles`` are.

    The ``firms`` of a class share the luck of their world: as if they all were alike, so many values say no more than
    one.
    """
    trials = total // firms
    ranks = [bound for level in bounded for bound in rank_bounds(trials, level / 100)]
    weight = np.divide(total, trials, out=np.zeros(total.shape), where=trials > 0)
    return np.stack([*(total * float(level) for level in levels), *(100 * rank * weight for rank in ranks)], axis=-1)


def _in_order(histogram: np.ndarray, seen: np.ndarray, quantity: Quantity, hundredths: np.ndarray) -> np.ndarray:
    """The values at ranks in ascending order, of which ``hundredths`` (..., ranks) are a hundred times as many."""
    bins = histogram.shape[-1]
    low, high = bin_bounds(quantity, bins)
    below = histogram.reshape(-1, bins).cumsum(axis=1, dtype=np.int64)
    total = below[:, -1]
    lowest, highest = seen.reshape(-1, 2).T
    over, under = highest > high[-1], lowest < low[0]
    several = lowest < highest
    rows = np.arange(total.size)
    ranks = hundredths.reshape(total.size, hundredths.shape[-1])
    found = np.full(ranks.shape, np.nan)
    apart = rows * (100 * int(total.max(initial=0)) + 1)  # keeps each row's sums above those of the rows before
    ascending = (100 * below + apart[:, None]).ravel()
    for column, rank in enumerate(ranks.T):
        reached = np.ceil(np.nan_to_num(rank)).astype(np.int64)  # sums are whole: less than a rank is less than this
        at = np.minimum(np.searchsorted(ascending, reached + apart) - bins * rows, bins - 1)
        before = np.where(at > 0, below[rows, at - 1], 0)
        inside = (rank / 100 - before) / np.maximum(below[rows, at] - before, 1)
        value = low[at] + inside * (high[at] - low[at])
        if quantity.grid == LOG:
            value = np.where(at == HALF, 0.0, value)
            beyond = (over & (at >= BINS - 1)) | (under & (at == 0))
            value = np.where(beyond & several, np.nan, value)
        elif quantity.grid == SHARE:
            value = at / (BINS - 1)
        known = (total > 0) & ~np.isnan(rank)
        found[:, column] = np.where(known, np.clip(value, lowest, highest), np.nan)
    return found.reshape(hundredths.shape)


def landscape_frame(scenario: Scenario, histograms: np.ndarray, seen: np.ndarray) -> Any:
    """landscape.csv from (len(LANDSCAPE), ticks + 1, bins) counts; months without an observation are left out.

    month, date, quantity, then the quantiles, then the low and high bound of each, 95%.
    """
    import pandas as pd

    dates, levels = dates_of(scenario), QUANTILE_LEVELS.values()
    frames = []
    for quantity, histogram, limits in zip(LANDSCAPE, histograms, seen, strict=True):
        months = np.flatnonzero(histogram.sum(axis=1))
        values = quantiles(histogram[months], limits[months], quantity, levels, levels)
        frame = pd.DataFrame(values, columns=LANDSCAPE_CSV.names[3:])
        frame.insert(0, "month", months)
        frame.insert(1, "date", dates[months])
        frame.insert(2, "quantity", np.full(months.size, quantity.name, object))
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def paths_frame(
    scenario: Scenario, histograms: np.ndarray, seen: np.ndarray, quantities: Collection[str] | None = None
) -> Any:
    """paths.parquet from (series, len(PATHS), ticks + 1, BINS) counts; with ``quantities`` these alone.

    ``worlds`` counts the worlds in which the firm is active (for a class: the firms); quantiles are NaN where none.
    Of the bounds only those of the median are kept, or the file would be three times as large.
    What means nothing of a giant (``Quantity.of_giants``) has no rows of giants.
    """
    import pandas as pd

    months = scenario.ticks + 1
    frames = []
    for at, which in np.ndindex(len(scenario.firms), len(PATHS)):  # the sums of all firms at once would be large
        firm, quantity, counts = scenario.firms[at], PATHS[which], histograms[at, which]
        told = quantity.of_giants if quantities is None else quantity.name in quantities
        if not told and (quantities is not None or firm.kind == FIRM_KINDS[GIANT]):
            continue
        worlds = counts.sum(axis=1, dtype=np.int64)
        ranks = hundredths(worlds, PATH_LEVELS, (50,), max(firm.copies, 1))
        frames.append((firm.id, quantity.name, worlds, _in_order(counts, seen[at, which], quantity, ranks)))
    if not frames:
        return pd.DataFrame(columns=PATHS_PARQUET.names)
    columns: dict[str, Any] = {
        "firm": np.repeat(np.array([one[0] for one in frames], object), months),
        "quantity": np.repeat(np.array([one[1] for one in frames], object), months),
        "month": np.tile(np.arange(months), len(frames)),
    }
    columns |= {"date": dates_of(scenario)[columns["month"]], "worlds": np.concatenate([one[2] for one in frames])}
    columns |= zip(PATHS_PARQUET.names[5:], np.concatenate([one[3] for one in frames]).T, strict=True)
    return pd.DataFrame(columns)


def leaders_frame(scenario: Scenario, counts: np.ndarray, worlds: int) -> Any:
    """series, month, share: how often each series leads the general race, from (series, ticks + 1) counts."""
    import pandas as pd

    columns = combined(series=[firm.id for firm in scenario.firms], month=np.arange(counts.shape[1]))
    return pd.DataFrame(columns | {"share": counts.ravel() / worlds})
