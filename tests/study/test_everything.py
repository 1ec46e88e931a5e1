"""Everything moves: which values are drawn, between what, which stay, and what a study says of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from closed_form import HAZARD, alone

import sim
from sim.engine.prepared import draws_of
from sim.foundation.errors import InputError
from sim.scenario.load import with_sets
from sim.scenario.model import Scenario
from sim.study.everything import OF_BOUNDS, Moved, everything
from sim.study.overwritten import stated

CASH_OF_2024 = {"value": 1000.0, "source": "S001-21; size: T"}  # a training fact gives it
DATA: dict[str, Any] = {
    "firms": {
        "alone": {"burn_month": 40},
        "crowd": {"copies": 2, "cash": 100, "burn_month": 1},
        "never": {"enters": None, "cash": 100, "burn_month": 1},
    },
    "events": {
        "harder": {"date": "2024-06", "set": {HAZARD: {"times": 2}, "assumptions.rounds.on": 0}},
        "drawn": {"date": "2024-07", "set": {"assumptions.value.hope": {"uniform": [0.5, 0.6]}}},
    },
}


@pytest.fixture(scope="module")
def wide() -> tuple[Scenario, dict[str, Moved]]:
    scenario, moved = everything(alone(cash=CASH_OF_2024, hazard=0.02, **DATA))
    return scenario, {one.path: one for one in moved}


def test_a_value_is_drawn_from_a_quarter_below_to_a_quarter_above(wide):
    scenario, moved = wide
    assert moved[HAZARD] == (HAZARD, 0.02, 0.015, 0.025)
    assert moved["firms.alone.burn_month"] == ("firms.alone.burn_month", 40, 30, 50)
    value = scenario.assumptions[HAZARD]
    assert (value.kind, value.numbers) == ("uniform", (0.015, 0.025))
    drawn = {draw.path: draw for draw in draws_of(scenario)}
    assert set(moved) <= set(drawn)
    numbers = drawn[HAZARD].sample(5, 0, 2000)
    assert 0.015 <= numbers.min() < 0.0155 < 0.0245 < numbers.max() <= 0.025


def test_bounds_hold_and_zero_moves_by_a_share_of_them(wide):
    _, moved = wide
    at_bound = next(one for one in moved.values() if one.path == "assumptions.frontier.age_months")
    assert (at_bound.value, at_bound.low, at_bound.high) == (0, 0, pytest.approx(600 * OF_BOUNDS))
    scenario, again = everything(alone(hazard=0.9, **DATA))
    high = next(one for one in again if one.path == HAZARD)
    assert (high.low, high.high) == (0.675, 1.0) and scenario.assumptions[HAZARD].numbers == (0.675, 1.0)


def test_what_stays_as_it_is(wide):
    scenario, moved = wide
    base = alone(cash=CASH_OF_2024, hazard=0.02, **DATA)
    assert "firms.alone.cash" not in moved, "a fact gives it"
    assert not [path for path in moved if path.startswith(("firms.crowd", "firms.never"))]
    assert not [path for path in moved if path.endswith((".on", ".lists", ".pivots", ".raises"))]
    assert moved["events.harder.set." + HAZARD] == ("events.harder.set." + HAZARD, 2, 1.5, 2.5)
    assert (
        "events.harder.set.assumptions.rounds.on" not in moved
        and "events.drawn.set.assumptions.value.hope" not in moved
    )
    zeros = [path for path, value in stated(base).items() if value.numbers == (0.0,) and path.startswith("firms.")]
    assert zeros and not set(zeros) & set(moved), "a firm that has none of it"
    before, after = stated(base), stated(scenario)
    assert {path for path in before if before[path].numbers != after[path].numbers} == set(moved)
    assert all(before[path].source == after[path].source for path in before)


def test_strengths_of_the_laws_move():
    """The documents define them; no fact says how large they are."""
    moved = {one.path: one for one in everything(sim.load("six-dragons"))[1]}
    for law in ("scale", "listing", "vertical"):
        assert moved[f"assumptions.{law}.strength"][1:] == (1, 0.75, 1.25)
    assert "assumptions.climate.regime" not in moved, "a whole number"
    assert len(moved) > 400


def test_the_longest_lever_is_found_where_the_scenario_has_one_value(tmp_path):
    """A hazard of 0.08 that is not uncertain: ordinarily nothing can be asked, with everything it leads."""
    scenario = alone(worlds=8192, hazard=0.08, cash=1000)
    with pytest.raises(InputError, match="--everything"):
        sim.sensitivity(scenario, "closes", jobs=1)
    done = sim.sensitivity(scenario, "closes", everything=True, jobs=1, out=tmp_path)
    assert done.ranks[HAZARD] == 1
    assert HAZARD in {one.path for one in done.moved}
    assert f"{len(done.moved)} of them moved from a single value" in done.headline
    page = (done.folder / "sensitivity.html").read_text(encoding="utf-8")
    assert "0.06 to 0.1" in page and "The share is a convention" in page
    assert not [note for note in done.notes if "has no effect" in note], "no event sets anything here"
    again = sim.sensitivity(scenario, "closes", everything=True, jobs=1, out=tmp_path)
    assert again.reused and again.moved == done.moved and again.ranks == done.ranks


def test_its_scenario_is_one_that_runs_again_to_the_same_worlds(tmp_path):
    scenario = alone(worlds=256, hazard=0.05)
    done = sim.sensitivity(scenario, "closes", everything=True, jobs=1, out=tmp_path)
    again = sim.load(done.folder / "scenario.yaml")
    assert stated(again) == stated(everything(scenario)[0])
    assert done.manifest["probability"] == sim.run(again, jobs=1).claims()["probability"][0]


def test_events_that_overwrite_what_was_moved_are_one_note():
    events = {"a": {"date": "2024-02", "set": {HAZARD: 0.1}}}
    done = sim.sensitivity(alone(worlds=256, hazard=0.05, events=events), "closes", everything=True, jobs=1)
    assert [note for note in done.notes if HAZARD in note] == [
        f"Dated events set for some months what was moved: {HAZARD}; it has no effect then"
    ]


def test_few_worlds_rank_nothing_in_a_design_either():
    """Morris at 64 worlds a point, ten paths: of 640 worlds some six close by chance."""
    pytest.importorskip("SALib")
    scenario = with_sets(alone(worlds=64, hazard={"uniform": [0.0005, 0.0012]}), [])
    done = sim.sensitivity(scenario, "closes", method="morris", jobs=1)
    assert set(done.ranks.values()) == {None}
    assert "of 640 worlds only" in done.headline and "50 are needed" in done.headline
    assert np.isfinite(done.drivers["value"]).all()
