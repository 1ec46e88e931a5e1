"""What the statements are read from: the state of every world, month by month, and numbers made of it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from sim.engine.simulate import watch
from sim.engine.state import of_firms, of_market
from sim.foundation.columns import INDEPENDENT, NEVER
from sim.foundation.world import World
from sim.scenario.model import Scenario
from tools.severities.estimating import Estimate, mean, share, times
from tools.severities.seen import FLAGSHIP, SIX, Runs, tick

FIRM = (
    "kind",
    "status",
    "pivot_month",
    "deep",
    "listing_month",
    "test_month",
    "abandoned_month",
    "spin_off_month",
    "called_month",
    "cash",
    "spending",
    "venture_in",
    "strategic_in",
    "ipo_in",
    "placement_in",
    "runway",
    "refused_months",
    "gap",
    "talent",
    "users",
    "revenue",
    "revenue_consumer",
    "revenue_api",
    "revenue_projects",
    "revenue_vertical",
    "gross_profit",
    "research",
    "marketing",
    "smooth_revenue",
    "ttm_flow",
    "value",
    "premium",
    "founders_stake",
    "unit_cost",
    "vertical_margin",
    "vertical_dso",
    "vertical_delay",
    "project_margin",
    "overhead",
)
MARKET = (
    "frontier_cost",
    "open_gap",
    "inference_trend",
    "concentration",
    "top_four_share",
    "copied",
    "leader",
    "second",
    "third",
)
PANELS = 5  # kept at a time; one of 1,000 worlds takes some 200 MB
Firms = tuple[str, ...]


class Panel:
    """Columns of all firms and of the market, (worlds, months, firms) and (worlds, months); month 0 is the opening."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario, self.last = scenario, scenario.ticks
        self.ids: tuple[str, ...] = ()
        self._firm: dict[str, np.ndarray] = {}
        self._market: dict[str, np.ndarray] = {}
        watch(scenario, 0, scenario.worlds, self._see)

    def _see(self, ids: tuple[str, ...], tile: World) -> None:
        worlds, months = self.scenario.worlds, self.last + 1
        if not self.ids:
            self.ids = ids
            self._firm = {name: np.zeros((worlds, months, len(ids)), np.float32) for name in FIRM}
            self._market = {name: np.zeros((worlds, months), np.float32) for name in MARKET}
        rows = of_market(tile, "world")
        for name, kept in self._firm.items():
            kept[rows, tile.tick] = of_firms(tile, name)
        for name, kept in self._market.items():
            kept[rows, tile.tick] = of_market(tile, name)

    def month(self, date: str) -> int:
        """The tick of a calendar month."""
        return tick(self.scenario, date)

    def span(self, since: str, until: str) -> slice:
        """The months from ``since`` to ``until``, both within."""
        return slice(self.month(since), self.month(until) + 1)

    def firm(self, name: str, firms: Firms = SIX) -> np.ndarray:
        """(worlds, months, firms) a column of firms."""
        return self._firm[name][:, :, [self.ids.index(firm) for firm in firms]]

    def market(self, name: str) -> np.ndarray:
        """(worlds, months) a column of the market."""
        return self._market[name]

    def all_of(self, kind: int, name: str) -> np.ndarray:
        """(worlds, months) a column summed over the independent firms of a kind."""
        there = (self._firm["kind"] == kind) & (self._firm["status"] == INDEPENDENT)
        return np.asarray((self._firm[name] * there).sum(axis=2, dtype=float))

    def there(self, firms: Firms = SIX) -> np.ndarray:
        """(worlds, months, firms) who is independent at the end of a month."""
        return np.asarray(self.firm("status", firms) == INDEPENDENT)

    def racing(self, firms: Firms = SIX) -> np.ndarray:
        """(worlds, months, firms) who is independent and in the general race."""
        return self.there(firms) & ~self.past("pivot_month", firms)

    def past(self, name: str, firms: Firms = SIX) -> np.ndarray:
        """(worlds, months, firms) to whom something has happened, by its column of months."""
        return np.asarray(self.firm(name, firms) <= np.arange(self.last + 1)[:, None])

    def came(self, name: str, firms: Firms = SIX) -> np.ndarray:
        """(worlds, firms) the tick at which it happened, or NEVER: by the column at the horizon."""
        return self.firm(name, firms)[:, -1].astype(np.int64)

    def since(self, name: str, came: np.ndarray, months: int, firms: Firms = SIX) -> np.ndarray:
        """(worlds, firms) a column ``months`` after ``came``; NaN of who is then gone or cannot be followed so far."""
        at = came + months
        followed = (came < NEVER) & (at >= 0) & (at <= self.last)
        at = np.where(followed, at, 0)[:, None, :]
        values, there = (np.take_along_axis(a, at, 1)[:, 0] for a in (self.firm(name, firms), self.there(firms)))
        return np.where(followed & there, values, np.nan)

    def flow(self, name: str, firms: Firms = SIX) -> np.ndarray:
        """(worlds, months, firms) a column of who is there; 0 of the gone, whose row stands still."""
        return np.asarray(self.firm(name, firms) * self.there(firms))

    def money(self, firms: Firms = SIX) -> np.ndarray:
        """(worlds, months, firms) what all investors give: unlisted ones and those of the exchange."""
        return self.rounds(firms) + self.flow("ipo_in", firms) + self.flow("placement_in", firms)

    def rounds(self, firms: Firms = SIX) -> np.ndarray:
        """(worlds, months, firms) what unlisted investors give, state-linked and strategic ones too."""
        return self.flow("venture_in", firms) + self.flow("strategic_in", firms)

    def over(self, name: str, since: str, until: str, firms: Firms = SIX) -> np.ndarray:
        """(worlds, firms) a column summed over the months of a span; NaN of who is gone at its end."""
        span = self.span(since, until)
        total = self.firm(name, firms)[:, span].sum(axis=1, dtype=float)
        return np.where(self.there(firms)[:, span.stop - 1], total, np.nan)

    def chosen_over_refused(self, values: np.ndarray, since: str, until: str) -> np.ndarray:
        """(worlds,) mean of (worlds, months, six) ``values`` of who gets venture money, less that of the refused."""
        span = self.span(since, until)
        refused = (self.firm("refused_months")[:, span] > 0.0) & self.there()[:, span]
        chosen = self.flow("venture_in")[:, span] > 0.0
        return by_world(np.where(chosen, values[:, span], np.nan)) - by_world(
            np.where(refused, values[:, span], np.nan)
        )


@dataclass
class Worlds(Runs):
    """Runs that also show the state: the panels of the last variants, and the baseline's for good."""

    _panels: OrderedDict[tuple[str, tuple[str, ...]], Panel] = field(default_factory=OrderedDict)

    def add(self, name: str, scenario: Scenario) -> str:
        """A scenario of another making is asked for by this name; gives the name back."""
        self._loaded[name] = scenario
        return name

    def panel(self, sets: tuple[str, ...] = (), name: str = FLAGSHIP) -> Panel:
        """The state of a scenario's worlds with ``sets``."""
        key = (name, sets)
        if key not in self._panels:
            for old in [k for k in self._panels if k != (FLAGSHIP, ())][: max(len(self._panels) - PANELS, 0)]:
                del self._panels[old]
            self._panels[key] = Panel(self.scenario(sets, name))
        self._panels.move_to_end(key)
        return self._panels[key]


Measure = Callable[[Worlds], Estimate]

# Numbers of worlds


def known(values: np.ndarray) -> Estimate:
    """The mean over worlds of what is known of it: (worlds,) with NaN."""
    return mean(values[np.isfinite(values)])


def by_world(values: np.ndarray) -> np.ndarray:
    """(worlds,) the mean of what is known in each world: (worlds, ...) with NaN; NaN where nothing is."""
    flat = values.reshape(values.shape[0], -1)
    count = np.isfinite(flat).sum(axis=1)
    return np.where(count > 0, np.nansum(flat, axis=1) / np.maximum(count, 1), np.nan)


def typical(ratios: np.ndarray) -> Estimate:
    """The geometric mean of (worlds, firms) positive ratios with NaN: firms in a world first, then worlds."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found = known(by_world(np.log(ratios)))
    return Estimate(*np.exp(found).tolist())


def ratio(one: np.ndarray, other: np.ndarray) -> Estimate:
    """How many times the sum over worlds of one amount is that of another; (worlds,) amounts of the same worlds."""
    ones = np.ones(one.shape)
    return times((one, ones), (other, ones))


def part(some: np.ndarray, whole: np.ndarray) -> Estimate:
    """Per cent of an amount: the ratio of two sums over worlds, a part of the whole."""
    return Estimate(*(100.0 * end for end in ratio(some, whole)))


def of_those(flags: np.ndarray, among: np.ndarray) -> Estimate:
    """Per cent of all that are ``among`` that have ``flags``: (worlds, ...) of both, pooled over worlds."""
    worlds = flags.shape[0]
    counts = [a.reshape(worlds, -1).sum(axis=1) for a in (flags & among, among)]
    return share(*counts)
