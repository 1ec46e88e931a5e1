"""Firms, classes, groups and the industry by name, and what a share of them is a share of."""

from __future__ import annotations

from sim.foundation.states import ALL
from sim.outcomes.index import group_name
from sim.scenario.layout import layout_of
from sim.scenario.model import Scenario
from sim.words.text import lower


def name_of(scenario: Scenario, firm: str) -> str:
    """A firm, class, group or the industry in words, inside a sentence."""
    names = {one.id: one.name for one in scenario.firms}
    return "the industry" if firm == ALL else names.get(firm, lower(group_name(firm)))


def whom(scenario: Scenario, firm: str) -> str:
    """Whom a share is about: "MiniMax", "the firms of Entrant" (a class), "all startups", "group six"."""
    classes = {one.id for one in scenario.firms if one.copies}
    return f"the firms of {name_of(scenario, firm)}" if firm in classes else name_of(scenario, firm)


def of_what(scenario: Scenario, firm: str) -> str:
    """What a share is a share of: worlds of one firm, firms (pooled over worlds) of a class or group."""
    return "of worlds" if firm in layout_of(scenario).singles else "of its firms"
