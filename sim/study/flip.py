"""Flip points: the values of an assumption at which the probability of a claim crosses a level."""

from __future__ import annotations

import functools
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.archive import digest
from sim.archive.dictionary import A_SHARE, INTEGER, NUMBER, Column, Table, bounds
from sim.archive.folder import RunFolder, to_json
from sim.foundation.errors import InputError
from sim.outcomes.claims import TRUE, UNDECIDED, truth
from sim.outcomes.crossing import Crossing, Found, Tally, crossings
from sim.scenario.model import Scenario
from sim.study.axes import Axis, Vary, at, axes_of, notes
from sim.study.claims_asked import Condition, condition_of
from sim.study.how import How
from sim.study.many_worlds import ManyWorlds
from sim.study.precision import sized
from sim.study.study import Kind, Study, answered, folder_name, manifest_of
from sim.words.headlines import flip_warnings, of_flip

if TYPE_CHECKING:
    import pandas as pd

MOST_WORLDS_A_VALUE = 2048  # at every value: whole blocks, which larger runs use too
EVALUATIONS = Table(
    "every value that was tried",
    (
        Column("probability", NUMBER, A_SHARE, "share of `worlds` in which the claim is true", "`worlds` is 0"),
        *bounds("probability", A_SHARE, "fewer than two worlds are asked"),
        Column("worlds", INTEGER, "", "worlds that meet the claim's condition and in which it is true or false"),
    ),
)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Flip(Study):
    """Where the probability of a claim crosses a level, as one assumption varies.

    ``crossings`` are Crossing tuples (estimate, low, high, rising, cut), ascending. ``evaluations`` is a pandas frame:
    the varied path, probability, low, high (Wilson), worlds (that the claim counts), for every value that was tried.
    """

    KIND = Kind(
        "flip",
        "flip.html",
        "a flip point: where the probability of a claim crosses a level",
        "the page of this flip point: open it in a browser, it works offline",
        {"evaluations.csv": EVALUATIONS},
        {"flip.json": "path, claim, level, crossings (estimate, low, high: the 95% interval), number of evaluations"},
    )
    axis: Axis
    condition: Condition
    crossings: tuple[Crossing, ...]
    evaluations: pd.DataFrame

    def answer(self) -> dict[str, Any]:
        """flip.json: path, claim, level, crossings, evaluations (how many values were tried)."""
        return {
            "path": self.axis.name,
            "claim": self.condition.claim.id,
            "level": self.condition.level,
            "crossings": [{"estimate": c.estimate, "low": c.low, "high": c.high} for c in self.crossings],
            "evaluations": len(self.evaluations),
        }

    def summary(self) -> list[dict[str, Any]]:
        """One row per crossing: path, claim, level, estimate, low, high, direction (rising or falling)."""
        asked = {"path": self.axis.name, "claim": self.condition.claim.id, "level": self.condition.level}
        return [
            {**asked, **c, "direction": "rising" if crossing.rising else "falling"}
            for c, crossing in zip(self.answer()["crossings"], self.crossings, strict=True)
        ]

    def write(self, part: Path) -> dict[str, list[str]]:
        """Write the table and flip.json; the columns of the table."""
        (part / "flip.json").write_text(to_json(self.answer()), encoding="utf-8")
        return super().write(part)


def flip(scenario: Scenario, vary: Vary, until: str, how: How) -> Flip:
    """Where the probability of a claim crosses a level as ``vary`` ("PATH=LO:HI", or {PATH: (LO, HI)}) goes through its
    range; ``until`` is "CLAIM >= 0.5".

    Every value is an ordinary run in the same worlds, whose blocks are kept; these are the scenario's, but not more
    than MOST_WORLDS_A_VALUE, if no number is asked for. InputError if range, claim or level make no sense; else errors
    as in ``run.run``.
    """
    (axis,) = axes_of(scenario, vary, grid=False)
    condition = condition_of(scenario, until)
    base = sized(scenario, how, MOST_WORLDS_A_VALUE)
    question = [digest.question(base, None), axis.name, axis.low, axis.high, condition.claim.id, condition[1:]]

    def reopen(done: RunFolder) -> Flip:
        try:
            found = tuple(Crossing(**{**c, "cut": tuple(c["cut"])}) for c in done.manifest["crossings"])
        except (KeyError, TypeError) as error:
            raise InputError("the manifest does not describe a flip point", file=str(done.path)) from error
        return Flip.reopened(done, base, axis=axis, condition=condition, crossings=found)

    name = folder_name(Flip.KIND, question)
    return answered([base], name, how, lambda: _computed(base, axis, condition, how), reopen)


def _computed(base: Scenario, axis: Axis, condition: Condition, how: How) -> Flip:
    started, many = time.perf_counter(), ManyWorlds(how)
    evaluate = functools.partial(_evaluate, many, base, axis, condition)
    found = crossings(evaluate, axis.low, axis.high, condition.level, axis.whole)
    edges = [at(base, [axis], [value]) for value in (axis.low, axis.high)]
    warnings = flip_warnings(condition.level, found.values, found.tallies, found.crossings)
    manifest = manifest_of(
        Flip.KIND,
        base,
        how,
        [*base.notices, *notes(base, [axis], edges), *warnings],
        {"simulate_seconds": time.perf_counter() - started, "worlds_computed": many.computed},
        varied={"path": axis.name, "low": axis.low, "high": axis.high},
        until={"claim": condition.claim.id, "op": condition.op, "level": condition.level},
        crossings=[c._asdict() for c in found.crossings],
        headline=of_flip(base, axis, condition, found.tallies, found.crossings),
        stems=[digest.stem(at(base, [axis], [value])) for value in found.values],
    )
    return Flip(
        scenario=base,
        axis=axis,
        condition=condition,
        crossings=found.crossings,
        evaluations=_frame(axis, found),
        manifest=manifest,
    )


def _evaluate(
    many: ManyWorlds, base: Scenario, axis: Axis, condition: Condition, values: Sequence[float]
) -> list[Tally]:
    """In how many worlds the claim holds at each of ``values``."""
    points = [at(base, [axis], [value]) for value in values]
    many.compute(points)
    tallies = []
    for point in points:
        true = asked = 0
        for block in many.blocks(point):
            answer = truth(condition.claim, block, point)
            true += int((answer == TRUE).sum())
            asked += int((answer != UNDECIDED).sum())
        tallies.append(Tally(true, asked))
    return tallies


def _frame(axis: Axis, found: Found) -> pd.DataFrame:
    import pandas as pd

    rows = [
        (x, tally.share, *tally.bounds(), tally.asked) for x, tally in zip(found.values, found.tallies, strict=True)
    ]
    return pd.DataFrame(rows, columns=[axis.name, "probability", "low", "high", "worlds"])
