"""One world told twice: replayed under two assumptions."""

from __future__ import annotations

from sim.engine.simulate import trace
from sim.scenario.model import Scenario
from sim.words.histories import Retold, told_twice


def retell(base: Scenario, variant: Scenario, world: int, firm: str) -> Retold:
    """Replay ``world`` of both scenarios, which must begin in the same month, and tell where they part.

    ``firm`` is the row the telling is about: a firm's id, or the first copy of a class.
    """
    return told_twice((base, variant), (trace(base, world), trace(variant, world)), firm)
