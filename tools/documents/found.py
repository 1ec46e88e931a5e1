"""What was found in a scenario: outcomes of laws, forecasts, and what moves them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from tools.severities.estimating import Estimate


class Moved(NamedTuple):
    """A mechanism switched off: how many points the forecast's probability moves by, and per cent it is then."""

    mechanism: str
    points: Estimate
    share: Estimate


class Shift(NamedTuple):
    """The mean over worlds of an outcome: before, after, and the paired difference with its 95% interval."""

    before: float
    after: float
    difference: Estimate


class Beside(NamedTuple):
    """A second mechanism switched off: how that changes the difference that a law makes, and the difference then."""

    mechanism: str
    change: Estimate
    difference: Estimate


class Told(NamedTuple):
    """A forecast in a scenario, as claims.csv gives it; ``moved`` by every mechanism.

    ``probability`` is a share with the 95% interval of luck, NaN where no world is asked; ``sd`` the spread between
    draws with its own.
    """

    probability: Estimate
    worlds: int
    sd: Estimate
    moved: tuple[Moved, ...] = ()


@dataclass(frozen=True)
class Measured:
    """A scenario: ``laws`` has the outcomes of every law by its mechanism, ``forecasts`` every claim by its id.

    ``beside`` has, by law and place of an outcome that does not bear it out, every other mechanism switched off too.
    """

    name: str
    title: str
    laws: Mapping[str, tuple[Shift, ...]]
    forecasts: Mapping[str, Told]
    beside: Mapping[tuple[str, int], tuple[Beside, ...]] = field(default_factory=dict)
