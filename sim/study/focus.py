"""Focus: which firms, classes or groups are told first. It changes no simulation, no digest and no folder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sim.foundation.errors import InputError, nearest_of
from sim.outcomes.fates import reported
from sim.scenario.model import Scenario


def focus_of(scenarios: Iterable[Scenario], firms: Sequence[str]) -> tuple[str, ...]:
    """The ids that are asked for, each once. InputError for one that no scenario knows, with the nearest."""
    known = dict.fromkeys(name for scenario in scenarios for name in reported(scenario))
    for firm in firms:
        if firm not in known:
            allowed = f"the id of a firm, a class or a group: {', '.join(known)}"
            near = nearest_of(firm, known)
            raise InputError("no such firm, class or group", key="--firm", found=firm, allowed=allowed, nearest=near)
    return tuple(dict.fromkeys(firms))


def first(rows: Sequence[dict[str, Any]], focus: Sequence[str]) -> list[dict[str, Any]]:
    """``rows`` with those about ``focus`` first, in its order; the others stay as they are."""
    order = {firm: place for place, firm in enumerate(focus)}
    return sorted(rows, key=lambda row: order.get(row["firm"], len(order)))
