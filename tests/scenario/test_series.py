"""Values that change: a series steps, a line runs straight; what is wrong with one is said where it stands."""

from __future__ import annotations

import json

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from small_scenario import minimal

from sim.foundation.errors import InputError
from sim.foundation.months import month_of
from sim.laws.catalogue import ASSUMPTIONS
from sim.scenario import series
from sim.scenario.load import load_mapping, load_text
from sim.scenario.model import Value
from sim.scenario.schema import json_schema
from sim.scenario.yaml_text import to_yaml

HAZARD = "assumptions.closure.hazard_month"
STEPS = {"2023-09": 0.1, "2024-01": 0.3}
YAML = """
name: changing
start: 2023-07
end: 2024-12
firms: {alpha: {research_ambition: {line: {2023-07: 1, 2024-07: 2}, source: S001-27, note: a note}}}
assumptions: {closure: {hazard_month: {series: {2023-09: 0.1, 2024-01: 0.3}, source: S001-28}}}
"""


def value(kind, points, source="assumption"):
    return Value(kind, tuple(points.values()), source, "", tuple(month_of(date) for date in points))


def stated(given, *sets, path=HAZARD, **more):
    _, mechanism, name = path.split(".")
    return load_mapping(minimal(assumptions={mechanism: {name: given}}, **more), list(sets)).assumptions[path]


def wrong(given, *sets, path=HAZARD, **more):
    with pytest.raises(InputError) as error:
        stated(given, *sets, path=path, **more)
    return error.value


def test_steps_and_lines_worked_by_hand():
    start = month_of("2023-08")
    assert series.over(value("series", STEPS), start, 7).tolist() == [0.1, 0.1, 0.1, 0.1, 0.1, 0.3, 0.3]
    line = value("line", {"2023-09": 1.0, "2024-01": 3.0, "2024-02": 0.0})
    assert series.over(line, start, 8).tolist() == [1, 1, 1.5, 2, 2.5, 3, 0, 0]
    assert series.over(value("line", {"2023-09": 4.0}), start, 3).tolist() == [4, 4, 4]
    early, late = (month_of(date) for date in ("2020-01", "2029-01"))
    assert series.over(value("series", STEPS), early, 1).tolist() == [0.1], "before the first date: its number"
    assert series.over(value("series", STEPS), late, 2).tolist() == [0.3, 0.3]


def test_what_a_file_states_is_read_with_source_and_note_and_written_to_be_read_again():
    scenario = load_text(YAML)
    assert scenario.assumptions[HAZARD] == value("series", STEPS, "S001-28")
    (firm,) = scenario.firms
    line = firm.values["research_ambition"]
    assert (line.kind, line.numbers, line.source, line.note) == ("line", (1.0, 2.0), "S001-27", "a note")
    assert line.months == (month_of("2023-07"), month_of("2024-07")) and line.changing and not line.uncertain
    assert load_text(to_yaml(scenario)) == scenario
    assert stated({"value": {"series": STEPS}}) == value("series", STEPS)


def test_a_set_replaces_a_series_or_is_one_and_times_and_plus_act_on_all_of_it():
    given = {"series": STEPS}
    assert stated(given, f"{HAZARD}=0.2") == Value("number", (0.2,), "--set")
    assert stated(0.2, f"{HAZARD}={{line: {json.dumps(STEPS)}}}") == value("line", STEPS, "--set")
    assert stated(given, f"{HAZARD}={{times: 2}}") == value("series", {"2023-09": 0.2, "2024-01": 0.6}, "--set")
    assert stated(given, f"{HAZARD}={{plus: 0.5}}") == value("series", {"2023-09": 0.6, "2024-01": 0.8}, "--set")
    assert "outside its bounds" in wrong(given, f"{HAZARD}={{times: 4}}").problem


@pytest.mark.parametrize(
    ("given", "key", "words"),
    [
        ({"series": {}}, "series", "no date"),
        ({"series": 0.1}, "series", "not a mapping"),
        ({"series": [0.1, 0.2]}, "series", "not a mapping"),
        ({"series": {"2024-13": 0.1}}, "series.2024-13", "not a month of the calendar"),
        ({"series": {"2024": 0.1}}, "series.2024", "not a month of the calendar"),
        ({"series": {"2024-01": 0.1, "2023-01": 0.2}}, "series.2023-01", "dates out of order"),
        ({"line": {"2024-01": 0.1, "2024-02": 1.5}}, "line.2024-02", "outside its bounds"),
        ({"line": {"2024-01": 0.1, "2024-02": "much"}}, "line.2024-02", "not a number"),
        ({"line": {"2024-01": {"uniform": [0, 1]}}}, "line.2024-01", "not a number"),
        ({"steps": STEPS}, "steps", "unknown key"),
        ({"series": STEPS, "line": STEPS}, "", "not one value"),
        ({"series": STEPS, "value": 0.1}, "", "not one value"),
        ({"series": {f"{1000 + i // 12:04d}-{i % 12 + 1:02d}": 0.1 for i in range(1801)}}, "series", "1,801 dates"),
    ],
)
def test_what_is_wrong_with_a_series_is_said_at_its_place(given, key, words):
    error = wrong(given)
    assert words in error.problem and error.key == f"{HAZARD}.{key}".rstrip(".")


def test_a_date_given_twice_and_the_line_it_stands_on():
    with pytest.raises(InputError) as error:
        load_text(YAML.replace("2024-01: 0.3", "2023-09: 0.3"))
    assert "given twice" in error.value.problem and error.value.line == 6
    with pytest.raises(InputError) as error:
        load_text(
            YAML.replace("{series: {2023-09: 0.1, 2024-01: 0.3}", "\n    {series: {2024-01: 0.1,\n    2023-09: 0.3}")
        )
    assert "dates out of order" in error.value.problem and error.value.line == 8


def test_where_none_can_be_it_is_said_why():
    switch = "assumptions.closure.on"
    assert "a line of a whole number" in wrong({"line": {"2024-01": 0, "2025-01": 1}}, path=switch).problem
    assert stated({"series": {"2024-01": 0, "2025-01": 1}}, path=switch).numbers == (0.0, 1.0)
    assert "not a whole number" in wrong({"series": {"2024-01": 0.5}}, path="assumptions.climate.regime").problem
    with pytest.raises(InputError, match="a stock is read once, when its firm enters"):
        load_mapping(minimal(firms={"alpha": {"cash": {"series": STEPS}}}))
    with pytest.raises(InputError, match="a stock is read once"):
        load_mapping(minimal(firms={"alpha": {}}), [f"firms.alpha.cash={{series: {json.dumps(STEPS)}}}"])
    event = {"e": {"date": "2024-01", "set": {HAZARD: {"series": STEPS}}}}
    with pytest.raises(InputError, match="an event is dated itself"):
        load_mapping(minimal(events=event))
    with pytest.raises(InputError, match="an event is dated itself"):
        load_mapping(minimal(), [f"{HAZARD}={{series: {json.dumps(STEPS)}}}@2024-01"])


def test_dates_outside_the_run_are_no_error():
    assert stated({"line": {"1990-01": 0.0, "2040-01": 1.0}}).months[0] == month_of("1990-01")


def test_a_file_that_extends_another_replaces_a_series_as_a_whole(tmp_path):
    (tmp_path / "base.yaml").write_text(YAML, encoding="utf-8")
    over = "extends: base.yaml\nassumptions: {closure: {hazard_month: {series: {2024-05: 0.2}}}}\n"
    (tmp_path / "over.yaml").write_text(over, encoding="utf-8")
    from sim.scenario.load import load

    assert load(tmp_path / "over.yaml").assumptions[HAZARD] == value("series", {"2024-05": 0.2})


def test_the_schema_knows_series_where_they_can_be():
    check = Draft202012Validator(json_schema())

    def fits(data):
        return not list(check.iter_errors(data))

    good = minimal(assumptions={"closure": {"hazard_month": {"series": STEPS, "source": "s"}}})
    assert fits(good)
    good["firms"] = {"alpha": {"research_ambition": {"line": STEPS}}}
    assert fits(good)
    for bad in (
        minimal(assumptions={"closure": {"hazard_month": {"series": {}}}}),
        minimal(assumptions={"closure": {"hazard_month": {"series": {"2024": 0.1}}}}),
        minimal(assumptions={"closure": {"hazard_month": {"series": STEPS, "line": STEPS}}}),
        minimal(firms={"alpha": {"cash": {"series": STEPS}}}),
        minimal(events={"e": {"date": "2024-01", "set": {HAZARD: {"series": STEPS}}}}),
    ):
        assert not fits(bad)


def test_in_words():
    told = series.in_words(value("series", STEPS), str, lambda month: f"{month // 12}-{month % 12 + 1:02d}")
    assert told == "0.1 from 2023-09, 0.3 from 2024-01"
    told = series.in_words(value("line", STEPS), str, lambda month: f"{month // 12}-{month % 12 + 1:02d}")
    assert told == "straight from 0.1 in 2023-09 to 0.3 in 2024-01"
    many = Value("series", tuple(float(i) for i in range(40)), months=tuple(range(24000, 24040)))
    assert series.in_words(many, lambda x: f"{x:g}", str) == "40 steps, 0 in 24000 to 39 in 24039"
    assert ASSUMPTIONS[HAZARD].high == 1 and np.isfinite(series.over(many, 24000, 5)).all()
