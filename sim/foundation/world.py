"""What a law is handed: one world at one month."""

from __future__ import annotations

from typing import Any, NamedTuple

from sim.foundation.jit import law


class World(NamedTuple):
    """One world at one month, or a tile of worlds, whose columns are rows of worlds (lanes.py).

    ``firms``    records, one a firm: state and strategy (columns.FIRM_COLUMNS and firm assumptions)
    ``market``   record: the market's row (columns.MARKET_COLUMNS)
    ``assume``   record: every assumption in force, ``<mechanism>_<name>``
    ``shares``   (firms, 8) share of every firm in every market; the outside option has what is left
    ``sizes``    (8,) size of every market, RMB million a month (consumer: million potential users)
    ``luck``     records, one a firm: this month's draws (engine/luck.py names them)
    ``chance``   record: this month's draws for the market
    ``log``      record array that ``tell`` writes to, ``told`` (2,): rows written, 1 if everything is to be told
    ``tick``     month of the run, 1 is the start; ``month`` calendar month, year * 12 + month - 1
    ``worlds``   how many worlds there are: of one world 1
    """

    firms: Any
    market: Any
    assume: Any
    shares: Any
    sizes: Any
    luck: Any
    chance: Any
    log: Any
    told: Any
    tick: int
    month: int
    worlds: int = 1


@law
def tell(world, firm, event, value, cause, saw, other=-1):  # type: ignore[no-untyped-def]
    """Append one event to the log: who (row, -1 the market), what, how much, which rule fired, what it saw.

    ``other`` is the row of a counterparty. The firm's valuation is noted as it stands: tell what has been done.
    """
    row = world.log[world.told[0]]
    row.world = world.market.world
    row.month = world.tick
    row.firm = firm
    row.event = event
    row.value = value
    row.cause = cause
    row.saw = saw
    row.worth = world.firms[firm].value if firm >= 0 else 0.0
    row.other = other
    world.told[0] += 1
