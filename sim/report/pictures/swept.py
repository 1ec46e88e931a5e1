"""A sweep as its page reads it: which firms and forecasts to draw, and one look-up for the rows of the grid."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from sim.foundation.states import ALL, State
from sim.outcomes.differences import ENDGAME, GENERAL_LEFT, INDEPENDENTS_LEFT
from sim.outcomes.horizon import CLAIM
from sim.report.pictures.decision_axis import DecisionAxis
from sim.report.pictures.value_axis import ValueAxis, source
from sim.report.run_reader import MOST_PANELS, RunReader, Tables
from sim.study.axes import Axis, Coordinate
from sim.study.focus import claims_first, first, itself
from sim.study.sweep import Sweep
from sim.words.numbers import percent
from sim.words.propositions import asked

SWEPT_STATES = {
    State.INDEPENDENT: "Independent",
    State.IN_GENERAL_RACE: "In the general race",
    State.ACQUIRED: "Acquired",
    State.CLOSED: "Closed",
    State.LISTED: "Listed",
    State.PIVOTED: "Pivoted",
}
OVERALL = {
    INDEPENDENTS_LEFT: "Startups independent",
    GENERAL_LEFT: "Startups in the general race",
    ENDGAME: "Endgame reached",
}


@dataclass(frozen=True, eq=False)
class Swept:
    """A sweep, ready to be drawn."""

    done: Sweep

    @property
    def axes(self) -> tuple[Axis, ...]:
        """What varies."""
        return self.done.axes

    @cached_property
    def base(self) -> RunReader:
        """Names, colours and dates of the scenario."""
        return RunReader(self.done.scenario, self.done.manifest)

    @cached_property
    def across(self) -> ValueAxis:
        """The axis of what varies, where that is one thing."""
        (axis,) = self.axes
        return (DecisionAxis if axis.chosen else ValueAxis)(axis, self.done.scenario)

    @cached_property
    def grid_points(self) -> list[tuple[Coordinate, ...]]:
        """The points of the grid, the first path outermost."""
        return list(itertools.product(*(axis.values() for axis in self.axes)))

    @cached_property
    def _rows(self) -> Tables:
        return Tables(self.done.grid, ["quantity", "firm"])

    def rows(self, quantity: str, firm: str = ALL) -> pd.DataFrame:
        """The rows of one quantity of a firm, a point each; maybe none."""
        return self._rows.rows(quantity, firm)

    def spread(self, quantity: str, firm: str = ALL) -> float:
        """How far an estimate moves over the grid; -1 where it is never known."""
        estimates = self.rows(quantity, firm)["estimate"].dropna()
        return float(estimates.max() - estimates.min()) if len(estimates) else -1.0

    @cached_property
    def firms(self) -> list[str]:
        """The firms to draw, of ``base.told``: those in focus, and those whose survival moves most."""
        told = self.base.told
        order = first(sorted(told, key=lambda firm: -self.spread(State.INDEPENDENT, firm)), self.base.focus, itself)
        return [firm for firm in told if firm in order[:MOST_PANELS]]

    @property
    def chosen_note(self) -> str:
        """What to say where not every startup is drawn."""
        drawn, total = len(self.firms), len(self.base.startups)
        return f"Drawn: the {drawn} of {total} startups whose survival moves most." if drawn < total else ""

    @cached_property
    def claims(self) -> list[str]:
        """Ids of the claims to draw: those that speak of who is in focus first, and those whose probability moves
        most.
        """
        asked, focus = self.done.scenario.claims, self.base.focus
        known = [{"claim": claim.id} for claim in asked if self.spread(f"{CLAIM}{claim.id}") >= 0]
        widest = sorted(known, key=lambda row: -self.spread(f"{CLAIM}{row['claim']}"))
        chosen = claims_first(widest, asked, focus)[: MOST_PANELS - 1]
        return [row["claim"] for row in claims_first(known, asked, focus) if row in chosen]

    def says(self, claim: str) -> str:
        """What a claim asks of the worlds, with its dates."""
        scenario = self.done.scenario
        return next((asked(scenario, known) for known in scenario.claims if known.id == claim), claim)

    @property
    def most_moved(self) -> str:
        """Which forecast moves most, and between what; "" where none is known."""
        moved = max(self.claims, key=lambda claim: self.spread(f"{CLAIM}{claim}"), default=None)
        if moved is None:
            return ""
        estimates = self.rows(f"{CLAIM}{moved}")["estimate"]
        low, high = percent(float(estimates.min())), percent(float(estimates.max()))
        return f"Of the forecasts, {moved} ({self.says(moved)}) moves most: between {low} and {high}"

    def caption(self, *parts: str) -> str:
        """A caption: what is drawn, then source and sample size."""
        return " ".join(part for part in (*parts, source(self.done.scenario, "sweep", " at every point")) if part)
