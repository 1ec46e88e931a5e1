"""Decisions that a scenario can take from a firm: by rule, never, or in one month. One number each.

``BY_RULE`` leaves it to the rules; ``NOT_AT_ALL`` forbids it; a calendar month (year * 12 + month - 1) has the firm do
it in that month if it can, and at no other time. If it cannot, the log says why (events "cannot ..."). The members of
a class take one decision for all. People write rule, never or YYYY-MM (scenario/decided.py).
"""

from sim.foundation.assumption import Assumption
from sim.foundation.jit import law
from sim.foundation.months import LAST_MONTH

BY_RULE, NOT_AT_ALL = 0.0, -1.0


def decision(name: str, does: str, source: str = "assumption") -> Assumption:
    """The declaration of a decision; ``does`` follows the firm's name: "lists"."""
    says = f"when it {does}: by rule, never, or in one month if it can and at no other time"
    return Assumption(name, BY_RULE, "decision", NOT_AT_ALL, LAST_MONTH, says, source, whole=True, decides=does)


@law
def due(decided, month):  # type: ignore[no-untyped-def]
    """True in the calendar month in which the scenario has the firm do it."""
    return decided == float(month)


@law
def takes_investors(firm, month):  # type: ignore[no-untyped-def]
    """True in a month in which the firm takes money from investors at all: always by rule, else in that decided."""
    return firm.seeks_capital == 1.0 and (firm.raises == BY_RULE or due(firm.raises, month))
