"""The results are those of the baseline, and the baseline changes only with a changelog line."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import sim
from sim.engine.simulate import simulate
from sim.foundation.edition import MODEL
from sim.laws.catalogue import ASSUMPTIONS
from tools.golden.baseline import (
    BASELINE,
    BITS,
    CHANGELOG,
    FLAGSHIP,
    MONEY,
    ROOT,
    WORLDS,
    differences,
    digest_of_baseline,
    digest_of_bits,
    flagship,
    from_text,
    read,
    table,
    to_text,
    told,
)

WHOLE_BY_MEANING = (
    "months",
    "years",
    "dial",
)  # compared with whole numbers of months, or 1: there a nudge means something


@pytest.fixture(scope="module")
def block():
    return simulate(flagship(), 0, WORLDS)


def test_every_bit_is_what_any_machine_comes_to(block):
    why = "python -m tools.golden --bits, if a formula was written another way; if not, find what rounds otherwise here"
    assert digest_of_bits(block) == BITS.read_text(encoding="utf-8").strip(), why


def test_a_last_bit_is_noticed(block):
    money = block.histories["raised"]
    money[3, 0] = np.nextafter(money[3, 0], np.inf)
    changed = digest_of_bits(block)
    money[3, 0] = np.nextafter(money[3, 0], -np.inf)
    assert changed != BITS.read_text(encoding="utf-8").strip() == digest_of_bits(block)


def test_results_are_those_of_the_baseline(block):
    lines = differences(told(flagship(), block), read())
    shown = "\n".join(lines[:20])
    why = 'python -m tools.golden --update "what changed in the results, and why"'
    assert not lines, f"{len(lines)} results differ from the golden baseline. If that is meant: {why}\n{shown}"


def test_the_changelog_names_the_baseline_that_is_kept():
    assert f"(baseline `{digest_of_baseline()}`)" in CHANGELOG.read_text(encoding="utf-8")


def test_the_edition_of_the_model_is_the_baseline_that_is_kept():
    assert digest_of_baseline() == MODEL


def test_the_calibration_tables_were_made_on_this_baseline():
    text = (ROOT / "docs" / "calibration.md").read_text(encoding="utf-8")
    assert f"baseline `{digest_of_baseline()}`" in text, (
        "run python -m tools.calibration --write, and read the words again"
    )


def test_a_change_of_one_assumption_is_noticed():
    assert differences(table(("assumptions.acquisition.offer_month=0.009",)), read())


def test_last_bits_move_no_count_and_hardly_any_money():
    """What another way to write a formula does, a thousand times larger: every default in its 13th digit."""
    scenario = sim.load(FLAGSHIP)
    stated = {path for path in ASSUMPTIONS if path in scenario.given}
    sets = []
    for number, (path, declared) in enumerate(ASSUMPTIONS.items()):
        exact = declared.whole or declared.unit in WHOLE_BY_MEANING or path in stated or not declared.default
        nudged = declared.default * (1 + (1e-13 if number % 2 else -1e-13))
        if not exact and declared.low <= nudged <= declared.high:
            sets.append(f"{path}={nudged!r}")
    assert len(sets) > 100
    assert differences(table(tuple(sets)), read()) == []


def test_whole_numbers_are_compared_exactly_and_money_to_nine_digits():
    kept = read()
    count = next(key for key in kept if key[1] == "independent")
    money = next(key for key in kept if key[1] in MONEY)
    assert differences(kept | {count: kept[count] + 1}, kept) != []
    assert differences(kept | {money: kept[money] * (1 + 1e-8)}, kept) != []
    assert differences(kept | {money: kept[money] * (1 + 1e-11)}, kept) == []
    assert differences({key: value for key, value in kept.items() if key != count}, kept) != []


def test_the_baseline_reads_back_as_it_was_written():
    rows = {("a", "closed"): 3, ('a, the "first"', "raised"): 0.1 + 0.2, ("events", "down round"): 0}
    assert from_text(to_text(rows)) == rows


@pytest.mark.parametrize("line", ["", "   ", "tuned"])
def test_no_update_without_a_changelog_line(line):
    before = BASELINE.read_bytes(), CHANGELOG.read_bytes()
    done = subprocess.run(
        [sys.executable, "-m", "tools.golden", "--update", line], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 2 and "changelog line" in done.stderr
    assert (BASELINE.read_bytes(), CHANGELOG.read_bytes()) == before
