"""Sweeps: one or two assumptions, or decisions of firms, on a grid; the same luck at every point."""

from __future__ import annotations

import functools
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.archive import digest
from sim.archive.dictionary import MIXED, NUMBER, ONE_WORLD, SWEPT_SURVIVAL, TEXT, Column, Table, bounds
from sim.archive.folder import plain_rows
from sim.foundation.states import A_STARTUP, State
from sim.outcomes.differences import ENDGAME, GENERAL_LEFT, INDEPENDENTS_LEFT
from sim.outcomes.horizon import horizon_of
from sim.scenario.model import Scenario
from sim.study.axes import Axis, Coordinate, Vary, at, axes_of, notes
from sim.study.focus import asked_in, first, focus_in
from sim.study.how import SUMMARISING, How
from sim.study.many_worlds import ManyWorlds
from sim.study.precision import sized
from sim.study.study import Kind, Study, answered, folder_name, manifest_of
from sim.words.headlines import of_sweep

if TYPE_CHECKING:
    import pandas as pd

# at every point of a grid over one path, over two: whole blocks, which larger runs use too
MOST_WORLDS_A_POINT = (2048, 1024)
OF_INDUSTRY = (INDEPENDENTS_LEFT, GENERAL_LEFT, ENDGAME)
GRID = Table(
    "what comes out at the horizon at every point of the grid",
    (
        Column(
            "quantity",
            TEXT,
            "",
            "a fate, milestone or `general` (share); `independents_left`, `general_left` (startups a "
            "world); `endgame` (share); `claims.<id>` (share)",
        ),
        Column("firm", TEXT, "", "id of a firm, a class or a group; `all`: the industry"),
        Column("estimate", NUMBER, MIXED, "share of worlds, or mean over worlds", "no world meets the condition"),
        *bounds("estimate", MIXED, f"no world meets the condition, or {ONE_WORLD}"),
    ),
)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Sweep(Study):
    """Runs of one scenario over a grid of one or two assumptions.

    ``grid`` is grid.csv as a pandas frame: a column per varied path (numbers, or decisions as they are written), then
    quantity, firm, estimate, low, high, all at the horizon. ``survival`` has the survival curves on calendar time,
    survival.csv with the varied path in front; None where two paths vary.
    """

    KIND = Kind(
        "sweep",
        "sweep.html",
        "a sweep: the same worlds over a grid of assumptions",
        "the page of this sweep: open it in a browser, it works offline",
        {"grid.csv": GRID, "survival.csv": SWEPT_SURVIVAL},
    )
    axes: tuple[Axis, ...]
    grid: pd.DataFrame
    survival: pd.DataFrame | None = None

    def quoted(self) -> str:
        """That sentence, made of the grid: about who is in focus first."""
        return of_sweep(self.scenario, self.axes, self.grid, asked_in(self.manifest))

    def summary(self) -> list[dict[str, Any]]:
        """What the terminal shows, as plain numbers: startups that stay independent, how many are left, endgame; at
        every point who is in focus first.
        """
        focus = focus_in(self.scenario, self.manifest)
        firms = [*focus, *(firm.id for firm in self.scenario.firms if firm.kind == A_STARTUP)]
        quantity, firm = self.grid["quantity"], self.grid["firm"]
        shown = quantity.isin(OF_INDUSTRY) | ((quantity == State.INDEPENDENT) & firm.isin(firms))
        rows = plain_rows(self.grid[shown])
        points = itertools.groupby(rows, key=lambda row: [row[axis.name] for axis in self.axes])
        return [row for _, point in points for row in first(point, focus)]


def sweep(scenario: Scenario, vary: Vary, how: How) -> Sweep:
    """Run ``scenario`` at every point of the grid that ``vary`` asks for (texts or a mapping, as ``axes_of`` takes).

    Every point is an ordinary run whose blocks are kept; the worlds at every point are the scenario's, but not more
    than MOST_WORLDS_A_POINT, if no number is asked for. InputError if the grid makes no sense; else errors as in
    ``run.run``.
    """
    axes = axes_of(scenario, vary, grid=True)
    base = sized(scenario, how, MOST_WORLDS_A_POINT[len(axes) - 1])
    question = [digest.question(base, None), [[axis.name, *axis.values()] for axis in axes]]

    reopen = functools.partial(Sweep.reopened, scenario=base, axes=axes)
    return answered([base], folder_name(Sweep.KIND, question), how, lambda: _computed(base, axes, how), reopen)


def _computed(base: Scenario, axes: tuple[Axis, ...], how: How) -> Sweep:
    started, many = time.perf_counter(), ManyWorlds(how)
    points = list(itertools.product(*(axis.values() for axis in axes)))
    scenarios = [at(base, axes, point) for point in points]
    many.compute(scenarios)
    simulated = time.perf_counter()
    how.tell(SUMMARISING, base.worlds * len(points), base.worlds * len(points))
    grid, survival = _tables(many, axes, points, scenarios)
    manifest = manifest_of(
        Sweep.KIND,
        base,
        how,
        [*base.notices, *notes(base, axes, scenarios)],
        {
            "simulate_seconds": simulated - started,
            "summarise_seconds": time.perf_counter() - simulated,
            "worlds_computed": many.computed,
        },
        varied=[{"path": axis.name, "values": axis.values()} for axis in axes],
        headline=of_sweep(base, axes, grid),
        stems=[digest.stem(point) for point in scenarios],
    )
    return Sweep(scenario=base, axes=axes, grid=grid, survival=survival, manifest=manifest)


def _tables(
    many: ManyWorlds, axes: Sequence[Axis], points: Sequence[tuple[Coordinate, ...]], scenarios: Sequence[Scenario]
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """grid.csv and, where one path varies, the survival curves by its value."""
    import pandas as pd

    names = [axis.name for axis in axes]
    rows: list[tuple[Any, ...]] = []
    curves = []
    for point, scenario in zip(points, scenarios, strict=True):
        found, survival = horizon_of(scenario, many.blocks(scenario), curves=len(axes) == 1)
        rows += [(*point, *row) for row in found]
        if survival is not None:
            survival.insert(0, names[0], point[0])
            curves.append(survival)
    grid = pd.DataFrame(rows, columns=[*names, *GRID.names])
    return grid, pd.concat(curves, ignore_index=True) if curves else None
