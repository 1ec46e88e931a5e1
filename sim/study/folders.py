"""Folders of studies: ``<results>/<scenario>/<study>-<digest>/``, beside the runs, written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.archive import digest, folder, tables
from sim.archive.folder import RunFolder, number
from sim.foundation.months import month_text
from sim.foundation.states import A_GIANT, A_STARTUP, ALL, ALL_GIANTS
from sim.outcomes.year_end_differences import QUANTITIES as YEAR_END_QUANTITIES
from sim.scenario.dump import to_yaml
from sim.scenario.model import Scenario
from sim.study import readme
from sim.study.focus import first

if TYPE_CHECKING:
    import pandas as pd

DIFFERENCES, FLIPPED = "differences.csv", "flipped.csv"


def place(out: Path, scenario: Scenario, study: str, question: Any) -> Path:
    """Where the answer to ``question`` (plain data) belongs; today's code is part of the question."""
    mark = digest.digest_of({"question": question, "made_by": [digest.simulated_by(), digest.answered_by()]})
    return folder.run_path(out, scenario.name, f"{study}-{mark}")


def made_by() -> dict[str, Any]:
    """What of this code and machine goes into a manifest."""
    return {**digest.simulated_by(), **digest.answered_by()}


def write(
    target: Path,
    manifest: dict[str, Any],
    scenario: Scenario,
    frames: Mapping[str, pd.DataFrame],
    page: Callable[[Path], None] | None,
    command: str,
    others: Sequence[Scenario] = (),
) -> dict[str, Any]:
    """Write the folder of a study; the completed manifest. RunError if it cannot be written.

    ``others`` are the scenarios of its further runs: the evidence that they cite is beside the first one's.
    """
    manifest = {**manifest, "study": target.name, "command": command}
    with folder.written(target, manifest) as part:
        (part / folder.SCENARIO).write_text(to_yaml(scenario), encoding="utf-8")
        for name, frame in frames.items():
            tables.write_csv(_plain(frame), part / name)
        if page is not None:
            page(part)
        columns = {name: list(map(str, frame)) for name, frame in frames.items()}
        readme.write(part, scenario, manifest, columns, others)
    return manifest


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` with truth values as the words true and false."""
    words = {True: "true", False: "false"}
    return frame.assign(paired=frame["paired"].map(words)) if "paired" in frame else frame


def summary(
    differences: pd.DataFrame,
    scenario: Scenario,
    quantities: tuple[str, ...],
    names: Mapping[str, str] | None = None,
    focus: Sequence[str] = (),
) -> list[dict[str, Any]]:
    """The rows of ``differences`` at their last date about these quantities, as plain numbers, with ``name``.

    Of every variant first who is in ``focus``, then the startups, then the groups, then the industry, each the largest
    difference first; other giants, who do not leave, are left out. Rows that lack one side come last. ``names`` are
    those of what ``scenario`` lacks.
    """
    rows = differences[differences["quantity"].isin(quantities)]
    rows = rows[rows["date"] == rows.groupby(["variant", "firm", "quantity"])["date"].transform("max")]
    giants = {ALL_GIANTS, *(firm.id for firm in scenario.firms if firm.kind == A_GIANT)}
    startups = {firm.id for firm in scenario.firms if firm.kind == A_STARTUP}
    giants -= set(focus)

    def order(row: dict[str, Any]) -> tuple[int, float]:
        rank = 2 if row["firm"] == ALL else 0 if row["firm"] in startups else 1
        return rank, -abs(row["difference"]) if row["difference"] is not None else 1.0

    plain = _plain_rows(rows)
    ranked = sorted((row for row in plain if row["firm"] not in giants), key=order)
    variants = dict.fromkeys(differences["variant"])
    shown = [row for name in variants for row in first((row for row in ranked if row["variant"] == name), focus)]
    return _named(shown, scenario, names)


def year_end_summary(
    differences: pd.DataFrame,
    scenario: Scenario,
    months: Mapping[str, int],
    names: Mapping[str, str] | None = None,
    focus: Sequence[str] = (),
) -> list[dict[str, Any]]:
    """The rows about runway, cash and revenue of every variant at its calendar month in ``months``, as ``summary``: who
    is in ``focus`` first, then in file order.
    """
    told = differences[differences["quantity"].isin(YEAR_END_QUANTITIES)]
    rows = [
        row
        for name, month in months.items()
        for row in first(_plain_rows(told[(told["variant"] == name) & (told["date"] == month_text(month))]), focus)
    ]
    return _named(rows, scenario, names)


def _plain_rows(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): number(value) for key, value in row.items()} for row in rows.to_dict("records")]


def _named(rows: Sequence[dict[str, Any]], scenario: Scenario, names: Mapping[str, str] | None) -> list[dict[str, Any]]:
    from sim.words.names import name_of

    others = names or {}
    return [{"name": others.get(row["firm"]) or name_of(scenario, row["firm"]), **row} for row in rows]


def reopened(done: RunFolder) -> dict[str, pd.DataFrame]:
    """The tables of a finished study by file name."""
    return {name: done.frame(name) for name in (DIFFERENCES, FLIPPED) if name in done.manifest["files"]}
