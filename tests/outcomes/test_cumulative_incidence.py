"""Fates and milestones against statsmodels, closed forms and counting by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.survfunc import CumIncidenceRight
from synthetic_runs import cut, firm, live, scenario, still

from sim.foundation.columns import ACQUIRED, CLOSED, NEVER, NOT_ENTERED
from sim.outcomes.fates import ALL_STATES, TERMINAL
from sim.outcomes.intervals import pooled_wilson, wilson
from sim.outcomes.summary import summarise

TICKS = 30


def incidence(frame: pd.DataFrame, name: str, fate: str) -> pd.DataFrame:
    """One curve of fates.csv by month."""
    return frame[(frame.firm == name) & (frame.fate == fate)].set_index("month")


def test_aalen_johansen_agrees() -> None:
    question = scenario((firm("a"),), TICKS)
    histories = live(np.random.default_rng(3), 1500, 1, TICKS)
    frame = summarise(question, cut(question, histories, [1500])).fates
    durations = np.minimum(histories["exit_month"][:, 0], TICKS + 1)
    causes = np.where(histories["exit_month"][:, 0] <= TICKS, histories["fate"][:, 0], 0)
    order = ("acquired", "closed")  # statsmodels knows causes as 1, 2, ... and 0 for none
    fitted = CumIncidenceRight(durations, np.select([causes == ACQUIRED, causes == CLOSED], [1, 2]))
    last = np.searchsorted(fitted.times, np.arange(TICKS + 1), side="right")
    for fate, steps in zip(order, fitted.cinc, strict=True):
        expected = np.append(0.0, steps)[last]
        np.testing.assert_allclose(incidence(frame, "a", fate).incidence, expected, atol=1e-9)


def test_constant_competing_hazards_give_the_closed_form() -> None:
    worlds, close, buy = 40_000, 0.02, 0.01
    question = scenario((firm("a"),), TICKS)
    frame = summarise(
        question, cut(question, live(np.random.default_rng(4), worlds, 1, TICKS, close, buy), [worlds])
    ).fates
    months = np.arange(TICKS + 1)
    stays = (1 - close) * (1 - buy)  # closing is counted before buying in a month of both
    for fate, share in (("closed", close), ("acquired", (1 - close) * buy)):
        expected = share * (1 - stays**months) / (1 - stays)
        found = incidence(frame, "a", fate).incidence
        assert np.abs(found - expected).max() < 4 * np.sqrt(0.25 / worlds)
    assert np.abs(incidence(frame, "a", "independent").incidence - stays**months).max() < 4 * np.sqrt(0.25 / worlds)


def test_terminal_fates_sum_to_one_in_every_month_for_everyone() -> None:
    luck = np.random.default_rng(5)
    entry = np.where(luck.random((500, 5)) < 0.3, NEVER, luck.integers(-1, 12, (500, 5)))
    firms = (firm("a"), firm("crowd", copies=3), firm("g", "giant"))
    question = scenario(firms, TICKS, {"pair": ("a", "crowd")})
    frame = summarise(question, cut(question, live(luck, 500, 5, TICKS, entry=entry), [500])).fates
    total = frame[frame.fate.isin(TERMINAL)].groupby(["firm", "month"], sort=False).incidence.sum()
    assert list(frame.firm.unique()) == ["a", "crowd", "g", "pair", "startups", "giants"]
    assert len(total) == 6 * (TICKS + 1)
    np.testing.assert_allclose(total, 1, atol=1e-12)
    assert set(frame.fate) == set(ALL_STATES)


def test_counted_by_hand() -> None:
    question = scenario((firm("a"), firm("b")), 3)
    histories = still(4, 2)
    histories["entry_month"][0, 0], histories["fate"][0, 0] = NEVER, NOT_ENTERED
    histories["entry_month"][1, 0] = 2
    histories["exit_month"][2, 0], histories["fate"][2, 0] = 3, ACQUIRED
    histories["exit_month"][3, 0], histories["fate"][3, 0] = 1, CLOSED
    histories["listing_month"][2, 0] = -5
    histories["pivot_month"][0, 0] = -3  # stated before the start, yet it never entered
    histories["pivot_month"][2, 0] = 2
    outcomes = summarise(question, cut(question, histories, [4]))
    expected = {
        "acquired": [0, 0, 0, 0.25],
        "closed": [0, 0.25, 0.25, 0.25],
        "independent": [0.5, 0.25, 0.5, 0.25],
        "never_entered": [0.5, 0.5, 0.25, 0.25],
        "listed": [0.25] * 4,
        "pivoted": [0, 0, 0.25, 0.25],
        "abandoned": [0] * 4,
        "profitable": [0] * 4,
    }
    for fate, shares in expected.items():
        found = incidence(outcomes.fates, "a", fate)
        assert found.incidence.tolist() == shares, fate
        assert found.low.tolist() == wilson(shares, 4)[0].tolist()
        assert found.date.tolist() == ["2023-06", "2023-07", "2023-08", "2023-09"]
        assert incidence(outcomes.fates, "startups", fate).incidence.tolist() == pytest.approx(
            [(x + (fate == "independent")) / 2 for x in shares]
        )
    assert outcomes.fates.columns.tolist() == ["firm", "fate", "month", "date", "incidence", "low", "high"]
    top = outcomes.headline.set_index("firm").loc["a"]
    assert (top["general"], top["independent"], top["never_entered"]) == (0.25, 0.25, 0.25)
    assert top["abandoned_among_listed"] == 0 and np.isnan(outcomes.headline.abandoned_among_listed[1])


def test_a_group_is_the_mean_of_its_members_with_the_spread_between_worlds() -> None:
    luck = np.random.default_rng(6)
    hazard = luck.choice([0.002, 0.2], (400, 1))
    question = scenario((firm("crowd", copies=4), firm("b")), TICKS, {"both": ("b", "crowd")})
    histories = live(luck, 400, 5, TICKS, close=hazard)
    outcomes = summarise(question, cut(question, histories, [400]))
    gone = (histories["exit_month"] <= 20) & (histories["fate"] == CLOSED)
    for name, members in (("crowd", range(4)), ("both", range(5)), ("startups", range(5))):
        counts = gone[:, list(members)].sum(axis=1)
        row = incidence(outcomes.fates, name, "closed").loc[20]
        low, high = pooled_wilson(counts.sum(), (counts**2).sum(), 400, len(members))
        assert row.incidence == pytest.approx(counts.sum() / (400 * len(members)))
        assert (row.low, row.high) == pytest.approx((float(low), float(high)))
        naive = wilson(row.incidence, 400 * len(members))
        assert row.high - row.low > 1.5 * float(naive[1] - naive[0])


def test_headline_shares_are_those_of_the_last_month() -> None:
    question = scenario((firm("a"), firm("crowd", copies=3), firm("g", "giant")), TICKS)
    histories = live(np.random.default_rng(7), 600, 5, TICKS, listing=0.05, close=0.03)
    outcomes = summarise(question, cut(question, histories, [600]))
    top = outcomes.headline.set_index("firm")
    assert top.index.tolist() == ["a", "crowd", "g", "startups", "giants"]
    assert top.kind.tolist() == ["startup", "startup", "giant", "group", "group"]
    assert top.members.tolist() == [1, 3, 1, 4, 1]
    last = outcomes.fates[outcomes.fates.month == TICKS].set_index(["firm", "fate"])
    for name in top.index:
        for fate in ALL_STATES[:-1]:
            assert top.loc[name, f"{fate}_high"] == last.loc[(name, fate), "high"]
    listed = histories["listing_month"][:, 0] < NEVER
    abandoned = histories["abandoned_month"][:, 0] < NEVER
    assert top.loc["a", "abandoned_among_listed"] == (listed & abandoned).sum() / listed.sum()
    assert top.loc["a", "abandoned_among_listed_low"] == float(
        wilson((listed & abandoned).sum() / listed.sum(), listed.sum())[0]
    )
    half = int(np.flatnonzero((histories["exit_month"][:, 0] > np.arange(TICKS + 1)[:, None]).mean(axis=1) <= 0.5)[0])
    assert top.loc["a", "median_exit"] == f"{2023 + (half + 5) // 12}-{(half + 5) % 12 + 1:02d}"
