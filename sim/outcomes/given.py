"""Worlds that agree with what is known, and what a block keeps of them.

Of a block that is cut down to some of its worlds all is known that is kept world by world: histories, endgame, events,
what claims ask for, and runway, cash and revenue at year ends. Its histograms cannot be cut: those of how many startups
are left are made anew from the histories, those of runway, cash and revenue at year ends alone, and the others are
empty. What they would say has no rows in the tables (``known_only``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine.block import Block
from sim.foundation.histograms import (
    BIN_BITS,
    HALF,
    LANDSCAPE,
    LOWEST_STEP,
    PATHS,
    Quantity,
    nothing_seen,
)
from sim.foundation.states import State
from sim.outcomes.claims import FALSE, TRUE, truth
from sim.outcomes.fates import by_month, counts_of, event_months
from sim.outcomes.index import startups_of
from sim.scenario.model import Claim, Scenario
from sim.scenario.year_ends import KEPT, firms_kept, year_ends

if TYPE_CHECKING:
    from sim.outcomes.summary import Outcomes

COUNTED_LEFT = {"independents": State.INDEPENDENT, "general": State.IN_GENERAL_RACE}  # of the landscape, of startups
PATH_NAMES = [quantity.name for quantity in PATHS]
LANDSCAPE_NAMES = [quantity.name for quantity in LANDSCAPE]


@dataclass(frozen=True, slots=True, kw_only=True)
class SomeWorlds(Block):
    """A block cut down to some of its worlds: ``numbers`` (worlds,) are the numbers they have in the run."""

    numbers: np.ndarray


def numbers_of(block: Block) -> np.ndarray:
    """(worlds,) the number of each world in the run: ``shakeout trace --world`` tells its story."""
    return block.numbers if isinstance(block, SomeWorlds) else np.arange(block.first, block.first + block.worlds)


def agreeing(known: Sequence[Claim], block: Block, scenario: Scenario) -> np.ndarray:
    """(worlds, known) flags: the world agrees with a fact as it happened, or has a claim come true. A world in which it
    is undecided does not.
    """
    each = [truth(one, block, scenario) == (FALSE if one.happened is False else TRUE) for one in known]
    return np.stack(each, axis=1) if each else np.ones((block.worlds, 0), bool)


def cut(blocks: Iterable[Block], flags: np.ndarray, scenario: Scenario) -> Iterator[Block]:
    """Of every block the worlds that have a flag; ``flags`` (worlds of the run,). Blocks without one are left out."""
    for block in blocks:
        mine = flags[block.first : block.first + block.worlds]
        if mine.any():
            yield cut_block(block, mine, scenario)


def cut_block(block: Block, flags: np.ndarray, scenario: Scenario) -> SomeWorlds:
    """``block`` with those of its worlds that have a flag, (worlds,)."""
    some = picked(block, flags)
    landscape, landscape_seen = _left_by_month(some.histories, block.landscape, scenario)
    paths, paths_seen = _at_year_ends(some.year_ends, block.paths, scenario)
    return replace(
        some,
        paths=paths,
        paths_seen=paths_seen,
        landscape=landscape,
        landscape_seen=landscape_seen,
        leaders=np.zeros_like(block.leaders),
    )


def picked(block: Block, flags: np.ndarray) -> SomeWorlds:
    """What is kept world by world of those worlds of ``block`` that have a flag, (worlds,); its histograms are still
    those of all.
    """
    numbers = np.flatnonzero(flags) + block.first
    return SomeWorlds(
        first=block.first,
        numbers=numbers,
        histories=block.histories[flags],
        endgame=block.endgame[flags],
        extinct=block.extinct[flags],
        events=block.events[np.isin(block.events["world"], numbers)],
        paths=block.paths,
        paths_seen=block.paths_seen,
        landscape=block.landscape,
        landscape_seen=block.landscape_seen,
        leaders=block.leaders,
        probes=block.probes[flags],
        year_ends=block.year_ends[flags],
    )


def _left_by_month(histories: np.ndarray, like: np.ndarray, scenario: Scenario) -> tuple[np.ndarray, np.ndarray]:
    """The landscape of some worlds: how many startups are left, counted by month; nothing else."""
    counts, seen = np.zeros_like(like), nothing_seen(like.shape[:2])
    startups = startups_of(scenario)
    months = event_months(histories[:, startups])
    came = {name: by_month(when.T, scenario.ticks) for name, when in months.items()}
    states = counts_of(came, len(startups))
    for name, state in COUNTED_LEFT.items():
        at, left = LANDSCAPE_NAMES.index(name), states[state]  # (worlds, ticks + 1)
        np.add.at(counts[at], (np.arange(left.shape[1])[None, :], left), 1)
        seen[at] = np.stack([left.min(axis=0), left.max(axis=0)], axis=-1)
    return counts, seen


def _at_year_ends(kept: np.ndarray, like: np.ndarray, scenario: Scenario) -> tuple[np.ndarray, np.ndarray]:
    """The paths of some worlds, of which Block.year_ends is ``kept``: runway, cash and revenue of single startups at
    year ends, nothing else.
    """
    counts, seen = np.zeros_like(like), nothing_seen(like.shape[:3])
    series = [firm.id for firm in scenario.firms]
    for date, month in enumerate(year_ends(scenario.start, scenario.end)):
        for place, firm in enumerate(firms_kept(scenario)):
            for column, name in enumerate(KEPT):
                values = kept[:, date, place, column].astype(float)
                values = values[~np.isnan(values)]
                if values.size:
                    at = (series.index(firm), PATH_NAMES.index(name), month - scenario.start + 1)
                    bins = bins_of(values, PATHS[at[1]])
                    counts[at] = np.bincount(bins, minlength=like.shape[-1])
                    seen[at] = values.min(), values.max()
    return counts, seen


def bins_of(values: np.ndarray, quantity: Quantity) -> np.ndarray:
    """Bins of finite ``values`` on the logarithmic grid of ``quantity``: histograms.bin_of of all at once."""
    steps = (np.abs(np.asarray(values, float)) * quantity.scale).view(np.int64) >> BIN_BITS
    steps = steps - LOWEST_STEP
    inside = np.minimum(steps, HALF - 1)
    return np.where(steps < 0, HALF, np.where(values > 0, HALF + 1 + inside, HALF - 1 - inside))


def known_only(scenario: Scenario, outcomes: Outcomes) -> Outcomes:
    """``outcomes`` of some worlds without the rows of what is not kept world by world."""
    paths = outcomes.paths
    ticks = [month - scenario.start + 1 for month in year_ends(scenario.start, scenario.end)]
    told = paths["firm"].isin(firms_kept(scenario)) & paths["quantity"].isin(KEPT) & paths["month"].isin(ticks)
    rows: Any = paths[told].reset_index(drop=True)
    return replace(outcomes, paths=rows, leaders=outcomes.leaders.iloc[:0], clipped={})
