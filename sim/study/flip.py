"""Flip points: the values of an assumption at which the probability of a claim crosses a level."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.archive import digest, folder
from sim.archive.folder import RunFolder, to_json
from sim.foundation.errors import InputError
from sim.outcomes.claims import TRUE, UNDECIDED, truth
from sim.outcomes.crossing import Crossing, Found, Tally, crossings
from sim.scenario.model import Scenario
from sim.study import folders, many_worlds
from sim.study.axes import Axis, Vary, at, axes_of, notes
from sim.study.claims_asked import Condition, condition_of
from sim.study.ensemble import Ensemble, sized
from sim.study.many_worlds import WRITING, Progress, Tell
from sim.words.headlines import flip_warnings, of_flip

if TYPE_CHECKING:
    import pandas as pd

WORLDS = 2048  # at every value: whole blocks, which larger runs use too
ANSWER, EVALUATIONS, PAGE = "flip.json", "evaluations.csv", "flip.html"


@dataclass(frozen=True, eq=False)
class Flip:
    """Where the probability of a claim crosses a level, as one assumption varies.

    ``crossings`` are Crossing tuples (estimate, low, high, rising, cut), ascending. ``evaluations`` is a pandas frame:
    the varied path, probability, low, high (Wilson), worlds (that the claim counts), for every value that was
    tried.
    ``folder`` is None where nothing was written.
    """

    scenario: Scenario
    axis: Axis
    condition: Condition
    crossings: tuple[Crossing, ...]
    evaluations: pd.DataFrame
    manifest: dict[str, Any]
    folder: Path | None = None
    reused: bool = False

    @property
    def headline(self) -> str:
        """The plain answer."""
        return str(self.manifest["headline"])

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


Page = Callable[[Flip, Path], None]  # writes its files into the folder


def flip(
    scenario: Scenario,
    vary: Vary,
    until: str,
    *,
    worlds: int | None = None,
    seed: int | None = None,
    jobs: int | None = None,
    out: Path | str | None = None,
    progress: Tell | None = None,
    precision: float | None = None,
    page: Page | None = None,
    command: str = "sim.flip",
) -> Flip:
    """Where the probability of a claim crosses a level as ``vary`` ("PATH=LO:HI", or {PATH: (LO, HI)}) goes through its
    range; ``until`` is "CLAIM >= 0.5".

    Every value is an ordinary run in the same worlds, whose blocks are taken from ``out`` and kept there. ``worlds`` at
    every value: the scenario's, but not more than WORLDS if None. InputError if range, claim or level make no sense;
    else errors as in ``many_worlds.run``.
    """
    started, tell = time.perf_counter(), progress or many_worlds.silent
    (axis,) = axes_of(scenario, vary, 1, grid=False)
    condition = condition_of(scenario, until)
    place = None if out is None else folder.prepare(out)
    base = sized(scenario, worlds, seed, precision, WORLDS, (jobs, place, tell))
    target = None
    if place is not None:
        asked = [digest.question(base, None), axis.name, axis.low, axis.high, condition.claim.id, condition[1:]]
        target = folders.place(place, base, "flip", asked)
        done = folder.finished(target)
        if done is not None:
            return _opened(done, base, axis, condition)
    ensemble = Ensemble(jobs, place, tell)
    evaluate = functools.partial(_evaluate, ensemble, base, axis, condition)
    found = crossings(evaluate, axis.low, axis.high, condition.level, axis.whole)
    warnings = flip_warnings(condition.level, found.values, found.tallies, found.crossings)
    edges = [at(base, [axis], [value]) for value in (axis.low, axis.high)]
    manifest = {
        "kind": "flip",
        "scenario": base.name,
        "title": base.title,
        "worlds": base.worlds,
        "seed": base.seed,
        "precision": precision,
        "varied": {"path": axis.name, "low": axis.low, "high": axis.high},
        "until": {"claim": condition.claim.id, "op": condition.op, "level": condition.level},
        "crossings": [c._asdict() for c in found.crossings],
        "headline": of_flip(base, axis, condition, found.tallies, found.crossings),
        "stems": [digest.stem(at(base, [axis], [value])) for value in found.values],
        **folders.made_by(),
        "notices": [*base.notices, *notes(base, [axis], edges), *warnings],
        "timings": {
            "simulate_seconds": round(time.perf_counter() - started, 3),
            "worlds_computed": ensemble.computed,
        },
    }
    answer = Flip(base, axis, condition, found.crossings, _frame(axis, found), manifest)
    return answer if target is None else _written(answer, target, tell, page, command)


def _evaluate(
    ensemble: Ensemble, base: Scenario, axis: Axis, condition: Condition, values: Sequence[float]
) -> list[Tally]:
    """In how many worlds the claim holds at each of ``values``."""
    points = [at(base, [axis], [value]) for value in values]
    ensemble.compute(points)
    tallies = []
    for point in points:
        true = asked = 0
        for block in ensemble.blocks(point):
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


def _written(answer: Flip, target: Path, tell: Tell, page: Page | None, command: str) -> Flip:
    tell(Progress(WRITING, answer.scenario.worlds, answer.scenario.worlds))

    def rest(part: Path) -> None:
        (part / ANSWER).write_text(to_json(answer.answer()), encoding="utf-8")
        if page is not None:
            page(answer, part)

    manifest = folders.write(target, answer.manifest, answer.scenario, {EVALUATIONS: answer.evaluations}, rest, command)
    return replace(answer, manifest=manifest, folder=target)


def _opened(done: RunFolder, base: Scenario, axis: Axis, condition: Condition) -> Flip:
    """The answer in a finished folder. InputError if its manifest does not hold one."""
    try:
        found = tuple(Crossing(**{**c, "cut": tuple(c["cut"])}) for c in done.manifest["crossings"])
    except (KeyError, TypeError) as error:
        raise InputError("the manifest does not describe a flip point", file=str(done.path)) from error
    evaluations = done.frame(EVALUATIONS).astype({axis.name: "float64"})
    return Flip(base, axis, condition, found, evaluations, done.manifest, folder=done.path, reused=True)
