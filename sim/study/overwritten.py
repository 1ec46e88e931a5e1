"""Whether what a study varies is in force long enough to matter, or is overwritten by a dated event of the scenario."""

from __future__ import annotations

from collections.abc import Sequence

from sim.foundation.errors import InputError
from sim.foundation.months import month_text
from sim.scenario.events import UNDATED, overwriting, replacing, span_text
from sim.scenario.model import Change, Scenario, Value
from sim.scenario.override import parse_set

LEAST_IN_FORCE = 0.5  # of the months in which a value could hold: below it, what varies is not what the title says


def change_at(scenario: Scenario, path: str) -> Change | None:
    """The change that an event makes, if ``path`` is its ``events.<id>.set.<path>``."""
    return next((change for change in scenario.changes if f"{change.origin}.set.{change.path}" == path), None)


def stated(scenario: Scenario) -> dict[str, Value]:
    """Path -> the value that the scenario states there: of the industry, of its firms, of its events."""
    of_firms = {f"firms.{firm.id}.{name}": value for firm in scenario.firms for name, value in firm.values.items()}
    of_events = {f"{change.origin}.set.{change.path}": change.value for change in scenario.changes}
    return {**scenario.assumptions, **of_firms, **of_events}


def refuse(scenario: Scenario, label: str, set_text: str, numbers: str, form: str) -> None:
    """InputError if events overwrite a value in most of the months that it is meant for.

    ``set_text`` is the ``--set`` that a study would put in force, ``label`` what was asked, ``numbers`` its values
    and ``form`` what stands for others: LO:HI:N.
    """
    override = parse_set(set_text)
    found = replacing(
        scenario.changes, override.path, UNDATED if override.first is None else override.first, override.last
    )
    begin, end = _meant(scenario, override.path, override.first, override.last)
    meant = set(range(begin, end + 1))
    held = meant.difference(*(range(c.first, (end if c.last is None else c.last) + 1) for c in found))
    if not found or len(held) >= LEAST_IN_FORCE * len(meant):
        return
    file, line = scenario.places.get(found[0].origin, (None, None))
    others = len(found) - 1
    more = f" (then {others} more event{'s' if others > 1 else ''})" if others else ""
    when = "no month" if not held else f"only {len(held)} of {len(meant)} months"
    same = override.path == found[-1].path
    raise InputError(
        f"{overwriting(found[0])}{more}: what varies is in force in {when}",
        file=file, line=line, key=label,
        allowed=_works(found[-1], numbers if same else form, scenario.end),
    )  # fmt: skip


def _meant(scenario: Scenario, path: str, first: int | None, last: int | None) -> tuple[int, int]:
    """First and last month in which a value at ``path`` could matter: of the run, of its dates, of its firm's life."""
    begin, end = scenario.start, scenario.end
    change = change_at(scenario, path)
    if change is not None:
        path, first, last = change.path, change.first, change.last
    if path.startswith("firms."):
        enters = {firm.id: firm.enters for firm in scenario.firms}[path.split(".")[1]]
        begin = max(begin, enters if enters is not None else begin)
    return max(begin, begin if first is None else first), min(end, end if last is None else last)


def _works(last: Change, numbers: str, end: int) -> str:
    """The forms that vary what is then in force: the path from the last event's month on, or what the event sets."""
    when, until = month_text(last.first), month_text(end if last.last is None else last.last)
    return (
        f"{last.path}={numbers}@{when}, which varies it from that month on (@{when}..{until}: for a while), "
        f"or {last.origin}.set.{last.path}={numbers}, which varies what the event sets"
    )


def of_draws(scenario: Scenario, paths: Sequence[str], moved: Sequence[str] = ()) -> list[str]:
    """What a reader must know of what worlds draw for ``paths``: events that overwrite it, and what no world draws.

    Of those that a study ``moved`` from a single value one sentence says which are overwritten.
    """
    paths = [path for path in paths if path not in moved]
    said = [
        f"{overwriting(change)}: what worlds draw for {path} has no effect {span_text(change.first, change.last)}"
        for path in paths
        for change in replacing(scenario.changes, path)
    ]
    for_a_while = [path for path in moved if replacing(scenario.changes, path)]
    if for_a_while:
        said.append(f"Dated events set for some months what was moved: {', '.join(for_a_while)}; it has no effect then")
    series = [path for path, value in stated(scenario).items() if value.changing]
    if series:
        said.append(f"Not varied, because the same in every world: what changes over the months, {', '.join(series)}")
    return list(dict.fromkeys(said))
