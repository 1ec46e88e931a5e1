"""What the worlds of the flagship went through to April 2026, month by month, for the facts to be measured in."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from sim.engine.simulate import watch
from sim.foundation.columns import EVENT, INDEPENDENT, LOG_DTYPE, MARKETS
from sim.foundation.months import month_of
from sim.foundation.world import World
from sim.scenario.model import Scenario

LAST = "2026-04"  # the facts end here: no later month is simulated
KEPT = (
    "status",
    "listing_month",
    "pivot_month",
    "profitable_month",
    "cash",
    "receivables",
    "users",
    "value",
    "post_money",
    "gap",
    "spending",
    "collections",
    "grant_in",
    "venture_in",
    "strategic_in",
    "ipo_in",
    "bad_debt",
    "research",
    "marketing",
    "gross_profit",
    "api_margin",
    "project_margin",
    "revenue",
    "revenue_consumer",
    "revenue_api",
    "revenue_projects",
    "revenue_vertical",
)


KEPT_OF_MARKET = ("api_take_home", "project_price")


@dataclass(frozen=True)
class History:
    """The worlds of a scenario.

    ``firms``    column -> (worlds, firms, months + 1) float32, the opening and the end of every month
    ``market``   column -> (worlds, months + 1) float32
    ``sizes``    (worlds, markets, months + 1) sizes of the markets;  ``endgame`` (worlds,) its tick, or NEVER
    ``offers``   (worlds, firms) value at which a firm listed; NaN where it did not
    """

    start: int
    ids: tuple[str, ...]
    startups: tuple[str, ...]
    firms: dict[str, np.ndarray]
    market: dict[str, np.ndarray]
    sizes: np.ndarray
    endgame: np.ndarray
    offers: np.ndarray

    def tick(self, date: str) -> int:
        """The tick of a calendar month YYYY-MM."""
        month = month_of(date)
        assert month is not None
        return month - self.start + 1

    def months(self, firm: str, column: str, first: str, last: str) -> np.ndarray:
        """(worlds, months) a column of a firm, both months included; NaN where it is gone by ``last``."""
        row, stop = self.ids.index(firm), self.tick(last)
        found = self.firms[column][:, row, self.tick(first) : stop + 1].astype(float)
        found[self.firms["status"][:, row, stop] != INDEPENDENT] = np.nan
        return np.asarray(found)

    def at(self, firm: str, column: str, date: str) -> np.ndarray:
        """(worlds,) a column of a firm at the end of a month; NaN where it is gone."""
        return np.asarray(self.months(firm, column, date, date)[:, 0])

    def reached(self, firm: str, milestone: str, by: str) -> np.ndarray:
        """(worlds,) bool: the month of a milestone lies not after ``by``, whatever became of the firm."""
        row, tick = self.ids.index(firm), self.tick(by)
        return np.asarray(self.firms[f"{milestone}_month"][:, row, tick] <= tick)

    def independent(self, firm: str, date: str) -> np.ndarray:
        """(worlds,) bool: there and neither bought nor closed at the end of the month."""
        return np.asarray(self.firms["status"][:, self.ids.index(firm), self.tick(date)] == INDEPENDENT)

    def raised(self, firm: str, first: str, last: str) -> np.ndarray:
        """(worlds, months) money of venture, state-linked and strategic investors; also of who is gone later."""
        row, months = self.ids.index(firm), slice(self.tick(first), self.tick(last) + 1)
        parts = (self.firms[name][:, row, months].astype(float) for name in ("venture_in", "strategic_in"))
        return np.asarray(sum(parts))


def history(scenario: Scenario, worlds: int) -> History:
    """Simulate ``worlds`` worlds of ``scenario`` to LAST and keep what the facts ask for."""
    end = month_of(LAST)
    assert end is not None
    short = dataclasses.replace(scenario, end=end)
    ids = tuple(firm.id for firm in scenario.firms)
    months = short.ticks + 1
    firms = {name: np.zeros((worlds, len(ids), months), np.float32) for name in KEPT}
    market = {name: np.zeros((worlds, months), np.float32) for name in KEPT_OF_MARKET}
    sizes, endgame = np.zeros((worlds, len(MARKETS), months), np.float32), np.zeros(worlds, np.int64)
    offers = np.full((worlds, len(ids)), np.nan)

    def see(rows: tuple[str, ...], tile: World) -> None:
        order, which = [rows.index(firm) for firm in ids], np.asarray(tile.market["world"])
        state = np.asarray(tile.firms)[:, order]
        for name in KEPT:
            firms[name][which, :, tile.tick] = state[name]
        for name in KEPT_OF_MARKET:
            market[name][which, tile.tick] = np.asarray(tile.market[name])
        sizes[which, :, tile.tick] = tile.sizes
        endgame[which] = tile.market["endgame_month"]
        told = np.asarray(tile.log)[: int(tile.told[0])].view(LOG_DTYPE)
        listings = told[told["event"] == EVENT["listing"]]
        offers[listings["world"], [ids.index(rows[row]) for row in listings["firm"]]] = listings["value"]

    watch(short, 0, worlds, see)
    startups = tuple(firm.id for firm in scenario.firms if firm.kind == "startup")
    return History(scenario.start, ids, startups, firms, market, sizes, endgame, offers)
