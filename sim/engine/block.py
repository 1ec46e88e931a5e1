"""What one block of worlds leaves behind: the unit of storing, resuming and sharing out work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from functools import reduce
from typing import Any

import numpy as np

BLOCK_WORLDS = 1024


@dataclass(frozen=True, slots=True)
class Block:
    """Everything that is kept of the worlds ``first`` to ``first + worlds - 1``. Firms are in the order of the file.

    ``histories``  (worlds, firms) columns.HISTORY_DTYPE; months are ticks, columns.NEVER = it never came;
                   ``cause`` is that of the event in ``events`` that ended the firm
    ``endgame``    (worlds,) int32, first tick of the endgame or NEVER
    ``extinct``    (worlds,) int32, first tick without an independent startup or NEVER
    ``events``     (events,) columns.LOG_DTYPE sorted by world, then in the order they happened
    ``paths``      (series, len(PATHS), ticks + 1, BINS) counts, worlds (for a class: firms) a bin (histograms.py);
                   month 0 is the opening state; only firms that are active (entered, not gone) count
    ``paths_seen`` (series, len(PATHS), ticks + 1, 2) float64, the lowest and the highest value that were counted
    ``landscape``  (len(LANDSCAPE), ticks + 1, count_bins(firms)) counts, ``landscape_seen`` as for paths
    ``leaders``    (series, ticks + 1) counts, worlds in which a startup of the series leads the general race
    ``probes``     (worlds, probes) float64, the quantities that claims ask for (scenario.Probe), in their order
    ``year_ends``  (worlds, dates, startups, quantities) float32, as scenario/year_ends.py has them; NaN: not active
    ``clipped``    path -> how many world-months an event's value was clipped at a bound
    """

    first: int
    histories: np.ndarray
    endgame: np.ndarray
    extinct: np.ndarray
    events: np.ndarray
    paths: np.ndarray
    paths_seen: np.ndarray
    landscape: np.ndarray
    landscape_seen: np.ndarray
    leaders: np.ndarray
    probes: np.ndarray
    year_ends: np.ndarray
    clipped: dict[str, int] = field(default_factory=dict)

    @property
    def worlds(self) -> int:
        """Number of worlds in the block."""
        return int(self.histories.shape[0])


OF_WORLDS = ("histories", "endgame", "extinct", "events", "probes", "year_ends")  # what follows one after the other
COUNTED = ("paths", "landscape", "leaders")
SEEN = ("paths_seen", "landscape_seen")


def merged(blocks: Sequence[Block]) -> Block:
    """``blocks`` that follow one another as one block: the same as if its worlds had been simulated in one go.

    Counts are kept in a type that holds those of all.
    """
    if len(blocks) == 1:
        return blocks[0]
    clipped: dict[str, int] = {}
    for block in blocks:
        add_clipped(clipped, block)
    return Block(
        first=blocks[0].first,
        clipped=clipped,
        **{name: np.concatenate([getattr(block, name) for block in blocks]) for name in OF_WORLDS},
        **{name: _added([getattr(block, name) for block in blocks]) for name in COUNTED},
        **{name: reduce(wider, [getattr(block, name) for block in blocks]) for name in SEEN},
    )


def _added(counts: Sequence[np.ndarray]) -> np.ndarray:
    """The sum of ``counts``, at least as wide as they are."""
    most = sum(int(one.max(initial=0)) for one in counts)
    total = counts[0].astype(np.promote_types(counts[0].dtype, np.min_scalar_type(most)))
    for one in counts[1:]:
        total += one
    return total


def wider(one: Any, other: np.ndarray) -> np.ndarray:
    """The range seen in either: (..., 2) lowest and highest."""
    low, high = (np.asarray(one)[..., side] for side in (0, 1))
    return np.stack([np.minimum(low, other[..., 0]), np.maximum(high, other[..., 1])], axis=-1)


def add_clipped(total: dict[str, int], block: Block) -> None:
    """Add the world-months of ``block`` in which a value was clipped to those of ``total``, by path."""
    for path, months in block.clipped.items():
        total[path] = total.get(path, 0) + months


def histories_alone(block: Block) -> Block:
    """``block`` without the counts of months, most of its bytes: what differences and life stories read is left."""
    nothing = {name: getattr(block, name)[:0] for name in (*COUNTED, *SEEN)}
    return replace(block, **nothing)


def size_of(block: Block) -> int:
    """Bytes of its arrays."""
    return sum(one.nbytes for f in fields(block) if isinstance(one := getattr(block, f.name), np.ndarray))
