"""The calendar: SimPy wakes every institution at its own rhythm, and each wake-up runs one compiled phase over a tile.

Phase k of month m fires at m + k/64. SimPy breaks ties by scheduling time, which would reorder the months in which
rhythms meet; distinct instants, exact in binary, keep the order written in month.py. Who wakes when is the same for
every tile of a scenario, so SimPy's clock runs once and the diary of it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from functools import lru_cache, partial
from typing import Any

import simpy

from sim.engine.month import DATED, ORDER, PARTS, RECORD, Phase
from sim.foundation.months import number_in_year

CHANGE, LUCK, *PHASES, END = range(len(ORDER) + 3)  # who wakes, in the order of a month
DIARIES_KEPT = 8


def wake_ups(start: int, ticks: int, months: tuple[int, ...]) -> list[int]:
    """Ticks whose calendar month is one of ``months``; tick 1 is calendar month ``start``."""
    return [tick for tick in range(1, ticks + 1) if number_in_year(start + tick - 1) in months]


def _institution(
    env: simpy.Environment, ticks: Iterable[int], k: int, who: int, diary: list[tuple[int, int]]
) -> Generator[Any, Any, None]:
    for tick in ticks:
        yield env.timeout(tick + k / PARTS - env.now)
        diary.append((who, tick))


@lru_cache(DIARIES_KEPT)
def _diary(start: int, ticks: int, moments: tuple[int, ...]) -> list[tuple[int, int]]:
    """Who wakes at which tick, in order."""
    env, diary, every = simpy.Environment(), list[tuple[int, int]](), range(1, ticks + 1)
    dated = [tick for tick in moments if 1 <= tick <= ticks]
    env.process(_institution(env, dated, DATED, CHANGE, diary))
    env.process(_institution(env, every, DATED, LUCK, diary))
    for who, phase in zip(PHASES, ORDER, strict=True):
        env.process(_institution(env, wake_ups(start, ticks, phase.months), phase.k, who, diary))
    env.process(_institution(env, every, RECORD, END, diary))
    env.run()
    return diary


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
    act: list[Callable[[int], None]] = [change, wake, *(partial(phase, p) for p in ORDER), record]
    for who, tick in _diary(start, ticks, tuple(moments)):
        act[who](tick)
