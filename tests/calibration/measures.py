"""What the flagship says of 2023-26, measured in traced worlds, beside what the evidence says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

import sim
from sim.engine.simulate import Trace
from sim.foundation.columns import EVENT, NEVER
from sim.scenario.dates import month_of
from sim.scenario.model import Scenario

SIX = ("zhipu", "minimax", "moonshot", "stepfun", "baichuan", "zero-one")
ROUNDS = (EVENT["round"], EVENT["down round"])
# investors who score everybody alike: money follows what is asked for, and nobody is refused
EQUAL_SCORES = (
    "assumptions.rounds.concentration=0",
    "assumptions.rounds.bar_hot=-10",
    "assumptions.rounds.bar_normal=-10",
    "assumptions.rounds.bar_cold=-10",
)


@dataclass(frozen=True)
class Seen:
    """One traced world and the means to ask about it."""

    scenario: Scenario
    trace: Trace

    def tick(self, date: str) -> int:
        month = month_of(date)
        assert month is not None
        return month - self.scenario.start + 1

    def row(self, firm: str) -> int:
        return self.trace.ids.index(firm)

    def months(self, firm: str, column: str, first: str, last: str) -> np.ndarray:
        """A column of a firm's row, month by month, from ``first`` to ``last`` inclusive."""
        return np.asarray(self.trace.firms[column][self.tick(first) : self.tick(last) + 1, self.row(firm)])

    def burn(self, firm: str, first: str, last: str) -> float:
        """Mean monthly spending less collections and grants."""
        parts = [self.months(firm, name, first, last) for name in ("spending", "collections", "grant_in")]
        return float((parts[0] - parts[1] - parts[2]).mean())

    def revenue(self, firm: str, first: str, last: str) -> float:
        return float(self.months(firm, "revenue", first, last).sum())

    def margin(self, firm: str, line: str, first: str, last: str) -> float:
        """Gross margin of API or projects, weighted by revenue."""
        revenue = self.months(firm, f"revenue_{line}", first, last)
        column = {"api": "api_margin", "projects": "project_margin"}[line]
        return float((self.months(firm, column, first, last) * revenue).sum() / revenue.sum())

    def events(self, codes: Iterable[int], first: str, last: str, firms: Iterable[str]) -> np.ndarray:
        """Rows of the log: the events of these kinds and firms in these months."""
        log, rows = self.trace.events, [self.row(firm) for firm in firms]
        inside = (log["month"] >= self.tick(first)) & (log["month"] <= self.tick(last))
        return log[inside & np.isin(log["event"], list(codes)) & np.isin(log["firm"], rows)]

    def market(self, column: str, date: str) -> float:
        return float(self.trace.market[column][self.tick(date)])

    def listed(self, firm: str, by: str) -> bool:
        return bool(self.trace.firms["listing_month"][self.tick(by), self.row(firm)] <= self.tick(by))

    def ipo(self, firm: str, by: str) -> tuple[float, float] | None:
        """(proceeds, value before the money) of a listing by ``by``."""
        month = int(self.trace.firms["listing_month"][-1, self.row(firm)])
        if month == NEVER or month > self.tick(by):
            return None
        told = self.events([EVENT["listing"]], "2023-07", by, [firm])
        return float(self.trace.firms["ipo_in"][month, self.row(firm)]), float(told["value"][0])


Measure = Callable[[Seen], Iterable[float]]


@dataclass(frozen=True)
class Row:
    """One line of the table: what, what the evidence says (text and range), and how a world answers."""

    what: str
    evidence: str
    source: str
    low: float
    high: float
    measure: Measure
    percent: bool = False
    values: list[float] = field(default_factory=list)

    def verdict(self) -> str:
        """met: the median is in the range; near: the band of 5-95% reaches it; missed: it does not."""
        low, middle, high = np.percentile(self.values, [5, 50, 95])
        if self.low <= middle <= self.high:
            return "met"
        return "near" if low <= self.high and high >= self.low else "missed"

    def text(self, verdict: str | None = None) -> str:
        """The line of the table; ``verdict`` stands in for its own."""
        middle, band = middle_and_band(self.values, self.percent)
        told = (self.what, self.evidence, self.source, middle, band, verdict or self.verdict())
        return f"| {' | '.join(told)} |"


def middle_and_band(values: list[float], percent: bool) -> tuple[str, str]:
    """Median, and 5 to 95%, as a table shows them."""
    low, middle, high = (number(float(x), percent) for x in np.percentile(values, [5, 50, 95]))
    return middle, f"{low} to {high}"


def number(value: float, percent: bool = False) -> str:
    """A number as a table shows it."""
    if percent:
        return f"{100 * value:.0f}%"
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:.2f}"


def ratio_api(seen: Seen) -> Iterable[float]:
    """API revenue of the six, half a year from June 2024 over the half-year before the price war."""
    after = sum(seen.months(f, "revenue_api", "2024-06", "2024-11").sum() for f in SIX)
    before = sum(seen.months(f, "revenue_api", "2023-11", "2024-04").sum() for f in SIX)
    return [after / before]


def training() -> list[Row]:
    """Facts to the end of 2024: what the defaults and the flagship were set by."""
    hot = ("2023-07", "2024-12")
    return [
        Row(
            "Zhipu, net burn a month, second half of 2023",
            "about 67",
            "P-ZP-12, P-ZP-23 (52 over the year, grown evenly to 187)",
            50,
            85,
            lambda s: [s.burn("zhipu", "2023-07", "2023-12")],
        ),
        Row(
            "MiniMax, the same",
            "about 67",
            "P-MM-14, P-MM-28 (53 over the year, grown evenly to 154)",
            50,
            85,
            lambda s: [s.burn("minimax", "2023-07", "2023-12")],
        ),
        Row(
            "Zhipu, net burn a month, 2024",
            "150 to 200",
            "P-ZP-23 (187)",
            150,
            200,
            lambda s: [s.burn("zhipu", "2024-01", "2024-12")],
        ),
        Row(
            "MiniMax, the same",
            "150 to 200",
            "P-MM-28 (154)",
            150,
            200,
            lambda s: [s.burn("minimax", "2024-01", "2024-12")],
        ),
        Row(
            "Rounds of the six to the end of 2024, size",
            "1,500 to 5,000",
            "P-MM-40, P-MS-02, S003-07",
            1500,
            5000,
            lambda s: s.events(ROUNDS, *hot, SIX)["value"].tolist(),
        ),
        Row(
            "The same rounds, post-money",
            "8,000 to 20,000",
            "P-MM-40, P-MS-02, S003-06",
            8000,
            20000,
            lambda s: s.events(ROUNDS, *hot, SIX)["worth"].tolist(),
        ),
        Row(
            "Zhipu, revenue of 2024",
            "100 to 300",
            "P-ZP-04 (312)",
            100,
            320,
            lambda s: [s.revenue("zhipu", "2024-01", "2024-12")],
        ),
        Row(
            "MiniMax, revenue of 2024",
            "100 to 300",
            "P-MM-03 (218)",
            100,
            300,
            lambda s: [s.revenue("minimax", "2024-01", "2024-12")],
        ),
        Row(
            "Zhipu, gross margin of API before the price war (July 2023 to April 2024)",
            "31% to 76%",
            "P-ZP-34, P-ZP-35",
            0.31,
            0.76,
            lambda s: [s.margin("zhipu", "api", "2023-07", "2024-04")],
            percent=True,
        ),
        Row(
            "Zhipu, gross margin of API in it (June to December 2024)",
            "near 0%",
            "P-ZP-36 (3% over 2024)",
            -0.1,
            0.1,
            lambda s: [s.margin("zhipu", "api", "2024-06", "2024-12")],
            percent=True,
        ),
        Row(
            "Zhipu, gross margin of projects, 2024",
            "near 60%",
            "P-ZP-32 (66%)",
            0.53,
            0.68,
            lambda s: [s.margin("zhipu", "projects", "2024-01", "2024-12")],
            percent=True,
        ),
        Row(
            "API revenue of the six, June to November 2024 over the half-year before the war",
            "about half",
            "S003-15",
            0.4,
            0.6,
            ratio_api,
        ),
    ]


def later() -> list[Row]:
    """Facts after 2024: shown beside the model, never tuned to."""
    by = "2026-04"
    return [
        Row(
            "Zhipu, net burn a month, first half of 2025",
            "327",
            "P-ZP-24",
            294,
            360,
            lambda s: [s.burn("zhipu", "2025-01", "2025-06")],
        ),
        Row(
            "MiniMax, net burn a month, 2025",
            "150",
            "P-MM-17",
            135,
            165,
            lambda s: [s.burn("minimax", "2025-01", "2025-12")],
        ),
        Row(
            "Zhipu, revenue of 2025",
            "about 700",
            "P-ZP-53",
            630,
            770,
            lambda s: [s.revenue("zhipu", "2025-01", "2025-12")],
        ),
        Row(
            "MiniMax, revenue of 2025",
            "565",
            "P-MM-05",
            508,
            622,
            lambda s: [s.revenue("minimax", "2025-01", "2025-12")],
        ),
        Row(
            "Moonshot, cash at the end of 2025",
            "above 10,000",
            "P-MS-09",
            10_000,
            1e9,
            lambda s: [float(s.months("moonshot", "cash", "2025-12", "2025-12")[0])],
        ),
        Row(
            "Zhipu, IPO proceeds, if listed by April 2026",
            "3,900",
            "P-ZP-54",
            3510,
            4290,
            lambda s: [found[0]] if (found := s.ipo("zhipu", by)) else [],
        ),
        Row(
            "Zhipu, value at listing",
            "45,700",
            "P-ZP-54 (derived)",
            41_100,
            50_300,
            lambda s: [found[1]] if (found := s.ipo("zhipu", by)) else [],
        ),
        Row(
            "MiniMax, IPO proceeds, if listed by April 2026",
            "4,300",
            "P-MM-42",
            3870,
            4730,
            lambda s: [found[0]] if (found := s.ipo("minimax", by)) else [],
        ),
        Row(
            "MiniMax, value at listing",
            "45,100",
            "P-MM-42",
            40_600,
            49_600,
            lambda s: [found[1]] if (found := s.ipo("minimax", by)) else [],
        ),
        Row("Venture money of 2025", "9,416", "P-MK-06", 8474, 10_358, lambda s: [s.market("venture_year", "2025-12")]),
        top_four("2025"),
        top_four("2026"),
    ]


def top_four(year: str, when: str = "") -> Row:
    """Share of the four largest in a year's venture money, where any was raised."""

    def share(seen: Seen) -> Iterable[float]:
        found = seen.market("top_four_share", f"{year}-12")
        return [found] if found > 0 else []

    what = f"Share of the four largest in the venture money of {year}"
    return Row(f"{what}, {when}" if when else what, "above 90%", "S002-13", 0.9, 1, share, percent=True)


def fill(rows: list[Row], scenario: Scenario, worlds: int) -> None:
    """Trace ``worlds`` worlds of ``scenario`` and collect what every row measures in them."""
    for world in range(worlds):
        seen = Seen(scenario, sim.trace(scenario, world))
        for row in rows:
            row.values.extend(float(value) for value in row.measure(seen))
