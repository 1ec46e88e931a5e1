"""Everything that is said about a finished run, from sums over its worlds.

Counts are integers and merge exactly: results do not depend, to the last byte, on how worlds were cut into blocks or
who computed them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.engine.block import Block
from sim.outcomes.claims import LedgerCounts, claims_frame
from sim.outcomes.endgame import EndgameCounts, Share
from sim.outcomes.exits import ExitCounts
from sim.outcomes.fates import FateCounts
from sim.outcomes.headline import AmongListed, headline_frame
from sim.outcomes.merging import Counts
from sim.outcomes.month_counts import MonthCounts
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


class Sums(Counts):
    """What the pass over the worlds adds up, with the worlds of the first ``draws`` draws for the spread between draws
    (other_luck.py). ``worlds``: how many are counted, if not all of the scenario.
    """

    SUMS = ("fates", "exits", "among", "ledger", "survival", "endgame", "months", "luck")

    def __init__(self, scenario: Scenario, draws: int | None = None, worlds: int | None = None) -> None:
        self.scenario = scenario
        self.fates = FateCounts(scenario)
        self.exits = ExitCounts(scenario)
        self.among = AmongListed(scenario)
        self.ledger = LedgerCounts(scenario)
        self.survival = SurvivalCounts(scenario)
        self.endgame = EndgameCounts(scenario)
        self.months = MonthCounts(scenario, worlds)
        self.luck = OtherLuck(scenario, draws)

    def add(self, block: Block) -> None:
        """Count the worlds of ``block`` too."""
        for name in self.SUMS:
            getattr(self, name).add(block)

    def sums(self) -> dict[str, Any]:
        """What ``merge`` takes."""
        return {name: getattr(self, name).sums() for name in self.SUMS}

    def merge(self, sums: Mapping[str, Any]) -> None:
        """Count the worlds behind ``sums`` too, those that come after the worlds counted so far."""
        for name in self.SUMS:
            getattr(self, name).merge(sums[name])


def summarise(
    scenario: Scenario,
    blocks: Callable[[], Iterable[Block]],
    again: Callable[[], Iterable[Block]] = tuple,
    draws: int | None = None,
    paths: Collection[str] | None = None,
) -> Outcomes:
    """The outcomes of a run from its worlds. ``blocks`` is called once and gives the blocks in order of worlds; so does
    ``again``, with the worlds with other luck in which the first ``draws`` draws come back (study/replicates.py), if
    there are any: without them no spread between draws is known. With ``paths`` only these quantities have quantiles by
    month.

    ValueError if there is no block.
    """
    sums = Sums(scenario, draws)
    for block in blocks():
        sums.add(block)
    for block in again():
        sums.luck.add_again(block)
    return outcomes_of(sums, paths)


def outcomes_of(sums: Sums, paths: Collection[str] | None = None) -> Outcomes:
    """The outcomes of the worlds behind ``sums``; ``paths`` as for ``summarise``. ValueError if there are none."""
    scenario, luck, months, worlds = sums.scenario, sums.luck, sums.months, sums.fates.worlds
    if not worlds:
        raise ValueError("no worlds to summarise")
    return Outcomes(
        worlds=worlds,
        fates=sums.fates.frame(),
        causes=sums.exits.frame(),
        survival=sums.survival.frame(luck.of_curves),
        landscape=landscape_frame(scenario, months.landscape, months.landscape_seen),
        endgame=sums.endgame.frame(luck.of_endgame),
        claims=claims_frame(scenario.claims, sums.ledger, of_claims=luck.of_claims),
        facts=claims_frame(scenario.facts, sums.ledger, facts=True, of_claims=luck.of_claims),
        paths=paths_frame(scenario, months.paths, months.paths_seen, paths),
        headline=headline_frame(scenario, sums.fates, sums.among, luck.of_states),
        leaders=leaders_frame(scenario, months.leaders, worlds),
        extinct=sums.endgame.share_of(sums.endgame.extinct),
        clipped=months.clipped,
    )
