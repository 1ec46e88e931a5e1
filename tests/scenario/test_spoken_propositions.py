"""Short propositions, as they are typed where a claim is asked for."""

import pytest

from sim.foundation.errors import InputError
from sim.scenario import spoken
from sim.scenario.load import load
from sim.scenario.model import Scenario
from sim.study.claims_asked import claim_of, condition_of
from sim.words.propositions import claim_named, proposition_in_words

MAY_2028 = 2028 * 12 + 4


@pytest.fixture(scope="module")
def flagship() -> Scenario:
    return load("scenarios/six-dragons.yaml")


@pytest.mark.parametrize(
    ("text", "when", "words"),
    [
        (
            "minimax acquired by 2028-05",
            {"firm": "minimax", "fate": "acquired", "by": MAY_2028},
            "MiniMax acquired by May 2028",
        ),
        (
            "  Zhipu  is listed by 2028-05 ",
            {"firm": "zhipu", "milestone": "listed", "by": MAY_2028},
            "Zhipu listed by May 2028",
        ),
        (
            "zhipu not listed by 2028-05",
            {"not": {"firm": "zhipu", "milestone": "listed", "by": MAY_2028}},
            "Zhipu not listed by May 2028",
        ),
        (
            "moonshot never entered in 2028-05",
            {"firm": "moonshot", "fate": "never_entered", "by": MAY_2028},
            "Moonshot (Kimi) not entered in May 2028",
        ),
        (
            "at most 3 of startups independent at 2028-05",
            {"count": {"of": "startups", "state": "independent"}, "at": MAY_2028, "at_most": 3},
            "at most 3 startups independent at the end of May 2028",
        ),
        (
            "exactly 2 of six general at 2028-05",
            {"count": {"of": "six", "state": "general"}, "at": MAY_2028, "between": (2, 2)},
            "exactly 2 of group six in the general race at the end of May 2028",
        ),
        (
            "at least 1 listed by 2028-05",
            {"count": {"of": "startups", "state": "listed"}, "at": MAY_2028, "at_least": 1},
            "at least 1 startup listed at the end of May 2028",
        ),
        ("endgame by 2028-05", {"endgame": True, "by": MAY_2028}, "the endgame has begun by May 2028"),
        ("not endgame by 2028-05", {"not": {"endgame": True, "by": MAY_2028}}, "the endgame has not begun by May 2028"),
    ],
)
def test_what_is_said_is_what_is_asked(flagship, text, when, words):
    claim = claim_of(flagship, text, "--of")
    assert claim.when == when
    assert claim.id == spoken.tidy(text)
    assert proposition_in_words(flagship, claim.when) == words
    assert claim_named(flagship, claim) == f'"{claim.id}"'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("minimx acquired by 2028-05", "nearest: minimax"),
        ("minimax aquired by 2028-05", "nearest: acquired"),
        ("minimax acquired by 2031-05", "2030-12"),
        ("minimax acquired by may", "YYYY-MM"),
        ("at most three of six independent at 2028-05", "three"),
        ("at most 3 of sixx independent at 2028-05", "nearest: six"),
        ("six acquired by 2028-05", "a group or a class"),
        ("minimax will be fine", "no proposition"),
        ("at most 3 of startups lucky at 2028-05", "lucky"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_would(flagship, text, words):
    with pytest.raises(InputError) as error:
        claim_of(flagship, text, "--of")
    assert words in str(error.value) and str(error.value).startswith("--of")


def test_a_proposition_and_a_level(flagship):
    condition = condition_of(flagship, "minimax acquired by 2028-05 >= 0.5")
    assert condition.claim.when == {"firm": "minimax", "fate": "acquired", "by": MAY_2028}
    assert (condition.op, condition.level) == (">=", 0.5)


def test_a_claim_is_named_with_its_date(flagship):
    claim = claim_of(flagship, "minimax-bought", "--of")
    assert claim_named(flagship, claim).startswith("the claim minimax-bought (MiniMax acquired by April 2028")
