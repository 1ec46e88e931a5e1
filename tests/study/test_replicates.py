"""Worlds with the same draws and other luck: ordinary blocks, kept and found again, and what a run learns from them."""

from __future__ import annotations

import json

import numpy as np
import pytest
from closed_form import MONTHS, alone
from pytest import approx
from small_industry import run_of, small

import sim
from sim.archive import digest
from sim.archive.clean import clean
from sim.cli import terminal
from sim.engine.prepared import Seeds, draws_of, prepare
from sim.engine.simulate import simulate
from sim.scenario.load import with_sets
from sim.study.how import How
from sim.study.many_worlds import ManyWorlds
from sim.study.replicates import LUCKS, REPLICATED, few_draws_of, kept, other_seed, replicate_of

RISKY = ("assumptions.closure.hazard_month=0.05",)
CERTAIN = ("firms.alpha.cash=300",)
MOST_CASH, MOST_HAZARD = 24.0, 0.1


def test_a_replicate_has_the_same_draws_and_other_luck():
    base = small(40, sets=RISKY)
    again = replicate_of(base)
    one, other = simulate(base, 0, 40), simulate(again, 0, 40)
    asked = simulate(base, 0, 40, Seeds(luck=other_seed(base.seed)))
    assert other.histories.tobytes() == asked.histories.tobytes()
    assert (one.histories["exit_month"] != other.histories["exit_month"]).any()
    (cash,) = draws_of(base)
    assert prepare(base).seed_of(cash.key) == prepare(again).seed_of(cash.key) == base.seed
    assert (prepare(base).luck_seed, prepare(again).luck_seed) == (base.seed, other_seed(base.seed))


def test_few_draws_come_back_in_turn_however_worlds_are_cut():
    base = small(100)
    again, (cash,) = few_draws_of(base), draws_of(base)
    problem, first = prepare(again), cash.sample(base.seed, 0, 13)
    assert (again.worlds, again.draws) == (100, 13)
    drawn = problem.drawn(cash, 0, 100)[:, 0]
    assert np.array_equal(drawn, first[np.arange(100) % 13]) and len(set(first)) == 13
    assert np.array_equal(problem.drawn(cash, 30, 7), problem.drawn(cash, 0, 37)[30:])
    whole, parts = simulate(again, 0, 60), [simulate(again, 0, 25), simulate(again, 25, 35)]
    assert whole.histories.tobytes() == b"".join(part.histories.tobytes() for part in parts)


def test_cash_alone_decides_the_same_in_every_world_of_a_draw():
    """Who has cash for 12 months or less is out of money by the end, whatever the luck."""
    again = few_draws_of(alone(400, cash={"uniform": [0, MOST_CASH]}))
    gone = simulate(again, 0, 400).histories["exit_month"][:, 0] <= MONTHS
    assert np.array_equal(gone, gone[np.arange(400) % again.draws]) and 0 < gone[: again.draws].sum() < again.draws


def test_what_an_uncertain_change_brings_comes_back_too():
    """From March on the hazard is 0 or 1: the draw of the change alone decides."""
    changed = with_sets(alone(400), ["assumptions.closure.hazard_month={choice: [0, 1]}@2024-03"])
    again = few_draws_of(changed)
    gone = simulate(again, 0, 400).histories["exit_month"][:, 0] == 3
    assert np.array_equal(gone, gone[np.arange(400) % again.draws]) and 0 < gone[: again.draws].sum() < again.draws


def test_there_are_never_too_many():
    sizes = {worlds: few_draws_of(small(worlds)) for worlds in (1, 7, 2048, 10_000)}
    assert [(one.worlds, one.draws) for one in sizes.values()] == [(1, 1), (7, 1), (2048, 256), (2048, 256)]
    assert REPLICATED == 2048 == LUCKS * 256
    stems = [digest.stem(one) for one in (small(5000), replicate_of(small(5000)), few_draws_of(small(5000)))]
    assert len(set(stems)) == 3 and digest.stem(small(5000, seed=other_seed(3))) not in stems


def test_they_are_kept_and_found_again(tmp_path):
    done = run_of(small(2100), out=tmp_path, jobs=1)
    timings = done.manifest["timings"]
    assert (timings["worlds_computed"], timings["replicates_computed"]) == (2100, 2048)
    again = few_draws_of(small(2100))
    assert done.manifest["replicate"] == kept(again)
    about = json.loads((tmp_path / ".blocks" / digest.stem(again) / "about.json").read_text())
    assert (about["luck"], about["draws"]) == (other_seed(3), 256)
    more = run_of(small(2500), out=tmp_path, jobs=1).manifest
    assert more["timings"]["replicates_computed"] == 0 and more["replicate"] == done.manifest["replicate"]
    many = ManyWorlds(How(out=tmp_path, jobs=1))
    many.compute([again])
    assert many.computed == 0
    del many  # who holds it is at work
    assert run_of(small(2100), out=tmp_path, jobs=1).reused and clean(tmp_path) == []


def test_clean_keeps_those_that_a_study_needs(tmp_path):
    risky = small(300, sets=RISKY)
    done = sim.sensitivity(risky, "alpha-goes", jobs=1, out=tmp_path)
    assert done.manifest["replicate"]["stem"] == digest.stem(replicate_of(risky))
    assert clean(tmp_path) == []


def closed_form() -> tuple[float, float]:
    """Of the probability of closing by the end, and by June where it is there: the spread between draws.

    Cash decides where it lasts for less than the time; else the hazard h closes it with 1 - (1 - h)^n.
    """
    h = np.linspace(0, MOST_HAZARD, 200_001)

    def spread(months: int) -> float:
        short, q = months / MOST_CASH, 1 - (1 - h) ** months
        mean = short + (1 - short) * q.mean()
        return float(np.sqrt(short + (1 - short) * (q * q).mean() - mean**2))

    return spread(MONTHS), spread(6)


def test_a_run_finds_the_spread_of_a_model_whose_answer_is_known():
    """With 60 other seeds the two intervals held the answers in 59 and 59."""
    uncertain = alone(2048, 11, cash={"uniform": [0, MOST_CASH]}, hazard={"uniform": [0, MOST_HAZARD]})
    done = sim.run(uncertain, jobs=1)
    by_end, by_june = closed_form()
    (row,) = [row for row in done.summary() if row["firm"] == "alone"]
    assert row["closed_sd_low"] < by_end < row["closed_sd_high"] and row["closed_sd"] == approx(by_end, abs=0.03)
    assert row["closed_sd_high"] - row["closed_sd_low"] < 0.1
    claims = done.claims().set_index("claim")
    assert claims.loc["closes", ["sd", "sd_low", "sd_high"]].tolist() == [
        row[f"closed_sd{bound}"] for bound in ("", "_low", "_high")
    ]
    early = claims.loc["closes-early"]
    assert early["sd_low"] < by_june < early["sd_high"]
    curve = done.survival()
    curve = curve[(curve["group"] == "alone") & (curve["endpoint"] == "independent")].set_index("month")
    assert curve.loc[6, "sd_low"] < by_june < curve.loc[6, "sd_high"] and curve.loc[12, "sd"] == approx(
        row["closed_sd"]
    )


def test_luck_alone_moves_nothing_and_a_scenario_without_draws_says_zero():
    lucky = sim.run(alone(400, hazard=0.05), jobs=1)
    assert lucky.manifest.get("replicate") is None and "replicate_seconds" not in lucky.manifest["timings"]
    (row,) = [row for row in lucky.summary() if row["firm"] == "alone"]
    assert [row[f"closed_sd{bound}"] for bound in ("", "_low", "_high")] == [0.0, 0.0, 0.0]
    idle = sim.run(alone(2048, hazard=0.05, cash={"uniform": [500, 1000]}), jobs=1)
    (row,) = [row for row in idle.summary() if row["firm"] == "alone"]
    assert row["closed_sd_low"] == 0.0 and row["closed_sd_high"] < 0.1, "what is uncertain does nothing"


@pytest.mark.parametrize("worlds", [1, 8, 16])
def test_few_worlds_claim_little(worlds):
    (row, *_) = run_of(small(worlds), jobs=1).summary()
    assert row["closed_sd"] is None or row["closed_sd_low"] == 0.0
    assert (row["closed_sd"] is None) == (worlds < 16)


def test_a_run_opened_again_has_it_and_studies_do_without(tmp_path):
    done = run_of(small(300), out=tmp_path, jobs=1)
    again = sim.open_run(done.folder)
    assert again.summary() == done.summary() and again.ledger() == done.ledger()
    assert "closed_sd" in done.summary()[0] and list(done.summary()[0])[-1] == "never_entered_sd_high"
    changed = sim.what_if(small(300), {"assumptions.closure.hazard_month": 0.05}, jobs=1, out=tmp_path)
    assert "replicate" not in json.dumps(changed.manifest)
    assert (tmp_path / ".blocks" / digest.stem(few_draws_of(small(300)))).is_dir()


def test_a_run_tells_both_numbers_or_zero(capsys):
    terminal.run_summary(run_of(small(300), jobs=1))
    told = capsys.readouterr().out
    assert "luck of the draw" in told and "Not known: how far a share moves" in " ".join(told.split())
    assert " 300 more with other luck in " in told
    terminal.run_summary(run_of(small(300, sets=CERTAIN), jobs=1))
    told = capsys.readouterr().out
    assert "every share moves by 0" in " ".join(told.split()) and "other luck" not in told


def test_forecasts_tell_what_is_not_known(capsys):
    terminal.claims_table(run_of(small(300), jobs=1).ledger())
    told = capsys.readouterr().out
    assert "not known" in told and "Not known: how far" in " ".join(told.split())
    assert "luck of the draw" in told
