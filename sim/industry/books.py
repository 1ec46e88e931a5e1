"""Books: the half-year is closed; twelve months' revenue and cash flow; the first year in profit is noted.

Accounting, not a mechanism: there is nothing to switch off. Revenue is seasonal (P-ZP-06), hence trailing
twelve months.
"""

from sim.foundation.causes import YEAR_IN_PROFIT
from sim.foundation.columns import EVENT, INDEPENDENT, NEVER, STARTUP
from sim.foundation.jit import law
from sim.foundation.world import tell

PROFITABLE = EVENT["profitable"]


@law
def close_half(firm):
    """Close one firm's half-year: trailing twelve months from running totals."""
    if firm.halves >= 1:
        firm.ttm_revenue = firm.revenue_total - firm.revenue_year
        firm.ttm_flow = firm.flow_total - firm.flow_year
    firm.revenue_year, firm.revenue_half = firm.revenue_half, firm.revenue_total
    firm.flow_year, firm.flow_half = firm.flow_half, firm.flow_total
    firm.halves += 1


@law
def step(world):
    """Close the half-year of every firm."""
    for f in range(world.firms.shape[0]):
        firm = world.firms[f]
        if firm.status != INDEPENDENT:
            continue
        close_half(firm)
        profit = firm.halves >= 2 and firm.ttm_flow >= 0.0 and firm.ttm_revenue > 0.0
        if firm.kind == STARTUP and profit and firm.profitable_month == NEVER:
            firm.profitable_month = world.tick
            tell(world, f, PROFITABLE, firm.ttm_flow, YEAR_IN_PROFIT, firm.ttm_flow)
