"""World 4711 has the same luck in every scenario: what a change cannot reach stays bit-identical."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from industries import DATED, LIVELY, flagship, named, scenario, walk

from sim.engine import simulate as engine
from sim.engine.simulate import simulate, trace
from sim.foundation.columns import FIRST_TRACE_EVENT, ROWS

CHANGED_AT = "2025-06"
CHANGED_TICK = 15  # 2024-04 is tick 1
LATER_CHANGES = {
    "a law": {"assumptions.scale.strength": 3},
    "a switch": {"assumptions.talent.on": 0},
    "a hazard": {"assumptions.closure.hazard_month": 0.5},
    "a strategy": {"firms.ahead.research_ambition": 5},
    "a distribution": {"assumptions.demand.api_price": {"times": {"uniform": [0.2, 0.9]}}},
    "a shift": {"assumptions.paradigm.shift": 1},
    "the climate": {"assumptions.climate.regime": 2},
}


def _same(one, other, months=None, but=()):
    """True if firms and market agree in every byte of the first ``months`` months, in every column not in ``but``."""
    for a, b in ((one.firms[:months], other.firms[:months]), (one.market[:months], other.market[:months])):
        if any(a[name].tobytes() != b[name].tobytes() for name in a.dtype.names if name not in but):
            return False
    return True


@pytest.mark.parametrize("change", LATER_CHANGES.values(), ids=LATER_CHANGES.keys())
def test_a_change_in_a_month_leaves_all_months_before_bit_identical(change):
    base = walk(scenario(LIVELY), 12)
    other = walk(scenario(LIVELY, events={"change": {"date": CHANGED_AT, "set": change}}), 12)
    assert _same(base, other, CHANGED_TICK)
    assert (base.shares[:CHANGED_TICK] == other.shares[:CHANGED_TICK]).all()
    assert not _same(base, other, CHANGED_TICK + 3)


def test_a_change_for_a_while_returns_to_the_base_value():
    events = {"change": {"date": CHANGED_AT, "until": "2025-08", "set": {"assumptions.demand.api_price": 0.5}}}
    prices = walk(scenario(LIVELY, events=events), 2).assume["demand_api_price"][:, 0]
    assert list(prices[CHANGED_TICK - 1 : CHANGED_TICK + 4]) == [1.0, 0.5, 0.5, 0.5, 1.0]
    events["change"]["until"] = CHANGED_AT
    prices = walk(scenario(LIVELY, events=events), 2).assume["demand_api_price"][:, 0]
    assert list(prices[CHANGED_TICK - 1 : CHANGED_TICK + 4]) == [1.0, 0.5, 1.0, 1.0, 1.0]


def test_changes_of_one_month_apply_in_file_order_to_the_value_in_force():
    """Set to 0.8, times 0.5, plus 0.3; a later change begins from what is in force then."""
    path = "assumptions.demand.api_price"
    events = {
        "set": {"date": CHANGED_AT, "set": {path: 0.8}},
        "times": {"date": CHANGED_AT, "until": "2025-07", "set": {path: {"times": 0.5}}},
        "plus": {"date": CHANGED_AT, "set": {path: {"plus": 0.3}}},
        "later": {"date": "2025-09", "set": {path: {"times": 2}}},
    }
    prices = walk(scenario(LIVELY, events=events), 2).assume["demand_api_price"][:, 0]
    expected = [1.0, 0.7, 0.7, 1.1, 2.2, 2.2]
    assert prices[CHANGED_TICK - 1 : CHANGED_TICK + 5] == pytest.approx(expected, rel=1e-14)


def _with(extra, first):
    firms = copy.deepcopy(LIVELY["firms"])
    return scenario(LIVELY, firms={**extra, **firms} if first else {**firms, **extra})


def _others(history, base):
    """The rows, in ``history``, of the firms that ``base`` has too."""
    return [history.problem.ids.index(id) for id in base.problem.ids]


@pytest.mark.parametrize("first", [False, True], ids=["last", "first"])
@pytest.mark.parametrize("id", ["aaa", "nobody", "zzz"])
def test_a_firm_that_never_enters_changes_nobody(id, first):
    """Wherever it stands in the file or among the ids, nothing but numbers of rows changes in any byte."""
    base = walk(scenario(LIVELY), 16)
    other = walk(_with({id: {"enters": None, "cash": 5000, "overseas": 0.9}}, first), 16)
    rows = _others(other, base)
    for name in base.firms.dtype.names:
        assert (other.firms[name][:, :, rows] == base.firms[name]).all(), name
    for name in base.market.dtype.names:
        theirs = np.append(rows, -1)[base.market[name]] if name in ROWS else base.market[name]
        assert (other.market[name] == theirs).all(), name


def test_a_firm_that_takes_no_share_money_or_talent_changes_nobody():
    """It sells nothing, raises nothing, attracts nobody, cannot be bought; it is seen, and that is all."""
    hermit = {
        **{
            "cash": 1e6,
            "mix_consumer": 0,
            "mix_api": 0,
            "mix_projects": 0,
            "mix_vertical": 0,
            "marketing_intensity": 0,
        },
        **{"seeks_capital": 0, "listing_appetite": 0, "poaching": 0, "talent": 0.02, "pivots": "never", "gap": 15},
    }
    calm = {"closure": {"hazard_month": 0, "newness_month": 0}, "acquisition": {"hazard_month": 0}}
    base = walk(scenario(LIVELY, calm), 16)
    other = walk(scenario(LIVELY, calm, firms={**LIVELY["firms"], "hermit": hermit}), 16)
    assert (other.column("hermit", "status")[-1] == 1).all()
    for name in base.firms.dtype.names:
        assert (other.firms[name][:, :, _others(other, base)] == base.firms[name]).all(), name


def _assert_blocks_agree(whole, parts):
    assert (np.concatenate([p.histories for p in parts]) == whole.histories).all()
    assert np.concatenate([p.events for p in parts]).tobytes() == whole.events.tobytes()
    for name in ("endgame", "extinct", "probes", "year_ends"):
        assert np.concatenate([getattr(p, name) for p in parts]).tobytes() == getattr(whole, name).tobytes(), name
    for name in ("paths", "landscape", "leaders"):
        assert (sum(getattr(p, name) for p in parts) == getattr(whole, name)).all(), name


def test_the_first_worlds_of_a_bigger_run_are_the_smaller_run():
    small, big = simulate(scenario(LIVELY), 0, 50), simulate(scenario(LIVELY), 0, 80)
    assert (big.histories[:50] == small.histories).all()
    assert (big.events[big.events["world"] < 50] == small.events).all()
    assert (big.endgame[:50] == small.endgame).all()


@pytest.mark.parametrize("name", ["lively", "dated", "flagship"])
def test_results_do_not_depend_on_where_blocks_are_cut(name):
    made = named(name)
    whole = simulate(made, 0, 90)
    _assert_blocks_agree(whole, [simulate(made, first, worlds) for first, worlds in ((0, 1), (1, 52), (53, 37))])


def test_results_do_not_depend_on_the_size_of_a_tile(monkeypatch):
    whole = simulate(scenario(DATED), 10, 60)
    monkeypatch.setattr(engine, "LANES", 7)
    _assert_blocks_agree(simulate(scenario(DATED), 10, 60), [whole])


@pytest.mark.parametrize("name", ["lively", "later", "dated", "flagship"])
def test_a_single_world_replays_identically_alone(name):
    """Its months, its history, and every milestone told of it; trace only tells more."""
    made = named(name)
    block, together = simulate(made, 40, 9), walk(made, 9, first=40)
    for world in (40, 44):
        alone = trace(made, world)
        place = world - 40
        rows = [together.problem.ids.index(id) for id in alone.ids]
        assert alone.firms.tobytes() == np.ascontiguousarray(together.firms[:, place][:, rows]).tobytes()
        market = np.array(together.market[:, place])
        for name in ROWS:
            market[name] = np.append(np.argsort(rows), -1)[market[name]]
        assert alone.market.tobytes() == market.tobytes()
        milestones = alone.events[alone.events["event"] < FIRST_TRACE_EVENT]
        assert milestones.tobytes() == block.events[block.events["world"] == world].tobytes()
        assert len(alone.events) > len(milestones)
        end = alone.firms[-1]
        for column in ("entry_month", "exit_month", "pivot_month", "listing_month", "rounds", "raised"):
            assert (block.histories[column][place] == end[column]).all(), column
        assert (block.histories["fate"][place] == end["status"]).all()


def test_two_calls_give_the_same_bytes():
    one, other = (walk(scenario(LIVELY), 8) for _ in range(2))
    assert one.firms.tobytes() == other.firms.tobytes()


def test_worlds_differ_and_seeds_differ():
    one, other = (walk(scenario(LIVELY, seed=seed), 8) for seed in (1, 2))
    assert len({one.firms[-1, w].tobytes() for w in range(8)}) == 8
    assert not {one.firms[-1, w].tobytes() for w in range(8)} & {other.firms[-1, w].tobytes() for w in range(8)}


def test_a_start_date_earlier_by_a_year_draws_other_luck_but_a_longer_horizon_does_not():
    """Luck is keyed by calendar month: a run that goes on longer begins as the shorter one."""
    short, long = walk(scenario(LIVELY), 8), walk(scenario(LIVELY, end="2028-12"), 8)
    assert _same(short, long, len(short.firms))


def test_uncertain_values_are_drawn_once_per_world_and_copy():
    history = walk(scenario(LIVELY), 64)
    cash = np.stack([history.column(f"crowd-00{k}", "entry_cash") for k in (1, 2, 3)])
    assert (cash == cash[:, :1]).all(), "drawn once, for good"
    assert len(np.unique(cash[:, 0])) == 3 * 64, "every world and copy its own"
    assert (cash >= 50).all() and (cash <= 600).all()
    elsewhere = walk(scenario(LIVELY, {"demand": {"api_cost": {"uniform": [0.4, 0.6]}}}), 64)
    assert (elsewhere.column("crowd-001", "entry_cash") == cash[0]).all(), "another uncertain value shifts no draw"


def test_the_flagship_leads_vary_across_worlds():
    """At strength 1 of every law no startup is the leader of nearly all worlds, and several lead in some."""
    worlds = 300
    history = walk(flagship(), worlds)
    end = history.market["leader"][-1]
    leads = np.bincount(end[end >= 0], minlength=len(history.problem.ids)) / worlds
    assert (leads >= 0.02).sum() >= 3, dict(zip(history.problem.ids, leads, strict=True))
    assert leads.max() <= 0.85, dict(zip(history.problem.ids, leads, strict=True))
