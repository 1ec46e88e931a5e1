"""Ensembles: every world takes one row of joint draws by its own luck; what is wrong with a file is said."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sim
from sim.engine.prepared import draws_of, rows_taken
from sim.foundation.errors import InputError
from sim.scenario.ensemble import SAYS_OF_ITSELF, packed

ABROAD, CASH = "assumptions.demand.arpu_abroad", "firms.zhipu.cash"
ROWS = 40


@pytest.fixture
def columns():
    luck = np.random.default_rng(0)
    return {ABROAD: luck.uniform(1, 3, ROWS), CASH: luck.uniform(1000, 2000, ROWS)}


def written(folder: Path, columns, about=None) -> Path:
    (folder / "draws").mkdir()
    (folder / "draws" / "some.parquet").write_bytes(packed(columns, about or {"until": "2024-12"}))
    file = folder / "mine.yaml"
    file.write_text("extends: six-dragons\nensemble: draws/some.parquet\n")
    return file


def test_a_world_takes_one_row_for_all_assumptions_by_its_own_luck(tmp_path, columns):
    scenario = sim.load(written(tmp_path, columns))
    draws = {draw.path: draw.sample(scenario.seed, 0, 300) for draw in draws_of(scenario)}
    rows = rows_taken(scenario.seed, ROWS, 0, 300)
    assert (draws[ABROAD] == columns[ABROAD][rows]).all() and (draws[CASH] == columns[CASH][rows]).all()
    assert len(set(rows)) > ROWS * 0.9, "luck favours some rows"
    assert scenario.assumptions[ABROAD].source == "calibrated to facts to 2024-12; size: fitted"


def test_a_set_wins_over_the_draws_and_the_rest_stays(tmp_path, columns):
    scenario = sim.load(written(tmp_path, columns), [f"{ABROAD}=2"])
    assert scenario.assumptions[ABROAD].numbers == (2.0,)
    assert {draw.path for draw in draws_of(scenario)} >= {CASH}


def test_a_result_runs_again_to_the_same_fates_without_the_file_that_was_named(tmp_path, columns):
    first = sim.run(written(tmp_path, columns), worlds=8, out=tmp_path / "out")
    (tmp_path / "draws" / "some.parquet").unlink()
    again = sim.run(first.folder / "scenario.yaml", worlds=8)
    assert first.outcomes.fates.equals(again.outcomes.fates)


def _refused(tmp_path, columns, about=None) -> InputError:
    with pytest.raises(InputError) as caught:
        sim.load(written(tmp_path, columns, about))
    return caught.value


def test_a_column_that_is_no_assumption_is_named_with_the_nearest(tmp_path, columns):
    error = _refused(tmp_path, {"assumptions.demand.arpu_abrod": columns[ABROAD]})
    assert "no assumption" in str(error) and error.nearest == ABROAD


def test_a_column_of_a_firm_that_is_not_there_is_refused(tmp_path, columns):
    assert "firms.nobody.cash" in str(_refused(tmp_path, {"firms.nobody.cash": columns[CASH]}))


def test_a_decision_is_no_column(tmp_path):
    assert "decision" in str(_refused(tmp_path, {"firms.zhipu.lists": [1.0]}))


def test_a_draw_outside_the_bounds_is_refused(tmp_path):
    assert "outside its bounds" in str(_refused(tmp_path, {CASH: [-1.0]}))


def test_an_ensemble_of_another_edition_is_refused_and_says_how_to_mend_it(tmp_path, columns):
    file = written(tmp_path, columns)
    stale = tmp_path / "draws" / "some.parquet"
    table = pq.read_table(stale)
    pq.write_table(table.replace_schema_metadata({SAYS_OF_ITSELF: b'{"until": "2024-12", "model": "00000000"}'}), stale)
    with pytest.raises(InputError) as caught:
        sim.load(file)
    assert (
        "another edition" in str(caught.value) and "calibrate" in str(caught.value) and "00000000" in str(caught.value)
    )


@pytest.mark.parametrize("content", [b"", b"PAR1 not parquet", None])
def test_what_is_no_ensemble_is_refused(tmp_path, columns, content):
    file = written(tmp_path, columns)
    wrong = tmp_path / "draws" / "some.parquet"
    if content is None:
        pq.write_table(pa.table({"a": [1.0]}), wrong)
    else:
        wrong.write_bytes(content)
    with pytest.raises(InputError, match="not an ensemble"):
        sim.load(file)


@pytest.mark.parametrize("priors", [7, {ABROAD: 3}, {ABROAD: [1, 2, 3]}, {ABROAD: ["a", 2, 1.5, "even"]}])
def test_priors_that_cannot_be_read_are_refused(tmp_path, columns, priors):
    assert "not an ensemble" in str(_refused(tmp_path, columns, {"until": "2024-12", "priors": priors}))


def test_priors_are_known_but_of_what_is_set(tmp_path, columns):
    said = {ABROAD: [1, 3.0, 2.0, "even"], CASH: [1000.0, 2000.0, 1500.0, "log"]}
    file = written(tmp_path, columns, {"until": "2024-12", "priors": said})
    assert dict(sim.load(file).priors) == {path: tuple(prior) for path, prior in said.items()}
    assert set(sim.load(file, [f"{ABROAD}=2"]).priors) == {CASH}


def test_a_missing_file_is_named_with_the_nearest(tmp_path, columns):
    file = written(tmp_path, columns)
    file.write_text("extends: six-dragons\nensemble: draws/sone.parquet\n")
    with pytest.raises(InputError, match="no such ensemble") as caught:
        sim.load(file)
    assert caught.value.nearest == "some.parquet"


def test_a_file_outside_the_folder_is_not_read(tmp_path, columns):
    file = written(tmp_path, columns)
    file.write_text("extends: six-dragons\nensemble: ../draws/some.parquet\n")
    with pytest.raises(InputError, match="outside the folder"):
        sim.load(file)


def test_equal_draws_give_equal_bytes(columns):
    assert packed(columns, {"until": "2024-12"}) == packed(columns, {"until": "2024-12"})
