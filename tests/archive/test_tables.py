"""Tables come back exactly, the same frames give the same bytes, and row groups are blocks."""

from __future__ import annotations

import csv
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from sim.archive import tables


def firms(first: int, worlds: int) -> pd.DataFrame:
    count = worlds * 2
    month = pd.array(np.arange(count), dtype="Int32")
    month[::3] = pd.NA
    return pd.DataFrame(
        {
            "world": first + np.arange(count) // 2,
            "firm": pd.Categorical.from_codes(np.arange(count) % 2, categories=["a", "b"]),
            "fate": pd.Categorical.from_codes(np.arange(count) % 3, categories=["closed", "acquired", "independent"]),
            **dict.fromkeys(tables.NULLABLE_MONTHS, month),
            **{name.replace("_month", "_date"): month_names(month) for name in tables.NULLABLE_MONTHS},
            "rounds": np.arange(count, dtype=np.int32),
            "raised": np.linspace(0, 1, count) / 3,
            "final_valuation": np.linspace(-1e9, 1e9, count),
            "cause": pd.Categorical.from_codes(np.arange(count) % 3 - 1, categories=["out of money", "bought"]),
        }
    )


def read(path: Path) -> pd.DataFrame:
    return tables.parsed(path.name, path.read_bytes())


def month_names(months: pd.array) -> pd.Categorical:
    """Texts as categories, missing where a month is."""
    codes = np.where(months.isna(), -1, np.arange(len(months)) % 12)
    return pd.Categorical.from_codes(codes, categories=[f"2024-{month:02d}" for month in range(1, 13)])


def written(folder: Path, *frames: pd.DataFrame) -> Path:
    folder.mkdir()
    with tables.parquet(folder / tables.FIRMS_FILE) as add:
        for frame in frames:
            add(tables.of_frame(frame, tables.FIRMS_FILE))
    return folder / tables.FIRMS_FILE


def test_parquet_comes_back_exactly_with_one_row_group_a_block(tmp_path):
    parts = [firms(0, 1024), firms(1024, 1024), firms(2048, 5)]
    path = written(tmp_path / "x", *parts)
    file = pq.ParquetFile(path)
    assert [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)] == [2048, 2048, 10]
    back, wanted = read(path), pd.concat(parts, ignore_index=True)
    assert list(back.columns) == tables.schema_of(tables.FIRMS_FILE).names
    for name in wanted:
        left, right = back[name], wanted[name]
        assert left.isna().equals(right.isna()), name
        assert (left.dropna().astype(object) == right.dropna().astype(object)).all(), name
    assert str(back["exit_month"].dtype) == "Int32"


def test_the_same_frames_are_the_same_bytes_and_carry_no_pandas_index(tmp_path):
    frame = firms(0, 10)
    one, other = written(tmp_path / "x", frame), written(tmp_path / "y", frame.set_index(np.arange(20) * 7))
    assert one.read_bytes() == other.read_bytes()
    assert b"pandas" not in (pq.read_schema(one).metadata or {})


def test_a_table_without_rows_is_a_table(tmp_path):
    assert len(read(written(tmp_path / "x", firms(0, 0)))) == 0
    assert list(read(written(tmp_path / "y")).columns) == tables.schema_of(tables.FIRMS_FILE).names


def test_csv_comes_back_exactly_with_unix_line_ends(tmp_path):
    frame = pd.DataFrame(
        {
            "firm": ["null", "NA", 'a "b", c', "月之暗面🚀", "<script>"],
            "share": [0.1 + 0.2, 1e-300, np.nan, 1.0, 2 / 3],
            "date": ["2024-05", "", "2024-06", "", "x"],
            "median_exit": [None, "2024-05", None, None, None],
            "says": [""] * 5,
        }
    )
    path = tmp_path / "x.csv"
    tables.write_csv(frame, path)
    assert b"\r" not in path.read_bytes()
    back = read(path)
    pd.testing.assert_frame_equal(back, frame, check_exact=True)
    assert back["median_exit"].isna().tolist() == [True, False, True, True, True]


def test_every_float_comes_back_and_pandas_has_nothing_to_warn_of(tmp_path):
    bits = np.random.default_rng(1).integers(0, 2**63, 20_000).view(np.float64)
    frame = pd.DataFrame({"low": np.concatenate([bits[np.isfinite(bits)], [5e-324, 1e23, 0.1 + 0.2]])})
    tables.write_csv(frame, tmp_path / "x.csv")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        back = read(tmp_path / "x.csv")
    pd.testing.assert_frame_equal(back, frame, check_exact=True)


PROMISED = {
    tables.FIRMS_FILE: "world, firm, fate, entry_month, exit_month, pivot_month, listing_month, abandoned_month, "
    "profitable_month, entry_date, exit_date, pivot_date, listing_date, abandoned_date, profitable_date, rounds, "
    "raised, final_valuation, cause",
    tables.EVENTS_FILE: "world, month, date, firm, event, value, cause",
    tables.PATHS_FILE: "firm, quantity, month, date, worlds, p05, p25, p50, p75, p95, p50_low, p50_high",
}


@pytest.mark.parametrize("name", PROMISED)
def test_columns_are_those_that_users_were_promised(name):
    assert tables.schema_of(name).names == PROMISED[name].split(", ")


HOSTILE = ["=1+1", "+1", "-2", "@SUM(A1)", "\tx", "\rx", "'=1", "''+x", "'plain", "'", "plain=1", "–", "", '="a,b"\n=c']


def test_no_text_is_a_formula_for_a_spreadsheet_and_all_come_back_as_they_were(tmp_path):
    frame = pd.DataFrame({"claim": HOSTILE, "says": HOSTILE[::-1], "difference": np.linspace(-1, 1, len(HOSTILE))})
    tables.write_csv(frame, tmp_path / "x.csv")
    with (tmp_path / "x.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert not any(row[name].startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for name in ("claim", "says"))
    assert [row["claim"] for row in rows][:9] == ["'" + text for text in HOSTILE[:8]] + ["'plain"]
    assert rows[0]["difference"] == "-1.0"  # a number is a number
    pd.testing.assert_frame_equal(read(tmp_path / "x.csv"), frame, check_exact=True)
