"""Numbers as words, by hand, on both sides of every limit."""

from __future__ import annotations

import pytest

from sim.words.numbers import percent, points, scaled_money


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0%"), (0.004, "<1%"), (0.006, "1%"), (0.994, "99%"), (0.996, ">99%"), (1.0, "100%")],
)
def test_a_share_that_is_neither_never_nor_always_is_not_called_so(share, text):
    """Half a per cent is the limit: 0.4% would be told as 0%, 0.6% is 1%."""
    assert percent(share) == text


def test_points_are_whole_from_ten_on_and_have_two_digits_below_one():
    """9.94 rounds to 9.9; 9.96 would be 10.0, which is ten."""
    shares = (0.0034, 0.01, 0.0994, 0.0996, 0.104, 0.31)
    assert [points(share) for share in shares] == [
        *("0.34 points", "1 point", "9.9 points", "10 points", "10 points", "31 points")
    ]


def test_a_thousand_million_is_a_billion():
    amounts = [scaled_money(value, "RMB million") for value in (999, 1000, 4350)]
    assert amounts == ["RMB 999 million", "RMB 1 billion", "RMB 4.35 billion"]
    assert scaled_money(4350, "EUR") == "4,350 EUR"
