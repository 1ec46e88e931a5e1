"""A written null removes what is inherited and is told; a key left empty is an error where it stands."""

from __future__ import annotations

import pytest
from small_scenario import TEXT, refused, write

from sim.foundation.errors import InputErrors
from sim.scenario.load import load, load_mapping, load_text
from sim.scenario.yaml_text import EMPTY


@pytest.fixture
def base(tmp_path):
    return write(tmp_path, "base.yaml", TEXT)


# the text of a file that extends the small scenario -> line and key of what is left empty
LEFT_EMPTY = {
    "a section": ("events:\n", 2, "events"),
    "the section every scenario needs": ("firms:\n  # zhipu: {cash: 1}\n", 2, "firms"),
    "a mechanism": ("assumptions:\n  closure:\n    # hazard_month: 0.1\n", 3, "assumptions.closure"),
    "a firm": ("firms:\n  zhipu:\n    # cash: 2000\n", 3, "firms.zhipu"),
    "a class": ("firms:\n  lab:\n", 3, "firms.lab"),
    "a new firm": ("firms:\n  newcomer:\n", 3, "firms.newcomer"),
    "a value of a firm": ("firms:\n  zhipu:\n    cash:\n", 4, "firms.zhipu.cash"),
    "a value": ("assumptions:\n  closure: {hazard_month: }\n", 3, "assumptions.closure.hazard_month"),
    "a key of which null is a value": ("firms:\n  zhipu: {enters: }\n", 3, "firms.zhipu.enters"),
    "the number inside a value": ("firms:\n  zhipu: {cash: {value: , note: x}}\n", 3, "firms.zhipu.cash.value"),
    "a member of a list": ("groups:\n  pair:\n    - zhipu\n    -\n", 5, "groups.pair[1]"),
    "a group": ("groups:\n  pair:\n", 3, "groups.pair"),
    "an event": ("events:\n  price-war:\n", 3, "events.price-war"),
    "a date": ("events:\n  price-war:\n    until:\n", 4, "events.price-war.until"),
    "a change": (
        "events:\n  price-war: {set: {assumptions.closure.hazard_month: }}\n",
        3,
        "events.price-war.set.assumptions.closure.hazard_month",
    ),
    "a claim": ("claims:\n  bought:\n", 3, "claims.bought"),
    "part of a proposition": ("claims:\n  bought: {when: {not: }}\n", 3, "claims.bought.when.not"),
    "a fact": ("facts:\n  zhipu-lists:\n", 3, "facts.zhipu-lists"),
    "the title": ("title:\n", 2, "title"),
    "the horizon": ("start:\n", 2, "start"),
    "what is extended": ("extends:\n", 1, "extends"),
}


@pytest.mark.parametrize("what", LEFT_EMPTY)
def test_a_key_left_empty_is_one_error_at_its_own_file_and_line(base, tmp_path, what):
    text, line, key = LEFT_EMPTY[what]
    path = write(tmp_path, "top.yaml", text if "extends" in text else "extends: base.yaml\n" + text)
    error = refused(path)
    if what == "what is extended":  # nothing else can be read then
        error = error.errors[0] if isinstance(error, InputErrors) else error
    assert not isinstance(error, InputErrors), str(error)
    assert (error.file, error.line, error.key, error.problem) == (str(path), line, key, "left empty")
    assert error.allowed == EMPTY and "null" in EMPTY and "put #" in EMPTY


def test_a_key_left_empty_in_a_base_file_is_named_there(base, tmp_path):
    base.write_text(TEXT.replace("seed: 7", "seed:"), encoding="utf-8")
    error = refused(write(tmp_path, "top.yaml", "extends: base.yaml\nseed: 3\n"))
    assert (error.file, error.line, error.key) == (str(base), 9, "seed")


def test_quotes_are_not_empty_and_a_text_without_a_file_is_read_alike():
    assert load_text(TEXT.replace("title: A small industry", "title: ''")).title == ""
    assert refused_text("seed: 7", "seed:").key == "seed"


def refused_text(old, new):
    with pytest.raises(Exception, match="left empty") as caught:
        load_text(TEXT.replace(old, new))
    return caught.value


REMOVALS = {  # the text -> what the notice says was removed
    "firms: {minimax: {burn_month: null}}": "firms.minimax.burn_month",
    "assumptions: {closure: null}": "assumptions.closure",
    "assumptions: {climate: {regime: ~}}": "assumptions.climate.regime",
    "assumptions: null": "assumptions.closure, assumptions.burn, assumptions.climate",
    "events: Null": "events.price-war, events.later",
    "events: {price-war: {set: {assumptions.closure.hazard_month: NULL}}}": (
        "events.price-war.set.assumptions.closure.hazard_month"
    ),
    "claims: {bought: null}": "claims.bought",
    "facts: null": "facts.zhipu-lists",
    "currency: null": "currency",
}


@pytest.mark.parametrize("text", REMOVALS)
def test_null_removes_at_every_level_and_is_told(base, tmp_path, text):
    scenario = load(write(tmp_path, "top.yaml", f"extends: base.yaml\n{text}\n"))
    assert f"Removed by null: {REMOVALS[text]}." in scenario.notices
    assert not any("Removed" in notice for notice in load_mapping(scenario.resolved).notices)
    assert not any("Removed" in notice for notice in load(base).notices)


def test_what_is_removed_is_what_was_never_stated(base, tmp_path):
    scenario = load(write(tmp_path, "top.yaml", "extends: base.yaml\nfirms: {zhipu: {cash: null}}\nclaims: null\n"))
    assert scenario.firms[0].values["cash"].numbers == (1000.0,)  # the default
    assert scenario.firms[0].values["research_ambition"].numbers == (0.8, 1.2) and scenario.claims == ()
    assert "firms.zhipu.cash" not in scenario.given


def test_null_is_a_value_of_its_own_for_dates_that_may_never_come(base, tmp_path):
    text = "extends: base.yaml\nfirms: {zhipu: {listed: null, enters: null}}\nevents: {price-war: {until: null}}\n"
    scenario = load(write(tmp_path, "top.yaml", text))
    assert scenario.firms[0].enters is None and scenario.firms[0].listed is None
    assert scenario.changes[0].last is None
    assert not any("Removed" in notice for notice in scenario.notices)


@pytest.mark.parametrize(
    ("text", "key", "nearest"),
    [
        ("firms: {zhipu: {cahs: null}}", "firms.zhipu.cahs", "cash"),
        ("assumptions: {closre: null}", "assumptions.closre", "closure"),
        ("assumptions: {closure: {hazard: null}}", "assumptions.closure.hazard", "hazard_month"),
        ("groups: {pairs: null}", "groups.pairs", "pair"),
        ("events: {price-wars: null}", "events.price-wars", "price-war"),
        ("claims: {bougt: null}", "claims.bougt", "bought"),
        ("facts: {zhipu-list: null}", "facts.zhipu-list", "zhipu-lists"),
    ],
)
def test_a_removal_of_what_is_not_there_names_the_nearest(base, tmp_path, text, key, nearest):
    error = refused(write(tmp_path, "top.yaml", f"extends: base.yaml\n{text}\n"))
    assert (error.line, error.key, error.nearest) == (2, key, nearest)
    assert "null removes what is inherited" in error.problem


def test_the_removal_of_what_is_still_named_is_the_error_and_says_where(base, tmp_path):
    path = write(tmp_path, "top.yaml", "extends: base.yaml\nseed: 1\nfirms:\n  minimax: null\n")
    error = refused(path)
    assert not isinstance(error, InputErrors)
    assert (error.file, error.line, error.key) == (str(path), 4, "firms.minimax")
    assert "groups.pair[1] (" in error.found and "claims.bought.when.firm (" in error.found
    error = refused(write(tmp_path, "top.yaml", "extends: base.yaml\ngroups: null\n"))
    assert error.key == "groups" and "claims.few.when.all[0].count.of (" in error.found


def test_what_every_scenario_needs_cannot_be_removed(base, tmp_path):
    for key in ("start", "end", "firms"):
        error = refused(write(tmp_path, "top.yaml", f"extends: base.yaml\n\n{key}: null\n"))
        assert (error.line, error.key) == (3, key) and "needs" in error.problem


def test_what_comes_back_was_not_removed(base, tmp_path):
    write(tmp_path, "middle.yaml", "extends: base.yaml\nclaims: {bought: null}\n")
    text = "extends: middle.yaml\nclaims: {bought: {when: {firm: zhipu, fate: closed, by: 2027-01}}}\n"
    scenario = load(write(tmp_path, "top.yaml", text))
    assert scenario.notices == () and scenario.claims[-1].says == ""
