"""A shallow tree on the state of worlds at a date: in which of them does a claim come true later.

Half of the worlds grow it (CART, Breiman et al. 1984; each split by scikit-learn); the other half, which it has not
seen, says how often the claim comes true at every node and how well the tree tells worlds apart. Of all thresholds that
part the worlds nearly the same, the one with the fewest digits is taken.

A node is parted only where so large a difference is no chance: of all thresholds of a feature the best one is chosen
(Miller and Siegmund 1982 give the distribution of its chi-square), and of all features (Bonferroni's bound, as trees of
Hothorn, Hornik and Zeileis 2006 have it).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from sim.foundation.errors import InputError
from sim.outcomes.auc import A_COIN, auc
from sim.outcomes.drivers import FEWEST_EVENTS, LEVEL, Estimate
from sim.outcomes.intervals import of_worlds
from sim.outcomes.market_state import Feature

DEPTH = 3  # at most: eight leaves are what a reader can hold side by side
LEAF_WORLDS = 100  # of the half that grows the tree, at least: the share of a smaller leaf is known to 10 points only
SEED = 0  # of the order in which scikit-learn looks at features: it decides between equal splits
BELOW, FROM = "below", "from"  # a threshold: which side of it
ROOT = 1
FINEST = 12  # digits of a threshold, at most
SLACK = 0.01  # of a node's worlds: nobody knows a threshold better, and 55 is read more easily than 55.22


class Condition(NamedTuple):
    """What a feature must be: at least ``low`` and less than ``high``; infinite where there is no bound."""

    feature: Feature
    low: float
    high: float


class Absent(NamedTuple):
    """Of ``worlds``, in how many the firm of a feature is gone, and in how many it has not entered."""

    gone: int
    not_entered: int
    worlds: int


@dataclass(frozen=True, eq=False)
class Node:
    """A node of the tree, numbered from ROOT, a node before those below it.

    ``side`` of its ``parent``'s threshold it lies on ("" for the root); ``feature`` and ``threshold`` part it further,
    None and NaN at a leaf. ``conditions`` lead to it from the root. ``grown`` and ``grown_share``: worlds of the half
    that grows it, and the share of them in which the claim comes true; ``worlds`` and ``share`` are those of the other
    half, the interval Wilson's. ``absent`` tells of every condition about a firm whether it is there at all.
    """

    number: int
    parent: int
    side: str
    feature: Feature | None
    threshold: float
    conditions: tuple[Condition, ...]
    grown: int
    grown_share: float
    worlds: int
    share: Estimate
    absent: Mapping[Feature, Absent]

    @property
    def is_leaf(self) -> bool:
        """True if it is parted no further."""
        return self.feature is None


class Discovered(NamedTuple):
    """The tree, and how well it tells the worlds of the other half apart; no nodes where too few worlds tell."""

    nodes: tuple[Node, ...]
    auc: Estimate
    rare: int

    @property
    def found(self) -> bool:
        """True if the tree knows more than nothing: the interval of the area lies above one half."""
        return is_knowledge(self.auc)


def is_knowledge(area: Estimate) -> bool:
    """Whether an area under the curve is surely above what no knowledge gives."""
    return not math.isnan(area.low) and area.low > A_COIN


class Known(NamedTuple):
    """What is known of worlds at a date, and how the claim comes out later.

    ``state`` (worlds, features) float32, ``true`` (worlds,) flags, ``absent`` firm -> (2, worlds) flags, gone and not
    entered; ``grows`` (worlds,) flags of the half that grows the tree.
    """

    state: np.ndarray
    true: np.ndarray
    absent: Mapping[str, np.ndarray]
    grows: np.ndarray


def learner() -> Any:
    """scikit-learn's trees; InputError where it is not installed."""
    try:
        from sklearn.tree import DecisionTreeClassifier
    except ImportError as error:
        allowed = "pip install 'shakeout[discover]'"
        raise InputError("discover needs scikit-learn, which is not installed", allowed=allowed) from error
    return DecisionTreeClassifier


def rarer(known: Known) -> int:
    """Worlds of the rarer outcome, true or false, in the half that has fewer of them."""
    return min(
        int(outcome[half].sum()) for outcome in (known.true, ~known.true) for half in (known.grows, ~known.grows)
    )


def discovered(known: Known, features: Sequence[Feature]) -> Discovered:
    """The tree that half of the worlds grow, and what the other half says of it.

    Nothing is grown where in either half the claim comes true, or false, in fewer than FEWEST_EVENTS worlds.
    """
    rare = rarer(known)
    if rare < FEWEST_EVENTS:
        return Discovered((), Estimate(math.nan, math.nan, math.nan), rare)
    nodes: list[Node] = []
    score = np.zeros(known.true.size)

    def visit(parent: int, side: str, inside: np.ndarray, conditions: tuple[Condition, ...], depth: int) -> None:
        number = len(nodes) + ROOT
        split = _split(known, inside & known.grows, features) if depth < DEPTH else None
        feature, threshold = (None, math.nan) if split is None else (features[split[0]], split[1])
        nodes.append(_node(number, parent, side, feature, threshold, conditions, inside, known))
        if split is None or feature is None:
            score[inside] = nodes[-1].grown_share
            return
        below = known.state[:, split[0]].astype(float) < threshold
        for way, there in ((BELOW, below), (FROM, ~below)):
            visit(number, way, inside & there, narrowed(conditions, feature, threshold, way), depth + 1)

    visit(0, "", np.ones(known.true.size, bool), (), 0)
    tests = ~known.grows
    return Discovered(tuple(nodes), auc(score[tests], known.true[tests]), rare)


def _split(known: Known, grown: np.ndarray, features: Sequence[Feature]) -> tuple[int, float] | None:
    """The column and the threshold that part the ``grown`` worlds best; None where nothing parts them.

    The threshold may lie so far from scikit-learn's that SLACK of the worlds change sides, if it has fewer digits then.
    """
    stump = learner()(max_depth=1, min_samples_leaf=LEAF_WORLDS, random_state=SEED)
    tree = stump.fit(known.state[grown], known.true[grown]).tree_
    if tree.node_count == 1:
        return None
    column, best = int(tree.feature[0]), float(tree.threshold[0])
    unsorted = known.state[grown, column].astype(float)
    values = np.sort(unsorted)
    cut, slack = int((values <= best).sum()), 0 if features[column].whole else int(SLACK * values.size)
    least, most = max(cut - slack, LEAF_WORLDS), min(cut + slack, values.size - LEAF_WORLDS)
    threshold = roundest(float(values[least - 1]), float(values[most]), best)
    choices = int((np.ptp(known.state[grown], axis=0) > 0).sum())
    by_chance = choices * best_by_chance(known.true[grown], unsorted < threshold, LEAF_WORLDS / values.size)
    return (column, threshold) if by_chance <= LEVEL else None


def best_by_chance(true: np.ndarray, below: np.ndarray, least: float) -> float:
    """The chance that the best of all thresholds of a feature that tells nothing parts (n,) worlds so well as this.

    ``true`` and ``below`` are flags; ``least`` is the smallest share of worlds on a side. The approximation of Miller
    and Siegmund (1982) for the largest of chi-squares; at most 1.
    """
    n, first = true.size, int(below.sum())
    whole = float(true.mean())
    apart = float(true[below].mean() - true[~below].mean())
    z = abs(apart) / math.sqrt(whole * (1 - whole) * (1 / first + 1 / (n - first)))
    if z <= 1:
        return 1.0
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return min(1.0, 4 * density / z + density * (z - 1 / z) * 2 * math.log((1 - least) / least))


def _node(
    number: int,
    parent: int,
    side: str,
    feature: Feature | None,
    threshold: float,
    conditions: tuple[Condition, ...],
    inside: np.ndarray,
    known: Known,
) -> Node:
    grown, tested = inside & known.grows, inside & ~known.grows
    worlds = int(tested.sum())
    share = float(known.true[tested].mean()) if worlds else math.nan
    low, high = (float(end) for end in of_worlds(share, worlds))
    absent = {
        condition.feature: Absent(int(firm[0, inside].sum()), int(firm[1, inside].sum()), int(inside.sum()))
        for condition in conditions
        if (firm := known.absent.get(condition.feature.firm)) is not None
    }
    return Node(
        number, parent, side, feature, threshold, conditions, int(grown.sum()), float(known.true[grown].mean()),
        worlds, Estimate(share, low, high), absent,
    )  # fmt: skip


def narrowed(conditions: tuple[Condition, ...], feature: Feature, threshold: float, side: str) -> tuple[Condition, ...]:
    """``conditions`` and one more side of a threshold; two about one feature are one."""
    bounds = (-math.inf, threshold) if side == BELOW else (threshold, math.inf)
    if all(condition.feature != feature for condition in conditions):
        return (*conditions, Condition(feature, *bounds))
    return tuple(
        Condition(feature, max(one.low, bounds[0]), min(one.high, bounds[1])) if one.feature == feature else one
        for one in conditions
    )


def roundest(low: float, high: float, near: float) -> float:
    """The number with the fewest digits that is above ``low`` and not above ``high``; of several one by ``near``."""
    if low < 0 <= high:
        return 0.0
    first = math.floor(math.log10(max(abs(low), abs(high)))) + 1
    for exponent in range(first, first - FINEST, -1):
        step = 10.0**exponent
        above, up_to = math.floor(low / step), math.floor(high / step)
        for multiple in (round(near / step), above + 1, above + 2, up_to, up_to + 1):  # what rounding moved by one
            found = float(f"{multiple}e{exponent}")
            if low < found <= high:
                return found
    return high
