"""A number that is not finite ends the run, and the message says where it came from."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import test_invariants
from industries import LIVELY, scenario, walk

from sim.engine import finite
from sim.engine.simulate import simulate
from sim.engine.state import new_tile
from sim.foundation.columns import INDEPENDENT, NEVER
from sim.foundation.errors import InputError, RunError
from sim.scenario.load import load_mapping
from sim.scenario.model import Scenario, Value

# In-bounds values under which releases took all of the API price: dividing by it gave what is not a number.
NOTHING_HEALS = {"pace": 1, "release": 0.9, "reset": 10, "heal": 0}
FAST = {
    "name": "fast",
    "start": "2025-07",
    "end": "2032-12",
    "seed": 421632028,
    "firms": {"f0": {}},
    "assumptions": {
        "open_source": NOTHING_HEALS,
        "paradigm": {"shift": 1},
        "demand": {"volume_elasticity": 2},
        "burn": {"on": 0},
    },
}
DEEP = {
    "name": "deep",
    "start": "2023-03",
    "end": "2030-08",
    "seed": 3043147050,
    "firms": {"zhipu": {"cash": 1500}, "f6": {"pivoted": "2020-07"}},
    "assumptions": {
        "open_source": {**NOTHING_HEALS, "lag_months": 30, "pace": 0.9, "release": 0.8},
        "pivot": {"keeps_lines": 0},
    },
}


@pytest.mark.parametrize("data", [FAST, DEEP], ids=lambda data: data["name"])
def test_releases_leave_a_price(data):
    """api_reset stops at the floor, also where nothing heals, and the whole state stays finite."""
    for floor in (0.01, 0.0001):
        assumptions = {
            **data["assumptions"],
            "open_source": {**data["assumptions"]["open_source"], "price_floor": floor},
        }
        history = walk(load_mapping({**data, "assumptions": assumptions}), 4)
        test_invariants.test_every_value_stays_finite(history)
        assert history.market["api_reset"].min() == floor


PUTS = {
    "firms": lambda tile, x: tile.firms["ask"].__setitem__((1, 2), x),
    "market": lambda tile, x: tile.market["peer_premium"].__setitem__((0, 2), x),
    "shares": lambda tile, x: tile.shares.__setitem__((1, 7, 2), x),
    "sizes": lambda tile, x: tile.sizes.__setitem__((7, 2), x),
}


@pytest.mark.parametrize("part", PUTS)
@pytest.mark.parametrize("x", [np.nan, -np.nan, np.inf, -np.inf])
def test_the_look_sees_every_part_of_the_state(part, x):
    tile = new_tile(4, 2, False)
    assert finite.unsound(tile) == -1
    PUTS[part](tile, x)
    assert finite.unsound(tile) == 2


def test_the_look_minds_neither_large_nor_tiny_nor_whole_negative_numbers():
    tile = new_tile(4, 2, False)
    tile.firms["pivot_month"] = -5
    tile.firms["cash"], tile.firms["value"] = -1.7e308, 1.7e308
    tile.market["leader"], tile.market["sentiment"] = -1, 5e-324
    assert finite.unsound(tile) == -1


def with_grant(firm: str, grant: float) -> Scenario:
    """The lively scenario with a grant beyond all bounds, which no scenario file could state."""
    made = scenario(LIVELY)
    firms = tuple(
        dataclasses.replace(one, values={**one.values, "grant_month": Value("number", (grant,))})
        if one.id == firm
        else one
        for one in made.firms
    )
    return dataclasses.replace(made, firms=firms)


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize(
    "firm,month,whose",
    [
        ("funded", "2024-05", "funded's cash is infinite"),  # recorded: found in the month itself
        ("big", "2024-05", "the market's grants_paid is infinite"),  # a giant's money is not: found at the half-year
    ],
)
def test_a_run_that_fails_names_world_month_firm_column_and_law(firm, month, whose):
    """Twice 1e308 is beyond a float: infinite in the second month, when money moves."""
    with pytest.raises(RunError) as failed:
        simulate(with_grant(firm, 1e308), 5, 3)
    assert f"world 5, {month}: {whose} after burn.settle (phase operations)." in str(failed.value)
    assert "blocks that finished are kept" in str(failed.value) and failed.value.exit_code == 3
    assert len(simulate(with_grant(firm, 1e6), 5, 1).histories) == 1


def test_nobody_is_tested_in_the_month_in_which_he_lists():
    """The earliest test is one month after listing, so no firm is abandoned before it is listed for a month."""
    strict = {"listing": {"test_from": 1, "test_to": 1, "strength": 3}}
    end = walk(scenario(LIVELY, strict), 64).firms[-1]
    abandoned = end["abandoned_month"] < NEVER
    assert abandoned.sum() > 5 and (end["abandoned_month"] - end["listing_month"])[abandoned].min() == 1
    with pytest.raises(InputError):
        scenario(LIVELY, {"listing": {"test_from": 0}})


def test_a_premium_stays_within_a_cap_that_an_event_lowers():
    """Also that of an abandoned firm, whose discount stays."""
    events = {"calm": {"date": "2026-06", "set": {"assumptions.value.cap": 0.5}}}
    strict = {"listing": {"test_from": 1, "test_to": 6, "strength": 3}}
    history = walk(scenario(LIVELY, strict, events=events), 64)
    deep = (history.firms["premium"] < -0.5) & (history.firms["abandoned_month"] < NEVER)
    assert (deep & (history.firms["status"] == INDEPENDENT))[26].any()
    living = history.firms["status"][27:] == INDEPENDENT
    assert np.abs(history.firms["premium"][27:][living]).max() <= 0.5
