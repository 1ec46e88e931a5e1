"""What worlds with the same draws and other luck say: the spread between draws of every share that a run tells.

Half of the story is there in every run: how far a share could move with other luck (its interval). The other half, how
far it moves with other draws of what is uncertain, needs several worlds of each draw (between_draws.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from sim.engine.block import Block
from sim.engine.prepared import draws_of
from sim.outcomes.between_draws import Spread, Within, draw_sums, spread_of
from sim.outcomes.claims import TRUE, UNDECIDED, truths
from sim.outcomes.endgame import endgame_months
from sim.outcomes.fates import ALL_STATES, event_months, states_at
from sim.outcomes.index import members_of
from sim.outcomes.merging import Counts
from sim.outcomes.survival import Curve, left_by_world, times_of
from sim.scenario.model import Claim, Scenario

Counted = tuple[np.ndarray, np.ndarray]  # in every world Y and W of between_draws, each (worlds, ...)


class OtherLuck(Counts):
    """Worlds of the first ``draws`` draws of a scenario, each with several lucks.

    World k drew what world k modulo ``draws`` did: of a run its first worlds are taken, of the worlds with other luck
    all. Of a scenario in which nothing is uncertain every spread is zero, whatever worlds there are; else it is NaN
    where there are none with other luck. Merging is putting worlds behind one another, so it must be in their order.
    """

    SUMS = ("_states", "_times", "_truths", "_endgames")

    def __init__(self, scenario: Scenario, draws: int | None) -> None:
        self.scenario, self.draws = scenario, draws or 0
        self.certain = not draws_of(scenario)
        self._states: list[Any] = []
        self._times: list[Any] = []
        self._truths: list[Any] = []
        self._endgames: list[Any] = []

    def add(self, block: Block) -> None:
        """Add the worlds of a ``block`` of the run, as far as others have the same draws."""
        worlds = min(max(self.draws - block.first, 0), block.worlds)
        if worlds:
            self._add(block, worlds)

    def add_again(self, block: Block) -> None:
        """Add all worlds of a ``block`` with other luck, after those of the run, in order."""
        self._add(block, block.worlds)

    def merge(self, sums: Mapping[str, Any]) -> None:
        """Add worlds that come after those that are here."""
        for name in self.SUMS:
            getattr(self, name).extend(sums[name])

    def _add(self, block: Block, worlds: int) -> None:
        histories = block.histories[:worlds]
        self._states.append(states_at(event_months(histories), self.scenario.ticks))
        self._times.append(times_of(histories))
        self._endgames.append(endgame_months(block)[:worlds])
        self._truths.append({key: answer[:worlds] for key, answer in truths(block, self.scenario).items()})

    def _spreads(self, counted: Callable[[], Iterable[Counted]], within: Sequence[Within]) -> list[Spread]:
        """The spread of each of what is ``counted``, worked out for all at once; ``within`` is the interval of each."""
        shapes = [np.shape(low) for low, _ in within]
        if self.certain or not self._times:
            nothing = [np.full(shape, 0.0 if self.certain else np.nan) for shape in shapes]
            return [Spread(none, none, none) for none in nothing]
        sums = [draw_sums(*(_by_draw(one, self.draws) for one in both)) for both in counted()]
        bounds = [np.concatenate([np.ravel(bound) for bound in end]) for end in zip(*within, strict=True)]
        found = spread_of(np.concatenate([one.reshape(len(one), -1) for one in sums], axis=1), bounds)
        ends = np.cumsum([np.prod(shape, dtype=int) for shape in shapes])[:-1]
        split = zip(*(np.split(part, ends) for part in found), strict=True)
        return [Spread(*(part.reshape(shape) for part in parts)) for parts, shape in zip(split, shapes, strict=True)]

    def of_states(self, names: Sequence[str], within: Sequence[Within]) -> list[Spread]:
        """That of the share of worlds (of members) in each of ALL_STATES at the horizon, of firms, classes and groups.

        ``within`` are the intervals of these shares in the run, here and below.
        """

        def counted() -> Iterator[Counted]:
            for rows in (members_of(self.scenario, name) for name in names):
                parts = [[found[state][:, rows].sum(axis=1) for state in ALL_STATES] for found in self._states]
                yield (part := np.concatenate(parts, axis=1).T), np.full(part.shape, rows.size)

        return self._spreads(counted, within)

    def of_claims(self, claims: Sequence[Claim], within: Within) -> Spread:
        """That of the probability of each of ``claims`` (or facts), over the worlds that ask for it."""

        def counted() -> Iterator[Counted]:
            keys = [(claim.id, claim.happened is not None) for claim in claims]
            answer = np.concatenate([np.stack([found[key] for key in keys], axis=1) for found in self._truths])
            yield answer == TRUE, answer != UNDECIDED

        return self._spreads(counted, [within])[0]

    def of_endgame(self, within: Within) -> Spread:
        """That of the share of worlds that reached the endgame by month, each (ticks + 1,)."""

        def counted() -> Iterator[Counted]:
            part = np.concatenate(self._endgames)[:, None] <= np.arange(self.scenario.ticks + 1)
            yield part, np.ones((len(part), 1), bool)

        return self._spreads(counted, [within])[0]

    def of_curves(self, curves: Sequence[Curve], within: Sequence[Within]) -> list[Spread]:
        """That of survival curves by month, each (months + 1,), over the worlds in which a curve follows somebody."""

        def counted() -> Iterator[Counted]:
            for curve in curves:
                sizes, lefts = zip(*(left_by_world(curve, times) for times in self._times), strict=True)
                yield np.concatenate(lefts), np.concatenate(sizes)[:, None]

        return self._spreads(counted, within)


def _by_draw(worlds: np.ndarray, draws: int) -> np.ndarray:
    """(worlds of a draw, draws, ...) from (worlds, ...) in order, world k of draw k modulo ``draws``; none is zero."""
    each = -(-len(worlds) // draws)
    filled = np.zeros((each * draws, *worlds.shape[1:]), worlds.dtype)
    filled[: len(worlds)] = worlds
    return filled.reshape(each, draws, *worlds.shape[1:])
