"""Sweeps over decisions: rule, never and months in order, told in words; only months are joined by a line."""

from __future__ import annotations

import json

import pytest
from closed_form import DATA, HAZARD, NAME
from closed_form import alone as switched_off

import sim
from sim.foundation.errors import InputError
from sim.report import figures
from sim.report.pages.sweep import document_of
from sim.report.pictures import sweep_curves
from sim.report.pictures.swept import Swept
from sim.study.axes import MOST_POINTS, axes_of
from sim.words.headlines import of_sweep

LEAVES = "firms.alone.pivots"
WORLDS = 8  # every world is alike: the firm does what it is made to do
CAN = {"on": 1, "hazard": 0, "pressure_hazard": 0, "lead_hazard": 0}  # it can leave, and by rule it never does


def alone(**more):
    return switched_off(assumptions={**DATA["assumptions"], "pivot": CAN}, **more)


def axis(vary, scenario=None):
    (found,) = axes_of(scenario or alone(), vary, grid=True)
    return found


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """Whether and when the firm leaves the race, in 2024."""
    out = tmp_path_factory.mktemp("results")
    return sim.sweep(alone(), f"{LEAVES}=never,2024-03:2024-09:3,rule", worlds=WORLDS, jobs=1, out=out)


# which decisions


@pytest.mark.parametrize(
    ("asked", "values"),
    [
        ("rule,never", ["rule", "never"]),
        ("never,2024-07,rule,2024-03", ["rule", "2024-03", "2024-07", "never"]),
        ("2024-02:2024-12:3", ["2024-02", "2024-07", "2024-12"]),
        ("2024-02:2024-04:3, rule", ["rule", "2024-02", "2024-03", "2024-04"]),
        ("never", ["never"]),
    ],
)
def test_decisions_are_put_in_order_whatever_order_they_are_asked_in(asked, values):
    assert axis(f"{LEAVES}={asked}").values() == values
    assert axis({LEAVES: asked.split(",")}).values() == values
    assert axis(axis(f"{LEAVES}={asked}").text).values() == values


def test_a_dated_decision():
    found = axis(f"{LEAVES}=2024-06,never@2024-03..2024-08")
    assert found.name == f"{LEAVES}@2024-03..2024-08"
    assert found.set_text("never") == f"{LEAVES}=never@2024-03..2024-08"


@pytest.mark.parametrize(
    ("vary", "problem", "allowed", "nearest"),
    [
        (f"{LEAVES}=alwys", "not a decision", "rule, never, YYYY-MM, or FROM:TO:N", None),
        (f"{LEAVES}=rule,nevr", "not a decision", "rule, never, YYYY-MM", "never"),
        (f"{LEAVES}=rule,2024-05-01", "not a decision", "rule, never, YYYY-MM", "2024-05"),
        (f"{LEAVES}=", "not a decision", "rule, never, YYYY-MM", None),
        (f"{LEAVES}=rule,,never", "not a decision", "rule, never, YYYY-MM", None),
        (f"{LEAVES}=0", "not a decision", "rule, never, YYYY-MM", None),
        (f"{LEAVES}=rule,2025-01", "a month in which it cannot be", "from 2024-01 to 2024-12", "2024-12"),
        (f"{LEAVES}=2024-02@2024-03", "a month in which it cannot be", "from 2024-03 to 2024-12", "2024-03"),
        (f"{LEAVES}=0:1:3", "not FROM:TO:N", "rule, never, YYYY-MM", None),
        (f"{LEAVES}=2024-01:2024-05", "not FROM:TO:N", "FROM:TO:N for N months", None),
        (f"{LEAVES}=2024-05:2024-01:2", "FROM not before TO", "FROM before TO", None),
        (f"{LEAVES}=2024-01:2024-07:6", "no such number of months", "one of 2, 3, 4, 7", None),
        (f"{LEAVES}=2024-01:2024-07:1", "no such number of months", "one of 2, 3, 4, 7", None),
        (f"{LEAVES}=2024-01:2024-07:{10**30}", "no such number of months", "one of 2, 3, 4, 7", None),
        (f"{LEAVES}=2024-03,2024-01:2024-05:5", "the same decision twice", "every decision once", None),
        (f"{LEAVES}=rule@soon", "not a month", "YYYY-MM", None),
        ({LEAVES: 3}, "not a decision", "rule, never, YYYY-MM", None),
        ({LEAVES: (0, 1, 3)}, "not a decision", "rule, never, YYYY-MM", None),
        ([f"{LEAVES}=rule,never", f"{LEAVES}=never"], "the same path twice", "two different paths", None),
        ([f"{LEAVES}=rule,never", f"{HAZARD}=0:0.1:{MOST_POINTS}"], "too many points", str(MOST_POINTS), None),
    ],
)
def test_decisions_that_make_no_sense_are_refused_in_one_message(vary, problem, allowed, nearest):
    with pytest.raises(InputError) as caught:
        axes_of(alone(), vary, grid=True)
    assert problem in caught.value.problem and allowed in str(caught.value.parts["allowed"])
    assert caught.value.nearest == nearest
    assert "vary" in str(caught.value) and "--set" not in str(caught.value)


def test_a_decision_that_events_overwrite_is_refused():
    scenario = alone(events={"told": {"date": "2024-02", "set": {LEAVES: "never"}}})
    with pytest.raises(InputError, match=r"(?s)in force in only 1 of 12 months.*@2024-02") as caught:
        axes_of(scenario, f"{LEAVES}=rule,never", grid=True)
    assert f"events.told.set.{LEAVES}=rule,never" in caught.value.parts["allowed"]
    assert axis(f"events.told.set.{LEAVES}=rule,2024-05", scenario).values() == ["rule", "2024-05"]


def test_a_decision_that_worlds_drew_is_said_in_words():
    scenario = alone(firms={"alone": {"burn_month": 1, LEAVES.rpartition(".")[2]: {"choice": ["never", "2024-05"]}}})
    done = sim.sweep(scenario, f"{LEAVES}=never", worlds=2, jobs=1)
    assert any("(choice: never, 2024-05)" in notice for notice in done.manifest["notices"])


# what comes out


def test_the_firm_does_what_it_is_made_to_do(swept):
    """Pivoted in no world by rule or never, in all of them where a month is named."""
    grid = swept.grid
    assert list(grid) == [LEAVES, "quantity", "firm", "estimate", "low", "high"]
    rows = grid[(grid["quantity"] == "pivoted") & (grid["firm"] == "alone")]
    assert list(zip(rows[LEAVES], rows["estimate"], strict=True)) == [
        ("rule", 0), ("2024-03", 1), ("2024-06", 1), ("2024-09", 1), ("never", 0),
    ]  # fmt: skip
    curves = swept.survival[(swept.survival["group"] == "alone") & (swept.survival["endpoint"] == "general")]
    out = curves[curves["survival"] == 0].groupby(LEAVES, sort=False)["date"].min()
    assert out.to_dict() == {"2024-03": "2024-03", "2024-06": "2024-06", "2024-09": "2024-09"}


def test_it_opens_again_as_it_was(swept):
    again = sim.sweep(
        alone(), f"{LEAVES}=rule,never,2024-09,2024-06,2024-03", worlds=WORLDS, jobs=1, out=swept.folder.parents[1]
    )
    assert again.reused and again.folder == swept.folder, "the same decisions are the same question"
    assert again.grid.equals(swept.grid) and again.survival.equals(swept.survival)
    assert json.loads((swept.folder / "manifest.json").read_text())["varied"] == [
        {"path": LEAVES, "values": ["rule", "2024-03", "2024-06", "2024-09", "never"]}
    ]


def test_the_sentence_names_decisions_in_words(swept):
    said = f"Depending on when {NAME} leaves the general race (by rule, in 3 months from March 2024 to September 2024, "
    assert swept.headline.startswith(f"{said}never), 1.0 to 1.0 startups are left in December 2024 on average")
    grid = swept.grid.copy()
    mine = (grid["quantity"] == "independent") & (grid["firm"] == "alone")
    grid.loc[mine, "estimate"] = [0.5, 0.25, 0.5, 0.75, 0.5]
    told = of_sweep(swept.scenario, swept.axes, grid)
    where = "25% of worlds if it leaves the general race in March 2024 or never, "
    assert told.endswith(f"independent in {where}75% if it leaves the general race in September 2024 or never")


def test_two_decisions_or_a_decision_and_a_number_make_a_grid():
    done = sim.sweep(alone(), [f"{LEAVES}=rule,2024-03", "firms.alone.lists=2024-05,never"], worlds=2, jobs=1)
    rows = done.grid[(done.grid["quantity"] == "pivoted") & (done.grid["firm"] == "alone")]
    assert [tuple(row) for row in rows.iloc[:, [0, 1, 4]].to_numpy()] == [
        ("rule", "2024-05", 0), ("rule", "never", 0), ("2024-03", "2024-05", 1), ("2024-03", "never", 1),
    ]  # fmt: skip
    mixed = sim.sweep(alone(), [f"{LEAVES}=rule,2024-03,never", f"{HAZARD}=0:1:2"], worlds=2, jobs=1)
    assert "(by rule, in March 2024, never) and " in mixed.headline and " from 0 to 1, 0.0 to 1.0" in mixed.headline
    heat, written = figures.sweep_states(mixed, "pivoted").data[-2:]
    assert list(heat.meta["across"]) == ["rule", "2024-03", "never"] and list(heat.meta["up"]) == [0.0, 1.0]
    assert list(heat.z[0]) == [0, 1, 0] and len(written.text) == 6
    assert list(figures.sweep_states(mixed, "pivoted").layout.xaxis.ticktext) == ["rule", "Mar 2024", "never"]


# the page


def test_months_are_a_scale_and_the_rest_stands_beside_it(swept):
    """March, June, September: a gap of three months, so rule stands at December and never at December."""
    picture = sweep_curves.by_state(Swept(swept), "pivoted")
    ((data, layout, *_),) = picture.panels
    points = [trace for trace in data if trace["mode"] == "lines+markers"]
    assert [trace["x"] for trace in points] == [
        ["2023-12-01"], ["2024-03-01", "2024-06-01", "2024-09-01"], ["2024-12-01"],
    ]  # fmt: skip
    assert [trace["y"] for trace in points] == [[0], [1, 1, 1], [0]]
    assert [trace["meta"]["x"][1] for trace in points] == [["rule"], ["2024-03", "2024-06", "2024-09"], ["never"]]
    assert layout["xaxis"]["ticktext"] == ["rule", "Mar 2024", "Jun 2024", "Sep 2024", "never"]
    bars = [trace for trace in data if trace["mode"] == "lines"]
    assert bars[0]["x"][0] < "2023-12-01" < bars[0]["x"][1], "the interval of a lone point has a width"
    dotted = [shape["x0"] for shape in layout["shapes"] if shape["line"].get("dash") == "dot"]
    assert dotted == ["2023-12-01"] and "the scenario's own value, rule" in picture.caption


def test_of_many_months_the_first_and_the_last_are_written():
    done = sim.sweep(alone(), f"{LEAVES}=2024-01:2024-12:12,never", worlds=1, jobs=1)
    ((_, layout, *_),) = sweep_curves.left(Swept(done)).panels
    ticks = layout["xaxis"]["ticktext"]
    assert ticks[0] == "Jan 2024" and ticks[-2:] == ["Dec 2024", "never"] and len(ticks) == 6


def test_a_small_panel_says_the_span_of_months():
    """January to November: June is in the middle, and is not called so on hover."""
    done = sim.sweep(alone(), f"{LEAVES}=2024-01:2024-11:3,never", worlds=1, jobs=1)
    ticks = sweep_curves.claims(Swept(done)).panels[0].layout["xaxis"]
    labels = dict(zip(ticks["tickvals"], ticks["ticktext"], strict=True))
    assert labels == {"2025-04-01": "never", "2024-06-03": "Jan 2024<br>to Nov 2024"}


def test_words_alone_have_places_too():
    done = sim.sweep(alone(), f"{LEAVES}=rule,never", worlds=1, jobs=1)
    ((data, layout, *_),) = sweep_curves.left(Swept(done)).panels
    assert layout["xaxis"]["ticktext"] == ["rule", "never"]
    assert {trace["x"][0] for trace in data if trace["mode"] == "lines+markers"} == set(layout["xaxis"]["tickvals"])


def test_the_page_says_decisions_in_words(swept):
    document = document_of(swept)
    [section] = [section for section in document.sections if section.id == "grid"]
    rows = section.blocks[0].blocks[0].rows
    assert [row[0].text for row in rows] == ["rule", "Mar 2024", "Jun 2024", "Sep 2024", "never"]
    assert [row[0].sub for row in rows][1:] == [
        *(f"{NAME} leaves the general race in {month} 2024 or never" for month in ("March", "June", "September")),
        f"{NAME} never leaves the general race",
    ]
    page = (swept.folder / "sweep.html").read_text(encoding="utf-8")
    assert "What a firm is made to do" in page and "by rule, never, or in one month" not in page
    assert f"--vary {LEAVES}=rule,2024-03,2024-06,2024-09,never" in page


def test_the_command_takes_decisions_and_refuses_what_is_none(command, tmp_path):
    from sim.scenario.yaml_text import to_yaml

    (tmp_path / "alone.yaml").write_text(to_yaml(alone(worlds=2)), encoding="utf-8")
    code, out, _ = command("sweep", "alone.yaml", "--vary", f"{LEAVES}=never,2024-03", "--jobs", "1")
    told = [line.split()[0] for line in out.splitlines() if line.strip().startswith(("2024", "never"))]
    assert (code, told) == (0, ["2024-03", "never"])
    code, out, err = command("sweep", "alone.yaml", "--vary", f"{LEAVES}=nevr", "--jobs", "1")
    assert (code, out) == (2, "") and "nearest: never" in err.lower().replace("did you mean", "nearest:")
