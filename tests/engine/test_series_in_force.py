"""A series in force: the base that dated events act on, month by month, and the same worlds as events of its steps."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.engine.simulate import simulate, trace
from sim.foundation.months import month_of
from sim.laws.catalogue import MECHANISMS
from sim.scenario.load import load_mapping, load_text, with_sets
from sim.scenario.yaml_text import to_yaml

HAZARD = "assumptions.closure.hazard_month"
GAMMA = "firms.alone.research_ambition"
YEARLY = (0.205, 0.135, 0.11, 0.09, 0.08, 0.07, 0.065, 0.06, 0.055, 0.05)  # of firms alive, closing within each year


def industry(hazard=0.0, start="2024-01", end="2024-12", worlds=64, copies=0, **more):
    firm = {"cash": 1e6, "burn_month": 1, "copies": copies, **more.pop("firm", {})}
    return load_mapping(
        {
            "name": "changing",
            "start": start,
            "end": end,
            "worlds": worlds,
            "seed": 5,
            "firms": {"alone": firm},
            "assumptions": {
                mechanism.name: {"on": int(mechanism.name == "closure")}
                | ({"hazard_month": hazard} if mechanism.name == "closure" else {})
                for mechanism in MECHANISMS
            },
            **more,
        }
    )


def in_force(scenario, path=HAZARD):
    """The number in force in each month of world 0, as the engine holds it."""
    from sim.engine import dated
    from sim.engine import simulate as engine
    from sim.engine.prepared import prepare

    problem = prepare(scenario)
    (slot,) = (draw.slot for draw in problem.base if draw.path == path)
    found = []
    start = engine._start(problem, 0, 1, False)
    engine._run(start, 0, 1, {}, lambda tile: found.append(dated.in_force(tile, slot)[0].tolist()))
    return found[1:]


def event(value, date, until=None, path=HAZARD):
    return {"date": date, "until": until, "set": {path: value}}


def test_a_series_is_in_force_month_by_month():
    steps = {"series": {"2024-03": 0.1, "2024-05": 0.2}}
    assert in_force(industry(steps, end="2024-06")) == [0.1, 0.1, 0.1, 0.1, 0.2, 0.2]
    line = {"line": {"2024-02": 0.1, "2024-06": 0.5}}
    assert in_force(industry(line, end="2024-07")) == pytest.approx([0.1, 0.1, 0.2, 0.3, 0.4, 0.5, 0.5], abs=1e-15)
    assert in_force(industry(steps, start="2024-05", end="2024-06")) == [0.2, 0.2]
    firm = {"research_ambition": {"series": {"2024-01": 1, "2024-03": 2}}}
    assert in_force(industry(end="2024-04", firm=firm), GAMMA) == [[1], [1], [2], [2]]


def test_events_act_on_the_series_in_force_and_a_set_replaces_it_until_it_ends():
    steps = {"series": {"2024-01": 0.1, "2024-04": 0.2, "2024-06": 0.4}}
    events = {
        "double": event({"times": 2}, "2024-03", "2024-04"),
        "fixed": event(0.05, "2024-05", "2024-06"),
        "more": event({"plus": 0.01}, "2024-06", "2024-07"),
    }
    expected = [0.1, 0.1, 0.2, 0.4, 0.05, 0.06, 0.41, 0.4]
    assert in_force(industry(steps, end="2024-08", events=events)) == pytest.approx(expected, abs=1e-15)


def test_a_dated_set_comes_after_the_series_and_an_undated_one_instead_of_it():
    steps = industry({"series": {"2024-01": 0.1, "2024-04": 0.2}}, end="2024-05")
    assert in_force(with_sets(steps, [f"{HAZARD}=0.5@2024-02..2024-03"])) == [0.1, 0.5, 0.5, 0.2, 0.2]
    assert in_force(with_sets(steps, [f"{HAZARD}={{times: 2}}@2024-03"])) == [0.1, 0.1, 0.2, 0.4, 0.4]
    assert in_force(with_sets(steps, [f"{HAZARD}=0.3"])) == [0.3] * 5


def test_a_series_of_a_class_moves_no_firm_whose_row_lies_between_its_members():
    """Rows lie in the order of ids: that of crowd-001x is between those of crowd-001 and crowd-002."""
    moving = {"copies": 2, "research_ambition": {"series": {"2024-01": 1, "2024-02": 2}}}
    made = industry(end="2024-03", firms={"crowd": moving, "crowd-001x": {"research_ambition": 1}})
    assert in_force(made, "firms.crowd.research_ambition") == [[1, 1], [2, 2], [2, 2]]
    assert in_force(made, "firms.crowd-001x.research_ambition") == [[1], [1], [1]]


def test_ten_years_of_survival_are_one_series_and_the_same_as_nine_events(tmp_path):
    """Hazards of a month from shares closing a year; survival after each year is the product of what is left."""
    monthly = [1 - (1 - share) ** (1 / 12) for share in YEARLY]
    dates = [f"{2014 + year}-01" for year in range(10)]
    span = {"start": "2014-01", "end": "2023-12", "copies": 50, "worlds": 128}
    one = industry({"series": dict(zip(dates, monthly, strict=True))}, **span)
    events = {f"year-{year}": event(monthly[year], dates[year]) for year in range(1, 10)}
    nine = industry(monthly[0], events=events, **span)
    first, second = (simulate(scenario, 0, 128).histories for scenario in (one, nine))
    assert np.array_equal(first, second), "to the bit"
    exits = first["exit_month"].ravel()
    for year in range(1, 11):
        truth = np.prod(1 - np.array(YEARLY[:year]))
        left = (exits > 12 * year).mean()
        assert abs(left - truth) < 4.5 * np.sqrt(truth * (1 - truth) / exits.size)
    again = load_text(to_yaml(one))
    assert again == one and np.array_equal(simulate(again, 0, 64).histories, first[:64])


def test_a_trace_and_every_tile_see_the_same_series():
    line = industry({"line": {"2024-01": 0.0, "2024-12": 0.3}}, worlds=600)
    exits = simulate(line, 0, 600).histories["exit_month"][:, 0]
    assert [int(trace(line, world).firms["exit_month"][-1, 0]) for world in (0, 299, 599)] == exits[
        [0, 299, 599]
    ].tolist()


def test_a_gone_firm_keeps_its_row():
    firm = {"cash": 2, "research_ambition": {"line": {"2024-01": 1.0, "2024-12": 2.0}}}
    gone = trace(industry(firm=firm), 0).firms
    exit_month = int(gone["exit_month"][-1, 0])
    assert exit_month < 12
    assert (gone["research_ambition"][exit_month:, 0] == gone["research_ambition"][exit_month, 0]).all()


def test_studies_say_what_becomes_of_a_series():
    when = {"firm": "alone", "fate": "closed", "by": "2024-12"}
    claims = {"closes": {"says": "It closes", "when": when}}
    steps = {"series": {"2024-01": 0.1, "2024-06": 0.2}}
    firm = {"burn_month": {"uniform": [1, 2]}}
    scenario = industry(steps, worlds=200, firm=firm, claims=claims)
    found = sim.sensitivity(scenario, "closes", jobs=1)
    assert list(found.drivers["path"]) == ["firms.alone.burn_month"]
    assert any(HAZARD in notice and "Not varied" in notice for notice in found.manifest["notices"])
    swept = sim.sweep(scenario, f"{HAZARD}=0:0.2:2", worlds=32, jobs=1)
    assert any("changes over the months in the scenario" in notice for notice in swept.manifest["notices"])
    told = sim.what_if(scenario, {HAZARD: {"line": {"2024-01": 0, "2024-12": 0.1}}}, worlds=64, jobs=1)
    assert told.headline[0].startswith("Letting 'closing by chance alone")
    assert "' change over the months gives alone" in told.headline[0]


def test_two_series_are_two_questions(tmp_path):
    from sim.archive import digest

    one, other = (industry({"series": {"2024-01": 0.1, date: 0.2}}) for date in ("2024-05", "2024-06"))
    assert digest.stem(one) != digest.stem(other)
    assert month_of("2024-05") in one.assumptions[HAZARD].months
