"""A good file becomes exactly the scenario it states, complete and unchangeable."""

import pickle

import numpy as np
import pytest
from small_scenario import TEXT, minimal, write

from sim.foundation.errors import InputError
from sim.foundation.months import month_of, month_text
from sim.laws.catalogue import ASSUMPTIONS, FIRM_ASSUMPTIONS
from sim.scenario.grammar import DEFAULT_SEED, DEFAULT_WORLDS
from sim.scenario.load import load, load_mapping, load_text
from sim.scenario.model import Value


def test_months_count_from_year_zero():
    assert month_of("2023-07") == 2023 * 12 + 6
    assert month_text(2023 * 12 + 6) == "2023-07"
    assert (month_of("0001-01"), month_text(12), month_of("9999-12")) == (12, "0001-01", 9999 * 12 + 11)
    assert month_of("2023-12") + 1 == month_of("2024-01")
    for text in ("2023-13", "2023-00", "23-01", "2023-7", "2023-07-01", "", "٢٠٢٣-07", "0000-12", "10000-01"):
        assert month_of(text) is None


def test_every_key_arrives(tmp_path):
    scenario = load(write(tmp_path, "any.yaml", TEXT))
    assert (scenario.name, scenario.title, scenario.currency) == ("small", "A small industry", "RMB million")
    assert scenario.description == "Three firms and a class.\n"
    assert (scenario.start, scenario.end, scenario.ticks) == (month_of("2023-07"), month_of("2030-12"), 90)
    assert (scenario.worlds, scenario.seed) == (200, 7)
    zhipu, minimax, tencent, lab = scenario.firms
    assert zhipu.name == '智谱 <script>alert("x")</script> ../🐉'
    assert (zhipu.kind, zhipu.enters, zhipu.listed) == ("startup", month_of("2023-07"), month_of("2023-01"))
    assert zhipu.values["cash"] == Value("number", (1500.0,), "S000-01", "because")
    assert zhipu.values["research_ambition"] == Value("uniform", (0.8, 1.2), "S000-02")
    assert minimax.enters == scenario.start and minimax.pivoted is None
    assert minimax.values["burn_month"] == Value("lognormal", (50.0, 0.3), "assumption")
    assert (tencent.kind, tencent.enters) == ("giant", month_of("2022-01"))
    assert (lab.copies, lab.enters) == (12, None)
    assert lab.values["cash"] == Value("triangular", (10.0, 20.0, 40.0), "assumption", "a class")
    assert scenario.assumptions["assumptions.climate.regime"].numbers == (0.0, 1.0, 2.0)
    fact = scenario.facts[0]
    assert (fact.id, fact.happened, fact.source) == ("zhipu-lists", True, "P-ZP-54")
    assert scenario.claims[0].happened is None


def test_what_a_file_leaves_out_is_the_catalogue_default_with_its_source():
    scenario = load_mapping(minimal())
    assert set(scenario.assumptions) == set(ASSUMPTIONS)
    for path, declared in ASSUMPTIONS.items():
        assert scenario.assumptions[path] == Value("number", (float(declared.default),), declared.source)
    for firm in scenario.firms:
        assert {name: value.numbers[0] for name, value in firm.values.items()} == {
            name: declared.default for name, declared in FIRM_ASSUMPTIONS.items()
        }
    assert (scenario.worlds, scenario.seed, scenario.name) == (DEFAULT_WORLDS, DEFAULT_SEED, "scenario")
    assert [firm.name for firm in scenario.firms] == ["a", "b"]


def test_given_are_the_stated_paths_only():
    scenario = load_mapping(
        minimal(assumptions={"closure": {"hazard_month": 0}}, firms={"a": {"cash": 1}}), ["firms.a.burn_month=2"]
    )
    assert scenario.given == {"assumptions.closure.hazard_month", "firms.a.cash", "firms.a.burn_month"}


def test_groups_hold_startups_giants_classes_and_those_of_the_file():
    groups = load_text(TEXT).groups
    assert groups == {
        "startups": ("zhipu", "minimax", "lab"),
        "giants": ("tencent",),
        "lab": ("lab",),
        "pair": ("zhipu", "minimax"),
    }


def test_the_file_names_a_scenario_that_has_no_name(tmp_path):
    text = TEXT.replace("name: small\n", "")
    assert load(write(tmp_path, "six-dragons.yaml", text)).name == "six-dragons"
    with pytest.raises(InputError, match="not a name for a folder"):
        load(write(tmp_path, "Six Dragons.yaml", text))


def test_worlds_and_seed_replace_those_of_the_file(tmp_path):
    path = write(tmp_path, "a.yaml", TEXT)
    scenario = load(path, ["worlds=11"], worlds=12, seed=0)
    assert (scenario.worlds, scenario.seed) == (12, 0)
    assert load(path, ["worlds=11", "seed=3"]).worlds == 11
    with pytest.raises(InputError) as caught:
        load(path, worlds=0)
    assert caught.value.key == "--worlds" and caught.value.file is None
    assert "1 to 10000000" in str(caught.value)


def test_plain_data_may_hold_numpy_numbers_and_tuples():
    stated = {"uniform": (np.float64(1), np.int64(2))}
    scenario = load_mapping(minimal(firms={"a": {"cash": stated}}, worlds=np.int32(5)))
    assert scenario.firms[0].values["cash"].numbers == (1.0, 2.0)
    assert scenario.worlds == 5


@pytest.mark.parametrize(
    "data", [{1: 2}, {"firms": {"a": {"cash": object()}}}, {"firms": {"a": {"cash": 1j}}}, {"name": b"a"}]
)
def test_data_that_is_not_plain_is_refused(data):
    with pytest.raises(InputError):
        load_mapping(minimal(**data) if "firms" in data or "name" in data else data)


def test_endless_data_is_refused():
    loop = minimal()
    loop["firms"]["a"]["cash"] = loop
    with pytest.raises(InputError, match="nested too deeply"):
        load_mapping(loop)
    with pytest.raises(InputError, match="not a scenario"):
        load_mapping("start: 2023-07")


def test_a_scenario_cannot_be_changed_but_can_be_pickled():
    scenario = load_text(TEXT)
    with pytest.raises(AttributeError):
        scenario.worlds = 3
    for mapping in (scenario.assumptions, scenario.groups, scenario.firms[0].values, scenario.resolved):
        with pytest.raises(TypeError):
            mapping["new"] = 1
        with pytest.raises(TypeError):
            mapping.update(new=1)
        with pytest.raises(TypeError):
            del mapping[next(iter(mapping))]
    with pytest.raises(TypeError):
        scenario.resolved["firms"]["zhipu"]["cash"] = 1
    again = pickle.loads(pickle.dumps(scenario))
    assert again == scenario
    with pytest.raises(TypeError):
        again.resolved["firms"]["zhipu"]["cash"] = 1


def test_plain_scalars_are_read_by_the_yaml_core_schema():
    """Words such as `on` and `no` stay text; a number in quotes is a text, and so no number."""
    assert load_text(TEXT.replace("title: A small industry", "title: no")).title == "no"
    with pytest.raises(InputError, match="not a number"):
        load_text(TEXT.replace("burn: {on: 0}", "burn: {on: off}"))
    with pytest.raises(InputError, match="not a number"):
        load_text(TEXT.replace("hazard_month: 0.01", "hazard_month: '0.01'"))
    assert load_text(TEXT.replace("hazard_month: 0.01", "hazard_month: +1e-2")) == load_text(TEXT)


def test_a_byte_order_mark_is_skipped(tmp_path):
    path = tmp_path / "bom.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    assert load(path) == load_text(TEXT)
