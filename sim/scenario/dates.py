"""Calendar months as ints (year * 12 + month - 1) and as text (YYYY-MM)."""

from __future__ import annotations

import re

FIRST_YEAR, LAST_YEAR = 1, 9999
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


def month_of(text: str) -> int | None:
    """The calendar month ``text`` (YYYY-MM) names, or None if there is no such month."""
    match = _MONTH.fullmatch(text)
    if match is None:
        return None
    year, month = int(match[1]), int(match[2])
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12):
        return None
    return year * 12 + month - 1


def span_of_dates() -> str:
    """The months there are, in words."""
    return f"{FIRST_YEAR:04d}-01 to {LAST_YEAR:04d}-12"


def month_text(month: int) -> str:
    """``month`` as YYYY-MM; the opening of a run that starts in 0001-01 is 0000-12, as in ISO 8601."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"
