"""A run or study opened again has the frames it had: the same values and types, whatever version of pandas."""

from __future__ import annotations

import pandas as pd
import pytest
from small_industry import small

import sim
from sim.archive.folder import RunFolder
from sim.foundation.errors import InputError
from sim.study.run import OUTCOME_FILES
from sim.study.sweep import Sweep

WORLDS = 300
NUMBERED = {"1": ["firms.beta.cash=10"], "=2": ["firms.beta.cash=900"]}  # names of variants are texts
ASKED = {
    "whatif": lambda out: sim.what_if(small(WORLDS), variants=NUMBERED, out=out, jobs=1),
    "compare": lambda out: sim.compare(small(WORLDS), small(WORLDS, seed=4), out=out, jobs=1),
    "sweep": lambda out: sim.sweep(small(WORLDS), {"firms.beta.cash": (10, 900, 2)}, out=out, jobs=1),
    "flip": lambda out: sim.flip(small(WORLDS), {"firms.alpha.cash": (1, 900)}, "alpha-goes >= 0.5", out=out, jobs=1),
    "sensitivity": lambda out: sim.sensitivity(small(WORLDS), "alpha-goes", out=out, jobs=1),
}


@pytest.mark.parametrize("study", list(ASKED))
def test_frames_of_a_study_are_the_same_when_it_is_opened_again(tmp_path, study):
    first, again = (ASKED[study](tmp_path) for _ in range(2))
    assert (first.reused, again.reused) == (False, True)
    frames = {name: value for name, value in vars(first).items() if isinstance(value, pd.DataFrame)}
    assert frames
    for name, frame in frames.items():
        pd.testing.assert_frame_equal(getattr(again, name), frame, check_exact=True, obj=name)
    if study != "sensitivity":
        assert again.summary() == first.summary()


def test_a_table_that_must_be_there_is_missed_and_one_that_need_not_is_none(tmp_path):
    done = ASKED["sweep"](tmp_path)
    listed = {
        name: {key: value for key, value in done.manifest["files"].items() if key != name} for name in done.tables()
    }
    folders = {name: RunFolder(done.folder, {**done.manifest, "files": files}) for name, files in listed.items()}
    with pytest.raises(InputError, match=r"grid\.csv: cannot be read"):
        Sweep.reopened(folders["grid.csv"], done.scenario, axes=done.axes)
    assert Sweep.reopened(folders["survival.csv"], done.scenario, axes=done.axes).survival is None


def test_frames_of_a_run_are_the_same_in_memory_written_and_opened_again(tmp_path):
    """Of the same types down to the categories."""
    loose = sim.run(small(1100), jobs=1)
    first, again = (sim.run(small(1100), out=tmp_path, jobs=1) for _ in range(2))
    assert (loose.folder, first.reused, again.reused) == (None, False, True)
    for run in (first, again):
        for name in ("firms", "events"):
            pd.testing.assert_frame_equal(getattr(run, name)(), getattr(loose, name)(), check_exact=True, obj=name)
        for name in sorted(OUTCOME_FILES):
            left, right = getattr(run.outcomes, name), getattr(loose.outcomes, name)
            pd.testing.assert_frame_equal(left, right, check_exact=True, obj=name)
