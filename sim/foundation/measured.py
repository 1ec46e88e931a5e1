"""What can be measured of a firm or of the market in a month, for propositions and facts.

Beside the quantities whose paths are kept (histograms.py) these are flows and what follows from columns: each is a sum
of products of columns, so that a reader can check it here and the recorder can compute it in one loop.
"""

from __future__ import annotations

from typing import NamedTuple

from sim.foundation.columns import API, MARKETS, PROJECTS, VERTICAL
from sim.foundation.histograms import LANDSCAPE, PATHS, SHARE


class Term(NamedTuple):
    """``factor`` times a column, times another one where ``times`` names it. ``column`` empty: the factor alone."""

    factor: float
    column: str
    times: str = ""


class Measured(NamedTuple):
    """The sum of ``terms``, over the column ``over`` where it names one, in months in which the sum of the columns
    ``where`` is above zero (none named: in all); else 0, or, with ``missing``, nothing.

    ``of_giants``: it means something of a giant, whose accounts are open.
    """

    name: str
    unit: str
    label: str
    terms: tuple[Term, ...]
    over: str = ""
    where: tuple[str, ...] = ()
    missing: bool = False
    of_giants: bool = False


MONEY_A_MONTH = "¤ a month"
FRONTIER_GAP = "gap"  # to the frontier: who is nearest leads
OFF_EXCHANGE = ("venture_in", "strategic_in")  # what investors pay a firm off the exchange


def _column(name: str, unit: str, label: str, of_giants: bool = False) -> Measured:
    return Measured(name, unit, label, (Term(1.0, name),), of_giants=of_giants)


def _sum(name: str, label: str, *terms: tuple[float, str], unit: str = MONEY_A_MONTH) -> Measured:
    return Measured(name, unit, label, tuple(Term(*term) for term in terms))


OF_A_FIRM: tuple[Measured, ...] = (
    *(_column(quantity.name, quantity.unit, quantity.label, quantity.of_giants) for quantity in PATHS),
    _column("receivables", "¤", "receivables"),
    _column("post_money", "¤", "post-money valuation of the last round"),
    _column("cash_open", "¤", "cash at the start of the month"),
    *(
        _column(f"revenue_{line}", MONEY_A_MONTH, label, of_giants=True)
        for line, label in (
            ("consumer", "consumer revenue"),
            ("api", "API revenue"),
            ("projects", "project revenue"),
            ("vertical", "vertical revenue"),
        )
    ),
    _sum(
        "revenue_business",
        "revenue from business customers",
        (1.0, "revenue_api"),
        (1.0, "revenue_projects"),
        (1.0, "revenue_vertical"),
    ),
    _column("research", MONEY_A_MONTH, "research spending"),
    _column("marketing", MONEY_A_MONTH, "marketing spending"),
    _column("spending", MONEY_A_MONTH, "spending"),
    _column("gross_profit", MONEY_A_MONTH, "gross profit"),
    Measured("profit_api", MONEY_A_MONTH, "gross profit of API", (Term(1.0, "api_margin", "revenue_api"),)),
    Measured(
        "profit_projects", MONEY_A_MONTH, "gross profit of projects", (Term(1.0, "project_margin", "revenue_projects"),)
    ),
    _sum("burn_month", "net burn of the month", (1.0, "spending"), (-1.0, "collections"), (-1.0, "grant_in")),
    _sum("loss", "operating loss", (1.0, "spending"), (1.0, "bad_debt"), (-1.0, "revenue")),
    _sum("money_in", "money raised off the exchange", *((1.0, name) for name in OFF_EXCHANGE)),
    _column("ipo_in", MONEY_A_MONTH, "IPO proceeds"),
    Measured("rounds_closed", "rounds", "months in which money came in", (Term(1.0, ""),), where=OFF_EXCHANGE),
    Measured("round_price", "¤", "post-money valuation of a round", (Term(1.0, "post_money"),), where=OFF_EXCHANGE),
    Measured("offer", "¤", "value at the offer price", (Term(1.0, "ipo_in"),), over="float_share", where=("ipo_in",)),
)
OF_THE_MARKET: tuple[Measured, ...] = (
    *(
        Measured(
            quantity.name,
            quantity.unit,
            quantity.label,
            (Term(1.0, quantity.name),),
            # a share of nothing, which the market's row holds as 0, is missing: no share of something is 0
            where=(quantity.name,) if quantity.grid == SHARE else (),
            missing=quantity.grid == SHARE,
        )
        for quantity in LANDSCAPE
    ),
    Measured(
        "business_at_home",
        MONEY_A_MONTH,
        "business markets at home, at the prices paid",
        (
            Term(1.0, MARKETS[API], "api_take_home"),
            Term(1.0, MARKETS[PROJECTS], "project_price"),
            Term(1.0, MARKETS[VERTICAL]),
        ),
    ),
)
MEASURED = {one.name: one for one in (*OF_A_FIRM, *OF_THE_MARKET)}
