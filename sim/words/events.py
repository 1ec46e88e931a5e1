"""One event as one sentence: what happened, how much, and what the rule saw that fired."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sim.foundation import causes
from sim.outcomes.world_tables import RULES
from sim.words.months import whole_months
from sim.words.numbers import ordinal, rounded, rounded_money, rounded_percent

REPORTED = "in the twelve months last reported"  # books close half-yearly, after tests and listings of the month
LEAST_SCORE = 0.05  # rounds to a tenth
LEAST_FALL = 0.0005  # rounds to a tenth of a per cent
CLIMATES = ("hot", "normal", "cold")


@dataclass(frozen=True, slots=True)
class Moment:
    """One row of the log as words need it; ``times`` counts rounds of this life, half-yearly reports in a row that cut
    the price, rounds in a row that failed, or how often it set out for this money; this one included.

    ``worth`` is the firm's valuation after it, ``other`` the name of a counterparty, ``last`` the post-money of its
    last round that was told, 0 of none; ``giant`` is true of a giant, whose cash is nobody's business here.
    """

    value: float
    cause: int
    saw: float
    times: int
    currency: str
    worth: float = 0.0
    other: str = ""
    last: float = 0.0
    giant: bool = False

    def money(self, amount: float) -> str:
        """An amount in the scenario's currency."""
        return rounded_money(amount, self.currency)


def full_plan(count: float) -> str:
    """What cash pays for if the whole plan is carried out. Runway is cash over present burn: another number."""
    return f"cash for {'less than a month' if round(count) < 1 else whole_months(count)} of its full plan"


def score_apart(difference: float) -> str:
    """How far a score is from the bar, without its sign."""
    return f"{abs(difference):.1f}" if abs(difference) >= LEAST_SCORE else f"less than {2 * LEAST_SCORE:.1f}"


def generations(gap: float) -> str:
    """A gap to the frontier."""
    return f"{gap:.2f} generations"


def _entry(m: Moment) -> str:
    if m.giant:
        return f"entered, {generations(m.saw)} behind the frontier"
    if m.cause == causes.BY_CHANCE:
        return f"entered by chance through the open door, with {m.money(m.value)} in cash"
    return f"entered with {m.money(m.value)} in cash, {generations(m.saw)} behind the frontier"


def _round(m: Moment) -> str:
    post = f" at {rounded(m.worth)} post-money" if m.worth > 0 else ""
    bar = f"investors' score {score_apart(m.saw)} above the bar"
    return f"raised {m.money(m.value)}{post}, its {ordinal(m.times)} round since the start: {bar}"


def _below(before: float, last: float) -> str:
    """By how much money before a round is below that after the last: that is how the price of a share fell."""
    below = 1 - before / last if last > 0 else 0.0
    fell = f"{rounded_percent(below)} below" if below >= LEAST_FALL else "just below"
    return f"{fell} the last post-money of {rounded(last)}: a down round"


def _down_round(m: Moment) -> str:
    pre = m.worth - m.value
    raised = f"raised {m.money(m.value)} at {rounded(pre)} pre-money, its {ordinal(m.times)} round since the start"
    return f"{raised}, {_below(pre, m.saw)}"


def _strategic_round(m: Moment) -> str:
    pre, paid = m.worth - m.value, f"state-linked or strategic investors put in {m.money(m.value)}"
    count = f"its {ordinal(m.times)} round since the start"
    if round(pre) < round(m.last):
        return f"{paid} at {rounded(pre)} pre-money, {count}, {_below(pre, m.last)}"
    return f"{paid} at {rounded(m.worth)} post-money, {count}"


def _acquisition(m: Moment) -> str:
    if m.cause == causes.ACQUISITION_HAZARD:
        buyer = m.other or "a buyer from outside the industry"
        return f"acquired by {buyer} for {m.money(m.value)}, by chance (hazard {rounded_percent(m.saw)} a month)"
    after = f"{whole_months(m.saw)} after" if round(m.saw) else "in the month in which"
    why = {
        causes.DISTRESSED: f"in distress, with a runway of {whole_months(m.saw)}",
        causes.ABANDONED: f"{after} the market abandoned it",
        causes.REDEEMED: f"{after} its investors called their money",
        causes.REFUSED: f"after capital had refused it for {whole_months(m.saw)}",
    }
    buyer = f" by {m.other}" if m.other else ""
    return f"acquired{buyer} for {m.money(m.value)}, {why.get(m.cause, RULES[m.cause])}"


def _closure(m: Moment) -> str:
    if m.cause == causes.CLOSING_HAZARD:
        return f"closed by chance (hazard {rounded_percent(m.saw)} a month), with {m.money(m.value)} in cash"
    if m.cause == causes.NEWNESS:
        return f"closed young by chance, {whole_months(m.saw)} after its entry, with {m.money(m.value)} in cash"
    if round(m.value) >= 0:
        return "out of money: closed without cash"
    return f"out of money: closed {m.money(-m.value)} short of its bills"


def _pivot(m: Moment) -> str:
    how = "keeping its core technology (deep)" if m.value else "dropping its core technology (light)"
    if m.cause == causes.FORCED:
        return f"left the general race, {how}: the scenario has it so"
    if m.cause == causes.NO_RELEASE:
        return f"left the general race, {how}: {whole_months(m.saw)} without a model near the frontier"
    return f"left the general race, {how}: {_why_left(m)}"


def _why_left(m: Moment) -> str:
    """The largest part of the chance to leave."""
    behind = f"{generations(abs(m.saw))} behind"
    if m.cause == causes.NO_PACE:
        return f"too far off to keep pace, {behind} the frontier"
    if m.cause != causes.LEAD_GONE:
        return f"{behind} the frontier and short of cash for its full plan"
    if round(abs(m.saw), 2) == 0:
        return "open source had caught up with it"
    if m.saw > 0:
        return f"its lead over open source, {generations(m.saw)}, was no longer worth its cost"
    return f"open source had overtaken it, {behind}"


def _listing(m: Moment) -> str:
    decided = ": the scenario has it so" if m.cause == causes.FORCED_LISTING else ""
    return f"listed at a valuation of {m.money(m.value)}, on revenue of {m.money(m.saw)} {REPORTED}{decided}"


def _cannot(what: str) -> Callable[[Moment], str]:
    """The sentence of a decision that could not be carried out."""

    def said(m: Moment) -> str:
        why = {
            causes.WINDOW_SHUT: "the listing window is shut",
            causes.GATE_NOT_PASSED: f"it does not pass the gate, with revenue of {m.money(m.saw)} {REPORTED} "
            f"and a valuation of {m.money(m.worth)}",
            causes.TOO_YOUNG: f"it is too young for the exchange, {whole_months(12 * m.saw)} old",
            causes.LISTED_ALREADY: f"it has been listed for {whole_months(m.saw)}",
            causes.PIVOTED_ALREADY: f"it left the general race {whole_months(m.saw)} ago",
            causes.PIVOTED_MAY_NOT: "firms that have left the general race may not list",
            causes.OWN_MONEY: "it lives from its own money",
            causes.SWITCHED_OFF: "the mechanism is switched off",
            causes.SCORE_LOW: f"investors refused it, its score {score_apart(m.saw)} below the bar",
            causes.POWDER_LOW: f"too little of {m.money(m.saw)} of dry powder in all was left for it",
        }
        return f"was to {what}, as the scenario has it, and could not: {why.get(m.cause, RULES[m.cause])}"

    return said


def _seeks(m: Moment) -> str:
    if m.cause == causes.FORCED:
        return f"set out to raise money with {m.money(m.value)} in cash: the scenario has it so"
    why = full_plan(m.saw) if m.cause == causes.PLAN_SHORT else "capital is hot"
    if m.cause == causes.TERMS_GOOD:
        why = f"its price has risen far above that of its last round, {whole_months(m.saw)} ago"
    return f"set out {'again ' if m.times > 1 else ''}to raise money with {m.money(m.value)} in cash: {why}"


def _placement(m: Moment) -> str:
    why = "its shares are dear" if m.cause == causes.SHARES_DEAR else full_plan(m.saw)
    return f"placed shares for {m.money(m.value)}: {why}"


def _refused(m: Moment) -> str:
    return f"refused by capital for {whole_months(m.value)}: its score {score_apart(m.saw)} below the bar"


def _report(m: Moment) -> str:
    fall = rounded_percent(m.value)
    and_or_but = "and" if m.saw < 1 else "but"
    again = f", the {ordinal(m.times)} cut in a row" if m.times > 1 else ""
    revenue = f"reported revenue {rounded_percent(m.saw)} of what was expected"
    return f"{revenue}, {and_or_but} a loss: its price fell by {fall}{again}"


def _failed_round(m: Moment) -> str:
    """What it came to, which is less than the least size of a round."""
    again = f", for the {ordinal(m.times)} month in a row" if m.times > 1 else ""
    came = f"it came to {m.money(m.value)}, too little for a round" if round(m.value) > 0 else "it came to nothing"
    return f"a round failed{again}: {came}, of {m.money(m.saw)} of dry powder in all"


def _flow(m: Moment, flow: float) -> str:
    return f"operating cash flow of {m.money(flow)}"


SENTENCES: Mapping[str, Callable[[Moment], str]] = {  # by event, columns.EVENTS
    "entry": _entry,
    "round": _round,
    "down round": _down_round,
    "listing": _listing,
    "report cut": _report,
    "abandonment": lambda m: (
        f"failed the profitability test, abandoned when it was valued at {m.money(m.value)}: "
        f"{_flow(m, m.saw)} {REPORTED}"
    ),
    "pivot": _pivot,
    "exodus": lambda m: f"{rounded_percent(m.value)} of its talent has left since the pivot",
    "spin-off": lambda m: f"sold a side business for {m.money(m.value)}, its runway down to {whole_months(m.saw)}",
    "acquisition": _acquisition,
    "closure": _closure,
    "shift": lambda m: (
        f"a new paradigm shrank all leads by {rounded_percent(m.value)}; "
        f"the leading startup had been {generations(m.saw)} behind the frontier"
    ),
    "copy": lambda m: f"giants have copied {rounded_percent(m.value)} of the verticals",
    "profitable": lambda m: f"a first year in profit: {_flow(m, m.value)} in twelve months",
    "cannot pivot": _cannot("leave the general race"),
    "cannot list": _cannot("list"),
    "cannot raise": _cannot("raise money"),
    "refused": _refused,
    "seeks money": _seeks,
    "round failed": _failed_round,
    "placement": _placement,
    "strategic round": _strategic_round,
    "redemption": lambda m: f"its investors called {m.money(m.value)} back, {whole_months(m.saw)} after its last round",
    "unlock": lambda m: (
        f"shares released from lock-up: its price fell by {rounded_percent(m.saw)}, "
        f"to a valuation of {m.money(m.value)}"
    ),
    "price war": lambda m: f"giants cut prices by {rounded_percent(m.value)}",
    "climate": lambda m: f"the climate for capital turned {CLIMATES[int(m.value)]}",
    "release": lambda m: (
        f"an open-source release gained {generations(m.value)}: open source is now {generations(m.saw)} "
        "behind the frontier"
    ),
    "poached": lambda m: f"lost {m.value:.2f} of its talent (index) to giants and leaders within the year",
    "test passed": lambda m: (
        f"passed the profitability test, valued at {m.money(m.value)}: {_flow(m, m.saw)} {REPORTED}"
    ),
    "endgame": lambda m: "the endgame began: roadmap, commercial loop and leaders have held for twelve months",
}
