"""The figures as plotly figures, for notebooks: each function takes a finished run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.report.pages import flip as flip_page
from sim.report.pages import sensitivity as sensitivity_page
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
from sim.report.pictures.picture import figure_of
from sim.report.pictures.swept import Swept
from sim.report.run_view import FinishedRun, view_of

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from sim.study.flip import Flip
    from sim.study.sensitivity import Sensitivity
    from sim.study.sweep import Sweep


def survival_curves(run: FinishedRun, endpoint: str = "independent") -> go.Figure:
    """Survival of every startup with pointwise 95% bands; ``endpoint`` is "independent" or "general"."""
    return figure_of(survival.survival_curves(view_of(run), endpoint))


def survival_after(run: FinishedRun) -> go.Figure:
    """Survival of startups since their listing, their pivot or their entry, a curve for each year's cohort."""
    return figure_of(since_milestones.survival_after(view_of(run)))


def fates_over_time(run: FinishedRun) -> go.Figure:
    """Small multiples: shares of worlds in each state by month, a panel per startup."""
    return figure_of(fates.fates_over_time(view_of(run)))


def fates_at_horizon(run: FinishedRun) -> go.Figure:
    """One stacked bar per startup."""
    return figure_of(fates.fates_at_horizon(view_of(run)))


def what_ended_them(run: FinishedRun, by: str = "firm") -> go.Figure:
    """Shares that are gone by cause; ``by`` is "firm" (at the horizon) or "year" (all startups in each year)."""
    return figure_of({"firm": exits.by_firm, "year": exits.by_year}[by](view_of(run)))


def independents_left(run: FinishedRun) -> go.Figure:
    """How many startups are still independent, and in the general race: fans."""
    return figure_of(landscape.independents_left(view_of(run)))


def concentration(run: FinishedRun) -> go.Figure:
    """Concentration of revenue (HHI): a fan."""
    return figure_of(landscape.concentration(view_of(run)))


def leaders(run: FinishedRun) -> go.Figure:
    """Share of worlds in which each startup leads the general race, by month."""
    return figure_of(landscape.leaders(view_of(run)))


def endgame(run: FinishedRun) -> go.Figure:
    """The year in which the endgame begins, and the worlds that do not get there."""
    return figure_of(landscape.endgame(view_of(run)))


def cash(run: FinishedRun) -> go.Figure:
    """Fans of cash, a panel per startup."""
    return figure_of(money.purse_fans(view_of(run), "cash"))


def runway(run: FinishedRun) -> go.Figure:
    """Fans of runway in months, a panel per startup."""
    return figure_of(money.purse_fans(view_of(run), "runway"))


def valuation(run: FinishedRun) -> go.Figure:
    """Fans of valuation, a panel per startup."""
    return figure_of(money.purse_fans(view_of(run), "valuation"))


def venture(run: FinishedRun) -> go.Figure:
    """Venture money per year and the share of the four largest."""
    return figure_of(money.venture(view_of(run)))


def claims_ledger(run: FinishedRun) -> go.Figure:
    """Probability and interval of every forecast of the documents."""
    return figure_of(claims.ledger(view_of(run)))


def facts_ledger(run: FinishedRun) -> go.Figure:
    """Probability and interval of what happened after the training window."""
    return figure_of(claims.ledger(view_of(run), facts=True))


def timeline(run: FinishedRun, story: int = 0) -> go.Figure:
    """One of the run's stories (0 to 2) as a timeline of events."""
    return figure_of(timelines.timeline(view_of(run), story))


def sweep_left(done: Sweep) -> go.Figure:
    """Mean number of startups left over the values of one assumption, or a heatmap over two."""
    swept = Swept(done)
    one = len(done.axes) == 1
    return figure_of(sweep_curves.left(swept) if one else sweep_heatmaps.industry(swept, "independents_left"))


def sweep_states(done: Sweep, state: str = "independent") -> go.Figure:
    """Share of worlds in which each startup is in ``state`` at the horizon: curves over one assumption, else heatmaps.

    ``state`` is independent, general, acquired, closed, listed or pivoted; KeyError otherwise.
    """
    draw = sweep_curves.by_state if len(done.axes) == 1 else sweep_heatmaps.by_state
    return figure_of(draw(Swept(done), state))


def sweep_survival(done: Sweep, endpoint: str = "independent") -> go.Figure:
    """Survival curves of every startup, one for each value of the one assumption that varies."""
    return figure_of(sweep_curves.survival(Swept(done), endpoint))


def sweep_claims(done: Sweep) -> go.Figure:
    """Probability of every forecast over the values of one assumption, or heatmaps over two."""
    draw = sweep_curves.claims if len(done.axes) == 1 else sweep_heatmaps.claims
    return figure_of(draw(Swept(done)))


def flip_point(done: Flip) -> go.Figure:
    """Probability of the claim over the values of the assumption, with the level and the crossings."""
    return figure_of(flip_page.probability(done))


def tornado(done: Sensitivity) -> go.Figure:
    """The claim's probability in the lowest and in the highest fifth of every assumption (not for Morris' method)."""
    return figure_of(sensitivity_page.tornado(done))


def drivers(done: Sensitivity) -> go.Figure:
    """The first index of the method for every assumption, with its interval."""
    return figure_of(sensitivity_page.index_picture(done, str(done.drivers["index"].iloc[0])))
