"""Given what is known: which worlds are left of a run when those that contradict it are set aside.

No world is simulated for it: the blocks that there are say which worlds agree. Facts count as they happened, claims
must come true, and a world in which one of them is undecided is set aside too.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.engine.block import Block
from sim.foundation.errors import InputError, nearest_of, shown
from sim.foundation.months import month_asked, month_text
from sim.outcomes.given import cut
from sim.outcomes.hindcast import date_of
from sim.scenario import spoken
from sim.scenario.model import Claim, Scenario
from sim.study.claims_asked import claim_of
from sim.study.counting import agreeing_in, over_worlds
from sim.words.given import facts_in_words, known_in_words

GIVEN = "given"  # key of a manifest
KEY = "--given"
ALL_FACTS = "facts"  # before a date: all events among the facts to then; not a class
LEAST_LEFT = 100  # worlds: of fewer a share is not known to within ten points (half of 100: 40 to 60)
GIVEN_FORMS = (
    "ids of facts and claims, propositions in quotes, facts@YYYY-MM or CLASS@YYYY-MM, with commas between them"
)
_DATED = re.compile(r"(?P<which>[^@]*)@(?P<date>[^@]*)")


class Part(NamedTuple):
    """One part of what is given: as it was asked for, in words inside a sentence, and the claims that it stands for."""

    text: str
    phrase: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True, eq=False)
class Left:
    """Which worlds are left: ``flags`` (worlds,), and how many ``after`` each claim and all before it."""

    parts: tuple[Part, ...]
    known: tuple[tuple[Claim, str], ...]  # with what a world must have, in words
    flags: np.ndarray
    after: tuple[int, ...]

    @property
    def told(self) -> dict[str, Any]:
        """What the manifest says of it, as plain data."""
        steps = [
            {"known": claim.id, "says": says, "left": left}
            for (claim, says), left in zip(self.known, self.after, strict=True)
        ]
        return {
            "asked": [part.text for part in self.parts],
            "phrases": [part.phrase for part in self.parts],
            "left": int(self.flags.sum()),
            "steps": steps,
        }


def texts_of(given: str | Iterable[str]) -> tuple[str, ...]:
    """The parts of ``given``, texts with commas between them, each once, in order; propositions as one types them."""
    texts = [given] if isinstance(given, str) else list(given)
    parts = [part.strip() for text in texts for part in str(text).split(",")]
    if not all(parts):
        raise InputError("nothing between two commas, or nothing at all", key=KEY, allowed=GIVEN_FORMS)
    return tuple(dict.fromkeys(spoken.tidy(part) if spoken.is_spoken(part) else part for part in parts))


def parts_of(scenario: Scenario, given: str | Iterable[str]) -> tuple[Part, ...]:
    """What ``given`` says of ``scenario``; nothing where it is empty. InputError for what is no fact, claim,
    proposition, class or date of it.
    """
    try:
        return tuple(_part(scenario, text) for text in texts_of(given)) if given else ()
    except InputError as error:
        raise InputError(error.problem, **error.parts | {"file": f"scenario {scenario.name}"}) from None


def _part(scenario: Scenario, text: str) -> Part:
    if (match := _DATED.fullmatch(text)) is not None:
        return _dated(scenario, text, match["which"].strip(), match["date"].strip())
    if text in {fact.id for fact in scenario.reported}:
        allowed = "a fact that is an event, or a claim: no world has exactly the number that was reported"
        raise InputError("a fact that is a number", key=KEY, found=text, allowed=allowed)
    facts = {fact.id: fact for fact in scenario.facts}
    if (fact := facts.get(text)) is not None:  # before a claim of the same name: it is what is known
        return Part(text, known_in_words(scenario, fact), (fact,))
    for notice in scenario.notices:
        if re.search(rf"\b(?:facts|claims)\.{re.escape(text)}(?![\w-])", notice):
            raise InputError("not in this run", key=KEY, found=text, allowed=f"what is: {notice}")
    try:
        claim = claim_of(scenario, text, KEY)
    except InputError as error:
        if error.found != text:  # it is a proposition, of which a part is wrong
            raise
        further = f"{error.allowed}; or {ALL_FACTS}@YYYY-MM, or CLASS@YYYY-MM"
        raise InputError(error.problem, **error.parts | {"allowed": further}) from None
    return Part(text, known_in_words(scenario, claim), (claim,))


def _dated(scenario: Scenario, text: str, which: str, date: str) -> Part:
    """All events among the facts to a month, or those of a class."""
    month = month_asked(f"{KEY} {shown(text)}", date)
    if not scenario.start <= month <= scenario.end:
        allowed = f"{month_text(scenario.start)} to {month_text(scenario.end)}"
        raise InputError("a month outside the run", key=f"{KEY} {shown(text)}", found=date, allowed=allowed)
    classes = dict.fromkeys(fact.kind for fact in scenario.facts if fact.kind)
    if which not in (ALL_FACTS, *classes):
        allowed = f"{ALL_FACTS}, or a class of facts: {', '.join(classes) or 'the scenario has none'}"
        near = nearest_of(which, (ALL_FACTS, *classes))
        raise InputError("no such class of facts", key=KEY, found=which, allowed=allowed, nearest=near)
    of_class = [fact for fact in scenario.facts if which in (ALL_FACTS, fact.kind)]
    facts = tuple(sorted((fact for fact in of_class if date_of(fact) <= month), key=date_of))
    if not facts:
        dates = sorted(date_of(fact) for fact in of_class)
        allowed = f"{month_text(dates[0])} or later, when the first is known" if dates else "a scenario that states one"
        raise InputError("no fact is known by then", key=f"{KEY} {shown(text)}", found=date, allowed=allowed)
    return Part(text, facts_in_words(len(facts), month, "" if which == ALL_FACTS else which), facts)


def left_in(scenario: Scenario, parts: Sequence[Part], out: Path, jobs: int) -> Left:
    """Which worlds of ``scenario``, of which blocks are kept in ``out``, are left, given ``parts``: up to ``jobs``
    workers look. InputError if they are fewer than LEAST_LEFT, which says how many are left after each.
    """
    claims = list({(claim.id, claim.happened): claim for part in parts for claim in part.claims}.values())
    agree: list[np.ndarray] = []
    over_worlds(scenario, out, jobs, partial(agreeing_in, claims), agree.append)
    left = np.logical_and.accumulate(np.concatenate(agree), axis=1)
    known = tuple((claim, known_in_words(scenario, claim)) for claim in claims)
    found = Left(tuple(parts), known, left[:, -1], tuple(int(count) for count in left.sum(axis=0)))
    if found.after[-1] < LEAST_LEFT:
        raise too_few(found, scenario)
    return found


def too_few(left: Left, scenario: Scenario) -> InputError:
    """What to say where too few worlds are left: how many after each condition, in order, and how many it takes."""
    worlds, count = len(left.flags), left.after[-1]
    rows, before = [f"  {worlds:>9,}        worlds simulated"], worlds
    for (claim, says), after in zip(left.known, left.after, strict=True):
        if not before:
            rows.append(f"  {'':>9}        {len(left.known) - len(rows) + 1} more conditions")
            break
        rows.append(f"  {after:>9,} {after / before:>5.0%}  left given {shown(claim.id)}: {says}")
        before = after
    allowed = f"at least {LEAST_LEFT} worlds left: give less"
    if count:
        allowed += f", or ask for some {_rounded_up(worlds * LEAST_LEFT / count):,} --worlds"
    number = "no world is" if not count else "only 1 world is" if count == 1 else f"only {count} worlds are"
    problem = "\n".join([f"{number} left", *rows])
    return InputError(problem, file=f"scenario {scenario.name}", key=KEY, allowed=allowed)


def _rounded_up(count: float) -> int:
    """``count`` to two digits, upwards."""
    unit: int = 10 ** max(math.floor(math.log10(count)) - 1, 0)
    return math.ceil(count / unit) * unit


Blocks = Callable[[], Iterator[Block]]


def cut_blocks(scenario: Scenario, blocks: Blocks, left: Callable[[], Left]) -> Blocks:
    """What gives the blocks that ``blocks`` gives, cut down to the worlds that are ``left``."""
    return lambda: cut(blocks(), left().flags, scenario)


def beside_question(parts: Sequence[Part]) -> list[Any]:
    """What is asked beside the scenario, for a digest; nothing where nothing is given."""
    return [[GIVEN, *(part.text for part in parts)]] if parts else []


def given_in(manifest: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What the manifest says of what is given (Left.told); None where nothing is."""
    found: Mapping[str, Any] | None = manifest.get(GIVEN)
    return found


def given_of(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The same, for the manifest of a study of the run with this one."""
    return {GIVEN: manifest[GIVEN]} if GIVEN in manifest else {}


def worlds_left(manifest: Mapping[str, Any]) -> int:
    """Worlds that the tables of the run with this manifest are about: all, or those that are left."""
    found = given_in(manifest)
    worlds: int = manifest["worlds"] if found is None else found["left"]
    return worlds


def typed_given(manifest: Mapping[str, Any]) -> str:
    """The option that asks for it again, with a space before it; nothing where nothing is given."""
    import shlex

    found = given_in(manifest)
    return "" if found is None else f" {KEY} {shlex.quote(','.join(found['asked']))}"
