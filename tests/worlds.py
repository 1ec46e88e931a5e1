"""Small worlds for tests: one world at one month with the firms and assumptions a test names, all else at defaults.

    w = world(startup(cash=100.0), giant(), rounds_on=0.0, tick=3)
    closure.step(w)
    assert w.firms[0].status == CLOSED

A law that is a rule for one firm is run for all of them, as the month does it: ``settle(w)`` is ``burn.settle`` for
every independent firm, ``demand_month(w)`` all rules of demand in their order.

A firm's values may be state (``cash``), strategy (``overseas``), opening stocks (``entry_cash``) or draws
(``u_pivot``, ``z_score``). Where a test says nothing, luck lets nothing happen: uniform draws are near 1, normal 0.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

from sim.engine import month as the_month
from sim.engine.luck import FIRM_PURPOSES, MARKET_PURPOSES
from sim.engine.state import assumption_column, new_tile, trait_column, world_by_world
from sim.foundation.columns import EVENTS, GIANT, INDEPENDENT, STARTUP
from sim.foundation.world import World
from sim.industry import burn, demand, frontier, marketing, overseas, receivables, releases, take_off, talent, value
from sim.laws import scale, vertical
from sim.laws.catalogue import ASSUMPTIONS, FIRM_ASSUMPTIONS, MECHANISMS

NOTHING_HAPPENS = 1.0 - 2.0**-33  # the largest uniform draw there is
JANUARY_2024 = 2024 * 12
DECLARED = {assumption_column(path): declared for path, declared in ASSUMPTIONS.items()}
TRAITS = {trait_column(name): declared for name, declared in FIRM_ASSUMPTIONS.items()}
ALL_OFF = {f"{mechanism.name}_on": 0.0 for mechanism in MECHANISMS}


@cache
def _defaults(firms: int, told: bool) -> World:
    """One world, one record a firm, with every assumption at its default and luck that lets nothing happen.

    Every part but the log is an array whose first axis is the world.
    """
    tile = new_tile(1, firms, told)
    for name, declared in DECLARED.items():
        tile.assume[name] = declared.default
    for name, declared in TRAITS.items():
        tile.firms[name] = declared.default
    for purposes, luck in ((FIRM_PURPOSES, tile.luck), (MARKET_PURPOSES, tile.chance)):
        for name in purposes:
            luck[name] = 0.0 if name.startswith("z_") else NOTHING_HAPPENS
    tile.firms["lot"] = (np.arange(firms) / max(firms, 1))[:, np.newaxis]
    return tile._replace(
        firms=world_by_world(tile.firms, 1),
        market=world_by_world(tile.market, 1)[:, 0],
        assume=world_by_world(tile.assume, 1)[:, 0],
        shares=np.ascontiguousarray(tile.shares[np.newaxis, ..., 0]),
        sizes=np.ascontiguousarray(tile.sizes[np.newaxis, ..., 0]),
        luck=world_by_world(tile.luck, 1),
        chance=world_by_world(tile.chance, 1)[:, 0],
    )


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
    for name, number in assume.items():
        tile.assume[name] = number
    for row, values in enumerate(firms):
        for name, number in values.items():
            (tile.luck if name in FIRM_PURPOSES else tile.firms)[name][0, row] = number
    for name, number in (market or {}).items():
        tile.market[name] = number
    for name, number in (chance or {}).items():
        tile.chance[name] = number
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


class Rule(NamedTuple):
    """A law as the month runs it: whether it is a firm's own, the line of business or place it is for, if any."""

    law: Callable[..., Any]
    of_firm: bool
    at: tuple[int, ...]


class Rules:
    """Laws that run in a world one after the other; a firm's own for every independent firm."""

    def __init__(self, *rules: Rule) -> None:
        self.rules = rules

    def __call__(self, w: World) -> None:
        """Run them as they are compiled."""
        self._run(w, lambda law: law)

    def py_func(self, w: World) -> None:
        """Run them uncompiled."""
        self._run(w, plain)

    def _run(self, w: World, form: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
        for rule in self.rules:
            law = form(rule.law)
            if not rule.of_firm:
                law(w, *rule.at)
                continue
            for f in range(len(w.firms)):
                if w.firms[f].status == INDEPENDENT:
                    law(w, f, *rule.at)


def phase_of(name: str, *modules: ModuleType) -> Rules:
    """The laws of a phase of the month in their order: all, or those of some modules."""
    (phase,) = (one for one in the_month.ORDER if one.name == name)
    rules = []
    for step in the_month.steps(phase):
        owner, law = step.name.split(".")
        module = getattr(the_month, owner)
        if module in (modules or (module,)):
            rules.append(Rule(getattr(module, law), step.of_firm, () if step.at is None else (step.at,)))
    return Rules(*rules)


FIRMS_WORK = ("trade", "operations")


def month_of(module: ModuleType, *names: str, phases: Sequence[str] = FIRMS_WORK) -> Rules:
    """The laws of a module in the order in which these phases of the month run them: all, or those of these names.

    LookupError if the phases run no law of the module, or none of one of the names.
    """
    run = [rule for phase in phases for rule in phase_of(phase, module).rules]
    chosen = [rule for rule in run if not names or rule.law.__name__ in names]
    if not chosen or not set(names) <= {rule.law.__name__ for rule in chosen}:
        raise LookupError(f"phases {phases} do not run {names or 'a law'} of {module.__name__}")
    return Rules(*chosen)


frontier_moves = month_of(frontier, "no_means", "add_means", "advance", phases=["technology"])
open_month = month_of(burn, "open_month")
scale_month = month_of(scale)
vertical_month = month_of(vertical)
overseas_month = month_of(overseas)
models_age = month_of(releases, "age")
take_off_month = month_of(take_off)
demand_month = Rules(*month_of(demand, "measure", phases=["technology"]).rules, *month_of(demand).rules)
receivables_month = month_of(receivables)
decide_spending = month_of(burn, "wages", "shrink", "step")
settle = month_of(burn, "settle")
users_bought = month_of(marketing, "add_up", "ask_price", "lose", "fill", "buy")
keep_pace = month_of(frontier, "keep_pace")
models_released = month_of(releases, "step")
talent_month = month_of(talent)
valuation = month_of(value, phases=["capital"])


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
