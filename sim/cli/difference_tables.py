"""What the terminal shows of what-ifs and comparisons: sentences to quote, and the tables of differences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.cli import given_tables, terminal
from sim.foundation.errors import shown
from sim.words.estimates import NOTE

if TYPE_CHECKING:
    from sim.study.compare import Comparison
    from sim.study.what_if import WhatIf

MOST_HEAD = 16  # characters of a run's name over its column


def differences(done: WhatIf | Comparison) -> None:
    """The sentences to quote, and under each what explains it, the table of its variant's differences at the horizon,
    and that of runway, cash and revenue."""
    from sim.outcomes.year_end_differences import YEAR_END_QUANTITIES
    from sim.words.differences import sides_and_difference

    base, summary, of_all = done.labels[0], done.summary(), done.quoted_of_all()
    for line in given_tables.left_of_study(done):
        terminal.print_filled(line)
    variants = list(dict.fromkeys(row["variant"] for row in summary))
    for at, (sentence, why, variant) in enumerate(zip(done.headline, done.explained(), variants, strict=True)):
        print(terminal.clean(f"{sentence}."))
        if of_all:
            print(terminal.clean(f"In all worlds: {of_all[at]}."))
        if why:
            print(terminal.clean(f"{why}."))
        of_variant = [row for row in summary if row["variant"] == variant]
        mine = [row for row in of_variant if row["quantity"] not in YEAR_END_QUANTITIES]
        rows = [
            [
                row["name"],
                row["quantity"].replace("_", " "),
                *sides_and_difference(row),
                *given_tables.difference_in_all(row),
            ]
            for row in mine
        ]
        other = "variant" if base == "base" else variant
        heads = [shown(name, MOST_HEAD) for name in (base, other)]
        terminal.print_table(["", "", *heads, "difference", "gain", *given_tables.heads_of_all(mine)], rows, left=2)
        _year_ends([row for row in of_variant if row["quantity"] in YEAR_END_QUANTITIES], done.scenario.currency)
    print(f"Shares in percent, differences in points, {NOTE}.")
    print("Gain: so many times the worlds would be needed without common luck.")


def _year_ends(rows: Sequence[terminal.Row], currency: str) -> None:
    """The table of runway, cash and revenue of every startup at a date; nothing without rows."""
    from sim.words.months import date_name
    from sim.words.year_ends import by_firm, cells

    if not rows:
        return
    date, names = rows[0]["date"], {row["firm"]: row["name"] for row in rows}
    heads = ["", "runway", "difference", "cash", "revenue", "counted"]
    body = [[names[firm], *cells(mine)] for firm, mine in by_firm(rows, date).items()]
    terminal.print_table(heads, body, title=f"Runway, cash and revenue in {date_name(date)}")
    where = "where the startup is there in both" if rows[0]["paired"] else "of each run where the startup is there"
    terminal.print_filled(
        f"Runway: medians in months and the median difference. Cash ({currency}) and revenue ({currency} a month): "
        f"mean differences. Counted: percent of worlds, those {where}."
    )
