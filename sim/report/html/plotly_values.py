"""What plotly is given as it wants it: safe texts, dates, steps of an axis."""

from __future__ import annotations

from sim.foundation.months import LAST_MONTH, month_text
from sim.words.text import shorten

YEAR_STEPS = (1, 2, 5, 10, 20, 50)


def plotly_text(text: object, limit: int = 80) -> str:
    """Text from a scenario made safe for plotly, which reads a subset of HTML and %{...} in its labels."""
    clean = shorten(text, limit).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return clean.replace("%{", "%&#123;")


def behind_square(colour: str, name: str) -> str:
    """``name``, safe for plotly, behind a square of ``colour``: upon white, few colours are dark enough to be read."""
    return f"<span style='color:{colour}'>■</span> {name}"


def month_day(month: int) -> str:
    """A calendar month (year * 12 + month - 1) as the date plotly draws it at: its first day, "2023-07-01".

    No later than the last month there is: plotly reads years of four digits.
    """
    return f"{month_text(min(month, LAST_MONTH))}-01"


def year_step(years: float, most: int) -> int:
    """Years from one tick to the next, so that ``years`` have about ``most`` ticks or fewer."""
    return next((step for step in YEAR_STEPS if years <= step * most), YEAR_STEPS[-1])
