"""Propositions are data with one exact grammar; what they need is collected as probes."""

import pytest
from small_scenario import TEXT, minimal

from sim.foundation.errors import InputError
from sim.foundation.histograms import LANDSCAPE, PATHS
from sim.foundation.months import month_of
from sim.scenario.load import load_mapping, load_text
from sim.scenario.model import Probe

FIRMS = {"a": {}, "b": {"kind": "giant"}, "lab": {"copies": 3}}
AT = "2025-06"
MONTH = month_of(AT)


def parsed(when, **more):
    return load_mapping(minimal(firms=FIRMS, groups={"both": ["a", "b"]}, claims={"c": {"when": when, **more}}))


GOOD = [
    ({"firm": "a", "fate": "acquired", "by": AT}, {"firm": "a", "fate": "acquired", "by": MONTH}),
    ({"firm": "b", "fate": "never_entered", "by": AT}, {"firm": "b", "fate": "never_entered", "by": MONTH}),
    ({"firm": "a", "milestone": "abandoned", "by": AT}, {"firm": "a", "milestone": "abandoned", "by": MONTH}),
    (
        {"count": {"state": "general"}, "at": AT, "at_most": 3},
        {"count": {"of": "startups", "state": "general"}, "at": MONTH, "at_most": 3},
    ),
    (
        {"count": {"of": "lab", "state": "closed"}, "at": AT, "between": [1, 2]},
        {"count": {"of": "lab", "state": "closed"}, "at": MONTH, "between": (1, 2)},
    ),
    ({"endgame": True, "by": AT}, {"endgame": True, "by": MONTH}),
    (
        {"firm": "a", "quantity": "cash", "at": AT, "above": -3},
        {"firm": "a", "quantity": "cash", "at": MONTH, "above": -3.0},
    ),
    (
        {"market": "dry_powder", "at": AT, "below": {"at": "2024-01"}},
        {"market": "dry_powder", "at": MONTH, "below": {"at": month_of("2024-01"), "times": 1.0}},
    ),
    (
        {"not": {"all": [{"any": [{"endgame": True, "by": AT}]}]}},
        {"not": {"all": ({"any": ({"endgame": True, "by": MONTH},)},)}},
    ),
]


@pytest.mark.parametrize(("when", "result"), GOOD)
def test_what_may_be_said(when, result):
    assert parsed(when).claims[0].when == result
    assert parsed({"endgame": True, "by": AT}, given=when).claims[0].given == result


def test_every_quantity_can_be_asked_for():
    for quantity in PATHS:
        when = {"firm": "a", "quantity": quantity.name, "at": "2025-12", "above": 1}
        assert parsed(when).probes == (Probe("a", quantity.name, month_of("2025-12")),)
    for quantity in LANDSCAPE:
        when = {"market": quantity.name, "at": "2025-12", "above": 1}
        assert parsed(when).probes == (Probe(None, quantity.name, month_of("2025-12")),)


def test_probes_are_collected_once_and_sorted():
    assert load_text(TEXT).probes == (
        Probe(None, "top_four_share", month_of("2026-12")),
        Probe("zhipu", "value", month_of("2026-04")),
        Probe("zhipu", "value", month_of("2028-04")),
    )
    cash = {"firm": "a", "quantity": "cash", "at": AT, "above": 1}
    assert len(parsed({"all": [cash, {"not": cash}]}, given=cash).probes) == 1


CASH = {"firm": "a", "quantity": "cash", "at": AT}
COUNT = {"count": {"state": "general"}, "at": AT}
BAD = [
    ({}, "no proposition", None),
    ([], "not a mapping", None),
    ("a.cash > 3", "not a mapping", None),
    (True, "not a mapping", None),
    ({"firm": "a", "fate": "acquired"}, "the key by is missing", None),
    ({"firm": "a", "by": AT}, "no proposition", None),
    ({"fate": "acquired", "by": AT}, "the key firm is missing", None),
    ({"firm": "a", "fate": "acquird", "by": AT}, "not a fate", "acquired"),
    ({"firm": "a", "fate": "listed", "by": AT}, "not a fate", None),
    ({"firm": "a", "milestone": "lsted", "by": AT}, "not a milestone", "listed"),
    ({"firm": "aa", "fate": "closed", "by": AT}, "not a firm", "a"),
    ({"firm": "lab", "fate": "closed", "by": AT}, "a group or a class, not a firm", None),
    ({"firm": "both", "quantity": "cash", "at": AT, "above": 1}, "a group or a class, not a firm", None),
    ({"firm": "b", "quantity": "cash", "at": AT, "above": 1}, "allowed: revenue, gap, talent, users", None),
    ({"firm": ["a"], "fate": "closed", "by": AT}, "not a firm", None),
    ({"firm": "a", "fate": "closed", "milestone": "listed", "by": AT}, "more than one proposition", None),
    ({"firm": "a", "fate": "closed", "at": AT}, "unknown key", None),
    ({"firm": "a", "fate": "closed", "by": "2031-01"}, "after the horizon", None),
    ({"firm": "a", "fate": "closed", "by": "2023-06"}, "before the horizon", None),
    ({"firm": "a", "fate": "closed", "by": 2025}, "not a month", None),
    ({"not": [{"endgame": True, "by": AT}]}, "not a mapping", None),
    ({"all": []}, "a list of 0", None),
    ({"any": {"endgame": True, "by": AT}}, "not a list", None),
    ({"endgame": False, "by": AT}, "not a proposition", None),
    ({"endgame": 1, "by": AT}, "neither true nor false", None),
    (COUNT, "0 of at_least, at_most, between", None),
    ({**COUNT, "at_least": 1, "at_most": 2}, "2 of at_least, at_most, between", None),
    ({**COUNT, "at_least": 1.5}, "not a whole number", None),
    ({**COUNT, "at_least": -1}, "outside its bounds", None),
    ({**COUNT, "between": [2, 1]}, "fewest above most", None),
    ({**COUNT, "between": [2]}, "a list of 1", None),
    ({**COUNT, "count": {"of": "bth", "state": "general"}, "at_least": 1}, "not a group", "both"),
    ({**COUNT, "count": {"of": "both"}, "at_least": 1}, "the key state is missing", None),
    ({**COUNT, "count": {"state": "genral"}, "at_least": 1}, "not a state", "general"),
    ({**COUNT, "count": 3, "at_least": 1}, "not a mapping", None),
    (CASH, "0 of above, below", None),
    ({**CASH, "above": 1, "below": 2}, "2 of above, below", None),
    ({**CASH, "above": "1"}, "not a number", None),
    ({**CASH, "above": float("nan")}, "not a finite number", None),
    ({**CASH, "above": {"times": 2}}, "the key at is missing", None),
    ({**CASH, "above": {"at": AT, "times": -1}}, "outside its bounds", None),
    ({**CASH, "above": {"at": "2031-01"}}, "after the horizon", None),
    ({**CASH, "quantity": "csh", "above": 1}, "not a quantity of a firm", "cash"),
    ({**CASH, "quantity": "dry_powder", "above": 1}, "not a quantity of a firm", None),
    ({"market": "cash", "at": AT, "above": 1}, "not a quantity of the market", None),
    ({"market": "venture_year", "at": AT, "above": 1}, "observed once a year", "2025-12"),
    ({"market": "top_four_share", "at": "2025-12", "above": {"at": AT}}, "observed once a year", "2025-12"),
]


@pytest.mark.parametrize(("when", "words", "nearest"), BAD)
def test_what_may_not_be_said(when, words, nearest):
    for place in ("when", "given"):
        with pytest.raises(InputError) as caught:
            parsed(when) if place == "when" else parsed({"endgame": True, "by": AT}, given=when)
        assert words in str(caught.value)
        assert caught.value.key.startswith(f"claims.c.{place}")
        if nearest is not None:
            assert caught.value.nearest == nearest


def test_facts_say_whether_they_happened_and_claims_do_not():
    when = {"endgame": True, "by": AT}
    with pytest.raises(InputError, match="the key happened is missing"):
        load_mapping(minimal(facts={"f": {"when": when}}))
    with pytest.raises(InputError, match="unknown key"):
        load_mapping(minimal(claims={"f": {"when": when, "happened": True}}))
    with pytest.raises(InputError, match="the key when is missing"):
        load_mapping(minimal(claims={"f": {"says": "nothing"}}))
    assert load_mapping(minimal(facts={"f": {"when": when, "happened": False}})).facts[0].happened is False
    assert load_mapping(minimal(claims={"f": {"when": when, "given": None}})).claims[0].given is None
