"""The claims ledger: in which share of worlds does each forecast come true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.engine.block import Block
from sim.outcomes.endgame import endgame_months
from sim.outcomes.fates import GENERAL, event_months
from sim.outcomes.intervals import of_worlds
from sim.outcomes.rows import groups_of, rows_of
from sim.scenario.model import Claim, Probe, Scenario


def holds(proposition: Mapping[str, Any], block: Block, scenario: Scenario) -> np.ndarray:
    """(worlds,) whether a validated ``proposition`` (scenario/proposition.py) is true in each world of ``block``.

    A comparison with a quantity that is not a number (the firm is not active then) is false.
    """
    return _truth(proposition, _Seen(block, scenario, event_months(block.histories)))


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

        found: np.ndarray = came("entered" if state in ("never_entered", "independent", GENERAL) else state)
        if state == "never_entered":
            found = ~found
        elif state == "independent":
            found = found & ~came("acquired") & ~came("closed")
        elif state == GENERAL:
            found = found & ~came("left")
        return found

    def probe(self, firm: str | None, quantity: str, month: int) -> np.ndarray:
        """(worlds,) the quantity at the end of the month."""
        found: np.ndarray = self.block.probes[:, self.scenario.probes.index(Probe(firm, quantity, month))]
        return found


def _truth(said: Mapping[str, Any], seen: _Seen) -> np.ndarray:
    if "not" in said:
        return ~_truth(said["not"], seen)
    if "all" in said:
        return np.asarray(np.all([_truth(part, seen) for part in said["all"]], axis=0))
    if "any" in said:
        return np.asarray(np.any([_truth(part, seen) for part in said["any"]], axis=0))
    if "endgame" in said:
        return np.asarray(endgame_months(seen.block) <= seen.tick(said["by"]))
    if "count" in said:
        return _counted(said, seen)
    if "quantity" in said or "market" in said:
        return _compared(said, seen)
    row = rows_of(seen.scenario).of_series(said["firm"])[0]
    return seen.state(said["fate"] if "fate" in said else said["milestone"], said["by"], row)


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


def _compared(said: Mapping[str, Any], seen: _Seen) -> np.ndarray:
    """A quantity above or below a number, or a multiple of itself at another date."""
    side = "above" if "above" in said else "below"
    firm, quantity, against = said.get("firm"), said.get("quantity", said.get("market")), said[side]
    value = seen.probe(firm, quantity, said["at"])
    if isinstance(against, Mapping):
        against = against["times"] * seen.probe(firm, quantity, against["at"])
    return np.asarray(value > against if side == "above" else value < against)


@dataclass
class LedgerCounts:
    """Claim or fact -> [worlds in which it holds, worlds that meet ``given``]: integers, merging is adding."""

    scenario: Scenario
    counts: dict[tuple[str, bool], np.ndarray] = field(default_factory=dict)

    def add(self, block: Block) -> None:
        """Count the worlds of ``block`` too."""
        seen = _Seen(block, self.scenario, event_months(block.histories))
        for claim in (*self.scenario.claims, *self.scenario.facts):
            true = _truth(claim.when, seen)
            asked = np.ones(block.worlds, bool) if claim.given is None else _truth(claim.given, seen)
            key = (claim.id, claim.happened is not None)
            self.counts[key] = self.counts.get(key, 0) + np.array([(true & asked).sum(), asked.sum()])


def claims_frame(claims: tuple[Claim, ...], ledger: LedgerCounts, facts: bool = False) -> Any:
    """claims.csv: claim, says, source, probability, low, high, worlds (that meet ``given``); facts: ``happened`` too.

    Probability is NaN where no world meets ``given``, its bounds where fewer than two do.
    """
    import pandas as pd

    counts = np.array([ledger.counts[c.id, facts] for c in claims], float).reshape(len(claims), 2)
    true, asked = counts[:, 0], counts[:, 1]
    probability = np.divide(true, asked, out=np.full(len(claims), np.nan), where=asked > 0)
    low, high = of_worlds(probability, asked)
    columns: dict[str, Any] = {name: np.array([getattr(c, n) for c in claims], object) for name, n in TEXTS.items()}
    columns |= {"probability": probability, "low": low, "high": high, "worlds": asked.astype(np.int64)}
    if facts:
        columns["happened"] = np.array([bool(c.happened) for c in claims], bool)
    return pd.DataFrame(columns)


TEXTS = {"claim": "id", "says": "says", "source": "source"}
