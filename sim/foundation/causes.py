"""Why something happened: the rule that fired and what it looked at. One number each, never reused.

No rule gives "bought in distress" any more. It stays: Parquet files list all rules, so without it each would change.
"""

from __future__ import annotations

from typing import NamedTuple


class Cause(NamedTuple):
    """``rule`` is the text in the ``cause`` column; ``saw`` names the number the rule looked at, with its unit."""

    rule: str
    saw: str


CAUSES: list[Cause] = []  # by their numbers


def _cause(rule: str, saw: str) -> int:
    """The number of a new cause, the next one."""
    CAUSES.append(Cause(rule, saw))
    return len(CAUSES) - 1


NO_CAUSE = -1  # of what did not happen
ON_DATE = _cause("entered on its date", "gap to the frontier, generations")
BY_CHANCE = _cause("entered by chance through an open door", "door, share")
OUT_OF_MONEY = _cause("out of money", "cash, ¤")
CLOSING_HAZARD = _cause("closed by chance (closing hazard)", "hazard, a month")
PLAN_SHORT = _cause("short of cash for its full plan", "months of its full plan in cash")
CAPITAL_HOT = _cause("capital is hot", "months since the last round")
SCORE_HIGH = _cause("investors' score high enough", "score above the bar")
SCORE_LOW = _cause("investors' score too low", "score above the bar")
POWDER_LOW = _cause("not enough dry powder", "dry powder, ¤")
BELOW_POST_MONEY = _cause("pre-money below the last post-money", "last post-money, ¤")
GATE_PASSED = _cause("passed the gate while the window was open", "revenue of twelve months, ¤")
BELOW_PATH = _cause("results below the path", "revenue over expected revenue")
TEST_FAILED = _cause("failed the profitability test", "operating cash flow of twelve months, ¤")
TEST_PASSED = _cause("passed the profitability test", "operating cash flow of twelve months, ¤")
FELL_BEHIND = _cause("behind the frontier and short of cash for its full plan", "gap to the frontier, generations")
PEOPLE_LEFT = _cause("people left after the pivot", "talent left, share")
SIDE_BUSINESS = _cause("sold a side business under pressure", "runway, months")
DISTRESSED = _cause("bought in distress", "runway, months")
ABANDONED = _cause("bought after the market abandoned it", "months since abandoned")
REFUSED = _cause("bought after capital refused it", "months refused")
PARADIGM = _cause("new paradigm", "gap before the shift of the leading startup, generations")
COPIED = _cause("giants copied the vertical", "share copied")
YEAR_IN_PROFIT = _cause("a year of operating cash flow at or above zero", "operating cash flow of twelve months, ¤")
LOCK_UP = _cause("shares released from lock-up", "share of the price lost")
LISTED_SHORT = _cause("listed and short of cash for its full plan", "months of its full plan in cash")
GIANTS_CUT = _cause("giants cut prices", "depth of the cut, share")
OPEN_RELEASE = _cause("open-source release", "gap of open source after it, generations")
CLIMATE_TURNED = _cause("climate changed", "0 hot, 1 normal, 2 cold")
TALENT_POACHED = _cause("poached by giants and leaders", "talent lost, index")
CRITERIA_HELD = _cause(
    "three criteria held for twelve months", "lowest operating cash flow of the leaders, twelve months, ¤"
)
NEWNESS = _cause("closed young by chance (liability of newness)", "months since entry")
ACQUISITION_HAZARD = _cause("bought by chance (acquisition hazard)", "hazard, a month")
TERMS_GOOD = _cause("the price has risen far above the last one", "months since the last round")
CHOSEN = _cause("chosen by a state-linked or strategic investor", "weight among startups, share")
CALLED = _cause("investors called their money", "months since the last round")
NO_RELEASE = _cause("no model near the frontier for too long", "months since the last one")
REDEEMED = _cause("bought after investors called their money", "months since the call")
SHARES_DEAR = _cause("listed and its shares are dear", "premium, log")
FORCED = _cause("decided by the scenario", "what it was decided to be")
FORCED_LISTING = _cause(
    "decided by the scenario, passed the gate while the window was open", "revenue of twelve months, ¤"
)
WINDOW_SHUT = _cause("the listing window is shut", "window, share")
GATE_NOT_PASSED = _cause("does not pass the gate", "revenue of twelve months, ¤")
LISTED_ALREADY = _cause("has listed already", "months since")
PIVOTED_ALREADY = _cause("has left the general race already", "months since")
PIVOTED_MAY_NOT = _cause("has left the general race, so may not list", "months since")
OWN_MONEY = _cause("lives from its own money", "1 if it seeks capital")
SWITCHED_OFF = _cause("the mechanism is switched off", "0")
TOO_YOUNG = _cause("too young for the exchange", "age, years")
LEAD_GONE = _cause("no lead over open source worth its cost", "lead over open source, generations")
NO_PACE = _cause("too far behind to keep pace", "gap to the frontier, generations")
