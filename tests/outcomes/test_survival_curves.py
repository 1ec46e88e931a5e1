"""Survival curves against lifelines, closed forms, and bands against what happens over many runs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from lifelines import KaplanMeierFitter
from synthetic_runs import START, block_of, cut, firm, first_months, live, scenario, still

from sim.foundation.columns import CLOSED, NEVER
from sim.outcomes.intervals import wilson
from sim.outcomes.summary import summarise
from sim.outcomes.survival import (
    GENERAL,
    INDEPENDENT,
    aligned,
    band,
    count_spells,
    greenwood,
    influence,
    spells_of,
)

TICKS = 36


def curve(frame: pd.DataFrame, group: str, endpoint: str = INDEPENDENT, origin: str = "calendar") -> pd.DataFrame:
    """One curve of survival.csv by month."""
    chosen = frame[(frame.group == group) & (frame.endpoint == endpoint) & (frame.origin == origin)]
    return chosen.set_index("month")


def kaplan_meier(durations: np.ndarray, failed: np.ndarray, entry: np.ndarray, months: np.ndarray) -> np.ndarray:
    """lifelines' estimate at ``months``; who enters in month t is at risk in t, as here: entry half a month before."""
    fitter = KaplanMeierFitter().fit(durations, failed, entry=entry - 0.5)
    return fitter.survival_function_at_times(months).to_numpy()


def test_one_firm_without_censoring_is_the_binomial_share_with_wilsons_interval() -> None:
    question = scenario((firm("a"),), TICKS)
    histories = live(np.random.default_rng(3), 700, 1, TICKS)
    found = curve(summarise(question, cut(question, histories, [700])).survival, "a")
    alive = (histories["exit_month"] > np.arange(TICKS + 1)).mean(axis=0)
    low, high = wilson(alive, 700)
    np.testing.assert_allclose(found.survival, alive, atol=1e-12)
    np.testing.assert_allclose(found.low, low, atol=1e-9)
    np.testing.assert_allclose(found.high, high, atol=1e-9)
    assert list(found.index) == list(range(TICKS + 1))
    assert found.date[0] == "2023-06" and found.date[1] == "2023-07" and found.date[TICKS] == "2026-06"
    assert found.at_risk[0] == found.at_risk[1] == 700


def test_constant_hazard_gives_the_closed_form() -> None:
    question = scenario((firm("a"),), TICKS)
    histories = live(np.random.default_rng(5), 40_000, 1, TICKS, close=0.03, acquire=1e-12)
    found = curve(summarise(question, cut(question, histories, [40_000])).survival, "a")
    months = np.arange(TICKS + 1)
    assert np.abs(found.survival - 0.97**months).max() < 4 * np.sqrt(0.25 / 40_000)


@pytest.mark.parametrize("endpoint", [INDEPENDENT, GENERAL])
def test_late_entrants_agree_with_lifelines(endpoint: str) -> None:
    luck = np.random.default_rng(11)
    entry = luck.integers(0, 12, (3000, 1))
    entry[luck.random((3000, 1)) < 0.2] = NEVER
    question = scenario((firm("late"),), TICKS)
    histories = live(luck, 3000, 1, TICKS, entry=entry)
    found = curve(summarise(question, cut(question, histories, [3000])).survival, "late", endpoint)
    event = histories["exit_month"][:, 0].astype(int)
    if endpoint == GENERAL:
        event = np.minimum(event, histories["pivot_month"][:, 0])
    there = entry[:, 0] < NEVER
    expected = kaplan_meier(
        np.minimum(event, TICKS)[there], (event <= TICKS)[there], entry[there, 0], found.index.to_numpy()
    )
    assert there.sum() < 3000 and found.at_risk.max() < there.sum()
    np.testing.assert_allclose(found.survival, expected, atol=1e-12)


@pytest.mark.parametrize("origin,endpoint", [("listed", INDEPENDENT), ("listed", GENERAL), ("pivoted", INDEPENDENT)])
def test_clocks_of_milestones_agree_with_lifelines(origin: str, endpoint: str) -> None:
    """Firms listed or pivoted before the start enter late: they are not immortal for the months before it."""
    luck = np.random.default_rng(13)
    firms = (firm("old", listed=START - 8, pivoted=START - 11), firm("new"), firm("other"), firm("giant", "giant"))
    question = scenario(firms, TICKS)
    histories = live(luck, 2000, 4, TICKS, listing=0.04, pivot=0.04)
    histories["listing_month"][:, 0], histories["pivot_month"][:, 0] = -7, -10
    histories["listing_month"][:, 3] = 1  # a giant is not among the listed startups
    group = {"listed": "listed", "pivoted": "pivoters"}[origin]
    found = curve(summarise(question, cut(question, histories, [2000])).survival, group, endpoint, origin)

    zero = histories["listing_month" if origin == "listed" else "pivot_month"][:, :3].ravel().astype(int)
    end = histories["exit_month"][:, :3].ravel().astype(int)
    if endpoint == GENERAL:
        end = np.minimum(end, histories["pivot_month"][:, :3].ravel())
    seen = np.maximum(zero, 0)
    asked = (zero < NEVER) & (end >= seen)
    duration = (np.minimum(end, TICKS) - zero)[asked]
    expected = kaplan_meier(duration, (end <= TICKS)[asked], (seen - zero)[asked], found.index.to_numpy())
    np.testing.assert_allclose(found.survival, expected, atol=1e-12)
    assert (found.date == "").all()
    assert found.index[0] == 0
    assert (found.survival[0] == 1) == (endpoint == INDEPENDENT)  # some list and pivot in the same month
    at = 12
    assert found.at_risk[at] == ((seen - zero <= at) & (np.minimum(end, TICKS) - zero >= at) & asked).sum()
    if origin == "listed" and endpoint == INDEPENDENT:
        assert found.index[-1] == TICKS + 7  # the clock of those listed before runs longer than the horizon


def test_who_left_the_race_before_the_start_is_not_in_it_on_the_calendar() -> None:
    question = scenario((firm("light", pivoted=START - 5), firm("pure")), TICKS, {"pair": ("light", "pure")})
    histories = still(50, 2)
    histories["pivot_month"][:, 0] = -4
    frame = summarise(question, cut(question, histories, [50])).survival
    assert (curve(frame, "light", GENERAL).survival == 0).all()
    assert (curve(frame, "light", INDEPENDENT).survival == 1).all()
    assert (curve(frame, "pair", GENERAL).survival == 0.5).all()


def test_a_curve_does_not_rest_on_the_first_few_entrants() -> None:
    """One world enters early and dies at once; plain Kaplan-Meier would say zero for ever."""
    question = scenario((firm("late"),), TICKS)
    histories = still(400, 1)
    histories["entry_month"] = 10
    histories["entry_month"][0], histories["exit_month"][0], histories["fate"][0] = 3, 4, CLOSED
    found = curve(summarise(question, cut(question, histories, [400])).survival, "late")
    assert found.index[0] == 10 and (found.survival == 1).all() and found.at_risk[10] == 399


def test_nobody_enters_nobody_lists() -> None:
    question = scenario((firm("ghost"), firm("real")), TICKS)
    histories = still(20, 2)
    histories["entry_month"][:, 0], histories["fate"][:, 0] = NEVER, 0
    outcomes = summarise(question, cut(question, histories, [20]))
    assert "ghost" not in set(outcomes.survival.group)
    assert not {"listed", "pivoters"} & set(outcomes.survival.group)
    assert curve(outcomes.survival, "startups").at_risk[5] == 20
    never = outcomes.fates[(outcomes.fates.firm == "ghost") & (outcomes.fates.fate == "never_entered")]
    assert (never.incidence == 1).all()


def test_all_gone_at_tick_one() -> None:
    question = scenario((firm("a"), firm("b")), TICKS)
    histories = still(100, 2)
    histories["exit_month"], histories["fate"] = 1, CLOSED
    frame = summarise(question, cut(question, histories, [100])).survival
    for group in ("a", "startups"):
        found = curve(frame, group)
        assert found.survival[0] == 1 and (found.survival[1:] == 0).all()
        assert found.at_risk[1] == 100 * (2 if group == "startups" else 1) and found.at_risk[2] == 0
        assert (found.low[1:] == 0).all()
        np.testing.assert_allclose(found.high[1:], wilson(0.0, 100)[1])  # a hundred worlds, however many firms


def test_influence_is_the_jackknife_and_for_one_firm_a_world_greenwood() -> None:
    luck = np.random.default_rng(17)
    histories = shared_luck(luck, 300, 4)
    spells = spells_of(histories, INDEPENDENT, "listed", TICKS)
    total = count_spells(spells, TICKS)
    effect, at_risk = influence(spells, total)
    np.testing.assert_allclose(effect.sum(axis=0), 0, atol=1e-9)
    assert (at_risk.sum(axis=0) == total.at_risk).all()

    at = 18
    left_out = []
    for world in range(300):
        rest = count_spells(spells_of(np.delete(histories, world, axis=0), INDEPENDENT, "listed", TICKS), TICKS)
        left_out.append(np.log1p(-rest.hazard())[: at + 1].sum())
    jackknife = np.var(left_out) * 299
    assert (effect[:, at] ** 2).sum() == pytest.approx(jackknife, rel=0.03)
    assert (effect[:, at] ** 2).sum() > 2 * greenwood(total)[at]

    one = spells_of(histories[:, :1], INDEPENDENT, "listed", TICKS)
    total = count_spells(one, TICKS)
    effect, _ = influence(one, total)
    last = np.flatnonzero(total.at_risk > total.failed)[-1]
    np.testing.assert_allclose((effect**2).sum(axis=0)[: last + 1], greenwood(total)[: last + 1], rtol=1e-9)


def shared_luck(luck: np.random.Generator, worlds: int, firms: int) -> np.ndarray:
    """Listed firms whose hazard of closing is the same for all firms of a world, and differs between worlds."""
    hazard = luck.choice([0.005, 0.10], (worlds, 1))
    histories = still(worlds, firms)
    listing = luck.integers(1, 25, (worlds, firms))
    out = listing + first_months(luck, np.broadcast_to(hazard, (worlds, firms)), (worlds, firms))
    histories["listing_month"] = listing
    histories["exit_month"] = np.where(out <= TICKS, out, NEVER)
    histories["fate"] = np.where(out <= TICKS, CLOSED, 1)
    return histories


@pytest.mark.parametrize("endpoint_month", [4, 12])
def test_pooled_band_covers_where_firms_share_their_worlds_luck(endpoint_month: int) -> None:
    """95% over repeated runs; the binomial interval, which takes firms for independent, falls far short."""
    truth = 0.5 * 0.995**endpoint_month + 0.5 * 0.90**endpoint_month
    runs, ours, naive = 800, 0, 0
    for seed in range(runs):
        spells = spells_of(shared_luck(np.random.default_rng(seed), 150, 6), INDEPENDENT, "listed", TICKS)
        total = count_spells(spells, TICKS)
        effect, at_risk = influence(spells, total)
        _, low, high = band(total, (effect**2).sum(axis=0), (at_risk > 0).sum(axis=0))
        ours += low[endpoint_month] <= truth <= high[endpoint_month]
        _, low, high = band(total, greenwood(total), total.at_risk)
        naive += low[endpoint_month] <= truth <= high[endpoint_month]
    assert 0.93 <= ours / runs <= 0.97
    assert naive / runs < 0.85


def test_single_firm_band_covers() -> None:
    """Calendar survival of one firm with late entry: 95% over repeated runs."""
    at, runs, inside = 20, 800, 0
    truth = 0.96 ** (at - 5)
    for seed in range(runs):
        histories = live(np.random.default_rng(seed), 200, 1, TICKS, close=0.04, acquire=1e-12, entry=5)
        total = count_spells(spells_of(histories, INDEPENDENT, "calendar", TICKS), TICKS)
        _, low, high = band(total, greenwood(total), total.at_risk)
        inside += low[at] <= truth <= high[at]
    assert 0.93 <= inside / runs <= 0.97


def test_pieces_do_not_depend_on_the_cut() -> None:
    rows = np.arange(47).reshape(47, 1)
    for sizes in ([47], [10, 37], [1] * 47, [3, 20, 20, 4]):
        parts = np.split(rows, np.cumsum(sizes)[:-1])
        pieces = list(aligned(parts, 10))
        assert [len(piece) for piece in pieces] == [10, 10, 10, 10, 7]
        assert (np.concatenate(pieces) == rows).all()


def test_large_classes_are_streamed_twice_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    question = scenario((firm("crowd", copies=5),), TICKS)
    blocks = cut(question, live(np.random.default_rng(1), 300, 5, TICKS), [300])
    calls = []

    def counted() -> list:
        calls.append(1)
        return blocks()

    kept = summarise(question, counted).survival
    assert len(calls) == 1
    monkeypatch.setattr("sim.outcomes.summary.KEPT_BYTES", 0)
    streamed = summarise(question, counted).survival
    assert len(calls) == 3
    pd.testing.assert_frame_equal(kept, streamed, check_exact=True)
    assert curve(kept, "crowd").at_risk[0] == 1500


def test_no_worlds_is_an_error() -> None:
    question = scenario((firm("a"),), TICKS)
    with pytest.raises(ValueError, match="no worlds"):
        summarise(question, lambda: [block_of(question, still(0, 1))])
