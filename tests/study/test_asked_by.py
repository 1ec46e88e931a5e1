"""A scenario is asked for by its file, as text or Path, from any folder, or by the name of a shipped one."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.foundation.errors import InputError

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "scenarios" / "six-dragons.yaml"


@pytest.fixture(scope="module")
def asked():
    """The same question, by the scenario itself."""
    return sim.run(sim.load(FILE), worlds=4, jobs=1)


@pytest.mark.parametrize("by", ["scenarios/six-dragons.yaml", Path("scenarios/six-dragons.yaml"), FILE, str(FILE)])
def test_a_run_by_file(monkeypatch, asked, by):
    monkeypatch.chdir(ROOT)
    assert sim.run(by, worlds=4, jobs=1).fates().equals(asked.fates())


@pytest.mark.parametrize("by", ["six-dragons", Path("six-dragons"), FILE, str(FILE)])
def test_a_run_from_another_folder(monkeypatch, tmp_path, asked, by):
    monkeypatch.chdir(tmp_path)
    assert sim.run(by, worlds=4, jobs=1).fates().equals(asked.fates())


def test_a_file_beside_the_notebook_and_in_the_home_folder(monkeypatch, tmp_path, asked):
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    for place in ("mine.yaml", "home/mine.yaml"):
        (tmp_path / place).write_text("extends: six-dragons\nname: mine\n", encoding="utf-8")
    for by in ("mine.yaml", "./mine.yaml", "~/mine.yaml", Path("~/mine.yaml"), "../" + tmp_path.name + "/mine.yaml"):
        assert sim.load(by).firms == asked.scenario.firms


def test_other_questions_take_the_same(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for by in ("six-dragons", FILE):
        assert sim.what_if(by, {"assumptions.listing.strength": 0}, worlds=4, jobs=1).scenario.name == "six-dragons"


def test_a_file_that_is_not_there_names_the_shipped_one(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as wrong:
        sim.run("scenarios/six-dragon.yaml", worlds=4)
    assert "scenarios/six-dragon.yaml: no such file" in str(wrong.value) and "six-dragons" in str(wrong.value)
