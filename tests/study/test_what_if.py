"""What-ifs in the same worlds: exact zeros, nothing before the change, what pairing gains, folders, bad input."""

from __future__ import annotations

import functools
import json
from dataclasses import replace
from html import escape
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_industry import TEXT, run_of, small

import sim
from sim.archive import atomic, folder
from sim.archive.dictionary import DIFFERENCES_CSV
from sim.engine.simulate import simulate
from sim.foundation.errors import InputError, RunError
from sim.outcomes.differences import Piece
from sim.scenario.load import with_sets
from sim.study import run as study_run
from sim.study import what_if
from sim.study.how import How
from sim.study.variants import parsed, parts_at, sets_of, variants_of
from sim.words.year_ends import runway_sentence

ROOT = Path(__file__).resolve().parents[2]
FLAGSHIP = ROOT / "scenarios" / "six-dragons.yaml"
POORER = "firms.beta.cash=60"
KEY = ["firm", "quantity", "date"]
SHUT = "assumptions.exchange.window=0@2025-07"
WORLDS = 320
TRUTH_WORLDS, SMALL_RUN = 200_000, 1000


@functools.cache
def flagship() -> sim.scenario.model.Scenario:
    return sim.load(FLAGSHIP, worlds=WORLDS)


@pytest.fixture(scope="module")
def shut(tmp_path_factory) -> sim.study.what_if.WhatIf:
    """The flagship with the listing window shut in July 2025, beside a small change of one assumption."""
    return sim.what_if(
        flagship(),
        [SHUT],
        variants={"softer law": {"assumptions.listing.strength": 0.9}},
        jobs=1,
        out=tmp_path_factory.mktemp("results"),
    )


def rows_of(done, variant: str) -> pd.DataFrame:
    rows = done.differences
    return rows[rows["variant"] == variant].set_index(KEY)


# the same assumption on both sides


@pytest.mark.parametrize("same", ["assumptions.listing.strength=1", "firms.beta.cash=200", "firms.beta.name=Gamma"])
def test_the_same_assumption_on_both_sides_makes_no_difference_at_all(same):
    done = sim.what_if(small(1500), [same], jobs=1)
    assert (done.differences[["difference", "low", "high"]] == 0).to_numpy().all()
    assert done.differences["variance_ratio"].isna().all()
    assert done.flipped.empty
    assert done.retold() == [None]
    assert "changes nothing: both histories are the same in every world" in done.headline[0]


def test_a_change_that_touches_no_world_differs_by_exactly_zero():
    """Another stem, so the worlds are simulated anew; what a first day brings matters to nobody where nobody lists."""
    unlisted = small(700, sets=("firms.alpha.lists=never", "firms.beta.lists=never"))
    done = sim.what_if(unlisted, ["assumptions.exchange.first_day=0.5"], jobs=1)
    assert (done.differences["difference"] == 0).all()
    assert done.flipped.empty
    assert "makes no difference that 700 worlds can surely tell from chance" in done.headline[0]


# a change that starts in a month


def test_before_the_month_of_the_change_nothing_differs_to_the_bit(shut):
    rows = rows_of(shut, SHUT).reset_index()
    early = rows[rows["date"] < "2025-07"]
    assert len(early) > 100
    assert (early[["difference", "low", "high"]] == 0).to_numpy().all()
    after = rows[(rows["date"] == "2026-12") & (rows["quantity"] == "listed") & (rows["firm"] == "zhipu")].iloc[0]
    assert after["high"] < -0.1

    base, variant = flagship(), with_sets(flagship(), [SHUT])
    tick = (2025 * 12 + 6) - base.start + 1  # July 2025
    one, other = simulate(base, 0, 64), simulate(variant, 0, 64)
    for part in ("paths", "landscape", "leaders"):
        months = getattr(one, part), getattr(other, part)
        before = [np.moveaxis(array, 1 if part != "paths" else 2, 0)[:tick] for array in months]
        assert np.array_equal(before[0], before[1]), part
        assert not np.array_equal(months[0], months[1]), part
    events = [block.events[block.events["month"] < tick] for block in (one, other)]
    assert len(events[0]) > 0 and np.array_equal(events[0], events[1])
    assert one.events.tobytes() != other.events.tobytes()


def test_the_month_from_which_two_scenarios_can_differ():
    base = small()
    month = 2024 * 12
    cases = {
        "assumptions.demand.api_price=2@2024-01": month,
        "assumptions.demand.api_price=2@2024-01..2024-02": month,
        "assumptions.demand.api_price=2": 0,
        "firms.alpha.enters=2023-08": 0,
        "firms.beta.name=Gamma": None,
        "assumptions.listing.strength=1": None,
    }
    for text, expected in cases.items():
        assert parts_at(base, with_sets(base, [text])) == expected, text
    dated = with_sets(base, ["assumptions.demand.api_price=2@2024-01"])
    assert parts_at(dated, with_sets(dated, ["assumptions.demand.api_price=3@2024-03"])) == month + 2
    assert parts_at(dated, with_sets(base, ["assumptions.demand.api_price=2@2024-02"])) == month
    assert parts_at(base, small(seed=4)) == 0


# what pairing gains


def test_pairing_pays_for_a_small_change(shut):
    rows = rows_of(shut, "softer law").reset_index()
    end = rows[rows["date"] == "2030-12"]
    six = flagship().groups["six"]
    medians = {
        quantity: end[(end["quantity"] == quantity) & end["firm"].isin(six)]["variance_ratio"].median()
        for quantity in ("survival", "general", "listed", "pivoted", "raised", "final_valuation")
    }
    assert medians["survival"] > 4
    assert min(medians.values()) > 3
    assert sum(ratio > 5 for ratio in medians.values()) >= 4
    widths = end[(end["quantity"] == "survival") & (end["firm"] == "startups")].iloc[0]
    spread = [
        run.outcomes.fates.query("firm == 'startups' and fate == 'independent'").iloc[-1] for run in shut.runs()[:2]
    ]
    unpaired = np.hypot(*((one["high"] - one["low"]) / 2 for one in spread))
    assert (widths["high"] - widths["low"]) / 2 < unpaired / 1.5


@pytest.mark.slow
def test_paired_intervals_cover_what_200_000_worlds_find(tmp_path):
    """Small runs of 1,000 worlds, cut out of 200,000, against the difference in all of them; minutes."""
    base = sim.load(FLAGSHIP, worlds=TRUTH_WORLDS)
    small_run, hits, rare = SMALL_RUN, {}, {}
    for text in (SHUT, "assumptions.listing.strength=0.9"):
        scenarios = [base, with_sets(base, [text])]
        runs = [study_run.simulate(one, How(out=tmp_path)) for one in scenarios]
        histories = [np.concatenate([piece.histories for piece in run.side.pieces()]) for run in runs]
        ends = [np.concatenate([piece.endgame for piece in run.side.pieces()]) for run in runs]
        truth = sim.outcomes.differences.Differences(runs[0].side, runs[1].side, True).run().frame("v").set_index(KEY)
        for first in range(0, base.worlds, small_run):
            span = slice(first, first + small_run)
            cut = [
                replace(
                    run.side, worlds=small_run, pieces=lambda h=h[span], e=e[span]: [Piece(np.arange(len(h)), h, e)]
                )
                for run, h, e in zip(runs, histories, ends, strict=True)
            ]
            found = sim.outcomes.differences.Differences(cut[0], cut[1], True).run().frame("v").set_index(KEY)
            known = truth["difference"].reindex(found.index)
            inside = (found["low"] <= known) & (known <= found["high"])
            flips = (truth["difference"].abs() * small_run).reindex(found.index)
            for kind, keys in ((hits, found.index[flips >= 3]), (rare, found.index[(flips > 0) & (flips < 3)])):
                for key in keys:
                    kind.setdefault((text, *key), []).append(bool(inside[key]))
    shares, rarely = (pd.Series({key: np.mean(each) for key, each in kind.items()}) for kind in (hits, rare))
    assert len(shares) > 100
    assert 0.93 <= shares.mean() <= 0.97
    noise = 3.5 * np.sqrt(0.05 * 0.95 / (base.worlds / small_run))
    assert shares.min() > 0.93 - noise
    assert len(rarely) > 100
    assert rarely.min() > 0.93 - noise  # counts are whole: above 95%, but never below


# one world told twice


def test_one_world_is_told_twice_from_where_its_histories_part(shut):
    told = shut.retold()[0]
    chosen = shut.manifest["told"][0]
    assert told is not None and told.world == chosen["world"]
    assert (told.fates[0], told.fates[1]) == (chosen["base_fate"].split("+")[0], chosen["variant_fate"].split("+")[0])
    assert told.fates[0] != told.fates[1]
    change = (2025 * 12 + 6) - flagship().start + 1
    assert told.tick is not None and told.tick >= change
    for name, (old, new) in told.paths.items():
        before = slice(0, told.tick)
        assert np.array_equal(old[before], new[before], equal_nan=True), name
        assert not np.array_equal(old, new, equal_nan=True)
    assert told.state is not None and told.state.tick == told.tick and told.state.base != told.state.variant
    assert told.event is not None and told.event.tick >= told.tick
    assert all(line.tick >= told.tick for line in told.lines)
    mine = told.of(told.firm)
    assert any(line.base != line.variant for line in mine)
    assert "closed" in told.fates or "acquired" in told.fates
    row = shut.flipped[
        (shut.flipped["variant"] == SHUT)
        & (shut.flipped["firm"] == chosen["firm"])
        & (shut.flipped["base_fate"] == chosen["base_fate"])
        & (shut.flipped["variant_fate"] == chosen["variant_fate"])
    ].iloc[0]
    assert row["worlds"] == chosen["worlds"] and row["share"] == chosen["worlds"] / WORLDS


def test_flips_agree_with_the_fates_of_both_runs(shut):
    for firm in ("minimax", "zhipu"):
        ends = [replace_index(run.outcomes.fates, firm) for run in shut.runs()[:2]]
        turned = shut.flipped[(shut.flipped["variant"] == SHUT) & (shut.flipped["firm"] == firm)]
        into = turned[turned["variant_fate"].str.startswith("independent")]["share"].sum()
        out_of = turned[turned["base_fate"].str.startswith("independent")]["share"].sum()
        assert ends[1] - ends[0] == pytest.approx(into - out_of, abs=1e-12)


def replace_index(fates: pd.DataFrame, firm: str) -> float:
    rows = fates[(fates["firm"] == firm) & (fates["fate"] == "independent")]
    return float(rows["incidence"].iloc[-1])


# folders and pages


def test_the_folder_has_the_promised_files(shut):
    assert shut.folder is not None and shut.folder.parent.name == "six-dragons"
    assert shut.folder.name.startswith("whatif-")
    names = {path.name for path in shut.folder.iterdir()}
    assert {"manifest.json", "differences.csv", "flipped.csv", "whatif.html", "scenario.yaml", "plots"} <= names
    table = (shut.folder / "differences.csv").read_text(encoding="utf-8").splitlines()
    assert table[0] == "variant,firm,quantity,date,base,variant_value,difference,low,high,paired,variance_ratio"
    assert ",true," in table[1]
    assert (shut.folder / "flipped.csv").read_text(encoding="utf-8").splitlines()[0] == ",".join(what_if.TURNED.names)
    page = (shut.folder / "whatif.html").read_text(encoding="utf-8")
    assert shut.headline[0] in page
    assert shut.headline[1].replace("'", "&#39;") in page
    assert 'src="http' not in page
    assert list(shut.differences.columns) == DIFFERENCES_CSV.names
    firms = set(shut.differences["firm"])
    assert {"zhipu", "xiaomi", "six", "startups", "giants", "all"} <= firms
    dates = set(shut.differences["date"])
    assert dates == {f"{year}-12" for year in range(2023, 2031)}


def run(out: Path, worlds: int = 1500, **options):
    return sim.what_if(small(worlds), [POORER], jobs=1, out=out, **options)


def contents(path: Path) -> dict[str, bytes]:
    files = {file.relative_to(path).as_posix(): file.read_bytes() for file in path.rglob("*") if file.is_file()}
    del files["manifest.json"]
    return files


def test_the_same_question_is_answered_at_once_and_with_the_same_bytes(tmp_path, monkeypatch):
    first = run(tmp_path / "a")
    again = run(tmp_path / "a")
    assert (first.reused, again.reused, again.folder) == (False, True, first.folder)
    pd.testing.assert_frame_equal(again.differences, first.differences)
    pd.testing.assert_frame_equal(again.flipped, first.flipped)
    assert again.headline == first.headline and again.summary() == first.summary()
    assert again.labels == ["base", "with the change"]
    assert contents(run(tmp_path / "b").folder) == contents(first.folder)
    told = [run.retold()[0] for run in (first, again)]
    assert told[0] is not None and told[1] is not None and told[0].world == told[1].world


def test_blocks_are_those_of_ordinary_runs(tmp_path, monkeypatch):
    from sim.engine import simulate as engine

    asked = []
    real = engine.simulate
    monkeypatch.setattr(engine, "simulate", lambda s, *span: asked.append((span[0], s.draws)) or real(s, *span))
    run_of(small(1500), jobs=1, out=tmp_path)
    others = [(0, 188), (1024, 188)]  # worlds with other luck: of each run alone
    assert asked == [(0, None), (1024, None), *others]
    run(tmp_path)
    assert asked[4:] == [(0, None), (1024, None)]  # the base was there already
    run_of(with_sets(small(1500), [POORER]), jobs=1, out=tmp_path)
    assert asked[6:] == others


def test_from_python_too_the_base_is_simulated_once(monkeypatch):
    from sim.engine import simulate as engine

    asked, real, base = [], engine.simulate, small(300, seed=91)
    monkeypatch.setattr(engine, "simulate", lambda s, first, worlds: asked.append(first) or real(s, first, worlds))
    sim.what_if(base, {"firms.beta.cash": 60}, jobs=1)
    assert len(asked) == 2
    sim.what_if(base, {"firms.beta.cash": 61}, jobs=1)
    assert len(asked) == 3, "the variant alone is new"
    sim.sweep(base, {"firms.beta.cash": (60, 61, 2)}, jobs=1)
    assert len(asked) == 3, "all of it was there"
    sim.run(base, jobs=1)
    assert len(asked) == 4, "all but the worlds with other luck"


def test_a_full_disk_leaves_no_folder(tmp_path, monkeypatch):
    def full(_done, _part):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sim.report.html.write.write", full)
    with pytest.raises(RunError, match="No space left"):
        run(tmp_path)
    assert [path for path in (tmp_path / "small").iterdir() if not path.name.startswith(atomic.PREFIX)] == []
    assert not list(tmp_path.rglob(f"{atomic.PREFIX}*"))


def test_without_out_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = sim.what_if(small(300), {"firms.beta.cash": 60}, jobs=1)
    assert done.folder is None
    assert list(tmp_path.iterdir()) == []
    assert not done.differences.empty


def test_names_from_the_scenario_and_the_variant_are_harmless(tmp_path):
    name = "<img src=x onerror=alert(1)>[red]月"
    done = sim.what_if(small(300), variants={name: [POORER]}, jobs=1, out=tmp_path)
    page = (done.folder / "whatif.html").read_text(encoding="utf-8")
    assert "<img src=x" not in page and "<script>月" not in page
    assert set(done.differences["variant"]) == {name}
    assert folder.open_run(done.folder).frame("differences.csv")["variant"].unique().tolist() == [name]


# variants as they are written


def test_variants_are_parsed_with_commas_inside_brackets():
    name, sets = parsed("rich and late: firms.a.cash={uniform: [1, 2]}, x.y='a, b', z.t={times: 0.5}@2024-01..2024-02")
    assert name == "rich and late"
    assert sets == ("firms.a.cash={uniform: [1, 2]}", "x.y='a, b'", "z.t={times: 0.5}@2024-01..2024-02")


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "two\nlines"])
def test_a_variant_has_a_name_that_can_be_shown(name):
    with pytest.raises(InputError, match="not a name for a variant"):
        sim.what_if(small(), variants={name: [POORER]})


@pytest.mark.parametrize(
    "text", ["a.b=1", "no colon", ": a.b=1", "n:", "n: a.b=[1, 2", "n: a=1,, b=2", "n: a={1]", "n: a='x"]
)
def test_what_is_no_variant_is_refused(text):
    with pytest.raises(InputError, match="--variant"):
        variants_of(small(), [], [text])


def test_changes_as_a_mapping():
    assert sets_of({"a.b": 0, "c.d@2024-01..2024-03": {"uniform": [0, 1]}, "e": "1@2024-02", "f": None}) == (
        "a.b=0", 'c.d={"uniform": [0, 1]}@2024-01..2024-03', "e=1@2024-02", "f=null",
    )  # fmt: skip
    with pytest.raises(InputError, match="not plain data"):
        sets_of({"a": object()})


BAD = [
    (["--set", "assumptions.exchange.windo=0"], ["assumptions.exchange.windo", "assumptions.exchange.window"]),
    (["--set", "firms.betta.cash=5"], ["firms.beta.cash"]),
    (["--set", "firms.beta.cash=lots"], ["lots", "a number"]),
    (["--set", "assumptions.exchange.window=2"], ["from 0 to 1"]),
    (["--set", "assumptions.exchange.window=0@2019-01"], ["2019-01"]),
    (["--set", "assumptions.exchange.window=0@2024-13"], ["2024-13"]),
    (["--set", "worlds=5"], ["shares it with its base"]),
    (["--set", "seed=5"], ["--seed"]),
    (["--set", "end=2024-01"], ["shares it with its base"]),
    (["--variant", "x: assumptions.lissting.strength=0"], ["--variant x", "assumptions.listing.strength"]),
    (["--variant", "x: firms.beta.cash=1", "--variant", "x: firms.beta.cash=2"], ["taken"]),
    (["--variant", "base: firms.beta.cash=1"], ["taken"]),
    ([], ["nothing to change"]),
    (["--set", "firms.beta.cash=1", "--worlds", "0"], ["worlds"]),
    (["--set", "firms.beta.cash=1", "--worlds", "10", "--precision", "0.1"], ["--precision"]),
]


@pytest.fixture
def shakeout(command, tmp_path):
    (tmp_path / "small.yaml").write_text(TEXT, encoding="utf-8")
    return command


@pytest.mark.parametrize(("options", "words"), BAD)
def test_bad_input_is_one_message_and_exit_code_2(shakeout, tmp_path, options, words):
    code, out, err = shakeout("whatif", "small.yaml", *options)
    assert (code, out) == (2, "")
    assert "Traceback" not in err and len(err.splitlines()) <= 6
    for word in words:
        assert word in err
    assert not (tmp_path / "results").exists()


def test_the_command_prints_sentences_and_a_table_or_one_object(shakeout, tmp_path):
    options = ("--worlds", "200", "--set", POORER, "--variant", "rich: firms.beta.cash=900, firms.alpha.cash=900")
    code, out, err = shakeout("whatif", "small.yaml", *options)
    assert code == 0, err
    assert out.startswith("Setting <script>月🐉[red]'s 'cash at entry' to RMB 60 million costs <script>月🐉[red] ")
    assert "rich: setting " in out
    page = Path(out.splitlines()[-1].removeprefix("Report: "))
    assert page.is_file() and page.name == "whatif.html"
    code, out, err = shakeout("whatif", "small.yaml", *options, "--json")
    found = json.loads(out)
    assert set(found) == {"folder", "manifest", "summary"}
    assert found["folder"] == str(page.parent) and found["manifest"]["kind"] == "whatif"
    assert [one["name"] for one in found["manifest"]["variants"]] == [POORER, "rich"]
    row = found["summary"][0]
    assert set(row) == {"name", *DIFFERENCES_CSV.names} and row["paired"] is True
    code, out, _ = shakeout("whatif", "small.yaml", *options, "--quiet")
    assert (code, out) == (0, f"{page.parent}\n")
    assert list(page.parent.parent.iterdir()) == [page.parent]


def test_an_overwritten_set_is_said(shakeout):
    events = TEXT + "events:\n  shock: {date: 2024-01, set: {assumptions.exchange.window: 1}}\n"
    Path("small.yaml").write_text(events, encoding="utf-8")
    code, _, err = shakeout("whatif", "small.yaml", "--worlds", "50", "--set", "assumptions.exchange.window=0")
    assert code == 0
    assert "assumptions.exchange.window" in err and "note:" in err


def test_precision_decides_on_the_worlds(tmp_path):
    done = sim.what_if(small(10), [POORER], jobs=1, out=tmp_path, precision=0.1)
    assert done.scenario.worlds == done.manifest["worlds"] == 1024
    again = sim.what_if(small(99), [POORER], jobs=1, out=tmp_path, precision=0.1)
    assert again.reused and again.scenario.worlds == 1024


# what a decision buys


def test_a_decision_is_told_with_its_runway_on_terminal_and_page(shakeout):
    """The second sentence and the table are those of differences.csv, in the text, with --json and on the page."""
    options = ("whatif", "small.yaml", "--worlds", "300", "--set", "firms.beta.pivots=2023-08")
    code, out, err = shakeout(*options)
    assert code == 0, err
    page = Path(out.splitlines()[-1].removeprefix("Report: "))
    rows = pd.read_csv(page.parent / "differences.csv")
    said = runway_sentence(small(300), rows.to_dict("records"), "beta", 2024 * 12 + 5, 300)
    assert said and f". {said}." in out.splitlines()[0]
    html = page.read_text(encoding="utf-8")
    assert escape(said, quote=False) in html.replace("&#39;", "'") and "What ended them, before and after" in html
    for told in (out, html):
        assert "Runway, cash and revenue in June 2024" in told
    _, out, _ = shakeout(*options, "--json")
    there = {(r["firm"], r["quantity"], r["date"]): r["difference"] for r in json.loads(out)["summary"]}
    kept = rows[rows["quantity"].isin(["runway", "cash", "revenue", "counted"]) & (rows["date"] == "2024-06")]
    assert len(kept) > 5
    for row in kept.to_dict("records"):
        assert there[row["firm"], row["quantity"], "2024-06"] == pytest.approx(row["difference"])
    assert ("beta", "counted", "2023-12") not in there
