"""from-april-2026 opens where the flagship stands at the end of March 2026: formulas computed again, state compared."""

from __future__ import annotations

import math
import statistics
from functools import cache

import numpy as np
import pytest
from worlds import assumed

from sim.engine.simulate import Trace, trace
from sim.foundation.columns import EVENT
from sim.industry import demand, frontier, inference, marketing
from sim.scenario.model import Value
from tools.scenarios import library

NAME = "from-april-2026"
TICK = 33  # of the flagship: the end of March 2026
HKD = 0.894  # P-MK-17


def middle(value: Value) -> float:
    """The mode of a triangular, the middle of a uniform, or the number itself."""
    return value.numbers[1] if value.kind == "triangular" else statistics.fmean(value.numbers)


@cache
def value(name: str, path: str) -> Value:
    return library.load(name, 1).assumptions[f"assumptions.{path}"]


@cache
def flagship() -> dict[str, float]:
    """What the flagship's formulas give at TICK, at the middle of what it leaves uncertain: path -> number."""
    found = library.load(library.FLAGSHIP, 1).assumptions
    at = {path: middle(v) for path, v in found.items()}
    assume = assumed(**{path.removeprefix("assumptions.").replace(".", "_"): number for path, number in at.items()})

    def of(path: str) -> float:
        return at[f"assumptions.{path}"]

    business, pool, arpu = demand.grown(assume, TICK)
    height = sum(frontier.speed_month(assume, age) for age in range(1, TICK + 1))
    falls = [1 - inference.decline_year(assume, tick) for tick in range(1, TICK + 1)]
    cheaper = math.prod(falls) ** ((1 - of("inference.pass_through")) / 12)

    def slowed(first: str, floor: str | None, half_life: str) -> float:
        least = of(floor) if floor else 0.0
        return least + (of(first) - least) * 2 ** (-TICK / of(half_life))

    excess, fall = "demand.growth_half_life", "inference.decline_floor_year"

    lines = [f"demand.{line}_{place}" for line in ("api", "projects", "vertical") for place in ("home", "abroad")]
    opened, pay = demand.opened_by(height, assume), math.exp(of("burn.wage_growth_year") * TICK / 12)
    return {
        **{path: of(path) * business * (1.0 if "vertical" in path else opened) for path in lines},
        "demand.threshold": max(of("demand.threshold") - height, 0.0),
        "demand.opened_most": of("demand.opened_most") / opened,
        **{path: of(path) * pay for path in ("burn.floor_month", "burn.floor_pivoted", "burn.replacing")},
        **{f"demand.pool_{place}": of(f"demand.pool_{place}") * pool for place in ("home", "abroad")},
        **{f"demand.arpu_{place}": of(f"demand.arpu_{place}") * arpu for place in ("home", "abroad")},
        "demand.growth_year": slowed("demand.growth_year", "demand.growth_floor_year", excess),
        "demand.pool_growth_year": slowed("demand.pool_growth_year", "demand.pool_floor_year", excess),
        "demand.api_cost": of("demand.api_cost") * cheaper,
        "demand.consumer_cost": of("demand.consumer_cost") * cheaper,
        "inference.decline_year": slowed("inference.decline_year", fall, "inference.half_life"),
        "marketing.budget_month": marketing.budget(assume, TICK),
        "marketing.budget_growth_year": slowed("marketing.budget_growth_year", None, "marketing.budget_half_life"),
        "burn.overhead_month": of("burn.overhead_month") * pay,
        "frontier.cost_month": of("frontier.cost_month") * of("frontier.cost_per_generation") ** height,
        "frontier.age_months": TICK,
    }  # fmt: skip


OPENINGS = sorted(flagship())


@pytest.mark.parametrize("path", [path for path in OPENINGS if path != "frontier.cost_month"])
def test_an_opening_value_is_what_the_flagship_has_come_to(path):
    """Within half a per cent: the file states three digits."""
    assert middle(value(NAME, path)) == pytest.approx(flagship()[path], rel=0.005)


def test_the_cost_of_the_frontier_lies_in_the_middle_of_its_range():
    low, _, high = value(NAME, "frontier.cost_month").numbers
    assert low < flagship()["frontier.cost_month"] < high
    assert middle(value(NAME, "frontier.cost_month")) == pytest.approx(flagship()["frontier.cost_month"], rel=0.15)


def test_what_runs_from_the_opening_is_set_anew():
    """Every assumption whose words speak of the opening is among those computed."""
    from sim.laws.catalogue import ASSUMPTIONS

    dated = {path.removeprefix("assumptions.") for path, one in ASSUMPTIONS.items() if "opening" in one.says}
    switches = {path for path in dated if path.endswith(".on")}
    assert dated - switches - {"rounds.powder_start"} <= set(OPENINGS)  # dry powder has a range of its own


@cache
def told(name: str, world: int) -> Trace:
    return trace(library.load(name, 1), world)


def test_the_markets_go_on_as_the_flagship_does():
    """Medians over worlds at the flagship's tick 33 + k and here at k: sizes of demand, budgets, pace, prices."""
    worlds = range(24)
    for months, tolerance in ((2, 0.12), (24, 0.12)):
        for column in ("marketing_budget", "frontier_speed", "open_gap", "war_depth", "api_reset", "copied"):
            here = np.median([told(NAME, w).market[column][months] for w in worlds])
            there = np.median([told(library.FLAGSHIP, w).market[column][TICK + months] for w in worlds])
            assert here == pytest.approx(there, rel=tolerance, abs=0.06), f"{column} after {months} months"


def firm(world: int, id: str) -> np.ndarray:
    """(ticks + 1,) rows of one firm."""
    found = told(NAME, world)
    return found.firms[:, found.ids.index(id)]


def test_who_is_listed_who_has_pivoted_and_at_what_value():
    for world in range(8):
        opening = {id: firm(world, id)[0] for id in library.SEVEN}
        assert {id for id, row in opening.items() if row["listing_month"] <= 0} == {"zhipu", "minimax"}
        assert {id for id, row in opening.items() if row["pivot_month"] <= 0} == {"baichuan", "zero-one"}
        for id, millions_of_hkd in (("zhipu", 323_200), ("minimax", 400_000)):  # P-ZP-58, P-MM-46
            assert opening[id]["value"] == pytest.approx(millions_of_hkd * HKD, rel=1e-3)
            anchored = firm(world, id)[1]
            assert anchored["value"] == pytest.approx(millions_of_hkd * HKD, rel=1e-3), "cut by value.cap"
        assert opening["baichuan"]["cash"] == 3000  # P-BC-06
        assert opening["moonshot"]["cash"] > 10_000  # P-MS-09
        assert opening["stepfun"]["cash"] < 7001
        log = told(NAME, world).events
        rows = [told(NAME, world).ids.index(id) for id in ("zhipu", "minimax")]
        assert not ((log["event"] == EVENT["listing"]) & np.isin(log["firm"], rows)).any()
        pivoters = [told(NAME, world).ids.index(id) for id in ("baichuan", "zero-one")]
        assert not ((log["event"] == EVENT["pivot"]) & np.isin(log["firm"], pivoters)).any()


def test_their_profitability_tests_come_24_to_36_months_after_january_2026():
    """Listing was three months before the first tick: at tick -2."""
    for world in range(8):
        for id in ("zhipu", "minimax"):
            rows = firm(world, id)
            assert rows[0]["listing_month"] == -2
            assert 24 <= rows[-1]["test_month"] - rows[0]["listing_month"] <= 36


def test_pivots_are_deep_as_often_as_in_the_flagship():
    base, here = (library.load(name, 1) for name in (library.FLAGSHIP, NAME))
    for id in ("baichuan", "zero-one"):
        one, other = (next(f for f in found.firms if f.id == id).values["keeps_core"] for found in (base, here))
        assert statistics.fmean(other.numbers) == pytest.approx(middle(one))
    deep = [firm(world, "baichuan")[0]["deep"] for world in range(24)]
    assert 0 < sum(deep) < 24


def test_no_date_lies_before_the_start_and_nothing_is_silently_fitted():
    found = library.load(NAME, 1)
    (notice,) = found.notices
    assert notice.startswith("Removed by null: "), "what the flagship says of the past; nothing else is told"
    assert min(change.first for change in found.changes) == found.start
    assert found.facts == ()
    assert [claim.id for claim in found.claims] == [claim.id for claim in library.load(library.FLAGSHIP, 1).claims]
