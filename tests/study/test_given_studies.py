"""--given in what-ifs and comparisons: the base decides which worlds are left, all worlds stand beside."""

from __future__ import annotations

import functools
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from small_industry import TEXT

import sim
from sim.foundation.errors import InputError
from sim.report.html.write import document_of
from sim.scenario.load import load_text, with_sets
from sim.scenario.model import Scenario
from sim.study.compare import Comparison
from sim.study.finished_runs import same_luck
from sim.study.how import How
from sim.study.many_worlds import ManyWorlds
from sim.study.what_if import WhatIf, retell

POORER = "firms.beta.cash=60"
GIVEN = "alpha independent by 2024-03"
WORLDS = 1200
KEY = ["firm", "quantity", "date"]


@functools.cache
def base(seed: int = 3) -> Scenario:
    return load_text(TEXT, worlds=WORLDS, seed=seed)


def months_gone(scenario: Scenario, firm: str) -> np.ndarray:
    """(worlds,) the month of the run in which the firm ends; a large number where it does not."""
    firms = sim.run(scenario, jobs=1).firms()
    return firms[firms["firm"] == firm]["exit_month"].fillna(10**6).to_numpy(np.int64)


@pytest.fixture(scope="module")
def poorer(tmp_path_factory) -> WhatIf:
    """Two variants, one of which touches Alpha too, given that Alpha is there to March 2024."""
    variants = {"costly": {"firms.alpha.cash": 60}}
    out = tmp_path_factory.mktemp("results")
    return sim.what_if(base(), [POORER], variants=variants, given=GIVEN, jobs=1, out=out)


def test_the_base_decides_and_the_variants_are_told_in_the_same_worlds(poorer):
    stays = months_gone(base(), "alpha") > 9
    assert 100 < stays.sum() < WORLDS
    changed = with_sets(base(), [POORER])
    before, after = months_gone(base(), "beta"), months_gone(changed, "beta")
    rows = poorer.differences.set_index(["variant", *KEY])
    row = rows.loc[(POORER, "beta", "survival", "2024-06")]
    assert row["base"] == pytest.approx((before[stays] > 12).mean())
    assert row["variant_value"] == pytest.approx((after[stays] > 12).mean())
    of_all = poorer.differences_all.set_index(["variant", *KEY]).loc[(POORER, "beta", "survival", "2024-06")]
    assert of_all["base"] == pytest.approx((before > 12).mean())
    assert of_all["variant_value"] == pytest.approx((after > 12).mean())
    counts = poorer.flipped[(poorer.flipped["variant"] == POORER) & (poorer.flipped["firm"] == "beta")]
    assert counts["share"].sum() == pytest.approx(counts["worlds"].sum() / stays.sum())
    for run in poorer.runs():
        assert run.firms()["world"].unique().tolist() == np.flatnonzero(stays).tolist()
    dates = rows.loc["costly", "alpha"].reset_index()
    early = dates[(dates["quantity"] == "survival") & (dates["date"] == "2023-12")].iloc[0]
    assert early["base"] == 1.0 >= early["variant_value"], "in the variant what is given may fail"


def test_all_worlds_are_those_of_a_what_if_without_given(poorer):
    plain = sim.what_if(base(), [POORER], variants={"costly": {"firms.alpha.cash": 60}}, jobs=1)
    pd.testing.assert_frame_equal(poorer.differences_all, plain.differences)
    assert poorer.quoted_of_all() == plain.headline and plain.quoted_of_all() == []
    assert plain.differences_all is None and "all_difference" not in plain.summary()[0]
    row = poorer.summary()[0]
    beside = plain.differences.set_index(["variant", *KEY]).loc[(row["variant"], *(row[key] for key in KEY))]
    assert (row["all_difference"], row["all_base"]) == (beside["difference"], beside["base"])


def test_the_headline_says_what_is_given_and_counts_the_worlds_left(poorer):
    assert all(line.startswith("Given Alpha independent in March 2024: ") for line in poorer.headline)
    unlisted = with_sets(base(), ["firms.alpha.lists=never", "firms.beta.lists=never"])
    same = sim.what_if(unlisted, ["assumptions.exchange.first_day=0.5"], given=GIVEN, jobs=1)
    left = same.manifest["given"]["left"]
    assert same.headline[0].endswith(f"makes no difference that {left:,} worlds can surely tell from chance")
    assert same.quoted_of_all()[0].endswith(f"makes no difference that {WORLDS:,} worlds can surely tell from chance")
    assert poorer.manifest["given"]["left"] < poorer.manifest["worlds"] == WORLDS


def test_the_world_told_twice_is_one_that_is_left(poorer):
    stays = months_gone(base(), "alpha") > 9
    for told, variant in zip(poorer.manifest["told"], poorer.variants, strict=True):
        assert stays[told["world"]]
        again = retell(base(), variant.scenario, told["world"], told["row"])
        assert again.fates == (told["base_fate"].split("+")[0], told["variant_fate"].split("+")[0])


def test_a_what_if_is_reopened_with_its_tables(poorer, monkeypatch):
    out = poorer.folder.parents[1]
    variants = {"costly": {"firms.alpha.cash": 60}}
    again = sim.what_if(base(), [POORER], variants=variants, given=[GIVEN], jobs=1, out=out)
    assert again.reused and again.summary() == poorer.summary()
    pd.testing.assert_frame_equal(again.differences_all, poorer.differences_all)
    worlds = [run.firms()["world"].unique().tolist() for run in again.runs()]
    assert worlds == [run.firms()["world"].unique().tolist() for run in poorer.runs()]
    without = sim.what_if(base(), [POORER], variants=variants, jobs=1, out=out)
    assert without.folder != poorer.folder and not (without.folder / "differences_all.csv").exists()


def test_the_page_of_a_what_if_says_both(poorer):
    document = document_of(poorer)
    left = poorer.manifest["given"]["left"]
    chapter = document.sections[0]
    assert chapter.id == "given" and f"{left:,} of {WORLDS:,} worlds are left" in chapter.lead
    assert f"In all worlds: {poorer.quoted_of_all()[0]}." in chapter.blocks[0].paragraphs
    assert all(f"n = {left:,} worlds left of {WORLDS:,}" in picture.caption for picture in document.pictures)
    terms = [text for section in document.sections for b in section.blocks for _, text in getattr(b, "terms", ())]
    assert any(
        f"--worlds {WORLDS} --seed 3" in text and "--given 'alpha independent by 2024-03'" in text for text in terms
    )


# comparisons


def test_runs_are_compared_each_in_its_own_worlds(tmp_path):
    other = with_sets(base(), ["firms.alpha.cash=150"])
    done = sim.compare(base(), other, given=GIVEN, jobs=1, out=tmp_path)
    lefts = [int((months_gone(one, "alpha") > 9).sum()) for one in (base(), other)]
    assert [run["worlds"] for run in done.manifest["runs"]] == lefts and lefts[0] != lefts[1]
    assert not done.differences["paired"].any() and done.differences_all["paired"].any()
    pd.testing.assert_frame_equal(done.differences_all, sim.compare(base(), other, jobs=1).differences)
    assert done.headline[0].startswith("Given Alpha independent in March 2024: ")
    assert "other worlds are left of each" in done.notes[0]
    assert sum("worlds are left (" in note for note in done.notes) == 2
    again = sim.compare(base(), other, given=GIVEN, jobs=1, out=tmp_path)
    assert again.reused and again.folder != sim.compare(base(), other, jobs=1, out=tmp_path).folder
    assert document_of(done).sections[0].id == "given"


def test_all_worlds_of_runs_with_other_luck_are_compared_as_without_given():
    other = load_text(TEXT, worlds=900, seed=4)
    done = sim.compare(base(), other, given=GIVEN, jobs=1)
    pd.testing.assert_frame_equal(done.differences_all, sim.compare(base(), other, jobs=1).differences)


def test_the_same_scenario_is_the_same_worlds():
    done = sim.compare(base(), base(), given=GIVEN, jobs=1)
    assert done.differences["paired"].all() and (done.differences["difference"] == 0).all()


def test_runs_are_paired_only_where_the_same_worlds_are_left():
    """The last two have as many worlds left as the first, but only one of them the same ones."""
    known = sim.run(base(), given=GIVEN, jobs=1)
    conditioned = known.conditioned
    flags = conditioned.left.flags
    same, other = (
        replace(known, manifest={**known.manifest, "stem": "another"}, conditioned=replace(conditioned, left=left))
        for left in (replace(conditioned.left, flags=kept) for kept in (flags.copy(), flags[::-1]))
    )
    assert flags.tolist() != flags[::-1].tolist()
    assert same_luck(known, same) and not same_luck(known, other)
    folders = [replace(one, conditioned=None) for one in (known, same)]
    assert same_luck(folders[0], folders[0]) and not same_luck(*folders)
    assert not same_luck(known, sim.run(base(), jobs=1))


def test_a_finished_run_of_worlds_left_is_compared_as_it_is(tmp_path):
    known = sim.run(base(), given=GIVEN, jobs=1, out=tmp_path)
    other = sim.run(base(), jobs=1, out=tmp_path)
    done = sim.compare(known.folder, other.folder, jobs=1)
    check = done.differences.set_index(KEY).loc[("beta", "survival", "2024-06")]
    assert check["base"] == known.outcomes.headline.set_index("firm").at["beta", "independent"]
    assert done.labels[0].startswith("small (given)") and not done.differences["paired"].any()
    assert any("worlds are left" in note for note in done.notes)
    assert done.differences_all is None and not done.headline[0].startswith("Given")
    asked = sim.compare(known.folder, other.folder, given="beta independent by 2023-12", jobs=1, out=tmp_path)
    assert any("--given is asked of every world" in note for note in asked.notes)
    again = sim.compare(known, other, jobs=1)
    row = again.differences.set_index(KEY).loc[("beta", "survival", "2024-06")]
    assert row[["base", "low", "high"]].tolist() == check[["base", "low", "high"]].tolist()
    same = sim.compare(known.folder, known.folder, jobs=1)
    assert (same.differences["difference"].dropna() == 0).all() and isinstance(same, Comparison)


def test_a_condition_that_one_scenario_lacks_is_refused_before_anything_is_simulated(monkeypatch):
    monkeypatch.setattr(ManyWorlds, "compute", lambda *_: pytest.fail("nothing is simulated for a wrong question"))
    bare = load_text(TEXT[: TEXT.index("claims:")].replace("name: small", "name: bare"))
    with pytest.raises(InputError, match="scenario bare, --given"):
        sim.compare(base(), bare, given="alpha-goes", jobs=1)
    with pytest.raises(InputError, match="scenario small, --given"):
        sim.what_if(base(), [POORER], given="alpha-gose", jobs=1)
    assert How(given="alpha-goes").given == "alpha-goes"


def test_a_variant_of_too_few_worlds_is_refused():
    with pytest.raises(InputError, match=r"worlds? (is|are) left"):
        sim.what_if(base(), [POORER], given="alpha closed by 2023-08,beta closed by 2023-08", jobs=1)


def test_the_commands_show_both(command, tmp_path):
    (tmp_path / "known.yaml").write_text(TEXT, encoding="utf-8")
    options = ("--worlds", "1200", "--jobs", "1", "--given", GIVEN)
    shown = command("whatif", "known.yaml", "--set", POORER, *options)
    assert shown.code == 0 and "in all worlds" in shown.out and "In all worlds: " in shown.out
    assert "worlds are left" in shown.out and "the base decides which" in shown.out
    said = json.loads(command("whatif", "known.yaml", "--set", POORER, *options, "--json").out)
    assert {"all_difference", "all_low", "all_high"} <= set(said["summary"][0])
    both = command("compare", "known.yaml", "known.yaml", "--set", POORER, *options)
    assert both.code == 0 and "in all worlds" in both.out and "worlds are left" in both.err
    other = command("sweep", "known.yaml", "--vary", "firms.beta.cash=60:200:2", "--given", GIVEN)
    assert other.code == 2 and "--given" in other.err
