"""The recorder: what is kept of a tile, month by month, as histograms, and at the end, as histories."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.engine.block import BLOCK_WORLDS, Block
from sim.engine.prepared import Problem
from sim.engine.state import in_bytes, log_is_filling, of_firms, of_market
from sim.engine.tally import asked_at, cells, compile_tally, plan_of, tally
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
from sim.foundation.lanes import LANES, held, lane
from sim.foundation.months import DECEMBER, MONTHS_A_YEAR
from sim.foundation.world import World
from sim.scenario.model import Probe
from sim.scenario.year_ends import KEPT, year_ends

PATH_SCALES = np.array([quantity.scale for quantity in PATHS])  # all on the log grid
PATHS_OF_GIANTS = np.array([quantity.of_giants for quantity in PATHS])
LANDSCAPE_SCALES = np.array([quantity.scale for quantity in LANDSCAPE])
LANDSCAPE_GRIDS = np.array([quantity.grid for quantity in LANDSCAPE])
AS_IN_STATE = tuple(c.name for c in FIRM_COLUMNS if c.name in (HISTORY_DTYPE.names or ()))  # what a history takes over


NOWHERE = -1  # the bin of what is not counted
COUNTED_MONTHS = 16  # that are counted in one go


@law
def count(counts, seen, q, tick, x, grids, scales):
    """Count ``x``, the value of quantity ``q`` in month ``tick``, and widen the range that was seen."""
    counts[q, tick, bin_of(x, grids[q], scales[q])] += 1
    if x < seen[q, tick, 0]:
        seen[q, tick, 0] = x
    if x > seen[q, tick, 1]:
        seen[q, tick, 1] = x


@law
def place_row(x, status, places, seen, q, tick, worlds, scales):
    """Put the bins of a firm's numbers ``x`` on the log grid into ``places``: NOWHERE where it is not active.

    ``seen`` is the range of quantity ``q`` by month. ValueError if an active firm's number is not finite.
    """
    strange, low, high = 0, MAGNITUDE, -MAGNITUDE
    for w in range(worlds):
        active, number = status[w] == INDEPENDENT, x[w] + 0.0  # no minus nought
        place = in_order(np.float64(number).view(np.int64))
        strange |= pick(active & (number - number != 0.0), 1, 0)
        low = min(low, pick(active, place, MAGNITUDE))
        high = max(high, pick(active, place, -MAGNITUDE))
        places[w] = pick(active, log_bin(number, scales[q]), NOWHERE)
    if strange:
        raise ValueError("what is not finite has no bin")
    if low <= high:
        seen[q, tick, 0] = min(seen[q, tick, 0], np.int64(in_order(low)).view(np.float64))
        seen[q, tick, 1] = max(seen[q, tick, 1], np.int64(in_order(high)).view(np.float64))


@law
def count_up(tile, places, first, series, counts, of_giants):
    """Count what was placed from month ``first`` to this one, all of a quantity's months together.

    They lie side by side in ``counts``, which is far larger than the processor's caches. ``of_giants`` (quantities,)
    says what is recorded of giants.
    """
    for f in range(places.shape[0]):
        for q in range(places.shape[1]):
            if tile.firms[f]["kind"][0] != STARTUP and not of_giants[q]:
                continue
            own, there = counts[series[f], q], places[f, q]
            for w in range(tile.worlds):
                for tick in range(first, tile.tick + 1):
                    place = there[tick % COUNTED_MONTHS, w]
                    if place != NOWHERE:
                        own[tick, place] += 1


@law
def record(tile, series, places, paths_seen, landscape, landscape_seen, leaders, scales, land_grids, land_scales):
    """Place every active firm, and count every world, in this month's bins; order of quantities as in histograms.py.

    ``places`` (firms, quantities, COUNTED_MONTHS, LANES) are of so many months, which take turns. Of giants only what
    means something of them (histograms.Quantity.of_giants).
    """
    tick, worlds, at = tile.tick, tile.worlds, tile.tick % COUNTED_MONTHS
    december = tile.month % MONTHS_A_YEAR == DECEMBER
    firms, markets = tile.firms, held(tile.market)
    for f in range(firms.shape[0]):
        firm, own, seen = firms[f], places[f], paths_seen[series[f]]
        if firm["kind"][0] == STARTUP:  # the same in all worlds
            place_row(firm["cash"], firm["status"], own[0, at], seen, 0, tick, worlds, scales)
            place_row(firm["runway"], firm["status"], own[1, at], seen, 1, tick, worlds, scales)
            place_row(firm["value"], firm["status"], own[2, at], seen, 2, tick, worlds, scales)
            place_row(firm["burn"], firm["status"], own[4, at], seen, 4, tick, worlds, scales)
        place_row(firm["revenue"], firm["status"], own[3, at], seen, 3, tick, worlds, scales)
        place_row(firm["gap"], firm["status"], own[5, at], seen, 5, tick, worlds, scales)
        place_row(firm["talent"], firm["status"], own[6, at], seen, 6, tick, worlds, scales)
        place_row(firm["users"], firm["status"], own[7, at], seen, 7, tick, worlds, scales)
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
        places = new_places(1)
        compile_for(count_up, tile, places, 0, series, paths, PATHS_OF_GIANTS)
        counted = landscape, seen[0], leaders
        compile_for(record, tile, series, places, seen[1], *counted, PATH_SCALES, LANDSCAPE_GRIDS, LANDSCAPE_SCALES)
    compile_tally(tile)


def new_places(firms: int) -> np.ndarray:
    """Room for the bins of ``firms`` in the months that are counted in one go: (firms, quantities, months, LANES)."""
    return np.full((firms, len(PATHS), COUNTED_MONTHS, LANES), NOWHERE, np.int16)


class Recorder:
    """Keeps what a block is made of while its tiles are simulated one after the other."""

    def __init__(self, problem: Problem, probes: tuple[Probe, ...], first: int, worlds: int) -> None:
        self.problem = problem
        self.told: list[np.ndarray] = []
        self.clipped: dict[str, int] = {}
        rows = {firm: row for row, firm in enumerate(problem.ids)}
        self._plan = plan_of(probes, rows.__getitem__, problem.tick_of)
        self._asked = asked_at(self._plan, problem.ticks)
        self._places, self._counted = new_places(len(problem.ids)), 0  # ticks of the tile at hand that were counted
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
        if tile.tick == 0:
            self._cells = cells(tile)
        placed, counted = (self._places, kept.paths_seen), (kept.landscape, kept.landscape_seen, kept.leaders)
        record(tile, self.problem.series, *placed, *counted, PATH_SCALES, LANDSCAPE_GRIDS, LANDSCAPE_SCALES)
        if (tile.tick + 1) % COUNTED_MONTHS == 0:
            self._count(tile)
        if log_is_filling(tile):
            self.told.append(taken(tile))
        if (place := self._year_ends.get(tile.tick)) is not None:
            there = of_firms(tile, "status")[:, self._kept] == INDEPENDENT
            for k, name in enumerate(KEPT):
                kept.year_ends[worlds, place, :, k] = np.where(there, of_firms(tile, name)[:, self._kept], np.nan)
        if (asked := self._asked[tile.tick]).size:
            tally(*self._cells, asked, *self._plan, kept.probes[worlds])

    def _count(self, tile: World) -> None:
        """Count the months of the tile that were placed and not counted yet."""
        count_up(tile, self._places, self._counted, self.problem.series, self.kept.paths, PATHS_OF_GIANTS)
        self._counted = tile.tick + 1

    def finish(self, tile: World, offset: int) -> None:
        """Record how the worlds of a tile ended, its last months among it."""
        self._count(tile)
        self._counted = 0
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
