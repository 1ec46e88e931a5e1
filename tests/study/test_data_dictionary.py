"""Every file of a result folder and every column of its tables stands in the folder's README, and nothing else does."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from small_industry import TEXT, small

import sim
from sim.archive import dictionary, tables
from sim.scenario.load import load_text
from sim.scenario.model import ENSEMBLE_FILE
from sim.study import readme
from sim.study.study import PLOTS, Answer

WORLDS = 100
CLAIM = "alpha-goes"
ASKED = {"jobs": 1, "worlds": WORLDS}
PATH = "firms.beta.cash"
CASH_FACT = "facts:\n  cash: {source: S1, reported: [250, 350], measure: {firm: alpha, quantity: cash, at: 2023-07}}\n"
FACT = "facts:\n  beta-goes: {source: S1, when: {firm: beta, fate: closed, by: 2024-06}, happened: false}\n"
STUDIES = {
    "run": lambda out: sim.run(load_text(TEXT + FACT), out=out, **ASKED),
    "run, given": lambda out: sim.run(load_text(TEXT + FACT), out=out, given="beta-goes", jobs=1, worlds=400),
    "what-if, given": lambda out: sim.what_if(
        load_text(TEXT + FACT, worlds=400), {PATH: 60}, out=out, given="beta-goes", jobs=1
    ),
    "compare, given": lambda out: sim.compare(
        load_text(TEXT + FACT, worlds=400),
        load_text((TEXT + FACT).replace("seed: 3", "seed: 4"), worlds=400),
        out=out,
        given="beta-goes",
        jobs=1,
    ),
    "what-if": lambda out: sim.what_if(small(), {PATH: 60}, out=out, **ASKED),
    "compare": lambda out: sim.compare(small(), load_text(TEXT.replace("seed: 3", "seed: 4")), out=out, **ASKED),
    "sweep": lambda out: sim.sweep(small(), {PATH: (60, 200, 2)}, out=out, **ASKED),
    "sweep of two": lambda out: sim.sweep(
        small(), {PATH: (60, 200, 2), "assumptions.listing.strength": (0, 1, 2)}, out=out, **ASKED
    ),
    "flip": lambda out: sim.flip(small(), {PATH: (60, 200)}, f"{CLAIM} >= 0.5", out=out, **ASKED),
    "sensitivity": lambda out: sim.sensitivity(small(), CLAIM, out=out, **ASKED),
    "hindcast": lambda out: sim.hindcast(load_text(TEXT + FACT), out=out, **ASKED),
    "calibrate": lambda out: sim.calibrate(
        load_text(TEXT + CASH_FACT), until="2023-12", points=256, out=out, jobs=1, worlds=16
    ),
    "discover": lambda out: sim.discover(small(), CLAIM, "2023-09", out=out, worlds=1024, jobs=1),
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory) -> dict[str, Answer]:
    """One answer of every kind."""
    return {name: study(tmp_path_factory.mktemp("results")) for name, study in STUDIES.items()}


@pytest.fixture(scope="module")
def folders(answers) -> dict[str, Path]:
    """One folder of every kind, with its page."""
    return {name: answer.folder for name, answer in answers.items()}


def columns_of(path: Path) -> list[str]:
    if path.suffix == ".parquet":
        return list(pq.read_schema(path).names)
    return list(pd.read_csv(path, nrows=0))


def told(text: str) -> dict[str, list[str]]:
    """File -> columns that its table in the README lists, in order."""
    parts = re.split(r"^## (.*)$", text, flags=re.MULTILINE)
    bodies = dict(zip(parts[1::2], parts[2::2], strict=True))
    del bodies["Files"]
    return {
        name: re.findall(r"^\| `([^`]+)` \|", body.split("| quantity | unit |")[0], re.MULTILINE)
        for name, body in bodies.items()
    }


@pytest.mark.parametrize("study", STUDIES)
def test_every_file_and_every_column_is_in_the_readme_and_no_other(folders, study):
    folder = folders[study]
    text = (folder / readme.README).read_text(encoding="utf-8")
    files = {path.name + "/" * path.is_dir() for path in folder.iterdir()}
    listed = re.findall(r"^- `([^`]+)`:", text, re.MULTILINE)
    assert sorted(listed) == sorted(files)
    held = {name: columns_of(folder / name) for name in files - {ENSEMBLE_FILE} if name.endswith((".csv", ".parquet"))}
    assert told(text) == held


def test_nothing_is_declared_that_no_folder_holds(answers, folders):
    held = {path.name + "/" * path.is_dir() for folder in folders.values() for path in folder.iterdir()}
    of_kinds = [{*kind.tables, *kind.others, kind.page} for kind in (answer.KIND for answer in answers.values())]
    assert held == {*dictionary.DECLARED, *dictionary.OTHER_FILES, f"{PLOTS}/"}.union(*of_kinds)


def test_units_are_those_of_the_scenario(folders, tmp_path):
    text = (folders["run"] / readme.README).read_text(encoding="utf-8")
    assert "| `raised` | number | RMB million |" in text and "| `cash` | RMB million |" in text
    dollars = load_text(TEXT.replace("worlds: 100", "worlds: 2\ncurrency: USD thousand"))
    text = (sim.run(dollars, jobs=1, out=tmp_path).folder / readme.README).read_text(encoding="utf-8")
    assert "| `raised` | number | USD thousand |" in text and "| `revenue` | USD thousand a month |" in text
    assert "RMB" not in text and "¤" not in text


def test_a_column_that_is_not_declared_stops_the_writing():
    names = [column.name for column in dictionary.ENDGAME_CSV.columns]
    assert [name for name, _ in dictionary.columns_of("endgame.csv", dictionary.ENDGAME_CSV, names)] == names
    for wrong in ([*names, "more"], names[1:], names[::-1]):
        with pytest.raises(ValueError, match=r"endgame\.csv has the columns"):
            dictionary.columns_of("endgame.csv", dictionary.ENDGAME_CSV, wrong)


def test_names_of_a_scenario_mean_nothing_to_markdown(tmp_path):
    hostile = TEXT.replace("title: A small industry", 'title: "# <b>|x|</b> [a](b) `c`"')
    folder = sim.run(load_text(hostile), worlds=2, jobs=1, out=tmp_path).folder
    first = (folder / readme.README).read_text(encoding="utf-8").splitlines()[0]
    assert first == r"# \# \<b\>\|x\|\</b\> \[a\](b) \`c\`"


def test_every_month_of_the_worlds_is_a_date_too_and_frames_reopen_as_they_were(tmp_path):
    """Of the calendar and of each month column, whoever wrote the frame."""
    text = TEXT.replace("enters: 2023-07, cash: {uniform", "enters: 2021-05, cash: {uniform")
    loose = sim.run(load_text(text), worlds=40, jobs=1)
    kept = sim.run(load_text(text), worlds=40, jobs=1, out=tmp_path)
    again = sim.open_run(kept.folder)
    for name in ("firms", "events", "paths"):
        fresh = getattr(loose, name)()
        for other in (kept, again):
            pd.testing.assert_frame_equal(getattr(other, name)(), fresh, check_exact=True)
    firms = again.firms()
    assert {"2021-05", "2023-06"} <= set(firms["entry_date"])  # alpha in its month, the others by the opening
    for name in tables.NULLABLE_MONTHS:
        dates = firms[name.replace("_month", "_date")].astype(object)
        assert dates.isna().equals(firms[name].isna())
        known = firms[name].dropna().astype(int)
        months = pd.Period("2023-06", "M").ordinal + known
        assert list(dates.dropna()) == [str(pd.Period(ordinal=int(m), freq="M")) for m in months]
    for frame in (again.events(), again.paths()):
        months = pd.Period("2023-06", "M").ordinal + frame["month"]
        assert list(frame["date"]) == [str(pd.Period(ordinal=int(m), freq="M")) for m in months]
