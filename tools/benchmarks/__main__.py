"""How fast the engine is, against what else there is: ``python -m tools.benchmarks``.

Measures this engine, the same laws under SimPy and Mesa, and the same laws fused into one compiled loop, all fed the
same draws on one core, after making sure that all of them write the same histories. ``--scaling`` measures the cost
against worlds, firms, months and workers instead, ``--profile`` where the time goes, ``--live`` how long the live page
takes to answer, ``--commands`` how long whole commands take, ``--cluster`` how busy the process is that asks many
workers. ``--append`` adds the ratios to the history
(docs/benchmarks.csv), which ``python -m tools.docs`` draws.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from sim.foundation.errors import InputError
from sim.scenario.load import load
from sim.scenario.model import Scenario
from tools.benchmarks import history, tables
from tools.benchmarks.measure import as_data, compete, same_histories

FLAGSHIP = history.ROOT / "scenarios" / "six-dragons.yaml"
PACKAGES = ("shakeout", "numpy", "numba", "simpy", "mesa")
CHECKED_WORLDS = 2
PARTS = ("scaling", "profile", "live", "commands", "cluster")  # in place of the contest


def surroundings() -> dict[str, Any]:
    """What it was measured on: versions, processor, and how busy the machine was."""
    load_average = round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": history.commit(),
        "python": platform.python_version(),
        **{package: importlib.metadata.version(package) for package in PACKAGES},
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "load_average": load_average,
    }


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.benchmarks", description=__doc__)
    parser.add_argument("--scenario", type=Path, default=FLAGSHIP, help="scenario file (default: the flagship)")
    parser.add_argument("--worlds", type=int, default=512, help="worlds for what is compiled (default: 512)")
    parser.add_argument("--peer-worlds", type=int, default=2, help="worlds for SimPy and Mesa (default: 2)")
    parser.add_argument("--repeats", type=int, default=7, help="turns to take the median of (default: 7)")
    parser.add_argument("--out", type=Path, help="write the measurements to this file, as JSON")
    parser.add_argument("--scaling", action="store_true", help="cost against worlds, firms, months and workers")
    parser.add_argument("--most-worlds", type=int, default=100_000, help="with --scaling: worlds to go up to")
    parser.add_argument("--profile", action="store_true", help="where the time of a run goes")
    parser.add_argument("--live", action="store_true", help="the live page: an answer against simulating alone")
    parser.add_argument("--commands", action="store_true", help="whole commands, and the start of a worker")
    parser.add_argument("--cluster", action="store_true", help="how busy the process is that asks many workers")
    parser.add_argument("--append", action="store_true", help="also measure this engine, and add a line to the history")
    asked = parser.parse_args()
    if asked.append and asked.scenario.resolve() != FLAGSHIP.resolve():
        parser.error("--append: the history is that of the flagship")
    return asked


def measured(asked: argparse.Namespace, scenario: Scenario, console: Console) -> dict[str, Any]:
    """What is asked for, measured and shown; without any other wish, or for the history, the contest."""
    found: dict[str, Any] = {"scenario": scenario.name, "surroundings": surroundings()}
    if asked.scaling:
        from tools.benchmarks.scaling import scaling

        found["scaling"] = scaling(scenario, asked.most_worlds, console.print)
        tables.show_scaling(console, found["scaling"])
    if asked.profile:
        from tools.benchmarks.where import where_time_goes

        found["profile"] = where_time_goes(scenario, asked.worlds, asked.repeats)
        tables.show_profile(console, found["profile"])
    if asked.live:
        from tools.benchmarks import live

        found |= live.as_data(live.turns(scenario, asked.repeats))
        tables.show_live(console, found["live"])
    if asked.commands:
        from tools.benchmarks import commands

        found |= commands.as_data(commands.turns(asked.scenario, asked.repeats))
        tables.show_commands(console, found["commands"])
    if asked.cluster:
        from tools.benchmarks import cluster

        found |= cluster.as_data(cluster.turns(scenario, asked.repeats))
        tables.show_cluster(console, found["cluster"])
    if asked.append or not any(getattr(asked, part) for part in PARTS):
        found |= {"worlds": asked.worlds, "peer_worlds": asked.peer_worlds, "repeats": asked.repeats}
        found |= as_data(compete(scenario, asked.worlds, asked.peer_worlds, asked.repeats))
        tables.show_contest(console, found)
    return found


def main() -> int:
    """Check, measure, print, write. Exit code 1, and no figures, if the histories differ."""
    asked, console = options(), Console(highlight=False)
    try:
        if asked.append:
            history.read(history.FILE)  # refuses before anything is measured
    except InputError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    scenario = load(asked.scenario, [])
    difference = same_histories(scenario, CHECKED_WORLDS)
    if difference is not None:
        print(f"the histories differ, so nothing is measured: {difference}", file=sys.stderr)
        return 1
    console.print(f"{CHECKED_WORLDS} worlds of {scenario.name}: the same histories, bit for bit, by all four ways.")
    found = measured(asked, scenario, console)
    if asked.out is not None:
        asked.out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    if asked.append:
        history.append(history.FILE, history.line(found))
        console.print(f"a line more: {history.FILE.relative_to(history.ROOT)}; python -m tools.docs draws it")
    return 0


if __name__ == "__main__":
    sys.exit(main())
