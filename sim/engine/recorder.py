"""The recorder: what is kept of a tile, month by month, as histograms, and at the end, as histories."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.engine.block import BLOCK_WORLDS, Block
from sim.engine.prepared import Problem
from sim.engine.state import in_bytes, log_is_filling, of_firms, of_market
from sim.engine.tally import asked_at, compile_tally, look, plan_of
from sim.foundation.branches import pick
from sim.foundation.causes import NO_CAUSE
from sim.foundation.columns import (
    ACQUIRED,
    CLOSED,
    EXITS,
    FIRM_COLUMNS,
    HISTORY_DTYPE,
    INDEPENDENT,
    LOG_DTYPE,
    NEVER,
    STARTUP,
)
from sim.foundation.errors import RunError
from sim.foundation.histograms import (
    BINS,
    LANDSCAPE,
    MAGNITUDE,
    PATHS,
    bin_of,
    count_bins,
    counts_dtype,
    in_order,
    is_observed,
    log_bin,
    nothing_seen,
)
from sim.foundation.jit import compile_for, law
from sim.foundation.lanes import held, lane
from sim.foundation.months import DECEMBER, MONTHS_A_YEAR
from sim.foundation.world import World
from sim.scenario.model import Probe
from sim.scenario.year_ends import KEPT, year_ends

GRIDS_AND_SCALES = tuple(
    np.array([getattr(quantity, name) for quantity in kept])
    for kept in (PATHS, LANDSCAPE)
    for name in ("grid", "scale")
)
AS_IN_STATE = tuple(c.name for c in FIRM_COLUMNS if c.name in (HISTORY_DTYPE.names or ()))  # what a history takes over


NOWHERE = -1  # the bin of what is not counted


@law
def count(counts, seen, q, tick, x, grids, scales):
    """Count ``x``, the value of quantity ``q`` in month ``tick``, and widen the range that was seen."""
    counts[q, tick, bin_of(x, grids[q], scales[q])] += 1
    if x < seen[q, tick, 0]:
        seen[q, tick, 0] = x
    if x > seen[q, tick, 1]:
        seen[q, tick, 1] = x


@law
def count_row(x, status, counts, seen, q, tick, worlds, scales, bins):
    """``count`` of a firm's numbers ``x``, on the log grid, in the worlds in which it is active.

    ``bins`` (worlds,) is scratch.
    """
    strange, low, high = 0, MAGNITUDE, -MAGNITUDE
    for w in range(worlds):
        active, number = status[w] == INDEPENDENT, x[w] + 0.0  # no minus nought
        place = in_order(np.float64(number).view(np.int64))
        strange |= pick(active & (number - number != 0.0), 1, 0)
        low = min(low, pick(active, place, MAGNITUDE))
        high = max(high, pick(active, place, -MAGNITUDE))
        bins[w] = pick(active, log_bin(number, scales[q]), NOWHERE)
    if strange:
        raise ValueError("what is not finite has no bin")
    for w in range(worlds):
        if bins[w] != NOWHERE:
            counts[q, tick, bins[w]] += 1
    if low <= high:
        seen[q, tick, 0] = min(seen[q, tick, 0], np.int64(in_order(low)).view(np.float64))
        seen[q, tick, 1] = max(seen[q, tick, 1], np.int64(in_order(high)).view(np.float64))


@law
def record(tile, series, paths, paths_seen, landscape, landscape_seen, leaders, grids, scales, land_grids, land_scales):
    """Count every active firm and every world into the bins of this month; order of quantities as in histograms.py.

    Of giants only what means something of them (histograms.Quantity.of_giants).
    """
    tick, worlds = tile.tick, tile.worlds
    december = tile.month % MONTHS_A_YEAR == DECEMBER
    firms, markets = tile.firms, held(tile.market)
    bins = np.empty(worlds, np.int64)
    for f in range(firms.shape[0]):
        firm, own, seen = firms[f], paths[series[f]], paths_seen[series[f]]
        if firm["kind"][0] == STARTUP:  # the same in all worlds
            count_row(firm["cash"], firm["status"], own, seen, 0, tick, worlds, scales, bins)
            count_row(firm["runway"], firm["status"], own, seen, 1, tick, worlds, scales, bins)
            count_row(firm["value"], firm["status"], own, seen, 2, tick, worlds, scales, bins)
            count_row(firm["burn"], firm["status"], own, seen, 4, tick, worlds, scales, bins)
        count_row(firm["revenue"], firm["status"], own, seen, 3, tick, worlds, scales, bins)
        count_row(firm["gap"], firm["status"], own, seen, 5, tick, worlds, scales, bins)
        count_row(firm["talent"], firm["status"], own, seen, 6, tick, worlds, scales, bins)
        count_row(firm["users"], firm["status"], own, seen, 7, tick, worlds, scales, bins)
    for w in range(tile.worlds):
        market = lane(markets, w)
        count(landscape, landscape_seen, 0, tick, float(market.independents), land_grids, land_scales)
        count(landscape, landscape_seen, 1, tick, float(market.general), land_grids, land_scales)
        if is_observed(market.concentration, land_grids[2]):
            count(landscape, landscape_seen, 2, tick, market.concentration, land_grids, land_scales)
        count(landscape, landscape_seen, 3, tick, market.dry_powder, land_grids, land_scales)
        if december and tick > 0:
            count(landscape, landscape_seen, 4, tick, market.venture_year, land_grids, land_scales)
            if is_observed(market.top_four_share, land_grids[5]):
                count(landscape, landscape_seen, 5, tick, market.top_four_share, land_grids, land_scales)
        if market.leader >= 0:
            leaders[series[market.leader], tick] += 1


def taken(tile: World) -> np.ndarray:
    """What was told since this was last asked, (events,) columns.LOG_DTYPE; the tile's log is empty then."""
    events: np.ndarray = in_bytes(tile.log[: tile.told[0]]).copy().view(LOG_DTYPE)
    tile.told[0] = 0
    return events


def exit_causes(events: np.ndarray, histories: np.ndarray, first: int) -> np.ndarray:
    """(worlds, firms) what ended each firm, as its last event tells it; NO_CAUSE where it is not gone.

    RunError if a firm is gone without an event of EXITS, or the other way round.
    """
    ends = events[np.isin(events["event"], EXITS)]
    causes = np.full(histories.shape, NO_CAUSE, histories["cause"].dtype)
    causes[ends["world"] - first, ends["firm"]] = ends["cause"]
    gone = np.isin(histories["fate"], (ACQUIRED, CLOSED))
    untold = np.argwhere(gone != (causes != NO_CAUSE))
    if len(untold):
        world, firm = untold[0]
        raise RunError(
            f"world {first + world}, firm {firm + 1} of the file: its fate and its events disagree about an exit"
        )
    return causes


def compile_record(tile: World) -> None:
    """Compile ``record`` into the cache, for counts of either type."""
    series, seen = np.zeros(1, np.int64), (nothing_seen((1, 1)), nothing_seen((1, 1, 1)))
    for counts in (np.uint16, np.uint32):
        paths, landscape, leaders = (np.zeros((1,) * axes, counts) for axes in (4, 3, 2))
        compile_for(record, tile, series, paths, seen[1], landscape, seen[0], leaders, *GRIDS_AND_SCALES)
    compile_tally(tile)


class Recorder:
    """Keeps what a block is made of while its tiles are simulated one after the other."""

    def __init__(self, problem: Problem, probes: tuple[Probe, ...], first: int, worlds: int) -> None:
        self.problem = problem
        self.told: list[np.ndarray] = []
        self.clipped: dict[str, int] = {}
        rows = {firm: row for row, firm in enumerate(problem.ids)}
        self._plan = plan_of(probes, rows.__getitem__, problem.tick_of)
        self._asked = asked_at(self._plan, problem.ticks)
        single = [rows[firm] for firm in problem.layout.singles]
        self._kept = np.array([row for row in single if problem.kinds[row] == STARTUP], np.int64)
        ends = year_ends(problem.start, problem.start + problem.ticks - 1)
        self._year_ends = {problem.tick_of(month): place for place, month in enumerate(ends)}
        series, months = len(problem.layout.rows), problem.ticks + 1
        counts = counts_dtype(BLOCK_WORLDS * int(np.bincount(problem.series).max()))
        self.kept = Block(
            first=first,
            histories=np.zeros((worlds, len(problem.ids)), HISTORY_DTYPE),
            endgame=np.full(worlds, NEVER, np.int32),
            extinct=np.full(worlds, NEVER, np.int32),
            events=np.empty(0, LOG_DTYPE),
            paths=np.zeros((series, len(PATHS), months, BINS), counts),
            paths_seen=nothing_seen((series, len(PATHS), months)),
            landscape=np.zeros((len(LANDSCAPE), months, count_bins(len(problem.ids))), counts),
            landscape_seen=nothing_seen((len(LANDSCAPE), months)),
            leaders=np.zeros((series, months), counts),
            probes=np.full((worlds, len(probes)), np.nan),
            year_ends=np.full((worlds, len(ends), len(self._kept), len(KEPT)), np.nan, np.float32),
        )

    def month(self, tile: World, offset: int) -> None:
        """Record the month that ends; ``offset`` is the tile's first world within the block."""
        kept, worlds = self.kept, slice(offset, offset + tile.worlds)
        counted = kept.paths, kept.paths_seen, kept.landscape, kept.landscape_seen, kept.leaders
        record(tile, self.problem.series, *counted, *GRIDS_AND_SCALES)
        if log_is_filling(tile):
            self.told.append(taken(tile))
        if (place := self._year_ends.get(tile.tick)) is not None:
            there = of_firms(tile, "status")[:, self._kept] == INDEPENDENT
            found = np.stack([of_firms(tile, name)[:, self._kept] for name in KEPT], axis=-1)
            kept.year_ends[worlds, place] = np.where(there[..., None], found, np.nan)
        if (asked := self._asked[tile.tick]).size:
            look(tile, asked, self._plan, kept.probes[worlds])

    def finish(self, tile: World, offset: int) -> None:
        """Record how the worlds of a tile ended."""
        self.told.append(taken(tile))
        worlds, fates = slice(offset, offset + tile.worlds), of_firms(tile, "status")
        out = np.empty(fates.shape, HISTORY_DTYPE)
        out["fate"] = fates
        for name in AS_IN_STATE:
            out[name] = of_firms(tile, name)
        out["final_valuation"] = np.where(fates == INDEPENDENT, of_firms(tile, "value"), 0.0)
        self.kept.histories[worlds] = self.problem.filed(out)
        self.kept.endgame[worlds] = of_market(tile, "endgame_month")
        self.kept.extinct[worlds] = of_market(tile, "extinct_month")

    def block(self) -> Block:
        """The finished block; events sorted by world, those of a world in the order they happened."""
        kept, rows = self.kept, np.concatenate([in_bytes(events) for events in self.told])
        within = (rows.view(LOG_DTYPE)["world"] - kept.first).astype(np.min_scalar_type(kept.worlds))
        rows = rows[np.argsort(within, kind="stable")]  # small numbers are sorted by radix
        events = self.problem.told(rows.view(LOG_DTYPE))
        kept.histories["cause"] = exit_causes(events, kept.histories, kept.first)
        return replace(kept, events=events, clipped=dict(sorted(self.clipped.items())))
