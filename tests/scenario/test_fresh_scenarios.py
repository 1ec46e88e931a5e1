"""``shakeout new``: what it writes is valid, runs, and so does everything its comments show."""

from __future__ import annotations

import re

import pytest
from small_scenario import TEXT, refused, write

import sim
from sim.foundation.errors import InputError
from sim.scenario import fresh, shipped
from sim.scenario.load import load


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def examples(text: str) -> list[str]:
    """The blocks of commented examples, without their comment signs."""
    blocks = re.findall(r"(?:^# .*\n)+", text, flags=re.MULTILINE)
    return [re.sub(r"^# ", "", block, flags=re.MULTILINE) for block in blocks]


@pytest.mark.parametrize("base", shipped.names())
def test_it_is_valid_as_written_and_with_every_example(tmp_path, base):
    path = fresh.write("mine", base, tmp_path)
    text, inherited = path.read_text(encoding="utf-8"), sim.load(base)
    assert all(line[:2] in ("##", "# ") for line in text.splitlines() if line.startswith("#"))
    mine = load(path)
    assert (mine.name, mine.title, mine.firms, mine.changes) == ("mine", "mine", inherited.firms, inherited.changes)
    shown = examples(text)
    assert len(shown) >= 7
    head = f"extends: {base}\n"
    for example in shown:
        load(write(tmp_path, "one.yaml", head + example))
    everything = load(write(tmp_path, "all.yaml", head + "".join(shown)))
    assert everything.groups["mine"] and everything.firms[-1].name == "A newcomer"
    assert any(claim.id == "somebody-left" for claim in everything.claims)
    assert any("Removed by null" in notice for notice in everything.notices) == bool(inherited.claims)


def test_it_runs(tmp_path):
    path = fresh.write("mine", "six-dragons", tmp_path)
    text = path.read_text(encoding="utf-8")
    assert sim.run(write(tmp_path, "all.yaml", re.sub("^# ", "", text, flags=re.M)), worlds=2, jobs=1).fates().size


@pytest.mark.parametrize("firm", ["zhipu", "7", "1e5", "null", "true"])
def test_it_extends_a_file_here_or_below_whatever_its_names(tmp_path, firm):
    (tmp_path / "be low").mkdir()
    base = write(
        tmp_path / "be low", "1: é #.yaml", f"name: odd\nstart: 2023-07\nend: 2026-12\nfirms: {{{firm}: {{}}}}\n"
    )
    path = fresh.write("2024", base, tmp_path)
    assert load(path).title == "2024"
    text = path.read_text(encoding="utf-8")
    assert load(write(tmp_path, "all.yaml", re.sub("^# ", "", text, flags=re.M))).groups["mine"] == (firm,)


def test_it_overwrites_nothing(tmp_path):
    path = write(tmp_path, "mine.yaml", "mine")
    with pytest.raises(InputError, match="exists already"):
        fresh.write("mine", "six-dragons", tmp_path)
    assert path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", ["Mine", "../mine", "a b", "", "mine.yaml", "x" * 65, "a/b", "-a", "~"])
def test_a_name_that_is_no_id_is_refused(tmp_path, name):
    with pytest.raises(InputError, match="not a name") as caught:
        fresh.write(name, "six-dragons", tmp_path)
    assert caught.value.nearest in (None, "mine", "a-b", "a")
    assert list(tmp_path.iterdir()) == []


def test_what_lies_elsewhere_is_wrong_or_cannot_be_written_leaves_nothing(tmp_path, monkeypatch):
    outside, here = write(tmp_path, "outside.yaml", TEXT), tmp_path / "here"
    here.mkdir()
    bad = write(here, "bad.yaml", "firms: 3\n")
    for base, words in ((outside, "lies in another folder"), (bad, "not a mapping"), ("six-dragon", "no such file")):
        with pytest.raises(InputError, match=words):
            fresh.write("mine", base, here)
    with pytest.raises(InputError, match="cannot be written"):
        fresh.write("mine", "six-dragons", here / "nowhere")
    assert [file.name for file in here.iterdir()] == ["bad.yaml"]
    assert refused(bad).key == "firms"
