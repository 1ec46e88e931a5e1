"""The runs that a study puts side by side: one that was just simulated, or one from its result folder.

Of a run from a folder all is read from its tables, world by world from firms.parquet, so that old folders compare as
well as fresh ones. A folder whose scenario is not valid any more still has its tables: only names, kinds, months and
groups are then read from its scenario.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.archive import digest, tables
from sim.archive.folder import SCENARIO, RunFolder, open_run
from sim.foundation.causes import NO_CAUSE
from sim.foundation.columns import FATES, HISTORY_DTYPE, NEVER
from sim.foundation.errors import InputError, first_line
from sim.outcomes.differences import Piece, Side
from sim.outcomes.endgame import endgame_months
from sim.outcomes.index import rows_of
from sim.outcomes.world_tables import RULES
from sim.scenario.load import load, load_mapping
from sim.scenario.model import Scenario
from sim.scenario.yaml_text import read
from sim.scenario.year_ends import KEPT, firms_kept, year_ends
from sim.study.run import FIRMS, OUTCOME_FILES, Run

if TYPE_CHECKING:
    import pandas as pd

KEPT_BYTES = 64 << 20  # of worlds in memory for a second look; beyond that they are streamed again
TABLES = {  # what is compared, and the columns that must be there
    "survival": ("group", "endpoint", "origin", "month", "date", "survival", "low", "high"),
    "fates": ("firm", "fate", "month", "date", "incidence", "low", "high"),
    "landscape": ("month", "date", "quantity", "median", "p05", "p25", "p75", "p95"),
    "endgame": ("month", "date", "share", "low", "high"),
}
TOP_KEYS = ("name", "title", "description", "currency", "start", "end", "worlds", "seed", "groups")
FIRM_KEYS = ("name", "kind", "enters", "copies")


@dataclass(frozen=True, eq=False)
class Answer:
    """One run of a study: ``label`` names it in tables and figures, ``side`` is what differences are made of.

    ``outcomes`` has the frames survival, fates, landscape and endgame and the number of ``worlds``; ``manifest`` says
    where they come from; ``warnings`` what a reader must know of it; ``folder`` is set where all is read from tables.
    """

    label: str
    side: Side
    outcomes: Any
    manifest: Mapping[str, Any]
    warnings: tuple[str, ...] = ()
    folder: Path | None = None
    stories: tuple[Any, ...] = field(default=())

    @property
    def scenario(self) -> Scenario:
        """The scenario that was run."""
        return self.side.scenario


def of_run(label: str, run: Run) -> Answer:
    """A run whose blocks are there."""
    kept: list[Piece] = []
    rows = len(rows_of(run.scenario).ids)
    at_ends = len(firms_kept(run.scenario)) * len(year_ends(run.scenario.start, run.scenario.end)) * len(KEPT)
    a_world = rows * HISTORY_DTYPE.itemsize + at_ends * np.dtype(np.float32).itemsize
    keeps = run.scenario.worlds * a_world <= KEPT_BYTES

    def pieces() -> Iterable[Piece]:
        if kept:
            return kept
        found = (Piece(block.first, block.histories, endgame_months(block), block.year_ends) for block in run.blocks())
        if keeps:
            kept.extend(found)
            return kept
        return found

    endgame = run.outcomes.endgame["share"].to_numpy(float)
    side = Side(run.scenario, run.outcomes.worlds, pieces, endgame)
    return Answer(label, side, run.outcomes, run.manifest)


def of_folder(label: str, path: Path) -> Answer:
    """The run in a result folder, whichever version wrote it; InputError if it is none or its tables do not fit."""
    folder = open_run(path)
    if folder.manifest.get("kind") != "run":
        raise InputError("not the folder of a run", file=str(path), allowed="a folder that `shakeout run` has written")
    scenario, notes = _scenario_of(folder)
    frames = {name: _checked(folder, OUTCOME_FILES[name], columns) for name, columns in TABLES.items()}
    endgame = frames["endgame"]["share"].to_numpy(float)
    worlds = folder.manifest.get("worlds")
    if not isinstance(worlds, int) or worlds < 1 or endgame.size != scenario.ticks + 1:
        raise InputError("the manifest and the tables do not describe one run", file=str(path))

    def pieces() -> Iterator[Piece]:
        return _pieces(folder, scenario, worlds)

    outcomes = SimpleNamespace(worlds=worlds, **frames)
    side = Side(scenario, worlds, pieces, endgame)
    return Answer(label, side, outcomes, folder.manifest, (*notes, *_version_notes(folder)), path)


def same_luck(one: Answer, other: Answer) -> bool:
    """Whether world k of both has the same luck: the same seed, as many worlds, drawn by the same code."""
    made = [answer.manifest.get("sources") for answer in (one, other)]
    seeds = [answer.manifest.get("seed") for answer in (one, other)]
    return one.side.worlds == other.side.worlds and seeds[0] == seeds[1] and None not in made and made[0] == made[1]


def _version_notes(folder: RunFolder) -> list[str]:
    """A warning where other rules than today's made the run."""
    if folder.manifest.get("sources") == digest.simulated_by()["sources"]:
        return []
    versions = folder.manifest.get("versions")
    version = versions.get("shakeout", "unknown") if isinstance(versions, dict) else "unknown"
    return [
        f"{folder.path} was made by another version of the rules (shakeout {version}): a difference may come from "
        "the code and not from the assumptions"
    ]


def _scenario_of(folder: RunFolder) -> tuple[Scenario, list[str]]:
    """The scenario of a run, or where it is not valid today what describes its tables."""
    file = folder.path / SCENARIO
    try:
        return load(file), []
    except InputError as error:
        stated = _stated(file, error)
    firms = stated.get("firms")
    if not isinstance(firms, dict):
        raise InputError("no firms in the scenario", file=str(file))
    plain = {key: stated[key] for key in TOP_KEYS if key in stated}
    plain["firms"] = {
        id: {key: firm[key] for key in FIRM_KEYS if key in firm} for id, firm in firms.items() if isinstance(firm, dict)
    }
    note = f"{file} is not valid in this version: the run is compared by its tables, its assumptions are not read"
    return load_mapping(plain), [note]


def _stated(file: Path, error: InputError) -> dict[str, Any]:
    try:
        stated = read(file.read_text(encoding="utf-8"), str(file)).plain()
    except (OSError, ValueError):
        raise error from None
    if not isinstance(stated, dict):
        raise error
    return stated


def _checked(folder: RunFolder, name: str, columns: tuple[str, ...]) -> pd.DataFrame:
    frame = folder.frame(name)
    missing = [column for column in columns if column not in frame]
    if missing:
        raise InputError(f"the table lacks {', '.join(missing)}", file=str(folder.path / name))
    return frame


def _pieces(folder: RunFolder, scenario: Scenario, worlds: int) -> Iterator[Piece]:
    """The worlds of firms.parquet, a row group at a time."""
    ids, seen, file = rows_of(scenario).ids, 0, folder.path / FIRMS
    try:
        for frame in tables.row_groups(file):
            histories = _histories(frame, ids)
            first = int(frame["world"].iloc[0])
            if first != seen:
                raise ValueError("worlds are missing")
            seen += len(histories)
            yield Piece(first, histories, None)
        if seen != worlds:
            raise ValueError(f"{seen} worlds instead of {worlds}")
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise InputError(f"cannot be read: {first_line(error)}", file=str(file)) from error


def _histories(frame: pd.DataFrame, ids: tuple[str, ...]) -> np.ndarray:
    """(worlds, firms) HISTORY_DTYPE from rows of firms.parquet; ValueError if they are not those of ``ids``."""
    worlds, left = divmod(len(frame), len(ids))
    if left or not np.array_equal(np.asarray(frame["firm"], object), np.tile(np.array(ids, object), worlds)):
        raise ValueError("the rows are not those of the scenario's firms")
    histories = np.zeros(len(frame), HISTORY_DTYPE)
    names = {fate: code for code, fate in enumerate(FATES)}
    histories["fate"] = [names[fate] for fate in np.asarray(frame["fate"], object)]
    histories["cause"] = _causes(frame)
    for name in HISTORY_DTYPE.names or ():
        if name.endswith("_month"):
            histories[name] = frame[name].fillna(NEVER).to_numpy(np.int64)
        elif name not in ("fate", "cause"):
            histories[name] = frame[name].to_numpy()
    return histories.reshape(worlds, len(ids))


def _causes(frame: pd.DataFrame) -> np.ndarray:
    """What ended each firm, as in HISTORY_DTYPE; NO_CAUSE for all where an older version did not write it."""
    if "cause" not in frame:
        return np.full(len(frame), NO_CAUSE, np.int16)
    codes = {rule: code for code, rule in enumerate(RULES)}
    return np.array([codes.get(rule, NO_CAUSE) for rule in np.asarray(frame["cause"], object)], np.int16)
