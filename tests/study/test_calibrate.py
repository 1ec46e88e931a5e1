"""Calibration: facts that the model made at known settings give them back; what cannot be met is said."""

from dataclasses import replace

import numpy as np
import pytest

import sim
from sim.foundation.errors import InputError
from sim.outcomes.history_matching import effective, taken, weighed
from sim.scenario import ensemble
from sim.scenario.load import load_text
from sim.study import waves
from sim.study.calibrate import SETTLING, calibrate, to_calibrate
from sim.study.hindcast import facts_of
from sim.study.how import How
from sim.study.many_worlds import ManyWorlds
from sim.study.priors import BY_LOG, BY_ODDS, EVENLY, Prior, priors_of
from tests.study.small_industry import TEXT

FACTS = """
facts:
  alpha-cash:
    says: Alpha's cash at the end of its first month
    measure: {firm: alpha, quantity: cash, at: 2023-07}
    reported: [250, 350]
    source: S1
  beta-burn:
    says: What Beta burns
    measure: {firm: beta, quantity: burn_month, mean: [2023-08, 2023-12]}
    reported: [10, 30]
    source: S1
  late:
    says: Alpha is there in June 2024
    class: exit
    when: {firm: alpha, fate: closed, by: 2024-06}
    happened: false
    source: S1
"""


FOUR = (
    "assumptions.marketing.budget_month",
    "assumptions.demand.api_price",
    "assumptions.inference.pass_through",
    "assumptions.receivables.project_dso_days",
)


def scenario(more: str = ""):
    return load_text(TEXT + FACTS + more)


def calibrated(more: str = "", until: str = "2023-12", points: int = 256, **how):
    return calibrate(scenario(more), until, How(**{"worlds": 16, "jobs": 1, **how}), points)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    return calibrated(out=tmp_path_factory.mktemp("out"))


def test_the_cash_that_was_seen_is_found_again(done):
    cash = done.assumptions.set_index("path").loc["firms.alpha.cash"]
    assert cash["speaks"] == "alpha-cash" and cash["correlation"] > 0.8
    assert cash["low"] < 50 and cash["high"] > 600 and cash["stated"] == 325
    assert cash["left"] < 0.7 and cash["low"] < cash["p05"] < cash["p95"] < cash["high"]
    assert (
        240 < cash["p25"] < cash["p75"] < 450
    )  # of 16,384 settings by their weights: 296 and 404; of the prior 182, 547
    kept = done.facts.set_index("fact").loc["alpha-cash", "kept"]
    assert 240 < kept < 360


def test_facts_after_until_are_not_seen(done):
    assert list(done.facts["fact"]) == ["alpha-cash", "beta-burn"] and done.facts["met"].all()
    assert "Two facts to December 2023" in done.headline


def test_a_second_call_opens_the_folder(done):
    again = calibrated(out=done.folder.parents[1])
    assert again.reused and again.ensemble == done.ensemble and again.assumptions.equals(done.assumptions)


def test_the_draws_are_an_ensemble_of_what_facts_speak_to(done, tmp_path):
    (tmp_path / "e.parquet").write_bytes(done.ensemble)
    found = ensemble.read(tmp_path / "e.parquet", ["alpha", "beta", "giant"])
    drawn = done.assumptions[done.assumptions["p50"].notna()]
    assert set(found.columns) == set(drawn["path"]) and found.about["until"] == "2023-12"
    assert set(drawn["path"]) == set(done.assumptions.loc[done.assumptions["speaks"].notna(), "path"])
    assert found.about["facts"] == ["alpha-cash", "beta-burn"]
    (tmp_path / "s.yaml").write_text(TEXT + "ensemble: e.parquet\n")
    assert sim.run(tmp_path / "s.yaml", worlds=8).scenario.ensemble


def test_a_fact_that_no_setting_meets_rules_nothing_out_and_is_told():
    measure = "{firm: beta, quantity: cash, at: 2023-12}"
    fact = f"  never: {{says: Beta is rich, measure: {measure}, reported: 1.0e+9, source: S1}}\n"
    found = calibrated(fact)
    row = found.facts.set_index("fact").loc["never"]
    assert not row["met"] and row["implausibility"] > 3 and found.waves["kept"].sum() > 100
    assert "one fact no setting meets" in found.headline


def test_facts_that_contradict_each_other_end_with_the_nearest_points_and_what_kills_them():
    """Alpha cannot burn 42 and 75 in one month."""
    facts = "".join(
        f"  burn-{burn}: {{says: Burn, measure: {{firm: alpha, quantity: burn_month, at: 2023-07}}, "
        f"reported: {burn}, source: S1}}\n"
        for burn in (42, 75)
    )
    with pytest.raises(InputError, match="too few settings") as caught:
        calibrated(facts)
    said = str(caught.value)
    assert "nearest point 1 is killed by" in said and ("burn-42 (" in said or "burn-75 (" in said)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"until": "soon"}, "not a month"),
        ({"until": "2023-06"}, "no fact to fit to"),
        ({"points": 10}, "--points"),
        ({"points": 10**6}, "--points"),
        ({"worlds": 0}, "--worlds"),
    ],
)
def test_bad_input_is_refused_and_named(asked, said):
    with pytest.raises(InputError) as caught:
        calibrated(**asked)
    assert said in str(caught.value)


def test_a_scenario_without_facts_and_one_that_is_calibrated_are_refused(done, tmp_path):
    with pytest.raises(InputError, match="no fact to fit to"):
        calibrate(load_text(TEXT), "2023-12", How(), 256)
    (tmp_path / "e.parquet").write_bytes(done.ensemble)
    (tmp_path / "s.yaml").write_text(TEXT + FACTS + "ensemble: e.parquet\n")
    with pytest.raises(InputError, match="calibrated already"):
        calibrate(sim.load(tmp_path / "s.yaml"), "2023-12", How(), 256)


def test_a_fact_is_not_both_training_and_test(done, tmp_path):
    (tmp_path / "e.parquet").write_bytes(done.ensemble)
    (tmp_path / "s.yaml").write_text(TEXT + FACTS + "ensemble: e.parquet\n")
    with pytest.raises(InputError, match="both training and test"):
        sim.hindcast(tmp_path / "s.yaml", until="2023-11", worlds=8)
    scored = sim.hindcast(tmp_path / "s.yaml", worlds=200, jobs=1)
    assert scored.until == "2023-12" and set(scored.event_forecasts["window"]) == {"test"}
    gained = scored.scores.set_index(["window", "class", "score", "forecast"])["gain"]
    assert gained["training", "all", "CRPS", "priors"] > 0.05  # the draws know more of it than their priors did
    numbers = scored.number_forecasts.set_index("fact")
    assert numbers.loc["alpha-cash", "crps"] < numbers.loc["alpha-cash", "crps_priors"]
    assert (
        numbers.loc["alpha-cash", "crps"] < numbers.loc["alpha-cash", "crps_defaults"]
    )  # what it has without the draws


def test_a_single_value_is_the_median_of_its_prior_and_bounds_hold():
    flagship = sim.load("six-dragons")
    priors = priors_of(flagship)
    assert len(priors) > 150
    for prior in priors:
        assert prior.low < prior.high and prior.low - 1e-12 <= prior.stated <= prior.high + 1e-12
        assert np.allclose(prior.place(prior.at(np.array([0.0, 0.3, 1.0]))), [0, 0.3, 1])
    assert Prior("a", 1, 4, 2, BY_LOG).at(np.array([0.5])) == pytest.approx(2)
    assert Prior("a", 0.2, 0.5, 1 / 3, BY_ODDS).at(np.array([0.5])) == pytest.approx(1 / 3)
    assert Prior("a", 1, 4, 2, EVENLY).at(np.array([0.5])) == pytest.approx(2.5)


def test_nothing_with_a_source_is_varied(tmp_path):
    flagship = sim.load("six-dragons")
    file = tmp_path / "sourced.yaml"
    file.write_text("extends: six-dragons\nassumptions: {demand: {api_price: {value: 1.0, source: S000-01}}}")
    sourced = sim.load(file)
    path = "assumptions.demand.api_price"
    assert path in {prior.path for prior in priors_of(flagship)}
    assert path not in {prior.path for prior in priors_of(sourced)}


def test_the_power_rises_to_that_of_the_facts_and_settles(done):
    power = done.waves["power"].to_numpy()
    assert np.isnan(power[:2]).all() and (np.diff(power[2:]) >= 0).all()
    assert (power[-SETTLING - 1 :] == power[-1]).all() and (power[2 : -SETTLING - 1] < power[-1]).all()
    assert 0.5 < power[-1] <= 1  # of two facts
    assert done.waves["taken"].iloc[2:].between(0.1, 0.9).all() and (done.waves["count"].iloc[2:] >= 16).all()


@pytest.mark.slow
def test_facts_that_the_model_made_at_known_settings_give_those_settings_back():
    """The flagship to the end of 2024, four assumptions at once, so that settings which fill their space suffice: each
    of 300 worlds is taken for history in turn. Its settings lie inside the middle 90% of the draws in about 90% of
    cases.
    """
    points, each, tried = 4096, 64, 300
    base = to_calibrate(replace(sim.load("six-dragons"), worlds=each), 2024 * 12 + 11)
    priors = [prior for prior in priors_of(base) if prior.path in FOUR]
    facts = facts_of(base)
    x = waves.filling(points, len(priors), base.seed)
    wave = waves.worlds_of(ManyWorlds(How()), base, priors, x, facts)
    targets = waves.scaled_to(waves.targets_of(facts), wave)
    wave = waves.compressed(targets, wave)
    power = waves.power_of_facts(wave, waves.screened(wave), np.ones(len(facts), bool))
    covered, counting = [], []
    for world in np.random.default_rng(0).choice(len(wave.rows), tried, replace=False):
        told = ~np.isnan(wave.y[world])
        seen = [
            target._replace(low=target.told(y), high=target.told(y)) if known else target
            for target, y, known in zip(targets, wave.y[world], told, strict=True)
        ]
        others = np.arange(points) != wave.rows[world]
        weights = weighed(waves.cloud_of(seen, wave, told).score[others], power)
        counting.append(effective(weights))
        low, high = np.quantile(wave.x[others][taken(weights, 512)], [0.05, 0.95], axis=0)
        covered.append((low <= wave.x[wave.rows[world]]) & (wave.x[wave.rows[world]] <= high))
    assert np.median(counting) > 30, np.median(counting)
    assert 0.86 < np.mean(covered) < 0.94, (power, np.mean(covered, axis=0))
