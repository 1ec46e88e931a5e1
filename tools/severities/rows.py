"""The rows of "signs and severities": what is asked of the flagship, in which range, and what measures it.

A row that asks for a difference takes it in the same worlds. Shares are per cent, differences points.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from sim.foundation.columns import CLOSED, NEVER
from tools.severities.estimating import Estimate, largest, mean, of_worlds, share, times
from tools.severities.seen import FLAGSHIP, SEVEN, SIX, Ended, Runs, Watched, tick

NO_LIMIT = float("inf")
END, SOON, JUDGED = "2030-12", "2028-04", "2026-04"
SHOCK, SHOCK_SEEN = "2025-01", "2025-06"
ABANDONED_FOR, REFUSED_FOR = 36, 24  # months after which a firm is looked at again
GIANTS = ("bytedance", "alibaba", "tencent", "baidu", "huawei", "xiaomi")
LAWS = (("scale", "law 1"), ("listing", "law 2"), ("vertical", "law 3"))
DIALS = ("0", "0.5", "1", "2")


PER_CENT, POINTS, TIMES = "%", "points", "times"
NO_DIFFERENCE = {POINTS: 0.0, TIMES: 1.0}


class Row(NamedTuple):
    """One thing asked: ``text`` with its ``unit``, the range from ``low`` to ``high``, and what measures it.

    ``strict``: the ends do not count as met ("survival falls", "under 5%").
    """

    name: str
    text: str
    unit: str
    low: float
    high: float
    measure: Callable[[Runs], Estimate]
    strict: bool = False

    def met_by(self, value: float) -> bool:
        """True if ``value`` lies in the range; NaN does not."""
        return self.low < value < self.high if self.strict else self.low <= value <= self.high

    @property
    def sign(self) -> int:
        """+1 or -1 where only values above or below "no difference" can meet the row, 0 where both can."""
        if self.unit not in NO_DIFFERENCE:
            return 0
        return 1 if self.low >= NO_DIFFERENCE[self.unit] else -1 if self.high <= NO_DIFFERENCE[self.unit] else 0

    def right_way(self, value: float) -> bool:
        """True if ``value`` lies on the side of "no difference" that the row asks for."""
        return self.sign * (value - NO_DIFFERENCE[self.unit]) > 0.0


Sets = tuple[str, ...]
NOTHING: Sets = ()
CAPITAL_OFF = (
    *(f"assumptions.{channel}.on=0@{SHOCK}" for channel in ("rounds", "strategic", "exchange")),
    f"firms.deepseek.grant_month=0@{SHOCK}",
)
WINDOW_SHUT = ("assumptions.exchange.window=0@2025-07",)
NO_PIVOT = tuple(f"firms.{firm}.pivots=never" for firm in SIX)
PIVOT = tuple(f"firms.{firm}.pivots=2025-01" for firm in SIX)
LIGHT = (*PIVOT, *(f"firms.{firm}.keeps_core=0" for firm in SIX))
DEEP = (*PIVOT, *(f"firms.{firm}.keeps_core=1" for firm in SIX))
NO_SHOCK = (f"assumptions.open_source.release=0@{SHOCK}..{SHOCK}",)
FULL_FOCUS = tuple(f"firms.{giant}.focus=1" for giant in GIANTS)


def at(law: str, dial: str) -> Sets:
    """A law at a strength; the flagship's own is 1."""
    return NOTHING if dial == "1" else (f"assumptions.{law}.strength={dial}",)


def independent(ended: Ended, firms: Sets = SIX) -> np.ndarray:
    """(worlds,) per cent of ``firms`` that are independent at the horizon."""
    return np.asarray(100.0 * ended.state("independent", END, firms).mean(axis=1))


def survivors(sets: Sets = NOTHING) -> Callable[[Runs], Estimate]:
    """Per cent of the six that are independent at the horizon."""
    return lambda runs: mean(independent(runs.ended(sets)))


def difference(sets: Sets, base: Sets = NOTHING) -> Callable[[Runs], Estimate]:
    """How many points more of the six are independent with ``sets`` than with ``base``, in the same worlds."""
    return lambda runs: mean(independent(runs.ended(sets)) - independent(runs.ended(base)))


def most_helped(sets: Sets) -> Callable[[Runs], Estimate]:
    """The same of the one of the seven whom ``sets`` help most."""

    def measure(runs: Runs) -> Estimate:
        with_sets, without = (runs.ended(s).state("independent", END, SEVEN) for s in (sets, NOTHING))
        return largest(100.0 * (with_sets.astype(float) - without))

    return measure


def out_soon(runs: Runs) -> Estimate:
    """Per cent of the six that are closed or bought by 2028-04."""
    return mean(100.0 * (1.0 - runs.ended().state("independent", SOON).mean(axis=1)))


def closures(runs: Runs) -> Estimate:
    """Closures among the exits of the six."""
    fates = runs.ended().column("fate")
    gone = runs.ended().column("exit_month") < NEVER
    return share((gone & (fates == CLOSED)).sum(axis=1), gone.sum(axis=1))


def all_seven(runs: Runs) -> Estimate:
    """Worlds in which all seven are independent in April 2026."""
    return of_worlds(runs.ended().state("independent", JUDGED, SEVEN).all(axis=1))


def race_of_few(runs: Runs) -> Estimate:
    """Worlds with two or three startups in the general race in 2028-04."""
    racing = runs.ended().state("general", SOON, SEVEN).sum(axis=1)
    return of_worlds((racing == 2) | (racing == 3))


def zombies(runs: Runs) -> Estimate:
    """Zombies among the independent startups at the horizon."""
    return share(runs.flagship.zombies, runs.flagship.left)


def hazard(one: str, other: str) -> Callable[[Runs], Estimate]:
    """How many times the monthly exit hazard of one class of the six is that of another."""

    def rate(seen: Watched, name: str) -> tuple[np.ndarray, np.ndarray]:
        return seen.exits[name], seen.months[name]

    return lambda runs: times(rate(runs.flagship, one), rate(runs.flagship, other))


def still_there(ended: Ended, since: np.ndarray, months: int) -> tuple[np.ndarray, np.ndarray]:
    """(worlds,) of the six to whom something came at ``since``, independent ``months`` later, and all of them.

    Only those who can be followed so long count.
    """
    followed = (since < NEVER) & (since + months <= ended.scenario.ticks)
    gone = ended.column("exit_month") <= since + months
    return (followed & ~gone).sum(axis=1), followed.sum(axis=1)


def after_abandonment(runs: Runs) -> Estimate:
    """Of the abandoned, who is independent ABANDONED_FOR months later."""
    ended = runs.ended()
    return share(*still_there(ended, ended.column("abandoned_month").astype(np.int64), ABANDONED_FOR))


def after_refusals(runs: Runs) -> Estimate:
    """Of those refused for a year, who is bought or closed REFUSED_FOR months later."""
    left, followed = still_there(runs.ended(), runs.flagship.refused, REFUSED_FOR)
    return share(followed - left, followed)


def pivots(sets: Sets, base: Sets, until: str, since: str = "") -> Callable[[Runs], Estimate]:
    """How many points more of the six pivot in a span of months with ``sets`` than with ``base``."""

    def measure(runs: Runs) -> Estimate:
        shares = []
        for ended in (runs.ended(sets), runs.ended(base)):
            month, first = ended.column("pivot_month"), tick(ended.scenario, since) if since else 0
            shares.append(100.0 * ((month >= first) & (month <= tick(ended.scenario, until))).mean(axis=1))
        return mean(shares[0] - shares[1])

    return measure


def endgame(name: str = FLAGSHIP) -> Callable[[Runs], Estimate]:
    """Worlds of a scenario that reach the endgame by the horizon."""
    return lambda runs: of_worlds(runs.ended(name=name).endgame < NEVER)


def startup_leads(runs: Runs) -> Estimate:
    """Worlds in which a startup is nearer to the frontier than every giant in mid-2026."""
    return of_worlds(runs.flagship.startup_leads)


def giant_leads(runs: Runs) -> Estimate:
    """Worlds in which no startup is, when models are the giants' main business."""
    return of_worlds(~runs.watched(FULL_FOCUS).startup_leads)


def falls(name: str, text: str, *sets: str) -> Row:
    """A row of which only is asked that fewer of the six survive."""
    return Row(name, text, POINTS, -NO_LIMIT, 0.0, difference(sets), strict=True)


def steps() -> list[Row]:
    """Each law at 0, 0.5, 1, 2: from one strength to the next fewer of the six survive."""
    found = []
    for law, called in LAWS:
        for lower, upper in pairwise(DIALS):
            text = f"{called} at {upper} against {lower}: the six"
            measure = difference(at(law, upper), at(law, lower))
            found.append(Row(f"{law} {lower} to {upper}", text, POINTS, -NO_LIMIT, 0.0, measure, strict=True))
    return found


ROWS: tuple[Row, ...] = (
    Row("capital off", "capital off from 2025-01: the six independent", PER_CENT, 0, 30, survivors(CAPITAL_OFF)),
    Row("six", "the six independent in 2030-12", PER_CENT, 45, 65, survivors()),
    Row("out soon", "of the six out by 2028-04", PER_CENT, 10, 30, out_soon),
    Row("closures", "closures among the exits of the six", PER_CENT, 25, 60, closures),
    Row("all seven", "all seven independent in April 2026", PER_CENT, 75, 100, all_seven),
    Row("zombies", "zombies among the independent startups", PER_CENT, 0, 25, zombies),
    Row("law 1", "law 1 off: the six", POINTS, 8, 20, difference(at("scale", "0"))),
    Row("race of few", "two or three startups in the race in 2028-04", PER_CENT, 50, 100, race_of_few),
    Row(
        "ecosystem",
        "`scale.ecosystem` 3 against 0: the six",
        POINTS,
        -NO_LIMIT,
        -2,
        difference(("assumptions.scale.ecosystem=3",), ("assumptions.scale.ecosystem=0",)),
    ),
    Row("law 2", "law 2 off: the six", POINTS, 5, 15, difference(at("listing", "0"))),
    Row("window shut", "window shut from 2025-07: the six", POINTS, -25, -5, difference(WINDOW_SHUT)),
    Row("window helps", "the same: the one of the seven it helps most", POINTS, -100, 5, most_helped(WINDOW_SHUT)),
    Row(
        "untested",
        "exit hazard in loss: listed and not yet tested over unlisted",
        TIMES,
        0,
        0.7,
        hazard("untested in loss", "unlisted in loss"),
        strict=True,
    ),
    Row(
        "abandoned",
        "exit hazard in loss: listed and failed the test over unlisted",
        TIMES,
        1.5,
        NO_LIMIT,
        hazard("abandoned in loss", "unlisted in loss"),
        strict=True,
    ),
    Row("after a failed test", "failed the test: independent 36 months later", PER_CENT, 60, 90, after_abandonment),
    Row("refused", "refused 12 months: bought or closed within 24", PER_CENT, 50, 80, after_refusals),
    Row("law 3", "law 3 off: the six", POINTS, 4, NO_LIMIT, difference(at("vertical", "0"))),
    Row(
        "light, law 3",
        "law 3 off: the six, all forced to pivot lightly in 2025-01",
        POINTS,
        15,
        40,
        difference((*LIGHT, *at("vertical", "0")), LIGHT),
    ),
    falls("no pivot", "none of the six may pivot: the six", *NO_PIVOT),
    Row("light", "forced light pivot of the six in 2025-01: independent", PER_CENT, 25, 50, survivors(LIGHT)),
    Row("deep", "forced deep against forced light pivot: the six", POINTS, 15, NO_LIMIT, difference(DEEP, LIGHT)),
    Row(
        "racers",
        "exit hazard: racers over deep pivoters",
        TIMES,
        0,
        1,
        hazard("racer", "deep pivoter"),
        strict=True,
    ),
    Row(
        "deep pivoters",
        "exit hazard: deep pivoters over light pivoters",
        TIMES,
        0,
        1,
        hazard("deep pivoter", "light pivoter"),
        strict=True,
    ),
    *steps(),
    falls("exodus", "three times the exodus after a pivot: the six", "assumptions.talent.exodus_month=0.15"),
    falls("poaching", "four times the poaching: the six", "assumptions.talent.poach_quarter=0.06"),
    falls(
        "marketing",
        "rivals' marketing up: the six",
        "firms.bytedance.marketing_intensity=20",
        "firms.alibaba.marketing_intensity=10",
    ),
    falls("custom cost", "custom work costs more: the six", "assumptions.vertical.custom_cost=0.7"),
    falls("compute", "compute three times as dear from 2026-07: the six", "assumptions.inference.scarcity=3@2026-07"),
    Row(
        "hot",
        "climate hot for good from 2024-07: the six",
        POINTS,
        0,
        NO_LIMIT,
        difference(("assumptions.climate.regime=0@2024-07",)),
        strict=True,
    ),
    Row(
        "lag",
        "open source 4 months behind against 24: of the six pivoted",
        POINTS,
        0,
        NO_LIMIT,
        pivots(("assumptions.open_source.lag_months=4",), ("assumptions.open_source.lag_months=24",), END),
        strict=True,
    ),
    Row(
        "shock",
        "the shock of 2025-01 against none: of the six pivoted within six months",
        POINTS,
        0,
        NO_LIMIT,
        pivots(NOTHING, NO_SHOCK, SHOCK_SEEN, SHOCK),
        strict=True,
    ),
    Row("endgame", "endgame by 2030", PER_CENT, 5, 60, endgame()),
    Row("endgame, early", "endgame by 2030 in `not-late-stage`", PER_CENT, -1, 5, endgame("not-late-stage"), True),
    Row("endgame, late", "endgame by 2030 in `late-stage`", PER_CENT, 100 / 3, 101, endgame("late-stage"), True),
    Row("startup leads", "a startup leads all giants in mid-2026", PER_CENT, 50, 101, startup_leads, True),
    Row("giant leads", "with focus 1 a giant leads in mid-2026", PER_CENT, 50, 101, giant_leads, True),
)
