"""A claim of a scenario as studies ask it, and its truth in worlds that no ordinary run has."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.engine.prepared import Seeds
from sim.foundation.errors import InputError, nearest_of, shown
from sim.outcomes.claims import truth
from sim.scenario import spoken
from sim.scenario.model import Claim, Scenario
from sim.study import executor
from sim.study.how import SIMULATING, How
from sim.study.many_worlds import compile_first
from sim.words.propositions import proposition_in_words

_CONDITION = re.compile(r"\s*(?P<claim>[^<>=]+?)\s*(?P<op>>=|<=|>|<)\s*(?P<level>[^<>=]+?)\s*")
CONDITION_FORM = '"CLAIM >= 0.5"'
FEW_CLAIMS = 12  # so many are listed in a message


class Condition(NamedTuple):
    """A claim whose probability is held against a level between 0 and 1."""

    claim: Claim
    op: str
    level: float


def claim_of(scenario: Scenario, text: str, key: str) -> Claim:
    """The claim (or fact) of that id, or the short proposition (scenario/spoken.py) that ``text`` says.

    InputError about ``key``, with the nearest id, if it is neither.
    """
    if spoken.is_spoken(text):
        when = spoken.parse(text, scenario, key)
        return Claim(spoken.tidy(text), proposition_in_words(scenario, when), "", when)
    claims = {claim.id: claim for claim in (*scenario.facts, *scenario.claims)}
    says = f"or a proposition such as {spoken.EXAMPLES}"
    if not claims:
        raise InputError("the scenario states no claim", key=key, found=text, allowed=f"an id of `claims`, {says}")
    if text not in claims:
        few = len(claims) <= FEW_CLAIMS
        said = ", ".join(claims) if few else f"one of {len(claims)}, which `shakeout claims` lists"
        problem, near = "no such claim" if text else "no claim named", nearest_of(text, claims)
        allowed = f"a claim of the scenario: {said}; {says}"
        raise InputError(problem, key=key, found=text or None, allowed=allowed, nearest=near)
    return claims[text]


def condition_of(scenario: Scenario, text: str) -> Condition:
    """The parts of "CLAIM >= 0.5" (or <=, > or <)."""
    key = f"--until {shown(str(text))}".strip()
    match = _CONDITION.fullmatch(str(text))
    if match is None:
        raise InputError("not a claim and a level", key=key, allowed=f"{CONDITION_FORM}; or with <=, > or <")
    try:
        level = float(match["level"])
    except ValueError:
        level = -1.0
    claim = claim_of(scenario, match["claim"], key)
    if not 0 < level < 1:
        raise InputError("no such level", key=key, found=match["level"], allowed="a number between 0 and 1, not 0 or 1")
    return Condition(claim, match["op"], level)


class Worlds(NamedTuple):
    """Some worlds to ask a claim in: ``seeds`` say what is drawn anew; they are simulated, asked and forgotten."""

    scenario: Scenario
    first: int
    worlds: int
    seeds: Seeds = Seeds()


def truths(claim: Claim, asked: Sequence[Worlds], how: How) -> list[np.ndarray]:
    """The truth of ``claim`` in every set of worlds, in the order asked."""
    found: dict[int, np.ndarray] = {}
    total, done = sum(worlds.worlds for worlds in asked), 0
    compile_first(asked[0].scenario, how)
    how.tell(SIMULATING, 0, total)

    def keep(answer: tuple[int, np.ndarray]) -> None:
        nonlocal done
        found[answer[0]] = answer[1]
        done += answer[1].size
        how.tell(SIMULATING, done, total)

    ask = functools.partial(_ask, claim)
    executor.map_blocks(ask, list(enumerate(asked)), executor.workers(how.jobs), keep)
    return [found[number] for number in range(len(asked))]


def _ask(claim: Claim, numbered: tuple[int, Worlds]) -> tuple[int, np.ndarray]:
    from sim.engine.simulate import simulate

    number, worlds = numbered
    return number, truth(claim, simulate(*worlds), worlds.scenario)
