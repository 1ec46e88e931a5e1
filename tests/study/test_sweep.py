"""Sweeps: ordinary runs over a grid, the same luck at every point; nonsense grids are refused."""

from __future__ import annotations

import json
import math
from types import SimpleNamespace

import numpy as np
import pytest
from closed_form import CASH, HAZARD, MONTHS, NAME, alone, least_hazard

import sim
from sim.foundation.errors import InputError
from sim.outcomes.fates import ALL_STATES
from sim.report import figures
from sim.study import sweep as study
from sim.study.axes import MOST_POINTS, axes_of
from sim.study.how import How

COLUMNS = ["quantity", "firm", "estimate", "low", "high"]


def estimates(done, quantity, firm="all"):
    grid = done.grid
    return grid[(grid["quantity"] == quantity) & (grid["firm"] == firm)]


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """A hazard on seven points, 2,000 worlds at each."""
    out = tmp_path_factory.mktemp("results")
    return sim.sweep(alone(), {HAZARD: (0, 0.3, 7)}, worlds=2000, jobs=1, out=out)


# what comes out


def test_the_columns_are_those_of_the_interface(swept):
    assert list(swept.grid) == [HAZARD, *COLUMNS]
    assert set(swept.grid["quantity"]) == {
        *ALL_STATES, "independents_left", "general_left", "endgame",
        "claims.closes", "claims.closes-early", "claims.late-if-at-all",
    }  # fmt: skip
    assert swept.folder.name.startswith("sweep-")
    assert swept.folder.parent.name == "closed-form"
    assert {"grid.csv", "survival.csv", "sweep.html", "scenario.yaml", "manifest.json"} <= {
        path.name for path in swept.folder.iterdir()
    }


def test_every_point_has_the_closed_form_within_its_error(swept):
    """(1 - h)^12, within 4.5 standard errors; the survival curve (1 - h)^n in every month."""
    for row in estimates(swept, "independent", "alone").to_dict("records"):
        truth = (1 - row[HAZARD]) ** MONTHS
        assert abs(row["estimate"] - truth) <= 4.5 * math.sqrt(truth * (1 - truth) / 2000)
    curves = swept.survival[(swept.survival["group"] == "alone") & (swept.survival["endpoint"] == "independent")]
    assert len(curves) == 7 * (MONTHS + 1) - 1  # at 0.3 some 2000 * 0.7^11 = 40 are at risk in month 12: below the root
    truth = (1 - curves[HAZARD]) ** curves["month"]
    assert (abs(curves["survival"] - truth) <= 4.5 * np.sqrt(truth * (1 - truth) / 2000) + 1e-12).all()


def test_the_luck_is_the_same_at_every_point(swept):
    """The share at a hazard is that of worlds whose smallest draw lies below it: exactly, so it never falls."""
    draws = least_hazard(2000, 5)
    closed = estimates(swept, "closed", "alone")
    assert closed["estimate"].tolist() == [(draws < hazard).mean() for hazard in closed[HAZARD]]
    assert estimates(swept, "claims.closes")["estimate"].tolist() == closed["estimate"].tolist()


def test_fates_means_and_bounds_agree_with_each_other(swept):
    parts = sum(
        estimates(swept, fate, "alone")["estimate"].to_numpy()
        for fate in ("acquired", "closed", "independent", "never_entered")
    )
    assert np.allclose(parts, 1)
    left, independent = estimates(swept, "independents_left"), estimates(swept, "independent", "alone")
    assert np.allclose(left["estimate"], independent["estimate"])
    p = independent["estimate"].to_numpy()
    half = 1.9612 * np.sqrt(p * (1 - p) / 1999)
    assert np.allclose(left["high"] - left["estimate"], half, rtol=1e-3)
    known = swept.grid.dropna()
    assert ((known["low"] <= known["estimate"]) & (known["estimate"] <= known["high"])).all()


def test_a_point_is_the_ordinary_run(swept):
    (row,) = estimates(swept, "independent", "alone").iloc[[2]].to_dict("records")
    run = sim.run(alone(worlds=2000, hazard=row[HAZARD]), jobs=1)
    fates = run.fates()
    last = fates[(fates["firm"] == "alone") & (fates["fate"] == "independent")].iloc[-1]
    assert (last["incidence"], last["low"], last["high"]) == (row["estimate"], row["low"], row["high"])
    mine = swept.survival[swept.survival[HAZARD] == row[HAZARD]].drop(columns=HAZARD).reset_index(drop=True)
    theirs = run.survival()
    theirs = theirs[theirs["origin"] == "calendar"].reset_index(drop=True)
    assert mine.equals(theirs.drop(columns=["sd", "sd_low", "sd_high"]))


def test_two_paths_make_a_grid(tmp_path):
    done = sim.sweep(alone(), [f"{HAZARD}=0:0.2:3", f"{CASH}=6:18:2"], jobs=1, out=tmp_path)
    assert list(done.grid) == [HAZARD, CASH, *COLUMNS]
    closed = estimates(done, "closed", "alone")
    assert list(zip(closed[HAZARD], closed[CASH], strict=True)) == [
        (h, c) for h in (0, 0.1, 0.2) for c in (6, 18)
    ]  # fmt: skip
    draws = least_hazard(256, 5)
    assert closed["estimate"].tolist() == [
        1.0 if cash == 6 else (draws < hazard).mean() for hazard in (0, 0.1, 0.2) for cash in (6, 18)
    ]
    assert done.survival is None
    assert not (done.folder / "survival.csv").exists()


def test_one_point_and_one_value():
    done = sim.sweep(alone(), {HAZARD: (0.1, 0.1, 1)}, jobs=1)
    assert estimates(done, "endgame")[HAZARD].tolist() == [0.1]
    assert (
        " at 0.1, 0.3 startups are left in December 2024 on average" in done.headline
        and "goes from" not in done.headline
    )


def test_the_sentence_names_the_range_of_each_assumption():
    done = sim.sweep(alone(), [f"{HAZARD}=0:0.2:3", f"{CASH}=6:18:2"], jobs=1)
    assert (
        " from 0 to 0.2 and " in done.headline
        and " from RMB 6 million to RMB 18 million, 0.0 to 1.0 startups are left" in done.headline
    )


def test_an_uncertain_assumption_is_fixed_in_every_world_and_said_so():
    done = sim.sweep(alone(cash={"uniform": [1, 30]}), f"{CASH}=11:13:3", jobs=1)
    assert estimates(done, "closed", "alone")["estimate"].tolist() == [1, 1, 0]
    assert any(CASH in note and "uncertain in the scenario" in note for note in done.manifest["notices"])


def test_a_dated_value_changes_nothing_before_its_month():
    done = sim.sweep(alone(), f"{HAZARD}=0:0.4:3@2024-09", jobs=1)
    curves = done.survival[(done.survival["group"] == "alone") & (done.survival["endpoint"] == "independent")]
    assert (curves[curves["date"] < "2024-09"]["survival"] == 1).all()
    last = curves[curves["date"] == "2024-12"]["survival"]
    assert last.is_monotonic_decreasing and last.nunique() == 3
    assert f"{HAZARD}@2024-09" in done.grid


def test_the_values_of_an_event_can_vary_too():
    events = {"harder": {"date": "2024-07", "set": {HAZARD: {"times": 2}}}}
    path = f"events.harder.set.{HAZARD}"
    done = sim.sweep(alone(hazard=0.05, events=events), f"{path}=0:4:3", jobs=1)
    shares = estimates(done, "closed", "alone")["estimate"].to_numpy()
    for factor, share in zip((0, 2, 4), shares, strict=True):
        truth = 1 - (1 - 0.05) ** 6 * (1 - 0.05 * factor) ** 6
        assert abs(share - truth) < 4.5 * math.sqrt(truth * (1 - truth) / 256)


# blocks and folders


def test_blocks_are_those_of_ordinary_runs_and_are_used_again(tmp_path):
    sim.run(alone(worlds=1024, hazard=0.1), jobs=1, out=tmp_path)
    done = sim.sweep(alone(worlds=1024), f"{HAZARD}=0:0.2:3", jobs=1, out=tmp_path)
    assert done.manifest["timings"]["worlds_computed"] == 2 * 1024
    wider = sim.sweep(alone(worlds=1024), f"{HAZARD}=0:0.4:5", jobs=1, out=tmp_path)
    assert wider.manifest["timings"]["worlds_computed"] == 2 * 1024
    more = sim.sweep(alone(worlds=1024), f"{HAZARD}=0:0.2:3", worlds=1500, jobs=1, out=tmp_path)
    assert more.manifest["timings"]["worlds_computed"] == 3 * 476


def test_the_same_question_is_answered_at_once_and_alike(tmp_path, monkeypatch):
    first = sim.sweep(alone(), f"{HAZARD}=0:0.2:3", jobs=1, out=tmp_path)
    monkeypatch.setattr(study, "ManyWorlds", None)
    again = sim.sweep(alone(), f"{HAZARD}=0:0.2:3", jobs=1, out=tmp_path)
    assert again.reused and again.folder == first.folder
    assert again.grid.equals(first.grid)
    assert again.survival.equals(first.survival)
    assert again.headline == first.headline
    with pytest.raises(TypeError):
        sim.sweep(alone(), f"{HAZARD}=0:0.3:3", jobs=1, out=tmp_path)


def test_workers_and_folders_make_no_difference(tmp_path):
    alone_here = sim.sweep(alone(), f"{HAZARD}=0:0.2:3", jobs=1, out=tmp_path / "one")
    together = sim.sweep(alone(), f"{HAZARD}=0:0.2:3", jobs=2, out=tmp_path / "two")
    files = [path.relative_to(alone_here.folder) for path in sorted(alone_here.folder.rglob("*")) if path.is_file()]
    assert len(files) > 5
    for file in files:
        if file.name != "manifest.json":
            assert (alone_here.folder / file).read_bytes() == (together.folder / file).read_bytes()


def test_nothing_is_left_where_the_page_fails(tmp_path):
    def fails(_done, _folder):
        raise RuntimeError("no page")

    with pytest.raises(RuntimeError, match="no page"):
        study.sweep(alone(), f"{HAZARD}=0:0.2:3", How(jobs=1, out=tmp_path, pages=lambda: SimpleNamespace(write=fails)))
    assert not list((tmp_path / "closed-form").iterdir())


def test_pages_harm_nobody_and_link_their_figures(tmp_path, swept):
    two = sim.sweep(alone(), [f"{HAZARD}=0:0.2:3", f"{CASH}=6:18:2"], jobs=1, out=tmp_path)
    for done, pictures in ((swept, ("sweep-left", "sweep-closed", "sweep-claims")), (two, ("sweep-endgame",))):
        page = (done.folder / "sweep.html").read_text(encoding="utf-8")
        assert NAME not in page and "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page
        for name in pictures:
            assert f'id="figure-{name}"' in page
            assert (done.folder / "plots" / f"{name}.html").is_file()


def test_figures_are_plotly_figures(swept):
    two = sim.sweep(alone(), [f"{HAZARD}=0:0.2:3", f"{CASH}=6:18:2"], jobs=1)
    for done in (swept, two):
        drawn = [figures.sweep_left(done), figures.sweep_states(done, "closed"), figures.sweep_claims(done)]
        assert all(len(figure.data) > 0 for figure in drawn)
    assert len([line for line in figures.sweep_survival(swept).data if line.x[0] is not None]) == 7, "a curve a value"
    heat, written = figures.sweep_states(two, "closed").data[-2:]
    assert written.text[written.x.index(2) + 3] == f"{100 * heat.z[1][2]:.0f}%", "row by row"
    closed = estimates(two, "closed", "alone").set_index([HAZARD, CASH])["estimate"]
    assert heat.z[1][2] == pytest.approx(closed[0.2, 18.0], abs=1e-4), "the first path across, the second up"
    point = figures.flip_point(sim.flip(alone(), {HAZARD: (0, 0.2)}, "closes >= 0.5", jobs=1))
    assert point.data[-1].y[0] == 0


# nonsense


@pytest.mark.parametrize(
    ("vary", "words"),
    [
        (f"{HAZARD}=0.3:0:5", "LO above HI"),
        (f"{HAZARD}=0.3:0.3:5", "no width"),
        (f"{HAZARD}=0:0.3:0", "number of points"),
        (f"{HAZARD}=0:0.3:1", "a grid of one point"),
        (f"{HAZARD}=0:0.3:-3", "number of points"),
        (f"{HAZARD}=0:0.3:2.5", "number of points"),
        (f"{HAZARD}=0:0.3:many", "number of points"),
        (f"{HAZARD}=0:0.3:{MOST_POINTS + 1}", "number of points"),
        (f"{HAZARD}=0:0.3:nan", "number of points"),
        (f"{HAZARD}=0:0.3", "not PATH=LO:HI:N"),
        (f"{HAZARD}=0:0.3:3:4", "not PATH=LO:HI:N"),
        (f"{HAZARD}", "not PATH=LO:HI:N"),
        ("=0:1:3", "not PATH=LO:HI:N"),
        (f"{HAZARD}=-0.1:0.3:5", "out of bounds"),
        (f"{HAZARD}=0:1.5:5", "out of bounds"),
        (f"{HAZARD}=nan:0.3:5", "no such value"),
        (f"{HAZARD}=0:inf:5", "no such value"),
        (f"{HAZARD}=low:high:5", "no such value"),
        (f"{HAZARD}=0:0.3:3@soon", "not a month"),
        (f"{CASH}=1:30:3@2024-06", "only at a firm's entry"),
        ("assumptions.closure.on=0:1:3", "between whole numbers"),
        ("assumptions.closure.on=0:0.5:2", "no such value"),
        ("firms.alone.enters=2024-01:2024-06:3", "nothing that can vary"),
        ("end=2024-01:2024-06:3", "nothing that can vary"),
        ([], "nothing varies"),
        ([f"{HAZARD}=0:0.1:2"] * 2, "the same path twice"),
        ([f"{HAZARD}=0:0.1:2", f"{CASH}=1:2:2", "assumptions.closure.on=0:1:2"], "too much varies"),
        ([f"{HAZARD}=0:0.1:40", f"{CASH}=1:2:40"], "too many points"),
        ({HAZARD: (0, 0.3)}, "not a range"),
        ({HAZARD: 3}, "not a range"),
        ({HAZARD: "0:1:3"}, "not a range"),
    ],
)
def test_a_grid_that_makes_no_sense_is_refused(vary, words):
    with pytest.raises(InputError) as error:
        axes_of(alone(), vary, grid=True)
    assert words in str(error.value)
    assert "vary" in str(error.value)
    assert "--set" not in str(error.value)


@pytest.mark.parametrize(
    ("path", "nearest"),
    [
        ("assumptions.closure.hazrd_month", HAZARD),
        ("firms.alone.csh", CASH),
        ("firms.alne.cash", CASH),
        ("closure.hazard_month", HAZARD),
    ],
)
def test_an_unknown_path_names_the_nearest(path, nearest):
    with pytest.raises(InputError) as error:
        axes_of(alone(), f"{path}=0:0.3:3", grid=True)
    assert error.value.nearest == nearest


def test_what_is_allowed_is_said_once_and_nothing_is_nearest_to_itself():
    for vary, allowed in (
        (f"{HAZARD}=-1:1:3", "a number from 0 to 1"),
        ("assumptions.closure.on=0:2:3", "a whole num"),
    ):
        with pytest.raises(InputError) as error:
            axes_of(alone(), vary, grid=True)
        assert error.value.allowed.startswith(allowed)
    with pytest.raises(InputError) as error:
        axes_of(alone(), "firms.alone.name=0:2:3", grid=True)
    assert error.value.nearest is None


def test_grids_are_neat():
    (axis,) = axes_of(alone(), f"{HAZARD}=0:0.3:4", grid=True)
    assert axis.values() == [0, 0.1, 0.2, 0.3]
    assert [axis.set_text(value) for value in axis.values()][3] == f"{HAZARD}=0.3"
    (tiny,) = axes_of(alone(), f"{HAZARD}=1e-9:3e-9:3", grid=True)
    assert sim.sweep(alone(), {HAZARD: (1e-9, 3e-9, 3)}, jobs=1).grid[HAZARD].unique().tolist() == tiny.values()
    (whole,) = axes_of(alone(), "assumptions.closure.on=0:1:2", grid=True)
    assert whole.set_text(1.0) == "assumptions.closure.on=1"


# the command


@pytest.fixture
def shakeout(command, tmp_path):
    from sim.scenario.yaml_text import to_yaml

    (tmp_path / "alone.yaml").write_text(to_yaml(alone()), encoding="utf-8")
    return command


def test_the_command_prints_one_json_object(shakeout):
    code, out, err = shakeout("sweep", "alone.yaml", "--vary", f"{HAZARD}=0:0.2:3", "--jobs", "1", "--json")
    said = json.loads(out)
    assert (code, err) == (0, "")
    assert list(said) == ["folder", "manifest", "summary"]
    assert said["manifest"]["kind"] == "sweep"
    shares = [row["estimate"] for row in said["summary"] if row["firm"] == "alone"]
    assert shares == sorted(shares, reverse=True) and len(shares) == 3


def test_the_commands_tell_people_and_refuse_nonsense(shakeout):
    code, out, _ = shakeout("sweep", "alone.yaml", "--vary", f"{HAZARD}=0:0.2:3", "--jobs", "1")
    assert code == 0 and "startups left in December 2024 goes from" in out and "sweep.html" in out
    assert "firms: still independent" in out
    laws = ("--vary", "assumptions.scale.strength=0:1:2", "--vary", "assumptions.vertical.strength=0:1:2")
    code, out, _ = shakeout("sweep", "alone.yaml", *laws, "--jobs", "1")
    assert code == 0 and "scale.strength" in out and "vertical.strength" in out
    code, out, _ = shakeout(
        "flip", "alone.yaml", "--vary", f"{HAZARD}=0:0.2", "--until", "closes >= 0.5", "--jobs", "1"
    )
    assert code == 0 and "is at least 50% likely" in out and "flip.html" in out
    for wrong in (
        ("sweep", "alone.yaml"),
        ("sweep", "alone.yaml", "--vary", f"{HAZARD}=0:2:3"),
        ("flip", "alone.yaml", "--vary", f"{HAZARD}=0:0.2"),
        ("flip", "alone.yaml", "--vary", f"{HAZARD}=0:0.2", "--until", "clases >= 0.5"),
        ("sensitivity", "alone.yaml"),
        ("sensitivity", "alone.yaml", "--of", "closes"),
        ("sweep", "alone.yaml", "--vary", f"{HAZARD}=0:0.2:3", "--worlds", "0"),
        ("sweep", "alone.yaml", "--vary", f"{HAZARD}=0:0.2:3", "--worlds", "9", "--precision", "0.1"),
    ):
        code, out, err = shakeout(*wrong)
        assert (code, out) == (2, "")
        assert "Traceback" not in err and 0 < len(err.splitlines()) <= 6


def test_a_precision_decides_on_the_number_of_worlds():
    done = sim.sweep(alone(cash={"uniform": [1, 24]}), f"{HAZARD}=0:0.2:2", precision=0.02, jobs=1)
    assert done.scenario.worlds == 4096
