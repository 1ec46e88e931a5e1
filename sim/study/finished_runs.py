"""Runs opened from their folders alone, whichever version wrote them: tables, and worlds from firms.parquet.

Old folders compare as well as fresh ones. A folder whose scenario is not valid any more still has its tables: only
names, kinds, months and groups are then read from its scenario.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.archive import digest, tables
from sim.archive.folder import SCENARIO, RunFolder, open_run
from sim.archive.tables import FIRMS_FILE
from sim.engine.block import Block
from sim.foundation.causes import NO_CAUSE
from sim.foundation.columns import FATES, HISTORY_DTYPE, NEVER
from sim.foundation.errors import InputError, first_line
from sim.outcomes.differences import Piece
from sim.outcomes.endgame import Share
from sim.outcomes.summary import Outcomes
from sim.outcomes.world_tables import RULES
from sim.scenario.layout import layout_of
from sim.scenario.load import load, load_mapping
from sim.scenario.model import Scenario
from sim.scenario.yaml_text import read
from sim.study.given import GIVEN, given_in
from sim.study.run import OUTCOME_FILES, Run, opened

if TYPE_CHECKING:
    import pandas as pd

COMPARED = {  # what is compared, and the columns that must be there
    "survival": ("group", "endpoint", "origin", "month", "date", "survival", "low", "high"),
    "fates": ("firm", "fate", "month", "date", "incidence", "low", "high"),
    "landscape": ("month", "date", "quantity", "median", "p05", "p25", "p75", "p95"),
    "endgame": ("month", "date", "share", "low", "high"),
}
SCENARIO_KEYS = ("name", "title", "description", "currency", "start", "end", "worlds", "seed", "groups")
WHO_KEYS = ("name", "kind", "enters", "copies")  # of a firm


def open_folder(path: Path) -> Run:
    """The run in a result folder, with all its tables. Its worlds may not be those of today's code: no blocks.

    InputError if it is not a result folder, or its scenario is not valid today.
    """
    folder = open_run(path)
    return opened(folder, load(folder.path / SCENARIO), no_blocks(path))


def comparable(path: Path) -> Run:
    """The run in a result folder with what a comparison needs; InputError if it is none or its tables do not fit."""
    folder = open_run(path)
    if folder.manifest.get("kind") != "run":
        raise InputError("not the folder of a run", file=str(path), allowed="a folder that `shakeout run` has written")
    scenario, notes = _scenario_of(folder)
    frames: dict[str, Any] = dict.fromkeys(OUTCOME_FILES)
    frames |= {name: _checked(folder, OUTCOME_FILES[name], columns) for name, columns in COMPARED.items()}
    known = given_in(folder.manifest)
    worlds = folder.manifest.get("worlds") if known is None else known.get("left")
    if not isinstance(worlds, int) or worlds < 1 or len(frames["endgame"]) != scenario.ticks + 1:
        raise InputError("the manifest and the tables do not describe one run", file=str(path))
    return Run(
        scenario=scenario,
        outcomes=Outcomes(worlds=worlds, extinct=Share(math.nan, math.nan, math.nan), clipped={}, **frames),
        manifest=folder.manifest,
        blocks=no_blocks(path),
        pieces=lambda: _pieces(folder, scenario, worlds),
        warnings=(*notes, *_version_notes(folder)),
        folder=path,
    )


def no_blocks(path: Path) -> Any:
    """In place of the blocks of a run of which there is only a folder."""

    def blocks() -> Iterator[Block]:
        raise InputError("a run opened from its folder has tables, not blocks", file=str(path))

    return blocks


def same_luck(one: Run, other: Run) -> bool:
    """Whether both have the same worlds with the same luck: the same seed, as many worlds, drawn by the same code."""
    seeds, sources = ([run.manifest.get(key) for run in (one, other)] for key in ("seed", "sources"))
    if not _same_left(one, other):
        return False
    alike = one.outcomes.worlds == other.outcomes.worlds and seeds[0] == seeds[1]
    return alike and sources[0] is not None and sources[0] == sources[1]


def _same_left(one: Run, other: Run) -> bool:
    """Whether of both the same worlds are left, as far as that is known; all are where nothing is given."""
    if one.conditioned is not None and other.conditioned is not None:
        return np.array_equal(one.conditioned.left.flags, other.conditioned.left.flags)
    known, stems = ([run.manifest.get(key) for run in (one, other)] for key in (GIVEN, "stem"))
    return not any(known) or (known[0] == known[1] and stems[0] == stems[1])


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
        invalid = error
    try:
        stated = read(file.read_text(encoding="utf-8"), str(file)).plain()
    except (OSError, ValueError):
        stated = None
    if not isinstance(stated, dict):
        raise invalid
    firms = stated.get("firms")
    if not isinstance(firms, dict):
        raise InputError("no firms in the scenario", file=str(file))
    plain = {key: stated[key] for key in SCENARIO_KEYS if key in stated}
    plain["firms"] = {
        id: {key: firm[key] for key in WHO_KEYS if key in firm} for id, firm in firms.items() if isinstance(firm, dict)
    }
    note = f"{file} is not valid in this version: the run is compared by its tables, its assumptions are not read"
    return load_mapping(plain), [note]


def _checked(folder: RunFolder, name: str, columns: tuple[str, ...]) -> pd.DataFrame:
    frame = folder.frame(name)
    missing = [column for column in columns if column not in frame]
    if missing:
        raise InputError(f"the table lacks {', '.join(missing)}", file=str(folder.path / name))
    return frame


def _pieces(folder: RunFolder, scenario: Scenario, worlds: int) -> Iterator[Piece]:
    """The worlds of firms.parquet, a row group at a time."""
    ids, seen, file = layout_of(scenario).ids, 0, folder.path / FIRMS_FILE
    try:
        for frame in tables.row_groups(file):
            histories = _histories(frame, ids)
            numbers = frame["world"].to_numpy()[:: len(ids)]
            if given_in(folder.manifest) is None and numbers[0] != seen:
                raise ValueError("worlds are missing")
            seen += len(histories)
            yield Piece(numbers, histories, None)
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
