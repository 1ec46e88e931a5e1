"""The resolved scenario, written and read again, is the same scenario."""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_scenario import TEXT, minimal, write

from sim.foundation.errors import InputError
from sim.scenario.load import load, load_mapping, load_text
from sim.scenario.yaml_text import to_yaml

HAZARD = "assumptions.closure.hazard_month"


def same_but_for_notices(scenario):
    return dataclasses.replace(scenario, notices=())


@pytest.mark.parametrize(
    "sets",
    [
        [],
        [f"{HAZARD}=0.5", "firms.zhipu.cash={times: 0.3}", "worlds=3", "firms.lab.enters=2024-01"],
        [f"{HAZARD}={{uniform: [0, 0.1]}}@2024-05..2025-01", f"{HAZARD}={{times: 2}}@2024-05"],
        ["firms.zhipu.name=A 'B' \"C\" #: {}", f"events.later.set.{HAZARD}={{plus: 0.1}}"],
        ["end=2025-03"],
        ["start=2025-01", "end=2028-12", f"{HAZARD}=0.9@2025-01"],
    ],
)
def test_round_trip(sets):
    scenario = load_text(TEXT, sets)
    again = load_text(to_yaml(scenario))
    assert again == same_but_for_notices(scenario)
    assert to_yaml(again) == to_yaml(scenario)


def test_round_trip_of_files_that_extend(tmp_path):
    write(tmp_path, "base.yaml", TEXT)
    path = write(
        tmp_path, "top.yaml", "extends: base.yaml\nfirms: {lab: null, zhipu: {cash: 1}}\nevents: {later: null}\n"
    )
    scenario = load(path, [f"{HAZARD}=0.9@2025-01"], worlds=17)
    text = to_yaml(scenario)
    assert load_text(text) == same_but_for_notices(scenario)
    assert "extends" not in text and "lab" not in text and "name: top" in text


def test_worlds_and_seed_are_always_written():
    assert {"name", "start", "end", "worlds", "seed", "firms"} <= set(load_mapping(minimal()).resolved)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.floats(0, 1e7), st.floats(0, 1))
def test_any_name_and_number_survives(name, cash, hazard):
    try:
        scenario = load_mapping(
            minimal(firms={"a": {"name": name, "cash": cash}}, assumptions={"closure": {"hazard_month": hazard}})
        )
    except InputError as error:
        assert error.key == "firms.a.name"
        return
    assert scenario.firms[0].name == name
    assert load_text(to_yaml(scenario)) == scenario
