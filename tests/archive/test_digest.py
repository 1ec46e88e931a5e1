"""The stem moves with what the simulation reads and with nothing else; the question moves with everything."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sim.archive import digest
from sim.scenario.model import Claim, Probe, Value


def firm_with(scenario, **changes):
    return replace(scenario, firms=(replace(scenario.firms[0], **changes), *scenario.firms[1:]))


SEEN_BY_WORLDS = {
    "seed": lambda s: replace(s, seed=8),
    "start": lambda s: replace(s, start=s.start - 1),
    "end": lambda s: replace(s, end=s.end + 1),
    "assumption": lambda s: replace(s, assumptions={"assumptions.burn.on": Value("number", (0.0,))}),
    "firm value": lambda s: firm_with(s, values={**s.firms[0].values, "cash": Value("number", (100.00000000000001,))}),
    "distribution": lambda s: firm_with(s, values={**s.firms[0].values, "cash": Value("normal", (100.0,))}),
    "firm entry": lambda s: firm_with(s, enters=s.start + 1),
    "firm order": lambda s: replace(s, firms=s.firms[::-1]),
    "change": lambda s: replace(s, changes=(replace(s.changes[0], first=s.changes[0].first + 1),)),
    "probe": lambda s: replace(s, probes=(*s.probes, Probe(None, "dry_powder", s.start))),
}
UNSEEN_BY_WORLDS = {
    "worlds": lambda s: replace(s, worlds=11),
    "name": lambda s: replace(s, name="other"),
    "title": lambda s: replace(s, title="Another title"),
    "firm name": lambda s: firm_with(s, name="Beta"),
    "note and source": lambda s: firm_with(
        s, values={**s.firms[0].values, "cash": Value("number", (100.0,), "X", "why")}
    ),
    "groups": lambda s: replace(s, groups={}),
    "claims": lambda s: replace(s, claims=(Claim("c", "it may", "S1", {"firm": "a", "fate": "closed"}),)),
    "resolved text": lambda s: replace(s, resolved={"name": "small", "worlds": 10, "description": "more"}),
}


@pytest.mark.parametrize("change", SEEN_BY_WORLDS)
def test_what_a_world_reads_moves_stem_and_question(scenario, change):
    changed = SEEN_BY_WORLDS[change](scenario)
    assert digest.stem(changed) != digest.stem(scenario)
    assert digest.question(changed, None) != digest.question(scenario, None)


@pytest.mark.parametrize("change", UNSEEN_BY_WORLDS)
def test_what_a_world_does_not_read_moves_the_question_only(scenario, change):
    changed = UNSEEN_BY_WORLDS[change](scenario)
    assert digest.stem(changed) == digest.stem(scenario)
    assert digest.question(changed, None) != digest.question(scenario, None)


def test_with_a_precision_the_number_of_worlds_is_no_part_of_the_question(scenario):
    more = replace(scenario, worlds=99, resolved={**scenario.resolved, "worlds": 99})
    assert digest.question(more, 0.01) == digest.question(scenario, 0.01)
    assert digest.question(scenario, 0.01) != digest.question(scenario, 0.02)
    assert digest.question(scenario, 0.01) != digest.question(scenario, None)


@pytest.mark.parametrize("key", ["sources", "compiled", "byte_order"])
def test_other_code_or_another_machine_has_other_blocks(scenario, monkeypatch, key):
    before = digest.stem(scenario)
    made_by = {**digest.simulated_by(), key: "other"}
    monkeypatch.setattr(digest, "simulated_by", lambda: made_by)
    assert digest.stem(scenario) != before


def test_notices_are_not_part_of_the_question(scenario):
    assert digest.question(replace(scenario, notices=("a word",)), None) == digest.question(scenario, None)


def test_floats_are_kept_apart_to_the_last_bit():
    assert digest.canonical(0.1 + 0.2) != digest.canonical(0.3)
    assert digest.canonical({"b": 1, "a": (1, None)}) == '{"a":[1,null],"b":1}'
    with pytest.raises(TypeError):
        digest.canonical(object())
