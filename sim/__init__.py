"""Shakeout: the shakeout among China's large-model start-ups, simulated in thousands of worlds.

    import sim
    scenario = sim.load("six-dragons")
    run = sim.run(scenario, worlds=2000)
    run.survival()  # a pandas frame

Everything heavy is imported when it is first needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.engine.simulate import Trace
    from sim.scenario.model import Scenario
    from sim.study.compare import Comparison
    from sim.study.flip import Flip
    from sim.study.monte_carlo import Progress
    from sim.study.run import Run
    from sim.study.sensitivity import Sensitivity
    from sim.study.sweep import Sweep
    from sim.study.vary import Vary
    from sim.study.what_if import WhatIf

    Changes = Mapping[str, Any] | Iterable[str]  # {PATH: VALUE}, {"PATH@FROM..UNTIL": VALUE} or ["PATH=VALUE", ...]

__all__ = [
    "__version__",
    "cluster",
    "compare",
    "flip",
    "load",
    "open_run",
    "run",
    "sensitivity",
    "sweep",
    "trace",
    "what_if",
]


def load(path: Path | str, sets: Iterable[str] = (), *, worlds: int | None = None, seed: int | None = None) -> Scenario:
    """The validated scenario in the file at ``path``, with ``sets`` ("PATH=VALUE") applied.

    Here and wherever a scenario is asked for, ``path`` may also be the name of one that comes with the package:
    "six-dragons". One InputError says all that is wrong.
    """
    from sim.scenario.load import load as load_scenario

    return load_scenario(Path(path), tuple(sets), worlds=worlds, seed=seed)


def run(
    scenario: Scenario | Path | str,
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
        _loaded(scenario),
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


def what_if(
    scenario: Scenario | Path | str,
    changes: Changes = (),
    *,
    variants: Mapping[str, Changes] | Iterable[str] = (),
    worlds: int | None = None,
    seed: int | None = None,
    jobs: int | None = None,
    out: Path | str | None = None,
    precision: float | None = None,
    png: bool = False,
    progress: Callable[[Progress], None] | None = None,
    command: str = "sim.what_if",
) -> WhatIf:
    """``scenario`` and what changes with it, in the same worlds.

    ``changes`` make one variant: ``{"assumptions.listing.strength": 0}``. ``variants`` names further ones:
    ``{"shut window": {"assumptions.exchange.window@2025-07": 0}}``, or texts "NAME: PATH=VALUE, PATH=VALUE". The
    answer has ``differences`` and ``flipped`` as pandas frames and ``headline``, a sentence for every variant; the
    other parameters and the errors are those of ``run``.
    """
    from sim.study import monte_carlo
    from sim.study import what_if as study
    from sim.study.variants import sets_of, variants_of

    base = monte_carlo.with_worlds(_loaded(scenario), worlds, seed)
    named = [(name, sets_of(own)) for name, own in variants.items()] if isinstance(variants, Mapping) else variants
    asked = variants_of(base, sets_of(changes), named)
    done = study.what_if(
        base,
        asked,
        jobs=jobs,
        out=out,
        precision=precision,
        progress=progress,
        page=_write_what_if,
        command=command,
    )
    if png and done.folder is not None:
        from sim.report.what_if import pictures

        _add_stills(done.folder, pictures(done), done.manifest)
    return done


def compare(
    *asked: Scenario | Run | Path | str,
    sets: Iterable[str] = (),
    worlds: int | None = None,
    seed: int | None = None,
    jobs: int | None = None,
    out: Path | str | None = None,
    precision: float | None = None,
    png: bool = False,
    progress: Callable[[Progress], None] | None = None,
    command: str = "sim.compare",
) -> Comparison:
    """Runs side by side, every one against the first: scenarios, runs, scenario files or folders of finished runs.

    ``sets`` apply to all; what has a result already is then simulated anew. The answer has ``differences`` as a pandas
    frame, ``headline`` and ``notes``; the other parameters and the errors are those of ``run``.
    """
    from sim.study import compare as study

    found, notices = study.questions(asked, tuple(sets), worlds, seed)
    done = study.compare(
        found,
        jobs=jobs,
        out=out,
        precision=precision,
        progress=progress,
        page=_write_comparison,
        command=command,
        notices=notices,
    )
    if png and done.folder is not None:
        from sim.report.compare import pictures

        _add_stills(done.folder, pictures(done), done.manifest)
    return done


def sweep(
    scenario: Scenario | Path | str,
    vary: Vary,
    *,
    worlds: int | None = None,
    seed: int | None = None,
    jobs: int | None = None,
    out: Path | str | None = None,
    precision: float | None = None,
    png: bool = False,
    progress: Callable[[Progress], None] | None = None,
    command: str = "sim.sweep",
) -> Sweep:
    """``scenario`` over a grid of one or two assumptions, in the same worlds at every point.

    ``vary`` is ``{"assumptions.listing.strength": (0, 2, 5)}`` (lowest, highest, points), or texts "PATH=LO:HI:N". The
    answer has ``grid`` and ``survival`` as pandas frames; ``worlds`` are those at every point (by default the
    scenario's, at most some 2,000); the other parameters and the errors are those of ``run``.
    """
    from sim.study import sweep as study

    done = study.sweep(
        _loaded(scenario),
        vary,
        worlds=worlds,
        seed=seed,
        jobs=jobs,
        out=out,
        precision=precision,
        progress=progress,
        page=_write_sweep,
        command=command,
    )
    if png and done.folder is not None:
        from sim.report.sweep import pictures

        _add_stills(done.folder, pictures(done), done.manifest)
    return done


def flip(
    scenario: Scenario | Path | str,
    vary: Vary,
    until: str,
    *,
    worlds: int | None = None,
    seed: int | None = None,
    jobs: int | None = None,
    out: Path | str | None = None,
    precision: float | None = None,
    png: bool = False,
    progress: Callable[[Progress], None] | None = None,
    command: str = "sim.flip",
) -> Flip:
    """The values of an assumption at which the probability of a claim crosses a level, each with an interval.

    ``vary`` is ``{"assumptions.listing.strength": (0, 2)}`` or "PATH=LO:HI", ``until`` is "CLAIM >= 0.5". The answer
    has ``crossings``, ``headline`` (the plain answer) and ``evaluations`` as a pandas frame; the other parameters and
    the errors are those of ``sweep``.
    """
    from sim.study import flip as study

    done = study.flip(
        _loaded(scenario),
        vary,
        until,
        worlds=worlds,
        seed=seed,
        jobs=jobs,
        out=out,
        precision=precision,
        progress=progress,
        page=_write_flip,
        command=command,
    )
    if png and done.folder is not None:
        from sim.report.flip import pictures

        _add_stills(done.folder, pictures(done), done.manifest)
    return done


def sensitivity(
    scenario: Scenario | Path | str,
    of: str,
    *,
    method: str = "given-data",
    worlds: int | None = None,
    seed: int | None = None,
    jobs: int | None = None,
    out: Path | str | None = None,
    precision: float | None = None,
    png: bool = False,
    progress: Callable[[Progress], None] | None = None,
    command: str = "sim.sensitivity",
) -> Sensitivity:
    """Which of the assumptions that ``scenario`` leaves uncertain drive the claim ``of``, and how much is chance.

    ``method`` is "given-data" (from the ordinary run), "sobol" or "morris" (worlds of their own; they need SALib). The
    answer has ``drivers`` and ``tornado`` as pandas frames, ``ranks``, ``chance`` and ``headline``; the other
    parameters and the errors are those of ``run``.
    """
    from sim.study import sensitivity as study

    done = study.sensitivity(
        _loaded(scenario),
        of,
        method=method,
        worlds=worlds,
        seed=seed,
        jobs=jobs,
        out=out,
        precision=precision,
        progress=progress,
        page=_write_sensitivity,
        command=command,
    )
    if png and done.folder is not None:
        from sim.report.sensitivity import pictures

        _add_stills(done.folder, pictures(done), done.manifest)
    return done


def cluster(scheduler: str) -> AbstractContextManager[None]:
    """``with sim.cluster("tcp://host:8786"):`` whatever is simulated inside is computed by the workers of that Dask
    scheduler; results come here. InputError if this is no address or Dask is not installed.
    """
    from sim.study.executor import on_cluster

    return on_cluster(scheduler)


def trace(scenario: Scenario | Path | str, world: int = 0) -> Trace:
    """One world of ``scenario`` with everything told: its events, and the state of every firm in every month."""
    from sim.engine.simulate import trace as trace_world

    return trace_world(_loaded(scenario), world)


def open_run(path: Path | str) -> Run:
    """The run in a result folder. Nothing in the folder is executed. InputError if it is not a result folder."""
    from sim.foundation.paths import expanded
    from sim.study.run import open_folder

    return open_folder(expanded(path))


def _loaded(scenario: Scenario | Path | str) -> Scenario:
    return load(scenario) if isinstance(scenario, Path | str) else scenario


def _write_page(done: Run, folder: Path) -> None:
    from sim.report import page

    page.write(done, folder)


def _write_what_if(done: WhatIf, folder: Path) -> None:
    from sim.report import what_if as page

    page.write(done, folder)


def _write_comparison(done: Comparison, folder: Path) -> None:
    from sim.report import compare as page

    page.write(done, folder)


def _write_sweep(done: Sweep, folder: Path) -> None:
    from sim.report import sweep as page

    page.write(done, folder)


def _write_flip(done: Flip, folder: Path) -> None:
    from sim.report import flip as page

    page.write(done, folder)


def _write_sensitivity(done: Sensitivity, folder: Path) -> None:
    from sim.report import sensitivity as page

    page.write(done, folder)


def _add_stills(target: Path, pictures: list[Any], manifest: dict[str, Any]) -> None:
    """Add PNG and SVG of ``pictures`` to a finished folder, if they are not there."""
    if any(target.glob("plots/*.png")):
        return
    from sim.archive.folder import extended
    from sim.report.page import PLOTS
    from sim.report.stills import write_stills

    with extended(target, "plots/*.png", "plots/*.svg") as part:
        (part / PLOTS).mkdir()
        message = write_stills(pictures, part / PLOTS)
    if message:
        manifest["notices"].append(message)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("shakeout")
    raise AttributeError(f"module 'sim' has no attribute {name!r}")
