"""Scenarios of every size have a page: one firm, none, a class, forty-five; and say what is not there."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import made_up
import pytest
from reading import drawn, having, read

from sim.outcomes.endgame import Share
from sim.report.html.write import write
from sim.report.pictures import fates, landscape, money, survival, timelines
from sim.report.run_reader import MOST_PANELS, reader_of
from sim.report.tables import of_run
from sim.words import numbers

firm, START = made_up.firm, made_up.START


def text_of(run: Any, folder: Path) -> str:
    write(run, folder)
    html = (folder / "report.html").read_text(encoding="utf-8")
    return having(read(html), "body")[0].text


def nothing_happens(ticks: int = 12) -> Any:
    """One firm to which nothing happens, no claims, no facts, no stories."""
    run = made_up.run(made_up.scenario((firm("alpha", "Alpha"),), ticks=ticks, claims=()), worlds=200, stories=False)
    outcomes = SimpleNamespace(**{name: getattr(run.outcomes, name) for name in run.outcomes.__slots__})
    still = outcomes.survival["origin"] == "calendar"
    outcomes.survival = outcomes.survival[still]
    zero = outcomes.landscape["quantity"].isin(["venture_year"])
    columns = ["median", "p05", "p25", "p75", "p95"]
    outcomes.landscape.loc[zero, columns] = 0.0
    outcomes.leaders["share"] = 0.0
    return SimpleNamespace(**{**vars(run), "outcomes": outcomes})


def test_empty_states_are_said_in_words(tmp_path: Path):
    text = text_of(nothing_happens(), tmp_path)
    for said in (
        "Fewer than 30 startups list, pivot or enter in any year that can be followed",
        "No venture money is raised in any world",
        "No startup leads the general race in any world",
        "The scenario states no claims.",
        "No world was told.",
    ):
        assert said in text
    assert not (tmp_path / "plots" / "venture.html").exists()


def test_a_run_with_one_firm(tmp_path: Path):
    text = text_of(made_up.run(made_up.scenario((firm("alpha", "Alpha"),), claims=()), worlds=200), tmp_path)
    assert "In December 2030, Alpha is still independent in" in text
    assert "nan" not in text.lower().replace("finance", "")


def test_no_startup(tmp_path: Path):
    run = made_up.run(made_up.scenario((firm("g", "Giant", "giant"),), ticks=24, claims=()), worlds=100, stories=False)
    text = text_of(run, tmp_path)
    assert "No startup enters in any world" in text
    assert "The scenario has no startup" in text


def test_a_class_is_one_series_and_says_how_many_it_is(tmp_path: Path):
    run = made_up.run(
        made_up.scenario((firm("crowd", "Crowd", copies=30), firm("b", "Beta")), ticks=40, claims=()), 200
    )
    view = reader_of(run)
    assert view.startups == ["crowd", "b"]
    assert [panel.heading for panel in fates.fates_over_time(view).panels] == ["Crowd (class of 30)", "Beta"]
    assert "of 31 startups are still independent" in view.headline
    share = numbers.percent(view.at_horizon("crowd", "independent")[0])
    assert f"{share} of Crowd (class of 30)" in view.headline, "a share of its firms, not of worlds"
    for told in (view.headline, fates.fates_over_time(view).title, survival.survival_curves(view).title):
        assert "Crowd (class of 30) is" not in told and "Crowd (class of 30) in" not in told
    lane = timelines.timeline(view, run.stories[0]).panels[0].layout["yaxis"]["ticktext"][0]
    assert "Crowd 001" in lane and view.style("crowd").colour in lane
    assert len(of_run.fates_table(view).rows) == 3
    text_of(run, tmp_path)


def test_firms_that_never_or_late_enter(tmp_path: Path):
    firms = (firm("a", "Always"), firm("n", "Never", enters=None), firm("l", "Late", enters=START + 30))
    run = made_up.run(made_up.scenario(firms, ticks=60, claims=()), 200)
    view = reader_of(run)
    assert "Never" not in view.headline
    assert [panel.heading for panel in money.purse_fans(view, "cash").panels] == ["Always", "Late"]
    stacks = fates.fates_over_time(view)
    assert stacks.panels[1].data[-1]["name"] == "not entered"
    assert set(stacks.panels[1].data[-1]["y"]) == {1.0}
    late = fates.parts_of(view, "l")
    assert late["never_entered"][30] == 1 and late["never_entered"][31] == 0
    assert abs(sum(late.values()) - 1).max() < 1e-9
    text_of(run, tmp_path)


def test_a_median_at_its_cap_is_so_much_or_more():
    run = made_up.run(made_up.scenario((firm("a", "Alpha"),), ticks=24, claims=()), 100)
    paths = run.outcomes.paths.copy()
    paths.loc[paths["quantity"] == "runway", ["p05", "p25", "p50", "p75", "p95"]] = 120.0
    outcomes = SimpleNamespace(
        **{name: getattr(run.outcomes, name) for name in run.outcomes.__slots__} | {"paths": paths}
    )
    drawn = money.purse_fans(reader_of(SimpleNamespace(**{**vars(run), "outcomes": outcomes})), "runway")
    assert drawn.title.endswith("Alpha 120 months or more")
    assert "120 or more" in drawn.panels[0].data[-1]["text"][0]


@pytest.fixture(scope="module")
def forty_five() -> Any:
    firms = tuple(firm(f"s{n:02d}", f"Startup {n}") for n in range(45))
    return made_up.run(made_up.scenario((*firms, firm("g", "Giant", "giant")), ticks=60, claims=()), worlds=200)


def test_many_firms_are_limited_to_the_least_certain_and_it_says_so(forty_five: Any, tmp_path: Path):
    view = reader_of(forty_five)
    share = {f: view.at_horizon(f, "independent")[0] for f in view.startups}
    chosen = view.most_uncertain()
    assert len(chosen) == MOST_PANELS
    worst_chosen = min(share[f] * (1 - share[f]) for f in chosen)
    assert all(share[f] * (1 - share[f]) <= worst_chosen + 1e-12 for f in view.startups if f not in chosen)
    for picture in (fates.fates_over_time(view), money.purse_fans(view, "cash")):
        assert len(picture.panels) == MOST_PANELS
        assert f"Drawn: the {MOST_PANELS} startups whose survival is least certain, of 45." in picture.caption
    curves = survival.survival_curves(view)
    assert curves.keys[-1].label == "33 others"
    assert "In colour: the 12 startups whose survival is least certain, of 45; the others are thin" in curves.caption
    lines = [trace for trace in curves.panels[0].data if "hovertemplate" in trace]
    assert {line["name"] for line in lines} == {view.name(f) for f in view.startups}
    coloured = [line["line"] for line in lines if line["legendgroup"] != "others"]
    assert len({look["color"] for look in coloured}) == MOST_PANELS
    leading = landscape.leaders(view)
    ever = int(leading.keys[-1].label.removesuffix(" others")) + MOST_PANELS
    assert f"In colour: the 12 startups that lead most often at the end, of {ever} that ever lead" in leading.caption
    bars = fates.fates_at_horizon(view).panels[0]
    assert len(bars.layout["yaxis"]["ticktext"]) == 45
    assert "20 are left out" in timelines.timeline(view, forty_five.stories[0]).caption
    assert len(of_run.fates_table(view).rows) == 46
    write(forty_five, tmp_path)
    assert (tmp_path / "report.html").stat().st_size < 8_000_000


@pytest.mark.parametrize("ticks", [1, 12, 30, 150])
def test_horizons_of_any_length(ticks: int, tmp_path: Path):
    run = made_up.run(made_up.scenario((firm("a", "A"), firm("b", "B")), ticks=ticks, claims=()), worlds=100)
    write(run, tmp_path)
    panels = drawn(read((tmp_path / "report.html").read_text(encoding="utf-8")))
    assert panels["survival-independent"][0]["layout"]["xaxis"]["range"][0] == "2023-06-01"


def test_a_firm_listed_in_few_worlds_has_no_mark(run: Any):
    view = reader_of(run)
    fate = run.outcomes.fates
    rare = fate.copy()
    rare.loc[(rare["firm"] == "zhipu") & (rare["fate"] == "listed"), "incidence"] *= 0.01
    outcomes = SimpleNamespace(**{name: getattr(run.outcomes, name) for name in run.outcomes.__slots__})
    outcomes.fates = rare
    other = reader_of(SimpleNamespace(**{**vars(run), "outcomes": outcomes}))
    assert money.listing_mark(view, "zhipu")[0] and not money.listing_mark(other, "zhipu")[0]
    rows = view.fate("zhipu", "listed")
    half = rows["incidence"].iloc[-1] / 2
    month = int(rows[rows["incidence"] >= half]["month"].iloc[0])
    assert money.listing_mark(view, "zhipu")[0][0]["x0"] == view.days[month]


def test_years_of_the_endgame_and_what_does_not_get_there_sum_to_one(run: Any):
    outcomes = SimpleNamespace(**{name: getattr(run.outcomes, name) for name in run.outcomes.__slots__})
    outcomes.extinct = Share(0.2, 0.18, 0.22)
    bars = landscape.endgame(reader_of(SimpleNamespace(**{**vars(run), "outcomes": outcomes}))).panels[0].data[0]
    assert sum(bars["y"]) == pytest.approx(1, abs=2e-3)
    assert bars["y"][-1] == 0.2
    assert bars["customdata"][0] == "2023" and bars["customdata"][-3] == "2030"
