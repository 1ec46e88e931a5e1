"""Replicates: the same worlds with other luck, so that what is not known can be told from what is chance.

World k of a replicate has drawn the same value as world k of the scenario wherever one is uncertain; all that happens
by chance in its months is drawn anew. Replicates are ordinary blocks: kept, and found again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sim.archive import digest
from sim.scenario.grammar import MAX_SEED
from sim.scenario.model import Scenario

SEED_STEP = 0x9E3779B9  # from a scenario's seed to the other one, far from the seeds people count through
# Most worlds that are given other luck. They are a fifth of the 10,000 worlds of an ordinary run, two whole blocks, and
# tell a spread of 10 to 20 points to within one point: more would cost as much as they are worth.
REPLICATED = 2048


def other_seed(seed: int) -> int:
    """The seed of what is drawn anew."""
    return (seed + SEED_STEP) & MAX_SEED


def replicate_of(scenario: Scenario) -> Scenario:
    """The first worlds of ``scenario``, at most REPLICATED, with other luck."""
    return replace(scenario, worlds=min(scenario.worlds, REPLICATED), luck=other_seed(scenario.seed))


def kept(replicate: Scenario) -> dict[str, Any]:
    """What a manifest says of the worlds with other luck: their blocks, how many they are, the seed of their luck."""
    return {"stem": digest.stem(replicate), "worlds": replicate.worlds, "luck": replicate.luck}
