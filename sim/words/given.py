"""What is given, how many worlds are left, and what that moves, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sim.foundation.states import State
from sim.outcomes.beside import ABOUT_FATE
from sim.scenario.layout import layout_of
from sim.scenario.model import Claim, Scenario
from sim.words.estimates import interval_in_words
from sim.words.months import month_name
from sim.words.names import whom
from sim.words.numbers import count, percent, points
from sim.words.propositions import proposition_in_words
from sim.words.text import listed

MOST_GIVEN = 3  # parts of what is given that a sentence says; more are counted
NOT_BY_WORLD = "not kept world by world, so not known of the worlds that are left"
LEFT_OUT = (
    "What is kept world by world is told of the worlds that are left: fates and milestones by month, what ended the "
    "firms, how many startups are left, the endgame, forecasts and facts, single worlds, and cash, runway and revenue "
    "of single startups at the end of each year. Left out, because it is kept only of all worlds together: valuations, "
    "burn, gaps, talent and users; cash, runway and revenue of classes and giants, and in other months; concentration, "
    "dry powder and venture money; who leads the race; how often a value was clipped at a bound. How far shares move "
    "between draws of the assumptions is not told either: it takes worlds with other luck, and too few of those agree. "
    "The page of the same question without --given has all of this of all worlds."
)


def known_in_words(scenario: Scenario, claim: Claim) -> str:
    """What a world must have: a claim true, "MiniMax acquired by April 2028"; a fact as it happened, "StepFun not
    listed by April 2026"; with what a claim is conditional on, which must hold too.
    """
    said = (_denied if claim.happened is False else proposition_in_words)(scenario, claim.when)
    return said if claim.given is None else f"{said}, and {proposition_in_words(scenario, claim.given)}"


def _denied(scenario: Scenario, when: Mapping[str, Any]) -> str:
    """That ``when`` is false: "neither Zhipu acquired by April 2026 nor Zhipu closed by April 2026"."""
    if "not" in when:
        return proposition_in_words(scenario, when["not"])
    if "any" in when:
        return f"neither {' nor '.join(proposition_in_words(scenario, part) for part in when['any'])}"
    said = proposition_in_words(scenario, when)
    for word in ("among", "above", "below"):
        if word in when and said.count(f" {word} ") == 1:
            return said.replace(f" {word} ", f" not {word} ")
    return proposition_in_words(scenario, {"not": when})


def facts_in_words(facts: int, month: int, kind: str = "") -> str:
    """Events among the facts to a month, all or those of a class: "the 7 events of class listing to April 2026 as they
    came out".
    """
    which = "the one event" if facts == 1 else f"the {facts} events"
    of_class = f" of class {kind}" if kind else ""
    return f"{which}{of_class} to {month_name(month)} as {'it' if facts == 1 else 'they'} came out"


def given_in_words(given: Mapping[str, Any]) -> str:
    """What is given, inside a sentence (``given`` as study.given.Left.told has it)."""
    phrases = list(given["phrases"])
    if len(phrases) > MOST_GIVEN:
        phrases = [*phrases[:MOST_GIVEN], f"{len(phrases) - MOST_GIVEN} more"]
    return listed(phrases)


def headline_given(given: Mapping[str, Any] | None, sentence: str) -> str:
    """``sentence``, which is about the worlds that are left, with what is given before it."""
    return sentence if given is None else f"Given {given_in_words(given)}: {sentence}"


def left_in_words(given: Mapping[str, Any], worlds: int) -> str:
    """ "312 of 2,000 worlds are left (15.6%)"."""
    left = given["left"]
    return f"{left:,} of {count(worlds, 'world')} {'is' if left == 1 else 'are'} left ({percent(left / worlds, 1)})"


def base_decides(variants: int) -> str:
    """Which worlds of a what-if are left, in words."""
    whom = "the variant is" if variants == 1 else "the variants are"
    return f"the base decides which, and {whom} told in the same ones, whatever happens there to what is given"


def these_worlds(given: Mapping[str, Any] | None, left: int, worlds: int) -> str:
    """How many worlds numbers are about: "2,000 worlds", "312 worlds left of 2,000"."""
    if given is None:
        return f"{left:,} world{'' if left == 1 else 's'}"
    return f"{left:,} worlds left of {worlds:,}"


def surely_moved(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The rows of beside.csv whose share is surely another than in all worlds, the largest difference first."""
    known = [row for row in rows if row["apart_low"] is not None]
    sure = [row for row in known if row["apart_low"] > 0 or row["apart_high"] < 0]
    return sorted(sure, key=lambda row: -abs(row["apart"]))


def moved_in_words(scenario: Scenario, rows: Sequence[Mapping[str, Any]], focus: Sequence[str] = ()) -> str:
    """What being given moves most, from the rows of beside.csv: whose survival, and by how much; of those in ``focus``
    where there are any. A sentence without its full stop.
    """
    singles = layout_of(scenario).singles
    fates = [row for row in rows if row["about"] == ABOUT_FATE and row["quantity"] == State.INDEPENDENT]
    firms = [row for row in fates if (row["id"] in focus if focus else row["id"] in singles)]
    sure, end = surely_moved(firms), month_name(scenario.end)
    if not sure:
        whose = " or ".join(whom(scenario, firm) for firm in focus) if focus else "any single firm"
        return f"What is given does not surely move how often {whose} is independent in {end}"
    row = sure[0]
    share, of_all = percent(row["share"]), percent(row["all_share"])
    ends = sorted(abs(100 * row[name]) for name in ("apart_low", "apart_high"))
    interval = interval_in_words(100 * abs(row["apart"]), *ends)
    by = f"{points(row['apart'])} {'more' if row['apart'] > 0 else 'less'}{f', {interval}' if interval else ''}"
    how = f"independent in {end} in {share} of the worlds left and in {of_all} of all worlds"
    if row["id"] not in singles:
        how = f"in {end} {share} are independent in the worlds left and {of_all} in all worlds"
    most = " most" if len(firms) > 1 else ""
    return f"What is given moves {whom(scenario, row['id'])}{most}: {how} ({by})"
