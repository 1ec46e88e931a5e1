"""Events become changes in the order in which they apply."""

from small_scenario import TEXT, minimal

from sim.foundation.months import month_of
from sim.scenario.load import load_mapping, load_text
from sim.scenario.model import Change, Value

HAZARD = "assumptions.closure.hazard_month"


def test_every_part_of_a_change():
    war = month_of("2024-05"), month_of("2025-06")
    later = month_of("2026-01"), None
    price_war, after = "events.price-war", "events.later"
    between = Value("uniform", (0, 2), "assumption")
    assert load_text(TEXT).changes == (
        Change(HAZARD, *war, "times", Value("number", (0.5,), "S003-15"), price_war, "S003-15"),
        Change(
            "firms.zhipu.research_ambition", *war, "plus", Value("uniform", (0, 1), "S000-03"), price_war, "S000-03"
        ),
        Change(HAZARD, *later, "set", Value("number", (0.2,), "assumption"), after, "assumption"),
        Change("firms.lab.research_ambition", *later, "set", between, after, "assumption"),
    )


def test_by_month_and_then_in_file_order():
    events = {
        "c": {"date": "2025-01", "set": {HAZARD: 0.3}},
        "b": {"date": "2024-12", "set": {HAZARD: 0.1, "assumptions.closure.on": 0}},
        "a": {"date": "2025-01", "set": {HAZARD: 0.2}},
    }
    changes = load_mapping(minimal(events=events)).changes
    assert [(c.origin[-1], c.path.split(".")[-1]) for c in changes] == [
        ("b", "hazard_month"),
        ("b", "on"),
        ("c", "hazard_month"),
        ("a", "hazard_month"),
    ]


def test_a_change_may_last_one_month_and_cover_the_whole_horizon():
    one = {"date": "2023-07", "until": "2023-07", "set": {HAZARD: 1}}
    whole = {"date": "2023-07", "until": "2030-12", "set": {HAZARD: {"value": {"choice": [0, 1]}, "source": "s"}}}
    first, second = load_mapping(minimal(events={"one": one, "whole": whole})).changes
    assert first.first == first.last == month_of("2023-07")
    assert second.last == month_of("2030-12") and second.value == Value("choice", (0.0, 1.0), "s")


def test_an_event_may_be_told_and_set_nothing():
    event = {"date": "2024-01", "title": "标题", "note": "two\nlines", "source": "S1", "until": None, "set": {}}
    assert load_mapping(minimal(events={"e": event})).changes == ()
