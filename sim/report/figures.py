"""The figures as plotly figures, for notebooks: each function takes a finished run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.report import claims, fates, landscape, money, survival, timelines
from sim.report.picture import figure_of
from sim.report.view import FinishedRun, view_of

if TYPE_CHECKING:
    import plotly.graph_objects as go


def survival_curves(run: FinishedRun, endpoint: str = "independent") -> go.Figure:
    """Survival of every startup with pointwise 95% bands; ``endpoint`` is "independent" or "general"."""
    return figure_of(survival.survival_curves(view_of(run), endpoint))


def survival_after(run: FinishedRun) -> go.Figure:
    """Survival of startups since their listing, and since their pivot."""
    return figure_of(survival.survival_after(view_of(run)))


def fates_over_time(run: FinishedRun) -> go.Figure:
    """Small multiples: shares of worlds in each state by month, a panel per startup."""
    return figure_of(fates.fates_over_time(view_of(run)))


def fates_at_horizon(run: FinishedRun) -> go.Figure:
    """One stacked bar per startup."""
    return figure_of(fates.fates_at_horizon(view_of(run)))


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
