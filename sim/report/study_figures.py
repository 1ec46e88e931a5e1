"""The figures of what-ifs and comparisons as plotly figures, for notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.foundation.errors import InputError, nearest_of
from sim.foundation.states import State
from sim.report.pages import compare, whatif
from sim.report.pictures import difference_dots, fate_flows, histories, overlays
from sim.report.pictures.picture import figure_of
from sim.report.several_runs import Runs
from sim.study.compare import Comparison
from sim.study.what_if import WhatIf

if TYPE_CHECKING:
    import plotly.graph_objects as go

Study = WhatIf | Comparison


def runs_of(done: Study) -> Runs:
    """The runs of a study as its figures read them."""
    return whatif.runs_of(done) if isinstance(done, WhatIf) else compare.runs_of(done)


def survival(done: Study, endpoint: str = State.INDEPENDENT) -> go.Figure:
    """Survival curves of every run over one another, a panel per startup; ``endpoint``: "independent" or "general"."""
    runs = runs_of(done)
    return figure_of(overlays.survival_overlay(runs, overlays.drawn(runs, done.differences), endpoint))


def startups_left(done: Study) -> go.Figure:
    """How many startups are left by month, on average over worlds, in every run."""
    return figure_of(overlays.left_overlay(runs_of(done)))


def endgame(done: Study) -> go.Figure:
    """Share of worlds that have reached the endgame by each month, in every run."""
    return figure_of(overlays.endgame_overlay(runs_of(done)))


def differences(done: Study, quantity: str = "survival", variant: int = 1) -> go.Figure:
    """Dots with 95% intervals, sorted by size: the ``variant``-th run (from 1) minus the first.

    InputError if ``quantity`` is none of survival, general, a fate, a milestone, raised or final_valuation.
    """
    measures = {measure.quantity: measure for measure in (*difference_dots.IN_SHARES, *difference_dots.IN_MONEY)}
    if quantity not in measures:
        near = nearest_of(quantity, measures)
        raise InputError("no such quantity", key="quantity", found=quantity, allowed=", ".join(measures), nearest=near)
    runs = runs_of(done)
    names = list(dict.fromkeys(done.differences["variant"]))
    rows = [row for row in difference_dots.records(done.differences) if row["variant"] == names[variant - 1]]
    return figure_of(difference_dots.dots(runs, rows, measures[quantity], variant))


def fates_turned(done: WhatIf, variant: int = 1) -> go.Figure:
    """From the fate in the base to the fate in the ``variant``-th variant (from 1), a square per startup."""
    runs, name = runs_of(done), done.variants[variant - 1].name
    rows = [row for row in difference_dots.records(done.flipped) if row["variant"] == name]
    return figure_of(fate_flows.flows(runs, rows, runs.startups, variant))


def told_twice(done: WhatIf, variant: int = 1) -> go.Figure:
    """Valuation and cash in the world that is told twice. InputError where no fate turns in any world."""
    told = done.retold()[variant - 1]
    if told is None:
        raise InputError("no fate turns in any world, so there is no world to tell twice")
    return figure_of(histories.paths(runs_of(done), told, variant))
