"""The commands: each parses its line, calls the public API and prints what came back. No logic of its own.

Exit codes: 0 done, 2 the input is wrong, 3 the run failed after it began, 130 interrupted.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import shlex
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from sim import terminal
from sim.foundation.errors import InputError, ShakeoutError

FAILED, INTERRUPTED = 3, 130
RESULTS = Path("results")

app = typer.Typer(
    name="shakeout",
    help="Simulates the shakeout among China's large-model start-ups: thousands of worlds, survival curves, a report.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ScenarioFile = Annotated[Path, typer.Argument(metavar="SCENARIO", help="A scenario file (YAML).", show_default=False)]
ScenarioFiles = Annotated[
    list[Path], typer.Argument(metavar="SCENARIO...", help="One or more scenario files.", show_default=False)
]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change an assumption, as in PATH=VALUE@2025-07; repeatable."),
]
Variants = Annotated[
    list[str] | None,
    typer.Option("--variant", metavar='"NAME: PATH=VALUE, ..."', help="A further variant with a name; repeatable."),
]
Worlds = Annotated[int | None, typer.Option("--worlds", metavar="N", help="Number of worlds.", show_default=False)]
Seed = Annotated[int | None, typer.Option("--seed", metavar="S", help="Seed of all luck.", show_default=False)]
Jobs = Annotated[
    int | None,
    typer.Option("--jobs", metavar="N", help="Local workers; one a processor if not given.", show_default=False),
]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="The results folder.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print only where the result is.")]
Png = Annotated[
    bool, typer.Option("--png", help="Also write each figure as PNG and SVG (needs kaleido and a Chromium).")
]
Precision = Annotated[
    float | None,
    typer.Option(
        "--precision",
        metavar="HALFWIDTH",
        help="Simulate until every firm's fates are known this well, for instance 0.01.",
        show_default=False,
    ),
]


def command(function: Callable[..., None]) -> Callable[..., None]:
    """Register ``function`` as a command: what goes wrong becomes one message on stderr and an exit code."""

    @functools.wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> None:
        try:
            function(*args, **kwargs)
        except ShakeoutError as error:
            terminal.say(f"shakeout: {error}")
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt:
            terminal.say("shakeout: interrupted; finished blocks are kept, the same command takes the run up again")
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whoever read has read enough
        except MemoryError:
            terminal.say("shakeout: out of memory; finished blocks are kept, try fewer --jobs")
            raise typer.Exit(FAILED) from None
        except Exception as error:
            if os.environ.get("SHAKEOUT_DEBUG"):
                raise
            where = f"{type(error).__name__}: {error}".strip().splitlines()[0]
            terminal.say(f"shakeout: a defect in shakeout, please report it: {where}\n  (SHAKEOUT_DEBUG=1 shows where)")
            raise typer.Exit(FAILED) from None

    return app.command(function.__name__.rstrip("_"))(guarded)


def main() -> None:
    """The entry point of the command ``shakeout``."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name) and signal.getsignal(getattr(signal, name)) is signal.SIG_DFL:
            signal.signal(getattr(signal, name), signal.default_int_handler)  # ends as Ctrl-C does
    app()


@command
def run(
    scenario: ScenarioFile,
    worlds: Worlds = None,
    seed: Seed = None,
    sets: Sets = None,
    jobs: Jobs = None,
    out: Out = RESULTS,
    json_: Json = False,
    quiet: Quiet = False,
    png: Png = False,
    precision: Precision = None,
) -> None:
    """Simulate a scenario, write its result folder and report, and print the fates of the firms."""
    import sim

    _one_of(worlds=worlds, precision=precision)
    asked = sim.load(scenario, sets or (), worlds=worlds, seed=seed)
    silent = quiet or json_
    _notices(asked.notices, silent)
    with terminal.progress(silent) as tell:
        done = sim.run(asked, jobs=jobs, out=out, precision=precision, png=png, progress=tell, command=_typed())
    if json_:
        _print_json(done.folder, done.manifest, done.summary())
    elif quiet:
        print(done.folder)
    else:
        _notices(done.manifest["notices"][len(asked.notices) :], silent)
        terminal.run_summary(done)


@command
def check(scenario: ScenarioFile, sets: Sets = None) -> None:
    """Validate a scenario and say what is in it; nothing is simulated."""
    import sim
    from sim.scenario.dates import month_text

    found = sim.load(scenario, sets or ())
    values = [*found.assumptions.values(), *(value for firm in found.firms for value in firm.values.values())]
    events = {change.origin for change in found.changes if change.origin != "--set"}
    firms = sum(max(1, firm.copies) for firm in found.firms)
    _notices(found.notices, quiet=False)
    print(terminal.clean(f"{found.name}: {found.title}"))
    print(f"  {month_text(found.start)} to {month_text(found.end)}, {found.ticks} months")
    print(f"  {firms:,} firms, {len(events)} dated events, {len(found.claims)} claims, {len(found.facts)} facts")
    print(f"  {len(found.given)} values stated, {sum(value.uncertain for value in values)} of all values uncertain")
    print(f"  {found.worlds:,} worlds, seed {found.seed}")
    print("The scenario is valid.")


@command
def params(
    word: Annotated[str | None, typer.Argument(metavar="[WORD]", help="Show only what mentions this word.")] = None,
) -> None:
    """List every assumption: path, unit, default, bounds and source."""
    from sim.scenario.params import rows

    for row in rows(word):
        bounds = f"{row['low']:g} to {row['high']:g}"
        print(
            f"{row['path']}  {row['default']:g} {row['unit']}  ({bounds}; source: {row['source']})\n    {row['says']}"
        )


@command
def schema() -> None:
    """Print the JSON Schema of a scenario file; editors complete and check against it."""
    from sim.scenario.schema import json_schema

    print(json.dumps(json_schema(), indent=2, ensure_ascii=False))


@command
def list_(out: Out = RESULTS) -> None:
    """List the runs in the results folder, the oldest first."""
    from sim.archive.folder import list_runs

    rows = [
        [
            str(found.manifest.get("finished", "")),
            str(found.manifest.get("kind", "")),
            str(found.manifest.get("scenario", "")),
            str(found.manifest.get("worlds", "")),
            str(found.manifest.get("seed", "")),
            str(found.path),
        ]
        for found in list_runs(out)
    ]
    terminal.print_table(["finished (UTC)", "kind", "scenario", "worlds", "seed", "folder"], rows, left=6)


@command
def trace(
    scenario: ScenarioFile,
    world: Annotated[int, typer.Option("--world", metavar="K", help="The world to tell, counted from 0.", min=0)] = 0,
    seed: Seed = None,
    sets: Sets = None,
    json_: Json = False,
) -> None:
    """Tell one world as life stories: who raised, listed, pivoted, was bought or died, and why."""
    import sim
    from sim.outcomes.stories import life_stories

    asked = sim.load(scenario, sets or (), seed=seed)
    _notices(asked.notices, json_)
    traced = sim.trace(asked, world)
    stories = life_stories(asked, traced.events, traced.firms[-1]["entry_month"])
    if json_:
        told = [
            {"firm": story.firm, "name": story.name, "fate": story.fate, **dataclasses.asdict(sentence)}
            for story in stories
            for sentence in story.sentences
        ]
        _print_json(None, {"kind": "trace", "scenario": asked.name, "seed": asked.seed, "world": world}, told)
        return
    print(terminal.clean(f"{asked.title or asked.name}: world {world:,} of seed {asked.seed}"))
    for story in stories:
        terminal.print_story(story)


@command
def claims(
    scenarios: ScenarioFiles,
    worlds: Worlds = None,
    seed: Seed = None,
    sets: Sets = None,
    jobs: Jobs = None,
    out: Out = RESULTS,
    json_: Json = False,
    quiet: Quiet = False,
) -> None:
    """Print in how many worlds each forecast of the documents comes true; several scenarios side by side."""
    import sim
    from sim.outcomes.forecasts import labels, side_by_side
    from sim.study import monte_carlo

    asked = [sim.load(path, sets or (), worlds=worlds, seed=seed) for path in scenarios]
    names = labels([scenario.name for scenario in asked])
    silent = quiet or json_
    _notices([notice for scenario in asked for notice in scenario.notices], silent)
    with terminal.progress(silent) as tell:
        runs = [monte_carlo.simulate(scenario, jobs=jobs, out=out, progress=tell) for scenario in asked]
    ledgers = {name: [{**row, "scenario": name} for row in run.ledger()] for name, run in zip(names, runs, strict=True)}
    if json_:
        manifests = {name: run.manifest for name, run in zip(names, runs, strict=True)}
        _print_json(None, manifests, [row for ledger in ledgers.values() for row in ledger])
    elif len(runs) == 1:
        terminal.claims_table(ledgers[names[0]])
    else:
        terminal.claims_matrix(side_by_side(ledgers), names)


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
) -> None:
    """Change assumptions and see what differs in the same worlds: the --set make one variant, --variant more."""
    import sim

    _one_of(worlds=worlds, precision=precision)
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
            png=png,
            progress=tell,
            command=_typed(),
        )
    _notices(done.manifest["notices"], silent)
    _study(done, json_, quiet, "whatif.html")


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
) -> None:
    """Put scenarios or finished runs side by side, every one against the first; --set applies to all."""
    import sim

    _one_of(worlds=worlds, precision=precision)
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
            png=png,
            progress=tell,
            command=_typed(),
        )
    _notices(done.notes, silent)
    _study(done, json_, quiet, "compare.html")


def _study(done: Any, json_: bool, quiet: bool, page: str) -> None:
    """What came out of a what-if or a comparison."""
    if json_:
        _print_json(done.folder, done.manifest, done.summary())
    elif quiet:
        print(done.folder)
    else:
        terminal.differences(done.headline, done.summary())
        print(f"Report: {done.folder / page}")


def _one_of(**options: object) -> None:
    given = [f"--{name}" for name, value in options.items() if value is not None]
    if len(given) > 1:
        raise InputError(f"{' and '.join(given)} exclude each other", allowed="one of them")


def _typed() -> str:
    return shlex.join(["shakeout", *sys.argv[1:]])


def _notices(notices: Any, quiet: bool) -> None:
    for notice in () if quiet else notices:
        terminal.say(f"note: {notice}")


def _print_json(folder: Path | None, manifest: Any, summary: Any) -> None:
    data = {"folder": None if folder is None else str(folder), "manifest": manifest, "summary": summary}
    print(json.dumps(data, ensure_ascii=False, allow_nan=False))


if __name__ == "__main__":
    main()
