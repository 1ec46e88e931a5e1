"""The claims ledger: in which share of worlds does each forecast come true.

In a world a proposition is true, false or undecided: undecided is what is said of a quantity that is missing there (the
firm is not active at that date, or it is a share of nothing). ``not`` leaves it undecided; ``all`` is false if one
part is false, ``any`` is true if one part is true, whatever is undecided beside it; else one undecided part leaves
them undecided (Kleene 1952, section 64). With one half for undecided, between false and true, that is 1 - x, the least
and the greatest. A world in which a claim is undecided does not count for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from sim.engine.block import Block
from sim.foundation.histograms import LANDSCAPE, SHARE
from sim.outcomes.amounts import amounts, gaps
from sim.outcomes.between_draws import Spread, Within, spread_columns
from sim.outcomes.endgame import endgame_months
from sim.outcomes.fates import event_months, states_at
from sim.outcomes.index import groups_of
from sim.outcomes.intervals import of_worlds
from sim.outcomes.merging import Counts
from sim.scenario.amount import firms_of_group
from sim.scenario.layout import layout_of
from sim.scenario.model import Claim, Scenario

TRUE, FALSE, UNDECIDED = 1.0, 0.0, 0.5


def truth(claim: Claim, block: Block, scenario: Scenario) -> np.ndarray:
    """(worlds,) what ``claim`` is in each world: TRUE, FALSE or UNDECIDED; undecided also where ``given`` fails."""
    return _Worlds(block, scenario, event_months(block.histories)).answer(claim)


def holds(proposition: Mapping[str, Any], block: Block, scenario: Scenario) -> np.ndarray:
    """(worlds,) the same of a validated ``proposition`` (scenario/proposition.py)."""
    return _Worlds(block, scenario, event_months(block.histories)).truth(proposition)


def can_be_undecided(claim: Claim) -> bool:
    """Whether there may be worlds in which ``claim`` is neither true nor false, by its form."""
    return claim.given is not None or _may_miss(claim.when)


def _may_miss(said: Mapping[str, Any]) -> bool:
    """Whether ``said`` speaks of a quantity that can be missing: one of a firm, or a share of a market."""
    parts = (said["not"],) if "not" in said else (*said.get("all", ()), *said.get("any", ()))
    is_share = any(quantity.name == said.get("market") and quantity.grid == SHARE for quantity in LANDSCAPE)
    return "quantity" in said or is_share or any(_may_miss(part) for part in parts)


@dataclass(frozen=True, slots=True)
class _Worlds:
    """What a claim is asked of: a block, with the months of its events."""

    block: Block
    scenario: Scenario
    months: Mapping[str, np.ndarray]

    def answer(self, claim: Claim) -> np.ndarray:
        """(worlds,) what ``claim`` is in each world."""
        answer = self.truth(claim.when)
        return answer if claim.given is None else np.where(self.truth(claim.given) == TRUE, answer, UNDECIDED)

    def truth(self, said: Mapping[str, Any]) -> np.ndarray:
        """(worlds,) what a validated proposition (scenario/proposition.py) is in each world."""
        if "not" in said:
            return np.asarray(1 - self.truth(said["not"]))
        if "all" in said:
            return np.asarray(np.min([self.truth(part) for part in said["all"]], axis=0))
        if "any" in said:
            return np.asarray(np.max([self.truth(part) for part in said["any"]], axis=0))
        if "quantity" in said or "market" in said:
            return self._compared(said)
        return np.where(self._told(said), TRUE, FALSE)

    def _told(self, said: Mapping[str, Any]) -> np.ndarray:
        """(worlds,) flags of a proposition that is true or false in every world."""
        if "endgame" in said:
            return np.asarray(endgame_months(self.block) <= self._tick(said["by"]))
        if "count" in said:
            number = self._counted(said)
            low, high = said.get("between", (said.get("at_least", 0), said.get("at_most", np.inf)))
            return np.asarray((number >= low) & (number <= high))
        if "among" in said or "leads" in said:
            return self._nearest(said)
        row = layout_of(self.scenario).of_series(said["firm"])[0]
        return self._state(said["fate"] if "fate" in said else said["milestone"], said["by"], row)

    def _counted(self, said: Mapping[str, Any]) -> np.ndarray:
        """(worlds,) the number of firms in a state, or of which a comparison is true."""
        of = said["count"]
        if "state" in of:
            rows = groups_of(self.scenario).get(of["of"], np.array([], int))
            return np.asarray(self._state(of["state"], said["at"], rows).sum(axis=1))
        each = {key: value for key, value in of.items() if key != "of"}
        firms = firms_of_group(of["of"], self.scenario)
        return np.asarray(np.sum([self._compared({"firm": firm, **each}) == TRUE for firm in firms], axis=0))

    def _nearest(self, said: Mapping[str, Any]) -> np.ndarray:
        """Whether a firm is one of those nearest to the frontier, or a group has the one that is nearest of all."""
        group = firms_of_group(said["leads"] if "leads" in said else said["of"], self.scenario)
        theirs = gaps(group, said["at"], self.block, self.scenario)
        if "among" in said:
            own = gaps((said["firm"],), said["at"], self.block, self.scenario)
            return np.asarray(np.isfinite(own[:, 0]) & ((theirs < own).sum(axis=1) < said["among"]))
        others = tuple(firm for firm in layout_of(self.scenario).singles if firm not in group)
        rest = gaps(others, said["at"], self.block, self.scenario).min(axis=1) if others else np.inf
        return np.asarray(theirs.min(axis=1) < rest)

    def _compared(self, said: Mapping[str, Any]) -> np.ndarray:
        """An amount above or below a number, or a multiple of itself over another span; undecided where one is
        missing.
        """
        side = "above" if "above" in said else "below"
        value, against = amounts(said, self.block, self.scenario), said[side]
        if isinstance(against, Mapping):
            who = {key: said[key] for key in ("firm", "of", "quantity", "market") if key in said}
            against = amounts({**who, **against}, self.block, self.scenario)
        true = value > against if side == "above" else value < against
        return np.where(np.isnan(value) | np.isnan(against), UNDECIDED, np.where(true, TRUE, FALSE))

    def _tick(self, month: int) -> int:
        """Tick of a calendar month."""
        return month - self.scenario.start + 1

    def _state(self, state: str, month: int, rows: Any) -> np.ndarray:
        """Whether the firms in ``rows`` are in ``state`` at the end of ``month``, or reached that milestone by then."""
        return states_at({name: when[:, rows] for name, when in self.months.items()}, self._tick(month))[state]


def truths(block: Block, scenario: Scenario) -> dict[tuple[str, bool], np.ndarray]:
    """Of every claim and fact, by id and whether it is a fact, (worlds,) what it is in each world."""
    worlds, asked = _Worlds(block, scenario, event_months(block.histories)), (*scenario.claims, *scenario.facts)
    return {(claim.id, claim.happened is not None): worlds.answer(claim) for claim in asked}


@dataclass
class LedgerCounts(Counts):
    """Claim or fact -> [worlds in which it is true, worlds in which it is true or false]."""

    SUMS: ClassVar[tuple[str, ...]] = ("counts",)
    scenario: Scenario
    counts: dict[tuple[str, bool], np.ndarray] = field(default_factory=dict)

    def add(self, block: Block) -> None:
        """Count the worlds of ``block`` too."""
        for key, answer in truths(block, self.scenario).items():
            self.counts[key] = self.counts.get(key, 0) + np.array([(answer == TRUE).sum(), (answer != UNDECIDED).sum()])


def claims_frame(
    claims: tuple[Claim, ...],
    ledger: LedgerCounts,
    facts: bool = False,
    of_claims: Callable[[Sequence[Claim], Within], Spread] | None = None,
) -> Any:
    """claims.csv: claim, says, source, probability, low, high, worlds; facts: ``happened`` too. With ``of_claims``,
    which gives the spread between draws of their probabilities, also sd, sd_low, sd_high.

    ``worlds`` are those that meet ``given`` and in which the claim is true or false. The probability is a share of
    them, NaN where there is none; its bounds are NaN where there are fewer than two.
    """
    import pandas as pd

    counts = np.array([ledger.counts[c.id, facts] for c in claims], float).reshape(len(claims), 2)
    true, asked = counts[:, 0], counts[:, 1]
    probability = np.divide(true, asked, out=np.full(len(claims), np.nan), where=asked > 0)
    low, high = of_worlds(probability, asked)
    columns: dict[str, Any] = {
        name: np.array([getattr(claim, attribute) for claim in claims], object)
        for name, attribute in (("claim", "id"), ("says", "says"), ("source", "source"))
    }
    columns |= {"probability": probability, "low": low, "high": high, "worlds": asked.astype(np.int64)}
    if facts:
        columns["happened"] = np.array([bool(c.happened) for c in claims], bool)
    if of_claims is not None:
        spread = of_claims(claims, (low, high)) if claims else Spread(low, low, high)
        columns |= spread_columns(Spread(*(np.where(asked > 0, part, np.nan) for part in spread)))
    return pd.DataFrame(columns)
