"""Every mechanism there is, as data: the one list from which validation, dtypes, schema and docs derive."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sim.foundation.assumption import Assumption, Mechanism
from sim.industry import burn, closure

MECHANISMS: tuple[Mechanism, ...] = (burn.MECHANISM, closure.MECHANISM)

# "assumptions.<mechanism>.<name>" -> declaration
ASSUMPTIONS: Mapping[str, Assumption] = MappingProxyType(
    {f"assumptions.{m.name}.{a.name}": a for m in MECHANISMS for a in m.all_assumptions()}
)
# "<name>" of "firms.<id>.<name>" -> declaration
FIRM_ASSUMPTIONS: Mapping[str, Assumption] = MappingProxyType({a.name: a for m in MECHANISMS for a in m.firm})
