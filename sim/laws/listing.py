"""Second iron law, listing: a double-edged sword.

With strength s, for listed firms:
report     each half-year: premium falls by s * (report_cut * shortfall + loss_cut * loss), at most to its cap; the
           shortfall, in [-1, 1], is negative where revenue beats the path, and makes up for loss; nothing if
           profitable
squeeze    a loss-making listed firm aims at only 1 - s * squeeze * (months listed / test_from, at most 1) of its plan
           of research and marketing (burn.py), at least ``squeeze_least``: the test forces thrift
test       once, test_from to test_to months after listing (drawn per firm), after the reports of the month: fails if
           operating cash flow of the twelve months last reported < -max(1 / s - 1, 0) * loss_allowed * their revenue;
           then abandoned: premium at most -abandoned_discount * s, for good; abandoned_people * s of its talent leave,
           and its customers' pull falls by abandoned_clients * s (demand.py)
and for unlisted firms that seek capital and are refused: premium falls by s * refused_shrink every month refused,
and does not revert upwards meanwhile (value.py).
Neutral form (s = 0): reports, tests and refusals move nothing. Unlocks and placements belong to the exchange.
Sources: S001-13, S001-14, S001-20 to S001-22, S002-06, S004-08; sizes: D.
"""

from sim.foundation.assumption import Assumption, Mechanism
from sim.foundation.causes import BELOW_PATH, TEST_FAILED, TEST_PASSED
from sim.foundation.columns import EVENT, INDEPENDENT, NEVER, STARTUP
from sim.foundation.equity import move_premium
from sim.foundation.formulas import TINY
from sim.foundation.jit import law
from sim.foundation.months import HALVES_A_YEAR, MONTHS_A_YEAR
from sim.foundation.world import tell

REPORT_CUT, ABANDONMENT, PASSED = EVENT["report cut"], EVENT["abandonment"], EVENT["test passed"]

MECHANISM = Mechanism(
    "listing",
    "Listing is a double-edged sword: reports, a profitability test, abandonment; and shrinking value for the refused.",
    "The neutral form: reports, tests and refusals move nothing.",
    (
        Assumption(
            "strength",
            1,
            "dial",
            0,
            3,
            "0: neutral form; 1: the documents' claim",
            "S001-20, S001-21, S001-22; scale: D",
        ),
        Assumption(
            "report_cut",
            0.6,
            "log",
            0,
            3,
            "premium lost by a report wholly below the path",
            "S001-13; size: D",
        ),
        Assumption(
            "loss_cut",
            0.22,
            "log",
            0,
            3,
            "premium lost by a report with a loss as large as revenue",
            "S001-20; size: D",
        ),
        Assumption(
            "path_growth_year", 0.4, "share a year", -1, 3, "growth the market expects from one report to the next"
        ),
        Assumption(
            "squeeze",
            0.95,
            "share",
            0,
            1,
            "share of planned research and marketing that a loss-making listed firm gives up by the test",
            "S002-06; size: D",
        ),
        Assumption("squeeze_least", 0.05, "share", 0, 1, "share of that plan that always remains", "D"),
        Assumption("test_from", 24, "months", 1, 240, "earliest month of the test after listing", "S001-21"),
        Assumption("test_to", 36, "months", 1, 240, "latest month of the test after listing", "S001-21"),
        Assumption("loss_allowed", 1, "ratio", 0, 20, "loss over revenue that half strength still allows", "D"),
        Assumption(
            "abandoned_discount",
            1.5,
            "log",
            0,
            5,
            "discount of an abandoned firm",
            "S001-21, P-HK-10, P-HK-11; size: D",
        ),
        Assumption(
            "abandoned_clients",
            1,
            "log",
            0,
            5,
            "customers' pull that an abandoned firm loses",
            "S001-21; size: D",
        ),
        Assumption(
            "abandoned_people",
            0.34,
            "share",
            0,
            1,
            "talent that leaves an abandoned firm at once",
            "S001-21; size: D",
        ),
        Assumption("refused_shrink", 0.06, "log a month", 0, 1, "value lost in a month of refusal", "S001-22; rate: D"),
    ),
)


@law
def report_loss(revenue, expected, flow, assume):
    """Premium lost at a half-yearly report; all RMB million of twelve months. A firm in profit loses nothing."""
    if flow >= 0.0:
        return 0.0
    shortfall = max(1.0 - revenue / max(expected, TINY), -1.0)
    loss = min(-flow / max(revenue, TINY), 1.0)
    return assume.listing_strength * max(assume.listing_report_cut * shortfall + assume.listing_loss_cut * loss, 0.0)


@law
def passes_test(flow, revenue, assume):
    """True if operating cash flow of twelve months is good enough at this strength."""
    allowed = max(1.0 / assume.listing_strength - 1.0, 0.0) * assume.listing_loss_allowed * max(revenue, 0.0)
    return flow >= -allowed


@law
def squeeze(flow, age, assume):
    """Share of its plan a listed firm still aims at; ``flow`` smoothed operating cash flow, ``age`` months listed."""
    if flow >= 0.0:
        return 1.0
    near = min(age / assume.listing_test_from, 1.0)
    return max(1.0 - assume.listing_strength * assume.listing_squeeze * near, assume.listing_squeeze_least)


@law
def report(world):
    """Each half-year, after the books are closed: results below the path cut the price, down to its cap."""
    assume = world.assume
    on = assume.listing_on == 1.0 and assume.listing_strength > 0.0
    half_year_growth = 1.0 + assume.listing_path_growth_year / HALVES_A_YEAR
    for f in range(world.firms.shape[0]):
        firm = world.firms[f]
        if firm.status != INDEPENDENT or firm.kind != STARTUP or firm.listing_month > world.tick or firm.halves < 2:
            continue
        if on and firm.abandoned_month == NEVER:
            asked = report_loss(firm.ttm_revenue, firm.expected_revenue, firm.ttm_flow, assume)
            lost = min(asked, max(firm.premium + assume.value_cap, 0.0))
            if lost > 0.0:
                fell = move_premium(firm, -lost, assume.value_cap)
                tell(world, f, REPORT_CUT, fell, BELOW_PATH, firm.ttm_revenue / max(firm.expected_revenue, TINY))
        firm.expected_revenue = firm.ttm_revenue * half_year_growth


@law
def twelve_months(firm):
    """Operating cash flow and revenue of the last twelve months that were reported; smoothed where none were yet."""
    if firm.halves >= 2:
        return firm.ttm_flow, firm.ttm_revenue
    return firm.smooth_flow * MONTHS_A_YEAR, firm.smooth_revenue * MONTHS_A_YEAR


@law
def abandon(world, f, flow):
    """The market abandons a firm: its discount is deep and stays, people leave, and nobody places its shares.

    ``flow`` is the operating cash flow of twelve months that failed. Founders stay (talent.least).
    """
    firm, assume = world.firms[f], world.assume
    firm.abandoned_month = world.tick
    if assume.talent_on == 1.0:
        leaves = min(assume.listing_abandoned_people * assume.listing_strength, 1.0) * firm.talent
        leaves = min(leaves, max(firm.talent - assume.talent_least, 0.0))
        firm.talent -= leaves
        firm.people_lost += leaves
    before, deep = firm.value, -min(assume.listing_abandoned_discount * assume.listing_strength, assume.value_cap)
    move_premium(firm, min(deep - firm.premium, 0.0), assume.value_cap)
    tell(world, f, ABANDONMENT, before, TEST_FAILED, flow)


@law
def step(world):
    """The month of listed firms (squeeze) and of refused ones (shrinking value)."""
    assume = world.assume
    on = assume.listing_on == 1.0 and assume.listing_strength > 0.0
    for f in range(world.firms.shape[0]):
        firm = world.firms[f]
        if firm.status != INDEPENDENT or firm.kind != STARTUP:
            continue
        firm.free_share = 1.0
        if not on or firm.abandoned_month != NEVER:
            continue
        if firm.listing_month <= world.tick:
            firm.free_share = squeeze(firm.smooth_flow, float(world.tick - firm.listing_month), assume)
        elif firm.refused_months > 0:
            shrunk = firm.premium - assume.listing_strength * assume.listing_refused_shrink
            firm.premium = max(shrunk, -assume.value_cap)


@law
def test(world):
    """The profitability test, in the month drawn at listing; after the reports, so on the half-year just closed."""
    assume = world.assume
    on = assume.listing_on == 1.0 and assume.listing_strength > 0.0
    for f in range(world.firms.shape[0]):
        firm = world.firms[f]
        if firm.status != INDEPENDENT or firm.kind != STARTUP or firm.listing_month > world.tick:
            continue
        if firm.test_month == NEVER:
            low = min(assume.listing_test_from, assume.listing_test_to)
            high = max(assume.listing_test_from, assume.listing_test_to)
            firm.test_month = firm.listing_month + int(low + (high - low + 1.0) * world.luck[f].u_test)
        if not on or firm.abandoned_month != NEVER or world.tick != firm.test_month:
            continue
        flow, revenue = twelve_months(firm)
        if not passes_test(flow, revenue, assume):
            abandon(world, f, flow)
        elif world.told[1] == 1:
            tell(world, f, PASSED, firm.value, TEST_PASSED, flow)
