"""Numbers as words: shares, amounts, money, counts. Intervals stand in ``estimates``, months in ``months``."""

from __future__ import annotations

import math
from collections.abc import Callable

from sim.foundation.currency import MONEY

SMALL_NUMBERS = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
MANY = 10  # from here on amounts are told without decimals
WHOLE_FROM = 9.95  # points told without decimals
UNITS_SAID = ("months", "generations", "million", "days")
SCALES = ("thousand", "million", "billion")
TEENS = range(11, 14)


def significant(value: float, digits: int = 3) -> str:
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


def rounded(amount: float) -> str:
    """``amount`` rounded for reading: 4,300 or 7.5; never -0."""
    text = f"{amount:,.0f}" if abs(amount) >= MANY else f"{amount:.1f}".removesuffix(".0")
    return text.removeprefix("-") if not text.strip("-0.,") else text


def exact(value: float) -> str:
    """A scenario's number as it was written, as far as a float can tell: 1500, 0.05, 1e-07."""
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{int(value):,}"
    return repr(float(value))


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


def rounded_percent(part: float) -> str:
    """``part`` of one as per cent."""
    return f"{rounded(round(100 * part, 1))}%"


def between(low: float, high: float) -> str:
    """An interval of shares in words: "73.1% to 75.3%"; a dash where there is none."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return "–"
    return f"{percent(low, 1)} to {percent(high, 1)}"


def surely(low: float, high: float, say: Callable[[float], str]) -> str:
    """The 95% interval of a quantile in brackets: " (95% interval 4 to 5)"; nothing where there is none."""
    return f" (95% interval {say(low)} to {say(high)})" if math.isfinite(low) and math.isfinite(high) else ""


def points(share: float) -> str:
    """A difference of shares in percentage points: 31 points, 4.2 points, 0.3 points, 1 point."""
    value = abs(100 * share)
    text = f"{value:.0f}" if value >= WHOLE_FROM else f"{value:.2g}" if value < 1 else rounded(round(value, 1))
    return f"{text} point{'' if text == '1' else 's'}"


def rounded_money(amount: float, currency: str) -> str:
    """An amount in a currency such as ``RMB million``, rounded for reading: "RMB 4,300 million"."""
    return with_currency(rounded(amount), currency)


def with_currency(written: str, currency: str) -> str:
    """The amount that is ``written``; a currency of another form than ``RMB million`` follows the number."""
    sign, _, scale = currency.rpartition(" ")
    return f"{sign} {written} {scale}" if sign and scale in SCALES else f"{written} {currency}".strip()


def scaled_money(value: float, currency: str) -> str:
    """An amount in the scenario's currency: 4350 of "RMB million" is "RMB 4.35 billion"."""
    divisor, billions = in_billions(currency)
    if divisor > 1:
        drawn = (value / divisor, billions) if abs(value) >= divisor else (value, currency)
        return with_currency(significant(drawn[0]), drawn[1])
    return f"{significant(value)} {currency}"


def in_billions(currency: str) -> tuple[float, str]:
    """What to divide money by to draw it, and its unit then: "RMB million" is drawn in "RMB billion"."""
    unit, _, scale = currency.rpartition(" ")
    return (1000.0, f"{unit} billion") if scale == "million" and unit else (1.0, currency)


def with_unit(written: str, unit: str, currency: str) -> str:
    """A number that is ``written`` with its declared ``unit``: "RMB 30 million a month", "12 months"; a unit that says
    nothing inside a sentence (ratio, index, score) is left out.
    """
    if unit.startswith(MONEY):
        return with_currency(written, currency) + unit.removeprefix(MONEY)
    return f"{written} {unit}" if unit.startswith(UNITS_SAID) else written


def count(value: int, noun: str, plural: str | None = None) -> str:
    """ "three startups", "one startup", "no startup": small numbers as words."""
    word = SMALL_NUMBERS[value] if 0 <= value < len(SMALL_NUMBERS) else f"{value:,}"
    return f"{word} {noun if value in (0, 1) else plural or noun + 's'}"


def how_many(value: int) -> str:
    """ "five", "none": a small number as a word that stands alone."""
    return "none" if value == 0 else SMALL_NUMBERS[value] if 0 < value < len(SMALL_NUMBERS) else f"{value:,}"


def ordinal(count: int) -> str:
    """1st, 2nd, 3rd, 4th."""
    ending = "th" if count % 100 in TEENS else {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")
    return f"{count}{ending}"
