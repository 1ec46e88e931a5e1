"""What the terminal shows of questions about one claim: where it flips, what drives it, which states tell of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.cli import terminal

if TYPE_CHECKING:
    from sim.study.discover import Discovery
    from sim.study.flip import Flip
    from sim.study.sensitivity import Sensitivity


def flip_answer(done: Flip) -> None:
    """The plain answer, and a row for every crossing."""
    print(terminal.clean(f"{done.headline}."))
    if done.crossings:
        rows = [
            [f"{row['estimate']:.5g}", f"{row['low']:.5g} to {row['high']:.5g}", row["direction"]]
            for row in done.summary()
        ]
        terminal.print_table([done.axis.name, "95% interval", "the probability is"], rows)
    print(f"{len(done.evaluations)} values tried, {done.scenario.worlds:,} worlds at each, with the same luck.")


def drivers_table(done: Sensitivity) -> None:
    """The drivers by rank with their indices, and how many assumptions are not distinguishable from noise."""
    print(terminal.clean(f"{done.headline}."))
    held = f"{len(done.manifest['held'])} other assumptions of the industry"
    if done.moved:
        print(
            f"Moved from a single value: {len(done.moved)}, by up to a quarter. Not moved: {held}; the page lists both."
        )
    else:
        print(f"Not varied: {held}; the page lists them, --everything moves those without a source.")
    paths: dict[str, list[str]] = {}
    names = list(dict.fromkeys(row["index"] for row in done.summary()))
    for row in done.summary():
        if row["rank"] is not None:
            cells = paths.setdefault(row["path"], [str(row["rank"]), row["path"]])
            cells.append(f"{100 * row['value']:.1f} ({100 * row['low']:.1f} to {100 * row['high']:.1f})")
    if paths:
        terminal.print_table(
            ["rank", "assumption", *(name.replace("_", " ") for name in names)], list(paths.values()), left=2
        )
        print("Percent, with 95% intervals. Assumptions that cannot be told apart share a rank.")
    others = len(done.ranks) - len(paths)
    print(f"{others} of {len(done.ranks)} uncertain assumptions are not distinguishable from noise.")


def leaves(done: Discovery) -> None:
    """The plain answer, a sentence for every leaf, and which worlds count."""
    from sim.outcomes.drivers import Estimate
    from sim.words.discovery import leaf_in_words, of_draws
    from sim.words.months import month_name

    terminal.print_filled(f"{done.headline}.")
    for row in done.leaves.to_dict("records") if done.found else ():
        share = Estimate(row["probability"], row["low"], row["high"])
        says = row["says"] if isinstance(row["says"], str) else ""
        terminal.print_filled(f"- {leaf_in_words(says, share)}, {int(row['worlds']):,} worlds.", indent="  ")
    counted = done.counted
    terminal.print_filled(
        f"{counted.open:,} of {done.scenario.worlds:,} worlds count: those in which the claim is open at the end of "
        f"{month_name(done.month)} ({counted.true:,} have seen it come true, in {counted.false:,} it cannot any more, "
        f"{counted.not_asked:,} do not ask for it)."
        + (f" Half of them grew the tree, {done.manifest['tested']:,} tested it." if len(done.tree) else "")
    )
    if len(done.tree) and (area := done.auc_of_draws) is not None:
        terminal.print_filled(f"{of_draws(done.manifest['draws'], area)}.")
