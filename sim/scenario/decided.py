"""Decisions as people write them: ``rule``, ``never``, or a month of the run, YYYY-MM (foundation/decision.py)."""

from __future__ import annotations

from sim.foundation.assumption import Assumption
from sim.foundation.decision import BY_RULE, NOT_AT_ALL
from sim.foundation.errors import nearest_of
from sim.foundation.months import FIRST_MONTH, LAST_MONTH, month_of, month_text
from sim.scenario.node import NO, YES, Node

WORDS = {"rule": BY_RULE, "never": NOT_AT_ALL}
DECISION_FORM = "rule, never or a month"


def parse(node: Node, first: int, last: int) -> float:
    """The number of the decision at ``node``; a month is one from ``first`` to ``last``."""
    if isinstance(node.data, str) and node.data in WORDS:
        return WORDS[node.data]
    month = month_of(node.data)
    known = (first, last) != (FIRST_MONTH, LAST_MONTH)
    months = f"from {month_text(first)} to {month_text(last)}" if known else "of the run, YYYY-MM"
    allowed = f"rule, never, or a month {months}"
    if month is None:
        raise node.wrong("not a decision", allowed, meant(node.data))
    if not first <= month <= last:
        raise node.wrong("a month in which it cannot be", allowed, month_text(min(max(month, first), last)))
    return float(month)


def written(number: float) -> str:
    """The decision ``number`` as it is written: rule, never, or YYYY-MM."""
    return next((word for word, known in WORDS.items() if known == number), None) or month_text(int(number))


def stated_as(declared: Assumption, number: float) -> float | str:
    """``number`` as a scenario states it for ``declared``: itself, or the text of a decision."""
    return written(number) if declared.decides else number


def meant(data: object) -> str | None:
    """The decision that is meant by another text: a day of a month, another language's no, a slip."""
    text = str(data).strip().lower()
    if month_of(text[:7]) is not None:
        return text[:7]
    if text in NO:
        return "never"
    return "rule" if text in YES else nearest_of(text, WORDS)
