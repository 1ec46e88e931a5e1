"""Effects in plain words: what was changed, and the sentence to quote about what it does.

The sentence tells the largest difference that is surely not zero: of survival before the general race before other
fates, of single startups before the industry, of a point or more before smaller ones. Since it is picked out of
hundreds, "surely" asks that even an interval of twice the width excludes zero (about Bonferroni's level for 500).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.foundation.columns import MILESTONES
from sim.laws.catalogue import ASSUMPTIONS, FIRM_ASSUMPTIONS
from sim.outcomes.differences import ALL, ENDGAME, FINAL_VALUATION, GENERAL_LEFT, INDEPENDENTS_LEFT, RAISED, SURVIVAL
from sim.outcomes.fates import GENERAL
from sim.outcomes.headline import GROUP_NAMES
from sim.outcomes.sentences import Money, number
from sim.outcomes.stories import month_name
from sim.scenario import series
from sim.scenario.dates import month_of
from sim.scenario.model import Scenario
from sim.scenario.override import Override, parse_set
from sim.scenario.value import KINDS

Row = Mapping[str, Any]
LAWS = {"scale": "first", "listing": "second", "vertical": "third"}
SPOKEN: Mapping[tuple[str, float], str] = {  # (path, value) -> how people say it
    ("assumptions.exchange.window", 0): "shutting the listing window",
    ("assumptions.exchange.window", 1): "opening the listing window wide",
    ("assumptions.climate.regime", 0): "making capital hot",
    ("assumptions.climate.regime", 1): "making the climate for capital normal",
    ("assumptions.climate.regime", 2): "making capital cold",
}
TO_DO = {
    "acquired": "be acquired",
    "closed": "close",
    "listed": "list",
    "pivoted": "leave the general race",
    "abandoned": "be abandoned by the market",
    "profitable": "turn a profit",
    "never_entered": "stay away",
    "independent": "be independent",
}
WORTH_SAYING = 0.01  # a point
DECEMBER = 11
FEW = 2  # so many changes are told one by one
WHOLE_FROM = 9.95  # points told without decimals


def change_in_words(base: Scenario, sets: Sequence[str]) -> str:
    """What ``sets`` change, as the subject of a sentence: "Shutting the listing window in July 2025"."""
    overrides = [parse_set(text) for text in sets]
    if len(overrides) > FEW:
        return f"Making {len(overrides)} changes"
    said = " and ".join(_one_change(base, override) for override in overrides)
    return said[:1].upper() + said[1:]


def _one_change(base: Scenario, override: Override) -> str:
    plain = override.value.plain()
    value = plain.get("value", plain) if isinstance(plain, dict) else plain
    dated = _dated(override)
    spoken = SPOKEN.get((override.path, float(value))) if isinstance(value, int | float) else None
    if spoken:
        in_month = override.first is not None and override.last is None
        return spoken + (f" in {month_name(override.first or 0)}" if in_month else dated)
    top, _, rest = override.path.partition(".")
    if top == "assumptions":
        mechanism, _, name = rest.partition(".")
        what = f"the {LAWS[mechanism]} iron law ({mechanism})" if mechanism in LAWS else mechanism.replace("_", " ")
        if name == "on" and value in (0, 1):
            return f"switching {what} {'on' if value else 'off'}{dated}"
        if name == "strength":
            return f"switching {what} off{dated}" if value == 0 else f"{_done(f'the strength of {what}', value)}{dated}"
    return _done(_what(base, override.path), value) + dated


def in_words(base: Scenario, path: str) -> str:
    """The thing at ``path`` in words, inside a sentence: "the strength of the second iron law (listing)".

    A path with dates, PATH@FROM or PATH@FROM..UNTIL, is told with them.
    """
    path, at, when = path.partition("@")
    dated = f" {when_in_words(when)}" if at else ""
    top, mechanism, name = (*path.split(".", 2), "", "")[:3]
    if top == "assumptions" and name in ("strength", "on"):
        what = f"the {LAWS[mechanism]} iron law ({mechanism})" if mechanism in LAWS else mechanism.replace("_", " ")
        return f"the {'switch' if name == 'on' else name} of {what}{dated}"
    return f"{_what(base, path)}{dated}"


def when_in_words(when: str) -> str:
    """The dates of a path, FROM or FROM..UNTIL: "since July 2025", "in July 2025 to December 2025"."""
    months = [month_name(month) for part in when.split("..") if (month := month_of(part.strip())) is not None]
    return f"since {months[0]}" if len(months) == 1 else f"in {' to '.join(months)}"


def _what(base: Scenario, path: str) -> str:
    """The thing at ``path`` in words."""
    if path in ASSUMPTIONS:
        return f"'{ASSUMPTIONS[path].says}'"
    top, id, name = (*path.split(".", 2), "", "")[:3]
    if top == "firms":
        names = {firm.id: firm.name for firm in base.firms}
        says = FIRM_ASSUMPTIONS[name].says if name in FIRM_ASSUMPTIONS else name
        return f"{names.get(id, id)}'s '{says}'"
    if top == "events":
        part, _, inner = name.partition(".")
        if part == "set":
            return f"{_what(base, inner)} by the event {id}"
        return f"the {'end' if part == 'until' else part} of the event {id}"
    return path


def _done(what: str, value: Any) -> str:
    """What is done to ``what``: set, multiplied, raised or lowered."""
    if isinstance(value, dict):
        if "times" in value:
            return f"multiplying {what} by {_number(value['times'])}"
        if "plus" in value and isinstance(value["plus"], int | float):
            return f"{'raising' if value['plus'] >= 0 else 'lowering'} {what} by {_number(abs(value['plus']))}"
        if any(kind in value for kind in series.KINDS):
            return f"letting {what} change over the months"
        kind = next((kind for kind in KINDS if kind in value), None)
        if kind:
            return f"drawing {what} anew ({kind} {', '.join(_number(x) for x in value[kind])})"
    return f"setting {what} to {_number(value)}"


def _number(value: Any) -> str:
    if value is None:
        return "nothing"
    return f"{value:,.6g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def _dated(override: Override) -> str:
    if override.first is None:
        return ""
    if override.last is None:
        return f" from {month_name(override.first)}"
    return f" from {month_name(override.first)} to {month_name(override.last)}"


def largest(scenario: Scenario, rows: Sequence[Row]) -> Row | None:
    """The row of differences.csv to quote; None where no difference is surely not zero."""
    startups = {firm.id for firm in scenario.firms if firm.kind == "startup" and not firm.copies}
    sure = [row for row in rows if 2 * row["low"] > row["difference"] or 2 * row["high"] < row["difference"]]
    shares = [row for row in sure if row["quantity"] not in (RAISED, FINAL_VALUATION, INDEPENDENTS_LEFT, GENERAL_LEFT)]
    mine = [row for row in shares if row["firm"] in startups]
    tiers = (
        [row for row in mine if row["quantity"] == SURVIVAL],
        [row for row in mine if row["quantity"] == GENERAL],
        [row for row in mine if row["quantity"] in ("acquired", "closed", *MILESTONES)],
        [row for row in shares if row["quantity"] == ENDGAME],
        shares,
    )
    for least in (WORTH_SAYING, 0.0):
        for tier in tiers:
            if found := [row for row in tier if abs(row["difference"]) >= least]:
                return max(found, key=lambda row: (abs(row["difference"]), row["date"]))
    left = [row for row in sure if row["quantity"] in (INDEPENDENTS_LEFT, GENERAL_LEFT)] or sure
    return max(left, key=lambda row: abs(row["difference"]), default=None)


def sentence(scenario: Scenario, subject: str, row: Row | None, worlds: int, same: bool = False) -> str:
    """``subject`` and what it does, from the row to quote (``largest``); ``same``: no world is touched by it."""
    if same:
        return f"{subject} changes nothing: both histories are the same in every world"
    if row is None:
        many = "1 world" if worlds == 1 else f"{worlds:,} worlds"
        return f"{subject} makes no difference that {many} can surely tell from chance"
    return f"{subject} {effect(scenario, row)}, plus or minus {_half(scenario, row)}"


def effect(scenario: Scenario, row: Row) -> str:
    """What the difference in ``row`` does, from the verb on: "costs MiniMax 31 points of survival by March 2028"."""
    name, quantity, apart = name_of(scenario, row["firm"]), row["quantity"], float(row["difference"])
    by = f"by {date_words(row['date'])}"
    if quantity in (RAISED, FINAL_VALUATION):
        what = "money raised" if quantity == RAISED else "final valuation, on average over worlds"
        return f"{'gives' if apart > 0 else 'costs'} {name} {Money(scenario.currency)(abs(apart))} of {what}"
    if quantity in (INDEPENDENTS_LEFT, GENERAL_LEFT):
        which = "independent" if quantity == INDEPENDENTS_LEFT else "in the general race"
        return f"leaves {abs(apart):.2g} {'more' if apart > 0 else 'fewer'} startups {which} {by}, on average"
    points = points_of(apart)
    if quantity == SURVIVAL:
        return f"{'gives' if apart > 0 else 'costs'} {name} {points} of survival {by}"
    if quantity == GENERAL:
        return f"{'gives' if apart > 0 else 'costs'} {name} {points} of staying in the general race {by}"
    likely = f"{points} {'more' if apart > 0 else 'less'} likely"
    if quantity == ENDGAME:
        return f"makes the endgame {likely} {by}"
    return f"makes {name} {likely} to {TO_DO[quantity]} {by}"


def _half(scenario: Scenario, row: Row) -> str:
    half = (float(row["high"]) - float(row["low"])) / 2
    if row["quantity"] in (RAISED, FINAL_VALUATION):
        return Money(scenario.currency)(half)
    if row["quantity"] in (INDEPENDENTS_LEFT, GENERAL_LEFT):
        return f"{half:.1g}"
    return f"{max(100 * half, 0.01):.2g}" if half < WORTH_SAYING / 10 else f"{100 * half:.1f}"


def points_of(share: float) -> str:
    """A difference of shares in percentage points: 31 points, 4.2 points, 0.3 points, 1 point."""
    points = abs(100 * share)
    text = f"{points:.0f}" if points >= WHOLE_FROM else f"{points:.2g}" if points < 1 else number(round(points, 1))
    return f"{text} point{'' if text == '1' else 's'}"


def name_of(scenario: Scenario, firm: str) -> str:
    """A firm, class, group or the industry in words."""
    names = {one.id: one.name for one in scenario.firms}
    if firm == ALL:
        return "the industry"
    if firm in names:
        return names[firm]
    return GROUP_NAMES.get(firm, f"the group {firm}" if firm in scenario.groups else firm).replace("All ", "all ")


def date_words(date: str) -> str:
    """``2028-12`` as "the end of 2028", other months as "March 2028"."""
    month = month_of(date)
    if month is None:
        return date
    return f"the end of {month // 12:04d}" if month % 12 == DECEMBER else month_name(month)


def contrast(scenario: Scenario, row: Row | None, base: str, variant: str, same: bool = False) -> str:
    """The sentence of a comparison: what happens how often in the one run and in the other."""
    if same:
        return f"{base} and {variant} are the same worlds"
    if row is None:
        return f"Nothing surely tells {variant} from {base}"
    name, quantity, date = name_of(scenario, row["firm"]), row["quantity"], date_words(row["date"])
    shares = [f"{100 * float(row[column]):.0f}%" for column in ("base", "variant_value")]
    verbs = {SURVIVAL: f"{name} survives to {date}", GENERAL: f"{name} is in the general race at {date}",
             ENDGAME: f"the endgame has begun by {date}"}  # fmt: skip
    if quantity in (RAISED, FINAL_VALUATION, INDEPENDENTS_LEFT, GENERAL_LEFT):
        return f"Against {base}, {variant} {effect(scenario, row)}, plus or minus {_half(scenario, row)}"
    verb = verbs.get(quantity, f"{name} comes to {TO_DO.get(quantity, quantity)} by {date}")
    apart = f"{points_of(float(row['difference']))} apart, plus or minus {_half(scenario, row)}"
    verb = verb[:1].upper() + verb[1:]
    return f"{verb} in {shares[0]} of worlds of {base} and in {shares[1]} of {variant}: {apart}"
