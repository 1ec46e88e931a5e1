"""The industry as record arrays: dtypes from the registries, and a tile of worlds before its first month."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine.luck import FIRM_LUCK, MARKET_LUCK
from sim.foundation.columns import FIRM_COLUMNS, LOG_DTYPE, MARKET_COLUMNS, MARKETS, Column, dtype_of
from sim.foundation.world import World
from sim.laws.catalogue import ASSUMPTIONS, FIRM_ASSUMPTIONS

RECORDS = ("firms", "market", "assume", "luck", "chance")  # parts of a tile with a row of records per world
TABLES = ("shares", "sizes")
LOG_ROWS_PER_FIRM_MONTH = 10  # more than one firm can tell in a month, everything told


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
FIRM_RECORD, MARKET_RECORD, ASSUME_RECORD, LUCK_RECORD, CHANCE_RECORD, LOG_RECORD = (
    np.dtype((np.record, dtype))
    for dtype in (FIRM_DTYPE, MARKET_DTYPE, ASSUME_DTYPE, FIRM_LUCK, MARKET_LUCK, LOG_DTYPE)
)


def _records(shape: tuple[int, ...], dtype: np.dtype, columns: tuple[Column, ...] = ()) -> Any:
    out = np.zeros(shape, dtype)
    for column in columns:
        if column.start:
            out[column.name] = column.start
    return out.view(np.recarray)


def new_tile(worlds: int, firms: int, told: bool) -> World:
    """A tile of ``worlds`` empty worlds with room for ``firms`` firms; ``told``: everything is to be logged."""
    return World(
        firms=_records((worlds, firms), FIRM_RECORD, FIRM_COLUMNS),
        market=_records((worlds,), MARKET_RECORD, MARKET_COLUMNS),
        assume=_records((worlds,), ASSUME_RECORD),
        shares=np.zeros((worlds, firms, len(MARKETS))),
        sizes=np.zeros((worlds, len(MARKETS))),
        luck=_records((worlds, firms), LUCK_RECORD),
        chance=_records((worlds,), CHANCE_RECORD),
        log=_records((worlds * (firms + 1) * LOG_ROWS_PER_FIRM_MONTH,), LOG_RECORD),
        told=np.array([0, int(told)], dtype=np.int64),
        tick=0,
        month=0,
    )


def copied(tile: World, worlds: int) -> World:
    """The first ``worlds`` worlds of a tile as a tile of their own; the log, a scratch pad, is shared."""
    parts: dict[str, Any] = {name: getattr(tile, name)[:worlds].copy() for name in TABLES}
    for name in RECORDS:
        whole = getattr(tile, name).view(np.ndarray)[:worlds]
        as_memory = whole.view(f"V{whole.itemsize}")  # numpy copies records column by column, this in one go
        parts[name] = as_memory.copy().view(whole.dtype).view(np.recarray)
    return tile._replace(**parts, told=tile.told.copy())
