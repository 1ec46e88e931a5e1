"""Units of money: declared without a currency, shown in the scenario's.

The model knows amounts, not currencies. A declaration writes ``MONEY`` where the scenario's unit of money stands
("¤ a month"), and whoever shows a unit asks ``unit_in`` for it in the scenario's ``currency``, which is a label:
nothing is ever converted.
"""

from __future__ import annotations

MONEY = "¤"
DEFAULT_CURRENCY = "RMB million"  # that the defaults of the assumptions are in


def unit_in(unit: str, currency: str = DEFAULT_CURRENCY) -> str:
    """A declared ``unit`` with the scenario's currency in it.

    "¤ a month" in "USD million" is "USD million a month"; "¤ per million users" is "USD per user".
    """
    return unit.replace(MONEY, currency).replace(" million per million users", " per user")
