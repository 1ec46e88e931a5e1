"""Why something happened: the rule that fired and what it looked at. One number each, never reused."""

from __future__ import annotations

from typing import NamedTuple


class Cause(NamedTuple):
    """``rule`` is the text in the ``cause`` column; ``saw`` names the number the rule looked at, with its unit."""

    rule: str
    saw: str


CAUSES: tuple[Cause, ...] = (
    Cause("entered on its date", "gap to the frontier, generations"),
    Cause("entered by chance through an open door", "door, share"),
    Cause("out of money", "cash, RMB million"),
    Cause("closed by chance (closing hazard)", "hazard, a month"),
    Cause("runway short", "runway, months"),
    Cause("capital is hot", "months since the last round"),
    Cause("investors' score high enough", "score above the bar"),
    Cause("investors' score too low", "score above the bar"),
    Cause("not enough dry powder", "dry powder, RMB million"),
    Cause("value below the last post-money", "last post-money, RMB million"),
    Cause("passed the gate while the window was open", "revenue of twelve months, RMB million"),
    Cause("results below the path", "revenue over expected revenue"),
    Cause("failed the profitability test", "operating cash flow of twelve months, RMB million"),
    Cause("passed the profitability test", "operating cash flow of twelve months, RMB million"),
    Cause("behind the frontier with little runway", "gap to the frontier, generations"),
    Cause("people left after the pivot", "talent left, share"),
    Cause("sold a side business under pressure", "runway, months"),
    Cause("distressed, bought near net cash", "runway, months"),
    Cause("abandoned by the market, bought near net cash", "months since abandoned"),
    Cause("refused by capital, bought near net cash", "months refused"),
    Cause("new paradigm", "gap before the shift of the leading startup, generations"),
    Cause("giants copied the vertical", "share copied"),
    Cause("a year of operating cash flow at or above zero", "operating cash flow of twelve months, RMB million"),
    Cause("shares released from lock-up", "share of the price lost"),
    Cause("listed and short of money", "runway, months"),
    Cause("giants cut prices", "depth of the cut, share"),
    Cause("open-source release", "gap of open source after it, generations"),
    Cause("climate changed", "0 hot, 1 normal, 2 cold"),
    Cause("poached by giants and leaders", "talent lost, index"),
    Cause("three criteria held for twelve months", "months"),
)
(
    ON_DATE,
    BY_CHANCE,
    OUT_OF_MONEY,
    CLOSING_HAZARD,
    RUNWAY_SHORT,
    CAPITAL_HOT,
    SCORE_HIGH,
    SCORE_LOW,
    POWDER_LOW,
    BELOW_POST_MONEY,
    GATE_PASSED,
    BELOW_PATH,
    TEST_FAILED,
    TEST_PASSED,
    FELL_BEHIND,
    PEOPLE_LEFT,
    SIDE_BUSINESS,
    DISTRESSED,
    ABANDONED,
    REFUSED,
    PARADIGM,
    COPIED,
    YEAR_IN_PROFIT,
    LOCK_UP,
    LISTED_SHORT,
    GIANTS_CUT,
    OPEN_RELEASE,
    CLIMATE_TURNED,
    TALENT_POACHED,
    CRITERIA_HELD,
) = range(len(CAUSES))
