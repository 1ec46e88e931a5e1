"""Differences in plain words: the sentence to quote about what a change does (outcomes/quoted.py chooses its rows)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from sim.foundation.states import State
from sim.outcomes.differences import (
    COUNT_QUANTITIES,
    ENDGAME,
    INDEPENDENTS_LEFT,
    MONEY_QUANTITIES,
    RAISED,
    SURVIVAL,
)
from sim.outcomes.quoted import DifferenceRow, Quoted, rows_to_quote
from sim.scenario.layout import layout_of
from sim.scenario.model import Scenario
from sim.words.estimates import NOTHING, estimate, interval_in_words, signed
from sim.words.months import date_name, deadline
from sim.words.names import whom
from sim.words.numbers import points, rounded_money
from sim.words.text import capital

TO_DO = {
    State.ACQUIRED: "be acquired",
    State.CLOSED: "close",
    State.LISTED: "list",
    State.PIVOTED: "leave the general race",
    State.ABANDONED: "be abandoned by the market",
    State.PROFITABLE: "turn a profit",
    State.NEVER_ENTERED: "stay away",
    State.INDEPENDENT: "be independent",
}


class Telling(NamedTuple):
    """How differences are told: a row at the head of the answer, a row after it, and that there is nothing to tell,
    given whom it is about ("" for all) and at which date ("" for any).
    """

    first: Callable[[DifferenceRow], str]
    then: Callable[[DifferenceRow], str]
    nothing: Callable[[str, str], str]
    but_before: str = "Before the horizon"


def told_first(scenario: Scenario, rows: Sequence[DifferenceRow], focus: Sequence[str], how: Telling) -> str:
    """The rows to quote about who is in ``focus``, as ``how`` tells them; then the largest difference of all, where it
    is another. Without a row about them those to quote of all ``rows``.
    """
    told, mine = rows_to_quote(scenario, rows), [row for row in rows if row["firm"] in focus]
    if not mine:
        return _answer(told, how, "")
    own, known = rows_to_quote(scenario, mine), {row["firm"] for row in mine}
    said = _answer(own, how, " or ".join(whom(scenario, firm) for firm in focus if firm in known))
    largest_of_all = told.horizon or told.earlier
    if largest_of_all is None or any(largest_of_all is row for row in own):
        return said
    return f"{said}. The largest difference of all: {how.then(largest_of_all)}"


def _answer(told: Quoted, how: Telling, about: str) -> str:
    if told.horizon is not None:
        earlier = "" if told.earlier is None else f". The difference is larger earlier: {how.then(told.earlier)}"
        return how.first(told.horizon) + earlier
    if told.earlier is None:
        return how.nothing(about, "")
    nothing = how.nothing(about, f" at the horizon, {date_name(told.date)},")
    return f"{nothing}. {how.but_before}: {how.then(told.earlier)}"


def as_effects(scenario: Scenario, subject: str, worlds: int) -> Telling:
    """What ``subject``, a change, does in ``worlds`` worlds."""
    many = "1 world" if worlds == 1 else f"{worlds:,} worlds"

    def nothing(about: str, at: str) -> str:
        to = f" to {about}" if about else ""
        return f"{subject} makes no difference{to}{at} that {many} can surely tell from chance"

    return Telling(
        lambda row: f"{subject} {effect_and_interval(scenario, row)}",
        lambda row: f"it {effect_and_interval(scenario, row)}",
        nothing,
        "Before the horizon it does",
    )


def as_contrasts(scenario: Scenario, base: str, variant: str) -> Telling:
    """What happens how often in the one run and in the other."""

    def nothing(about: str, at: str) -> str:
        by = f", by the fates of {about}," if about else ""
        return f"Nothing surely tells {variant} from {base}{by}{at}".removesuffix(",")

    def said(row: DifferenceRow) -> str:
        return contrast(scenario, row, base, variant)

    return Telling(said, said, nothing)


def sides_and_difference(row: DifferenceRow) -> tuple[str, str, str, str]:
    """A row of differences in cells: in the base, in the other run, the difference with its interval, and the gain.

    Shares in percent and points; counts as they are; what there is not is a dash. The gain is empty where runs are not
    paired.
    """
    scale, digits = (1, 2) if row["quantity"] in COUNT_QUANTITIES else (100, 1)

    def said(value: float | None) -> str:
        return NOTHING if value is None else f"{scale * value:.{digits}f}"

    value, low, high = (None if row[part] is None else scale * row[part] for part in ("difference", "low", "high"))
    gain = "" if row["variance_ratio"] is None else f"{row['variance_ratio']:.1f}"
    return said(row["base"]), said(row["variant_value"]), estimate(value, low, high, digits, signed), gain


def effect_and_interval(scenario: Scenario, row: DifferenceRow) -> str:
    """What the difference in ``row`` does, with its interval."""
    return ", ".join(filter(None, (effect(scenario, row), interval(scenario, row))))


def effect(scenario: Scenario, row: DifferenceRow) -> str:
    """What the difference in ``row`` does, from the verb on: "costs MiniMax 31 points of survival by March 2028"."""
    name, quantity, apart = whom(scenario, row["firm"]), row["quantity"], float(row["difference"])
    by, gives = f"by {deadline(row['date'])}", f"{'gives' if apart > 0 else 'costs'} {name}"
    if quantity in MONEY_QUANTITIES:
        what = "money raised" if quantity == RAISED else "final valuation, on average over worlds"
        return f"{gives} {rounded_money(abs(apart), scenario.currency)} of {what}"
    if quantity in COUNT_QUANTITIES:
        which = "independent" if quantity == INDEPENDENTS_LEFT else "in the general race"
        return f"leaves {abs(apart):.2g} {'more' if apart > 0 else 'fewer'} startups {which} {by}, on average"
    moved = points(apart)
    if quantity == SURVIVAL:
        return f"{gives} {moved} of survival {by}"
    if quantity == State.IN_GENERAL_RACE:
        return f"{gives} {moved} of staying in the general race {by}"
    likely = f"{moved} {'more' if apart > 0 else 'less'} likely"
    if quantity == ENDGAME:
        return f"makes the endgame {likely} {by}"
    return f"makes {name} {likely} to {TO_DO[quantity]} {by}"


def interval(scenario: Scenario, row: DifferenceRow) -> str:
    """The interval of the size of a difference, inside a sentence that says its direction; empty where it has none."""
    value, low, high = (float(row[column]) for column in ("difference", "low", "high"))
    if value < 0:
        value, low, high = -value, -high, -low
    if row["quantity"] in MONEY_QUANTITIES:  # Student's t: as much on both sides
        return f"plus or minus {rounded_money((high - low) / 2, scenario.currency)}" if high > low else ""
    if row["quantity"] in COUNT_QUANTITIES:
        return interval_in_words(value, low, high, 2)
    return interval_in_words(100 * value, 100 * low, 100 * high)


def contrast(scenario: Scenario, row: DifferenceRow, base: str, variant: str) -> str:
    """The difference in ``row`` from both sides: "MiniMax survives to ... in 58% of worlds of a and in 27% of b"."""
    name, quantity, date = whom(scenario, row["firm"]), row["quantity"], deadline(row["date"])
    if quantity in (*MONEY_QUANTITIES, *COUNT_QUANTITIES):
        return f"Against {base}, {variant} {effect_and_interval(scenario, row)}"
    shares = [f"{100 * float(row[column]):.0f}%" for column in ("base", "variant_value")]
    apart = ", ".join(filter(None, (f"{points(float(row['difference']))} apart", interval(scenario, row))))
    if quantity != ENDGAME and row["firm"] not in layout_of(scenario).singles:
        plural = {SURVIVAL: f"survive to {date}", State.IN_GENERAL_RACE: f"are in the general race at {date}"}
        does = plural.get(quantity, f"come to {TO_DO.get(quantity, quantity)} by {date}")
        return f"Of {name}, {shares[0]} {does} in {base} and {shares[1]} in {variant}: {apart}"
    verbs = {SURVIVAL: f"{name} survives to {date}", State.IN_GENERAL_RACE: f"{name} is in the general race at {date}",
             ENDGAME: f"the endgame has begun by {date}"}  # fmt: skip
    verb = verbs.get(quantity, f"{name} comes to {TO_DO.get(quantity, quantity)} by {date}")
    return f"{capital(verb)} in {shares[0]} of worlds of {base} and in {shares[1]} of {variant}: {apart}"
