"""Which row of a block is which firm, and which rows make up a group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from sim.foundation.columns import GIANT, STARTUP
from sim.foundation.months import month_text
from sim.foundation.states import ALL_GIANTS, ALL_STARTUPS
from sim.scenario.frozen import Frozen
from sim.scenario.layout import Layout, layout_of
from sim.scenario.model import Scenario

GROUP_NAMES = {ALL_STARTUPS: "All startups", ALL_GIANTS: "All giants"}
ENTERS_BY_CHANCE, NEVER_ENTERS = -1, -2  # in place of a tick of entry
HAZARD = "entry_hazard_month"


def group_name(id: str) -> str:
    """A group as people say it, at the start of a sentence: "All startups"; of the scenario's own groups the id with
    spaces: "Group all firms".
    """
    return GROUP_NAMES.get(id, f"Group {id.replace('-', ' ')}")


def entry_ticks(scenario: Scenario) -> np.ndarray:
    """(rows,) the tick in which the scenario lets each firm enter: 0 is the opening, else a fixed date in the run;
    ENTERS_BY_CHANCE where it comes by chance from a date on, NEVER_ENTERS where it does not.
    """
    changed = {change.path for change in scenario.changes}
    ticks: list[int] = []
    for firm in scenario.firms:
        hazard = firm.values.get(HAZARD)
        by_chance = f"firms.{firm.id}.{HAZARD}" in changed or (hazard is not None and hazard.numbers != (0,))
        if firm.enters is None:
            tick = NEVER_ENTERS
        elif firm.enters <= scenario.start:
            tick = 0
        else:
            tick = ENTERS_BY_CHANCE if by_chance else firm.enters - scenario.start + 1
        ticks += [tick] * max(firm.copies, 1)
    return np.array(ticks, np.int64)


def groups_of(scenario: Scenario) -> Mapping[str, np.ndarray]:
    """Group id -> row indices: classes of copies, the scenario's groups, then ``startups`` and ``giants``.

    Groups without members are left out. No firm or group of a scenario is called like a built-in one (RESERVED_IDS).
    Made once for a layout and its groups; read-only.
    """
    return _groups(layout_of(scenario), tuple((group, tuple(firms)) for group, firms in scenario.groups.items()))


def startups_of(scenario: Scenario) -> np.ndarray:
    """Row indices of all startups."""
    return np.flatnonzero(layout_of(scenario).kinds == STARTUP)


def members_of(scenario: Scenario, name: str) -> np.ndarray:
    """Row indices of a firm, a class or a group."""
    groups = groups_of(scenario)
    return groups[name] if name in groups else layout_of(scenario).of_series(name)


@lru_cache(maxsize=64)
def _groups(layout: Layout, stated: tuple[tuple[str, tuple[str, ...]], ...]) -> Mapping[str, np.ndarray]:
    members = {id: layout.of_series(id) for id in layout.rows if id not in layout.singles}
    for group, firms in stated:
        members[group] = np.unique([row for firm in firms for row in layout.rows[firm]])
    members[ALL_STARTUPS] = np.flatnonzero(layout.kinds == STARTUP)
    members[ALL_GIANTS] = np.flatnonzero(layout.kinds == GIANT)
    for rows in members.values():
        rows.flags.writeable = False
    return Frozen({group: rows for group, rows in members.items() if rows.size})


def combined(**keys: np.ndarray | Sequence[str]) -> dict[str, Any]:
    """Columns of a table with a row for every combination of ``keys``, the last changing first."""
    each = [values if isinstance(values, np.ndarray) else np.array(values, object) for values in keys.values()]
    return {name: grid.ravel() for name, grid in zip(keys, np.meshgrid(*each, indexing="ij"), strict=True)}


def tick_text(scenario: Scenario, tick: int) -> str:
    """The calendar month of ``tick`` as ``YYYY-MM``; tick 0, the opening state, is the month before the start."""
    return month_text(scenario.start + int(tick) - 1)


def dates_of(scenario: Scenario) -> np.ndarray:
    """``YYYY-MM`` of ticks 0 to ``scenario.ticks``, as an array of texts."""
    return np.array([tick_text(scenario, tick) for tick in range(scenario.ticks + 1)], object)
