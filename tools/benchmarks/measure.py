"""How fast each implementation is: processor time on one core, taken in turns, compared pair by pair."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from statistics import median
from typing import Any
from unittest.mock import patch

import numpy as np

from sim.engine import luck
from sim.engine.simulate import simulate
from sim.scenario.model import Scenario
from tools.benchmarks.by_mesa import ByMesa
from tools.benchmarks.by_simpy import BySimPy
from tools.benchmarks.compared import AT_LEAST, ENGINE, FUSED, MESA, OWN_LUCK, PAIRS, SAYS, SIMPY
from tools.benchmarks.feed import Feed, by_engine, gather
from tools.benchmarks.fused import Fused

NANO = 1e9


@dataclass(frozen=True)
class Spread:
    """Median and range of repeated measurements."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of ``values``, at least one."""
        return cls(median(values), min(values), max(values))


def same_histories(scenario: Scenario, worlds: int, first: int = 0) -> str | None:
    """Whose history differs from the engine's, and where; None if all agree in every bit of every column.

    The worlds are told in full, so that every event any law can tell is compared too.
    """
    feed = gather(scenario, first, worlds, told=True)
    reference = by_engine(scenario, feed)
    for name, other in ((FUSED, Fused(feed, keep=True)), (SIMPY, BySimPy(feed)), (MESA, ByMesa(feed))):
        other.run()
        difference = reference.difference(other.ending())
        if difference is not None:
            return f"{name}: {difference}"
    return None


def _worlds_last(draws: np.ndarray) -> np.ndarray:
    """Draws (worlds, months, rows, purposes) as a tile has them, months first: (months, rows, purposes, worlds)."""
    return np.ascontiguousarray(np.moveaxis(draws, 0, -1))


def prefilled(feed: Feed) -> AbstractContextManager[Any]:
    """Inside, the engine copies its draws from ``feed`` instead of making them."""
    firms = _worlds_last(feed.luck.view("<f8").reshape(*feed.luck.shape, -1))
    market = _worlds_last(feed.chance.view("<f8").reshape(*feed.chance.shape, 1, -1))

    def fill(out, worlds, _seed, _keys, first_world, month, domain, _normal):  # type: ignore[no-untyped-def]
        draws = firms if domain == luck.FIRM_DOMAIN else market
        at = first_world - feed.first
        np.copyto(out[..., :worlds], draws[month - feed.problem.start, ..., at : at + worlds])

    return patch.object(luck, "fill", fill)


def seconds(work: Callable[[], Any]) -> float:
    """Processor time of this process that ``work`` takes."""
    began = time.process_time()
    work()
    return time.process_time() - began


class Contest:
    """All implementations on one scenario, ready to be measured in turns."""

    def __init__(self, scenario: Scenario, worlds: int, peer_worlds: int) -> None:
        self.scenario = scenario
        self.feed = gather(scenario, 0, worlds)
        self.peers = gather(scenario, 0, peer_worlds)

    def turn(self) -> dict[str, float]:
        """Nanoseconds of processor time per firm-month of every implementation, once."""
        feed, peers = self.feed, self.peers
        with prefilled(feed):
            engine = seconds(lambda: simulate(self.scenario, feed.first, feed.worlds))
        own = seconds(lambda: simulate(self.scenario, feed.first, feed.worlds))
        fused = seconds(Fused(feed).run)
        simpy = seconds(BySimPy(peers).run)
        mesa = seconds(ByMesa(peers).run)
        many, few = NANO / feed.firm_months, NANO / peers.firm_months
        return {ENGINE: engine * many, OWN_LUCK: own * many, FUSED: fused * many, SIMPY: simpy * few, MESA: mesa * few}


def compete(scenario: Scenario, worlds: int, peer_worlds: int, repeats: int) -> list[dict[str, float]]:
    """``repeats`` turns, after one that only warms up."""
    contest = Contest(scenario, worlds, peer_worlds)
    contest.turn()
    return [contest.turn() for _ in range(repeats)]


def as_data(turns: Sequence[dict[str, float]]) -> dict[str, Any]:
    """Speeds and ratios with their spreads; a ratio is taken within a turn, so that a busy machine does less harm."""
    speeds = {}
    for name, says in SAYS.items():
        cost = Spread.of([turn[name] for turn in turns])
        speeds[name] = {"says": says, "ns_per_firm_month": vars(cost), "firm_months_per_second": NANO / cost.median}
    ratios = []
    for slow, fast, target, sense in PAIRS:
        ratio = Spread.of([turn[slow] / turn[fast] for turn in turns])
        row: dict[str, Any] = {"of": slow, "to": fast, "ratio": vars(ratio)}
        if target is not None:
            reached = ratio.median >= target if sense == AT_LEAST else ratio.median <= target
            row |= {"target": f"{sense} {target:g}", "reached": reached}
        ratios.append(row)
    return {"speeds": speeds, "ratios": ratios}
