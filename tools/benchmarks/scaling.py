"""Cost per firm-month against the number of worlds, firms and months, and what a second worker brings."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from statistics import median

from sim.archive.blocks import spans
from sim.engine.simulate import simulate
from sim.foundation.histograms import PATHS
from sim.outcomes.fates import FateCounts
from sim.scenario.model import Change, Firm, Scenario, Value
from sim.study import many_worlds
from sim.study.how import How
from sim.study.run import simulate as run_of
from tools.benchmarks.measure import NANO, seconds

SHORT_MONTHS = 24  # of the runs with many worlds
FIRMS = (5, 10, 20, 50, 100, 200, 500)
MONTHS = (12, 30, 60, 90, 180, 360)
FIRM_MONTHS = 400_000  # about as many are measured at a time along the axes of firms and months
LEAST_WORLDS = 256  # of many firms: a block of few worlds would be measured with all of its start
REPEATS = 3
WORKER_WORLDS = (16_384, 32_768)
# What has to grow with the number of firms for the industry to stay the same: markets, capital, and what firms are
# measured against.
GROW = (
    *(f"demand.{line}_{place}" for line in ("pool", "api", "projects", "vertical") for place in ("home", "abroad")),
    *(f"rounds.{name}" for name in ("inflow_hot", "inflow_normal", "inflow_cold", "powder_start", "powder_cap")),
    "marketing.pressure_ref",
    "scale.door_ref",
)
REVENUE = [quantity.name for quantity in PATHS].index("revenue")  # kept of every living firm, giants too
Row = dict[str, float | int]


def peak_megabytes() -> float:
    """Most memory this process has held, MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def of_months(scenario: Scenario, months: int) -> Scenario:
    """The scenario with another horizon, without claims and facts, which have dates of their own."""
    return replace(scenario, end=scenario.start + months - 1, probes=(), claims=(), facts=())


def _rows(scenario: Scenario) -> int:
    return sum(max(firm.copies, 1) for firm in scenario.firms)


def _grown(value: Value, times: float, low: float, high: float) -> Value:
    return Value(value.kind, tuple(min(max(number * times, low), high) for number in value.numbers))


def of_firms(scenario: Scenario, firms: int) -> Scenario:
    """``firms`` firms as two anonymous classes, startups and giants in the proportion that was, in markets to match."""
    from sim.laws.catalogue import ASSUMPTIONS

    giants = [firm for firm in scenario.firms if firm.kind == "giant"]
    startups = [firm for firm in scenario.firms if firm.kind != "giant"]
    some = max(round(firms * len(giants) / len(scenario.firms)), 1)

    def crowd(like: Firm, copies: int) -> Firm:
        return replace(like, id=f"{like.kind}s", name=like.kind, copies=copies, enters=scenario.start)

    assumptions = dict(scenario.assumptions)
    for name in GROW:
        path = f"assumptions.{name}"
        bounds = ASSUMPTIONS[path]
        assumptions[path] = _grown(assumptions[path], firms / len(scenario.firms), bounds.low, bounds.high)
    changes: tuple[Change, ...] = tuple(change for change in scenario.changes if not change.path.startswith("firms."))
    return replace(
        of_months(scenario, scenario.ticks),
        firms=(crowd(startups[0], firms - some), crowd(giants[0], some)),
        groups={},
        assumptions=assumptions,
        changes=changes,
    )


def against_worlds(scenario: Scenario, most: int) -> list[Row]:
    """Blocks made, counted and let go, 1,000 worlds to ``most``, with a short horizon."""
    short = of_months(scenario, SHORT_MONTHS)
    found: list[Row] = []
    worlds = 1000
    while worlds <= most:
        counts = FateCounts(short)

        def stream(counts: FateCounts = counts, worlds: int = worlds) -> None:
            for span in spans(worlds):
                counts.add(simulate(short, span.first, span.worlds))

        repeats = REPEATS if worlds < 10_000 else 1
        cost = median(seconds(stream) for _ in range(repeats)) / (worlds * short.ticks * _rows(short)) * NANO
        found.append({"worlds": worlds, "ns a firm-month": cost, "peak MB": peak_megabytes()})
        worlds *= 10
    return found


def against_firms(scenario: Scenario) -> list[Row]:
    """Industries of 5 to 500 firms; ``alive`` is the mean share of firms that are still there when a month ends."""
    found: list[Row] = []
    for firms in FIRMS:
        crowded = of_firms(scenario, firms)
        worlds = max(FIRM_MONTHS // (firms * crowded.ticks), LEAST_WORLDS)
        block = simulate(crowded, 0, worlds)
        alive = float(block.paths[:, REVENUE, 1:].sum()) / (worlds * firms * crowded.ticks)
        spent = median(seconds(lambda c=crowded, w=worlds: simulate(c, 0, w)) for _ in range(REPEATS))
        cost = spent / (worlds * firms * crowded.ticks) * NANO
        found.append({"firms": firms, "ns a firm-month": cost, "alive": alive, "ns a living firm-month": cost / alive})
    return found


def against_months(scenario: Scenario) -> list[Row]:
    """Horizons of a year and more."""
    found: list[Row] = []
    for months in MONTHS:
        long = of_months(scenario, months)
        worlds = max(FIRM_MONTHS // (months * _rows(long)), 2)
        spent = median(seconds(lambda s=long, w=worlds: simulate(s, 0, w)) for _ in range(REPEATS))
        found.append({"months": months, "ns a firm-month": spent / (worlds * months * _rows(long)) * NANO})
    return found


def against_workers(scenario: Scenario) -> list[Row]:
    """Whole runs by one worker and by two, in turns, wall-clock time; it takes a machine with two idle processors.

    ``times one worker`` is the median of turns; from the second turn on the workers are there already.
    """
    found: list[Row] = []
    for worlds in WORKER_WORLDS:
        many = many_worlds.with_worlds(scenario, worlds, None)
        walls: dict[int, list[float]] = {1: [], 2: []}
        for _ in range(REPEATS):
            for jobs, wall in walls.items():
                run = run_of(many, How(jobs=jobs))
                wall.append(float(run.manifest["timings"]["simulate_seconds"]))
        for jobs, wall in walls.items():
            times = median(one / this for one, this in zip(walls[1], wall, strict=True))
            found.append({"worlds": worlds, "workers": jobs, "seconds": median(wall), "times one worker": times})
    return found


def scaling(scenario: Scenario, most_worlds: int, say: Callable[[str], None]) -> dict[str, list[Row]]:
    """Everything, axis by axis; ``say`` is told what is being measured."""
    simulate(scenario, 0, 1)
    began = time.perf_counter()
    found: dict[str, list[Row]] = {}
    for axis, measure in (
        ("firms", lambda: against_firms(scenario)),
        ("months", lambda: against_months(scenario)),
        (f"worlds ({SHORT_MONTHS} months each)", lambda: against_worlds(scenario, most_worlds)),
        ("workers", lambda: against_workers(scenario)),
    ):
        say(f"measuring: {axis} ({time.perf_counter() - began:.0f} s so far)")
        found[axis] = measure()
    return found
