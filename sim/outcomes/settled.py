"""Which claims are decided by a date: whatever may still happen after it, they come out one way.

Of every proposition the least and the most that it can still become are followed, in the numbers of claims.py (false 0,
undecided one half, true 1): where the two are equal it is decided. What is gone by the date comes back in no world, and
a milestone that was reached stays reached; anything else after the date counts as open, also what the rules would
hardly let happen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from sim.engine.block import Block
from sim.foundation.columns import MILESTONES
from sim.foundation.states import State
from sim.outcomes.claims import FALSE, TRUE, holds
from sim.outcomes.endgame import endgame_months
from sim.outcomes.fates import event_months, states_at
from sim.outcomes.index import groups_of
from sim.scenario.amount import firms_of_group
from sim.scenario.layout import layout_of
from sim.scenario.model import Claim, Scenario
from sim.scenario.proposition import last_month

FOR_GOOD = (State.ACQUIRED, State.CLOSED)


class Span(NamedTuple):
    """The least and the most that a proposition can still become in each world, (worlds,) or (worlds, firms) each."""

    low: np.ndarray
    high: np.ndarray


def is_decided(claim: Claim, block: Block, scenario: Scenario, month: int) -> np.ndarray:
    """(worlds,) whether it is known at the end of the calendar ``month`` how ``claim`` comes out.

    So it is too where ``given`` can no longer become true, and the world will not count.
    """
    worlds = _Worlds(block, scenario, month)
    when = worlds.span(claim.when)
    known = when.low == when.high
    if claim.given is not None:
        known = known | (worlds.span(claim.given).high < TRUE)
    return np.asarray(known)


@dataclass(frozen=True)
class _Worlds:
    """A block as it is known at the end of a calendar month."""

    block: Block
    scenario: Scenario
    month: int
    states: Mapping[str, np.ndarray] = field(init=False)

    def __post_init__(self) -> None:
        tick = self.month - self.scenario.start + 1
        object.__setattr__(self, "states", states_at(event_months(self.block.histories), tick))

    @property
    def gone(self) -> np.ndarray:
        """(worlds, firms) who is acquired or closed by then."""
        return np.asarray(self.states[State.ACQUIRED] | self.states[State.CLOSED])

    def span(self, said: Mapping[str, Any]) -> Span:
        """(worlds,) what a validated proposition (scenario/proposition.py) can still become."""
        if "not" in said:
            low, high = self.span(said["not"])
            return Span(1 - high, 1 - low)
        for form, least in (("all", np.minimum.reduce), ("any", np.maximum.reduce)):
            if form in said:
                parts = [self.span(part) for part in said[form]]
                return Span(least([part.low for part in parts]), least([part.high for part in parts]))
        if last_month(said) <= self.month:
            return self._as_it_ends(said, np.ones(self.block.worlds, bool))
        if "endgame" in said:
            begun = endgame_months(self.block) <= self.month - self.scenario.start + 1
            return Span(np.where(begun, TRUE, FALSE), np.full(begun.shape, TRUE))
        if "count" in said:
            return self._counted(said)
        if "fate" in said or "milestone" in said:
            rows = layout_of(self.scenario).of_series(said["firm"])
            low, high = self._later(said["fate"] if "fate" in said else said["milestone"], rows)
            return Span(low[:, 0].astype(float), high[:, 0].astype(float))
        return self._as_it_ends(said, self._no_more_of(said))

    def _as_it_ends(self, said: Mapping[str, Any], known: np.ndarray) -> Span:
        """What it comes out as where that is ``known``; open in other worlds."""
        truth = holds(said, self.block, self.scenario)
        return Span(np.where(known, truth, FALSE), np.where(known, truth, TRUE))

    def _no_more_of(self, said: Mapping[str, Any]) -> np.ndarray:
        """(worlds,) whether all firms that a quantity is asked of are gone, so that it changes no more."""
        if "market" in said:
            return np.zeros(self.block.worlds, bool)
        if "firm" in said:
            firms: tuple[str, ...] = (said["firm"],)
        else:
            firms = firms_of_group(said["leads"] if "leads" in said else said["of"], self.scenario)
        singles = layout_of(self.scenario).singles
        return np.asarray(self.gone[:, [singles[firm] for firm in firms]].all(axis=1))

    def _later(self, state: str, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(worlds, firms) whether firms must be, and whether they can be, in ``state`` at a later date."""
        now = {name: flags[:, rows] for name, flags in self.states.items()}
        gone = self.gone[:, rows]
        if state in FOR_GOOD:
            return now[state], now[state] | ~gone
        if state in MILESTONES:
            return now[state], now[state] | ~gone
        never = np.zeros(gone.shape, bool)
        if state == State.NEVER_ENTERED:
            return never, now[state]
        if state == State.INDEPENDENT:
            return never, ~gone
        return never, now[state] | now[State.NEVER_ENTERED]  # who left the general race does not come back

    def _counted(self, said: Mapping[str, Any]) -> Span:
        """A count at a later date, from the fewest and the most firms that can be in the state then."""
        of = said["count"]
        if "state" in of:
            rows = groups_of(self.scenario).get(of["of"], np.array([], int))
            must, can = self._later(of["state"], rows)
        else:
            each = {key: value for key, value in of.items() if key != "of"}
            spans = [self.span({"firm": firm, **each}) for firm in firms_of_group(of["of"], self.scenario)]
            must = np.stack([span.low == TRUE for span in spans], axis=1)
            can = np.stack([span.high == TRUE for span in spans], axis=1)
        fewest, most = must.sum(axis=1), can.sum(axis=1)
        low, high = said.get("between", (said.get("at_least", 0), said.get("at_most", np.inf)))
        sure, possible = (fewest >= low) & (most <= high), (most >= low) & (fewest <= high)
        return Span(sure.astype(float), possible.astype(float))
