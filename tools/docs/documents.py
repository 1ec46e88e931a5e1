"""Documents made from the code, and what the hand-written ones must agree with."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from sim.engine.month import ORDER, Phase, steps
from sim.foundation.assumption import Assumption
from sim.foundation.columns import FIRM_COLUMNS, MARKET_COLUMNS, NEVER, Column
from sim.foundation.currency import DEFAULT_CURRENCY, unit_in
from sim.foundation.histograms import LANDSCAPE, PATHS
from sim.laws.catalogue import ASSUMPTIONS, FIRM_ASSUMPTIONS, MECHANISMS
from sim.report.svg.drawing import svg_of
from sim.scenario.basis import MEANINGS, rests_on
from sim.scenario.params import default_text, rows
from tools.benchmarks import history
from tools.benchmarks.history_picture import picture_of

ROOT = Path(__file__).resolve().parents[2]
MONTH_HEAD = "| k | phase | in | steps, in order |"


ASSUMPTIONS_HEAD = ("path", "unit", "default", "bounds", "rests on", "source", "what it is")


def assumptions() -> str:
    """docs/assumptions.md: every mechanism with its sentences, and a table of the assumptions it declares."""
    parts = [
        "# Every assumption",
        "This file is made from the declarations beside the laws by `python -m tools.docs`; do not edit it. "
        "`shakeout params [WORD]` prints the same. A source is an id of [evidence.csv](evidence.csv), a paper, or the "
        f"word *assumption*. Bounds are inclusive. Money is in {DEFAULT_CURRENCY}, as the defaults are; a scenario in "
        "another `currency` shows its own. What the flagship scenario states or leaves uncertain is in "
        "`scenarios/six-dragons.yaml`; the rest are these defaults.",
        _marks(),
    ]
    for mechanism in MECHANISMS:
        parts += [f"## {mechanism.name}", f"*On:* {mechanism.says}", f"*Off:* {mechanism.off}"]
        parts.append(_assumed(f"assumptions.{mechanism.name}.", mechanism.all_assumptions()))
        if mechanism.firm:
            parts += ["Of single firms:", _assumed("firms.<id>.", mechanism.firm)]
    return "\n\n".join(parts) + "\n"


def _assumed(prefix: str, declared: Iterable[Assumption]) -> str:
    """The table of assumptions whose paths begin with ``prefix``."""
    told = {row["path"]: row for row in rows()}
    lines = [ASSUMPTIONS_HEAD, ("---",) * len(ASSUMPTIONS_HEAD)]
    for assumption in declared:
        row = told[prefix + assumption.name]
        says = "the switch of the mechanism" if assumption.name == "on" else row["says"]
        path, default = f"`{row['path']}`", default_text(row)
        lines.append((path, row["unit"], default, row["bounds"], row["rests_on"], row["source"], says))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _marks() -> str:
    """What the marks of a size mean, and how many sizes have which; switches and decisions have no size."""
    sizes = [a for a in (*ASSUMPTIONS.values(), *FIRM_ASSUMPTIONS.values()) if not (a.labels or a.decides)]
    counted = Counter(rests_on(assumption.source) for assumption in sizes)
    said = "; ".join(f"*{mark}*, {meaning} ({counted[mark]})" for mark, meaning in MEANINGS.items())
    return (
        "*Rests on* is of the size, whatever the mechanism rests on, and is read from the source and from the dates of "
        f"the evidence: {said}. In brackets: how many of the {len(sizes)} sizes below."
    )


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
    return [f"| {p.k} | {p.name} | {when(p)} | {', '.join(f'`{s.name}`' for s in steps(p))} |" for p in ORDER]


def readme() -> str:
    """README.md with the rows of the month's order as the code has them."""
    return _with_rows("README.md", MONTH_HEAD, month_table())


def performance() -> str:
    """docs/performance.md with the last lines of the history of the benchmark."""
    return _with_rows(
        "docs/performance.md", f"| {' | '.join(history.HEAD)} |", history.table(history.read(history.FILE))
    )


def benchmarks() -> str:
    """docs/benchmarks.svg: the history of the benchmark as a picture."""
    return svg_of(picture_of(history.read(history.FILE))) + "\n"


def _with_rows(path: str, head: str, rows: list[str]) -> str:
    """The document at ``path`` with ``rows`` below the table head ``head``. ValueError without that head."""
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    first = lines.index(head) + 2
    last = next(number for number in range(first, len(lines)) if not lines[number].startswith("|"))
    return "\n".join([*lines[:first], *rows, *lines[last:], ""])


GENERATED: dict[str, Callable[[], str]] = {
    "docs/assumptions.md": assumptions,
    "docs/state.md": state,
    "docs/benchmarks.svg": benchmarks,
    "docs/performance.md": performance,  # only the rows of the history
    "README.md": readme,  # only the rows of the month's order
}
