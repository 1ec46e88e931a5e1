"""Survival curves by the product-limit estimator, with pointwise 95% bands.

*independent* is neither closed nor acquired, *general* is still in the general race (also not pivoted).
Firms and fixed groups run on calendar time, from the month each entered; a firm that never enters contributes
nothing. Listed firms and pivoters run on a clock of their own that starts when they became so, are censored at the
horizon, and are at risk only while they are seen: a firm that was listed before the start enters late.
In a month, whoever entered or is censored in it is at risk in it.

The world is the sampling unit. One firm a world: Greenwood's variance, which without censoring is the binomial
one. Pooled firms share the luck of their world: the variance is the sum over worlds of the squared influence of
each world on log S (the sum of the influences of its firms; Therneau and Grambsch 2000), which needs a second pass
over the worlds. Both become a Wilson interval of the effective number of trials, so bounds stay within 0 and 1.

Where firms enter late the first months rest on a handful: the curve begins where the risk set holds at least the
root of the number of firms that ever enter it (Lai and Ying 1991), and is conditional on lasting to that month.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.engine.block import BLOCK_WORLDS
from sim.foundation.columns import NEVER, STARTUP
from sim.outcomes.intervals import effective_size, wilson
from sim.outcomes.rows import LISTED, PIVOTERS, groups_of, rows_of, single_firms, tick_text
from sim.scenario.model import Scenario

INDEPENDENT, GENERAL = "independent", "general"
CALENDAR = "calendar"
COLUMNS = ("group", "endpoint", "origin", "month", "date", "at_risk", "survival", "low", "high")
TEXTS = ("group", "endpoint", "origin", "date")
TIMES_DTYPE = np.dtype([(m, "<i4") for m in ("entry_month", "exit_month", "pivot_month", "listing_month")])
ORIGINS = {"listed": "listing_month", "pivoted": "pivot_month"}  # milestones that start a clock


@dataclass(frozen=True, slots=True)
class Curve:
    """One survival curve to estimate: whose, until what, since when."""

    group: str
    endpoint: str
    origin: str
    members: np.ndarray
    pooled: bool


@dataclass(frozen=True, slots=True)
class Spells:
    """Time at risk of every firm of a curve, all (worlds, members): clock months ``first`` to ``last`` inclusive.

    ``failed``: the spell ends in the event, else it is censored. ``first`` > ``last``: never at risk.
    """

    first: np.ndarray
    last: np.ndarray
    failed: np.ndarray


@dataclass
class RiskSet:
    """Integer sums over all worlds, by clock month: ``began`` and ``ended`` spells, ``failed`` among the ended."""

    began: np.ndarray
    ended: np.ndarray
    failed: np.ndarray

    @property
    def at_risk(self) -> np.ndarray:
        """Number at risk in each month."""
        at_risk: np.ndarray = self.began.cumsum() - self.ended.cumsum() + self.ended
        return at_risk

    @property
    def start(self) -> int:
        """First month with enough at risk to begin the curve."""
        at_risk = self.at_risk
        enough = min(math.sqrt(self.began.sum()), at_risk.max())
        return int(np.argmax(at_risk >= enough))

    def hazard(self) -> np.ndarray:
        """Share of those at risk that fail in each month; 0 before the curve begins and where nobody is at risk."""
        at_risk = self.at_risk
        counts = (np.arange(at_risk.size) >= self.start) & (at_risk > 0)
        return np.where(counts, self.failed / np.maximum(at_risk, 1), 0.0)


def curves_of(scenario: Scenario) -> list[Curve]:
    """Every curve of survival.csv, in the order of its rows."""
    kinds = rows_of(scenario).kinds
    groups = groups_of(scenario)
    fixed = [(firm, np.array([row]), False) for firm, row in single_firms(scenario).items()]
    fixed += [(group, members, True) for group, members in groups.items()]
    curves = [Curve(g, end, CALENDAR, rows, pooled) for g, rows, pooled in fixed for end in (INDEPENDENT, GENERAL)]
    startups = np.flatnonzero(kinds == STARTUP)
    if startups.size:
        curves += [Curve(LISTED, end, "listed", startups, True) for end in (INDEPENDENT, GENERAL)]
        curves += [Curve(PIVOTERS, INDEPENDENT, "pivoted", startups, True)]
    return curves


def spells_of(times: np.ndarray, endpoint: str, origin: str, ticks: int) -> Spells:
    """When each firm of ``times`` (worlds, members; TIMES_DTYPE) is at risk of leaving the state ``endpoint``."""
    entry = np.maximum(times["entry_month"], 0)
    event = times["exit_month"]
    if endpoint == GENERAL:
        event = np.minimum(event, times["pivot_month"])
    if origin == CALENDAR:
        zero, seen = np.zeros_like(entry), entry
        event = np.maximum(event, entry)  # who entered outside the general race has left it from the first
    else:
        zero = times[ORIGINS[origin]]
        seen = np.maximum(zero, entry)
    first, last = seen - zero, np.minimum(event, ticks) - zero
    absent = (seen > ticks) | (zero >= NEVER) | (event < seen)
    return Spells(np.where(absent, 1, first), np.where(absent, 0, last), (event <= ticks) & ~absent)


def count_spells(spells: Spells, length: int) -> RiskSet:
    """The sums over ``spells``, for clock months 0 to ``length`` or, where a clock ran before the start, beyond."""
    there = spells.first <= spells.last
    length = max(length, int(spells.last.max(initial=0)))
    began, ended, failed = (
        np.bincount(month[which], minlength=length + 1)
        for month, which in ((spells.first, there), (spells.last, there), (spells.last, spells.failed))
    )
    return RiskSet(began, ended, failed)


def merge(one: RiskSet, other: RiskSet) -> RiskSet:
    """The sums over the worlds of both."""
    length = max(one.began.size, other.began.size)
    pairs = ((one.began, other.began), (one.ended, other.ended), (one.failed, other.failed))
    return RiskSet(*(np.pad(a, (0, length - a.size)) + np.pad(b, (0, length - b.size)) for a, b in pairs))


def influence(spells: Spells, total: RiskSet) -> tuple[np.ndarray, np.ndarray]:
    """Influence of each world on log S, and how many firms it has at risk: both (worlds, months).

    d log S(t) = - sum over s <= t of (failures of the world - its number at risk * hazard) / (at risk - failures)
    """
    worlds, length = spells.first.shape[0], total.failed.size
    offset = (np.arange(worlds) * length)[:, None]

    def by_world(month: np.ndarray, which: np.ndarray) -> np.ndarray:
        slots = np.bincount((month + offset)[which], minlength=worlds * length)
        return slots.reshape(worlds, length)

    there = spells.first <= spells.last
    ended = by_world(spells.last, there)
    at_risk = (by_world(spells.first, there) - ended).cumsum(axis=1) + ended
    hazard, left = total.hazard(), total.at_risk - total.failed
    weight = np.where((hazard > 0) & (left > 0), 1.0 / np.maximum(left, 1), 0.0)
    step = by_world(spells.last, spells.failed) * weight - at_risk * (hazard * weight)
    return -step.cumsum(axis=1), at_risk


def greenwood(total: RiskSet) -> np.ndarray:
    """Variance of log S in each month where firms are independent (Greenwood 1926)."""
    hazard, left = total.hazard(), total.at_risk - total.failed
    step = np.where(left > 0, hazard / np.maximum(left, 1), 0.0)
    return step.cumsum()


def band(total: RiskSet, log_variance: np.ndarray, units: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Product-limit estimate and its pointwise bounds; ``units``: worlds with anybody at risk, in each month."""
    survival = np.cumprod(1.0 - total.hazard())
    size = effective_size(survival, survival**2 * log_variance, float(total.began.sum()), units)
    over = survival <= 0
    if over.any():  # all are gone: as many trials as the curve rested on until then
        inner = np.flatnonzero((survival > 0) & (survival < 1))
        size = np.where(over, size[inner[-1]] if inner.size else units[np.argmax(over)], size)
    return (survival, *wilson(survival, size))


def times_of(histories: np.ndarray) -> np.ndarray:
    """The months that curves need of HISTORY_DTYPE ``histories``, as TIMES_DTYPE of the same shape."""
    times = np.empty(histories.shape, TIMES_DTYPE)
    for name in TIMES_DTYPE.names or ():
        times[name] = histories[name]
    return times


def aligned(parts: Iterable[np.ndarray], worlds: int) -> Iterator[np.ndarray]:
    """``parts`` of worlds cut again into pieces of ``worlds``, however they were cut (the last is shorter).

    Sums of floats are made piece by piece, so that they do not depend on the blocks to the last bit.
    """
    held = np.empty(0)
    for part in parts:
        held = np.concatenate([held, part]) if len(held) else part
        whole = len(held) - len(held) % worlds
        yield from (held[first : first + worlds] for first in range(0, whole, worlds))
        held = held[whole:]
    if len(held):
        yield held


def count_curves(curves: list[Curve], ticks: int, times: np.ndarray) -> list[RiskSet]:
    """The sums over some worlds, for every curve."""
    return [count_spells(spells_of(times[:, c.members], c.endpoint, c.origin, ticks), ticks) for c in curves]


def spread(
    curves: list[Curve], totals: list[RiskSet], ticks: int, times: Iterable[np.ndarray]
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Second pass: for every curve the variance of log S, and the worlds with anybody at risk, by clock month."""
    found = [(greenwood(t), t.at_risk) if not c.pooled else (0.0, 0) for c, t in zip(curves, totals, strict=True)]
    pooled = [i for i, curve in enumerate(curves) if curve.pooled and totals[i].began.any()]
    if not pooled:
        return [(np.asarray(v), np.asarray(u)) for v, u in found]
    for piece in aligned(times, BLOCK_WORLDS):
        for i in pooled:
            curve = curves[i]
            spells = spells_of(piece[:, curve.members], curve.endpoint, curve.origin, ticks)
            effect, at_risk = influence(spells, totals[i])
            variance, units = found[i]
            found[i] = (variance + (effect * effect).sum(axis=0), units + (at_risk > 0).sum(axis=0))
    return [(np.asarray(v), np.asarray(u)) for v, u in found]


def survival_frame(
    scenario: Scenario, curves: list[Curve], totals: list[RiskSet], again: Callable[[], Iterable[np.ndarray]]
) -> Any:
    """survival.csv: group, endpoint, origin, month, date, at_risk, survival, low, high (see the module)."""
    import pandas as pd

    parts: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    spreads = spread(curves, totals, scenario.ticks, again())
    for curve, total, (variance, units) in zip(curves, totals, spreads, strict=True):
        at_risk = total.at_risk
        if not at_risk.any():
            continue
        last = scenario.ticks if curve.origin == CALENDAR else int(np.flatnonzero(at_risk)[-1])
        months = np.arange(total.start, last + 1)
        estimates = band(total, variance, units)
        dates = [tick_text(scenario, int(m)) if curve.origin == CALENDAR else "" for m in months]
        names = ([name] * months.size for name in (curve.group, curve.endpoint, curve.origin))
        values = (*names, months, dates, at_risk[months], *(e[months] for e in estimates))
        for name, value in zip(COLUMNS, values, strict=True):
            parts[name].append(value)
    joined = {name: np.concatenate(value) if value else np.array([]) for name, value in parts.items()}
    return pd.DataFrame({name: joined[name].astype(object) if name in TEXTS else joined[name] for name in COLUMNS})
