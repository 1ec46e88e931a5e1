"""A scenario as the engine reads it: rows of firms, keys of luck, base values per world, changes by month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from sim.engine.draws import Draw, Slot
from sim.engine.state import assumption_column, in_bytes, trait_column
from sim.foundation.columns import NEVER
from sim.laws.catalogue import ASSUMPTIONS, FIRM_ASSUMPTIONS
from sim.scenario.keys import luck_key
from sim.scenario.layout import Layout, layout_of
from sim.scenario.model import JOINT, Change, Scenario, Value
from sim.scenario.value import range_of

ENSEMBLE_KEY = luck_key("ensemble")  # of the luck by which a world takes its row of joint draws


@dataclass(frozen=True)
class Seeds:
    """Other seeds than the scenario's, for studies that draw one thing anew and leave the rest as it is.

    ``luck`` is the seed of all that happens by chance in the months, ``drawn`` maps the key of an uncertain value to
    the seed of its draws. None, and what is not named, is the scenario's seed.
    """

    luck: int | None = None
    drawn: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """What a tile needs to know. Arrays have a row per firm, copies expanded.

    Rows lie in the order of the ids, whatever the order of the file: so a sum over firms has the same bits for one
    industry however it is written down. ``places`` (firms,) is the place of each row in the file's order (``layout``),
    in which results are handed back (``filed``, ``told``).
    """

    start: int
    ticks: int
    seed: int
    layout: Layout
    ids: tuple[str, ...]
    places: np.ndarray
    keys: np.ndarray
    kinds: np.ndarray
    series: np.ndarray
    enters: np.ndarray
    listed: np.ndarray
    pivoted: np.ndarray
    base: tuple[Draw, ...]
    changes: tuple[tuple[Change, Draw], ...]
    seeds: Seeds = field(default_factory=Seeds)
    draws: int | None = None

    @property
    def luck_seed(self) -> int:
        """Seed of what happens by chance in the months."""
        return self.seed if self.seeds.luck is None else self.seeds.luck

    def seed_of(self, key: int) -> int:
        """Seed of the draws of the uncertain value with this key."""
        return self.seeds.drawn.get(key, self.seed)

    def drawn(self, draw: Draw, first: int, worlds: int) -> np.ndarray:
        """The numbers of ``draw`` in ``worlds`` worlds from ``first`` on; of few ``draws`` they come back in turn."""
        seed = self.seed_of(draw.key)
        if self.draws is None:
            return draw.numbers(seed, first, worlds)
        return draw.numbers(seed, 0, self.draws)[np.arange(first, first + worlds) % self.draws]

    def tick_of(self, month: int) -> int:
        """Tick of a calendar month: 1 is the start."""
        return month - self.start + 1

    def filed(self, rows: np.ndarray) -> np.ndarray:
        """What has a row per firm on its last axis, in the order of the file."""
        out = np.empty_like(rows)
        out[..., self.places] = rows
        return out

    def place_of(self, rows: np.ndarray) -> np.ndarray:
        """Place in the file of every row number in ``rows``; -1, nobody, stays -1."""
        out: np.ndarray = np.append(self.places, -1)[rows]
        return out

    def told(self, events: np.ndarray) -> np.ndarray:
        """Events (columns.LOG_DTYPE) with the firms they name by their place in the file."""
        out: np.ndarray = in_bytes(events).copy().view(events.dtype)
        for name in ("firm", "other"):
            out[name] = self.place_of(events[name])
        return out


def _draw(path: str, value: Value, rows_of: dict[str, tuple[int, ...]], change: Change | None = None) -> Draw:
    """How ``value`` is drawn, which the scenario states for ``path``, or which ``change`` brings there."""
    if path.startswith("assumptions."):
        slot = Slot(path, assumption_column(path), (), ASSUMPTIONS[path])
    else:
        _, firm, name = path.split(".")
        slot = Slot(path, trait_column(name), rows_of[firm], FIRM_ASSUMPTIONS[name])
    if change is None:
        return Draw(
            path, ENSEMBLE_KEY if value.kind == JOINT else luck_key(path), value, range_of("set", slot.declared), slot
        )
    key = luck_key(f"{change.origin}.{path}")
    return Draw(f"{change.origin}.set.{path}", key, value, range_of(change.op, slot.declared), slot)


def _ticks(scenario: Scenario, months: list[int | None]) -> np.ndarray:
    """Ticks of calendar months; NEVER for None."""
    return np.array([NEVER if month is None else month - scenario.start + 1 for month in months], np.int64)


def prepare(scenario: Scenario, seeds: Seeds | None = None) -> Problem:
    """The scenario's simulation part, laid out for the engine; ``seeds`` stand in for the scenario's."""
    seeds = seeds or Seeds()
    if seeds.luck is None:
        seeds = replace(seeds, luck=scenario.luck)
    layout, firms = layout_of(scenario), scenario.firms
    places = np.array(sorted(range(len(layout.ids)), key=layout.ids.__getitem__), np.int64)
    row_of_place = np.argsort(places)
    rows_of = {id: tuple(row_of_place[rows].tolist()) for id, rows in layout.rows.items()}
    ids, series = tuple(layout.ids[place] for place in places), layout.series[places]
    stated = dict(scenario.assumptions)
    stated |= {f"firms.{firm.id}.{name}": value for firm in firms for name, value in firm.values.items()}
    return Problem(
        start=scenario.start,
        ticks=scenario.ticks,
        seed=scenario.seed,
        layout=layout,
        ids=ids,
        places=places,
        keys=np.array([luck_key(i) for i in ids], dtype=np.int64),
        kinds=layout.kinds[places],
        series=series,
        enters=_ticks(scenario, [firm.enters for firm in firms])[series],
        listed=_ticks(scenario, [firm.listed for firm in firms])[series],
        pivoted=_ticks(scenario, [firm.pivoted for firm in firms])[series],
        base=tuple(_draw(path, value, rows_of) for path, value in stated.items()),
        changes=tuple((change, _draw(change.path, change.value, rows_of, change)) for change in scenario.changes),
        seeds=seeds,
        draws=scenario.draws,
    )


def rows_taken(seed: int, rows: int, first: int, worlds: int) -> np.ndarray:
    """(worlds,) which row of an ensemble of so many each world takes."""
    value = Value(JOINT, tuple(map(float, range(rows))))
    slot = Slot("", "", (), next(iter(ASSUMPTIONS.values())))
    drawn = Draw("", ENSEMBLE_KEY, value, range_of("set", slot.declared), slot).numbers(seed, first, worlds)
    return drawn.astype(np.int64)


def draws_of(scenario: Scenario) -> tuple[Draw, ...]:
    """Every uncertain value: assumptions, then firms in file order, then dated changes."""
    problem = prepare(scenario)
    every = (*problem.base, *(draw for _, draw in problem.changes))
    return tuple(draw for draw in every if draw.value.uncertain)
