"""The industry as records: dtypes from the registries, and a tile of worlds, side by side, before its first month."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine.luck import FIRM_LUCK, MARKET_LUCK
from sim.foundation.columns import FIRM_COLUMNS, LOG_DTYPE, MARKET_COLUMNS, MARKETS, Column, dtype_of
from sim.foundation.lanes import LANES, in_lanes
from sim.foundation.world import World
from sim.laws.catalogue import ASSUMPTIONS, FIRM_ASSUMPTIONS

RECORDS = ("firms", "market", "assume", "luck", "chance")  # parts of a tile with a row of records per world
TABLES = ("shares", "sizes")
LOG_ROWS_PER_FIRM_MONTH = 10  # more than one firm can tell in a month, everything told
LOG_MONTHS = 2  # for which the log has room: while half of it is free, the month to come is sure to find some


def trait_column(name: str) -> str:
    """Column of a firm assumption: its name, or ``entry_<name>`` for a stock's opening value."""
    return f"entry_{name}" if FIRM_ASSUMPTIONS[name].entry_only else name


def assumption_column(path: str) -> str:
    """Column of "assumptions.<mechanism>.<name>": "<mechanism>_<name>"."""
    _, mechanism, name = path.split(".")
    return f"{mechanism}_{name}"


TRAITS = tuple(trait_column(name) for name in FIRM_ASSUMPTIONS)
FIRM_DTYPE = np.dtype(dtype_of(FIRM_COLUMNS).descr + [(t, "<f8") for t in TRAITS], align=True)
MARKET_DTYPE = dtype_of(MARKET_COLUMNS)
ASSUME_DTYPE = np.dtype([(assumption_column(p), "<f8") for p in ASSUMPTIONS], align=True)


# Tiles are made of these very objects: numba knows an array by the identity of its dtype, and takes milliseconds over
# one it has not met, however equal.
FIRM_LANES, MARKET_LANES, ASSUME_LANES, LUCK_LANES, CHANCE_LANES = map(
    in_lanes, (FIRM_DTYPE, MARKET_DTYPE, ASSUME_DTYPE, FIRM_LUCK, MARKET_LUCK)
)
LOG_RECORD = np.dtype((np.record, LOG_DTYPE))


def _records(count: int, dtype: np.dtype, columns: tuple[Column, ...] = ()) -> np.ndarray:
    out = np.zeros(count, dtype)
    for column in columns:
        if column.start:
            out[column.name] = column.start
    return out


def new_tile(worlds: int, firms: int, told: bool) -> World:
    """A tile of ``worlds`` empty worlds, at most LANES, with room for ``firms``; ``told``: all is to be logged."""
    rows = worlds * (firms + 1) * LOG_ROWS_PER_FIRM_MONTH * LOG_MONTHS
    return World(
        firms=_records(firms, FIRM_LANES, FIRM_COLUMNS),
        market=_records(1, MARKET_LANES, MARKET_COLUMNS),
        assume=_records(1, ASSUME_LANES),
        shares=np.zeros((firms, len(MARKETS), LANES)),
        sizes=np.zeros((len(MARKETS), LANES)),
        luck=_records(firms, LUCK_LANES),
        chance=_records(1, CHANCE_LANES),
        log=np.zeros(rows, LOG_RECORD).view(np.recarray),
        told=np.array([0, int(told)], dtype=np.int64),
        tick=0,
        month=0,
        worlds=worlds,
    )


def in_bytes(records: np.ndarray) -> np.ndarray:
    """``records`` as so many bytes each: NumPy copies, joins and sorts those in one go, records column by column."""
    plain: np.ndarray = records.view(np.ndarray).view(f"V{records.itemsize}")
    return plain


def log_is_filling(tile: World) -> bool:
    """True once the log may not have room for another month."""
    return int(tile.told[0]) * LOG_MONTHS > len(tile.log)


def copied(tile: World, worlds: int) -> World:
    """The first ``worlds`` worlds of a tile as a tile of their own; the log, a scratch pad, is shared."""
    parts: dict[str, Any] = {name: getattr(tile, name).copy() for name in TABLES}
    for name in RECORDS:
        whole = getattr(tile, name)
        parts[name] = in_bytes(whole).copy().view(whole.dtype)
    return tile._replace(**parts, told=tile.told.copy(), worlds=worlds)


def of_firms(tile: World, name: str) -> np.ndarray:
    """A column of firms, (worlds, firms); what is written to it is written to the tile."""
    column: np.ndarray = tile.firms[name][:, : tile.worlds].T
    return column


def of_market(tile: World, name: str) -> np.ndarray:
    """A column of the market, (worlds,); what is written to it is written to the tile."""
    column: np.ndarray = tile.market[name][0, : tile.worlds]
    return column


def shares_of(tile: World) -> np.ndarray:
    """Shares, (worlds, firms, markets); what is written to them is written to the tile."""
    return np.moveaxis(tile.shares[..., : tile.worlds], 2, 0)


def world_by_world(records: np.ndarray, worlds: int) -> np.recarray:
    """A copy of ``records`` in lanes, (worlds, rows) records of one number a column."""
    numbers = {name: records.dtype[name].base for name in records.dtype.names or ()}
    out = np.empty((worlds, len(records)), np.dtype(list(numbers.items()), align=True))
    for name in numbers:
        out[name] = records[name][:, :worlds].T
    return out.view(np.recarray)
