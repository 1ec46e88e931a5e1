"""Flips told with their flags, the world worth telling, and the sentence to quote."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from synthetic_runs import firm, scenario, still

from sim.foundation.columns import ACQUIRED, CLOSED
from sim.laws.catalogue import ASSUMPTIONS, FIRM_ASSUMPTIONS
from sim.outcomes import quoted
from sim.outcomes.fates_turned import TurnedFate, TurnedFates, telling
from sim.outcomes.intervals import paired_score
from sim.scenario.load import load_text
from sim.words import changes, differences
from sim.words.changes import path_in_words
from sim.words.differences import as_contrasts, as_effects, told_first
from sim.words.headlines import of_other_run, of_variant
from sim.words.months import deadline
from sim.words.numbers import points

CAST = (firm("alpha"), firm("beta"), firm("crowd", copies=2), firm("giant", "giant"))


def gone(histories: np.ndarray, world: int, row: int, fate: int) -> None:
    histories["exit_month"][world, row] = 5
    histories["fate"][world, row] = fate


def flipped() -> TurnedFates:
    """Six worlds: alpha turns from listed and independent to closed in two, in one of which beta turns too."""
    question = scenario(CAST, 12)
    base, variant = still(6, 5), still(6, 5)
    base["listing_month"][:, 0] = 12  # the last month
    variant["listing_month"][:, 0] = 12
    gone(variant, 1, 0, CLOSED)
    gone(variant, 1, 1, ACQUIRED)
    gone(variant, 4, 0, CLOSED)
    variant["pivot_month"][2, 1] = 12
    gone(base, 5, 3, ACQUIRED)
    flips = TurnedFates(question, question)
    flips.add(np.arange(2), base[:2], variant[:2])
    flips.add(np.array([2, 3, 14, 15]), base[2:], variant[2:])  # worlds between them are set aside
    return flips


def test_flips_are_counted_by_firm_with_their_flags():
    rows = flipped().frame("v").to_dict("records")
    told = {(r["firm"], r["base_fate"], r["variant_fate"]): (r["worlds"], r["share"]) for r in rows}
    assert told == {
        ("alpha", "independent+listed", "closed+listed"): (2, 2 / 6),
        ("beta", "independent", "acquired"): (1, 1 / 6),
        ("beta", "independent", "independent+pivoted"): (1, 1 / 6),
        ("crowd", "acquired", "independent"): (1, 1 / 12),
    }
    assert {r["variant"] for r in rows} == {"v"}


def test_the_same_worlds_flip_nothing():
    question, worlds = scenario(CAST, 12), still(6, 5)
    flips = TurnedFates(question, question)
    flips.add(np.arange(len(worlds)), worlds, worlds.copy())
    assert flips.frame("v").empty
    assert telling(flips.flips(), ["alpha"], None) is None


def test_the_world_to_tell_is_one_in_which_little_else_turns():
    flips = flipped().flips()
    told = telling(flips, ["alpha", "beta"], {"firm": "alpha", "difference": -0.3})
    assert told is not None
    assert (told.firm, told.world, told.worlds, told.variant_fate) == ("alpha", 14, 2, "closed+listed")
    other = telling(flips, ["alpha", "beta"], {"firm": "beta", "difference": -0.1})
    assert other is not None and (other.firm, other.variant_fate) == ("beta", "acquired")
    crowd = telling(flips, ["crowd"], {"firm": "crowd", "difference": 0.1})
    assert crowd is not None and (crowd.row, crowd.world) == ("crowd-002", 15)


def test_the_world_to_tell_turns_in_the_direction_of_the_difference():
    """Five worlds lose the firm and three gain it: where the difference is a gain, one of the three is told."""
    lost = TurnedFate("alpha", "independent+listed", "closed", 5, 11, "alpha")
    gained = TurnedFate("alpha", "acquired", "independent", 3, 12, "alpha")
    turned = TurnedFate("alpha", "acquired", "closed", 9, 13, "alpha")
    flips = [lost, gained, turned]
    assert telling(flips, ["alpha"], {"firm": "alpha", "difference": -0.1}) == lost
    assert telling(flips, ["alpha"], {"firm": "alpha", "difference": 0.1}) == gained
    assert (
        telling([turned, lost], ["alpha"], {"firm": "alpha", "difference": 0.1}) == turned
    )  # none gains: the commonest
    assert telling(flips, ["alpha"], None) == turned


def row(firm_id: str, quantity: str, difference: float, half: float, date: str = "2028-12") -> dict[str, Any]:
    bounds = {"low": difference - half, "high": difference + half}
    return {"firm": firm_id, "quantity": quantity, "date": date, "difference": difference, **bounds}


QUESTION = scenario(CAST, 90)


def effects(rows: list[dict[str, Any]], subject: str, worlds: int, focus: tuple[str, ...] = ()) -> str:
    return told_first(QUESTION, rows, focus, as_effects(QUESTION, subject, worlds))


def contrasts(rows: list[dict[str, Any]], focus: tuple[str, ...] = ()) -> str:
    return told_first(QUESTION, rows, focus, as_contrasts(QUESTION, "a", "b"))


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (row("alpha", "survival", -0.31, 0.012), "costs Alpha 31 points of survival by the end of 2028"),
        (row("alpha", "survival", 0.042, 0.012, "2028-03"), "gives Alpha 4.2 points of survival by March 2028"),
        (row("beta", "general", -0.01, 0.001), "costs Beta 1 point of staying in the general race by the end of 2028"),
        (row("beta", "listed", -0.6, 0.001), "makes Beta 60 points less likely to list by the end of 2028"),
        (row("all", "endgame", 0.05, 0.01), "makes the endgame 5 points more likely by the end of 2028"),
        (row("all", "independents_left", -0.4, 0.1), "leaves 0.4 fewer startups independent by the end of 2028"),
        (row("startups", "survival", 0.5, 0.1), "gives all startups 50 points of survival by the end of 2028"),
        (row("beta", "raised", 1234.0, 10.0), "gives Beta RMB 1,234 million of money raised"),
    ],
)
def test_effects_in_words(told, words):
    assert differences.effect(QUESTION, told).startswith(words)


def test_the_sentence_quotes_the_largest_sure_difference_of_survival():
    rows = [
        row("alpha", "survival", -0.05, 0.01),
        row("beta", "survival", 0.20, 0.15),  # larger, but an interval twice as wide would hold zero
        row("alpha", "listed", -0.9, 0.01),  # larger, but not survival
        row("giant", "survival", -0.8, 0.01),  # a giant
        row("startups", "survival", -0.6, 0.01),  # a group
    ]
    assert quoted.largest(QUESTION, rows) == rows[0]
    assert quoted.largest(QUESTION, rows[1:]) == rows[2]
    assert quoted.largest(QUESTION, [rows[1]]) is None
    said = effects(rows, "Shutting the listing window", 400)
    assert said == "Shutting the listing window costs Alpha 5 points of survival by the end of 2028, plus or minus 1.0"
    assert effects([], "It", 4000) == "It makes no difference that 4,000 worlds can surely tell from chance"
    same = of_variant(QUESTION, QUESTION, ("it", ["seed=1"]), [], (QUESTION.end, True, 1))
    assert same.endswith("changes nothing: both histories are the same in every world")


def test_a_tiny_difference_is_told_only_where_there_is_none_larger():
    tiny, other = row("alpha", "survival", -0.002, 0.0001), row("beta", "acquired", 0.05, 0.01)
    assert quoted.largest(QUESTION, [tiny, other]) == other
    assert quoted.largest(QUESTION, [tiny]) == tiny


BASE = load_text(
    """
start: 2023-07
end: 2024-06
currency: USD million
firms: {alpha: {name: Alpha AI}}
events:
  war: {date: 2024-01, set: {assumptions.price_war.depth: 0.5}}
"""
)


@pytest.mark.parametrize(
    ("sets", "words"),
    [
        (["assumptions.exchange.window=0@2025-07"], "Shutting the listing window in July 2025"),
        (
            ["assumptions.exchange.window=0@2025-07..2025-12"],
            "Shutting the listing window from July 2025 to December 2025",
        ),
        (["assumptions.listing.strength=0"], "Switching the second iron law (listing) off"),
        (
            ["assumptions.listing.strength=0.5@2024-02"],
            "Setting the strength of the second iron law (listing) to 0.5 from February 2024",
        ),
        (["assumptions.price_war.on=0"], "Switching price war off"),
        (["assumptions.exchange.scarcity={times: 2}"], "Multiplying 'premium of the only listed one, shared as more"),
        (["firms.alpha.cash={plus: -100}"], "Lowering Alpha AI's 'cash at entry' by USD 100 million"),
        (["events.war.date=2024-03"], "Setting the date of the event war to 2024-03"),
        (["firms.alpha.seeks_capital=0@2024-01"], "Assuming that Alpha AI lives from its own money from January 2024"),
        (["assumptions.pivot.may_list=0"], "Assuming that pivoted firms may not list"),
        (["assumptions.climate.regime=-1"], "Assuming that the climate for capital turns by chance"),
        (
            ["assumptions.rounds.seek_runway=9"],
            "Setting 'months of its full plan in cash below which it seeks money' to 9",
        ),
        (["assumptions.burn.on=0", "assumptions.talent.on=0"], "Switching burn off and switching talent off"),
        (["assumptions.burn.on=0", "assumptions.talent.on=0", "assumptions.demand.on=0"], "Making 3 changes"),
        (["assumptions.exchange.scarcity={uniform: [0, 1]}"], "Drawing 'premium of the only listed one"),
    ],
)
def test_changes_in_words(sets, words):
    assert changes.change_in_words(BASE, sets).startswith(words)


def test_no_switch_leaks_its_declaration_into_a_sentence():
    """What every value of every switch is called is said, and nothing of how it is declared."""
    labelled = {**ASSUMPTIONS, **{f"firms.alpha.{name}": one for name, one in FIRM_ASSUMPTIONS.items()}}
    switches = {path: one for path, one in labelled.items() if one.unit in ("switch", "code")}
    assert len(switches) > 20
    for path, declared in switches.items():
        assert sorted(value for value, _ in declared.labels) == list(range(int(declared.low), int(declared.high) + 1))
        for value, _ in declared.labels:
            said = changes.change_in_words(BASE, [f"{path}={value}"])
            assert "0:" not in said and "1:" not in said and path not in said
        assert "0:" not in path_in_words(BASE, path)


def test_the_horizon_comes_first_and_an_earlier_date_only_as_a_second_sentence():
    """12 points at the end of 2029, 1.7 ± 4.3 at the horizon: that nothing is left is said first."""
    earlier = row("alpha", "survival", 0.12, 0.03, "2029-12")
    unsure = row("alpha", "survival", 0.017, 0.043, "2030-12")
    said = effects([earlier, unsure], "Cheaper money", 500)
    assert said == (
        "Cheaper money makes no difference at the horizon, December 2030, that 500 worlds can surely tell from chance. "
        "Before the horizon it does: it gives Alpha 12 points of survival by the end of 2029, plus or minus 3.0"
    )
    sure = row("alpha", "survival", 0.05, 0.01, "2030-12")
    said = effects([earlier, sure], "Cheaper money", 500)
    assert said == (
        "Cheaper money gives Alpha 5 points of survival by the end of 2030, plus or minus 1.0. The difference is "
        "larger earlier: it gives Alpha 12 points of survival by the end of 2029, plus or minus 3.0"
    )
    close = row("alpha", "survival", 0.10, 0.01, "2030-12")
    said = effects([earlier, close], "Cheaper money", 500)
    assert said == "Cheaper money gives Alpha 10 points of survival by the end of 2030, plus or minus 1.0"
    told = {**earlier, "base": 0.5, "variant_value": 0.62}
    said = contrasts([told, unsure])
    assert said.startswith("Nothing surely tells b from a at the horizon, December 2030. Before the horizon: Alpha ")


def test_a_lopsided_interval_is_told_by_its_ends():
    """Seven worlds of a thousand flip down, none up."""
    low, high = (float(bound) for bound in paired_score(0, 7, 1000))
    told = {"firm": "alpha", "quantity": "survival", "date": "2030-12", "difference": -0.007, "low": low, "high": high}
    assert (round(100 * low, 1), round(100 * high, 1)) == (-1.4, -0.3)
    assert differences.interval(QUESTION, told) == "95% interval 0.3 to 1.4"


def test_a_comparison_in_words():
    told = {**row("alpha", "survival", -0.31, 0.012), "base": 0.58, "variant_value": 0.27}
    said = contrasts([told])
    assert said.startswith("Alpha survives to the end of 2028 in 58% of worlds of a and in 27% of b: 31 points apart")
    pooled = {**told, "firm": "crowd"}
    said = contrasts([pooled])
    assert said.startswith("Of the firms of Crowd, 58% survive to the end of 2028 in a and 27% in b: 31 points apart")
    assert contrasts([]) == "Nothing surely tells b from a"
    assert of_other_run(QUESTION, [], ("a", "b"), same=True) == "a and b are the same worlds"


def test_dates_and_points():
    assert deadline("2030-12") == "the end of 2030"
    assert points(0.0004) == "0.04 points"
    assert points(-0.1) == "10 points"
