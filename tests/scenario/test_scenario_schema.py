"""The JSON Schema and the list of parameters say what the loader does."""

import copy
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML
from small_scenario import TEXT, minimal

from sim.foundation.errors import InputError
from sim.laws.catalogue import ASSUMPTIONS, FIRM_ASSUMPTIONS
from sim.scenario.load import load, load_mapping, load_text
from sim.scenario.params import rows
from sim.scenario.schema import json_schema
from sim.scenario.yaml_text import read


@pytest.fixture(scope="module")
def validator():
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.fixture
def good():
    return read(TEXT).plain()


def test_the_small_scenario_is_valid(validator, good):
    validator.validate(good)
    validator.validate(minimal())
    validator.validate({"extends": "base.yaml", "firms": {"a": None}})


def test_what_editors_that_read_dates_as_text_see_is_what_the_loader_sees(good):
    plain = YAML(typ="safe", pure=True).load(TEXT)
    assert plain == good


BROKEN = [
    ("currncy", "x"),
    ("worlds", 0),
    ("worlds", "many"),
    ("start", "2023-13"),
    ("name", "../a"),
    ("firms.zhipu.csh", 1),
    ("firms.zhipu.cash", -1),
    ("firms.zhipu.cash", "1"),
    ("firms.zhipu.cash", {"uniform": [1]}),
    ("firms.zhipu.cash", {"uniform": [1, 2], "normal": [1, 2]}),
    ("firms.zhipu.cash", {"value": 1, "soure": "x"}),
    ("firms.zhipu.kind", "dwarf"),
    ("firms.zhipu.copies", 2001),
    ("firms.Zhipu", {}),
    ("groups.pair", "zhipu"),
    ("groups.pair", []),
    ("assumptions.closre", {}),
    ("assumptions.closure.hazard_moth", 0),
    ("assumptions.closure.hazard_month", 2),
    ("assumptions.closure.on", True),
    ("events.later.date", "2024"),
    ("events.later.untl", "2024-01"),
    ("events.later.set", {"assumptions.closure.hazard_moth": 0}),
    ("events.later.set", {"firms.zhipu.cash": 0}),
    ("events.later.set", {"assumptions.closure.hazard_month": {"times": "x"}}),
    ("claims.bought.when", "x"),
    ("claims.bought.when", {"firm": "minimax", "fate": "acquired"}),
    ("claims.bought.when", {"firm": "minimax", "fate": "bought", "by": "2028-04"}),
    ("claims.bought.when", {"count": {"state": "general"}, "at": "2028-04"}),
    ("claims.bought.when", {"market": "cash", "at": "2028-04", "above": 1}),
    ("claims.bought.happened", True),
    ("facts.zhipu-lists.happened", 1),
]


def with_change(data, path, value):
    data = copy.deepcopy(data)
    *keys, last = path.split(".")
    below = data
    for key in keys:
        below = below[key]
    below[last] = value
    return data


@pytest.mark.parametrize(("path", "value"), BROKEN)
def test_schema_and_loader_refuse_the_same(validator, good, path, value):
    broken = with_change(good, path, value)
    assert not validator.is_valid(broken)
    with pytest.raises(InputError):
        load_mapping(broken)


def test_the_schema_has_every_assumption_with_its_bounds():
    properties = json_schema()["properties"]
    for path, declared in ASSUMPTIONS.items():
        _, mechanism, name = path.split(".")
        entry = properties["assumptions"]["properties"][mechanism]["properties"][name]
        assert entry["default"] == declared.default
        assert (entry["anyOf"][0]["minimum"], entry["anyOf"][0]["maximum"]) == (declared.low, declared.high)
    firm = properties["firms"]["additionalProperties"]["anyOf"][0]["properties"]
    assert set(FIRM_ASSUMPTIONS) | {"name", "kind", "enters", "listed", "pivoted", "copies"} == set(firm)


def test_rows_of_every_assumption():
    every = rows()
    assert [row["path"] for row in every] == [*ASSUMPTIONS, *(f"firms.<id>.{name}" for name in FIRM_ASSUMPTIONS)]
    hazard = next(row for row in every if row["path"] == "assumptions.closure.hazard_month")
    declared = ASSUMPTIONS["assumptions.closure.hazard_month"]
    assert hazard == {
        "path": "assumptions.closure.hazard_month",
        "unit": declared.unit,
        "default": declared.default,
        "bounds": f"{declared.low:g} to {declared.high:g}",
        "rests_on": "assumption",
        "source": declared.source,
        "says": declared.explained,
    }


def test_rows_with_a_word():
    assert "assumptions.closure.hazard_month" in [row["path"] for row in rows("Hazard_MONTH")]
    assert all("closure" in str(row).lower() for row in rows("CLOSURE"))
    assert 0 < len(rows("closure")) < len(rows())
    with pytest.raises(InputError) as caught:
        rows("hazrd_month")
    assert caught.value.nearest == "hazard_month"


def test_defaults_are_inside_the_schema(validator):
    data = minimal()
    for row in rows():
        top, second, name = row["path"].split(".")
        if top == "assumptions":
            data.setdefault(top, {}).setdefault(second, {})[name] = row["default"]
        else:
            data["firms"]["a"][name] = row["default"]
    validator.validate(data)
    assert load_mapping(data).given == {row["path"].replace("<id>", "a") for row in rows()} | {"firms.b.kind"}


def test_the_small_scenario_loads_from_its_plain_data(good):
    assert load_mapping(good) == load_text(TEXT)


def test_every_scenario_of_the_library_is_valid(validator):
    library = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))
    assert "six-dragons.yaml" in [path.name for path in library]
    for path in library:
        validator.validate(read(path.read_text(encoding="utf-8")).plain())
        assert load(path).name == path.stem
