"""causes.csv of a run in which firms end in many ways: it agrees with the log, with the fates and with every world."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import sim
from sim.archive import inventory
from sim.engine.block import BLOCK_WORLDS
from sim.foundation.errors import InputError
from sim.outcomes.fates import TERMINAL
from sim.scenario.load import load_text
from sim.study.finished_runs import comparable
from sim.study.run import OUTCOME_FILES

WORLDS = 400
FATES = {"acquisition": "acquired", "closure": "closed"}
TEXT = """
name: endings
title: Many endings
start: 2024-04
end: 2026-09
worlds: 400
seed: 5
firms:
  rich: {name: Rich, kind: startup, cash: {uniform: [300, 3000]}, gap: 0.2, users: 2}
  late: {name: Late, kind: startup, enters: 2025-02, cash: 200, gap: 0.6}
  crowd: {name: Crowd, copies: 3, cash: {uniform: [50, 600]}, gap: {uniform: [0.2, 1.5]}}
  giant: {name: Giant, kind: giant, buying_capacity_year: 3000, acquisition_appetite: 10}
groups:
  named: [rich, late]
assumptions:
  closure: {hazard_month: 0.005, newness_month: 0.02}
  acquisition: {hazard_month: 0.005}
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> sim.Run:
    """The run, written to a folder."""
    return sim.run(load_text(TEXT), worlds=WORLDS, jobs=1, out=tmp_path_factory.mktemp("results"))


def counted(frame: pd.DataFrame, column: str = "share") -> pd.Series:
    """Worlds with each ending, of the firms that are one a world."""
    rows = frame[frame.firm.isin(("rich", "late", "giant"))]
    return (rows.set_index(["firm", "year", "fate", "cause"])[column] * WORLDS).round().astype(int)


def test_the_table_is_the_log(run):
    """Counted anew from events.parquet, with pandas."""
    events = run.events().astype({"firm": object, "event": object, "cause": object, "date": object})
    ends = events[events.event.isin(FATES)]
    assert not ends.duplicated(["world", "firm"]).any()
    ends = ends.assign(year=ends.date.str[:4].astype(int), fate=ends.event.map(FATES))
    told, crowd = ends[ends.firm.isin(("rich", "late"))], ends[ends.firm.str.startswith("crowd-")]
    expected = told.groupby(["firm", "year", "fate", "cause"]).size()
    found = counted(run.causes())
    pd.testing.assert_series_equal(found[found > 0].sort_index(), expected.sort_index(), check_names=False)
    assert {cause for *_, cause in found.index} == set(ends.cause) and len(set(ends.cause)) >= 5
    rows = run.causes()[run.causes().firm == "crowd"].set_index(["year", "fate", "cause"]).share * WORLDS * 3
    sizes = crowd.groupby(["year", "fate", "cause"]).size()
    assert rows.round().astype(int)[lambda n: n > 0].sort_index().tolist() == sizes.sort_index().tolist()


def test_every_exit_of_firms_parquet_has_the_cause_of_its_event(run):
    firms = run.firms().astype({"firm": object, "fate": object, "cause": object})
    gone = firms.fate.isin(FATES.values())
    assert (gone == firms.cause.notna()).all() and gone.sum() > 300
    events = run.events().astype({"firm": object, "event": object, "cause": object})
    ends = events[events.event.isin(FATES)].set_index(["world", "firm"])
    both = firms[gone].set_index(["world", "firm"]).join(ends, rsuffix="_told")
    assert (both.cause == both.cause_told).all() and (both.exit_month == both.month).all()


def test_summed_over_causes_it_is_the_fates(run):
    causes, fates = run.causes(), run.fates()
    members = {"crowd": 3, "named": 2, "startups": 5}
    last = fates[fates.date == "2026-09"].set_index(["firm", "fate"]).incidence
    for (firm, fate), rows in causes.groupby(["firm", "fate"]):
        trials = WORLDS * members.get(firm, 1)
        of_all = round(last[firm, fate] * trials)
        assert np.rint(rows.share * trials).sum() == of_all
        assert np.rint(rows[rows.year == 2026].cumulative * trials).sum() == of_all
    assert set(causes.fate) <= set(TERMINAL) and list(causes.year.unique()) == [2024, 2025, 2026]


def test_opened_again_it_is_the_same(run):
    pd.testing.assert_frame_equal(sim.open_run(run.folder).causes(), run.causes(), check_exact=True)
    again = sim.run(load_text(TEXT), worlds=WORLDS, jobs=1, out=run.folder.parent.parent)
    assert again.reused
    pd.testing.assert_frame_equal(again.causes(), run.causes(), check_exact=True)


def test_where_nobody_exits_the_table_is_empty_and_opens_again(tmp_path):
    text = TEXT.partition("assumptions:")[0].replace("[50, 600]", "[900, 950]").replace("2025-02", "2024-04")
    text = text.replace("end: 2026-09", "end: 2024-05") + "assumptions: {acquisition: {on: 0}}"
    quiet = sim.run(load_text(text), worlds=20, jobs=1, out=tmp_path)
    assert quiet.causes().empty and quiet.causes().year.dtype == "int64"
    again = sim.open_run(quiet.folder)
    pd.testing.assert_frame_equal(again.causes(), quiet.causes(), check_exact=True)
    for name in ("claims", "facts"):  # none is stated
        assert getattr(quiet.outcomes, name).empty
        pd.testing.assert_frame_equal(getattr(again.outcomes, name), getattr(quiet.outcomes, name), check_exact=True)


def test_blocks_merge_exactly(tmp_path):
    """The first block of many is the run of as many worlds; both blocks together are what worlds say one by one."""
    text = TEXT.replace("end: 2026-09", "end: 2025-03")
    run = sim.run(load_text(text), worlds=BLOCK_WORLDS + 100, jobs=1)
    blocks = list(run.blocks())
    assert [block.worlds for block in blocks] == [BLOCK_WORLDS, 100]
    gone = sum(int((block.histories["fate"] >= 2).sum()) for block in blocks)
    rows = run.causes()[lambda frame: frame.firm == "startups"]
    assert round(rows.share.sum() * (BLOCK_WORLDS + 100) * 5) == gone


def test_a_folder_of_an_earlier_version_says_that_it_has_no_causes(run, tmp_path):
    old = tmp_path / "old"
    old.mkdir()
    for file in run.folder.iterdir():
        if file.is_file() and file.name != OUTCOME_FILES["causes"]:
            (old / file.name).write_bytes(file.read_bytes())
    firms = pd.read_parquet(old / "firms.parquet").drop(columns="cause")
    firms.to_parquet(old / "firms.parquet")
    manifest = json.loads((old / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"] = inventory.files_in(old)
    manifest["files"].pop("manifest.json", None)
    manifest.update(inventory.seal(manifest))
    (old / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    opened = sim.open_run(old)
    pd.testing.assert_frame_equal(opened.fates(), run.fates())
    with pytest.raises(InputError, match="did not keep what ended the firms"):
        opened.causes()
    pieces = list(comparable(old).side.pieces())
    assert (pieces[0].histories["cause"] == -1).all() and len(pieces[0].histories) == WORLDS
