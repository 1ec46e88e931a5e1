"""Focus: which firms, classes or groups are told first. It changes no simulation, no digest and no table on disk.

What is asked for stands in the manifest of the answer in memory, never in that of a folder: the folder is the answer to
a question, and who is told first is no part of the question. ``first`` alone decides the order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sim.archive.folder import slug
from sim.foundation.errors import InputError, nearest_of
from sim.foundation.states import ALL_GIANTS, ALL_STARTUPS
from sim.outcomes.fates import reported
from sim.scenario.model import Claim, Scenario

T = TypeVar("T")
FOCUS = "focus"  # key of a manifest in memory
KINDS = {ALL_STARTUPS: "startup", ALL_GIANTS: "giant"}  # whom the groups of every scenario hold


def focus_of(scenarios: Iterable[Scenario], firms: Iterable[str]) -> tuple[str, ...]:
    """The ids that are asked for, each once. InputError for one that no scenario knows, with the nearest."""
    known = dict.fromkeys(name for scenario in scenarios for name in reported(scenario))
    asked = tuple(dict.fromkeys([firms] if isinstance(firms, str) else firms))
    for firm in asked:
        if firm not in known:
            allowed = f"the id of a firm, a class or a group: {', '.join(known)}"
            near = nearest_of(firm, known)
            raise InputError("no such firm, class or group", key="--firm", found=firm, allowed=allowed, nearest=near)
    return asked


def asked_in(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """The ids that were asked for: whom the sentences of the answer with this manifest name."""
    return tuple(manifest.get(FOCUS, ()))


def focus_in(scenario: Scenario, manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """Who stands first in its tables and figures: the ids that were asked for, then the members of the groups."""
    asked = asked_in(manifest)
    members = (
        firm.id
        for group in asked
        for firm in scenario.firms
        if firm.id in scenario.groups.get(group, ()) or firm.kind == KINDS.get(group)
    )
    return tuple(dict.fromkeys([*asked, *members]))


def of_row(row: Any) -> tuple[str, ...]:
    """Whom a row of a table is about."""
    return (str(row["firm"]),)


def itself(firm: str) -> tuple[str, ...]:
    """Whom an id is about."""
    return (firm,)


def first(items: Iterable[T], focus: Sequence[str], about: Callable[[T], Iterable[str]] = of_row) -> list[T]:
    """``items`` with those ``about`` someone in ``focus`` first, in its order; the others stay as they are."""
    order = {firm: place for place, firm in enumerate(focus)}
    return sorted(
        items, key=lambda item: min((order.get(firm, len(order)) for firm in about(item)), default=len(order))
    )


def claims_first(rows: Iterable[dict[str, Any]], claims: Iterable[Claim], focus: Sequence[str]) -> list[dict[str, Any]]:
    """``rows`` of claims.csv, or of facts.csv, with those first whose claim speaks of someone in ``focus``."""
    spoken = {claim.id: [*spoken_of(claim.when), *spoken_of(claim.given)] for claim in claims}
    return first(rows, focus, lambda row: spoken.get(row["claim"], ()))


def spoken_of(proposition: Any) -> Iterator[str]:
    """The firms, classes and groups that a proposition (scenario/proposition.py) names."""
    if isinstance(proposition, Mapping):
        for key, part in proposition.items():
            if key in ("firm", "of"):
                yield part
            else:
                yield from spoken_of(part)
    elif isinstance(proposition, list | tuple):
        for part in proposition:
            yield from spoken_of(part)


def named(name: str, manifest: Mapping[str, Any]) -> str:
    """The name of a page, or of the folder of its figures, that says who is told first: report-minimax.html."""
    if not asked_in(manifest):
        return name
    stem, dot, ending = name.partition(".")
    return f"{stem}-{slug(' '.join(asked_in(manifest)))}{dot}{ending}"


def typed(manifest: Mapping[str, Any]) -> str:
    """The options that ask for it again, with a space before each."""
    return "".join(f" --firm {firm}" for firm in asked_in(manifest))
