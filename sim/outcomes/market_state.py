"""The state of the firms and of the market at a date, as numbers that worlds can be told apart by.

Of every firm that stands alone the quantities that are kept month by month, of every startup also what it is and what
has happened to it by then; of all startups how many are what; of the market what is not counted in firms. Quantities
are asked for as probes, so that blocks keep them; the rest stands in histories. A firm that is not active has no
quantities: they count as 0, and its gap to the frontier as larger than any.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from sim.engine.block import Block
from sim.foundation.columns import MILESTONES
from sim.foundation.histograms import COUNT, LANDSCAPE, PATHS, YEARLY
from sim.foundation.measured import FRONTIER_GAP
from sim.foundation.states import A_STARTUP, MARKET, State
from sim.outcomes.endgame import endgame_months
from sim.outcomes.fates import event_months, states_at
from sim.outcomes.index import startups_of
from sim.scenario.layout import layout_of
from sim.scenario.model import AT, Probe, Scenario
from sim.scenario.proposition import sorted_probes

STATE, NUMBER_OF, QUANTITY, BEGUN = "state", "number", "quantity", "begun"
OF_A_STARTUP = (State.INDEPENDENT, State.IN_GENERAL_RACE, State.ACQUIRED, State.CLOSED, *MILESTONES)
HAS_BEGUN = "endgame"
FARTHEST = 1e6  # generations, of a firm that is not active: no firm that is comes near it


class Feature(NamedTuple):
    """One number of a world at a date.

    ``kind`` is STATE (1 if ``firm`` is in the state ``name``, else 0), NUMBER_OF (startups in it), QUANTITY (of a firm,
    or of the market) or BEGUN (1 once the endgame has begun). ``firm`` is MARKET where it is no single firm's.
    """

    kind: str
    firm: str
    name: str

    @property
    def whole(self) -> bool:
        """True if it is a whole number."""
        return self.kind != QUANTITY


def features_of(scenario: Scenario) -> tuple[Feature, ...]:
    """Everything that worlds of ``scenario`` are told apart by, states first."""
    singles = [firm for firm in scenario.firms if not firm.copies]
    startups = [firm.id for firm in singles if firm.kind == A_STARTUP]
    return (
        *(Feature(STATE, firm, name) for firm in startups for name in OF_A_STARTUP),
        *(Feature(NUMBER_OF, MARKET, name) for name in OF_A_STARTUP),
        Feature(BEGUN, MARKET, HAS_BEGUN),
        *(
            Feature(QUANTITY, firm.id, quantity.name)
            for firm in singles
            for quantity in PATHS
            if quantity.of_giants or firm.kind == A_STARTUP
        ),
        *(
            Feature(QUANTITY, MARKET, quantity.name)
            for quantity in LANDSCAPE
            if quantity.grid != COUNT and quantity.name not in YEARLY
        ),
    )


def probe_of(feature: Feature, month: int) -> Probe:
    """What a block must keep for a quantity at the end of a calendar month."""
    return Probe(None if feature.firm == MARKET else feature.firm, feature.name, month, how=AT)


def with_state(scenario: Scenario, month: int) -> Scenario:
    """``scenario`` whose blocks keep the state at the end of a calendar month."""
    asked = {probe_of(feature, month) for feature in features_of(scenario) if feature.kind == QUANTITY}
    return replace(scenario, probes=sorted_probes({*scenario.probes, *asked}))


def state_in(block: Block, scenario: Scenario, month: int) -> np.ndarray:
    """(worlds, features) float32, the state of each world of ``block`` at the end of a calendar month.

    ``scenario`` is one of ``with_state``. Single precision, as the trees take it: what is compared later is the same.
    """
    tick, singles, startups = month - scenario.start + 1, layout_of(scenario).singles, startups_of(scenario)
    states = states_at(event_months(block.histories), tick)
    place = {probe: number for number, probe in enumerate(scenario.probes)}
    columns = []
    for feature in features_of(scenario):
        if feature.kind == STATE:
            columns.append(states[feature.name][:, singles[feature.firm]])
        elif feature.kind == NUMBER_OF:
            columns.append(states[feature.name][:, startups].sum(axis=1))
        elif feature.kind == BEGUN:
            columns.append(endgame_months(block) <= tick)
        else:
            seen = block.probes[:, place[probe_of(feature, month)]]
            columns.append(np.where(np.isnan(seen), FARTHEST if feature.name == FRONTIER_GAP else 0.0, seen))
    return np.column_stack(columns).astype(np.float32)


def absent_in(block: Block, scenario: Scenario, month: int) -> dict[str, np.ndarray]:
    """Firm -> (2, worlds) whether it is gone, and whether it has not entered, by the end of a calendar month."""
    states = states_at(event_months(block.histories), month - scenario.start + 1)
    gone = states[State.ACQUIRED] | states[State.CLOSED]
    return {
        firm: np.stack([gone[:, row], states[State.NEVER_ENTERED][:, row]])
        for firm, row in layout_of(scenario).singles.items()
    }
