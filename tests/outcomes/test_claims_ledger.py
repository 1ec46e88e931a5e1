"""Propositions against worlds laid out by hand, and the ledger of claims and facts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from synthetic_runs import START, block_of, cut, firm, scenario, still

from sim.foundation.columns import ACQUIRED, CLOSED, NEVER, NOT_ENTERED
from sim.outcomes.claims import FALSE, TRUE, UNDECIDED, can_be_undecided, truth
from sim.outcomes.intervals import wilson
from sim.outcomes.summary import summarise
from sim.scenario.frozen import freeze
from sim.scenario.model import Claim, Probe, Scenario

PROBES = (
    Probe(None, "concentration", START + 5),
    Probe(None, "independents", START + 5),
    Probe("a", "cash", START + 1),
    Probe("a", "cash", START + 7),
)
COLUMNS = ("claim", "says", "source", "probability", "low", "high", "worlds")
SPREAD = ("sd", "sd_low", "sd_high")
FIRMS = (firm("a"), firm("b"), firm("crowd", copies=2), firm("g", "giant"))


def month(tick: int) -> int:
    """Calendar month of a tick."""
    return START + tick - 1


def question(claims: tuple[Claim, ...] = (), facts: tuple[Claim, ...] = ()) -> Scenario:
    """Two startups, a class of two, a giant; twelve months."""
    return scenario(FIRMS, 12, {"pair": ("a", "b")}, claims, facts, PROBES)


def worlds() -> Any:
    """Four: all is quiet; a is acquired at 5, having pivoted at 3; b closes at 1 and a never enters; a lists."""
    histories = still(4, 5)
    histories["exit_month"][1, 0], histories["fate"][1, 0], histories["pivot_month"][1, 0] = 5, ACQUIRED, 3
    histories["exit_month"][2, 1], histories["fate"][2, 1] = 1, CLOSED
    histories["entry_month"][2, 0], histories["fate"][2, 0] = NEVER, NOT_ENTERED
    histories["listing_month"][2, 0] = -2  # stated before the start, yet it never entered
    histories["listing_month"][3, 0], histories["abandoned_month"][3, 0] = 4, 9
    probes = np.array([[0.2, 4, 100, 50], [0.5, 3, 100, np.nan], [0.4, 2, np.nan, np.nan], [0.3, 4, 100, 250]])
    endgame = np.array([NEVER, 7, 12, 9], np.int32)
    extinct = np.array([NEVER, NEVER, 8, NEVER], np.int32)
    return block_of(question(), histories, probes=probes, endgame=endgame, extinct=extinct)


def firm_is(fate: str, tick: int, name: str = "a") -> dict[str, Any]:
    return {"firm": name, "fate": fate, "by": month(tick)}


def firm_has(milestone: str, tick: int) -> dict[str, Any]:
    return {"firm": "a", "milestone": milestone, "by": month(tick)}


def count(of: str, state: str, tick: int, **how: Any) -> dict[str, Any]:
    return {"count": {"of": of, "state": state}, "at": month(tick), **how}


RICH = {"firm": "a", "quantity": "cash", "at": month(8), "above": 60.0}  # false, missing, missing, true


@pytest.mark.parametrize(
    "proposition,expected",
    [
        (firm_is("acquired", 5), "0100"),
        (firm_is("acquired", 4), "0000"),
        (firm_is("closed", 12, "b"), "0010"),
        (firm_is("independent", 4), "1101"),
        (firm_is("independent", 5), "1001"),
        (firm_is("never_entered", 12), "0010"),
        (firm_has("listed", 4), "0001"),
        (firm_has("listed", 3), "0000"),
        (firm_has("pivoted", 12), "0100"),
        (firm_has("abandoned", 9), "0001"),
        (firm_has("profitable", 12), "0000"),
        (count("startups", "independent", 12, at_least=4), "1001"),
        (count("startups", "independent", 12, at_most=3), "0110"),
        (count("startups", "general", 3, between=(3, 3)), "0100"),
        (count("pair", "independent", 12, between=(0, 1)), "0110"),
        (count("pair", "listed", 12, at_least=1), "0001"),
        (count("pair", "pivoted", 12, at_least=1), "0100"),  # reached, whatever came after
        (count("pair", "closed", 1, at_least=1), "0010"),
        (count("crowd", "independent", 12, at_least=2), "1111"),
        (count("giants", "acquired", 12, at_most=0), "1111"),
        ({"market": "concentration", "at": month(6), "above": 0.3}, "0110"),
        ({"market": "concentration", "at": month(6), "below": 0.3}, "1000"),
        ({"firm": "a", "quantity": "cash", "at": month(8), "below": 60.0}, "1??0"),
        ({"firm": "a", "quantity": "cash", "at": month(8), "above": {"at": month(2), "times": 2.0}}, "0??1"),
        ({"firm": "a", "quantity": "cash", "at": month(2), "above": {"at": month(8), "times": 1.0}}, "1??0"),
        ({"endgame": True, "by": month(9)}, "0101"),
        ({"endgame": True, "by": month(12)}, "0101"),  # in the third world startups were gone before
        ({"not": firm_is("acquired", 5)}, "1011"),
        ({"not": RICH}, "1??0"),  # what is not there is neither below nor not below
        ({"all": [RICH, firm_is("independent", 12)]}, "0001"),  # one part is false, whatever the other is
        ({"all": [RICH, firm_is("never_entered", 12)]}, "00?0"),
        ({"all": [RICH, {"endgame": True, "by": month(9)}]}, "0?01"),
        ({"any": [RICH, firm_is("acquired", 5)]}, "01?1"),  # one part is true, whatever the other is
        ({"any": [RICH, firm_is("never_entered", 12)]}, "0?11"),
        ({"not": {"any": [RICH, {"not": RICH}]}}, "0??0"),
        ({"all": [firm_is("independent", 12), firm_has("listed", 12)]}, "0001"),
        ({"any": [firm_is("acquired", 12), {"all": [firm_is("never_entered", 1)]}]}, "0110"),
    ],
)
def test_propositions(proposition: dict[str, Any], expected: str) -> None:
    found = truth(Claim("c", "", "", freeze(proposition)), worlds(), question())
    assert "".join({TRUE: "1", FALSE: "0", UNDECIDED: "?"}[one] for one in found) == expected


def test_the_ledger() -> None:
    said = {"says": "It may be bought", "source": "S001-27"}
    claims = (
        Claim("bought", when=firm_is("acquired", 12), **said),
        Claim("bought-if-pivoted", when=firm_is("acquired", 12), given=firm_has("pivoted", 12), **said),
        Claim("stays-if-listed", when=firm_is("independent", 12), given=firm_has("listed", 12), **said),
        Claim("bought-if-profitable", when=firm_is("acquired", 12), given=firm_has("profitable", 12), **said),
    )
    facts = (Claim("bought", "It was listed", "P-1", firm_has("listed", 12), happened=True),)
    block, asked = worlds(), question(claims, facts)
    outcomes = summarise(asked, lambda: [block, block])
    ledger = outcomes.claims
    assert ledger.columns.tolist() == [*COLUMNS, *SPREAD]
    assert ledger.claim.tolist() == [claim.id for claim in claims]
    assert ledger.probability.tolist()[:3] == [0.25, 1.0, 1.0] and np.isnan(ledger.probability[3])
    assert ledger.worlds.tolist() == [8, 2, 2, 0]
    assert ledger.low[0] == float(wilson(0.25, 8)[0]) and np.isnan(ledger.high[3])
    assert ledger.says[0] == "It may be bought" and ledger.source[0] == "S001-27"
    assert ledger.sd.tolist()[:3] == [0.0, 0.0, 0.0] and np.isnan(ledger.sd[3]), "nothing is uncertain"
    assert outcomes.facts.columns.tolist() == [*COLUMNS, "happened", *SPREAD]
    assert outcomes.facts.iloc[0][["claim", "probability", "happened"]].tolist() == ["bought", 0.25, True]


def test_a_world_in_which_a_claim_is_undecided_does_not_count_for_it() -> None:
    """Of the four worlds two lack the cash; a condition on it that is undecided is not met."""
    claims = (
        Claim("rich", "It is rich", "S", RICH),
        Claim("poor", "It is not", "S", {"not": RICH}),
        Claim("lists-if-rich", "It lists", "S", firm_has("listed", 12), given=RICH),
        Claim("listed", "It lists", "S", firm_has("listed", 12)),
        Claim("concentrated", "It is", "S", {"any": [{"market": "concentration", "at": month(6), "above": 0.3}]}),
        Claim("few", "They are", "S", {"market": "independents", "at": month(6), "below": 3}),
    )
    asked = question(claims)
    ledger = summarise(asked, lambda: [worlds()]).claims
    assert ledger.worlds.tolist()[:4] == [2, 2, 1, 4]
    assert ledger.probability.tolist()[:4] == [0.5, 0.5, 1.0, 0.25]
    assert [can_be_undecided(claim) for claim in claims] == [True, True, True, False, True, False]


def test_a_scenario_without_claims_has_an_empty_ledger() -> None:
    asked = question()
    outcomes = summarise(asked, cut(asked, still(3, 5), [3], probes=np.zeros((3, 4))))
    assert len(outcomes.claims) == 0 and len(outcomes.facts) == 0
    assert outcomes.claims.columns.tolist() == [*COLUMNS, *SPREAD]
