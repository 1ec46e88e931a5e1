"""The report with firms told first: headline, order of tables and of figures; the numbers stay as they are."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import made_up
import pytest

from sim.report.html.write import write
from sim.report.pages import report as run_page
from sim.report.pictures import claims, fates, landscape, money, survival, timelines
from sim.report.run_reader import RunReader, reader_of
from sim.report.tables import of_run
from sim.study.focus import FOCUS

STARTUPS = list(made_up.STARTUPS.values())


def asking(run: Any, *firms: str) -> Any:
    """The run with these told first."""
    return SimpleNamespace(**{**vars(run), "manifest": {**run.manifest, FOCUS: list(firms)}})


def told(run: Any, *firms: str) -> RunReader:
    return reader_of(asking(run, *firms))


@pytest.fixture(scope="module")
def asked(run: Any) -> RunReader:
    """StepFun, a giant, and then a group of startups."""
    return told(run, "stepfun", "tencent", "six")


def heads(table: Any) -> list[str]:
    return [row[0].text for row in table.rows]


def test_the_headline_begins_with_them_in_their_order(run: Any, asked: RunReader):
    shares = run.outcomes.headline.set_index("firm")["independent"]
    stepfun, tencent, six = (f"{100 * shares[firm]:.0f}%" for firm in ("stepfun", "tencent", "six"))
    said = asked.headline
    assert said.startswith(
        f"In December 2030, StepFun is still independent in {stepfun} of worlds, Tencent in {tencent}, "
        f"{six} of group six; in the median world "
    )
    assert said.endswith(" startups are still independent")
    best = shares[list(made_up.STARTUPS)].idxmax()
    alone = told(run, "stepfun").headline
    assert f"StepFun is still independent in {stepfun} of worlds, {made_up.STARTUPS[best]} in " in alone
    assert not reader_of(run).headline.startswith("In December 2030, StepFun")


def test_the_table_of_fates_begins_with_them_and_leaves_the_others_as_they_were(run: Any, asked: RunReader):
    usual, focused = heads(of_run.fates_table(reader_of(run))), heads(of_run.fates_table(asked))
    assert usual[0] != "StepFun" and "Tencent" not in usual
    assert focused[:3] == ["StepFun", "Tencent", "Group six (6)"]
    members = [made_up.STARTUPS[firm] for firm in made_up.SIX if firm != "stepfun"]
    assert focused[3:8] == members
    assert focused[8:] == [name for name in usual if name not in focused[:8]] == ["DeepSeek", "All startups (7)"]


@pytest.mark.parametrize(
    "draw",
    [fates.fates_over_time, *(lambda view, which=which: money.purse_fans(view, which) for which in ("cash", "runway"))],
)
def test_small_panels_begin_with_them(run: Any, draw: Any):
    assert [panel.heading for panel in draw(reader_of(run)).panels] == STARTUPS
    first = ["Moonshot", "StepFun"]
    found = [panel.heading for panel in draw(told(run, "moonshot", "stepfun")).panels]
    assert found == [*first, *(name for name in STARTUPS if name not in first)]


def test_a_giant_that_is_asked_for_has_a_panel(asked: RunReader):
    assert [panel.heading for panel in fates.fates_over_time(asked).panels[:2]] == ["StepFun", "Tencent"]


def test_curves_and_bars_begin_with_them_and_titles_speak_of_them(run: Any):
    view = told(run, "baichuan")
    share = f"{100 * run.outcomes.headline.set_index('firm')['independent']['baichuan']:.0f}%"
    curves = survival.survival_curves(view)
    assert curves.keys[0].label == "Baichuan" != survival.survival_curves(reader_of(run)).keys[0].label
    assert curves.title.startswith(f"In December 2030, Baichuan is still independent in {share} of worlds")
    bars = fates.fates_at_horizon(view)
    assert bars.panels[0].layout["yaxis"]["ticktext"][0] == "Baichuan"
    assert bars.title.startswith("In December 2030, Baichuan is independent in ")
    assert fates.fates_over_time(view).title.startswith("By December 2030, Baichuan is acquired in ")
    assert "most of all" not in fates.fates_over_time(view).title
    assert ": Baichuan RMB " in money.purse_fans(view, "cash").title
    leader = landscape.leaders(view)
    assert leader.keys[0].label == "Baichuan" and leader.title.startswith("Baichuan is the leading startup")
    lanes = timelines.lanes_of(view, run.stories[0])
    assert lanes[0].firm == "baichuan" != timelines.lanes_of(reader_of(run), run.stories[0])[0].firm


def test_forecasts_about_them_come_first_in_table_and_figure(run: Any):
    view = told(run, "zhipu")
    usual = heads(of_run.claims_table(reader_of(run)))
    assert usual[3] == "Zhipu is profitable by 2028"
    expected = [usual[3], *usual[:3], *usual[4:]]
    assert heads(of_run.claims_table(view)) == expected
    drawn = claims.ledger(view).panels[0].data[1]["meta"]["y"][1]
    assert [said.partition(" [")[0] for said in drawn[:3]] == ["Zhipu is profitable by 2028", *usual[:2]]
    assert heads(of_run.facts_table(told(run, "stepfun")))[0] == "StepFun is closed by January 2026"


def test_of_many_startups_those_asked_for_are_drawn():
    many = tuple(made_up.firm(f"firm-{i:02d}", f"Firm {i:02d}") for i in range(30))
    run = made_up.run(made_up.scenario(many, ticks=24, claims=()), worlds=60, stories=False)
    left_out = next(firm.id for firm in many if firm.id not in reader_of(run).most_uncertain())
    drawn = told(run, left_out).most_uncertain()
    assert drawn[0] == left_out and len(drawn) == len(reader_of(run).most_uncertain())


def test_the_page_says_whom_it_tells_first_and_how_to_get_it_again(run: Any):
    document = run_page.document_of(asking(run, "stepfun", "tencent", "six"))
    assert any(line.startswith("Told first, as asked for: StepFun, Tencent and group six.") for line in document.notes)
    made_from = dict(document.sections[-1].blocks[0].terms)
    assert made_from["To run it again"].endswith(" --firm stepfun --firm tencent --firm six")
    assert not any("Told first" in line for line in run_page.document_of(run).notes)


def test_a_page_with_a_focus_has_names_of_its_own(asked: RunReader, run: Any, tmp_path):
    write(run, tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    write(asking(run, "stepfun"), tmp_path)
    after = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert before.items() <= after.items()
    added = {path.relative_to(tmp_path).as_posix() for path in after.keys() - before.keys()}
    assert "report-stepfun.html" in added and "plots-stepfun/fates.html" in added
    assert all(name.startswith(("report-stepfun.html", "plots-stepfun/")) for name in added)
