"""The commands: each parses its line, calls the public API and prints what came back. No logic of its own.

Exit codes: 0 done, 2 the input is wrong, 3 the run failed after it began, 130 interrupted.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from sim.cli import explore, given_tables, interrupt, streams, studies, terminal
from sim.cli.options import (
    EXIT_FAILED,
    RESULTS,
    Firms,
    Given,
    Jobs,
    Json,
    Out,
    Quiet,
    ScenarioFile,
    ScenarioFiles,
    Seed,
    Sets,
    Worlds,
    app,
    command,
    megabytes,
    memory_notices,
    notices,
    print_json,
)
from sim.foundation.errors import first_line

__all__ = ["app", "explore", "main", "studies"]


def _print_version(asked: bool) -> None:
    if asked:
        import sim

        print(f"shakeout {sim.__version__}")
        raise typer.Exit


def main() -> None:
    """The entry point of the command ``shakeout``."""
    interrupt.leave()
    try:
        with streams.standard() as out:
            _run_app(out)
    except SystemExit as end:
        if end.code and interrupt.came():
            raise SystemExit(interrupt.INTERRUPTED) from None
        raise
    finally:
        interrupt.leave()


def _run_app(out: streams.Sink) -> None:
    try:
        app()
    finally:
        sys.stdout.flush()
        if out.failure is not None:
            problem = f"standard output cannot be written: {first_line(out.failure)}"
            terminal.say(f"shakeout: {problem}; results are kept")
            sys.exit(EXIT_FAILED)


@app.callback()
def top(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """Simulates the shakeout among China's large-model start-ups: thousands of worlds, survival curves, a report."""


@command
def check(scenario: ScenarioFile, sets: Sets = None) -> None:
    """Validate a scenario and say what is in it; nothing is simulated."""
    import sim
    from sim.foundation.months import month_text

    found = sim.load(scenario, sets or ())
    values = [*found.assumptions.values(), *(value for firm in found.firms for value in firm.values.values())]
    events = {change.origin for change in found.changes if change.origin != "--set"}
    firms, facts = sum(max(1, firm.copies) for firm in found.firms), len(found.facts) + len(found.reported)
    notices((*found.notices, *memory_notices(found, None)), quiet=False)
    print(terminal.clean(f"{found.name}: {found.title}"))
    print(f"  {month_text(found.start)} to {month_text(found.end)}, {found.ticks} months")
    print(f"  {firms:,} firms, {len(events)} dated events, {len(found.claims)} claims, {facts} facts")
    print(f"  {len(found.given)} values stated, {sum(value.uncertain for value in values)} of all values uncertain")
    print(f"  {found.worlds:,} worlds, seed {found.seed}")
    print("The scenario is valid.")


@command
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call it; NAME.yaml is written here.")],
    base: Annotated[
        str, typer.Option("--from", metavar="SCENARIO", help="What it extends: a shipped scenario, or a file here.")
    ] = "six-dragons",
) -> None:
    """Write a scenario of your own: it extends another, and its comments show what it may change."""
    from sim.scenario.fresh import write

    path = write(name, base, Path())
    print(terminal.clean(f"Written: {path}. It differs in nothing yet: edit it, then `shakeout check {path}`."))


@command
def params(
    word: Annotated[str | None, typer.Argument(metavar="[WORD]", help="Show only what mentions this word.")] = None,
) -> None:
    """List every assumption: path, unit, default, bounds, what its size rests on, source. Money is in RMB million."""
    from sim.scenario.params import default_text, rows

    for row in rows(word):
        about = f"({row['bounds']}; rests on: {row['rests_on']}; source: {row['source']})"
        print(f"{row['path']}  {default_text(row)} {row['unit']}  {about}\n    {row['says']}")


@command
def schema() -> None:
    """Print the JSON Schema of a scenario file; editors complete and check against it."""
    from sim.scenario.schema import json_schema

    print(json.dumps(json_schema(), indent=2, ensure_ascii=False))


RUN_COLUMNS = {"finished": "finished (UTC)", "kind": "kind", "scenario": "scenario", "worlds": "worlds", "seed": "seed"}


def _listed(manifest: Mapping[str, Any], key: str) -> str:
    """What a manifest says of ``key``; of the kind also whether something is given."""
    given = ", given" if key == "kind" and "given" in manifest else ""
    return f"{manifest.get(key, '')}{given}"


@command
def list_(out: Out = RESULTS) -> None:
    """List the runs in the results folder, the oldest first."""
    from sim.archive.folder import list_runs

    rows = [
        [*(_listed(found.manifest, key) for key in RUN_COLUMNS), megabytes(found.bytes), str(found.path)]
        for found in list_runs(out)
    ]
    terminal.print_table([*RUN_COLUMNS.values(), "MB", "folder"], rows, left=7)


@command
def clean(
    out: Out = RESULTS,
    older_than: Annotated[
        float | None,
        typer.Option("--older-than", metavar="DAYS", help="Only blocks not written to for so many days."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Remove nothing, say only what would go.")] = False,
    json_: Json = False,
) -> None:
    """Remove the finished blocks that no run or study in the results folder needs."""
    from sim.archive.clean import clean as clean_blocks

    gone = clean_blocks(out, older_than, dry_run)
    freed = sum(one.bytes for one in gone)
    rows = [{"folder": str(one.path), "scenario": one.scenario, "seed": one.seed, "bytes": one.bytes} for one in gone]
    if json_:
        print_json(out, {"kind": "clean", "dry_run": dry_run, "bytes": freed}, rows)
        return
    if rows:
        shown = [[one.scenario, str(one.seed), megabytes(one.bytes), str(one.path)] for one in gone]
        terminal.print_table(["blocks of", "seed", "MB", "folder"], shown, left=4)
    print(f"{'Would free' if dry_run else 'Freed'} {megabytes(freed)} MB: blocks that no run or study here needs.")


@command
def trace(
    scenario: ScenarioFile,
    world: Annotated[int, typer.Option("--world", metavar="K", help="The world to tell, counted from 0.")] = 0,
    seed: Seed = None,
    sets: Sets = None,
    json_: Json = False,
) -> None:
    """Tell one world as life stories: who raised, listed, pivoted, was bought or died, and why."""
    import sim
    from sim.words.life_stories import life_stories

    asked = sim.load(scenario, sets or (), seed=seed)
    notices(asked.notices, json_)
    traced = sim.trace(asked, world)
    stories = life_stories(asked, traced.events, traced.firms[-1]["entry_month"])
    if json_:
        told = [
            {"firm": story.firm, "name": story.name, "fate": story.fate, **dataclasses.asdict(sentence)}
            for story in stories
            for sentence in story.sentences
        ]
        print_json(None, {"kind": "trace", "scenario": asked.name, "seed": asked.seed, "world": world}, told)
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
    firms: Firms = None,
    given: Given = None,
) -> None:
    """Print in how many worlds each forecast of the documents comes true; several scenarios side by side."""
    import sim
    from sim.outcomes.forecasts import labels, side_by_side, with_all_worlds
    from sim.study.focus import focus_of
    from sim.study.given import parts_of
    from sim.study.how import How
    from sim.study.run import simulate
    from sim.study.study import focused

    asked = [sim.load(path, sets or (), worlds=worlds, seed=seed) for path in scenarios]
    focus = focus_of(asked, firms or ())
    names = labels([scenario.name for scenario in asked])
    for scenario in asked:
        parts_of(scenario, given or ())  # whatever is wrong is said before a long time passes
    silent = quiet or json_
    notices([notice for scenario in asked for notice in scenario.notices], silent)
    with terminal.progress(silent) as tell:
        how = How(jobs=jobs, out=out, progress=tell, given=given or ())
        done = [simulate(scenario, how, replicated=True) for scenario in asked]
    runs = [focused(run, focus) for run in done]
    ledgers = {name: [{**row, "scenario": name} for row in run.ledger()] for name, run in zip(names, runs, strict=True)}
    if json_:
        manifests = {name: run.manifest for name, run in zip(names, runs, strict=True)}
        print_json(None, manifests, [row for ledger in ledgers.values() for row in ledger])
        return
    for name, run in zip(names, runs, strict=True):
        for line in given_tables.left_of_run(run, name):
            terminal.print_filled(line)
    if len(runs) == 1:
        terminal.claims_table(ledgers[names[0]])
    else:
        shown = with_all_worlds(ledgers)
        terminal.claims_matrix(side_by_side(shown), list(shown))
