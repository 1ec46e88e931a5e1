"""--given: which worlds are left, that none is simulated for it, what folders, terminal and JSON say, bad input."""

from __future__ import annotations

import functools
import json

import numpy as np
import pandas as pd
import pytest
from small_industry import TEXT, run_of, small

import sim
from sim.archive.tables import framed
from sim.foundation.errors import InputError
from sim.outcomes.world_tables import events_table
from sim.report.html.write import document_of
from sim.report.pictures import landscape, money
from sim.report.pictures.claims import GIVEN_FACTS
from sim.report.pictures.money import AT_YEAR_ENDS
from sim.report.run_reader import reader_of
from sim.scenario.frozen import freeze
from sim.scenario.load import load_text
from sim.scenario.model import Claim, Scenario
from sim.study import run as study_run
from sim.study.given import LEAST_LEFT, left_in, parts_of, texts_of
from sim.study.how import How
from sim.study.many_worlds import ManyWorlds
from sim.words.given import LEFT_OUT, NOT_BY_WORLD, known_in_words, moved_in_words

KNOWN = f"""{TEXT}
  beta-stays: {{says: Beta may last, source: S1, when: {{firm: beta, fate: independent, by: 2024-03}}}}
facts:
  alpha-there: {{source: S1, class: exit, when: {{firm: alpha, fate: independent, by: 2023-12}}, happened: true}}
  alpha-shut: {{source: S1, class: exit, when: {{firm: alpha, fate: closed, by: 2024-03}}, happened: false}}
  alpha-lists: {{source: S1, class: listing, when: {{firm: alpha, milestone: listed, by: 2024-05}}, happened: true}}
  alpha-cash: {{source: S1, measure: {{firm: alpha, quantity: cash, at: 2023-12}}, reported: [100, 200]}}
"""
WORLDS = 1200
RICH = "alpha-shut"


@functools.cache
def known(worlds: int = WORLDS, **changes: str) -> Scenario:
    text = KNOWN
    for old, new in changes.items():
        text = text.replace(old, new)
    return load_text(text, worlds=worlds)


@pytest.fixture(scope="module")
def asked(tmp_path_factory) -> study_run.Run:
    """The scenario given that alpha is not closed by March 2024, with its folder and page."""
    return sim.run(known(), given=RICH, jobs=1, out=tmp_path_factory.mktemp("results"))


@pytest.fixture(scope="module")
def everything(asked) -> study_run.Run:
    return sim.run(known(), jobs=1, out=asked.folder.parents[1])


def test_the_worlds_that_are_left_are_those_that_agree(asked, everything):
    firms = everything.firms()
    alpha = firms[firms["firm"] == "alpha"]
    shut = (alpha["fate"] == "closed") & (alpha["exit_date"].astype(object).fillna("never") <= "2024-03")
    agree = alpha["world"][~shut].tolist()
    assert LEAST_LEFT < len(agree) < WORLDS
    assert list(dict.fromkeys(asked.firms()["world"])) == agree
    left = firms[firms["world"].isin(agree)].reset_index(drop=True)
    pd.testing.assert_frame_equal(asked.firms(), left)
    events = everything.events()
    pd.testing.assert_frame_equal(asked.events(), events[events["world"].isin(agree)].reset_index(drop=True))
    assert asked.manifest["given"]["left"] == asked.outcomes.worlds == len(agree)
    headline = asked.outcomes.headline.set_index("firm")
    assert headline.at["alpha", "closed"] == (left[left["firm"] == "alpha"]["fate"] == "closed").mean()
    fates = asked.fates()
    rows = fates[(fates["firm"] == "alpha") & (fates["fate"] == "closed") & (fates["date"] == "2024-03")]
    assert rows["incidence"].tolist() == [0.0]


def test_no_world_is_simulated_for_it(asked, everything, monkeypatch):
    out = asked.folder.parents[1]
    again = sim.run(known(), given=[RICH], jobs=1, out=out)
    assert again.reused and again.folder == asked.folder != everything.folder
    other = sim.run(known(), given="alpha-there", jobs=1, out=out)
    assert other.manifest["timings"]["worlds_computed"] == 0 and other.folder != asked.folder
    monkeypatch.setattr(ManyWorlds, "compute", lambda *_: pytest.fail("a run that is there is not computed"))
    assert sim.run(known(), given=RICH, out=out).reused


def test_a_reopened_run_says_the_same(asked):
    again = sim.run(known(), given=RICH, jobs=1, out=asked.folder.parents[1])
    pd.testing.assert_frame_equal(again.beside(), asked.beside())
    assert again.summary() == asked.summary() and again.ledger() == asked.ledger()
    assert again.outcomes.worlds == asked.outcomes.worlds
    assert [story.world for story in again.stories] == [story.world for story in asked.stories]
    alone = sim.open_run(asked.folder)
    assert alone.outcomes.worlds == asked.outcomes.worlds
    pd.testing.assert_frame_equal(alone.beside(), asked.beside())


def test_world_numbers_in_stories_are_true(asked):
    """The story's world, replayed, ends as its row says."""
    rows = asked.firms().set_index(["world", "firm"])
    assert len(asked.stories) > 0
    for story in asked.stories:
        replayed = sim.trace(known(), story.world)
        told = framed(events_table(known(), replayed.events))
        gone = told[told["event"].isin(["closure", "acquisition"])]
        rows_of_world = rows.loc[story.world]
        ended = rows_of_world[rows_of_world["exit_month"].notna()]["exit_month"]
        assert dict(zip(gone["firm"], gone["month"], strict=True)) == ended.to_dict()


def test_all_worlds_stand_beside(asked, everything):
    beside = asked.beside().set_index(["about", "id", "quantity"])
    mine, every = (one.outcomes.headline.set_index("firm") for one in (asked, everything))
    for firm in ("alpha", "beta", "both", "startups"):
        row = beside.loc["fate", firm, "independent"]
        assert (row["share"], row["all_share"]) == (mine.at[firm, "independent"], every.at[firm, "independent"])
        assert row["all_low"] == every.at[firm, "independent_low"] and row["all_worlds"] == WORLDS
        assert row["apart_low"] <= row["apart"] <= row["apart_high"]
    claims = everything.claims().set_index("claim")
    assert beside.loc["claim", "alpha-goes", "true"]["all_share"] == claims.at["alpha-goes", "probability"]
    first = asked.summary()[0]
    assert first["all_closed"] == every.at["alpha", "closed"] > first["closed"] == mine.at["alpha", "closed"]
    row = asked.ledger()[0]
    assert row["all_probability"] == claims.at["alpha-goes", "probability"] and row["all_worlds"] == WORLDS
    assert "all_closed" not in everything.summary()[0] and "all_probability" not in everything.ledger()[0]
    with pytest.raises(InputError, match="nothing is given"):
        everything.beside()


def test_the_readme_of_the_folder_says_of_which_worlds_the_tables_are(asked, everything):
    said = (asked.folder / "README.md").read_text(encoding="utf-8")
    assert f"Given Alpha not closed by March 2024: {asked.outcomes.worlds:,} of {WORLDS:,} worlds are left" in said
    assert "Left out, because it is kept only of all worlds together" in said
    assert "worlds are left" not in (everything.folder / "README.md").read_text(encoding="utf-8")


def test_without_given_nothing_changes(asked, everything):
    plain = sim.run(known(), jobs=1, out=asked.folder.parents[1], given=())
    assert plain.folder == everything.folder and "given" not in everything.manifest
    assert not (everything.folder / "beside.csv").exists()


def test_the_page_says_what_is_left_and_what_is_left_out(asked):
    document = document_of(asked)
    left = asked.outcomes.worlds
    assert document.headline.startswith("Given Alpha not closed by March 2024: ")
    assert f"{left:,} worlds left of {WORLDS:,} simulated" in document.notes[0]
    chapter = document.sections[0]
    assert chapter.id == "given" and f"{left:,} of {WORLDS:,} worlds are left" in chapter.lead
    assert LEFT_OUT in [text for block in chapter.blocks for text in getattr(block, "paragraphs", ())]
    names = [picture.name for picture in document.pictures]
    assert {"independents", "cash", "runway"} <= set(names)
    assert not {"leaders", "concentration", "venture", "valuation"} & set(names)
    assert all(f"n = {left:,} worlds left of {WORLDS:,}" in picture.caption for picture in document.pictures)
    [provenance] = [section for section in document.sections if section.id == "provenance"]
    again = f"shakeout run scenario.yaml --worlds {WORLDS} --seed 3 --given alpha-shut"
    assert again in [text for block in provenance.blocks for _, text in getattr(block, "terms", ())]


def test_what_is_given_is_not_told_as_if_it_could_be_otherwise(asked, everything):
    [chapter] = [section for section in document_of(asked).sections if section.id == "claims"]
    [table] = [block for block in chapter.blocks if getattr(block, "name", "") == "facts"]
    told = {row[0].text or row[0].sub: row[2].text for row in table.rows}
    assert list(told.values()).count("given") == 1 and len(told) == 3
    prose = " ".join(text for block in chapter.blocks for text in getattr(block, "paragraphs", ()))
    assert GIVEN_FACTS in prose and "nothing is tuned" not in prose
    [plain] = [section for section in document_of(everything).sections if section.id == "claims"]
    assert GIVEN_FACTS not in str(plain) and "nothing is tuned" in str(plain)


def test_a_figure_of_what_is_known_of_all_worlds_alone_says_so(asked, everything):
    for draw in (landscape.leaders, landscape.concentration, money.venture):
        assert NOT_BY_WORLD in draw(reader_of(asked)).title
        assert NOT_BY_WORLD not in draw(reader_of(everything)).title
    assert NOT_BY_WORLD in money.purse_fans(reader_of(asked), "valuation").title
    assert AT_YEAR_ENDS in money.purse_fans(reader_of(asked), "cash").caption
    assert AT_YEAR_ENDS not in money.purse_fans(reader_of(everything), "cash").caption


def test_the_order_of_parts_is_that_of_the_steps():
    parts = parts_of(known(), "alpha-there,exit@2024-06, Beta  INDEPENDENT by 2024-03")
    assert [part.text for part in parts] == ["alpha-there", "exit@2024-06", "beta independent by 2024-03"]
    left = left_in(known(), parts, ManyWorlds(How()).out, 1)
    assert [step["known"] for step in left.told["steps"]] == [
        "alpha-there",
        "alpha-shut",
        "beta independent by 2024-03",
    ]
    after = [step["left"] for step in left.told["steps"]]
    assert after == sorted(after, reverse=True) and after[-1] == left.flags.sum()
    assert parts[1].phrase == "the 2 events of class exit to June 2024 as they came out"
    [every] = parts_of(known(), "facts@2024-05")
    assert [fact.id for fact in every.claims] == ["alpha-there", "alpha-shut", "alpha-lists"]
    [some] = parts_of(known(), "facts@2024-03")
    assert [fact.id for fact in some.claims] == ["alpha-there", "alpha-shut"]
    assert texts_of(["a, b", "b"]) == ("a", "b")


def study_blocks():
    run = run_of(known(), jobs=1)
    return list(run.blocks())


def test_a_claim_must_come_true():
    done = run_of(known(), jobs=1, given="beta-stays")
    blocks = study_blocks()
    months = np.concatenate([block.histories["exit_month"][:, 1] for block in blocks])
    assert done.outcomes.worlds == int((months > 9).sum())


def test_too_few_worlds_are_refused_with_what_each_condition_leaves():
    with pytest.raises(InputError) as caught:
        run_of(known(), jobs=1, given="beta-stays,facts@2024-05")
    error = caught.value
    lines = str(error).splitlines()
    assert lines[0].startswith("scenario small, --given: ") and lines[0].endswith(" left")
    assert lines[1].split() == ["1,200", "worlds", "simulated"]
    assert "left given beta-stays: " in lines[2] and "left given alpha-lists: Alpha listed by May 2024" in str(error)
    assert f"at least {LEAST_LEFT} worlds left" in str(error)
    with pytest.raises(InputError, match=r"no world is left(.|\n)* 1 more condition"):
        run_of(known(), jobs=1, given="alpha closed by 2023-07,alpha-there,beta-stays")
    few = known(120)
    with pytest.raises(InputError, match=r"only \d+ worlds are left(.|\n)*or ask for some \d+ --worlds"):
        run_of(few, jobs=1, given="alpha closed by 2024-06")


BAD = {
    "alpha-their": ("no such claim", "alpha-there"),
    "exits@2024-01": ("no such class of facts", "exit"),
    "facts@2024-13": ("not a month of the calendar", None),
    "facts@2030-01": ("a month outside the run", None),
    "listing@2024-01": ("no fact is known by then", None),
    "alpha-cash": ("a fact that is a number", None),
    "alpha eaten by 2024-01": ("no such state", None),
    "alpha closed by 2031-01": ("a date after the horizon", None),
    "alpha-there,": ("nothing between two commas", None),
}


@pytest.mark.parametrize("text", BAD)
def test_bad_input_is_refused_before_anything_is_simulated(text, monkeypatch):
    monkeypatch.setattr(ManyWorlds, "compute", lambda *_: pytest.fail("nothing is simulated for a wrong question"))
    problem, nearest = BAD[text]
    with pytest.raises(InputError) as caught:
        run_of(known(), jobs=1, given=text)
    assert problem in caught.value.problem and caught.value.allowed
    assert caught.value.key.startswith("--given") and caught.value.file == "scenario small"
    if nearest:
        assert caught.value.nearest == nearest
    assert ("facts@" in caught.value.allowed) == (" " not in text and "@2" not in text and text != "alpha-cash")


def test_what_is_given_may_be_any_iterable_and_is_read_as_often_as_need_be():
    assert run_of(known(), jobs=1, given=(text for text in [RICH])).manifest["given"]["asked"] == [RICH]
    with pytest.raises(InputError, match="ids or propositions"):
        How(given=5)  # type: ignore[arg-type]
    for nothing in ("", (), []):
        assert "given" not in run_of(known(), jobs=1, given=nothing).manifest


def test_given_and_precision_exclude_each_other():
    with pytest.raises(InputError, match="--given and --precision"):
        How(given="alpha-there", precision=0.1)


def test_what_a_shorter_horizon_left_out_is_said(tmp_path):
    path = tmp_path / "short.yaml"
    (tmp_path / "base.yaml").write_text(KNOWN)
    path.write_text("name: short\nextends: base.yaml\nend: 2024-01\n")
    with pytest.raises(InputError) as caught:
        run_of(sim.load(path), jobs=1, given="alpha-lists")
    assert caught.value.problem == "not in this run" and "Left out, because dated outside" in caught.value.allowed


def test_a_fact_in_words_is_what_a_world_must_have():
    said = {fact.id: known_in_words(known(), fact) for fact in known().facts}
    assert said["alpha-shut"] == "Alpha not closed by March 2024"
    assert said["alpha-there"] == "Alpha independent in December 2023"
    gone = {"any": [{"firm": "alpha", "fate": fate, "by": known().end} for fate in ("acquired", "closed")]}
    near = {"firm": "alpha", "among": 2, "of": "startups", "at": known().end}
    rich = {"firm": "alpha", "quantity": "cash", "at": known().end, "above": 100}
    others = (gone, near, {**near, "among": 1}, rich, {"all": [near, rich]})
    denied = [known_in_words(known(), Claim("x", "", "", freeze(one), None, False)) for one in others]
    assert denied == [
        "neither Alpha acquired by June 2024 nor Alpha closed by June 2024",
        "Alpha not among the 2 startups nearest to the frontier in June 2024",
        "not (Alpha first of the startups at the frontier in June 2024)",
        "Alpha: cash in June 2024 not above RMB 100 million",
        "not (Alpha among the 2 startups nearest to the frontier in June 2024 and "
        "Alpha: cash in June 2024 above RMB 100 million)",
    ]
    when = {"not": {"firm": "alpha", "fate": "closed", "by": known().end}}
    assert known_in_words(known(), Claim("x", "", "", freeze(when), None, False)) == "Alpha closed by June 2024"
    only = Claim("x", "", "", freeze(rich), freeze(when))
    assert known_in_words(known(), only).endswith("above RMB 100 million, and Alpha not closed by June 2024")


def test_what_is_moved_is_told_only_where_it_is_sure():
    rows = [
        {"about": "fate", "id": firm, "quantity": "independent", "share": 0.5, "all_share": 0.4, "apart": 0.1}
        | {"apart_low": low, "apart_high": 0.2}
        for firm, low in (("alpha", -0.01), ("beta", 0.01), ("both", 0.05))
    ]
    assert moved_in_words(known(), rows).startswith(f"What is given moves {known().firms[1].name} most: independent in")
    assert "(10 points more, plus or minus 9.5)" in moved_in_words(known(), rows)
    none = "What is given does not surely move how often any single firm is independent in June 2024"
    assert moved_in_words(known(), rows[:1]) == none
    assert moved_in_words(known(), rows, ("alpha",)) == none.replace("any single firm", "Alpha")
    assert moved_in_words(known(), rows, ("both",)).startswith("What is given moves group both: in June 2024 50% are")


# commands


@pytest.fixture
def here(tmp_path, command):
    (tmp_path / "known.yaml").write_text(KNOWN, encoding="utf-8")
    return functools.partial(command)


def test_the_terminal_and_json_show_both(here, asked):
    shown = here("run", "known.yaml", "--worlds", "1200", "--jobs", "1", "--given", RICH)
    left = asked.outcomes.worlds
    assert shown.code == 0
    assert f"Given Alpha not closed by March 2024: {left:,} of 1,200 worlds are left" in shown.out
    lines = shown.out.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith(" Alpha "))
    assert lines[at + 1].split()[:3] == ["in", "all", "worlds"]
    said = json.loads(here("run", "known.yaml", "--worlds", "1200", "--jobs", "1", "--given", RICH, "--json").out)
    assert said["summary"] == json.loads(json.dumps(asked.summary()))
    assert said["manifest"]["given"]["left"] == left


def test_claims_beside_those_of_all_worlds(here, asked):
    options = ("--worlds", "1200", "--jobs", "1", "--given", RICH)
    one = here("claims", "known.yaml", *options)
    assert one.code == 0 and "in all worlds" in one.out and "worlds are left" in one.out
    two = here("claims", "known.yaml", "known.yaml", *options)
    assert two.code == 0 and "all worlds" in two.out
    said = json.loads(here("claims", "known.yaml", *options, "--json").out)
    assert [row["all_probability"] for row in said["summary"]] == [row["all_probability"] for row in asked.ledger()]
    bad = here("claims", "known.yaml", "--given", "alpha-their")
    assert bad.code == 2 and "nearest: alpha-there" in bad.err


def test_the_command_refuses_with_exit_code_2(here):
    few = here("run", "known.yaml", "--worlds", "150", "--jobs", "1", "--given", "alpha closed by 2024-06")
    assert few.code == 2 and "worlds simulated" in few.err and "left given" in few.err
    both = here("run", "known.yaml", "--given", RICH, "--precision", "0.1")
    assert both.code == 2 and "exclude" in both.err
    assert small().worlds == 100
