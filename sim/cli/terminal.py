"""What the terminal shows: progress while worlds run, tables of what came out, notices and errors."""

from __future__ import annotations

import itertools
import sys
import textwrap
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sim.cli import fitted_tables, given_tables
from sim.foundation.errors import shown
from sim.foundation.states import A_GIANT, ALL, ALL_GIANTS, State
from sim.words.estimates import ALL_KNOWN, NOT_KNOWN, NOTE, between_draws, estimate

if TYPE_CHECKING:
    from rich.console import Console

    from sim.outcomes.forecasts import Forecast
    from sim.study.axes import Coordinate
    from sim.study.calibrate import Calibration
    from sim.study.hindcast import Hindcast
    from sim.study.how import Progress, Tell
    from sim.study.run import Run
    from sim.study.sweep import Sweep
    from sim.words.life_stories import Story

Row = Mapping[str, Any]
PLAIN_WIDTH = 120  # columns where the output is no terminal, and a table needs no more
WIDEST = 100_000  # columns that a table may need there
FEWEST_FOLDED = 2  # giants that are told in one line
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
            said = f"{now.stage} {now.part}".rstrip()
            bar.update(task, description=said, completed=now.done, total=now.total, rate=rate)

        yield tell


def print_table(
    columns: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1, title: str = "", spare: Sequence[str] = ()
) -> None:
    """A table on stdout: the first ``left`` columns to the left, the others (numbers) to the right.

    No name and no number is broken. Where there is too little room columns of ``spare`` are left out, in that order,
    which is said; where that is not enough, every row is told in lines. What is no terminal has the room it needs.
    """
    from rich import box
    from rich.table import Table

    out = console()
    cells = [[clean(cell) for cell in row] for row in rows]
    kept, gone = fitted_tables.dropped(columns, cells, out.width, spare)
    names, cells = [columns[i] for i in kept], [[row[i] for i in kept] for row in cells]
    widths = fitted_tables.widths(names, cells, out.width)
    if widths is None and not sys.stdout.isatty():
        out.width = WIDEST
        widths = fitted_tables.widths(names, cells, out.width)
    if widths is None:
        print("\n".join([*([clean(title)] if title else []), *fitted_tables.told(names, cells)]))
        return
    table = Table(title=clean(title) or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for index, (name, width) in enumerate(zip(names, widths, strict=True)):
        table.add_column(name, justify="left" if kept[index] < left else "right", width=width)
    for row in cells:
        table.add_row(*row)
    out.print(table)
    if gone:
        print_filled(f"Left out, as the terminal is narrow: {', '.join(gone)}.", out.width)


def fates_table(summary: Sequence[Row], end: str, focus: Sequence[str] = ()) -> None:
    """The table of fates per firm: percent of worlds with its 95% interval, and the month by which
    half of all that enter are gone; ``end`` is the horizon, YYYY-MM. Giants that stay in every world are one line,
    but for those in ``focus``."""
    fates = (State.INDEPENDENT, State.ACQUIRED, State.CLOSED, State.LISTED, State.PIVOTED)
    firms = {row["firm"] for row in summary if row["kind"] == A_GIANT and row[State.INDEPENDENT] == 1}
    all_stay = firms == {row["firm"] for row in summary if row["kind"] == A_GIANT}
    firms -= set(focus)
    still = [row for row in summary if row["firm"] in firms]
    folded = firms | ({ALL_GIANTS} - set(focus)) if all_stay else firms
    shown = summary if len(still) < FEWEST_FOLDED else [row for row in summary if row["firm"] not in folded]
    rows = []
    for row in shown:
        shares = (percent(row[fate], row[f"{fate}_low"], row[f"{fate}_high"]) for fate in fates)
        rows.append([row["name"], *shares, half_gone(row, end)])
        if f"all_{State.INDEPENDENT}" in row:
            of_all = (percent(*(row[f"all_{fate}{part}"] for part in ("", "_low", "_high"))) for fate in fates)
            rows.append([f"  {given_tables.IN_ALL_WORLDS}", *of_all, ""])
        if any(row.get(f"{fate}_sd_high") for fate in fates):
            rows.append(["  not known", *(_not_known(row, f"{fate}_sd") for fate in fates), ""])
    print_table(["", *fates, "half gone by"], rows, spare=(State.PIVOTED, State.LISTED, "half gone by"))
    if len(shown) < len(summary):
        names = ", ".join(row["name"] for row in still)
        print_filled(f"Giants, independent in every world: {names}.")


def _not_known(row: Row, sd: str) -> str:
    """A spread between draws, in the columns called ``sd`` and so on, as one word."""
    return between_draws(*(row.get(f"{sd}{bound}") for bound in ("", "_low", "_high"))).replace(" to ", "–")


def _print_not_known(highs: Sequence[float | None]) -> None:
    """What spreads between draws with these upper bounds are; nothing where there are none."""
    known = [high for high in highs if high is not None]
    if known:
        print_filled(f"Not known: {NOT_KNOWN}." if any(known) else ALL_KNOWN)


def half_gone(row: Row, end: str) -> str:
    """The month by which half of all that enter are gone; a dash where nobody enters."""
    return row["median_exit"] or ("–" if row[State.NEVER_ENTERED] == 1 else f"after {end}")


def run_summary(run: Run) -> None:
    """The table of fates, and how it was come by."""
    from sim.foundation.months import month_text
    from sim.study.focus import focus_in
    from sim.study.given import given_in
    from sim.words.given import these_worlds
    from sim.words.text import capital

    end, known, rows = month_text(run.scenario.end), given_in(run.manifest), run.summary()
    for line in given_tables.left_of_run(run):
        print_filled(line)
    fates_table(rows, end, focus_in(run.scenario, run.manifest))
    for line in given_tables.moved_by(run):
        print_filled(line)
    worlds = these_worlds(known, run.outcomes.worlds, run.scenario.worlds)
    print(f"Percent of {'the ' if known else ''}{worlds} by {end}; of classes and groups percent of their firms.")
    print(f"{capital(NOTE)}: luck of the draw.")
    _print_not_known([row["independent_sd_high"] for row in rows])
    print(f"Seed {run.scenario.seed}; {_simulated(run)}.")


def _simulated(run: Run) -> str:
    """How long it took, and how much of that the worlds with other luck."""
    if run.reused:
        return "it was there already: nothing was simulated"
    took, again = run.manifest["timings"], run.manifest.get("replicate")
    more = f", {again['worlds']:,} more with other luck in {took['replicate_seconds']:.1f} s" if again else ""
    return f"simulated in {took['simulate_seconds']:.1f} s{more}"


def claims_table(ledger: Sequence[Row]) -> None:
    """Forecasts of one scenario: in how many percent of worlds each comes true, and how many worlds were asked.

    Facts say whether they happened.
    """
    if not ledger:
        print(NONE_STATED)
        return
    rows, given = [], "all_probability" in ledger[0]
    for row in ledger:
        says = f"{row['says'] or row['claim']}{_happened(row['happened'])} [{row['asked']}]"
        beside = percent(row["all_probability"], row["all_low"], row["all_high"]) if given else _not_known(row, "sd")
        rows.append([row["claim"], says, _probability(row), beside, f"{row['worlds']:,}"])
    heads = ["claim", "says", ledger[0]["scenario"], given_tables.IN_ALL_WORLDS if given else "not known", "worlds"]
    print_table(heads, rows, left=2, spare=["not known"])
    print_filled(f"Percent of the worlds asked, {NOTE}: luck of the draw.")
    _print_not_known([row["sd_high"] for row in ledger])


def _probability(row: Row) -> str:
    return percent(row["probability"], row["low"], row["high"])


def _happened(fact: bool | None) -> str:
    """What is said of a fact; nothing of a forecast, which has not happened yet."""
    return "" if fact is None else f" (happened: {'yes' if fact else 'no'})"


def print_filled(text: str, width: int | None = None, indent: str = "") -> None:
    """``text`` in lines of the terminal's width, or of ``width``; no word is broken."""
    wide = width or console().width
    print(textwrap.fill(clean(text), wide, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False))


LONGEST_CLAIM = 32
NONE_STATED = "No claims and no facts are stated."
MATRIX_NOTE = (
    f"Percent of worlds, {NOTE}; – where no world was asked. x of y: how many of a document's forecasts "
    "come true in more than half of the worlds; for what happened, how often more than half of the worlds agree."
)
LEAST_CELL = len("100.0 ±50.0")  # a name of a scenario is wrapped to it; a wider cell widens its column


def claims_matrix(forecasts: Sequence[Forecast], scenarios: Sequence[str]) -> None:
    """Forecasts by scenario, in percent of worlds, in as many blocks of scenarios as the terminal's width asks for.

    The row of a document says how many of its forecasts come true in more than half of the worlds.
    """
    from rich import box
    from rich.table import Table

    if not forecasts:
        print(NONE_STATED)
        return
    out, rows = console(), list(_matrix_rows(forecasts, scenarios))
    heads = [textwrap.wrap(clean(name), LEAST_CELL, break_long_words=False) for name in scenarios]
    first = max(len(name) for name, _ in rows)
    cell = max(LEAST_CELL, *(len(text) for lines in (*heads, *(cells for _, cells in rows)) for text in lines))
    each = max((out.width - fitted_tables.EDGES - first) // (fitted_tables.GAP + cell), 1)
    width = min(PLAIN_WIDTH, out.width)
    out.width = max(out.width, fitted_tables.EDGES + first + fitted_tables.GAP + cell)  # one scenario at the least
    for start in range(0, len(scenarios), each):
        block = slice(start, start + each)
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        table.add_column("claim", width=first, vertical="bottom")
        for lines in heads[block]:
            table.add_column("\n".join(lines), width=cell, justify="right", vertical="bottom")
        for name, cells in rows:
            table.add_row(name, *cells[block])
        out.print(table)
    print(textwrap.fill(MATRIX_NOTE, width) + "\n")
    for one in forecasts:
        text = f"{one.claim}: {one.says}{_happened(one.happened)}; asked: {one.asked} [{one.source}]"
        print_filled(text, width, indent="    ")


def _matrix_rows(forecasts: Sequence[Forecast], scenarios: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Name and cells of every row: each document with its score, then its forecasts."""
    from sim.outcomes.forecasts import score

    for group, members in itertools.groupby(forecasts, key=lambda one: one.group):
        kept = list(members)
        scores = [score(kept, name) for name in scenarios]
        yield shown(group, LONGEST_CLAIM), [f"{right} of {judged}" if judged else "–" for right, judged in scores]
        for one in kept:
            cells = [_probability(one.rows[name]) if name in one.rows else "–" for name in scenarios]
            yield shown(f"  {one.claim}", LONGEST_CLAIM), cells


SWEPT = {"independents_left": "independent", "general_left": "in the race", "endgame": "endgame %"}


def percent(share: float | None, low: float | None, high: float | None) -> str:
    """A share in percent as one word, which a narrow table keeps together."""
    return scaled(share, low, high).replace(" to ", "–")


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


def sweep_table(done: Sweep) -> None:
    """A row for every point of the grid: how many startups are left, the endgame, and who stays independent."""
    from sim.outcomes.differences import COUNT_QUANTITIES
    from sim.study.focus import focus_in
    from sim.words.names import name_of

    print(clean(f"{done.headline}."))
    names = [axis.name for axis in done.axes]
    focus = [name_of(done.scenario, firm) for firm in focus_in(done.scenario, done.manifest)]
    points: dict[tuple[Coordinate, ...], dict[str, str]] = {}
    for row in done.summary():
        cells = points.setdefault(tuple(row[name] for name in names), {})
        if row["firm"] == ALL:
            scale, digits = (1, 2) if row["quantity"] in COUNT_QUANTITIES else (100, 1)
            cells[SWEPT[row["quantity"]]] = scaled(row["estimate"], row["low"], row["high"], scale, digits)
        else:
            cells[name_of(done.scenario, row["firm"])] = f"{100 * row['estimate']:.0f}"
    labels = list(dict.fromkeys(label for cells in points.values() for label in cells))
    kept = [*focus, *SWEPT.values()]
    shown = sorted(labels, key=lambda label: kept.index(label) if label in kept else len(kept))
    parts = [(axis.path.split("."), f"@{axis.when}" if axis.when else "") for axis in done.axes]
    heads = [f"{path[-1]}{when}" for path, when in parts]
    if len(set(heads)) < len(heads):  # two strengths: scale.strength and listing.strength
        heads = [f"{'.'.join(path[-2:])}{when}" for path, when in parts]
    widths = [max(len(label), *(len(cells.get(label, "")) for cells in points.values())) for label in [*heads, *shown]]
    if sum(widths) + fitted_tables.GAP * len(widths) > console().width:
        shown = [label for label in shown if label in kept]
    left_out = [label for label in labels if label not in shown]
    rows = [
        [
            *(value if isinstance(value, str) else f"{value:g}" for value in point),
            *(cells.get(label, "") for label in shown),
        ]
        for point, cells in points.items()
    ]
    print_table([*heads, *shown], rows, left=0)
    firms_said = "; firms: still independent" if any(label not in SWEPT.values() for label in shown) else ""
    print(f"Means and percent of {done.scenario.worlds:,} worlds, {NOTE}{firms_said}.")
    if left_out:
        print_filled(f"Left out, as there is no room: {', '.join(left_out)}.")


def scaled(value: float | None, low: float | None, high: float | None, scale: int = 100, digits: int = 1) -> str:
    """An estimate with its interval, which one world has not, times ``scale``; a dash where there is none."""
    told, below, above = (None if part is None else scale * part for part in (value, low, high))
    return estimate(told, below, above, digits)


def scores_table(done: Hindcast) -> None:
    """The plain answer, and the scores of every forecast."""
    print(clean(f"{done.headline}."))
    rows = []
    for row in done.summary():
        if row["facts"] and row["value"] is not None:
            gain = row["gain"]
            known = "" if gain is None or row["gain_low"] is None else _gain(row)
            rows.append(
                [f"{row['window']}, {row['score']}", row["forecast"], f"{row['value']:.3f}", known, str(row["facts"])]
            )
    print_table(["score", "forecast", "mean", "the worlds are better by", "facts"], rows, left=2)
    print(f"{done.scenario.worlds:,} worlds to the last fact. Brier, log and CRPS: lower is better.")


def _gain(row: Row) -> str:
    return f"{row['gain']:+.3f} ({row['gain_low']:+.3f} to {row['gain_high']:+.3f})"


MOST_LEFT = 20  # rows of the table; the file has all


def calibration_table(done: Calibration) -> None:
    """The plain answer, what is left of the assumptions that facts speak to most clearly, and facts that none meets."""
    print(clean(f"{done.headline}."))
    rows = [
        [row["path"], *(f"{row[key]:.4g}" for key in ("stated", "p05", "p50", "p95")), f"{row['left']:.0%}"]
        for row in done.summary()
        if row["p50"] is not None
    ]
    print_table(["assumption", "stated", "5%", "median", "95%", "width left"], rows[:MOST_LEFT], left=1)
    if len(rows) > MOST_LEFT:
        print(f"{len(rows) - MOST_LEFT} more in assumptions.csv.")
    for row in done.facts[~done.facts["met"]].to_dict("records"):
        print(clean(f"No setting meets: {row['says']} ({row['fact']})."))
    worlds = int(done.waves["worlds"].sum())
    print(f"{worlds:,} worlds. The draws are in ensemble.parquet; a scenario names them: ensemble: FILE.")
