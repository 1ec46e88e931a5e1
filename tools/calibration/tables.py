"""The tables of docs/calibration.md, made from the worlds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from sim.outcomes.intervals import of_worlds
from tools.calibration.facts import MEASURES, Event, Facts, Quantity
from tools.calibration.history import History
from tools.calibration.scores import (
    NO_KNOWLEDGE,
    Forecast,
    brier,
    coverage,
    leave_one_out,
    log_score,
    middle,
    place,
)

LEVELS = (0.5, 0.9)
INSIDE_ASKED = 0.75  # of the quantities, inside the 90% interval
FEW_WORLDS = 100  # worlds; below, a quantity is not judged


class Judged(NamedTuple):
    """A quantity, and the numbers of the worlds that count for it."""

    quantity: Quantity
    values: np.ndarray

    @property
    def counts(self) -> bool:
        return self.values.size >= FEW_WORLDS

    def inside(self, level: float) -> bool:
        """True if the middle ``level`` of the worlds holds what was reported, or any of a reported range."""
        return middle(self.values, level).holds(self.quantity.low, self.quantity.high)

    @property
    def outside_all(self) -> bool:
        """True if what was reported lies above or below every world."""
        return self.quantity.low > self.values.max() or self.quantity.high < self.values.min()

    @property
    def too_low(self) -> bool:
        """True if the model lies below what was reported."""
        return bool(np.median(self.values) < self.quantity.point)


class Told(NamedTuple):
    """An event, the probability that the worlds give it, and the base rate of its class without it."""

    event: Event
    forecast: Forecast
    base: Forecast

    @property
    def impossible(self) -> bool:
        """True if no world did what happened."""
        return self.forecast.probability == (0.0 if self.event.happened else 1.0)


def judged(facts: Facts, seen: History) -> list[Judged]:
    """Every quantity, measured."""
    return [Judged(quantity, quantity.fact.measured(seen)) for quantity in facts.quantities]


def told(facts: Facts, seen: History) -> list[Told]:
    """Every event, with both probabilities."""
    found = []
    for kind in dict.fromkeys(event.kind for event in facts.events):
        events = [event for event in facts.events if event.kind == kind]
        for event, base in zip(events, leave_one_out([event.happened for event in events]), strict=True):
            values = event.fact.measured(seen)
            found.append(Told(event, Forecast(float(values.mean()), values.size, event.happened), base))
    return found


def number(value: float, percent: bool = False) -> str:
    """A number as a table shows it."""
    if percent:
        return f"{100 * value:.0f}%"
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:.2f}"


def share(value: float) -> str:
    """A probability: "31%"; "below 1%" and "above 99%" where it would round to none or all."""
    if 0.0 < value < 0.01:
        return "below 1%"
    return "above 99%" if 0.99 < value < 1.0 else f"{100 * value:.0f}%"


def span(values: np.ndarray, level: float, percent: bool) -> str:
    low, high = middle(values, level)
    return f"{number(low, percent)} to {number(high, percent)}"


def table(head: str, rules: str, rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join([head, rules, *(f"| {' | '.join(row)} |" for row in rows)])


# the training window


def verdict(quantity: Quantity, values: np.ndarray) -> str:
    """met: the median is in the range; near: the band of 5 to 95% reaches it; missed: it does not."""
    if quantity.low <= np.median(values) <= quantity.high:
        return "met"
    return "near" if middle(values, 0.9).holds(quantity.low, quantity.high) else "missed"


def training_table(facts: Facts, seen: History) -> str:
    rows = []
    for quantity in facts.training:
        values, percent = quantity.fact.measured(seen), quantity.percent
        says = (quantity.fact.says, quantity.evidence, ", ".join(quantity.fact.sources))
        found = (number(float(np.median(values)), percent), span(values, 0.9, percent), verdict(quantity, values))
        rows.append(("T", *says, *found))
    return table(
        "| | what | evidence | source | median | 5-95% | |", "| --- | --- | --- | --- | ---: | ---: | --- |", rows
    )


# events


def happened(yes: bool) -> str:
    return "yes" if yes else "no"


def events_table(all_told: list[Told]) -> str:
    rows = []
    for one in all_told:
        p, n = one.forecast.probability, one.forecast.cases
        low, high = (100 * float(end) for end in of_worlds(p, n))
        says = (one.event.kind, one.event.fact.says, ", ".join(one.event.fact.sources), happened(one.event.happened))
        rows.append(("X", *says, share(p), f"{low:.0f}-{high:.0f}%", share(one.base.probability)))
    return table(
        "| | class | event | source | happened | share of worlds | 95% | base rate of the others |",
        "| --- | --- | --- | --- | --- | ---: | ---: | ---: |",
        rows,
    )


def scores_table(all_told: list[Told]) -> str:
    """Both scores, of all events and of each class, for the worlds, the base rate and a guess of one half."""
    kinds = dict.fromkeys(one.event.kind for one in all_told)
    rows = []
    for kind in (None, *kinds):
        part = [one for one in all_told if kind in (None, one.event.kind)]
        guess = [Forecast(NO_KNOWLEDGE, 2, one.event.happened) for one in part]
        sources = [one.forecast for one in part], [one.base for one in part], guess
        scores = [f"{score(source):.3f}" for score in (brier, log_score) for source in sources]
        count = f"{len(part)} ({sum(one.event.happened for one in part)} happened)"
        rows.append((kind or "**all**", count, *scores))
    return table(
        "| class | events | Brier, worlds | base rate | one half | log, worlds | base rate | one half |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        rows,
    )


# quantities


def reported(quantity: Quantity) -> str:
    """What was reported: "327", "10 to 15", "at least 3,000"."""
    low, high = number(quantity.low, quantity.percent), number(quantity.high, quantity.percent)
    if np.isinf(quantity.high):
        return f"at least {low}"
    return low if quantity.low == quantity.high else f"{low} to {high}"


def lies(one: Judged) -> str:
    """Where what was reported lies among the worlds."""
    if one.outside_all:
        return "**above all**" if one.too_low else "**below all**"
    return share(place(one.values, one.quantity.point))


def within(one: Judged) -> str:
    """The narrowest interval that holds it."""
    if one.inside(LEVELS[0]):
        return "50%"
    return "90%" if one.inside(LEVELS[1]) else "no"


def quantities_table(all_judged: list[Judged]) -> str:
    rows = []
    for one in all_judged:
        q, values = one.quantity, one.values
        says = (q.fact.says, reported(q), ", ".join(q.fact.sources))
        if one.counts:
            spans = (span(values, level, q.percent) for level in LEVELS)
            found = (number(float(np.median(values)), q.percent), *spans, lies(one), within(one))
        else:
            found = ("", "", "", "", "too few worlds")
        rows.append(("X", *says, *found, f"{values.size:,}"))
    return table(
        "| | quantity | reported | source | median | 25-75% | 5-95% | worlds below it | inside | worlds |",
        "| --- | --- | ---: | --- | ---: | ---: | ---: | ---: | --- | ---: |",
        rows,
    )


def coverage_table(all_judged: list[Judged]) -> str:
    """How many of the quantities lie inside each interval."""
    counted = [one for one in all_judged if one.counts]
    rows = []
    for level in LEVELS:
        inside = sum(one.inside(level) for one in counted)
        low, high = coverage(inside, len(counted))
        exact = f"{100 * low:.0f}-{100 * high:.0f}%"
        rows.append((f"{level:.0%}", f"{inside} of {len(counted)}", f"{inside / len(counted):.0%}", exact))
    return table("| interval | quantities inside | share | exact 95% |", "| ---: | ---: | ---: | ---: |", rows)


# what the model misses


def misses_text(all_judged: list[Judged], all_told: list[Told], worlds: int) -> str:
    """Quantities outside the 90% interval, each with the reason we see; and facts outside every world."""
    out = [one for one in all_judged if one.counts and not one.inside(LEVELS[1])]
    rows = []
    for one in out:
        side = "low" if one.too_low else "high"
        why = one.quantity.too_low if one.too_low else one.quantity.too_high
        rows.append((one.quantity.fact.says, f"too {side}", why or "we do not know"))
    none = [one.quantity.fact.says for one in out if one.outside_all]
    none += [one.event.fact.says for one in all_told if one.impossible]
    said = "; ".join(f"*{says}*" for says in none) if none else "none"
    head = table("| outside the 90% interval | the model is | why we think so |", "| --- | --- | --- |", rows)
    return f"{head}\n\nOutside every one of the {worlds:,} worlds: {said}."


def asked_table(all_judged: list[Judged], all_told: list[Told], worlds: int) -> str:
    """What is asked of facts of X, what was found, and whether it is met."""
    counted = [one for one in all_judged if one.counts]
    inside = sum(one.inside(LEVELS[1]) for one in counted)
    outside = sum(one.outside_all for one in counted) + sum(one.impossible for one in all_told)
    mine, base = (brier([getattr(one, name) for one in all_told]) for name in ("forecast", "base"))
    rows = [
        (
            "quantities inside the 90% interval",
            f"at least {INSIDE_ASKED:.0%}",
            f"{inside / len(counted):.0%} ({inside} of {len(counted)})",
            met(inside >= INSIDE_ASKED * len(counted)),
        ),
        (f"facts outside every one of {worlds:,} worlds", "none", str(outside), met(outside == 0)),
        ("Brier score of events against the base rate", "lower", f"{mine:.3f} against {base:.3f}", met(mine < base)),
    ]
    return table("| asked | | found | |", "| --- | ---: | ---: | --- |", rows)


def met(yes: bool) -> str:
    return "met" if yes else "**not met**"


def inputs_text(inputs: Mapping[str, str]) -> str:
    """The values of the scenario that rest on X."""
    said = "; ".join(f"`{path}` ({source})" for path, source in inputs.items())
    return f"Inputs of the flagship that rest on X: {said or 'none'}."


def measures_text(facts: Facts) -> str:
    """What every measure of the tables is, by its docstring."""
    groups: dict[str, list[str]] = {}
    for fact in [one.fact for kind in (facts.quantities, facts.events) for one in kind]:
        groups.setdefault(fact.measure, []).append(fact.id)
    lines = []
    for name, ids in groups.items():
        first = (MEASURES[name].__doc__ or "").strip().splitlines()[0]
        lines.append(f"- `{name}` ({len(ids)}): {first}")
    return "\n".join(lines)
