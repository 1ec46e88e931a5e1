"""README.md of a result folder: what it is, and a data dictionary of every file in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.archive import dictionary
from sim.archive.tables import write_csv
from sim.foundation.currency import unit_in
from sim.foundation.histograms import LANDSCAPE, PATHS, YEARLY
from sim.foundation.months import month_text
from sim.laws.catalogue import ASSUMPTIONS, FIRM_ASSUMPTIONS
from sim.scenario import evidence
from sim.scenario.model import Scenario

NAME = "README.md"
KINDS = {
    "run": "a run",
    "whatif": "a what-if: a base and its variants in the same worlds",
    "comparison": "a comparison of runs, every one against the first",
    "sweep": "a sweep: the same worlds over a grid of assumptions",
    "flip": "a flip point: where the probability of a claim crosses a level",
    "sensitivity": "a sensitivity study: which uncertain assumptions drive a claim",
}
QUANTITIES = {"paths.parquet": PATHS, "landscape.csv": LANDSCAPE}
HEAD = ("| column | type | unit | meaning | empty means |", "| --- | --- | --- | --- | --- |")
READS = """Tables are UTF-8: CSV with a head line and a point before decimals, Parquet with Zstandard. Intervals are
95%. Months of a run count from 1, its first; dates are calendar months, YYYY-MM. Nothing in this folder needs to be
executed to be read. In Python `sim.open_run("this folder")` gives a run's tables as pandas frames."""


def write(
    part: Path,
    scenario: Scenario,
    manifest: Mapping[str, Any],
    tables: Mapping[str, Sequence[str]],
    others: Sequence[Scenario] = (),
) -> None:
    """Write evidence.csv and the README of the folder being made at ``part``.

    ``tables``: file name -> its columns; ``others``: the scenarios beside the first whose evidence counts too.
    """
    import pandas as pd

    columns = [column.name for column in dictionary.EVIDENCE.columns]
    write_csv(pd.DataFrame(evidence.cited(scenario, *others), columns=columns, dtype=object), part / evidence.FILE)
    tables = {**tables, evidence.FILE: columns}
    (part / NAME).write_text(text(part, scenario, manifest, tables), encoding="utf-8")


def text(part: Path, scenario: Scenario, manifest: Mapping[str, Any], tables: Mapping[str, Sequence[str]]) -> str:
    """The README in Markdown. KeyError or ValueError for a file or a column that no declaration knows."""
    worlds = int(manifest["worlds"])
    lines = [
        f"# {plain(scenario.title)}",
        "",
        f"This is {KINDS[manifest['kind']]}, made by Shakeout, a simulator of an industry's shakeout. Scenario "
        f"{plain(scenario.name)}, {month_text(scenario.start)} to {month_text(scenario.end)}; {worlds:,} "
        f"{'world' if worlds == 1 else 'worlds'}{' in each run' if manifest['kind'] != 'run' else ''}, seed "
        f"{manifest['seed']}; money in {plain(scenario.currency)}. The command that made it is in `manifest.json`.",
        "",
        READS,
        "",
        "## Files",
        "",
    ]
    names = [*tables, *(name for name in dictionary.OTHERS if (part / name).exists() or name in COMING)]
    lines += [f"- `{name}`: {_says(name)}." for name in names]
    for name, columns in tables.items():
        lines += ["", f"## {name}", "", *HEAD]
        lines += [_row(scenario, column, about) for column, about in dictionary.columns_of(name, columns)]
        lines += [line for note in dictionary.TABLES[name].notes for line in ("", _money(scenario, note))]
        lines += _quantities(scenario, name)
    return "\n".join(lines) + "\n"


COMING = (NAME, "manifest.json")  # files that are written after this text


def _says(name: str) -> str:
    return dictionary.TABLES[name].says if name in dictionary.TABLES else dictionary.OTHERS[name]


def _row(scenario: Scenario, name: str, about: dictionary.Column | None) -> str:
    if about is None:
        cells = (dictionary.TYPES[dictionary.NUMBER], _unit_of(name), "value of this assumption", "")
    else:
        cells = (dictionary.TYPES[about.kind], about.unit, about.says, about.empty or "never empty")
    return f"| `{name}` | " + " | ".join(_money(scenario, cell) for cell in cells) + " |"


def _unit_of(path: str) -> str:
    """Unit of an assumption, by its path, with or without the month it changes in."""
    path = path.partition("@")[0]
    declared = ASSUMPTIONS.get(path) or FIRM_ASSUMPTIONS.get(path.rpartition(".")[2])
    return declared.unit if declared else ""


def _quantities(scenario: Scenario, name: str) -> list[str]:
    """What is measured in a table of quantiles, with units."""
    if name not in QUANTITIES:
        return []
    lines = ["", "| quantity | unit | meaning |", "| --- | --- | --- |"]
    for quantity in QUANTITIES[name]:
        only = "" if quantity.of_giants else "; of startups only"
        yearly = "; in December only" if name == "landscape.csv" and quantity.name in YEARLY else ""
        lines.append(f"| `{quantity.name}` | {_money(scenario, quantity.unit)} | {quantity.label}{only}{yearly} |")
    return lines


def _money(scenario: Scenario, said: str) -> str:
    return unit_in(said, plain(scenario.currency))


def plain(words: str) -> str:
    """``words`` of a scenario on one line, so that nothing in them means anything to Markdown or HTML."""
    line = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    return re.sub(r"([\\`*_\[\]<>|~&$#])", r"\\\1", line)
