"""The claims ledger: in which share of worlds does each forecast come true.

In a world a proposition is true, false or undecided: undecided is what is said of a quantity that is missing there (the
firm is not active at that date, or it is a share of nothing). ``not`` leaves it undecided; ``all`` is false if one
part is false, ``any`` is true if one part is true, whatever is undecided beside it; else one undecided part leaves
them undecided (Kleene 1952, section 64). A world in which a claim is undecided does not count for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from sim.engine.block import Block
from sim.foundation.histograms import LANDSCAPE, SHARE
from sim.foundation.states import State
from sim.outcomes.endgame import endgame_months
from sim.outcomes.fates import event_months
from sim.outcomes.index import groups_of
from sim.outcomes.intervals import of_worlds
from sim.scenario.layout import layout_of
from sim.scenario.model import Claim, Probe, Scenario

TRUE, FALSE, UNDECIDED = 1, 0, -1


def holds(proposition: Mapping[str, Any], block: Block, scenario: Scenario) -> np.ndarray:
    """(worlds,) int8 what a validated ``proposition`` (scenario/proposition.py) is in each world: TRUE, ..."""
    return _coded(_truth(proposition, _Seen(block, scenario, event_months(block.histories))))


def truth(claim: Claim, block: Block, scenario: Scenario) -> np.ndarray:
    """(worlds,) int8 what ``claim`` is in each world: UNDECIDED also where ``given`` is not met, or undecided."""
    return _asked(claim, _Seen(block, scenario, event_months(block.histories)))


def can_be_undecided(claim: Claim) -> bool:
    """Whether there may be worlds in which ``claim`` is neither true nor false, by its form."""
    return claim.given is not None or _may_miss(claim.when)


def _may_miss(said: Mapping[str, Any]) -> bool:
    """Whether ``said`` speaks of a quantity that can be missing: one of a firm, or a share of a market."""
    parts = (said["not"],) if "not" in said else (*said.get("all", ()), *said.get("any", ()))
    is_share = any(quantity.name == said.get("market") and quantity.grid == SHARE for quantity in LANDSCAPE)
    return "quantity" in said or is_share or any(_may_miss(part) for part in parts)


class _Truth(NamedTuple):
    """What a proposition is in each world, (worlds,) bool each; where neither, it is undecided."""

    true: np.ndarray
    false: np.ndarray


def _known(true: Any) -> _Truth:
    """The truth of what can be told in every world."""
    return _Truth(np.asarray(true), ~np.asarray(true))


def _coded(said: _Truth) -> np.ndarray:
    return np.where(said.true, TRUE, np.where(said.false, FALSE, UNDECIDED)).astype(np.int8)


def _asked(claim: Claim, seen: _Seen) -> np.ndarray:
    answer = _coded(_truth(claim.when, seen))
    return answer if claim.given is None else np.where(_truth(claim.given, seen).true, answer, np.int8(UNDECIDED))


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a proposition looks at: a block's worlds."""

    block: Block
    scenario: Scenario
    months: Mapping[str, np.ndarray]

    def tick(self, month: int) -> int:
        """Tick of a calendar month."""
        return month - self.scenario.start + 1

    def state(self, state: str, month: int, rows: Any) -> np.ndarray:
        """Whether the firms in ``rows`` are in ``state`` at the end of ``month``, or reached that milestone by then."""
        tick = self.tick(month)

        def came(name: str) -> np.ndarray:
            return np.asarray(self.months[name][:, rows] <= tick)

        found: np.ndarray = came(
            "entered" if state in (State.NEVER_ENTERED, State.INDEPENDENT, State.IN_GENERAL_RACE) else state
        )
        if state == State.NEVER_ENTERED:
            found = ~found
        elif state == State.INDEPENDENT:
            found = found & ~came(State.ACQUIRED) & ~came(State.CLOSED)
        elif state == State.IN_GENERAL_RACE:
            found = found & ~came("left")
        return found

    def probe(self, firm: str | None, quantity: str, month: int) -> np.ndarray:
        """(worlds,) the quantity at the end of the month."""
        found: np.ndarray = self.block.probes[:, self.scenario.probes.index(Probe(firm, quantity, month))]
        return found


def _truth(said: Mapping[str, Any], seen: _Seen) -> _Truth:
    if "not" in said:
        part = _truth(said["not"], seen)
        return _Truth(part.false, part.true)
    if "all" in said:
        parts = [_truth(part, seen) for part in said["all"]]
        return _Truth(np.all([part.true for part in parts], axis=0), np.any([part.false for part in parts], axis=0))
    if "any" in said:
        parts = [_truth(part, seen) for part in said["any"]]
        return _Truth(np.any([part.true for part in parts], axis=0), np.all([part.false for part in parts], axis=0))
    if "endgame" in said:
        return _known(endgame_months(seen.block) <= seen.tick(said["by"]))
    if "count" in said:
        return _known(_counted(said, seen))
    if "quantity" in said or "market" in said:
        return _compared(said, seen)
    row = layout_of(seen.scenario).of_series(said["firm"])[0]
    return _known(seen.state(said["fate"] if "fate" in said else said["milestone"], said["by"], row))


def _counted(said: Mapping[str, Any], seen: _Seen) -> np.ndarray:
    """A number of firms in a state."""
    rows = groups_of(seen.scenario).get(said["count"]["of"], np.array([], int))
    number = seen.state(said["count"]["state"], said["at"], rows).sum(axis=1)
    if "at_least" in said:
        return np.asarray(number >= said["at_least"])
    if "at_most" in said:
        return np.asarray(number <= said["at_most"])
    low, high = said["between"]
    return np.asarray((number >= low) & (number <= high))


def _compared(said: Mapping[str, Any], seen: _Seen) -> _Truth:
    """A quantity above or below a number, or a multiple of itself at another date; undecided where one is missing."""
    side = "above" if "above" in said else "below"
    firm, quantity, against = said.get("firm"), said.get("quantity", said.get("market")), said[side]
    value = seen.probe(firm, quantity, said["at"])
    if isinstance(against, Mapping):
        against = against["times"] * seen.probe(firm, quantity, against["at"])
    true = np.asarray(value > against if side == "above" else value < against)
    return _Truth(true, ~true & ~np.isnan(value) & ~np.isnan(against))


@dataclass
class LedgerCounts:
    """Claim or fact -> [worlds in which it is true, worlds in which it is true or false]: merging is adding."""

    scenario: Scenario
    counts: dict[tuple[str, bool], np.ndarray] = field(default_factory=dict)

    def add(self, block: Block) -> None:
        """Count the worlds of ``block`` too."""
        seen = _Seen(block, self.scenario, event_months(block.histories))
        for claim in (*self.scenario.claims, *self.scenario.facts):
            answer = _asked(claim, seen)
            key = (claim.id, claim.happened is not None)
            self.counts[key] = self.counts.get(key, 0) + np.array([(answer == TRUE).sum(), (answer != UNDECIDED).sum()])


def claims_frame(claims: tuple[Claim, ...], ledger: LedgerCounts, facts: bool = False) -> Any:
    """claims.csv: claim, says, source, probability, low, high, worlds; facts: ``happened`` too.

    ``worlds`` are those that meet ``given`` and in which the claim is true or false. The probability is a share of
    them, NaN where there is none; its bounds are NaN where there are fewer than two.
    """
    import pandas as pd

    counts = np.array([ledger.counts[c.id, facts] for c in claims], float).reshape(len(claims), 2)
    true, asked = counts[:, 0], counts[:, 1]
    probability = np.divide(true, asked, out=np.full(len(claims), np.nan), where=asked > 0)
    low, high = of_worlds(probability, asked)
    columns: dict[str, Any] = {
        name: np.array([getattr(c, n) for c in claims], object) for name, n in CLAIM_TEXTS.items()
    }
    columns |= {"probability": probability, "low": low, "high": high, "worlds": asked.astype(np.int64)}
    if facts:
        columns["happened"] = np.array([bool(c.happened) for c in claims], bool)
    return pd.DataFrame(columns)


CLAIM_TEXTS = {"claim": "id", "says": "says", "source": "source"}
