"""Which worlds are told: distances and the middling worlds worked by hand."""

from __future__ import annotations

from synthetic_runs import firm, scenario, still

from sim.foundation.columns import CLOSED
from sim.outcomes.typical_worlds import distances, features, middling


def test_another_fate_is_as_far_as_two_milestones() -> None:
    """From a world in which nothing happens: A closes; A lists; A lists and pivots; A closes and B lists."""
    histories = still(5, 2)
    histories["fate"][[1, 4], 0], histories["exit_month"][[1, 4], 0] = CLOSED, 5
    histories["listing_month"][[2, 3], 0] = 6
    histories["pivot_month"][3, 0] = 7
    histories["listing_month"][4, 1] = 6
    table, weights = features(scenario((firm("a"), firm("b")), 12), histories)
    assert distances(table, weights, 0).tolist() == [0, 2, 1, 2, 3]


def test_the_middling_worlds_have_the_upper_median_of_both_counts() -> None:
    """Left are 0, 1, 2 and 2 of two firms: 2 is the third of four. Of those two worlds the second has a pivot."""
    histories = still(4, 2)
    for world, row in ((0, 0), (0, 1), (1, 0)):
        histories["fate"][world, row], histories["exit_month"][world, row] = CLOSED, 5
    histories["pivot_month"][3, 0] = 7
    assert middling(histories).tolist() == [False, False, True, False]
