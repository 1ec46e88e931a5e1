"""What the terminal shows: progress while worlds run, tables of what came out, notices and errors."""

from __future__ import annotations

import sys
import textwrap
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from sim.outcomes.stories import Story
    from sim.study.monte_carlo import Progress, Tell
    from sim.study.run import Run

Row = Mapping[str, Any]
PLAIN_WIDTH = 120  # columns where the output is no terminal
REDRAWS_SECOND = 8


def console(stderr: bool = False) -> Console:
    """A console for texts from anywhere: no markup is read in them."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else PLAIN_WIDTH
    return Console(file=stream, width=width, markup=False, highlight=False, emoji=False)


def say(text: str) -> None:
    """A line for the person who watches, on stderr: results go to stdout."""
    print(clean(text), file=sys.stderr, flush=True)


def clean(text: object) -> str:
    """``text`` without control characters, which could move the cursor or hide what is printed."""
    return "".join(c if c.isprintable() or c == "\n" else "�" for c in str(text))


@contextmanager
def progress(quiet: bool) -> Iterator[Tell | None]:
    """Something that is told how far a run is: a bar on a terminal; elsewhere only that it compiles."""
    if quiet:
        yield None
    elif not sys.stderr.isatty():
        yield _told_plainly
    else:
        with _bar() as tell:
            yield tell


COMPILES = "compiling the laws for this machine (once after each installation or change; about half a minute)"


def _told_plainly(now: Progress) -> None:
    if now.stage == "compiling":
        say(COMPILES)


@contextmanager
def _bar() -> Iterator[Tell]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("worlds"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console(stderr=True), transient=True, refresh_per_second=REDRAWS_SECOND) as bar:
        task = bar.add_task("starting", total=None, rate="")
        started = time.perf_counter()

        def tell(now: Any) -> None:
            nonlocal started
            if now.stage == "compiling":
                bar.console.print(COMPILES)
            if now.done == now.kept:
                started = time.perf_counter()
            fresh, seconds = now.done - now.kept, time.perf_counter() - started
            rate = f"{fresh / seconds:,.0f} a second" if fresh and now.stage == "simulating" else ""
            bar.update(task, description=now.stage, completed=now.done, total=now.total, rate=rate)

        yield tell


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1, title: str = "") -> None:
    """A table on stdout: the first ``left`` columns to the left, the others (numbers) to the right."""
    from rich import box
    from rich.table import Table

    table = Table(title=clean(title) or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for index, name in enumerate(columns):
        table.add_column(name, justify="left" if index < left else "right", no_wrap=index >= left, overflow="fold")
    for row in rows:
        table.add_row(*(clean(cell) for cell in row))
    console().print(table)


def fates_table(summary: Sequence[Row]) -> None:
    """The table of fates per firm: percent of worlds with the half-width of the 95% interval, and the median exit."""
    fates = ("independent", "acquired", "closed", "listed", "pivoted")
    rows = [[row["name"], *(percent(row, fate) for fate in fates), row["median_exit"] or "–"] for row in summary]
    print_table(["", *fates, "median exit"], rows)


def run_summary(run: Run) -> None:
    """The table of fates, how it was come by, and where the report is."""
    from sim.scenario.dates import month_text

    fates_table(run.summary())
    end, worlds = month_text(run.scenario.end), run.scenario.worlds
    took = run.manifest["timings"]["simulate_seconds"]
    how = "it was there already: nothing was simulated" if run.reused else f"simulated in {took:.1f} s"
    print(f"Percent of {worlds:,} worlds by {end}, ± half a 95% interval. Seed {run.scenario.seed}; {how}.")
    if run.folder is not None:
        print(f"Report: {run.folder / 'report.html'}")


def claims_table(ledger: Sequence[Row]) -> None:
    """Forecasts by scenario: in how many percent of worlds each comes true. Facts say whether they happened.

    For a single scenario also the number of worlds that meet the forecast's condition.
    """
    scenarios = list(dict.fromkeys(row["scenario"] for row in ledger))
    cells: dict[tuple[str, bool], list[str]] = {}
    for row in ledger:
        fact = row["happened"] is not None
        happened = f" (happened: {'yes' if row['happened'] else 'no'})" if fact else ""
        cells.setdefault((row["claim"], fact), [row["claim"], (row["says"] or "") + happened] + ["–"] * len(scenarios))
        shown = percent({"share": row["probability"], "share_low": row["low"], "share_high": row["high"]}, "share")
        cells[row["claim"], fact][2 + scenarios.index(row["scenario"])] = shown
        if len(scenarios) == 1:
            cells[row["claim"], fact].append(f"{row['worlds']:,}")
    if cells:
        counts = ["worlds"] if len(scenarios) == 1 else []
        print_table(["claim", "says", *scenarios, *counts], list(cells.values()), left=2)
    else:
        print("No claims and no facts are stated.")


def percent(row: Row, name: str) -> str:
    """``name`` of ``row`` in percent, with half the width of its interval; a dash where there is nothing to go by."""
    share, low, high = row[name], row[f"{name}_low"], row[f"{name}_high"]
    if share is None:
        return "–"
    return f"{100 * share:.1f} ±{50 * (high - low):.1f}"


def print_story(story: Story) -> None:
    """One firm's life, a line for each thing that happened."""
    from rich.text import Text

    out = console()
    ending = f" ({story.fate.replace('_', ' ')})" if story.fate else ""
    out.print(Text(clean(f"\n{story.name}{ending}"), style="bold"))
    for sentence in story.sentences:
        when = f"  {sentence.when:<15} "
        lines = textwrap.wrap(clean(sentence.text), max(out.width - len(when), len(when)))
        print(when + ("\n" + " " * len(when)).join(lines))
