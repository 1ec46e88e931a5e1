"""What ended them, before and after: causes of exit in two runs side by side, with their differences."""

from __future__ import annotations

from collections.abc import Sequence

from sim.foundation.states import ALL_STARTUPS, State
from sim.outcomes.exit_differences import in_parts, is_exit
from sim.outcomes.exits import NOT_KEPT
from sim.report.html.document import BOTH, Column, Prose, Table
from sim.report.pictures.difference_dots import Difference, at_the_end, change_cell, difference_text, is_sure, name_head
from sim.report.several_runs import Runs
from sim.words.estimates import NOTE
from sim.words.names import whom
from sim.words.text import capital

EXITS_TITLE = "What ended them, before and after"


def ended_table(runs: Runs, rows: Sequence[Difference], names: Sequence[str], index: int) -> Table | Prose:
    """For every name the share ended by each cause at the horizon, in the first run and in the ``index``-th.

    ``rows`` are those of differences.csv. A cause that ended none of ``names`` in either run has no column.
    """
    ends = {
        quantity: {row["firm"]: row for row in at_the_end(rows, quantity)}
        for quantity in dict.fromkeys(row["quantity"] for row in rows if is_exit(row["quantity"]))
    }
    came = [
        quantity
        for quantity, told in ends.items()
        if any(row["base"] or row["variant_value"] for firm, row in told.items() if firm in names)
    ]
    if not came:
        return Prose((_nothing(rows),))
    columns = [Column("Startup")]
    for quantity in came:
        fate, cause = in_parts(quantity)
        columns.append(Column(capital(cause), BOTH, title=f"{fate}: {cause}"))
    body = tuple(
        (name_head(runs, firm), *(change_cell(ends[quantity].get(firm)) for quantity in came)) for firm in names
    )
    caption = runs.caption(
        f"Percent of worlds (of classes and groups, percent of their firms) ended by each cause by the horizon, "
        f"{runs.labels[0]} → {runs.labels[index]}; below, the difference in points, {NOTE}. Bold: the interval "
        "excludes zero. differences.csv has every date."
    )
    return Table(f"ended-{index}", most_changed(runs, ends), tuple(columns), body, caption)


def most_changed(runs: Runs, ends: dict[str, dict[str, Difference]]) -> str:
    """The cause that changes most, of who is in focus first, else of all startups."""
    who = runs.focus[0] if runs.focus else ALL_STARTUPS
    name = whom(runs.run_with(who).scenario, who)
    mine = [told[who] for told in ends.values() if who in told and is_sure(told[who])]
    if not mine:
        return f"{EXITS_TITLE}: no cause changes surely for {name}"
    row = max(mine, key=lambda row: abs(row["difference"]))
    cause = in_parts(row["quantity"])[1]
    return f"{EXITS_TITLE}: of {name}, {cause} changes most, by {difference_text(runs, row)}"


def _nothing(rows: Sequence[Difference]) -> str:
    if any(row["quantity"] in (State.ACQUIRED, State.CLOSED) and (row["base"] or row["variant_value"]) for row in rows):
        return f"{EXITS_TITLE}: {NOT_KEPT}."
    return f"{EXITS_TITLE}: nobody is gone by the horizon in any world."
