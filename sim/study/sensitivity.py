"""Sensitivity: which of the assumptions that a scenario leaves uncertain drive an outcome, and how much is chance."""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.archive import digest, folder
from sim.archive.blocks import spans
from sim.archive.folder import number
from sim.engine.draws import Draw, draws_of
from sim.engine.prepared import Seeds
from sim.foundation.errors import InputError, nearest_of
from sim.laws.catalogue import ASSUMPTIONS
from sim.outcomes.claims import UNDECIDED, can_be_undecided, truth
from sim.outcomes.drivers import FEWEST_EVENTS, Estimate, chance_share, fifths, first_order, ranks, significant
from sim.scenario.model import Claim, Scenario
from sim.study import designs, executor, folders, many_worlds, overwritten
from sim.study.claims_asked import Worlds, claim_of, truths
from sim.study.designs import Designed, other_seed
from sim.study.ensemble import Ensemble, sized
from sim.study.many_worlds import SUMMARISING, WRITING, Progress, Tell
from sim.words.headlines import of_sensitivity, too_few

if TYPE_CHECKING:
    import pandas as pd

GIVEN_DATA, SOBOL, MORRIS = "given-data", "sobol", "morris"
WORLDS = {GIVEN_DATA: 10_000, SOBOL: 1024, MORRIS: 128}  # at most, if none are asked for
REPLICATED = 2048  # worlds whose draws are given other luck
FEWEST = 100  # worlds in which a claim must be asked
DRIVERS, TORNADO, PAGE = "drivers.csv", "tornado.csv", "sensitivity.html"
COLUMNS = ("path", "index", "value", "low", "high", "noise_share")
ENDS = ("lowest", "highest")
NOT_DISTINGUISHABLE = "not distinguishable from noise"


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """What drives whether a claim comes true.

    ``drivers`` is drivers.csv as a pandas frame, drivers first, the rest in the order of the scenario; ``tornado`` has
    the probability in the fifth of worlds with the lowest and with the highest draws of every assumption: path, end,
    value (where that fifth ends), probability, low, high, worlds; empty for Morris' method. ``ranks`` gives the rank of
    every path, None where it is not distinguishable from noise; paths that cannot be told apart share one.
    """

    scenario: Scenario
    claim: Claim
    method: str
    drivers: pd.DataFrame
    tornado: pd.DataFrame
    manifest: dict[str, Any]
    folder: Path | None = None
    reused: bool = False

    @property
    def headline(self) -> str:
        """The plain answer."""
        return str(self.manifest["headline"])

    @property
    def ranks(self) -> dict[str, int | None]:
        """Rank of every uncertain path."""
        return dict(self.manifest["ranks"])

    @property
    def chance(self) -> Estimate:
        """The share of the outcome's variance that is chance; NaN where the outcome does not vary."""
        said = self.manifest["chance"]
        return Estimate(*(math.nan if said[name] is None else said[name] for name in Estimate._fields))

    def summary(self) -> list[dict[str, Any]]:
        """One row per path and index, as drivers.csv, with its ``rank`` (None: not distinguishable from noise)."""
        rows = [{"rank": self.ranks[row["path"]], **row} for row in self.drivers.to_dict("records")]
        return [{str(key): number(value) for key, value in row.items()} for row in rows]


Page = Callable[[Sensitivity, Path], None]  # writes its files into the folder


def sensitivity(
    scenario: Scenario,
    of: str,
    *,
    method: str = GIVEN_DATA,
    worlds: int | None = None,
    seed: int | None = None,
    jobs: int | None = None,
    out: Path | str | None = None,
    progress: Tell | None = None,
    precision: float | None = None,
    page: Page | None = None,
    command: str = "sim.sensitivity",
) -> Sensitivity:
    """Which uncertain assumptions drive the claim ``of``.

    ``method`` is "given-data" (the worlds of the ordinary run, and some of them again with other luck), "sobol" or
    "morris" (worlds of their own; they need SALib). ``worlds``: of the run, of each of Sobol's samples, of every point
    of Morris' design; the scenario's, but not more than WORLDS if None. InputError if claim or method make no sense or
    nothing is uncertain; else errors as in ``many_worlds.run``.
    """
    tell = progress or many_worlds.silent
    claim = claim_of(scenario, of, "--of")
    draws = sorted(draws_of(scenario), key=lambda draw: draw.path)  # the order of the file decides nothing
    _check(scenario, claim, method, draws)
    place = None if out is None else folder.prepare(out)
    base = sized(scenario, worlds, seed, precision, WORLDS[method], (jobs, place, tell))
    target = None
    if place is not None:
        target = folders.place(place, base, "sensitivity", [digest.question(base, None), claim.id, method])
        done = folder.finished(target)
        if done is not None:
            frames = {"drivers": done.frame(DRIVERS), "tornado": done.frame(TORNADO)}
            return Sensitivity(base, claim, method, manifest=done.manifest, folder=done.path, reused=True, **frames)
    answer = _answered(base, claim, method, draws, (jobs, place, tell))
    answer.manifest["precision"] = precision
    if target is None:
        return answer
    tell(Progress(WRITING, base.worlds, base.worlds))
    draw = functools.partial(page, answer) if page is not None else None
    frames = {DRIVERS: answer.drivers, TORNADO: answer.tornado}
    return replace(answer, manifest=folders.write(target, answer.manifest, base, frames, draw, command), folder=target)


def _check(scenario: Scenario, claim: Claim, method: str, draws: Sequence[Draw]) -> None:
    if method not in WORLDS:
        near, allowed = nearest_of(str(method), WORLDS), ", ".join(WORLDS)
        raise InputError("no such method", key="--method", found=method, allowed=allowed, nearest=near)
    if not draws:
        raise InputError(
            "nothing is uncertain", key="--of", found=scenario.name, allowed="a scenario with distributions"
        )
    if method != GIVEN_DATA and can_be_undecided(claim):
        allowed = "a claim without `given` and without quantities that can be missing, or --method given-data"
        raise InputError("the claim has no answer in every world", key="--of", found=claim.id, allowed=allowed)


def _answered(
    base: Scenario, claim: Claim, method: str, draws: Sequence[Draw], how: tuple[int | None, Path | None, Tell]
) -> Sensitivity:
    started, (jobs, place, tell) = time.perf_counter(), how
    if method == GIVEN_DATA:
        found = _given_data(base, claim, draws, Ensemble(jobs, place, tell), tell)
    else:
        ask = designs.sobol if method == SOBOL else designs.morris
        found = ask(base, claim, draws, executor.workers(jobs), tell)
    tell(Progress(SUMMARISING, base.worlds, base.worlds))
    asked = None if found.sample is None else found.sample[found.sample != UNDECIDED]
    rare = 0 if asked is None else int(min(asked.sum(), asked.size - asked.sum()))
    few = asked is not None and 0 < rare < FEWEST_EVENTS
    passed = [False] * len(draws) if few else significant([effect.p for effect in found.effects])
    ranked = ranks(found.effects, passed)
    order = sorted(
        range(len(draws)), key=lambda i: (ranked[i] is None, -found.effects[i].value if passed[i] else 0.0, i)
    )
    answer = too_few(base, claim, rare)
    if not few:
        paths = [draw.path for draw in draws]
        answer = of_sensitivity(base, claim, paths, found.effects, ranked, found.chance, by_steps=method == MORRIS)
    manifest = {
        "kind": "sensitivity",
        "scenario": base.name,
        "title": base.title,
        "worlds": base.worlds,
        "seed": base.seed,
        "stem": digest.stem(base),
        "other_seed": other_seed(base.seed),
        "claim": claim.id,
        "method": method,
        "probability": None if asked is None or not asked.size else float(asked.mean()),
        "asked": None if asked is None else int(asked.size),
        "chance": {name: number(value) for name, value in found.chance._asdict().items()},
        "ranks": {draws[i].path: ranked[i] for i in order},
        "held": held(draws),
        "headline": answer,
        **folders.made_by(),
        "notices": [*base.notices, *overwritten.of_draws(base, [draw.path for draw in draws])],
        "timings": {"simulate_seconds": round(time.perf_counter() - started, 3)},
    }
    drivers = _drivers([draws[i].path for i in order], [found.indices[i] for i in order], found.chance)
    tornado = _tornado(base, [draws[i] for i in order], found.sample)
    return Sensitivity(base, claim, method, drivers, tornado, manifest)


def _given_data(base: Scenario, claim: Claim, draws: Sequence[Draw], ensemble: Ensemble, tell: Tell) -> Designed:
    """Indices from the worlds of the ordinary run; chance from the first of them with other luck."""
    ensemble.compute([base])
    sample = np.concatenate([truth(claim, block, base) for block in ensemble.blocks(base)])
    asked = sample != UNDECIDED
    if int(asked.sum()) < FEWEST:
        met = f"{int(asked.sum()):,} of {base.worlds:,} worlds ask for it"
        allowed = f"at least {FEWEST} worlds in which the claim is asked: try more --worlds"
        raise InputError("too few worlds", key=f"--of {claim.id}", found=met, allowed=allowed)
    parts = spans(min(base.worlds, REPLICATED))
    luck = Seeds(luck=other_seed(base.seed))
    again = np.concatenate(truths(claim, [Worlds(base, *span, luck) for span in parts], ensemble.workers, tell))
    both = asked[: again.size] & (again != UNDECIDED)
    chance = chance_share(sample[: again.size][both].astype(float), again[both].astype(float))
    y = sample[asked].astype(float)
    effects = [first_order(draw.sample(base.seed, 0, base.worlds)[asked], y) for draw in draws]
    return Designed([{"first_order": Estimate(*effect[:3])} for effect in effects], effects, chance, sample)


def _drivers(paths: Sequence[str], indices: Sequence[dict[str, Estimate]], chance: Estimate) -> pd.DataFrame:
    import pandas as pd

    rows = [
        (path, name, *estimate, chance.value)
        for path, own in zip(paths, indices, strict=True)
        for name, estimate in own.items()
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _tornado(base: Scenario, draws: Sequence[Draw], sample: np.ndarray | None) -> pd.DataFrame:
    import pandas as pd

    rows: list[tuple[Any, ...]] = []
    if sample is not None:
        asked = sample != UNDECIDED
        for draw in draws:
            found = fifths(draw.sample(base.seed, 0, base.worlds)[asked], sample[asked].astype(float))
            edges, estimates = (found.up_to, found.from_), (found.lowest, found.highest)
            for end, edge, estimate, worlds in zip(ENDS, edges, estimates, found.worlds, strict=True):
                rows.append((draw.path, end, edge, *estimate, worlds))
    return pd.DataFrame(rows, columns=["path", "end", "value", "probability", "low", "high", "worlds"])


def held(draws: Sequence[Draw]) -> list[str]:
    """Paths of the assumptions of the industry that have one value in all worlds, so that nothing is said of them."""
    varied = {draw.path.rpartition(".set.")[2] for draw in draws}
    return [path for path in ASSUMPTIONS if path not in varied]
