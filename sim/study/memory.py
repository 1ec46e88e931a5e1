"""How much memory a run will need, and how much there is: refused before it begins rather than ended by the system."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.engine.block import BLOCK_WORLDS
from sim.foundation.columns import HISTORY_DTYPE, LOG_DTYPE
from sim.foundation.errors import InputError
from sim.foundation.histograms import BINS, LANDSCAPE, PATHS, count_bins, counts_dtype
from sim.scenario.model import Scenario
from sim.scenario.year_ends import KEPT, firms_kept, year_ends

PROCESS_BYTES = 200 << 20  # Python, the libraries and the compiled laws, measured
EVENTS_A_FIRM_MONTH = 0.07  # milestones a firm tells in a month: 0.06 in the flagship, fewer in the other scenarios
EVENT_COPIES = 3  # as told, put together, and sorted by world
FILLED = 0.03  # share of bins that hold something: 2 to 3% in the shipped scenarios
PACKING_BYTES = 28  # indices, steps, counts and the compressed copy of a bin that holds something
SUM_BYTES = 4  # of a bin, of all worlds
PATH_BYTES = 240  # a row of paths.parquet while it is made
WARNED = 0.6  # share of the memory there is from which a run is warned of
MEMINFO, CGROUPS = Path("/proc/meminfo"), Path("/sys/fs/cgroup")
GROUP_LIMITS = (("memory.max", "memory.current"), ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"))


class Need(NamedTuple):
    """Bytes: of one process that computes blocks and adds them up, and of what merges their sums, in any process."""

    worker: int
    merging: int

    def of(self, workers: int) -> int:
        """What so many workers need at once, and what merges beside them."""
        return workers * self.worker + self.merging


def world_bytes(scenario: Scenario) -> int:
    """Bytes that a block has for each world: the histories of its firms, and their books at the ends of years."""
    firms = sum(max(firm.copies, 1) for firm in scenario.firms)
    kept = len(firms_kept(scenario)) * len(year_ends(scenario.start, scenario.end)) * len(KEPT)
    return firms * HISTORY_DTYPE.itemsize + kept * np.dtype(np.float32).itemsize


def need(scenario: Scenario) -> Need:
    """The memory that a run of ``scenario`` will need; an estimate, meant to be right within a third."""
    copies = [max(firm.copies, 1) for firm in scenario.firms]
    firms, months, worlds = sum(copies), scenario.ticks + 1, min(scenario.worlds, BLOCK_WORLDS)
    rows = len(scenario.firms) * len(PATHS) * months
    bins = rows * BINS + len(LANDSCAPE) * months * count_bins(firms)
    wide = np.dtype(counts_dtype(BLOCK_WORLDS * max(copies))).itemsize
    events = worlds * firms * months * EVENTS_A_FIRM_MONTH * LOG_DTYPE.itemsize
    block = bins * wide + 2 * 8 * rows + worlds * (world_bytes(scenario) + 8 * len(scenario.probes))
    more = max(FILLED * bins * PACKING_BYTES, bins * wide)  # to pack a block, or what it is added to
    worker = PROCESS_BYTES + block + more + EVENT_COPIES * events
    return Need(int(worker), int(SUM_BYTES * bins + rows * PATH_BYTES))


def available() -> int | None:
    """Bytes that processes may still take: of the machine, and of the container's limit; None where unknown."""
    found = [one for one in (_of_machine(), *map(_of_group, GROUP_LIMITS)) if one is not None]
    return min(found, default=None)


def _of_machine() -> int | None:
    try:
        lines = MEMINFO.read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, ValueError, StopIteration):
        return None


def _of_group(files: tuple[str, str]) -> int | None:
    try:
        limit, used = (int((CGROUPS / name).read_text(encoding="ascii")) for name in files)
    except (OSError, ValueError):  # no such group, or no limit ("max")
        return None
    return max(limit - used, 0)


def notice(scenario: Scenario, workers: int) -> str | None:
    """A sentence where a run of ``scenario`` comes near the memory there is. InputError where it needs more."""
    there = available()
    if there is None:
        return None
    workers = min(workers, -(-scenario.worlds // BLOCK_WORLDS))  # one block each
    needed = need(scenario)
    wanted, alone = needed.of(workers), needed.of(1)
    if alone > there:
        mend = "fewer firms that have a name (a class with `copies` is kept as one), fewer months, fewer --worlds"
        raise InputError(
            "the run needs more memory than there is",
            key=scenario.name,
            found=f"about {_gigabytes(alone)}",
            allowed=f"{_gigabytes(there)}: {mend}",
        )
    if wanted > there:
        raise InputError(
            f"{workers} workers need more memory than there is",
            key="--jobs",
            found=f"about {_gigabytes(wanted)}",
            allowed=f"{_gigabytes(there)}: at most --jobs {max((there - needed.merging) // needed.worker, 1)}",
        )
    if wanted > WARNED * there:
        return f"The run needs about {_gigabytes(wanted)} of memory, of {_gigabytes(there)} that are free."
    return None


def _gigabytes(number: int) -> str:
    return f"{number / (1 << 30):.1f} GB"
