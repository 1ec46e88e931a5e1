"""What a variant changes, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from sim.foundation.currency import unit_in
from sim.laws.catalogue import declared_at
from sim.report.html.document import Cell, Column, Table
from sim.report.tables.of_run import value_text
from sim.scenario import series
from sim.scenario.model import Scenario
from sim.scenario.override import Override, parse_set
from sim.study.overwritten import stated
from sim.words.months import short_month
from sim.words.text import capital, shorten

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
    value = None if override.path.startswith("events.") else stated(scenario).get(override.path)
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


def _becomes(override: Override) -> str:
    value = override.value.plain()
    if isinstance(value, dict):
        for kind in series.SERIES_KINDS:
            if kind in value:
                steps = "from" if kind == "series" else "in"
                return f"{kind}: " + ", ".join(f"{number} {steps} {month}" for month, number in value[kind].items())
        return "; ".join(f"{'×' if key == 'times' else '+' if key == 'plus' else key} {value[key]}" for key in value)
    return "nothing" if value is None else str(value)
