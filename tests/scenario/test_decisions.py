"""Decisions as scenarios write them: rule, never, or a month; in files, sets and events, and written out again."""

import json

import jsonschema
import pytest
from small_scenario import TEXT, minimal

from sim.engine.prepared import prepare
from sim.foundation.errors import InputError
from sim.foundation.months import month_of
from sim.laws.catalogue import FIRM_ASSUMPTIONS
from sim.report.tables.of_run import firm_tables
from sim.scenario import decided, params
from sim.scenario.load import load_mapping, load_text, with_sets
from sim.scenario.schema import json_schema
from sim.scenario.yaml_text import to_yaml
from sim.study.axes import axes_of
from sim.words import changes
from tools.docs.documents import assumptions

DECISIONS = ("pivots", "lists", "raises")
JANUARY = 2025 * 12.0


def stated(scenario, name="lists", firm="minimax"):
    """(kind, numbers) of a decision."""
    value = next(one for one in scenario.firms if one.id == firm).values[name]
    return value.kind, value.numbers


@pytest.mark.parametrize("name", DECISIONS)
@pytest.mark.parametrize(
    ("text", "number"), [("rule", 0.0), ("never", -1.0), ("2025-01", JANUARY), ("2030-12", 24371.0)]
)
def test_a_file_and_a_set_say_the_same(name, text, number):
    """January 2025 is 2025 * 12 = 24,300."""
    in_file = load_text(TEXT.replace("name: MiniMax", f"{name}: {text}"))
    by_set = load_text(TEXT, [f"firms.minimax.{name}={text}"])
    assert stated(in_file, name) == stated(by_set, name) == ("number", (number,))
    assert decided.written(number) == text


def test_by_default_the_rules_decide():
    scenario = load_mapping(minimal())
    assert {stated(scenario, name, "a") for name in DECISIONS} == {("number", (0.0,))}
    assert {name for name, declared in FIRM_ASSUMPTIONS.items() if declared.decides} == set(DECISIONS)


def test_a_decision_with_its_source_and_an_uncertain_one():
    scenario = load_text(TEXT.replace("name: MiniMax", "lists: {value: 2026-01, source: S001-17, note: soon}"))
    value = scenario.firms[1].values["lists"]
    assert (value.numbers, value.source, value.note) == ((24312.0,), "S001-17", "soon")
    assert stated(load_text(TEXT, ["firms.minimax.lists={choice: [never, 2026-01]}"])) == ("choice", (-1.0, 24312.0))


def test_written_out_and_read_again_in_words():
    sets = [
        "firms.minimax.lists=2026-01",
        "firms.zhipu.pivots=never",
        "firms.lab.raises={choice: [rule, 2025-01]}",
        "firms.zhipu.raises=never@2025-01..2025-06",
    ]
    scenario = load_text(TEXT, sets)
    written = to_yaml(scenario)
    again = load_text(written)
    assert (again.firms, again.changes) == (scenario.firms, scenario.changes)
    assert "value: 2026-01" in written and "[rule, 2025-01]" in written and "firms.zhipu.raises: never" in written
    assert not any(number in written for number in ("24312", "24300", " -1"))


def test_a_dated_set_takes_another_decision_for_a_while():
    [change] = [c for c in load_text(TEXT, ["firms.zhipu.raises=never@2025-01..2025-06"]).changes if "raises" in c.path]
    assert (change.first, change.last, change.op) == (month_of("2025-01"), month_of("2025-06"), "set")
    assert change.value.numbers == (-1.0,)


@pytest.mark.parametrize(
    ("text", "allowed", "nearest"),
    [
        ("firms.zhipu.lists=2024-12@2025-01", "from 2025-01 to 2030-12", "2025-01"),
        ("firms.zhipu.lists=2025-07@2025-01..2025-06", "from 2025-01 to 2025-06", "2025-06"),
        ("firms.zhipu.lists=2031-01", "from 2023-07 to 2030-12", "2030-12"),
        ("firms.zhipu.lists={plus: 1}", "rule, never or a month", None),
        ("firms.zhipu.lists={times: 2}@2025-01", "rule, never or a month", None),
        ("firms.zhipu.lists=alwys", "a month of the run", None),
        ("firms.zhipu.list=never", "shakeout params", "firms.zhipu.lists"),
    ],
)
def test_a_set_that_makes_no_sense(text, allowed, nearest):
    with pytest.raises(InputError) as caught:
        load_text(TEXT, [text])
    assert allowed in caught.value.parts["allowed"] and caught.value.nearest == nearest
    assert str(caught.value).startswith("--set")


def test_what_was_decided_for_later_than_a_shorter_run_never_comes():
    text = TEXT.replace("name: MiniMax", "lists: 2027-01, pivots: {choice: [2025-01, 2027-01]}, raises: 2024-05")
    scenario = load_text(text, ["end=2026-12"])
    assert stated(scenario) == ("number", (-1.0,))
    assert stated(scenario, "pivots") == ("choice", (JANUARY, -1.0))
    assert stated(scenario, "raises") == ("number", (24292.0,))
    assert any("Never comes" in one and "firms.minimax.lists, firms.minimax.pivots" in one for one in scenario.notices)
    with pytest.raises(InputError):
        load_text(TEXT, ["end=2026-12", "firms.minimax.lists=2027-01"])


def test_all_members_of_a_class_take_one_decision():
    problem = prepare(load_text(TEXT, ["firms.lab.pivots=2025-01"]))
    [pivots] = [draw for draw in problem.base if draw.path == "firms.lab.pivots"]
    assert len(pivots.slot.rows) == 12 and pivots.value.numbers == (JANUARY,)


@pytest.mark.parametrize(
    "good", ["rule", "never", "2025-01", {"value": "2025-01", "source": "x"}, {"choice": ["rule"]}]
)
def test_the_schema_takes_them(good):
    data = json.loads(json.dumps(minimal()))
    data["firms"]["a"]["pivots"] = good
    data["events"] = {"e": {"date": "2024-01", "set": {"firms.a.pivots": "never"}}}
    jsonschema.Draft202012Validator(json_schema()).validate(data)
    load_mapping(data)


@pytest.mark.parametrize(
    "bad", [0, -1, 24300, "later", "2025-13", None, {"uniform": [0, 1]}, {"value": 3}, {"choice": [1]}]
)
def test_schema_and_loader_refuse_the_same(bad):
    data = minimal()
    data["firms"]["a"]["pivots"] = bad
    assert not jsonschema.Draft202012Validator(json_schema()).is_valid(data)
    with pytest.raises(InputError):
        load_mapping(data)


def test_params_and_docs_say_words_and_not_numbers():
    for name in DECISIONS:
        [row] = [row for row in params.rows() if row["path"] == f"firms.<id>.{name}"]
        assert (row["default"], row["bounds"]) == ("rule", "rule, never or a month")
        [line] = [line for line in assumptions().splitlines() if f"`firms.<id>.{name}`" in line]
        assert "| rule | rule, never or a month |" in line and "119" not in line


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("firms.minimax.lists=never", "Assuming that MiniMax never lists"),
        ("firms.minimax.lists=rule", "Assuming that MiniMax lists by rule"),
        (
            "firms.minimax.pivots=2025-01",
            "Assuming that MiniMax leaves the general race in January 2025 or never",
        ),
        (
            "firms.minimax.raises=never@2025-01..2025-06",
            "Assuming that MiniMax never raises money from investors from January 2025 to June 2025",
        ),
    ],
)
def test_a_change_of_a_decision_in_words(text, words):
    assert changes.change_in_words(load_text(TEXT), [text]) == words


def test_a_value_in_words():
    scenario = load_text(TEXT)
    assert changes.value_in_words(scenario, "firms.minimax.lists", JANUARY) == "2025-01"
    assert changes.value_in_words(scenario, "firms.minimax.lists", -1.0) == "never"


def test_a_flip_point_of_decisions_is_refused_with_another_way():
    with pytest.raises(InputError) as caught:
        axes_of(load_text(TEXT), ["firms.minimax.lists=2025-01:2025-12"], grid=False)
    assert "sweep" in caught.value.parts["allowed"]


def test_an_event_of_a_file_can_be_set_to_another_decision():
    scenario = load_text(TEXT, ["firms.zhipu.raises=never@2025-01"])
    again = with_sets(scenario, ["events.set-1.set.firms.zhipu.raises=2025-03"])
    assert [c.value.numbers for c in again.changes if "raises" in c.path] == [(24302.0,)]


def test_tables_of_a_page_say_the_decision():
    class OneView:
        """As much of a View as the table of a firm's values reads."""

        scenario = load_text(TEXT, ["firms.minimax.lists=2026-01", "firms.minimax.raises=never"])
        focus = ()

        def name(self, firm, limit):
            return firm

    [table] = [table for _, table in firm_tables(OneView()) if table.name == "firm-minimax"]
    shown = {row[0].sub: (row[1].text, row[3].text) for row in table.rows}
    assert shown["firms.minimax.lists"] == ("2026-01", "rule, never or a month")
    assert shown["firms.minimax.raises"] == ("never", "rule, never or a month")
