"""The figures of what-ifs and comparisons as plotly figures, for notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.foundation.errors import InputError, nearest_of
from sim.foundation.states import State
from sim.report.figures import figure_by
from sim.report.pictures import difference_dots, fate_flows, histories, overlays
from sim.report.pictures.picture import figure_of
from sim.report.several_runs import runs_of
from sim.study.compare import Comparison
from sim.study.what_if import WhatIf

if TYPE_CHECKING:
    import plotly.graph_objects as go

Study = WhatIf | Comparison


startups_left = figure_by(overlays.left_overlay, runs_of)
endgame = figure_by(overlays.endgame_overlay, runs_of)


def survival(done: Study, endpoint: str = State.INDEPENDENT) -> go.Figure:
    """Survival curves of every run over one another, a panel per startup; ``endpoint``: "independent" or "general"."""
    runs = runs_of(done)
    return figure_of(overlays.survival_overlay(runs, overlays.drawn(runs, done.differences), endpoint))


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
    rows = difference_dots.rows_about(done.differences, names[variant - 1])
    return figure_of(difference_dots.dots(runs, rows, measures[quantity], variant))


def fates_turned(done: WhatIf, variant: int = 1) -> go.Figure:
    """From the fate in the base to the fate in the ``variant``-th variant (from 1), a square per startup."""
    runs, rows = runs_of(done), difference_dots.rows_about(done.flipped, done.variants[variant - 1].name)
    return figure_of(fate_flows.flows(runs, rows, runs.startups, variant))


def told_twice(done: WhatIf, variant: int = 1) -> go.Figure:
    """Valuation and cash in the world that is told twice. InputError where no fate turns in any world."""
    told = done.retold()[variant - 1]
    if told is None:
        raise InputError("no fate turns in any world, so there is no world to tell twice")
    return figure_of(histories.paths(runs_of(done), told, variant))
