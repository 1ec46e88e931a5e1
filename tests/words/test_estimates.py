"""An estimate with its interval in words: ± where that is true, both ends where it is not."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.outcomes.intervals import wilson
from sim.words.estimates import estimate, interval_in_words, of_share, plain, signed, spread, up_to


@pytest.mark.parametrize(
    ("seen", "worlds", "text"),
    [
        (0, 100, "0.0 to 3.7"),  # not 0.0 ±1.8
        (100, 100, "96.3 to 100.0"),
        (0, 10_000, "0.00 to 0.04"),  # more decimals, or it would look certain
        (5, 10_000, "0.0 to 0.1"),
        (744, 1000, "±2.7"),
        (7440, 10_000, "±0.9"),
        (5, 1000, "0.2 to 1.2"),
        (500_000, 1_000_000, "±0.1"),
        (50_000_000, 100_000_000, "±0.01"),
    ],
)
def test_wilsons_interval_beside_its_share(seen: int, worlds: int, text: str) -> None:
    low, high = (float(bound) for bound in wilson(seen / worlds, worlds))
    assert of_share(seen / worlds, low, high) == text


def test_an_estimate_with_its_interval() -> None:
    assert estimate(74.4, 73.5, 75.3) == "74.4 ±0.9"
    assert estimate(0.0, 0.0, 3.7) == "0.0 (0.0 to 3.7)"
    assert estimate(-0.7, -1.4, -0.3, say=signed) == "−0.7 (−1.4 to −0.3)"
    assert estimate(-0.01, -0.4, 0.38, say=signed) == "0.0 ±0.4"
    assert estimate(0.0, 0.0, 0.0) == "0.0", "the same in every world"
    assert estimate(12.0, None, None) == estimate(12.0, math.nan, math.nan) == "12.0 ±–", "one world"
    assert estimate(None, None, None) == estimate(math.nan, math.nan, math.nan) == "–"
    assert plain(-0.01, 1) == "0.0"
    assert interval_in_words(5.0, 4.0, 6.0) == "plus or minus 1.0"
    assert interval_in_words(0.0, 0.0, 3.7) == "95% interval 0.0 to 3.7"
    assert interval_in_words(5.0, math.nan, math.nan) == ""
    assert up_to("119 months", 119, 120) == "119 months"
    assert up_to("120 months", 120.0, 120) == "120 months or more"


@given(st.integers(0, 4000), st.integers(2, 4000))
def test_plus_or_minus_never_leaves_what_is_possible(seen: int, worlds: int) -> None:
    """Where ± is printed, neither end lies beyond 0 or 1, nor further from the true end than the rule allows."""
    share = min(seen, worlds) / worlds
    low, high = (float(bound) for bound in wilson(share, worlds))
    told = spread(100 * share, 100 * low, 100 * high)
    if told.startswith("±"):
        half = 50 * (high - low)
        assert 100 * share - half >= 0 and 100 * share + half <= 100
        assert abs(100 * share - half - 100 * low) <= 0.1 * half + 1e-9
    else:
        assert " to " in told and min(seen, worlds - seen) < 100
