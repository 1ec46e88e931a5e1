"""What one block of worlds leaves behind: the unit of storing, resuming and sharing out work."""

from __future__ import annotations

from dataclasses import dataclass, field

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
