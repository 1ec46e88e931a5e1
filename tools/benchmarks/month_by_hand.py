"""The month as one would write it for processes and agents: who does what, one after the other.

``FIRM`` parts are done by every firm for itself, ``INDUSTRY`` parts need all firms at once: also rules of one firm,
where firms add up to what the next rule reads. The order is that of engine/month.py, written out again by hand: a test
compares the two, and the histories have to be the same.
"""

from __future__ import annotations

from typing import NamedTuple

FIRM, INDUSTRY = "firm", "industry"
EVERY_MONTH = tuple(range(1, 13))
QUARTER_ENDS = (3, 6, 9, 12)
HALF_YEAR_ENDS = (6, 12)
CONSUMER, API, PROJECTS, VERTICAL = range(4)  # lines of business
AT_HOME, OVERSEAS = range(2)


class Rule(NamedTuple):
    """A rule "<module>.<function>", whether it is one of a single independent firm, and its line or place, if any."""

    name: str
    of_firm: bool = False
    at: int | None = None


class Part(NamedTuple):
    """Rules that follow each other; ``months`` are the calendar months (1-12) they run in."""

    who: str
    rules: tuple[Rule, ...]
    months: tuple[int, ...] = EVERY_MONTH


def every(*names: str) -> tuple[Rule, ...]:
    """Rules of single firms."""
    return tuple(Rule(name, True) for name in names)


def at_once(*names: str) -> tuple[Rule, ...]:
    """Rules of the world as a whole."""
    return tuple(Rule(name) for name in names)


def line(at: int) -> tuple[Rule, ...]:
    """Customers of one line of business choose."""
    return Rule("demand.open_line", False, at), Rule("demand.weigh", True, at), Rule("demand.choose", True, at)


def users(at: int) -> tuple[Rule, ...]:
    """Users of one place are lost and bought."""
    return (
        Rule("marketing.ask_price", False, at),
        Rule("marketing.lose", True, at),
        Rule("marketing.fill", False, at),
        Rule("marketing.buy", True, at),
    )


OPENING = at_once("rounds.at_opening", "pivot.at_opening", "demand.measure", "entry.step", "endgame.step")
MONTH: tuple[Part, ...] = (
    Part(
        INDUSTRY,
        (
            *at_once("endgame.new_year", "frontier.no_means"),
            *every("frontier.add_means"),
            *at_once("frontier.advance", "paradigm.step", "open_source.step", "inference.step", "climate.step"),
            *at_once("price_war.step", "demand.measure", "entry.step"),
        ),
    ),
    Part(FIRM, every("burn.open_month")),
    Part(
        INDUSTRY,
        (
            *at_once("scale.open_month"),
            *every("scale.measure", "scale.share_out"),
            *at_once("scale.step", "vertical.open_month"),
            *every("vertical.move_in"),
            *at_once("vertical.copy"),
        ),
    ),
    Part(FIRM, every("vertical.step", "overseas.step", "releases.age", "take_off.step")),
    Part(
        INDUSTRY,
        (
            *every("demand.part", "demand.offer"),
            *line(CONSUMER),
            *line(API),
            *line(PROJECTS),
            *line(VERTICAL),
            *at_once("demand.look_ahead"),
            *every("demand.weigh_prospect", "demand.prospect"),
        ),
    ),
    Part(FIRM, every("demand.bill", "receivables.step")),
    Part(INDUSTRY, at_once("marketing.plan", "burn.wages")),
    Part(FIRM, every("burn.shrink", "burn.step", "burn.settle")),
    Part(INDUSTRY, (*every("marketing.add_up"), *users(AT_HOME), *users(OVERSEAS))),
    Part(FIRM, every("frontier.keep_pace", "releases.step", "talent.step", "talent.tell_exodus")),
    Part(INDUSTRY, at_once("talent.poach"), QUARTER_ENDS),
    Part(
        INDUSTRY,
        (
            *at_once("value.open_month"),
            *every("value.add_peer"),
            *at_once("value.measure_peers"),
            *every("value.step"),
            *at_once("rounds.step", "strategic.step", "exchange.step"),
        ),
    ),
    Part(FIRM, at_once("listing.step", "redemption.step")),
    Part(FIRM, at_once("books.step", "listing.report"), HALF_YEAR_ENDS),
    Part(FIRM, at_once("listing.test")),
    Part(INDUSTRY, at_once("pivot.step")),  # whether a firm leads the startups counts
    Part(FIRM, at_once("spin_off.step")),
    Part(INDUSTRY, at_once("acquisition.step")),
    Part(FIRM, at_once("closure.step", "demand.forget")),
    Part(INDUSTRY, at_once("endgame.step")),
)
