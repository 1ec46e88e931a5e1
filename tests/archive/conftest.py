"""A small block made up by hand, and a scenario that no file is needed for."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine.block import Block
from sim.foundation import histograms
from sim.foundation.columns import HISTORY_DTYPE, LOG_DTYPE
from sim.scenario.model import Change, Firm, Probe, Scenario, Value

TICKS, FIRMS = 5, 2


def _block(first: int = 0, worlds: int = 7, seed: int = 1) -> Block:
    generator = np.random.default_rng([seed, first, worlds])
    histories = np.zeros((worlds, FIRMS), HISTORY_DTYPE)
    histories["fate"] = generator.integers(0, 4, histories.shape)
    histories["exit_month"] = generator.integers(1, TICKS, histories.shape)
    histories["raised"] = generator.normal(size=histories.shape)
    events = np.zeros(3 * worlds, LOG_DTYPE)
    events["world"] = first + np.arange(len(events)) // 3
    events["value"] = generator.normal(size=len(events))
    paths = np.zeros((FIRMS, len(histograms.PATHS), TICKS + 1, histograms.BINS), np.uint32)
    paths.ravel()[generator.integers(0, paths.size, 500)] = generator.integers(1, 100, 500)
    landscape = np.zeros((len(histograms.LANDSCAPE), TICKS + 1, histograms.BINS), np.uint32)
    landscape.ravel()[-1] = 100_000  # more than 16 bits hold, in the very last bin
    return Block(
        first=first,
        histories=histories,
        endgame=np.arange(worlds, dtype=np.int32),
        extinct=np.full(worlds, 3, np.int32),
        events=events,
        paths=paths,
        paths_seen=generator.normal(size=(*paths.shape[:3], 2)),
        landscape=landscape,
        landscape_seen=generator.normal(size=(*landscape.shape[:2], 2)),
        leaders=generator.integers(0, worlds, (FIRMS, TICKS + 1)).astype(np.uint32),
        probes=generator.normal(size=(worlds, 2)),
        year_ends=generator.normal(size=(worlds, 2, 1, 3)).astype(np.float32),
        clipped={"firms.a.cash": 3},
    )


@pytest.fixture
def make_block():
    return _block


@pytest.fixture
def scenario() -> Scenario:
    values = {"cash": Value("number", (100.0,)), "burn_month": Value("uniform", (1.0, 2.0), "S1", "a note")}
    firms = (
        Firm("a", "Alpha", "startup", 24282, None, None, 0, values),
        Firm("b", "<script>", "giant", None, None, None, 0, values),
    )
    return Scenario(
        name="small",
        title="A small one",
        description="",
        currency="RMB million",
        start=24282,
        end=24286,
        worlds=10,
        seed=7,
        firms=firms,
        groups={"all": ("a", "b")},
        assumptions={"assumptions.burn.on": Value("number", (1.0,))},
        changes=(Change("assumptions.burn.on", 24283, None, "set", Value("number", (0.0,)), "events.e", "S2"),),
        claims=(),
        facts=(),
        probes=(Probe("a", "cash", 24283),),
        given=frozenset({"worlds"}),
        resolved={"name": "small", "worlds": 10},
    )
