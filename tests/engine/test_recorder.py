"""The recorder keeps what happened: histograms, histories, leaders and probes against every month of every world."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from industries import LIVELY, flagship, scenario, walk

from sim.engine.prepared import draws_of
from sim.engine.recorder import COUNTED_MONTHS
from sim.engine.simulate import simulate, watch
from sim.foundation.causes import NO_CAUSE
from sim.foundation.columns import ACQUIRED, CLOSED, EVENTS, GIANT, INDEPENDENT, NEVER
from sim.foundation.histograms import BINS, HALF, LANDSCAPE, LOG, PATHS, SHARE, YEARLY, bin_bounds, nothing_seen
from sim.foundation.lanes import LANES
from sim.outcomes.claims import UNDECIDED, truth
from sim.scenario.year_ends import KEPT, firms_kept, year_ends

WORLDS = 40


@pytest.fixture(scope="module")
def kept():
    """The same worlds as a block and month by month."""
    made = scenario(LIVELY)
    return simulate(made, 0, WORLDS), walk(made, WORLDS)


def _bins(quantity, values):
    """Bin of each value by looking it up among the published bounds."""
    if quantity.grid != LOG:
        steps = 1 if quantity.unit in ("startups", "count") else BINS - 1
        return np.clip((values * steps + (0.5 if steps > 1 else 0)).astype(int), 0, BINS - 1)
    edges = bin_bounds(quantity)[1][HALF:]  # the upper bounds of the middle bin and of those above it
    size = np.minimum(np.searchsorted(edges, np.abs(values), side="right"), HALF)
    return np.where(values < 0, HALF - size, HALF + size)


def test_paths_count_every_active_firm_in_its_bin(kept):
    """Of giants, whose accounts are open, only what is neither money of theirs nor runway."""
    block, history = kept
    giant = history.firms["kind"] == GIANT
    assert giant.any() and {q.name for q in PATHS if q.of_giants} == {"revenue", "gap", "talent", "users"}
    series = history.problem.series
    for p, quantity in enumerate(PATHS):
        expected = np.zeros_like(block.paths[:, p])
        there = (history.firms["status"] == INDEPENDENT) & (quantity.of_giants | ~giant)
        months, worlds, firms = np.nonzero(there)
        bins = _bins(quantity, history.firms[quantity.name][months, worlds, firms])
        np.add.at(expected, (series[firms], months, bins), 1)
        assert (block.paths[:, p] == expected).all(), quantity.name


@pytest.mark.parametrize("ticks", [12, COUNTED_MONTHS - 2, COUNTED_MONTHS - 1, COUNTED_MONTHS, 2 * COUNTED_MONTHS])
def test_however_many_months_there_are_each_is_counted_once(ticks):
    """Also in the second tile; a month's counts do not depend on when the run ends."""
    made, more = flagship(), 3
    long = simulate(replace(made, end=made.start + 2 * COUNTED_MONTHS), 0, LANES + more).paths
    ends = replace(made, end=made.start + ticks - 1)
    short, tiles = simulate(ends, 0, LANES + more).paths, ((0, LANES), (LANES, more))
    assert (short == long[:, :, : ticks + 1]).all()
    assert (short == sum(simulate(ends, *tile).paths for tile in tiles)).all()


def test_landscape_counts_every_world(kept):
    """Sums over a year in December; where no venture money flowed, or nobody earns, there is no share of it."""
    block, history = kept
    december = np.array(
        [(history.problem.start + tick - 1) % 12 == 11 and tick > 0 for tick in range(len(history.market))]
    )
    for q, quantity in enumerate(LANDSCAPE):
        seen = december if quantity.name in YEARLY else np.ones_like(december)
        bins = _bins(quantity, history.market[quantity.name].astype(float))
        for tick in range(len(history.market)):
            there = history.market[quantity.name][tick] > 0 if quantity.grid == SHARE else slice(None)
            expected = np.bincount(bins[tick][there], minlength=BINS) if seen[tick] else np.zeros(BINS)
            assert (block.landscape[q, tick] == expected).all(), (quantity.name, tick)


def test_the_range_seen_is_that_of_all_values(kept):
    """Lowest and highest of every quantity in every month; nothing where no firm is there."""
    block, history = kept
    giant = history.firms["kind"] == GIANT
    series = history.problem.series
    for p, quantity in enumerate(PATHS):
        expected = nothing_seen(block.paths_seen[:, p].shape[:2])
        there = (history.firms["status"] == INDEPENDENT) & (quantity.of_giants | ~giant)
        months, worlds, firms = np.nonzero(there)
        values = history.firms[quantity.name][months, worlds, firms]
        np.minimum.at(expected[..., 0], (series[firms], months), values)
        np.maximum.at(expected[..., 1], (series[firms], months), values)
        assert (block.paths_seen[:, p] == expected).all(), quantity.name
    money = [q.name for q in LANDSCAPE].index("dry_powder")
    for side, best in enumerate((np.min, np.max)):
        assert (block.landscape_seen[money, :, side] == best(history.market["dry_powder"], axis=1)).all()


def test_leaders_are_counted_by_series(kept):
    block, history = kept
    for tick in range(len(history.market)):
        leader = history.market["leader"][tick]
        expected = np.bincount(history.problem.series[leader[leader >= 0]], minlength=len(block.leaders))
        assert (block.leaders[:, tick] == expected).all()


def test_histories_are_the_last_month(kept):
    block, history = kept
    end = history.problem.filed(history.firms[-1])
    assert (block.histories["fate"] == end["status"]).all()
    for name in set(block.histories.dtype.names) - {"fate", "cause", "final_valuation"}:
        assert (block.histories[name] == end[name]).all(), name
    worth = np.where(end["status"] == INDEPENDENT, end["value"], 0.0)
    assert (block.histories["final_valuation"] == worth).all()
    assert (block.endgame == history.market["endgame_month"][-1]).all()
    assert (block.extinct == history.market["extinct_month"][-1]).all()
    assert (block.extinct <= NEVER).all()


def test_the_cause_of_every_exit_is_that_of_the_event_that_told_it(kept):
    block, history = kept
    ends = {}
    for told in history.problem.told(history.events):
        if EVENTS[told["event"]] in ("acquisition", "closure"):
            ends[int(told["world"]), int(told["firm"])] = int(told["cause"])
    gone = np.argwhere(np.isin(block.histories["fate"], (ACQUIRED, CLOSED)))
    assert sorted(ends) == [tuple(place) for place in gone.tolist()] and len(set(ends.values())) >= 3
    assert all(block.histories["cause"][place] == cause for place, cause in ends.items())
    assert (block.histories["cause"] != NO_CAUSE).sum() == len(ends)


def test_events_are_sorted_by_world_and_by_time_within_one(kept):
    block, history = kept
    order = np.lexsort((block.events["month"], block.events["world"]))
    assert (order == np.arange(len(block.events))).all()
    assert sorted(block.events.tolist()) == sorted(history.problem.told(history.events).tolist())


def test_probes_are_the_quantities_at_their_dates():
    """Of a firm that is not there, not a number; of the market always one."""
    claims = {
        "rich": {"when": {"firm": "ahead", "quantity": "cash", "at": "2025-01", "above": 1000}},
        "few": {"when": {"market": "independents", "at": "2026-05", "below": 3}},
    }
    made = scenario(LIVELY, claims=claims)
    block, history = simulate(made, 0, WORLDS), walk(made, WORLDS)
    for column, probe in enumerate(made.probes):
        tick = history.problem.tick_of(probe.month)
        if probe.firm is None:
            expected = history.market[probe.quantity][tick].astype(float)
        else:
            there = history.alive(probe.firm)[tick]
            expected = np.where(there, history.column(probe.firm, probe.quantity)[tick], np.nan)
            assert np.isnan(expected).any() and not np.isnan(expected).all()
        assert block.probes[:, column].tobytes() == expected.tobytes()


def test_year_ends_are_runway_cash_and_revenue_of_single_startups_that_are_there(kept):
    block, history = kept
    made = scenario(LIVELY)
    who = firms_kept(made)
    dates = year_ends(made.start, made.end)
    singles = [firm.id for firm in made.firms if firm.kind == "startup" and not firm.copies]
    assert list(who) == singles and len(who) < len([firm for firm in made.firms if firm.kind == "startup"])
    assert dates[-1] == made.end and all(month % 12 == 11 for month in dates[:-1]) and len(dates) >= 3
    assert block.year_ends.shape == (len(block.histories), len(dates), len(who), len(KEPT))
    for place, month in enumerate(dates):
        tick = history.problem.tick_of(month)
        for column, firm in enumerate(who):
            for q, name in enumerate(KEPT):
                expected = np.where(history.alive(firm)[tick], history.column(firm, name)[tick], np.nan)
                assert block.year_ends[:, place, column, q].tobytes() == expected.astype(np.float32).tobytes()
    assert np.isnan(block.year_ends).any() and not np.isnan(block.year_ends).all()


@pytest.mark.parametrize("mechanism,share", [("rounds", "top_four_share"), ("demand", "concentration")])
def test_a_share_of_nothing_is_missing(mechanism, share):
    """No venture money in the year, or no revenue: no number to compare, no claim that holds or fails, no row."""
    claims = {"few": {"when": {"market": share, "at": "2024-12", "above": 0.5}}}
    made = scenario(LIVELY, {mechanism: {"on": 0}}, claims=claims)
    block = simulate(made, 0, 5)
    assert np.isnan(block.probes).all()
    assert (truth(made.claims[0], block, made) == UNDECIDED).all()
    assert block.landscape[[q.name for q in LANDSCAPE].index(share)].sum() == 0
    there = simulate(scenario(LIVELY, claims=claims), 0, 5)
    assert not np.isnan(there.probes).all()


def test_clipped_values_are_counted():
    """An event that leads out of bounds is clipped: one count a world, in every month in which it is put in force."""
    events = {"low": {"date": "2025-01", "until": "2025-02", "set": {"assumptions.demand.api_price": {"times": 1e-6}}}}
    made = scenario(LIVELY, events=events)
    assert simulate(made, 0, 10).clipped == {"assumptions.demand.api_price": 10}
    prices = walk(made, 2).assume["demand_api_price"]
    assert (prices[10:12] == 0.001).all() and (prices[12] == 1.0).all()


def test_draws_of_a_scenario_are_what_its_worlds_drew():
    """Every uncertain assumption and trait, sampled without simulating, equals the column the worlds lived with."""
    for made in (scenario(LIVELY), flagship()):
        history = walk(made, 12, first=3)
        dated = {change.path for change, _ in history.problem.changes}
        checked = 0
        for draw in draws_of(made):
            sample = draw.sample(made.seed, 3, 12)
            if draw.path.startswith("events.") or draw.path in dated:
                continue
            slot = draw.slot
            if slot.rows:
                expected = history.firms[slot.column][0][:, slot.rows].mean(axis=1)
            else:
                expected = history.assume[slot.column][0]
            assert sample == pytest.approx(expected, rel=1e-14), draw.path
            checked += 1
        assert checked >= 3


def test_watching_tells_every_event_once_in_its_month():
    """The log is emptied after each month: it would grow beyond its end, and a compiled law writes there unasked."""
    made, told = scenario(LIVELY), []

    def see(_ids, tile):
        rows = np.asarray(tile.log)[: int(tile.told[0])]
        assert (rows["month"] == tile.tick).all()
        told.extend(zip(rows["world"], rows["month"], rows["event"], rows["value"], strict=True))

    watch(made, 0, WORLDS, see)
    kept = simulate(made, 0, WORLDS).events
    assert sorted(told) == sorted(zip(kept["world"], kept["month"], kept["event"], kept["value"], strict=True))
    assert len(told) > WORLDS
