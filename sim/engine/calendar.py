"""The calendar: SimPy wakes every institution at its own rhythm, and each wake-up runs one compiled phase over a tile.

Phase k of month m fires at m + k/64. SimPy breaks ties by scheduling time, which would reorder the months in which
rhythms meet; distinct instants, exact in binary, keep the order written in month.py.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from functools import partial
from typing import Any

import simpy

from sim.engine.month import DATED, ORDER, PARTS, RECORD, Phase
from sim.foundation.months import number_in_year


def wake_ups(start: int, ticks: int, months: tuple[int, ...]) -> list[int]:
    """Ticks whose calendar month is one of ``months``; tick 1 is calendar month ``start``."""
    return [tick for tick in range(1, ticks + 1) if number_in_year(start + tick - 1) in months]


def _institution(
    env: simpy.Environment, ticks: Iterable[int], k: int, work: Callable[[int], None]
) -> Generator[Any, Any, None]:
    for tick in ticks:
        yield env.timeout(tick + k / PARTS - env.now)
        work(tick)


def run(
    start: int,
    ticks: int,
    moments: Iterable[int],
    change: Callable[[int], None],
    wake: Callable[[int], None],
    phase: Callable[[Phase, int], None],
    record: Callable[[int], None],
) -> None:
    """Run ``ticks`` months from calendar month ``start``.

    ``change(tick)`` is called at the ticks in ``moments`` before anything else happens in that month, ``wake(tick)``
    then draws the month's luck, ``phase(p, tick)`` runs every phase of month.ORDER at its rhythm, ``record(tick)``
    ends the month.
    """
    env = simpy.Environment()
    dated = [tick for tick in moments if 1 <= tick <= ticks]
    env.process(_institution(env, dated, DATED, change))
    env.process(_institution(env, range(1, ticks + 1), DATED, wake))
    for p in ORDER:
        env.process(_institution(env, wake_ups(start, ticks, p.months), p.k, partial(phase, p)))
    env.process(_institution(env, range(1, ticks + 1), RECORD, record))
    env.run()
