"""How a fact is measured in the worlds: each measure gives one number a world, NaN where the world does not count.

An event is 1 where it happened and 0 where it did not. Whose firm is gone does not count for a quantity. The first line
of each docstring stands in docs/calibration.md.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np

from sim.foundation.columns import API, INDEPENDENT, PROJECTS, VERTICAL
from tools.calibration.history import History
from tools.severities.seen import FAR_BEHIND, SIX

BUSINESS = ("api", "projects", "vertical")


def flag(happened: np.ndarray) -> np.ndarray:
    return np.asarray(happened, float)


def where(count: np.ndarray, values: np.ndarray) -> np.ndarray:
    """``values`` of the worlds that count, NaN in the others."""
    return np.where(count, values, np.nan)


def ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)


# quantities


def burn(seen: History, firm: str, first: str, last: str) -> np.ndarray:
    """Net burn: spending less collections and grants, mean of the months."""
    parts = [seen.months(firm, name, first, last) for name in ("spending", "collections", "grant_in")]
    return np.asarray((parts[0] - parts[1] - parts[2]).mean(axis=1))


def loss(seen: History, firm: str, first: str, last: str) -> np.ndarray:
    """Operating loss as in the books: spending and bad debt less revenue, mean of the months."""
    parts = [seen.months(firm, name, first, last) for name in ("spending", "bad_debt", "revenue")]
    return np.asarray((parts[0] + parts[1] - parts[2]).mean(axis=1))


def total(seen: History, firm: str, column: str, first: str, last: str) -> np.ndarray:
    """Sum of the months: revenue (`revenue`, or of a line), research (`research`: people and compute)."""
    return np.asarray(seen.months(firm, column, first, last).sum(axis=1))


def business_revenue(seen: History, firm: str, first: str, last: str) -> np.ndarray:
    """Revenue of API, projects and verticals, sum of the months."""
    return np.asarray(sum(total(seen, firm, f"revenue_{line}", first, last) for line in BUSINESS))


def over_revenue(seen: History, firm: str, column: str, first: str, last: str) -> np.ndarray:
    """A cost (marketing) over revenue, both summed over the months."""
    return ratio(total(seen, firm, column, first, last), total(seen, firm, "revenue", first, last))


def revenue_over_research(seen: History, firm: str, first: str, last: str) -> np.ndarray:
    """Revenue over research spending, both summed over the months."""
    return ratio(total(seen, firm, "revenue", first, last), total(seen, firm, "research", first, last))


def gross_margin(seen: History, firm: str, first: str, last: str) -> np.ndarray:
    """Gross profit over revenue, both summed over the months."""
    return ratio(total(seen, firm, "gross_profit", first, last), total(seen, firm, "revenue", first, last))


def line_margin(seen: History, firm: str, line: str, first: str, last: str) -> np.ndarray:
    """Gross margin of API or projects, weighted by revenue."""
    revenue = seen.months(firm, f"revenue_{line}", first, last)
    margin = seen.months(firm, {"api": "api_margin", "projects": "project_margin"}[line], first, last)
    return ratio((margin * revenue).sum(axis=1), revenue.sum(axis=1))


def run_rate(seen: History, firm: str, line: str, at: str) -> np.ndarray:
    """Twelve times the revenue of a line in the month."""
    return 12.0 * seen.at(firm, f"revenue_{line}", at)


def stock(seen: History, firm: str, column: str, at: str) -> np.ndarray:
    """Cash, receivables or users at the end of the month."""
    return seen.at(firm, column, at)


def raised(seen: History, firm: str, first: str, last: str) -> np.ndarray:
    """Money of all investors off the exchange in the months, in worlds in which there was any."""
    found = seen.raised(firm, first, last).sum(axis=1)
    return where(found > 0, found)


def price(seen: History, firm: str, first: str, last: str) -> np.ndarray:
    """Post-money of the last round, in worlds in which one closed in the months."""
    row, stop = seen.ids.index(firm), seen.tick(last)
    closed = (seen.raised(firm, first, last) > 0).any(axis=1)
    return where(closed, seen.firms["post_money"][:, row, stop].astype(float))


def proceeds(seen: History, firm: str, by: str) -> np.ndarray:
    """IPO proceeds, in worlds in which the firm has listed by then."""
    found = seen.firms["ipo_in"][:, seen.ids.index(firm), : seen.tick(by) + 1].astype(float).sum(axis=1)
    return where(seen.reached(firm, "listing", by), found)


def offer(seen: History, firm: str, by: str) -> np.ndarray:
    """Value at the offer price, in worlds in which the firm has listed by then."""
    return where(seen.reached(firm, "listing", by), seen.offers[:, seen.ids.index(firm)])


def market_cap(seen: History, firm: str, at: str) -> np.ndarray:
    """Value at the end of the month, in worlds in which the firm is listed then."""
    return where(seen.reached(firm, "listing", at), seen.at(firm, "value", at))


def raised_by_all(seen: History, first: str, last: str) -> np.ndarray:
    """Money of all investors off the exchange in the months, all start-ups together."""
    return np.asarray(sum(seen.raised(firm, first, last).sum(axis=1) for firm in seen.startups))


def raised_since_start(seen: History, firm: str, by: str) -> np.ndarray:
    """Cash at the opening and all money of investors off the exchange since."""
    row = seen.ids.index(firm)
    since = seen.firms["venture_in"][:, row, : seen.tick(by) + 1].astype(float)
    since = since + seen.firms["strategic_in"][:, row, : seen.tick(by) + 1]
    return where(seen.independent(firm, by), since.sum(axis=1) + seen.firms["cash"][:, row, 0])


def market_growth(seen: History, year: int) -> np.ndarray:
    """Business markets at home (API, projects, verticals) at the prices paid, the year over the year before."""
    prices = {API: seen.market["api_take_home"], PROJECTS: seen.market["project_price"], VERTICAL: 1.0}
    paid = np.asarray(sum(seen.sizes[:, line] * price for line, price in prices.items()), float)
    this, before = (slice(seen.tick(f"{y}-01"), seen.tick(f"{y}-12") + 1) for y in (year, year - 1))
    return ratio(paid[:, this].sum(axis=1), paid[:, before].sum(axis=1))


def part_of_revenue(seen: History, firm: str, line: str, first: str, last: str) -> np.ndarray:
    """Revenue of a line over all revenue, both summed over the months."""
    return ratio(total(seen, firm, f"revenue_{line}", first, last), total(seen, firm, "revenue", first, last))


def largest_round(seen: History, first: str, last: str) -> np.ndarray:
    """The largest round of the six in the months."""
    return np.asarray(np.stack([seen.raised(firm, first, last) for firm in SIX]).max(axis=(0, 2)))


def raised_by_six(seen: History, first: str, last: str) -> np.ndarray:
    """Money of all investors off the exchange in the months, the six together."""
    return np.asarray(sum(seen.raised(firm, first, last).sum(axis=1) for firm in SIX))


def rounds(seen: History, last: str) -> np.ndarray:
    """Sizes of all rounds of the six, pooled over worlds."""
    found = np.stack([seen.raised(firm, "2023-07", last) for firm in SIX])
    return np.asarray(found[found > 0])


def prices(seen: History, last: str) -> np.ndarray:
    """Post-money of all rounds of the six, pooled over worlds."""
    closed = np.stack([seen.raised(firm, "2023-07", last) for firm in SIX]) > 0
    rows = [seen.ids.index(firm) for firm in SIX]
    post = seen.firms["post_money"][:, rows, 1 : seen.tick(last) + 1].astype(float)
    return np.asarray(post.swapaxes(0, 1)[closed])


def last_prices(seen: History, at: str) -> np.ndarray:
    """Post-money of the last round of each of the six, at the end of a month, pooled over worlds."""
    found = seen.firms["post_money"][:, [seen.ids.index(firm) for firm in SIX], seen.tick(at)].astype(float)
    return np.asarray(found[found > 0])


def api_after_war(seen: History) -> np.ndarray:
    """API revenue of the six, June to November 2024 over November 2023 to April 2024."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        halves = ("2024-06", "2024-11"), ("2023-11", "2024-04")
        after, before = (np.nansum([total(seen, f, "revenue_api", *half) for f in SIX], axis=0) for half in halves)
    return ratio(after, before)


# events


def listed(seen: History, firm: str, by: str) -> np.ndarray:
    """The firm lists by then."""
    return flag(seen.reached(firm, "listing", by))


def pivoted(seen: History, firm: str, by: str) -> np.ndarray:
    """The firm leaves the general race by then."""
    return flag(seen.reached(firm, "pivot", by))


def profitable(seen: History, firm: str, by: str) -> np.ndarray:
    """The firm has a year in profit (operating cash flow at or above zero) by then."""
    return flag(seen.reached(firm, "profitable", by))


def gone(seen: History, firm: str, by: str) -> np.ndarray:
    """The firm is bought or closes by then."""
    return flag(~seen.independent(firm, by))


def large_round(seen: History, firm: str, above: float, first: str, last: str) -> np.ndarray:
    """A round above an amount in the months, of any investors off the exchange."""
    return flag((seen.raised(firm, first, last) > above).any(axis=1))


def among_first(seen: History, firm: str, places: int, at: str) -> np.ndarray:
    """Of the seven start-ups the firm is one of the few nearest to the frontier at the end of the month."""
    gaps = gap(seen, seen.startups, at)
    own = gap(seen, (firm,), at)
    return flag((own[:, 0] < FAR_BEHIND) & ((gaps < own).sum(axis=1) < places))


def gap(seen: History, firms: tuple[str, ...], at: str) -> np.ndarray:
    """(worlds, firms) gap to the frontier; FAR_BEHIND of who is not there."""
    rows, tick = [seen.ids.index(firm) for firm in firms], seen.tick(at)
    there = seen.firms["status"][:, rows, tick] == INDEPENDENT
    return np.where(there, seen.firms["gap"][:, rows, tick], FAR_BEHIND)


def racing(seen: History, number: int, at: str) -> np.ndarray:
    """Exactly so many of the six are independent and in the general race at the end of the month."""
    racers = [seen.independent(firm, at) & ~seen.reached(firm, "pivot", at) for firm in SIX]
    return flag(np.sum(racers, axis=0) == number)


def all_independent(seen: History, at: str) -> np.ndarray:
    """All seven start-ups are independent at the end of the month."""
    return flag(np.all([seen.independent(firm, at) for firm in seen.startups], axis=0))


def listed_number(seen: History, number: int, at: str) -> np.ndarray:
    """Exactly so many of the seven start-ups have listed by the end of the month."""
    return flag(np.sum([seen.reached(firm, "listing", at) for firm in seen.startups], axis=0) == number)


def large_rounds(seen: History, number: int, above: float, first: str, last: str) -> np.ndarray:
    """Exactly so many of the seven start-ups have a round above an amount in the months."""
    found = [large_round(seen, firm, above, first, last) for firm in seen.startups]
    return flag(np.sum(found, axis=0) == number)


def startup_leads(seen: History, at: str) -> np.ndarray:
    """A start-up is nearer to the frontier than every giant at the end of the month."""
    giants = tuple(firm for firm in seen.ids if firm not in seen.startups)
    return flag(gap(seen, seen.startups, at).min(axis=1) < gap(seen, giants, at).min(axis=1))


def endgame(seen: History, by: str) -> np.ndarray:
    """The endgame has begun by then."""
    return flag(seen.endgame <= seen.tick(by))


Measure = Callable[..., np.ndarray]
QUANTITIES: dict[str, Measure] = {
    f.__name__: f
    for f in (
        burn,
        loss,
        total,
        business_revenue,
        over_revenue,
        revenue_over_research,
        gross_margin,
        line_margin,
        run_rate,
        stock,
        raised,
        price,
        proceeds,
        offer,
        market_cap,
        raised_by_all,
        raised_since_start,
        market_growth,
        part_of_revenue,
        largest_round,
        raised_by_six,
        rounds,
        prices,
        last_prices,
        api_after_war,
    )
}
EVENTS: dict[str, Measure] = {
    f.__name__: f
    for f in (
        listed,
        pivoted,
        profitable,
        gone,
        large_round,
        among_first,
        racing,
        all_independent,
        listed_number,
        large_rounds,
        startup_leads,
        endgame,
    )
}
