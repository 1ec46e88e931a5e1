"""The recorder: what is kept of a tile, month by month, as histograms, and at the end, as histories."""

from __future__ import annotations

import numpy as np

from sim.engine.block import BLOCK_WORLDS, Block
from sim.engine.prepared import Problem
from sim.foundation.causes import NO_CAUSE
from sim.foundation.columns import (
    ACQUIRED,
    CLOSED,
    EXITS,
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
    PATHS,
    bin_of,
    count_bins,
    counts_dtype,
    is_observed,
    nothing_seen,
)
from sim.foundation.jit import compile_for, law
from sim.foundation.months import DECEMBER, MONTHS_A_YEAR
from sim.foundation.world import World
from sim.scenario.model import Probe
from sim.scenario.year_ends import KEPT, year_ends

PATH_GRIDS = np.array([q.grid for q in PATHS])
PATH_SCALES = np.array([q.scale for q in PATHS])
LAND_GRIDS = np.array([q.grid for q in LANDSCAPE])
LAND_SCALES = np.array([q.scale for q in LANDSCAPE])
LAND_GRID_OF = {q.name: q.grid for q in LANDSCAPE}
HISTORY_MONTHS = tuple(name for name in HISTORY_DTYPE.names or () if name.endswith("_month"))


@law
def count(counts, seen, q, tick, x, grids, scales):
    """Count ``x``, the value of quantity ``q`` in month ``tick``, and widen the range that was seen."""
    counts[q, tick, bin_of(x, grids[q], scales[q])] += 1
    if x < seen[q, tick, 0]:
        seen[q, tick, 0] = x
    if x > seen[q, tick, 1]:
        seen[q, tick, 1] = x


@law
def record(tile, series, paths, paths_seen, landscape, landscape_seen, leaders, grids, scales, land_grids, land_scales):
    """Count every active firm and every world into the bins of this month; order of quantities as in histograms.py.

    Of giants only what means something of them (histograms.Quantity.of_giants).
    """
    tick = tile.tick
    december = tile.month % MONTHS_A_YEAR == DECEMBER
    for w in range(tile.market.shape[0]):
        for f in range(tile.firms.shape[1]):
            firm = tile.firms[w, f]
            if firm.status != INDEPENDENT:
                continue
            own, seen = paths[series[f]], paths_seen[series[f]]
            if firm.kind == STARTUP:
                count(own, seen, 0, tick, firm.cash, grids, scales)
                count(own, seen, 1, tick, firm.runway, grids, scales)
                count(own, seen, 2, tick, firm.value, grids, scales)
                count(own, seen, 4, tick, firm.burn, grids, scales)
            count(own, seen, 3, tick, firm.revenue, grids, scales)
            count(own, seen, 5, tick, firm.gap, grids, scales)
            count(own, seen, 6, tick, firm.talent, grids, scales)
            count(own, seen, 7, tick, firm.users, grids, scales)
        market = tile.market[w]
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


def logged(tile: World, rows: int) -> np.ndarray:
    """The first rows of a tile's log, (rows,) columns.LOG_DTYPE."""
    return np.array(tile.log.view(np.ndarray)[:rows].view(LOG_DTYPE))


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
    series, grids, scales = np.zeros(1, np.int64), (PATH_GRIDS, PATH_SCALES), (LAND_GRIDS, LAND_SCALES)
    seen = nothing_seen((1, 1)), nothing_seen((1, 1, 1))
    for counts in (np.uint16, np.uint32):
        paths, landscape, leaders = (np.zeros((1,) * axes, counts) for axes in (4, 3, 2))
        compile_for(record, tile, series, paths, seen[1], landscape, seen[0], leaders, *grids, *scales)


class Recorder:
    """Keeps what a block is made of while its tiles are simulated one after the other."""

    def __init__(self, problem: Problem, probes: tuple[Probe, ...], first: int, worlds: int) -> None:
        series, ticks = len(problem.layout.rows), problem.ticks
        self.problem = problem
        self.first = first
        self.histories = np.zeros((worlds, len(problem.ids)), HISTORY_DTYPE)
        self.endgame = np.full(worlds, NEVER, dtype=np.int32)
        self.extinct = np.full(worlds, NEVER, dtype=np.int32)
        months, counts = ticks + 1, counts_dtype(BLOCK_WORLDS * int(np.bincount(problem.series).max()))
        self.paths = np.zeros((series, len(PATHS), months, BINS), counts)
        self.paths_seen = nothing_seen((series, len(PATHS), months))
        self.landscape = np.zeros((len(LANDSCAPE), months, count_bins(len(problem.ids))), counts)
        self.landscape_seen = nothing_seen((len(LANDSCAPE), months))
        self.leaders = np.zeros((series, months), counts)
        self.probed = np.zeros((worlds, len(probes)))
        self.told: list[np.ndarray] = []
        self.clipped: dict[str, int] = {}
        self._probes = [(column, problem.tick_of(probe.month), probe) for column, probe in enumerate(probes)]
        self._rows = {firm: row for row, firm in enumerate(problem.ids)}
        single = [self._rows[firm] for firm in problem.layout.singles]
        self._kept = np.array([row for row in single if problem.kinds[row] == STARTUP], np.int64)
        ends = year_ends(problem.start, problem.start + ticks - 1)
        self._year_ends = {problem.tick_of(month): place for place, month in enumerate(ends)}
        self.year_ends = np.full((worlds, len(ends), len(self._kept), len(KEPT)), np.nan, np.float32)

    def month(self, tile: World, offset: int) -> None:
        """Record the month that ends; ``offset`` is the tile's first world within the block."""
        record(
            tile,
            self.problem.series,
            self.paths,
            self.paths_seen,
            self.landscape,
            self.landscape_seen,
            self.leaders,
            PATH_GRIDS,
            PATH_SCALES,
            LAND_GRIDS,
            LAND_SCALES,
        )
        rows = int(tile.told[0])
        if rows:
            self.told.append(logged(tile, rows))
            tile.told[0] = 0
        if (place := self._year_ends.get(tile.tick)) is not None:
            there = np.asarray(tile.firms["status"])[:, self._kept] == INDEPENDENT
            kept = np.stack([np.asarray(tile.firms[name])[:, self._kept] for name in KEPT], axis=-1)
            self.year_ends[offset : offset + len(tile.market), place] = np.where(there[..., None], kept, np.nan)
        for column, tick, probe in self._probes:
            if tick == tile.tick:
                self.probed[offset : offset + len(tile.market), column] = self._probe(tile, probe)

    def _probe(self, tile: World, probe: Probe) -> np.ndarray:
        if probe.firm is None:
            found = np.asarray(tile.market[probe.quantity], dtype=float)
            observed = [is_observed(x, LAND_GRID_OF[probe.quantity]) for x in found]
            return np.where(observed, found, np.nan)
        row = self._rows[probe.firm]
        there = np.asarray(tile.firms["status"])[:, row] == INDEPENDENT
        return np.where(there, np.asarray(tile.firms[probe.quantity])[:, row], np.nan)

    def finish(self, tile: World, offset: int) -> None:
        """Record how the worlds of a tile ended."""
        rows = slice(offset, offset + len(tile.market))
        firms = tile.firms
        out = np.empty(firms.shape, HISTORY_DTYPE)
        out["fate"] = firms["status"]
        for name in HISTORY_MONTHS:
            out[name] = firms[name]
        out["rounds"] = firms["rounds"]
        out["raised"] = firms["raised"]
        out["final_valuation"] = np.where(firms["status"] == INDEPENDENT, firms["value"], 0.0)
        self.histories[rows] = self.problem.filed(out)
        self.endgame[rows] = tile.market["endgame_month"]
        self.extinct[rows] = tile.market["extinct_month"]

    def block(self) -> Block:
        """The finished block; events sorted by world, those of a world in the order they happened."""
        events = np.concatenate(self.told) if self.told else np.empty(0, LOG_DTYPE)
        within = (events["world"] - self.first).astype(np.min_scalar_type(len(self.histories)))
        events = self.problem.told(events[np.argsort(within, kind="stable")])  # small numbers are sorted by radix
        self.histories["cause"] = exit_causes(events, self.histories, self.first)
        return Block(
            first=self.first,
            histories=self.histories,
            endgame=self.endgame,
            extinct=self.extinct,
            events=events,
            paths=self.paths,
            paths_seen=self.paths_seen,
            landscape=self.landscape,
            landscape_seen=self.landscape_seen,
            leaders=self.leaders,
            probes=self.probed,
            year_ends=self.year_ends,
            clipped=dict(sorted(self.clipped.items())),
        )
