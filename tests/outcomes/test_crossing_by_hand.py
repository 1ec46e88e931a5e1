"""Where a curve that trembles about the level crosses it, by hand."""

from __future__ import annotations

import pytest

from sim.outcomes.crossing import _crossings

TREMBLES = [(0.0, -5.0), (1.0, -1.0), (2.0, 1.0), (3.0, -0.5), (4.0, 0.5), (5.0, 5.0)]  # value, standard errors


def test_of_three_passes_the_middle_one_is_the_estimate_and_the_ends_say_the_direction():
    """From 1 at 2 to -1/2 at 3 the line passes 0 at 2 + 2/3; from surely below to surely above it rises."""
    (found,) = _crossings(TREMBLES, False)
    assert found.estimate == pytest.approx(2 + 2 / 3) and found.rising and found.cut == ()
    (falls,) = _crossings([(x, -score) for x, score in TREMBLES], False)
    assert falls.estimate == found.estimate and not falls.rising


def test_a_whole_number_crosses_at_a_value_on_the_far_side():
    """The middle pass leads back below; the first value above after it is 4."""
    (found,) = _crossings(TREMBLES, True)
    assert (found.estimate, found.low, found.high, found.rising) == (4.0, 1.0, 5.0, True)


def test_an_even_number_of_passes_is_no_crossing():
    assert _crossings([(0.0, -5.0), (1.0, 1.0), (2.0, -5.0)], False) == []
