"""Where the time of a run goes: luck, each phase, recording, what is between them, statistics, and the page."""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

from sim.engine import calendar, recorder, simulate
from sim.engine.month import ORDER
from sim.scenario.model import Scenario
from tools.benchmarks.measure import NANO, seconds

PHASES = tuple(phase.name for phase in ORDER)
CALENDAR, REST = "calendar (SimPy)", "everything else"


class Clock:
    """Adds up the processor time of named parts."""

    def __init__(self) -> None:
        self.spent: defaultdict[str, float] = defaultdict(float)

    def timed(self, part: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """``work``, its time added to ``part``."""

        def timed_work(*arguments: Any, **named: Any) -> Any:
            began = time.process_time()
            try:
                return work(*arguments, **named)
            finally:
                self.spent[part] += time.process_time() - began

        return timed_work

    def run(self, start, ticks, moments, change, wake, phase, record):  # type: ignore[no-untyped-def]
        """calendar.run, its parts timed."""
        phases = {name: self.timed(name, phase) for name in PHASES}
        self.timed(CALENDAR, self._calendar)(
            start,
            ticks,
            moments,
            self.timed("dated changes", change),
            self.timed("luck", wake),
            lambda p, tick: phases[p.name](p, tick),
            self.timed("recording", record),
        )

    def __enter__(self) -> Clock:
        self._calendar = calendar.run
        self._patches = ExitStack()
        for place, name, work in (
            (calendar, "run", self.run),
            (simulate, "_start", self.timed("start of a block", simulate._start)),
            (simulate, "_opened", self.timed("start of a tile", simulate._opened)),
            (recorder.Recorder, "block", self.timed("closing the block", recorder.Recorder.block)),
        ):
            self._patches.enter_context(patch.object(place, name, work))
        return self

    def __exit__(self, *_error: object) -> None:
        self._patches.close()

    def parts(self, total: float) -> dict[str, float]:
        """Seconds by part, in the order of a run; the calendar without what it wakes, and what is left of ``total``."""
        woken = ("dated changes", "luck", *PHASES, "recording")
        spent = {part: self.spent[part] for part in ("start of a block", "start of a tile", *woken)}
        spent[CALENDAR] = self.spent[CALENDAR] - sum(self.spent[part] for part in woken)
        spent["closing the block"] = self.spent["closing the block"]
        spent[REST] = total - sum(spent.values())
        return spent


def where_time_goes(scenario: Scenario, worlds: int, repeats: int) -> dict[str, Any]:
    """Processor time by part of a block of ``worlds`` worlds (median of ``repeats``), of statistics and the page."""
    simulate.simulate(scenario, 0, 1)
    turns: list[dict[str, float]] = []
    for _ in range(repeats):
        with Clock() as clock:
            total = seconds(lambda: simulate.simulate(scenario, 0, worlds))
        turns.append(clock.parts(total))
    firm_months = worlds * scenario.ticks * sum(max(firm.copies, 1) for firm in scenario.firms)
    costs = {part: median(turn[part] for turn in turns) for part in turns[0]}
    whole = sum(costs.values())
    parts = {
        part: {"ns_per_firm_month": cost / firm_months * NANO, "share": cost / whole} for part, cost in costs.items()
    }
    return {"worlds": worlds, "parts": parts, "once": _afterwards(scenario, worlds)}


def _afterwards(scenario: Scenario, worlds: int) -> dict[str, float]:
    """Seconds of what comes after the simulation: statistics, and the page with its figures."""
    import sim
    from sim.outcomes.summary import summarise
    from sim.report.html.write import write

    block = simulate.simulate(scenario, 0, worlds)
    summarise(scenario, lambda: [block])
    spent = {f"statistics of {worlds:,} worlds": seconds(lambda: summarise(scenario, lambda: [block]))}
    run = sim.run(scenario, worlds=worlds, jobs=1)
    with tempfile.TemporaryDirectory() as folder:
        spent["the page and its plots"] = seconds(lambda: write(run, Path(folder)))
    return spent
