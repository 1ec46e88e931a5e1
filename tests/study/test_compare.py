"""Comparisons: paired where the luck is the same, honest where it is not, old folders as well as fresh ones."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_industry import TEXT, small

import sim
from sim.archive import folder, inventory
from sim.foundation.errors import InputError
from sim.outcomes import intervals
from sim.outcomes.differences import Piece, Side
from sim.outcomes.year_end_differences import YEAR_END_QUANTITIES as YEAR_END
from sim.scenario.load import load_text, with_sets

KEY = ["variant", "firm", "quantity", "date"]
POORER = "firms.beta.cash=60"


def poorer(worlds: int = 600, seed: int = 3):
    return with_sets(small(worlds, seed), [POORER])


def table(done) -> pd.DataFrame:
    return done.differences.set_index(["firm", "quantity", "date"])


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("results")


@pytest.fixture(scope="module")
def written(results) -> Path:
    """The folder of a finished run of the small industry."""
    return sim.run(small(600), jobs=1, out=results).folder


def altered(path: Path, target: Path, **manifest: object) -> Path:
    """A copy of a result folder with other entries in its manifest, as if it had been written so."""
    shutil.copytree(path, target)
    return sealed(target, **manifest)


def sealed(target: Path, **manifest: object) -> Path:
    """The folder as if its files, as they are now, had been written so."""
    file = target / folder.MANIFEST
    told = json.loads(file.read_text(encoding="utf-8")) | manifest
    del told[inventory.SEAL]
    file.unlink()
    told["files"] = inventory.files_in(target)
    file.write_text(json.dumps(inventory.seal(told)), encoding="utf-8")
    return target


def test_the_same_seed_is_paired_and_says_so():
    done = sim.compare(small(600), poorer(), jobs=1)
    what_if = sim.what_if(small(600), [POORER], jobs=1)
    assert done.differences["paired"].all()
    columns = ["firm", "quantity", "date", "base", "variant_value", "difference", "low", "high"]
    pd.testing.assert_frame_equal(done.differences[columns], what_if.differences[columns])
    assert "world by world: both have seed 3 and 600 worlds" in done.notes[0]
    assert "of worlds of small and in " in done.headline[0]


@pytest.mark.parametrize(
    ("other", "reason"), [(poorer(seed=4), "seeds 3 and 4"), (poorer(worlds=500), "600 and 500 worlds")]
)
def test_other_luck_is_compared_unpaired_with_a_wider_interval(other, reason):
    done, paired = sim.compare(small(600), other, jobs=1), sim.compare(small(600), poorer(), jobs=1)
    assert not done.differences["paired"].any()
    assert done.differences["variance_ratio"].isna().all()
    assert "independent runs" in done.notes[0] and reason in done.notes[0]
    row, sharp = (table(found).loc["beta", "closed", "2024-06"] for found in (done, paired))
    bounds = [intervals.wilson(row["variant_value"], other.worlds), intervals.wilson(row["base"], 600)]
    low, high = intervals.newcombe(row["variant_value"], bounds[0], row["base"], bounds[1])
    assert (row["low"], row["high"]) == pytest.approx((low, high), rel=1e-12)
    row, sharp = (table(found).loc["alpha", "closed", "2024-06"] for found in (done, paired))
    assert row["high"] - row["low"] > 2 * (sharp["high"] - sharp["low"])


def test_unpaired_intervals_cover_the_difference():
    """Independent runs of 150 worlds against the difference of 3,000, from disjoint worlds: 20 small comparisons."""
    truth = table(sim.compare(small(3000), poorer(3000), jobs=1))["difference"]
    base, other = (sim.run(question, jobs=1) for question in (small(3000), poorer(3000, seed=9)))
    histories = [np.concatenate([piece.histories for piece in one.side.pieces()]) for one in (base, other)]
    hits = []
    for first in range(0, 3000, 150):
        cut = [
            Side(
                one.scenario,
                150,
                lambda h=h[first : first + 150]: [Piece(np.arange(len(h)), h, None)],
                one.side.endgame,
            )
            for one, h in zip((base, other), histories, strict=True)
        ]
        found = sim.outcomes.differences.Differences(cut[0], cut[1], paired=False).run().frame("v")
        rows = found.set_index(["firm", "quantity", "date"]).loc[
            [("alpha", "closed", "2024-06"), ("both", "closed", "2024-06")]
        ]
        known = truth.reindex(rows.index)
        hits += ((rows["low"] <= known) & (known <= rows["high"])).tolist()
    assert np.mean(hits) > 0.85  # 95% less three standard errors of 40


def test_a_folder_compares_as_well_as_the_run_it_keeps(written, results):
    fresh, kept = sim.compare(small(600), poorer(), jobs=1), sim.compare(written, poorer(), jobs=1)
    columns = ["base", "variant_value", "difference", "low", "high", "paired", "variance_ratio"]
    left, right = table(fresh)[columns], table(kept)[columns]
    both = [rows[~rows.index.get_level_values("quantity").isin(["endgame", *YEAR_END])] for rows in (left, right)]
    pd.testing.assert_frame_equal(*both)
    told = [set(rows.index.get_level_values("quantity")) & set(YEAR_END) for rows in (left, right)]
    assert told == [set(YEAR_END), set()]  # no folder keeps them world by world
    assert "runway, cash and revenue not" in kept.notes[0] and "runway" not in fresh.notes[0]
    end = table(kept).loc["all", "endgame", "2024-06"]
    assert not end["paired"] and end["difference"] == left.loc["all", "endgame", "2024-06"]["difference"]
    assert "by its shares alone" in kept.notes[0]
    assert kept.runs()[0].folder == written


def test_the_same_run_twice_differs_by_nothing(written):
    done = sim.compare(small(600), written, jobs=1)
    assert (done.differences[["difference", "low", "high"]] == 0).to_numpy().all()
    assert done.headline == [f"small and small ({written.name[:8]}) are the same worlds"]


def test_a_folder_of_another_version_is_compared_with_a_warning(written, tmp_path):
    old = altered(written, tmp_path / "old", sources="0" * 16, versions={"shakeout": "0.0.7"})
    done = sim.compare(small(600), old, jobs=1)
    assert any("another version" in note and "0.0.7" in note for note in done.notes)
    assert not done.differences["paired"].any()
    assert "rules of different versions" in done.notes[0]
    row = table(done).loc["alpha", "independent", "2024-06"]
    assert row["difference"] == 0 and row["low"] < 0 < row["high"]


def test_a_comparison_with_an_old_folder_is_not_mistaken_for_one_with_a_new(written, tmp_path):
    """Two folders with the same tables, of which another version made one: not the same question."""
    first = sim.compare(written, poorer(), jobs=1, out=tmp_path / "results")
    for number, change in enumerate(({"sources": "0" * 16}, {"versions": {"shakeout": "0.0.7"}}, {"seed": 4})):
        old = altered(written, tmp_path / str(number) / written.name, **change)
        done = sim.compare(old, poorer(), jobs=1, out=tmp_path / "results")
        assert not done.reused and done.folder != first.folder, change
        assert done.differences["paired"].any() == ("versions" in change)
    assert sim.compare(written, poorer(), jobs=1, out=tmp_path / "results").reused


def test_a_table_that_lacks_a_column_is_wrong_input(written, tmp_path):
    old = altered(written, tmp_path / "old")
    lines = (old / "fates.csv").read_text(encoding="utf-8").splitlines()
    (old / "fates.csv").write_text("\n".join(line.rpartition(",")[0] for line in lines), encoding="utf-8")
    sealed(old)
    with pytest.raises(InputError, match=r"fates\.csv: the table lacks high"):
        sim.compare(old, small(600), jobs=1)


def test_a_folder_whose_scenario_is_not_valid_any_more_keeps_its_tables(written, tmp_path):
    old = altered(written, tmp_path / "old", sources="0" * 16)
    text = (old / "scenario.yaml").read_text(encoding="utf-8")
    (old / "scenario.yaml").write_text(text + "assumptions: {forgotten: {number: 1}}\n", encoding="utf-8")
    sealed(old)
    with pytest.raises(InputError, match="forgotten"):
        sim.load(old / "scenario.yaml")
    done = sim.compare(small(600), old, jobs=1, out=tmp_path / "results")
    assert any("not valid in this version" in note for note in done.notes)
    assert table(done).loc["both", "independent", "2024-06"]["difference"] == 0
    assert (done.folder / "compare.html").is_file()


@pytest.mark.parametrize("harm", ["firms.parquet", "fates.csv", "endgame.csv", "manifest.json"])
def test_a_spoiled_folder_is_wrong_input(written, tmp_path, harm):
    old = altered(written, tmp_path / "old")
    (old / harm).write_bytes(b"torn")
    with pytest.raises(InputError, match=harm if harm != "manifest.json" else "not a result folder"):
        sim.compare(old, small(600), jobs=1)


def test_a_folder_with_fewer_firms_than_its_table_is_wrong_input(written, tmp_path):
    old = altered(written, tmp_path / "old")
    text = (old / "scenario.yaml").read_text(encoding="utf-8")
    (old / "scenario.yaml").write_text(text.replace("alpha", "omega"), encoding="utf-8")
    sealed(old)
    with pytest.raises(InputError, match=r"firms\.parquet.*not those of the scenario"):
        sim.compare(old, small(600), jobs=1)


def test_firms_and_months_that_only_some_have(tmp_path):
    other = (
        TEXT.replace("beta:", "delta:")
        .replace("alpha, beta", "alpha, delta")
        .replace("2024-06\nworlds", "2024-03\nworlds")
    )
    other = other.replace("by: 2024-06", "by: 2024-03").replace("name: small", "name: other")
    done = sim.compare(small(300), load_text(other, worlds=300), jobs=1, out=tmp_path)
    rows = done.differences
    assert set(rows["date"]) == {"2023-12", "2024-03", "2024-06"}
    alone = rows[rows["difference"].isna()].set_index("firm")
    assert set(alone.index) == {"beta", "delta"}
    assert alone.loc["beta", "base"] >= 0 and np.isnan(alone.loc["beta", "variant_value"])
    assert alone.loc["delta", "date"] == "2024-03"
    assert not rows["quantity"].isin(["raised", "final_valuation"]).any()
    page = (done.folder / "compare.html").read_text(encoding="utf-8")
    assert "Only small has" in page and "Only other has" in page
    assert "&lt;script&gt;" in page
    summary = done.summary()
    names = {firm.id: firm.name for scenario in (small(300), load_text(other)) for firm in scenario.firms}
    assert all(row["name"] == names[row["firm"]] for row in summary if row["firm"] in names), "those of one run too"
    plain = [row for row in summary if row["quantity"] not in YEAR_END]
    assert plain[-1]["firm"] == "all" and {row["firm"] for row in summary} >= {"beta", "delta"}


def test_several_runs_are_each_compared_with_the_first(tmp_path):
    done = sim.compare(small(300), poorer(300), with_sets(small(300), ["firms.alpha.cash=900"]), jobs=1, out=tmp_path)
    assert done.differences["variant"].unique().tolist() == ["small (2)", "small (3)"]
    assert len(done.headline) == len(done.explained()) == 2
    why = done.explained()[0]  # of the poorer one: what ended it
    assert why.startswith("In small (2): <script>") and "runs out of money more often (+" in why
    again = sim.compare(small(300), poorer(300), with_sets(small(300), ["firms.alpha.cash=900"]), jobs=1, out=tmp_path)
    assert again.reused and again.folder == done.folder
    pd.testing.assert_frame_equal(again.differences, done.differences)
    assert again.labels == ["small", "small (2)", "small (3)"]


def test_a_run_opened_from_its_folder_is_compared(written):
    done = sim.compare(sim.open_run(written), poorer(), jobs=1)
    assert done.differences.loc[done.differences["quantity"] == "closed", "paired"].all()


def test_months_that_do_not_meet_are_refused():
    later = load_text(TEXT.replace("2023-07", "2025-07").replace("2024-06", "2026-06"), worlds=50)
    with pytest.raises(InputError, match="no month in common"):
        sim.compare(small(50), later, jobs=1)


@pytest.fixture
def shakeout(command, tmp_path):
    (tmp_path / "one.yaml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "two.yaml").write_text(
        TEXT.replace("name: small", "name: two").replace("cash: 200", "cash: 60"), "utf-8"
    )
    return command


def test_the_command(shakeout, tmp_path):
    code, out, err = shakeout("compare", "one.yaml", "two.yaml", "--worlds", "200")
    assert code == 0, err
    page = Path(out.splitlines()[-1].removeprefix("Report: "))
    assert page.is_file() and page.name == "compare.html"
    assert "world by world" in err
    names = {path.name for path in page.parent.iterdir()}
    assert names == {
        "manifest.json", "differences.csv", "compare.html", "scenario.yaml", "plots", "README.md", "evidence.csv",
    }  # fmt: skip
    code, out, _ = shakeout("compare", "one.yaml", "two.yaml", "--worlds", "200", "--json")
    found = json.loads(out)
    assert found["folder"] == str(page.parent) and found["manifest"]["kind"] == "comparison"
    assert [run["name"] for run in found["manifest"]["runs"]] == ["small", "two"]
    code, out, err = shakeout("run", "one.yaml", "--worlds", "200", "--quiet")
    code, out, err = shakeout("compare", out.strip(), "two.yaml", "--worlds", "200", "--set", "firms.alpha.cash=500")
    assert code == 0 and "simulated anew" in err
    code, out, err = shakeout("list")
    assert code == 0 and "comparison" in out


def test_sets_apply_to_all(shakeout):
    code, out, _ = shakeout(
        "compare", "one.yaml", "two.yaml", "--worlds", "100", "--set", "firms.beta.cash=90", "--json"
    )
    found = json.loads(out)
    assert code == 0
    assert all(row["difference"] == 0 for row in found["summary"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["one.yaml"], ["at least 2"]),
        (["one.yaml", "three.yaml"], ["three.yaml"]),
        (["one.yaml", "."], ["not a result folder"]),
        (["one.yaml", "two.yaml", "--set", "firms.bета.cash=1"], ["nearest"]),
        (["one.yaml", "two.yaml", "--set", "firms.beta.csh=1"], ["firms.beta.cash"]),
        (["one.yaml", "two.yaml", "--seed", "-1"], ["seed"]),
    ],
)
def test_bad_input_is_one_message_and_exit_code_2(shakeout, tmp_path, arguments, words):
    code, out, err = shakeout("compare", *arguments)
    assert (code, out) == (2, "")
    assert "Traceback" not in err and len(err.splitlines()) <= 6
    for word in words:
        assert word in err
    assert not (tmp_path / "results").exists()
