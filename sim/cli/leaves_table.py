"""The table that the terminal shows of a discovery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.cli import terminal

if TYPE_CHECKING:
    from sim.study.discover import Discovery


def leaves(done: Discovery) -> None:
    """The plain answer, a sentence for every leaf, and which worlds count."""
    from sim.outcomes.drivers import Estimate
    from sim.words.discovery import leaf_in_words
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
        f"{counted.not_asked:,} do not ask for it). Half of them grew the tree, {done.manifest['tested']:,} tested it."
    )
