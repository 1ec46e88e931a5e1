"""Numbers, verdicts and propositions in words."""

from __future__ import annotations

import math
from typing import Any

import made_up
import numpy as np
import pytest

from sim.foundation.currency import unit_in
from sim.laws.catalogue import ASSUMPTIONS
from sim.report.html.plotly_values import month_day, plotly_text
from sim.report.pictures import claims, fans
from sim.report.pictures.traces import spread_out
from sim.report.run_reader import reader_of
from sim.report.tables import of_run
from sim.scenario.model import Value
from sim.words import numbers
from sim.words.months import month_name, short_month
from sim.words.numbers import scaled_money, significant
from sim.words.propositions import asked, proposition_in_words
from sim.words.text import listed


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0%"), (1, "100%"), (0.744, "74%"), (0.0004, "<1%"), (0.9996, ">99%"), (0.005, "0%"), (math.nan, "–")],
)
def test_percent(share: float, text: str):
    if share == 0.005:
        assert numbers.percent(share) in ("0%", "1%")  # a tie may go either way
    else:
        assert numbers.percent(share) == text


def test_a_dated_value_has_its_unit(run: Any):
    """A factor has none."""
    changes = run.scenario.changes
    assert {change.op for change in changes} == {"set", "times", "plus"}
    for change, row in zip(changes, of_run.events_table(reader_of(run)).rows, strict=True):
        assert row[3].sub == ("" if change.op == "times" else unit_in(ASSUMPTIONS[change.path].unit)), change.path


def test_a_group_in_the_table_of_fates_is_called_one(run: Any):
    heads = [row[0].text for row in of_run.fates_table(reader_of(run)).rows]
    assert sorted(heads[-2:]) == ["All startups (7)", "Group six (6)"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1234567, "1,230,000"),
        (4.35, "4.35"),
        (0.05, "0.05"),
        (12, "12"),
        (100, "100"),
        (-2.5, "-2.5"),
        (3.0, "3"),
    ],
)
def test_number(value: float, text: str):
    assert significant(value) == text


@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [
        (4350, "RMB million", "RMB 4.35 billion"),
        (435, "RMB million", "RMB 435 million"),
        (-1500, "RMB million", "RMB -1.5 billion"),
        (12, "USD", "12 USD"),
        (12, "million", "12 million"),
    ],
)
def test_money(value: float, currency: str, text: str):
    assert scaled_money(value, currency) == text


def test_months_and_lists():
    assert short_month(2023 * 12 + 6) == "Jul 2023"
    assert month_name(2030 * 12 + 11) == "December 2030"
    assert month_day(2024 * 12) == "2024-01-01"
    assert listed(["a"]) == "a" and listed(["a", "b", "c"]) == "a, b and c" and listed([]) == ""


@pytest.mark.parametrize(
    ("probability", "worlds", "word"),
    [
        (0.995, 2000, "virtually certain"),
        (0.90, 2000, "very likely"),
        (0.8999, 2000, "likely"),
        (0.5, 2000, "about as likely as not"),
        (0.1, 2000, "unlikely"),
        (0.0999, 2000, "very unlikely"),
        (0.0, 2000, "exceptionally unlikely"),
        (0.5, 29, "too few worlds to say"),
        (math.nan, 0, "asked in no world"),
    ],
)
def test_verdicts_by_fixed_thresholds(probability: float, worlds: int, word: str):
    assert claims.verdict(probability, worlds) == word


def test_ledger_shows_condition_interval_and_number_of_worlds(run: Any):
    view = reader_of(run)
    rows = {row[0].text: row for row in of_run.claims_table(view).rows}
    bought = rows[made_up.MINIMAX]
    frame = run.outcomes.claims.set_index("claim").loc["minimax-bought"]
    condition = "only of worlds with MiniMax not profitable by April 2028"
    assert bought[0].sub == f"asked: MiniMax acquired by April 2028; {condition}"
    assert bought[1].bar == (frame["probability"], frame["low"], frame["high"])
    assert bought[3].text == f"{frame['worlds']:,}" and frame["worlds"] < 2000
    assert rows["A firm that never is does something"][2].text == "asked in no world"


def test_the_picture_says_what_exactly_is_asked_and_by_when(run: Any):
    drawn = claims.ledger(reader_of(run)).panels[0].layout["annotations"]
    text = " ".join(" ".join(one["text"].replace("<br>", " ") for one in drawn).split())
    for claim in run.scenario.claims:
        assert plotly_text(f"{claim.says} [{asked(run.scenario, claim)}]", 400) in text


def test_facts_say_whether_they_happened(run: Any):
    rows = of_run.facts_table(reader_of(run)).rows
    assert [row[1].text for row in rows] == ["yes", "yes", "no"]


@pytest.mark.parametrize(
    ("proposition", "text"),
    [
        ({"firm": "zero-one", "fate": "closed", "by": 24340}, "01.AI closed by May 2028"),
        ({"firm": "zhipu", "fate": "independent", "by": 24340}, "Zhipu independent in May 2028"),
        (
            {"count": {"state": "general"}, "at": 24340, "between": (2, 3)},
            "2 to 3 startups in the general race at the end of May 2028",
        ),
        (
            {"firm": "zhipu", "quantity": "value", "at": 24340, "below": {"at": 24316, "times": 0.5}},
            "Zhipu: valuation in May 2028 below 0.5 times what it was in May 2026",
        ),
        (
            {"market": "venture_year", "at": 24347, "above": 9000.0},
            "venture money in the calendar year in December 2028 above RMB 9,000 million",
        ),
        (
            {"market": "top_four_share", "at": 24347, "above": 0.9},
            "share of the four largest in the year's venture money in December 2028 above 90%",
        ),
        (
            {"firm": "zhipu", "quantity": "burn", "at": 24340, "above": 250},
            "Zhipu: net burn in May 2028 above RMB 250 million a month",
        ),
        (
            {"count": {"of": "six", "state": "independent"}, "at": 24340, "at_least": 6},
            "at least 6 of group six independent at the end of May 2028",
        ),
        (
            {"count": {"of": "startups", "state": "listed"}, "at": 24340, "at_least": 1},
            "at least 1 startup listed at the end of May 2028",
        ),
        (
            {"any": ({"not": {"endgame": True, "by": 24340}}, {"firm": "zhipu", "milestone": "listed", "by": 24340})},
            "the endgame has not begun by May 2028 or Zhipu listed by May 2028",
        ),
    ],
)
def test_propositions_in_words(run: Any, proposition: dict[str, Any], text: str):
    assert proposition_in_words(run.scenario, proposition) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Value("number", (1500.0,)), "1,500"),
        (Value("number", (0.05,)), "0.05"),
        (Value("uniform", (0.8, 1.2)), "uniform, 0.8 to 1.2"),
        (Value("triangular", (1.0, 2.0, 4.0)), "triangular, 1 to 4, most likely 2"),
        (Value("lognormal", (3.0, 0.4)), "lognormal, median 3, sd of log 0.4"),
        (Value("choice", (1.0, 2.0)), "one of 1, 2"),
    ],
)
def test_values_in_words(value: Value, text: str):
    assert (
        of_run.value_text(value, ASSUMPTIONS["assumptions.exchange.window"]) == of_run.value_text(value, None) == text
    )


def test_labels_are_moved_apart_and_stay_on_the_axis():
    places = spread_out([0.0, 0.01, 0.02, 0.5, 0.99, 1.0], 0.05, 0.0, 1.0)
    assert min(np.diff(places)) >= 0.05 - 1e-6
    assert min(places) >= 0 and max(places) <= 1
    assert places[3] == pytest.approx(0.5)
    assert spread_out([0.5, 0.5, 0.5], 0.05, 0.0, 1.0) == pytest.approx([0.45, 0.5, 0.55], abs=1e-4)
    assert spread_out([0.2, 0.2, 0.2], 0.6, 0.0, 1.0) == [0.0, 0.5, 1.0]


def test_scale_passes_through_zero_and_keeps_ticks_apart():
    scale = fans.Scale(0.1, (0.0, -1.0, 0.01, 0.1, 1.0, 10.0, 100.0))
    placed = scale.place(np.array([-1.0, 0.0, 1.0, 10.0, 100.0]))
    assert placed[1] == 0 and placed[0] == -placed[2]
    assert placed[4] - placed[3] == pytest.approx(np.log(10), rel=0.01)
    axis = scale.axis(-1.0, 100.0)
    assert axis["ticktext"] == ["−1", "0", "1", "10", "100"]
    assert min(np.diff(axis["tickvals"])) >= 0.1 * (placed[4] - placed[0]) - 1e-6
