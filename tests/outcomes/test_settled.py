"""What is decided by a date: by hand, and against other futures of the same pasts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from synthetic_runs import START, block_of, firm, scenario, still

from sim.foundation.columns import ACQUIRED, CLOSED, NEVER
from sim.outcomes.claims import FALSE, TRUE, truth
from sim.outcomes.settled import is_decided
from sim.scenario.frozen import freeze
from sim.scenario.model import Claim, Probe, Scenario

TICKS, NOW = 12, 6
FIRMS = (firm("a"), firm("b"), firm("c"), firm("g", "giant"))
PROBES = (Probe(None, "independents", START + 8), Probe("a", "cash", START + 8), Probe("a", "gap", START + 8),
          Probe("b", "gap", START + 8), Probe("c", "gap", START + 8), Probe("g", "gap", START + 8))  # fmt: skip
MILESTONE_NAMES = ("listing_month", "pivot_month", "abandoned_month", "profitable_month")


def month(tick: int) -> int:
    """Calendar month of a tick."""
    return START + tick - 1


def question() -> Scenario:
    return scenario(FIRMS, TICKS, {"pair": ("a", "b")}, probes=PROBES)


def claim(when: dict[str, Any], given: dict[str, Any] | None = None) -> Claim:
    return Claim("it", "", "", freeze(when), None if given is None else freeze(given))


def fate(name: str, state: str, tick: int = TICKS) -> dict[str, Any]:
    return {"firm": name, "fate": state, "by": month(tick)}


def has(name: str, milestone: str, tick: int = TICKS) -> dict[str, Any]:
    return {"firm": name, "milestone": milestone, "by": month(tick)}


def number(state: str, tick: int = TICKS, of: str = "pair", **how: Any) -> dict[str, Any]:
    return {"count": {"of": of, "state": state}, "at": month(tick), **how}


def worlds() -> Any:
    """Five: all is quiet; a is acquired at 5; a closes at 5; a lists at 4; a closes at 8, after the date."""
    histories = still(5, 4)
    histories["exit_month"][[1, 2, 4], 0] = 5, 5, 8
    histories["fate"][[1, 2, 4], 0] = ACQUIRED, CLOSED, CLOSED
    histories["listing_month"][3, 0] = 4
    endgame = np.array([NEVER, 3, NEVER, 9, NEVER], np.int32)
    return block_of(question(), histories, probes=np.full((5, len(PROBES)), 1.0), endgame=endgame)


CASES = [
    (fate("a", "acquired"), [0, 1, 1, 0, 0]),  # who closed is not acquired any more
    (fate("a", "closed"), [0, 1, 1, 0, 0]),
    (fate("a", "independent"), [0, 1, 1, 0, 0]),
    (fate("a", "independent", NOW), [1, 1, 1, 1, 1]),  # at the date itself all is known
    ({"not": fate("a", "acquired")}, [0, 1, 1, 0, 0]),
    (has("a", "listed"), [0, 1, 1, 1, 0]),  # reached, or gone without it
    ({"all": [fate("a", "acquired"), fate("b", "acquired")]}, [0, 0, 1, 0, 0]),  # one part that is false for good
    ({"any": [fate("a", "acquired"), fate("b", "acquired")]}, [0, 1, 0, 0, 0]),
    ({"all": [{"not": fate("a", "acquired")}, fate("b", "acquired")]}, [0, 1, 0, 0, 0]),  # what is not so any more
    (number("acquired", at_most=0), [0, 1, 0, 0, 0]),  # more than that already
    (number("independent", at_least=1), [0, 0, 0, 0, 0]),
    (number("independent", at_least=2), [0, 1, 1, 0, 0]),
    (number("independent", at_most=1), [0, 1, 1, 0, 0]),
    (number("independent", at_most=0), [0, 0, 0, 0, 0]),
    (number("listed", at_least=1), [0, 0, 0, 1, 0]),
    (number("acquired", between=[0, 1]), [0, 0, 1, 0, 0]),
    ({"endgame": True, "by": month(TICKS)}, [0, 1, 0, 0, 0]),
    ({"firm": "a", "quantity": "cash", "at": month(9), "above": 5}, [0, 1, 1, 0, 0]),  # nothing is asked of who is gone
    ({"market": "independents", "at": month(9), "above": 1}, [0, 0, 0, 0, 0]),
    ({"firm": "a", "among": 1, "of": "pair", "at": month(9)}, [0, 1, 1, 0, 0]),
    ({"leads": "pair", "at": month(9)}, [0, 0, 0, 0, 0]),
    (
        {"count": {"of": "pair", "quantity": "gap", "at": month(9), "above": 5}, "at_least": 2},
        [0, 1, 1, 0, 0],
    ),
]


@pytest.mark.parametrize(("said", "wanted"), CASES)
def test_by_hand(said, wanted):
    assert is_decided(claim(said), worlds(), question(), month(NOW)).astype(int).tolist() == wanted


def test_what_is_asked_only_under_a_condition_is_decided_where_that_cannot_hold():
    asked = claim(fate("b", "closed"), fate("a", "independent"))
    assert is_decided(asked, worlds(), question(), month(NOW)).astype(int).tolist() == [0, 1, 1, 0, 0]


def random_worlds(luck: np.random.Generator, many: int) -> np.ndarray:
    """Histories in which exits and milestones come at random."""
    histories = still(many, 4)
    exits = luck.integers(1, 3 * TICKS, (many, 4))
    gone = exits <= TICKS
    histories["exit_month"] = np.where(gone, exits, NEVER)
    histories["fate"] = np.where(gone, luck.choice([ACQUIRED, CLOSED], (many, 4)), histories["fate"])
    for name in MILESTONE_NAMES:
        when = luck.integers(1, 3 * TICKS, (many, 4))
        histories[name] = np.where(when < np.minimum(exits, TICKS + 1), when, NEVER)
    return histories


@pytest.mark.parametrize("said", [said for said, _ in CASES if "firm" not in said or "quantity" not in said][:14])
def test_no_other_future_of_the_same_past_comes_out_differently(said):
    """Two worlds with one past to the date: where it is decided, it comes out the same in both, and is in both."""
    luck, many = np.random.default_rng(4), 3000
    one, other = random_worlds(luck, many), random_worlds(luck, many)
    past = one["exit_month"] <= NOW
    for name in ("exit_month", "fate"):
        other[name] = np.where(past, one[name], other[name])
    still_there = ~past & (other["exit_month"] <= NOW)
    other["exit_month"][still_there], other["fate"][still_there] = NEVER, still(1, 1)["fate"][0, 0]
    for name in MILESTONE_NAMES:
        late = np.where(other[name] > NOW, other[name], NEVER)
        late = np.where(late < other["exit_month"], late, NEVER)
        other[name] = np.where(past | (one[name] <= NOW), np.where(one[name] <= NOW, one[name], NEVER), late)
    asked, about, probes = claim(said), question(), np.zeros((many, len(PROBES)))
    blocks = [block_of(about, histories, probes=probes) for histories in (one, other)]
    known = [is_decided(asked, block, about, month(NOW)) for block in blocks]
    assert (known[0] == known[1]).all()
    first, second = (truth(asked, block, about) for block in blocks)
    assert (first == second)[known[0]].all()
    assert set(first[~known[0]]) <= {TRUE, FALSE}
    if "endgame" not in said and known[0].any() and not known[0].all():
        assert (first != second)[~known[0]].any(), "what is open can still come out either way"
