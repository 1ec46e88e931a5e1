"""The commands that study a scenario by many runs: whatif, compare, sweep, flip and sensitivity."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from sim.cli import terminal
from sim.cli.options import (
    RESULTS,
    Firms,
    Jobs,
    Json,
    Out,
    Png,
    Precision,
    Quiet,
    ScenarioFile,
    Seed,
    Sets,
    Variants,
    Worlds,
    command,
    notices,
    one_of,
    print_json,
    typed,
)

Grid = Annotated[
    list[str] | None,
    typer.Option(
        "--vary",
        metavar="PATH=LO:HI:N",
        help="An assumption on a grid of N values; once or twice. PATH=LO:HI:N@2025-07 varies it from that month on, "
        "which a value needs that a dated event sets; @2025-07..2025-12 for a while. Decisions of a firm are listed: "
        "firms.moonshot.lists=rule,never,2026-01 or, with N months, rule,2025-01:2027-01:5.",
    ),
]
Span = Annotated[
    list[str] | None,
    typer.Option(
        "--vary",
        metavar="PATH=LO:HI",
        help="The assumption, and its range to look in. PATH=LO:HI@2025-07 varies it from that month on, which a value "
        "needs that a dated event sets; @2025-07..2025-12 for a while.",
    ),
]
Method = Annotated[str, typer.Option("--method", metavar="METHOD", help="given-data, or sobol or morris (with SALib).")]


@command
def whatif(
    scenario: ScenarioFile,
    sets: Sets = None,
    variants: Variants = None,
    worlds: Worlds = None,
    seed: Seed = None,
    jobs: Jobs = None,
    out: Out = RESULTS,
    json_: Json = False,
    quiet: Quiet = False,
    png: Png = False,
    precision: Precision = None,
    firms: Firms = None,
) -> None:
    """Change assumptions and see what differs in the same worlds: the --set make one variant, --variant more."""
    import sim

    one_of(worlds=worlds, precision=precision)
    asked = sim.load(scenario, worlds=worlds, seed=seed)
    silent = quiet or json_
    with terminal.progress(silent) as tell:
        done = sim.what_if(
            asked,
            sets or (),
            variants=variants or (),
            jobs=jobs,
            out=out,
            precision=precision,
            firms=firms or (),
            png=png,
            progress=tell,
            command=typed(),
        )
    notices(done.manifest["notices"], silent)
    _differences(done, json_, quiet, "whatif.html")


@command
def compare(
    runs: Annotated[
        list[Path], typer.Argument(metavar="X Y [Z...]", help="Scenario files or result folders.", show_default=False)
    ],
    sets: Sets = None,
    worlds: Worlds = None,
    seed: Seed = None,
    jobs: Jobs = None,
    out: Out = RESULTS,
    json_: Json = False,
    quiet: Quiet = False,
    png: Png = False,
    precision: Precision = None,
    firms: Firms = None,
) -> None:
    """Put scenarios or finished runs side by side, every one against the first; --set applies to all."""
    import sim

    one_of(worlds=worlds, precision=precision)
    silent = quiet or json_
    with terminal.progress(silent) as tell:
        done = sim.compare(
            *runs,
            sets=sets or (),
            worlds=worlds,
            seed=seed,
            jobs=jobs,
            out=out,
            precision=precision,
            firms=firms or (),
            png=png,
            progress=tell,
            command=typed(),
        )
    notices(done.notes, silent)
    _differences(done, json_, quiet, "compare.html")


@command
def sweep(
    scenario: ScenarioFile,
    vary: Grid = None,
    sets: Sets = None,
    worlds: Worlds = None,
    seed: Seed = None,
    jobs: Jobs = None,
    out: Out = RESULTS,
    json_: Json = False,
    quiet: Quiet = False,
    png: Png = False,
    precision: Precision = None,
    firms: Firms = None,
) -> None:
    """Run a scenario over a grid of one or two assumptions or decisions, with the same luck at every point."""
    import sim

    one_of(worlds=worlds, precision=precision)
    asked = sim.load(scenario, sets or (), seed=seed)
    with terminal.progress(quiet or json_) as tell:
        how = {"worlds": worlds, "jobs": jobs, "out": out, "precision": precision, "png": png, "progress": tell}
        done = sim.sweep(asked, vary or (), firms=firms or (), **how, command=typed())  # type: ignore[arg-type]
    _answer(done, json_, quiet, terminal.sweep_table, "sweep.html")


@command
def flip(
    scenario: ScenarioFile,
    vary: Span = None,
    until: Annotated[
        str,
        typer.Option(
            "--until",
            metavar='"CLAIM >= 0.5"',
            help='A claim, or a proposition such as "minimax acquired by 2030-12", and a level.',
        ),
    ] = "",
    sets: Sets = None,
    worlds: Worlds = None,
    seed: Seed = None,
    jobs: Jobs = None,
    out: Out = RESULTS,
    json_: Json = False,
    quiet: Quiet = False,
    png: Png = False,
    precision: Precision = None,
) -> None:
    """Find the values of an assumption at which the probability of a claim crosses a level."""
    import sim

    one_of(worlds=worlds, precision=precision)
    asked = sim.load(scenario, sets or (), seed=seed)
    with terminal.progress(quiet or json_) as tell:
        how = {"worlds": worlds, "jobs": jobs, "out": out, "precision": precision, "png": png, "progress": tell}
        done = sim.flip(asked, vary or (), until, **how, command=typed())  # type: ignore[arg-type]
    _answer(done, json_, quiet, terminal.flip_answer, "flip.html")


@command
def sensitivity(
    scenario: ScenarioFile,
    of: Annotated[
        str,
        typer.Option(
            "--of",
            metavar="CLAIM",
            help='The claim whose drivers are asked for, or a proposition such as "minimax acquired by 2030-12".',
        ),
    ] = "",
    method: Method = "given-data",
    sets: Sets = None,
    worlds: Worlds = None,
    seed: Seed = None,
    jobs: Jobs = None,
    out: Out = RESULTS,
    json_: Json = False,
    quiet: Quiet = False,
    png: Png = False,
    precision: Precision = None,
) -> None:
    """Find which uncertain assumptions drive a claim, and how much of it is chance."""
    import sim

    one_of(worlds=worlds, precision=precision)
    asked = sim.load(scenario, sets or (), seed=seed)
    with terminal.progress(quiet or json_) as tell:
        how = {"worlds": worlds, "jobs": jobs, "out": out, "precision": precision, "png": png, "progress": tell}
        done = sim.sensitivity(asked, of, method=method, **how, command=typed())  # type: ignore[arg-type]
    _answer(done, json_, quiet, terminal.drivers_table, "sensitivity.html")


def _differences(done: Any, json_: bool, quiet: bool, page: str) -> None:
    """What came out of a what-if or a comparison."""
    from sim.study.focus import named

    if json_:
        print_json(done.folder, done.manifest, done.summary())
    elif quiet:
        print(done.folder)
    else:
        base = (run["name"] for run in done.manifest.get("runs", ())[:1])
        terminal.differences(done.headline, done.explained(), done.summary(), done.scenario.currency, *base)
        print(f"Report: {done.folder / named(page, done.manifest)}")


def _answer(done: Any, json_: bool, quiet: bool, show: Callable[[Any], None], page: str) -> None:
    """What came out of a sweep, a flip point or a sensitivity study."""
    from sim.study.focus import named

    notices(done.manifest["notices"], quiet or json_)
    if json_:
        print_json(done.folder, done.manifest, done.summary())
    elif quiet:
        print(done.folder)
    else:
        show(done)
        print(f"Report: {done.folder / named(page, done.manifest)}")
