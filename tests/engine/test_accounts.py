"""Money is accounted for, per firm and month, and every inflow has a counterparty account in the market row."""

from __future__ import annotations

import numpy as np
from industries import DATED, LIVELY, Walk, scenario, walk

from sim.foundation.columns import ACQUIRED, CLOSED, EVENT, HOT, INDEPENDENT, NORMAL, NOT_ENTERED, STARTUP

INFLOWS = ("collections", "venture_in", "strategic_in", "ipo_in", "placement_in", "spin_off_in", "grant_in")
OUTFLOWS = ("spending", "redeemed")
ROUNDING = 1e-9


def _startups(history: Walk) -> np.ndarray:
    """(months, worlds, firms) True for a startup in a month of its life, the opening excepted."""
    lives = history.active & (history.firms["kind"] == STARTUP)
    lives[0] = False
    return lives


def test_change_in_cash_is_inflows_minus_outflows(history: Walk):
    """Per startup and month: what came in of any kind, less spending and what was paid back to investors."""
    firms = history.firms[_startups(history)]
    change = firms["cash"] - firms["cash_open"]
    flows = sum(firms[name] for name in INFLOWS) - sum(firms[name] for name in OUTFLOWS)
    size = np.maximum.reduce([np.abs(firms[name]) for name in (*INFLOWS, *OUTFLOWS, "cash", "cash_open")])
    assert (np.abs(change - flows) <= ROUNDING * np.maximum(size, 1.0)).all()


def test_a_months_opening_balance_is_the_last_ones_closing_balance(history: Walk):
    stayed = _startups(history)[1:] & (history.firms["status"][:-1] == INDEPENDENT)
    assert (history.firms["cash_open"][1:][stayed] == history.firms["cash"][:-1][stayed]).all()
    entered = _startups(history)[1:] & (history.firms["status"][:-1] == NOT_ENTERED)
    assert (history.firms["cash_open"][1:][entered] == history.firms["entry_cash"][1:][entered]).all()


def test_spending_is_research_marketing_overhead_and_cost_of_revenue(history: Walk):
    burning = history.active & (history.assume["burn_on"] == 1.0)[:, :, None]
    burning[0] = False
    firms = history.firms[burning]
    parts = sum(firms[name] for name in ("research", "marketing", "overhead", "cost_of_revenue"))
    assert np.allclose(firms["spending"], parts, rtol=1e-9, atol=1e-9)


def _paid(history: Walk, *columns: str) -> np.ndarray:
    """(months - 1, worlds) sum over firms of what they received in the month."""
    received = sum(history.firms[name] for name in columns) * history.active
    return received[1:].sum(axis=2)


def _assert_account(history: Walk, account: str, paid: np.ndarray) -> None:
    total = history.market[account]
    assert np.allclose(
        np.diff(total, axis=0), paid, rtol=ROUNDING, atol=ROUNDING * max(float(np.abs(total).max()), 1.0)
    )


def test_every_flow_has_a_counterparty(history: Walk):
    _assert_account(history, "venture_paid", _paid(history, "venture_in"))
    _assert_account(history, "strategic_paid", _paid(history, "strategic_in"))
    _assert_account(history, "redeemed_paid", _paid(history, "redeemed"))
    _assert_account(history, "exchange_paid", _paid(history, "ipo_in", "placement_in"))
    _assert_account(history, "spin_off_paid", _paid(history, "spin_off_in"))
    _assert_account(history, "grants_paid", _paid(history, "grant_in"))


def test_cash_left_at_an_exit_goes_to_a_named_account(history: Walk):
    months = np.arange(1, len(history.firms))[:, None, None]
    left = history.firms[1:]
    leaves = left["exit_month"] == months
    assert (left["cash_left"][leaves] == left["cash"][leaves]).all()
    for status, account in ((CLOSED, "left_closed"), (ACQUIRED, "left_acquired")):
        _assert_account(history, account, (left["cash_left"] * (leaves & (left["status"] == status))).sum(axis=2))


def test_an_acquisition_price_is_paid_to_shareholders_within_the_buyers_capacity(history: Walk):
    """The price is in the buyers' account and in the log; it never enters the firm's cash (first test above)."""
    bought = history.events[history.events["event"] == EVENT["acquisition"]]
    for account, deals in (("acquirers_paid", bought["other"] >= 0), ("outsiders_paid", bought["other"] < 0)):
        paid = np.zeros(history.market.shape)
        for event in bought[deals]:
            paid[event["month"], event["world"]] += event["value"]
        _assert_account(history, account, paid[1:])
    spent = history.market["acquirers_paid"][-1]
    giants = history.firms[-1]["kind"] != STARTUP
    years = 1 + len(history.firms) // 12 + 1
    capacity = (history.firms[-1]["buying_capacity_year"] * giants).sum(axis=1) * years
    assert (spent <= capacity + ROUNDING).all()


def test_dry_powder_is_a_stock():
    """Powder = the month before + inflow by climate, open exits and returns of peers, capped, less what rounds took."""
    for base in (LIVELY, DATED):
        history = walk(scenario(base), 16)
        market, assume = history.market, history.assume
        climate = market["climate"]
        inflow = np.where(
            climate == HOT,
            assume["rounds_inflow_hot"],
            np.where(climate == NORMAL, assume["rounds_inflow_normal"], assume["rounds_inflow_cold"]),
        )
        inflow = inflow * (assume["rounds_on"] == 1.0)
        most = assume["rounds_return_most"]
        inflow = inflow * np.exp(np.clip(assume["rounds_return_pull"] * market["peer_returns"], -most, most))
        exits = 1.0 + assume["rounds_exit_pull"][1:] * market["exits"][:-1]  # the window opens after the rounds
        before = np.minimum(market["dry_powder"][:-1] + inflow[1:] * exits, assume["rounds_powder_cap"][1:])
        before = np.where(assume["rounds_on"][1:] == 1.0, before, market["dry_powder"][:-1])
        after = before - np.diff(market["venture_paid"], axis=0)
        assert np.allclose(market["dry_powder"][1:], after, rtol=1e-9, atol=1e-6)


def test_what_a_firm_raised_is_what_it_received(history: Walk):
    received = sum(history.firms[name] for name in ("venture_in", "strategic_in", "ipo_in", "placement_in"))
    received = received * history.active
    assert np.allclose(history.firms["raised"][-1], received[1:].sum(axis=0), rtol=1e-9, atol=1e-6)


def test_strategic_money_and_redemptions_happen_in_the_walks_above():
    """Where they never did, their accounts would balance at nothing."""
    history = walk(scenario(LIVELY), 16)
    for account in ("strategic_paid", "redeemed_paid"):
        assert (history.market[account][-1] > 0.0).mean() > 0.25, account
