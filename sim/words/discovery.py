"""States of the firms and of the market in words, and what a tree on them says; made from its numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from sim.foundation.measured import MEASURED
from sim.foundation.states import MARKET, State
from sim.outcomes.discovery import Absent, Condition, Discovered, Node, is_knowledge
from sim.outcomes.drivers import FEWEST_EVENTS, Estimate
from sim.outcomes.market_state import BEGUN, NUMBER_OF, STATE
from sim.scenario.model import Claim, Scenario
from sim.words.months import month_name
from sim.words.names import name_of
from sim.words.numbers import SMALL_NUMBERS, count, percent, with_unit
from sim.words.propositions import claim_named
from sim.words.text import listed

MORE, LESS, LIKE_ALL = (
    "more often than in all worlds",
    "less often than in all worlds",
    "not to be told from all worlds",
)
STATES_SAID: Mapping[str, tuple[str, str]] = {  # state -> what is said of a firm in it, and of one that is not
    State.INDEPENDENT: ("is independent", "is gone"),
    State.IN_GENERAL_RACE: ("is in the general race", "is not in the general race"),
    State.ACQUIRED: ("has been acquired", "has not been acquired"),
    State.CLOSED: ("has closed", "has not closed"),
    State.LISTED: ("has listed", "has not listed"),
    State.PIVOTED: ("has pivoted", "has not pivoted"),
    State.ABANDONED: ("has been abandoned by the market", "has not been abandoned by the market"),
    State.PROFITABLE: ("has had a profitable year", "has not had a profitable year"),
}
SEVERAL = {"is": "are", "has": "have"}  # the verb of one, and of several
QUANTITIES_SAID: Mapping[str, str] = {  # quantity -> how people say it of a firm
    "cash": "has {} in cash",
    "runway": "has cash for {}",
    "value": "is worth {}",
    "revenue": "earns {}",
    "burn": "burns {}",
    "gap": "is {} behind the frontier",
    "talent": "has a talent index of {}",
    "users": "has {} monthly users",
}


def condition_in_words(scenario: Scenario, condition: Condition, absent: Absent | None, again: bool = False) -> str:
    """A condition as a clause: "MiniMax has cash for less than 14 months", "at least three startups have listed".

    ``absent`` tells in how many of the worlds it holds in the firm is not there: that is said too, since its quantities
    count as 0 then. ``again``: its firm was named just before, and is "it".
    """
    feature = condition.feature
    if feature.kind == NUMBER_OF:
        return _number(condition)
    is_so = condition.low > 0
    if feature.kind == BEGUN:
        return "the endgame has begun" if is_so else "the endgame has not begun"
    if feature.firm == MARKET:
        return f"the {MEASURED[feature.name].label} is {_amount(scenario, condition)}"
    who, away = "it" if again else name_of(scenario, feature.firm), _away(absent)
    if feature.kind == STATE:
        yes, no = STATES_SAID[feature.name]
        if feature.name == State.INDEPENDENT and not is_so:
            return f"{who} {away or no}"
        return f"{who} {yes if is_so else no}"
    if absent is not None and absent.gone + absent.not_entered == absent.worlds:
        return f"{who} {away}"
    said = f"{who} {QUANTITIES_SAID[feature.name].format(_amount(scenario, condition))}"
    return f"{said}, or {away}" if away else said


def _away(absent: Absent | None) -> str:
    """What is said of a firm that is not there in some worlds: gone, not entered, or either; "" where it always is."""
    if absent is None:
        return ""
    said = (("is gone", absent.gone), ("has not entered", absent.not_entered))
    return " or ".join(words for words, worlds in said if worlds)


def _amount(scenario: Scenario, condition: Condition) -> str:
    """The bounds of a quantity: "less than 14 months", "at least 9 and less than 14 months"."""
    unit = MEASURED[condition.feature.name].unit

    def said(value: float) -> str:
        return with_unit(f"{value:,.10g}", unit, scenario.currency)

    if math.isinf(condition.low):
        return f"less than {said(condition.high)}"
    if math.isinf(condition.high):
        return f"at least {said(condition.low)}"
    return f"at least {said(condition.low)} and less than {said(condition.high)}"


def _number(condition: Condition) -> str:
    """How many startups are in a state: "at least three startups have listed", "no startup has closed"."""
    one, _ = STATES_SAID[condition.feature.name]
    verb, rest = one.split(" ", 1)
    several = f"{SEVERAL[verb]} {rest}"
    low = 0 if math.isinf(condition.low) else math.ceil(condition.low)
    if math.isinf(condition.high):
        return f"at least {count(low, 'startup')} {one if low == 1 else several}"
    high = math.ceil(condition.high) - 1  # less than it, and whole
    if low == high:
        return f"{'' if low == 0 else 'exactly '}{count(high, 'startup')} {one if high in (0, 1) else several}"
    if low == 0:
        return f"at most {count(high, 'startup')} {one if high == 1 else several}"
    fewest = SMALL_NUMBERS[low] if low < len(SMALL_NUMBERS) else f"{low:,}"
    return f"{fewest} to {count(high, 'startup')} {several}"


def node_in_words(scenario: Scenario, node: Node) -> str:
    """All that leads to a node: "MiniMax has less than RMB 2,900 million in cash and ..."; "" for the root."""
    firms = [one.feature.firm for one in node.conditions]
    told = sorted(node.conditions, key=lambda one: firms.index(one.feature.firm))  # what is said of a firm together
    before = [MARKET, *(one.feature.firm for one in told)]
    return listed(
        [
            condition_in_words(scenario, one, node.absent.get(one.feature), before[place] == one.feature.firm != MARKET)
            for place, one in enumerate(told)
        ]
    )


def step_in_words(scenario: Scenario, node: Node, parent: Node | None) -> str:
    """What a node adds to the one above it; "" for the root."""
    if parent is None or parent.feature is None:
        return ""
    own = next(one for one in node.conditions if one.feature == parent.feature)
    low, high = (own.low, math.inf) if own.low == parent.threshold else (-math.inf, own.high)
    return condition_in_words(scenario, Condition(own.feature, low, high), node.absent.get(own.feature))


def against_all(share: Estimate, overall: float) -> str:
    """How a leaf stands to all worlds; told apart only where its interval leaves the share of all."""
    if math.isnan(share.low) or share.low <= overall <= share.high:
        return LIKE_ALL
    return MORE if share.value > overall else LESS


def share_in_words(share: Estimate) -> str:
    """A share with its interval: "19% (95% interval 16 to 23%)"."""
    if math.isnan(share.value):
        return "not known: no world of the second half is there"
    if math.isnan(share.low):
        return percent(share.value)
    return f"{percent(share.value)} (95% interval {100 * share.low:.0f} to {100 * share.high:.0f}%)"


def leaf_in_words(says: str, share: Estimate) -> str:
    """A leaf as a sentence without its full stop: "Where ...: 19% (95% interval 16 to 23%)"."""
    return f"{f'Where {says}' if says else 'In all worlds'}: {share_in_words(share)}"


def area_in_words(area: Estimate) -> str:
    """The area under the curve as what it is: how often the tree names the right one of two worlds."""
    low, high = (f"{100 * end:.0f}" for end in (area.low, area.high))
    return f"{100 * area.value:.0f}% of cases (95% interval {low} to {high}%)"


def too_few(scenario: Scenario, claim: Claim, month: int, open_: int, share: float, rare: int) -> str:
    """The answer where hardly any of the ``open_`` worlds tells the claim's outcomes apart; in ``share`` of them it
    comes true, ``rare`` in one of the halves have the rarer outcome.
    """
    where = f"{open_:,} worlds in which it is open at the end of {month_name(month)}"
    none = f"No tree is grown for {claim_named(scenario, claim)}"
    if share in (0.0, 1.0):
        return (
            f"{none}: it comes true in {'none' if share == 0 else 'all'} of {where}, so there is nothing to tell apart"
        )
    return (
        f"{none}: of {where}, one half has only {rare} in which it comes out the rarer way, and {FEWEST_EVENTS} are "
        "needed; try more worlds"
    )


def of_draws(draws: int, area: Estimate) -> str:
    """What the same tree makes of what worlds drew for the ``draws`` uncertain assumptions."""
    same = f"The same tree on what worlds drew for {count(draws, 'uncertain assumption')}"
    if not is_knowledge(area):
        return f"{same} finds nothing that chance would not"
    return f"{same} names the right one of two worlds in {area_in_words(area)}"


def headline_of(
    scenario: Scenario, claim: Claim, month: int, found: Discovered, leaves: Sequence[tuple[str, Estimate]]
) -> str:
    """The plain answer: how well the state at the date tells worlds apart, and its least and its greatest leaf.

    ``leaves``: what leads to each and the share there, in the worlds that test the tree.
    """
    when, what = month_name(month), claim_named(scenario, claim)
    if len(found.nodes) == 1:
        return (
            f"Nothing is found: no state at the end of {when} parts the worlds in which {what} comes true from the "
            "others by more than chance does"
        )
    if not found.found:
        return (
            f"Nothing is found: a tree on the state at the end of {when} does not tell in which worlds {what} comes "
            f"true; it names the right one of two worlds in {area_in_words(found.auc)}, and a coin in 50%"
        )
    told = sorted((leaf for leaf in leaves if not math.isnan(leaf[1].value)), key=lambda leaf: leaf[1].value)
    return (
        f"Depending on the state of the firms and of the market at the end of {when}, {what} comes true in "
        f"{percent(told[0][1].value)} to {percent(told[-1][1].value)} of worlds; a tree on it names the right one of "
        f"two worlds in {area_in_words(found.auc)}, a coin in 50%"
    )
