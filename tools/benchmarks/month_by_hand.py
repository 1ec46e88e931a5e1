"""The month as one would write it for processes and agents: who does what, one after the other.

``FIRM`` parts are done by every firm for itself, ``INDUSTRY`` parts need all firms at once. The order is that of
engine/month.py, written out again by hand: a test compares the two, and the histories have to be the same.
"""

from __future__ import annotations

from typing import NamedTuple

FIRM, INDUSTRY = "firm", "industry"
EVERY_MONTH = tuple(range(1, 13))
QUARTER_ENDS = (3, 6, 9, 12)
HALF_YEAR_ENDS = (6, 12)


class Part(NamedTuple):
    """Steps ("<module>.<function>") that follow each other; ``months`` are the calendar months (1-12) they run in."""

    who: str
    steps: tuple[str, ...]
    months: tuple[int, ...] = EVERY_MONTH


OPENING = ("rounds.at_opening", "pivot.at_opening", "demand.measure", "entry.step", "endgame.step")
MONTH: tuple[Part, ...] = (
    Part(
        INDUSTRY,
        (
            "endgame.new_year",
            "frontier.advance",
            "paradigm.step",
            "open_source.step",
            "inference.step",
            "climate.step",
            "price_war.step",
            "demand.measure",
            "entry.step",
        ),
    ),
    Part(FIRM, ("burn.open_month",)),
    Part(INDUSTRY, ("scale.step", "vertical.step")),
    Part(FIRM, ("overseas.step", "releases.age", "take_off.step")),
    Part(INDUSTRY, ("demand.step",)),
    Part(FIRM, ("receivables.step",)),
    Part(INDUSTRY, ("marketing.plan",)),
    Part(FIRM, ("burn.step", "burn.settle")),
    Part(INDUSTRY, ("marketing.step",)),
    Part(FIRM, ("frontier.keep_pace", "releases.step", "talent.step")),
    Part(INDUSTRY, ("talent.poach",), QUARTER_ENDS),
    Part(INDUSTRY, ("value.step", "rounds.step", "strategic.step", "exchange.step")),
    Part(FIRM, ("listing.step", "redemption.step")),
    Part(FIRM, ("books.step", "listing.report"), HALF_YEAR_ENDS),
    Part(FIRM, ("listing.test",)),
    Part(INDUSTRY, ("pivot.step",)),  # whether a firm leads the startups counts
    Part(FIRM, ("spin_off.step",)),
    Part(INDUSTRY, ("acquisition.step",)),
    Part(FIRM, ("closure.step", "demand.forget")),
    Part(INDUSTRY, ("endgame.step",)),
)
