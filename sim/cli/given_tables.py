"""What the terminal says of worlds in which something is given: how many are left, and all worlds beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.study.compare import Comparison
    from sim.study.run import Run
    from sim.study.what_if import WhatIf

IN_ALL_WORLDS = "in all worlds"


def left_of_run(run: Run, name: str = "") -> list[str]:
    """The line that says what is given and how many worlds are left; none where nothing is. ``name`` is the run's."""
    from sim.study.given import given_in
    from sim.words.given import given_in_words, left_in_words

    known = given_in(run.manifest)
    if known is None:
        return []
    head = f"{name}, given" if name else "Given"
    return [f"{head} {given_in_words(known)}: {left_in_words(known, run.scenario.worlds)}."]


def moved_by(run: Run) -> list[str]:
    """The line that says whom what is given moves most; none where nothing is."""
    from sim.archive.folder import plain_rows
    from sim.study.focus import asked_in
    from sim.words.given import moved_in_words

    if run.all_worlds is None:
        return []
    return [f"{moved_in_words(run.scenario, plain_rows(run.all_worlds), asked_in(run.manifest))}."]


def left_of_study(done: WhatIf | Comparison) -> list[str]:
    """The line that says how many worlds of a what-if are left; a comparison's notices have said it of each run."""
    from sim.study.given import given_in
    from sim.study.what_if import WhatIf
    from sim.words.given import base_decides, left_in_words

    known = given_in(done.manifest)
    if known is None or not isinstance(done, WhatIf):
        return []
    return [f"{left_in_words(known, done.scenario.worlds)}; {base_decides(len(done.variants))}."]


def difference_in_all(row: Mapping[str, Any]) -> list[str]:
    """The cell with the difference in all worlds, of a row of a summary; none where nothing is given."""
    from sim.words.differences import sides_and_difference

    if "all_difference" not in row:
        return []
    parts = ("base", "variant_value", "difference", "low", "high")
    return [sides_and_difference({**row, **{part: row[f"all_{part}"] for part in parts}})[2]]


def heads_of_all(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The head of that column, where there is one."""
    return [IN_ALL_WORLDS] if rows and "all_difference" in rows[0] else []
