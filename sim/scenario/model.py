"""A validated scenario as flat, immutable data. Calendar months are ints: year * 12 + month - 1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SERIES, LINE = "series", "line"


@dataclass(frozen=True, slots=True)
class Value:
    """A number, a distribution or a series, with its source.

    ``kind`` is "number", "uniform" (low, high), "triangular" (low, mode, high), "normal" (mean, sd),
    "lognormal" (median, log_sd) or "choice" (equally likely numbers). Of a value that changes, "series" (steps) or
    "line" (straight between), ``months`` are the calendar months of its numbers (scenario/series.py).
    """

    kind: str
    numbers: tuple[float, ...]
    source: str = "assumption"
    note: str = ""
    months: tuple[int, ...] = ()

    @property
    def uncertain(self) -> bool:
        """True if worlds differ in it."""
        return self.kind not in ("number", SERIES, LINE)

    @property
    def changing(self) -> bool:
        """True if months differ in it."""
        return self.kind in (SERIES, LINE)


@dataclass(frozen=True, slots=True)
class Firm:
    """A firm, or with ``copies`` > 0 a class of anonymous firms ``<id>-001`` and on.

    ``values`` holds every firm assumption of the catalogue (defaults filled in). ``enters`` None: never.
    ``listed`` and ``pivoted``: the month before the start in which it did so; None: not yet.
    """

    id: str
    name: str
    kind: str
    enters: int | None
    listed: int | None
    pivoted: int | None
    copies: int
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Change:
    """From calendar month ``first`` to ``last`` inclusive (None: for good) ``path`` is set, multiplied or raised.

    ``op`` is "set", "times" or "plus"; what ``value`` may be then is value.range_of. ``origin`` is "events.<id>"; a
    dated ``--set`` is the event ``set-1``, ``set-2``, ... Changes are in the order in which they apply: by month, then
    in file order, dated sets last among those of their month.
    """

    path: str
    first: int
    last: int | None
    op: str
    value: Value
    origin: str
    source: str = "assumption"


@dataclass(frozen=True, slots=True)
class Claim:
    """A forecast or a fact: ``when`` and ``given`` are propositions as plain data (scenario/proposition.py)."""

    id: str
    says: str
    source: str
    when: Mapping[str, Any]
    given: Mapping[str, Any] | None = None
    happened: bool | None = None  # facts only


@dataclass(frozen=True, slots=True)
class Probe:
    """A quantity at the end of a calendar month that a proposition asks for; ``firm`` None: the market's."""

    firm: str | None
    quantity: str
    month: int


@dataclass(frozen=True, slots=True)
class Scenario:
    """One question: an industry, its assumptions, its dated events, and what is asked of it.

    ``assumptions`` maps "assumptions.<mechanism>.<name>" to its Value, complete (defaults filled in).
    ``given`` are the paths the file or a ``--set`` states; the rest are defaults.
    ``resolved`` is the plain data (dates as text) that runs again to the same result, for scenario.yaml.
    ``places`` are file and line of the events, by ``events.<id>``, for messages.
    """

    name: str
    title: str
    description: str
    currency: str
    start: int
    end: int
    worlds: int
    seed: int
    firms: tuple[Firm, ...]
    groups: Mapping[str, tuple[str, ...]]
    assumptions: Mapping[str, Value]
    changes: tuple[Change, ...]
    claims: tuple[Claim, ...]
    facts: tuple[Claim, ...]
    probes: tuple[Probe, ...]
    given: frozenset[str]
    resolved: Mapping[str, Any]
    notices: tuple[str, ...] = field(default=())
    places: Mapping[str, tuple[str | None, int | None]] = field(default_factory=dict, compare=False)

    @property
    def ticks(self) -> int:
        """Number of months simulated."""
        return self.end - self.start + 1
