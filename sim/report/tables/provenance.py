"""What a study changed and what it was made from: the tables at the end of its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.foundation.currency import unit_in
from sim.laws.catalogue import declared_at
from sim.report.html.document import Cell, Column, Prose, Table, Terms
from sim.report.several_runs import Runs
from sim.report.tables.of_run import value_text
from sim.scenario import series
from sim.scenario.model import Scenario, Value
from sim.scenario.override import Override, parse_set
from sim.words.months import short_month
from sim.words.text import capital, shorten

DIGESTS = {"stem": "Digest of the worlds", "sources": "Digest of the rules", "package": "Digest of the whole code"}
SET_COLUMNS = (
    Column("What is changed", wide=True),
    Column("In the base"),
    Column("With the change"),
    Column("When"),
    Column("Unit"),
)


def sets_table(scenario: Scenario, sets: Sequence[str], index: int, title: str) -> Table:
    """One row for every ``PATH=VALUE[@FROM[..UNTIL]]``."""
    rows = tuple(_set_row(scenario, parse_set(text)) for text in sets)
    return Table(f"sets-{index}", title, SET_COLUMNS, rows, empty="Nothing is changed.")


def _set_row(scenario: Scenario, override: Override) -> tuple[Cell, ...]:
    declared = declared_at(override.path)
    changes = [change for change in scenario.changes if change.path == override.path]
    when = "from the start"
    if override.first is not None:
        until = "on" if override.last is None else f"to {short_month(override.last)}"
        when = f"from {short_month(override.first)} {until}"
    value = _stated(scenario, override.path)
    return (
        Cell(
            capital(declared.explained) if declared else override.path, override.path if declared else "", strong=True
        ),
        Cell(
            value_text(value, declared) if value else "as in the file",
            "changed by dated events, too" if changes else "",
        ),
        Cell(shorten(_becomes(override), 120), strong=True),
        Cell(when),
        Cell(unit_in(declared.unit, scenario.currency) if declared else ""),
    )


def _stated(scenario: Scenario, path: str) -> Value | None:
    """The base's value of an assumption or of a firm's assumption."""
    if path in scenario.assumptions:
        return scenario.assumptions[path]
    parts = path.split(".")
    values = {firm.id: firm.values for firm in scenario.firms}
    return values[parts[1]].get(parts[2]) if len(parts) == 3 and parts[1] in values else None


def _becomes(override: Override) -> str:
    value = override.value.plain()
    if isinstance(value, dict):
        for kind in series.SERIES_KINDS:
            if kind in value:
                steps = "from" if kind == "series" else "in"
                return f"{kind}: " + ", ".join(f"{number} {steps} {month}" for month, number in value[kind].items())
        return "; ".join(f"{'×' if key == 'times' else '+' if key == 'plus' else key} {value[key]}" for key in value)
    return "nothing" if value is None else str(value)


def runs_table(runs: Runs, manifest: Mapping[str, Any]) -> Table:
    """One row for every run of a comparison: its scenario, worlds, seed, months, and where it is from."""
    rows = []
    for index, (run, about) in enumerate(zip(runs.each, manifest["runs"], strict=True)):
        scenario = run.scenario
        rows.append(
            (
                Cell(shorten(runs.labels[index], 60), swatch=runs.style(index).colour, strong=True),
                Cell(shorten(scenario.title, 120)),
                Cell(f"{run.worlds:,}", f"seed {about['seed']}"),
                Cell(f"{short_month(scenario.start)} to {short_month(scenario.end)}"),
                Cell("a finished run's folder" if about["folder"] else "simulated for this page"),
            )
        )
    columns = (Column("Run"), Column("Scenario", wide=True), Column("Worlds"), Column("Months"), Column("Source"))
    return Table("runs", "", columns, tuple(rows))


def provenance(
    scenario: Scenario,
    manifest: Mapping[str, Any],
    worlds: str,
    again: str = "",
    clipped: Mapping[str, float] | None = None,
) -> tuple[Any, ...]:
    """What one needs to get a page again. No clock, no machine: equal answers give equal pages.

    ``again`` is the command, if it is one line; ``clipped``, of a run alone: path -> world-months in which its value
    was clipped.
    """
    asked, states = "To do it again", "states the first scenario; the tables are in the CSV files beside it"
    if clipped is not None:
        asked, states = "To run it again", "states everything; with the same version it gives the same bytes again"
    versions = manifest.get("versions") or {}
    limits = "; ".join(f"{path}: {int(n):,} world-months" for path, n in (clipped or {}).items())
    terms = (
        ("Scenario", shorten(f"{scenario.name}: {scenario.title}", 300)),
        ("Months", f"{short_month(scenario.start)} to {short_month(scenario.end)}, {scenario.ticks} months"),
        ("Worlds", worlds),
        ("Seed", str(manifest.get("seed"))),
        *([(asked, again)] if again else []),
        *((label, str(manifest[key])) for key, label in DIGESTS.items() if key in manifest),
        ("Versions", ", ".join(f"{name} {version}" for name, version in versions.items())),
        *([("Values clipped at a bound", limits)] if limits else []),
    )
    return (Terms(terms, code=True), Prose((f"scenario.yaml beside this page {states}.",)))
