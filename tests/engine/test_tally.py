"""What facts ask of worlds, against the same numbers taken from the whole state of each world."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from industries import flagship

from sim.engine.simulate import simulate, trace
from sim.foundation.columns import INDEPENDENT, MARKETS
from sim.foundation.measured import MEASURED, OF_A_FIRM, OF_THE_MARKET
from sim.scenario.model import AT, LARGEST, SUM, Probe

WORLDS, MONTHS = 3, 20
SPAN = (7, 18)  # ticks


def by_hand(probe, seen, scenario):
    """The probe from the states of one world: month by month, column by column."""
    one = MEASURED[probe.quantity]
    row = seen.ids.index(probe.firm) if probe.firm else None

    def column(name, tick):
        return float(seen.market[name][tick] if row is None else seen.firms[name][tick, row])

    first = probe.month if probe.first is None else probe.first
    found = []
    for tick in range(first - scenario.start + 1, probe.month - scenario.start + 2):
        if row is not None and seen.firms["status"][tick, row] != INDEPENDENT:
            continue
        asked = not one.where or sum(column(name, tick) for name in one.where) > 0
        if not asked and one.missing:
            continue
        x = 0.0
        for term in one.terms if asked else ():
            x += (
                term.factor * column(term.column, tick) * (column(term.times, tick) if term.times else 1.0)
                if term.column
                else term.factor
            )
        found.append(x / column(one.over, tick) if one.over and asked else x)
    if not found:
        return np.nan
    return {AT: found[-1], SUM: sum(found), LARGEST: max(found)}[probe.how]


@pytest.fixture(scope="module")
def scenario():
    made = flagship()
    return dataclasses.replace(made, end=made.start + MONTHS - 1, claims=(), facts=(), reported=(), probes=())


def probes_of(scenario):
    first, last = (scenario.start + tick - 1 for tick in SPAN)
    asked = [("zhipu", one) for one in OF_A_FIRM] + [("bytedance", one) for one in OF_A_FIRM if one.of_giants]
    asked += [(None, one) for one in OF_THE_MARKET if not any(term.column in MARKETS for term in one.terms)]
    at = [Probe(firm, one.name, last) for firm, one in asked]
    over = [Probe(firm, one.name, last, first, how) for firm, one in asked for how in (SUM, LARGEST)]
    return (*at, *over)


def test_every_quantity_at_a_month_summed_and_at_its_largest(scenario):
    probes = probes_of(scenario)
    asked = dataclasses.replace(scenario, probes=probes)
    block = simulate(asked, 0, WORLDS)
    assert np.isfinite(block.probes).any(axis=0).sum() > 0.9 * len(probes)
    for world in range(WORLDS):
        seen = trace(scenario, world)
        expected = [by_hand(probe, seen, scenario) for probe in probes]
        np.testing.assert_allclose(block.probes[world], expected, rtol=1e-12, err_msg=f"world {world}")


def test_who_is_gone_is_missing_at_a_month_and_summed_to_its_end(scenario):
    end = scenario.start + MONTHS - 1
    probes = (Probe("zhipu", "revenue", end), Probe("zhipu", "revenue", end, scenario.start, SUM))
    firms = tuple(dataclasses.replace(firm, enters=None) if firm.id == "zhipu" else firm for firm in scenario.firms)
    block = simulate(dataclasses.replace(scenario, firms=firms, probes=probes), 0, 2)
    assert np.isnan(block.probes).all()  # never entered: sim/outcomes/amounts.py counts a sum of nothing as 0


def test_asking_changes_no_world(scenario):
    plain, asked = simulate(scenario, 0, 4), simulate(dataclasses.replace(scenario, probes=probes_of(scenario)), 0, 4)
    assert plain.histories.tobytes() == asked.histories.tobytes()
    assert plain.events.tobytes() == asked.events.tobytes()
