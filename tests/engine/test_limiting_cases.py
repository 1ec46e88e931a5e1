"""Closed forms: everything off, a firm closes at C / B; a constant hazard gives (1 - h)^n; strength 0 is neutral."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from industries import ALL_OFF, LATER, LIVELY, QUIET, scenario, walk

from sim.engine.simulate import simulate
from sim.foundation.columns import CLOSED, FATES, INDEPENDENT, NEVER

BARE = {"start": "2024-01", "end": "2028-12", "assumptions": ALL_OFF}
MONTHS = 60


def _closing_months(cases):
    firms = {f"firm-{k}": {"cash": cash, "burn_month": burn} for k, (cash, burn) in enumerate(cases)}
    histories = simulate(scenario(BARE, firms=firms), 0, 2).histories
    assert (histories["exit_month"][0] == histories["exit_month"][1]).all(), "luck plays no part"
    return histories["exit_month"][0]


@settings(max_examples=8)
@given(st.lists(st.tuples(st.integers(1, 10**6), st.integers(1, 10**5)), min_size=1, max_size=20))
def test_cash_over_spending_gives_the_closing_month_exactly(cases):
    for month, (cash, burn) in zip(_closing_months(cases), cases, strict=True):
        due = -(-cash // burn)
        assert month == (due if due <= MONTHS else NEVER)


@settings(max_examples=8)
@given(st.lists(st.tuples(st.floats(0.01, 1e5), st.floats(0.01, 1e4)), min_size=1, max_size=20))
def test_for_other_values_within_one_tick_by_rounding(cases):
    for month, (cash, burn) in zip(_closing_months(cases), cases, strict=True):
        due = math.ceil(cash / burn)
        if due < MONTHS:
            assert abs(month - due) <= 1
        elif due > MONTHS + 1:
            assert month == NEVER


def test_a_firm_that_spends_nothing_lives():
    assert _closing_months([(1, 0)])[0] == NEVER


def test_a_firm_that_enters_later_closes_as_much_later():
    firms = {"late": {"enters": "2024-06", "cash": 100, "burn_month": 10}}
    data = {**BARE, "assumptions": {**ALL_OFF, "entry": {"on": 1}}}
    assert simulate(scenario(data, firms=firms), 0, 1).histories["exit_month"][0, 0] == 6 + 10 - 1


@pytest.mark.parametrize("hazard", [0.01, 0.05, 0.3])
def test_a_constant_hazard_gives_one_minus_h_to_the_n(hazard):
    """Within Monte Carlo error (4.5 standard errors) at every month; firms in one world close independently."""
    worlds, copies = 500, 8
    data = {**BARE, "end": "2025-12", "assumptions": {**ALL_OFF, "closure": {"on": 1, "hazard_month": hazard}}}
    histories = simulate(scenario(data, firms={"firm": {"copies": copies, "cash": 1}}), 0, worlds).histories
    n = worlds * copies
    for month in range(1, 25):
        expected = (1 - hazard) ** month
        survived = float((histories["exit_month"] > month).mean())
        assert abs(survived - expected) <= 4.5 * math.sqrt(expected * (1 - expected) / n), month
    assert (histories["fate"][histories["exit_month"] < NEVER] == FATES.index("closed")).all()


def _survived(closure, firm, worlds=400, copies=10, end="2028-12", **other):
    """Share still independent after each month, from 0 on, where nothing but chance ends a firm; and the histories."""
    data = {**BARE, "end": end, "assumptions": {**ALL_OFF, "closure": {"on": 1, **closure}, **other}}
    histories = simulate(scenario(data, firms={"firm": {"copies": copies, "cash": 1, **firm}}), 0, worlds).histories
    months = histories["exit_month"][:, :, None] > np.arange(MONTHS + 1)
    return months.mean(axis=(0, 1)), histories


def _close(found, expected, n):
    """True within 4.5 standard errors of a share among ``n``."""
    return abs(found - expected) <= 4.5 * math.sqrt(expected * (1 - expected) / n) + 1e-12


def test_survival_under_a_hazard_that_falls_with_age_is_the_product():
    """0.01 at any age and 0.03 for newness, halved every 12 months: after n months the product of 1 - h."""
    survived, histories = _survived({"hazard_month": 0.01, "newness_month": 0.03, "newness_half_life": 12}, {})
    hazards = 0.01 + 0.03 * 2.0 ** (-np.arange(MONTHS) / 12)
    assert hazards[[0, 12, 24]] == pytest.approx([0.04, 0.025, 0.0175])
    expected = np.cumprod(np.append(1.0, 1.0 - hazards))
    assert all(_close(survived[n], expected[n], histories.size) for n in range(1, MONTHS + 1))
    assert not _close(survived[24], 0.96**24, histories.size) and not _close(survived[24], 0.99**24, histories.size)


def test_a_firm_four_years_old_at_the_start_is_no_longer_new():
    chances = {"newness_month": 0.2, "newness_half_life": 12}
    survived, histories = _survived(chances, {"enters": "2020-01"}, worlds=200)
    assert _close(survived[1], 1 - 0.2 / 16, histories.size) and not _close(survived[1], 0.8, histories.size)


def test_age_counts_from_entry_and_not_from_the_start():
    chances = {"newness_month": 0.2, "newness_half_life": 1}
    survived, histories = _survived(chances, {"enters": "2026-01"}, worlds=200, entry={"on": 1})
    assert (
        survived[24] == 1.0 and _close(survived[25], 0.8, histories.size) and _close(survived[26], 0.72, histories.size)
    )


def test_closing_and_acquisition_by_chance_compete_exactly():
    """Bought with 0.02 and, if not, closed with 0.03 a month: survival (0.98 * 0.97)^n; bought: 0.02 of its sum."""
    bought_by_chance = {"on": 1, "hazard_month": 0.02, "offer_month": 0}
    both, histories = _survived({"hazard_month": 0.03}, {}, acquisition=bought_by_chance)
    stays = 0.98 * 0.97
    assert all(_close(both[n], stays**n, histories.size) for n in range(1, MONTHS + 1))
    bought = (1 - stays**MONTHS) / (1 - stays) * 0.02
    assert bought == pytest.approx(0.3855, abs=1e-4)
    assert _close((histories["fate"] == FATES.index("acquired")).mean(), bought, histories.size)


@pytest.mark.parametrize("law", ["scale", "listing", "vertical"])
@pytest.mark.parametrize("base", [LIVELY, LATER], ids=["lively", "later"])
def test_strength_0_equals_the_neutral_form(law, base):
    """Bit for bit: the dial at 0 and the switch at 0 are one thing, and not the thing at strength 1."""
    off, zero, full = (walk(scenario(base, {law: v}), 24) for v in ({"on": 0}, {"strength": 0}, {"strength": 1}))
    for name in off.firms.dtype.names:
        assert (off.firms[name] == zero.firms[name]).all(), name
    for name in off.market.dtype.names:
        assert (off.market[name] == zero.market[name]).all(), name
    assert (off.events == zero.events).all()
    assert off.firms.tobytes() != full.firms.tobytes()


def test_switching_a_law_off_never_switches_ordinary_business_off():
    neutral = walk(scenario(LIVELY, {law: {"strength": 0} for law in ("scale", "listing", "vertical")}), 24)
    names = {"revenue", "collections", "research", "venture_in", "ipo_in", "revenue_vertical"}
    assert all((neutral.firms[name] > 0).any() for name in names)


def test_with_everything_off_nothing_happens_but_spending():
    history = walk(scenario(QUIET), 8)
    startups = history.firms["kind"] == 0
    active = history.active & startups
    active[0] = False
    assert (history.firms["spending"][active] == 30.0).all()
    for name in ("revenue", "collections", "research", "raised", "users"):
        assert (
            history.firms[name][1:][active[1:]] == history.firms[name][0:1].repeat(len(active) - 1, 0)[active[1:]]
        ).all()
    assert (history.events["event"] == 10).all(), "nothing is told but closures"
    assert np.isin(history.firms["status"][-1][:, startups[-1, 0]], (0, INDEPENDENT, CLOSED)).all()
