"""Worlds in which something is given beside all worlds: what is left of the worlds, what all say, how far apart.

The worlds left are among all worlds, so the two shares are not independent; those left and those set aside are. With n
of N worlds left, share - all = (1 - n/N) * (share - share of those set aside): its interval is that difference's
(Newcombe 1998), times 1 - n/N. Where no world is set aside it is 0 for certain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.archive.dictionary import BESIDE_CSV
from sim.engine.block import Block
from sim.outcomes.claims import LedgerCounts, claims_frame
from sim.outcomes.fates import ALL_STATES, FateCounts, reported
from sim.outcomes.intervals import newcombe
from sim.outcomes.merging import Counts
from sim.scenario.model import Scenario

if TYPE_CHECKING:
    from sim.outcomes.summary import Outcomes

ABOUT_FATE, ABOUT_CLAIM, ABOUT_FACT = "fate", "claim", "fact"  # what a row is about
COMES_TRUE = "true"  # quantity of a claim or fact
BETWEEN_PARTS = newcombe  # what intervals are made with, and named after (intervals.METHODS)
Told = tuple[float, float, float, int]  # a share, its bounds, and of how many worlds


class TrueAndFates(Counts):
    """Fates at the horizon, and which claims come true, of some worlds."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.fates, self.ledger = FateCounts(scenario), LedgerCounts(scenario)

    def add(self, block: Block) -> None:
        """Count the worlds of ``block`` too."""
        self.fates.add(block)
        self.ledger.add(block)

    def sums(self) -> dict[str, Any]:
        """What ``merge`` takes."""
        return {"fates": self.fates.sums(), "ledger": self.ledger.sums()}

    def merge(self, sums: Mapping[str, Any]) -> None:
        """Count the worlds behind ``sums`` too."""
        self.fates.merge(sums["fates"])
        self.ledger.merge(sums["ledger"])

    def of_fate(self, name: str, state: str) -> Told:
        if not self.fates.worlds:
            return (np.nan, np.nan, np.nan, 0)
        share, low, high = (float(part[-1]) for part in self.fates.incidence(name, state))
        return (share, low, high, self.fates.worlds)

    def of_claims(self, facts: bool) -> list[Told]:
        asked = self.scenario.facts if facts else self.scenario.claims
        if not self.fates.worlds:
            return [(np.nan, np.nan, np.nan, 0)] * len(asked)
        return _told(claims_frame(asked, self.ledger, facts))


def beside_frame(scenario: Scenario, left: Outcomes, every: TrueAndFates, aside: TrueAndFates) -> Any:
    """beside.csv: fates at the horizon, claims and facts in the worlds ``left``, in ``every`` world, and how far apart
    they are, from those that were set ``aside``.
    """
    import pandas as pd

    rows = [*_fates(scenario, left, every, aside), *_claims(scenario, left, every, aside)]
    return pd.DataFrame(rows, columns=BESIDE_CSV.names)


def _fates(scenario: Scenario, left: Outcomes, every: TrueAndFates, aside: TrueAndFates) -> Iterator[tuple[Any, ...]]:
    headline: Any = left.headline.set_index("firm")
    for name in reported(scenario):
        for state in ALL_STATES:
            share, low, high = (float(headline.at[name, f"{state}{end}"]) for end in ("", "_low", "_high"))
            mine = (share, low, high, left.worlds)
            yield ABOUT_FATE, name, state, *_row(mine, every.of_fate(name, state), aside.of_fate(name, state))


def _claims(scenario: Scenario, left: Outcomes, every: TrueAndFates, aside: TrueAndFates) -> Iterator[tuple[Any, ...]]:
    for about, stated, frame in (
        (ABOUT_CLAIM, scenario.claims, left.claims),
        (ABOUT_FACT, scenario.facts, left.facts),
    ):
        facts = about == ABOUT_FACT
        told = zip(stated, _told(frame), every.of_claims(facts), aside.of_claims(facts), strict=True)
        for claim, *parts in told:
            yield about, claim.id, COMES_TRUE, *_row(*parts)


def _told(frame: Any) -> list[Told]:
    """Every row of claims.csv or facts.csv."""
    columns = zip(*(frame[name] for name in ("probability", "low", "high", "worlds")), strict=True)
    return [(float(share), float(low), float(high), int(worlds)) for share, low, high, worlds in columns]


def _row(mine: Told, every: Told, aside: Told) -> tuple[Any, ...]:
    return (*mine, *every, *apart_of(mine, every, aside))


def apart_of(mine: Told, every: Told, aside: Told) -> tuple[float, float, float]:
    """How far the share of the worlds left is from that of all, with its interval."""
    if not aside[-1]:
        return (mine[0] - every[0],) * 3 if mine[-1] else (np.nan,) * 3
    part = aside[-1] / every[-1]
    one, other = ((np.array(told[1]), np.array(told[2])) for told in (mine, aside))
    low, high = BETWEEN_PARTS(mine[0], one, aside[0], other)
    return mine[0] - every[0], part * float(low), part * float(high)
