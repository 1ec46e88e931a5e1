"""Verdicts by hand, readings by hand, the document against its rows, and all statements on many worlds.

What does not work stands here by number: whoever mends it, or breaks something else, has to say so.
"""

from __future__ import annotations

import csv
import math
import re
from functools import cache

import numpy as np
import pytest

from sim.foundation.columns import CLOSED, FIRM_COLUMNS, GIANT, INDEPENDENT, MARKET_COLUMNS, NEVER, STARTUP
from sim.laws.catalogue import ASSUMPTIONS, FIRM_ASSUMPTIONS, MECHANISMS
from tools.severities.estimating import Estimate
from tools.severities.rows import NO_LIMIT, PER_CENT, POINTS, TIMES, Row
from tools.severities.seen import ROOT
from tools.statements import document
from tools.statements.document import DOCUMENT, STATEMENTS, line, measured, text
from tools.statements.panel import Panel, Worlds, by_world, known, of_those, part, ratio, typical
from tools.statements.row import ABSENT, CONTRARY, WEAK, WORKS, Statement, Told, least, most, verdict_of

NAN = math.nan
AT_WORK = 75  # of all statements, at least
NOT_WORKING: dict[int, str] = {  # findings on document.WORLDS worlds
    30: WEAK,
    31: CONTRARY,
    49: CONTRARY,
    53: CONTRARY,
    79: WEAK,
}


def unmeasured(_worlds: Worlds) -> Estimate:
    return Estimate(NAN, NAN, NAN)


MORE = least("more", POINTS, 5, unmeasured)
FEWER = most("fewer", POINTS, 0, unmeasured)
HALF = most("half", TIMES, 0.5, unmeasured)
MOST_WORLDS = least("worlds", PER_CENT, 50, unmeasured)


@pytest.mark.parametrize(
    ("row", "found", "verdict"),
    [
        (MORE, (6, 4, 8), WORKS),  # the interval above none, the value at least the size
        (MORE, (4, 3, 5), WEAK),  # the sign is sure, the size too small
        (MORE, (6, -1, 13), WEAK),  # the size is there, the sign not sure
        (MORE, (-1, -3, 1), WEAK),
        (MORE, (-2, -3, -1), CONTRARY),
        (MORE, (0, 0, 0), ABSENT),  # no world differs
        (FEWER, (-1, -2, -0.1), WORKS),
        (FEWER, (-1, -2, 0), WEAK),  # no difference is not fewer
        (FEWER, (1, 0.1, 2), CONTRARY),
        (HALF, (0.4, 0.3, 0.9), WORKS),
        (HALF, (0.6, 0.5, 0.9), WEAK),
        (HALF, (1.5, 1.1, 2), CONTRARY),
        (HALF, (1, 1, 1), ABSENT),
        (MOST_WORLDS, (60, 51, 69), WORKS),
        (MOST_WORLDS, (60, 49, 71), WEAK),
        (MOST_WORLDS, (40, 31, 51), WEAK),
        (MOST_WORLDS, (40, 31, 49), CONTRARY),
        (MOST_WORLDS, (NAN, NAN, NAN), ABSENT),
        (MORE, (6, NAN, NAN), WEAK),  # one world shows no spread
    ],
)
def test_a_verdict_by_hand(row: Row, found: tuple[float, float, float], verdict: str):
    assert verdict_of(row, Estimate(*found)) == verdict


def test_a_statement_is_as_good_as_the_worst_of_its_rows():
    statement = Statement(1, "000", "It is so", "`burn`", (MORE, MOST_WORLDS), "S000-01 says otherwise")
    good, weak, bad = Estimate(6, 4, 8), Estimate(60, 49, 71), Estimate(-2, -3, -1)
    assert Told(statement, (good, Estimate(60, 51, 69))).verdict == WORKS
    assert Told(statement, (good, weak)).verdict == WEAK
    assert Told(statement, (bad, weak)).verdict == CONTRARY
    assert "otherwise" in line(Told(statement, (bad, weak))) and "**contrary**" in line(Told(statement, (bad, weak)))
    assert "otherwise" not in line(Told(statement, (good, weak)))  # nothing to be argued against


def test_the_counts_and_what_does_not_work_are_said_at_the_head():
    statement = Statement(1, "000", "It is so", "`burn`", (MORE,))
    found = [Told(statement, (one,)) for one in (Estimate(6, 4, 8), Estimate(4, 3, 5))]
    head = text(found, 1000, 7)
    assert "**1 works, 1 weak, 0 contrary, 0 absent.** Not working: 1 *It is so* (weak)." in head
    assert "more: at least +5 points, **+6.0 ±2.0** | works |" in head


# What statements are read from


def by_hand(columns: dict[str, list[list[list[float]]]]) -> Panel:
    """A panel of hand-made columns, (worlds, months, firms) of Zhipu and MiniMax."""
    panel = object.__new__(Panel)
    panel.ids = ("zhipu", "minimax")
    panel._firm = {name: np.array(values, float) for name, values in columns.items()}
    panel.last = panel._firm["status"].shape[1] - 1
    panel.month = lambda date: int(date)  # type: ignore[method-assign]
    return panel


TWO = ("zhipu", "minimax")
HERE, GONE = INDEPENDENT, CLOSED
HAND = by_hand(
    {
        "status": [[[HERE, HERE], [HERE, HERE], [HERE, GONE], [HERE, GONE]]],
        "kind": [[[STARTUP, GIANT]] * 4],
        "pivot_month": [[[NEVER, NEVER], [1, NEVER], [1, NEVER], [1, NEVER]]],
        "revenue": [[[1, 10], [2, 20], [4, 30], [8, 30]]],  # a gone firm's row stands still
    }
)


def test_a_gone_firm_earns_nothing_and_has_no_sum_over_a_span():
    assert HAND.flow("revenue", TWO)[0].tolist() == [[1, 10], [2, 20], [4, 0], [8, 0]]
    assert HAND.over("revenue", "0", "1", TWO).tolist() == [[3, 30]]
    assert HAND.over("revenue", "0", "2", TWO)[0, 0] == 7 and math.isnan(HAND.over("revenue", "0", "2", TWO)[0, 1])
    assert HAND.all_of(GIANT, "revenue").tolist() == [[10, 20, 0, 0]]


def test_months_after_something_happened():
    came = np.array([[1, 0]])
    assert HAND.came("pivot_month", TWO).tolist() == [[1, NEVER]]
    assert HAND.since("revenue", came, 1, TWO).tolist() == [[4, 20]]
    assert np.isnan(HAND.since("revenue", came, 2, TWO)).tolist() == [[False, True]]  # gone
    assert np.isnan(HAND.since("revenue", came, 3, TWO)).tolist() == [[True, True]]  # beyond the horizon
    assert np.isnan(HAND.since("revenue", np.array([[NEVER, -1]]), 0, TWO)).all()
    assert HAND.racing(TWO)[0].tolist() == [[True, True], [False, True], [False, False], [False, False]]


def test_estimates_of_what_is_known_by_hand():
    assert by_world(np.array([[1, NAN, 3], [NAN, NAN, NAN]])).tolist()[0] == 2
    assert known(np.array([2.0, NAN, 4.0])).value == 3
    assert typical(np.array([[2.0, 8.0], [1.0, NAN]])).value == pytest.approx(2.0)  # exp of the mean of log 4 and 0
    assert ratio(np.array([1.0, 3.0]), np.array([4.0, 4.0])).value == pytest.approx(0.5)
    assert part(np.array([1.0, 3.0]), np.array([4.0, 4.0])).value == pytest.approx(50.0)
    assert of_those(np.array([[1, 1], [0, 0]], bool), np.array([[1, 0], [1, 1]], bool)).value == pytest.approx(100 / 3)


@cache
def few() -> Worlds:
    return Worlds(20)


def test_the_panel_says_what_blocks_keep():
    panel, ended = few().panel(), few().ended()
    for column in ("pivot_month", "listing_month", "abandoned_month"):
        assert (panel.came(column) == ended.column(column)).all()
    assert (panel.there()[:, panel.month("2028-04")] == ended.state("independent", "2028-04")).all()
    assert (panel.racing()[:, panel.month("2028-04")] == ended.state("general", "2028-04")).all()
    raised = panel.money()[:, 1:].sum(axis=(1, 2), dtype=float)
    assert raised == pytest.approx(ended.column("raised").sum(axis=1), rel=1e-4)
    assert panel.ids != tuple(few().scenario().firms) and panel.firm("kind", ("baidu", "zhipu"))[0, 0].tolist() == [
        1,
        0,
    ]


def test_panels_beyond_the_last_few_are_dropped_and_the_baseline_is_kept():
    worlds = Worlds(2)
    base = worlds.panel()
    for reach in range(8):
        worlds.panel((f"firms.baidu.reach={1 + reach}",))
    assert worlds.panel() is base and len(worlds._panels) <= 6


# Rows and document


def test_there_are_85_statements_in_order_and_the_document_tells_them():
    said = DOCUMENT.read_text(encoding="utf-8")
    assert [one.number for one in STATEMENTS] == list(range(1, 86))
    for one in STATEMENTS:
        assert f"| {one.number} | {one.document} | {one.says} | {one.mechanism} |" in said
        for row in one.asked:
            assert f"{row.text}: {document.asked(row)}, **" in said, row.text
            assert row.low > -NO_LIMIT or row.high < NO_LIMIT


def test_the_verdicts_of_the_document_are_those_of_the_list():
    told = re.findall(r"^\| (\d+) \|.*\| \**(\w+)\** \|$", DOCUMENT.read_text(encoding="utf-8"), re.M)
    assert len(told) == len(STATEMENTS)
    assert {int(number): verdict for number, verdict in told if verdict != WORKS} == NOT_WORKING
    assert len(told) - len(NOT_WORKING) >= AT_WORK


def test_what_runs_contrary_is_argued_from_what_the_evidence_knows():
    with (ROOT / "docs" / "evidence.csv").open(encoding="utf-8") as file:
        ids = {row["id"] for row in csv.DictReader(file)}
    for one in STATEMENTS:
        cited = re.findall(r"\b(?:S\d{3}-\d+|P-\w+-\d+)\b", one.against)
        assert set(cited) <= ids and bool(cited) == (NOT_WORKING.get(one.number) == CONTRARY), one.number


def test_mechanisms_are_called_by_their_names():
    mechanisms = {mechanism.name for mechanism in MECHANISMS}
    columns = {column.name for column in (*FIRM_COLUMNS, *MARKET_COLUMNS)}
    for one in STATEMENTS:
        for name in re.findall(r"`([^`]+)`", one.mechanism):
            first, _, last = name.rpartition(".")
            known_as = {
                "": first == "" and (last in mechanisms | columns or last in FIRM_ASSUMPTIONS),
                "assumption": f"assumptions.{name}" in ASSUMPTIONS,
                "firm": first.startswith("firms.") and (last in FIRM_ASSUMPTIONS or last == "enters"),
            }
            assert any(known_as.values()), (one.number, name)


@pytest.mark.slow
def test_most_statements_work_and_the_contrary_have_their_argument():
    found = measured(document.WORLDS)
    assert {one.statement.number: one.verdict for one in found if one.verdict != WORKS} == NOT_WORKING
    assert sum(one.verdict == WORKS for one in found) >= AT_WORK
    assert all(one.statement.against for one in found if one.verdict == CONTRARY)
