"""Which decisions a study puts in force in turn: "rule,2025-01:2027-01:5,never", in the order of a page.

A decision (foundation/decision.py) has no scale but its months: ``rule`` comes first, the months in their order,
``never`` last, in whatever order they are asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sim.foundation.errors import InputError, shown
from sim.foundation.months import month_of, month_text
from sim.scenario import decided

BY_RULE_WORD, NEVER_WORD = decided.WORDS
SPAN_OF_MONTHS = "FROM:TO:N"
DECISIONS_FORM = f"decisions with commas between them: rule, never, YYYY-MM, or {SPAN_OF_MONTHS} for N months"


def chosen(label: str, given: Any, most: int) -> tuple[str, ...]:
    """The decisions that ``given`` asks for, a text or a list of texts, as they are written and in order.

    At most ``most`` months of a span. InputError, with ``label`` as its key, if it asks for something else.
    """
    parts = given.split(",") if isinstance(given, str) else list(given) if isinstance(given, Iterable) else [given]
    found = [one for part in parts for one in _of(label, str(part).strip(), most)]
    twice = next((one for one in found if found.count(one) > 1), None)
    if twice is not None:
        raise InputError("the same decision twice", key=label, found=twice, allowed="every decision once")
    return tuple(sorted(found, key=place))


def place(decision: str) -> float:
    """What orders decisions: rule, the months, never."""
    month = month_of(decision)
    return {BY_RULE_WORD: float("-inf"), NEVER_WORD: float("inf")}[decision] if month is None else month


def _of(label: str, part: str, most: int) -> list[str]:
    """The decisions of one part between commas."""
    if ":" in part:
        return _months(label, part, most)
    if part not in decided.WORDS and month_of(part) is None:
        raise InputError(
            "not a decision", key=label, found=shown(part), allowed=DECISIONS_FORM, nearest=decided.meant(part)
        )
    return [part]


def _months(label: str, part: str, most: int) -> list[str]:
    """N months from FROM to TO at equal distances."""
    texts = [text.strip() for text in part.split(":")]
    first, last = (month_of(text) for text in texts[:2])
    if len(texts) != 3 or first is None or last is None:
        raise InputError(f"not {SPAN_OF_MONTHS}", key=label, found=shown(part), allowed=DECISIONS_FORM)
    months, count = last - first, int(texts[2]) if texts[2].isdecimal() and len(texts[2]) < 9 else 0
    if months <= 0:
        raise InputError(
            "FROM not before TO", key=label, found=shown(part), allowed=f"{SPAN_OF_MONTHS} with FROM before TO"
        )
    fits = [n for n in range(2, min(months + 1, most) + 1) if months % (n - 1) == 0]
    if count not in fits:
        allowed = f"as N one of {', '.join(map(str, fits))}: these give whole months"
        raise InputError("no such number of months", key=label, found=shown(part), allowed=allowed)
    return [month_text(month) for month in range(first, last + 1, months // (count - 1))]
