"""Tables on disk: CSV for people, Parquet for what is kept per world. The same frames give the same bytes."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

COMPRESSION = "zstd"
COMPRESSION_LEVEL = 3
MONTHS = ("entry_month", "exit_month", "pivot_month", "listing_month", "abandoned_month", "profitable_month")
TEXTS = (
    *("claim", "date", "endpoint", "fate", "firm", "group", "kind", "name", "origin", "quantity", "says", "source"),
    *("variant", "base_fate", "variant_fate"),
)
TEXTS_OR_NONE = ("median_exit", "median_exit_low", "median_exit_high")
QUANTILES = ("p05", "p25", "p50", "p75", "p95", "p50_low", "p50_high")


WHOLE, MONTH, NUMBER, TEXT = "int64", "int32", "float64", "text"


def _schema(*columns: tuple[str, str]) -> pa.Schema:
    """Texts are kept as categories: a million worlds repeat a few dozen of them."""
    import pyarrow as pa

    text = pa.dictionary(pa.int32(), pa.string())
    return pa.schema([(name, text if kind == TEXT else getattr(pa, kind)()) for name, kind in columns])


def firms_schema() -> pa.Schema:
    """One row per world and firm; a month that never came is null."""
    return _schema(
        ("world", WHOLE),
        ("firm", TEXT),
        ("fate", TEXT),
        *((month, MONTH) for month in MONTHS),
        ("rounds", WHOLE),
        ("raised", NUMBER),
        ("final_valuation", NUMBER),
    )


def events_schema() -> pa.Schema:
    """One row per milestone; ``firm`` is null where the event is the market's."""
    return _schema(
        ("world", WHOLE), ("month", WHOLE), ("firm", TEXT), ("event", TEXT), ("value", NUMBER), ("cause", TEXT)
    )


def paths_schema() -> pa.Schema:
    """One row per firm, quantity and month."""
    return _schema(
        ("firm", TEXT),
        ("quantity", TEXT),
        ("month", WHOLE),
        ("worlds", WHOLE),
        *((quantile, NUMBER) for quantile in QUANTILES),
    )


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write ``frame`` without its index; empty is missing. ``read`` gives every float back exactly."""
    frame.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


@contextmanager
def parquet(path: Path, schema: pa.Schema) -> Iterator[Callable[[pd.DataFrame], None]]:
    """Open a Parquet file and yield what adds a frame to it as one row group: only one is in memory at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with (
        path.open("wb") as stream,
        pq.ParquetWriter(stream, schema, compression=COMPRESSION, compression_level=COMPRESSION_LEVEL) as writer,
    ):

        def add(frame: pd.DataFrame) -> None:
            table = pa.Table.from_pandas(frame[schema.names], schema=schema, preserve_index=False, nthreads=1)
            writer.write_table(table.replace_schema_metadata(None), row_group_size=max(1, len(table)))

        yield add


def read(path: Path) -> pd.DataFrame:
    """The table in ``path``, CSV or Parquet, as a frame, equal to the one written. Nothing in it is executed."""
    return parsed(path.name, path.read_bytes())


def parsed(name: str, content: bytes) -> pd.DataFrame:
    """The table that was read from a file called ``name``, as ``read`` would give it."""
    import pandas as pd

    if not name.endswith(".csv"):
        return _framed(_opened(content).read(use_threads=False))
    frame = pd.read_csv(
        io.BytesIO(content),
        encoding="utf-8",
        keep_default_na=False,
        na_values=[""],
        float_precision="round_trip",
        dtype=dict.fromkeys((*TEXTS, *TEXTS_OR_NONE), "object"),
    )
    texts = {name: frame[name].fillna("") for name in TEXTS if name in frame}
    missing = {name: frame[name].where(frame[name].notna(), None) for name in TEXTS_OR_NONE if name in frame}
    return frame.assign(**texts, **missing)


def row_groups(path: Path) -> Iterator[pd.DataFrame]:
    """The row groups of a Parquet file one after the other, as ``read`` would give them: one in memory at a time."""
    with path.open("rb") as stream, _opened(stream) as file:
        for group in range(file.num_row_groups):
            yield _framed(file.read_row_group(group, use_threads=False))


def _opened(source: Any) -> pq.ParquetFile:
    """Arrow reads and converts in this thread alone: with threads of its own it may abort as the process ends."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    return pq.ParquetFile(pa.BufferReader(source) if isinstance(source, bytes) else source, pre_buffer=False)


def _framed(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas(use_threads=False)
    return frame.astype({month: "Int32" for month in MONTHS if month in frame})
