"""The recorder: what is kept of a tile, month by month, as histograms, and at the end, as histories."""

from __future__ import annotations

import numpy as np

from sim.engine.block import Block
from sim.engine.problem import Problem
from sim.foundation.columns import (
    FIRST_TRACE_EVENT,
    HISTORY_DTYPE,
    INDEPENDENT,
    LOG_DTYPE,
    NEVER,
    STARTUP,
)
from sim.foundation.grid import BINS, LANDSCAPE, PATHS, bin_of
from sim.foundation.jit import law
from sim.foundation.world import World
from sim.scenario.model import Probe

PATH_GRIDS = np.array([q.grid for q in PATHS])
PATH_SCALES = np.array([q.scale for q in PATHS])
LAND_GRIDS = np.array([q.grid for q in LANDSCAPE])
LAND_SCALES = np.array([q.scale for q in LANDSCAPE])
MONTHS_A_YEAR = 12
HISTORY_MONTHS = tuple(name for name in HISTORY_DTYPE.names or () if name.endswith("_month"))


@law
def record(tile, series, paths, landscape, leaders, grids, scales, land_grids, land_scales):
    """Count every active firm and every world into the bins of this month; order of quantities as in grid.py.

    Of giants only what means something of them (grid.Quantity.of_giants).
    """
    tick = tile.tick
    december = tile.month % MONTHS_A_YEAR == MONTHS_A_YEAR - 1
    for w in range(tile.market.shape[0]):
        for f in range(tile.firms.shape[1]):
            firm = tile.firms[w, f]
            if firm.status != INDEPENDENT:
                continue
            s = series[f]
            if firm.kind == STARTUP:
                paths[s, 0, tick, bin_of(firm.cash, grids[0], scales[0])] += 1
                paths[s, 1, tick, bin_of(firm.runway, grids[1], scales[1])] += 1
                paths[s, 2, tick, bin_of(firm.value, grids[2], scales[2])] += 1
                paths[s, 4, tick, bin_of(firm.burn, grids[4], scales[4])] += 1
            paths[s, 3, tick, bin_of(firm.revenue, grids[3], scales[3])] += 1
            paths[s, 5, tick, bin_of(firm.gap, grids[5], scales[5])] += 1
            paths[s, 6, tick, bin_of(firm.talent, grids[6], scales[6])] += 1
            paths[s, 7, tick, bin_of(firm.users, grids[7], scales[7])] += 1
        market = tile.market[w]
        landscape[0, tick, bin_of(float(market.independents), land_grids[0], land_scales[0])] += 1
        landscape[1, tick, bin_of(float(market.general), land_grids[1], land_scales[1])] += 1
        landscape[2, tick, bin_of(market.concentration, land_grids[2], land_scales[2])] += 1
        landscape[3, tick, bin_of(market.dry_powder, land_grids[3], land_scales[3])] += 1
        if december and tick > 0:
            landscape[4, tick, bin_of(market.venture_year, land_grids[4], land_scales[4])] += 1
            if market.venture_year > 0.0:  # nobody's share of nothing
                landscape[5, tick, bin_of(market.top_four_share, land_grids[5], land_scales[5])] += 1
        if market.leader >= 0:
            leaders[series[market.leader], tick] += 1


def logged(tile: World, rows: int) -> np.ndarray:
    """The first rows of a tile's log, (rows,) columns.LOG_DTYPE."""
    return np.array(tile.log.view(np.ndarray)[:rows].view(LOG_DTYPE))


class Recorder:
    """Keeps what a block is made of while its tiles are simulated one after the other."""

    def __init__(self, problem: Problem, probes: tuple[Probe, ...], first: int, worlds: int) -> None:
        series, ticks = len(problem.series_ids), problem.ticks
        self.problem = problem
        self.first = first
        self.histories = np.zeros((worlds, len(problem.ids)), HISTORY_DTYPE)
        self.endgame = np.full(worlds, NEVER, dtype=np.int32)
        self.extinct = np.full(worlds, NEVER, dtype=np.int32)
        self.paths = np.zeros((series, len(PATHS), ticks + 1, BINS), dtype=np.uint32)
        self.landscape = np.zeros((len(LANDSCAPE), ticks + 1, BINS), dtype=np.uint32)
        self.leaders = np.zeros((series, ticks + 1), dtype=np.uint32)
        self.probed = np.zeros((worlds, len(probes)))
        self.told: list[np.ndarray] = []
        self.clipped: dict[str, int] = {}
        self._probes = [(column, problem.tick_of(probe.month), probe) for column, probe in enumerate(probes)]
        self._rows = {firm: row for row, firm in enumerate(problem.ids)}

    def month(self, tile: World, offset: int) -> None:
        """Record the month that ends; ``offset`` is the tile's first world within the block."""
        record(
            tile,
            self.problem.series,
            self.paths,
            self.landscape,
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
        for column, tick, probe in self._probes:
            if tick == tile.tick:
                self.probed[offset : offset + len(tile.market), column] = self._probe(tile, probe)

    def _probe(self, tile: World, probe: Probe) -> np.ndarray:
        if probe.firm is None:
            return np.asarray(tile.market[probe.quantity], dtype=float)
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
        events = events[np.argsort(within, kind="stable")]  # small numbers are sorted by radix
        return Block(
            first=self.first,
            histories=self.histories,
            endgame=self.endgame,
            extinct=self.extinct,
            events=self.problem.told(events),
            paths=self.paths,
            landscape=self.landscape,
            leaders=self.leaders,
            probes=self.probed,
            clipped=dict(sorted(self.clipped.items())),
        )


def milestones(events: np.ndarray) -> np.ndarray:
    """The events that every run keeps, without those told only when a world is traced."""
    return events[events["event"] < FIRST_TRACE_EVENT]
