"""Numbers, months and names as words: the same format in titles, tables, hover texts and captions."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

from sim.foundation.months import LAST_MONTH, MONTHS_A_YEAR, year_text
from sim.foundation.months import month_text as iso_month
from sim.words.events import capital as capital
from sim.words.events import lower as lower

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LONG_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
YEAR_STEPS = (1, 2, 5, 10, 20, 50)
SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def plotly_text(text: object, limit: int = 80) -> str:
    """Text from a scenario made safe for plotly, which reads a subset of HTML and %{...} in its labels."""
    clean = shorten(text, limit).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return clean.replace("%{", "%&#123;")


def shorten(text: object, limit: int) -> str:
    """One printable line of at most ``limit`` characters."""
    line = " ".join("".join(c if c.isprintable() or c.isspace() else "�" for c in str(text)).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def percent(share: float, digits: int = 0) -> str:
    """0.744 as "74%"; what is neither never nor always never rounds to 0% or 100%."""
    if not math.isfinite(share):
        return "–"
    value = 100 * share
    edge = 10.0**-digits
    if 0 < value < edge / 2:
        return f"<{edge:g}%"
    if 100 - edge / 2 < value < 100:
        return f">{100 - edge:g}%"
    return f"{value:.{digits}f}%"


def surely(low: float, high: float, say: Callable[[float], str]) -> str:
    """The 95% interval of a quantile in brackets: " (95% interval 4 to 5)"; nothing where there is none."""
    return f" (95% interval {say(low)} to {say(high)})" if math.isfinite(low) and math.isfinite(high) else ""


def between(low: float, high: float) -> str:
    """An interval of shares in words: "73.1% to 75.3%"; a dash where there is none."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return "–"
    return f"{percent(low, 1)} to {percent(high, 1)}"


def number(value: float, digits: int = 3) -> str:
    """``value`` to ``digits`` significant digits with thousands separators, no exponent for what people read."""
    if not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    size = math.floor(math.log10(abs(value)))
    if size >= digits:
        return f"{round(value, digits - 1 - size):,.0f}"
    if size < -5:
        return f"{value:.{digits - 1}e}"
    return f"{value:,.{max(digits - 1 - size, 0)}f}".rstrip("0").rstrip(".") if size < digits - 1 else f"{value:,.0f}"


def exact(value: float) -> str:
    """A scenario's number as it was written, as far as a float can tell: 1500, 0.05, 1e-07."""
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{int(value):,}"
    return repr(float(value))


def money(value: float, currency: str) -> str:
    """An amount in the scenario's currency: 4350 of "RMB million" is "RMB 4.35 billion"."""
    unit, _, scale = currency.rpartition(" ")
    if scale == "million" and unit:
        if abs(value) >= 1000:
            return f"{unit} {number(value / 1000)} billion"
        return f"{unit} {number(value)} million"
    return f"{number(value)} {currency}"


def month_text(month: int, long: bool = False) -> str:
    """A calendar month (year * 12 + month - 1) as "Jul 2023" or "July 2023"."""
    return f"{(LONG_MONTHS if long else MONTHS)[month % MONTHS_A_YEAR]} {year_text(month)}"


def month_day(month: int) -> str:
    """A calendar month (year * 12 + month - 1) as the date plotly draws it at: its first day, "2023-07-01".

    No later than the last month there is: plotly reads years of four digits.
    """
    return f"{iso_month(min(month, LAST_MONTH))}-01"


def notes(notices: Iterable[str]) -> tuple[str, ...]:
    """What a reader must know before the figures, as lines of small print, each ended by a full stop."""
    return tuple(f"{shorten(notice, 400).rstrip('.')}." for notice in notices)


def year_step(years: float, most: int) -> int:
    """Years from one tick to the next, so that ``years`` have about ``most`` ticks or fewer."""
    return next((step for step in YEAR_STEPS if years <= step * most), YEAR_STEPS[-1])


def listed(items: Sequence[str]) -> str:
    """ "a, b and c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


def count(value: int, noun: str, plural: str | None = None) -> str:
    """ "three startups", "one startup", "no startup": small numbers as words."""
    word = SMALL[value] if 0 <= value < len(SMALL) else f"{value:,}"
    return f"{word} {noun if value in (0, 1) else plural or noun + 's'}"


def how_many(value: int) -> str:
    """ "five", "none": a small number as a word that stands alone."""
    return "none" if value == 0 else SMALL[value] if 0 < value < len(SMALL) else f"{value:,}"
