"""Sensitivity: known indices, known shares of chance, and no rank for what lies inside the noise."""

from __future__ import annotations

import itertools
import math
import sys

import numpy as np
import pytest
from closed_form import CASH, HAZARD, MONTHS, NAME, alone

import sim
from sim.engine.prepared import Seeds, draws_of
from sim.engine.simulate import simulate
from sim.foundation.columns import NEVER
from sim.foundation.errors import InputError
from sim.outcomes import drivers
from sim.outcomes.claims import UNDECIDED, truth
from sim.outcomes.drivers import Effect, chance_share, fifths, first_order, grouped, ranks, significant_by_holm
from sim.report import figures
from sim.scenario.load import with_sets
from sim.scenario.model import Scenario
from sim.study import designs, replicates
from sim.study import sensitivity as study
from sim.study.how import How
from sim.study.many_worlds import with_worlds

DUMMY = "assumptions.demand.growth_floor_year"  # demand is off: it can do nothing
MOST_CASH, MOST_HAZARD = 24.0, 0.1
ISHIGAMI = (0.3139, 0.4424, 0.0)


def uncertain(worlds: int = 4096, **more) -> Scenario:
    """Cash decides half of the worlds, a hazard part of the others, a third assumption nothing."""
    data = {"cash": {"uniform": [0, MOST_CASH]}, "hazard": {"uniform": [0, MOST_HAZARD]}}
    return with_sets(alone(worlds=worlds, **{**data, **more}), [f"{DUMMY}={{uniform: [0, 0.5]}}"])


def closed_form() -> dict[str, float]:
    """First-order indices of cash and hazard, and the share that is chance, by integration."""
    h = np.linspace(0, MOST_HAZARD, 200_001)
    q = 1 - (1 - h) ** MONTHS  # probability of closing by chance with cash for more than a year
    p = 0.5 + 0.5 * q.mean()
    variance = p * (1 - p)
    return {
        CASH: (0.5 * (1 - q.mean())) ** 2 / variance,
        HAZARD: 0.25 * q.var() / variance,
        "chance": 0.5 * (q * (1 - q)).mean() / variance,
    }


# statistics


def ishigami(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    x = np.random.default_rng(seed).uniform(-np.pi, np.pi, (n, 3))
    return x, np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_first_order_indices_of_the_ishigami_function():
    """Known: 0.3139, 0.4424 and 0 (Ishigami and Homma 1990).

    Twenty groups lose the part of sin^2 within them: the mean of cos 2x over a width w is sin(w) / w of its middle.
    """
    width = 2 * math.pi / 20
    x, y = ishigami(20_000, 1)
    found = [first_order(x[:, i], y) for i in range(3)]
    assert found[0].value == pytest.approx(ISHIGAMI[0], abs=0.015)
    assert found[1].value == pytest.approx(ISHIGAMI[1] * (math.sin(width) / width) ** 2, abs=0.015)
    assert found[2].value < 0.003
    assert significant_by_holm([effect.p for effect in found]) == [True, True, False]


def test_salib_finds_the_same_from_the_same_data():
    analyze = pytest.importorskip("SALib.analyze.rbd_fast").analyze
    x, y = ishigami(8192, 2)
    problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[-np.pi, np.pi]] * 3}
    theirs = analyze(problem, x, y, num_resamples=2, seed=1)["S1"]
    for i in range(3):
        assert first_order(x[:, i], y).value == pytest.approx(theirs[i], abs=0.03)


@pytest.mark.parametrize(("base", "slope", "worlds"), [(0.3, 0.3, 500), (0.3, 0.6, 1000), (0.0, 1.0, 1000)])
def test_the_interval_covers_the_index_of_a_binary_outcome(base, slope, worlds):
    """P(y) = base + slope * x, x uniform: the index is slope^2 / 12 / (p (1 - p)); what chance adds is taken off."""
    p = base + slope / 2
    index, hits, values = slope**2 / 12 / (p * (1 - p)), 0, []
    for seed in range(600):
        rng = np.random.default_rng(seed)
        x = rng.random(worlds)
        effect = first_order(x, (rng.random(worlds) < base + slope * x).astype(float))
        hits += effect.low <= index <= effect.high
        values.append(effect.value)
    assert 0.93 <= hits / 600 <= 0.98
    groups = min(worlds // 100, 20)
    assert np.mean(values) == pytest.approx(index * (1 - groups**-2), abs=4 * np.std(values) / math.sqrt(600))


def test_noise_is_taken_for_a_driver_in_one_study_of_twenty_at_most():
    """Fifty assumptions that do nothing: the chance that any of them is ranked is at most 5%."""
    alarms = 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        y = (rng.random(400) < 0.3).astype(float)
        alarms += any(significant_by_holm([first_order(rng.random(400), y).p for _ in range(50)]))
    assert alarms / 300 <= 0.08  # 0.05 and 2.4 standard errors


@pytest.mark.parametrize("worlds", [1000, 10_000])
def test_a_rare_outcome_finds_no_driver_in_noise_more_often(worlds):
    """Ten true worlds: with the F distribution 13% of such studies ranked something."""
    alarms = 0
    for seed in range(150):
        rng = np.random.default_rng(seed)
        y = np.zeros(worlds)
        y[rng.choice(worlds, 10, replace=False)] = 1
        alarms += any(significant_by_holm([first_order(rng.random(worlds), y).p for _ in range(50)]))
    assert alarms / 150 <= 0.09  # 0.05 and 2.3 standard errors


def test_deals_of_true_worlds_by_hand():
    """Two true worlds of four in two groups: both in one group in two of six deals; the statistic is then 2, else 1."""
    assert first_order(np.repeat([0.0, 1.0], 10), np.repeat([0.0, 1.0], 10)).p < 0.001
    dealt = drivers._dealt((2, 2), 2)
    assert set(dealt) == {1.0, 2.0}
    assert (dealt == 2.0).mean() == pytest.approx(1 / 3, abs=0.01)


@pytest.mark.parametrize("jump", [0.275, 0.333, 0.525])
def test_a_jump_within_a_group_is_not_lost(jump):
    """True above a value and false below: the assumption explains all of it, wherever the jump lies."""
    x = np.random.default_rng(3).random(10_000)
    found = first_order(x, (x > jump).astype(float))
    assert found.value > 0.998 and found.high == 1


def test_holm_by_hand():
    assert significant_by_holm([0.04, 0.01, 0.03, 0.005]) == [False, True, False, True]
    assert significant_by_holm([0.05]) == [True]
    assert significant_by_holm([]) == []


def test_what_cannot_be_told_apart_shares_a_rank():
    effects = [
        Effect(0.5, 0.4, 0.6, 0),
        Effect(0.2, 0.1, 0.3, 0),
        Effect(0.15, 0.05, 0.25, 0),
        Effect(0.01, 0, 0.1, 0.9),
    ]
    assert ranks(effects, [True, True, True, False]) == [1, 2, 2, None]


def test_the_share_of_chance_is_covered():
    """y is true with probability u, u uniform: a third of the variance is u's, two thirds are chance."""
    hits = 0
    for seed in range(800):
        rng = np.random.default_rng(seed)
        p = rng.random(1000)
        found = chance_share((rng.random(1000) < p).astype(float), (rng.random(1000) < p).astype(float))
        hits += found.low <= 2 / 3 <= found.high
    assert 0.93 <= hits / 800 <= 0.97


def test_all_and_nothing_by_chance():
    y = np.array([0.0, 1.0] * 50)
    assert chance_share(y, y) == (0, 0, 0)
    assert math.isnan(chance_share(np.ones(10), np.ones(10)).value)
    independent = chance_share(y, np.array([0.0, 0.0, 1.0, 1.0] * 25))
    assert independent.value == 1 and independent.low > 0.7
    apart = chance_share(np.repeat([0.0, 1.0], 450), np.random.default_rng(2).permutation(np.repeat([1.0, 0.0], 450)))
    again = chance_share(np.repeat([0.0, 1.0, 0.0, 1.0], 225), np.repeat([0.0, 1.0, 1.0, 0.0], [210, 210, 240, 240]))
    for found in (apart, again):  # a correlation below zero is chance, and no reason to be surer
        assert found.value == found.high == 1 and 0.92 < found.low < 0.95
    assert first_order(np.arange(100.0), y[:100] * 0) == (0, 0, 0, 1)
    assert first_order(np.ones(100), y) == (0, 0, 0, 1)
    found = first_order(y, y)
    assert found[:3] == (1, 1, 1) and found.p < 1e-4


def test_a_rare_outcome_is_not_surely_all_chance():
    """15 worlds of 1,000 on both sides and none in common: that the correlation is 0 is then as sure as ever."""
    y, again = np.arange(1000.0) < 15, np.arange(1000.0) >= 985
    found, least = chance_share(y.astype(float), again.astype(float)), 1 - math.tanh(1.96 / math.sqrt(1000))
    assert found.value == found.high == 1 and found.low == pytest.approx(least, abs=1e-4)


def in_groups(x: np.ndarray, groups: int) -> np.ndarray:
    return grouped(*np.unique(x, return_inverse=True, return_counts=True)[1:], groups)


def test_groups_hold_equal_values_together():
    assert in_groups(np.array([3.0, 1.0, 3.0, 2.0]), 10).tolist() == [2, 0, 2, 1]
    sizes = np.bincount(in_groups(np.random.default_rng(1).random(1000), 7))
    assert len(sizes) == 7 and sizes.max() - sizes.min() <= 1
    tied = np.repeat([0.0, 1.0, 2.0], [700, 10, 290])
    assert all(len(set(in_groups(tied, 2)[tied == value])) == 1 for value in (0, 1, 2))


def test_fifths_by_hand():
    x, y = np.arange(100.0), (np.arange(100) >= 90).astype(float)
    found = fifths(x, y)
    assert (found.lowest.value, found.highest.value) == (0, 0.5)
    assert (found.up_to, found.from_, found.worlds) == (19, 80, (20, 20))


def test_fifths_keep_equal_values_together():
    """Nine worlds of ten drew 0, one 0.2: the ends are those two values, not a cut through the zeros."""
    x = np.tile([0.0] * 9 + [0.2], 20)
    found = fifths(x, (x == 0).astype(float))
    assert (found.lowest.value, found.highest.value) == (1, 0)
    assert (found.up_to, found.from_, found.worlds) == (0, 0.2, (180, 20))
    thirds = fifths(np.repeat([1.0, 2.0, 3.0, 4.0], [10, 15, 55, 20]), np.arange(100.0) % 2)
    assert (thirds.up_to, thirds.from_, thirds.worlds) == (1, 4, (10, 20)), "with 2 it would be a quarter"


def test_total_index_without_luck_by_hand():
    """P(true) = (1 + a + b) / 4 with a, b = 0 or 1, evenly: each explains half of what the draws explain."""
    rng = np.random.default_rng(1)
    n = 40_000
    a, b, other = (rng.random(n) < 0.5 for _ in range(3))

    def worlds(first: np.ndarray) -> np.ndarray:
        return (rng.random(n) < (1.0 + first + b) / 4).astype(float)

    found = designs.without_luck(worlds(a), worlds(other), worlds(a), worlds(other))
    assert found.low <= 0.5 <= found.high and found.high - found.low < 0.15
    nothing = designs.without_luck(*(rng.integers(0, 2, (4, n)).astype(float)))
    assert math.isnan(nothing.value), "draws that explain nothing"


# luck and draws apart


def test_without_other_seeds_every_byte_is_the_same():
    scenario = uncertain()
    one, other = simulate(scenario, 0, 200), simulate(scenario, 0, 200, Seeds())
    named = Seeds(scenario.seed, {draw.key: scenario.seed for draw in draws_of(scenario)})
    for block in (other, simulate(scenario, 0, 200, named)):
        assert block.histories.tobytes() == one.histories.tobytes()
        assert block.events.tobytes() == one.events.tobytes()
        assert block.paths.tobytes() == one.paths.tobytes()


def test_a_draw_is_what_the_engine_sees():
    """Nothing but cash decides: the firm closes in the month that its cash is gone."""
    scenario = uncertain(hazard=0.0)
    cash = {draw.path: draw for draw in draws_of(scenario)}[CASH]
    for seeds, seed in ((Seeds(), 5), (Seeds(luck=99), 5), (Seeds(drawn={cash.key: 99}), 99)):
        exits = simulate(scenario, 64, 200, seeds).histories["exit_month"][:, 0]
        due = np.ceil(cash.sample(seed, 64, 200))
        assert np.array_equal(exits, np.where(due <= MONTHS, np.maximum(due, 1), NEVER))


def test_other_luck_leaves_the_draws_alone_and_the_reverse():
    scenario = uncertain(cash=1000)
    plain, lucky = (simulate(scenario, 0, 400, seeds) for seeds in (Seeds(), Seeds(luck=99)))
    assert not np.array_equal(plain.histories["exit_month"], lucky.histories["exit_month"])
    other = simulate(with_worlds(scenario, None, 99), 0, 400)
    hazard = {draw.path: draw for draw in draws_of(scenario)}[HAZARD]
    both = simulate(scenario, 0, 400, Seeds(99, {hazard.key: 99}))
    assert both.histories.tobytes() == other.histories.tobytes()
    dummy = {draw.path: draw for draw in draws_of(scenario)}[DUMMY]
    same = simulate(scenario, 0, 400, Seeds(drawn={dummy.key: 99}))
    assert same.histories.tobytes() == plain.histories.tobytes()


def test_every_uncertain_value_is_listed_by_the_path_that_sets_it():
    events = {"harder": {"date": "2024-07", "set": {HAZARD: {"times": {"uniform": [1, 2]}}}}}
    firms = {
        "alone": {"cash": 10, "burn_month": 1},
        "crowd": {"copies": 3, "cash": {"uniform": [0, 10]}, "burn_month": {"choice": [1, 2]}},
    }
    scenario = alone(hazard={"normal": [0.05, 0.01]}, events=events, firms=firms, claims={})
    draws = {draw.path: draw for draw in draws_of(scenario)}
    assert list(draws) == [HAZARD, "firms.crowd.cash", "firms.crowd.burn_month", f"events.harder.set.{HAZARD}"]
    sample = draws["firms.crowd.cash"].sample(5, 0, 4000)
    assert sample.std() == pytest.approx(10 / math.sqrt(12 * 3), rel=0.1), "the mean of three copies, each its own draw"
    factor = draws[f"events.harder.set.{HAZARD}"].sample(5, 0, 1000)
    assert 1 <= factor.min() < 1.1 < 1.9 < factor.max() <= 2


# the whole study


@pytest.fixture(scope="module")
def given_data(tmp_path_factory):
    return sim.sensitivity(uncertain(), "closes", jobs=1, out=tmp_path_factory.mktemp("results"))


def test_drivers_have_the_indices_of_the_closed_form(given_data):
    truth = closed_form()
    rows = {row["path"]: row for row in given_data.drivers.to_dict("records")}
    assert list(given_data.drivers) == ["path", "index", "value", "low", "high", "noise_share"]
    for path in (CASH, HAZARD):
        assert rows[path]["low"] <= truth[path] <= rows[path]["high"]
        assert rows[path]["high"] - rows[path]["low"] < 0.06
    assert given_data.ranks == {CASH: 1, HAZARD: 2, DUMMY: None}
    assert rows[DUMMY]["low"] == 0
    assert given_data.drivers["path"].tolist() == [CASH, HAZARD, DUMMY]


def test_the_share_of_chance_is_that_of_the_closed_form(given_data):
    chance = given_data.chance
    assert chance.low <= closed_form()["chance"] <= chance.high
    assert chance.high - chance.low < 0.1
    assert set(given_data.drivers["noise_share"]) == {chance.value}
    low, high = f"{100 * chance.low:.0f}", f"{100 * chance.high:.0f}"
    told = f"{100 * chance.value:.0f}% (95% interval {low} to {high}%) of what tells worlds apart is chance"
    assert told in given_data.headline
    assert "Zhipu" not in given_data.headline and "closes" in given_data.headline


def test_the_tornado_has_the_fifths(given_data):
    rows = {(row["path"], row["end"]): row for row in given_data.tornado.to_dict("records")}
    assert rows[CASH, "lowest"]["probability"] == 1, "cash for less than five months"
    assert rows[CASH, "lowest"]["value"] == pytest.approx(MOST_CASH / 5, rel=0.1)
    assert rows[CASH, "highest"]["value"] == pytest.approx(MOST_CASH * 4 / 5, rel=0.1)
    assert rows[CASH, "highest"]["probability"] < 0.6
    low, high = rows[DUMMY, "lowest"], rows[DUMMY, "highest"]
    assert low["low"] < high["high"] and high["low"] < low["high"]


def test_figures_are_plotly_figures(given_data):
    bars = figures.tornado(given_data)
    assert any(tuple(trace.x or ()) == (1.0,) for trace in bars.data), "the lowest fifth of cash"
    points = [trace for trace in figures.drivers(given_data).data if trace.mode == "markers"]
    assert [point.x[0] for point in points] == given_data.drivers["value"].tolist()


def test_files_pages_and_the_second_asking(given_data):
    folder = given_data.folder
    assert folder.name.startswith("sensitivity-")
    assert {"drivers.csv", "tornado.csv", "sensitivity.html", "manifest.json"} <= {p.name for p in folder.iterdir()}
    page = (folder / "sensitivity.html").read_text(encoding="utf-8")
    assert NAME not in page and "<script>alert" not in page
    assert 'id="figure-tornado"' in page
    assert "not distinguishable from noise" in page
    assert "The claim closes (" in page and "by December 2024): It closes." in page
    again = sim.sensitivity(uncertain(), "closes", jobs=1, out=folder.parents[1])
    assert again.reused and again.folder == folder
    assert again.drivers.equals(given_data.drivers) and again.tornado.equals(given_data.tornado)
    assert (again.ranks, again.chance, again.headline) == (given_data.ranks, given_data.chance, given_data.headline)


def test_the_run_that_exists_is_used(tmp_path):
    sim.run(uncertain(1024), jobs=1, out=tmp_path)
    before = {path.name for path in (tmp_path / ".blocks").glob("*/*")}
    sim.sensitivity(uncertain(1024), "closes", jobs=1, out=tmp_path)
    assert {path.name for path in (tmp_path / ".blocks").glob("*/*")} == before


@pytest.mark.parametrize("method", ["sobol", "morris"])
def test_designs_find_the_same(method):
    pytest.importorskip("SALib")
    worlds = {"sobol": 4096, "morris": 256}[method]
    done = sim.sensitivity(uncertain(), "closes", method=method, worlds=worlds, jobs=1)
    assert done.ranks[DUMMY] is None and "nan" not in done.headline
    assert done.ranks[CASH] == 1 and done.ranks[HAZARD] in (1, 2)
    rows = {(row["path"], row["index"]): row for row in done.drivers.to_dict("records")}
    form = closed_form()
    if method == "sobol":
        for path in (CASH, HAZARD):
            assert rows[path, "first_order"]["value"] == pytest.approx(form[path], abs=0.06)
            assert rows[path, "total"]["high"] >= rows[path, "first_order"]["value"]
        assert rows[DUMMY, "total"]["value"] == rows[DUMMY, "total_on_average"]["value"] == 0
        free = {path: rows[path, "total_on_average"] for path in (CASH, HAZARD)}
        assert free[CASH]["low"] > free[HAZARD]["high"], "cash decides; the hazard matters where cash does not"
        assert done.chance.value == pytest.approx(form["chance"], abs=0.05)
    else:
        assert -1 <= rows[CASH, "mu"]["low"] < rows[CASH, "mu"]["value"] < 0 < rows[HAZARD, "mu"]["value"]
        assert rows[CASH, "mu_star"]["value"] == pytest.approx(-rows[CASH, "mu"]["value"]), (
            "more cash, never more exits"
        )
        assert rows[DUMMY, "mu_star"]["value"] == 0
        assert done.tornado.empty


def test_nothing_is_ranked_where_all_is_chance():
    scenario = uncertain(cash=1000, hazard=0.05)
    done = sim.sensitivity(scenario, "closes", jobs=1)
    assert set(done.ranks.values()) == {None}
    assert "is distinguishable from noise" in done.headline
    assert done.chance.value > 0.9


def test_an_outcome_that_never_varies_has_no_drivers():
    done = sim.sensitivity(uncertain(cash=1000, hazard=0.0), "closes", jobs=1)
    assert "nothing drives the claim closes" in done.headline and "by December 2024" in done.headline
    assert math.isnan(done.chance.value)
    assert set(done.drivers["value"]) == {0}


def test_few_worlds_that_tell_rank_nothing():
    """Some 20 of 4,096 worlds close by chance: fewer than 50 rank nothing, and the sentence says so."""
    done = sim.sensitivity(uncertain(cash=1000, hazard=0.0004), "closes", jobs=1)
    rare = round(done.manifest["probability"] * 4096)
    assert 0 < rare < 50
    assert set(done.ranks.values()) == {None}
    assert f"only {rare} differ from the others" in done.headline and "50 are needed" in done.headline


def test_what_was_not_varied_is_said_before_what_matters(given_data):
    held = given_data.manifest["held"]
    assert DUMMY not in held and "assumptions.scale.strength" in held
    page = (given_data.folder / "sensitivity.html").read_text(encoding="utf-8")
    said = page.index("This page cannot tell whether they matter")
    assert page.index('id="held"') < said < page.index('id="drivers"')
    assert "among them the strength of the scale law, the listing law and the vertical law" in page
    assert given_data.headline.startswith("Among the 3 assumptions left uncertain, the claim closes (")


def test_a_typed_proposition_is_asked_as_a_claim_is(tmp_path):
    done = sim.sensitivity(uncertain(1024), "alone closed by 2024-12", jobs=1, out=tmp_path)
    same = sim.sensitivity(uncertain(1024), "closes", jobs=1, out=tmp_path)
    assert done.drivers.equals(same.drivers) and done.folder != same.folder
    assert '"alone closed by 2024-12" hangs most on' in done.headline


def test_the_order_of_the_file_decides_no_design():
    one = uncertain(1024)
    other = with_sets(uncertain(1024), [f"{CASH}={{uniform: [0, {MOST_CASH}]}}"])
    assert sim.sensitivity(one, "closes", jobs=1).drivers.equals(sim.sensitivity(other, "closes", jobs=1).drivers)


def test_a_conditional_claim_is_asked_where_its_condition_holds():
    scenario = uncertain()
    done = sim.sensitivity(scenario, "late-if-at-all", jobs=1)
    claim = next(claim for claim in scenario.claims if claim.id == "late-if-at-all")
    answers = truth(claim, simulate(scenario, 0, 4096), scenario)
    assert done.manifest["asked"] == int((answers != UNDECIDED).sum()) < 4096
    assert done.manifest["probability"] == answers[answers != UNDECIDED].mean()
    assert done.ranks[CASH] == 1
    assert done.chance.low <= conditional_chance() <= done.chance.high


def conditional_chance() -> float:
    """The share of chance among pairs of worlds that both meet the condition, to live to June, by integration.

    Cash c and hazard h meet it with (1 - h)^6 if c > 6, else never; then closing by December is certain where
    c <= 12, and has the probability 1 - (1 - h)^6 elsewhere.
    """
    h = np.linspace(0, MOST_HAZARD, 200_001)
    weight = (1 - h) ** 12  # both of a pair meet it
    q = 1 - (1 - h) ** 6
    sure, open_ = 6 / MOST_CASH, 12 / MOST_CASH  # shares of cash from 6 to 12, and above

    def mean(of_sure: np.ndarray, of_open: np.ndarray) -> float:
        total = (sure + open_) * weight.mean()
        return float((sure * (weight * of_sure).mean() + open_ * (weight * of_open).mean()) / total)

    one = np.ones_like(h)
    p = mean(one, q)
    return 1 - (mean(one, q * q) - p * p) / (p * (1 - p))


def test_designs_draw_anew_what_they_say(monkeypatch):
    """Sobol: one assumption, luck, or all at once; Morris: every path of steps in worlds of its own."""
    pytest.importorskip("SALib")
    asked = []

    def truths(_claim, worlds, _how):
        asked.extend(worlds)
        return [np.arange(one.worlds) % 2 for one in worlds]

    monkeypatch.setattr(designs, "truths", truths)
    scenario = uncertain(64)
    draws = draws_of(scenario)
    designs.sobol(scenario, scenario.claims[0], draws, How())
    other = replicates.other_seed(scenario.seed)
    everything = {draw.key: other for draw in draws}
    twins = [Seeds(drawn={draw.key: other}) for draw in draws]
    again = [Seeds(other, {draw.key: other}) for draw in draws]
    wanted = [Seeds(), *twins, Seeds(luck=other), Seeds(other, everything), *again]
    assert [one.seeds for one in asked] == wanted
    assert {(one.first, one.worlds) for one in asked} == {(0, 64)}
    asked.clear()
    designs.morris(scenario, scenario.claims[0], draws, How())
    assert [one.first for one in asked] == [64 * path for path in range(designs.REPEATS) for _ in range(len(draws) + 1)]
    for before, after in itertools.pairwise(asked):
        if before.first == after.first:
            moved = [d for d in draws if drawn_at(before.scenario, d.path) != drawn_at(after.scenario, d.path)]
            assert len(moved) == 1


def drawn_at(scenario: Scenario, path: str) -> tuple[float, ...]:
    value = scenario.assumptions.get(path) or scenario.firms[0].values[path.rpartition(".")[2]]
    assert not value.uncertain
    return value.numbers


# nonsense


def refused(words: str, scenario: Scenario, of: str, **options) -> None:
    with pytest.raises(InputError) as error:
        sim.sensitivity(scenario, of, jobs=1, **options)
    assert words in str(error.value)


def test_what_makes_no_sense_is_refused():
    refused("nearest: closes", uncertain(), "close")
    refused("nothing is uncertain", alone(), "closes")
    refused("nearest: sobol", uncertain(), "closes", method="sobl")
    refused("the claim has no answer in every world", uncertain(), "late-if-at-all", method="sobol")
    refused("states no claim", uncertain(claims={}), "closes")
    refused("too few worlds", uncertain(50), "closes")
    refused("of 120 worlds ask for it", uncertain(120), "late-if-at-all")


def test_too_few_worlds_are_refused_before_any_is_simulated(tmp_path):
    with pytest.raises(InputError, match="too few worlds"):
        sim.sensitivity(uncertain(99), "closes", jobs=1, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_without_salib_the_designs_say_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "SALib.analyze.sobol", None)
    refused("shakeout[sensitivity]", uncertain(), "closes", method="sobol")
    monkeypatch.setitem(sys.modules, "SALib.sample.morris", None)
    refused("shakeout[sensitivity]", uncertain(), "closes", method="morris")


def test_other_seeds_are_seeds():
    assert all(0 <= replicates.other_seed(seed) < 2**32 != seed for seed in (0, 7, 2**32 - 1))
    assert study.MOST_WORLDS_BY_METHOD.keys() == {"given-data", "sobol", "morris"}
