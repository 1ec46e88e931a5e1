"""A Parquet file put together from others is, byte for byte, the one that would have been written in one go."""

from __future__ import annotations

import pandas as pd
import pyarrow.parquet as pq
import pytest

from sim.archive import tables
from sim.archive.row_groups import Joined, cut

NAME = tables.EVENTS_FILE


def rows(first: int, count: int) -> pd.DataFrame:
    """Rows of events.parquet, with missing texts and months and with fractions."""
    worlds = range(first, first + count)
    texts = {name: pd.Categorical([None if world % 3 else f"{name} {world % 5}" for world in worlds]) for name in TEXTS}
    numbers = {name: [world / 7 for world in worlds] for name in ("value", "saw", "worth")}
    return pd.DataFrame({"world": worlds, "month": [world % 12 for world in worlds], **texts, **numbers})


TEXTS = ("date", "firm", "event", "cause", "other")


def written(path, frames):
    with tables.parquet(path, NAME) as add:
        for frame in frames:
            add(tables.of_frame(frame, NAME))
    return path


@pytest.mark.parametrize("groups", [[1] * 20, [20], [3, 1, 16], [1] * 15])
def test_the_same_bytes_as_written_in_one_go(tmp_path, groups):
    """Also of so many row groups that the first byte of a list cannot count them, fifteen or more."""
    frames = [rows(100 * number, 1 + 37 * number % 90) for number in range(sum(groups))]
    joined = Joined(tmp_path / NAME)
    left = list(frames)
    for size in groups:
        part = written(tmp_path / "part", [left.pop(0) for _ in range(size)])
        joined.add(part, cut(part))
        assert not part.exists()
    joined.finish()
    whole = written(tmp_path / "whole", frames)
    assert pq.read_table(joined.path).equals(pq.read_table(whole))
    assert pq.read_table(joined.path).num_rows == sum(map(len, frames))
    if not repeats_offsets(whole):
        assert joined.path.read_bytes() == whole.read_bytes()


def repeats_offsets(path):
    """True of files of an older pyarrow, which writes offsets again among the pages, where nobody reads them."""
    return pq.ParquetFile(path).metadata.row_group(0).column(0).file_offset != 0


def test_a_part_without_rows_is_nothing(tmp_path):
    joined = Joined(tmp_path / NAME)
    for frames in ([], [rows(0, 5)], []):
        part = written(tmp_path / "part", frames)
        joined.add(part, cut(part))
    joined.finish()
    assert joined.path.read_bytes() == written(tmp_path / "whole", [rows(0, 5)]).read_bytes()


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1PAR1", b"world,month", b"PAR1" + b"\xff" * 8 + b"PAR1"])
def test_what_is_no_parquet_file_is_refused(tmp_path, content):
    path = tmp_path / "part"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="no Parquet file"):
        cut(path)
    assert path.read_bytes() == content


def test_nothing_makes_no_file(tmp_path):
    with pytest.raises(ValueError, match="no part"):
        Joined(tmp_path / NAME).finish()
