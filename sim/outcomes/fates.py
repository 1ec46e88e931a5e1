"""Cumulative incidence of terminal fates and of milestones, exact on the monthly grid.

The incidence of an event in month t is the share of all worlds in which it happened by t: with everyone observed
to the horizon this is the Aalen-Johansen estimate. Terminal fates (acquired, closed, independent, never entered
yet) sum to one in every month; milestones compete with death and do not add up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from sim.engine.block import Block
from sim.foundation.columns import ACQUIRED, CLOSED, MILESTONE_COLUMNS, MILESTONES, NEVER
from sim.foundation.states import State
from sim.outcomes.index import combined, dates_of, groups_of
from sim.outcomes.intervals import of_worlds, pooled_wilson, ratio_sums, ratio_wilson
from sim.outcomes.merging import Counts
from sim.scenario.layout import layout_of
from sim.scenario.model import Scenario

TERMINAL = (State.ACQUIRED, State.CLOSED, State.INDEPENDENT, State.NEVER_ENTERED)
ALL_STATES = (*TERMINAL, *MILESTONES, State.IN_GENERAL_RACE)
OF_FIRM, OF_GROUP = of_worlds, pooled_wilson  # what intervals are made with, and named after (intervals.METHODS)


def event_months(histories: np.ndarray) -> dict[str, np.ndarray]:
    """What is counted -> month it comes to each firm; ``entered`` and ``left`` (the general race) among them.

    A milestone from before the start counts from the entry: nothing happens to a firm that never enters.
    """
    entered, gone = histories["entry_month"], histories["exit_month"]
    months = {
        "entered": entered,
        "left": np.maximum(np.minimum(gone, histories["pivot_month"]), entered),
        State.ACQUIRED: np.where(histories["fate"] == ACQUIRED, gone, np.int32(NEVER)),
        State.CLOSED: np.where(histories["fate"] == CLOSED, gone, np.int32(NEVER)),
    }
    return months | {name: np.maximum(histories[MILESTONE_COLUMNS[name]], entered) for name in MILESTONES}


def by_month(months: np.ndarray, ticks: int) -> np.ndarray:
    """(worlds, firms) months of an event -> (firms, ticks + 1) worlds in which it came by each tick.

    Of transposed months (worlds, ticks + 1) firms to which it came.
    """
    firms = months.shape[1]
    slot = np.clip(months, 0, ticks + 1) + np.arange(firms) * (ticks + 2)
    count = np.bincount(slot.ravel(), minlength=firms * (ticks + 2)).reshape(firms, ticks + 2)
    return count[:, :-1].cumsum(axis=1)


def counts_of(came: dict[str, np.ndarray], members: int) -> dict[str, np.ndarray]:
    """State -> how many of ``members`` are in it, from how many each event came to by each tick."""
    counts = {name: came[name] for name in (State.ACQUIRED, State.CLOSED, *MILESTONES)}
    counts[State.NEVER_ENTERED] = members - came["entered"]
    counts[State.INDEPENDENT] = came["entered"] - came[State.ACQUIRED] - came[State.CLOSED]
    counts[State.IN_GENERAL_RACE] = came["entered"] - came["left"]
    return counts


def states_at(months: dict[str, np.ndarray], tick: int) -> dict[str, np.ndarray]:
    """State -> flags, who is in it at the end of ``tick`` (milestones: who reached it by then), from the months of
    events; all of one shape.
    """
    came = {name: (when <= tick).astype(np.int8) for name, when in months.items()}
    return {state: flags.astype(bool) for state, flags in counts_of(came, 1).items()}


@dataclass
class FateCounts(Counts):
    """Integer sums over worlds from which every incidence and its interval follow.

    ``firms``    state -> (firms, ticks + 1) worlds
    ``groups``   group -> state -> (2, ticks + 1): sum over worlds of the members in the state, and of its square
    ``exits``    group -> (5, ticks + 1): intervals.ratio_sums of the members that are gone, of those that enter by the
                 horizon
    """

    SUMS: ClassVar[tuple[str, ...]] = ("worlds", "firms", "groups", "exits")
    scenario: Scenario
    worlds: int = 0
    firms: dict[str, Any] = field(default_factory=lambda: dict.fromkeys(ALL_STATES, 0))
    groups: dict[str, dict[str, Any]] = field(default_factory=dict)
    exits: dict[str, Any] = field(default_factory=dict)

    def add(self, block: Block) -> None:
        """Count the worlds of ``block`` too."""
        months = event_months(block.histories)
        ticks, single = self.scenario.ticks, list(layout_of(self.scenario).singles.values())
        self.worlds += block.worlds
        came = {name: by_month(when[:, single], ticks) for name, when in months.items()}
        for state, count in counts_of(came, block.worlds).items():
            self.firms[state] = self.firms[state] + count
        for group, members in groups_of(self.scenario).items():
            came = {name: by_month(when[:, members].T, ticks) for name, when in months.items()}
            sums = self.groups.setdefault(group, dict.fromkeys(ALL_STATES, 0))
            for state, count in counts_of(came, len(members)).items():
                sums[state] = sums[state] + np.stack([count.sum(axis=0), (count * count).sum(axis=0)])
            gone, entered = came[State.ACQUIRED] + came[State.CLOSED], came["entered"][:, -1:]
            sums_of_gone = ratio_sums(gone, np.broadcast_to(entered, gone.shape))
            self.exits[group] = self.exits.get(group, 0) + sums_of_gone

    def incidence(self, firm: str, state: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Incidence and its bounds, each (ticks + 1,), of ``state`` for a firm or a group id."""
        single = layout_of(self.scenario).singles
        if firm in single:
            share = self.firms[state][list(single).index(firm)] / self.worlds
            return (share, *OF_FIRM(share, self.worlds))
        members = len(groups_of(self.scenario)[firm])
        total, squares = self.groups[firm][state]
        return (total / (self.worlds * members), *OF_GROUP(total, squares, self.worlds, members))

    def gone(self, firm: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Of all that enter by the horizon the share that is gone, and its bounds, each (ticks + 1,), for a firm or a
        group id; NaN where nobody enters.
        """
        single = layout_of(self.scenario).singles
        if firm in single:
            row = list(single).index(firm)
            gone = self.firms[State.ACQUIRED][row] + self.firms[State.CLOSED][row]
            entered = self.worlds - int(self.firms[State.NEVER_ENTERED][row][-1])
            share = gone / entered if entered else np.full(gone.shape, np.nan)
            return (share, *of_worlds(share, entered))
        gone, entered, *squares = self.exits[firm]
        share = np.divide(gone, entered, out=np.full(gone.shape, np.nan), where=entered > 0)
        return (share, *ratio_wilson(gone, entered, squares))

    def frame(self) -> Any:
        """fates.csv: firm, fate, month, date, incidence, low, high; firms in file order, then groups.

        Beside fates and milestones ``general``: the share that is still in the general race.
        """
        import pandas as pd

        names, ticks = reported(self.scenario), np.arange(self.scenario.ticks + 1)
        rows = [self.incidence(name, state) for name in names for state in ALL_STATES]
        incidence, low, high = (np.concatenate(part) for part in zip(*rows, strict=True))
        columns = combined(firm=names, fate=ALL_STATES, month=ticks)
        columns["date"] = dates_of(self.scenario)[columns["month"]]
        return pd.DataFrame(columns | {"incidence": incidence, "low": low, "high": high})


def reported(scenario: Scenario) -> list[str]:
    """Every id that has rows of its own: the series in file order, then the groups that are no series."""
    series = [firm.id for firm in scenario.firms]
    return series + [group for group in groups_of(scenario) if group not in series]
