"""Life stories: what is told, with which numbers, and which worlds are told."""

from __future__ import annotations

import re
import statistics
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from synthetic_runs import START, block_of, firm, live, scenario, still

import sim
from sim.engine.simulate import simulate
from sim.foundation import causes
from sim.foundation.columns import ACQUIRED, CLOSED, EVENT, EVENTS, INDEPENDENT, LOG_DTYPE, NEVER
from sim.outcomes.typical_worlds import distances, features, typical_worlds
from sim.scenario.load import load
from sim.words.events import SENTENCES, Moment
from sim.words.life_stories import chosen_stories, life_stories
from sim.words.numbers import ordinal, rounded, rounded_money

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def log(*rows: tuple[Any, ...]) -> np.ndarray:
    """Events of world 9: (tick, row, event name, value, cause, saw, valuation after it or nothing)."""
    return np.array([(9, t, f, EVENT[e], v, c, s, sum(w), -1) for t, f, e, v, c, s, *w in rows], LOG_DTYPE)


def lines(stories: list[Any], name: str) -> list[str]:
    return [sentence.line for story in stories if story.firm == name for sentence in story.sentences]


def test_a_life_with_dates_amounts_and_causes() -> None:
    question = scenario((firm("zhipu"), firm("other")), 90)
    stories = life_stories(
        question,
        log(
            (1, 1, "entry", 900.0, causes.ON_DATE, 0.7),
            (9, 0, "round", 4300.4, causes.SCORE_HIGH, 0.44),
            (11, 0, "spin-off", 150.0, causes.SIDE_BUSINESS, 8.6),
            (12, -1, "climate", 2.0, causes.CLIMATE_TURNED, 2.0),
            (15, 0, "down round", 800.0, causes.BELOW_POST_MONEY, 17900.0, 15125.0),
            (30, 0, "pivot", 0.0, causes.FELL_BEHIND, 1.26),
            (62, 0, "closure", -12.3, causes.OUT_OF_MONEY, -12.3),
        ),
        np.array([0, 1]),
    )
    assert [story.firm for story in stories] == ["zhipu", "other", "market"]
    assert lines(stories, "zhipu") == [
        "At the opening: there from the start",
        "March 2024: raised RMB 4,300 million, its 1st round since the start: investors' score 0.4 above the bar",
        "May 2024: sold a side business for RMB 150 million, its runway down to 9 months",
        "September 2024: raised RMB 800 million at 14,325 pre-money, its 2nd round since the start, 20% below the last "
        "post-money of 17,900: a down round",
        "December 2025: left the general race, dropping its core technology (light): 1.26 generations behind the "
        "frontier and short of cash for its full plan",
        "August 2028: out of money: closed RMB 12 million short of its bills",
    ]
    assert lines(stories, "other") == [
        "July 2023: entered with RMB 900 million in cash, 0.70 generations behind the frontier",
        "December 2030: still independent, in the general race",
    ]
    assert lines(stories, "market") == ["June 2024: the climate for capital turned cold"]
    assert [story.fate for story in stories] == ["closed", "independent", ""]
    told = stories[0].sentences[1]
    assert (told.tick, told.date, told.event, told.value) == (9, "2024-03", "round", 4300.4)
    assert told.cause == "investors' score high enough"


def test_refusals_in_a_row_and_a_years_poaching_are_told_once() -> None:
    question = scenario((firm("a"),), 24)
    stories = life_stories(
        question,
        log(
            *((tick, 0, "refused", float(tick), causes.SCORE_LOW, -0.25) for tick in (1, 2, 3)),
            (3, 0, "poached", 0.11, causes.TALENT_POACHED, 0.11),
            (4, 0, "refused", 4.0, causes.SCORE_LOW, -0.26),
            (6, 0, "poached", 0.02, causes.TALENT_POACHED, 0.02),
            (6, 0, "round", 20.0, causes.SCORE_HIGH, 0.01),
            (7, 0, "refused", 1.0, causes.SCORE_LOW, -0.3),
            (9, 0, "poached", 0.09, causes.TALENT_POACHED, 0.09),
            (10, 0, "acquisition", 55.0, causes.REFUSED, 3.0),
        ),
        np.array([0]),
    )
    assert lines(stories, "a")[1:] == [
        "October 2023: refused by capital for 4 months: its score 0.3 below the bar",
        "December 2023: lost 0.13 of its talent (index) to giants and leaders within the year",
        "December 2023: raised RMB 20 million, its 1st round since the start: investors' score less than 0.1 above the "
        "bar",
        "January 2024: refused by capital for 1 month: its score 0.3 below the bar",
        "April 2024: acquired for RMB 55 million, after capital had refused it for 3 months",
    ]


def test_reports_are_in_a_row_where_none_between_them_was_good() -> None:
    """Cut by a tenth at ticks 6, 12 and 18, not at 24, again at 30; a refusal between, which only a trace records."""
    question = scenario((firm("a"),), 40)
    reports = [(tick, 0, "report cut", 0.1, causes.BELOW_PATH, 0.8) for tick in (6, 12, 18, 30)]
    refusal = (14, 0, "refused", 1.0, causes.SCORE_LOW, -0.3)
    for recorded in (reports, [*reports[:2], refusal, *reports[2:]]):
        told = [line for line in lines(life_stories(question, log(*recorded), np.array([0])), "a") if "report" in line]
        said = "reported revenue 80% of what was expected, and a loss"
        assert told == [
            f"December 2023: {said}: its price fell by 10%",
            f"June 2024: {said}: its price fell by 10%, the 2nd cut in a row",
            f"December 2024: {said}: its price fell by 10%, the 3rd cut in a row",
            f"December 2025: {said}: its price fell by 10%",
        ]


def test_who_never_entered_and_who_was_listed_before() -> None:
    question = scenario((firm("late"), firm("old", listed=START - 3, pivoted=START - 9), firm("crowd", copies=2)), 24)
    stories = life_stories(question, log(), np.array([NEVER, -20, 0, 0]))
    assert lines(stories, "late") == ["June 2025: it never entered"]
    assert lines(stories, "old") == [
        "At the opening: there from the start, listed since April 2023, out of the general race since October 2022",
        "June 2025: still independent, listed, out of the general race",
    ]
    assert [(story.firm, story.name) for story in stories[2:]] == [
        ("crowd-001", "Crowd 001"),
        ("crowd-002", "Crowd 002"),
    ]
    assert stories[0].fate == "never_entered"


@pytest.mark.parametrize("event", EVENTS)
def test_every_event_is_told_whatever_its_cause(event: str) -> None:
    question = scenario((firm("a"),), 24, currency="US$ million")
    for cause in range(len(causes.CAUSES)):
        text = life_stories(question, log((3, 0, event, 1.0, cause, 0.5)), np.array([2]))[0].sentences[0].text
        assert text and "{" not in text and "nan" not in text
    assert set(SENTENCES) == set(EVENTS)


def test_numbers_as_people_write_them() -> None:
    assert [rounded(x) for x in (4300.4, 7.54, 3.0, -0.01, -12.3, 0, 1e6)] == [
        *("4,300", "7.5", "3", "0", "-12", "0", "1,000,000"),
    ]
    assert [ordinal(x) for x in (1, 2, 3, 4, 11, 12, 13, 21, 112)] == [
        *("1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th"),
    ]
    assert rounded_money(1234, "RMB million") == "RMB 1,234 million"
    assert rounded_money(1234, "credits") == "1,234 credits"


def test_why_a_firm_could_not_list_names_what_it_lacks() -> None:
    def told(cause: int, saw: float) -> str:
        return SENTENCES["cannot list"](Moment(4000.0, cause, saw, 1, "RMB million", 4000.0, ""))

    could_not = "was to list, as the scenario has it, and could not: "
    assert told(causes.TOO_YOUNG, 2.5) == could_not + "it is too young for the exchange, 30 months old"
    gate = told(causes.GATE_NOT_PASSED, 120.0)
    assert gate.startswith(could_not + "it does not pass the gate, with revenue of RMB 120 million")
    assert gate.endswith("and a valuation of RMB 4,000 million")


def test_exits_by_chance_are_told_as_such() -> None:
    def told(event: str, value: float, cause: int, saw: float, other: str = "") -> str:
        return SENTENCES[event](Moment(value, cause, saw, 1, "RMB million", 0.0, other))

    young = "closed young by chance, 5 months after its entry, with RMB 40 million in cash"
    assert told("closure", 40, causes.NEWNESS, 5) == young
    by_chance = "acquired by {} for RMB 420 million, by chance (hazard 2% a month)"
    assert told("acquisition", 420, causes.ACQUISITION_HAZARD, 0.02, "Alibaba") == by_chance.format("Alibaba")
    outside = by_chance.format("a buyer from outside the industry")
    assert told("acquisition", 420, causes.ACQUISITION_HAZARD, 0.02) == outside


def test_the_typical_world_is_the_middling_medoid_and_the_others_are_far() -> None:
    question = scenario((*(firm(f"firm-{k}") for k in range(6)), firm("g", "giant")), 24)
    histories = live(np.random.default_rng(2), 400, 7, 24, close=0.03, listing=0.03)
    chosen = typical_worlds(question, histories)
    table, weights = features(question, histories)
    assert table.shape == (400, 30)  # a giant's fate makes no world different
    total = np.array([distances(table, weights, index).sum() for index in range(400)])
    left = (histories["fate"][:, :6] == INDEPENDENT).sum(axis=1)
    racing = ((histories["fate"] == INDEPENDENT) & (histories["pivot_month"] == NEVER))[:, :6].sum(axis=1)
    middle = left == statistics.median_high(left.tolist())
    as_many = middle & (racing == statistics.median_high(racing[middle].tolist()))
    assert total.min() < total[middle].min() < total[as_many].min(), "both counts decide"
    assert total[chosen[0]] == total[as_many].min()
    assert distances(table, weights, chosen[0])[chosen[1]] == distances(table, weights, chosen[0]).max()
    nearest = np.minimum(distances(table, weights, chosen[0]), distances(table, weights, chosen[1]))
    assert nearest[chosen[2]] == nearest.max() > 0
    assert chosen == typical_worlds(question, histories)


def test_worlds_that_end_alike_are_told_once() -> None:
    question = scenario((firm("a"),), 24)
    histories = still(5, 1)
    assert typical_worlds(question, histories) == [0]
    histories["exit_month"][3], histories["fate"][3] = 7, CLOSED
    assert typical_worlds(question, histories) == [0, 3]
    assert typical_worlds(scenario((firm("g", "giant"),), 24), still(5, 1)) == [0]


def test_of_equal_worlds_the_one_with_the_middle_dates_is_typical() -> None:
    question = scenario((firm("a"),), 24)
    histories = still(5, 1)
    histories["exit_month"][:, 0], histories["fate"] = [3, 20, 9, 8, 24], ACQUIRED
    assert typical_worlds(question, histories) == [2]


def test_three_worlds_are_chosen_from_blocks_and_told() -> None:
    question = scenario((firm("a"), firm("b")), 24)
    histories = still(6, 2)
    histories["fate"][4], histories["exit_month"][4] = CLOSED, 5
    histories["fate"][5, 0], histories["exit_month"][5, 0] = ACQUIRED, 5
    shut = (("closure", 0.0, causes.OUT_OF_MONEY, 0.0), ("acquisition", 90.0, causes.DISTRESSED, 2.0))
    events = log((5, 0, *shut[0]), (5, 1, *shut[0]), (5, 0, *shut[1]))
    events["world"] = 24, 24, 25
    parts = [block_of(question, histories[:3], 20), block_of(question, histories[3:], 23, events=events)]
    stories = chosen_stories(question, lambda: parts)
    assert [story.world for story in stories] == [20, 24, 25]
    assert stories[0].title == "World 20: a typical one"
    assert stories[0].ending == "Independent at the end: A and B." and stories[0].told() == []
    assert [(life.firm, said.event) for life, said in stories[1].told()] == [("a", "closure"), ("b", "closure")]
    assert stories[1].ending == "No startup is independent at the end."
    assert stories[2].ending == "Independent at the end: B."
    assert lines(list(stories[1].lives), "b")[1:] == ["November 2023: out of money: closed without cash"]
    assert chosen_stories(question, list) == []


def test_every_down_round_is_below_and_every_other_round_is_not() -> None:
    """What the sentences say of many worlds of the flagship is arithmetically true, and said of the right rounds."""
    flagship = replace(load(SCENARIOS / "six-dragons.yaml"), worlds=5)
    amount = r"RMB ([\d,.]+) million"
    down = re.compile(
        rf"raised {amount} at ([\d,.]+) pre-money, .*?(?:([\d.]+)%|just) below the last post-money of ([\d,.]+): a"
    )
    plain = re.compile(rf"raised {amount} at ([\d,.]+) post-money, its")
    strategic = re.compile(
        rf"strategic investors put in {amount} at ([\d,.]+) (post|pre)-money, its \d+\w\w round since the start(.*)$"
    )
    checked = chosen = cheaper = 0
    for world in range(flagship.worlds):
        told = sim.trace(flagship, world)
        for story in life_stories(flagship, told.events, told.firms[-1]["entry_month"]):
            last = 0.0
            for sentence in story.sentences:
                if found := strategic.search(sentence.text):  # at the value in force, whatever the last price was
                    amount_in, price = (float(part.replace(",", "")) for part in found.groups()[:2])
                    fell = found[3] == "pre"
                    assert fell == found[4].endswith("a down round")
                    before, now = (price, price + amount_in) if fell else (price - amount_in, price)
                    assert 0 < amount_in < now and (before <= last + 1 if fell else before >= last - 2), sentence.text
                    last, chosen, cheaper = now, chosen + 1, cheaper + fell
                    continue
                found = down.search(sentence.text) or plain.search(sentence.text)
                if found is None:
                    assert "down round" not in sentence.text
                    continue
                money = [float((part or "0").replace(",", "")) for part in found.groups()]
                if len(money) == 4:
                    raised, before, below, post = money  # below is 0 where it is said to be just below
                    assert before - 1 < post and abs(100 * (1 - before / post) - below) <= (
                        0.6 if below >= 10 else 0.1
                    ), sentence.text
                    assert last == 0 or abs(post - last) <= 1, "the last post-money is what the last round ended at"
                    last = before + raised
                    checked += 1
                else:
                    assert money[1] - money[0] >= last - 2, f"a down round is told as another: {sentence.text}"
                    last = money[1]
    assert checked >= 10 and chosen >= 10 and cheaper >= 1


def test_the_page_tells_a_world_in_the_words_of_trace() -> None:
    """Whatever is told of a world from its milestones is a sentence of the world that is replayed whole."""
    flagship = replace(load(SCENARIOS / "six-dragons.yaml"), worlds=24)
    stories = chosen_stories(flagship, lambda: [simulate(flagship, 0, flagship.worlds)])
    assert len(stories) == 3
    for story in stories:
        told = sim.trace(flagship, story.world)
        lives = life_stories(flagship, told.events, told.firms[-1]["entry_month"])
        known = {(life.firm, sentence) for life in lives for sentence in life.sentences}
        page = {(life.firm, sentence) for life in story.lives for sentence in life.sentences}
        assert len(story.told()) > 20
        assert page <= known


def test_what_came_at_once_and_what_the_books_last_said() -> None:
    """A sale in the month of the abandonment; a test judged by books that are half a year old when it comes."""
    question = scenario((firm("a"),), 40)
    told = log(
        (24, 0, "listing", 900.0, causes.GATE_PASSED, 120.0),
        (30, 0, "abandonment", 500.0, causes.TEST_FAILED, -87.0),
        (30, 0, "acquisition", 300.0, causes.ABANDONED, 0.0),
    )
    assert [line.partition(": ")[2] for line in lines(life_stories(question, told, np.array([0])), "a")[1:]] == [
        "listed at a valuation of RMB 900 million, on revenue of RMB 120 million in the twelve months last reported",
        "failed the profitability test, abandoned when it was valued at RMB 500 million: operating cash flow of RMB "
        "-87 million in the twelve months last reported",
        "acquired for RMB 300 million, in the month in which the market abandoned it",
    ]


def test_a_pivot_names_the_reason_that_weighed_most() -> None:
    def told(cause: int, saw: float) -> str:
        return SENTENCES["pivot"](Moment(1.0, cause, saw, 0, "RMB million")).partition("(deep): ")[2]

    assert told(causes.FELL_BEHIND, 0.4) == "0.40 generations behind the frontier and short of cash for its full plan"
    assert told(causes.NO_PACE, 1.3) == "too far off to keep pace, 1.30 generations behind the frontier"
    assert told(causes.LEAD_GONE, 0.12) == "its lead over open source, 0.12 generations, was no longer worth its cost"
    assert told(causes.LEAD_GONE, -0.2) == "open source had overtaken it, 0.20 generations behind"
    assert told(causes.LEAD_GONE, 0.004) == told(causes.LEAD_GONE, -0.004) == "open source had caught up with it"


def test_rounds_of_all_investors_are_counted_together_and_a_cheaper_one_is_called_so() -> None:
    """State money after a round at 1,000 and before it at 800; then a round, which is the third."""
    told = log(
        (3, 0, "strategic round", 100.0, causes.CHOSEN, 0.2, 1000.0),
        (5, 0, "strategic round", 200.0, causes.CHOSEN, 0.2, 1000.0),
        (9, 0, "round", 500.0, causes.SCORE_HIGH, 0.4, 2000.0),
    )
    assert [
        line.partition(": ")[2] for line in lines(life_stories(scenario((firm("a"),), 24), told, np.array([0])), "a")
    ][1:4] == [
        "state-linked or strategic investors put in RMB 100 million at 1,000 post-money, its 1st round since the start",
        "state-linked or strategic investors put in RMB 200 million at 800 pre-money, its 2nd round since the start, "
        "20% below the last post-money of 1,000: a down round",
        "raised RMB 500 million at 2,000 post-money, its 3rd round since the start: investors' score 0.4 above the bar",
    ]


def test_a_search_for_money_is_told_as_one_story() -> None:
    """Twice out for the same money; failures in a row are told once, with what the last one came to."""
    told = log(
        (2, 0, "seeks money", 900.0, causes.PLAN_SHORT, 16.6),
        (8, 0, "seeks money", 500.0, causes.PLAN_SHORT, 12.0),
        (11, 0, "round failed", 40.0, causes.POWDER_LOW, 2000.0, 960.0),
        (12, 0, "refused", 2.0, causes.SCORE_LOW, -0.3, 960.0),
        (13, 0, "round failed", 30.0, causes.POWDER_LOW, 2000.0, 970.0),
        (14, 0, "round failed", 50.0, causes.POWDER_LOW, 3000.0, 950.0),
        (15, 0, "round", 300.0, causes.SCORE_HIGH, 0.4, 1200.0),
        (20, 0, "seeks money", 700.0, causes.CAPITAL_HOT, 5.0),
    )
    story = lines(life_stories(scenario((firm("a"),), 24), told, np.array([0])), "a")[1:-1]
    assert [line.partition(": ")[2] for line in story] == [
        "set out to raise money with RMB 900 million in cash: cash for 17 months of its full plan",
        "set out again to raise money with RMB 500 million in cash: cash for 12 months of its full plan",
        "a round failed: it came to RMB 40 million, too little for a round, of RMB 2,000 million of dry powder in all",
        "refused by capital for 2 months: its score 0.3 below the bar",
        "a round failed, for the 2nd month in a row: it came to RMB 50 million, too little for a round, of RMB 3,000 "
        "million of dry powder in all",
        "raised RMB 300 million at 1,200 post-money, its 1st round since the start: investors' score 0.4 above the bar",
        "set out to raise money with RMB 700 million in cash: capital is hot",
    ]


def test_a_round_that_came_to_nothing() -> None:
    told = log((11, 0, "round failed", 0.0, causes.POWDER_LOW, 70.0, 960.0))
    story = lines(life_stories(scenario((firm("a"),), 24), told, np.array([0])), "a")[1]
    assert story.endswith(": a round failed: it came to nothing, of RMB 70 million of dry powder in all")


def test_a_giant_has_no_cash_and_no_independence_to_tell_of() -> None:
    told = log((6, 0, "entry", 1000.0, causes.ON_DATE, 0.75))
    assert lines(life_stories(scenario((firm("g", "giant"),), 24), told, np.array([6])), "g") == [
        "December 2023: entered, 0.75 generations behind the frontier",
        "June 2025: still in the general race",
    ]
