"""Signs that need a whole industry: paired runs on the same luck, each difference many standard errors wide.

The states that a law speaks of are forced (firms start listed, pivoted, refused): strength also changes who gets there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from industries import Walk, scenario, walk

from sim.foundation.columns import CLOSED, COLD, EVENT, HOT, NEVER, NORMAL

WORLDS = 150
SIX = [f"firm-{k}" for k in range(6)]
ALIKE: dict[str, Any] = {
    "cash": 1500,
    "gap": {"uniform": [0.2, 0.6]},
    "efficiency": {"uniform": [0.7, 1.4]},
    "valuation": 6000,
    "users": 2,
    "revenue_year": 60,
    "listing_appetite": 1,
    "age": 3,
}
GIANTS = {
    f"giant-{k}": {"kind": "giant", "reach": 8, "focus": 0.3, "research_ambition": 5, "marketing_intensity": 5}
    for k in range(2)
}
OFF = {"on": 0}


def race(
    assumptions: Mapping[str, Any] | None = None,
    firm: Mapping[str, Any] | None = None,
    others: Mapping[str, Any] | None = None,
    giants: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Walk:
    """Six startups alike (changed by ``firm``, and one by one by ``others``) and two giants, for six years."""
    firms = {id: {**ALIKE, **(firm or {})} for id in SIX}
    firms |= {id: {**values, **(giants or {})} for id, values in GIANTS.items()}
    for id, values in (others or {}).items():
        firms[id] = {**firms.get(id, ALIKE), **values}
    data = {"start": "2024-01", "end": "2029-12", "seed": 3, "firms": firms, **changes}
    return walk(scenario(data, assumptions), WORLDS)


def clearly_more(more: np.ndarray, less: np.ndarray) -> bool:
    """True if ``more`` exceeds ``less`` on average over worlds (last axis) by over three paired standard errors."""
    difference = np.asarray(more, dtype=float) - np.asarray(less, dtype=float)
    error = difference.std(ddof=1) / math.sqrt(difference.size)
    return bool(difference.mean() > 3.0 * error)


def startups(history: Walk, name: str, tick: int) -> np.ndarray:
    """(worlds, 6) a quantity of the six at the end of month ``tick``."""
    return np.asarray(history.firms[name][tick][:, :6])


def independent(history: Walk, tick: int = 72) -> np.ndarray:
    """(worlds,) how many of the six are independent."""
    return (startups(history, "status", tick) == 1).sum(axis=1)


def general(history: Walk, tick: int = 72) -> np.ndarray:
    """(worlds,) how many of the six are independent and in the general race."""
    there = startups(history, "status", tick) == 1
    return (there & (startups(history, "pivot_month", tick) > tick)).sum(axis=1)


def worth(history: Walk, name: str, tick: int) -> np.ndarray:
    """(worlds,) mean over the six, who is gone counting as 0."""
    there = startups(history, "status", tick) == 1
    return np.where(there, startups(history, name, tick), 0.0).mean(axis=1)


def median(history: Walk, name: str, tick: int) -> np.ndarray:
    """(worlds,) of the median of the six, who is gone counting as 0."""
    there = startups(history, "status", tick) == 1
    return np.median(np.where(there, startups(history, name, tick), 0.0), axis=1)


def events(history: Walk, *names: str) -> np.ndarray:
    """(worlds,) how many of the six's events of these names happened."""
    mine = history.events[np.isin(history.events["event"], [EVENT[n] for n in names]) & (history.events["firm"] < 6)]
    return np.bincount(mine["world"], minlength=WORLDS)


# First law: scale


@pytest.fixture(scope="module")
def strengths():
    """The race at three strengths of the first law; nobody is bought, so that concentration compares the same firms."""
    return [race({"scale": {"strength": s}, "acquisition": OFF}) for s in (0, 1, 2)]


def test_first_law_fewer_startups_left_in_the_general_race(strengths):
    """In the years in which the race is run; six years on hardly anybody is left in it at any strength."""
    for tick in (24, 36):
        none, claim, double = (general(history, tick) for history in strengths)
        assert clearly_more(none, claim) and clearly_more(claim, double)


def test_first_law_higher_concentration(strengths):
    none, claim, double = (history.market["concentration"][48] for history in strengths)
    assert clearly_more(claim, none) and clearly_more(double, claim)


def test_first_law_higher_concentration_with_the_same_firms_in_the_race():
    """Nobody pivots, closes or is bought: what is left is unequal growth."""
    kept = {
        "pivot": OFF,
        "acquisition": OFF,
        "rounds": {"inflow_cold": 9000, "inflow_normal": 9000, "inflow_hot": 9000},
    }
    none, claim = (race({**kept, "scale": {"strength": s}}).market["concentration"][48] for s in (0, 1))
    assert clearly_more(claim, none)


def test_first_law_a_late_entrant_is_hurt_more_than_an_early_one():
    """Revenue a year after entry, lost to the law, as a share of what the same entrant earns without it."""
    lost: dict[int, list[float]] = {1: [], 2: []}
    for enters, tick in (("2024-02", 2), ("2026-06", 30)):
        entrant = {"new": {"enters": enters, "gap": 0.3, "users": 1, "revenue_year": 0}}
        none, *laws = (race({"scale": {"strength": s}}, others=entrant).column("new", "revenue") for s in (0, *lost))
        for strength, law in zip(lost, laws, strict=True):
            assert clearly_more(none[tick + 12], law[tick + 12])
            lost[strength].append(1.0 - law[tick + 12].mean() / none[tick + 12].mean())
    assert lost[1][1] > lost[1][0] + 0.05
    assert lost[2][1] > lost[2][0] + 0.1


def test_first_law_who_leads_varies_at_the_documents_claim():
    leader = race({"scale": {"strength": 1}}).market["leader"][36]
    leads = np.bincount(leader[leader >= 0], minlength=6)[:6] / WORLDS
    assert (leads >= 0.03).all(), "six startups alike: each leads in some worlds"
    assert leads.max() <= 0.5


# Second law: listing


LISTED = {"cash": 3000, "valuation": 20000, "revenue_year": 100, "users": 3, "listed": "2023-12"}


def test_second_law_lower_later_value_of_unprofitable_listed_firms():
    none, half, claim = (race({"listing": {"strength": s}, "acquisition": OFF}, LISTED) for s in (0, 0.5, 1))
    for tick in (24, 48):
        losing = startups(none, "smooth_flow", tick).mean(axis=1) < 0
        assert losing.mean() > 0.5, "forced: they lose money"
        assert clearly_more(worth(none, "value", tick), worth(half, "value", tick))
        assert clearly_more(worth(half, "value", tick), worth(claim, "value", tick))
    assert (none.firms["abandoned_month"][-1] == NEVER).all()
    assert (startups(claim, "abandoned_month", 72) < NEVER).mean() > 0.5


def test_second_law_a_profitable_listed_firm_passes_untouched():
    """Rich in grants and revenue, never a loss: not a byte of it differs at any strength."""
    earning = {
        **LISTED,
        "cash": 20000,
        "revenue_year": 9000,
        "marketing_intensity": 0,
        "research_ambition": 0,
        "overseas": 0,
    }
    alone = {id: {"enters": None} for id in SIX[1:]}
    kept = {
        "paradigm": OFF,
        "price_war": OFF,
        "demand": {"switching_api": 0, "switching_projects": 0},
        "acquisition": OFF,
    }
    calm = {**kept, "inference": OFF, "receivables": OFF}
    none, claim, three = (race({**calm, "listing": {"strength": s}}, earning, alone) for s in (0, 1, 3))
    assert (none.column("firm-0", "operating_flow")[1:] >= 0.0).all(), "forced: it earns money"
    for history in (claim, three):
        for name in ("value", "premium", "cash", "gap", "abandoned_month", "free_share"):
            assert (history.column("firm-0", name) == none.column("firm-0", name)).all(), name


def test_second_law_lower_survival_of_refused_unlisted_firms():
    """Refused for a year and a half, then capital listens again: with the law their value has shrunk meanwhile."""
    bars = ("bar_hot", "bar_normal", "bar_cold")
    opens = {"opens": {"date": "2025-07", "set": {f"assumptions.rounds.{bar}": -10 for bar in bars}}}
    refused = {"cash": 600, "valuation": 4000, "gap": 0.4, "revenue_year": 30}
    shut = {"exchange": OFF, "rounds": dict.fromkeys(bars, 10)}
    none, claim, triple = (race({**shut, "listing": {"strength": s}}, refused, events=opens) for s in (0, 1, 3))
    assert (startups(none, "refused_months", 18) > 0).mean() > 0.5, "forced: they are refused"
    assert clearly_more(worth(none, "value", 18), worth(claim, "value", 18))
    assert clearly_more(independent(none), independent(triple)), "at 1 so few worlds do not show it"


# Third law: vertical


LIGHT = {"pivoted": "2023-12", "keeps_core": 0, "cash": 600, "valuation": 2000, "revenue_year": 40}
DEEP = {**LIGHT, "keeps_core": 1}


def test_third_law_lower_survival_of_light_pivoters():
    none, claim, double = (race({"vertical": {"strength": s}}, LIGHT) for s in (0, 1, 2))
    assert clearly_more(independent(none, 60), independent(claim, 60))
    assert clearly_more(independent(claim, 60), independent(double, 60))


def test_third_law_deep_pivoters_suffer_less():
    """The same deep pivoters at strength 1 keep more of what the law costs light ones: difference in differences.

    While there are light ones to lose: five years on most are gone with the law and without.
    """
    runs = [[race({"vertical": {"strength": s}}, pivoter) for s in (0, 1)] for pivoter in (LIGHT, DEEP)]
    for tick in (36, 48):
        lost = [independent(none, tick).astype(float) - independent(claim, tick) for none, claim in runs]
        assert clearly_more(*lost)


def test_third_law_deep_pivoters_suffer_less_the_further_above_open_source():
    """Cash lost to the law within a year over what verticals would earn, by the lead over open source."""
    lost = []
    for gap in (2.5, 0.8, 0.1):
        calm = {"frontier": OFF, "open_source": {"pace": 0.001, "release_hazard_month": 0, "lag_months": 12}}
        none, claim = (race({**calm, "vertical": {"strength": s}}, {**DEEP, "cash": 5000, "gap": gap}) for s in (0, 1))
        earned = sum(worth(none, "revenue_vertical", tick) for tick in range(1, 13))
        lost.append((worth(none, "cash", 12) - worth(claim, "cash", 12)) / earned)
    assert clearly_more(lost[0], lost[1]) and clearly_more(lost[1], lost[2])


# The other mechanisms


def test_more_research_spending_smaller_gap():
    gaps = [
        race(others={"firm-0": {"research_ambition": a, "cash": 20000}}).column("firm-0", "gap")[24]
        for a in (0.5, 1, 2)
    ]
    assert clearly_more(gaps[0], gaps[1]) and clearly_more(gaps[1], gaps[2])


@pytest.mark.parametrize("tick", [12, 24])
def test_shorter_lag_lower_api_revenue_of_the_median_startup(tick):
    revenue = [median(race({"open_source": {"lag_months": lag}}), "revenue_api", tick) for lag in (6, 12, 18)]
    assert clearly_more(revenue[1], revenue[0]) and clearly_more(revenue[2], revenue[1])


def test_shorter_lag_cheaper_pivots():
    """Research of firms that start pivoted deep: what they build on costs less."""
    research = [
        worth(race({"open_source": {"lag_months": lag}}, {**DEEP, "cash": 5000}), "research", 12) for lag in (2, 6)
    ]
    assert clearly_more(research[1], research[0])


def test_cheaper_inference_higher_gross_margin():
    margins = []
    for scarcity in (0.5, 1, 2):
        history = race({"inference": {"scarcity": scarcity}})
        margins.append(worth(history, "gross_profit", 12) / worth(history, "revenue", 12))
    assert clearly_more(margins[0], margins[1]) and clearly_more(margins[1], margins[2])


def test_spending_stops_users_decay():
    """One firm advertises no more from July 2025 on: the same before, fewer users month after month after."""
    stop = {"stop": {"date": "2025-07", "set": {"firms.firm-0.marketing_intensity": 0}}}
    base, stopped = (race({"take_off": OFF}, events=events) for events in ({}, stop))
    users = [history.column("firm-0", "users") for history in (base, stopped)]
    assert (users[0][:20] == users[1][:20]).all(), "users of a month are those of the month before's marketing"
    gone = [clearly_more(users[0][tick], users[1][tick]) for tick in (20, 24, 36)]
    assert gone == [True, True, True]
    assert clearly_more(users[1][20], users[1][36])


def _war(depth, **more):
    calm = {"price_war": {"hazard_month": 0}}
    dated = {"war": {"date": "2024-06", "until": "2025-12", "set": {"assumptions.price_war.depth": depth}}}
    return race(calm, events=dated, **more)


def test_deeper_war_shorter_runways():
    wars = [_war(depth) for depth in (0.0, 0.4, 0.8)]
    for tick in (12, 18):
        runways = [startups(war, "runway", tick).mean(axis=1) for war in wars]
        assert clearly_more(runways[0], runways[1]) and clearly_more(runways[1], runways[2])


def test_a_firm_abroad_loses_less_in_a_domestic_war():
    lost = []
    for overseas in (0.0, 0.4, 0.8):
        peace, war = (
            _war(d, others={"firm-0": {"overseas": overseas}}).column("firm-0", "revenue") for d in (0.0, 0.6)
        )
        lost.append(1.0 - war[6:19].sum(axis=0) / np.maximum(peace[6:19].sum(axis=0), 1e-9))
    assert clearly_more(lost[0], lost[1]) and clearly_more(lost[1], lost[2])


def test_who_runs_out_of_money_has_cut_research_before():
    """Of those that close: research over what the frontier costs, in the last month against a year before."""
    history = race({"rounds": OFF, "exchange": OFF, "acquisition": OFF, "pivot": OFF}, {"cash": 600, "valuation": 0})
    share = history.firms["research"][:, :, :6] / np.maximum(history.market["frontier_cost"], 1.0)[:, :, None]
    cuts = []
    for world, firm in np.argwhere(startups(history, "status", 72) == CLOSED):
        last = int(startups(history, "exit_month", 72)[world, firm])
        if last > 14:
            cuts.append((share[last - 12, world, firm], share[last, world, firm]))
    before, after = np.array(cuts).T
    assert len(cuts) > 50
    assert clearly_more(before, after)


def test_colder_climate_fewer_and_later_rounds():
    runs = [race({"climate": {"regime": regime}, "exchange": OFF}) for regime in (HOT, NORMAL, COLD)]
    rounds = [events(history, "round", "down round") for history in runs]
    first = []
    for history in runs:
        mine = history.events[np.isin(history.events["event"], (EVENT["round"], EVENT["down round"]))]
        months = np.full((WORLDS, 6), 73.0)
        np.minimum.at(months, (mine["world"], mine["firm"]), mine["month"])
        first.append(months.mean(axis=1))
    assert clearly_more(rounds[0], rounds[1]) and clearly_more(rounds[1], rounds[2])
    assert clearly_more(first[1], first[0]) and clearly_more(first[2], first[1])


def test_money_concentrates_on_the_top():
    """The largest third of the scarce money the six raised, with investors who look at scores more or less.

    Strategic investors look at other things, and their cheques differ widely whatever the scores.
    """
    shares = []
    scarce = {f"inflow_{climate}": 150 for climate in ("hot", "normal", "cold")} | {"powder_start": 600}
    scarce |= {f"bar_{climate}": -10 for climate in ("hot", "normal", "cold")} | {"size_least": 10, "dilution_least": 0}
    for concentration in (0, 4):
        history = race({"rounds": {**scarce, "concentration": concentration}, "exchange": OFF, "strategic": OFF})
        raised = np.sort(startups(history, "raised", 24), axis=1)
        shares.append(raised[:, -2:].sum(axis=1) / np.maximum(raised.sum(axis=1), 1e-9))
    assert clearly_more(shares[1], shares[0])


def test_closed_window_nobody_lists():
    assert events(race({"exchange": {"window": 0}}), "listing").sum() == 0
    assert clearly_more(
        events(race({"exchange": {"window": 1}}), "listing"), events(race({"exchange": {"window": 0.1}}), "listing")
    )


def test_the_pivot_month_shows_the_exodus():
    """Talent of firms a year after their pivot against the same firms in worlds in which nobody pivots."""
    pivots, none = race({"acquisition": OFF}), race({"pivot": OFF, "acquisition": OFF})
    kept = []
    for world, firm in np.argwhere(startups(pivots, "pivot_month", 72) <= 58):
        month = int(startups(pivots, "pivot_month", 72)[world, firm])
        if startups(pivots, "exit_month", 72)[world, firm] > month + 12:
            with_pivot, without = (h.firms["talent"][:, world, firm] for h in (pivots, none))
            assert with_pivot[month + 1] < with_pivot[month]
            kept.append((without[month + 12] / without[month], with_pivot[month + 12] / with_pivot[month]))
    stayed, left = np.array(kept).T
    assert len(kept) > 50
    assert clearly_more(stayed, left)
    assert events(pivots, "exodus").sum() > 0 == events(none, "exodus").sum()


def test_more_shifts_less_persistence_of_leaders():
    """Who leads a year from the start leads a year later, and so a year on: the more paradigm shifts, the less often.

    Without the lottery of strategic cheques, which redraws the order by itself.
    """
    calm = {"frontier": {"noise_month": 0.005}, "pivot": OFF, "acquisition": OFF, "strategic": OFF, "redemption": OFF}
    none, many = (race({**calm, "paradigm": {"shift_hazard_month": h}}).market["leader"] for h in (0.0, 0.1))
    for first, last in ((12, 24), (24, 36)):
        assert clearly_more(none[first] == none[last], many[first] == many[last])


def test_the_door_closes_as_incumbents_grow_and_latecomers_find_it_closed():
    door = race({"scale": {"strength": 1}}).market["door"]
    assert clearly_more(door[6], door[36])
    enters = {"new": {"enters": "2024-01", "entry_hazard_month": 0.02}}
    came = [
        (race({"scale": {"strength": s, "door_ref": 50}}, others=enters).column("new", "entry_month")[-1] < NEVER)
        for s in (0, 3)
    ]
    assert clearly_more(came[0], came[1])


def test_a_spin_off_brings_time():
    """Firms under pressure that split live no shorter than those that cannot."""
    pressed = {"cash": 300, "valuation": 0, "spin_off_readiness": 20}
    closed = {"rounds": OFF, "exchange": OFF, "acquisition": OFF}
    with_it, without = (race({**closed, "spin_off": {"on": on, "hazard_month": 1}}, pressed) for on in (1, 0))
    months = [np.minimum(startups(h, "exit_month", 72), 73).mean(axis=1) for h in (with_it, without)]
    assert clearly_more(months[0], months[1])


REFUSED_BY_ALL = {"rounds": dict.fromkeys(("bar_hot", "bar_normal", "bar_cold"), 10), "exchange": OFF, "strategic": OFF}


def test_more_capacity_fewer_closures():
    """Of firms that are for sale: short of cash and refused by all."""
    often, closed = {"hazard_month": 0, "offer_month": 0.5, "distress_runway": 9, "refused_months": 3}, []
    for capacity in (0, 1e5):
        buyers = {"buying_capacity_year": capacity}
        history = race({**REFUSED_BY_ALL, "acquisition": often}, {"cash": 500}, giants=buyers)
        closed.append(events(history, "closure"))
        assert (events(history, "acquisition").sum() > 0) == (capacity > 0)
    assert clearly_more(closed[0], closed[1])


def test_nobody_is_sold_before_capital_has_refused_him():
    """A sale needs a seller: the same poor firms are not bought where there is nobody to ask and so to refuse them."""
    nobody = {**REFUSED_BY_ALL, "rounds": OFF, "redemption": OFF, "acquisition": {"hazard_month": 0}}
    history = race(nobody, {"cash": 500}, giants={"buying_capacity_year": 1e4})
    assert events(history, "acquisition").sum() == 0 and events(history, "closure").sum() > WORLDS


def test_a_giants_focus_below_one_keeps_it_from_leading_everything():
    """The same budget: with full focus its gap is smaller than with a tenth of it."""
    gaps = [race(giants={"focus": f, "research_ambition": 2}).column("giant-0", "gap")[24] for f in (1, 0.1)]
    assert clearly_more(gaps[1], gaps[0])
