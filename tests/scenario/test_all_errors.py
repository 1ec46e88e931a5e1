"""All that is wrong with a scenario is said at once, each thing once, and nothing that only follows from another."""

from __future__ import annotations

import pickle

import pytest
from small_scenario import TEXT, refused, write

from sim.foundation import errors as house
from sim.foundation.errors import InputError, InputErrors
from sim.scenario.load import load, load_text

EDITS = [  # one mistake in every kind of place -> its key
    ("currency: RMB million", "currency: 7", "currency"),
    ("worlds: 200", "worlds: 0", "worlds"),
    ("seed: 7", "seed:", "seed"),
    ("    listed: 2023-01", "    listed: 2024-01", "firms.zhipu.listed"),
    ("{value: 1500", "{value: -1500", "firms.zhipu.cash.value"),
    ("burn_month: {log", "burn_moth: {log", "firms.minimax.burn_moth"),
    ("kind: giant", "kind: gaint", "firms.tencent.kind"),
    ("[10, 20, 40]", "[10, 50, 40]", "firms.lab.cash.value.triangular"),
    ("[zhipu, minimax]", "[zhipu, minmax]", "groups.pair[1]"),
    ("{hazard_month: 0.01}", "{hazard_month: 1.01}", "assumptions.closure.hazard_month"),
    ("burn: {on: 0}", "burn: {on: off}", "assumptions.burn.on"),
    ("[0, 1, 2]", "[0, 1, 2.5]", "assumptions.climate.regime.choice[2]"),
    ("date: 2024-05", "date: 2024-13", "events.price-war.date"),
    ("{times: 0.5}", "{times: -1}", "events.price-war.set.assumptions.closure.hazard_month.times"),
    ("{plus: {uniform: [0, 1]}", "{plus: {uniform: [1, 0]}", None),
    ("date: 2026-01\n", "dte: 2026-01\n", "events.later.dte"),
    ("fate: acquired", "fate: aquired", "claims.bought.when.fate"),
    ("by: 2028-04}}", "by: 2048-04}}", "claims.bought.given.not.by"),
    ("of: pair", "of: pear", "claims.few.when.all[0].count.of"),
    ("at_least: 1", "at_least: -2", "claims.few.when.all[0].at_least"),
    ("quantity: value", "quantity: valeu", "claims.few.when.all[1].any[0].quantity"),
    ("at: 2026-12, above", "at: 2026-11, above", "claims.few.when.all[1].any[1].at"),
    ("endgame: true", "endgame: yes", "claims.few.when.all[1].any[2].endgame"),
    ("happened: true", "happened: 1", "facts.zhipu-lists.happened"),
    ("source: P-ZP-54", "source: [P]", "facts.zhipu-lists.source"),
]


def found(path, sets=()):
    """Key -> error of everything that is wrong."""
    error = refused(path, *sets) if sets else refused(path)
    return {one.key: one for one in (error.errors if isinstance(error, InputErrors) else [error])}


def spoilt(edits):
    text = TEXT
    for old, new, _ in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def test_every_mistake_of_a_file_is_said_at_once(tmp_path):
    path = write(tmp_path, "a.yaml", spoilt(EDITS))
    error = refused(path)
    assert isinstance(error, InputErrors)
    keys = [one.key for one in error.errors]
    assert set(keys) >= {key for _, _, key in EDITS if key}
    assert len(keys) == len(set(keys)) == len(EDITS), sorted(keys)
    lines = [one.line for one in error.errors]
    assert lines == sorted(lines)
    text = str(error)
    assert text.startswith(f"{len(EDITS)} errors\n{path}, line 5, currency: not a text\n  found:   7\n")
    assert all(str(one) in text for one in error.errors)


@pytest.mark.parametrize("edit", EDITS, ids=[edit[1] for edit in EDITS])
def test_one_mistake_is_one_error(tmp_path, edit):
    error = refused(write(tmp_path, "a.yaml", spoilt([edit])))
    assert not isinstance(error, InputErrors), str(error)


def test_errors_of_files_that_are_extended_and_of_sets_are_said_too(tmp_path):
    base = write(tmp_path, "base.yaml", spoilt([EDITS[1], EDITS[9]]))
    top = write(tmp_path, "top.yaml", "extends: base.yaml\nfirms: {zhipu: {cash: -1}, new: {cahs: 1}}\nevnts: {}\n")
    with pytest.raises(InputErrors) as caught:
        load(top, ["firms.zhipu.kash=1", "assumptions.burn.on=2"])
    assert [(one.file, one.key) for one in caught.value.errors] == [
        (str(top), "firms.zhipu.cash"),
        (str(top), "firms.new.cahs"),
        (str(top), "evnts"),
        (str(base), "worlds"),
        (str(base), "assumptions.closure.hazard_month"),
        (None, "--set firms.zhipu.kash=1"),
        (None, "--set assumptions.burn.on=2"),
    ]


def test_what_is_wrong_in_the_same_way_in_several_places_is_said_once_with_all_places(tmp_path):
    text = TEXT.replace("  minimax: {name: MiniMax, burn_month: {lognormal: [50, 0.3]}}\n", "")
    errors = found(write(tmp_path, "a.yaml", text))
    assert list(errors) == ["groups.pair[1]", "claims.bought.when.firm"]  # a group may have classes, too
    claim = errors["claims.bought.when.firm"]
    assert claim.found == "minimax"
    assert [place.split(", ")[-1] for place in claim.also] == ["claims.bought.given.not.firm"]
    assert str(claim).count("also in: ") == 1


FOLLOWS = {  # what is changed -> the keys of all that is said
    "no start": ("start: 2023-07\n", "", [None]),
    "a start that is no month": ("start: 2023-07", "start: soon", ["start"]),
    "end before start": ("end: 2030-12", "end: 2020-12", ["end"]),
    "a section that is no mapping": (TEXT[TEXT.index("firms:") : TEXT.index("groups:")], "firms: 3\n", ["firms"]),
    "a firm that is no mapping": ("  tencent: {kind: giant, enters: 2022-01}", "  tencent: 3", ["firms.tencent"]),
    "a group that is no list": ("[zhipu, minimax]", "zhipu", ["groups.pair"]),
    "a mistyped required key": ("    happened: true", "    hapened: true", ["facts.zhipu-lists.hapened"]),
    "a key given twice": ("seed: 7", "seed: 7\nseed: x", ["seed"]),
}


@pytest.mark.parametrize("what", FOLLOWS)
def test_nothing_is_said_that_only_follows(tmp_path, what):
    old, new, keys = FOLLOWS[what]
    assert old in TEXT
    assert list(found(write(tmp_path, "a.yaml", TEXT.replace(old, new, 1)))) == keys


def test_a_claim_and_a_fact_of_one_id_are_refused_in_any_file(tmp_path):
    fact = "facts:\n  bought: {happened: true, when: {firm: zhipu, fate: closed, by: 2026-01}}\n"
    base = write(tmp_path, "base.yaml", TEXT)
    top = write(tmp_path, "top.yaml", f"extends: base.yaml\n{fact}")
    error = refused(top)
    assert (error.file, error.line, error.key) == (str(top), 3, "facts.bought")
    assert f"claims.bought ({base}, line 41)" in error.allowed
    load(write(tmp_path, "moved.yaml", f"extends: base.yaml\nclaims: {{bought: null}}\n{fact}"))


def test_so_many_and_no_more(monkeypatch):
    monkeypatch.setattr(house, "MAX_ERRORS", 3)
    with pytest.raises(InputErrors) as caught:
        load_text(spoilt(EDITS))
    assert len(caught.value.errors) == 3
    assert str(caught.value).startswith("3 errors, and perhaps more that were not looked for\n")


def test_several_errors_survive_a_process_boundary():
    with pytest.raises(InputErrors) as caught:
        load_text(spoilt(EDITS))
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again).splitlines()[0] == str(caught.value).splitlines()[0] and isinstance(again, InputError)
