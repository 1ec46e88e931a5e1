"""Sweeps: one or two assumptions, or decisions of firms, on a grid; the same luck at every point."""

from __future__ import annotations

import functools
import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.archive import digest, folder
from sim.archive.folder import RunFolder, number
from sim.foundation.states import A_STARTUP, State
from sim.outcomes.differences import ENDGAME, GENERAL_LEFT, INDEPENDENTS_LEFT
from sim.outcomes.horizon import COLUMNS, horizon_of
from sim.scenario.model import Scenario
from sim.study import folders, many_worlds
from sim.study.axes import Axis, Coordinate, Vary, at, axes_of, notes
from sim.study.ensemble import Ensemble, sized
from sim.study.focus import asked_in, first, focus_in
from sim.study.many_worlds import SUMMARISING, WRITING, Progress, Tell
from sim.words.headlines import of_sweep

if TYPE_CHECKING:
    import pandas as pd

MOST_PATHS = 2
WORLDS = (2048, 1024)  # at every point of a grid over one path, over two: whole blocks, which larger runs use too
GRID, SURVIVAL, PAGE = "grid.csv", "survival.csv", "sweep.html"
SHOWN = (INDEPENDENTS_LEFT, GENERAL_LEFT, ENDGAME)


@dataclass(frozen=True, eq=False)
class Sweep:
    """Runs of one scenario over a grid of one or two assumptions.

    ``grid`` is grid.csv as a pandas frame: a column per varied path (numbers, or decisions as they are written), then
    quantity, firm, estimate, low, high, all at the horizon. ``survival`` has the survival curves on calendar time,
    survival.csv with the varied path in front; None where two paths vary. ``folder`` is None where nothing was written.
    """

    scenario: Scenario
    axes: tuple[Axis, ...]
    grid: pd.DataFrame
    survival: pd.DataFrame | None
    manifest: dict[str, Any]
    folder: Path | None = None
    reused: bool = False

    @property
    def headline(self) -> str:
        """What the sweep does, in a sentence."""
        return str(self.manifest["headline"])

    def quoted(self) -> str:
        """That sentence, made of the grid: about who is in focus first."""
        return of_sweep(self.scenario, self.axes, self.grid, asked_in(self.manifest))

    def summary(self) -> list[dict[str, Any]]:
        """What the terminal shows, as plain numbers: startups that stay independent, how many are left, endgame; at
        every point who is in focus first.
        """
        focus = focus_in(self.scenario, self.manifest)
        firms = [*focus, *(firm.id for firm in self.scenario.firms if firm.kind == A_STARTUP)]
        grid = self.grid
        shown = grid["quantity"].isin(SHOWN) | ((grid["quantity"] == State.INDEPENDENT) & grid["firm"].isin(firms))
        rows = [{str(key): number(value) for key, value in row.items()} for row in grid[shown].to_dict("records")]
        points = itertools.groupby(rows, key=lambda row: [row[axis.name] for axis in self.axes])
        return [row for _, point in points for row in first(point, focus)]


Page = Callable[[Sweep, Path], None]  # writes its files into the folder


def sweep(
    scenario: Scenario,
    vary: Vary,
    *,
    worlds: int | None = None,
    seed: int | None = None,
    jobs: int | None = None,
    out: Path | str | None = None,
    progress: Tell | None = None,
    precision: float | None = None,
    page: Page | None = None,
    command: str = "sim.sweep",
) -> Sweep:
    """Run ``scenario`` at every point of the grid that ``vary`` asks for (texts or a mapping, as ``axes_of`` takes).

    Every point is an ordinary run whose blocks are taken from ``out`` and kept there. ``worlds`` at every point: the
    scenario's, but not more than WORLDS if None. InputError if the grid makes no sense; else errors as in
    ``many_worlds.run``.
    """
    started, tell = time.perf_counter(), progress or many_worlds.silent
    axes = axes_of(scenario, vary, MOST_PATHS, grid=True)
    place = None if out is None else folder.prepare(out)
    base = sized(scenario, worlds, seed, precision, WORLDS[len(axes) - 1], (jobs, place, tell))
    points = list(itertools.product(*(axis.values() for axis in axes)))
    target = None
    if place is not None:
        asked = [digest.question(base, None), [[axis.name, *axis.values()] for axis in axes]]
        target = folders.place(place, base, "sweep", asked)
        done = folder.finished(target)
        if done is not None:
            return _opened(done, base, axes)
    scenarios = [at(base, axes, point) for point in points]
    ensemble = Ensemble(jobs, place, tell)
    ensemble.compute(scenarios)
    simulated = time.perf_counter()
    tell(Progress(SUMMARISING, base.worlds * len(points), base.worlds * len(points)))
    grid, survival = _tables(ensemble, axes, points, scenarios)
    manifest = {
        "kind": "sweep",
        "scenario": base.name,
        "title": base.title,
        "worlds": base.worlds,
        "seed": base.seed,
        "precision": precision,
        "varied": [{"path": axis.name, "values": axis.values()} for axis in axes],
        "headline": of_sweep(base, axes, grid),
        "stems": [digest.stem(point) for point in scenarios],
        **folders.made_by(),
        "notices": [*base.notices, *notes(base, axes, scenarios)],
        "timings": {
            "simulate_seconds": round(simulated - started, 3),
            "summarise_seconds": round(time.perf_counter() - simulated, 3),
            "worlds_computed": ensemble.computed,
        },
    }
    answer = Sweep(base, axes, grid, survival, manifest)
    return answer if target is None else _written(answer, target, tell, page, command)


def _tables(
    ensemble: Ensemble, axes: Sequence[Axis], points: Sequence[tuple[Coordinate, ...]], scenarios: Sequence[Scenario]
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """grid.csv and, where one path varies, the survival curves by its value."""
    import pandas as pd

    names = [axis.name for axis in axes]
    rows: list[tuple[Any, ...]] = []
    curves = []
    for point, scenario in zip(points, scenarios, strict=True):
        found, survival = horizon_of(scenario, ensemble.blocks(scenario), curves=len(axes) == 1)
        rows += [(*point, *row) for row in found]
        if survival is not None:
            survival.insert(0, names[0], point[0])
            curves.append(survival)
    grid = pd.DataFrame(rows, columns=[*names, *COLUMNS])
    return grid, pd.concat(curves, ignore_index=True) if curves else None


def _written(answer: Sweep, target: Path, tell: Tell, page: Page | None, command: str) -> Sweep:
    tell(Progress(WRITING, answer.scenario.worlds, answer.scenario.worlds))
    frames = {GRID: answer.grid}
    if answer.survival is not None:
        frames[SURVIVAL] = answer.survival
    draw = functools.partial(page, answer) if page is not None else None
    manifest = folders.write(target, answer.manifest, answer.scenario, frames, draw, command)
    return replace(answer, manifest=manifest, folder=target)


def _opened(done: RunFolder, base: Scenario, axes: tuple[Axis, ...]) -> Sweep:
    """The sweep in a finished folder."""
    types = {axis.name: "float64" for axis in axes if not axis.chosen}
    survival = done.frame(SURVIVAL).astype(types) if len(axes) == 1 else None
    return Sweep(base, axes, done.frame(GRID).astype(types), survival, done.manifest, folder=done.path, reused=True)
