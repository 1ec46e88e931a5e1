"""The history of the ratios, docs/benchmarks.csv: a line for every ``python -m tools.benchmarks --append``."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sim.archive import atomic
from sim.foundation.errors import InputError
from sim.words.numbers import significant

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docs" / "benchmarks.csv"
MEASURED = ("sim", "tools", "scenarios")  # what a measurement runs: a commit with changes in it is marked
CHANGED = "+"
TIMEOUT = 20  # seconds for git
WHERE = ("date", "commit", "shakeout", "python", "numba", "processors", "load_average")  # of the surroundings
SIZE = ("worlds", "repeats")  # of the contest
RATIOS = {  # column -> what it is, in a few words
    "mesa_to_engine": "Mesa : engine",
    "simpy_to_engine": "SimPy : engine",
    "engine_to_fused": "engine : fused",
    "run_to_simulating": "run : simulating in it",
    "whatif_to_simulating": "what-if : simulating in it",
    "worker_to_block": "start of a worker : a block",
    "live_sentence_to_simulating": "live page, first sentence : simulating",
    "live_first_to_simulating": "live page, first chapters : simulating",
    "live_second_to_simulating": "live page, all chapters : simulating",
    "asking_to_block": "process that asked, 16 workers : a block comes in",
}
COLUMNS = (*WHERE, *SIZE, *RATIOS)
SHOWN = 12  # lines in the document, the last ones
DIGITS = 4  # of a ratio in the file; in the document three
Line = Mapping[str, str]


class Measurement(NamedTuple):
    """A line of the history that was read: its cells by column, and the ratios that were measured."""

    cells: Line
    ratios: Mapping[str, float]


def commit() -> str:
    """The commit that is checked out, short, with CHANGED behind it if what is measured differs; empty without git."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        return ""

    def said(*arguments: str) -> str:
        asked = [git, "-C", str(ROOT), *arguments]
        return subprocess.run(asked, capture_output=True, text=True, timeout=TIMEOUT, check=True).stdout.strip()

    try:
        return said("rev-parse", "--short", "HEAD") + (
            CHANGED if said("status", "--porcelain", "--", *MEASURED) else ""
        )
    except subprocess.SubprocessError:
        return ""


def ratios_in(found: Mapping[str, Any]) -> dict[str, float]:
    """The medians of the ratios among the measurements ``found``, by column."""
    medians = {f"{row['of']}_to_{row['to']}": row["ratio"] for row in found.get("ratios", ())}
    for name, spent in found.get("commands", {}).items():
        medians[f"{name}_to_{spent['to']}"] = spent["ratio"]
    for name, ratio in found.get("live", {}).get("ratios", {}).items():
        medians[f"live_{name}_to_simulating"] = ratio
    if "cluster" in found:
        medians["asking_to_block"] = found["cluster"]["busy"]
    return {column: medians[column]["median"] for column in RATIOS if column in medians}


def line(found: Mapping[str, Any]) -> dict[str, str]:
    """The line of the measurements ``found``: every column; empty what was not measured, or is not known."""
    values = {**{name: found["surroundings"][name] for name in WHERE}, **{name: found[name] for name in SIZE}}
    cells = {name: "" if value is None else str(value) for name, value in values.items()}
    measured = {column: f"{ratio:.{DIGITS}g}" for column, ratio in ratios_in(found).items()}
    return {**dict.fromkeys(COLUMNS, ""), **cells, **measured}


def append(file: Path, new: Line) -> None:
    """Put the line ``new`` at the end of ``file``, which is written whole or not at all, with a head if it is new.

    InputError if what is there is no history (``read``).
    """
    lines = [*(measurement.cells for measurement in read(file)), new]
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    atomic.write_bytes(file, text.getvalue().encode())


def read(file: Path) -> list[Measurement]:
    """The lines of ``file``, the oldest first; none without one.

    InputError if its head is not COLUMNS, a line is longer or shorter, or a ratio is no number above 0.
    """
    if not file.exists():
        return []
    rows = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8"), newline="")))
    if not rows or tuple(rows[0]) != COLUMNS:
        head = ",".join(rows[0]) if rows else "nothing"
        raise InputError("not the head of a history", file=str(file), line=1, found=head, allowed=",".join(COLUMNS))
    return [_measurement(file, number, cells) for number, cells in enumerate(rows[1:], 2)]


def _measurement(file: Path, number: int, cells: Sequence[str]) -> Measurement:
    if len(cells) != len(COLUMNS):
        raise InputError(
            "not a whole line", file=str(file), line=number, found=len(cells), allowed=f"{len(COLUMNS)} cells"
        )
    found = dict(zip(COLUMNS, cells, strict=True))
    ratios = {column: _ratio(file, number, column, found[column]) for column in RATIOS if found[column]}
    return Measurement(found, ratios)


def _ratio(file: Path, number: int, column: str, cell: str) -> float:
    try:
        ratio = float(cell)
    except ValueError:
        ratio = 0.0
    if not 0 < ratio < float("inf"):
        raise InputError("no ratio", file=str(file), line=number, key=column, found=cell, allowed="a number above 0")
    return ratio


HEAD = ("date (UTC)", "commit", "Python", "processors, load", *RATIOS.values())


def table(history: Sequence[Measurement]) -> list[str]:
    """The last lines of ``history`` as rows of a Markdown table below HEAD, the newest first."""
    return [f"| {' | '.join(_row(one))} |" for one in reversed(history[-SHOWN:])]


def _row(one: Measurement) -> list[str]:
    cells, load = one.cells, one.cells["load_average"]
    busy = f"{cells['processors']}, {float(load):.1f}" if load else cells["processors"]
    told = (significant(one.ratios[column]) if column in one.ratios else "" for column in RATIOS)
    return [cells["date"], cells["commit"], cells["python"], busy, *told]
