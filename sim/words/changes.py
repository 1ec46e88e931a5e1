"""What an assumption is called inside a sentence, and what was changed: "shutting the listing window in July 2025"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.foundation.assumption import Assumption
from sim.foundation.decision import BY_RULE
from sim.foundation.months import month_of
from sim.laws.catalogue import declared_at
from sim.scenario import decided, series
from sim.scenario.model import Scenario
from sim.scenario.override import Override, parse_set
from sim.scenario.value import DISTRIBUTIONS
from sim.words.months import month_name
from sim.words.numbers import with_unit
from sim.words.text import capital

LAW_ORDINALS = {"scale": "first", "listing": "second", "vertical": "third"}
SPOKEN: Mapping[tuple[str, float], str] = {  # (path, value) -> how people say it
    ("assumptions.exchange.window", 0): "shutting the listing window",
    ("assumptions.exchange.window", 1): "opening the listing window wide",
    ("assumptions.climate.regime", 0): "making capital hot",
    ("assumptions.climate.regime", 1): "making the climate for capital normal",
    ("assumptions.climate.regime", 2): "making capital cold",
}
FEW = 2  # so many changes are told one by one


def change_in_words(base: Scenario, sets: Sequence[str]) -> str:
    """What ``sets`` change, as the subject of a sentence: "Shutting the listing window in July 2025"."""
    overrides = [parse_set(text) for text in sets]
    if len(overrides) > FEW:
        return f"Making {len(overrides)} changes"
    return capital(" and ".join(_one_change(base, override) for override in overrides))


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
        if name == "on" and value in (0, 1):
            return f"switching {_mechanism(mechanism)} {'on' if value else 'off'}{dated}"
        if name == "strength" and value == 0:
            return f"switching {_mechanism(mechanism)} off{dated}"
    declared = declared_at(override.path)
    if declared is not None and (label := _label(declared, value)):
        return f"assuming that {_subject(base, override.path)}{label}{dated}"
    return _done(path_in_words(base, override.path), value, declared, base.currency) + dated


def _label(declared: Assumption, value: Any) -> str:
    """What ``value`` (a number, or a decision as it is written) means after the firm's name; empty if nothing says."""
    if not declared.decides:
        return declared.label(value)
    if isinstance(value, int | float):
        value = decided.written(value)
    if value in decided.WORDS:
        return f"{declared.decides} by rule" if decided.WORDS[value] == BY_RULE else f"never {declared.decides}"
    month = month_of(value) if isinstance(value, str) else None
    return f"{declared.decides} in {month_name(month)} or never" if month is not None else ""


def decision_in_words(base: Scenario, path: str, decision: str, firm: str = "") -> str:
    """A decision at ``path``, as it is written, as a sentence without its stop: "Zhipu lists in May 2026 or never";
    "it" is ``firm``, of which the words before speak.
    """
    declared = declared_at(path)
    inner = path.partition(".set.")[2] or path
    subject = "it " if firm and inner.startswith(f"firms.{firm}.") else _subject(base, path)
    return subject + _label(declared, decision) if declared is not None else decision


def decisions_in_words(decisions: Sequence[str]) -> str:
    """Decisions as they are written, in order: "by rule, in 5 months from January 2025 to January 2027, never"."""
    months = [month_name(month) for one in decisions if (month := month_of(one)) is not None]
    few = f"in {' or '.join(months)}"
    in_months = few if len(months) < 3 else f"in {len(months)} months from {months[0]} to {months[-1]}"
    said = {word: "by rule" if number == BY_RULE else word for word, number in decided.WORDS.items()}
    return ", ".join(dict.fromkeys(said.get(one, in_months) for one in decisions))


def _mechanism(name: str) -> str:
    return f"the {LAW_ORDINALS[name]} iron law ({name})" if name in LAW_ORDINALS else name.replace("_", " ")


def _subject(base: Scenario, path: str) -> str:
    """The firm that a label of the assumption at ``path`` speaks of, with a space behind; empty for the market's."""
    inner = path.partition(".set.")[2] or path
    top, id = (*inner.split(".", 2), "")[:2]
    names = {firm.id: firm.name for firm in base.firms}
    return f"{names.get(id, id)} " if top == "firms" else ""


def value_in_words(base: Scenario, path: str, value: float) -> str:
    """A value of what ``path`` leads to: "0.5", "RMB 100 million", "0 (lives from its own money)"."""
    declared, written = declared_at(path), f"{value:,.6g}"
    if declared is None:
        return written
    if declared.decides:
        return decided.written(value)
    label = declared.label(value)
    return f"{written} ({label})" if label else with_unit(written, declared.unit, base.currency)


def path_in_words(base: Scenario, path: str) -> str:
    """The thing at ``path`` in words, inside a sentence: "the strength of the second iron law (listing)".

    A path with dates, PATH@FROM or PATH@FROM..UNTIL, is told with them.
    """
    path, at, when = path.partition("@")
    return _undated(base, path) + (f" {when_in_words(when)}" if at else "")


def when_in_words(when: str) -> str:
    """The dates of a path, FROM or FROM..UNTIL: "since July 2025", "in July 2025 to December 2025"."""
    months = [month_name(month) for part in when.split("..") if (month := month_of(part.strip())) is not None]
    return f"since {months[0]}" if len(months) == 1 else f"in {' to '.join(months)}"


def _undated(base: Scenario, path: str) -> str:
    top, id, name = (*path.split(".", 2), "", "")[:3]
    if top == "events":
        part, _, inner = name.partition(".")
        if part == "set":
            return f"{path_in_words(base, inner)} by the event {id}"
        return f"the {'end' if part == 'until' else part} of the event {id}"
    if top == "assumptions" and name in ("strength", "on"):
        return f"the {'switch' if name == 'on' else name} of {_mechanism(id)}"
    declared = declared_at(path)
    if declared is not None and declared.decides:
        return f"when {_subject(base, path)}{declared.decides}"
    if declared is not None and declared.label(1) and declared.label(0) and len(declared.labels) == 2:
        return f"whether {_subject(base, path)}{declared.label(1)}"
    if declared is None:
        return f"{_subject(base, path).rstrip()}'s {name}" if top == "firms" else path
    return f"{_subject(base, path).rstrip()}'s '{declared.says}'" if top == "firms" else f"'{declared.says}'"


def _done(what: str, value: Any, declared: Assumption | None, currency: str) -> str:
    """What is done to ``what``: set, multiplied, raised or lowered."""

    def said(number: Any) -> str:
        return with_unit(_number(number), declared.unit, currency) if declared is not None else _number(number)

    if isinstance(value, dict):
        if "times" in value:
            return f"multiplying {what} by {_number(value['times'])}"
        if "plus" in value and isinstance(value["plus"], int | float):
            return f"{'raising' if value['plus'] >= 0 else 'lowering'} {what} by {said(abs(value['plus']))}"
        if any(kind in value for kind in series.SERIES_KINDS):
            return f"letting {what} change over the months"
        kind = next((kind for kind in DISTRIBUTIONS if kind in value), None)
        if kind:
            return f"drawing {what} anew ({kind} {', '.join(_number(x) for x in value[kind])})"
    return f"setting {what} to {said(value)}"


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
