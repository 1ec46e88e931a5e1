"""How long whole commands take, for who types them: ``python -m tools.benchmarks --commands``.

Each is a process of its own with a new results folder, so that it finds nothing but compiled laws.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tools.benchmarks.measure import Spread

RUN, WHAT_IF, WORKER = "run", "whatif", "worker"
WORLDS = {RUN: 10_000, WHAT_IF: 4_000}
SAYS = {
    RUN: f"run of {WORLDS[RUN]:,} worlds with its page",
    WHAT_IF: f"what-if of {WORLDS[WHAT_IF]:,} worlds with its page",
    WORKER: "start of a worker (over a block)",
}
OVER = {RUN: "simulating", WHAT_IF: "simulating", WORKER: "block"}  # what a ratio is to
WARM_UP_WORLDS = 2
CHANGE = "assumptions.listing.strength=0.5"
MORE = {RUN: (), WHAT_IF: ("--set", CHANGE)}  # command -> its further arguments
SIMULATING = ("simulate_seconds", "replicate_seconds")  # timings of a manifest: what is told comes after them
Row = dict[str, Any]


class Spent(NamedTuple):
    """Seconds of a process.

    ``wall``       by the clock, from its start to its end; None where nobody waits for it alone
    ``processor``  of it and of all processes that it started
    ``ratio``      over simulating alone, within the same process
    """

    wall: float | None
    processor: float
    ratio: float


def turns(scenario: Path, repeats: int) -> list[dict[str, Spent]]:
    """``repeats`` turns of both commands and a worker's start, after small ones that compile what is not compiled."""
    for command in WORLDS:
        of_command(command, scenario, WARM_UP_WORLDS)
    return [_turn(scenario) for _ in range(repeats)]


def _turn(scenario: Path) -> dict[str, Spent]:
    spent = {command: of_command(command, scenario, worlds) for command, worlds in WORLDS.items()}
    return {**spent, WORKER: of_worker(scenario)}


def of_command(command: str, scenario: Path, worlds: int) -> Spent:
    """One ``command`` (RUN or WHAT_IF), with nothing to take up. ``ratio``: by the clock, over simulating in it."""
    with tempfile.TemporaryDirectory() as out:
        size = ("--worlds", str(worlds), "--out", out, "--quiet")
        before, began = _processor(), time.perf_counter()
        folder = _output("sim", command, str(scenario), *size, *MORE[command])
        wall, processor = time.perf_counter() - began, _processor() - before
        timings = json.loads((Path(folder.strip()) / "manifest.json").read_text(encoding="utf-8"))["timings"]
    return Spent(wall, processor, wall / sum(timings.get(name, 0.0) for name in SIMULATING))


def of_worker(scenario: Path) -> Spent:
    """The start of one worker, as a command has them. ``ratio``: processor time over that of a block in it."""
    start, block = json.loads(_output("tools.benchmarks.worker", str(scenario)))
    return Spent(None, start, start / block)


def _output(*arguments: str) -> str:
    """What a module prints that is run by this Python; CalledProcessError if it fails, with its own words on stderr."""
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=_environment()).stdout


def _environment() -> dict[str, str]:
    """That of this process, but that Python may keep what it compiled of modules, as pip does when it installs them."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _processor() -> float:
    """Processor seconds of all processes that this one started and saw end, and of those that they started."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def as_data(found: Sequence[Mapping[str, Spent]]) -> Row:
    """Seconds and ratios with their spreads; a ratio is taken within a process."""
    return {"commands": {name: _spreads(name, [turn[name] for turn in found]) for name in SAYS}}


def _spreads(name: str, spent: Sequence[Spent]) -> Row:
    columns = dict(zip(Spent._fields, zip(*spent, strict=True), strict=True))
    spreads = {column: vars(Spread.of(values)) for column, values in columns.items() if None not in values}
    return {"says": SAYS[name], "to": OVER[name], **spreads}
