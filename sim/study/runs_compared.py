"""What what-ifs and comparisons share: runs of which every one is compared with the first, and what is shown of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sim.archive.folder import plain_rows
from sim.foundation.months import month_text
from sim.foundation.states import A_GIANT, A_STARTUP, ALL, ALL_GIANTS, State
from sim.outcomes.differences import ENDGAME, GENERAL_LEFT, INDEPENDENTS_LEFT, SURVIVAL
from sim.outcomes.quoted import known_rows
from sim.outcomes.year_end_differences import YEAR_END_QUANTITIES
from sim.study.focus import first, focus_in
from sim.study.run import Run
from sim.study.study import Study
from sim.words.names import name_of

if TYPE_CHECKING:
    import pandas as pd

# whether a firm is independent is told only of those that one of two runs lacks: of the others survival says it
SHOWN_QUANTITIES = (SURVIVAL, State.INDEPENDENT, INDEPENDENTS_LEFT, GENERAL_LEFT, ENDGAME)


KEY_OF_A_ROW = ("variant", "firm", "quantity", "date")
TOLD_OF_ALL = ("base", "variant_value", "difference", "low", "high")


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class RunsCompared(Study):
    """Runs, every one compared with the first: ``differences`` is differences.csv as a pandas frame, ``headline`` has a
    sentence for every run but the first, ``runs()`` gives the runs. Where something is given ``differences_all`` is
    differences_all.csv, the same of all worlds.
    """

    differences: pd.DataFrame
    differences_all: pd.DataFrame | None = None
    runs: Callable[[], list[Run]]

    def told_months(self) -> dict[str, int]:
        """Run -> the calendar month at which its runway, cash and revenue are told first."""
        raise NotImplementedError

    def told_first(self) -> tuple[str, ...]:
        """Whose runway, cash and revenue are told first."""
        return focus_in(self.scenario, self.manifest)

    def summary(self) -> list[dict[str, Any]]:
        """The differences at the last common date that the terminal shows, as plain numbers with ``name``, then runway,
        cash and revenue at the date at which they are told.

        Where something is given also ``all_base``, ``all_variant_value``, ``all_difference``, ``all_low`` and
        ``all_high``: the same of all worlds.

        Of every run first who is in focus, then the startups, then the groups, then the industry, each the largest
        difference first; other giants, who do not leave, are left out. Rows that lack one side come last.
        """
        told = self.differences[self.differences["quantity"].isin(YEAR_END_QUANTITIES)]
        at_months = [
            row
            for label, month in self.told_months().items()
            for row in first(
                plain_rows(told[(told["variant"] == label) & (told["date"] == month_text(month))]), self.told_first()
            )
        ]
        names = self.manifest.get("names", {})
        return [
            {"name": names.get(row["firm"]) or name_of(self.scenario, row["firm"]), **row, **self._of_all(row)}
            for row in [*self._at_the_end(), *at_months]
        ]

    def _of_all(self, row: dict[str, Any]) -> dict[str, Any]:
        """What differences_all.csv says of what ``row`` is about; nothing where nothing is given."""
        if self.differences_all is None:
            return {}
        found = self._rows_of_all.get(tuple(row[key] for key in KEY_OF_A_ROW), {})
        return {f"all_{part}": found.get(part) for part in TOLD_OF_ALL}

    @cached_property
    def _rows_of_all(self) -> dict[tuple[Any, ...], dict[str, Any]]:
        rows = [] if self.differences_all is None else plain_rows(self.differences_all)
        return {tuple(row[key] for key in KEY_OF_A_ROW): row for row in rows}

    def quoted_of_all(self) -> list[str]:
        """The headline as it would be of all worlds; empty where nothing is given."""
        raise NotImplementedError

    def _at_the_end(self) -> list[dict[str, Any]]:
        focus, firms = focus_in(self.scenario, self.manifest), self.scenario.firms
        rows = self.differences[self.differences["quantity"].isin(SHOWN_QUANTITIES)]
        rows = rows[rows["date"] == rows.groupby(["variant", "firm", "quantity"])["date"].transform("max")]
        giants = {ALL_GIANTS, *(firm.id for firm in firms if firm.kind == A_GIANT)} - set(focus)
        startups = {firm.id for firm in firms if firm.kind == A_STARTUP}

        def order(row: dict[str, Any]) -> tuple[int, float]:
            rank = 2 if row["firm"] == ALL else 0 if row["firm"] in startups else 1
            return rank, -abs(row["difference"]) if row["difference"] is not None else 1.0

        shown = [row for row in plain_rows(rows) if row["quantity"] != State.INDEPENDENT or row["difference"] is None]
        ranked = sorted((row for row in shown if row["firm"] not in giants), key=order)
        labels = dict.fromkeys(self.differences["variant"])
        return [row for label in labels for row in first((row for row in ranked if row["variant"] == label), focus)]

    def known(self, label: str, of_all: bool = False) -> Sequence[Any]:
        """The rows about a run that have a difference, in the worlds that are left or of all."""
        rows = self.differences_all if of_all else self.differences
        return [] if rows is None else known_rows(rows, label)
