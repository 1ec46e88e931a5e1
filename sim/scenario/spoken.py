"""Propositions as people say them in a line: "minimax acquired by 2030-12", "at most 3 of six independent at 2028-04".

    FIRM [not] STATE by DATE               STATE: acquired, closed, independent, never entered, listed, pivoted,
                                           abandoned, profitable
    at least N of GROUP STATE at DATE      or: at most N, exactly N; without "of GROUP": of all startups. STATE: also
                                           general (in the general race), without never entered
    [not] endgame by DATE

*by*, *at*, *in* and *until* mean the same: the end of that month. What is said is turned into the data that ``when``
holds (scenario/proposition.py) and checked there.
"""

from __future__ import annotations

import re
from typing import Any

from sim.foundation.columns import FATES, MILESTONES
from sim.foundation.errors import InputError, nearest_of
from sim.scenario import proposition
from sim.scenario.model import Scenario
from sim.scenario.node import from_plain
from sim.scenario.scope import Scope

EXAMPLES = '"minimax acquired by 2030-12", "at most 3 of startups independent at 2028-04", "endgame by 2030-12"'
_SPOKEN_STATES = (*FATES, *MILESTONES)
_WHEN = r" (?:by|at|in|until) (?P<date>\S+)"
_FIRM = re.compile(r"(?P<firm>\S+) (?:is )?(?P<no>not )?(?P<state>never entered|\S+)" + _WHEN)
_COUNT = re.compile(
    r"(?P<how>at least|at most|exactly) (?P<number>\S+)(?: of)?(?: (?P<group>\S+))? (?P<state>\S+)" + _WHEN
)
_END = re.compile(r"(?P<no>not )?endgame" + _WHEN)


def tidy(text: str) -> str:
    """``text`` in small letters and with single spaces: two ways to type one proposition are one proposition."""
    return " ".join(str(text).lower().split())


def is_spoken(text: str) -> bool:
    """Whether ``text`` looks like a proposition rather than an id, which has no spaces."""
    return " " in tidy(text)


def parse(text: str, scenario: Scenario, key: str) -> Any:
    """The proposition that ``text`` says, validated, as frozen plain data; InputError about ``key``."""
    said = _data(tidy(text), key)
    if said is None:
        raise InputError("no proposition", key=key, found=text, allowed=f"{EXAMPLES}, or the id of a claim")
    single = [firm.id for firm in scenario.firms if not firm.copies]
    scope = Scope(single, scenario.groups, scenario.start, scenario.end)
    try:
        with scope.errors.whole():
            found = proposition.parse(from_plain(said), scope)
    except InputError as error:
        raise InputError(error.problem, **error.parts | {"file": None, "line": None, "key": key}) from None
    return found


def _data(text: str, key: str) -> dict[str, Any] | None:
    """What ``text`` says in the form of a scenario file, unchecked."""
    if match := _END.fullmatch(text):
        said: dict[str, Any] = {"endgame": True, "by": match["date"]}
    elif match := _COUNT.fullmatch(text):
        number = int(match["number"]) if match["number"].isdecimal() else match["number"]
        how = match["how"].replace(" ", "_")
        bound = {"between": [number, number]} if how == "exactly" else {how: number}
        return {"count": {"of": match["group"] or "startups", "state": match["state"]}, "at": match["date"], **bound}
    elif match := _FIRM.fullmatch(text):
        state = match["state"].replace(" ", "_")
        if state not in _SPOKEN_STATES:
            near = nearest_of(state, _SPOKEN_STATES)
            raise InputError(
                "no such state", key=key, found=match["state"], allowed=", ".join(_SPOKEN_STATES), nearest=near
            )
        form = "fate" if state in FATES else "milestone"
        said = {"firm": match["firm"], form: state, "by": match["date"]}
    else:
        return None
    return {"not": said} if match["no"] else said
