"""A validated scenario as flat, immutable data. Calendar months are ints: year * 12 + month - 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sim.foundation.months import month_text
from sim.foundation.notebook import Shown
from sim.foundation.states import A_GIANT, A_STARTUP
from sim.scenario.frozen import Frozen

SERIES, LINE, JOINT = "series", "line", "joint"
ENSEMBLE_FILE = "ensemble.parquet"  # what an ensemble is called beside the scenario.yaml of a result
AT, SUM, LARGEST = "at", "sum", "largest"


@dataclass(frozen=True, slots=True)
class Value:
    """A number, a distribution or a series, with its source.

    ``kind`` is "number", "uniform" (low, high), "triangular" (low, mode, high), "normal" (mean, sd),
    "lognormal" (median, log_sd) or "choice" (equally likely numbers); or "joint", the draws of an ensemble, of which
    each world takes one row (scenario/ensemble.py). Of a value that changes, "series" (steps) or
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
    kind: str = ""  # of facts: the class, whose other events are its base rate
    before: bool | None = None  # of facts: whether it was so at the end of the training window, if that is known


@dataclass(frozen=True, slots=True)
class Reported:
    """A fact that is a number: ``low`` = ``high``, a range, or a bound with infinity on the other side.

    ``measure`` is what is measured in each world, as plain data (scenario/amount.py), in worlds in which ``given`` is
    true. ``tolerance`` is the share of itself by which what was reported may be off; ``before`` is the same number at
    the end of the training window, if it is known. ``too_low`` and ``too_high`` say why the model may lie there.
    """

    id: str
    says: str
    source: str
    measure: Mapping[str, Any]
    given: Mapping[str, Any] | None
    low: float
    high: float
    tolerance: float
    kind: str = ""
    before: float | None = None
    too_low: str = ""
    too_high: str = ""


@dataclass(frozen=True, slots=True)
class Probe:
    """A quantity that a proposition or a fact asks for (foundation/measured.py); ``firm`` None: the market's.

    ``how`` it is asked for: ``AT`` the end of the calendar ``month``; as ``SUM`` of, or as ``LARGEST`` of, the months
    from ``first`` to ``month``.
    """

    firm: str | None
    quantity: str
    month: int
    first: int | None = None
    how: str = AT


@dataclass(frozen=True, slots=True, repr=False)
class Scenario(Shown):
    """One question: an industry, its assumptions, its dated events, and what is asked of it.

    ``assumptions`` maps "assumptions.<mechanism>.<name>" to its Value, complete (defaults filled in).
    ``given`` are the paths the file or a ``--set`` states; the rest are defaults.
    ``resolved`` is the plain data (dates as text) that runs again to the same result, for scenario.yaml.
    ``ensemble`` is the file that its joint draws are from, ``fitted_to`` the last month (YYYY-MM) of the facts they
    were made from, ``uncalibrated`` what was stated for their paths before, ``priors`` what was thought possible of
    them (study/priors.py): lowest, highest, stated, and the scale between.
    ``places`` are file and line of the events, by ``events.<id>``, for messages.
    ``luck`` is the seed of all that happens by chance in the months, in place of ``seed``, which is then that of what
    is uncertain alone. ``draws`` is how many different draws there are: world k has drawn what world k modulo ``draws``
    has. No keys of a file: they make worlds with the same draws and other luck (study/replicates.py).
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
    reported: tuple[Reported, ...] = ()
    ensemble: str = ""
    fitted_to: str = ""
    uncalibrated: Mapping[str, Value] = field(default_factory=dict)
    priors: Mapping[str, tuple[float, float, float, str]] = field(default_factory=dict)
    notices: tuple[str, ...] = field(default=())
    places: Mapping[str, tuple[str | None, int | None]] = field(default_factory=dict, compare=False)
    luck: int | None = None
    draws: int | None = None

    def __repr__(self) -> str:
        """One line: who is in it, when, and how it is simulated."""
        firms = ", ".join(f"{self.firms_of_kind(kind)} {kind}s" for kind in (A_STARTUP, A_GIANT))
        months = f"{month_text(self.start)} to {month_text(self.end)}"
        return f"<Scenario {self.name}: {firms}, {months}, worlds={self.worlds}, seed={self.seed}>"

    def firms_of_kind(self, kind: str) -> int:
        """Number of its firms that are "startup" or "giant", every firm of a class counted."""
        return sum(max(firm.copies, 1) for firm in self.firms if firm.kind == kind)

    @property
    def ticks(self) -> int:
        """Number of months simulated."""
        return self.end - self.start + 1


def values_at(firms: Sequence[Firm], assumptions: Mapping[str, Value]) -> dict[str, Value]:
    """Path -> what is assumed there, of the industry and of every firm."""
    traits = {f"firms.{firm.id}.{name}": value for firm in firms for name, value in firm.values.items()}
    return {**assumptions, **traits}


def with_values(
    firms: Sequence[Firm], assumptions: Mapping[str, Value], values: Mapping[str, Value]
) -> tuple[tuple[Firm, ...], Mapping[str, Value]]:
    """``firms`` and ``assumptions`` with ``values`` (path -> Value) in place of their own."""
    changed = tuple(
        replace(firm, values=Frozen({n: values.get(f"firms.{firm.id}.{n}", v) for n, v in firm.values.items()}))
        for firm in firms
    )
    return changed, Frozen({path: values.get(path, value) for path, value in assumptions.items()})
