"""Survival curves against statsmodels, closed forms, and bands against what happens over many runs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight
from synthetic_runs import START, block_of, chance, cut, firm, first_months, live, scenario, still

from sim.foundation.causes import NO_CAUSE
from sim.foundation.columns import CLOSED, NEVER
from sim.foundation.states import State
from sim.outcomes.index import ENTERS_BY_CHANCE, NEVER_ENTERS
from sim.outcomes.intervals import ratio_wilson, wilson
from sim.outcomes.summary import summarise
from sim.outcomes.survival import Cohort, Curve, count_curve, curves_of, entrants, times_of

TICKS = 36


def curve(frame: pd.DataFrame, group: str, endpoint: str = State.INDEPENDENT, origin: str = "calendar") -> pd.DataFrame:
    """One curve of survival.csv by month."""
    chosen = frame[(frame.group == group) & (frame.endpoint == endpoint) & (frame.origin == origin)]
    return chosen.set_index("month")


def kaplan_meier(durations: np.ndarray, failed: np.ndarray, months: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Estimate and standard error of statsmodels at ``months``: steps, 1 and 0 before the first event."""
    steps = SurvfuncRight(durations, failed.astype(int))
    last = np.searchsorted(steps.surv_times, months, side="right")
    return np.append(1.0, steps.surv_prob)[last], np.append(0.0, steps.surv_prob_se)[last]


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


def in_cohort(zero: np.ndarray, first: int, last: int, event: np.ndarray) -> np.ndarray:
    return (zero >= first) & (zero <= last) & (event >= zero)


@pytest.mark.parametrize("endpoint", [State.INDEPENDENT, State.IN_GENERAL_RACE])
def test_who_enters_by_chance_has_a_curve_for_each_year_of_entry(endpoint: str) -> None:
    """July 2023 to June 2026, so 2023 are the ticks 1 to 6, followed for 30 months, and 2024 those to 18, for 18."""
    luck = np.random.default_rng(11)
    entry = luck.integers(1, 30, (3000, 1))
    entry[luck.random((3000, 1)) < 0.2] = NEVER
    question = scenario((chance("late"), firm("old")), TICKS)
    histories = live(luck, 3000, 2, TICKS, entry=np.concatenate([entry, np.zeros_like(entry)], axis=1))
    frame = summarise(question, cut(question, histories, [1000, 2000])).survival
    event = histories["exit_month"][:, 0].astype(int)
    if endpoint == State.IN_GENERAL_RACE:
        event = np.minimum(event, histories["pivot_month"][:, 0])
    assert set(frame[frame.group == "late"].origin) == {"entered 2023", "entered 2024", "entered 2025"}
    for year, first, last in ((2023, 1, 6), (2024, 7, 18), (2025, 19, 30)):
        found = curve(frame, "late", endpoint, f"entered {year}")
        mine = in_cohort(entry[:, 0], first, last, event)
        months = TICKS - last
        assert list(found.index) == list(range(months + 1)) and (found.date == "").all()
        lived = (event - entry[:, 0])[mine]
        expected, _ = kaplan_meier(np.minimum(lived, TICKS), lived <= TICKS, found.index.to_numpy())
        np.testing.assert_allclose(found.survival, expected, atol=1e-12)
        np.testing.assert_allclose((found.low, found.high), wilson(found.survival, mine.sum()), atol=1e-12)
        assert found.at_risk[0] == mine.sum() and found.at_risk[3] == (lived >= 3).sum()
        pooled = curve(frame, "startups", endpoint, f"entered {year}")  # the late one alone: old has been there
        np.testing.assert_allclose(pooled.survival, found.survival, atol=1e-12)
    old = curve(frame, "startups", endpoint)
    assert old.at_risk[0] == 3000 and old.survival.equals(curve(frame, "old", endpoint).survival)


@pytest.mark.parametrize(
    "origin,endpoint",
    [("listed", State.INDEPENDENT), ("listed", State.IN_GENERAL_RACE), ("pivoted", State.INDEPENDENT)],
)
def test_clocks_of_milestones_agree_with_statsmodels(origin: str, endpoint: str) -> None:
    luck = np.random.default_rng(13)
    firms = (firm("old", listed=START - 8, pivoted=START - 11), firm("new"), firm("other"), firm("giant", "giant"))
    question = scenario(firms, TICKS)
    histories = live(luck, 2000, 4, TICKS, listing=0.04, pivot=0.04)
    histories["listing_month"][:, 0], histories["pivot_month"][:, 0] = -7, -10
    histories["listing_month"][:, 3] = 1  # a giant is not among the listed startups
    group, column = {"listed": ("listed", "listing_month"), "pivoted": ("pivoters", "pivot_month")}[origin]
    frame = summarise(question, cut(question, histories, [2000])).survival
    zero = histories[column][:, 1:3].ravel().astype(int)  # whose clock started before the run is on no curve of it
    end = histories["exit_month"][:, 1:3].ravel().astype(int)
    if endpoint == State.IN_GENERAL_RACE:
        end = np.minimum(end, histories["pivot_month"][:, 1:3].ravel())
    assert set(frame[frame.group == group].origin) == {f"{origin} {year}" for year in (2023, 2024, 2025)}
    for year, first, last in ((2023, 1, 6), (2024, 7, 18), (2025, 19, 30)):
        found = curve(frame, group, endpoint, f"{origin} {year}")
        asked = in_cohort(zero, first, last, end)
        lived = np.minimum(end, TICKS + 1)[asked] - zero[asked]
        expected, _ = kaplan_meier(lived, end[asked] <= TICKS, found.index.to_numpy())
        np.testing.assert_allclose(found.survival, expected, atol=1e-12)
        assert found.index[-1] == TICKS - last
        assert (found.survival[0] == 1) == (endpoint == State.INDEPENDENT)  # some list and pivot in the same month
        assert found.at_risk[5] == (lived >= 5).sum()


def test_who_left_the_race_before_the_start_is_not_in_it_on_the_calendar() -> None:
    question = scenario((firm("light", pivoted=START - 5), firm("pure")), TICKS, {"pair": ("light", "pure")})
    histories = still(50, 2)
    histories["pivot_month"][:, 0] = -4
    frame = summarise(question, cut(question, histories, [50])).survival
    assert curve(frame, "light", State.IN_GENERAL_RACE).survival.tolist() == [0]  # and nobody is at risk from then on
    assert (curve(frame, "light", State.INDEPENDENT).survival == 1).all()
    assert (curve(frame, "pair", State.IN_GENERAL_RACE).survival == 0.5).all()


def test_two_waves_the_first_dead_the_second_alive() -> None:
    """No curve says 0 of a group in which half are left: it ends with the first wave, the second has its own clock."""
    firms = (firm("wave-1", copies=10), firm("wave-2", copies=10, enters=START + 12))
    question = scenario(firms, TICKS)
    histories = still(100, 20)
    histories["exit_month"][:, :10], histories["fate"][:, :10] = 6, CLOSED
    histories["entry_month"][:, 10:] = 13
    outcomes = summarise(question, cut(question, histories, [100]))
    first = curve(outcomes.survival, "startups")
    assert first.survival.tolist() == [1] * 6 + [0] and first.date[6] == "2023-12" and first.at_risk[6] == 1000
    second = curve(outcomes.survival, "startups", origin="entered 2024")
    assert (second.survival == 1).all() and list(second.index) == list(range(TICKS - 18 + 1))
    on_its_date = curve(outcomes.survival, "wave-2")
    assert on_its_date.index[0] == 13 and on_its_date.date[13] == "2024-07" and on_its_date.index[-1] == TICKS
    top = outcomes.headline.set_index("firm")
    assert top.loc["startups", "median_exit"] == "2023-12"  # ten of all twenty that enter
    assert top.loc["wave-1", "median_exit"] == "2023-12" and pd.isna(top.loc["wave-2", "median_exit"])


def test_who_is_on_the_calendar() -> None:
    never, chance = NEVER_ENTERS, ENTERS_BY_CHANCE
    cases = [  # ticks of entry -> on the calendar, on a clock of their own
        ([0, 0, 5, chance, never], [1, 1, 0, 0, 0], [0, 0, 1, 1, 0]),
        ([5, 5, never], [1, 1, 0], [0, 0, 0]),
        ([5, 6], [0, 0], [1, 1]),
        ([chance, chance], [0, 0], [1, 1]),
        ([5, chance], [0, 0], [1, 1]),
        ([never], [0], [0]),
    ]
    for enters, calendar, own in cases:
        found = entrants(np.array(enters))
        assert [part.astype(int).tolist() for part in found] == [calendar, own], enters


def test_cohorts_of_a_long_run_are_of_several_years() -> None:
    question = scenario((firm("a"), chance("b")), 12 * 30)  # July 2023 to June 2053: 31 calendar years
    own = [one for one in curves_of(question) if one.group == "listed" and one.endpoint == State.INDEPENDENT]
    assert [one.origin for one in own][:2] == ["listed 2023-2025", "listed 2026-2028"] and len(own) == 10
    assert (own[0].first, own[0].last, own[0].months) == (1, 30, 330)
    assert own[-1].origin == "listed 2050-2052" and own[-1].months == 6


def test_a_curve_ends_where_fewer_are_at_risk_than_the_root_of_its_number() -> None:
    """Of 100 worlds 91 close in month 4 and one a month after: 10 at risk in month 5, the root; 9 in month 6."""
    question = scenario((firm("a"),), TICKS)
    histories = still(100, 1)
    histories["exit_month"][:, 0] = np.concatenate([np.full(90, 4), np.arange(5, 15)])
    histories["fate"] = CLOSED
    found = curve(summarise(question, cut(question, histories, [100])).survival, "a")
    assert found.index[-1] == 5 and found.at_risk.tolist() == [100] * 5 + [10] and found.survival[5] == 0.09


def test_one_world_has_curves_without_bands() -> None:
    question = scenario((firm("a"), firm("crowd", copies=20)), TICKS)
    frame = summarise(question, cut(question, live(np.random.default_rng(1), 1, 21, TICKS), [1])).survival
    assert frame.low.isna().all() and frame.high.isna().all() and frame.survival.notna().all()


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
        assert found.survival.tolist() == [1, 0]  # nobody is at risk from then on: the curve ends
        assert found.at_risk[1] == 100 * (2 if group == "startups" else 1)
        t = stats.t.ppf(0.975, 99) if group == "startups" else stats.norm.ppf(0.975)
        assert found.low[1] == 0 and found.high[1] == pytest.approx(float(wilson(0.0, 100, t)[1]))  # worlds, not firms


def test_a_cohort_by_hand() -> None:
    """Two worlds with three and one listed: of the three one leaves in month 2, the other firm in month 1."""
    histories = still(2, 3)
    histories["listing_month"] = [[4, 5, 6], [4, NEVER, 20]]
    histories["exit_month"] = [[6, NEVER, NEVER], [5, NEVER, NEVER]]
    found = count_curve(
        Curve("listed", State.INDEPENDENT, "listed 2023", "listed", np.arange(3), True, 1, 6, 4), times_of(histories)
    )
    assert (found.size, found.squares) == (4, 10)
    assert found.left.tolist() == [4, 3, 2, 2, 2] and found.at_risk.tolist() == [4, 4, 3, 2, 2]
    assert found.left_squares.tolist() == [10, 9, 4, 4, 4] and found.left_size.tolist() == [10, 9, 6, 6, 6]
    assert found.survival().tolist() == [1, 0.75, 0.5, 0.5, 0.5] and found.length == 5
    both = found + found
    bounds = ratio_wilson(4, 8, (8, 12, 20))
    assert [float(part[2]) for part in both.bounds(True)] == [float(bound) for bound in bounds]
    assert (both.size, both.squares, both.left.tolist()) == (8, 20, [8, 6, 4, 4, 4])


def shared_luck(luck: np.random.Generator, worlds: int, firms: int) -> np.ndarray:
    """Listed firms whose hazard of closing is the same for all firms of a world, and differs between worlds."""
    hazard = luck.choice([0.005, 0.10], (worlds, 1))
    histories = still(worlds, firms)
    listing = luck.integers(1, 31, (worlds, firms))
    out = listing + first_months(luck, np.broadcast_to(hazard, (worlds, firms)), (worlds, firms))
    histories["listing_month"] = listing
    histories["exit_month"] = np.where(out <= TICKS, out, NEVER)
    histories["fate"] = np.where(out <= TICKS, CLOSED, 1)
    return histories


def listed_in(first: int, last: int, firms: int) -> Curve:
    return Curve("listed", State.INDEPENDENT, "listed", "listed", np.arange(firms), True, first, last, TICKS - last)


@pytest.mark.parametrize("month", [6, 12])
def test_pooled_band_covers_where_firms_share_their_worlds_luck(month: int) -> None:
    """95% over repeated runs; the binomial interval, which takes firms for independent, falls far short."""
    truth = 0.5 * 0.995**month + 0.5 * 0.90**month
    runs, ours, naive = 800, 0, 0
    for seed in range(runs):
        found = count_curve(listed_in(1, 18, 6), times_of(shared_luck(np.random.default_rng(seed), 150, 6)))
        low, high = found.bounds(True)
        ours += low[month] <= truth <= high[month]
        low, high = wilson(found.survival(), found.size)
        naive += low[month] <= truth <= high[month]
    assert 0.93 <= ours / runs <= 0.97
    assert naive / runs < 0.85


def test_the_date_of_listing_predicts_the_hazard() -> None:
    """Who lists late lasts longer. All that list in two years, with the horizon of the run and with one that is longer.

    Censoring at the horizon leaves those who listed early to speak for all: Kaplan and Meier's estimate of the whole
    misses the truth, which is what happens under the longer horizon, in nine runs of ten. The cohorts cover it.
    """
    months, runs, misses, covered = 18, 300, 0, [0, 0]
    hazards = {(1, 18): 0.10, (19, 30): 0.01}
    for seed in range(runs):
        luck = np.random.default_rng(seed)
        listing = luck.integers(1, 31, (200, 3))
        hazard = np.where(listing <= 18, 0.10, 0.01)
        out = listing + first_months(luck, hazard, listing.shape)
        histories = still(200, 3)
        histories["listing_month"], histories["exit_month"] = listing, np.where(out <= TICKS, out, NEVER)
        durations = np.minimum(out, TICKS) - listing
        estimate, error = kaplan_meier(durations.ravel(), (out <= TICKS).ravel(), np.array([months]))
        truth = 0.6 * 0.90**months + 0.4 * 0.99**months
        misses += abs(estimate[0] - truth) > 1.96 * error[0]
        for at, ((first, last), rate) in enumerate(hazards.items()):
            found = count_curve(listed_in(first, last, 3), times_of(histories))
            month = min(months, TICKS - last)
            low, high = found.bounds(True)
            covered[at] += low[month] <= (1 - rate) ** month <= high[month]
    assert misses / runs > 0.9
    assert all(0.92 <= count / runs <= 0.98 for count in covered)


def test_a_longer_horizon_changes_no_month_of_a_curve() -> None:
    """The same worlds seen for three years and for five: what the longer run adds stands at the ends of curves."""
    firms = (firm("a"), firm("b"), chance("late"))
    luck = np.random.default_rng(19)
    entry = np.concatenate([np.zeros((500, 2), int), luck.integers(2, 60, (500, 1))], axis=1)
    long = live(luck, 500, 3, 60, close=0.01, listing=0.03, entry=entry)
    short = long.copy()
    for name in ("entry_month", "exit_month", "pivot_month", "listing_month", "abandoned_month"):
        short[name] = np.where(long[name] > TICKS, NEVER, long[name])
    short["cause"] = np.where(short["exit_month"] == NEVER, NO_CAUSE, long["cause"])
    frames = []
    for histories, ticks in ((short, TICKS), (long, 60)):
        question = scenario(firms, ticks)
        frames.append(summarise(question, cut(question, histories, [500])).survival)
    keys = ["group", "endpoint", "origin", "month"]
    both = frames[0].merge(frames[1], on=keys, suffixes=("", "_long"))
    assert len(both) == len(frames[0]) > 500 and both.origin.str.contains("listed 2025").any()
    for column in ("date", "at_risk", "survival", "low", "high"):
        assert (both[column] == both[f"{column}_long"]).all()


@pytest.mark.parametrize("worlds", [30, 400])
def test_a_band_covers_to_the_end_of_its_curve(worlds: int) -> None:
    """Where as few as may be are at risk: the last month of each curve, over 1,500 runs."""
    inside = []
    for seed in range(1500):
        luck = np.random.default_rng(seed)
        histories = still(worlds, 2)
        out = 1 + first_months(luck, np.full((worlds, 2), 0.12), (worlds, 2))
        histories["listing_month"], histories["exit_month"] = 1, np.where(out <= 90, out, NEVER)
        curve_of_all = Curve("listed", State.INDEPENDENT, "listed", "listed", np.arange(2), True, 1, 1, 89)
        found = count_curve(curve_of_all, times_of(histories))
        last = found.length - 1
        assert found.at_risk[last] ** 2 >= found.size > found.at_risk[last + 1] ** 2
        low, high = found.bounds(True)
        inside.append(low[last] <= 0.88**last <= high[last])
    assert 0.92 <= np.mean(inside) <= 0.98


def test_single_firm_band_covers() -> None:
    """Calendar survival of one firm that enters on a date: 95% over repeated runs."""
    at, runs, inside = 15, 800, 0
    one = Curve("a", State.INDEPENDENT, "calendar", "entered", np.array([0]), False, 5, 5, TICKS - 5)
    for seed in range(runs):
        histories = live(np.random.default_rng(seed), 200, 1, TICKS, close=0.04, acquire=1e-12, entry=5)
        low, high = count_curve(one, times_of(histories)).bounds(False)
        inside += low[at] <= 0.96**at <= high[at]
    assert 0.93 <= inside / runs <= 0.97


def test_curves_do_not_depend_on_the_cut_and_look_at_every_world_once() -> None:
    question = scenario((firm("crowd", copies=5), chance("late")), TICKS)
    entry = np.zeros((300, 6), int)
    entry[:, 5] = np.random.default_rng(2).integers(1, 60, 300)
    histories = live(np.random.default_rng(1), 300, 6, TICKS, entry=entry)
    whole, pieces = cut(question, histories, [300]), cut(question, histories, [1, 200, 99])
    calls = []
    frame = summarise(question, lambda: calls.append(1) or whole()).survival
    assert len(calls) == 1
    pd.testing.assert_frame_equal(frame, summarise(question, pieces).survival, check_exact=True)


def test_merging_is_adding() -> None:
    one = Cohort(1, 1, np.array([1, 0]), np.array([1, 0]), np.array([1, 0]))
    assert (one + one).left.tolist() == [2, 0] and (one + one).left_size.tolist() == [2, 0]


def test_no_worlds_is_an_error() -> None:
    question = scenario((firm("a"),), TICKS)
    with pytest.raises(ValueError, match="no worlds"):
        summarise(question, lambda: [block_of(question, still(0, 1))])
