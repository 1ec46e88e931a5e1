"""Discover: which states of the firms and of the market at a date tell the later fates of worlds apart."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.archive import digest
from sim.archive.dictionary import A_SHARE, INTEGER, NUMBER, TEXT, TEXT_OR_NONE, Column, Table, bounds
from sim.archive.folder import number, plain_rows
from sim.engine.prepared import draws_of
from sim.foundation.errors import InputError
from sim.foundation.months import month_asked, month_text
from sim.foundation.states import MARKET
from sim.outcomes.claims import TRUE, UNDECIDED, truth
from sim.outcomes.discovery import LEAF_WORLDS, Discovered, Known, Node, discovered, is_knowledge, learner
from sim.outcomes.drivers import Estimate
from sim.outcomes.market_state import QUANTITY, Feature, absent_in, features_of, state_in, with_state
from sim.outcomes.settled import is_decided
from sim.scenario.model import Claim, Scenario
from sim.scenario.proposition import last_month
from sim.study.claims_asked import claim_of
from sim.study.how import SUMMARISING, How
from sim.study.many_worlds import ManyWorlds
from sim.study.precision import sized
from sim.study.study import Kind, Study, answered, folder_name, manifest_of
from sim.words.discovery import against_all, headline_of, node_in_words, step_in_words, too_few

if TYPE_CHECKING:
    import pandas as pd

MOST_DISCOVERED = 8192  # if none are asked for: a leaf of LEAF_WORLDS is then a fortieth of a half
FEWEST_OPEN = 4 * LEAF_WORLDS  # worlds in which the claim is open: half of them grow, and a split makes two leaves
NO_TREE = "no world of the second half is there"
OF_A_NODE = (
    Column("grown", INTEGER, "", "worlds of the half that grew the tree in it"),
    Column("grown_share", NUMBER, A_SHARE, "share of those in which the claim comes true"),
    Column("worlds", INTEGER, "", "worlds of the other half in it"),
    Column("probability", NUMBER, A_SHARE, "share of those in which the claim comes true", NO_TREE),
    *bounds("probability", A_SHARE, NO_TREE),
)
TREE = Table(
    "the nodes of the tree, each before those below it; no rows where none was grown",
    (
        Column("node", INTEGER, "", "its number, from 1"),
        Column("parent", INTEGER, "", "number of the node above it; 0 of the first"),
        Column("says", TEXT_OR_NONE, "", "what it adds to the node above it", "it is the first"),
        Column("firm", TEXT_OR_NONE, "", "id of the firm that parts it, or `market`", "it is a leaf"),
        Column("quantity", TEXT_OR_NONE, "", "what of it parts the worlds: a quantity or a state", "it is a leaf"),
        Column("threshold", NUMBER, "that of the quantity", "worlds below it go one way", "it is a leaf"),
        *OF_A_NODE,
    ),
)
LEAVES = Table(
    "the leaves of the tree, those first in which the claim comes true least often",
    (
        Column("leaf", INTEGER, "", "number of its node in tree.csv"),
        Column("says", TEXT_OR_NONE, "", "what leads to it", "the tree has one leaf"),
        *OF_A_NODE,
        Column("against_all", TEXT, "", "whether its interval lies above or below the share of all worlds"),
    ),
)


class Counted(NamedTuple):
    """Worlds by what is known of the claim at the date: it came true or false, it will not count, it is open."""

    true: int
    false: int
    not_asked: int
    open: int


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Discovery(Study):
    """Which states at a date tell apart in which worlds a claim comes true.

    ``leaves`` and ``tree`` are the tables of these names as pandas frames. ``month`` is the calendar month of the date.
    """

    KIND = Kind(
        "discover",
        "discover.html",
        "a discovery: which states at a date tell later fates apart",
        "the page of this discovery: open it in a browser, it works offline",
        {"leaves.csv": LEAVES, "tree.csv": TREE},
    )
    claim: Claim
    month: int
    leaves: pd.DataFrame
    tree: pd.DataFrame

    @property
    def auc(self) -> Estimate:
        """How often the tree names the right one of two worlds, with its interval; NaN where none was grown."""
        return _estimate(self.manifest["auc"])

    @property
    def auc_of_draws(self) -> Estimate | None:
        """The same of a tree on what worlds drew for uncertain assumptions; None where nothing is uncertain."""
        said = self.manifest.get("auc_of_draws")
        return None if said is None else _estimate(said)

    @property
    def found(self) -> bool:
        """True if the tree surely knows more than nothing."""
        return is_knowledge(self.auc)

    @property
    def counted(self) -> Counted:
        """Worlds by what is known of the claim at the date."""
        return Counted(**self.manifest["counted"])

    def summary(self) -> list[dict[str, Any]]:
        """The rows of leaves.csv."""
        return plain_rows(self.leaves)


def _estimate(said: Mapping[str, Any]) -> Estimate:
    return Estimate(*(math.nan if said[name] is None else said[name] for name in Estimate._fields))


def discover(scenario: Scenario, of: str, at: str, how: How) -> Discovery:
    """Which states at the end of the month ``at`` (YYYY-MM) tell apart in which worlds the claim ``of`` comes true.

    Only worlds in which it is open then count. Half of them grow a tree, the other half test it. The worlds are the
    scenario's, but not more than MOST_DISCOVERED, if no number is asked for. InputError if claim or month make no
    sense, if too few worlds are open, or scikit-learn is not installed; else errors as in ``run.run``.
    """
    claim = claim_of(scenario, of, "--of")
    month = _month(scenario, claim, at)
    learner()
    base = sized(with_state(scenario, month), how, MOST_DISCOVERED)
    if base.worlds < FEWEST_OPEN:
        raise _too_few_worlds(claim, f"{base.worlds:,}")
    reopen = partial(Discovery.reopened, scenario=base, claim=claim, month=month)
    name = folder_name(Discovery.KIND, [digest.question(base, None), claim.id, month_text(month)])
    return answered([base], name, how, lambda: _computed(base, claim, month, how), reopen)


def _month(scenario: Scenario, claim: Claim, at: str) -> int:
    """The calendar month that ``at`` names: one of the run, and before the claim is decided in every world."""
    month = month_asked("--at", at or None)
    last = min(scenario.end, last_month(claim.when) - 1)
    if scenario.start <= month <= last:
        return month
    if last < scenario.start:
        raise InputError("the claim is decided when the run starts", key="--of", found=claim.id)
    allowed = f"{month_text(scenario.start)} to {month_text(last)}, the month before the claim is decided everywhere"
    near = month_text(min(max(month, scenario.start), last))
    problem = "the claim is decided in every world by then" if month > last else "a month before the run"
    raise InputError(problem, key="--at", found=at, allowed=allowed, nearest=near)


def _too_few_worlds(claim: Claim, found: str) -> InputError:
    allowed = f"at least {FEWEST_OPEN} worlds in which the claim is open: try more --worlds, or an earlier month"
    return InputError("too few worlds", key=f"--of {claim.id}", found=found, allowed=allowed)


def _computed(base: Scenario, claim: Claim, month: int, how: How) -> Discovery:
    started, many = time.perf_counter(), ManyWorlds(how)
    many.compute([base])
    how.tell(SUMMARISING, base.worlds, base.worlds)
    known, counted, numbers = known_in(base, claim, month, many.blocks(base))
    if counted.open < FEWEST_OPEN:
        raise _too_few_worlds(claim, f"{counted.open:,} of {base.worlds:,}, those in which it is open at the month")
    found = discovered(known, features_of(base))
    tests = ~known.grows
    overall = float(known.true[tests].mean())
    leaves = sorted((node for node in found.nodes if node.is_leaf), key=lambda node: (node.share.value, node.number))
    told = [(node_in_words(base, leaf), leaf.share) for leaf in leaves]
    said = too_few(base, claim, month, counted.open, float(known.true.mean()), found.rare)
    if found.nodes:
        said = headline_of(base, claim, month, found, told)
    manifest = manifest_of(
        Discovery.KIND,
        base,
        how,
        base.notices,
        {"simulate_seconds": time.perf_counter() - started, "worlds_computed": many.computed},
        stem=digest.stem(base),
        claim=claim.id,
        at=month_text(month),
        counted=counted._asdict(),
        probability=float(known.true.mean()),
        tested=int(tests.sum()),
        tested_probability=overall,
        features=len(features_of(base)),
        auc=_plain(found.auc),
        **_of_draws(base, known, numbers),
        headline=said,
    )
    return Discovery(
        scenario=base,
        claim=claim,
        month=month,
        leaves=_frame(LEAVES, [_leaf(leaf, says, overall) for leaf, (says, _) in zip(leaves, told, strict=True)]),
        tree=_frame(TREE, _nodes(base, found)),
        manifest=manifest,
    )


def _of_draws(base: Scenario, known: Known, numbers: np.ndarray) -> dict[str, Any]:
    """What the same tree makes of what worlds drew, for the manifest; nothing where nothing is uncertain."""
    draws = draws_of(base)
    if not draws:
        return {}
    drawn = np.column_stack([draw.sample(base.seed, 0, base.worlds)[numbers] for draw in draws]).astype(np.float32)
    features = [Feature(QUANTITY, MARKET, draw.path) for draw in draws]
    area = discovered(known._replace(state=drawn, absent={}), features).auc
    return {"draws": len(draws), "auc_of_draws": _plain(area)}


def _plain(estimate: Estimate) -> dict[str, Any]:
    return {name: number(value) for name, value in estimate._asdict().items()}


def known_in(base: Scenario, claim: Claim, month: int, blocks: Any) -> tuple[Known, Counted, np.ndarray]:
    """What is known of the worlds of ``blocks`` in which ``claim`` is open at the end of ``month``, how many are not,
    and the numbers of those that are. Worlds of even numbers grow the tree.
    """
    states, true, absent, numbers, counted = [], [], [], [], np.zeros(len(Counted._fields), int)
    for block in blocks:
        answer, decided = truth(claim, block, base), is_decided(claim, block, base, month)
        open_ = ~decided & (answer != UNDECIDED)
        counted += _count(answer, decided, open_)
        states.append(state_in(block, base, month)[open_])
        true.append(answer[open_] == TRUE)
        absent.append({firm: flags[:, open_] for firm, flags in absent_in(block, base, month).items()})
        numbers.append(block.first + np.flatnonzero(open_))
    gone = {firm: np.concatenate([one[firm] for one in absent], axis=1) for firm in absent[0]}
    worlds = np.concatenate(numbers)
    known = Known(np.concatenate(states), np.concatenate(true), gone, worlds % 2 == 0)
    return known, Counted(*(int(number) for number in counted)), worlds


def _count(answer: np.ndarray, decided: np.ndarray, open_: np.ndarray) -> np.ndarray:
    """Worlds in the order of ``Counted``."""
    true, missing = decided & (answer == TRUE), answer == UNDECIDED
    return np.array([true.sum(), (decided & ~missing & ~true).sum(), missing.sum(), open_.sum()])


def _frame(table: Table, rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(list(rows), columns=table.names)


def _of_node(node: Node) -> dict[str, Any]:
    share = {"probability": node.share.value, "low": node.share.low, "high": node.share.high}
    return {"grown": node.grown, "grown_share": node.grown_share, "worlds": node.worlds, **share}


def _nodes(base: Scenario, found: Discovered) -> list[dict[str, Any]]:
    by_number = {node.number: node for node in found.nodes}
    return [
        {
            "node": node.number,
            "parent": node.parent,
            "says": step_in_words(base, node, by_number.get(node.parent)) or None,
            "firm": None if node.feature is None else node.feature.firm,
            "quantity": None if node.feature is None else node.feature.name,
            "threshold": node.threshold,
            **_of_node(node),
        }
        for node in found.nodes
    ]


def _leaf(leaf: Node, says: str, overall: float) -> dict[str, Any]:
    told = {"leaf": leaf.number, "says": says or None}
    return {**told, **_of_node(leaf), "against_all": against_all(leaf.share, overall)}
