"""The fixed grids of the monthly histograms: merging them is adding integers, in any order, exactly.

``log``    8 bins an octave from 2**-10 to 2**38 of the scaled quantity, mirrored for negative values, one bin for
           what is nearer to zero; the outermost bins hold what lies beyond. A quantile is interpolated in its bin: off
           by 12.5% of the value at the very most, by less than 3% nearly always (docs/scaling.md).
``count``  whole numbers 0, 1, 2, ..., one bin each: as many bins as the scenario has firms, and one more.
``share``  0 to 1 in steps of 1/768.

Beside each histogram stand the lowest and the highest value that were counted (``NOTHING_SEEN`` where none was), so
that no quantile is read outside the range that was seen. Merging them is taking the lower and the higher.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.foundation.branches import pick
from sim.foundation.jit import law

SUB_BINS = 8
LOWEST_OCTAVE = -10
HIGHEST_OCTAVE = 38  # beyond what any bound of an assumption leads to in a century of steady money
HALF = (HIGHEST_OCTAVE - LOWEST_OCTAVE) * SUB_BINS  # 384 bins on each side of zero
BINS = 2 * HALF + 1
LOG, COUNT, SHARE = 0, 1, 2
NOTHING_SEEN = (np.inf, -np.inf)  # lowest and highest of no value
# A float's own bits, from the top, are its octave and then its place within the octave: shifted, they count the bins.
BIN_BITS = 52 - (SUB_BINS.bit_length() - 1)
SIGN_BIT, MAGNITUDE = 63, 0x7FFFFFFFFFFFFFFF
LOWEST_STEP = (1023 + LOWEST_OCTAVE) * SUB_BINS


class Quantity(NamedTuple):
    """What the recorder keeps: ``scale`` multiplies it before binning on a log grid.

    ``of_giants`` is False for what means nothing of a giant, whose accounts are open: it is recorded of startups only.
    """

    name: str
    unit: str
    label: str
    grid: int
    scale: float = 1.0
    of_giants: bool = True


PATHS: tuple[Quantity, ...] = (
    Quantity("cash", "¤", "cash", LOG, of_giants=False),
    Quantity("runway", "months", "runway", LOG, of_giants=False),
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
QUANTITIES = {quantity.name: quantity for quantity in (*PATHS, *LANDSCAPE)}
YEARLY = ("venture_year", "top_four_share")  # observed in December only


@law
def is_observed(x, grid):  # type: ignore[no-untyped-def]
    """False for a share of nothing, which the market's row holds as 0: no share of something is 0."""
    return grid != SHARE or x > 0.0


@law
def log_bin(x, scale):  # type: ignore[no-untyped-def]
    """Index of the bin of the log grid that holds a finite ``x``; without a branch, for rows of worlds."""
    step = min(int(np.float64(abs(x) * scale).view(np.int64) >> BIN_BITS) - LOWEST_STEP, HALF - 1)
    return pick(step < 0, HALF, pick(x > 0.0, HALF + 1 + step, HALF - 1 - step))


@law
def in_order(bits):  # type: ignore[no-untyped-def]
    """The bits of a finite number as a whole number that is larger for a larger number; and back."""
    return bits ^ ((bits >> SIGN_BIT) & MAGNITUDE)


@law
def bin_of(x, grid, scale):  # type: ignore[no-untyped-def]
    """Index of the bin that holds ``x``, 0 to BINS - 1 (a count: any from 0); ValueError if ``x`` is not finite."""
    if x - x != 0.0:
        raise ValueError("what is not finite has no bin")
    if grid == COUNT:
        return int(x)
    if grid == SHARE:
        return min(max(int(x * (BINS - 1) + 0.5), 0), BINS - 1)
    return log_bin(x, scale)


def count_bins(firms: int) -> int:
    """Bins of the landscape of ``firms`` firms: every number of firms has one of its own."""
    return max(BINS, firms + 1)


def nothing_seen(shape: tuple[int, ...]) -> np.ndarray:
    """The lowest and highest value of nothing: (*shape, 2)."""
    seen = np.empty((*shape, 2))
    seen[...] = NOTHING_SEEN
    return seen


def counts_dtype(most: int) -> type[np.unsignedinteger[Any]]:
    """The smallest type that holds every count up to ``most``, the firms of a class in a whole block."""
    return np.uint16 if most <= np.iinfo(np.uint16).max else np.uint32


def bin_bounds(quantity: Quantity, bins: int = BINS) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper bound of every bin of ``quantity``, each (bins,), in the quantity's own unit.

    ``bins`` may be more than BINS in the landscape (``count_bins``); only counts reach them.
    """
    index = np.arange(bins)
    if quantity.grid == COUNT:
        return index.astype(float), index.astype(float)
    if quantity.grid == SHARE:
        middle = np.minimum(index / (BINS - 1), 1.0)
        return np.clip(middle - 0.5 / (BINS - 1), 0, 1), np.clip(middle + 0.5 / (BINS - 1), 0, 1)
    step = np.arange(HALF + 1)
    edge = 2.0 ** (LOWEST_OCTAVE + step // SUB_BINS) * (1 + (step % SUB_BINS) / SUB_BINS) / quantity.scale
    beyond = np.full(bins - BINS, edge[-1])
    low = np.concatenate([-edge[:0:-1], [-edge[0]], edge[:-1], beyond])
    high = np.concatenate([-edge[-2::-1], [edge[0]], edge[1:], beyond])
    return low, high
