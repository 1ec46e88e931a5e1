"""Every mechanism there is, as data: the one list from which validation, dtypes, schema and docs derive."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sim.foundation.assumption import Assumption, Mechanism
from sim.industry import (
    acquisition,
    burn,
    climate,
    closure,
    demand,
    endgame,
    entry,
    exchange,
    frontier,
    inference,
    marketing,
    open_source,
    overseas,
    paradigm,
    pivot,
    price_war,
    receivables,
    redemption,
    releases,
    rounds,
    spin_off,
    strategic,
    take_off,
    talent,
    value,
)
from sim.laws import listing, scale, vertical

MECHANISMS: tuple[Mechanism, ...] = tuple(
    module.MECHANISM
    for module in (
        scale,
        listing,
        vertical,
        frontier,
        open_source,
        inference,
        paradigm,
        demand,
        take_off,
        marketing,
        price_war,
        overseas,
        burn,
        receivables,
        climate,
        rounds,
        strategic,
        redemption,
        value,
        exchange,
        talent,
        entry,
        releases,
        pivot,
        spin_off,
        acquisition,
        closure,
        endgame,
    )
)

# "assumptions.<mechanism>.<name>" -> declaration
ASSUMPTIONS: Mapping[str, Assumption] = MappingProxyType(
    {f"assumptions.{m.name}.{a.name}": a for m in MECHANISMS for a in m.all_assumptions()}
)
# "<name>" of "firms.<id>.<name>" -> declaration
FIRM_ASSUMPTIONS: Mapping[str, Assumption] = MappingProxyType({a.name: a for m in MECHANISMS for a in m.firm})


def declared_at(path: str) -> Assumption | None:
    """The declaration of what ``path`` leads to, dates and events included ("events.war.set.firms.acme.cash@2025-07");
    None where it is no assumption.
    """
    path = path.partition("@")[0]
    path = path.partition(".set.")[2] if path.startswith("events.") else path
    if path.startswith("firms."):
        return FIRM_ASSUMPTIONS.get(path.rpartition(".")[2])
    return ASSUMPTIONS.get(path)
