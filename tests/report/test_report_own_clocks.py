"""Survival on clocks of their own, and how the page says when half are gone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import made_up
import numpy as np

from sim.report.pictures import overlays, since_milestones, survival
from sim.report.run_reader import reader_of
from sim.report.several_runs import Runs
from sim.report.tables import of_run
from sim.scenario.model import Value

firm, START = made_up.firm, made_up.START


def by_chance(ident: str, name: str, copies: int, enters: int) -> Any:
    one = firm(ident, name, copies=copies, enters=enters)
    return replace(one, values={**one.values, "entry_hazard_month": Value("number", (0.03,))})


def newcomers(worlds: int = 200) -> Any:
    firms = (firm("a", "Alpha"), firm("b", "Beta"), by_chance("new", "Newcomers", 4, START + 20))
    return made_up.run(made_up.scenario(firms, claims=()), worlds=worlds)


def test_late_entrants_have_a_panel_with_a_curve_for_each_year():
    view = reader_of(newcomers())
    picture = since_milestones.survival_after(view)
    assert [panel.heading for panel in picture.panels][-1] == "After entering: Newcomers (class of 4)"
    cohorts = view.cohorts("new", "independent", "entered")
    assert list(cohorts) == ["2025"]  # all of them enter in March 2025
    lines = [trace for trace in picture.panels[-1].data if "name" in trace]
    assert [trace["name"] for trace in lines] == ["2025"]
    assert lines[0]["y"] == [float(f"{share:.4g}") for share in cohorts["2025"]["survival"]]
    share = float(cohorts["2025"]["survival"].iloc[36])
    said = f"{100 * share:.0f}% of Newcomers (class of 4) that entered in 2025 are independent 36 months on"
    assert said in picture.title
    assert {key.label for key in picture.keys} >= {"2025"}
    assert len({(key.colour, key.dash) for key in picture.keys}) == len(picture.keys)
    calendar = survival.survival_curves(view)
    assert "Not drawn here, on a clock that starts on entry below: Newcomers (class of 4)." in calendar.caption


def test_years_of_a_handful_are_not_drawn():
    view = reader_of(newcomers(100))
    for group, clock, heading, _ in since_milestones.AFTER:
        curves = view.cohorts(group, "independent", clock)
        sizes = {years: int(curve["at_risk"].iloc[0]) for years, curve in curves.items()}
        assert min(sizes.values()) < 30 <= max(sizes.values())
        panel = next(one for one in since_milestones.survival_after(view).panels if one.heading == heading)
        drawn = {trace["name"] for trace in panel.data if "name" in trace}
        assert drawn == {years for years, size in sizes.items() if size >= 30}


def test_half_gone_by_says_when_between_which_months_and_never():
    ends = {"independent": 0.4, "never_entered": 0.0}
    view = reader_of(made_up.run(made_up.scenario((firm("a", "Alpha"),), claims=()), worlds=50))

    def said(gone: Any, low: Any, high: Any, never: float = 0.0) -> tuple[str, str]:
        dates = {"median_exit": gone, "median_exit_low": low, "median_exit_high": high}
        cell = of_run._half_gone(view, {**ends, **dates, "never_entered": never})
        return cell.text, cell.sub

    assert said("2027-03", "2027-01", "2027-06") == ("Mar 2027", "Jan 2027 to Jun 2027")
    assert said("2030-08", "2030-04", None) == ("Aug 2030", "Apr 2030 or later")
    assert said(None, "2030-11", float("nan")) == ("after Dec 2030", "Nov 2030 or later")
    assert said(None, None, None) == ("after Dec 2030", "")
    assert said(None, None, None, never=1.0) == ("never entered", "")


def test_numbers_at_the_horizon_are_shares_though_a_curve_has_ended():
    """Few of many are left: the curve ends before the horizon, and what is said of the horizon is still so."""
    run = made_up.run(made_up.scenario((firm("a", "Alpha"), firm("b", "Beta")), ticks=300, claims=()), worlds=100)
    view = reader_of(run)
    curve = view.survival("b", "independent")
    left = view.at_horizon("b", "independent")[0]
    assert curve["month"].iloc[-1] < 300 and curve["survival"].iloc[-1] > left
    picture = survival.survival_curves(view)
    assert f"{100 * left:.0f}%" in picture.title
    runs = Runs(("one", "two"), (view, view), "comparison", ())
    assert overlays._end(runs, view, "b", "independent") == left
    assert np.isclose(view.left_of_entrants("a", "independent"), view.at_horizon("a", "independent")[0])
