"""What is said of a firm and of whom, as tables, propositions and studies write it; codes stand in columns.py."""

from __future__ import annotations


class State:
    """How a firm ends or what it still is; then what has happened to it by a date, whatever came after."""

    NEVER_ENTERED, INDEPENDENT, ACQUIRED, CLOSED = "never_entered", "independent", "acquired", "closed"
    IN_GENERAL_RACE = "general"  # neither gone nor pivoted
    LISTED, PIVOTED, ABANDONED, PROFITABLE = "listed", "pivoted", "abandoned", "profitable"


A_STARTUP, A_GIANT = "startup", "giant"
ALL_STARTUPS, ALL_GIANTS = "startups", "giants"  # groups that every scenario has
EVER_LISTED, PIVOTERS = "listed", "pivoters"  # groups that firms join during a run
ALL = "all"  # stands for a firm in what is said about the industry as a whole
MARKET = "market"  # stands for a firm where something happens to the industry as a whole
