"""Which worlds to tell: the one most like all others, and two that end as differently as can be."""

from __future__ import annotations

import numpy as np

from sim.foundation.columns import INDEPENDENT, MILESTONES, NEVER
from sim.outcomes.fates import event_months
from sim.outcomes.fates_turned import codes_of
from sim.outcomes.index import startups_of
from sim.scenario.model import Scenario

LOOKED_AT = 4096  # worlds
FATE_WEIGHT, MILESTONE_WEIGHT = 2, 1  # in the distance between two worlds, per startup that differs in it


def features(scenario: Scenario, histories: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How each world ends: (worlds, features) small whole numbers, and the weight of each feature.

    Per startup its terminal fate, and whether each milestone came by the horizon.
    """
    startups = startups_of(scenario)
    months = event_months(histories[:, startups])
    came = [months[name] <= scenario.ticks for name in MILESTONES]
    table = np.concatenate([histories["fate"][:, startups], *came], axis=1).astype(np.int8)
    weights = np.repeat([FATE_WEIGHT] + [MILESTONE_WEIGHT] * len(MILESTONES), len(startups))
    return table, weights


def distances(table: np.ndarray, weights: np.ndarray, index: int) -> np.ndarray:
    """(worlds,) weighted number of features in which each world differs from world ``index``."""
    return np.asarray((table != table[index]) @ weights)


def middling(histories: np.ndarray) -> np.ndarray:
    """(worlds,) True where as many startups are independent at the end as in the median world, and of these worlds
    where as many are so without having pivoted. ``histories`` (worlds, startups).

    Without it the most typical fate of each firm would make a world in which nearly everybody has that fate, and the
    number who are left is that of few worlds.
    """
    there = histories["fate"] == INDEPENDENT
    found = np.ones(len(histories), bool)
    for counts in (there.sum(axis=1), (there & (histories["pivot_month"] == NEVER)).sum(axis=1)):
        found &= counts == np.sort(counts[found])[found.sum() // 2]
    return found


def medoid(table: np.ndarray, weights: np.ndarray, ends: np.ndarray, among: np.ndarray) -> int:
    """The world with the least total distance to all worlds; of equals the one whose exits are nearest the medians.

    ``among`` (worlds,) are those to choose from; ``ends`` (worlds, startups) months of exit, the month after the
    horizon for who is left. No pairs are compared: the total follows from how many worlds have the same value in each
    feature.
    """
    alike = np.zeros(len(table), np.int64)
    for column, weight in zip(table.T, weights, strict=True):
        alike += weight * np.bincount(column, minlength=column.max(initial=0) + 1)[column]
    best = np.flatnonzero(among & (alike == alike[among].max()))
    off = np.abs(ends[best] - np.median(ends, axis=0)).sum(axis=1)
    return int(best[np.argmin(off)])


def typical_worlds(scenario: Scenario, histories: np.ndarray) -> list[int]:
    """Indices of up to three worlds of ``histories`` (worlds, firms): the medoid of the middling, the world farthest
    from it, and the one whose nearest of these two is farthest. Of equals the first; worlds that end alike are not told
    twice.
    """
    table, weights = features(scenario, histories)
    startups = startups_of(scenario)
    ends = np.minimum(histories["exit_month"][:, startups], scenario.ticks + 1)
    chosen = [medoid(table, weights, ends, middling(histories[:, startups]))]
    nearest = distances(table, weights, chosen[0])
    for _ in range(2):
        farthest = int(np.argmax(nearest))
        if nearest[farthest] == 0:
            break
        chosen.append(farthest)
        nearest = np.minimum(nearest, distances(table, weights, farthest))
    return chosen


def typical_of(scenario: Scenario, histories: np.ndarray, row: int) -> tuple[int, float]:
    """The index of a world that is typical for one firm, and the share of worlds in which it ends in that way.

    Of the worlds with its commonest fate, listings and pivots counted, the one whose last of these events comes in the
    median month; of equals the first.
    """
    codes = codes_of(histories, scenario.ticks)[:, row]
    commonest = int(np.bincount(codes).argmax())
    alike = np.flatnonzero(codes == commonest)
    own = histories[alike, row]
    last = np.zeros(len(alike), np.int64)
    for name in ("listing_month", "pivot_month", "exit_month"):
        last = np.maximum(last, np.where(own[name] <= scenario.ticks, own[name], 0))
    return int(alike[np.argsort(last, kind="stable")[len(alike) // 2]]), len(alike) / len(codes)
