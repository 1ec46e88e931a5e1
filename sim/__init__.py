"""Shakeout: the shakeout among China's large-model start-ups, simulated in thousands of worlds.

    import sim
    scenario = sim.load("scenarios/six-dragons.yaml")
    run = sim.run(scenario, worlds=2000)
    run.survival()  # a pandas frame

Everything heavy is imported when it is first needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.engine.simulate import Trace
    from sim.scenario.model import Scenario
    from sim.study.monte_carlo import Progress
    from sim.study.run import Run

__all__ = ["__version__", "load", "open_run", "run", "trace"]


def load(path: Path | str, sets: Iterable[str] = (), *, worlds: int | None = None, seed: int | None = None) -> Scenario:
    """The validated scenario in the file at ``path``, with ``sets`` ("PATH=VALUE") applied. InputError if wrong."""
    from sim.scenario.load import load as load_scenario

    return load_scenario(Path(path), tuple(sets), worlds=worlds, seed=seed)


def run(
    scenario: Scenario,
    *,
    worlds: int | None = None,
    seed: int | None = None,
    jobs: int | None = None,
    out: Path | str | None = None,
    precision: float | None = None,
    png: bool = False,
    progress: Callable[[Progress], None] | None = None,
    command: str = "sim.run",
) -> Run:
    """Simulate many worlds of ``scenario``.

    ``worlds`` and ``seed`` stand in for the scenario's; ``precision`` is a half-width to simulate until. With ``out``
    the result folder and its report are written there (``png``: also each figure as PNG and SVG), or, if the same
    question was answered before, opened. ``jobs``: local workers. InputError if the question is wrong, RunError if
    the run fails after it began; what is finished is then kept.
    """
    from sim.archive.folder import extended
    from sim.study import monte_carlo

    done = monte_carlo.run(
        scenario,
        worlds=worlds,
        seed=seed,
        jobs=jobs,
        out=out,
        precision=precision,
        progress=progress,
        page=_write_page,
        command=command,
    )
    if png and done.folder is not None and not any(done.folder.glob("plots/*.png")):
        from sim.report.page import stills

        if progress is not None:
            progress(monte_carlo.Progress(monte_carlo.DRAWING, done.scenario.worlds, done.scenario.worlds))
        with extended(done.folder, "plots/*.png", "plots/*.svg") as part:
            message = stills(done, part)
        if message:
            done.manifest["notices"].append(message)
    return done


def trace(scenario: Scenario, world: int = 0) -> Trace:
    """One world of ``scenario`` with everything told: its events, and the state of every firm in every month."""
    from sim.engine.simulate import trace as trace_world

    return trace_world(scenario, world)


def open_run(path: Path | str) -> Run:
    """The run in a result folder. Nothing in the folder is executed. InputError if it is not a result folder."""
    from sim.study.run import open_folder

    return open_folder(Path(path))


def _write_page(done: Run, folder: Path) -> None:
    from sim.report import page

    page.write(done, folder)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("shakeout")
    raise AttributeError(f"module 'sim' has no attribute {name!r}")
