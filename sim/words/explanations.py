"""Why survival differs, as a chain in words made from the numbers: where one cause of exit explains the headline.

The cause of exit that moves survival most must account for at least half of the difference, and what leads to it in
the model must have moved with it: who is bought after the market abandoned it was listed and abandoned before. A step
counts only where its interval excludes zero and its sign is that of the chain; where one does not, nothing is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.foundation import causes
from sim.foundation.states import State
from sim.outcomes.differences import SURVIVAL
from sim.outcomes.exits import in_parts, is_exit
from sim.outcomes.quoted import DifferenceRow, rows_to_quote
from sim.outcomes.world_tables import RULES
from sim.scenario.layout import layout_of
from sim.scenario.model import Scenario
from sim.words.estimates import signed
from sim.words.names import whom
from sim.words.text import capital

EXPLAINS = 0.5  # least part of the difference of survival
BEFORE: Mapping[str, tuple[tuple[str, int], ...]] = {  # cause of exit -> what leads to it, and whether it moves along
    RULES[causes.ABANDONED]: ((State.LISTED, 1), (State.ABANDONED, 1)),
    RULES[causes.REDEEMED]: ((State.LISTED, -1),),  # only who is not listed can be called
}
DOES = {  # what one firm does, and several do
    State.LISTED: ("lists", "list"),
    State.ABANDONED: ("is abandoned by the market", "are abandoned by the market"),
    RULES[causes.OUT_OF_MONEY]: ("runs out of money", "run out of money"),
}


def explanation(scenario: Scenario, rows: Sequence[DifferenceRow], focus: Sequence[str] = ()) -> str:
    """The chain that explains what the sentence about ``rows`` tells first, of who is in ``focus`` if anybody is."""
    told = rows_to_quote(scenario, [row for row in rows if row["firm"] in focus] or rows)
    return chain(scenario, rows, told.horizon or told.earlier)


def chain(scenario: Scenario, rows: Sequence[DifferenceRow], headline: DifferenceRow | None) -> str:
    """The chain that explains ``headline``, a row of differences.csv about survival, from ``rows`` of the same variant.

    Empty where no one cause explains it, or where a step is not sure.
    """
    if headline is None or headline["quantity"] != SURVIVAL or not headline["difference"]:
        return ""
    mine = {r["quantity"]: r for r in rows if (r["firm"], r["date"]) == (headline["firm"], headline["date"])}
    exits_go = -1 if headline["difference"] > 0 else 1
    ends = [row for quantity, row in mine.items() if is_exit(quantity) and _surely(row, exits_go)]
    last = max(ends, key=lambda row: abs(row["difference"]), default=None)
    if last is None or abs(last["difference"]) < EXPLAINS * abs(headline["difference"]):
        return ""
    before = BEFORE.get(in_parts(last["quantity"])[1], ())
    steps = [mine[state] for state, along in before if state in mine and _surely(mine[state], exits_go * along)]
    return _said(scenario, [*steps, last], headline) if len(steps) == len(before) else ""


def _surely(row: DifferenceRow, sign: int) -> bool:
    """True if the difference is surely not zero and has that sign."""
    return bool(sign * row["difference"] > 0 and sign * row["low"] > 0 and sign * row["high"] > 0)


def _said(scenario: Scenario, steps: Sequence[DifferenceRow], headline: DifferenceRow) -> str:
    firm = headline["firm"]
    alone = firm in layout_of(scenario).singles
    name, words = whom(scenario, firm), []
    for place, row in enumerate(steps):
        points = f"({signed(100 * row['difference'])}{'' if place else ' points'})"
        more = row["difference"] > 0
        what = in_parts(row["quantity"])[1] if is_exit(row["quantity"]) else row["quantity"]
        does, they_do = DOES.get(what, (f"is {what}", f"are {what}"))
        if alone:
            words.append(f"{'it' if place else name} {does} {'more' if more else 'less'} often {points}")
        else:
            of_them = "" if place else f" of {name}"
            words.append(f"{'more' if more else 'fewer'}{of_them} {they_do} {points}")
    part = abs(steps[-1]["difference"] / headline["difference"])
    share = "all" if part >= 1 else f"{100 * part:.0f}%"
    did = "lost" if headline["difference"] < 0 else "gained"
    return f"{capital(', so '.join(words))}: that is {share} of the survival {did}"
