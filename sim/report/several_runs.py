"""Several runs as the report reads them: who is in any of them, how each is drawn, what they have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sim.outcomes.index import group_name
from sim.report.html import style
from sim.report.html.style import LineStyle
from sim.report.pictures.picture import Key
from sim.report.run_reader import RunReader, reader_of
from sim.study.compare import Comparison
from sim.study.focus import first, focus_in, itself
from sim.study.what_if import WhatIf
from sim.words.text import shorten

KEY_LETTERS = 40  # of a label in a legend: so many fit on a phone
FIRST = LineStyle(style.MUTED, "dash")  # the base, or the run that the others are compared with
OTHERS = (
    LineStyle("#0b5c8a", "solid"),
    LineStyle("#c25a00", "solid"),
    LineStyle("#7a3e9d", "longdash"),
    LineStyle("#2f7d4f", "dashdot"),
    LineStyle("#b03060", "dot"),
)


@dataclass(frozen=True, eq=False)
class Runs:
    """The runs of a what-if or a comparison (``kind``): the first is what the others are compared with."""

    labels: tuple[str, ...]
    each: tuple[RunReader, ...]
    kind: str
    focus: tuple[str, ...]

    @property
    def base(self) -> RunReader:
        """The first run."""
        return self.each[0]

    def last_tick(self, run: RunReader) -> int:
        """Tick of the last month that all runs share: numbers are compared there, whatever each run's horizon."""
        return min(other.scenario.end for other in self.each) - run.scenario.start + 1

    @property
    def last_month(self) -> str:
        """That month in words."""
        return self.base.month(self.last_tick(self.base), long=True)

    def style(self, index: int) -> LineStyle:
        """How the ``index``-th run is drawn."""
        if index == 0:
            return FIRST
        look, round_ = OTHERS[(index - 1) % len(OTHERS)], (index - 1) // len(OTHERS)
        dash = style.DASHES[(style.DASHES.index(look.dash) + round_) % len(style.DASHES)]
        return LineStyle(look.colour, dash)

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """The legend."""
        return tuple(
            Key(shorten(label, KEY_LETTERS), self.style(i).colour, "line", f"run-{i}", self.style(i).dash)
            for i, label in enumerate(self.labels)
        )

    @cached_property
    def startups(self) -> list[str]:
        """Ids of the startups of any run, those of the first in its order."""
        return list(dict.fromkeys(firm for run in self.each for firm in run.startups))

    @cached_property
    def told(self) -> list[str]:
        """Ids of whom to tell: who is in focus, a giant too, then the startups, then their groups."""
        return first(dict.fromkeys([*self.startups, *groups_of_startups(self), *self.focus]), self.focus, itself)

    def run_with(self, firm: str) -> RunReader:
        """The first run that has this firm or group."""
        return next((run for run in self.each if firm in run.firms or firm in run.scenario.groups), self.base)

    def name(self, firm: str, limit: int = 40) -> str:
        """A firm, group or the industry as people say it."""
        if firm == "all":
            return "The industry"
        run = self.run_with(firm)
        if firm in run.firms:
            return run.name(firm, limit)
        return shorten(group_name(firm), limit)

    def colour(self, firm: str) -> str:
        """A firm's colour; groups share one."""
        return self.run_with(firm).style(firm).colour

    def ends_in_words(self, ends: Sequence[str]) -> str:
        """ "4.9 (base), 5.3 (with the change)": a number of every run."""
        if len(self.labels) == 1 and ends:
            return ends[0]
        if len(set(ends)) <= 1:
            return f"{ends[0]} in every run" if ends else "unknown"
        return ", ".join(f"{end} ({shorten(label, 40)})" for end, label in zip(ends, self.labels, strict=False))

    def in_a_row(self, ends: Sequence[str]) -> str:
        """Numbers of the runs in short: an arrow from the base to its only variant, else bars between them."""
        return (" → " if self.kind == "what-if" and len(ends) == 2 else " | ").join(ends)

    @cached_property
    def source(self) -> str:
        """Source line of every figure."""
        worlds = sorted({run.worlds for run in self.each})
        said = " and ".join(f"{n:,}" for n in worlds)
        seeds = sorted({run.scenario.seed for run in self.each})
        each = " each" if len(worlds) == 1 else ""
        if self.base.given is not None:
            each = f" left of {self.base.simulated:,}"
        scenario = shorten(self.base.scenario.name, 60)
        seed = f"seed{'s' if len(seeds) > 1 else ''} {' and '.join(str(seed) for seed in seeds)}"
        return f"Source: Shakeout, {self.kind} on scenario {scenario}, n = {said} worlds{each}, {seed}."

    def caption(self, *parts: str) -> str:
        """A caption: what is drawn, then source and sample size."""
        return " ".join(part for part in (*parts, self.source) if part)

    def axis(self, **settings: Any) -> dict[str, Any]:
        """A calendar axis that holds all runs."""
        axis = self.base.date_axis(**settings)
        ranges = [run.date_axis()["range"] for run in self.each]
        return {**axis, "range": [min(r[0] for r in ranges), max(r[1] for r in ranges)]}


def runs_of(done: WhatIf | Comparison) -> Runs:
    """The runs of a study as its page and its figures read them."""
    kind, each = "what-if" if isinstance(done, WhatIf) else "comparison", tuple(map(reader_of, done.runs()))
    return Runs(tuple(done.labels), each, kind, focus_in(done.scenario, done.manifest))


def groups_of_startups(runs: Runs) -> list[str]:
    """Groups with startups only, all startups first."""
    run = runs.base
    named = [
        group
        for group, members in run.scenario.groups.items()
        if members and group not in run.firms and group != "startups" and all(m in run.startups for m in members)
    ]
    return ["startups", *named] if len(runs.startups) > 1 else []
