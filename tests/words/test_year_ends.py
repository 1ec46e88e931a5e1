"""Runway in words: which date is told, and the sentence about the runway that a decision buys."""

from __future__ import annotations

from dataclasses import replace

import pytest
from synthetic_runs import firm, scenario

from sim.foundation.decision import NOT_AT_ALL
from sim.scenario.model import Value
from sim.scenario.year_ends import year_ends
from sim.words.year_ends import decided, runway_sentence, told_at

CAST = (firm("alpha"), firm("crowd", copies=3), firm("beta"))
BASE = scenario(CAST, 90)  # July 2023 to December 2030
MONTHS = year_ends(BASE.start, BASE.end)
JUNE_2025, DECEMBER_2026 = 2025 * 12 + 5, 2026 * 12 + 11


def deciding(**numbers: float):
    """BASE with other decisions of alpha."""
    values = {name: Value("number", (number,)) for name, number in numbers.items()}
    return replace(BASE, firms=(replace(CAST[0], values=values), *CAST[1:]))


def rows(value: float, low: float, high: float, share: float = 0.812) -> list[dict]:
    told = {"firm": "alpha", "date": "2026-12", "paired": True}
    return [
        {**told, "quantity": "runway", "base": 12, "difference": value, "low": low, "high": high},
        {**told, "quantity": "counted", "base": share, "variant_value": share, "difference": 0, "low": 0, "high": 0},
    ]  # fmt: skip


@pytest.mark.parametrize(
    "numbers,sentence",
    [
        (
            (7, 5, 9),
            "With the change Alpha has 7 months more runway in December 2026 "
            "(median of the 812 worlds where it is there in both, plus or minus 2.0)",
        ),
        (
            (-1, -4, -0.5),
            "With the change Alpha has 1 month less runway in December 2026 "
            "(median of the 812 worlds where it is there in both, 95% interval 0.5 to 4.0)",
        ),
        (
            (0.5, -0.1, 1.1),
            "It does not surely change Alpha's runway in December 2026 "
            "(median difference 0.5 months, plus or minus 0.6, over the 812 worlds where it is there in both)",
        ),
    ],
)
def test_the_sentence_says_what_the_numbers_say(numbers, sentence):
    assert runway_sentence(BASE, rows(*numbers), "alpha", DECEMBER_2026, 1000) == sentence


def test_where_there_is_nothing_to_say():
    assert runway_sentence(BASE, rows(7, 5, 9), "beta", DECEMBER_2026, 1000) == ""
    assert runway_sentence(BASE, rows(7, 5, 9), "alpha", DECEMBER_2026 + 12, 1000) == ""
    none = "In no world is Alpha there both with and without the change in December 2026"
    assert runway_sentence(BASE, rows(7, 5, 9, share=0)[1:], "alpha", DECEMBER_2026, 1000) == none


def test_whose_decisions_are_others():
    assert decided(BASE, BASE) == {}
    assert decided(BASE, deciding(cash=5)) == {}
    assert decided(BASE, deciding(pivots=JUNE_2025, lists=NOT_AT_ALL)) == {"alpha": (NOT_AT_ALL, JUNE_2025)} or (
        decided(BASE, deciding(pivots=JUNE_2025, lists=NOT_AT_ALL)) == {"alpha": (JUNE_2025, NOT_AT_ALL)}
    )
    assert decided(deciding(pivots=JUNE_2025), deciding(pivots=JUNE_2025)) == {}


def test_the_date_is_a_year_or_more_after_the_decision_or_the_change():
    assert told_at(BASE, deciding(pivots=JUNE_2025), 0, MONTHS) == DECEMBER_2026
    assert told_at(BASE, deciding(pivots=JUNE_2025, lists=JUNE_2025 + 12), 0, MONTHS) == DECEMBER_2026 + 12
    assert told_at(BASE, deciding(pivots=NOT_AT_ALL), 0, MONTHS) == BASE.end
    assert told_at(BASE, BASE, DECEMBER_2026 - 12, MONTHS) == DECEMBER_2026  # a dated change of something else
    assert told_at(BASE, BASE, 0, MONTHS) == told_at(BASE, BASE, None, MONTHS) == BASE.end
    assert told_at(BASE, deciding(pivots=BASE.end), 0, MONTHS) == BASE.end
