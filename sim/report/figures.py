"""The figures as plotly figures, for notebooks: each function takes a finished run.

Each is the function of ``sim.report.pictures`` that draws it for the page, with its parameters. Those of sweeps, flip
points, sensitivities and discoveries take these instead; study_figures.py has those of what-ifs and comparisons.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from inspect import signature
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from sim.foundation.states import State
from sim.report.pictures import (
    claims,
    exits,
    fates,
    landscape,
    money,
    since_milestones,
    survival,
    sweep_curves,
    sweep_heatmaps,
    timelines,
)
from sim.report.pictures import drivers as drivers_pictures
from sim.report.pictures.fate_tree import fate_tree as fate_tree_picture
from sim.report.pictures.flip_point import probability
from sim.report.pictures.picture import Picture, figure_of
from sim.report.pictures.swept import Swept
from sim.report.run_reader import reader_of

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from sim.study.run import Run
    from sim.study.sweep import Sweep

P = ParamSpec("P")


def figure_by(
    draw: Callable[Concatenate[Any, P], Picture], read: Callable[[Any], Any] = reader_of, says: str = ""
) -> Callable[Concatenate[Any, P], go.Figure]:
    """``draw`` as a figure of an answer, made ready by ``read``; ``says``: its docstring, if not that of ``draw``."""

    @wraps(draw)
    def figure(*given: Any, **named: Any) -> go.Figure:
        bound = signature(draw).bind(*given, **named)
        answer = next(iter(bound.arguments))
        bound.arguments[answer] = read(bound.arguments[answer])
        return figure_of(draw(*bound.args, **bound.kwargs))

    figure.__module__, figure.__doc__ = __name__, says or draw.__doc__
    return figure


def _as_it_is(done: Any) -> Any:
    return done


survival_curves = figure_by(survival.survival_curves)
survival_after = figure_by(since_milestones.survival_after)
fates_over_time = figure_by(fates.fates_over_time)
fates_at_horizon = figure_by(fates.fates_at_horizon)
independents_left = figure_by(landscape.independents_left)
concentration = figure_by(landscape.concentration)
leaders = figure_by(landscape.leaders)
endgame = figure_by(landscape.endgame)
venture = figure_by(money.venture)
cash, runway, valuation = (
    figure_by(partial(money.purse_fans, which=which), says=f"Fans of {which}, a panel per startup.")
    for which in money.PURSES
)
claims_ledger = figure_by(claims.ledger)
facts_ledger = figure_by(
    partial(claims.ledger, facts=True), says="Probability and interval of what happened after the training window."
)
flip_point = figure_by(probability, _as_it_is)
tornado = figure_by(drivers_pictures.tornado, _as_it_is)
drivers = figure_by(drivers_pictures.index_picture, _as_it_is)
fate_tree = figure_by(fate_tree_picture, _as_it_is)
sweep_survival = figure_by(sweep_curves.survival, Swept)


def timeline(run: Run, story: int = 0) -> go.Figure:
    """One of the run's stories (0 to 2) as a timeline of events."""
    return figure_of(timelines.timeline(reader_of(run), run.stories[story], story))


def what_ended_them(run: Run, by: str = "firm") -> go.Figure:
    """Shares that are gone by cause; ``by`` is "firm" (at the horizon) or "year" (all startups in each year)."""
    return figure_of({"firm": exits.by_firm, "year": exits.by_year}[by](reader_of(run)))


def sweep_left(done: Sweep) -> go.Figure:
    """Mean number of startups left over the values of one assumption, or a heatmap over two."""
    swept = Swept(done)
    one = len(done.axes) == 1
    return figure_of(sweep_curves.left(swept) if one else sweep_heatmaps.industry(swept, "independents_left"))


def sweep_states(done: Sweep, state: str = State.INDEPENDENT) -> go.Figure:
    """Share of worlds in which each startup is in ``state`` at the horizon: curves over one assumption, else heatmaps.

    ``state`` is independent, general, acquired, closed, listed or pivoted; KeyError otherwise.
    """
    draw = sweep_curves.by_state if len(done.axes) == 1 else sweep_heatmaps.by_state
    return figure_of(draw(Swept(done), state))


def sweep_claims(done: Sweep) -> go.Figure:
    """Probability of every forecast over the values of one assumption, or heatmaps over two."""
    draw = sweep_curves.claims if len(done.axes) == 1 else sweep_heatmaps.claims
    return figure_of(draw(Swept(done)))
