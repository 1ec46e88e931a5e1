"""A file that extends another states only its differences."""

import pytest
from small_scenario import TEXT, refused, write

from sim.foundation.errors import InputError
from sim.foundation.months import month_of
from sim.scenario.load import load, load_mapping, load_text


@pytest.fixture
def base(tmp_path):
    return write(tmp_path, "base.yaml", TEXT)


def test_mappings_merge_and_values_replace_as_a_whole(base, tmp_path):
    variant = write(
        tmp_path,
        "variant.yaml",
        """
extends: base.yaml
worlds: 9
firms:
  zhipu: {cash: 7}
  newcomer: {enters: 2025-01}
assumptions:
  closure: {on: 0}
  climate: {regime: 2}
events:
  price-war: {until: 2024-12, set: {assumptions.closure.hazard_month: {times: 0.1}}}
claims:
  bought: {when: {firm: minimax, fate: closed, by: 2027-01}}
""",
    )
    scenario, original = load(variant), load(base)
    assert scenario.name == "variant" and scenario.title == original.title and scenario.worlds == 9
    zhipu = scenario.firms[0]
    assert zhipu.values["cash"].numbers == (7.0,) and zhipu.values["cash"].source == "assumption"  # replaced whole
    assert zhipu.values["research_ambition"] == original.firms[0].values["research_ambition"]
    assert zhipu.name == original.firms[0].name
    assert scenario.firms[-1].id == "newcomer"
    assert scenario.assumptions["assumptions.closure.hazard_month"].numbers == (0.01,)
    assert scenario.assumptions["assumptions.closure.on"].numbers == (0.0,)
    assert scenario.assumptions["assumptions.climate.regime"].kind == "number"
    war = [change for change in scenario.changes if change.origin == "events.price-war"]
    assert {change.path for change in war} == {"assumptions.closure.hazard_month", "firms.zhipu.research_ambition"}
    assert war[0].value.numbers == (0.1,) and war[0].last == month_of("2024-12")
    claim = scenario.claims[0]
    assert claim.says == "MiniMax is bought" and claim.when["fate"] == "closed" and claim.given is not None


def test_null_removes_an_inherited_entry(base, tmp_path):
    text = (
        "extends: base.yaml\nfirms: {lab: null}\nevents: {later: ~}\nclaims: {few: null}\nfacts: {zhipu-lists: null}\n"
    )
    scenario = load(write(tmp_path, "less.yaml", text + "groups: {pair: null}\n"))
    assert [firm.id for firm in scenario.firms] == ["zhipu", "minimax", "tencent"]
    assert {change.origin for change in scenario.changes} == {"events.price-war"}
    assert [claim.id for claim in scenario.claims] == ["bought"] and scenario.facts == ()
    assert set(scenario.groups) == {"startups", "giants"}


def test_null_removes_nothing_that_is_not_inherited(base, tmp_path):
    error = refused(write(tmp_path, "x.yaml", "extends: base.yaml\nfirms:\n  minimx: null\n"))
    assert error.line == 3 and error.key == "firms.minimx" and error.nearest == "minimax"
    error = refused(write(tmp_path, "y.yaml", "extends: base.yaml\nfirms: {lab: null}\n"))
    assert error.file == str(tmp_path / "y.yaml") and error.line == 2 and error.key == "firms.lab"
    assert f"events.later.set.firms.lab.research_ambition ({base}, line 39)" in error.found  # still named there
    with pytest.raises(InputError, match="none is called so"):
        load_text(TEXT.replace("lab: {copies", "empty: null\n  lab: {copies"))


def test_three_files_deep_and_from_a_folder_below(base, tmp_path):
    (tmp_path / "below").mkdir()
    write(tmp_path / "below", "middle.yaml", "extends: ../base.yaml\nseed: 8\n")
    top = write(tmp_path, "top.yaml", "extends: below/middle.yaml\nworlds: 3\n")
    scenario = load(top)
    assert (scenario.name, scenario.seed, scenario.worlds) == ("top", 8, 3)


def test_an_error_names_the_file_that_has_the_wrong_key(base, tmp_path):
    base.write_text(TEXT.replace("burn_month", "burn_moth"), encoding="utf-8")
    error = refused(write(tmp_path, "top.yaml", "extends: base.yaml\nseed: 8\n"))
    assert error.file == str(base) and error.line == 18 and error.nearest == "burn_month"
    base.write_text(TEXT, encoding="utf-8")
    error = refused(write(tmp_path, "top.yaml", "extends: base.yaml\n\nfirms: {zhipu: {cash: -1}}\n"))
    assert error.file == str(tmp_path / "top.yaml") and error.line == 3 and error.key == "firms.zhipu.cash"


@pytest.mark.parametrize("files", [1, 2, 3])
def test_loops_are_refused(tmp_path, files):
    for i in range(files):
        path = write(tmp_path, f"f{i}.yaml", f"extends: f{(i + 1) % files}.yaml\n")
    error = refused(path)
    assert "loop" in error.problem and error.line == 1 and error.key == "extends"


def test_a_very_long_chain_is_refused(tmp_path):
    for i in range(40):
        write(tmp_path, f"f{i}.yaml", f"extends: f{i + 1}.yaml\n")
    assert "too many files" in refused(tmp_path / "f0.yaml").problem


@pytest.mark.parametrize("target", ["../outside.yaml", "below/../../outside.yaml", "{outside}", "link.yaml"])
def test_nothing_outside_the_folder_is_read(tmp_path, target):
    outside = write(tmp_path, "outside.yaml", TEXT)
    folder = tmp_path / "inside"
    (folder / "below").mkdir(parents=True)
    (folder / "link.yaml").symlink_to(outside)
    error = refused(write(folder, "a.yaml", f"extends: {target.format(outside=outside)}\n"))
    assert "outside the folder" in error.problem and error.line == 1
    assert load(write(tmp_path, "a.yaml", "extends: outside.yaml\n")).worlds == 200  # the same file from its own folder


def test_a_missing_file_is_refused_where_it_is_named(base, tmp_path):
    error = refused(write(tmp_path, "a.yaml", "seed: 1\nextends: bse.yaml\n"))
    assert error.file == str(tmp_path / "a.yaml") and error.line == 2 and error.nearest == str(base)
    assert refused(write(tmp_path, "b.yaml", "extends: 7\n")).problem == "not a text"


def test_a_text_or_a_dict_has_nothing_to_extend(base):
    for load_it in (lambda: load_text("extends: base.yaml"), lambda: load_mapping({"extends": str(base)})):
        with pytest.raises(InputError, match="nothing to extend from"):
            load_it()
