"""The address is the command: what it asks for, the command and the scenario file that it stands for."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.archive import digest
from sim.foundation.errors import InputError
from sim.live.asked import MOST_PINNED, MOST_SETS, Asked, asked_in, command, overlay, variants
from sim.scenario.load import with_sets

WINDOW = "assumptions.exchange.window=0@2025-07..2026-12"
TEXTS = st.lists(st.text(max_size=30), max_size=3).map(tuple)


@given(TEXTS, TEXTS, TEXTS)
def test_an_address_says_what_was_asked(sets, pinned, firms):
    query = urlencode({"set": sets, "variant": pinned, "firm": firms}, doseq=True)
    assert asked_in(f"?{query}") == Asked(sets, pinned, firms)


def test_what_is_for_the_eyes_asks_nothing():
    assert asked_in("large=1&set=a=1") == Asked(("a=1",))


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("sets=a=1", "nearest: set"),
        ("&".join(["set=a=1"] * (MOST_SETS + 1)), f"at most {MOST_SETS}"),
        ("&".join(["variant=a: b=1"] * (MOST_PINNED + 1)), f"at most {MOST_PINNED}"),
        ("set=" + "a" * 60_000, "too long an address"),
    ],
)
def test_what_cannot_be_asked_is_said(address, said):
    with pytest.raises(InputError, match=said):
        asked_in(address)


def test_the_command_asks_the_same():
    asked = Asked((WINDOW,), ("cold: assumptions.climate.regime=2, firms.zhipu.lists=never",), ("moonshot",))
    words = shlex.split(command("six-dragons", 4096, 7, asked))
    assert words[:3] == ["shakeout", "whatif", "six-dragons"]
    options = list(zip(words[3::2], words[4::2], strict=True))
    assert options == [
        ("--set", WINDOW),
        ("--variant", asked.pinned[0]),
        ("--firm", "moonshot"),
        ("--worlds", "4096"),
        ("--seed", "7"),
    ]
    assert command("six-dragons", 4096, 7, Asked()).startswith("shakeout run six-dragons")


def test_nothing_asked_is_no_variant():
    base = sim.load("six-dragons")
    assert variants(base, Asked(firms=("zhipu",))) == []
    found = variants(base, Asked((WINDOW,), ("cold: assumptions.climate.regime=2",)))
    assert [(one.name, one.named) for one in found] == [(WINDOW, False), ("cold", True)]


@pytest.mark.parametrize(
    "sets",
    [
        [WINDOW],
        ["assumptions.scale.strength=0", "firms.zhipu.lists=never", "firms.moonshot.raises=2026-03"],
        ["assumptions.demand.growth_year={times: 2}", "firms.zhipu.cash={plus: 100}", WINDOW],
        ["assumptions.price_war.depth=0.5@2026-01"],
        [],
    ],
)
def test_the_scenario_file_makes_the_same_worlds(sets, tmp_path: Path):
    stated = sim.load("six-dragons")
    variant = with_sets(stated, sets)
    file = tmp_path / "mine.yaml"
    file.write_text(overlay("six-dragons", stated, variant, sets), encoding="utf-8")
    assert digest.stem(sim.load(file)) == digest.stem(variant)


def test_what_is_gone_is_taken_out(tmp_path: Path):
    stated = sim.load("six-dragons")
    id = next(iter(stated.resolved["events"]))
    left = {key: value for key, value in stated.resolved["events"].items() if key != id}
    variant = replace(stated, resolved={**stated.resolved, "events": left})
    file = tmp_path / "mine.yaml"
    file.write_text(overlay("six-dragons", stated, variant, []), encoding="utf-8")
    assert id not in sim.load(file).resolved["events"]


def test_a_change_cannot_write_lines_of_its_own():
    base = sim.load("six-dragons")
    text = overlay("six-dragons", base, base, ["a=1\nworlds: 3"])
    assert text.splitlines()[0].startswith("# a=1") and "\nworlds" not in text
