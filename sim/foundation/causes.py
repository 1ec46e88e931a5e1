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
    Cause("out of money", "cash, ¤"),
    Cause("closed by chance (closing hazard)", "hazard, a month"),
    Cause("short of cash for its full plan", "months of its full plan in cash"),
    Cause("capital is hot", "months since the last round"),
    Cause("investors' score high enough", "score above the bar"),
    Cause("investors' score too low", "score above the bar"),
    Cause("not enough dry powder", "dry powder, ¤"),
    Cause("pre-money below the last post-money", "last post-money, ¤"),
    Cause("passed the gate while the window was open", "revenue of twelve months, ¤"),
    Cause("results below the path", "revenue over expected revenue"),
    Cause("failed the profitability test", "operating cash flow of twelve months, ¤"),
    Cause("passed the profitability test", "operating cash flow of twelve months, ¤"),
    Cause("could not keep up with the frontier", "gap to the frontier, generations"),
    Cause("people left after the pivot", "talent left, share"),
    Cause("sold a side business under pressure", "runway, months"),
    Cause("bought in distress", "runway, months"),
    Cause("bought after the market abandoned it", "months since abandoned"),
    Cause("bought after capital refused it", "months refused"),
    Cause("new paradigm", "gap before the shift of the leading startup, generations"),
    Cause("giants copied the vertical", "share copied"),
    Cause("a year of operating cash flow at or above zero", "operating cash flow of twelve months, ¤"),
    Cause("shares released from lock-up", "share of the price lost"),
    Cause("listed and short of cash for its full plan", "months of its full plan in cash"),
    Cause("giants cut prices", "depth of the cut, share"),
    Cause("open-source release", "gap of open source after it, generations"),
    Cause("climate changed", "0 hot, 1 normal, 2 cold"),
    Cause("poached by giants and leaders", "talent lost, index"),
    Cause("three criteria held for twelve months", "lowest operating cash flow of the leaders, twelve months, ¤"),
    Cause("closed young by chance (liability of newness)", "months since entry"),
    Cause("bought by chance (acquisition hazard)", "hazard, a month"),
    Cause("the price has risen far above the last one", "months since the last round"),
    Cause("chosen by a state-linked or strategic investor", "weight among startups, share"),
    Cause("investors called their money", "months since the last round"),
    Cause("no model near the frontier for too long", "months since the last one"),
    Cause("bought after investors called their money", "months since the call"),
    Cause("listed and its shares are dear", "premium, log"),
    Cause("decided by the scenario", "1 keeps core technology, 0 drops it"),
)
(
    ON_DATE,
    BY_CHANCE,
    OUT_OF_MONEY,
    CLOSING_HAZARD,
    PLAN_SHORT,
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
    NEWNESS,
    ACQUISITION_HAZARD,
    TERMS_GOOD,
    CHOSEN,
    CALLED,
    NO_RELEASE,
    REDEEMED,
    SHARES_DEAR,
    FORCED,
) = range(len(CAUSES))
NO_CAUSE = -1  # of what did not happen
