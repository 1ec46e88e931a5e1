"""An estimate with its interval in words: one place decides between ± and both ends.

± claims as much below the estimate as above it. Near 0 and 1, and where few worlds differ, an interval is not like
that: then both ends are said. With less than about a hundred worlds on one side of a share its Wilson interval is
lopsided by more than LOPSIDED.
"""

from __future__ import annotations

import math
from collections.abc import Callable

LOPSIDED = 0.1  # most that an estimate lies off the middle of its interval, in half-widths, where ± is said
MOST_DIGITS = 4
NOTHING, NO_INTERVAL = "–", "±–"
NOTE = "± half a 95% interval, or both its ends where it is lopsided"  # for captions
NOT_KNOWN = (  # what stands beside an estimate as its spread between draws, for captions
    "how far a share moves from one draw of the uncertain assumptions to another (standard deviation in points, with "
    "its 95% interval)"
)
ALL_KNOWN = "Nothing is uncertain in this scenario: from one draw of its assumptions to another every share moves by 0."
Say = Callable[[float, int], str]  # a number to so many decimals


def plain(value: float, digits: int) -> str:
    """``value`` to ``digits`` decimals; zero has no sign."""
    text = f"{value:,.{digits}f}"
    return text.removeprefix("-") if not text.strip("-0.,") else text


def signed(value: float, digits: int = 1) -> str:
    """ "+23.4" or "−0.3"; zero has no sign."""
    text = plain(abs(value), digits)
    return text if not text.strip("0.,") else f"{'+' if value > 0 else '−'}{text}"


def spread(value: float, low: float | None, high: float | None, digits: int = 1, say: Say = plain) -> str:
    """The interval of ``value`` as it stands beside it: "±1.2", or "0.0 to 3.7" where it is lopsided.

    Empty where it has no width, NO_INTERVAL where there is none. More decimals than ``digits`` are given where it would
    else look as if it had no width.
    """
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return NO_INTERVAL
    if low == high:
        return ""
    half = (high - low) / 2
    if abs((low + high) / 2 - value) <= LOPSIDED * half:
        while round(half, digits) == 0 and digits < MOST_DIGITS:
            digits += 1
        return f"±{plain(half, digits)}"
    while say(low, digits) == say(high, digits) and digits < MOST_DIGITS:
        digits += 1
    return f"{say(low, digits)} to {say(high, digits)}"


def estimate(value: float | None, low: float | None, high: float | None, digits: int = 1, say: Say = plain) -> str:
    """``value`` with its interval: "74.4 ±0.9", "0.0 (0.0 to 3.7)"; a dash where there is nothing to go by."""
    if value is None or math.isnan(value):
        return NOTHING
    beside = spread(value, low, high, digits, say)
    told = say(value, digits)
    return f"{told} {beside}" if beside.startswith("±") else f"{told} ({beside})" if beside else told


def up_to(text: str, value: float, most: float) -> str:
    """``text``, which says ``value``; of what is only followed up to ``most`` it says that it may be more."""
    return f"{text} or more" if value >= most else text


def of_share(share: float, low: float | None, high: float | None) -> str:
    """The interval of a share in points: "±0.9" or "0.0 to 3.7"."""
    below, above = (None if bound is None else 100 * bound for bound in (low, high))
    return spread(100 * share, below, above)


def between_draws(sd: float | None, low: float | None, high: float | None) -> str:
    """A spread between draws in whole points, which is as much as some hundred draws tell: "10 (8 to 13)"; "0" where
    nothing is uncertain; a dash where it is not known.
    """
    if sd is None or low is None or high is None or math.isnan(sd):
        return NOTHING
    told = plain(100 * sd, 0)
    return told if low == high else f"{told} ({plain(100 * low, 0)} to {plain(100 * high, 0)})"


def interval_in_words(value: float, low: float | None, high: float | None, digits: int = 1, say: Say = plain) -> str:
    """The interval inside a sentence: "plus or minus 1.2", "95% interval 0.0 to 3.7"; empty where there is none."""
    beside = spread(value, low, high, digits, say)
    if beside in ("", NO_INTERVAL):
        return ""
    return f"plus or minus {beside[1:]}" if beside.startswith("±") else f"95% interval {beside}"
