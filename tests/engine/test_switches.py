"""Every mechanism's *off* sentence holds in every world and month of a lively industry, and is false while it is on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from industries import LIVELY, Walk, count, scenario, walk

from sim.foundation.columns import ABROAD, NEVER, NORMAL, STARTUP
from sim.laws.catalogue import MECHANISMS

WORLDS = 24


def _all(history: Walk, name: str, value: float) -> bool:
    """True if the quantity has this value in every month of every firm's life."""
    return bool((history.firms[name][history.active] == value).all())


def _startups(history: Walk) -> np.ndarray:
    return history.active & (history.firms["kind"] == STARTUP)


def _kept(history: Walk, name: str) -> bool:
    """True if no firm's quantity ever changes between two months of its life."""
    lives = history.active[1:] & history.active[:-1]
    return bool((history.firms[name][1:][lives] == history.firms[name][:-1][lives]).all())


def _never(history: Walk, *events: str) -> bool:
    return all(count(history.events, event) == 0 for event in events)


def _project_terms(history: Walk) -> bool:
    lives = history.active.copy()
    lives[0] = False
    margin = np.broadcast_to((1.0 - history.assume["demand_project_cost"])[:, :, None], lives.shape)
    days = np.broadcast_to(history.assume["receivables_project_dso_days"][:, :, None], lives.shape)
    same = (history.firms["vertical_margin"] == margin) & (history.firms["vertical_dso"] == days)
    at_par = _all(history, "vertical_price", 1.0) and _all(history, "moves_in", 0.0)
    return bool(same[lives].all() and at_par and (history.market["copied"] == 0.0).all())


def _paid_at_once(history: Walk) -> bool:
    lives = _startups(history)
    lives[0] = False
    same = history.firms["collections"][lives] == history.firms["revenue"][lives]
    return bool(same.all() and (history.firms["receivables"][lives] == 0.0).all())


def _cash_alone(history: Walk) -> bool:
    """Value and cash at the end of a month in which neither rounds nor the exchange moved either."""
    lives = _startups(history) & (history.firms["raised"] == 0.0) & (history.firms["spin_off_in"] == 0.0)
    lives[0] = False
    least = np.broadcast_to(history.assume["value_least"][:, :, None], lives.shape)[lives]
    return bool((history.firms["value"][lives] == np.maximum(history.firms["cash"][lives], least)).all())


def _no_adoption(history: Walk) -> bool:
    """Nobody offers what open source would have given him; releases, their lessons and resets never come."""
    most = history.market["open_gap"] + history.assume["frontier_adoption_gap"]
    behind = history.firms["offer_gap"][1:] > most[1:, :, None] + 1e-9
    without = (history.market["api_reset"] == 1.0) & (history.market["know_how"] == 1.0)
    return bool(behind[history.active[1:]].any() and without.all())


def _closes_only_without_cash(history: Walk) -> bool:
    closed = history.firms[-1][history.firms[-1]["status"] == 3]
    return bool((closed["cash"] <= 0.0).all())


# mechanism -> what is true when it is off
OFF: dict[str, Callable[[Walk], bool]] = {
    "scale": lambda h: (
        _all(h, "unit_cost", 1.0)
        and _all(h, "flywheel", 1.0)
        and _all(h, "pressure", 0.0)
        and _all(h, "spread", 1.0)
        and all(bool((h.market[name] == 1.0).all()) for name in ("taking", "door", "scale_price"))
    ),
    "listing": lambda h: _never(h, "report cut", "abandonment") and _all(h, "free_share", 1.0),
    "vertical": _project_terms,
    "frontier": lambda h: bool((h.market["frontier"] == 0.0).all()) and _kept(h, "gap"),
    "open_source": _no_adoption,
    "inference": lambda h: bool((h.market["inference_cost"] == 1.0).all()),
    "paradigm": lambda h: _never(h, "shift") and bool((h.market["shift_month"] == NEVER).all()),
    "demand": lambda h: _all(h, "revenue", 0.0),
    "marketing": lambda h: _all(h, "marketing", 0.0),
    "price_war": lambda h: bool((h.market["war_depth"] == 0.0).all()) and _never(h, "price war"),
    "overseas": lambda h: bool((h.shares[1:, :, :, ABROAD:] == 0.0).all()),
    "burn": lambda h: bool((h.firms["spending"][1:][h.active[1:]] == h.firms["burn_month"][1:][h.active[1:]]).all()),
    "receivables": _paid_at_once,
    "climate": lambda h: bool((h.market["climate"] == NORMAL).all()),
    "rounds": lambda h: _never(h, "round", "down round") and bool((h.market["venture_paid"] == 0.0).all()),
    "strategic": lambda h: _never(h, "strategic round") and bool((h.market["strategic_paid"] == 0.0).all()),
    "redemption": lambda h: _never(h, "redemption") and bool((h.market["redeemed_paid"] == 0.0).all()),
    "value": _cash_alone,
    "exchange": lambda h: _never(h, "listing") and bool((h.market["exchange_paid"] == 0.0).all()),
    "talent": lambda h: _kept(h, "talent"),
    "entry": lambda h: _never(h, "entry") and bool(np.isin(h.firms[-1]["entry_month"], (0, NEVER)).all()),
    "take_off": lambda h: _all(h, "hit_consumer", 0.0) and _all(h, "hit_api", 0.0),
    "releases": lambda h: _all(h, "stale", 0.0) and _all(h, "out_of_race", 0),
    "pivot": lambda h: _never(h, "pivot") and bool((h.firms["pivot_month"] == NEVER).all()),
    "spin_off": lambda h: _never(h, "spin-off") and bool((h.market["spin_off_paid"] == 0.0).all()),
    "acquisition": lambda h: _never(h, "acquisition") and bool((h.firms["status"] != 2).all()),
    "closure": _closes_only_without_cash,
    "endgame": lambda h: bool((h.market["endgame_month"] == NEVER).all()),
}
# what else a scenario needs so that the sentence is false while the mechanism is on, or can be seen when it is off
BESIDE: dict[str, dict[str, dict[str, float]]] = {
    "frontier": {"paradigm": {"on": 0}, "open_source": {"on": 0}},
    "open_source": {"open_source": {"lag_months": 3}},
    "closure": {"closure": {"hazard_month": 0.02}},
    "endgame": {"endgame": {"slow_speed_year": 5}, "burn": {"on": 0}, "paradigm": {"on": 0}},
}


@pytest.fixture(scope="module")
def lively() -> Walk:
    return walk(scenario(LIVELY), WORLDS)


def test_every_mechanism_has_its_sentence_checked():
    assert set(OFF) == {mechanism.name for mechanism in MECHANISMS}


@pytest.mark.parametrize("name", OFF)
def test_off_is_what_the_sentence_says(name, lively):
    beside = BESIDE.get(name, {})
    on = walk(scenario(LIVELY, beside), WORLDS) if beside else lively
    off = walk(scenario(LIVELY, {**beside, name: {**beside.get(name, {}), "on": 0}}), WORLDS)
    assert OFF[name](off)
    assert not OFF[name](on), "the sentence says nothing if it is true anyway"


def test_a_firm_that_starts_pivoted_cuts_from_the_plan_of_the_opening():
    """Deep: it keeps a share of the research it would have planned at the opening, not of nothing."""
    firms = {"deep": {"pivoted": "2023-06", "keeps_core": 1, "cash": 1e6, "research_ambition": 2}}
    sure = {"pivot": {"deep_research": 0.5}, "open_source": {"on": 0}, "frontier": {"on": 0, "cost_month": 60}}
    data = {"start": "2024-01", "end": "2024-03", "firms": firms}
    history = walk(scenario(data, {**sure, "climate": {"regime": 0}, "burn": {"most": 1}}), 1)
    assert history.column("deep", "research")[1:, 0] == pytest.approx([60.0] * 3)
