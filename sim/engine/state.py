"""The industry as record arrays: dtypes from the registries, and a tile of worlds before its first month."""

from __future__ import annotations

import numpy as np

from sim.engine.luck import FIRM_LUCK, MARKET_LUCK
from sim.foundation.columns import FIRM_COLUMNS, LOG_DTYPE, MARKET_COLUMNS, MARKETS, Column, dtype_of
from sim.foundation.world import World
from sim.laws.catalogue import ASSUMPTIONS, FIRM_ASSUMPTIONS

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


def _filled(shape: tuple[int, ...], dtype: np.dtype, columns: tuple[Column, ...]) -> np.ndarray:
    out = np.zeros(shape, dtype)
    for column in columns:
        out[column.name] = column.start
    return out


def new_tile(worlds: int, firms: int, told: bool) -> World:
    """A tile of ``worlds`` empty worlds with room for ``firms`` firms; ``told``: everything is to be logged."""
    return World(
        firms=_filled((worlds, firms), FIRM_DTYPE, FIRM_COLUMNS).view(np.recarray),
        market=_filled((worlds,), MARKET_DTYPE, MARKET_COLUMNS).view(np.recarray),
        assume=np.zeros((worlds,), ASSUME_DTYPE).view(np.recarray),
        shares=np.zeros((worlds, firms, len(MARKETS))),
        sizes=np.zeros((worlds, len(MARKETS))),
        luck=np.zeros((worlds, firms), FIRM_LUCK).view(np.recarray),
        chance=np.zeros((worlds,), MARKET_LUCK).view(np.recarray),
        log=np.zeros(worlds * (firms + 1) * LOG_ROWS_PER_FIRM_MONTH, LOG_DTYPE).view(np.recarray),
        told=np.array([0, int(told)], dtype=np.int64),
        tick=0,
        month=0,
    )
