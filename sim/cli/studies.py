"""The commands that ask a question: run, whatif, compare, sweep, flip, sensitivity, hindcast, discover and calibrate.

Each turns its own options into a call of the function of ``sim`` that answers it; what they share is in options.py.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

import sim
from sim.cli import claim_tables, difference_tables, terminal
from sim.cli.options import Ask, ScenarioFile, Sets, Variants, question
from sim.study.how import TRAINING_ENDS

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
PROPOSITION = 'or a proposition such as "minimax acquired by 2030-12"'
Until = Annotated[str, typer.Option("--until", metavar='"CLAIM >= 0.5"', help=f"A claim, {PROPOSITION}, and a level.")]
Of = Annotated[
    str, typer.Option("--of", metavar="CLAIM", help=f"The claim whose drivers are asked for, {PROPOSITION}.")
]
Method = Annotated[str, typer.Option("--method", metavar="METHOD", help="given-data, or sobol or morris (with SALib).")]
Everything = Annotated[
    bool,
    typer.Option("--everything", help="Also move what has one value and no source: evenly by 25% either way."),
]
Training = Annotated[
    str | None,
    typer.Option(
        "--until",
        metavar="YYYY-MM",
        help="The last month of the training window; later facts test. If not given, 2024-12, or the last month that "
        "the scenario's ensemble was fitted to.",
        show_default=False,
    ),
]
Foretold = Annotated[str, typer.Option("--of", metavar="CLAIM", help=f"The claim, {PROPOSITION}.")]
At = Annotated[str, typer.Option("--at", metavar="YYYY-MM", help="The month at whose end the state is looked at.")]
Fitted = Annotated[str, typer.Option("--until", metavar="YYYY-MM", help="The last month of facts that count.")]
Points = Annotated[int | None, typer.Option("--points", metavar="N", help="Settings of each wave; 2,048 if not given.")]
EnsembleFile = Annotated[
    Path | None, typer.Option("--ensemble", metavar="FILE", help="Also write the draws into this file (.parquet).")
]
Runs = Annotated[
    list[Path], typer.Argument(metavar="X Y [Z...]", help="Scenario files or result folders.", show_default=False)
]


@question(sim.run, terminal.run_summary)
def run(scenario: ScenarioFile, sets: Sets = None) -> Ask:
    return partial(sim.run, sim.load(scenario, sets or ()))


@question(sim.what_if, difference_tables.differences)
def whatif(scenario: ScenarioFile, sets: Sets = None, variants: Variants = None) -> Ask:
    return partial(sim.what_if, sim.load(scenario), sets or (), variants=variants or ())


@question(sim.compare, difference_tables.differences)
def compare(runs: Runs, sets: Sets = None) -> Ask:
    return partial(sim.compare, *runs, sets=sets or ())


@question(sim.sweep, terminal.sweep_table)
def sweep(scenario: ScenarioFile, vary: Grid = None, sets: Sets = None) -> Ask:
    return partial(sim.sweep, sim.load(scenario, sets or ()), vary or ())


@question(sim.flip, claim_tables.flip_answer)
def flip(scenario: ScenarioFile, vary: Span = None, until: Until = "", sets: Sets = None) -> Ask:
    return partial(sim.flip, sim.load(scenario, sets or ()), vary or (), until)


@question(sim.sensitivity, claim_tables.drivers_table)
def sensitivity(
    scenario: ScenarioFile,
    of: Of = "",
    method: Method = "given-data",
    everything: Everything = False,
    sets: Sets = None,
) -> Ask:
    return partial(sim.sensitivity, sim.load(scenario, sets or ()), of, method=method, everything=everything)


@question(sim.hindcast, terminal.scores_table)
def hindcast(scenario: ScenarioFile, until: Training = None, sets: Sets = None) -> Ask:
    return partial(sim.hindcast, sim.load(scenario, sets or ()), until=until)


@question(sim.discover, claim_tables.leaves)
def discover(scenario: ScenarioFile, of: Foretold = "", at: At = "", sets: Sets = None) -> Ask:
    return partial(sim.discover, sim.load(scenario, sets or ()), of, at)


@question(sim.calibrate, terminal.calibration_table)
def calibrate(
    scenario: ScenarioFile,
    until: Fitted = TRAINING_ENDS,
    points: Points = None,
    ensemble: EnsembleFile = None,
    sets: Sets = None,
) -> Ask:
    return partial(sim.calibrate, sim.load(scenario, sets or ()), until=until, points=points, ensemble=ensemble)
