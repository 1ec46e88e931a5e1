"""A finished run: its scenario, its outcomes, and where it is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.archive import tables
from sim.archive.folder import SCENARIO, RunFolder, number, open_run
from sim.engine.block import Block
from sim.foundation.errors import InputError
from sim.foundation.states import State
from sim.scenario.model import Scenario
from sim.study.focus import claims_first, first, focus_in

if TYPE_CHECKING:
    import pandas as pd

    from sim.outcomes.summary import Outcomes
    from sim.words.life_stories import WorldStory

# outcome -> file of the run folder
OUTCOME_FILES = {
    "fates": "fates.csv",
    "causes": "causes.csv",
    "survival": "survival.csv",
    "landscape": "landscape.csv",
    "endgame": "endgame.csv",
    "claims": "claims.csv",
    "facts": "facts.csv",
    "headline": "headline.csv",
    "leaders": "leaders.csv",
    "paths": tables.PATHS,
}
FIRMS, EVENTS = tables.FIRMS, tables.EVENTS
# in the summary, with intervals
SHOWN = (State.INDEPENDENT, State.ACQUIRED, State.CLOSED, State.LISTED, State.PIVOTED, State.NEVER_ENTERED)
MEDIAN_EXIT = ("median_exit", "median_exit_low", "median_exit_high")


@dataclass(frozen=True, eq=False)
class Run:
    """Many worlds of one scenario. The methods give pandas frames with the columns of the result files.

    ``folder`` is None for a run that was written nowhere; ``blocks`` gives its worlds block by block, in order.
    """

    scenario: Scenario
    outcomes: Outcomes
    manifest: dict[str, Any]
    blocks: Callable[[], Iterator[Block]]
    folder: Path | None = None
    reused: bool = False

    def survival(self) -> pd.DataFrame:
        """survival.csv: curves of firms and groups, with 95% bands."""
        return self._frame("survival")

    def fates(self) -> pd.DataFrame:
        """fates.csv: cumulative incidence of fates and milestones by month."""
        return self._frame("fates")

    def causes(self) -> pd.DataFrame:
        """causes.csv: what ended the firms, by year, fate and cause.

        InputError if the run was opened from a folder of an earlier version, which did not keep it.
        """
        from sim.outcomes.exits import NOT_KEPT

        if self.outcomes.causes is None:
            raise InputError(
                NOT_KEPT,
                file=str(self.folder),
                allowed="a folder with causes.csv: run the scenario again to have one",
            )
        return self._frame("causes")

    def landscape(self) -> pd.DataFrame:
        """landscape.csv: quantiles of the industry's quantities by month."""
        return self._frame("landscape")

    def endgame(self) -> pd.DataFrame:
        """endgame.csv: share of worlds that reached the endgame by each month."""
        return self._frame("endgame")

    def claims(self) -> pd.DataFrame:
        """claims.csv: share of worlds in which each forecast comes true."""
        return self._frame("claims")

    def paths(self) -> pd.DataFrame:
        """paths.parquet: quantiles of every firm's quantities by month."""
        return self._frame("paths")

    def firms(self) -> pd.DataFrame:
        """firms.parquet: one row per world and firm."""
        if self.folder is not None:
            return RunFolder(self.folder, self.manifest).frame(FIRMS)
        from sim.outcomes.world_tables import histories_frame

        firms: pd.DataFrame = histories_frame(self.scenario, self.blocks())[tables.schema_of(FIRMS).names]
        return firms

    def events(self) -> pd.DataFrame:
        """events.parquet: the milestones of every world, in the order they happened."""
        if self.folder is not None:
            return RunFolder(self.folder, self.manifest).frame(EVENTS)
        import numpy as np

        from sim.outcomes.world_tables import events_frame

        log = np.concatenate([block.events for block in self.blocks()])
        events: pd.DataFrame = events_frame(self.scenario, log)[tables.schema_of(EVENTS).names]
        return events

    def summary(self) -> list[dict[str, Any]]:
        """One row per firm and group at the horizon, as plain numbers, who is in focus first: what the terminal shows.

        firm, name, kind, then independent, acquired, closed, listed, pivoted and never_entered, each with ``_low`` and
        ``_high`` (None where there is one world), then the month by which half of all that enter are gone: median_exit
        with ``_low`` and ``_high`` (YYYY-MM; None: not by the horizon, or nobody enters).
        """
        shown = [f"{fate}{bound}" for fate in SHOWN for bound in ("", "_low", "_high")]
        columns = ["firm", "name", "kind", *shown, *MEDIAN_EXIT]
        frame = self.outcomes.headline.reindex(columns=columns)  # an older version wrote fewer
        rows = [{key: number(value) for key, value in row.items()} for row in frame.to_dict("records")]
        return first(rows, focus_in(self.scenario, self.manifest))

    def ledger(self) -> list[dict[str, Any]]:
        """Claims, then facts, in each those about who is in focus first, as plain numbers: ``scenario`` and the columns
        of claims.csv.

        ``asked`` is what exactly was asked of the worlds, with its dates, in words. ``happened`` says whether a fact
        did; it is None for a claim.
        """
        from sim.words.propositions import asked

        said = {(c.id, c.happened): asked(self.scenario, c) for c in (*self.scenario.claims, *self.scenario.facts)}
        frames = (self.outcomes.claims, self.scenario.claims), (self.outcomes.facts, self.scenario.facts)
        focus = focus_in(self.scenario, self.manifest)
        rows = [row for frame, asked in frames for row in claims_first(frame.to_dict("records"), asked, focus)]
        return [
            {
                "scenario": self.scenario.name,
                **{key: number(value) for key, value in ({"happened": None} | row).items()},
                "asked": said[row["claim"], row.get("happened")],
            }
            for row in rows
        ]

    def _frame(self, name: str) -> pd.DataFrame:
        frame: pd.DataFrame = getattr(self.outcomes, name)
        return frame

    @cached_property
    def stories(self) -> list[WorldStory]:
        """Up to three worlds told from their milestones: a typical one, then two that end very differently."""
        from sim.words.life_stories import chosen_stories

        return chosen_stories(self.scenario, self.blocks)


def opened(folder: RunFolder, scenario: Scenario, blocks: Callable[[], Iterator[Block]]) -> Run:
    """The run kept in ``folder``, read back from its tables. InputError if one of them is not sound."""
    from sim.outcomes.endgame import Share
    from sim.outcomes.summary import Outcomes

    kept = folder.manifest["files"]
    frames = {name: folder.frame(f) if f in kept or name != "causes" else None for name, f in OUTCOME_FILES.items()}
    try:
        outcomes = Outcomes(
            worlds=int(folder.manifest["worlds"]),
            extinct=Share(**folder.manifest["extinct"]),
            clipped=dict(folder.manifest["clipped"]),
            **frames,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError("the manifest does not describe a run", file=str(folder.path)) from error
    return Run(scenario, outcomes, folder.manifest, blocks, folder=folder.path, reused=True)


def open_folder(path: Path) -> Run:
    """The run in a result folder, whichever version wrote it. Its worlds may not be those of today's code: no blocks.

    InputError if it is not a result folder, or its scenario is not valid today.
    """
    from sim.scenario.load import load

    folder = open_run(path)
    scenario = load(folder.path / SCENARIO)

    def blocks() -> Iterator[Block]:
        raise InputError("a run opened from its folder has tables, not blocks", file=str(path))

    return opened(folder, scenario, blocks)


def kept_outcomes(outcomes: Outcomes) -> dict[str, Any]:
    """What of ``outcomes`` is no table, for the manifest."""
    return {
        "worlds": outcomes.worlds,
        "extinct": {name: number(value) for name, value in asdict(outcomes.extinct).items()},
        "clipped": outcomes.clipped,
    }
