"""The order of firms in a file decides nothing: results are the same to the bit, and what is scarce goes by luck."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from industries import ALL_OFF, DATED, LATER, LIVELY, flagship, scenario, walk

from sim.engine.block import Block
from sim.engine.simulate import Trace, simulate, trace
from sim.foundation.columns import ACQUIRED, CLOSED, EVENT, ROWS
from sim.scenario.keys import copy_ids
from sim.scenario.model import Scenario
from sim.scenario.year_ends import firms_kept

BASES = (LIVELY, LATER, DATED)


def ids(made: Scenario) -> list[str]:
    """Ids of all firms in the order of the file, copies expanded."""
    return [id for firm in made.firms for id in copy_ids(firm.id, firm.copies)]


def reordered(made: Scenario, order: list[int]) -> Scenario:
    """The same scenario with its firms written down in another order."""
    return dataclasses.replace(made, firms=tuple(made.firms[k] for k in order))


def named(events: np.ndarray, who: list[str]) -> list[tuple[Any, ...]]:
    """Events as tuples, firms by id."""
    names = [*who, ""]
    place, other = events.dtype.names.index("firm"), events.dtype.names.index("other")
    return [tuple(names[v] if k in (place, other) else v for k, v in enumerate(row)) for row in events.tolist()]


def same_block(one: Scenario, other: Scenario, worlds: int) -> Block:
    """Both simulated, and compared firm by firm in every byte; the block of ``one``."""
    a, b = simulate(one, 3, worlds), simulate(other, 3, worlds)
    rows = [ids(other).index(id) for id in ids(one)]
    assert a.histories.tobytes() == np.ascontiguousarray(b.histories[:, rows]).tobytes()
    assert named(a.events, ids(one)) == named(b.events, ids(other))
    series = [[firm.id for firm in other.firms].index(firm.id) for firm in one.firms]
    for name in ("paths", "leaders"):
        assert (getattr(a, name) == getattr(b, name)[series]).all(), name
    for name in ("landscape", "endgame", "extinct", "probes"):
        assert getattr(a, name).tobytes() == getattr(b, name).tobytes(), name
    kept = [firms_kept(other).index(firm) for firm in firms_kept(one)]
    assert a.year_ends.tobytes() == np.ascontiguousarray(b.year_ends[:, :, kept]).tobytes()
    assert a.clipped == b.clipped
    return a


def same_trace(one: Scenario, other: Scenario, world: int) -> None:
    """One world of both, compared in every column of every month and everything told."""
    a, b = trace(one, world), trace(other, world)
    assert (list(a.ids), list(b.ids)) == (ids(one), ids(other))
    rows = [b.ids.index(id) for id in a.ids]
    assert a.firms.tobytes() == np.ascontiguousarray(b.firms[:, rows]).tobytes()
    assert named(a.events, ids(one)) == named(b.events, ids(other))
    for name in a.market.dtype.names:
        if name in ROWS:
            assert who(a, name) == who(b, name), name
        else:
            assert a.market[name].tobytes() == b.market[name].tobytes(), name


def who(told: Trace, column: str) -> list[str]:
    """Ids of the firms in a column of the market that holds their rows."""
    return [[*told.ids, ""][row] for row in told.market[column]]


def startups_reversed(made: Scenario) -> list[int]:
    """The startups in the opposite order; giants stay where they are."""
    own = [k for k, firm in enumerate(made.firms) if firm.kind == "startup"]
    swap = dict(zip(own, reversed(own), strict=True))
    return [swap.get(k, k) for k in range(len(made.firms))]


def test_the_flagship_with_its_firms_reversed_is_the_flagship_to_the_bit():
    """128 worlds: every fate, amount, event, path and leader; and one world in every column of every month."""
    made = flagship()
    assert sum(firm.kind == "startup" for firm in made.firms) == 7
    for order in (startups_reversed(made), list(range(len(made.firms)))[::-1]):
        other = reordered(made, order)
        assert ids(other) != ids(made)
        block = same_block(made, other, 128)
        same_trace(made, other, 5)
    assert (block.histories["fate"] == ACQUIRED).sum() > 20 and len(block.events) > 1000


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data(), st.sampled_from(BASES))
def test_no_order_of_any_industry_decides_anything(data, base):
    """Some of the firms of a lively industry, in any order: classes, late entrants, giants and listed firms."""
    made = scenario(base)
    some = data.draw(st.permutations(range(len(made.firms))))
    kept = sorted(some[: data.draw(st.integers(2, len(made.firms)))])
    firms = tuple(made.firms[k] for k in kept)
    left = {firm.id for firm in firms}
    changes = tuple(c for c in made.changes if not c.path.startswith("firms.") or c.path.split(".")[1] in left)
    one = dataclasses.replace(made, firms=firms, changes=changes)
    other = reordered(one, data.draw(st.permutations(range(len(firms)))))
    same_block(one, other, 4)
    same_trace(one, other, 6)


TWO = {"a": {"cash": 60, "burn_month": 20}, "b": {"cash": 60, "burn_month": 20}}
ONE_BUYER = {"kind": "giant", "buying_capacity_year": 100, "acquisition_appetite": 50}
MEANS_FOR_ONE = {  # capital is hot, both ask in the first month and are refused, so that both are for sale
    "acquisition": {"on": 1, "offer_month": 0.02, "distress_runway": 6, "refused_months": 1, "least_price": 100},
    "climate": {"on": 1, "regime": 0},
    "rounds": {"on": 1, "hot_pause": 0, "months_hot": 0, "bar_hot": 10},
}


def _bare(firms: dict[str, Any], end: str = "2024-12", **assumptions: dict[str, float]) -> Scenario:
    data = {"name": "bare", "start": "2024-01", "end": end, "seed": 1, "firms": copy.deepcopy(firms)}
    return scenario(data, {**ALL_OFF, **assumptions})


def test_two_firms_alike_and_a_buyer_for_one_each_is_bought_in_half_of_the_worlds():
    """In every world one is bought in the first month and the other closes in the third, 60 / 20."""
    worlds = 400
    for order in (("a", "b"), ("b", "a")):
        made = _bare({**{id: TWO[id] for id in order}, "giant": ONE_BUYER}, **MEANS_FOR_ONE)
        histories = simulate(made, 0, worlds).histories[:, :2]
        bought = histories["fate"] == ACQUIRED
        assert (bought.sum(axis=1) == 1).all()
        assert (histories["exit_month"][bought] == 1).all()
        assert (histories["fate"][~bought] == CLOSED).all() and (histories["exit_month"][~bought] == 3).all()
        assert abs(bought[:, 0].mean() - 0.5) <= 4.5 * 0.5 / np.sqrt(worlds)


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_opening_users_beyond_the_pool_are_shared_in_proportion(order):
    """Two firms with 200 million users each and a pool of 250: 125 each, at the opening and after a month."""
    firms = {id: {"cash": 1000, "users": 200, "overseas": 0} for id in order}
    users = trace(
        _bare(firms, demand={"on": 1, "switching_consumer": 0, "pool_growth_year": 0, "pool_floor_year": 0}), 0
    )
    assert users.firms["users"][0] == pytest.approx([125, 125], rel=1e-14)
    assert users.firms["users"][1] == pytest.approx([125, 125], rel=1e-14)


@pytest.mark.parametrize("names", [("alpha", "beta", "gamma"), ("alpha", "delta", "epsilon")])
def test_three_firms_alike_lead_in_a_third_of_the_worlds_each(names):
    """Whatever they are called; and who leads by lot leads for good, so that a tie is no turmoil."""
    worlds = 600
    made = _bare({id: {"cash": 50} for id in names}, end="2025-12")
    leads = simulate(made, 0, worlds).leaders
    assert (leads.sum(axis=0) == worlds).all()
    assert (np.abs(leads / worlds - 1 / 3) <= 4.5 * np.sqrt(2 / 9 / worlds)).all()
    assert (leads == leads[:, :1]).all()
    other = trace(reordered(made, [2, 0, 1]), 7)
    assert who(trace(made, 7), "leader") == who(other, "leader")


@pytest.mark.parametrize("order", [("a", "b", "c"), ("c", "b", "a")])
def test_strategic_money_is_shared_by_weight_and_never_by_row(order):
    """Three firms worth 100, 200 and 300: of 3 * 0.2 a month a sixth, a third and half; two alike get it alike."""
    worlds, cash = 1000, {"a": 100, "b": 200, "c": 300}
    strategic = {"on": 1, "hazard_month": 0.2, "ties_weight": 0, "size_weight": 1, "raised_weight": 0}
    for worth, chances in (
        (cash, {"a": 0.1, "b": 0.2, "c": 0.3}),
        (dict.fromkeys(cash, 100), dict.fromkeys(cash, 0.2)),
    ):
        firms = {id: {"cash": worth[id], "burn_month": 0} for id in order}
        history = walk(_bare(firms, end="2024-01", strategic=strategic), worlds)
        for id, chance in chances.items():
            chosen = (history.column(id, "strategic_in")[1] > 0.0).mean()
            assert abs(chosen - chance) <= 4.5 * np.sqrt(chance * (1 - chance) / worlds), id


def test_strategic_money_and_calls_are_the_same_to_the_bit_in_any_order():
    """Cheques and calls every few months, in both orders of a file: every row and every event."""
    firms = {
        "tied": {"cash": 900, "state_ties": 3},
        "large": {"cash": 2700},
        "twin-a": {"cash": 300},
        "twin-b": {"cash": 300},
        "own-money": {"cash": 500, "seeks_capital": 0},
    }
    made = _bare(
        firms,
        end="2026-12",
        strategic={"on": 1, "hazard_month": 0.2, "cheque_least": 20},
        redemption={"on": 1, "months_without": 3, "hazard_month": 1},
    )
    other = reordered(made, [4, 3, 2, 1, 0])
    block = same_block(made, other, 32)
    same_trace(made, other, 5)
    for event in ("strategic round", "redemption"):
        assert (block.events["event"] == EVENT[event]).sum() > 80, event
