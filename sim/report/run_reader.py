"""A finished run as the report reads it: names, colours, dates, and one look-up per kind of table."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
import pandas as pd

from sim.foundation.states import A_STARTUP, ALL_STARTUPS, State
from sim.outcomes.index import groups_of
from sim.report.html import style
from sim.report.html.plotly_values import month_day, year_step
from sim.scenario.model import Firm, Scenario
from sim.study.focus import asked_in, claims_first, first, focus_in, itself
from sim.study.given import given_in
from sim.words import survivors
from sim.words.given import NOT_BY_WORLD, these_worlds
from sim.words.months import month_name, short_month
from sim.words.names import of_what
from sim.words.text import listed, shorten

SHORT = 30  # months: up to here an axis has ticks within the year
MOST_YEARS, FEW_YEARS = 20, 5  # ticks of an axis, and of one of a small panel
MOST_PANELS = 12  # small multiples a reader can still take in
CURVES = {  # table -> the columns that tell its curves over months apart
    "fates": ["firm", "fate"],
    "survival": ["group", "endpoint", "origin"],
    "landscape": ["quantity"],
    "paths": ["firm", "quantity"],
}


class Tables:
    """A frame cut by the values of some columns."""

    def __init__(self, frame: pd.DataFrame, keys: list[str]) -> None:
        self.none = frame.iloc[:0]
        self.parts: dict[Any, pd.DataFrame] = dict(iter(frame.groupby(keys, sort=False, observed=True)))

    def rows(self, *keys: str) -> pd.DataFrame:
        """The rows with these values, in order; maybe none."""
        return self.parts.get(keys, self.none)


@dataclass(frozen=True, eq=False)
class RunReader:
    """One run, ready to be drawn. Frames are those of interface.md; months are ticks from the start.

    ``outcomes`` are its tables and sums; a study that has a scenario but no run of its own has none.
    """

    scenario: Scenario
    manifest: Mapping[str, Any]
    outcomes: Any = None

    @cached_property
    def worlds(self) -> int:
        """Number of worlds that its numbers are about: those simulated, or where something is given those left."""
        return self.scenario.worlds if self.outcomes is None else int(self.outcomes.worlds)

    @property
    def given(self) -> Mapping[str, Any] | None:
        """What the manifest says of what is given; None where nothing is."""
        return given_in(self.manifest)

    @property
    def given_ids(self) -> tuple[str, ...]:
        """Ids of the facts and claims that are given."""
        return tuple(step["known"] for step in self.given["steps"]) if self.given else ()

    @property
    def simulated(self) -> int:
        """Number of worlds simulated, whether they are left or not."""
        return self.scenario.worlds

    @cached_property
    def firms(self) -> dict[str, Firm]:
        """Firms and classes of firms by id, in file order."""
        return survivors.firms_of(self.scenario)

    @cached_property
    def startups(self) -> list[str]:
        """Ids of the startups (a class of copies is one), in file order."""
        return [firm.id for firm in self.scenario.firms if firm.kind == A_STARTUP]

    @cached_property
    def startup_count(self) -> int:
        """Number of startups, every firm of a class counted."""
        return sum(max(self.firms[firm].copies, 1) for firm in self.startups)

    @cached_property
    def focus(self) -> tuple[str, ...]:
        """Ids that are told first."""
        return focus_in(self.scenario, self.manifest)

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """The ids that were asked for: whom sentences name."""
        return asked_in(self.manifest)

    @cached_property
    def told(self) -> list[str]:
        """Ids of the firms to tell: who is in focus, a giant too, then the startups in file order."""
        return first(
            (f.id for f in self.scenario.firms if f.kind == A_STARTUP or f.id in self.focus), self.focus, itself
        )

    @cached_property
    def groups(self) -> list[str]:
        """Ids of the groups to tell: all startups, the scenario's groups of startups, and those in focus."""
        kinds = groups_of(self.scenario)
        startups = set(kinds.get(ALL_STARTUPS, ()))
        return [
            group
            for group, members in kinds.items()
            if group not in self.firms and (startups.issuperset(members) or group in self.focus)
        ]

    @cached_property
    def headline(self) -> str:
        """The sentence to quote of a run."""
        outcomes = self.outcomes
        told = self.asked, self.focus, self.given
        return survivors.who_is_left(self.scenario, outcomes.headline, outcomes.landscape, *told)

    def spoken(self, shares: Mapping[str, float]) -> list[str]:
        """Whom a sentence about ``shares`` names (words/survivors.py)."""
        return survivors.spoken(shares, self.asked)

    @cached_property
    def styles(self) -> dict[str, style.LineStyle]:
        """Style of every firm."""
        focus = self.most_uncertain() if self.outcomes is not None else ()
        return style.firm_styles(((firm.id, firm.kind) for firm in self.scenario.firms), focus)

    def style(self, group: str) -> style.LineStyle:
        """Style of a firm, of a copy of a class, or that of groups."""
        return self.styles.get(self.series(group), style.GROUP)

    def series(self, firm: str) -> str:
        """The firm itself, or the class that a copy belongs to; whatever else is given, unchanged."""
        return survivors.series_of(self.firms, firm)

    def name(self, firm: str, limit: int = 40) -> str:
        """A firm's name as people say it, one line; a class says how many it is. The id where it is no firm."""
        return survivors.firm_in_words(self.scenario, self.firms, firm, limit)

    def whole(self, firm: str) -> str:
        """What a share of ``firm`` is a share of: "of worlds", of a class "of its firms"."""
        return of_what(self.scenario, firm)

    def says(self, firm: str, share: float, state: str) -> str:
        """ "Zhipu is closed in 11% of worlds"; of a class "11% of Crowd (class of 30) are closed"."""
        return survivors.says(self.scenario, self.firms, firm, share, state)

    def ranked(self, shares: Mapping[str, float], state: str) -> str:
        """The same of those whom a sentence about ``shares`` names (``spoken``)."""
        return survivors.ranked_by_share(self.scenario, self.firms, shares, state, self.asked)

    # time
    @cached_property
    def ticks(self) -> list[int]:
        """0 (the opening state) to the last month."""
        return list(range(self.scenario.ticks + 1))

    @cached_property
    def days(self) -> list[str]:
        """The dates plotly draws ticks at."""
        return [month_day(self.calendar(tick)) for tick in self.ticks]

    def calendar(self, tick: int) -> int:
        """Calendar month of a tick."""
        return self.scenario.start + tick - 1

    def month(self, tick: int, long: bool = False) -> str:
        """A tick as "Jul 2023"."""
        return month_name(self.calendar(tick)) if long else short_month(self.calendar(tick))

    @cached_property
    def horizon(self) -> str:
        """The last month in words."""
        return month_name(self.scenario.end)

    def date_axis(self, **settings: Any) -> dict[str, Any]:
        """A calendar axis from the opening to the horizon, a tick each year (or each few months, or few years)."""
        months = self.scenario.ticks
        step = f"M{12 * year_step(months / 12, MOST_YEARS)}" if months > SHORT else "M3"
        form = "%Y" if months > SHORT else "%b %Y"
        base = {
            "type": "date",
            "range": [month_day(self.calendar(0)), month_day(self.scenario.end + max(1, months // 90))],
            "dtick": step,
            "tick0": "2000-01-01",
            "tickformat": form,
            "hoverformat": "%B %Y",
        }
        return style.axis(**{**base, **settings})

    def few_dates(self) -> dict[str, Any]:
        """Settings of ``date_axis`` for a small panel: few ticks."""
        months = self.scenario.ticks
        if months <= SHORT:
            return {"dtick": "M6", "tickformat": "%b %y"}
        return {"dtick": f"M{12 * max(2, year_step(months / 12, FEW_YEARS))}"}

    # tables
    @cached_property
    def _tables(self) -> Callable[[str], Tables]:
        """The tables of its outcomes by name, each cut by what tells its curves apart."""
        return cache(lambda name: Tables(getattr(self.outcomes, name), CURVES[name]))

    def fate(self, firm: str, fate: str) -> pd.DataFrame:
        """Rows of fates.csv by month, maybe none."""
        return self._tables("fates").rows(firm, fate)

    def survival(self, group: str, endpoint: str, origin: str = "calendar") -> pd.DataFrame:
        """Rows of survival.csv by month, maybe none."""
        return self._tables("survival").rows(group, endpoint, origin)

    def cohorts(self, group: str, endpoint: str, clock: str) -> dict[str, pd.DataFrame]:
        """Years of each cohort whose clock starts when it ``entered``, ``listed`` or ``pivoted`` -> its curve."""
        found = {}
        for (one, end, origin), rows in self._tables("survival").parts.items():
            name, _, years = origin.partition(" ")
            if (one, end, name) == (group, endpoint, clock):
                found[years] = rows
        return found

    def landscape(self, quantity: str) -> pd.DataFrame:
        """Rows of landscape.csv by month, maybe none."""
        return self._tables("landscape").rows(quantity)

    def path(self, firm: str, quantity: str) -> pd.DataFrame:
        """Rows of paths.parquet by month, maybe none."""
        return self._tables("paths").rows(firm, quantity)

    def at_horizon(self, firm: str, fate: str) -> tuple[float, float, float]:
        """Incidence, low and high of a fate or milestone at the horizon; NaN where the table has no such rows."""
        rows = self.fate(firm, fate)
        if rows.empty:
            return math.nan, math.nan, math.nan
        last = rows.iloc[-1]
        return float(last["incidence"]), float(last["low"]), float(last["high"])

    def incidence(self, firm: str, fate: str) -> np.ndarray:
        """Incidence by tick, (ticks + 1,); zeros where the table has no such rows."""
        rows = self.fate(firm, fate)
        return np.zeros(len(self.ticks)) if rows.empty else rows["incidence"].to_numpy(float)

    def left_of_entrants(self, firm: str, endpoint: str, tick: int = -1) -> float:
        """Of all that entered by a tick (the horizon) the share that is ``endpoint`` then; NaN where nobody has."""
        entered = 1 - self.incidence(firm, State.NEVER_ENTERED)[tick]
        return float(self.incidence(firm, endpoint)[tick] / entered) if entered > 0 else math.nan

    def median_month(self, firm: str, fate: str) -> int | None:
        """Median tick of an event among the worlds in which it comes by the horizon; None where it never comes."""
        rows = self.fate(firm, fate)
        if rows.empty or not rows["incidence"].iloc[-1] > 0:
            return None
        share = rows["incidence"].to_numpy(float)
        return int(rows["month"].iloc[int(np.argmax(share >= share[-1] / 2))])

    def most_uncertain(self, limit: int = MOST_PANELS) -> list[str]:
        """The firms of ``told`` to draw one by one: all, or the ``limit`` that are in focus or whose survival is least
        certain.
        """
        if len(self.told) <= limit:
            return self.told

        def spread(firm: str) -> float:
            share = self.at_horizon(firm, State.INDEPENDENT)[0]
            return share * (1 - share) if share == share else -1.0

        order = sorted(self.told, key=lambda firm: (-spread(firm), firm))
        chosen = set(first(order, self.focus, itself)[:limit])
        return [firm for firm in self.told if firm in chosen]

    def ledger(self, facts: bool = False) -> Any:
        """claims.csv, or facts.csv, what speaks of who is in focus first."""
        outcomes, asked = self.outcomes, self.scenario.facts if facts else self.scenario.claims
        frame = outcomes.facts if facts else outcomes.claims
        rows = [{"claim": claim, "at": at} for at, claim in enumerate(frame["claim"])]
        return frame.iloc[[row["at"] for row in claims_first(rows, asked, self.focus)]]

    # captions
    def nothing(self, why: str) -> str:
        """Title of a picture of which there is nothing to show: ``why``, or that it is known only of all worlds."""
        return why if self.given is None else f"What this would show is {NOT_BY_WORLD}"

    def caption(self, *parts: str) -> str:
        """A caption: what is drawn, then source and sample size."""
        return " ".join(part for part in (*parts, self.source) if part)

    @cached_property
    def source(self) -> str:
        """Source line of every figure."""
        worlds = these_worlds(self.given, self.worlds, self.simulated)
        name = shorten(self.scenario.name, 60)
        return f"Source: Shakeout, scenario {name}, n = {worlds}, seed {self.scenario.seed}."

    def chosen_note(self, drawn: int, others: bool = False) -> str:
        """What to say where not every startup has a panel of its own, or (``others``) not every curve a colour."""
        total = len(self.startups)
        if total <= MOST_PANELS:
            return ""
        said = f"{'In colour' if others else 'Drawn'}: the {drawn} startups whose survival is least certain, of {total}"
        return f"{said}; the others are thin grey lines, named on hover." if others else f"{said}."


def focus_note(manifest: Mapping[str, Any], name: Callable[[str], str]) -> tuple[str, ...]:
    """What a page says of who is told first: a line of small print, or none; ``name`` says an id in words."""
    asked = listed([name(firm) for firm in asked_in(manifest)])
    said = (
        f"Told first, as asked for: {asked}. The worlds and the numbers are those of the page without a name behind it."
    )
    return (said,) if asked else ()


def reader_of(answer: Any) -> RunReader:
    """What reads ``answer``: a run, or a run of a study, that has a scenario, a manifest and maybe outcomes."""
    return RunReader(answer.scenario, answer.manifest, answer.outcomes)
