"""Documents made from the code, and what the hand-written ones must agree with."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from pathlib import Path

from sim.engine.month import ORDER, Phase, steps
from sim.foundation.columns import FIRM_COLUMNS, MARKET_COLUMNS, NEVER, Column
from sim.foundation.currency import unit_in
from sim.foundation.histograms import LANDSCAPE, PATHS
from sim.scenario.params import markdown

ROOT = Path(__file__).resolve().parents[2]
MONTH_HEAD = "| k | phase | in | steps, in order |"


def assumptions() -> str:
    """docs/assumptions.md."""
    return markdown()


def state() -> str:
    """docs/state.md: what a firm and the market own, and what a run keeps month by month."""
    kept = [f"| `{q.name}` | {unit_in(q.unit)} | {q.label} |" for q in (*PATHS, *LANDSCAPE)]
    return "\n".join(
        [
            "# What a firm and the market own",
            "",
            "This file is made from `sim/foundation/columns.py` by `python -m tools.docs`; do not edit it. *Start* is "
            "the value at entry (firms) or at the opening (market), before the scenario's own values are put in; "
            "*never* is a month that has not come. A firm also has every assumption about single firms "
            "([assumptions.md](assumptions.md)) in a column of its own, the stocks among them as `entry_<name>`.",
            "",
            "## Firm",
            "",
            *_columns(FIRM_COLUMNS),
            "",
            "## Market",
            "",
            *_columns(MARKET_COLUMNS),
            "",
            "## Kept month by month",
            "",
            "| quantity | unit | what it is |",
            "| --- | --- | --- |",
            *kept,
            "",
        ]
    )


def _columns(columns: tuple[Column, ...]) -> list[str]:
    def start(column: Column) -> str:
        return "never" if column.start == NEVER else f"{column.start:g}"

    rows = [f"| `{c.name}` | {unit_in(c.unit)} | {c.label} | {start(c)} |" for c in columns]
    return ["| column | unit | what it is | start |", "| --- | --- | --- | --- |", *rows]


def when(phase: Phase) -> str:
    """The months a phase wakes in, in words."""
    return "every month" if len(phase.months) == 12 else ", ".join(calendar.month_name[m] for m in phase.months)


def month_table() -> list[str]:
    """The month's order as rows of a table: k, phase, months, steps."""
    return [f"| {p.k} | {p.name} | {when(p)} | {', '.join(f'`{s}`' for s in steps(p))} |" for p in ORDER]


def readme() -> str:
    """README.md with the rows of the month's order as the code has them."""
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    first = lines.index(MONTH_HEAD) + 2
    last = next(number for number in range(first, len(lines)) if not lines[number].startswith("|"))
    return "\n".join([*lines[:first], *month_table(), *lines[last:], ""])


GENERATED: dict[str, Callable[[], str]] = {
    "docs/assumptions.md": assumptions,
    "docs/state.md": state,
    "README.md": readme,  # only the rows of the month's order
}
