"""Small worlds for tests: one world at one month with the firms and assumptions a test names, all else at defaults.

    w = world(startup(cash=100.0), giant(), rounds_on=0.0, tick=3)
    closure.step(w)
    assert w.firms[0].status == CLOSED

A firm's values may be state (``cash``), strategy (``overseas``), opening stocks (``entry_cash``) or draws
(``u_pivot``, ``z_score``). Where a test says nothing, luck lets nothing happen: uniform draws are near 1, normal 0.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
from hypothesis import strategies as st

from sim.engine.luck import FIRM_PURPOSES, MARKET_PURPOSES
from sim.engine.state import assumption_column, new_tile, trait_column
from sim.foundation.columns import EVENTS, GIANT, INDEPENDENT, STARTUP
from sim.foundation.world import World
from sim.laws.catalogue import ASSUMPTIONS, FIRM_ASSUMPTIONS, MECHANISMS

NOTHING_HAPPENS = 1.0 - 2.0**-33  # the largest uniform draw there is
JANUARY_2024 = 2024 * 12
DECLARED = {assumption_column(path): declared for path, declared in ASSUMPTIONS.items()}
TRAITS = {trait_column(name): declared for name, declared in FIRM_ASSUMPTIONS.items()}
ALL_OFF = {f"{mechanism.name}_on": 0.0 for mechanism in MECHANISMS}


@cache
def _defaults(firms: int, told: bool) -> World:
    """A tile of one world with every assumption at its default and luck that lets nothing happen."""
    tile = new_tile(1, firms, told)
    for name, declared in DECLARED.items():
        tile.assume[name] = declared.default
    for name, declared in TRAITS.items():
        tile.firms[name] = declared.default
    for purposes, luck in ((FIRM_PURPOSES, tile.luck), (MARKET_PURPOSES, tile.chance)):
        for name in purposes:
            luck[name] = 0.0 if name.startswith("z_") else NOTHING_HAPPENS
    tile.firms["lot"] = np.arange(firms) / max(firms, 1)
    return tile


def startup(**values: float) -> dict[str, float]:
    """A startup that is there since the opening, with its opening stocks, changed by ``values``."""
    stocks = {
        name: values.get(f"entry_{name}", TRAITS[f"entry_{name}"].default)
        for name in ("cash", "gap", "talent", "receivables", "founders_stake")
    }
    return {"kind": STARTUP, "status": INDEPENDENT, "enters_month": 0, "entry_month": 0, **stocks, **values}


def giant(**values: float) -> dict[str, float]:
    """A giant that is there since the opening."""
    return startup(**{"kind": GIANT, "capacity_left": TRAITS["buying_capacity_year"].default, **values})


def world(
    *firms: Mapping[str, float],
    tick: int = 1,
    month: int | None = None,
    told: bool = False,
    market: Mapping[str, float] | None = None,
    chance: Mapping[str, float] | None = None,
    **assume: float,
) -> World:
    """One world with ``firms`` in that order; ``assume`` are assumptions as the laws read them.

    ``month`` is the calendar month (default: tick 1 is January 2024). KeyError or ValueError for a name nobody has.
    """
    tile = World(
        *(part.copy() if isinstance(part, np.ndarray) else part for part in _defaults(max(len(firms), 1), told))
    )
    for name, value in assume.items():
        tile.assume[name] = value
    for row, values in enumerate(firms):
        for name, value in values.items():
            (tile.luck if name in FIRM_PURPOSES else tile.firms)[name][0, row] = value
    for name, value in (market or {}).items():
        tile.market[name] = value
    for name, value in (chance or {}).items():
        tile.chance[name] = value
    return World(
        tile.firms[0],
        tile.market[0],
        tile.assume[0],
        tile.shares[0],
        tile.sizes[0],
        tile.luck[0],
        tile.chance[0],
        tile.log,
        tile.told,
        tick,
        JANUARY_2024 + tick - 1 if month is None else month,
    )


def later(w: World, tick: int) -> World:
    """The same world (the same memory) at another tick."""
    return w._replace(tick=tick, month=w.month + tick - w.tick)


def assumed(**values: float) -> Any:
    """A row of assumptions at defaults, changed by ``values``."""
    return world(**values).assume


def told(w: World) -> list[str]:
    """Names of the events told so far, in order."""
    return [EVENTS[int(code)] for code in w.log["event"][: w.told[0]]]


def bounded(*names: str, low: float | None = None, high: float | None = None) -> st.SearchStrategy[dict[str, float]]:
    """Values of the named assumptions (as laws read them) anywhere within their bounds, or within [low, high]."""

    def one(name: str) -> st.SearchStrategy[float]:
        declared = DECLARED.get(name) or TRAITS[name]
        least = declared.low if low is None else max(low, declared.low)
        most = declared.high if high is None else min(high, declared.high)
        return st.floats(least, most, allow_subnormal=False)

    return st.fixed_dictionaries({name: one(name) for name in names})


def plain(function: Callable[..., Any]) -> Callable[..., Any]:
    """The Python function that was compiled (itself, where compiling is switched off)."""
    return getattr(function, "py_func", function)


def bits(result: Any) -> Any:
    """A number, or a tuple of numbers, as its bytes."""
    if isinstance(result, tuple):
        return tuple(bits(part) for part in result)
    return struct.pack("<d", float(result))


def compiled_as_plain(function: Callable[..., Any], *arguments: Any) -> bool:
    """True if ``function`` gives the same bits compiled and uncompiled."""
    return bool(bits(function(*arguments)) == bits(plain(function)(*arguments)))


def rows(w: World, *columns: str) -> bytes:
    """Bytes of the named columns of all firms, or of their whole rows."""
    return b"".join(np.ascontiguousarray(w.firms[c]).tobytes() for c in columns) if columns else w.firms.tobytes()


def state(w: World) -> bytes:
    """Bytes of everything a step may change."""
    told_rows = w.log[: w.told[0]]
    return b"|".join(part.tobytes() for part in (w.firms, w.market, w.shares, w.sizes, told_rows, w.told))


def step_as_plain(step: Callable[[World], None], make: Callable[[], World]) -> bool:
    """True if ``step`` leaves the same bytes, compiled and uncompiled, in two equal worlds that ``make`` makes."""
    one, other = make(), make()
    step(one)
    plain(step)(other)
    return state(one) == state(other)
