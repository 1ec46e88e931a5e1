"""README.md of a result folder: what it is, and a data dictionary of every file in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.archive import dictionary
from sim.archive.tables import write_csv
from sim.foundation.currency import unit_in
from sim.foundation.histograms import LANDSCAPE, PATHS, YEARLY
from sim.foundation.months import month_text
from sim.laws.catalogue import declared_at
from sim.scenario import evidence
from sim.scenario.model import Scenario
from sim.study.given import given_in
from sim.words.given import LEFT_OUT, given_in_words, left_in_words

if TYPE_CHECKING:
    from sim.study.study import Kind

README = "README.md"
QUANTITIES_IN = {"paths.parquet": PATHS, "landscape.csv": LANDSCAPE}
HEAD = ("| column | type | unit | meaning | empty means |", "| --- | --- | --- | --- | --- |")
READS = """Tables are UTF-8: CSV with a head line and a point before decimals, Parquet with Zstandard. Intervals are
95%. Months of a run count from 1, its first; dates are calendar months, YYYY-MM. Nothing in this folder needs to be
executed to be read. In Python `sim.open_run("this folder")` gives a run's tables as pandas frames."""
COMING = (README, "manifest.json")  # files that are written after this text
PLOTS_SAYS = "every figure of the page as a page of its own"


def write(
    part: Path,
    kind: Kind,
    scenarios: Sequence[Scenario],
    manifest: Mapping[str, Any],
    columns: Mapping[str, Sequence[str]],
) -> None:
    """Write evidence.csv and the README of the folder being made at ``part``.

    ``columns``: file name -> those of its table; ``scenarios``: the first is the one that was asked about, the evidence
    of all of them counts.
    """
    import pandas as pd

    names = [column.name for column in dictionary.EVIDENCE_CSV.columns]
    write_csv(pd.DataFrame(evidence.cited(*scenarios), columns=names, dtype=object), part / evidence.FILE)
    said = text(part, kind, scenarios[0], manifest, {**columns, evidence.FILE: names})
    (part / README).write_text(said, encoding="utf-8")


def text(
    part: Path, kind: Kind, scenario: Scenario, manifest: Mapping[str, Any], columns: Mapping[str, Sequence[str]]
) -> str:
    """The README in Markdown. KeyError or ValueError for a file or a column that no declaration knows."""
    worlds, declared = int(manifest["worlds"]), {**dictionary.DECLARED, **kind.tables}
    lines = [
        f"# {plain(scenario.title)}",
        "",
        f"This is {kind.says}, made by Shakeout, a simulator of an industry's shakeout. Scenario "
        f"{plain(scenario.name)}, {month_text(scenario.start)} to {month_text(scenario.end)}; {worlds:,} "
        f"{'world' if worlds == 1 else 'worlds'}{' in each run' if kind.name != 'run' else ''}, seed "
        f"{manifest['seed']}; money in {plain(scenario.currency)}. The command that made it is in `manifest.json`.",
        "",
        READS,
        "",
        *_given(manifest, worlds, kind.name),
        "## Files",
        "",
    ]
    others = {**dictionary.OTHER_FILES, **kind.others, "plots/": PLOTS_SAYS, kind.page: kind.page_says}
    lines += [f"- `{name}`: {declared[name].says}." for name in columns]
    lines += [f"- `{name}`: {says}." for name, says in others.items() if (part / name).exists() or name in COMING]
    for name, found in columns.items():
        table = declared[name]
        lines += ["", f"## {name}", "", *HEAD]
        lines += [_row(scenario, column, about) for column, about in dictionary.columns_of(name, table, found)]
        lines += [line for note in table.notes for line in ("", _money(scenario, note))]
        lines += _quantities(scenario, name)
    return "\n".join(lines) + "\n"


def _given(manifest: Mapping[str, Any], worlds: int, kind: str) -> list[str]:
    """What is given, and of which worlds the tables are then; nothing where nothing is."""
    known = given_in(manifest)
    if known is None:
        return []
    if kind == "comparison":
        left, tables = (
            "each run is told in the worlds that agree",
            "differences_all.csv is of all.",
        )
    else:
        left = left_in_words(known, worlds)
        tables = f"columns that say so are of all. {LEFT_OUT}" if kind == "run" else "differences_all.csv is of all."
    return [plain(f"Given {given_in_words(known)}: {left}. Tables are of the worlds that are left; {tables}"), ""]


def _row(scenario: Scenario, name: str, about: dictionary.Column | None) -> str:
    if about is None:
        assumption = declared_at(name)
        unit = "" if assumption is None else assumption.unit
        cells = (dictionary.TYPES[dictionary.NUMBER], unit, "value of this assumption", "")
    else:
        cells = (dictionary.TYPES[about.kind], about.unit, about.says, about.empty or "never empty")
    return f"| `{name}` | " + " | ".join(_money(scenario, cell) for cell in cells) + " |"


def _quantities(scenario: Scenario, name: str) -> list[str]:
    """What is measured in a table of quantiles, with units."""
    if name not in QUANTITIES_IN:
        return []
    lines = ["", "| quantity | unit | meaning |", "| --- | --- | --- |"]
    for quantity in QUANTITIES_IN[name]:
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
