"""Who is left: the sentence to quote of a run, and how a sentence names firms and their shares.

``asked`` are the ids that were asked for, whom sentences name; ``focus`` are these and the members of their groups.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.foundation.states import A_STARTUP, ALL_STARTUPS, State
from sim.outcomes.fates import reported
from sim.outcomes.index import group_name, groups_of
from sim.scenario.layout import layout_of
from sim.scenario.model import Firm, Scenario
from sim.words.given import headline_given
from sim.words.headlines import MOST_SPOKEN, of_run
from sim.words.months import month_name
from sim.words.numbers import percent
from sim.words.text import lower, shorten

if TYPE_CHECKING:
    import pandas as pd


def who_is_left(
    scenario: Scenario,
    headline: pd.DataFrame,
    landscape: pd.DataFrame,
    asked: Sequence[str] = (),
    focus: Sequence[str] = (),
    given: Mapping[str, Any] | None = None,
) -> str:
    """The sentence to quote of a run, from headline.csv and landscape.csv; ``given`` as in its manifest."""
    firms = firms_of(scenario)
    told = {firm for firm, one in firms.items() if one.kind == A_STARTUP} | set(focus)
    shares = {
        row["firm"]: row[State.INDEPENDENT]
        for row in headline.to_dict("records")
        if row["firm"] in told and row[State.NEVER_ENTERED] < 1
    }
    ranked = ranked_by_share(scenario, firms, shares, "still independent", asked) if shares else ""
    medians = landscape.loc[landscape["quantity"] == "independents", "median"]
    left = None if len(shares) < 2 or medians.empty else round(float(medians.iloc[-1]))
    startups = len(groups_of(scenario).get(ALL_STARTUPS, ()))
    said = of_run(month_name(scenario.end), ranked, left, startups, bool(focus))
    return headline_given(given, said if given is None else lower(said))


def firms_of(scenario: Scenario) -> dict[str, Firm]:
    """Firms and classes of firms by id, in file order."""
    return {firm.id: firm for firm in scenario.firms}


def series_of(firms: Mapping[str, Firm], firm: str) -> str:
    """The firm itself, or the class that a copy ``<class>-001`` belongs to; whatever else is given, unchanged."""
    if firm in firms:
        return firm
    stem, _, number = firm.rpartition("-")
    return stem if number.isdecimal() and stem in firms and firms[stem].copies else firm


def firm_in_words(scenario: Scenario, firms: Mapping[str, Firm], firm: str, limit: int = 40) -> str:
    """A firm's name as people say it, one line; a class says how many it is. The id where it is no firm."""
    if firm not in firms:
        series = firms.get(series_of(firms, firm))
        if series is None and firm in reported(scenario):
            return shorten(lower(group_name(firm)), limit)
        return shorten(f"{series.name} {firm.rpartition('-')[2]}" if series else firm, limit)
    found = firms[firm]
    crowd = f" (class of {found.copies:,})" if found.copies else ""
    return shorten(found.name or found.id, limit - len(crowd)) + crowd


def says(scenario: Scenario, firms: Mapping[str, Firm], firm: str, share: float, state: str) -> str:
    """ "Zhipu is closed in 11% of worlds"; of a class "11% of Crowd (class of 30) are closed"."""
    name, told = firm_in_words(scenario, firms, firm), percent(share)
    if firm in layout_of(scenario).singles:
        return f"{name} is {state} in {told} of worlds"
    return f"{told} of {name} are {state}"


def also(scenario: Scenario, firms: Mapping[str, Firm], firm: str, share: float, after: str) -> str:
    """The same of another firm behind what is said of ``after``: "MiniMax in 12%"."""
    name, told = firm_in_words(scenario, firms, firm), percent(share)
    if firm not in layout_of(scenario).singles:
        return f"{told} of {name}"
    said = f"{name} in {told}"
    return said if after in layout_of(scenario).singles else f"{said} of worlds"


def spoken(shares: Mapping[str, float], asked: Sequence[str]) -> list[str]:
    """Whom a sentence about ``shares`` names, one or more: the highest and the lowest, who is ``asked`` for before them
    or in their place.
    """
    ends = max(shares, key=lambda firm: shares[firm]), min(shares, key=lambda firm: shares[firm])
    mine = [firm for firm in asked if firm in shares][:MOST_SPOKEN]
    return list(dict.fromkeys([*mine, *ends]))[: max(len(mine), len(ends))]


def ranked_by_share(
    scenario: Scenario, firms: Mapping[str, Firm], shares: Mapping[str, float], state: str, asked: Sequence[str]
) -> str:
    """ "Zhipu is closed in 11% of worlds, MiniMax in 2%": of those whom a sentence about ``shares`` names."""
    best, *others = spoken(shares, asked)
    said = [
        says(scenario, firms, best, shares[best], state),
        *(also(scenario, firms, firm, shares[firm], best) for firm in others),
    ]
    return ", ".join(said)
