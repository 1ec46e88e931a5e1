"""Months as people say them; ``foundation/months.py`` has them as numbers and as YYYY-MM."""

from __future__ import annotations

from sim.foundation.months import MONTHS_A_YEAR, is_december, month_of, year_text
from sim.words.numbers import rounded

MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def month_name(month: int) -> str:
    """A calendar month (year * 12 + month - 1) as "March 2024"."""
    return f"{MONTH_NAMES[month % MONTHS_A_YEAR]} {year_text(month)}"


def short_month(month: int) -> str:
    """The same as "Mar 2024"."""
    return f"{MONTH_NAMES[month % MONTHS_A_YEAR][:3]} {year_text(month)}"


def span_in_words(first: int, last: int) -> str:
    """From the first to the last month: "January to June 2025", "July 2024 to June 2025"."""
    same_year = year_text(first) == year_text(last)
    return f"{MONTH_NAMES[first % MONTHS_A_YEAR] if same_year else month_name(first)} to {month_name(last)}"


def date_name(date: str) -> str:
    """``2028-12`` as "December 2028"; what is no month as it stands."""
    month = month_of(date)
    return date if month is None else month_name(month)


def date_in_short(date: str) -> str:
    """``2028-12`` as "Dec 2028"; what is no month as it stands."""
    month = month_of(date)
    return date if month is None else short_month(month)


def deadline(date: str) -> str:
    """What stands behind "by": ``2028-12`` is "the end of 2028", other months are "March 2028"."""
    month = month_of(date)
    return f"the end of {year_text(month)}" if month is not None and is_december(month) else date_name(date)


def whole_months(count: float) -> str:
    """ "7 months", "1 month": how long, to the whole month."""
    whole = round(count)
    return f"{whole} month" if whole == 1 else f"{whole} months"


def months_and_tenths(count: float) -> str:
    """ "7 months", "1 month", "0.5 months": how long, to a tenth below ten."""
    text = rounded(round(count, 1))
    return f"{text} month{'' if text == '1' else 's'}"
