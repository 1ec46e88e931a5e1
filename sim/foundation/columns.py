"""One registry for everything a firm and the market own: names, units, labels, start values, dtypes.

The engine's record arrays, the recorder, the result files and the labels of figures all derive from it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sim.foundation.states import A_GIANT, A_STARTUP, State

LONGEST_RUNWAY = 120.0  # months: no runway is counted further
NEVER = 1_000_000  # the month of what has not happened; later than any month, so ``month <= tick`` is False

# status of a firm
NOT_ENTERED, INDEPENDENT, ACQUIRED, CLOSED = 0, 1, 2, 3
FATES = (State.NEVER_ENTERED, State.INDEPENDENT, State.ACQUIRED, State.CLOSED)  # in the order of the status numbers
STARTUP, GIANT = 0, 1
FIRM_KINDS = (A_STARTUP, A_GIANT)
HOT, NORMAL, COLD = 0, 1, 2

MILESTONES = (State.LISTED, State.PIVOTED, State.ABANDONED, State.PROFITABLE)
MILESTONE_COLUMNS = {
    State.LISTED: "listing_month",
    State.PIVOTED: "pivot_month",
    State.ABANDONED: "abandoned_month",
    State.PROFITABLE: "profitable_month",
}

# The eight separate markets: four lines of business, at home and abroad.
LINES = ("consumer", "api", "projects", "vertical")
PLACES = ("home", "abroad")
MARKETS = tuple(f"{line}_{place}" for place in PLACES for line in LINES)
CONSUMER, API, PROJECTS, VERTICAL = 0, 1, 2, 3
LINE_COUNT = len(LINES)
HOME, ABROAD = 0, 4  # index of a market = line + place


class Column(NamedTuple):
    """One column of a record array: ``start`` is its value at entry (firms) or at the opening (market).

    ``most`` is a cap: a value that stands there may in truth be more, and whoever tells it says so. ``passing`` is a
    column that holds something only while rules of a month follow each other, such as a sum over firms.
    """

    name: str
    unit: str
    label: str
    start: float = 0.0
    whole: bool = False
    most: float = math.inf
    passing: bool = False


def _passing(name: str, unit: str, label: str, start: float = 0.0, whole: bool = False) -> Column:
    return Column(name, unit, label, start, whole, passing=True)


def _months(name: str, label: str) -> Column:
    return Column(name, "tick", label, NEVER, whole=True)


FIRM_COLUMNS: tuple[Column, ...] = (
    # who it is
    Column("kind", "0 startup, 1 giant", "kind", 0, True),
    Column("status", "0 not entered, 1 independent, 2 acquired, 3 closed", "status", 0, True),
    Column("lot", "uniform draw", "lot drawn once per world: of firms equally near to the frontier the lowest leads"),
    # when what happened to it
    Column("enters_month", "tick", "earliest month of entry", NEVER, True),
    _months("entry_month", "month of entry"),
    _months("exit_month", "month of exit"),
    _months("pivot_month", "month it left the general race"),
    _months("listing_month", "month of listing"),
    _months("abandoned_month", "month the market abandoned it"),
    _months("profitable_month", "month it first was profitable over a year"),
    _months("spin_off_month", "month it sold a side business"),
    _months("last_round_month", "month of its last round"),
    _months("seeking_month", "month it began to seek the money it now seeks"),
    _months("placement_month", "month of its last placement"),
    _months("test_month", "month of the profitability test, once listed"),
    _months("release_month", "month it last had a model near the frontier"),
    _months("called_month", "month its investors called their money"),
    Column("deep", "switch", "1 if its pivot kept core technology", 0, True),
    Column("anchored", "switch", "1 once its valuation at entry was taken up", 0, True),
    Column("started", "switch", "1 after its first month", 0, True),
    Column("out_of_race", "switch", "1 if it has been without a model near the frontier for too long", 0, True),
    Column("cutting", "switch", "1 while it cuts towards its floor", 0, True),
    Column("exodus_told", "switch", "1 once the exodus after its pivot was told", 0, True),
    # money
    Column("cash_open", "¤", "cash at the start of the month"),
    Column("cash", "¤", "cash"),
    Column("receivables", "¤", "receivables"),
    Column("backlog", "¤", "backlog of undelivered projects"),
    Column("collections", "¤ a month", "collections"),
    Column("spending", "¤ a month", "spending"),
    Column("venture_in", "¤ a month", "venture money received"),
    Column("ipo_in", "¤ a month", "IPO proceeds"),
    Column("placement_in", "¤ a month", "placement proceeds"),
    Column("strategic_in", "¤ a month", "money from state-linked and strategic investors"),
    Column("redeemed", "¤ a month", "money paid back to investors"),
    Column("spin_off_in", "¤ a month", "proceeds of a spin-off"),
    Column("grant_in", "¤ a month", "money from a parent or grants"),
    Column("cash_left", "¤", "cash left behind at exit"),
    Column("operating_flow", "¤ a month", "operating cash flow"),
    Column("smooth_flow", "¤ a month", "operating cash flow, smoothed over a year"),
    Column("burn", "¤ a month", "net burn, smoothed over a quarter"),
    Column("runway", "months", "runway", LONGEST_RUNWAY, most=LONGEST_RUNWAY),
    Column("plan_runway", "months", "months of its full plan in cash", LONGEST_RUNWAY, most=LONGEST_RUNWAY),
    Column("last_spending", "¤ a month", "spending of the month before"),
    Column("raised", "¤", "money raised"),
    Column("raised_smooth", "¤ a month", "money raised, smoothed over a year and a half"),
    Column("raised_year", "¤", "venture money raised in the calendar year"),
    Column("owed", "¤", "money that investors have called and not got"),
    Column("rounds", "count", "rounds raised", 0, True),
    Column("refused_months", "months", "months in a row refused by capital", 0, True),
    Column("score", "score", "investors' score"),
    Column("ask", "¤", "amount asked for"),
    # technology and people
    Column("gap", "generations", "gap to the frontier"),
    Column("effort", "ratio", "effort relative to what keeps pace"),
    Column("talent", "index", "talent", 1.0),
    Column("organisation", "index", "size of the organisation that is paid", 1.0),
    Column("people_lost", "index", "talent lost last month, to be replaced"),
    Column("talent_before", "index", "talent in the month of the pivot", 1.0),
    Column("pivot_cost", "¤ a month", "planned research in the month of the pivot"),
    Column("pressure", "ratio", "pressure on one who cannot keep pace"),
    Column("offer_gap", "generations", "gap to the frontier of what it offers, open models included"),
    Column("stale", "years", "how long its last model near the frontier has no longer counted as new"),
    Column("fresh", "ratio", "effort that counts, after what a stale model or a failed test costs", 1.0),
    Column("hit_consumer", "log", "how far its consumer product has taken off"),
    Column("hit_api", "log", "how far its API has taken off"),
    Column("moves_in", "weight", "effort in verticals beyond its mix"),
    Column("choosing", "share", "customers who choose anew, over those of a firm without a niche", 1.0),
    Column("footing", "share", "reach left by the door at entry", 1.0),
    Column("drawn", "share", "share of all attraction of talent"),
    Column("reach_log", "log", "log of reach times footing"),
    Column("part_home", "ratio", "weight of the effort at home"),
    Column("part_abroad", "ratio", "weight of the effort abroad"),
    Column("parted_at", "share", "overseas share, and whether there is a market abroad, that these two hold for", -1.0),
    Column("parted_taking", "exponent", "exponent that these two hold for", -1.0),
    Column("weight_home", "ratio", "weight in the line at hand, at home"),
    Column("weight_abroad", "ratio", "weight in the line at hand, abroad"),
    Column("unit_cost", "ratio", "unit cost relative to a small firm's", 1.0),
    Column("spread", "ratio", "research plan over ambition: the cost is spread over means", 1.0),
    Column("flywheel", "ratio", "effort multiplier from users", 1.0),
    Column("free_share", "share", "share of its plan that listing leaves", 1.0),
    # business
    Column("users", "million", "monthly active users"),
    Column("revenue_consumer", "¤ a month", "consumer revenue"),
    Column("revenue_api", "¤ a month", "API revenue"),
    Column("revenue_projects", "¤ a month", "project revenue"),
    Column("revenue_vertical", "¤ a month", "vertical revenue"),
    Column("revenue", "¤ a month", "revenue"),
    Column("smooth_revenue", "¤ a month", "revenue, smoothed over a year"),
    Column("slow_revenue", "¤ a month", "revenue, smoothed over two years"),
    Column("gross_profit", "¤ a month", "gross profit"),
    Column("api_margin", "share", "gross margin of API"),
    Column("project_margin", "share", "gross margin of projects"),
    Column("cost_of_revenue", "¤ a month", "cost of revenue"),
    Column("research", "¤ a month", "research spending"),
    Column("marketing", "¤ a month", "marketing spending"),
    Column("overhead", "¤ a month", "overhead"),
    Column("bad_debt", "¤ a month", "receivables written off"),
    Column("prospect", "¤ a year", "revenue within reach at the horizon of valuation"),
    Column("vertical_margin", "share", "gross margin of verticals", 0.5),
    Column("vertical_dso", "days", "days sales outstanding in verticals", 60.0),
    Column("vertical_delay", "months", "delivery time in verticals", 1.0),
    Column("vertical_bad_debt", "share", "extra bad debt in verticals"),
    Column("vertical_price", "ratio", "price that a lead commands in verticals", 1.0),
    Column("vertical_pull", "ratio", "attraction in verticals after copying", 1.0),
    Column("restructured", "share", "share of overhead cut by a spin-off"),
    # half-yearly books
    Column("revenue_total", "¤", "revenue since entry"),
    Column("flow_total", "¤", "operating cash flow since entry"),
    Column("revenue_half", "¤", "revenue to the last half-year end"),
    Column("revenue_year", "¤", "revenue to the half-year end before"),
    Column("flow_half", "¤", "operating cash flow to the last half-year end"),
    Column("flow_year", "¤", "operating cash flow to the half-year end before"),
    Column("halves", "count", "half-year ends seen since entry", 0, True),
    Column("ttm_revenue", "¤", "revenue of the trailing twelve months, at the last half-year end"),
    Column("ttm_flow", "¤", "operating cash flow of those twelve months"),
    # value
    Column("value", "¤", "valuation"),
    Column("premium", "log", "premium over what the business is worth"),
    Column("drift", "log", "luck of the premium that still runs"),
    Column("float_share", "share", "share of its stock that is traded"),
    Column("post_money", "¤", "post-money valuation of the last round"),
    Column("founders_stake", "share", "founders' stake", 1.0),
    Column("expected_revenue", "¤ a year", "revenue the market expects at the next report"),
    # giants
    Column("capacity_left", "¤", "buying capacity left this year"),
)

MARKET_COLUMNS: tuple[Column, ...] = (
    Column("world", "index", "world", 0, True),
    # technology
    Column("frontier", "generations", "frontier"),
    Column("frontier_speed", "generations a month", "speed of the frontier"),
    Column("frontier_cost", "¤ a month", "cost of staying at the frontier"),
    Column("open_gap", "generations", "gap of open source to the frontier"),
    Column("know_how", "ratio", "what open releases have taught all about cheap research", 1.0),
    Column("open_jump", "generations", "what open source gained in this month's release"),
    Column("inference_trend", "ratio", "unit cost of inference without scarcity", 1.0),
    Column("build_cost", "ratio", "cost of building on open source", 1.0),
    Column("inference_cost", "ratio", "unit cost of inference", 1.0),
    _months("shift_month", "month of the last paradigm shift"),
    # market
    Column("war_depth", "share", "price cut of the price war in force"),
    Column("api_reset", "ratio", "API price left after open-source releases", 1.0),
    Column("api_price", "ratio", "API price at home relative to its trend", 1.0),
    Column("api_price_abroad", "ratio", "API price abroad relative to its trend", 1.0),
    Column("project_price", "ratio", "project price relative to its trend", 1.0),
    Column("scale_price", "ratio", "price left where prices follow the lowest unit cost", 1.0),
    Column("taking", "exponent", "winner-take-most exponent of demand", 1.0),
    Column("door", "share", "how far the door stands open to latecomers", 1.0),
    Column("copied", "share", "how far giants have copied verticals"),
    Column("api_take_home", "ratio", "API revenue left by price and volume, at home", 1.0),
    Column("api_take_abroad", "ratio", "API revenue left by price and volume, abroad", 1.0),
    Column("wage_growth", "ratio", "pay over that at the opening", 1.0),
    Column("leases", "months", "months after a pivot in which leases end"),
    Column("arpu_growth", "ratio", "revenue per user over that at the opening", 1.0),
    Column("marketing_budget", "¤ a month", "common marketing budget"),
    # sums over firms, and what firms take from them, while the month is under way
    _passing("means", "¤ a month", "what startups raise, earn and are given"),
    _passing("race_revenue", "¤ a month", "revenue of firms in the general race, smoothed over a year"),
    _passing("race_means", "¤ a month", "means of startups in the general race"),
    _passing("race_squares", "(¤ a month)²", "squares of these means"),
    _passing("lowest_cost", "ratio", "lowest unit cost of all", 1.0),
    _passing("carving", "weight", "effort of giants and leaders in verticals"),
    _passing("lived_from", "switch", "1 if a pivoted startup lives from verticals", 0, True),
    _passing("weights_home", "ratio", "weights in the line at hand, at home, the outside option among them"),
    _passing("weights_abroad", "ratio", "weights in the line at hand, abroad"),
    _passing("free_home", "share", "customers of the line at hand who may choose anew, at home"),
    _passing("free_abroad", "share", "customers of the line at hand who may choose anew, abroad"),
    _passing("within_reach", "¤ a year", "revenue of all markets at the horizon of valuation"),
    _passing("verticals_ahead", "¤ a year", "revenue of verticals at the horizon of valuation"),
    _passing("advertised", "¤ a month", "marketing of all firms"),
    _passing("bought_by", "share of a market per ¤", "what a unit of marketing buys at the place at hand"),
    _passing("taken", "share", "consumers who use a product at the place at hand"),
    _passing("wanted", "share", "consumers whom marketing wants to buy there"),
    _passing("filled", "share", "share of them that can be bought"),
    _passing("multiple", "ratio", "forward revenue multiple in this climate", 1.0),
    _passing("growth_ahead", "ratio", "growth of revenue earned to the horizon of valuation", 1.0),
    _passing("mood", "ratio", "what the exchange's sentiment does to the chance of listing", 1.0),
    _passing("good_terms", "ratio", "value over the last post-money from which a firm raises without need", 1.0),
    # capital
    Column("climate", "0 hot, 1 normal, 2 cold", "capital climate", NORMAL, True),
    Column("dry_powder", "¤", "dry powder"),
    Column("window", "share", "how far the listing window stands open", 1.0),
    Column("sentiment", "log", "sentiment of the exchange"),
    Column("listed", "count", "listed independent startups"),
    Column("exits", "share", "how far the window stood open, smoothed over a year"),
    Column("peer_returns", "log", "mean premium of listed startups, smoothed over half a year"),
    Column("peer_premium", "log", "mean premium of listed startups"),
    # accounts: where every inflow of a firm comes from, and where left cash goes
    Column("venture_paid", "¤", "paid by venture capital"),
    Column("strategic_paid", "¤", "paid by state-linked and strategic investors"),
    Column("redeemed_paid", "¤", "paid back to investors"),
    Column("exchange_paid", "¤", "paid by investors on the exchange"),
    Column("grants_paid", "¤", "paid by parents and grants"),
    Column("spin_off_paid", "¤", "paid by buyers of side businesses"),
    Column("acquirers_paid", "¤", "paid by giants to shareholders of acquired firms"),
    Column("outsiders_paid", "¤", "paid to them by buyers from outside the industry"),
    Column("left_acquired", "¤", "cash that went with acquired firms"),
    Column("left_closed", "¤", "cash left in closed firms"),
    # landscape, observed at the end of the month
    Column("independents", "count", "startups independent", 0, True),
    Column("general", "count", "startups in the general race", 0, True),
    Column("concentration", "HHI", "concentration of revenue (HHI)"),
    Column("venture_year", "¤", "venture money in the calendar year"),
    Column("top_four_share", "share", "share of the four largest in that money"),
    Column("leader", "row of a firm", "leading startup in the general race, -1 if there is none", -1, True),
    Column("second", "row of a firm", "the one after it", -1, True),
    Column("third", "row of a firm", "the one after that", -1, True),
    Column("leader_half", "row of a firm", "leading startup at the last end of a half-year", -1, True),
    Column("second_half", "row of a firm", "the one after it then", -1, True),
    Column("third_half", "row of a firm", "the one after that then", -1, True),
    Column("leader_year", "row of a firm", "leading startup at the end of the half-year before", -1, True),
    Column("second_year", "row of a firm", "the one after it then", -1, True),
    Column("third_year", "row of a firm", "the one after that then", -1, True),
    _months("endgame_month", "month in which the endgame is reached"),
    _months("extinct_month", "first month without a startup"),
    Column("ever_entered", "switch", "1 once a startup was there", 0, True),
)

# Columns of the market that hold a row of a firm: the tables of results count rows in the order of the file.
ROWS = tuple(column.name for column in MARKET_COLUMNS if column.unit == "row of a firm")

EVENTS = (
    "entry",
    "round",
    "down round",
    "listing",
    "report cut",
    "abandonment",
    "pivot",
    "exodus",
    "spin-off",
    "acquisition",
    "closure",
    "shift",
    "copy",
    "profitable",
    "strategic round",
    "redemption",
    # what a scenario decided and could not be done:
    "cannot pivot",
    "cannot list",
    "cannot raise",
    # told only when one world is traced:
    "refused",
    "seeks money",
    "round failed",
    "placement",
    "unlock",
    "price war",
    "climate",
    "release",
    "poached",
    "test passed",
    "endgame",
)
EVENT = {name: code for code, name in enumerate(EVENTS)}
FIRST_TRACE_EVENT = EVENT["refused"]
EXITS = (EVENT["acquisition"], EVENT["closure"])  # the events that end a firm; their cause is what ended it

LOG_DTYPE = np.dtype(
    [
        ("world", "<i8"),
        ("month", "<i8"),
        ("firm", "<i8"),  # row of the firm, -1 for the market
        ("event", "<i8"),
        ("value", "<f8"),
        ("cause", "<i8"),
        ("saw", "<f8"),
        ("worth", "<f8"),  # valuation of the firm after it; 0 for the market
        ("other", "<i8"),  # row of a counterparty, -1 if there is none
    ],
    align=True,
)

# One row per world and firm: everything the statistics of fates and survival need, exactly.
HISTORY_DTYPE = np.dtype(
    [
        ("fate", "i1"),  # index into FATES
        ("cause", "<i2"),  # of the exit: index into causes.CAUSES, NO_CAUSE of a firm that is not gone
        ("entry_month", "<i4"),
        ("exit_month", "<i4"),
        ("pivot_month", "<i4"),
        ("listing_month", "<i4"),
        ("abandoned_month", "<i4"),
        ("profitable_month", "<i4"),
        ("rounds", "<i4"),
        ("raised", "<f8"),
        ("final_valuation", "<f8"),
    ]
)


def dtype_of(columns: tuple[Column, ...]) -> np.dtype:
    """Aligned record dtype of ``columns``: int64 for whole numbers, float64 for the others."""
    return np.dtype([(c.name, "<i8" if c.whole else "<f8") for c in columns], align=True)


def column(name: str, columns: tuple[Column, ...] = FIRM_COLUMNS + MARKET_COLUMNS) -> Column:
    """The column called ``name``; KeyError if there is none."""
    for candidate in columns:
        if candidate.name == name:
            return candidate
    raise KeyError(name)
