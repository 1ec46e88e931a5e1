"""Runway, cash and revenue in words: which date to tell, and the sentence about the runway that a change buys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.foundation.months import MONTHS_A_YEAR, month_text
from sim.foundation.states import A_STARTUP
from sim.laws.catalogue import FIRM_ASSUMPTIONS
from sim.outcomes.quoted import DifferenceRow
from sim.outcomes.year_end_differences import COUNTED_WORLDS, YEAR_END_QUANTITIES
from sim.scenario.model import Scenario
from sim.scenario.year_ends import CASH, REVENUE, RUNWAY
from sim.words.estimates import NOTHING, estimate, interval_in_words, plain, signed
from sim.words.months import date_name, months_and_tenths
from sim.words.names import whom

HUNDRED = 100.0  # from here on differences are told without decimals
FIRM_DECISIONS = tuple(name for name, declared in FIRM_ASSUMPTIONS.items() if declared.decides)


def decided(base: Scenario, variant: Scenario) -> dict[str, tuple[float, ...]]:
    """Id of every firm with other decisions in ``variant`` than in ``base`` -> their numbers (foundation/decision.py).

    Members of a class take one decision for all and are told as a group: they are not among them.
    """
    before = {firm.id: firm.values for firm in base.firms}
    found = {}
    for firm in variant.firms:
        if firm.kind == A_STARTUP and not firm.copies and firm.id in before:
            pairs = [(before[firm.id].get(name), firm.values.get(name)) for name in FIRM_DECISIONS]
            numbers = [new.numbers[0] for old, new in pairs if new is not None and (old is None or old != new)]
            if numbers:
                found[firm.id] = tuple(numbers)
    return found


def told_at(base: Scenario, variant: Scenario, acts: int | None, months: Sequence[int]) -> int:
    """The calendar month, one of ``months``, at which runway, cash and revenue are told first.

    The first that is a year or more after the change: after a month that is decided, else after ``acts``, the month
    from which dated changes act. Of a change that acts from the opening on, the last.
    """
    when = [int(number) for numbers in decided(base, variant).values() for number in numbers if number > 0]
    since = max(when) if when else acts
    later = [month for month in months if since and month >= since + MONTHS_A_YEAR]
    return later[0] if later else months[-1]


def runway_sentence(scenario: Scenario, rows: Sequence[DifferenceRow], firm: str, month: int, worlds: int) -> str:
    """How much more runway ``firm`` has with the change at the end of ``month``, from rows of differences.csv.

    Empty where nothing was kept of it.
    """
    date = month_text(month)
    mine = {row["quantity"]: row for row in rows if (row["firm"], row["date"]) == (firm, date)}
    if COUNTED_WORLDS not in mine:
        return ""
    name, when, both = whom(scenario, firm), date_name(date), round(mine[COUNTED_WORLDS]["base"] * worlds)
    if RUNWAY not in mine:
        return f"In no world is {name} there both with and without the change in {when}"
    row = mine[RUNWAY]
    many = f"{both:,} world{'' if both == 1 else 's'} where it is there in both"
    value, low, high = (float(row[column]) for column in ("difference", "low", "high"))
    if not (low > 0 or high < 0):
        between = interval_in_words(value, low, high)
        inner = ", ".join(filter(None, (f"median difference {months_and_tenths(value)}", between, f"over the {many}")))
        return f"It does not surely change {name}'s runway in {when} ({inner})"
    more = "more" if value > 0 else "less"
    if value < 0:
        value, low, high = -value, -high, -low
    inner = ", ".join(filter(None, (f"median of the {many}", interval_in_words(value, low, high))))
    return f"With the change {name} has {months_and_tenths(value)} {more} runway in {when} ({inner})"


def by_firm(rows: Sequence[DifferenceRow], date: str) -> dict[str, dict[str, DifferenceRow]]:
    """Id of every startup that is told at ``date`` -> quantity -> its row."""
    found: dict[str, dict[str, DifferenceRow]] = {}
    for row in rows:
        if row["date"] == date and row["quantity"] in YEAR_END_QUANTITIES:
            found.setdefault(row["firm"], {})[row["quantity"]] = row
    return found


def cells(mine: Mapping[str, DifferenceRow]) -> tuple[str, ...]:
    """A startup's rows at a date in cells: runway on both sides, and its difference; the differences of cash and
    revenue; the percent of worlds that are counted. What there is not is a dash.
    """
    runway, counted = mine.get(RUNWAY), mine[COUNTED_WORLDS]
    sides = NOTHING if runway is None else f"{plain(runway['base'], 1)} → {plain(runway['variant_value'], 1)}"
    apart = (difference_cell(mine.get(quantity)) for quantity in (RUNWAY, CASH, REVENUE))
    return (sides, *apart, said_counted(counted))


def difference_cell(row: DifferenceRow | None) -> str:
    """A difference with its interval, amounts of a hundred and more without decimals."""
    if row is None:
        return NOTHING
    return estimate(row["difference"], row["low"], row["high"], digits_of(row), signed)


def digits_of(row: DifferenceRow) -> int:
    """Decimals of a difference of runway, cash or revenue."""
    ends = [abs(row[part]) for part in ("difference", "low", "high") if row[part] is not None]
    return 0 if max(ends) >= HUNDRED else 1


def said_counted(row: DifferenceRow) -> str:
    """The percent of worlds that are counted; of runs that are not paired on each side."""
    shares = [f"{100 * row[part]:.0f}" for part in ("base", "variant_value")]
    return shares[0] if row["paired"] else " | ".join(shares)
