"""Months: how many make a year, and calendar months as ints (year * 12 + month - 1) and as text (YYYY-MM).

Everything that counts months reads this file, so that an end of a year is the same month for a law and for a sentence.
"""

from __future__ import annotations

import re

from sim.foundation.errors import InputError

MONTHS_A_YEAR, HALF_YEAR, QUARTER = 12, 6, 3  # months
HALVES_A_YEAR = MONTHS_A_YEAR // HALF_YEAR
DAYS_A_MONTH = 365.25 / MONTHS_A_YEAR
JANUARY, DECEMBER = 0, 11  # a calendar month % MONTHS_A_YEAR
FIRST_YEAR, LAST_YEAR = 1, 9999
FIRST_MONTH, LAST_MONTH = FIRST_YEAR * MONTHS_A_YEAR + JANUARY, LAST_YEAR * MONTHS_A_YEAR + DECEMBER
_YEAR_AND_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


def month_of(text: object) -> int | None:
    """The calendar month ``text`` (YYYY-MM) names, or None if there is no such month or it is no text."""
    match = _YEAR_AND_MONTH.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    year, number = int(match[1]), int(match[2])
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= number <= MONTHS_A_YEAR):
        return None
    return year * MONTHS_A_YEAR + number - 1


def month_asked(key: str, text: str | None) -> int:
    """The calendar month ``text`` (YYYY-MM) that is asked for with ``key``. InputError if there is no such month."""
    month = month_of(text)
    if month is None:
        raise InputError("not a month of the calendar", key=key, found=text, allowed=f"YYYY-MM, {span_of_dates()}")
    return month


def month_text(month: int) -> str:
    """``month`` as YYYY-MM; the opening of a run that starts in 0001-01 is 0000-12, as in ISO 8601."""
    return f"{year_text(month)}-{number_in_year(month):02d}"


def number_in_year(month: int) -> int:
    """1 for January to 12 for December."""
    return month % MONTHS_A_YEAR + 1


def year_text(month: int) -> str:
    """The year of ``month`` as YYYY."""
    return f"{month // MONTHS_A_YEAR:04d}"


def is_december(month: int) -> bool:
    """True in the last month of a year."""
    return month % MONTHS_A_YEAR == DECEMBER


def span_of_dates() -> str:
    """The months there are, in words."""
    return f"{month_text(FIRST_MONTH)} to {month_text(LAST_MONTH)}"
