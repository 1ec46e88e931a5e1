"""The fixed grids of the monthly histograms: merging them is adding integers, in any order, exactly.

``log``    8 bins an octave from 1/16 to 2**20 of the scaled quantity, mirrored for negative values, one bin for
           what is nearer to zero. A quantile is interpolated in its bin: off by 12.5% of the value at the
           very most, by less than 3% nearly always (docs/scaling.md).
``count``  whole numbers 0, 1, 2, ...: exact up to 384, the last bin holds what is above.
``share``  0 to 1 in steps of 1/384.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sim.foundation.jit import law

SUB_BINS = 8
LOWEST_OCTAVE = -4
HIGHEST_OCTAVE = 20
HALF = (HIGHEST_OCTAVE - LOWEST_OCTAVE) * SUB_BINS  # 192 bins on each side of zero
BINS = 2 * HALF + 1
LOG, COUNT, SHARE = 0, 1, 2
# A float's own bits, from the top, are its octave and then its place within the octave: shifted, they count the bins.
BIN_BITS = 52 - (SUB_BINS.bit_length() - 1)
LOWEST_STEP = (1023 + LOWEST_OCTAVE) * SUB_BINS


class Quantity(NamedTuple):
    """What the recorder keeps: ``scale`` multiplies it before binning on a log grid.

    ``most`` is a cap on the quantity itself: no quantile is read above it, wherever its bin ends. ``of_giants`` is
    False for what means nothing of a giant, whose accounts are open: it is recorded of startups only.
    """

    name: str
    unit: str
    label: str
    grid: int
    scale: float = 1.0
    most: float = math.inf
    of_giants: bool = True


PATHS: tuple[Quantity, ...] = (
    Quantity("cash", "¤", "cash", LOG, of_giants=False),
    Quantity("runway", "months", "runway", LOG, most=120.0, of_giants=False),
    Quantity("value", "¤", "valuation", LOG, of_giants=False),
    Quantity("revenue", "¤ a month", "revenue", LOG, 10.0),
    Quantity("burn", "¤ a month", "net burn", LOG, 10.0, of_giants=False),
    Quantity("gap", "generations", "gap to the frontier", LOG, 1000.0),
    Quantity("talent", "index", "talent", LOG, 1000.0),
    Quantity("users", "million", "monthly active users", LOG, 10.0),
)
LANDSCAPE: tuple[Quantity, ...] = (
    Quantity("independents", "startups", "independent startups", COUNT),
    Quantity("general", "startups", "startups in the general race", COUNT),
    Quantity("concentration", "HHI", "concentration of revenue (HHI)", SHARE),
    Quantity("dry_powder", "¤", "dry powder", LOG),
    Quantity("venture_year", "¤", "venture money in the calendar year", LOG),
    Quantity("top_four_share", "share", "share of the four largest in the year's venture money", SHARE),
)
YEARLY = ("venture_year", "top_four_share")  # observed in December only


@law
def bin_of(x, grid, scale):  # type: ignore[no-untyped-def]
    """Index of the bin that holds ``x``, 0 to BINS - 1."""
    if grid == COUNT:
        return min(max(int(x), 0), BINS - 1)
    if grid == SHARE:
        return min(max(int(x * (BINS - 1) + 0.5), 0), BINS - 1)
    step = int(np.float64(abs(x) * scale).view(np.int64) >> BIN_BITS) - LOWEST_STEP
    if step < 0:
        return HALF
    step = min(step, HALF - 1)
    return HALF + 1 + step if x > 0.0 else HALF - 1 - step


def bin_bounds(quantity: Quantity) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper bound of every bin of ``quantity``, each (BINS,), in the quantity's own unit."""
    index = np.arange(BINS)
    if quantity.grid == COUNT:
        return index.astype(float), index.astype(float)
    if quantity.grid == SHARE:
        middle = index / (BINS - 1)
        return np.clip(middle - 0.5 / (BINS - 1), 0, 1), np.clip(middle + 0.5 / (BINS - 1), 0, 1)
    step = np.arange(HALF + 1)
    edge = 2.0 ** (LOWEST_OCTAVE + step // SUB_BINS) * (1 + (step % SUB_BINS) / SUB_BINS) / quantity.scale
    low = np.concatenate([-edge[:0:-1], [-edge[0]], edge[:-1]])
    high = np.concatenate([-edge[-2::-1], [edge[0]], edge[1:]])
    return low, high
