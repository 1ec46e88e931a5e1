"""The signs of the laws on a few worlds, all rows of docs/laws.md on many, and what they are measured with by hand.

What is not as asked stands here by name: whoever mends it, or breaks something else, has to say so.
"""

from __future__ import annotations

import math
import re
from functools import cache

import numpy as np
import pytest

from sim.foundation.columns import ACQUIRED, INDEPENDENT, NEVER
from tools.severities import document
from tools.severities.document import DOCUMENT, Measured, asked, line, measured, verdict
from tools.severities.estimating import Estimate, largest, mean, of_worlds, share, times
from tools.severities.rows import NO_LIMIT, PER_CENT, POINTS, ROWS, TIMES, Row
from tools.severities.seen import CLASSES, REFUSED_LONG, SIX, Runs, Watched, classes

FEW = 200
SIGNS = [row for row in ROWS if row.sign != 0]
WRONG_WAY: frozenset[str] = frozenset()  # findings: on FEW worlds not surely the right way
NOT_MET: frozenset[str] = frozenset()  # findings on document.WORLDS worlds
NAN = math.nan


@cache
def runs() -> Runs:
    return Runs(FEW)


@pytest.mark.parametrize("row", SIGNS, ids=lambda row: row.name)
def test_what_is_forced_moves_survival_the_way_it_must(row: Row):
    """A known finding may be off by luck on so few worlds, but not surely the right way."""
    found = row.measure(runs())
    if row.name in WRONG_WAY:
        assert not (row.right_way(found.low) and row.right_way(found.high)), "no finding any more: take it off the list"
    else:
        assert row.right_way(found.value), f"{row.text}: {found}"


@pytest.mark.slow
def test_every_row_is_met_but_the_known_findings():
    found = measured(document.WORLDS)
    assert {one.row.name for one in found if not one.met} == NOT_MET, "\n".join(map(line, found))


def test_the_rows_are_those_of_the_document_and_its_sure_verdicts_those_of_the_lists():
    told = dict(re.findall(r"^\| (.+?) \| (?:.+?) \| (?:.+?) \| (.+?) \|$", DOCUMENT.read_text(encoding="utf-8"), re.M))
    said = DOCUMENT.read_text(encoding="utf-8")
    for row in ROWS:
        assert f"| {row.text} | {asked(row)} |" in said
        if told[row.text] in ("met", "**not met**"):
            assert (told[row.text] == "met") == (row.name not in NOT_MET), row.name
    assert len({row.name for row in ROWS}) == len({row.text for row in ROWS}) == len(ROWS)
    assert {row.name for row in ROWS} >= NOT_MET | WRONG_WAY


# What rows are measured with


def test_a_paired_difference_by_hand():
    """0, 10, 20: mean 10, s.d. 10, t(2) = 4.3027 over sqrt(3)."""
    assert mean([0, 10, 20]) == pytest.approx((10, 10 - 43.027 / math.sqrt(3), 10 + 43.027 / math.sqrt(3)), rel=1e-4)
    assert largest([[0, 5], [2, 7], [1, 3]]) == mean([5, 7, 3])


def test_a_share_of_worlds_stays_below_all_and_one_of_nothing_is_unknown():
    assert of_worlds(np.array([True] * 4))[0] == 100 and of_worlds(np.array([True] * 4)).high == 100
    assert share([1, 0], [2, 2]).value == 25
    assert all(map(math.isnan, share([0, 0], [0, 0])))


def test_a_ratio_of_hazards_by_hand():
    """3 exits in 30 months over 1 in 20 is twice; what each world adds to the logarithm is linear in its counts."""
    found = times(([1, 2], [15, 15]), ([0, 1], [10, 10]))
    moved = [1 / 3 - 0.5 - 0 + 0.5, 2 / 3 - 0.5 - 1 + 0.5]
    half = 12.7062 * math.sqrt(2 * np.var(moved, ddof=1))
    assert found == pytest.approx((2, 2 * math.exp(-half), 2 * math.exp(half)), rel=1e-3)
    assert all(map(math.isnan, times(([0, 0], [9, 9]), ([1, 1], [9, 9]))))


def test_more_of_the_same_worlds_makes_a_ratio_of_hazards_surer():
    one = times(([1, 2] * 50, [15, 15] * 50), ([0, 1] * 50, [10, 10] * 50))
    two = times(([1, 2] * 200, [15, 15] * 200), ([0, 1] * 200, [10, 10] * 200))
    assert one.value == two.value
    assert math.log(one.high / one.low) == pytest.approx(2 * math.log(two.high / two.low), rel=0.02)


FIRM = np.dtype(
    [("status", "i8"), ("smooth_flow", "f8"), ("deep", "i8")]
    + [(f"{name}_month", "i8") for name in ("listing", "test", "abandoned", "pivot")]
)
SEEN = {
    "unlisted in loss": ((INDEPENDENT, -1, 0, NEVER, NEVER, NEVER, NEVER), {"unlisted in loss", "racer"}),
    "in profit": ((INDEPENDENT, 1, 0, NEVER, NEVER, NEVER, NEVER), {"racer"}),
    "listed": ((INDEPENDENT, -1, 0, 5, 31, NEVER, NEVER), {"untested in loss", "racer"}),
    "test passed": ((INDEPENDENT, -1, 0, 5, 9, NEVER, NEVER), {"racer"}),
    "failed": ((INDEPENDENT, -1, 0, 5, 9, 9, 8), {"abandoned in loss", "light pivoter"}),
    "deep": ((INDEPENDENT, 1, 1, NEVER, NEVER, NEVER, 10), {"deep pivoter"}),
    "pivots next month": ((INDEPENDENT, 1, 1, NEVER, NEVER, NEVER, 11), {"racer"}),
    "gone": ((ACQUIRED, -1, 0, NEVER, NEVER, NEVER, NEVER), set()),
}


@pytest.mark.parametrize("firm", SEEN)
def test_who_is_in_which_class_at_the_end_of_month_ten(firm):
    values, expected = SEEN[firm]
    found = classes(np.array([[values]], FIRM), 10)
    assert {name for name in CLASSES if found[name].item()} == expected


def test_what_is_watched_adds_up_to_what_blocks_keep():
    """Racers and pivoters are all there are: their exits are those of the histories, tile after tile."""
    few = Runs(30)
    seen, ended = few.flagship, few.ended()
    exits = sum(seen.exits[name] for name in ("racer", "deep pivoter", "light pivoter"))
    months = sum(seen.months[name] for name in ("racer", "deep pivoter", "light pivoter"))
    gone = ended.column("exit_month").astype(np.int64)
    assert gone.min() > 1  # the first month has none before it
    assert (exits == (gone < NEVER).sum(axis=1)).all() and exits.sum() > 0
    assert (months == np.minimum(gone - 1, ended.scenario.ticks - 1).sum(axis=1)).all()
    assert (seen.left >= ended.state("independent", "2030-12").sum(axis=1)).all() and (seen.zombies <= seen.left).all()
    long = seen.refused < NEVER
    assert seen.refused.shape == (30, len(SIX)) and long.any()
    assert (seen.refused[long] >= REFUSED_LONG).all() and (seen.refused[long] < gone[long]).all()
    again = Watched(few.scenario(), "2023-07")
    assert again.startup_leads.tolist() != seen.startup_leads.tolist()


# How rows are told


def row_of(unit: str, low: float, high: float, strict: bool = False) -> Row:
    return Row("name", "what", unit, low, high, lambda _runs: Estimate(NAN, NAN, NAN), strict)


@pytest.mark.parametrize(
    ("row", "words", "met", "missed", "sign"),
    [
        (row_of(PER_CENT, 45, 65), "45 to 65 %", 65.0, 65.1, 0),
        (row_of(PER_CENT, 0, 30), "at most 30 %", 30.0, 30.1, 0),
        (row_of(PER_CENT, 75, 100), "at least 75 %", 75.0, 74.9, 0),
        (row_of(POINTS, -25, -5), "−25 to −5 points", -5.0, -4.9, -1),
        (row_of(POINTS, -100, 5), "at most +5 points", 5.0, 5.1, 0),
        (row_of(POINTS, -NO_LIMIT, 0, True), "below 0 points", -0.1, 0.0, -1),
        (row_of(POINTS, 4, NO_LIMIT), "at least +4 points", 4.0, 3.9, 1),
        (row_of(TIMES, 0, 0.7, True), "below 0.7 times", 0.6, 0.7, -1),
        (row_of(TIMES, 1.5, NO_LIMIT, True), "above 1.5 times", 1.6, 1.5, 1),
        (row_of(PER_CENT, 100 / 3, 101, True), "above 33.3 %", 34.0, 33.0, 0),
    ],
)
def test_a_range_in_words_and_what_meets_it(row, words, met, missed, sign):
    assert asked(row) == words
    assert row.met_by(met) and not row.met_by(missed) and not row.met_by(NAN)
    assert row.sign == sign


def test_a_verdict_says_where_the_worlds_are_too_few():
    row = row_of(POINTS, 8, 20)
    assert verdict(Measured(row, Estimate(10, 9, 11))) == "met"
    assert verdict(Measured(row, Estimate(10, 7, 13))) == "met, not sure"
    assert verdict(Measured(row, Estimate(7, 6, 9))) == "**not met**, not sure"
    assert verdict(Measured(row, Estimate(NAN, NAN, NAN))) == "**not met**"
    assert line(Measured(row, Estimate(10, 9, 11))) == "| what | +8 to +20 points | +10.0 ±1.0 | met |"
