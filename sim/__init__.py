"""Shakeout: the shakeout among China's large-model start-ups, simulated in thousands of worlds.

    import sim
    scenario = sim.load("six-dragons")
    run = sim.run(scenario, worlds=2000)
    run.survival()  # a pandas frame

Everything heavy is imported when it is first needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.study.how import TRAINING_ENDS, How, takes_how

if TYPE_CHECKING:
    from sim.engine.simulate import Trace
    from sim.live.serve import Served
    from sim.scenario.model import Scenario
    from sim.study.axes import Vary
    from sim.study.calibrate import Calibration
    from sim.study.compare import Comparison
    from sim.study.discover import Discovery
    from sim.study.flip import Flip
    from sim.study.hindcast import Hindcast
    from sim.study.run import Run
    from sim.study.sensitivity import Sensitivity
    from sim.study.sweep import Sweep
    from sim.study.what_if import WhatIf

    Changes = Mapping[str, Any] | Iterable[str]  # {PATH: VALUE}, {"PATH@FROM..UNTIL": VALUE} or ["PATH=VALUE", ...]

__all__ = [
    "__version__",
    "calibrate",
    "cluster",
    "compare",
    "discover",
    "explore",
    "flip",
    "hindcast",
    "load",
    "open_run",
    "run",
    "sensitivity",
    "sweep",
    "trace",
    "what_if",
]


def _pages() -> Any:
    """What draws answers; imported when there is something to draw."""
    return import_module("sim.report.html.write")


def load(path: Path | str, sets: Iterable[str] = (), *, worlds: int | None = None, seed: int | None = None) -> Scenario:
    """The validated scenario in the file at ``path``, with ``sets`` ("PATH=VALUE") applied.

    Here and wherever a scenario is asked for, ``path`` may also be the name of one that comes with the package:
    "six-dragons". One InputError says all that is wrong.
    """
    from sim.scenario.load import load as load_scenario

    return load_scenario(Path(path), tuple(sets), worlds=worlds, seed=seed)


@takes_how(_pages, conditioned=True)
def run(scenario: Scenario | Path | str, *, how: How) -> Run:
    """Simulate many worlds of a scenario, write its result folder and report, and tell the fates of the firms.

    With ``out`` the result folder and its report are written there, or, if the same question was answered before,
    opened; frames keep the order of their files, whoever is told first. With ``given`` all is told of the worlds that
    agree, and ``beside()`` has all worlds beside them. InputError if the question is wrong or fewer than 100 worlds are
    left, RunError if the run fails after it began; what is finished is then kept.
    """
    from sim.study.run import run as answer

    return answer(_loaded(scenario), how)


@takes_how(_pages, conditioned=True)
def what_if(
    scenario: Scenario | Path | str,
    changes: Changes = (),
    *,
    variants: Mapping[str, Changes] | Iterable[str] = (),
    how: How,
) -> WhatIf:
    """Change assumptions and see what differs in the same worlds.

    ``changes`` make one variant: ``{"assumptions.listing.strength": 0}``. ``variants`` names further ones:
    ``{"shut window": {"assumptions.exchange.window@2025-07": 0}}``, or texts "NAME: PATH=VALUE, PATH=VALUE". The
    answer has ``differences`` and ``flipped`` as pandas frames and ``headline``, a sentence for every variant; errors
    are those of ``run``.
    """
    from sim.study.many_worlds import with_worlds
    from sim.study.variants import sets_of, variants_of
    from sim.study.what_if import what_if as answer

    base = with_worlds(_loaded(scenario), how.worlds, how.seed)
    named = [(name, sets_of(own)) for name, own in variants.items()] if isinstance(variants, Mapping) else variants
    return answer(base, variants_of(base, sets_of(changes), named), how)


@takes_how(_pages, conditioned=True)
def compare(*asked: Scenario | Run | Path | str, sets: Iterable[str] = (), how: How) -> Comparison:
    """Put scenarios or finished runs side by side, every one against the first.

    ``asked``: scenarios, runs, scenario files or folders of finished runs. ``sets`` apply to all; what has a result
    already is then simulated anew. The answer has ``differences`` as a pandas frame, ``headline`` and ``notes``; errors
    are those of ``run``.
    """
    from sim.study.compare import compare as answer

    return answer(asked, how, tuple(sets))


@takes_how(_pages)
def sweep(scenario: Scenario | Path | str, vary: Vary, *, how: How) -> Sweep:
    """Run a scenario over a grid of one or two assumptions or decisions, with the same luck at every point.

    ``vary`` is ``{"assumptions.listing.strength": (0, 2, 5)}`` (lowest, highest, points), or texts "PATH=LO:HI:N"; a
    decision has a list, ``{"firms.zhipu.lists": ["rule", "2025-01:2027-01:5", "never"]}`` or "PATH=rule,never". The
    answer has ``grid`` and ``survival`` as pandas frames; ``worlds`` are those at every point (by default the
    scenario's, at most some 2,000); errors are those of ``run``.
    """
    from sim.study.sweep import sweep as answer

    return answer(_loaded(scenario), vary, how)


@takes_how(_pages, without=("firms",))
def flip(scenario: Scenario | Path | str, vary: Vary, until: str, *, how: How) -> Flip:
    """Find the values of an assumption at which the probability of a claim crosses a level, each with an interval.

    ``vary`` is ``{"assumptions.listing.strength": (0, 2)}`` or "PATH=LO:HI", ``until`` is "CLAIM >= 0.5". The answer
    has ``crossings``, ``headline`` (the plain answer) and ``evaluations`` as a pandas frame; worlds and errors are
    those of ``sweep``.
    """
    from sim.study.flip import flip as answer

    return answer(_loaded(scenario), vary, until, how)


@takes_how(_pages, without=("firms",))
def sensitivity(
    scenario: Scenario | Path | str, of: str, *, method: str = "given-data", everything: bool = False, how: How
) -> Sensitivity:
    """Find which of the assumptions that are left uncertain drive a claim, and how much of it is chance.

    ``of`` is the claim, ``method`` "given-data" (from the ordinary run), "sobol" or "morris" (worlds of their own; they
    need SALib). ``everything`` also moves what has one value and no source, by a quarter either way. The answer has
    ``drivers`` and ``tornado`` as pandas frames, ``ranks``, ``chance`` and ``headline``; errors are those of ``run``.
    """
    from sim.study.sensitivity import sensitivity as answer

    return answer(_loaded(scenario), of, method, everything, how)


@takes_how(_pages, without=("firms",))
def hindcast(scenario: Scenario | Path | str, *, until: str | None = None, how: How) -> Hindcast:
    """Score what the worlds of a scenario said of facts, by window, against simpler forecasts.

    Facts to ``until`` (YYYY-MM; by default 2024-12, or what its ensemble was fitted to) are the training window, those
    after it the test. The answer has ``event_forecasts``,
    ``number_forecasts`` and ``scores`` as pandas frames and ``headline``; worlds run to the last fact (by default the
    scenario's number, at most some 4,000); errors are those of ``run``.
    """
    from sim.study.hindcast import hindcast as answer

    return answer(_loaded(scenario), until, how)


@takes_how(_pages, without=("firms",))
def discover(scenario: Scenario | Path | str, of: str, at: str, *, how: How) -> Discovery:
    """Find which states of the firms and of the market at a date tell apart in which worlds a claim comes true.

    ``of`` is the claim, ``at`` the month (YYYY-MM). Only worlds in which it is open then count; half of them grow a
    shallow tree, the other half test it (it needs scikit-learn). The answer has ``leaves`` and ``tree`` as pandas
    frames, ``auc`` (how often the tree names the right one of two worlds) and ``headline``; worlds are by default the
    scenario's, at most some 8,000; errors are those of ``run``.
    """
    from sim.study.discover import discover as answer

    return answer(_loaded(scenario), of, at, how)


@takes_how(_pages, without=("firms",))
def calibrate(
    scenario: Scenario | Path | str,
    *,
    until: str = TRAINING_ENDS,
    points: int | None = None,
    ensemble: Path | str | None = None,
    how: How,
) -> Calibration:
    """Find which settings of the assumptions without a source can have made the facts, as joint draws of an ensemble.

    Facts to ``until`` (YYYY-MM) count. Five waves of ``points`` settings (by default 2,048), each in some worlds (by
    default 128), rule out what cannot have made them; what is nearest to the facts is kept, in the answer's folder and
    in the file ``ensemble``, which a scenario names (``ensemble: FILE``). The answer has ``assumptions``, ``facts`` and
    ``waves`` as pandas frames and ``headline``. Errors are those of ``run``.
    """
    from sim.study.calibrate import calibrate as answer

    return answer(_loaded(scenario), until, how, points, ensemble)


def explore(scenario: Scenario | Path | str, *, worlds: int | None = None, out: Path | str = "results") -> Served:
    """The live page of what-ifs of ``scenario``, served on this machine by a thread until ``close()`` or the end of the
    process. In a notebook the answer shows the page in its cell; ``address`` opens it in a browser.

    ``worlds`` are those of the last stage of every answer (by default 4,096, or the scenario's if fewer). Full reports
    go to ``out``. InputError if the scenario is wrong, or the extra is missing: pip install 'shakeout[explore]'.
    """
    from sim.foundation.file_paths import expanded
    from sim.live.serve import explored

    return explored(scenario, worlds, expanded(out))


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
    from sim.study.finished_runs import open_folder

    return open_folder(expanded(path))


def _loaded(scenario: Scenario | Path | str) -> Scenario:
    return load(scenario) if isinstance(scenario, Path | str) else scenario


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("shakeout")
    raise AttributeError(f"module 'sim' has no attribute {name!r}")
