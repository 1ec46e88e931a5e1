"""Finished runs made of known hazards, to check the statistics against what they must find."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from sim.engine.block import Block
from sim.foundation.causes import DISTRESSED, NO_CAUSE, OUT_OF_MONEY
from sim.foundation.columns import ACQUIRED, CLOSED, HISTORY_DTYPE, INDEPENDENT, LOG_DTYPE, NEVER, NOT_ENTERED
from sim.foundation.histograms import BINS, LANDSCAPE, PATHS, nothing_seen
from sim.scenario.model import Claim, Firm, Probe, Scenario, Value
from sim.scenario.year_ends import KEPT, firms_kept, year_ends

ENDS = (OUT_OF_MONEY, DISTRESSED)  # of those who close, of those who are bought
START = 2023 * 12 + 6  # July 2023


def firm(name: str, kind: str = "startup", copies: int = 0, **when: int) -> Firm:
    """A firm without values; ``when``: enters, listed, pivoted as calendar months."""
    return Firm(
        name, name.title(), kind, when.get("enters", START), when.get("listed"), when.get("pivoted"), copies, {}
    )


def chance(name: str, copies: int = 0) -> Firm:
    """A startup that enters by chance, from the second month on."""
    values = {"entry_hazard_month": Value("number", (0.1,))}
    return Firm(name, name.title(), "startup", START + 1, None, None, copies, values)


def scenario(
    firms: tuple[Firm, ...],
    ticks: int = 24,
    groups: Mapping[str, tuple[str, ...]] | None = None,
    claims: tuple[Claim, ...] = (),
    facts: tuple[Claim, ...] = (),
    probes: tuple[Probe, ...] = (),
    currency: str = "RMB million",
) -> Scenario:
    """A scenario of ``firms`` that runs ``ticks`` months from July 2023."""
    return Scenario(
        name="synthetic",
        title="Synthetic",
        description="",
        currency=currency,
        start=START,
        end=START + ticks - 1,
        worlds=1,
        seed=1,
        firms=firms,
        groups=groups or {},
        assumptions={},
        changes=(),
        claims=claims,
        facts=facts,
        probes=probes,
        given=frozenset(),
        resolved={},
    )


def still(worlds: int, firms: int) -> np.ndarray:
    """Histories in which every firm is there from the opening and nothing ever happens."""
    histories = np.zeros((worlds, firms), HISTORY_DTYPE)
    for name in ("exit_month", "pivot_month", "listing_month", "abandoned_month", "profitable_month"):
        histories[name] = NEVER
    histories["fate"] = INDEPENDENT
    histories["cause"] = NO_CAUSE
    return histories


def first_months(luck: np.random.Generator, hazard: float | np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Month of the first success, from 1, where each month succeeds with ``hazard``."""
    draws = luck.random(shape)
    months = np.ceil(np.log1p(-draws) / np.log1p(-np.broadcast_to(hazard, shape)))
    return np.clip(months, 1, NEVER).astype(np.int64)


def live(
    luck: np.random.Generator,
    worlds: int,
    firms: int,
    ticks: int,
    close: float | np.ndarray = 0.02,
    acquire: float = 0.01,
    listing: float = 0.01,
    pivot: float = 0.02,
    entry: np.ndarray | int = 0,
) -> np.ndarray:
    """Histories under constant monthly hazards from entry (``entry`` 0: from the opening)."""
    shape = (worlds, firms)
    entry = np.broadcast_to(np.asarray(entry), shape)
    closing, buying = first_months(luck, close, shape), first_months(luck, acquire, shape)
    out = np.where(entry < NEVER, np.maximum(entry, 0) + np.minimum(closing, buying), NEVER)
    out = np.where(out > ticks, NEVER, out)
    histories = still(worlds, firms)
    histories["entry_month"] = entry
    histories["exit_month"] = out
    histories["fate"] = np.where(out < NEVER, np.where(closing <= buying, CLOSED, ACQUIRED), INDEPENDENT)
    histories["fate"][entry > ticks] = NOT_ENTERED
    histories["cause"] = np.select([histories["fate"] == CLOSED, histories["fate"] == ACQUIRED], ENDS, NO_CAUSE)
    for name, hazard in (("listing_month", listing), ("pivot_month", pivot), ("profitable_month", 0.02)):
        when = np.maximum(entry, 0) + first_months(luck, hazard, shape)
        histories[name] = np.where((when <= ticks) & (when < out), when, NEVER)
    later = histories["listing_month"].astype(np.int64) + 6
    histories["abandoned_month"] = np.where((later <= ticks) & (later < out), later, NEVER)
    histories["rounds"] = luck.integers(0, 5, shape)
    histories["raised"] = luck.random(shape) * 1000
    histories["final_valuation"] = luck.random(shape) * 10000
    return histories


def kept_shape(question: Scenario) -> tuple[int, int, int]:
    """Dates, startups and quantities of ``year_ends``."""
    return len(year_ends(question.start, question.end)), len(firms_kept(question)), len(KEPT)


def block_of(question: Scenario, histories: np.ndarray, first: int = 0, **parts: Any) -> Block:
    """A block of these histories; the other parts are empty unless given."""
    worlds, months = histories.shape[0], question.ticks + 1
    series = len(question.firms)
    never = np.full(worlds, NEVER, np.int32)
    made: dict[str, Any] = {
        "endgame": never,
        "extinct": never,
        "events": np.zeros(0, LOG_DTYPE),
        "paths": np.zeros((series, len(PATHS), months, BINS), np.uint32),
        "paths_seen": nothing_seen((series, len(PATHS), months)),
        "landscape": np.zeros((len(LANDSCAPE), months, BINS), np.uint32),
        "landscape_seen": nothing_seen((len(LANDSCAPE), months)),
        "leaders": np.zeros((series, months), np.uint32),
        "probes": np.zeros((worlds, len(question.probes))),
        "year_ends": np.full((worlds, *kept_shape(question)), np.nan, np.float32),
    }
    return Block(first=first, histories=histories, **(made | parts))


def cut(
    question: Scenario, histories: np.ndarray, sizes: list[int], **vectors: np.ndarray
) -> Callable[[], list[Block]]:
    """The same worlds cut into blocks of ``sizes``; ``vectors`` (worlds, ...) are cut along.

    Histograms are made world by world from the histories, so that they too are cut.
    """
    blocks, first = [], 0
    for size in sizes:
        span = slice(first, first + size)
        parts = {name: vector[span] for name, vector in vectors.items()}
        blocks.append(block_of(question, histories[span], first, **histograms(question, histories[span]), **parts))
        first += size
    assert first == len(histories)
    return lambda: blocks


def histograms(question: Scenario, histories: np.ndarray) -> dict[str, np.ndarray]:
    """Histograms that depend on each world: a bin is chosen from its firms' months, the same every month."""
    series, months = len(question.firms), question.ticks + 1
    bins = (histories["exit_month"].sum(axis=1) % BINS).astype(int)
    one = np.bincount(bins, minlength=BINS).astype(np.uint32)
    seen = np.array([bins.min(initial=BINS), bins.max(initial=0)], float)
    return {
        "paths": np.broadcast_to(one, (series, len(PATHS), months, BINS)).copy(),
        "paths_seen": np.broadcast_to(seen, (series, len(PATHS), months, 2)).copy(),
        "landscape": np.broadcast_to(one, (len(LANDSCAPE), months, BINS)).copy(),
        "landscape_seen": np.broadcast_to(seen, (len(LANDSCAPE), months, 2)).copy(),
        "leaders": np.full((series, months), (bins % 7 == 0).sum(), np.uint32),
    }
