"""The measurements as tables on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place else "left")
    return table


def _range(spread: Mapping[str, float], digits: int) -> str:
    return f"{spread['low']:,.{digits}f} to {spread['high']:,.{digits}f}"


def show_contest(console: Console, found: Mapping[str, Any]) -> None:
    """Speeds, then ratios with their targets."""
    table = _table("Processor time on one core", "", "ns a firm-month", "of turns", "firm-months a second")
    for speed in found["speeds"].values():
        cost = speed["ns_per_firm_month"]
        table.add_row(
            speed["says"], f"{cost['median']:,.0f}", _range(cost, 0), f"{speed['firm_months_per_second']:,.0f}"
        )
    console.print(table)
    table = _table("Ratios, taken turn by turn", "", "median", "of turns", "target", "")
    for row in found["ratios"]:
        verdict = {True: "reached", False: "missed", None: ""}[row.get("reached")]
        names, ratio = f"{row['of']} : {row['to']}", row["ratio"]
        digits = 2 if ratio["median"] < 10 else 0
        table.add_row(names, f"{ratio['median']:,.{digits}f}", _range(ratio, digits), row.get("target", ""), verdict)
    console.print(table)


def show_scaling(console: Console, found: Mapping[str, Any]) -> None:
    """Cost per firm-month along every axis."""
    for axis, rows in found.items():
        names = list(rows[0])
        table = _table(f"Cost against {axis}", *names)
        for row in rows:
            table.add_row(
                *(f"{row[name]:,.2f}" if isinstance(row[name], float) else f"{row[name]:,}" for name in names)
            )
        console.print(table)


def show_profile(console: Console, found: Mapping[str, Any]) -> None:
    """Where the time of a run goes."""
    table = _table("Where the time goes (processor time)", "", "ns a firm-month", "share")
    for part, cost in found["parts"].items():
        table.add_row(part, f"{cost['ns_per_firm_month']:,.1f}", f"{cost['share']:.1%}")
    console.print(table)
    for part, spent in found["once"].items():
        console.print(f"{part}: {spent:.2f} s")


LIVE = {  # of live.Turn -> what it is
    "sentence": "the sentence and who is left, 256 worlds",
    "first": "its curves too, 256 worlds",
    "second": "all chapters, 1,024 worlds",
}


def show_live(console: Console, found: Mapping[str, Any]) -> None:
    """How long after a change an answer is there, and how many times as long as simulating its worlds alone."""
    table = _table("After a change on the live page", "", "seconds", "of turns", "over simulating alone", "of turns")
    for name, says in LIVE.items():
        seconds, ratio = found["seconds"][name], found["ratios"][name]
        numbers = f"{seconds['median']:.2f}", _range(seconds, 2), f"{ratio['median']:.2f}", _range(ratio, 2)
        table.add_row(says, *numbers)
    console.print(table)


def show_commands(console: Console, found: Mapping[str, Any]) -> None:
    """How long whole commands take, and how many times as long as simulating in them."""
    columns = ("seconds", "of turns", "processor", "over simulating", "of turns")
    table = _table("Whole commands, everything compiled", "", *columns)
    for spent in found.values():
        wall, ratio = spent.get("wall"), spent["ratio"]
        clock = (f"{wall['median']:.1f}", _range(wall, 1)) if wall else ("", "")
        processor = f"{spent['processor']['median']:.2f}"
        table.add_row(spent["says"], *clock, processor, f"{ratio['median']:.2f}", _range(ratio, 2))
    console.print(table)


CLUSTER = {  # of cluster.Turn -> what it is
    "simulating": "simulating a block",
    "asking": "the process that asked, for each block",
    "scheduler": "Dask's scheduler, for each block",
}


def show_cluster(console: Console, found: Mapping[str, Any]) -> None:
    """How long the process that asked is busy with a block, and for what share of its time."""
    table = _table("Many workers, one that asked (processor time)", "", "ms", "of turns")
    for name, says in CLUSTER.items():
        spent = {part: 1000 * value for part, value in found["seconds"][name].items()}
        table.add_row(says, f"{spent['median']:,.1f}", _range(spent, 1))
    console.print(table)
    busy = found["busy"]
    reached = "reached" if found["reached"] else "not reached"
    console.print(f"busy at 16 workers: {busy['median']:.1%} ({_range(busy, 3)}); {found['target']}: {reached}")
