"""Everything that is said about a finished run, from its blocks, in one pass.

Counts are integers and merge exactly: results do not depend, to the last byte, on how worlds were cut into blocks or
who computed them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine.block import Block, add_clipped, wider
from sim.foundation.histograms import NOTHING_SEEN
from sim.outcomes.claims import LedgerCounts, claims_frame
from sim.outcomes.endgame import EndgameCounts, Share
from sim.outcomes.exits import ExitCounts
from sim.outcomes.fates import FateCounts
from sim.outcomes.headline import AmongListed, headline_frame
from sim.outcomes.other_luck import OtherLuck
from sim.outcomes.quantiles import landscape_frame, leaders_frame, paths_frame
from sim.outcomes.survival import SurvivalCounts
from sim.scenario.model import Scenario

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The tables of a run, with the columns of the interface. Intervals are 95% and pointwise.

    ``fates``, ``causes``, ``survival``, ``landscape``, ``endgame``, ``claims``, ``paths``: the files of these names
    ``facts``     as claims, with ``happened``
    ``headline``  one row per firm, class and group at the horizon (headline.py)
    ``leaders``   series, month, share of worlds in which a startup of the series leads the general race
    ``extinct``   share of worlds that ran out of startups before any endgame
    ``clipped``   path -> world-months in which an event's value was clipped at a bound
    """

    worlds: int
    fates: pd.DataFrame
    causes: pd.DataFrame | None
    survival: pd.DataFrame
    landscape: pd.DataFrame
    endgame: pd.DataFrame
    claims: pd.DataFrame
    facts: pd.DataFrame
    paths: pd.DataFrame
    headline: pd.DataFrame
    leaders: pd.DataFrame
    extinct: Share
    clipped: dict[str, int]


class _Sums:
    """What the pass over the worlds adds up."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.fates = FateCounts(scenario)
        self.exits = ExitCounts(scenario)
        self.among = AmongListed(scenario)
        self.ledger = LedgerCounts(scenario)
        self.survival = SurvivalCounts(scenario)
        self.endgame = EndgameCounts(scenario)
        self.paths: Any = 0
        self.paths_seen: Any = NOTHING_SEEN
        self.landscape: Any = 0
        self.landscape_seen: Any = NOTHING_SEEN
        self.leaders: Any = 0
        self.clipped: dict[str, int] = {}

    def add(self, block: Block) -> None:
        """Count the worlds of ``block`` too."""
        self.fates.add(block)
        self.exits.add(block)
        self.among.add(block)
        self.ledger.add(block)
        self.survival.add(block)
        self.endgame.add(block)
        self.paths = _add(self.paths, block.paths, self.scenario)
        self.paths_seen = wider(self.paths_seen, block.paths_seen)
        self.landscape = _add(self.landscape, block.landscape, self.scenario)
        self.landscape_seen = wider(self.landscape_seen, block.landscape_seen)
        self.leaders = _add(self.leaders, block.leaders, self.scenario)
        add_clipped(self.clipped, block)


def _add(total: Any, counts: np.ndarray, scenario: Scenario) -> np.ndarray:
    """``total`` plus ``counts``, from the second block on in place, in a type that holds all worlds of ``scenario``."""
    most = scenario.worlds * max(max(firm.copies, 1) for firm in scenario.firms)
    wide = np.dtype(np.uint32 if most < 1 << 32 else np.int64)
    if not isinstance(total, np.ndarray):  # the counts of an only block are read where they are
        return counts.copy() if counts.dtype == wide else counts
    summed: np.ndarray = total if total.dtype == wide else total.astype(wide)
    summed += counts
    return summed


def summarise(
    scenario: Scenario,
    blocks: Callable[[], Iterable[Block]],
    again: Callable[[], Iterable[Block]] = tuple,
    draws: int | None = None,
    paths: Collection[str] | None = None,
) -> Outcomes:
    """The outcomes of a run. ``blocks`` is called once and gives the blocks in order of worlds; so does ``again``, with
    the worlds with other luck in which the first ``draws`` draws come back (study/replicates.py), if there are any:
    without them no spread between draws is known. With ``paths`` only these quantities have quantiles by month.

    ValueError if there is no block.
    """
    sums, luck = _Sums(scenario), OtherLuck(scenario, draws)
    for block in blocks():
        sums.add(block)
        luck.add(block)
    for block in again():
        luck.add_again(block)
    worlds = sums.fates.worlds
    if not worlds:
        raise ValueError("no worlds to summarise")
    return Outcomes(
        worlds=worlds,
        fates=sums.fates.frame(),
        causes=sums.exits.frame(),
        survival=sums.survival.frame(luck.of_curve),
        landscape=landscape_frame(scenario, sums.landscape, sums.landscape_seen),
        endgame=sums.endgame.frame(luck.of_endgame),
        claims=claims_frame(scenario.claims, sums.ledger, of_claims=luck.of_claims),
        facts=claims_frame(scenario.facts, sums.ledger, facts=True, of_claims=luck.of_claims),
        paths=paths_frame(scenario, sums.paths, sums.paths_seen, paths),
        headline=headline_frame(scenario, sums.fates, sums.among, luck.of_states),
        leaders=leaders_frame(scenario, sums.leaders, worlds),
        extinct=sums.endgame.share_of(sums.endgame.extinct),
        clipped=sums.clipped,
    )
