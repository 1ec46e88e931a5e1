"""How many worlds a run needs: twice as many, again and again, until its fates are known as well as is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.archive.blocks import spans
from sim.engine.block import BLOCK_WORLDS
from sim.scenario.model import Scenario
from sim.study.counting import fates_of, over_worlds
from sim.study.how import How
from sim.study.many_worlds import HEADLINE_STATES, ManyWorlds, with_worlds

if TYPE_CHECKING:
    from sim.outcomes.fates import FateCounts

PRECISION_STEPS = 11  # with --precision: 1,024 worlds, twice as many, ... up to 1,048,576


def sized(scenario: Scenario, how: How, most: int) -> Scenario:
    """``scenario`` with the number of worlds a study asks of every run it makes: those that are asked for, or as many
    as its own run needs for ``how.precision``; else the scenario's own, but not more than ``most``.
    """
    asked = with_worlds(scenario, how.worlds, how.seed)
    if how.precision is not None:
        return precise(ManyWorlds(how), asked)[0]
    return asked if how.worlds is not None else with_worlds(asked, min(asked.worlds, most), None)


def precise(many: ManyWorlds, scenario: Scenario) -> tuple[Scenario, str]:
    """``scenario`` with twice the worlds until the widest half-width of a firm's fate is at most the precision that is
    asked for; and a sentence about it.
    """
    from sim.outcomes.fates import FateCounts

    assert many.how.precision is not None
    counts, counted, least = FateCounts(scenario), 0, many.how.precision
    for step in range(PRECISION_STEPS):
        scenario = with_worlds(scenario, BLOCK_WORLDS << step, None)
        many.compute([scenario])
        over_worlds(scenario, many.out, many.workers, fates_of, counts.merge, counted)
        counted = len(spans(scenario.worlds))
        width, firm, fate = _widest(scenario, counts)
        if width <= least:
            return scenario, f"{scenario.worlds:,} worlds; the last to be sure was {firm} ({fate}): ±{width:.2g}"
    unsure = f"the least sure is {firm} ({fate}): ±{width:.2g}"
    return scenario, f"{scenario.worlds:,} worlds are not enough for ±{least:g}; {unsure}"


def _widest(scenario: Scenario, counts: FateCounts) -> tuple[float, str, str]:
    """Half-width of the widest 95% interval among the headline probabilities of single firms, and whose it is."""
    widths = []
    for firm in scenario.firms:
        for fate in HEADLINE_STATES:
            _, low, high = counts.incidence(firm.id, fate)
            widths.append((float(high[-1] - low[-1]) / 2, firm.id, fate))
    return max(widths, key=lambda found: found[0])
