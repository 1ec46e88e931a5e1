"""Flip points: their intervals cover the truth, and the plain answers are true."""

from __future__ import annotations

import json
import math
from types import SimpleNamespace

import numpy as np
import pytest
from closed_form import CASH, HAZARD, MONTHS, alone, least_hazard

import sim
from sim.foundation.errors import InputError
from sim.outcomes.crossing import COARSE, Found, Tally, crossings
from sim.study import flip as study
from sim.study.claims_asked import FEW_CLAIMS, claim_of, condition_of
from sim.study.how import How

REPEATS = 1500


def tallies(holds, worlds):
    """Shares of worlds from ``holds(x)``, (worlds,) truth at one value."""
    return lambda values: [Tally(int(holds(x).sum()), worlds) for x in values]


def covered(make, truth, low, high, level=0.5, worlds=300, repeats=REPEATS, whole=False) -> float:
    """In which share of repeats an interval holds the true crossing."""
    hits = 0
    for seed in range(repeats):
        found = crossings(tallies(make(np.random.default_rng(seed), worlds), worlds), low, high, level, whole)
        hits += any(crossing.low <= truth <= crossing.high for crossing in found.crossings)
    return hits / repeats


# statistics


@pytest.mark.parametrize("level", [0.5, 0.15])
def test_the_interval_covers_the_crossing_of_a_constant_hazard(level):
    """1 - (1 - h)^12 crosses the level at h* = 1 - (1 - level)^(1/12); luck is drawn as the engine draws it."""
    truth = 1 - (1 - level) ** (1 / MONTHS)
    worlds = 300
    pool = least_hazard(worlds * REPEATS, seed=11).reshape(REPEATS, worlds)
    hits = 0
    for draws in pool:
        found = crossings(tallies(lambda h, draws=draws: draws < h, worlds), 0.0, 0.3, level)
        hits += any(crossing.low <= truth <= crossing.high for crossing in found.crossings)
    assert 0.93 <= hits / REPEATS <= 0.97


def test_the_interval_covers_where_worlds_turn_back_and_forth():
    """Each world turns many times as the value grows, as luck makes it in the whole model."""

    def make(rng, worlds):
        at, phase, pace = rng.normal(size=worlds), rng.uniform(0, 2 * math.pi, worlds), rng.uniform(20, 60, worlds)
        return lambda x: at + 0.6 * np.sin(pace * x + phase) < x

    assert 0.93 <= covered(make, 0.0, -2.0, 2.5) <= 0.985


def test_the_interval_covers_without_any_common_luck():
    def make(rng, worlds):
        return lambda x: rng.random(worlds) < 1 / (1 + math.exp(-x))

    assert 0.93 <= covered(make, 0.0, -3.0, 3.3) <= 0.97


def test_the_interval_of_a_whole_number_covers_the_first_value_on_the_far_side():
    """True share (x - 0.5) / 40: at 20 it is below one half, at 21 above."""

    def make(rng, worlds):
        u = rng.random(worlds)
        return lambda x: u < (x - 0.5) / 40

    assert covered(make, 21, 0, 40, whole=True) >= 0.93


def test_more_worlds_make_the_interval_narrower_as_their_root():
    def width(worlds):
        draws = np.random.default_rng(1).random(worlds)
        (crossing,) = crossings(tallies(lambda x: draws < x, worlds), 0.0, 1.0, 0.4).crossings
        return crossing.high - crossing.low

    assert width(100) / width(10_000) == pytest.approx(10, rel=0.25)


def test_a_rise_and_a_fall_are_two_crossings():
    draws = np.random.default_rng(2).random(2000)
    found = crossings(tallies(lambda x: draws < 4 * x * (1 - x), 2000), 0.0, 1.0, 0.5)
    first, second = found.crossings
    assert first.low < (1 - math.sqrt(0.5)) / 2 < first.high
    assert second.low < (1 + math.sqrt(0.5)) / 2 < second.high
    assert (first.rising, second.rising) == (True, False)


@pytest.mark.parametrize("jump", [0.37, 0.3701, 0.3702, 0.5001, 0.9998])
def test_a_jump_lies_within_its_interval(jump):
    found = crossings(lambda values: [Tally(900 if x > jump else 100, 1000) for x in values], 0.0, 1.0, 0.5)
    (crossing,) = found.crossings
    assert crossing.low <= jump <= crossing.high
    assert crossing.high - crossing.low < 0.001


def test_a_curve_that_trembles_about_the_level_is_one_crossing():
    """400 worlds, of which some turn at every step; the standard error is ten worlds."""
    rng = np.random.default_rng(3)

    def evaluate(values):
        return [Tally(round(188 + 24 * x + rng.normal(0, 3)), 400) for x in values]

    found = crossings(evaluate, 0.0, 1.0, 0.5)
    assert len(found.values) < 2 * COARSE, "what lies within the noise is not searched"
    (crossing,) = found.crossings
    assert crossing.cut == ("low", "high")
    assert (crossing.low, crossing.high) == (0.0, 1.0)


def test_a_crossing_near_an_end_is_cut_off_there():
    (crossing,) = crossings(lambda values: [Tally(round(200 * x), 200) for x in values], 0.48, 1.0, 0.5).crossings
    assert crossing.cut == ("low",)
    assert crossing.low == 0.48 < crossing.estimate < crossing.high < 0.7


def test_values_at_which_nothing_is_asked_are_left_out():
    def evaluate(values):
        return [Tally(0, 0) if x < 0.2 else Tally(int(1000 * x), 1000) for x in values]

    found = crossings(evaluate, 0.0, 1.0, 0.5)
    assert [round(c.estimate, 3) for c in found.crossings] == [0.5]
    assert crossings(lambda values: [Tally(0, 0) for _ in values], 0.0, 1.0, 0.5).crossings == ()


# the whole study


def test_the_answer_is_that_of_the_luck_the_worlds_have(tmp_path):
    """The share at a hazard h is that of worlds whose smallest draw lies below h: exactly."""
    done = sim.flip(alone(worlds=1024), f"{HAZARD}=0:0.2", "closes >= 0.5", jobs=1, out=tmp_path)
    draws = least_hazard(1024, 5)
    for row in done.evaluations.to_dict("records"):
        assert row["probability"] == (draws < row[HAZARD]).mean()
        assert row["worlds"] == 1024
    (crossing,) = done.crossings
    assert crossing.estimate == pytest.approx(np.median(draws), rel=0.01)
    assert crossing.low < 1 - 0.5 ** (1 / MONTHS) < crossing.high


def test_flip_json_has_what_the_interface_promises(tmp_path):
    done = sim.flip(alone(), f"{HAZARD}=0:0.2", "closes >= 0.5", jobs=1, out=tmp_path)
    said = json.loads((done.folder / "flip.json").read_text(encoding="utf-8"))
    assert list(said) == ["path", "claim", "level", "crossings", "evaluations"]
    assert (said["path"], said["claim"], said["level"]) == (HAZARD, "closes", 0.5)
    assert [list(crossing) for crossing in said["crossings"]] == [["estimate", "low", "high"]]
    assert said["evaluations"] == len(done.evaluations)
    assert done.folder.parent.name == "closed-form"
    assert done.folder.name.startswith("flip-")
    assert {"flip.html", "evaluations.csv", "manifest.json", "scenario.yaml"} <= {p.name for p in done.folder.iterdir()}


def test_the_same_question_is_answered_at_once_and_alike(tmp_path, monkeypatch):
    ask = {"jobs": 1, "out": tmp_path}
    first = sim.flip(alone(), f"{HAZARD}=0:0.2", "closes >= 0.5", **ask)
    monkeypatch.setattr(study, "crossings", None)
    again = sim.flip(alone(), f"{HAZARD}=0:0.2", "closes >= 0.5", **ask)
    assert again.reused and again.folder == first.folder
    assert again.crossings == first.crossings
    assert again.evaluations.equals(first.evaluations)
    assert again.headline == first.headline


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ("closes >= 0.5", "at least 50% likely"),
        ("closes < 0.5", "less than 50% likely"),
        ("closes<=0.25", "at most 25% likely"),
        ("closes > 0.25", "more than 25% likely"),
    ],
)
def test_the_sentence_says_on_which_side_it_holds(until, words):
    done = sim.flip(alone(), {HAZARD: (0, 0.2)}, until, jobs=1)
    assert words in done.headline
    assert done.headline.endswith(") or more") is (">" in until)
    assert ("is less than" in done.headline) is ("<" in until)


def test_where_it_never_crosses_both_ends_are_told():
    done = sim.flip(alone(), {HAZARD: (0.0, 0.01)}, "closes >= 0.5", jobs=1)
    share = (least_hazard(256, 5) < 0.01).mean()
    assert done.crossings == ()
    assert done.answer()["crossings"] == []
    assert "does not cross 50%" in done.headline
    assert f"it is 0.0% at 0 and {100 * share:.1f}% at 0.01" in done.headline


def test_what_stays_within_the_noise_is_said_to_do_so():
    scenario = alone(worlds=64)
    draws = np.sort(least_hazard(64, 5))
    below = float(draws[30] + draws[31]) / 2
    done = sim.flip(scenario, {HAZARD: (below, below * 1.0001)}, "closes >= 0.5", jobs=1)
    assert done.crossings == ()
    assert any("not distinguishable" in notice for notice in done.manifest["notices"])


def test_a_conditional_claim_counts_the_worlds_that_meet_the_condition():
    done = sim.flip(alone(worlds=1024), {HAZARD: (0.02, 0.3)}, "late-if-at-all >= 0.5", jobs=1)
    frame = done.evaluations
    assert (frame["worlds"] < 1024).all()
    (crossing,) = done.crossings
    assert crossing.low < 1 - 0.5 ** (1 / 6) < crossing.high


def test_an_uncertain_assumption_is_fixed_and_said_so():
    done = sim.flip(alone(cash={"uniform": [1, 30]}), {CASH: (1, 30)}, "closes >= 0.5", jobs=1)
    assert set(done.evaluations["probability"]) == {0.0, 1.0}, "the same cash in every world"
    (crossing,) = done.crossings
    assert crossing.low <= 12 <= crossing.high
    assert not crossing.rising
    assert any("uncertain in the scenario" in notice for notice in done.manifest["notices"])


def test_a_switch_flips_at_its_second_value():
    scenario = alone(hazard=0.2)
    done = sim.flip(scenario, "assumptions.closure.on=0:1", "closes >= 0.5", jobs=1)
    (crossing,) = done.crossings
    assert (crossing.estimate, crossing.low, crossing.high) == (1, 1, 1)


@pytest.mark.parametrize(
    "until",
    ["", "closes", "closes 0.5", "closes == 0.5", "closes >= high", "closes >= 0", "closes >= 1", "closes > nan",
     "closes >= -0.2", "0.5 <= closes", "closes >= 0.5 >= 0.2", "= 0.5"],
)  # fmt: skip
def test_a_condition_that_makes_no_sense_is_refused(until):
    with pytest.raises(InputError) as error:
        condition_of(alone(), until)
    assert "--until" in str(error.value)


def test_an_unknown_claim_names_the_nearest():
    with pytest.raises(InputError, match="nearest: closes-early"):
        condition_of(alone(), "close-early >= 0.5")
    with pytest.raises(InputError, match="states no claim"):
        condition_of(alone(claims={}), "closes >= 0.5")


def test_of_many_claims_the_command_that_lists_them_is_named():
    with pytest.raises(InputError, match="closes, closes-early, late-if-at-all"):
        claim_of(alone(), "", "--of")
    claim = {"says": "It closes", "when": {"firm": "alone", "fate": "closed", "by": "2024-12"}}
    many = alone(claims={f"claim-{number}": claim for number in range(FEW_CLAIMS + 1)})
    with pytest.raises(InputError, match=f"one of {FEW_CLAIMS + 1}, which `shakeout claims` lists") as error:
        claim_of(many, "claim-", "--of")
    assert error.value.problem == "no such claim" and error.value.nearest in {f"claim-{n}" for n in range(10)}


@pytest.mark.parametrize("vary", [f"{HAZARD}=0:0.2:5", f"{HAZARD}=0.2:0", f"{HAZARD}=0.1:0.1", [], HAZARD])
def test_a_range_that_makes_no_sense_is_refused(vary):
    with pytest.raises(InputError):
        sim.flip(alone(), vary, "closes >= 0.5", jobs=1)


def test_the_page_tells_the_answer_and_harms_nobody(tmp_path):
    done = sim.flip(alone(), f"{CASH}=1:30", "closes >= 0.5", jobs=1, out=tmp_path)
    page = (done.folder / "flip.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "closed by December 2024) is at least 50% likely" in page, "the claim stands with its date"
    assert (done.folder / "plots" / "flip.html").is_file()


def test_nothing_is_left_where_the_page_fails(tmp_path):
    def fails(_done, _folder):
        raise RuntimeError("no page")

    with pytest.raises(RuntimeError, match="no page"):
        study.flip(
            alone(),
            f"{HAZARD}=0:0.2",
            "closes >= 0.5",
            How(jobs=1, out=tmp_path, pages=lambda: SimpleNamespace(write=fails)),
        )
    assert not list((tmp_path / "closed-form").iterdir())


def test_found_is_in_order():
    found = crossings(lambda values: [Tally(int(100 * x), 100) for x in values], 0.0, 1.0, 0.3)
    assert isinstance(found, Found)
    assert list(found.values) == sorted(found.values)
