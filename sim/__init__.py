"""Shakeout: the shakeout among China's large-model start-ups, simulated in thousands of worlds.

    import sim
    scenario = sim.load("six-dragons")
    run = sim.run(scenario, worlds=2000)
    run.survival()  # a pandas frame

Everything heavy is imported when it is first needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from sim.engine.simulate import Trace
    from sim.scenario.model import Scenario
    from sim.study.axes import Vary
    from sim.study.compare import Comparison
    from sim.study.flip import Flip
    from sim.study.many_worlds import Progress
    from sim.study.run import Run
    from sim.study.sensitivity import Sensitivity
    from sim.study.sweep import Sweep
    from sim.study.what_if import WhatIf

    Told = TypeVar("Told", Run, WhatIf, Comparison, Sweep, Flip, Sensitivity)
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
    firms: Iterable[str] = (),
    png: bool = False,
    progress: Callable[[Progress], None] | None = None,
    command: str = "sim.run",
) -> Run:
    """Simulate many worlds of ``scenario``.

    ``worlds`` and ``seed`` stand in for the scenario's; ``precision`` is a half-width to simulate until. With ``out``
    the result folder and its report are written there (``png``: also each figure as PNG and SVG), or, if the same
    question was answered before, opened. ``firms``: ids of firms, classes or groups that headline, tables and figures
    speak of first, with ``out`` on a page of their own beside the other; frames keep the order of their files.
    ``jobs``: local workers. InputError if the question is wrong, RunError if the run fails after it began; what is
    finished is then kept.
    """
    from sim.study import many_worlds
    from sim.study.focus import focus_of

    asked = _loaded(scenario)
    focus = focus_of([asked], firms)
    done = many_worlds.run(
        asked,
        worlds=worlds,
        seed=seed,
        jobs=jobs,
        out=out,
        precision=precision,
        progress=progress,
        page=_draw,
        command=command,
    )
    return _told(done, focus, png, progress)


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
    firms: Iterable[str] = (),
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
    from sim.study import many_worlds
    from sim.study import what_if as study
    from sim.study.focus import focus_of
    from sim.study.variants import sets_of, variants_of

    base = many_worlds.with_worlds(_loaded(scenario), worlds, seed)
    focus = focus_of([base], firms)
    named = [(name, sets_of(own)) for name, own in variants.items()] if isinstance(variants, Mapping) else variants
    asked = variants_of(base, sets_of(changes), named)
    done = study.what_if(
        base,
        asked,
        jobs=jobs,
        out=out,
        precision=precision,
        progress=progress,
        page=_draw,
        command=command,
    )
    return _told(done, focus, png, progress)


def compare(
    *asked: Scenario | Run | Path | str,
    sets: Iterable[str] = (),
    worlds: int | None = None,
    seed: int | None = None,
    jobs: int | None = None,
    out: Path | str | None = None,
    precision: float | None = None,
    firms: Iterable[str] = (),
    png: bool = False,
    progress: Callable[[Progress], None] | None = None,
    command: str = "sim.compare",
) -> Comparison:
    """Runs side by side, every one against the first: scenarios, runs, scenario files or folders of finished runs.

    ``sets`` apply to all; what has a result already is then simulated anew. The answer has ``differences`` as a pandas
    frame, ``headline`` and ``notes``; the other parameters and the errors are those of ``run``.
    """
    from sim.study import compare as study
    from sim.study.focus import focus_of

    found, notices = study.questions(asked, tuple(sets), worlds, seed)
    focus = focus_of(map(study.scenario_of, found), firms)
    done = study.compare(
        found,
        jobs=jobs,
        out=out,
        precision=precision,
        progress=progress,
        page=_draw,
        command=command,
        notices=notices,
    )
    return _told(done, focus, png, progress)


def sweep(
    scenario: Scenario | Path | str,
    vary: Vary,
    *,
    worlds: int | None = None,
    seed: int | None = None,
    jobs: int | None = None,
    out: Path | str | None = None,
    precision: float | None = None,
    firms: Iterable[str] = (),
    png: bool = False,
    progress: Callable[[Progress], None] | None = None,
    command: str = "sim.sweep",
) -> Sweep:
    """``scenario`` over a grid of one or two assumptions, in the same worlds at every point.

    ``vary`` is ``{"assumptions.listing.strength": (0, 2, 5)}`` (lowest, highest, points), or texts "PATH=LO:HI:N"; a
    decision has a list, ``{"firms.zhipu.lists": ["rule", "2025-01:2027-01:5", "never"]}`` or "PATH=rule,never". The
    answer has ``grid`` and ``survival`` as pandas frames; ``worlds`` are those at every point (by default the
    scenario's, at most some 2,000); the other parameters and the errors are those of ``run``.
    """
    from sim.study import sweep as study
    from sim.study.focus import focus_of

    base = _loaded(scenario)
    focus = focus_of([base], firms)
    done = study.sweep(
        base,
        vary,
        worlds=worlds,
        seed=seed,
        jobs=jobs,
        out=out,
        precision=precision,
        progress=progress,
        page=_draw,
        command=command,
    )
    return _told(done, focus, png, progress)


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
        page=_draw,
        command=command,
    )
    return _told(done, (), png, progress)


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
        page=_draw,
        command=command,
    )
    return _told(done, (), png, progress)


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
    from sim.foundation.file_paths import expanded
    from sim.study.run import open_folder

    return open_folder(expanded(path))


def _loaded(scenario: Scenario | Path | str) -> Scenario:
    return load(scenario) if isinstance(scenario, Path | str) else scenario


def _draw(done: Any, folder: Path) -> None:
    """Write the page of an answer and its figures to ``folder``."""
    from sim.report.html.write import write

    write(done, folder)


def _told(done: Told, focus: Sequence[str], png: bool, progress: Callable[[Progress], None] | None) -> Told:
    """``done`` with ``focus`` told first, on a page of its own beside the other; ``png``: also its figures as PNG and
    SVG, if they are not there.
    """
    from sim.archive.folder import extended
    from sim.report.html.stills import write_stills
    from sim.report.html.write import PLOTS, pictures
    from sim.study.focus import focused, named
    from sim.study.many_worlds import DRAWING, Progress

    done = focused(done, focus)
    if done.folder is None:
        return done
    plots = named(PLOTS, done.manifest)
    png = png and not any(done.folder.glob(f"{plots}/*.png"))
    if progress is not None and (focus or png):
        progress(Progress(DRAWING, done.scenario.worlds, done.scenario.worlds))
    if focus:  # always drawn anew: the manifest does not list it, so nobody could tell whether it was altered
        with extended(done.folder, "*.html", f"{plots}/*") as part:
            _draw(done, part)
    if png:
        with extended(done.folder, f"{plots}/*.png", f"{plots}/*.svg") as part:
            (part / plots).mkdir()
            message = write_stills(pictures(done), part / plots)
        if message:
            done.manifest["notices"].append(message)
    return done


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("shakeout")
    raise AttributeError(f"module 'sim' has no attribute {name!r}")
