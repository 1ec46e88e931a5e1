"""Worlds with the same draws and other luck, so that what is not known can be told from what is chance.

They have drawn the same as worlds of the scenario wherever a value is uncertain; all that happens by chance in their
months is drawn anew. They are ordinary blocks: kept, and found again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sim.archive import digest
from sim.scenario.grammar import MAX_SEED
from sim.scenario.model import Scenario

SEED_STEP = 0x9E3779B9  # from a scenario's seed to the other one, far from the seeds people count through
REPLICATED = 2048  # most worlds that are given other luck: a fifth of the 10,000 worlds of an ordinary run
# Worlds with other luck of each draw where few draws come back. Of 2,048 worlds pairs of 2,048 draws tell a spread of
# 10 points as 0 to 14, nine worlds of each of 256 as 7 to 12: where luck decides most, many pairs are worth more than
# many draws. With twice as many the larger spreads, of which there are few draws then, would be told less well.
LUCKS = 8


def other_seed(seed: int) -> int:
    """The seed of what is drawn anew."""
    return (seed + SEED_STEP) & MAX_SEED


def replicate_of(scenario: Scenario) -> Scenario:
    """The first worlds of ``scenario``, at most REPLICATED, with other luck: one for each."""
    return replace(scenario, worlds=min(scenario.worlds, REPLICATED), luck=other_seed(scenario.seed))


def few_draws_of(scenario: Scenario) -> Scenario:
    """As many worlds, in which the draws of the first worlds of ``scenario`` come back LUCKS times, with other luck."""
    again = replicate_of(scenario)
    return replace(again, draws=-(-again.worlds // LUCKS))


def kept(again: Scenario) -> dict[str, Any]:
    """What a manifest says of the worlds with other luck: their blocks, how many, their seed of luck, their draws."""
    return {"stem": digest.stem(again), "worlds": again.worlds, "luck": again.luck, "draws": again.draws}
