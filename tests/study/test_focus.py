"""--firm: who is asked for stands first, nothing else changes, and an unknown id is refused with the nearest."""

from __future__ import annotations

import json

import pytest
from small_industry import TEXT, small

from sim.foundation.errors import InputError
from sim.study.focus import first, focus_of


def test_who_is_asked_for_stands_first_the_others_as_they_were():
    rows = [{"firm": name} for name in ("alpha", "beta", "giant", "both", "beta")]
    assert [row["firm"] for row in first(rows, ("both", "beta"))] == ["both", "beta", "beta", "alpha", "giant"]
    assert first(rows, ()) == rows


def test_an_unknown_id_is_refused_with_the_nearest():
    assert focus_of([small()], ["both", "beta", "both"]) == ("both", "beta")
    with pytest.raises(InputError) as caught:
        focus_of([small()], ["beta", "alhpa"])
    assert (caught.value.found, caught.value.nearest, caught.value.key) == ("alhpa", "alpha", "--firm")


def test_a_run_tells_them_first_and_its_folder_is_the_same(command, tmp_path):
    file = tmp_path / "small.yaml"
    file.write_text(TEXT, encoding="utf-8")
    asked = ("run", str(file), "--worlds", "20", "--jobs", "1", "--out", str(tmp_path / "out"), "--json")
    plain = json.loads(command(*asked).out)
    focused = json.loads(command(*asked, "--firm", "both", "--firm", "beta").out)
    assert focused["folder"] == plain["folder"]
    names = [row["firm"] for row in plain["summary"]]
    assert [row["firm"] for row in focused["summary"]] == [
        *("both", "beta"), *(name for name in names if name not in ("both", "beta"))
    ]  # fmt: skip
    refused = command(*asked, "--firm", "alhpa")
    assert refused.code == 2 and "alpha" in refused.err
