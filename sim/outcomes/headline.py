"""The table of fates at the horizon: what the terminal prints and what the report opens with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from sim.archive.dictionary import AMONG
from sim.engine.block import Block
from sim.foundation.states import State
from sim.outcomes.between_draws import Spread, Within, spread_columns
from sim.outcomes.fates import ALL_STATES, FateCounts, event_months, reported
from sim.outcomes.index import group_name, members_of, tick_text
from sim.outcomes.intervals import of_worlds, ratio_sums, ratio_wilson
from sim.outcomes.merging import Counts
from sim.scenario.layout import layout_of
from sim.scenario.model import Scenario


@dataclass
class AmongListed(Counts):
    """Abandoned among listed at the horizon: name -> intervals.ratio_sums (integers)."""

    SUMS: ClassVar[tuple[str, ...]] = ("listed",)
    scenario: Scenario
    listed: dict[str, Any] = field(default_factory=dict)

    def add(self, block: Block) -> None:
        """Count the worlds of ``block`` too."""
        months, ticks = event_months(block.histories), self.scenario.ticks
        was_listed, was_abandoned = months[State.LISTED] <= ticks, months[State.ABANDONED] <= ticks
        for name in reported(self.scenario):
            rows = members_of(self.scenario, name)
            a = (was_listed & was_abandoned)[:, rows].sum(axis=1)
            b = was_listed[:, rows].sum(axis=1)
            self.listed[name] = self.listed.get(name, 0) + ratio_sums(a, b)

    def share(self, name: str) -> tuple[float, float, float]:
        """Share abandoned among those listed by the horizon, with bounds; NaN where none is listed."""
        a, b, *squares = (int(total) for total in self.listed[name])
        share = a / b if b else float("nan")
        low, high = of_worlds(share, b) if name in layout_of(self.scenario).singles else ratio_wilson(a, b, squares)
        return share, float(low), float(high)


def median_exit(scenario: Scenario, gone: tuple[np.ndarray, np.ndarray, np.ndarray]) -> dict[str, str | None]:
    """``median_exit``: the first month, ``YYYY-MM``, by which half of all that enter are gone, with its 95% interval.

    ``gone`` is FateCounts.gone. The interval (Brookmeyer and Crowley 1982) holds the months in which the share that is
    gone cannot be told from one half: it begins when the upper bound reaches a half and ends when the lower one does.
    None: not by the horizon; where nobody enters, all three.
    """

    def first(share: np.ndarray) -> str | None:
        reached = np.flatnonzero(share >= 0.5)
        return tick_text(scenario, int(reached[0])) if reached.size else None

    share, low, high = gone
    return {"median_exit": first(share), "median_exit_low": first(high), "median_exit_high": first(low)}


def headline_frame(
    scenario: Scenario,
    fates: FateCounts,
    among: AmongListed,
    of_states: Callable[[Sequence[str], Sequence[Within]], list[Spread]],
) -> Any:
    """One row per firm, class and group, at the horizon.

    firm, name, kind (startup, giant, group), members (a class has many), then for every fate, milestone, ``general``
    (still in the general race) and ``abandoned_among_listed``: the share of worlds (of members) with ``_low`` and
    ``_high``; then ``median_exit``, ``median_exit_low`` and ``median_exit_high``; last, for every fate, milestone and
    ``general``, ``_sd`` with ``_sd_low`` and ``_sd_high``: the spread between draws, which ``of_states`` gives.
    """
    import pandas as pd

    firms = {firm.id: firm for firm in scenario.firms}
    records, bounds, names = [], [], reported(scenario)
    for name in names:
        firm = firms.get(name)
        record: dict[str, Any] = {
            "firm": name,
            "name": firm.name if firm else group_name(name),
            "kind": firm.kind if firm else "group",
            "members": len(members_of(scenario, name)),
        }
        estimates = {state: [float(part[-1]) for part in fates.incidence(name, state)] for state in ALL_STATES}
        estimates[AMONG] = list(among.share(name))
        for state, (share, low, high) in estimates.items():
            record |= {state: share, f"{state}_low": low, f"{state}_high": high}
        record |= median_exit(scenario, fates.gone(name))
        bounds.append(np.array([estimates[state][1:] for state in ALL_STATES]).T)
        records.append(record)
    for record, spread in zip(records, of_states(names, bounds), strict=True):
        for state, *parts in zip(ALL_STATES, *spread, strict=True):
            record |= spread_columns(Spread(*map(float, parts)), state)
    return pd.DataFrame.from_records(records)
