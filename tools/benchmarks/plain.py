"""The laws uncompiled, and a world as plain Python objects for them to act on.

Rows are ordinary objects with attributes and tables are lists and dictionaries, the fastest form in which Python
runs the laws unchanged: a row of a NumPy record array is several times slower to read and write.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any
from unittest.mock import patch

import numpy as np

from sim.engine.luck import FIRM_LUCK, MARKET_LUCK
from sim.engine.state import ASSUME_DTYPE, FIRM_DTYPE, MARKET_DTYPE, TRAITS
from sim.foundation import jit
from sim.foundation.columns import INDEPENDENT, LOG_DTYPE, MARKETS
from sim.foundation.world import World
from tools.benchmarks.feed import Ending, Feed, ending_of
from tools.benchmarks.month_by_hand import FIRM, MONTH, OPENING, Part, Rule

Step = Callable[[Any], None]
COMPILED = ("sim.industry", "sim.laws", "sim.engine.month")


def _is_compiled(module: str) -> bool:
    """True for a module of laws, also for one in the foundation that has some beside other things."""
    if module.startswith("sim.foundation."):
        return getattr(sys.modules[module], "law", None) is not None and module != jit.__name__
    return any(module == name or module.startswith(f"{name}.") for name in COMPILED)


def _unchanged(function: Callable[..., Any]) -> Callable[..., Any]:
    return function


@cache
def uncompiled() -> Any:
    """engine/month.py imported a second time with all its laws as plain Python; the compiled modules stay in place."""
    kept = {name: module for name, module in sys.modules.items() if name == "sim" or name.startswith("sim.")}
    attributes = {name: dict(vars(module)) for name, module in kept.items()}
    for name in kept:
        if _is_compiled(name):
            del sys.modules[name]
    try:
        with patch.object(jit, "law", _unchanged), patch.object(jit, "view", _unchanged):
            return importlib.import_module("sim.engine.month")
    finally:
        for name in [name for name in sys.modules if _is_compiled(name)]:
            del sys.modules[name]
        sys.modules.update(kept)
        for name, module in kept.items():  # a package's attribute is the module that was imported last
            for attribute, known in attributes[name].items():
                if inspect.ismodule(known):
                    setattr(module, attribute, known)


def _law(name: str) -> Callable[..., Any]:
    module, function = name.split(".")
    law: Callable[..., Any] = getattr(getattr(uncompiled(), module), function)
    return law


def _step_of(rule: Rule) -> Step:
    law, at = _law(rule.name), () if rule.at is None else (rule.at,)
    if not rule.of_firm:
        return (lambda world: law(world, *at)) if at else law

    def step(world: Any) -> None:
        for f, firm in enumerate(world.firms):
            if firm.status == INDEPENDENT:
                law(world, f, *at)

    return step


def steps_of(rules: Iterable[Rule]) -> tuple[Step, ...]:
    """The uncompiled rules, each run on a world: one of a single firm for all that are independent, in their order."""
    return tuple(_step_of(rule) for rule in rules)


@cache
def firm_parts() -> tuple[tuple[int, Part, tuple[Step, ...]], ...]:
    """Place in the month, part and steps of everything that firms do for themselves."""
    return tuple((place, part, steps_of(part.rules)) for place, part in enumerate(MONTH) if part.who == FIRM)


@cache
def industry_parts() -> tuple[tuple[int, Part, tuple[Step, ...]], ...]:
    """Place in the month, part and steps of everything that needs all firms at once."""
    return tuple((place, part, steps_of(part.rules)) for place, part in enumerate(MONTH) if part.who != FIRM)


class Rows(list[Any]):
    """Rows that a law indexes and counts as it does a record array's."""

    def __init__(self, rows: Iterable[Any]) -> None:
        super().__init__(rows)
        self.shape = (len(self),)


class Shares(dict[tuple[int, int], float]):
    """Shares by (firm, market)."""

    def __init__(self, values: np.ndarray) -> None:
        super().__init__({place: float(values[place]) for place in np.ndindex(values.shape)})
        self.shape = values.shape


class OwnShares:
    """The shares of one firm, as the only row of a table."""

    def __init__(self, shares: Shares, row: int) -> None:
        self.shares, self.row, self.shape = shares, row, (1, len(MARKETS))

    def __getitem__(self, place: tuple[int, int]) -> float:
        return self.shares[self.row, place[1]]

    def __setitem__(self, place: tuple[int, int], share: float) -> None:
        self.shares[self.row, place[1]] = share


def row_type(dtype: np.dtype) -> type:
    """A class whose objects have the columns of ``dtype`` as attributes and nothing else."""
    return type("Row", (), {"__slots__": dtype.names})


def put(row: Any, dtype: np.dtype, record: Any) -> Any:
    """Write a record's numbers, as Python's own, to the attributes of ``row``."""
    for name, number in zip(dtype.names or (), record.item(), strict=True):
        setattr(row, name, number)
    return row


def _numbers(row: Any, dtype: np.dtype) -> tuple[float, ...]:
    return tuple(getattr(row, name) for name in dtype.names or ())


Luck, Chance, Assume, Market, Firm, Told = (
    row_type(dtype) for dtype in (FIRM_LUCK, MARKET_LUCK, ASSUME_DTYPE, MARKET_DTYPE, FIRM_DTYPE, LOG_DTYPE)
)


class Log(list[Any]):
    """A log that grows by the row that is asked for."""

    def __getitem__(self, _row: Any) -> Any:
        row = Told()
        self.append(row)
        return row


class PlainWorld:
    """World ``w`` of a feed, its draws and assumptions, as plain objects; ``firms`` are empty rows to fill."""

    def __init__(self, feed: Feed, w: int, firms: Iterable[Any]) -> None:
        opened = feed.opened
        self.start, self.ticks, everything = feed.problem.start, feed.ticks, int(opened.told[1])
        self.world_type: type[World] = uncompiled().World
        self.firms = Rows(put(firm, FIRM_DTYPE, opened.firms[w, f]) for f, firm in enumerate(firms))
        self.market = put(Market(), MARKET_DTYPE, opened.market[w])
        self.shares, self.sizes = Shares(opened.shares[w]), [float(size) for size in opened.sizes[w]]
        self.versions = [put(Assume(), ASSUME_DTYPE, record) for record in feed.assume[:, w]]
        self.traits = feed.traits[:, w]
        self.version = [int(version) for version in feed.version]
        self.chance = [put(Chance(), MARKET_LUCK, record) for record in feed.chance[w]]
        self.luck = [Rows(put(Luck(), FIRM_LUCK, record) for record in month) for month in feed.luck[w]]
        self.own_luck = [[Rows([row]) for row in month] for month in self.luck]
        self.own_rows = [
            (Rows([firm]), OwnShares(self.shares, f), Log(), [0, everything]) for f, firm in enumerate(self.firms)
        ]
        self.log, self.told = Log(), [0, everything]
        world = self.world(0)
        speed = _law("frontier.speed_month")(world.assume, world.assume.frontier_age_months)
        _law("open_source.at_opening")(world, speed)
        for step in steps_of(OPENING):
            step(world)

    def change(self, tick: int) -> None:
        """Put the strategies of firms in force that a dated event changes this month."""
        version = self.version[tick]
        if version != self.version[tick - 1]:
            for f, firm in enumerate(self.firms):
                for trait, number in zip(TRAITS, self.traits[version, f], strict=True):
                    setattr(firm, trait, float(number))

    def world(self, tick: int) -> World:
        """The whole world in a month, as the laws see it."""
        month = max(tick, 1) - 1
        return self.world_type(
            self.firms,
            self.market,
            self.versions[self.version[tick]],
            self.shares,
            self.sizes,
            self.luck[month],
            self.chance[month],
            self.log,
            self.told,
            tick,
            self.start + tick - 1,
        )

    def own(self, f: int, tick: int) -> World:
        """What firm ``f`` sees of it in a month: itself as the only firm."""
        rows, shares, log, told = self.own_rows[f]
        return self.world_type(
            rows,
            self.market,
            self.versions[self.version[tick]],
            shares,
            self.sizes,
            self.own_luck[tick - 1][f],
            self.chance[tick - 1],
            log,
            told,
            tick,
            self.start + tick - 1,
        )

    def is_gone(self, f: int) -> bool:
        """True once firm ``f`` is acquired or closed."""
        return bool(self.firms[f].status > INDEPENDENT)

    def events(self) -> list[tuple[float, ...]]:
        """Everything told, by the industry and by the firms for themselves."""
        rows = [_numbers(row, LOG_DTYPE) for row in self.log]
        place = LOG_DTYPE.names.index("firm")
        for f, (_, _, log, _) in enumerate(self.own_rows):
            for row in log:
                numbers = _numbers(row, LOG_DTYPE)
                rows.append((*numbers[:place], f, *numbers[place + 1 :]))
        return rows


def ending(feed: Feed, worlds: list[PlainWorld]) -> Ending:
    """How all worlds of a feed ended, as records."""
    tile = feed.fresh()
    for w, world in enumerate(worlds):
        tile.market[w] = _numbers(world.market, MARKET_DTYPE)
        for f, firm in enumerate(world.firms):
            tile.firms[w, f] = _numbers(firm, FIRM_DTYPE)
        for place, share in world.shares.items():
            tile.shares[(w, *place)] = share
    events = np.array([row for world in worlds for row in world.events()], dtype=LOG_DTYPE)
    return ending_of(tile, events)
